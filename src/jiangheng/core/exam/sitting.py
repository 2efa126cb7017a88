"""A sitting of the theory examination: its events, the state they add up to, and what is accepted (clause K13).

The hall runs :func:`accept` and :func:`reduce` while answers arrive; the office runs the same :func:`reduce` over the
journal to mark, re-check or hear an objection. An event that stands in the journal was accepted: ``reduce`` applies it
whatever the hour, so nothing that was acknowledged is ever lost. All moments are UTC epoch milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from jiangheng.core.exam.asked import Asked, is_empty, refusal

GRACE_MS = 5_000
"""How long after the end a save that was already on its way is still taken, milliseconds."""

MOST_EVENTS = 20_000
"""More events than any honest sitting makes; beyond it a sitting may only be handed in."""

MOST_CHARACTERS = 10_000_000
"""More than any honest sitting saves: an essay of 5,000 characters, saved two thousand times while it was written."""

FOCUS_KINDS = frozenset(
    {"hidden", "shown", "blur", "focus", "copy", "paste", "print"}
    | {"second_screen", "fullscreen_left", "offline", "online"}
)
"""What the exam page may report about itself; reported to invigilators, never punished here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What every event has: when it happened, by the server's clock."""

    at: int = 0


@dataclass(frozen=True, slots=True)
class Entered(Moment):
    """The page was opened. ``fence`` counts entries; ``pass_fence`` is the fence of the pass that was shown."""

    fence: int
    pass_fence: int = 0


@dataclass(frozen=True, slots=True)
class Answered(Moment):
    """What was given at one item, in tokens by its kind (option keys, texts, pairs, points …); nothing, or only empty
    texts, means it was taken back. ``seq`` is the page's own number."""

    seq: int
    item: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flagged(Moment):
    """The candidate's own mark on an item, set or removed."""

    seq: int
    item: str
    on: bool


@dataclass(frozen=True, slots=True)
class HandedIn(Moment):
    """The paper was handed in; ``auto`` when the clock did it and not the candidate."""

    auto: bool


@dataclass(frozen=True, slots=True)
class Extended(Moment):
    """The invigilator gave more time, seconds, for a reason that goes on record."""

    seconds: int
    reason: str


@dataclass(frozen=True, slots=True)
class Voided(Moment):
    """The sitting was cancelled; nothing is accepted any more."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Focus(Moment):
    """Something the page noticed about itself, one of ``FOCUS_KINDS``."""

    kind: str


Event: TypeAlias = Entered | Answered | Flagged | HandedIn | Extended | Voided | Focus
Numbered: TypeAlias = Answered | Flagged

KINDS: dict[str, type[Any]] = {
    "entered": Entered,
    "answered": Answered,
    "flagged": Flagged,
    "handed_in": HandedIn,
    "extended": Extended,
    "voided": Voided,
    "focus": Focus,
}
_NAMES = {made: name for name, made in KINDS.items()}


def to_record(event: Event) -> dict[str, Any]:
    """The event as plain JSON values, for the journal and for receipts."""
    record = {name: getattr(event, name) for name in type(event).__dataclass_fields__}
    if isinstance(event, Answered):
        record["keys"] = list(event.keys)
    return {"event": _NAMES[type(event)], **record}


def from_record(record: Mapping[str, Any]) -> Event:
    """The event of a journal record; ``ValueError`` when the kind or a field is unknown."""
    fields = dict(record)
    kind = fields.pop("event", None)
    if kind not in KINDS:
        raise ValueError(f"unknown event kind {kind!r}")
    if kind == "answered":
        fields["keys"] = tuple(fields["keys"])
    try:
        event: Event = KINDS[kind](**fields)
    except TypeError as error:
        raise ValueError(f"bad {kind} event: {error}") from None
    return event


@dataclass(frozen=True, slots=True)
class State:
    """What a sitting has come to. ``opens``/``closes``/``extra`` (seconds) come from the pass, the rest from events.

    ``written`` counts the characters of all answers that were saved, also of those replaced since.
    """

    opens: int
    closes: int
    extra: int = 0
    fence: int = 0
    pass_fence: int = 0
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    seq: int = 0
    handed_in: int | None = None
    auto: bool = False
    extended: int = 0
    voided: bool = False
    focus_lost: int = 0
    events: int = 0
    written: int = 0
    seen: Mapping[int, Numbered] = field(default_factory=dict)
    answer_seq: Mapping[str, int] = field(default_factory=dict)
    flag_seq: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event may be written down. ``repeat``: it already is, so the earlier receipt is the answer."""

    event: Event
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The event is not taken. ``code`` is for the page, ``reason`` for the person."""

    code: str
    reason: str


def begin(opens: int, closes: int, *, extra: int = 0) -> State:
    """A sitting nobody has entered yet; ``extra`` seconds are the candidate's own."""
    return State(opens=opens, closes=closes, extra=extra)


def deadline(state: State) -> int:
    """When the sitting ends: the close of the session, the candidate's own extra time, and what was given since."""
    return state.closes + 1000 * (state.extra + state.extended)


def ended(state: State, now: int, *, grace: int = GRACE_MS) -> bool:
    """Can no more answers come: handed in, voided, or past the end and its grace?"""
    return state.voided or state.handed_in is not None or now > deadline(state) + grace


def fold(state: State, events: Iterable[Event]) -> State:
    """The state after all these events."""
    for event in events:
        state = reduce(state, event)
    return state


def reduce(state: State, event: Event) -> State:
    """The state after one event. The order in which numbered events arrive does not matter: per item the highest
    number holds."""
    counted = state.events + 1
    match event:
        case Entered():
            return replace(
                state,
                fence=max(state.fence, event.fence),
                pass_fence=max(state.pass_fence, event.pass_fence),
                events=counted,
            )
        case Answered() | Flagged():
            return _numbered(state, event, counted)
        case HandedIn():
            if state.handed_in is not None:
                return replace(state, events=counted)
            return replace(state, handed_in=event.at, auto=event.auto, events=counted)
        case Extended():
            return replace(state, extended=state.extended + event.seconds, events=counted)
        case Voided():
            return replace(state, voided=True, events=counted)
        case Focus():
            lost = event.kind in ("hidden", "blur")
            return replace(state, focus_lost=state.focus_lost + lost, events=counted)


def _numbered(state: State, event: Numbered, counted: int) -> State:
    if event.seq in state.seen:
        return state
    seen = {**state.seen, event.seq: event}
    base = replace(state, seen=seen, seq=max(state.seq, event.seq), events=counted)
    if isinstance(event, Answered):
        base = replace(base, written=state.written + _characters(event))
        if event.seq < state.answer_seq.get(event.item, 0):
            return base
        answers = {**state.answers, event.item: event.keys}
        if is_empty(event.keys):
            del answers[event.item]
        return replace(base, answers=answers, answer_seq={**state.answer_seq, event.item: event.seq})
    if event.seq < state.flag_seq.get(event.item, 0):
        return base
    flags = state.flags | {event.item} if event.on else state.flags - {event.item}
    return replace(base, flags=flags, flag_seq={**state.flag_seq, event.item: event.seq})


def _characters(event: Answered) -> int:
    return sum(len(token) for token in event.keys)


def accept(
    state: State,
    event: Event,
    now: int,
    *,
    paper: Mapping[str, Asked],
    fence: int,
    grace: int = GRACE_MS,
) -> Accepted | Rejected:
    """May this event of the candidate's page be written down, ``now``, from the entry numbered ``fence``?

    ``paper`` holds what is answered on its own: items, and of a case its parts ("<id>.1").

    A number that is already down is a repeat, at any hour: the page missed our answer and asks again.
    Control events (more time, void) do not come this way; the office writes them.
    """
    if isinstance(event, Extended | Voided):
        return Rejected("not_yours", "延时和作废只能由考务人员操作。")
    if isinstance(event, Entered):
        return _accept_entry(state, event)
    if fence != state.fence:
        return _SUPERSEDED
    if isinstance(event, Answered | Flagged) and event.seq in state.seen:
        return _repeat(state.seen[event.seq], event)
    if isinstance(event, HandedIn) and state.handed_in is not None:
        return Accepted(event, repeat=True)
    return _closed(state, event, now, grace) or _content(state, event, paper) or Accepted(event)


def _accept_entry(state: State, event: Entered) -> Accepted | Rejected:
    if state.voided:
        return _VOIDED
    if event.pass_fence < state.pass_fence:
        return Rejected("superseded", "这张入场凭证已被更新的凭证取代。请联系监考人员，用最后一次签发的凭证入场。")
    if state.events >= MOST_EVENTS:
        return _TOO_MANY
    return Accepted(event)


def _repeat(written: Numbered, event: Numbered) -> Accepted | Rejected:
    if replace(event, at=written.at) == written:
        return Accepted(written, repeat=True)
    return Rejected("seq_conflict", "这个序号已用于另一次作答。请刷新页面，取回已保存的答案后再作答。")


def _closed(state: State, event: Event, now: int, grace: int) -> Rejected | None:
    if state.voided:
        return _VOIDED
    if state.handed_in is not None:
        return Rejected("handed_in", "已经交卷，不能再修改答案。")
    if now < state.opens:
        return Rejected("not_begun", "考试还没有开始，请等待开考。")
    if isinstance(event, HandedIn):
        # Handing in changes no answer: a page that comes back late may still close its paper.
        return None
    if now > deadline(state) + grace:
        return Rejected("ended", "考试时间已到，不再接收作答。如有答案未能上传，请立即告知监考人员。")
    if state.events >= MOST_EVENTS:
        return _TOO_MANY
    return None


def _content(state: State, event: Event, paper: Mapping[str, Asked]) -> Rejected | None:
    if isinstance(event, Focus):
        return None if event.kind in FOCUS_KINDS else Rejected("unknown_kind", f"不认识的页面事件：{event.kind}。")
    if not isinstance(event, Answered | Flagged):
        return None
    if event.seq < 1:
        return Rejected("bad_seq", "作答序号应当从 1 开始。")
    asked = paper.get(event.item)
    if asked is None:
        return Rejected("foreign_item", "这道题不在本场试卷中。请刷新页面后再作答。")
    if isinstance(event, Answered):
        if why := refusal(asked, event.keys):
            return Rejected(*why)
        if state.written + _characters(event) > MOST_CHARACTERS:
            return _TOO_MANY
        latest = state.answer_seq
    else:
        latest = state.flag_seq
    if event.seq < latest.get(event.item, 0):
        return Rejected("stale", "这道题已保存了更新的作答，较早的一次不再写入。")
    return None


_SUPERSEDED = Rejected(
    "superseded", "本场考试已在另一个页面或另一台机器上打开，此页面不再保存作答。请回到最后打开的页面。"
)
_VOIDED = Rejected("voided", "本场考试已作废，不再接收作答。请联系监考人员。")
_TOO_MANY = Rejected("too_many", "保存次数超出上限，只能交卷。请联系监考人员。")
