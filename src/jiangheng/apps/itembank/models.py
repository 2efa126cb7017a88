"""Banks, items and papers. Only those who write, review and keep items ever reach a row of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.scoping import Scoped

KEEPERS = frozenset({Role.WRITER, Role.ITEM_REVIEWER, Role.CENTRE, Role.SYSTEM})


class Bank(Scoped):
    """A question bank of one occupation and level with its element table (鉴定要素细目表)."""

    STATES: ClassVar = [("open", _("在用")), ("closed", _("停用"))]
    KINDS: ClassVar = [("unified", _("统一题库")), ("own", _("企业自建题库"))]
    segment = "k{pk:04d}/"
    readers = KEEPERS

    occupation = models.CharField(_("职业编码"), max_length=12)
    level = models.CharField(_("级别"), max_length=1)
    name = models.CharField(_("题库名称"), max_length=80)
    kind = models.CharField(_("题库类别"), max_length=12, default="unified")
    ranges = models.JSONField(_("鉴定范围"), default=list)
    points = models.JSONField(_("鉴定点"), default=list)

    def __str__(self) -> str:
        return self.name


class Item(Scoped):
    """One item (试题) with its key. Never sent to a candidate as it is: see core.exam.items.face."""

    STATES: ClassVar = [
        ("draft", _("草稿")),
        ("reviewed", _("已初审")),
        ("returned", _("已退回")),
        ("stock", _("已入库")),
        ("retired", _("已停用")),
    ]
    readers = KEEPERS

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(_("题号"), max_length=24)
    kind = models.CharField(_("题型"), max_length=12)
    point = models.CharField(_("鉴定点"), max_length=24)
    stem = models.TextField(_("题干"))
    options = models.JSONField(_("选项"), default=list)
    answer = models.CharField(_("答案"), max_length=12)
    difficulty = models.PositiveSmallIntegerField(_("难度"))
    explanation = models.TextField(_("解析"), blank=True)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["bank", "code"], name="item_code_in_bank")]

    def __str__(self) -> str:
        return f"{self.code} {self.stem[:40]}"


class Paper(Scoped):
    """A theory paper: which items under which blueprint, drawn from which seed. Sealed until the exam opens it."""

    STATES: ClassVar = [("sealed", _("已密封")), ("opened", _("已启封"))]
    readers = frozenset({Role.CENTRE, Role.SYSTEM})

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="papers")
    batch = models.BigIntegerField(db_index=True)
    level = models.CharField(_("级别"), max_length=1)
    blueprint = models.JSONField(default=dict)
    items = models.JSONField(default=list)
    seed = models.CharField(max_length=64)
    digest = models.CharField(_("试卷摘要"), max_length=64)

    def __str__(self) -> str:
        return f"{self.bank.name} {self.digest[:8]}"
