"""Certificates: what was issued, to whom, by whom; the snapshot that the certificate's face shows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.core.law import levels
from jiangheng.kernel.display import mode_label
from jiangheng.kernel.models import Attachment
from jiangheng.kernel.scoping import Scoped
from jiangheng.kernel.vault import SealedField

READERS = frozenset(
    {Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.ISSUER, Role.CANDIDATE, Role.SYSTEM}
)


class Issuance(Scoped):
    """The act of issuing certificates for all recorded results of a batch or of another round, all or none."""

    STATES: ClassVar = [("done", _("已制证"))]
    readers = READERS

    batch = models.ForeignKey("batches.Batch", on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("批次或评审"), max_length=160)
    count = models.PositiveIntegerField(_("证书数"), default=0)

    def __str__(self) -> str:
        return f"{self.title} 制证"


class Certificate(Scoped):
    """One certificate (职业技能等级证书)."""

    STATES: ClassVar = [("issued", _("已签发")), ("delivered", _("已送达")), ("void", _("已注销"))]
    readers = READERS

    result = models.OneToOneField("batches.Result", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("证书编号"), max_length=22, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    identity = SealedField(default="")
    identity_index = models.CharField(max_length=64, db_index=True)
    occupation = models.CharField(_("职业编码"), max_length=12)
    occupation_name = models.CharField(_("职业名称"), max_length=60)
    direction = models.CharField(_("工种/职业方向"), max_length=60, blank=True)
    level = models.CharField(_("职业技能等级"), max_length=1)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    institution_name = models.CharField(_("评价机构"), max_length=120)
    issued_on = models.DateField(_("发证日期"))
    mode = models.CharField(_("认定方式"), max_length=16)
    clause = models.CharField(_("依据条款"), max_length=8)
    theory_mark = models.DecimalField(_("理论成绩"), max_digits=5, decimal_places=1, null=True)
    practical_mark = models.DecimalField(_("实操成绩"), max_digits=5, decimal_places=1, null=True)
    review_mark = models.DecimalField(_("综合评审成绩"), max_digits=5, decimal_places=1, null=True)
    photo = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.TextField(_("注销原因"), blank=True)

    def __str__(self) -> str:
        return self.number

    @property
    def application(self) -> Any:
        """The application the result came from, or ``None`` when it came by another way."""
        return self.result.application

    @property
    def mode_label(self) -> str:
        return mode_label(self.mode)

    @property
    def face(self) -> str:
        return levels.level(self.level).face
