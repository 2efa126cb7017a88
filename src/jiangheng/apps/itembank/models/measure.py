"""What was answered, and what was measured from it (P2). Persons are keyed hashes here, never numbers of identity."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.vault import SealedField

from .bank import Bank, Kept
from .item import Item


class AnswerSheet(models.Model):
    """One collected sitting for measurement: its answers by item, and the groups its candidate belongs to."""

    paper = models.ForeignKey("itembank.Paper", on_delete=models.PROTECT, related_name="sheets")
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="sheets")
    session = models.BigIntegerField(db_index=True)
    sitting = models.BigIntegerField(unique=True)
    person = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()
    mark = models.DecimalField(max_digits=6, decimal_places=2)
    groups = models.JSONField(default=dict)
    # {code: {"v": revision, "given": [tokens], "mark": share of the marks 0…1}}
    answers_text = SealedField(default="")

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        return json.loads(self.answers_text) if self.answers_text else {}

    @answers.setter
    def answers(self, found: dict[str, dict[str, Any]]) -> None:
        self.answers_text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))


class Measurement(Kept):
    """One analysis of a bank's items from all its answers (试题分析)."""

    STATES: ClassVar = [("done", _("已完成"))]
    readers = frozenset({Role.CENTRE, Role.CITY, Role.KEEPER, Role.ITEM_REVIEWER, Role.SYSTEM})

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="measurements")
    model = models.CharField(_("模型"), max_length=8, default="ctt")
    persons = models.PositiveIntegerField(_("作答人数"))
    items = models.PositiveIntegerField(_("试题数"))
    flagged = models.PositiveIntegerField(_("待复核"), default=0)
    summary = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.bank.name} {self.pk}"


class Figures(models.Model):
    """One item's figures in one analysis; all of them stay, so drift can be seen."""

    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="figures")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="figures")
    revision = models.PositiveIntegerField()
    # counts of answers tell the key, and the reasons quote it
    values_text = SealedField(default="")
    flags_text = SealedField(default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["measurement", "item"], name="figures_once"),)

    @property
    def values(self) -> dict[str, Any]:
        """The item's figures: classical ones, and parameters, fit, differences and drift where they were measured."""
        return json.loads(self.values_text) if self.values_text else {}

    @values.setter
    def values(self, found: dict[str, Any]) -> None:
        self.values_text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    @property
    def flags(self) -> list[str]:
        """Why the item went to review."""
        return json.loads(self.flags_text) if self.flags_text else []

    @flags.setter
    def flags(self, reasons: list[str]) -> None:
        self.flags_text = json.dumps(reasons, ensure_ascii=False) if reasons else ""
