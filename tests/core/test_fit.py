"""core/insight/fit.py: published S-X² of the law school test, planted misfit found, sound items left in peace."""

from __future__ import annotations

from itertools import product

import numpy as np
import plain_calibration as plain
import pytest

from jiangheng.core.insight.calibration import Calibration, calibrate
from jiangheng.core.insight.chances import benjamini_hochberg, chi_square_tail, normal_two_sided
from jiangheng.core.insight.fit import (
    _scores,
    ability_chi_squares,
    compare,
    dependent_pairs,
    mean_squares,
    q3,
    score_chi_squares,
)

SIX, SEVEN = plain.persons(plain.LSAT6), plain.persons(plain.LSAT7)
FIVE = ["1", "2", "3", "4", "5"]


@pytest.fixture(scope="module")
def sound() -> tuple[np.ndarray, Calibration, list[str]]:
    matrix, *_ = plain.answers(4000, 25, seed=21)
    names = [f"S{n}" for n in range(25)]
    return matrix, calibrate(matrix, names, model="2pl"), names


@pytest.mark.parametrize("model", ["1pl", "rasch"])
def test_s_x2_of_section_six_is_as_published(model: str) -> None:
    # mirt's documentation of LSAT6, itemfit(): S_X2, df, p
    found = score_chi_squares(SIX, calibrate(SIX, model=model), FIVE)  # type: ignore[arg-type]
    assert [each.chi_square for each in found] == pytest.approx([0.436, 1.576, 0.871, 0.190, 0.190], abs=1.1e-3)
    assert [each.df for each in found] == [2, 2, 1, 2, 2]
    assert [each.p for each in found] == pytest.approx([0.804, 0.455, 0.351, 0.909, 0.909], abs=1.1e-3)


def test_the_score_recursion_is_the_sum_over_all_patterns() -> None:
    chance = np.random.default_rng(1).uniform(0.1, 0.9, (6, 3))
    table = np.zeros((7, 3))
    for pattern in product((0, 1), repeat=6):
        table[sum(pattern)] += np.prod(np.where(np.array(pattern)[:, None], chance, 1 - chance), axis=0)
    assert _scores(chance) == pytest.approx(table, abs=1e-12)


def test_models_of_section_six_are_compared_as_published() -> None:
    # Rizopoulos 2006: likelihood ratio 0.57 on 4 degrees, p = 0.967
    rows = compare([calibrate(SIX, model="2pl"), calibrate(SIX, model="1pl")])
    assert [row.model for row in rows] == ["1pl", "2pl"]
    assert (rows[1].chi_square, rows[1].df, rows[1].p) == pytest.approx((0.57, 4, 0.967), abs=2e-3)
    assert rows[0].bic < rows[1].bic
    seven = compare([calibrate(SEVEN, model="1pl"), calibrate(SEVEN, model="2pl")])
    assert seven[1].p is not None and seven[1].p < 0.05


def test_models_of_different_persons_are_not_compared() -> None:
    with pytest.raises(ValueError, match="相同"):
        compare([calibrate(SIX, model="1pl"), calibrate(SIX[:800], model="2pl")])


def test_sound_items_fit(sound: tuple[np.ndarray, Calibration, list[str]]) -> None:
    matrix, found, names = sound
    for test in (score_chi_squares, ability_chi_squares):
        rows = test(matrix, found, names)
        assert sum(row.p is not None and row.p < 0.01 for row in rows) <= 2
        assert 0.6 < np.mean([row.chi_square / row.df for row in rows]) < 1.5
    assert all(0.8 < row.infit < 1.15 for row in mean_squares(matrix, found, names))
    assert dependent_pairs(matrix, found, names) == ()


def test_an_item_answered_by_chance_is_found() -> None:
    matrix, *_ = plain.answers(4000, 25, seed=22)
    draw = np.random.default_rng(2)
    matrix[:, 3] = draw.integers(0, 2, 4000)
    names = [f"S{n}" for n in range(25)]
    found = calibrate(matrix, names, model="rasch")
    squares = mean_squares(matrix, found, names)
    assert max(squares, key=lambda row: row.outfit).item == "S3"
    assert max(squares, key=lambda row: row.infit).infit > 1.2
    worst = max(score_chi_squares(matrix, found, names), key=lambda row: row.chi_square)
    assert worst.item == "S3" and worst.p is not None and worst.p < 1e-6


def test_guessing_shows_as_misfit_of_two_parameters_in_a_sparse_bank() -> None:
    matrix, *_ = plain.answers(6000, 60, seed=23, each=30)
    draw = np.random.default_rng(3)
    seen = matrix[:, 5] >= 0
    matrix[seen & (draw.random(6000) < 0.45), 5] = 1
    names = [str(n) for n in range(60)]
    rows = ability_chi_squares(matrix, calibrate(matrix, names, model="rasch"), names)
    assert max(rows, key=lambda row: row.chi_square / row.df).item == "5"
    # nobody shares a form here: S-X² has nothing to say and says so
    assert all(row.df == 0 and row.p is None for row in score_chi_squares(matrix, calibrate(matrix, names), names))


def test_two_items_that_hang_together_are_named() -> None:
    matrix, *_ = plain.answers(3000, 20, seed=24)
    copied = np.random.default_rng(4).random(3000) < 0.6
    matrix[copied, 8] = matrix[copied, 7]
    names = [str(n) for n in range(20)]
    pairs = dependent_pairs(matrix, calibrate(matrix, names, model="2pl"), names)
    assert {pairs[0].first, pairs[0].second} == {"7", "8"}
    assert pairs[0].q3 > 0.3


def test_q3_is_the_correlation_of_residuals(sound: tuple[np.ndarray, Calibration, list[str]]) -> None:
    from jiangheng.core.insight.abilities import abilities

    matrix, found, names = sound
    parameters = [each.parameters for each in found.items]
    theta = abilities(matrix, parameters).theta
    rest = [matrix[:, n] - 1 / (1 + np.exp(-each.a * (theta - each.b))) for n, each in enumerate(parameters)]
    assert q3(matrix, found, names) == pytest.approx(np.corrcoef(rest), abs=1e-9)


def test_tails_are_those_of_the_tables() -> None:
    # upper 5 % and 1 % points of printed chi-square tables
    points = [(3.8415, 1, 0.05), (5.9915, 2, 0.05), (7.8147, 3, 0.05), (18.307, 10, 0.05), (37.566, 20, 0.01)]
    for value, df, tail in points:
        assert chi_square_tail(value, df) == pytest.approx(tail, rel=2e-4)
    assert chi_square_tail(0, 3) == 1
    assert normal_two_sided(1.959964) == pytest.approx(0.05, abs=1e-7)
    with pytest.raises(ValueError, match="自由度"):
        chi_square_tail(1, 0)


def test_false_discoveries_are_kept_as_in_the_paper() -> None:
    # Benjamini & Hochberg 1995, table of 15 p values: four are rejected at q = 0.05
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    adjusted = benjamini_hochberg(p[::-1])[::-1]
    assert sum(q <= 0.05 for q in adjusted) == 4
    assert adjusted == sorted(adjusted)
    assert benjamini_hochberg([]) == []
