"""Founding a bank: what for, and its element table, typed in the page or in a file (clauses K7, P2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.errors import Refused
from jiangheng.core.exam import elements
from jiangheng.core.exam.bank_text import BankUnreadable, parse_table
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.display import level_choices
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..formats.table_read import TableRead, read_table
from ..models import Bank
from .editors import Carrier, TableEditor, TableFile

MOST_BYTES = 5 * 1024 * 1024
MOST_TOLD = 100
LIMITS = {
    "X": "bank.importance_x", "Y": "bank.importance_y", "Z": "bank.importance_z",
    "perWeight": "bank.points_per_weight", "points": "bank.points_min",
}  # fmt: skip


class ElementTable(StepForm):
    """The element table: ranges with weights, points with importance. A file, when there is one, is the table."""

    file = forms.FileField(
        label=_("上传要素细目表"), required=False, widget=TableFile,
        help_text=_("Excel（.xlsx）或题库文本（.toml）。上传了文件，就以文件为准；文件有一处不对，整张表都不存入"),
    )  # fmt: skip
    ranges = forms.JSONField(label=_("鉴定范围和鉴定点"), widget=TableEditor)
    points = forms.JSONField(label=_("鉴定点"), widget=Carrier)

    private = frozenset({"file", "notices"})

    def prepare(self) -> None:
        # with a file they may be empty; on the page they are no less wanted for that (clean puts it back)
        if self.files.get("file"):
            self.fields["ranges"].required = self.fields["points"].required = False
        editor, file = self.fields["ranges"].widget, self.fields["file"].widget
        editor.given = {
            "limits": {name: parameter(key) for name, key in LIMITS.items()},
            "items": queries.items_by_point(self.thing) if self.thing.pk else {},
        }
        if self.thing.pk:
            file.address, file.present = f"/d/bank/{self.thing.pk}/table.xlsx", True

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        found["notices"] = []
        self.fields["ranges"].required = self.fields["points"].required = True
        if found.get("file"):
            return self._of_file(found)
        if "ranges" not in found or "points" not in found:
            return found
        try:
            ranges, points = parse_table({"range": found["ranges"], "point": found["points"]})
        except BankUnreadable as bad:
            self._blame(bad.problems)
            return found
        self._blame(elements.problems(ranges, points))
        return self._kept(found, ranges, points)

    def _of_file(self, found: dict[str, Any]) -> dict[str, Any]:
        file = found["file"]
        if file.size > MOST_BYTES:
            self.add_error("file", _("文件超过 5 MB，请删去图片和无关的工作表后重新上传"))
            return found
        try:
            read = read_table(file.read(), name=file.name)
        except Refused as no:
            for refusal in no.refusals:
                self.add_error("file", f"{refusal.reason}{refusal.mend}")
            return found
        self._tell(read)
        found["notices"] = list(read.notices)
        return self._kept(found, read.ranges, read.points)

    def _tell(self, read: TableRead) -> None:
        for problem in read.problems[:MOST_TOLD]:
            self.add_error("file", problem)
        if len(read.problems) > MOST_TOLD:
            more = _t("另有 {n} 处，改正以上各处后重新上传").format(n=len(read.problems) - MOST_TOLD)
            self.add_error("file", more)

    def _blame(self, problems: Sequence[str]) -> None:
        self.fields["ranges"].widget.faults = [{"what": spoken(each), "said": each} for each in problems[:MOST_TOLD]]
        for problem in problems[:20]:
            self.add_error("ranges", spoken(problem))

    def _kept(
        self, found: dict[str, Any], ranges: Sequence[elements.ElementRange], points: Sequence[elements.ElementPoint]
    ) -> dict[str, Any]:
        """The table as a bank keeps it, and what becomes of items whose point is gone."""
        found["ranges"] = [
            {"code": row.code, "name": row.name, "weight": str(row.weight), "parent": row.parent} for row in ranges
        ]
        found["points"] = [
            {"code": row.code, "range": row.range_code, "name": row.name, "importance": row.importance}
            for row in points
        ]
        there = {row.code for row in points}
        held = queries.items_by_point(self.thing) if self.thing.pk else {}
        for code, count in held.items():
            if code not in there:
                told = _t("鉴定点 {code} 已不在表中，它的 {n} 道试题不再参加组卷；请把试题改到别的鉴定点，或停用")
                found["notices"].append(told.format(code=code, n=count))
        return found


class NewBank(ElementTable):
    """Occupation, direction, level, subject and the element table of a bank."""

    name = forms.CharField(label=_("题库名称"), max_length=80)
    occupation = forms.RegexField(label=_("职业编码"), regex=r"^\d-\d{2}-\d{2}-\d{2}$")
    direction = forms.CharField(label=_("职业方向"), max_length=60, required=False)
    level = forms.ChoiceField(label=_("级别"), choices=level_choices())
    subject = forms.ChoiceField(label=_("科目"), choices=Bank.SUBJECTS, required=False)

    field_order = ("name", "occupation", "direction", "level", "subject", "file", "ranges", "points")

    def clean_subject(self) -> str:
        return self.cleaned_data["subject"] or "theory"

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if self.errors:
            return found
        own = self.step.name == "found_own"
        asked = Bank(
            kind="own" if own else "unified", institution=self.thing.under if own else None, level=found["level"],
            occupation=found["occupation"], direction=found["direction"], subject=found["subject"],
        )  # fmt: skip
        if queries.same_open_bank(asked):
            self.add_error(None, _("同一职业、级别和科目已有在用的题库；请在原题库中增补试题，或先停用原题库"))
        return found
