"""core/insight/decision.py: against closed forms, a plain integration, and simulated parallel forms."""

from __future__ import annotations

from math import comb, exp, isclose, lgamma, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.insight.decision import (
    TrueScores,
    effective_length,
    error_at,
    fit_true_scores,
    huynh,
    judge,
    kr21,
    livingston_lewis,
    subkoviak,
)

SHAPES = st.floats(0.6, 30)


def log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)


def pass_twice(true: TrueScores, *, length: int, needed: int) -> tuple[float, float]:
    """Chance to pass once and to pass twice, in closed form: a beta-binomial pair (true scores on [0, 1])."""
    once = sum(
        comb(length, k) * exp(log_beta(true.alpha + k, true.beta + length - k) - log_beta(true.alpha, true.beta))
        for k in range(needed, length + 1)
    )
    twice = sum(
        comb(length, j)
        * comb(length, k)
        * exp(log_beta(true.alpha + j + k, true.beta + 2 * length - j - k) - log_beta(true.alpha, true.beta))
        for j in range(needed, length + 1)
        for k in range(needed, length + 1)
    )
    return once, twice


def slow(true: TrueScores, *, length: int, cut: float, needed: int) -> tuple[float, float]:
    """Accuracy and consistency by the midpoint rule, one step after the other."""
    accuracy = consistency = mass = 0.0
    steps = 4_000
    for step in range(steps):
        place = (step + 0.5) / steps
        density = place ** (true.alpha - 1) * (1 - place) ** (true.beta - 1)
        share = true.low + (true.high - true.low) * place
        chance = sum(comb(length, k) * share**k * (1 - share) ** (length - k) for k in range(needed, length + 1))
        mass += density
        accuracy += density * (chance if share >= cut else 1 - chance)
        consistency += density * (chance**2 + (1 - chance) ** 2)
    return accuracy / mass, consistency / mass


@settings(max_examples=40)
@given(alpha=SHAPES, beta=SHAPES, length=st.integers(2, 25), data=st.data())
def test_consistency_agrees_with_the_closed_form_of_the_beta_binomial(
    alpha: float, beta: float, length: int, data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, length - 1))
    true = TrueScores(0.0, 1.0, alpha, beta)
    found = judge(true, length=length, cut=needed / length)
    once, twice = pass_twice(true, length=length, needed=needed)
    assert found.needed == needed
    assert isclose(found.passing, once, abs_tol=1e-6)
    assert isclose(found.consistency, 1 - 2 * (once - twice), abs_tol=1e-6)


@pytest.mark.parametrize(
    ("true", "length", "cut", "needed"),
    [
        (TrueScores(0.25, 0.75, 5, 3), 50, 0.5, 25),
        (TrueScores(0.1, 0.95, 8, 4), 30, 0.6, 18),
        (TrueScores(0.0, 1.0, 12, 8), 40, 0.6, 24),
    ],
)
def test_accuracy_agrees_with_a_plain_integration(true: TrueScores, length: int, cut: float, needed: int) -> None:
    found = judge(true, length=length, cut=cut)
    accuracy, consistency = slow(true, length=length, cut=cut, needed=needed)
    assert found.accuracy == pytest.approx(accuracy, abs=5e-4)  # the step at the cut costs the slow one its digits
    assert found.consistency == pytest.approx(consistency, abs=1e-6)
    assert found.accuracy + found.false_pass + found.false_fail == pytest.approx(1)


@settings(max_examples=25)
@given(alpha=st.floats(2, 20), beta=st.floats(2, 20), low=st.floats(0.05, 0.3), width=st.floats(0.4, 0.6))
def test_the_four_parameters_are_found_again_from_exact_moments(
    alpha: float, beta: float, low: float, width: float
) -> None:
    # Observed scores of 60 binomial items whose distribution is exact: every score, weighted by its probability.
    length = 60
    points, weights = np.polynomial.legendre.leggauss(200)
    place = (points + 1) / 2
    density = weights * place ** (alpha - 1) * (1 - place) ** (beta - 1)
    share = low + width * place
    chances = np.array([comb(length, k) * share**k * (1 - share) ** (length - k) for k in range(length + 1)])
    probability = chances @ density / density.sum()
    scores = np.repeat(np.arange(length + 1), np.round(probability * 300_000).astype(int)) / length
    found = fit_true_scores(scores, length=length, reliability=0.8)
    mean = low + width * alpha / (alpha + beta)
    deviation = width * sqrt(alpha * beta / (alpha + beta + 1)) / (alpha + beta)
    size = found.alpha + found.beta
    assert found.low + (found.high - found.low) * found.alpha / size == pytest.approx(mean, abs=2e-3)
    if found.four:  # otherwise rounding made the bounds inadmissible and mean and variance alone were kept
        again = (found.high - found.low) * sqrt(found.alpha * found.beta / (size + 1)) / size
        assert again == pytest.approx(deviation, rel=0.02)


def test_simulated_parallel_forms_decide_alike_as_often_as_estimated() -> None:
    chance = np.random.default_rng(20261123)
    true = 0.25 + 0.5 * chance.beta(5, 3, 200_000)
    one, other = chance.binomial(100, true), chance.binomial(100, true)
    found = livingston_lewis(one, reliability=float(np.corrcoef(one, other)[0, 1]), cut=60, full=100)
    assert (found.length, found.needed, found.true.four) == (100, 60, True)
    assert found.true.low == pytest.approx(0.25, abs=0.02)
    assert found.true.high == pytest.approx(0.75, abs=0.02)
    assert found.accuracy == pytest.approx(np.mean((one >= 60) == (true >= 0.6)), abs=0.005)
    assert found.false_fail == pytest.approx(np.mean((one < 60) & (true >= 0.6)), abs=0.005)
    assert found.consistency == pytest.approx(np.mean((one >= 60) == (other >= 60)), abs=0.005)


def test_two_parameters_take_over_when_four_are_not_admissible() -> None:
    scores = np.array([0, 0, 0, 1, 1, 2, 9, 10, 10, 10]) / 10
    found = fit_true_scores(scores, length=10, reliability=0.9)
    assert not found.four
    size = found.alpha + found.beta
    assert found.alpha / size == pytest.approx(scores.mean())
    assert found.alpha * found.beta / (size**2 * (size + 1)) == pytest.approx(0.9 * scores.var(ddof=1))


def test_huynh_agrees_with_the_closed_form() -> None:
    found = huynh(mean=6.5, variance=5.0, needed=6, items=10)
    reliability = kr21(mean=6.5, variance=5.0, items=10) or 0
    assert reliability == pytest.approx(10 / 9 * (1 - 6.5 * 3.5 / 50))
    size = 10 / reliability - 10
    once, twice = pass_twice(TrueScores(0, 1, 0.65 * size, 0.35 * size), length=10, needed=6)
    assert found.passing == pytest.approx(once, abs=1e-9)
    assert found.consistency == pytest.approx(1 - 2 * (once - twice), abs=1e-9)
    assert found.kappa == pytest.approx((twice - once**2) / (once - once**2), abs=1e-9)


def test_subkoviak_adds_up_person_by_person() -> None:
    scores, reliability = [3, 5, 6, 6, 8, 9], 0.6
    mean = sum(scores) / len(scores)
    chances = []
    for score in scores:
        share = (reliability * score + (1 - reliability) * mean) / 10
        chances.append(sum(comb(10, k) * share**k * (1 - share) ** (10 - k) for k in range(6, 11)))
    found = subkoviak(scores, reliability=reliability, needed=6, items=10)
    assert found.passing == pytest.approx(sum(chances) / 6)
    assert found.consistency == pytest.approx(sum(p * p + (1 - p) ** 2 for p in chances) / 6)


def test_the_simple_checks_come_close_to_the_full_method() -> None:
    chance = np.random.default_rng(7)
    true = chance.beta(12, 8, 50_000)
    one, other = chance.binomial(100, true), chance.binomial(100, true)
    reliability = float(np.corrcoef(one, other)[0, 1])
    full = livingston_lewis(one, reliability=reliability, cut=60, full=100).consistency
    simple = huynh(mean=float(one.mean()), variance=float(one.var(ddof=1)), needed=60, items=100).consistency
    assert simple == pytest.approx(full, abs=0.005)
    assert subkoviak(one, reliability=reliability, needed=60, items=100).consistency == pytest.approx(full, abs=0.03)


def test_an_examination_of_equal_items_has_its_own_effective_length() -> None:
    mean, variance, items = 0.6, 0.02, 40
    reliability = kr21(mean=mean * items, variance=variance * items**2, items=items) or 0
    assert effective_length(mean, variance, reliability=reliability) == pytest.approx(items)


def test_the_error_of_a_score_is_largest_in_the_middle_and_none_at_the_ends() -> None:
    assert error_at(60, items=100) == pytest.approx(sqrt(60 * 40 / 99))
    assert error_at(0, items=100) == error_at(100, items=100) == 0
    assert error_at(60, items=100, reliability=0.9, kr_21=0.8) == pytest.approx(sqrt(60 * 40 / 99 / 2))


@pytest.mark.parametrize(
    ("scores", "given", "words"),
    [
        ([60, 60], {"reliability": 0.9, "cut": 60}, "两名成绩不同"),
        ([60], {"reliability": 0.9, "cut": 60}, "两名成绩不同"),
        ([60, 101], {"reliability": 0.9, "cut": 60}, "成绩应在 0 与 100 之间"),
        ([60, float("nan")], {"reliability": 0.9, "cut": 60}, "成绩应在"),
        ([60, 70], {"reliability": 1.0, "cut": 60}, "信度为 1.000"),
        ([60, 70], {"reliability": 0.9, "cut": 0}, "合格线 0"),
        ([0, 100], {"reliability": 0.9, "cut": 60}, "方差过大"),
    ],
)
def test_what_cannot_be_estimated_is_refused_in_words(scores: list[float], given: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        livingston_lewis(scores, full=100, **given)


def test_kr21_without_variance_or_with_one_item_is_none() -> None:
    assert kr21(mean=3, variance=0, items=5) is None
    assert kr21(mean=0.5, variance=0.25, items=1) is None
    with pytest.raises(ValueError, match="KR-21"):
        huynh(mean=5, variance=1, needed=6, items=10)
