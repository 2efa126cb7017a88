"""What the steps on banks, items and papers ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam import items
from jiangheng.kernel.display import level_choices
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken, spoken_lazy

from .models import Bank, Item
from .queries import to_core


class NewBank(StepForm):
    """Occupation, level and the element table of a bank."""

    name = forms.CharField(label=_("题库名称"), max_length=80)
    kind = forms.ChoiceField(label=_("题库类别"), choices=Bank.KINDS)
    occupation = forms.RegexField(label=_("职业编码"), regex=r"^\d-\d{2}-\d{2}-\d{2}$")
    level = forms.ChoiceField(label=_("级别"), choices=level_choices())
    ranges = forms.JSONField(label=_("鉴定范围"), help_text=_('[{"code","name","weight"}…]，权重合计 100'))
    points = forms.JSONField(label=_("鉴定点"), help_text=_('[{"code","range","name","importance"}…]'))

    def clean_ranges(self) -> Any:
        rows = self.cleaned_data["ranges"]
        try:
            total = sum(int(row["weight"]) for row in rows)
        except (TypeError, KeyError, ValueError) as error:
            raise forms.ValidationError(_("每一行须有 code、name 和整数 weight")) from error
        if total != 100:
            raise forms.ValidationError(_("权重合计为 {total}，应为 100").format(total=total))
        return rows


class ItemText(StepForm):
    """One item with its key."""

    code = forms.CharField(label=_("题号"), max_length=24)
    kind = forms.ChoiceField(
        label=_("题型"), choices=[(kind.code, spoken_lazy(kind.name)) for kind in items.KINDS.values()]
    )
    point = forms.ChoiceField(label=_("鉴定点"))
    stem = forms.CharField(label=_("题干"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    options = forms.CharField(
        label=_("选项"), required=False, max_length=4000, widget=forms.Textarea({"rows": 5}), strip=False,
        help_text=_("每行一个选项，不写字母；判断题留空"),
    )  # fmt: skip
    answer = forms.CharField(label=_("答案"), max_length=12, help_text=_("单选 B，多选 ABD，判断 正确/错误"))
    difficulty = forms.IntegerField(label=_("难度"), min_value=1, max_value=5, help_text=_("1 易 – 5 难"))
    explanation = forms.CharField(label=_("解析"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))

    private = frozenset({"stem", "options", "answer", "explanation"})

    def prepare(self) -> None:
        bank = self.thing.bank if self.thing.bank_id else self.thing.under
        self.bank = bank
        self.fields["point"].choices = [  # type: ignore[attr-defined]
            (point["code"], f"{point['code']} {point['name']}") for point in bank.points
        ]
        if self.thing.pk:
            for name in ("code", "kind", "point", "stem", "answer", "difficulty", "explanation"):
                self.fields[name].initial = getattr(self.thing, name)
            self.fields["options"].initial = "\n".join(self.thing.options)

    def clean_options(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        draft = Item(bank=self.bank, **{name: found[name] for name in (
            "code", "kind", "point", "stem", "options", "answer", "difficulty", "explanation")})  # fmt: skip
        for problem in items.check_item(to_core(draft)):
            self.add_error(None, spoken(problem))
        same = Item.everywhere.filter(bank=self.bank, code=found["code"]).exclude(pk=self.thing.pk)
        if same.exists():
            self.add_error("code", _("题号已存在，请换一个"))
        return found


class PaperOrder(StepForm):
    """For which batch a paper is drawn, and from which seed."""

    batch = forms.IntegerField(label=_("批次"))
    blueprint = forms.JSONField(label=_("组卷计划"))
    seed = forms.RegexField(label=_("种子"), regex=r"^[0-9a-f]{32,64}$")
