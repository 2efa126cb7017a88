"""core/skill/panel.py: the mean is exact, a veto needs a majority, and a wide spread names aspects and evaluators."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.skill.aspects import Aspect, Entry, SheetTotal, sheet_total
from jiangheng.core.skill.panel import half_up, reconcile

ASPECTS = (
    Aspect("1", "尺寸", Decimal(60), "measured"),
    Aspect("2", "工艺", Decimal(40), "judged"),
    Aspect("F", "带电作业", Decimal(0), "veto"),
    Aspect("G", "损坏设备", Decimal(0), "veto"),
)
LIMIT = Decimal(30)


def sheet(evaluator: str, first: str, second: str, *, vetoes: str = "") -> SheetTotal:
    entries: dict[str, Entry] = {"1": Decimal(first), "2": Decimal(second), "F": "F" in vetoes, "G": "G" in vetoes}
    return sheet_total(ASPECTS, entries, evaluator=evaluator)


def halves(top: int) -> st.SearchStrategy[str]:
    return st.integers(0, top * 2).map(lambda n: str(Decimal(n) / 2))


PANELS = st.sampled_from([3, 5, 7]).flatmap(
    lambda size: st.tuples(*(st.builds(sheet, st.just(f"考评员{n}"), halves(60), halves(40)) for n in range(size)))
)


@given(sheets=PANELS)
def test_the_mean_is_the_exact_mean_rounded_to_a_tenth_halves_up(sheets: tuple[SheetTotal, ...]) -> None:
    result = reconcile(sheets, spread_limit_percent=LIMIT)
    exact = sum(Fraction(one.total) for one in sheets) / len(sheets)
    assert -Fraction(1, 20) < Fraction(result.mean) - exact <= Fraction(1, 20)
    assert result.mean.as_tuple().exponent == -1
    assert result.spread == max(one.total for one in sheets) - min(one.total for one in sheets)


@given(sheets=PANELS, data=st.data())
def test_the_order_of_the_sheets_does_not_matter(sheets: tuple[SheetTotal, ...], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(sheets))
    one, other = (reconcile(panel, spread_limit_percent=LIMIT) for panel in (sheets, mixed))
    assert (one.mean, one.spread, one.vetoed, one.needs_arbitration) == (
        other.mean,
        other.spread,
        other.vetoed,
        other.needs_arbitration,
    )
    assert [d.aspect for d in one.differences] == [d.aspect for d in other.differences]


@given(sheets=PANELS, limit=st.integers(0, 100))
def test_arbitration_is_asked_for_exactly_when_an_aspect_is_beyond_the_limit(
    sheets: tuple[SheetTotal, ...], limit: int
) -> None:
    result = reconcile(sheets, spread_limit_percent=limit)
    beyond = set()
    for place, full in enumerate((60, 40)):
        marks = [one.lines[place].given for one in sheets]
        if (max(marks) - min(marks)) * 100 > full * limit:
            beyond.add(str(place + 1))
    assert {difference.aspect for difference in result.differences} == beyond
    assert result.needs_arbitration is bool(beyond)
    assert len(result.reasons) == len(beyond)


def test_a_difference_names_the_aspect_the_evaluators_and_the_limit() -> None:
    sheets = [sheet("甲", "50", "10"), sheet("乙", "50", "30"), sheet("丙", "48", "10")]
    (difference,) = reconcile(sheets, spread_limit_percent=LIMIT).differences
    assert (difference.aspect, difference.spread, difference.limit) == ("2", Decimal(20), Decimal(12))
    assert (difference.low_evaluators, difference.high_evaluators) == (("甲", "丙"), ("乙",))
    assert difference.words == "评分项 2 工艺：甲、丙 给 10 分，乙 给 30 分，相差 20 分，超过 12 分，请仲裁"


def test_a_spread_of_exactly_the_limit_needs_no_arbitration() -> None:
    sheets = [sheet("甲", "50", "10"), sheet("乙", "50", "22"), sheet("丙", "50", "16")]
    assert not reconcile(sheets, spread_limit_percent=LIMIT).needs_arbitration


def test_the_limit_left_out_is_the_parameter() -> None:
    sheets = [sheet("甲", "50", "10"), sheet("乙", "50", "22.5"), sheet("丙", "50", "16")]
    assert reconcile(sheets).needs_arbitration


@pytest.mark.parametrize(
    ("votes", "vetoed", "arbitration"),
    [
        (("", "", ""), False, False),
        (("F", "", ""), False, False),
        (("F", "F", ""), True, False),
        (("F", "FG", "G"), True, False),
        (("F", "G", ""), False, True),
    ],
)
def test_a_veto_stands_by_majority_and_scattered_vetoes_go_to_arbitration(
    votes: tuple[str, str, str], vetoed: bool, arbitration: bool
) -> None:
    sheets = [sheet(name, "50", "30", vetoes=vote) for name, vote in zip("甲乙丙", votes, strict=True)]
    result = reconcile(sheets, spread_limit_percent=LIMIT)
    assert (result.vetoed, result.needs_arbitration) == (vetoed, arbitration)
    assert bool(result.vetoes) is vetoed
    assert bool(result.reasons) is arbitration


def test_halves_go_up_whatever_the_decimal_context_is() -> None:
    with localcontext() as context:
        context.prec = 2
        assert half_up(Fraction(5995, 100), quantum=Decimal("0.1")) == Decimal("60.0")
    assert half_up(Fraction(59949, 1000), quantum=Decimal("0.1")) == Decimal("59.9")


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ([sheet("甲", "1", "1")], "共有 1 份评分表"),
        ([sheet(name, "1", "1") for name in "甲乙丙丁"], "且为单数"),
        ([sheet(name, "1", "1") for name in "甲乙甲"], "考评员 甲 有 2 份"),
        (
            [sheet("甲", "1", "1"), sheet("乙", "1", "1"), sheet_total(ASPECTS, {"1": Decimal(1)}, evaluator="丙")],
            "丙 尚未评 2、F、G",
        ),
        (
            [sheet("甲", "1", "1"), sheet("乙", "1", "1"), sheet_total(ASPECTS[:1], {"1": Decimal(1)}, evaluator="丙")],
            "评分项或分值不同",
        ),
    ],
)
def test_sheets_that_make_no_panel_are_refused(sheets: list[SheetTotal], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        reconcile(sheets, spread_limit_percent=LIMIT)
