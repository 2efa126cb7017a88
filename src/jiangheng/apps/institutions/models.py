"""Institutions, where they examine, and what they have filed to evaluate."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.models import Attachment
from jiangheng.kernel.scoping import Scoped

KINDS = [("EMPLOYER", _("用人单位")), ("COLLEGE", _("院校")), ("SOCIAL_ORG", _("社会培训评价组织"))]
LETTERS = {"EMPLOYER": "Y", "COLLEGE": "J", "SOCIAL_ORG": "S"}


class Institution(Scoped):
    """An evaluation institution (评价机构)."""

    STATES: ClassVar = [("active", _("在册")), ("closed", _("注销"))]
    public_states = frozenset({"active"})
    segment = "{thing.number:04d}/"

    number = models.PositiveIntegerField()
    name = models.CharField(_("机构名称"), max_length=120)
    kind = models.CharField(_("机构类别"), max_length=16)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    org_code = models.CharField(_("评价机构代码"), max_length=4, default="0000")
    site_serial = models.CharField(_("站点序列码"), max_length=6, unique=True)
    address = models.CharField(_("地址"), max_length=160)
    contact = models.CharField(_("联系人"), max_length=60)
    telephone = models.CharField(_("公开电话"), max_length=30)

    def __str__(self) -> str:
        return self.name

    @property
    def letter(self) -> str:
        """The class letter of its certificate numbers."""
        return LETTERS[self.kind]

    @property
    def kind_label(self) -> str:
        return str(dict(KINDS)[self.kind])


class Site(Scoped):
    """A place (考点) where an institution examines."""

    STATES: ClassVar = [("open", _("启用")), ("closed", _("停用"))]
    segment = "p{pk:04d}/"

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(_("考点名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=160)

    def __str__(self) -> str:
        return self.name


class Room(Scoped):
    """A room of a site: computer seats for theory, stations for practice."""

    STATES: ClassVar = [("open", _("启用")), ("closed", _("停用"))]
    KINDS: ClassVar = [("theory", _("理论机房")), ("practical", _("实操场地"))]

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("考场名称"), max_length=60)
    kind = models.CharField(_("用途"), max_length=12)
    rows = models.PositiveSmallIntegerField(_("排数"))
    columns = models.PositiveSmallIntegerField(_("列数"))
    check_until = models.DateTimeField(_("机位检测链接有效至"), null=True)

    def __str__(self) -> str:
        return f"{self.site.name} {self.name}"

    @property
    def capacity(self) -> int:
        """Seats or stations."""
        return self.rows * self.columns

    @property
    def red_seats(self) -> list[int]:
        """The numbers of the machines whose latest check was bad; nobody is seated there."""
        return sorted(SeatCheck.objects.filter(room=self, sound=False).values_list("number", flat=True))


class SeatCheck(models.Model):
    """The latest check of a machine of a theory room. ``findings``: what was measured, and what is wrong."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="seat_checks")
    number = models.PositiveSmallIntegerField(_("机位号"))
    checked_at = models.DateTimeField(_("检测时间"))
    sound = models.BooleanField(_("合格"))
    findings = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "number"], name="one_check_per_machine"),)

    def __str__(self) -> str:
        return f"{self.room} {self.number:02d}"


class Specification(Scoped):
    """An enterprise's own eight-step 评价规范, from draft to its recording as a standard (K4).

    ``text`` is the standard's readable text; what earlier rounds reviewed lies in the trail and with the committees.
    """

    STATES: ClassVar = [
        ("draft", _("起草中")),
        ("submitted", _("待组织评审")),
        ("in_review", _("专家评审中")),
        ("returned", _("修改后再报")),
        ("adopted", _("评审通过待备案")),
        ("recorded", _("已备案")),
    ]
    segment = "x{pk:05d}/"

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="specifications")
    title = models.CharField(_("规范名称"), max_length=120)
    occupation = models.CharField(_("职业编码"), max_length=12)
    occupation_name = models.CharField(_("职业名称"), max_length=60)
    edition = models.CharField(_("版本"), max_length=20)
    levels = models.JSONField(_("级别"), default=list)
    text = models.TextField(_("规范文本"))
    round = models.PositiveSmallIntegerField(_("评审轮次"), default=0)
    number = models.CharField(_("备案编号"), max_length=40, blank=True)
    standard = models.ForeignKey("standards.Standard", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.title


class Filing(Scoped):
    """What an institution has filed to evaluate (备案): one occupation, some levels, one site."""

    STATES: ClassVar = [
        ("draft", _("草稿")),
        ("submitted", _("待受理")),
        ("returned", _("已退回")),
        ("filed", _("已备案")),
        ("terminated", _("已终止")),
    ]
    public_states = frozenset({"filed", "terminated"})

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="filings")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="filings")
    standard = models.ForeignKey("standards.Standard", on_delete=models.PROTECT, related_name="+")
    occupation = models.CharField(_("职业编码"), max_length=12)
    occupation_name = models.CharField(_("职业名称"), max_length=60)
    levels = models.JSONField(_("级别"), default=list)
    statement = models.TextField(_("评价能力说明"))
    document = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.CharField(_("备案编号"), max_length=40, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True)
    valid_until = models.DateField(_("有效期至"), null=True)

    def __str__(self) -> str:
        return f"{self.institution.name} {self.occupation_name}"
