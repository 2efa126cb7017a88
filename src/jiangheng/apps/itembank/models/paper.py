"""From a plan of composition to sealed papers: plan, draw with its pledges, paper (K9, K13)."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.vault import SealedField

from .bank import Bank, Kept


class Plan(Kept):
    """A plan of composition (组卷计划书) of a bank: what a paper is made of. ``content`` is core.exam.plan's data."""

    STATES: ClassVar = [("draft", _("起草")), ("enacted", _("已启用")), ("retired", _("已停用"))]
    readers = frozenset({Role.CENTRE, Role.CITY, Role.KEEPER, Role.ITEM_REVIEWER, Role.SYSTEM})

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="plans")
    name = models.CharField(_("名称"), max_length=80)
    content = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.bank.name} {self.name}"

    @property
    def mode(self) -> str:
        """How papers are composed under this plan: one, ab, library, each."""
        return str(self.content.get("mode", "one"))

    def papers_for(self, people: int) -> int:
        """How many forms so many candidates need."""
        most = int(self.content.get("papers", 4))
        return {"one": 1, "ab": 2, "library": most, "each": people}[self.mode]


class Draw(Kept):
    """A drawing of papers (抽题组卷): committed before its seed is known, seeded by two officials and the trail."""

    STATES: ClassVar = [
        ("committed", _("待第一人投入")),
        ("half", _("待第二人投入")),
        ("pledged", _("待组卷")),
        ("drawn", _("已组卷")),
        ("failed", _("未能组卷")),
    ]
    MODES: ClassVar = [
        ("one", _("统一卷")),
        ("ab", _("A/B 卷")),
        ("library", _("卷库")),
        ("each", _("千人千卷")),
    ]
    readers = frozenset({Role.CENTRE, Role.CITY, Role.KEEPER, Role.SYSTEM})

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="draws")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="draws")
    batch = models.BigIntegerField(null=True, db_index=True)
    title = models.CharField(_("用途"), max_length=160)
    mode = models.CharField(_("组卷方式"), max_length=12)
    count = models.PositiveIntegerField(_("套数"), default=1)
    # what the commitment binds: the bank's state and the plan, by keyed digest; the items themselves stay sealed
    stock_digest = models.CharField(_("题库状态摘要"), max_length=64)
    plan_digest = models.CharField(_("计划摘要"), max_length=64)
    commitment = models.CharField(_("承诺值"), max_length=64)
    # the trail's state when the seed was made, which covers the commitment and both shares
    checkpoint = models.TextField(_("留痕检查点"), blank=True)
    seed = models.CharField(_("种子"), max_length=64, blank=True)
    record = models.JSONField(default=dict)
    # the rows of the bank as they stood when the draw was committed: with the seed they make the same papers again
    stock_text = SealedField(default="")
    # for whom each paper is made where everybody gets his own (each): keyed hashes in the order of the papers
    people_text = SealedField(default="")

    def __str__(self) -> str:
        return f"{self.title} {self.pk}"

    @property
    def shares(self) -> list[str]:
        """The digests of the shares so far: what the trail keeps of them."""
        return list(self.pledges.order_by("at", "pk").values_list("digest", flat=True))

    @property
    def stock(self) -> list[dict[str, Any]]:
        """The committed rows (core.exam.plan.Stock as data)."""
        return json.loads(self.stock_text) if self.stock_text else []

    @stock.setter
    def stock(self, rows: list[dict[str, Any]]) -> None:
        self.stock_text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))

    @property
    def people(self) -> list[str]:
        """Whose paper each is, in the order of the papers; empty when they are not made for anybody."""
        return json.loads(self.people_text) if self.people_text else []

    @people.setter
    def people(self, keys: list[str]) -> None:
        self.people_text = json.dumps(keys, separators=(",", ":")) if keys else ""


class Pledge(models.Model):
    """One official's share of a seed: its digest is public at once, the share itself when both are in."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="pledges")
    actor = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    share_text = SealedField(default="")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["draw", "actor"], name="one_pledge_a_person"),)


class Paper(Kept):
    """A theory paper: which version of which items. Sealed until two persons open it at its time."""

    STATES: ClassVar = [
        ("sealed", _("已密封")),
        ("released", _("已核准启封")),
        ("opened", _("已启封")),
        ("destroyed", _("已销毁")),
    ]
    readers = frozenset({Role.CENTRE, Role.KEEPER, Role.SYSTEM})

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="papers")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, null=True, related_name="papers")
    batch = models.BigIntegerField(null=True, db_index=True)
    level = models.CharField(_("级别"), max_length=1)
    form = models.CharField(_("卷别"), max_length=12, default="A")
    # the candidate it was made for, as AnswerSheet.person; empty when it is nobody's own
    person = models.CharField(max_length=64, blank=True)
    blueprint = models.JSONField(default=dict)
    # [[code, revision, digest]…] in the paper's order
    items_text = SealedField(default="")
    digest = models.CharField(_("试卷摘要"), max_length=64)
    opens_at = models.DateTimeField(_("最早启封时间"), null=True)

    def __str__(self) -> str:
        return f"{self.bank.name} {self.form} {self.digest[:8]}"

    @property
    def items(self) -> list[tuple[str, int, str]]:
        """Code, revision and digest of each item, in the paper's order."""
        return [(code, number, digest) for code, number, digest in json.loads(self.items_text or "[]")]

    @items.setter
    def items(self, rows: list[tuple[str, int, str]]) -> None:
        self.items_text = json.dumps([list(row) for row in rows], separators=(",", ":"))

    @property
    def codes(self) -> list[str]:
        """The items' codes, in the paper's order."""
        return [code for code, _number, _digest in self.items]
