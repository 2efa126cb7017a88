"""core/insight/cutscore.py and borderline.py: published agreement, hand-worked cuts, and warnings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.insight.borderline import Graded, borderline_group, borderline_regression, contrasting_groups
from jiangheng.core.insight.cutscore import CutScore, Ratings, angoff, angoff_rounds, ebel, intraclass, t975

Method = Callable[..., CutScore]
# Six targets, four judges: table 2 of Shrout and Fleiss (1979)
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
PANEL: Ratings = {
    "甲": {"1": 0.8, "2": 0.6, "3": 0.4},
    "乙": {"1": 0.7, "2": 0.5, "3": 0.6},
    "丙": {"1": 0.9, "2": 0.7, "3": 0.5},
    "丁": {"1": 0.6, "2": 0.6, "3": 0.3},
    "戊": {"1": 0.8, "2": 0.6, "3": 0.5},
}


def test_agreement_of_the_table_of_shrout_and_fleiss_is_the_printed_one() -> None:
    found = intraclass(SHROUT_FLEISS)
    assert [round(value or 0, 2) for value in (found.single, found.average, found.consistency)] == [0.29, 0.62, 0.71]


def test_angoff_is_the_mean_of_the_judges_cuts() -> None:
    found = angoff(PANEL)
    cuts = [1.8, 1.8, 2.1, 1.5, 1.9]
    assert [judge.cut for judge in found.judges] == pytest.approx(cuts)
    assert found.cut == pytest.approx(1.82)
    assert found.full == 3
    assert found.error == pytest.approx(np.std(cuts, ddof=1) / sqrt(5))
    assert found.interval == pytest.approx((1.82 - 2.776 * found.error, 1.82 + 2.776 * found.error))
    assert found.judges[2].without == pytest.approx((1.8 + 1.8 + 1.5 + 1.9) / 4)
    assert found.words().startswith(
        "安戈夫法（概率）：建议合格线 1.8 分（满分 3 分），标准误 0.10 分，95% 区间 1.6–2.1 分"
    )


def test_marks_weigh_the_items() -> None:
    found = angoff(PANEL, marks={"1": 50, "2": 30, "3": 20})
    assert found.full == 100
    assert found.judges[0].cut == pytest.approx(40 + 18 + 8)
    assert found.percent == pytest.approx(found.cut)


def test_the_error_over_items_too_is_that_of_a_hand_worked_crossed_design() -> None:
    # Judges 0.2, 0.4 / 0.6, 0.8: no interaction; items differ by 0.2, judges by 0.4.
    found = angoff({"甲": {"1": 0.2, "2": 0.4}, "乙": {"1": 0.6, "2": 0.8}})
    judge_part, item_part = 0.16 / 2, 0.04 / 2
    assert found.error_items == pytest.approx(2 * sqrt(judge_part / 2 + item_part / 2))
    assert found.error == pytest.approx(2 * sqrt(judge_part / 2))


@given(shares=st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_judges_of_one_mind_leave_no_error(shares: list[float]) -> None:
    one = {str(place): share for place, share in enumerate(shares)}
    found = angoff(dict.fromkeys("甲乙丙丁戊", one))
    assert found.cut == pytest.approx(sum(shares))
    assert found.error == pytest.approx(0, abs=1e-9)
    assert found.warnings == ()


def test_yes_and_no_count_the_items_a_just_competent_candidate_gets_right() -> None:
    panel = {name: {"1": 1, "2": 0, "3": 1} for name in "甲乙丙丁戊"}
    assert angoff(panel, yes_no=True).cut == 2
    with pytest.raises(ValueError, match=r"试题 2 的评定 0\.5 应为 1"):
        angoff({"甲": {"1": 1, "2": 0.5}}, yes_no=True)


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ({}, "还没有专家的评定"),
        ({"甲": {}}, "没有试题"),
        ({"甲": {"1": 0.5, "2": 0.5}, "乙": {"1": 0.5}}, "专家 乙 尚未评定试题 2"),
        ({"甲": {"1": 60}}, "试题 1 的答对概率 60 应在 0 与 1 之间"),
        ({"甲": {"1": float("nan")}}, "应在 0 与 1 之间"),
    ],
)
def test_a_panel_that_has_not_finished_is_refused(ratings: Ratings, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        angoff(ratings)


def test_items_without_marks_are_refused() -> None:
    with pytest.raises(ValueError, match="试题 3 没有大于 0 的分值"):
        angoff(PANEL, marks={"1": 1, "2": 1, "3": 0})


def test_few_judges_wide_spread_and_one_who_moves_the_cut_are_warned_of() -> None:
    found = angoff({"甲": {"1": 0.5, "2": 0.5}, "乙": {"1": 0.5, "2": 0.6}, "丙": {"1": 1, "2": 1}})
    assert "只有 3 名专家，宜不少于 5 名" in found.warnings
    assert any("专家意见分散" in warning for warning in found.warnings)
    outlier = {name: {"1": 0.5, "2": 0.5 + place / 1000} for place, name in enumerate("甲乙丙丁戊己庚")}
    odd = angoff({**outlier, "辛": {"1": 0.9, "2": 0.9}})
    assert any("去掉专家 辛 后合格线由 1.1 分变为 1.0 分" in warning for warning in odd.warnings)


def test_one_judge_alone_has_no_interval() -> None:
    found = angoff({"甲": PANEL["甲"]})
    assert (found.error, found.error_items, found.interval) == (None, None, None)
    assert found.judges[0].without is None
    assert found.agreement is not None and found.agreement.single is None
    assert found.words().endswith("，区间无法估计")


def test_rounds_keep_their_course_and_tell_when_judges_moved_apart() -> None:
    near = {name: dict.fromkeys("123", 0.6) for name in PANEL}
    better = angoff_rounds([PANEL, near])
    assert [each.spread for each in better.rounds] == pytest.approx([np.std([1.8, 1.8, 2.1, 1.5, 1.9], ddof=1), 0])
    assert better.cut == pytest.approx(1.8) == better.rounds[1].cut
    assert not any("趋于一致" in warning for warning in better.warnings)
    assert any("没有趋于一致" in warning for warning in angoff_rounds([near, PANEL]).warnings)
    with pytest.raises(ValueError, match="至少录入一轮"):
        angoff_rounds([])


def test_ebel_adds_the_expected_shares_of_the_cells() -> None:
    cells = {
        "甲": {"1": ("必需", "易"), "2": ("必需", "难"), "3": ("可用", "易")},
        "乙": {"1": ("必需", "易"), "2": ("可用", "易"), "3": ("可用", "易")},
    }
    grid = {("必需", "易"): 0.9, ("必需", "难"): 0.6, ("可用", "易"): 0.5}
    found = ebel(cells, grids={"": grid}, marks={"1": 2, "2": 1, "3": 1})
    assert [judge.cut for judge in found.judges] == pytest.approx([2.9, 2.8])
    own = ebel(cells, grids={"": grid, "乙": {("必需", "易"): 1.0, ("可用", "易"): 0.0}})
    assert [judge.cut for judge in own.judges] == pytest.approx([2.0, 1.0])
    with pytest.raises(ValueError, match="专家 甲：试题 2 归入“必需、难”"):
        ebel(cells, grids={"": {("必需", "易"): 0.9, ("可用", "易"): 0.5}})


def graded(rows: list[tuple[float, float]]) -> list[Graded]:
    return [Graded(f"c{n}", f"j{n % 5}", score, grade) for n, (score, grade) in enumerate(rows)]


def test_the_borderline_group_gives_its_median_with_the_interval_of_the_order_statistics() -> None:
    found = borderline_group(graded([(40 + n, 1) for n in range(30)] + [(90, 2), (10, 0)]), full=100)
    assert found.cut == 54.5
    # (30 - 1.96 √30) / 2 = 9.63: the 9th score from below and from above
    assert found.interval == (48, 61)
    assert found.objects == 32
    assert len(found.judges) == 5
    assert found.warnings == ()
    few = borderline_group(graded([(50, 1), (60, 1)]), full=100)
    assert (few.cut, few.interval) == (55, None)
    assert any("临界组只有 2 名考生" in warning for warning in few.warnings)


def test_borderline_regression_is_the_line_at_the_borderline() -> None:
    rows = [(30, 0), (34, 0), (52, 1), (48, 1), (71, 2), (69, 2), (92, 3), (88, 3)]
    grades, scores = np.array([row[1] for row in rows], float), np.array([row[0] for row in rows], float)
    (slope, start), covariance = np.polyfit(grades, scores, 1, cov=True)
    at = np.array([1.0, 1.0])
    found = borderline_regression(graded(rows), full=100)
    assert found.cut == pytest.approx(start + slope)
    assert found.error == pytest.approx(sqrt(at @ covariance @ at))
    assert found.interval is not None
    assert found.interval[1] - found.cut == pytest.approx(t975(6) * (found.error or 0))


def test_a_line_that_falls_or_explains_little_is_warned_of() -> None:
    falling = borderline_regression(graded([(80, 0), (70, 1), (60, 2), (65, 2)]), full=100)
    assert any("斜率不为正" in warning for warning in falling.warnings)
    flat = borderline_regression(panel([(1, (0, 0, 0)), (1, (0, 0, 0)), (1, (0, 0, 1))]), full=100)
    assert any("斜率不为正" in warning for warning in flat.warnings)
    loose = borderline_regression(graded([(50, 0), (90, 1), (40, 1), (70, 2), (60, 2)]), full=100)
    assert any("只能解释分数差异的" in warning for warning in loose.warnings)


def test_contrasting_groups_meet_where_both_are_equally_likely() -> None:
    rows = [(60 + step, 1.0) for step in (-12, -4, 0, 3, 7, 9, 15)]
    mirrored = [(100 - score, 0.0) for score, _ in rows]
    found = contrasting_groups(graded(rows + mirrored), full=100)
    assert found.cut == pytest.approx(50)  # the groups are mirror images about 50
    assert found.error is not None and 0 < found.error < 10
    apart = contrasting_groups(graded([(30, 0), (40, 0), (60, 1), (70, 1)]), full=100)
    assert (apart.cut, apart.error) == (50, None)
    assert any("完全分开" in warning for warning in apart.warnings)


def test_the_logistic_cut_solves_its_own_equations() -> None:
    chance = np.random.default_rng(5)
    score = chance.normal(60, 12, 400).clip(0, 100)
    able = chance.random(400) < 1 / (1 + np.exp(-(score - 58) / 5))
    rows = graded([(float(each), float(good)) for each, good in zip(score, able, strict=True)])
    found = contrasting_groups(rows, full=100)
    assert found.interval is not None and found.interval[0] < 58 < found.interval[1]
    # 400 persons on another scale give the same place
    halved = contrasting_groups([replace(each, score=each.score / 2) for each in rows], full=50)
    assert halved.cut == pytest.approx(found.cut / 2)
    assert halved.error == pytest.approx((found.error or 0) / 2)


@pytest.mark.parametrize(
    ("method", "rows", "words"),
    [
        (borderline_group, [(50, 0), (60, 2)], "没有考生被评为临界"),
        (borderline_group, [(101, 1)], "考生 c0 的分数 101 应在 0 与 100 之间"),
        (borderline_regression, [(50, 1), (60, 1), (70, 1)], "等级不全相同"),
        (borderline_regression, [], "至少需要三名考生"),
        (contrasting_groups, [(50, 1), (60, 1)], "两组都要有考生"),
        (contrasting_groups, [(50, 1), (60, 0)], "胜任组平均分应更高"),
    ],
)
def test_grades_that_give_no_cut_are_refused_in_words(
    method: object, rows: list[tuple[float, float]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        method(graded(rows), full=100)  # type: ignore[operator]


def panel(rows: list[tuple[float, tuple[float, ...]]]) -> list[Graded]:
    """Every candidate graded by the same judges: (score, a grade of each)."""
    return [
        Graded(f"c{n}", f"j{judge}", score, grade)
        for n, (score, grades) in enumerate(rows)
        for judge, grade in enumerate(grades)
    ]


METHODS = (borderline_group, borderline_regression, contrasting_groups)
TWO_JUDGES: list[tuple[float, tuple[float, ...]]] = [
    (32.0 + 2 * n, (float(n > 6) + float(n > 14), float(n > 8 or n == 3) + float(n > 12))) for n in range(24)
]


@pytest.mark.parametrize("method", METHODS)
def test_asking_every_judge_twice_makes_no_cut_surer(method: Method) -> None:
    once = panel(TWO_JUDGES)
    twice = once + [replace(each, judge=f"{each.judge} again") for each in once]
    said, again = method(once, full=100), method(twice, full=100)
    assert said.error is not None and said.interval is not None
    assert again.cut == pytest.approx(said.cut) and again.error == pytest.approx(said.error)
    assert again.interval == pytest.approx(said.interval)
    assert said.objects == again.objects == len(TWO_JUDGES)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.tuples(*[st.integers(0, 2)] * 3)), min_size=3, max_size=30),
    st.sampled_from(METHODS),
)
def test_what_judges_repeat_of_any_panel_changes_nothing(
    rows: list[tuple[int, tuple[int, ...]]], method: Method
) -> None:
    once = panel([(float(score), tuple(map(float, grades))) for score, grades in rows])
    try:
        said = method(once, full=100)
    except ValueError:
        return
    again = method(once + [replace(each, judge=f"{each.judge} again") for each in once], full=100)
    assert again.cut == pytest.approx(said.cut)
    assert (again.interval is None) == (said.interval is None)
    if said.interval is not None:
        assert again.interval == pytest.approx(said.interval, abs=1e-6)


def test_two_judges_make_the_line_of_the_mean_grades() -> None:
    scores = np.array([score for score, _ in TWO_JUDGES])
    grades = np.array([sum(each) / 2 for _, each in TWO_JUDGES])
    (slope, start), covariance = np.polyfit(grades, scores, 1, cov=True)
    at = np.array([1.0, 1.0])
    found = borderline_regression(panel(TWO_JUDGES), full=100)
    assert found.cut == pytest.approx(start + slope)
    assert found.error == pytest.approx(sqrt(at @ covariance @ at))
    assert found.interval is not None
    assert found.interval[1] - found.cut == pytest.approx(t975(len(TWO_JUDGES) - 2) * (found.error or 0))


def test_a_candidate_whom_half_of_the_judges_call_borderline_counts_for_half() -> None:
    # forty candidates of one mark each, 30-69; of the last twenty only one judge of two says borderline
    rows = [(30.0 + n, (1.0, 1.0 if n < 20 else 2.0)) for n in range(40)]
    found = borderline_group(panel(rows), full=100)
    # weights 20 x 1 and 20 x 0.5: half of the 30 is reached by the 15th
    assert found.cut == 44.5
    # the effective number is 30^2 / 25 = 36: 15 (1 - 1.96 / 6) = 10.1 from below the 10th; from above, in halves, the
    # 20th, at which ten are together
    assert found.interval == (39, 50)


def test_a_candidate_counts_as_competent_by_the_share_of_his_judges() -> None:
    rows = [(60 + step, (1.0, float(step > 0))) for step in (-12, -4, 0, 3, 7, 9, 15)]
    mirrored = [(100 - score, (1 - first, 1 - second)) for score, (first, second) in rows]
    found = contrasting_groups(panel(rows + mirrored), full=100)
    assert found.cut == pytest.approx(50)  # the shares are mirror images about 50
    sharp = contrasting_groups(
        panel([(score, (1.0, 1.0)) for score, _ in rows] + [(score, (0.0, 0.0)) for score, _ in mirrored]), full=100
    )
    assert found.error is not None and sharp.error is not None and found.error > sharp.error
