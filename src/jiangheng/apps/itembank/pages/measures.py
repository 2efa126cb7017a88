"""An analysis of a bank's items: the whole, the items' figures, what was put into the review queue (P2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel.display import Column, Display, Panel, display, state_filter
from jiangheng.kernel.spoken import spoken

from ..models import Measurement

MODELS = {"ctt": _("经典测量"), "rasch": "Rasch", "1pl": "1PL", "2pl": "2PL", "3pl": "3PL"}


def _model(row: Measurement) -> str:
    return str(MODELS[row.model])


def _figure(name: str) -> Any:
    def value(row: Measurement) -> str:
        found = row.summary.get(name)
        return "" if found is None else f"{found:.3f}"

    return value


def _notes(row: Measurement) -> list[str]:
    return [spoken(each) for each in row.summary.get("notes", [])]


def _items(row: Measurement, actor: Actor) -> dict[str, Any]:
    figures = row.figures.select_related("item").order_by("item__code")
    lines = [{"item": each.item, "flags": [spoken(flag) for flag in each.flags], **each.values} for each in figures]
    return {
        "parts": [
            {"lines": [line for line in lines if bool(line["flags"]) is flagged], "flagged": flagged}
            for flagged in (True, False)
        ],
        "calibrated": any(line.get("b") is not None for line in lines),
    }


display(
    Display(
        flow="measurement",
        label=_("试题分析"),
        title=lambda row: row.bank.name,
        columns=(
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            Column("model", _("模型"), value=_model, sort="model"),
            Column("persons", _("作答人数"), kind="number", sort="persons"),
            Column("items", _("试题数"), kind="number", sort="items"),
            Column("flagged", _("待复核"), kind="number", sort="flagged"),
            Column("state", _("状态"), kind="state", sort="state"),
        ),
        filters=(state_filter(Measurement),),
        search=("bank__name",),
        order="-pk",
        panels=(
            Panel(
                _("试题分析"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("model", _("模型"), value=_model),
                    Column("persons", _("作答人数"), kind="number"),
                    Column("mean", _("平均答对题数"), value=_figure("mean"), kind="number"),
                    Column("sd", _("标准差"), value=_figure("sd"), kind="number"),
                    Column("alpha", _("信度（α）"), value=_figure("alpha"), kind="number"),
                    Column("sem", _("测量标准误"), value=_figure("sem"), kind="number"),
                    Column("notes", _("说明"), value=_notes, kind="list"),
                ),
            ),
            Panel(_("各题数据"), template="itembank/figures.html", context=_items),
        ),
        select_related=("bank",),
        icon="chart",
        shelf_for=Measurement.readers - {Role.SYSTEM},
    )
)
