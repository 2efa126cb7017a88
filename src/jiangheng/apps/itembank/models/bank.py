"""A bank, its key, and who is kept out of it.

An own bank is closed to everyone outside its enterprise (K7): also to those whose grant lies above the enterprise and
would reach it by its place. Only a grant on the enterprise itself, or below, opens it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role, span
from jiangheng.kernel.scoping import Scoped, ScopedQuerySet
from jiangheng.kernel.vault import SealedField, seal_with, unseal_with

KEEPERS = frozenset({Role.WRITER, Role.ITEM_REVIEWER, Role.CENTRE, Role.KEEPER, Role.SYSTEM})
INSTITUTION_DEPTH = 4
"""Segments of an institution's scope: region, city, county, institution."""


class Kept(Scoped):
    """Something that lies in a bank. ``owner`` is the scope of the enterprise whose own bank it is; empty: unified."""

    closed = True

    owner = models.CharField(max_length=96, default="", editable=False, db_index=True)

    class Meta(Scoped.Meta):
        abstract = True

    @classmethod
    def reach(cls, actor: Actor, roles: Iterable[Role] | None = None) -> ScopedQuerySet:
        """What the actor reaches: of own banks only those of an enterprise that he himself belongs to."""
        asked = None if roles is None else frozenset(roles)
        readers = cls.readers if asked is None or cls.readers is None else cls.readers & asked
        return super().reach(actor, asked).filter(_open_to(actor, asked if cls.readers is None else readers))


def _open_to(actor: Actor, readers: frozenset[Role] | None) -> models.Q:
    if any(grant.role == Role.SYSTEM for grant in actor.grants):
        return models.Q()
    opened = models.Q(owner="")
    # grant by grant: who writes for the centre too still belongs to his enterprise; who only sits its examination no
    for grant in actor.grants:
        if grant.scope.count("/") >= INSTITUTION_DEPTH and (readers is None or grant.role in readers):
            low, high = span("/".join(grant.scope.split("/")[:INSTITUTION_DEPTH]) + "/")
            opened |= models.Q(owner__gte=low, owner__lt=high)
    return opened


class Bank(Kept):
    """A question bank (题库) of one occupation, direction, level and subject with its element table (要素细目表)."""

    STATES: ClassVar = [("open", _("在用")), ("closed", _("停用"))]
    KINDS: ClassVar = [("unified", _("全区统一题库")), ("own", _("企业自建题库"))]
    SUBJECTS: ClassVar = [("theory", _("理论知识")), ("practice", _("操作技能"))]
    segment = "k{pk:04d}/"
    readers = KEEPERS

    kind = models.CharField(_("题库类别"), max_length=12, default="unified")
    institution = models.ForeignKey(
        "institutions.Institution", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("机构")
    )
    occupation = models.CharField(_("职业编码"), max_length=12)
    direction = models.CharField(_("职业方向"), max_length=60, blank=True)
    level = models.CharField(_("级别"), max_length=1)
    subject = models.CharField(_("科目"), max_length=12, default="theory")
    name = models.CharField(_("题库名称"), max_length=80)
    ranges = models.JSONField(_("鉴定范围"), default=list)
    points = models.JSONField(_("鉴定点"), default=list)
    # the key of everything in the bank, itself sealed under the installation's key
    key_text = SealedField(default="")

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> bytes:
        """The 32 bytes under which the bank's contents are encrypted."""
        return bytes.fromhex(self.key_text)

    @functools.cached_property
    def points_by_code(self) -> dict[str, dict[str, str]]:
        """The element table's points by their codes."""
        return {row["code"]: row for row in self.points}

    def seal(self, data: bytes, *, place: str) -> bytes:
        """Encrypt something for one place of this bank."""
        return seal_with(self.key, data, place=place)

    def unseal(self, sealed: bytes, *, place: str) -> bytes:
        """Open it again; refuses what was altered or moved from another place."""
        return unseal_with(self.key, sealed, place=place)
