"""What plans and draws of papers ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Draw, Plan


class PlanText(StepForm):
    """Name and content of a plan of composition."""

    name = forms.CharField(label=_("名称"), max_length=80)
    content = forms.JSONField(
        label=_("组卷计划"), widget=forms.Textarea({"rows": 14}),
        help_text=_("题型、题数、分值、难度、重要程度、时间等，格式见“组卷计划文件”说明"),
    )  # fmt: skip

    def prepare(self) -> None:
        if self.thing.pk:
            self.fields["name"].initial, self.fields["content"].initial = self.thing.name, self.thing.content

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        bank = self.thing.bank if self.thing.bank_id else self.thing.under
        for problem in queries.plan_problems(bank, found["content"]):
            self.add_error("content", spoken(problem))
        return found


class DrawOrder(StepForm):
    """What papers are drawn for, under which plan, how and how many; whose earlier papers are kept out (hashes)."""

    plan: forms.ModelChoiceField[Any] = forms.ModelChoiceField(label=_("组卷计划"), queryset=None)
    title = forms.CharField(label=_("用途"), max_length=160)
    mode = forms.ChoiceField(label=_("组卷方式"), choices=Draw.MODES)
    count = forms.IntegerField(label=_("套数"), min_value=1, max_value=20_000, initial=1)
    batch = forms.IntegerField(required=False, widget=forms.HiddenInput)
    persons = forms.JSONField(required=False, widget=forms.HiddenInput)

    private = frozenset({"persons"})

    def prepare(self) -> None:
        bank = self.thing.under if getattr(self.thing, "under", None) is not None else self.thing.bank
        self.fields["plan"].queryset = Plan.everywhere.filter(bank=bank, state="enacted")  # type: ignore[attr-defined]


class Share(StepForm):
    """An official's share of the seed: the machine's chance, mixed with whatever he adds."""

    words = forms.CharField(
        label=_("加入自己的随机内容（可不填）"), required=False, max_length=80,
        help_text=_("例如掷骰子或随手敲出的数字。系统会再混入随机数；两人投入前，谁也不知道会抽到哪些题"),
    )  # fmt: skip

    private = frozenset({"words"})


class SealedForm(StepForm):
    """One composed form of a draw: each item as ``[code, version, digest]``."""

    draw = forms.IntegerField()
    number = forms.IntegerField(min_value=0)
    items = forms.JSONField()

    private = frozenset({"items"})
