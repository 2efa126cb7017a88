"""Panels, practical examinations, comprehensive reviews, and the score sheets that no other evaluator sees."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.scoping import Scoped

PARTS = [("practical", _("操作技能考核")), ("review", _("综合评审"))]
"""What is marked by a panel on score sheets; the review only at levels two and one (clause K1)."""


class Panel(Scoped):
    """The evaluators of one practical room, or of a review (考评小组): three or more, an odd number, one leads."""

    STATES: ClassVar = [("appointed", _("已组建")), ("finished", _("评分完成"))]
    readers = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.SYSTEM})

    batch = models.ForeignKey("batches.Batch", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(_("考核科目"), max_length=9, choices=PARTS, default="practical")
    room = models.ForeignKey("institutions.Room", on_delete=models.PROTECT, related_name="+")
    evaluators = models.ManyToManyField("offices.Account", related_name="+")
    leader = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.batch.title} {self.room.name}"


class Practical(Scoped):
    """One candidate's practical examination or comprehensive review, and what the sheets came to."""

    STATES: ClassVar = [
        ("open", _("评分中")),
        ("disputed", _("分差超限待裁定")),
        ("settled", _("成绩已定")),
        ("absent", _("缺考")),
    ]
    readers = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.SYSTEM})

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="practicals")
    application = models.ForeignKey("batches.Application", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(_("考核科目"), max_length=9, choices=PARTS, default="practical")
    code = models.CharField(_("考核编号"), max_length=20)
    level = models.CharField(_("级别"), max_length=1)
    mark = models.DecimalField(_("成绩"), max_digits=5, decimal_places=1, null=True)
    vetoed = models.BooleanField(_("否定项"), default=False)
    spread = models.TextField(_("分差情况"), blank=True)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["application", "part"], name="one_marking_per_part")]

    def __str__(self) -> str:
        return self.code


class Sheet(Scoped):
    """One evaluator's score sheet for one candidate: in the evaluator's own scope, so nobody else's reach has it.

    The candidate appears by his code only; the application is reached through the practical by those who may.
    """

    STATES: ClassVar = [("open", _("待评分")), ("marked", _("已评分未签字")), ("locked", _("已签字锁定"))]
    readers = frozenset({Role.PANELIST, Role.SYSTEM})

    practical = models.ForeignKey(Practical, on_delete=models.PROTECT, related_name="sheets")
    evaluator = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(_("评分"), default=dict)
    remark = models.TextField(_("备注"), blank=True)
    total = models.DecimalField(_("合计"), max_digits=5, decimal_places=1, null=True)
    vetoed = models.BooleanField(_("否定项"), default=False)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["practical", "evaluator"], name="one_sheet_per_evaluator")]

    def __str__(self) -> str:
        return self.practical.code
