"""Committees of experts and the ballots that no other member sees before the conclusion."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.scoping import Scoped

KINDS = [
    ("specification", _("评价规范评审")),
    ("direct", _("直接认定评审")),
    ("exceptional", _("破格晋升评审")),
    ("appointment", _("评聘评审")),
    ("review", _("综合评审")),
]
OFFICERS = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER})
"""Who reads the votes by name, once all are cast."""


class Committee(Scoped):
    """The experts who decide one thing of an upper room (专家评审组): at least three, an odd number, one of them chair.

    ``about_flow`` and ``about`` name that thing. The committee lies in a place of its own below it, the members' places
    lie below the committee's. What the rules said on the day of convening stays: ``majority`` is kept with it.
    """

    STATES: ClassVar = [
        ("convened", _("评审中")),
        ("concluded", _("评审结束待写纪要")),
        ("minuted", _("评审完成")),
        ("dissolved", _("已解散")),
    ]
    readers = OFFICERS | {Role.EXAM_OFFICER, Role.CHAIR, Role.SYSTEM}

    about_flow = models.CharField(max_length=32)
    about = models.BigIntegerField()
    kind = models.CharField(_("评审类别"), max_length=16)
    subject = models.CharField(_("评审事项"), max_length=160)
    members = models.ManyToManyField("offices.Account", related_name="+")
    chair = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+")
    apart = models.JSONField(_("回避人员"), default=list)
    matters = models.JSONField(_("表决事项"), default=list)
    paragraphs = models.JSONField(_("文本段落"), default=list)
    majority = models.PositiveSmallIntegerField(_("通过比例（%）"))
    outcome = models.JSONField(_("表决结果"), default=dict)
    minutes = models.TextField(_("评审纪要"), blank=True)

    class Meta(Scoped.Meta):
        indexes = [models.Index(fields=["about_flow", "about"])]

    def __str__(self) -> str:
        return self.subject

    @property
    def decided(self) -> bool:
        """Have all voted? From then on the result stands and may be read."""
        return self.state in ("concluded", "minuted")

    @property
    def kind_label(self) -> str:
        return str(dict(KINDS)[self.kind])


class Ballot(Scoped):
    """One member's vote on every matter (评审票): in the member's own place, so nobody else's reach has it."""

    STATES: ClassVar = [("open", _("待投票")), ("cast", _("已投票签字")), ("void", _("已作废"))]
    readers = frozenset({Role.PANELIST, Role.SYSTEM})

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="ballots")
    member = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+")
    votes = models.JSONField(_("表决意见"), default=dict)
    comments = models.JSONField(_("分段意见"), default=list)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["committee", "member"], name="one_ballot_per_member")]

    def __str__(self) -> str:
        return self.committee.subject

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every matter with what this member said to it, in the committee's order."""
        return [{"matter": matter, **self.votes.get(matter["key"], {})} for matter in self.committee.matters]
