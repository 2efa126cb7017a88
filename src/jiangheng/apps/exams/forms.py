"""What the steps on sessions and sittings ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, StepForm

SHEETS = [("a4", _("A4，单栏")), ("a3", _("A3，双栏对折"))]


class SessionPlan(StepForm):
    """Which room, and who invigilates."""

    room = ReachedChoice("institutions.Room", label=_("考场"))
    invigilators = ReachedChoices("offices.Account", label=_("监考人员"), widget=forms.CheckboxSelectMultiple)

    def narrow(self, name: str, rows: Any) -> Any:
        batch = self.thing.batch if self.thing.batch_id else self.thing.under
        if name == "room":
            return rows.filter(pk__in=batch.theory_rooms.values("pk"))
        return rows.filter(state="open", held__role="invigilator", held__state="active").distinct()

    def clean_invigilators(self) -> Any:
        chosen = self.cleaned_data["invigilators"]
        room = self.cleaned_data.get("room")
        least = parameter("invigilators.min")
        if room is not None:
            least = max(least, -(-self._seated(room) // parameter("invigilator.ratio")))
        if len(chosen) < least:
            raise forms.ValidationError(_("该考场至少需要 {n} 名监考人员").format(n=least))
        return chosen

    def _seated(self, room: Any) -> int:
        batch = self.thing.batch if self.thing.batch_id else self.thing.under
        return int(batch.applications.filter(state="seated", theory_room=room).count())


class Printing(StepForm):
    """How many copies of its papers a session needs on paper, and why it cannot do with computers."""

    copies = forms.IntegerField(label=_("每种卷别备用份数"), min_value=0, max_value=20, initial=1)
    sheet = forms.ChoiceField(label=_("试卷纸张"), choices=SHEETS, required=False)
    reason = forms.CharField(
        label=_("印制缘由"), min_length=4, max_length=200,
        help_text=_("例如考点没有机房。登记后，请在 30 分钟内从本页的链接取文件；每页印有您的姓名和时间"),
    )  # fmt: skip

    def clean_sheet(self) -> str:
        return self.cleaned_data["sheet"] or "a4"


class Arrangement(StepForm):
    """One sitting: whose, on which paper."""

    application = forms.IntegerField()
    paper = forms.IntegerField()
    face = forms.RegexField(regex=r"^[0-9a-f]{64}$")


class Extension(StepForm):
    """More time for a candidate, with the reason."""

    minutes = forms.IntegerField(label=_("延长（分钟）"), min_value=1, max_value=60)
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200)
