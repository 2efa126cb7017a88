"""Standard setting (合格线研究): a panel judges items or candidates, the cut and its interval follow (P2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.insight.cutscore import METHODS
from jiangheng.kernel.scoping import ScopedQuerySet
from jiangheng.kernel.spoken import spoken_lazy

from .bank import Bank, Kept
from .paper import Paper

BY_ITEMS = frozenset({"angoff", "angoff_yes_no", "ebel"})
"""The methods whose judges rate items; the others' judges grade candidates."""
RELEVANCE: dict[str, Any] = {
    "essential": _("必备"),
    "important": _("重要"),
    "acceptable": _("可用"),
    "questionable": _("存疑"),
}
DIFFICULTY: dict[str, Any] = {"easy": _("容易"), "medium": _("中等"), "hard": _("较难")}
GRADES: dict[int, Any] = {0: _("不合格"), 1: _("边界"), 2: _("合格")}
BORDERLINE = 1
"""The grade between failing and passing."""


def _own(actor: Actor) -> int:
    """The account an actor acts with; 0 for who has none."""
    kind, _colon, pk = actor.id.partition(":")
    return int(pk) if kind == "account" else 0


class Study(Kept):
    """One setting of a cut score on one paper by one method. An expert reaches the studies he is named in, no other."""

    STATES: ClassVar = [("open", _("评判中")), ("closed", _("已得出合格线")), ("dropped", _("已中止"))]
    METHODS: ClassVar = [(code, spoken_lazy(name)) for code, name in METHODS.items()]
    readers = frozenset({Role.CENTRE, Role.CITY, Role.KEEPER, Role.EXPERT, Role.SYSTEM})

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="studies")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="studies")
    method = models.CharField(_("方法"), max_length=24)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    judges = models.ManyToManyField("offices.Account", related_name="+")
    # the collected answers that are graded, in the order of the candidates' numbers; empty for a method by items
    sheets = models.JSONField(default=list)
    cut = models.FloatField(_("合格线"), null=True)
    result = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.paper} {self.method}"

    @classmethod
    def reach(cls, actor: Actor, roles: Iterable[Role] | None = None) -> ScopedQuerySet:
        """What the actor reaches; as an expert only where he is a judge."""
        named = Opinion.everywhere.filter(judge=_own(actor)).values("study")
        return _but_experts_only(super().reach, actor, roles, models.Q(pk__in=named))

    @property
    def by_items(self) -> bool:
        """Are items judged, and not candidates?"""
        return self.method in BY_ITEMS

    @property
    def result_digest(self) -> str:
        """SHA-256 of the record, for the trail."""
        return _digest(self.result)


class Opinion(Kept):
    """One judge's ratings in one round; his own until the round is over."""

    STATES: ClassVar = [("open", _("待评判")), ("given", _("已提交")), ("void", _("已作废"))]
    readers = frozenset({Role.CENTRE, Role.KEEPER, Role.EXPERT, Role.SYSTEM})

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="opinions")
    judge = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    # {"judged": {item code or candidate number: rating}, "grid": {"essential/easy": percent}}; a rating is a percent
    # (Angoff; yes and no: 100 and 0), [relevance, difficulty] (Ebel) or a grade 0-2 (candidates)
    ratings = models.JSONField(default=dict)

    class Meta(Kept.Meta):
        constraints = (models.UniqueConstraint(fields=["study", "judge", "round"], name="one_opinion_a_round"),)

    def __str__(self) -> str:
        return f"{self.study} {self.judge_id}"

    @classmethod
    def reach(cls, actor: Actor, roles: Iterable[Role] | None = None) -> ScopedQuerySet:
        """What the actor reaches; as an expert his own opinions."""
        return _but_experts_only(super().reach, actor, roles, models.Q(judge=_own(actor)))

    @property
    def digest(self) -> str:
        """SHA-256 of the ratings, for the trail: the trail is read before the round is over."""
        return _digest(self.ratings)


def _but_experts_only(reach: Any, actor: Actor, roles: Iterable[Role] | None, own: models.Q) -> ScopedQuerySet:
    asked = frozenset(Role) if roles is None else frozenset(roles)
    officers: ScopedQuerySet = reach(actor, asked - {Role.EXPERT})
    if Role.EXPERT not in asked:
        return officers
    named: ScopedQuerySet = reach(actor, [Role.EXPERT]).filter(own)
    return officers | named


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
