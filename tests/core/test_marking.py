"""core/exam/marking.py: the right answer earns the marks, guessing everything earns none, and the sum is exact."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sound_items import (
    CALCULATION,
    CASE,
    ESSAY,
    FILL,
    HOTSPOT,
    MACHINE_CASE,
    MATCHING,
    NUMERIC,
    ORDERING,
    RIGHT,
    SHORT,
    SOUND,
)

from jiangheng.core.exam.blueprint import Blueprint, KindRow
from jiangheng.core.exam.items import KINDS, Area, Item, Option, check_item
from jiangheng.core.exam.marking import NeedsMarker, PartialRule, Rules, covers, mark, mark_paper

RULES = st.sampled_from(["all_or_nothing", "half_if_subset"])
EVERY_RULE = st.builds(
    Rules,
    multiple=RULES,
    fill=st.sampled_from(["by_blank", "all_or_nothing"]),
    matching=st.sampled_from(["by_pair", "all_or_nothing"]),
    ordering=st.sampled_from(["all_or_nothing", "by_sequence"]),
    hotspot=st.sampled_from(["all_or_nothing", "by_area"]),
)
MARKS = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2)])
GIVEN = st.sets(st.sampled_from("ABCDE"))
STRICT = Rules(fill="all_or_nothing", matching="all_or_nothing")
LENIENT = Rules("half_if_subset", ordering="by_sequence", hotspot="by_area")
SIX = Decimal(6)


def an_item(code: str, *, kind: str, answer: str) -> Item:
    options = KINDS[kind].options or tuple(Option(key, f"选项{key}") for key in "ABCDE")
    return Item(code, kind, f"题干{code}", options, tuple(answer), "P", "R", 3, "X")


MULTIPLES = [an_item(answer, kind="multiple", answer=answer) for answer in ("AB", "ACE", "BCDE", "DE", "ABCD")]
SINGLE = an_item("s", kind="single", answer="C")
JUDGEMENT = an_item("j", kind="judgement", answer="B")


@given(item=st.sampled_from([*MULTIPLES, SINGLE, JUDGEMENT]), marks=MARKS, rule=RULES)
def test_the_right_keys_earn_full_marks_in_any_order(item: Item, marks: Decimal, rule: PartialRule) -> None:
    assert mark(item, list(reversed(item.answer)), marks, rule=rule) == marks


@given(item=st.sampled_from([SINGLE, JUDGEMENT]), given_keys=GIVEN, marks=MARKS, rule=RULES)
def test_single_choice_and_judgement_know_right_and_wrong_only(
    item: Item, given_keys: set[str], marks: Decimal, rule: PartialRule
) -> None:
    assert mark(item, given_keys, marks, rule=rule) == (marks if given_keys == set(item.answer) else 0)


@given(item=st.sampled_from([*MULTIPLES, SINGLE, JUDGEMENT]), marks=MARKS, rule=RULES)
def test_ticking_everything_never_scores(item: Item, marks: Decimal, rule: PartialRule) -> None:
    assert check_item(item) == []
    assert mark(item, item.keys, marks, rule=rule) == 0


@given(item=st.sampled_from(MULTIPLES), given_keys=GIVEN, marks=MARKS)
def test_half_marks_are_for_some_of_the_right_keys_and_no_wrong_one(
    item: Item, given_keys: set[str], marks: Decimal
) -> None:
    right = set(item.answer)
    earned = mark(item, given_keys, marks, rule="half_if_subset")
    if given_keys == right:
        assert earned == marks
    elif given_keys and not given_keys - right:
        assert earned * 2 == marks
    else:
        assert earned == 0
    assert mark(item, given_keys, marks) == (marks if given_keys == right else 0)


def test_a_key_that_is_not_on_the_item_earns_nothing() -> None:
    assert mark(SINGLE, ["C", "Z"], Decimal(1)) == 0
    assert mark(MULTIPLES[1], ["A", "Z"], Decimal(1), rule="half_if_subset") == 0


@pytest.mark.parametrize("kind", RIGHT)
@pytest.mark.parametrize("rule", ["all_or_nothing", STRICT, LENIENT])
def test_the_right_answer_of_every_machine_kind_earns_full_marks(kind: str, rule: PartialRule | Rules) -> None:
    assert mark(SOUND[kind], RIGHT[kind], Decimal("0.7"), rule=rule) == Decimal("0.7")


def test_every_kind_is_marked_here_or_by_a_person() -> None:
    assert {kind.code for kind in KINDS.values() if kind.machine} == {*RIGHT, "case"}


ANYTHING = st.lists(st.one_of(st.text(max_size=6), st.sampled_from(["A", "B", "A3", "B1", "20,20", "12.5", "50"])))


@given(kind=st.sampled_from(sorted(RIGHT)), given_tokens=ANYTHING, rule=EVERY_RULE, marks=MARKS)
def test_whatever_is_given_earns_between_nothing_and_the_marks(
    kind: str, given_tokens: list[str], rule: Rules, marks: Decimal
) -> None:
    assert 0 <= mark(SOUND[kind], given_tokens, marks, rule=rule) <= marks


@given(kind=st.sampled_from(sorted(RIGHT)), rule=EVERY_RULE)
def test_silence_earns_nothing(kind: str, rule: Rules) -> None:
    assert mark(SOUND[kind], (), SIX, rule=rule) == 0
    assert mark(SOUND[kind], ("",), SIX, rule=rule) == 0
    assert mark(replace(SOUND[kind], answer=()), (), SIX, rule=rule) == 0


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("220", True), ("２２０", True), (" 220 ", True), ("二百二十", True), ("221", False), ("", False), ("|", False),
        ("220|二百二十", False), ("2 20", False),
    ],
)  # fmt: skip
def test_a_blank_takes_any_of_its_accepted_texts_however_they_are_typed(text: str, fits: bool) -> None:
    assert mark(FILL, (text, "", ""), SIX) == (2 if fits else 0)


def test_case_and_inner_spaces_do_not_matter_in_a_blank_but_missing_spaces_do() -> None:
    assert mark(FILL, ("", "", "n　 LINE "), SIX) == 2
    assert mark(FILL, ("", "", "nline"), SIX) == 0


def test_blanks_earn_their_shares_unless_the_rule_wants_all() -> None:
    two = ("220", "60", "N line")
    assert mark(FILL, two, SIX) == 4
    assert mark(FILL, two, Decimal(1)) == Decimal("0.67")
    assert mark(FILL, two, SIX, rule=STRICT) == 0
    assert mark(FILL, ("50", "220", "N line"), SIX) == 2
    assert mark(FILL, ("220", "50", "N line", "220"), SIX) == 0


@pytest.mark.parametrize(
    "text",
    ["12.5", "１２．５", "12.5Ω", "12.5 Ω", "1.25e1", "1.25×10^1", "+12.50", "12.75", "12.25", " 12.6 ", "1.25E+1Ω"],
)
def test_a_number_within_the_tolerance_is_right_however_it_is_written(text: str) -> None:
    assert mark(NUMERIC, (text,), SIX) == 6


@pytest.mark.parametrize(
    "text",
    ["12.76", "12.24", "NaN", "inf", "Infinity", "1e999", "12.5V", "12,5", "十二点五", "12.5 12.5", "", "-12.5", "0x0C",
     "1" * 5000, "1e", ".", "e1", "12.5ΩΩ", "٤"],
)  # fmt: skip
def test_anything_else_earns_nothing_as_a_number(text: str) -> None:
    assert mark(NUMERIC, (text,), SIX) == 0


def test_thousands_may_be_set_apart_and_minus_has_many_shapes() -> None:
    thousand = replace(NUMERIC, answer=("-1000",), tolerance="", unit="")
    assert [mark(thousand, (text,), SIX) for text in ("-1,000", "－1，000", "−1000", "–1e3")] == [6, 6, 6, 6]
    assert [mark(thousand, (text,), SIX) for text in ("-1,00,0", "1000", "-1000.001")] == [0, 0, 0]


def test_an_absolute_tolerance_is_in_the_units_of_the_number() -> None:
    third = replace(NUMERIC, answer=("0.3",), tolerance="0.1")
    # 0.1 + 0.2 in binary fractions would lie beyond the limit.
    assert mark(third, ("0.4",), SIX) == 6
    assert mark(third, ("0.2",), SIX) == 6
    assert mark(third, ("0.401",), SIX) == 0
    assert mark(third, ("0.4", "0.3"), SIX) == 0


def test_pairs_earn_their_shares_and_a_left_side_answered_twice_earns_nothing() -> None:
    assert mark(MATCHING, ("A3", "B1"), SIX) == 4
    assert mark(MATCHING, ("A3", "B1", "C4"), SIX) == 4
    assert mark(MATCHING, ("A3", "A1", "B1", "C2"), SIX) == 4
    assert mark(MATCHING, ("A3", "B1"), SIX, rule=STRICT) == 0
    every = [f"{left}{right}" for left in "ABC" for right in "1234"]
    assert mark(MATCHING, every, SIX) == 0


def test_steps_are_all_or_nothing_unless_the_rule_counts_those_in_order() -> None:
    assert mark(ORDERING, tuple("CABD"), SIX) == 6
    assert mark(ORDERING, tuple("CADB"), SIX) == 0
    assert mark(ORDERING, tuple("CADB"), SIX, rule=LENIENT) == Decimal("4.5")
    assert mark(ORDERING, tuple("DBAC"), SIX, rule=LENIENT) == 0
    assert mark(ORDERING, tuple("CABDD"), SIX, rule=LENIENT) == 0
    assert mark(ORDERING, tuple("CAZD"), SIX, rule=LENIENT) == 0


def longest_in_order(right: str, steps: tuple[str, ...]) -> int:
    """The slow, obvious way: try every choice of steps."""
    choices = (
        [step for place, step in enumerate(steps) if number >> place & 1] for number in range(1, 1 << len(steps))
    )
    return max(len(chosen) for chosen in choices if chosen == [step for step in right if step in chosen])


@pytest.mark.parametrize("steps", list(permutations("ABCD")))
def test_the_share_of_steps_in_order_is_that_of_the_longest_common_subsequence(steps: tuple[str, ...]) -> None:
    longest = longest_in_order("CABD", steps)
    assert mark(ORDERING, steps, Decimal(4), rule=LENIENT) == (longest if longest > 1 else 0)


@pytest.mark.parametrize(
    ("points", "strict", "lenient"),
    [
        (("20,20", "230,210"), 6, 6),
        (("20,20",), 0, 3),
        (("20,20", "30,30"), 0, 3),
        (("20,20", "100,100"), 0, 0),
        (("20,20", "230,210", "21,21"), 0, 0),
        (("20,20", "x,y"), 0, 0),
        (("20,20", "230.5,210"), 0, 0),
        (("20,-20",), 0, 0),
        (("20,20,230",), 0, 0),
    ],
)
def test_points_must_all_fall_into_right_areas_of_their_own(points: tuple[str, ...], strict: int, lenient: int) -> None:
    assert mark(HOTSPOT, points, SIX) == strict
    assert mark(HOTSPOT, points, SIX, rule=LENIENT) == lenient


def test_one_point_where_two_areas_overlap_does_not_serve_both() -> None:
    lapping = replace(
        HOTSPOT, areas=(Area("A", "rect", (0, 0, 20, 20)), Area("B", "rect", (10, 10, 30, 30))), answer=("A", "B")
    )
    assert mark(lapping, ("15,15",), SIX) == 0
    assert mark(lapping, ("15,15", "5,5"), SIX) == mark(lapping, ("5,5", "15,15"), SIX) == 6


@pytest.mark.parametrize(
    ("area", "inside", "outside"),
    [
        (Area("A", "rect", (10, 10, 50, 40)), [(10, 10), (50, 40), (30, 20)], [(9, 10), (51, 40), (30, 41)]),
        (Area("A", "circle", (100, 100, 5)), [(100, 100), (103, 104), (105, 100)], [(104, 104), (106, 100)]),
        # A hollow on the right: an L in which the corner's box is outside.
        (
            Area("A", "poly", (0, 0, 40, 0, 40, 10, 10, 10, 10, 40, 0, 40)),
            [(0, 0), (5, 30), (30, 5), (40, 10), (10, 25)],
            [(20, 20), (11, 11), (41, 5), (5, 41)],
        ),
    ],
)
def test_an_area_holds_its_edge_and_nothing_beyond(
    area: Area, inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    assert [covers(area, point) for point in inside] == [True] * len(inside)
    assert [covers(area, point) for point in outside] == [False] * len(outside)


@given(x=st.integers(0, 60), y=st.integers(0, 60), turned=st.integers(0, 3), mirrored=st.booleans())
def test_a_rectangle_drawn_as_a_polygon_holds_the_same_points(x: int, y: int, turned: int, mirrored: bool) -> None:
    corners = [(10, 20), (50, 20), (50, 40), (10, 40)]
    corners = corners[turned:] + corners[:turned]
    if mirrored:
        corners.reverse()
    poly = Area("A", "poly", tuple(number for corner in corners for number in corner))
    assert covers(poly, (x, y)) == covers(Area("A", "rect", (10, 20, 50, 40)), (x, y))


@pytest.mark.parametrize("item", [SHORT, CALCULATION, ESSAY], ids=lambda item: item.kind)
def test_an_open_item_needs_a_person(item: Item) -> None:
    with pytest.raises(NeedsMarker, match="阅卷人"):
        mark(item, ("4.4",), SIX)


def test_a_case_and_an_unknown_kind_are_not_marked_whole() -> None:
    with pytest.raises(ValueError, match="按小题阅卷"):
        mark(MACHINE_CASE, (), SIX)
    with pytest.raises(ValueError, match="题型“oral”"):
        mark(replace(SINGLE, kind="oral"), (), SIX)


PLAN = Blueprint(
    level="3",
    kinds=(
        KindRow("single", 1, Decimal("0.1")),
        KindRow("multiple", 5, Decimal("0.2")),
        KindRow("judgement", 1, Decimal("0.5")),
    ),
)
PAPER = [SINGLE, *MULTIPLES, JUDGEMENT]


def test_a_paper_answered_rightly_has_the_exact_sum() -> None:
    result = mark_paper(PAPER, {item.code: item.answer for item in PAPER}, PLAN)
    # 0.1 + 5 × 0.2 + 0.5: binary fractions would not give 1.6 exactly.
    assert result.total == Decimal("1.6")
    assert result.unanswered == result.waiting == ()


@given(
    answers=st.dictionaries(st.sampled_from([item.code for item in PAPER]), GIVEN.map(tuple)),
    rule=RULES,
)
def test_the_total_is_the_sum_of_the_items_and_silence_earns_nothing(
    answers: dict[str, tuple[str, ...]], rule: PartialRule
) -> None:
    result = mark_paper(PAPER, answers, PLAN, rule=rule)
    assert result.total == sum(result.per_item.values())
    assert list(result.per_item) == [item.code for item in PAPER]
    assert set(result.unanswered) == {item.code for item in PAPER if not answers.get(item.code)}
    assert all(result.per_item[code] == 0 for code in result.unanswered)


def test_answers_to_another_paper_are_not_marked() -> None:
    with pytest.raises(ValueError, match="x-1 不在本试卷上"):
        mark_paper(PAPER, {"x-1": ("A",)}, PLAN)


def test_a_paper_with_an_item_twice_or_of_an_unpriced_kind_is_not_marked() -> None:
    with pytest.raises(ValueError, match="重复"):
        mark_paper([SINGLE, SINGLE], {}, PLAN)
    bare = Blueprint(level="3", kinds=PLAN.kinds[:1])
    with pytest.raises(ValueError, match="judgement、multiple 的分值"):
        mark_paper(PAPER, {}, bare)


LONG = Blueprint(
    level="2",
    kinds=(KindRow("case", 1, Decimal(20)), KindRow("essay", 1, Decimal(30)), KindRow("single", 1, Decimal(1))),
)
THESIS = replace(ESSAY, code="e")
LONG_PAPER = [CASE, THESIS, SINGLE]
GOOD = {
    "5-001.1": ("B",), "5-001.2": ("220", "50", "x"), "5-001.3": ("先试验验电器",), "e": ("论述",), "s": ("C",),
}  # fmt: skip


def test_the_parts_of_a_case_earn_their_shares_and_open_parts_wait() -> None:
    result = mark_paper(LONG_PAPER, GOOD, LONG)
    assert result.per_item == {"5-001.1": 6, "5-001.2": 4, "s": 1}
    assert result.waiting == ("5-001.3", "e")
    assert (result.total, result.unanswered) == (11, ())


def test_marks_that_persons_gave_complete_the_paper() -> None:
    result = mark_paper(LONG_PAPER, GOOD, LONG, open_marks={"5-001.3": Decimal(8), "e": Decimal("20.5")})
    assert result.waiting == ()
    assert result.total == Decimal("39.5")
    assert list(result.per_item) == ["5-001.1", "5-001.2", "5-001.3", "e", "s"]


def test_an_open_item_left_empty_waits_for_nobody() -> None:
    result = mark_paper(LONG_PAPER, {**GOOD, "e": ("  ",), "5-001.2": ("", "", "")}, LONG)
    assert (result.waiting, result.per_item["e"]) == (("5-001.3",), 0)
    assert result.unanswered == ("5-001.2", "e")


@pytest.mark.parametrize(
    ("given_marks", "words"),
    [
        ({"e": Decimal(31)}, "试题 e 的评分 31 应在 0 与 30 之间"),
        ({"e": Decimal(-1)}, "应在 0 与 30 之间"),
        ({"e": Decimal("NaN")}, "应在 0 与 30 之间"),
        ({"5-001.3": Decimal("8.01")}, "应在 0 与 8 之间"),
        ({"s": Decimal(1)}, "由系统阅卷"),
        ({"5-001": Decimal(1)}, "5-001 不在本试卷上"),
    ],
)
def test_marks_that_cannot_be_are_refused(given_marks: dict[str, Decimal], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        mark_paper(LONG_PAPER, GOOD, LONG, open_marks=given_marks)


def test_an_answer_to_the_whole_case_belongs_to_no_part() -> None:
    with pytest.raises(ValueError, match="5-001 不在本试卷上"):
        mark_paper(LONG_PAPER, {"5-001": ("B",)}, LONG)


@given(tokens=st.lists(st.sampled_from(["A3", "B1", "C2", "A1", "C4"]), unique=True), rule=EVERY_RULE)
def test_one_more_right_pair_never_earns_less(tokens: list[str], rule: Rules) -> None:
    assume("B1" not in tokens)
    assert mark(MATCHING, [*tokens, "B1"], SIX, rule=rule) >= mark(MATCHING, tokens, SIX, rule=rule)
