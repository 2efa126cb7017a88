"""core/skill/aspects.py: what may be entered on a score sheet, and what it adds up to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.skill.aspects import Aspect, AspectKind, Entry, check_aspects, check_entry, sheet_total

ASPECTS = (
    Aspect("1", "尺寸", Decimal(40), "measured", "按图样检测"),
    Aspect("2", "接线工艺", Decimal("35.5"), "judged", "横平竖直"),
    Aspect("3", "安全文明", Decimal("24.5"), "judged", "工位整洁"),
    Aspect("F", "带电作业", Decimal(0), "veto", "未断电操作即判否定"),
)
ENTRIES = st.fixed_dictionaries(
    {
        **{a.code: st.integers(0, int(a.marks * 2)).map(lambda n: Decimal(n) / 2) for a in ASPECTS[:3]},
        "F": st.booleans(),
    }
)


def test_a_sound_sheet_has_no_problems() -> None:
    assert check_aspects(ASPECTS) == []


@pytest.mark.parametrize(
    ("aspects", "words"),
    [
        ((*ASPECTS, ASPECTS[3]), "F 写了 2 次"),
        ((*ASPECTS[:3], replace(ASPECTS[3], marks=Decimal(5))), "否定项不计分"),
        ((replace(ASPECTS[0], marks=Decimal("40.3")), *ASPECTS[1:]), "应大于 0 且为 0.5 的整数倍"),
        ((replace(ASPECTS[0], marks=Decimal(0)), *ASPECTS[1:]), "应大于 0"),
        ((replace(ASPECTS[0], kind=cast("AspectKind", "guessed")), *ASPECTS[1:]), "类型“guessed”不认识"),
        (ASPECTS[:2], "合计 75.5 分"),
    ],
)
def test_a_fault_in_the_design_of_a_sheet_is_told(aspects: tuple[Aspect, ...], words: str) -> None:
    assert any(words in problem for problem in check_aspects(aspects))


@given(entry=st.decimals(allow_nan=True, allow_infinity=True))
def test_a_mark_is_taken_exactly_when_it_is_a_half_step_within_the_full_marks(entry: Decimal) -> None:
    sound = entry.is_finite() and 0 <= entry <= 40 and (entry * 2) == int(entry * 2)
    assert (check_entry(ASPECTS[0], entry) == []) is sound


@pytest.mark.parametrize(
    ("aspect", "entry", "words"),
    [
        (ASPECTS[0], Decimal("40.5"), "40.5 分超出范围，请填写 0–40"),
        (ASPECTS[0], Decimal("-0.5"), "超出范围"),
        (ASPECTS[0], Decimal("7.3"), "请改为如 7.0 分"),
        (ASPECTS[0], True, "应填分数"),
        (ASPECTS[0], cast("Entry", 7.5), "应填分数"),
        (ASPECTS[3], Decimal(0), "只能填“是”或“否”"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_aspect(aspect: Aspect, entry: Entry, words: str) -> None:
    (problem,) = check_entry(aspect, entry)
    assert words in problem
    assert aspect.name in problem


@given(entries=ENTRIES)
def test_the_total_is_the_sum_of_the_marks_and_a_veto_changes_no_mark(entries: dict[str, Entry]) -> None:
    total = sheet_total(ASPECTS, entries, evaluator="甲")
    assert total.total == sum(Decimal(entries[code]) for code in "123")
    assert total.vetoed is entries["F"]
    assert total.vetoes == (("F",) if entries["F"] else ())
    assert (total.evaluator, total.missing) == ("甲", ())


@given(entries=ENTRIES, kept=st.sets(st.sampled_from("123F")))
def test_aspects_without_an_entry_are_missing_vetoes_too(entries: dict[str, Entry], kept: set[str]) -> None:
    total = sheet_total(ASPECTS, {code: entry for code, entry in entries.items() if code in kept})
    assert set(total.missing) == set("123F") - kept
    assert total.total <= 100


def test_all_wrong_entries_are_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"没有评分项 9.*尺寸.*接线工艺"):
        sheet_total(ASPECTS, {"9": Decimal(1), "1": Decimal(41), "2": Decimal("0.3")})
