"""core/exam/sitting.py: what is accepted from a candidate's page, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from seated_candidate import CLOSES, OPENS, PAPER, TERMS, code, judge, seated

from jiangheng.core.exam.events import (
    Agreed,
    Answered,
    Break,
    Entered,
    Event,
    Extended,
    Flagged,
    Focus,
    Granted,
    HandedIn,
    Pictured,
    Told,
    Voided,
    decode,
    encode,
)
from jiangheng.core.exam.sitting import (
    GRACE_MS,
    MOST_CHARACTERS,
    MOST_EVENTS,
    Accepted,
    Repeat,
    accept,
    begin,
    deadline,
    ended,
    fold,
    reduce,
)


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
    state = reduce(begin(replace(TERMS, extra=60)), Entered(1))
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
    assert judge(state, HandedIn(True, at=OPENS + 9)) == Repeat(0)
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
        {"c1.2"},
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
    state = fold(begin(TERMS), map(decode, lines))
    assert dict(state.answers) == {"q002": ("A", "C")}
    assert (state.flags, state.seq, state.handed_in, state.events) == ({"q002"}, 4, 1_000_050, 6)


def test_the_text_of_an_event_never_changes_between_releases() -> None:
    # Receipts are made over these texts; one that comes out otherwise would make every old receipt look forged.
    written = [
        (Entered(2, 1, "ab", at=5), '{"event":"entered","fence":2,"pass_fence":1,"device":"ab","at":5}'),
        (Answered(1, "q001", ("B",), at=5), '{"event":"answered","seq":1,"item":"q001","keys":["B"],"at":5}'),
        (Flagged(2, "q001", True, at=5), '{"event":"flagged","seq":2,"item":"q001","on":true,"at":5}'),
        (HandedIn(False, at=5), '{"event":"handed_in","auto":false,"at":5}'),
        (Focus("blur", at=5), '{"event":"focus","kind":"blur","at":5}'),
        (Break(True, at=5), '{"event":"break","on":true,"at":5}'),
        (Agreed("rules", True, at=5), '{"event":"agreed","to":"rules","yes":true,"at":5}'),
        (Pictured("00", at=5), '{"event":"pictured","digest":"00","at":5}'),
        (Extended(60, "迟", at=5), '{"event":"extended","seconds":60,"reason":"迟","at":5}'),
        (Granted(600, True, at=5), '{"event":"granted","breaks":600,"large":true,"at":5}'),
        (Told("请安静", at=5), '{"event":"told","text":"请安静","at":5}'),
    ]
    for event, text in written:
        assert (encode(event), decode(text)) == (text, event)


def test_the_same_number_with_the_same_content_is_a_repeat_even_after_the_end() -> None:
    written = Answered(1, "s1", ("B",), at=OPENS + 1)
    state = fold(seated(), [written, HandedIn(False, at=OPENS + 2)])
    assert judge(state, Answered(1, "s1", ("B",), at=CLOSES + 99_999), CLOSES + 99_999) == Repeat(1)


def test_a_number_that_is_down_is_never_taken_a_second_time() -> None:
    # Whether its content is the same is for the holder of the journal to compare; the state does not keep it.
    state = reduce(seated(), Answered(3, "s1", ("B",)))
    for event in (Answered(3, "s1", ("C",)), Flagged(3, "s1", True), Answered(3, "s9", ("Z",))):
        assert judge(state, event) == Repeat(3)
        assert reduce(state, event) == state
    assert [state.is_down(seq) for seq in (-1, 0, 1, 2, 3, 4)] == [False, False, False, False, True, False]


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
