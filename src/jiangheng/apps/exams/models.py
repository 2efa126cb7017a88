"""Sessions and sittings of the theory examination. Answers are not here: they lie in the hall's journal."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.scoping import Scoped


class Session(Scoped):
    """One room at one time."""

    STATES: ClassVar = [
        ("planned", _("待启封")),
        ("released", _("待开考")),
        ("open", _("开考中")),
        ("closed", _("已结束")),
    ]
    segment = "s{pk:05d}/"
    readers = frozenset(
        {Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.INVIGILATOR, Role.SYSTEM}
    )

    batch = models.ForeignKey("batches.Batch", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("institutions.Room", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"))
    invigilators = models.ManyToManyField("offices.Account", related_name="+")

    def __str__(self) -> str:
        return f"{self.batch.title} {self.room.name}"

    @property
    def paper_digests(self) -> list[str]:
        """The digests of the papers its sittings are on: what the trail keeps of a print."""
        return sorted(set(self.sittings.values_list("paper__digest", flat=True)))


class Sitting(Scoped):
    """One candidate's sitting of one paper. ``face`` is the digest under which the hall knows the paper."""

    STATES: ClassVar = [
        ("ready", _("未入场")),
        ("admitted", _("考试中")),
        ("submitted", _("已交卷")),
        ("absent", _("缺考")),
    ]
    readers = frozenset(
        {
            Role.CITY,
            Role.CENTRE,
            Role.COUNTY,
            Role.MANAGER,
            Role.EXAM_OFFICER,
            Role.INVIGILATOR,
            Role.CANDIDATE,
            Role.SYSTEM,
        }
    )

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="sittings")
    application = models.OneToOneField("batches.Application", on_delete=models.PROTECT, related_name="+")
    paper = models.ForeignKey("itembank.Paper", on_delete=models.PROTECT, related_name="+")
    face = models.CharField(_("试卷面摘要"), max_length=64)
    seed = models.CharField(max_length=64)
    admitted_at = models.DateTimeField(_("入场时间"), null=True)
    submitted_at = models.DateTimeField(_("交卷时间"), null=True)
    answered = models.PositiveSmallIntegerField(_("已答题数"), null=True)
    mark = models.DecimalField(_("得分"), max_digits=5, decimal_places=1, null=True)
    answers_digest = models.CharField(_("答题链摘要"), max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.session} {self.application.ticket}"
