"""What the steps on standards ask."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.law.standard_text import parse_standard
from jiangheng.kernel.forms import StepForm


class StandardText(StepForm):
    """The standard in its readable text format."""

    text = forms.CharField(
        label=_("标准文本"),
        strip=False,
        max_length=400_000,
        widget=forms.Textarea({"rows": 24, "class": "code"}),
        help_text=_("按平台的文本格式粘贴；权重表每列合计应为 100"),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.content = parse_standard(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return text
