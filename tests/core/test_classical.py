"""core/insight/classical.py: published item tables, a slow judge for sparse data, and what cannot be computed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jiangheng.core.insight.classical import OTHER, Analysis, analyse, distractors
from jiangheng.core.insight.responses import Scores, read, scored

# How many of 1,000 gave the answer patterns 00000 … 11111 to five items of LSAT section 6 (Bock & Lieberman 1970)
LSAT6 = "3 6 2 11 1 1 3 4 1 8 0 16 0 3 2 15 10 29 14 81 3 28 15 80 16 56 21 173 11 61 28 298"
MATRICES = arrays.arrays(np.int8, st.tuples(st.integers(3, 12), st.integers(2, 6)), elements=st.integers(-1, 1))


def lsat6() -> Analysis:
    patterns = [[int(bit) for bit in f"{place:05b}"] for place, n in enumerate(LSAT6.split()) for _ in range(int(n))]
    return analyse(np.array(patterns, np.int8), items=["1", "2", "3", "4", "5"])


def test_the_item_margins_of_lsat6_are_the_published_ones() -> None:
    assert [round(1000 * (row.p or 0)) for row in lsat6().items] == [924, 709, 553, 763, 870]
    assert [row.n for row in lsat6().items] == [1000] * 5


def test_alpha_and_the_correlations_of_lsat6_agree_with_descript_of_ltm_to_its_four_digits() -> None:
    found = lsat6()
    assert round(found.alpha or 0, 4) == 0.2950
    assert [round(row.alpha_if_deleted or 0, 4) for row in found.items] == [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]
    assert [round(row.item_total_r or 0, 4) for row in found.items] == [0.3620, 0.5668, 0.6184, 0.5344, 0.4354]
    assert [round(row.item_rest_r or 0, 4) for row in found.items] == [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]


def test_the_spread_of_lsat6_divides_by_n_less_one() -> None:
    found = lsat6()
    assert found.mean == pytest.approx(3.819)
    assert found.sd == pytest.approx(1.0350412, abs=1e-7)
    assert found.sem == pytest.approx(1.0350412 * (1 - 0.2949972) ** 0.5, abs=1e-6)


def correlation(pairs: list[tuple[float, float]]) -> float | None:
    one, other = (np.array(column) for column in zip(*pairs, strict=True))
    if np.ptp(one) < 1e-9 or np.ptp(other) < 1e-9:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def slow(scores: Scores) -> dict[str, object]:
    """The same figures, person by person and pair by pair."""
    persons, items = scores.shape
    seen = [[item for item in range(items) if scores[person, item] >= 0] for person in range(persons)]

    def variance(pairs: list[tuple[int, int]]) -> float:
        one, other = zip(*pairs, strict=True)
        mean = sum(one) / len(one), sum(other) / len(other)
        return sum((a - mean[0]) * (b - mean[1]) for a, b in pairs) / (len(pairs) - 1)

    def mean_covariance(pairs: list[tuple[int, int]]) -> float | None:
        total = weight = 0.0
        for one, other in pairs:
            both = [(row[one], row[other]) for row in scores.tolist() if row[one] >= 0 and row[other] >= 0]
            if len(both) > 1:
                total, weight = total + len(both) * variance(both), weight + len(both)
        return total / weight if weight else None

    def alpha(keep: list[int]) -> float | None:
        own = mean_covariance([(item, item) for item in keep])
        between = mean_covariance([(one, other) for one in keep for other in keep if one != other])
        length = sum(len(set(mine) & set(keep)) for mine in seen) / persons
        if own is None or between is None or length <= 1 or own + (length - 1) * between < 1e-12:
            return None
        return length * between / (own + (length - 1) * between)

    def rest(item: int) -> float | None:
        pairs = [
            (float(scores[person, item]), np.mean([scores[person, other] for other in mine if other != item]))
            for person, mine in enumerate(seen)
            if item in mine and len(mine) > 1
        ]
        return correlation(pairs) if pairs else None

    everything = list(range(items))
    return {
        "alpha": alpha(everything),
        "without": [alpha([other for other in everything if other != item]) for item in everything],
        "rest": [rest(item) for item in everything],
    }


def same(one: float | None, other: float | None) -> bool:
    return one is other or (one is not None and other is not None and abs(one - other) < 1e-9)


@settings(max_examples=150)
@given(scores=MATRICES)
def test_sparse_forms_agree_with_a_slow_reference(scores: Scores) -> None:
    found = analyse(scores, items=[str(n) for n in range(scores.shape[1])])
    expected = slow(scores)
    assert same(found.alpha, expected["alpha"])  # type: ignore[arg-type]
    for row, without, rest in zip(found.items, expected["without"], expected["rest"], strict=True):  # type: ignore[call-overload]
        assert same(row.alpha_if_deleted, without)
        assert same(row.item_rest_r, rest)


@settings(max_examples=60)
@given(scores=arrays.arrays(np.int8, (9, 4), elements=st.integers(0, 1)))
def test_complete_data_give_the_usual_alpha(scores: Scores) -> None:
    covariance = np.cov(scores.T.astype(float))
    if covariance.sum() < 1e-9:
        return
    found = analyse(scores, items=["1", "2", "3", "4"])
    assert found.complete
    assert found.alpha == pytest.approx(4 / 3 * (1 - np.trace(covariance) / covariance.sum()))


def test_what_was_not_presented_is_not_wrong() -> None:
    scores = np.array([[1, 1, -1], [0, 1, -1], [1, -1, 1], [0, -1, 0]], np.int8)
    found = analyse(scores, items=["a", "b", "c"])
    assert [(row.n, row.p) for row in found.items] == [(4, 0.5), (2, 1.0), (2, 0.5)]
    assert not found.complete
    assert found.length == 2


def test_an_item_everybody_gets_right_has_no_correlation() -> None:
    found = analyse(np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1]], np.int8), items=["a", "b", "c"])
    assert (found.items[0].item_total_r, found.items[0].item_rest_r) == (None, None)
    assert found.items[1].item_total_r is not None


def test_one_person_alone_is_no_statistic() -> None:
    found = analyse(np.array([[1, 0]], np.int8), items=["a", "b"])
    assert (found.alpha, found.sd, found.sem) == (None, None, None)


def test_sizes_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="列数应与试题数相同"):
        analyse(np.zeros((3, 2), np.int8), items=["a"])


def test_the_extreme_groups_are_27_percent_and_ties_at_the_border_count_in_part() -> None:
    # Ten persons: 2.7 persons a group. Scores 3, 3, 2 … at the top: two whole persons and 0.7 shared by those with 2.
    scores = np.array([[1, 1, 1]] * 2 + [[1, 1, 0]] * 2 + [[1, 0, 0]] * 3 + [[0, 0, 0]] * 3, np.int8)
    row = analyse(scores, items=["a", "b", "c"]).items[2]
    assert row.upper == pytest.approx(2 / 2.7)
    assert row.lower == 0
    assert row.discrimination == pytest.approx(2 / 2.7)


def lettered() -> list[str]:
    """Sixty persons; on i1 the able choose B, the weak A; C has one taker; i2-i5 tell who is able."""
    rows = []
    for n in range(60):
        able = n // 20
        i1 = "C" if n == 0 else ("A", "B" if n % 2 else "A", "B")[able]
        rows.append(f"p{n},{i1}," + ",".join("A" if able > place else "D" for place in (0, 0, 1, 1)))
    return ["person,i1,i2,i3,i4,i5", *rows]


def test_each_option_is_counted_overall_and_by_ability() -> None:
    table = read(lettered())
    key = {"i1": "B", "i2": "A", "i3": "A", "i4": "A", "i5": "A"}
    found = distractors(table, key=key, scores=scored(table, key))["i1"]
    assert [(each.answer, each.right, each.n) for each in found] == [("B", True, 30), ("A", False, 29), ("C", False, 1)]
    assert found[0].shares == (0.0, 0.5, 1.0)
    assert found[1].shares == (0.95, 0.5, 0.0)
    assert sum(each.share for each in found) == pytest.approx(1)
    assert (found[0].r or 0) > 0 > (found[1].r or 0)


def test_the_keyed_option_correlates_as_the_item_does_with_the_rest() -> None:
    table = read(lettered())
    key = {"i1": "B", "i2": "A", "i3": "A", "i4": "A", "i5": "A"}
    analysis = analyse(scored(table, key), items=table.items, table=table, key=key, groups=5)
    for row in analysis.items:
        assert row.answers[0].r == pytest.approx(row.item_rest_r)
        assert len(row.answers[0].shares) == 5


def test_rare_answers_are_gathered_in_one_row() -> None:
    table = read(["person,i1,i2", *(f"p{n},text{n},1" for n in range(40))])
    found = distractors(table, key={"i1": "text5"}, scores=scored(table, {"i1": "text5"}))["i1"]
    assert found[0].answer == "TEXT5" and found[0].right
    assert (found[-1].answer, found[-1].n, found[-1].right) == (OTHER, 32, False)
    assert sum(each.n for each in found) == 40


def test_an_item_nobody_was_given_has_no_answers() -> None:
    table = read(["person,i1,i2", "p1,,A", "p2,,B"])
    key = {"i1": "A", "i2": "A"}
    row = analyse(scored(table, key), items=table.items, table=table, key=key).items[0]
    assert (row.n, row.p, row.answers) == (0, None, ())
