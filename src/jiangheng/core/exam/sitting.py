"""A sitting of the theory examination: the state its events add up to, and what is accepted (clause K13).

The hall runs :func:`accept` and :func:`apply` while answers arrive; the office runs the same :func:`apply` over the
journal to mark, re-check or hear an objection. An event that stands in the journal was accepted: ``apply`` takes it
whatever the hour, so nothing that was acknowledged is ever lost. All moments are UTC epoch milliseconds.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from jiangheng.core.exam.asked import Asked, is_empty, refusal
from jiangheng.core.exam.events import (
    CONTROLS,
    FOCUS_KINDS,
    LEAVING,
    Agreed,
    Answered,
    Break,
    Entered,
    Event,
    Extended,
    Flagged,
    Focus,
    Freed,
    Granted,
    HandedIn,
    Numbered,
    Paused,
    Pictured,
    Resumed,
    Told,
    Voided,
)
from jiangheng.core.exam.sitting_state import State as State
from jiangheng.core.exam.sitting_state import Terms as Terms
from jiangheng.core.exam.sitting_state import begin as begin

GRACE_MS = 5_000
"""How long after the end a save that was already on its way is still taken, milliseconds."""

MOST_EVENTS = 20_000
"""More events than any honest sitting makes; beyond it a sitting may only be handed in."""

MOST_CHARACTERS = 10_000_000
"""More than any honest sitting saves: an essay of 5,000 characters, saved two thousand times while it was written."""

AGREEMENTS = frozenset({"rules", "camera"})


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event may be written down."""

    event: Event


@dataclass(frozen=True, slots=True)
class Repeat:
    """It is written down already if its content is the same: the earlier receipt is the answer. 0 is the hand-in."""

    seq: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The event is not taken. ``code`` is for the page, ``reason`` for the person."""

    code: str
    reason: str


Verdict: TypeAlias = Accepted | Repeat | Rejected


def deadline(state: State, now: int = 0) -> int:
    """When the sitting ends: the close of the session, the candidate's own extra time, and what was given since.

    While the clock stands still (a pause, a break, a move to another machine) the end moves with ``now``.
    """
    end = state.terms.closes + 1000 * state.terms.extra + state.given + _move_credit(state, now)
    if state.paused is not None:
        # what is left of a break stands still too while everybody waits
        end, now = end + max(0, now - state.paused), min(now, state.paused)
    if state.break_since is not None:
        end += min(max(0, now - state.break_since), state.break_left)
    return end


def ended(state: State, now: int, *, grace: int = GRACE_MS) -> bool:
    """Can no more answers come: handed in, voided, or past the end and its grace?"""
    return state.voided or state.handed_in is not None or now > deadline(state, now) + grace


def fold(state: State, events: Iterable[Event]) -> State:
    """The state after all these events; the one given stays as it is."""
    result = copy.deepcopy(state)
    for event in events:
        apply(result, event)
    return result


def reduce(state: State, event: Event) -> State:
    """The state after one event; the one given stays as it is."""
    return fold(state, (event,))


def apply(state: State, event: Event) -> None:
    """Take an event in. In which order numbered events arrive does not matter: per item the highest number holds."""
    if type(event) is Answered or type(event) is Flagged:
        _number(state, event)
        return
    state.events += 1
    match event:
        case Entered():
            state.fence = max(state.fence, event.fence)
            state.pass_fence = max(state.pass_fence, event.pass_fence)
            if event.device:
                state.given += _move_credit(state, event.at)
                state.device, state.freed, state.moving = event.device, False, None
        case HandedIn():
            if state.handed_in is None:
                _break_ends(state, event.at)
                state.handed_in, state.auto = event.at, event.auto
        case Focus():
            if event.kind in LEAVING:
                state.focus_lost += 1
                state.strikes += 1
                state.locked = state.locked or 0 < state.terms.lock_after <= state.strikes
        case Break():
            if event.on and state.break_since is None:
                state.break_since = event.at
            elif not event.on:
                _break_ends(state, event.at)
        case Agreed():
            state.agreed[event.to] = event.yes
        case Pictured():
            pass
        case _:
            _control(state, event)


def _control(state: State, event: Event) -> None:
    match event:
        case Extended():
            state.given += 1000 * event.seconds
        case Paused():
            if state.paused is None:
                state.paused = event.at
        case Resumed():
            if state.paused is not None:
                away = state.break_since is not None
                _break_ends(state, event.at)
                state.given += max(0, event.at - state.paused)
                _not_twice(state, state.paused, event.at)
                state.paused, state.break_since = None, event.at if away else None
            state.locked, state.strikes = False, 0
        case Freed():
            state.freed = True
            # before he sat down at a machine, and before the start, a move costs no time
            if state.moving is None and state.device:
                state.moving = max(event.at, state.terms.opens)
        case Granted():
            state.breaks, state.large = event.breaks, event.large
        case Told():
            state.notes.append(event)
        case Voided():
            state.voided = True


def _break_ends(state: State, at: int) -> None:
    if state.break_since is not None:
        # a pause is given back by itself, so a break is counted up to it
        until = at if state.paused is None else min(at, state.paused)
        taken = min(max(0, until - state.break_since), state.break_left)
        _not_twice(state, state.break_since, state.break_since + taken)
        state.break_since, state.break_used, state.given = None, state.break_used + taken, state.given + taken


def _move_credit(state: State, now: int) -> int:
    """What the move that is going on has cost so far, milliseconds; a pause or a break gives its own time back."""
    if state.moving is None:
        return 0
    ends = [at for at in (state.paused, state.break_since) if at is not None]
    return min(max(0, min([now, *ends]) - state.moving), 1000 * state.terms.move_credit)


def _not_twice(state: State, since: int, until: int) -> None:
    """What was given back for that time is not given again for a move that went on meanwhile."""
    if state.moving is not None:
        state.moving += max(0, until - max(since, state.moving))


def _number(state: State, event: Numbered) -> None:
    seq, item = event.seq, event.item
    if state.is_down(seq):
        return
    state.events += 1
    if state.moving is not None:
        # he still works at the old machine: only from here on does the move cost him time
        state.moving = max(state.moving, event.at)
    if seq == state.through + 1:
        state.through = seq
        while state.ahead and state.through + 1 in state.ahead:
            state.through += 1
            state.ahead.discard(state.through)
    else:
        state.ahead.add(seq)
    if type(event) is Answered:
        state.written += _characters(event)
        if seq < state.latest.get(item, 0):
            return
        state.latest[item] = seq
        if is_empty(event.keys):
            state.answers.pop(item, None)
        else:
            state.answers[item] = event.keys
    elif type(event) is Flagged and seq >= state.flag_latest.get(item, 0):
        state.flag_latest[item] = seq
        (state.flags.add if event.on else state.flags.discard)(item)


def _characters(event: Answered) -> int:
    return sum(map(len, event.keys))


def accept(
    state: State,
    event: Event,
    now: int,
    *,
    paper: Mapping[str, Asked],
    fence: int,
    grace: int = GRACE_MS,
) -> Verdict:
    """May this event of the candidate's page be written down, ``now``, from the entry numbered ``fence``?

    ``paper`` holds what is answered on its own: items, and of a case its parts ("<id>.1").

    A number that is already down is a repeat, at any hour: the page missed our answer and asks again.
    Control events (more time, void …) do not come this way; the office writes them.
    """
    if isinstance(event, CONTROLS):
        return Rejected("not_yours", "延时、暂停和作废等只能由考务人员操作。")
    if type(event) is Entered:
        return _accept_entry(state, event, now)
    if fence != state.fence:
        return SUPERSEDED
    if (type(event) is Answered or type(event) is Flagged) and state.is_down(event.seq):
        return Repeat(event.seq)
    if type(event) is HandedIn and state.handed_in is not None:
        return Repeat(0)
    return _closed(state, event, now, grace) or _content(state, event, paper) or Accepted(event)


def _accept_entry(state: State, event: Entered, now: int) -> Verdict:
    if state.voided:
        return _VOIDED
    if event.pass_fence < state.pass_fence:
        return OLD_PASS
    if state.events >= MOST_EVENTS:
        return _TOO_MANY
    if state.fence == 0 and 0 < state.terms.latest < now:
        return Rejected("late", "已过入场时限，不能入场。请联系监考人员。")
    if state.device and event.device != state.device and not state.freed:
        return Rejected("other_device", "本场考试正在另一台机器上进行。如需换机，请监考人员先办理换机。")
    return Accepted(event)


def _closed(state: State, event: Event, now: int, grace: int) -> Rejected | None:
    if state.voided:
        return _VOIDED
    if state.handed_in is not None:
        return Rejected("handed_in", "已经交卷，不能再修改答案。")
    if type(event) is Agreed:
        return _TOO_MANY if state.events >= MOST_EVENTS else None
    if now < state.terms.opens:
        return Rejected("not_begun", "考试还没有开始，请等待开考。")
    if type(event) is HandedIn:
        # Handing in changes no answer: a page that comes back late may still close its paper.
        return None
    if now > deadline(state, now) + grace:
        return Rejected("ended", "考试时间已到，不再接收作答。如有答案未能上传，请立即告知监考人员。")
    if state.events >= MOST_EVENTS:
        return _TOO_MANY
    if type(event) is Answered or type(event) is Flagged:
        return _held(state)
    return None


def _held(state: State) -> Rejected | None:
    """Why answers wait although the hours are right; the page keeps them and sends them when it may."""
    if state.paused is not None:
        return Rejected("paused", "监考人员暂停了考试，暂停的时间会补给您。请等待恢复。")
    if state.locked:
        return Rejected("locked", "离开考试页面的次数过多，作答已锁定。请举手，由监考人员解锁。")
    if state.break_since is not None:
        return Rejected("on_break", "正在休息。回来后请先点“继续考试”。")
    return None


def _content(state: State, event: Event, paper: Mapping[str, Asked]) -> Rejected | None:
    if type(event) is Answered or type(event) is Flagged:
        return _content_of_item(state, event, paper)
    if type(event) is Focus and event.kind not in FOCUS_KINDS:
        return Rejected("unknown_kind", f"不认识的页面事件：{event.kind}。")
    if type(event) is Agreed and event.to not in AGREEMENTS:
        return Rejected("unknown_kind", f"不认识的确认事项：{event.to}。")
    if type(event) is Pictured and not state.agreed.get("camera", False):
        return Rejected("no_consent", "考生没有同意拍照，照片没有保存。请由监考人员现场核对本人。")
    if type(event) is Break and event.on and state.break_left == 0:
        return Rejected("no_break", "没有可用的休息时间。")
    return None


def _content_of_item(state: State, event: Numbered, paper: Mapping[str, Asked]) -> Rejected | None:
    if event.seq < 1:
        return Rejected("bad_seq", "作答序号应当从 1 开始。")
    asked = paper.get(event.item)
    if asked is None:
        return Rejected("foreign_item", "这道题不在本场试卷中。请刷新页面后再作答。")
    if type(event) is Answered:
        if why := refusal(asked, event.keys):
            return Rejected(*why)
        if state.written + _characters(event) > MOST_CHARACTERS:
            return _TOO_MANY
        latest = state.latest
    else:
        latest = state.flag_latest
    if event.seq < latest.get(event.item, 0):
        return Rejected("stale", "这道题已保存了更新的作答，较早的一次不再写入。")
    return None


SUPERSEDED = Rejected(
    "superseded", "本场考试已在另一个页面或另一台机器上打开，此页面不再保存作答。请回到最后打开的页面。"
)
OLD_PASS = Rejected("superseded", "这张入场凭证已被更新的凭证取代。请联系监考人员，用最后一次签发的凭证入场。")
SEQ_CONFLICT = Rejected("seq_conflict", "这个序号已用于另一次作答。请刷新页面，取回已保存的答案后再作答。")
_VOIDED = Rejected("voided", "本场考试已作废，不再接收作答。请联系监考人员。")
_TOO_MANY = Rejected("too_many", "保存次数超出上限，只能交卷。请联系监考人员。")
