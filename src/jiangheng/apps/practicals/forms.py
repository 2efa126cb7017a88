"""What the steps on panels and score sheets ask."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.law.parameters import parameter
from jiangheng.core.skill.aspects import Aspect, check_entry
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, StepForm
from jiangheng.kernel.spoken import spoken

from . import queries
from .models import PARTS


class PanelPlan(StepForm):
    """Which part, which room, which evaluators, who leads."""

    part = forms.ChoiceField(
        label=_("考核科目"), choices=PARTS, initial="practical", required=False, widget=forms.RadioSelect,
        help_text=_("实操按场地组建考评小组；综合评审由一个考评小组评审全部二级、一级考生"),
    )  # fmt: skip
    room = ReachedChoice("institutions.Room", label=_("实操场地"))
    evaluators = ReachedChoices("offices.Account", label=_("考评人员"), widget=forms.CheckboxSelectMultiple)
    leader = ReachedChoice("offices.Account", label=_("考评组长"))

    def prepare(self) -> None:
        if not queries.waiting(self._batch, "review").exists():
            del self.fields["part"]

    @property
    def _batch(self) -> Any:
        return self.thing.batch if self.thing.batch_id else self.thing.under

    def narrow(self, name: str, rows: Any) -> Any:
        if name == "room":
            return rows.filter(pk__in=self._batch.practical_rooms.values("pk"))
        return rows.filter(state="open", held__role="evaluator", held__state="active").distinct()

    def clean_evaluators(self) -> Any:
        chosen = self.cleaned_data["evaluators"]
        least = parameter("evaluators.min")
        if self.cleaned_data.get("part") == "review":
            least = max(least, queries.reviewers_needed(self._batch))
        if len(chosen) < least or len(chosen) % 2 == 0:
            raise forms.ValidationError(
                _("考评人员须为 {n} 人以上的单数，现在选了 {m} 人").format(n=least, m=len(chosen))
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("leader") and found.get("evaluators") and found["leader"] not in found["evaluators"]:
            self.add_error("leader", _("组长须是本组考评人员"))
        found["part"] = found.get("part") or "practical"
        if found.get("room") and not queries.waiting(self._batch, found["part"], found["room"]).exists():
            self.add_error("room", _("该场地没有还未安排考评小组的考生，不需要再组建"))
        return found


class NewPractical(StepForm):
    """Whose practical examination."""

    application = forms.IntegerField()


class NewSheet(StepForm):
    """Whose sheet."""

    evaluator = forms.IntegerField()


def _label(aspect: Aspect) -> str:
    name = f"{aspect.code} {aspect.name}"
    return name if aspect.kind == "veto" else _t("{name}（{marks} 分）").format(name=name, marks=aspect.marks)


class Marks(StepForm):
    """The marks of one sheet; what is not yet marked may stay empty until the signature."""

    remark = forms.CharField(label=_("备注"), required=False, max_length=500, widget=forms.Textarea({"rows": 2}))

    def prepare(self) -> None:
        self.aspects = queries.aspects_of(self.thing.practical)
        remark = self.fields.pop("remark")
        for aspect in self.aspects:
            field: forms.Field
            if aspect.kind == "veto":
                choices = [("", _("未判定")), ("no", _("未出现")), ("yes", _("出现（否定）"))]
                field = forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)
            else:
                widget = forms.NumberInput({"step": "0.5", "inputmode": "decimal"})
                field = forms.DecimalField(
                    min_value=0, max_value=aspect.marks, decimal_places=1, required=False, widget=widget
                )
            field.label = _label(aspect)
            field.help_text = aspect.descriptor
            field.initial = self._written(aspect.code)
            self.fields[aspect.code] = field
        remark.initial = self.thing.remark
        self.fields["remark"] = remark

    def _written(self, code: str) -> Any:
        value = self.thing.marks.get(code)
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for aspect in self.aspects:
            entry = self.entry(aspect.code, found)
            for problem in check_entry(aspect, entry) if entry is not None else ():
                self.add_error(aspect.code, spoken(problem))
        return found

    @staticmethod
    def entry(code: str, found: Any) -> Decimal | bool | None:
        """One aspect's entry as the mathematics wants it; ``None`` while it is empty."""
        value = found.get(code)
        if value in (None, ""):
            return None
        return value == "yes" if value in ("yes", "no") else value


class Ruling(StepForm):
    """The mark that is set where the evaluators differ too far."""

    mark = forms.DecimalField(label=_("裁定成绩"), min_value=0, max_value=100, decimal_places=1)
    vetoed = forms.BooleanField(label=_("认定出现否定项"), required=False)
    reason = forms.CharField(label=_("裁定理由"), min_length=4, max_length=500, widget=forms.Textarea({"rows": 3}))
