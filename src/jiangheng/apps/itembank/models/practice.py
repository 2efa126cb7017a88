"""Practical papers (操作技能试题): preparation notice, task and score sheet (K14)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.trust import canon

from .bank import KEEPERS, Bank, Kept


class Exercise(Kept):
    """A practical paper in three parts. The preparation notice goes out beforehand; the task stays sealed.

    ``digest`` is keyed with the bank's key, like an item's.
    """

    STATES: ClassVar = [
        ("draft", _("待审题")),
        ("reviewed", _("待入库")),
        ("returned", _("已退回")),
        ("stock", _("已入库")),
        ("retired", _("已停用")),
    ]
    NOTICE: ClassVar = [
        ("equipment", _("设备设施")),
        ("materials", _("材料")),
        ("tools", _("工具、量具和劳动防护用品")),
        ("site", _("场地要求")),
    ]
    readers = KEEPERS

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="exercises")
    code = models.CharField(_("题号"), max_length=24)
    title = models.CharField(_("名称"), max_length=80)
    minutes = models.PositiveIntegerField(_("考核时间（分钟）"))
    # {"equipment" | "materials" | "tools" | "site": [line…]}: what a site must have ready; may be told beforehand
    notice = models.JSONField(_("考核准备通知单"), default=dict)
    sealed = models.BinaryField(default=b"")
    digest = models.CharField(_("内容摘要"), max_length=64)

    class Meta(Kept.Meta):
        constraints = (models.UniqueConstraint(fields=["bank", "code"], name="exercise_code_in_bank"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def content(self) -> dict[str, Any]:
        """``{"task": rich text, "lines": [{"text", "marks", "kind"}…]}``; showing it is a look."""
        return json.loads(self.bank.unseal(bytes(self.sealed), place="exercise")) if self.sealed else {}

    def hold(self, task: str, lines: Sequence[Mapping[str, str]]) -> None:
        """Take task and marking lines in: cipher text and digest. ``kind``: core.law.standard_data.ASPECT_KINDS."""
        plain = canon.canonical({"task": task, "lines": [dict(line) for line in lines]})
        self.sealed = self.bank.seal(plain, place="exercise")
        self.digest = hmac.new(self.bank.key, plain, hashlib.sha256).hexdigest()
