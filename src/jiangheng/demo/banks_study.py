"""A cut score set by the city's experts on a paper that has been sat: two rounds, then the cut; a second one going on
(P2)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from jiangheng.kernel.perform import model_of

from .hands import as_, do, make

JUDGES = tuple(f"gl.expert{number}" for number in range(1, 6))
SEVERITY = (4, -6, 0, 8, -3)
"""How many percent more than the others each judge expects, in the first round; discussion halves it."""
SPREAD = (12, 5)
"""How far a judge strays from an item to an item, by round, in percent."""


def studies(*, report: Callable[[str, int, int], None]) -> None:
    """One study closed after two rounds, one whose judges are still at work."""
    papers = list(
        model_of("paper").everywhere.filter(state="opened", bank__kind="unified").order_by("-level", "pk")[:2]
    )
    if not papers:
        return
    judges = [model_of("account").everywhere.get(username=name).pk for name in JUDGES]
    study = make("study.convene", papers[0], "gl.center1", method="angoff", judges=judges)
    _judge(study, JUDGES)
    study = do("study.next_round", study, "gl.center1")
    _judge(study, JUDGES)
    do("study.close", study, "gl.center1")
    report("专家研究合格线（两轮）", 1, 2)
    going_on = make("study.convene", papers[-1], "gl.center2", method="angoff_yes_no", judges=judges)
    _judge(going_on, JUDGES[:2])
    report("另一项合格线研究正在评判", 2, 2)


def _judge(study: Any, names: tuple[str, ...]) -> None:
    """Each of these gives his opinion of the round: the harder an item, the fewer are expected to know it."""
    rows = model_of("item").everywhere.filter(bank=study.bank_id, code__in=study.paper.codes)
    difficulty = dict(rows.values_list("code", "difficulty"))
    for name in names:
        severity = SEVERITY[JUDGES.index(name)] / study.round
        chance = random.Random(f"{study.paper.digest}:{study.round}:{name}")  # noqa: S311 - one seed gives one city
        expected = {
            code: min(95, max(15, round(86 - 9 * level + severity + chance.gauss(0, SPREAD[min(study.round, 2) - 1]))))
            for code, level in sorted(difficulty.items())
        }
        if study.method == "angoff_yes_no":
            expected = {code: 100 if share >= 60 else 0 for code, share in expected.items()}
        mine = model_of("opinion").reach(as_(name)).get(study=study, round=study.round)
        do("opinion.give", mine, name, ratings=json.dumps({"judged": expected}))
