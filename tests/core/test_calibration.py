"""core/insight/calibration.py: published data sets to the printed precision, a plain judge, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plain_calibration as plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.insight import calibration as module
from jiangheng.core.insight import calibration_errors
from jiangheng.core.insight.abilities import abilities
from jiangheng.core.insight.calibration import Calibration, Parameters, calibrate
from jiangheng.core.insight.calibration_blocks import responses_of
from jiangheng.core.insight.calibration_curves import Priors

SIX, SEVEN = plain.persons(plain.LSAT6), plain.persons(plain.LSAT7)


def column(found: Calibration, name: str) -> list[float]:
    return [getattr(each, name) for each in found.items]


def test_the_published_tables_add_up() -> None:
    assert len(SIX) == len(SEVEN) == 1000
    assert SIX.sum(axis=0).tolist() == [924, 709, 553, 763, 870]
    assert SEVEN.sum(axis=0).tolist() == [828, 658, 772, 606, 843]


def test_section_six_under_one_discrimination_is_as_published() -> None:
    # Rizopoulos, J. Stat. Software 17(5) 2006: estimates, standard errors, log-likelihood, AIC and BIC
    found = calibrate(SIX, model="1pl")
    assert column(found, "b") == pytest.approx([-3.6153, -1.3224, -0.3176, -1.7301, -2.7802], abs=5.1e-5)
    assert column(found, "se_b") == pytest.approx([0.3266, 0.1422, 0.0977, 0.1691, 0.2510], abs=1e-4)
    assert column(found, "a") == pytest.approx([0.7551] * 5, abs=5.1e-5)
    assert column(found, "se_a") == pytest.approx([0.0694] * 5, abs=5.1e-5)
    assert (found.loglik, found.aic, found.bic) == pytest.approx((-2466.938, 4945.875, 4975.322), abs=5.1e-4)
    assert found.free == 6


def test_section_six_under_rasch_is_the_same_likelihood_on_another_scale() -> None:
    # Bock & Aitkin 1981 centre the difficulties: -1.255, 0.476, 1.235, 0.168, -0.625
    one, rasch = calibrate(SIX, model="1pl"), calibrate(SIX, model="rasch")
    assert rasch.loglik == pytest.approx(one.loglik, abs=1e-9)
    assert rasch.sd == pytest.approx(0.7551, abs=5.1e-5)
    assert rasch.se_sd == pytest.approx(0.0694, abs=5.1e-5)
    assert column(rasch, "a") == [1.0] * 5
    b = np.array(column(rasch, "b"))
    assert b == pytest.approx(-np.array([2.730, 0.999, 0.240, 1.307, 2.100]), abs=1e-3)
    assert b - b.mean() == pytest.approx([-1.255, 0.476, 1.235, 0.168, -0.625], abs=1.5e-3)


def test_section_six_under_two_parameters_is_as_published() -> None:
    # the published run of ltm stopped with a gradient of 0.024: its last digits lie below the maximum (next test)
    found = calibrate(SIX, model="2pl")
    assert column(found, "a") == pytest.approx([0.8254, 0.7229, 0.8905, 0.6886, 0.6575], abs=1e-3)
    assert column(found, "b") == pytest.approx([-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], abs=3e-3)
    assert column(found, "se_a") == pytest.approx([0.2581, 0.1867, 0.2326, 0.1852, 0.2100], abs=3e-4)
    assert column(found, "se_b") == pytest.approx([0.8669, 0.3073, 0.0997, 0.4341, 0.8700], abs=2e-3)
    assert (found.loglik, found.aic, found.bic) == pytest.approx((-2466.653, 4953.307, 5002.384), abs=5.1e-4)


def test_section_seven_under_two_parameters_is_as_published() -> None:
    # slopes and intercepts as printed by mirt's documentation, which stops at a change of 1e-4
    found = calibrate(SEVEN, model="2pl")
    assert column(found, "a") == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=2e-3)
    intercepts = [-each.a * each.b for each in found.items]
    assert intercepts == pytest.approx([1.856, 0.808, 1.804, 0.486, 1.855], abs=2e-3)
    assert (found.loglik, found.aic, found.bic) == pytest.approx((-2658.805, 5337.610, 5386.688), abs=5.1e-4)


@pytest.mark.parametrize("table", [SIX, SEVEN])
def test_the_plain_climb_ends_where_calibration_ends(table: np.ndarray) -> None:
    found = calibrate(table, model="2pl")
    here = np.array([*column(found, "a"), *column(found, "b")])

    def target(x: np.ndarray) -> float:
        return plain.loglik(table, x[:5], x[5:])

    assert target(here) == pytest.approx(found.loglik, abs=1e-6)
    # from a point away the climb must come back to the same place
    there, value = plain.climb(target, here + np.array([0.02, -0.02] * 5), steps=60)
    assert value == pytest.approx(found.loglik, abs=1e-6)
    assert there == pytest.approx(here, abs=2e-3)


def test_the_plain_loop_agrees_to_four_digits() -> None:
    matrix, *_ = plain.answers(1500, 12, seed=3)
    found = calibrate(matrix, model="2pl")
    a, b, _ = plain.em(matrix, tolerance=1e-8)
    assert np.abs(np.array(column(found, "a")) - a).max() < 1e-4
    assert np.abs(np.array(column(found, "b")) - b).max() < 1e-4


def test_the_rasch_likelihood_is_the_plain_one() -> None:
    matrix, *_ = plain.answers(300, 6, seed=4, each=4)
    found = calibrate(matrix, model="rasch", least=0)
    b = np.array(column(found, "b"))
    assert plain.loglik(matrix, np.ones(6), b, sd=found.sd) == pytest.approx(found.loglik, abs=1e-6)
    for shift in (0.01, -0.01):
        assert plain.loglik(matrix, np.ones(6), b, sd=found.sd + shift) < found.loglik
        assert plain.loglik(matrix, np.ones(6), b + shift, sd=found.sd) < found.loglik


def test_collapsing_and_sorting_persons_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, *_ = plain.answers(900, 10, seed=5)
    matrix[:300, 7:] = -1
    matrix[300:420, :2] = -1
    matrix[np.arange(420, 480), np.arange(60) % 10] = -1
    whole = calibrate(matrix, model="2pl", least=0)
    data = responses_of(matrix)
    assert sum(block.weight.sum() for block in data.blocks) == data.persons == 900
    order = np.random.default_rng(1).permutation(900)
    mixed = calibrate(matrix[order], model="2pl", least=0)
    assert mixed.loglik == pytest.approx(whole.loglik, abs=1e-8)
    assert column(mixed, "b") == pytest.approx(column(whole, "b"), abs=1e-5)
    monkeypatch.setattr("jiangheng.core.insight.calibration_blocks.SHORT_TEST", 0)
    monkeypatch.setattr("jiangheng.core.insight.calibration_blocks.FORM_LEAST", 10**6)
    loose = calibrate(matrix, model="2pl", least=0)
    assert loose.loglik == pytest.approx(whole.loglik, abs=1e-8)
    assert column(loose, "a") == pytest.approx(column(whole, "a"), abs=1e-5)


@pytest.mark.parametrize(("model", "guess"), [("2pl", 0.0), ("3pl", 0.2), ("rasch", 0.0)])
def test_single_precision_agrees_to_four_digits(
    model: module.Model, guess: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, *_ = plain.answers(6000, 40, seed=6, guess=guess)
    exact = calibrate(matrix, model=model, tolerance=1e-9)
    monkeypatch.setattr(module, "responses_of", lambda m: responses_of(m, single=True))
    quick = calibrate(matrix, model=model)
    for name in ("a", "b", "c"):
        assert column(quick, name) == pytest.approx(column(exact, name), abs=3e-4)
    assert quick.loglik == pytest.approx(exact.loglik, abs=1e-3)


def test_parameters_come_back_within_their_standard_errors() -> None:
    matrix, a, b, _ = plain.answers(6000, 60, seed=7, each=30)
    found = calibrate(matrix, model="2pl")
    z_a = (np.array(column(found, "a")) - a) / np.array(column(found, "se_a"))
    z_b = (np.array(column(found, "b")) - b) / np.array(column(found, "se_b"))
    assert 0.75 < z_a.std() < 1.3
    assert 0.75 < z_b.std() < 1.3
    assert found.converged


def test_guessing_comes_back_with_the_prior() -> None:
    matrix, _, b, _ = plain.answers(8000, 50, seed=8, guess=0.2)
    found = calibrate(matrix, model="3pl")
    assert np.sqrt(np.mean((np.array(column(found, "b")) - b) ** 2)) < 0.2
    assert abs(float(np.mean(column(found, "c"))) - 0.2) < 0.03
    strong = calibrate(matrix, model="3pl", priors=Priors(c_alpha=401, c_beta=1601))
    assert column(strong, "c") == pytest.approx([0.2] * 50, abs=0.03)
    two = calibrate(matrix, model="2pl")
    assert found.loglik > two.loglik


@pytest.mark.parametrize("model", ["2pl", "1pl", "rasch"])
def test_the_three_ways_to_standard_errors_agree(model: module.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, *_ = plain.answers(2000, 40, seed=9)
    exact = calibrate(matrix, model=model)
    assert exact.se_method == "observed"
    monkeypatch.setattr(calibration_errors, "EXACT_WORK", 0)
    cross = calibrate(matrix, model=model)
    monkeypatch.setattr(calibration_errors, "LARGEST_MATRIX", 1)
    single = calibrate(matrix, model=model)
    assert (cross.se_method, single.se_method) == ("crossproduct", "itemwise")
    for other in (cross, single):
        ratio = np.array(column(other, "se_b")) / np.array(column(exact, "se_b"))
        assert abs(np.median(ratio) - 1) < 0.04
        assert np.abs(ratio - 1).max() < 0.12


def test_observed_standard_errors_are_those_of_the_numeric_hessian() -> None:
    found = calibrate(SEVEN, model="2pl")
    x = np.array([*column(found, "a"), *column(found, "b")])

    def slope(at: np.ndarray) -> np.ndarray:
        return np.array(
            [(plain.loglik(SEVEN, *np.split(at + h, 2)) - plain.loglik(SEVEN, *np.split(at - h, 2))) / 2e-4
             for h in np.eye(10) * 1e-4]
        )  # fmt: skip

    hessian = np.array([(slope(x + h) - slope(x - h)) / 2e-3 for h in np.eye(10) * 1e-3])
    errors = np.sqrt(np.diag(np.linalg.inv(-(hessian + hessian.T) / 2)))
    assert [*column(found, "se_a"), *column(found, "se_b")] == pytest.approx(errors, rel=2e-3)


def test_anchors_stay_and_carry_the_scale() -> None:
    matrix, a, b, _ = plain.answers(6000, 30, seed=10)
    # the same answers seen from a scale on which this population is weaker and more alike: θ' = 0.8 θ − 0.5
    truth = [Parameters(float(x) / 0.8, 0.8 * float(y) - 0.5) for x, y in zip(a, b, strict=True)]
    anchors = {str(place + 1): truth[place] for place in range(10)}
    found = calibrate(matrix, model="2pl", anchors=anchors)
    assert found.mean == pytest.approx(-0.5, abs=0.05)
    assert found.sd == pytest.approx(0.8, abs=0.04)
    for place, each in enumerate(found.items):
        if each.item in anchors:
            assert each.fixed and each.parameters == anchors[each.item] and each.se_b is None
        else:
            assert abs(each.b - truth[place].b) < 4 * (each.se_b or 0)
    assert found.free == 42


def test_anchors_taken_from_a_calibration_give_the_calibration_back() -> None:
    matrix, *_ = plain.answers(3000, 20, seed=11)
    for model in ("rasch", "1pl", "2pl"):
        free = calibrate(matrix, model=model)
        fixed = {each.item: each.parameters for each in free.items[:15]}
        again = calibrate(matrix, model=model, anchors=fixed)
        assert again.mean == pytest.approx(0, abs=1e-3)
        assert again.sd == pytest.approx(free.sd, abs=1e-3)
        assert column(again, "b") == pytest.approx(column(free, "b"), abs=1e-3)


def test_items_that_cannot_be_calibrated_are_reported_and_left_out() -> None:
    matrix, *_ = plain.answers(500, 8, seed=12)
    matrix[:, 1], matrix[:, 2], matrix[:, 3] = 1, 0, -1
    matrix[150:, 4] = -1
    found = calibrate(matrix, [f"S{n}" for n in range(8)], model="2pl")
    reasons = {each.item: each.reason for each in found.withheld}
    assert reasons.keys() == {"S1", "S2", "S3", "S4"}
    assert "答对" in reasons["S1"] and "答错" in reasons["S2"] and "没有人" in reasons["S3"] and "150" in reasons["S4"]
    assert [each.item for each in found.items] == ["S0", "S5", "S6", "S7"]
    assert "S4" in calibrate(matrix, [f"S{n}" for n in range(8)], model="2pl", least=100).parameters


def test_persons_without_answers_do_not_count() -> None:
    padded = np.vstack([SIX, np.full((50, 5), -1, np.int8)])
    found = calibrate(padded, model="1pl")
    assert found.n == 1000
    assert found.loglik == pytest.approx(-2466.938, abs=1e-3)


def test_guessing_is_not_estimated_from_few_persons() -> None:
    with pytest.raises(ValueError, match="少于 1000 人"):
        calibrate(SIX[:900], model="3pl")
    assert calibrate(SIX[:900], model="3pl", force=True).converged


def test_an_item_keyed_wrongly_shows_by_its_sign() -> None:
    matrix, *_ = plain.answers(3000, 20, seed=13)
    matrix[:, 4] = 1 - matrix[:, 4]
    found = calibrate(matrix, model="2pl")
    assert found.items[4].a < 0
    assert any("试题 5" in words and "答案" in words for words in found.warnings)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"model": "4pl"}, "没有模型"),
        ({"items": ["a", "b"]}, "核对"),
        ({"items": ["a", "a", "b", "c", "d"]}, "重复"),
        ({"anchors": {"x": Parameters(1, 0)}}, "锚题都不在"),
        ({"anchors": {"1": Parameters(-1, 0)}}, "不合法"),
        ({"anchors": {"1": Parameters(1, 0, 0.2)}}, "3pl"),
        ({"model": "rasch", "anchors": {"1": Parameters(1.2, 0)}}, "区分度"),
        ({"least": 2000}, "没有可以标定"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_in_words(change: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        calibrate(SIX, **change)  # type: ignore[arg-type]


def test_answers_that_are_not_scored_are_refused() -> None:
    for wrong in (SIX + 1, SIX.astype(float), np.zeros((0, 5), np.int8)):
        with pytest.raises(ValueError, match="作答矩阵"):
            calibrate(wrong)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), model=st.sampled_from(["rasch", "1pl", "2pl", "3pl"]))
def test_any_answers_end_in_finite_numbers_or_in_a_sentence(data: st.DataObject, model: module.Model) -> None:
    people, items = data.draw(st.integers(1, 25)), data.draw(st.integers(1, 5))
    cells = data.draw(st.lists(st.sampled_from((-1, 0, 1)), min_size=people * items, max_size=people * items))
    matrix = np.array(cells, np.int8).reshape(people, items)
    try:
        found = calibrate(matrix, model=model, least=0, force=True, most_rounds=60)
    except ValueError as refused:
        assert "没有可以标定" in str(refused)
        return
    numbers = [found.loglik, found.sd, *(value for each in found.items for value in (each.a, each.b, each.c))]
    assert np.isfinite(numbers).all()
    assert len(found.items) + len(found.withheld) == items


def test_abilities_are_those_of_the_plain_posterior() -> None:
    found = calibrate(SIX, model="2pl")
    parameters = [each.parameters for each in found.items]
    rows = np.unique(SIX, axis=0)
    got = abilities(rows, parameters)
    nodes = np.linspace(-8, 8, 1601)
    for row, theta, error in zip(rows, got.theta, got.se, strict=True):
        likely = np.exp(-(nodes**2) / 2)
        for x, each in zip(row, parameters, strict=True):
            chance = 1 / (1 + np.exp(-each.a * (nodes - each.b)))
            likely *= chance if x else 1 - chance
        likely /= likely.sum()
        assert theta == pytest.approx(float(likely @ nodes), abs=1e-8)
        assert error == pytest.approx(float(np.sqrt(likely @ nodes**2 - (likely @ nodes) ** 2)), abs=1e-8)


def test_warm_abilities_solve_his_equation_and_are_finite_for_extreme_rows() -> None:
    parameters = [Parameters(1.0 + place / 10, place / 2 - 1) for place in range(6)]
    rows = np.array([[1] * 6, [0] * 6, [1, 1, 0, 1, 0, 0], [1, -1, -1, 0, 0, 1]], np.int8)
    got = abilities(rows, parameters, method="wle")
    for row, theta in zip(rows, got.theta, strict=True):
        pull, information, skew = 0.0, 0.0, 0.0
        for x, each in zip(row, parameters, strict=True):
            if x < 0:
                continue
            chance = 1 / (1 + np.exp(-each.a * (theta - each.b)))
            pull += each.a * (x - chance)
            information += each.a**2 * chance * (1 - chance)
            skew += each.a**3 * chance * (1 - chance) * (1 - 2 * chance)
        assert pull + skew / (2 * information) == pytest.approx(0, abs=1e-7)
    assert got.n.tolist() == [6, 6, 6, 4]
    nobody = abilities(np.full((1, 6), -1, np.int8), parameters)
    assert np.isnan(nobody.theta).all()


def test_a_calibration_can_be_copied_but_not_changed() -> None:
    found = calibrate(SIX, model="1pl")
    with pytest.raises(AttributeError):
        found.n = 3  # type: ignore[misc]
    assert replace(found, n=3).n == 3
