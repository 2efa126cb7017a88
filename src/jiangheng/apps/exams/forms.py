"""What the steps on sessions and sittings ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, StepForm


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


class Arrangement(StepForm):
    """One sitting: whose, on which paper."""

    application = forms.IntegerField()
    paper = forms.IntegerField()


class Extension(StepForm):
    """More time for a candidate, with the reason."""

    minutes = forms.IntegerField(label=_("延长（分钟）"), min_value=1, max_value=60)
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200)
