"""core/insight/drift.py: the item that leaked is named, with how far and since when; the others are left in peace."""

from __future__ import annotations

import numpy as np
import plain_calibration as plain
import pytest

from jiangheng.core.insight.calibration import ItemEstimate, Parameters, calibrate
from jiangheng.core.insight.drift import displacements, watch, watch_all
from jiangheng.core.insight.linking import link

NAMES = [f"S{n}" for n in range(25)]


def again(
    seed: int, *, moved: dict[int, float], shift: float = 0.0, people: int = 3000
) -> tuple[np.ndarray, np.ndarray]:
    """Answers of other people to the items of seed 51, some of which changed their difficulty."""
    _, a, b, _ = plain.answers(2, 25, seed=51)
    draw = np.random.default_rng(seed)
    theta = draw.normal(size=people) + shift
    later = b + np.array([moved.get(n, 0.0) for n in range(25)])
    matrix = (draw.random((people, 25)) < 1 / (1 + np.exp(-a * (theta[:, None] - later)))).astype(np.int8)
    return matrix, theta


def estimate(item: str, b: float, *, se: float | None = 0.1, a: float = 1.0) -> ItemEstimate:
    return ItemEstimate(item, a, b, 0.0, None, se, None, 500, 0.5)


def test_items_that_moved_between_administrations_are_named() -> None:
    first = calibrate(again(1, moved={})[0], NAMES, model="2pl")
    second = calibrate(again(2, moved={4: -0.9, 9: 0.8}, shift=0.6)[0], NAMES, model="2pl")
    joined = link(first.parameters, second.parameters, screened=True)
    rows = displacements(first.items, second.items, link=joined)
    drifted = {row.item: row for row in rows if row.drifted}
    assert drifted.keys() == {"S4", "S9"}
    assert {rows[0].item, rows[1].item} == {"S4", "S9"}
    assert drifted["S4"].by == pytest.approx(-0.9, abs=0.25) and drifted["S4"].direction == "easier"
    assert drifted["S9"].by == pytest.approx(0.8, abs=0.25) and drifted["S9"].direction == "harder"
    assert drifted["S4"].q is not None and drifted["S4"].q < 1e-4


def test_what_all_items_share_is_no_drift() -> None:
    old = [estimate(f"S{n}", n / 5) for n in range(10)]
    new = [estimate(f"S{n}", n / 5 + 0.7 + 0.01 * n) for n in range(10)]
    assert not any(row.drifted for row in displacements(old, new))


def test_a_small_move_of_little_consequence_is_not_flagged() -> None:
    old = [estimate(f"S{n}", 0.0) for n in range(10)]
    new = [estimate(f"S{n}", 0.001 * n) for n in range(9)] + [estimate("S9", 0.2)]
    row = displacements(old, new)[0]
    assert row.item == "S9" and abs(row.z) > 2.7 and not row.drifted


def test_without_standard_errors_there_is_no_probability() -> None:
    old, new = [estimate("S1", 0.0, se=None), estimate("S2", 0.0)], [estimate("S1", 1.0), estimate("S2", 0.1)]
    rows = {row.item: row for row in displacements(old, new)}
    assert rows["S1"].p is None and rows["S1"].q is None and rows["S2"].p is not None
    assert displacements(old, [estimate("X", 0.0)]) == ()


def test_an_item_that_leaks_is_caught_soon_and_measured() -> None:
    _, a, b, _ = plain.answers(2, 25, seed=51)
    parameters = {name: Parameters(float(x), float(y)) for name, x, y in zip(NAMES, a, b, strict=True)}
    before, theta = again(3, moved={}, people=2000)
    after, later = again(4, moved={6: -1.2}, people=1000)
    matrix, ability = np.vstack([before, after]), np.concatenate([theta, later])
    windows = np.arange(3000) // 100
    rows = watch_all(matrix, NAMES, parameters, ability, windows)
    caught = rows[0]
    assert caught.item == "S6" and caught.direction == "easier"
    assert caught.alarm is not None and 20 <= caught.alarm <= 24
    assert caught.since is not None and 18 <= caught.since <= 22
    assert caught.by == pytest.approx(-1.2, abs=0.35)
    assert sum(row.alarm is not None for row in rows[1:]) <= 2
    assert len(caught.windows) == 30 and caught.windows[0].n == 100
    assert caught.easier[caught.alarm] > 5 >= caught.easier[caught.alarm - 1]


def test_an_item_that_became_harder_is_caught_in_the_other_direction() -> None:
    draw = np.random.default_rng(7)
    item, theta = Parameters(1.1, 0.0, 0.2), draw.normal(size=2000)
    answers = (draw.random(2000) < 0.2 + 0.8 / (1 + np.exp(-1.1 * (theta - 0.9)))).astype(np.int8)
    found = watch("S1", item, answers, theta, np.arange(2000) // 200)
    assert found.direction == "harder" and found.alarm is not None
    assert found.by == pytest.approx(0.9, abs=0.25)


def test_false_alarms_are_as_rare_as_the_limit_promises() -> None:
    draw = np.random.default_rng(8)
    item, alarms, runs, length = Parameters(1.0, 0.0), 0, 200, 40
    for _ in range(runs):
        theta = draw.normal(size=length * 30)
        answers = (draw.random(length * 30) < 1 / (1 + np.exp(-theta))).astype(np.int8)
        alarms += watch("S", item, answers, theta, np.arange(length * 30) // 30).alarm is not None
    # one in 465 windows: 40 windows alarm in about 8 of 100 runs
    assert alarms <= 0.15 * runs


def test_abler_candidates_are_no_drift() -> None:
    draw = np.random.default_rng(9)
    theta = np.concatenate([draw.normal(size=1500), draw.normal(1.0, 1.0, 1500)])
    answers = (draw.random(3000) < 1 / (1 + np.exp(-theta))).astype(np.int8)
    found = watch("S", Parameters(1.0, 0.0), answers, theta, np.arange(3000) // 150)
    assert found.alarm is None and abs(found.by) < 0.15
    assert found.windows[-1].observed > found.windows[0].observed


def test_small_windows_are_joined_and_gaps_passed_over() -> None:
    answers, theta = np.array([1, 0, -1] * 40, np.int8), np.zeros(120)
    found = watch("S", Parameters(1.0, 0.0), answers, theta, np.arange(120) // 10)
    assert sum(window.n for window in found.windows) == 80
    assert all(window.n >= 30 for window in found.windows)
    empty = watch("S", Parameters(1.0, 0.0), np.full(5, -1, np.int8), np.zeros(5), np.arange(5))
    assert (empty.windows, empty.alarm, empty.since, empty.by) == ((), None, None, 0.0)
