"""What steps in a running room ask: time, messages, a change of seat, reports, arrangements (clause K13)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.forms import StepForm

KINDS_OF_REPORT = [
    ("machine", _("机器或网络故障")),
    ("cheating", _("疑似作弊")),
    ("identity", _("身份不符")),
    ("order", _("扰乱秩序")),
    ("health", _("身体不适")),
    ("other", _("其他")),
]


class Extension(StepForm):
    """More time for a candidate, with the reason."""

    minutes = forms.IntegerField(label=_("延长（分钟）"), min_value=1, max_value=60)
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200)


class Because(StepForm):
    """Why the invigilator does it; goes on record."""

    reason = forms.CharField(
        label=_("理由"), min_length=4, max_length=200, widget=forms.TextInput({"list": "room-reasons"})
    )


class Message(StepForm):
    """What the candidate is to read on his screen."""

    text = forms.CharField(label=_("给考生的话"), min_length=2, max_length=200)


class Move(Because):
    """The next entry may come from another machine; at another seat if one is named."""

    seat = forms.IntegerField(
        label=_("换到座位号"), min_value=1, required=False, help_text=_("只换机器、不换座位的不填")
    )
    field_order = ("seat", "reason")

    def clean_seat(self) -> int | None:
        seat: int | None = self.cleaned_data["seat"]
        session = self.thing.session
        if seat is None or seat == self.thing.seat:
            return None
        if seat > session.room.capacity:
            raise forms.ValidationError(_("本考场只有 {n} 个座位").format(n=session.room.capacity))
        if any(each.seat == seat for each in session.sittings.select_related("application")):
            raise forms.ValidationError(_("{n} 号座位已有考生").format(n=seat))
        return seat


class Irregularity(StepForm):
    """What happened, in the invigilator's words."""

    kind = forms.ChoiceField(label=_("情况"), choices=KINDS_OF_REPORT)
    text = forms.CharField(
        label=_("经过"), min_length=4, max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("时间、经过、在场人员和处理"),
    )  # fmt: skip

    private = frozenset({"text"})


class Arrangements(StepForm):
    """What a candidate is granted, altogether, and on what ground."""

    extra = forms.IntegerField(label=_("延长时间（分钟）"), min_value=0, max_value=180, initial=0)
    breaks = forms.IntegerField(label=_("休息时间（分钟）"), min_value=0, max_value=120, initial=0)
    large = forms.BooleanField(label=_("大字版"), required=False)
    basis = forms.CharField(
        label=_("依据"), min_length=4, max_length=200, help_text=_("例如残疾人证、医院证明、哺乳期")
    )
