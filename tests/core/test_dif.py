"""core/insight/dif.py: published odds ratios, a judge for the regression, planted differences found and no others."""

from __future__ import annotations

import numpy as np
import plain_calibration as plain
import pytest

from jiangheng.core.insight.dif import (
    MantelHaenszel,
    differential,
    logistic_dif,
    mantel_haenszel,
    standardised_difference,
)

# Berkeley 1973, admitted and rejected men, then women, by department (Bickel, Hammel & O'Connell 1975)
BERKELEY = [
    [[512, 313], [89, 19]],
    [[353, 207], [17, 8]],
    [[120, 205], [202, 391]],
    [[138, 279], [131, 244]],
    [[53, 138], [94, 299]],
    [[22, 351], [24, 317]],
]
# penicillin given at once or later, cured and died, by dose (Agresti 1990, p. 231)
RABBITS = [[[0, 6], [0, 5]], [[3, 3], [0, 6]], [[6, 0], [2, 4]], [[5, 1], [6, 0]], [[2, 0], [5, 0]]]


def planted(
    *, seed: int, uniform: float = 0.0, crossing: float = 0.0, people: int = 4000
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Thirty items; the focal group is weaker by half a deviation, and item S7 is harder or flatter for it."""
    draw = np.random.default_rng(seed)
    focal = draw.random(people) < 0.4
    theta = draw.normal(size=people) - 0.5 * focal
    a, b = np.exp(draw.normal(0, 0.2, 30)), draw.normal(0, 0.8, 30)
    a[7], b[7] = 1.2, 0.0
    line = a * (theta[:, None] - b)
    line[:, 7] = (a[7] - crossing * focal) * (theta - b[7] - uniform * focal)
    matrix = (draw.random(line.shape) < 1 / (1 + np.exp(-line))).astype(np.int8)
    return matrix, focal, [f"S{n}" for n in range(30)]


def test_the_berkeley_tables_give_the_printed_ratio() -> None:
    # R, mantelhaen.test(UCBAdmissions): 1.4269, p = 0.2323, odds ratio 0.9046968, interval 0.7719074 to 1.0603298
    found = mantel_haenszel(np.array(BERKELEY))
    assert found.chi_square == pytest.approx(1.4269, abs=5.1e-5)
    assert found.p == pytest.approx(0.2323, abs=5.1e-5)
    assert found.alpha == pytest.approx(0.9046968, abs=5.1e-8)
    assert found.delta is not None and found.se_delta is not None and found.alpha is not None
    reach = 1.959963985 * found.se_delta / 2.35
    assert found.alpha * np.exp(-reach) == pytest.approx(0.7719074, abs=5e-7)
    assert found.alpha * np.exp(reach) == pytest.approx(1.0603298, abs=5e-7)
    assert found.delta == pytest.approx(-2.35 * np.log(0.9046968), abs=1e-6)
    assert found.grade == "A"


def test_the_rabbits_give_the_printed_probability() -> None:
    found = mantel_haenszel(np.array(RABBITS))
    assert found.p == pytest.approx(0.047, abs=5e-4)
    assert found.alpha == pytest.approx(7.0, abs=1e-9)


def test_one_sided_strata_do_not_move_the_result() -> None:
    more = [*BERKELEY, [[9, 0], [6, 0]], [[0, 0], [4, 5]], [[0, 0], [0, 0]]]
    assert mantel_haenszel(np.array(more)).p == pytest.approx(mantel_haenszel(np.array(BERKELEY)).p)
    nothing = mantel_haenszel(np.array([[[0, 0], [4, 5]]]))
    assert nothing == MantelHaenszel(None, None, None, None, None) and nothing.grade == ""


@pytest.mark.parametrize(
    ("delta", "se", "p", "grade"),
    [(0.9, 0.1, 0.0001, "A"), (-1.2, 0.3, 0.001, "B"), (1.2, 0.9, 0.2, "A"), (1.6, 0.2, 0.001, "C"),
     (-1.6, 0.5, 0.001, "B"), (-2.5, 0.3, 0.001, "C")],
)  # fmt: skip
def test_the_classes_are_those_of_ets(delta: float, se: float, p: float, grade: str) -> None:
    assert MantelHaenszel(float(np.exp(delta / -2.35)), delta, se, 1.0, p).grade == grade


def test_the_standardised_difference_is_weighted_by_the_focal_group() -> None:
    tables = np.array([[[8, 2], [6, 4]], [[50, 50], [10, 20]], [[3, 3], [0, 0]]])
    assert standardised_difference(tables) == pytest.approx((10 * (0.6 - 0.8) + 30 * (1 / 3 - 0.5)) / 40)
    assert standardised_difference(np.array([[[3, 3], [0, 0]]])) is None


def test_the_regression_is_the_maximum_of_its_likelihood() -> None:
    draw = np.random.default_rng(6)
    match, focal = draw.integers(0, 12, 400).astype(float), draw.random(400) < 0.5
    right = draw.random(400) < 1 / (1 + np.exp(-(0.4 * (match - 6) - 0.8 * focal)))
    found = logistic_dif(right, match, focal)
    assert found is not None
    z = (match - match.mean()) / match.std()
    columns = [np.ones(400), z, focal.astype(float), z * focal]

    def best(count: int) -> tuple[np.ndarray, float]:
        def target(x: np.ndarray) -> float:
            line = sum(weight * column for weight, column in zip(x, columns, strict=False))
            return float(np.sum(right * line - np.logaddexp(0, line)))

        return plain.climb(target, np.zeros(count))

    null, one, two, three = (best(count)[1] for count in (1, 2, 3, 4))
    assert found.uniform == pytest.approx(2 * (two - one), abs=1e-6)
    assert found.crossing == pytest.approx(2 * (three - two), abs=1e-6)
    assert found.both == pytest.approx(2 * (three - one), abs=1e-6)
    assert found.odds == pytest.approx(best(3)[0][2], abs=1e-5)
    shares = [(1 - np.exp(2 * (null - value) / 400)) / (1 - np.exp(2 * null / 400)) for value in (one, three)]
    assert found.r2 == pytest.approx(shares[1] - shares[0], abs=1e-8)


def test_a_difference_in_one_direction_is_found_and_no_other() -> None:
    matrix, focal, names = planted(seed=41, uniform=0.8)
    rows = {each.item: each for each in differential(matrix, names, focal)}
    hard = rows["S7"]
    assert hard.mantel_haenszel.grade == "C" and (hard.mantel_haenszel.delta or 0) < -1.5
    assert hard.q is not None and hard.q < 1e-6
    assert hard.difference is not None and hard.difference < -0.1
    assert hard.logistic is not None and hard.logistic.p_uniform < 1e-6 and hard.logistic.odds < 0
    others = [each for name, each in rows.items() if name != "S7"]
    assert all(each.mantel_haenszel.grade == "A" for each in others)
    assert sum((each.q or 0) < 0.05 for each in others) <= 1


def test_a_difference_that_turns_round_is_seen_by_the_regression_alone() -> None:
    matrix, focal, names = planted(seed=42, crossing=1.0, people=6000)
    found = differential(matrix, names, focal)[7]
    assert found.logistic is not None
    assert found.logistic.p_crossing < 1e-6 and found.logistic.crossing > found.logistic.uniform
    assert found.mantel_haenszel.grade in ("A", "B")


def test_the_score_is_purified_of_items_that_differ() -> None:
    matrix, focal, names = planted(seed=43)
    draw = np.random.default_rng(9)
    for column in range(8, 16):
        lost = focal & (draw.random(len(focal)) < 0.45)
        matrix[lost, column] = 0
    plainly, purified = (differential(matrix, names, focal, purify=flag) for flag in (False, True))
    sound = [n for n in range(30) if not 8 <= n < 16]
    bias = [np.mean([abs(rows[n].mantel_haenszel.delta or 0) for n in sound]) for rows in (plainly, purified)]
    assert bias[1] < bias[0]


def test_forms_that_differ_are_matched_by_ability() -> None:
    matrix, focal, names = planted(seed=44, uniform=0.8)
    draw = np.random.default_rng(10)
    matrix[draw.random(matrix.shape) < 0.4] = -1
    share = differential(matrix, names, focal)[7]
    assert share.mantel_haenszel.delta is not None and share.mantel_haenszel.delta < -1
    assert share.reference + share.focal == int((matrix[:, 7] >= 0).sum())
    given = differential(matrix, names, focal, match=draw.normal(size=len(focal)))[7]
    assert given.mantel_haenszel.delta is not None


def test_changing_the_groups_changes_the_sign() -> None:
    matrix, focal, names = planted(seed=45, uniform=0.6)
    one, other = differential(matrix, names, focal), differential(matrix, names, ~focal)
    for mine, yours in zip(one, other, strict=True):
        assert mine.mantel_haenszel.delta == pytest.approx(-(yours.mantel_haenszel.delta or 0), abs=1e-9)
        assert mine.mantel_haenszel.p == pytest.approx(yours.mantel_haenszel.p)


def test_one_group_is_no_comparison() -> None:
    matrix, _, names = planted(seed=46, people=50)
    with pytest.raises(ValueError, match="两个组"):
        differential(matrix, names, np.zeros(50, bool))


def test_items_without_differences_in_answers_stay_without_figures() -> None:
    matrix, focal, names = planted(seed=47, people=300)
    matrix[:, 0], matrix[:, 1] = 1, -1
    rows = differential(matrix, names, focal)
    assert rows[0].mantel_haenszel.p is None and rows[0].logistic is None and rows[0].q is None
    assert (rows[1].reference, rows[1].focal, rows[1].difference) == (0, 0, None)
