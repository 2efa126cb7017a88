"""The evidence of one sitting: is the examination reliable, valid, equivalent across forms and fair (P2)?

These are the terms of ISO/IEC 17024, 9.3, which also asks that conditions and methods are named and the data kept. What
cannot be computed is said, with the reason: silence would look like soundness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from jiangheng.core.insight.classical import Analysis
from jiangheng.core.insight.cutscore import CutScore
from jiangheng.core.insight.decision import Decision, livingston_lewis
from jiangheng.core.insight.misbehaving import Finding, figures, review_queue
from jiangheng.core.law.parameters import parameter

METHODS = (
    "信度：克龙巴赫 α（0/1 计分即 KR-20），方差以 n−1 为除数",
    "合格判定：Livingston–Lewis 法，真分数取四参数贝塔分布，不可行时取两参数",
    "试题：答对率、题总相关、题余相关、删题后的 α、高低分组各 27%",
    "各卷之差：均值差的 95% 区间，方差不假定相等",
    "公平：各组合格率与最高组之比，提醒线取五分之四",
)


@dataclass(frozen=True, slots=True)
class FormResult:
    """One form as it was taken: its analysis, and the candidates' marks out of `full`."""

    name: str
    analysis: Analysis
    marks: tuple[float, ...]
    full: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """One range of the blueprint: items planned and items on the form."""

    range_code: str
    name: str
    planned: int
    present: int


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many of a group sat and passed; `kind` is what divides the candidates (性别, 来源 …)."""

    kind: str
    group: str
    persons: int
    passed: int


@dataclass(frozen=True, slots=True)
class FormFigures:
    """One form: `mean`, `sd` in percent of full marks, `sem` in marks of one per item; `decision` at the cut."""

    name: str
    persons: int
    items: int
    mean: float
    sd: float | None
    alpha: float | None
    sem: float | None
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Mean of `one` less mean of `other`, the lower one, in percent of full marks, with its 95 % interval."""

    one: str
    other: str
    difference: float
    low: float
    high: float

    @property
    def differs(self) -> bool:
        """Whether chance alone does not explain the difference."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class GroupRate:
    """A group's pass rate and its ratio to the highest rate among the groups of its kind."""

    kind: str
    group: str
    persons: int
    rate: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a sitting shows about its own quality; `missing` says what could not be computed and why."""

    sitting: str
    persons: int
    cut_percent: float
    pass_rate: float | None
    forms: tuple[FormFigures, ...]
    gaps: tuple[Gap, ...]
    coverage: tuple[Coverage, ...]
    findings: tuple[Finding, ...]
    groups: tuple[GroupRate, ...]
    standard: CutScore | None
    equating: str
    conditions: tuple[str, ...]
    methods: tuple[str, ...]
    missing: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        """The evidence in words, in the order of the standard's terms."""
        return tuple(_sentences(self))


def assemble(
    sitting: str,
    *,
    forms: Sequence[FormResult],
    cut_percent: float,
    coverage: Sequence[Coverage] = (),
    groups: Sequence[GroupCount] = (),
    standard: CutScore | None = None,
    equating: str = "",
    conditions: Sequence[str] = (),
) -> Evidence:
    """The evidence of a sitting from its forms, its blueprint and its pass counts.

    `equating` says how forms were put on one scale, `conditions` how the examination was held. Groups and forms below
    the parameter `bank.group_min` are not judged, and that is said. Raises ValueError when nobody sat.
    """
    marks = [100 * mark / form.full for form in forms for mark in form.marks]
    if not marks:
        raise ValueError("该场考试没有成绩，无法汇总质量证据")
    missing: list[str] = []
    found = tuple(_form(form, cut_percent=cut_percent, missing=missing) for form in forms)
    rates = tuple(_rates(groups, missing=missing))
    if not groups:
        missing.append("未计算公平性：没有分组的合格人数")
    if standard is None:
        missing.append("未附合格线的论证：没有专家组设定合格线的记录，合格线取规定值")
    if len(forms) > 1 and not equating:
        missing.append("各卷未做等值：没有共用锚题或标定结果，只能比较平均分")
    queue = review_queue(figures(row) for form in forms for row in form.analysis.items)
    passed = sum(1 for mark in marks if mark >= cut_percent) / len(marks)
    return Evidence(
        sitting, len(marks), cut_percent, passed, found, tuple(_gaps(forms)), tuple(coverage), queue, rates,
        standard, equating, tuple(conditions), METHODS, tuple(missing),
    )  # fmt: skip


def _form(form: FormResult, *, cut_percent: float, missing: list[str]) -> FormFigures:
    least = parameter("bank.group_min")
    analysis = form.analysis
    shares = [100 * mark / form.full for mark in form.marks]
    mean, sd = _mean(shares), _deviation(shares)
    enough = analysis.persons >= least
    if not enough:
        missing.append(f"试卷 {form.name}：考生 {analysis.persons} 人，少于 {least} 人，未计算信度和合格判定的一致性")
    alpha, sem = (analysis.alpha, analysis.sem) if enough else (None, None)
    decision = None
    if enough and alpha is None:
        missing.append(f"试卷 {form.name}：成绩没有差异或试题太少，信度无法计算")
    elif alpha is not None:
        try:
            decision = livingston_lewis(shares, reliability=alpha, cut=cut_percent, full=100)
        except ValueError as problem:
            missing.append(f"试卷 {form.name}：未计算合格判定的一致性，{problem}")
    few = [row.item for row in analysis.items if row.n < parameter("bank.flag_sample")]
    if few:
        missing.append(
            f"试卷 {form.name}：{len(few)} 道试题的作答人数少于 {parameter('bank.flag_sample')} 人，未据以判断试题质量"
        )
    return FormFigures(form.name, analysis.persons, len(analysis.items), mean, sd, alpha, sem, decision)


def _gaps(forms: Sequence[FormResult]) -> Iterator[Gap]:
    least = parameter("bank.group_min")
    known = [(form.name, [100 * mark / form.full for mark in form.marks]) for form in forms if len(form.marks) >= least]
    for (one, first), (other, second) in combinations(known, 2):
        if _mean(first) < _mean(second):
            (one, first), (other, second) = (other, second), (one, first)
        deviation = [_deviation(marks) or 0.0 for marks in (first, second)]
        margin = 1.96 * sqrt(deviation[0] ** 2 / len(first) + deviation[1] ** 2 / len(second))
        difference = _mean(first) - _mean(second)
        yield Gap(one, other, difference, difference - margin, difference + margin)


def _rates(groups: Sequence[GroupCount], *, missing: list[str]) -> Iterator[GroupRate]:
    least = parameter("bank.group_min")
    for kind in dict.fromkeys(each.kind for each in groups):
        all_of_kind = [each for each in groups if each.kind == kind]
        large = [each for each in all_of_kind if each.persons >= least]
        small = len(all_of_kind) - len(large)
        if small:
            missing.append(f"按{kind}分组：{small} 组不足 {least} 人，未列出合格率")
        highest = max((each.passed / each.persons for each in large), default=0.0)
        if len(large) < 2 or highest == 0:
            missing.append(f"按{kind}分组：人数足够的组不足两组或无人合格，未比较合格率")
            continue
        for each in large:
            rate = each.passed / each.persons
            yield GroupRate(kind, each.group, each.persons, rate, rate / highest)


def _sentences(found: Evidence) -> Iterator[str]:
    yield f"{found.sitting}：{found.persons} 人参加，合格线 {found.cut_percent:g}%，合格率 {_percent(found.pass_rate)}"
    for form in found.forms:
        yield from _reliable(form)
    yield from _valid(found)
    for gap in found.gaps:
        judged = "有差异，请复核等值或合格线" if gap.differs else "未见差异"
        yield (
            f"等值：试卷 {gap.one} 比 {gap.other} 平均高 {gap.difference:.1f} 个百分点"
            f"（95% 区间 {gap.low:.1f} 至 {gap.high:.1f}），{judged}"
        )
    if found.equating:
        yield f"等值：{found.equating}"
    limit = parameter("bank.impact_ratio")
    for group in found.groups:
        judged = f"，低于 {limit}%，请查明原因" if 100 * group.ratio < limit else ""
        yield (
            f"公平：按{group.kind}，{group.group} {group.persons} 人，合格率 {_percent(group.rate)}，"
            f"为最高组的 {_percent(group.ratio)}{judged}"
        )
    yield from (f"条件：{each}" for each in found.conditions)
    yield from (f"方法：{each}" for each in found.methods)
    yield from (f"未能得出：{each}" for each in found.missing)


def _reliable(form: FormFigures) -> Iterator[str]:
    spread = "" if form.sd is None else f"，标准差 {form.sd:.1f}"
    yield f"试卷 {form.name}：{form.persons} 人、{form.items} 题，平均 {form.mean:.1f}%{spread}"
    if form.alpha is not None:
        error = "" if form.sem is None else f"，测量标准误 {form.sem:.2f} 题"
        yield f"可靠：试卷 {form.name} 信度 α 为 {form.alpha:.3f}{error}"
    if form.decision is not None:
        yield (
            f"可靠：试卷 {form.name} 合格判定与真实水平相符的概率 {_percent(form.decision.accuracy)}，"
            f"换一份平行卷结论相同的概率 {_percent(form.decision.consistency)}"
        )


def _valid(found: Evidence) -> Iterator[str]:
    off = [row for row in found.coverage if row.planned != row.present]
    if found.coverage and not off:
        yield f"有效：{len(found.coverage)} 个鉴定范围的题数都与组卷计划一致"
    for row in off:
        yield f"有效：鉴定范围 {row.range_code} {row.name} 计划 {row.planned} 题，实有 {row.present} 题，与计划不符"
    if found.standard is not None:
        yield f"有效：{found.standard.words()}"
        yield from (f"有效：{warning}" for warning in found.standard.warnings)
    items = len({finding.item for finding in found.findings})
    yield f"有效：{items} 道试题列入复查" if items else "有效：没有试题列入复查"


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f}%"


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)


def _deviation(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = _mean(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
