"""试题分析: answers are collected with each sitting; an analysis measures the bank's items and fills the review queue
(P2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.steps import NOTHING, flow, step_of
from jiangheng.kernel.perform import perform
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Figures, Item, Measurement
from ..models.item import USABLE

measurement = flow("measurement", "itembank.Measurement", _("试题分析"), final=("done",))

Given = Mapping[str, Any]


@measurement.step(
    "run", _("分析试题"), source=NOTHING, target="done", who=(Role.CENTRE, Role.KEEPER, Role.SYSTEM),
    under=("bank",), records=("model", "persons", "items", "flagged"), clause="P2",
)  # fmt: skip
def run(thing: Any, given: Given, actor: Actor) -> None:
    bank = thing.under
    thing.bank, thing.owner = bank, bank.owner
    try:
        found = queries.measured(bank)
    except ValueError as problem:
        raise Refused([Refusal(spoken(str(problem)), "P2", _t("等有考试收卷后再分析"))]) from problem
    thing.model, thing.persons, thing.items = found.model, found.persons, len(found.items)
    thing.flagged, thing.summary = len(found.findings), found.summary
    # the items' figures point at this row
    thing.state = "done"
    thing.save()
    rows = {row.code: row for row in queries.rows_of(bank, states=[state for state, _label in Item.STATES])}
    _keep(thing, rows, found)
    for code, reasons in found.findings.items():
        if rows[code].state in (*USABLE, "resting"):
            perform(step_of("item.flag"), rows[code].pk, actor=SYSTEM, given={"reasons": reasons})


def _keep(thing: Measurement, rows: dict[str, Item], found: Any) -> None:
    kept = []
    for code, values in found.items.items():
        figures = Figures(measurement=thing, item=rows[code], revision=rows[code].revision)
        figures.values, figures.flags = values, found.findings.get(code, [])
        kept.append(figures)
    Figures.objects.bulk_create(kept, batch_size=500)
    changed = []
    for code, values in found.items.items():
        row = rows[code]
        row.answered, row.p, row.rest_r = values["n"], values["p"], values["item_rest_r"]
        if "b" in values:
            row.parameters = {name: values[name] for name in ("a", "b", "c", "se_a", "se_b")}
        changed.append(row)
    Item.everywhere.bulk_update(changed, ["answered", "p", "rest_r", "parameters"], batch_size=200)
