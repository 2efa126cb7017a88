"""Panels, practical examinations and the score sheets that no other evaluator sees."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.scoping import Scoped


class Panel(Scoped):
    """The evaluators of one practical room (考评小组): at least three, an odd number, one of them leader."""

    STATES: ClassVar = [("appointed", _("已组建")), ("finished", _("评分完成"))]
    readers = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.SYSTEM})

    batch = models.ForeignKey("batches.Batch", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("institutions.Room", on_delete=models.PROTECT, related_name="+")
    evaluators = models.ManyToManyField("offices.Account", related_name="+")
    leader = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.batch.title} {self.room.name}"


class Practical(Scoped):
    """One candidate's practical examination and what the sheets came to."""

    STATES: ClassVar = [
        ("open", _("评分中")),
        ("disputed", _("分差超限待裁定")),
        ("settled", _("成绩已定")),
        ("absent", _("缺考")),
    ]
    readers = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.SYSTEM})

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="practicals")
    application = models.OneToOneField("batches.Application", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("考核编号"), max_length=20)
    level = models.CharField(_("级别"), max_length=1)
    mark = models.DecimalField(_("成绩"), max_digits=5, decimal_places=1, null=True)
    vetoed = models.BooleanField(_("否定项"), default=False)
    spread = models.TextField(_("分差情况"), blank=True)

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
