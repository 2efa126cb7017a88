"""Files of items on their way into a bank, and what institutions offer (K7, K8)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.exam.items import KINDS
from jiangheng.kernel.display import Column, Display, Link, Panel, display, state_filter
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import KEEPERS, Contribution, Intake
from .credits import PANEL
from .items import why_alike

TAKERS = frozenset({Role.WRITER, Role.CENTRE, Role.KEEPER})
STATE = Column("state", _("状态"), kind="state", sort="state")
MOST_LINES = 500
FORMATS = {"xlsx": "Excel", "docx": "Word", "toml": _("题库文本")}
"""Names for what a file calls itself by its ending; the other formats have names of their own."""


def _format(intake: Intake) -> str:
    return str(FORMATS.get(intake.format, intake.format))


def _preview(intake: Intake, actor: Actor) -> dict[str, Any]:
    """What is wrong, item by item; what was left behind; look-alikes."""
    rows = [row for row in intake.findings if row["problems"] or row["losses"] or row["alike"]]
    for row in rows:
        row["alike"] = [{**each, "why": why_alike(each)} for each in row["alike"]]
        row["kind_name"] = spoken(KINDS[row["kind"]].name) if row["kind"] in KINDS else ""
    originals = intake.format.startswith("QTI") and any(not row["kind"] for row in rows)
    # how many there are keeps the panel of a faultless file from being taken for an empty one
    more = max(0, len(rows) - MOST_LINES)
    return {"lines": rows[:MOST_LINES], "more": more, "originals": originals, "rows": intake.rows}


display(
    Display(
        flow="intake",
        label=_("试题导入"),
        title=lambda intake: f"{intake.bank.name} · {intake.file.name}",
        columns=(
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            Column("file", _("文件"), value="file.name"),
            Column("format", _("格式"), value=_format, sort="format"),
            Column("rows", _("题数"), kind="number", sort="rows"),
            Column("good", _("可导入"), kind="number", sort="good"),
            Column("taken", _("已导入"), kind="number", sort="taken"),
            STATE,
        ),
        filters=(state_filter(Intake),),
        search=("bank__name", "file__name"),
        order="-pk",
        panels=(
            Panel(
                _("试题文件"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("file", _("文件"), value="file.name"),
                    Column("format", _("格式"), value=_format),
                    Column("rows", _("题数"), kind="number"),
                    Column("good", _("可导入"), kind="number"),
                    Column("taken", _("已导入"), kind="number"),
                ),
            ),
            Panel(_("逐题核对"), template="itembank/intake_lines.html", context=_preview),
        ),
        links=(
            Link(
                _("核对并导入"),
                lambda intake: f"/d/intake/{intake.pk}/preview",
                TAKERS,
                frozenset({"previewed"}),
                "check",
                True,
            ),
            Link(
                _("查看题库中的试题"),
                lambda intake: f"/d/item/?bank={intake.bank_id}&sort=-code",
                KEEPERS,
                frozenset({"taken"}),
                "items",
            ),
            Link(
                _("下载标注了问题的文件"), lambda intake: f"/d/intake/{intake.pk}/marked.xlsx", TAKERS, icon="download"
            ),
        ),
        # taken on the page that shows what is wrong, beside how many there are
        hidden=frozenset({"upload", "take"}),
        select_related=("bank", "file"),
        icon="file",
        shelf_for=KEEPERS - {Role.SYSTEM},
    )
)


def _left_out(offer: Contribution, actor: Actor) -> dict[str, Any]:
    rows = queries.left_out(offer)
    good = offer.intake.good if offer.intake else 0
    return {"lines": rows[:MOST_LINES], "more": max(0, len(rows) - MOST_LINES), "out": len(rows), "good": good}


display(
    Display(
        flow="contribution",
        label=_("试题投稿"),
        title=lambda offer: f"{offer.institution.name} · {offer.bank.name}",
        columns=(
            Column("institution", _("机构"), value="institution.name", sort="institution__name"),
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            Column("rows", _("题数"), kind="number", sort="rows"),
            STATE,
        ),
        filters=(state_filter(Contribution),),
        search=("institution__name", "bank__name"),
        order="-pk",
        panels=(
            Panel(
                _("投稿"),
                columns=(
                    Column("institution", _("机构"), value="institution.name"),
                    Column("bank", _("题库"), value="bank.name"),
                    Column("file", _("文件"), value="file.name"),
                    Column("rows", _("题数"), kind="number"),
                    Column("note", _("说明")),
                    Column("taken", _("采纳后入稿"), value=lambda offer: offer.intake.taken if offer.intake else "",
                           kind="number"),
                ),
            ),
            Panel(
                _("未能采用的试题"), template="itembank/left_out.html", context=_left_out,
                shown=lambda offer, actor: bool(queries.left_out(offer)),
            ),
            PANEL,
        ),
        select_related=("institution", "bank", "file", "intake"),
        icon="items",
        menu_for=frozenset({Role.KEEPER, Role.CENTRE}),
        shelf_for=frozenset({Role.MANAGER, Role.CITY}),
    )
)  # fmt: skip
