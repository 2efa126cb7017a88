"""Catalogues of occupations, standards of three kinds, approved programmes: one row a version, immutable in force."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.display import aside
from jiangheng.kernel.scoping import Scoped


class Catalogue(Scoped):
    """One edition of the catalogue of occupations (职业目录), whole: plain rows of core's Occupation."""

    STATES: ClassVar = [
        ("draft", _("待启用")), ("in_force", _("现行")), ("superseded", _("被替代")), ("discarded", _("已放弃")),
    ]  # fmt: skip
    public_states = frozenset({"in_force", "superseded"})

    edition = models.CharField(_("版本"), max_length=60)
    source = models.CharField(_("依据"), max_length=200)
    entries = models.JSONField(_("职业"), default=list)
    valid_from = models.DateField(_("启用日期"), null=True)
    valid_to = models.DateField(_("停用日期"), null=True)

    def __str__(self) -> str:
        return self.edition

    @property
    def count(self) -> int:
        return len(self.entries)


class Standard(Scoped):
    """One version of a standard, kept as its readable text: 职业标准, 评价规范 or 专项职业能力考核规范.

    ``owner`` is the scope of the enterprise whose 评价规范 it is, empty for what the city enacts. A version applies
    from ``valid_from`` to ``valid_to`` (open when empty), the state apart.
    """

    STATES: ClassVar = [("draft", _("草案")), ("enacted", _("现行")), ("superseded", _("停止使用"))]
    public_states = frozenset({"enacted", "superseded"})

    kind = models.CharField(_("类别"), max_length=12, default="national")
    occupation = models.CharField(_("职业编码"), max_length=12)
    name = models.CharField(_("职业名称"), max_length=60)
    title = models.CharField(_("标准名称"), max_length=120)
    edition = models.CharField(_("版本"), max_length=20)
    directions = models.JSONField(_("工种/职业方向"), default=list)
    levels = models.JSONField(_("级别"), default=list)
    owner = models.CharField(max_length=96, blank=True)
    number = models.CharField(_("备案编号"), max_length=40, blank=True)
    text = models.TextField(_("标准文本"))
    valid_from = models.DateField(_("实施日期"), null=True)
    valid_to = models.DateField(_("停用日期"), null=True)

    def __str__(self) -> str:
        return aside(f"{self.occupation} {self.name}", told=self.edition)


class Programme(Scoped):
    """A class or major that the region has approved (R5, R6): a 预备技师班, or an evaluated 高职 major."""

    STATES: ClassVar = [("listed", _("在列")), ("withdrawn", _("已移出"))]
    public_states = frozenset({"listed", "withdrawn"})

    list_name = models.CharField(_("名单"), max_length=30)
    school = models.CharField(_("院校"), max_length=120)
    major = models.CharField(_("专业/班级"), max_length=80)
    code = models.CharField(_("编号"), max_length=30)
    occupations = models.JSONField(_("对应职业"), default=list)
    document = models.CharField(_("批准文号"), max_length=80)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True)

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["list_name", "code"], condition=models.Q(state="listed"), name="one_programme_per_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.major}"
