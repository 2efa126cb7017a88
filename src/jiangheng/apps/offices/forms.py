"""What the steps on accounts and grants ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role, within
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import StepForm

from .models import Account
from .queries import ROLE_LABELS

# an institution's administrator appoints these; the bureaus' administrators appoint all
INSTITUTION_ROLES = (
    Role.ADMIN, Role.MANAGER, Role.REGISTRAR, Role.CHECKER, Role.APPROVER, Role.EXAM_OFFICER, Role.INVIGILATOR,
    Role.EVALUATOR, Role.EXPERT, Role.ISSUER, Role.WRITER, Role.ITEM_REVIEWER, Role.KEEPER,
)  # fmt: skip
BUREAU_ROLES = (Role.CITY, Role.CENTRE, Role.COUNTY, Role.WRITER, Role.ITEM_REVIEWER)


class NewRegion(StepForm):
    """A division and where it lies."""

    code = forms.RegexField(label=_("区划代码"), regex=r"^\d{6}$")
    name = forms.CharField(label=_("名称"), max_length=40)


class Password(forms.CharField):
    """A new password, never shown, never recorded."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": "new-password", "data-private": ""}))
        least = parameter("password.min_length")
        kwargs.setdefault("help_text", format_lazy(_("至少 {n} 位，不要用常见密码"), n=least))
        super().__init__(strip=False, max_length=128, **kwargs)


class NewAccount(StepForm):
    """Who the account is for and its first password."""

    private = frozenset({"password", "phone"})

    username = forms.RegexField(
        label=_("账号"), regex=r"^[a-z][a-z0-9._-]{2,39}$", help_text=_("小写字母开头，3–40 位；不要用身份证号")
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    unit = forms.CharField(label=_("单位"), max_length=120)
    phone = forms.RegexField(label=_("手机号码"), regex=r"^1\d{10}$", required=False)
    password = Password(label=_("初始密码"))

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if Account.everywhere.filter(username=username).exists():
            raise forms.ValidationError(_("账号已被使用，请换一个"))
        return username

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


class Registration(NewAccount):
    """A worker opens an account for himself."""

    unit = forms.CharField(label=_("工作单位或学校"), max_length=120, required=False)


class NewPassword(StepForm):
    """A new password, typed twice."""

    private = frozenset({"password", "again"})

    password = Password(label=_("新密码"))
    again = Password(label=_("再输入一次"), help_text="")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("password") != found.get("again"):
            self.add_error("again", _("两次输入不一致"))
        elif found.get("password"):
            try:
                password_validation.validate_password(found["password"], self.thing)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return found


class Appointment(StepForm):
    """A role, and the place where it holds."""

    role = forms.ChoiceField(label=_("角色"))
    place = forms.RegexField(label=_("管辖范围"), regex=r"^(\w+/)+$", help_text=_("范围路径，如 45/03/05/"))
    until = forms.DateField(label=_("任期止"), required=False, widget=forms.DateInput({"type": "date"}))

    def prepare(self) -> None:
        roles = self._roles()
        self.fields["role"].choices = [(role.value, ROLE_LABELS[role]) for role in roles]  # type: ignore[attr-defined]
        self.fields["place"].initial = self._home()

    def _home(self) -> str:
        account = self.thing.under
        return str(account.scope.rsplit("/", 2)[0] + "/") if account is not None else ""

    def _roles(self) -> tuple[Role, ...]:
        if Role.SYSTEM in self.actor.roles():
            return tuple(Role)
        widest = min((len(scope.split("/")) for scope in self.actor.scopes([Role.ADMIN])), default=9)
        # a path of at most three closed segments is a city or county: its administrator appoints bureau staff too
        return (*BUREAU_ROLES, *INSTITUTION_ROLES) if widest <= 4 else INSTITUTION_ROLES

    def clean_place(self) -> str:
        place: str = self.cleaned_data["place"]
        if not any(within(place, scope) for scope in self.actor.scopes([Role.ADMIN, Role.SYSTEM])):
            raise forms.ValidationError(_("不能授予您管辖范围以外的权限；请改为本机构或本辖区的范围"))
        return place
