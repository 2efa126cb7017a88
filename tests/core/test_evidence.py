"""core/insight/evidence.py: what a sitting shows about itself, and what it says it cannot show."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import numpy as np
import pytest

from jiangheng.core.insight.classical import analyse
from jiangheng.core.insight.cutscore import angoff
from jiangheng.core.insight.evidence import Coverage, Evidence, FormResult, GroupCount, assemble
from jiangheng.core.law.parameters import configure

GROUPS = (
    GroupCount("性别", "男", 300, 240),
    GroupCount("性别", "女", 200, 120),
    GroupCount("来源", "企业", 480, 350),
    GroupCount("来源", "院校", 20, 10),
)


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    configure({})
    yield
    configure({})


def form(name: str, *, persons: int, lean: float = 0.0, seed: int = 1, items: int = 40) -> FormResult:
    """A form of items of middling difficulty, each worth 2.5 marks; `lean` makes all of it easier."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=(persons, 1))
    hits = chance.random((persons, items)) < 1 / (1 + np.exp(-(ability + lean - chance.normal(size=items) * 0.8)))
    scores = hits.astype(np.int8)
    marks = tuple((scores.sum(axis=1) * 100 / items).tolist())
    return FormResult(name, analyse(scores, items=[f"{name}{n}" for n in range(items)]), marks, 100)


def full() -> Evidence:
    return assemble(
        "2026年11月维修电工四级",
        forms=(form("A", persons=400), form("B", persons=400, lean=-1, seed=2)),
        cut_percent=60,
        coverage=(Coverage("A", "基本要求", 10, 10), Coverage("B", "相关知识", 30, 29)),
        groups=GROUPS,
        standard=angoff({f"专家{n}": {"1": 0.6, "2": 0.6 + n / 100} for n in range(5)}),
        equating="两卷以 10 道锚题连接",
        conditions=("标准考场机考，90 分钟，双人监考",),
    )


def test_reliability_and_decisions_are_there_for_every_form() -> None:
    found = full()
    assert found.persons == 800
    for each in found.forms:
        assert each.alpha is not None and 0.7 < each.alpha < 0.95
        assert each.decision is not None and 0.7 < each.decision.consistency < each.decision.accuracy < 1
    assert any("信度 α 为" in sentence for sentence in found.sentences())
    assert any("换一份平行卷结论相同的概率" in sentence for sentence in found.sentences())


def test_forms_are_compared_with_an_interval() -> None:
    (gap,) = full().gaps
    one, other = (np.array(form(name, persons=400, lean=lean, seed=seed).marks) for name, lean, seed in (
        ("A", 0, 1), ("B", -1, 2)
    ))  # fmt: skip
    assert gap.difference == pytest.approx(one.mean() - other.mean())
    assert gap.high - gap.low == pytest.approx(2 * 1.96 * sqrt((one.var(ddof=1) + other.var(ddof=1)) / 400))
    assert gap.differs
    assert any("试卷 A 比 B 平均高" in sentence and "有差异" in sentence for sentence in full().sentences())
    same = assemble("场次", forms=(form("A", persons=400), form("B", persons=400)), cut_percent=60)
    assert not same.gaps[0].differs


def test_the_easier_form_is_named_first() -> None:
    found = assemble("场次", forms=(form("A", persons=90, lean=-2), form("B", persons=90, lean=1)), cut_percent=60)
    assert (found.gaps[0].one, found.gaps[0].other) == ("B", "A")
    assert found.gaps[0].difference > 0


def test_pass_rates_of_large_groups_are_compared_with_the_highest() -> None:
    found = full()
    assert [(each.group, each.rate, each.ratio) for each in found.groups] == [
        ("男", 0.8, 1.0),
        ("女", 0.6, pytest.approx(0.75)),
    ]
    assert any("女 200 人，合格率 60.0%，为最高组的 75.0%，低于 80%" in sentence for sentence in found.sentences())


def test_a_small_group_is_not_shown_and_that_is_said() -> None:
    told = full().sentences()
    assert not any("院校" in sentence for sentence in told)
    assert "未能得出：按来源分组：1 组不足 30 人，未列出合格率" in told


def test_coverage_of_the_blueprint_is_told_where_it_differs() -> None:
    told = full().sentences()
    assert "有效：鉴定范围 B 相关知识 计划 30 题，实有 29 题，与计划不符" in told
    kept = assemble("场次", forms=(form("A", persons=50),), cut_percent=60, coverage=(Coverage("A", "全部", 40, 40),))
    assert "有效：1 个鉴定范围的题数都与组卷计划一致" in kept.sentences()


def test_conditions_methods_and_the_standard_are_named() -> None:
    told = full().sentences()
    assert "条件：标准考场机考，90 分钟，双人监考" in told
    assert any(sentence.startswith("方法：") and "Livingston" in sentence for sentence in told)
    assert any("安戈夫法（概率）：建议合格线" in sentence for sentence in told)
    assert "等值：两卷以 10 道锚题连接" in told


def test_too_few_persons_give_no_figures_but_a_reason() -> None:
    found = assemble("小场次", forms=(form("A", persons=12),), cut_percent=60)
    assert (found.forms[0].alpha, found.forms[0].decision) == (None, None)
    assert any("考生 12 人，少于 30 人" in reason for reason in found.missing)
    assert any("40 道试题的作答人数少于 200 人" in reason for reason in found.missing)
    assert any("没有专家组设定合格线" in reason for reason in found.missing)
    assert any("没有分组的合格人数" in reason for reason in found.missing)


def test_forms_without_equating_say_so() -> None:
    found = assemble("场次", forms=(form("A", persons=40), form("B", persons=40)), cut_percent=60)
    assert any("各卷未做等值" in reason for reason in found.missing)


def test_scores_without_difference_give_a_reason_instead_of_a_reliability() -> None:
    scores = np.ones((50, 4), np.int8)
    same = FormResult("A", analyse(scores, items=list("1234")), (100.0,) * 50, 100)
    found = assemble("场次", forms=(same,), cut_percent=60)
    assert any("信度无法计算" in reason for reason in found.missing)


def test_the_pass_rate_counts_the_cut_itself_as_passed() -> None:
    scores = np.array([[1, 1], [1, 0], [0, 0], [1, 1]], np.int8)
    found = assemble(
        "场次", forms=(FormResult("A", analyse(scores, items=["1", "2"]), (100, 60, 0, 59.5), 100),), cut_percent=60
    )
    assert found.pass_rate == 0.5


def test_a_sitting_without_scores_is_refused() -> None:
    with pytest.raises(ValueError, match="没有成绩"):
        assemble("场次", forms=(), cut_percent=60)
