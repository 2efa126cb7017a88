"""Founding a bank: what for, and its element table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam import elements
from jiangheng.core.exam.bank_text import BankUnreadable, parse_table
from jiangheng.kernel.display import level_choices
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Bank


class ElementTable(StepForm):
    """The element table: ranges with weights, points with importance."""

    ranges = forms.JSONField(label=_("鉴定范围"), help_text=_('[{"code","name","weight","parent"}…]，各级权重合计相符'))
    points = forms.JSONField(label=_("鉴定点"), help_text=_('[{"code","range","name","importance"}…]'))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "ranges" not in found or "points" not in found:
            return found
        try:
            ranges, points = parse_table({"range": found["ranges"], "point": found["points"]})
        except BankUnreadable as bad:
            for problem in bad.problems[:20]:
                self.add_error("ranges", spoken(problem))
            return found
        for problem in elements.problems(ranges, points)[:20]:
            self.add_error("ranges", spoken(problem))
        found["ranges"] = [
            {"code": row.code, "name": row.name, "weight": str(row.weight), "parent": row.parent} for row in ranges
        ]
        found["points"] = [
            {"code": row.code, "range": row.range_code, "name": row.name, "importance": row.importance}
            for row in points
        ]
        return found


class NewBank(ElementTable):
    """Occupation, direction, level, subject and the element table of a bank."""

    name = forms.CharField(label=_("题库名称"), max_length=80)
    occupation = forms.RegexField(label=_("职业编码"), regex=r"^\d-\d{2}-\d{2}-\d{2}$")
    direction = forms.CharField(label=_("职业方向"), max_length=60, required=False)
    level = forms.ChoiceField(label=_("级别"), choices=level_choices())
    subject = forms.ChoiceField(label=_("科目"), choices=Bank.SUBJECTS, required=False)

    field_order = ("name", "occupation", "direction", "level", "subject", "ranges", "points")

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
