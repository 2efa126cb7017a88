"""What handing out a printed paper asks: which document, on which sheet, what for (K13)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.forms import StepForm

DOCUMENTS = [("paper", _("试卷")), ("answers", _("答题卡")), ("key", _("参考答案和评分要点"))]
SHEETS = [("a4", _("A4，单栏")), ("a3", _("A3，双栏对折"))]


class PrintOrder(StepForm):
    """Which document is handed out, and why."""

    document = forms.ChoiceField(
        label=_("印制什么"), choices=DOCUMENTS,
        help_text=_("登记后，请在 30 分钟内从本页的链接取文件；每页印有您的姓名、时间和试卷摘要"),
    )  # fmt: skip
    sheet = forms.ChoiceField(label=_("试卷纸张"), choices=SHEETS, required=False)
    reason = forms.CharField(label=_("印制缘由"), min_length=4, max_length=200)

    def clean_sheet(self) -> str:
        return self.cleaned_data["sheet"] or "a4"
