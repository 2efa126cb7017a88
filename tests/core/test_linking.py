"""core/insight/linking.py: a known change of scale is found back, by every method, and moved anchors are left out."""

from __future__ import annotations

import numpy as np
import plain_calibration as plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.insight.calibration import Parameters, calibrate
from jiangheng.core.insight.linking import Method, link, robust_z, stable_anchors

METHODS: tuple[Method, ...] = ("mean_mean", "mean_sigma", "haebara", "stocking_lord")
OLD = {f"S{n}": Parameters(0.7 + 0.06 * n, -1.8 + 0.4 * ((n * 7) % 10), 0.2 if n % 2 else 0.0) for n in range(10)}


def seen_from(old: dict[str, Parameters], slope: float, shift: float) -> dict[str, Parameters]:
    """The same items on a scale from which θ_old = slope·θ + shift."""
    return {name: Parameters(each.a * slope, (each.b - shift) / slope, each.c) for name, each in old.items()}


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None)
@given(slope=st.floats(0.5, 2.0), shift=st.floats(-1.5, 1.5))
def test_an_exact_change_of_scale_is_found_back(method: Method, slope: float, shift: float) -> None:
    found = link(OLD, seen_from(OLD, slope, shift), method=method)
    assert (found.slope, found.shift) == pytest.approx((slope, shift), abs=1e-5)
    assert found.loss < 1e-5
    for name, each in seen_from(OLD, slope, shift).items():
        carried = found.carried(each)
        assert (carried.a, carried.b, carried.c) == pytest.approx((OLD[name].a, OLD[name].b, OLD[name].c), abs=1e-4)
    assert found.ability(np.array([0.0, 1.0])) == pytest.approx([shift, slope + shift], abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_under_rasch_only_the_origin_moves(method: Method) -> None:
    old = {name: Parameters(1.0, each.b) for name, each in OLD.items()}
    new = {name: Parameters(1.0, each.b * 1.01 - 0.4) for name, each in old.items()}
    found = link(old, new, method=method, rasch=True)
    assert found.slope == 1
    assert found.shift == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize("summed", ["haebara", "stocking_lord"])
def test_the_curve_methods_end_at_a_minimum(summed: Method) -> None:
    draw = np.random.default_rng(5)
    new = {
        name: Parameters(each.a * 1.2 * float(np.exp(draw.normal(0, 0.1))), each.b / 1.2 + float(draw.normal(0, 0.15)))
        for name, each in OLD.items()
    }
    old = {name: Parameters(each.a, each.b) for name, each in OLD.items()}
    found = link(old, new, method=summed)
    theta = np.linspace(-4, 4, 41)
    weight = np.exp(-(theta**2) / 2)

    def loss(slope: float, shift: float) -> float:
        total = np.zeros_like(theta)
        apart = 0.0
        for name, each in new.items():
            mine = 1 / (1 + np.exp(-each.a / slope * (theta - slope * each.b - shift)))
            yours = 1 / (1 + np.exp(-old[name].a * (theta - old[name].b)))
            total += yours - mine
            apart += float(weight @ (yours - mine) ** 2)
        return float(weight @ total**2) if summed == "stocking_lord" else apart

    here = loss(found.slope, found.shift)
    for by, up in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        assert loss(found.slope + by, found.shift + up) > here


def test_a_moved_anchor_is_left_out_on_request() -> None:
    new = seen_from(OLD, 1.1, 0.3)
    new = {name: Parameters(each.a, each.b + 0.01 * n, each.c) for n, (name, each) in enumerate(new.items())}
    new["S4"] = Parameters(new["S4"].a, new["S4"].b - 1.5, new["S4"].c)
    assert stable_anchors(OLD, seen_from(OLD, 1.0, 0.3)) == tuple(sorted(OLD))
    found = link(OLD, new, screened=True)
    assert "S4" in found.left_out and "S4" not in found.anchors
    assert abs(found.slope - 1.1) < abs(link(OLD, new).slope - 1.1)


def test_two_administrations_come_to_one_scale() -> None:
    matrix, a, b, theta = plain.answers(8000, 40, seed=31)
    weak = theta < 0.3
    names = [f"S{n}" for n in range(40)]
    # strong and weak candidates met different items, fifteen in common
    first = calibrate(matrix[~weak][:, :28], names[:28], model="2pl")
    second = calibrate(matrix[weak][:, 13:], names[13:], model="2pl")
    found = link(first.parameters, second.parameters)
    carried = {name: found.carried(each) for name, each in second.parameters.items()}
    truth = {name: Parameters(float(x), float(y)) for name, x, y in zip(names, a, b, strict=True)}
    onto = link(truth, first.parameters, method="stocking_lord")
    apart = [onto.carried(carried[name]).b - truth[name].b for name in names[28:]]
    # before linking they lie further off: the weak half calls 0 its own middle
    unlinked = [onto.carried(second.parameters[name]).b - truth[name].b for name in names[28:]]
    assert np.median(np.abs(apart)) < 0.2 < np.median(np.abs(unlinked))


def test_too_few_common_items_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="共同题只有 1 道"):
        link({"S0": OLD["S0"]}, OLD)
    same = {name: Parameters(1.0, 0.5) for name in OLD}
    with pytest.raises(ValueError, match="难度没有差别"):
        link(same, same, method="mean_sigma")
    with pytest.raises(ValueError, match="区分度不为正"):
        link(OLD, {name: Parameters(-each.a, each.b) for name, each in OLD.items()}, method="mean_mean")


def test_robust_z_is_not_moved_by_the_one_that_moved() -> None:
    values = [0.1, -0.1, 0.05, -0.05, 0.0, 3.0]
    z = robust_z(values)
    assert z[-1] > 10 and max(abs(each) for each in z[:-1]) < 2
    assert robust_z([0.3] * 5) == [0.0] * 5
