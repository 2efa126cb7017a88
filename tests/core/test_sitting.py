"""core/exam/sitting.py: what is accepted, and that no order of deliveries changes what a sitting comes to."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.asked import Asked
from jiangheng.core.exam.sitting import (
    FOCUS_KINDS,
    GRACE_MS,
    MOST_CHARACTERS,
    MOST_EVENTS,
    Accepted,
    Answered,
    Entered,
    Event,
    Extended,
    Flagged,
    Focus,
    HandedIn,
    Rejected,
    State,
    Voided,
    accept,
    begin,
    deadline,
    ended,
    fold,
    from_record,
    reduce,
    to_record,
)

OPENS, CLOSES = 1_000_000, 6_400_000
PAPER = {
    "s1": Asked(frozenset("ABCD")),
    "s2": Asked(frozenset("ABCD")),
    "m1": Asked(frozenset("ABCDE"), many=True),
    "j1": Asked(frozenset("AB")),
    "f1": Asked(answered="texts", blanks=2),
    "n1": Asked(answered="number"),
    "p1": Asked(frozenset("ABC"), answered="pairs", targets=frozenset({"1", "2", "12"})),
    "o1": Asked(frozenset("ABCD"), answered="order"),
    "h1": Asked(answered="points"),
    "e1": Asked(answered="open"),
    "c1.1": Asked(frozenset("ABCD")),
    "c1.2": Asked(answered="open"),
}


def seated() -> State:
    return reduce(begin(OPENS, CLOSES), Entered(1, at=OPENS))


def judge(state: State, event: Event, now: int = OPENS + 1, *, fence: int = 1) -> Accepted | Rejected:
    return accept(state, event, now, paper=PAPER, fence=fence)


def code(verdict: Accepted | Rejected) -> str:
    return verdict.code if isinstance(verdict, Rejected) else ""


def test_an_answer_within_the_hours_is_accepted_and_kept() -> None:
    event = Answered(1, "s1", ("B",), at=OPENS + 1)
    assert judge(seated(), event) == Accepted(event)
    state = reduce(seated(), event)
    assert dict(state.answers) == {"s1": ("B",)}
    assert state.seq == 1


def test_nothing_is_accepted_before_the_session_opens() -> None:
    assert code(judge(seated(), Answered(1, "s1", ("B",)), OPENS - 1)) == "not_begun"
    assert code(judge(seated(), HandedIn(False), OPENS - 1)) == "not_begun"
    assert code(judge(seated(), Answered(1, "s1", ("B",)), OPENS)) == ""


@pytest.mark.parametrize(("late", "expected"), [(0, ""), (GRACE_MS, ""), (GRACE_MS + 1, "ended")])
def test_a_save_on_its_way_at_the_end_has_five_seconds(late: int, expected: str) -> None:
    assert code(judge(seated(), Answered(1, "s1", ("B",)), CLOSES + late)) == expected


def test_the_grace_is_configurable() -> None:
    event = Answered(1, "s1", ("B",))
    verdict = accept(seated(), event, CLOSES + 1, paper=PAPER, fence=1, grace=0)
    assert code(verdict) == "ended"


def test_extra_time_of_the_pass_and_of_the_invigilator_moves_the_end() -> None:
    state = reduce(begin(OPENS, CLOSES, extra=60), Entered(1))
    state = reduce(state, Extended(120, "停电三分钟"))
    assert deadline(state) == CLOSES + 180_000
    assert code(judge(state, Answered(1, "s1", ("B",)), CLOSES + 179_999)) == ""
    assert not ended(state, CLOSES + 180_000)
    assert ended(state, CLOSES + 180_000 + GRACE_MS + 1)


def test_after_hand_in_no_answer_is_taken() -> None:
    state = reduce(seated(), HandedIn(False, at=OPENS + 5))
    assert state.handed_in == OPENS + 5
    assert code(judge(state, Answered(1, "s1", ("B",)))) == "handed_in"


def test_handing_in_again_is_a_repeat_and_the_first_moment_stays() -> None:
    state = reduce(seated(), HandedIn(False, at=OPENS + 5))
    verdict = judge(state, HandedIn(True, at=OPENS + 9))
    assert isinstance(verdict, Accepted) and verdict.repeat
    state = reduce(state, HandedIn(True, at=OPENS + 9))
    assert (state.handed_in, state.auto) == (OPENS + 5, False)


def test_a_page_that_comes_back_late_may_still_close_its_paper() -> None:
    assert code(judge(seated(), HandedIn(True), CLOSES + 3_600_000)) == ""


def test_a_voided_sitting_accepts_nothing_not_even_an_entry() -> None:
    state = reduce(seated(), Voided("代考"))
    for event in (Answered(1, "s1", ("B",)), Flagged(1, "s1", True), HandedIn(False), Focus("blur"), Entered(2)):
        assert code(judge(state, event)) == "voided"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Answered(1, "s9", ("A",)), "foreign_item"),
        (Flagged(1, "s9", True), "foreign_item"),
        (Answered(1, "s1", ("E",)), "unknown_option"),
        (Answered(1, "m1", ("A", "A")), "unknown_option"),
        (Answered(1, "s1", ("A", "B")), "one_only"),
        (Answered(0, "s1", ("A",)), "bad_seq"),
        (Answered(1, "c1", ("A",)), "foreign_item"),
        (Flagged(1, "c1", True), "foreign_item"),
        (Answered(1, "f1", ("220",)), "unfit"),
        (Answered(1, "e1", ("文" * 20_001,)), "too_long"),
        (Answered(1, "p1", ("A4",)), "unknown_option"),
        (Focus("mind_reading"), "unknown_kind"),
        (Extended(600, "自己延时"), "not_yours"),
        (Voided(), "not_yours"),
    ],
)
def test_what_does_not_belong_to_the_paper_is_refused(event: Event, expected: str) -> None:
    assert code(judge(seated(), event)) == expected


def test_several_options_are_taken_where_several_are_allowed() -> None:
    assert code(judge(seated(), Answered(1, "m1", ("A", "C")))) == ""


def test_an_empty_choice_takes_the_answer_back() -> None:
    state = fold(seated(), [Answered(1, "s1", ("A",)), Answered(2, "s1", ())])
    assert dict(state.answers) == {}


def test_blanks_left_empty_are_kept_beside_others_and_are_no_answer_by_themselves() -> None:
    state = reduce(seated(), Answered(1, "f1", ("", "220")))
    assert dict(state.answers) == {"f1": ("", "220")}
    assert dict(reduce(state, Answered(2, "f1", ("", " "))).answers) == {}


def test_the_parts_of_a_case_are_answered_and_marked_on_their_own() -> None:
    events = [Answered(1, "c1.1", ("B",)), Answered(2, "c1.2", ("先断电，再验电",)), Flagged(3, "c1.2", True)]
    state = seated()
    for event in events:
        assert judge(state, event) == Accepted(event)
        state = reduce(state, event)
    assert (dict(state.answers), state.flags) == (
        {"c1.1": ("B",), "c1.2": ("先断电，再验电",)},
        frozenset({"c1.2"}),
    )


def test_a_page_that_fills_the_journal_with_text_may_only_hand_in() -> None:
    state = replace(seated(), written=MOST_CHARACTERS - 3)
    assert code(judge(state, Answered(1, "e1", ("三个字",)))) == ""
    assert code(judge(state, Answered(1, "e1", ("四个汉字",)))) == "too_many"
    assert code(judge(state, HandedIn(False))) == ""


def test_the_characters_of_every_saving_count_once() -> None:
    events = [Answered(1, "e1", ("一二三",)), Answered(2, "e1", ("一二三四",)), Answered(2, "e1", ("一二三四",))]
    assert fold(seated(), events).written == 7


def test_a_journal_written_before_the_new_kinds_reads_as_before() -> None:
    lines = [
        '{"event":"entered","at":1000000,"fence":1,"pass_fence":1}',
        '{"event":"answered","at":1000010,"seq":1,"item":"q001","keys":["B"]}',
        '{"event":"flagged","at":1000020,"seq":2,"item":"q002","on":true}',
        '{"event":"answered","at":1000030,"seq":3,"item":"q002","keys":["A","C"]}',
        '{"event":"answered","at":1000040,"seq":4,"item":"q001","keys":[]}',
        '{"event":"handed_in","at":1000050,"auto":false}',
    ]
    state = fold(begin(OPENS, CLOSES), [from_record(json.loads(line)) for line in lines])
    assert dict(state.answers) == {"q002": ("A", "C")}
    assert (state.flags, state.seq, state.handed_in, state.events) == (frozenset({"q002"}), 4, 1_000_050, 6)
    assert [to_record(from_record(json.loads(line))) for line in lines] == [json.loads(line) for line in lines]


def test_the_same_number_with_the_same_content_is_a_repeat_even_after_the_end() -> None:
    written = Answered(1, "s1", ("B",), at=OPENS + 1)
    state = fold(seated(), [written, HandedIn(False, at=OPENS + 2)])
    verdict = judge(state, Answered(1, "s1", ("B",), at=CLOSES + 99_999), CLOSES + 99_999)
    assert verdict == Accepted(written, repeat=True)


def test_the_same_number_with_other_content_is_refused() -> None:
    state = reduce(seated(), Answered(1, "s1", ("B",)))
    assert code(judge(state, Answered(1, "s1", ("C",)))) == "seq_conflict"
    assert code(judge(state, Flagged(1, "s1", True))) == "seq_conflict"


def test_an_older_answer_to_an_item_answered_since_is_stale() -> None:
    state = reduce(seated(), Answered(5, "s1", ("B",)))
    assert code(judge(state, Answered(4, "s1", ("C",)))) == "stale"
    assert code(judge(state, Answered(4, "s2", ("C",)))) == ""
    assert code(judge(state, Flagged(4, "s1", True))) == ""


def test_an_older_entry_may_no_longer_write() -> None:
    state = reduce(seated(), Entered(2))
    for event in (Answered(1, "s1", ("B",)), Flagged(1, "s1", True), HandedIn(False), Focus("blur")):
        assert code(judge(state, event, fence=1)) == "superseded"
        assert code(judge(state, event, fence=2)) == ""


def test_an_older_pass_may_no_longer_enter() -> None:
    state = reduce(seated(), Entered(2, pass_fence=3))
    assert code(judge(state, Entered(3, pass_fence=2))) == "superseded"
    assert code(judge(state, Entered(3, pass_fence=3))) == ""


def test_a_page_that_never_stops_writing_may_only_hand_in() -> None:
    state = replace(seated(), events=MOST_EVENTS)
    assert code(judge(state, Answered(1, "s1", ("B",)))) == "too_many"
    assert code(judge(state, Focus("blur"))) == "too_many"
    assert code(judge(state, Entered(2))) == "too_many"
    assert code(judge(state, HandedIn(False))) == ""


items = st.sampled_from(sorted(PAPER))


@st.composite
def answers(draw: st.DrawFn, seq: int) -> Answered | Flagged:
    item = draw(items)
    if draw(st.booleans()):
        return Flagged(seq, item, draw(st.booleans()))
    return Answered(seq, item, draw(given_at(PAPER[item])))


def given_at(asked: Asked) -> st.SearchStrategy[tuple[str, ...]]:
    """Sound answers to what is asked, nothing among them."""
    keys = sorted(asked.keys)
    line = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=40)
    point = st.builds("{},{}".format, st.integers(0, 10_000), st.integers(0, 10_000))
    found: dict[str, st.SearchStrategy[list[str]]] = {
        "keys": st.lists(st.sampled_from(keys or ["-"]), unique=True, max_size=len(keys) if asked.many else 1),
        "texts": st.lists(line, min_size=asked.blanks, max_size=asked.blanks),
        "number": st.lists(line, max_size=1),
        "pairs": st.dictionaries(st.sampled_from(keys or ["-"]), st.sampled_from(sorted(asked.targets) or ["-"])).map(
            lambda pairs: sorted(left + right for left, right in pairs.items())
        ),
        "order": st.permutations(keys).flatmap(lambda order: st.integers(0, len(order)).map(lambda n: order[:n])),
        "points": st.lists(point, max_size=20),
        "open": st.lists(line.map("第一行\n{}".format), max_size=1),
    }
    return found[asked.answered].map(tuple)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Answered | Flagged], list[Answered | Flagged]]:
    """What a page sent, in order; and what arrives: everything at least once, in any order, some of it twice."""
    sent = [draw(answers(seq)) for seq in range(1, draw(st.integers(1, 25)) + 1)]
    again = draw(st.lists(st.sampled_from(sent), max_size=15))
    return sent, draw(st.permutations(sent + again))


def run(arriving: list[Answered | Flagged]) -> tuple[State, list[Answered | Flagged]]:
    state, acknowledged = seated(), []
    for event in arriving:
        verdict = judge(state, event)
        if isinstance(verdict, Accepted):
            acknowledged.append(event)
            if not verdict.repeat:
                state = reduce(state, event)
    return state, acknowledged


@given(deliveries())
def test_any_order_and_any_repetition_of_deliveries_gives_the_same_state(
    case: tuple[list[Answered | Flagged], list[Answered | Flagged]],
) -> None:
    sent, arriving = case
    straight, _ = run(sent)
    crooked, _ = run(arriving)
    assert crooked.answers == straight.answers
    assert crooked.flags == straight.flags
    assert crooked.seq == straight.seq == len(sent)


@given(deliveries())
def test_an_acknowledged_answer_is_never_lost(
    case: tuple[list[Answered | Flagged], list[Answered | Flagged]],
) -> None:
    state, acknowledged = run(case[1])
    last = {event.item: event for event in sorted(acknowledged, key=lambda e: e.seq) if isinstance(event, Answered)}
    said = {item: event.keys for item, event in last.items() if any(key.strip() for key in event.keys)}
    assert said == dict(state.answers)
    for event in acknowledged:
        assert state.seen[event.seq] == event
    # Whatever is sent again later is acknowledged again, and changes nothing.
    for event in acknowledged:
        assert judge(state, event) == Accepted(event, repeat=True)
        assert reduce(state, event) == state


events = st.one_of(
    st.builds(Entered, st.integers(1, 99), st.integers(0, 9), at=st.integers(0, 2**50)),
    st.integers(1, 99).flatmap(answers),
    st.builds(HandedIn, st.booleans(), at=st.integers(0, 2**50)),
    st.builds(Extended, st.integers(1, 7200), st.text(max_size=9)),
    st.builds(Voided, st.text(max_size=9)),
    st.builds(Focus, st.sampled_from(sorted(FOCUS_KINDS))),
)


anything = st.lists(
    st.one_of(st.text(max_size=6), st.sampled_from(["A", "B", "A1", "B12", "A12", "3,4", "10001,0", "x" * 201])),
    max_size=4,
).map(tuple)


@given(st.lists(st.tuples(items, anything), max_size=30))
def test_whatever_is_accepted_comes_to_the_same_when_it_is_read_back(sent: list[tuple[str, tuple[str, ...]]]) -> None:
    state, lines = seated(), []
    for seq, (item, keys) in enumerate(sent, start=1):
        verdict = judge(state, Answered(seq, item, keys))
        if isinstance(verdict, Accepted):
            lines.append(json.dumps(to_record(verdict.event), ensure_ascii=False).encode())
            state = reduce(state, verdict.event)
    assert fold(seated(), [from_record(json.loads(line)) for line in lines]) == state


@given(events)
def test_an_event_survives_its_record(event: Event) -> None:
    assert from_record(to_record(event)) == event


@pytest.mark.parametrize("record", [{"event": "bribed"}, {}, {"event": "focus"}, {"event": "voided", "by": "x"}])
def test_an_unknown_record_is_an_error_and_not_a_guess(record: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="event"):
        from_record(record)


@given(st.lists(events, max_size=30))
def test_the_state_depends_on_the_journal_alone(journal: list[Event]) -> None:
    half = len(journal) // 2
    whole = fold(begin(OPENS, CLOSES), journal)
    assert fold(fold(begin(OPENS, CLOSES), journal[:half]), journal[half:]) == whole
