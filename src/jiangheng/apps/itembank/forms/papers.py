"""What plans and draws of papers ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam.items import KINDS
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Draw, Plan
from .editors import PlanEditor


class PlanText(StepForm):
    """Name and content of a plan of composition."""

    name = forms.CharField(label=_("名称"), max_length=80)
    content = forms.JSONField(
        label=_("组卷计划"), widget=PlanEditor,
        help_text=_("题型、题数、分值、难度、重要程度、时间等；文本格式见“组卷计划文件”说明"),
    )  # fmt: skip

    def prepare(self) -> None:
        if self.thing.pk:
            self.fields["name"].initial, self.fields["content"].initial = self.thing.name, self.thing.content
        bank = self.thing.bank if self.thing.bank_id else self.thing.under
        self.fields["content"].widget.given = {
            "kinds": [[kind.code, spoken(kind.name)] for kind in KINDS.values()],
            "modes": [[code, str(label)] for code, label in Draw.MODES],
            "ranges": [{**row, "weight": str(row["weight"])} for row in bank.ranges],
            "holdings": queries.holdings(bank),
            "exposureCap": parameter("bank.exposure_cap"),
            "passMark": parameter("pass.mark"),
        }

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        bank = self.thing.bank if self.thing.bank_id else self.thing.under
        problems = queries.plan_problems(bank, found["content"])
        self.fields["content"].widget.faults = [{"what": spoken(each), "said": each} for each in problems]
        for problem in problems:
            self.add_error("content", spoken(problem))
        return found


class DrawOrder(StepForm):
    """What papers are drawn for, under which plan, how and how many; whose earlier papers are kept out (hashes).

    Where everybody gets his own paper (each) the hashes come in the order of the papers.
    """

    about = _(
        "发起后，题库现有试题和所选组卷计划的摘要立即写入操作记录，这就是“承诺”：此后题库和计划再怎么改，"
        "都不影响这次抽题。接着由两名有权人员各投入一份随机数，系统据此抽题，谁也不能预先挑选试题。"
    )

    plan: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("组卷计划"), queryset=None, empty_label=_("请选择组卷计划")
    )
    title = forms.CharField(label=_("用途"), max_length=160, help_text=_("给哪次考试用，例如“电工五级 2026 年第四批”"))
    mode = forms.ChoiceField(label=_("组卷方式"), choices=Draw.MODES)
    count = forms.IntegerField(label=_("套数"), min_value=1, max_value=20_000, initial=1)
    batch = forms.IntegerField(required=False, widget=forms.HiddenInput)
    persons = forms.JSONField(required=False, widget=forms.HiddenInput)

    private = frozenset({"persons"})

    def prepare(self) -> None:
        bank = self.thing.under if getattr(self.thing, "under", None) is not None else self.thing.bank
        enacted = Plan.everywhere.filter(bank=bank, state="enacted")
        self.fields["plan"].queryset = enacted  # type: ignore[attr-defined]
        # a bank has one plan in force
        self.fields["plan"].initial = enacted.first()


class Share(StepForm):
    """An official's share of the seed: the machine's chance, mixed with whatever he adds."""

    words = forms.CharField(
        label=_("加入自己的随机内容（可不填）"), required=False, max_length=80,
        help_text=_("例如掷骰子或随手敲出的数字。系统会再混入随机数；两人投入前，谁也不知道会抽到哪些题"),
    )  # fmt: skip

    private = frozenset({"words"})


class SealedForm(StepForm):
    """One composed form of a draw: each item as ``[code, version, digest]``; whose own it is (hash), if anybody's."""

    draw = forms.IntegerField()
    number = forms.IntegerField(min_value=0)
    items = forms.JSONField()
    person = forms.CharField(required=False, max_length=64)

    private = frozenset({"items", "person"})
