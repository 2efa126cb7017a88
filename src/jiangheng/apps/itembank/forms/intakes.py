"""A file of items for a bank, and an offer of items by an institution."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.forms import StepForm

from ..models import Bank

MOST_BYTES = 40 * 1024 * 1024
ACCEPTED = ".xlsx,.docx,.zip,.xml,.txt,.gift,.toml"


class BankFile(StepForm):
    """The file: an Excel or Word list, a QTI package, Moodle XML, GIFT, or the house's own text."""

    file = forms.FileField(
        label=_("试题文件"), widget=forms.ClearableFileInput({"accept": ACCEPTED}),
        help_text=_("Excel、Word（.docx）、QTI 3.0/2.x（.zip、.xml）、Moodle XML、GIFT（.txt）或题库文本（.toml）"),
    )  # fmt: skip

    point = forms.ChoiceField(
        label=_("没有写鉴定点的试题归入"), required=False,
        help_text=_("文件里每题写了鉴定点代码或名称的，以文件为准"),
    )  # fmt: skip

    private = frozenset({"file"})

    def prepare(self) -> None:
        points = getattr(self.thing.under, "points", [])
        named = [(row["code"], f"{row['code']} {row['name']}") for row in points]
        self.fields["point"].choices = [("", _("不指定")), *named]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 40 MB，请分成几个文件上传"))
        return found


class Taking(StepForm):
    """All or only the good rows."""

    mode = forms.ChoiceField(
        label=_("导入方式"), choices=[("good", _("只导入没有问题的试题")), ("all", _("全部没有问题才导入"))],
        widget=forms.RadioSelect, initial="good",
    )  # fmt: skip


class Offer(BankFile):
    """Which unified bank the items are for, and what they are."""

    bank = forms.ChoiceField(label=_("投给哪个题库"))
    note = forms.CharField(
        label=_("说明"), required=False, max_length=300, widget=forms.Textarea({"rows": 2}),
        help_text=_("试题来源、编写人员、试用情况"),
    )  # fmt: skip

    field_order = ("bank", "file", "note")

    def prepare(self) -> None:
        del self.fields["point"]
        # the names of unified banks are no secret; what is in them is out of an institution's reach
        rows = Bank.everywhere.filter(kind="unified", state="open").order_by("name")
        self.fields["bank"].choices = [(str(row.pk), row.name) for row in rows]  # type: ignore[attr-defined]


class Received(StepForm):
    """Which contribution a bank receives."""

    contribution = forms.IntegerField()
