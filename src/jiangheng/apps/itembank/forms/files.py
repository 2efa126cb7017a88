"""A picture for a bank's items, and a bank as a file (K7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.forms import StepForm

from .. import formats, queries
from ..formats.found import digest_of
from ..formats.pictures import NotAPicture
from ..formats.redrawn import redrawn


class NewPicture(StepForm):
    """A picture; what is kept is drawn anew from its pixels."""

    file = forms.FileField(
        label=_("图片"), help_text=_("PNG、JPEG 或 GIF，不超过 1 MB"),
        widget=forms.ClearableFileInput({"accept": "image/png,image/jpeg,image/gif"}),
    )  # fmt: skip

    private = frozenset({"file", "picture"})

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        try:
            found["picture"] = redrawn(found["file"].read(), name=found["file"].name)
        except NotAPicture as no:
            self.add_error("file", str(no))
            return found
        found["digest"] = digest_of(found["picture"].data)
        return found


class Export(StepForm):
    """As what, and which items. How many leave is for the trail."""

    format = forms.ChoiceField(label=_("格式"), choices=[(kind, row[0]) for kind, row in formats.WRITERS.items()])
    which = forms.ChoiceField(
        label=_("哪些试题"), choices=[("usable", _("试用和正式使用的试题")), ("all", _("全部未停用的试题"))],
        widget=forms.RadioSelect, initial="usable",
    )  # fmt: skip

    private = frozenset({"rows"})

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        found["rows"] = queries.leaving(self.thing, self.actor, which=found["which"])
        found["count"] = len(found["rows"])
        if not found["rows"]:
            self.add_error("which", _t("没有这样的试题，请改选“全部未停用的试题”或先入库"))
        return found
