"""Divisions, accounts and grants."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.display import aside
from jiangheng.kernel.scoping import Scoped, ScopedQuerySet
from jiangheng.kernel.vault import SealedField


class Region(Scoped):
    """A division (GB/T 2260): the city and its 17 counties. Its scope is its place in the tree."""

    STATES: ClassVar = [("active", _("现行"))]
    public_states = frozenset({"active"})

    code = models.CharField(_("区划代码"), max_length=6, unique=True)
    name = models.CharField(_("名称"), max_length=40)

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Finds accounts by log-in name for Django's authentication."""


class Account(Scoped, AbstractBaseUser):
    """A person who logs in: officers, staff of institutions, candidates who apply by themselves."""

    STATES: ClassVar = [("open", _("启用")), ("locked", _("停用"))]
    USERNAME_FIELD = "username"
    segment: ClassVar[str] = "u{pk:06d}/"
    # Django would write the last log-in around the steps; sessions know it
    last_login = None  # type: ignore[assignment]

    username = models.CharField(_("账号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    unit = models.CharField(_("单位"), max_length=120)
    phone = SealedField(default="")

    everywhere = AccountManager()  # type: ignore[misc]

    def __str__(self) -> str:
        return aside(self.name, told=self.unit)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """May this account log in?"""
        return self.state == "open"


class Grant(Scoped):
    """That an account has a role on everything at or below ``scope``, from a day until a day."""

    STATES: ClassVar = [("active", _("在任")), ("withdrawn", _("已撤"))]

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="held")
    role = models.CharField(_("角色"), max_length=24)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True)

    def __str__(self) -> str:
        return f"{self.account.name} · {self.role}"
