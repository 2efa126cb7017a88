"""What the steps on catalogues, standards and programmes ask."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from jiangheng.core.errors import Refused
from jiangheng.core.law.eligibility import APPROVED_LISTS
from jiangheng.core.law.occupations import faults, starter
from jiangheng.kernel import clock
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken

from . import queries, rules
from .formats.catalogue import read_catalogue
from .models import Programme

MOST_FAULTS_SHOWN = 50


def day(label: Any, **more: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


class StandardText(StepForm):
    """The standard in its readable text format."""

    kinds: ClassVar[tuple[str, ...]] = ("national", "specialty")

    text = forms.CharField(
        label=_("标准文本"),
        strip=False,
        max_length=400_000,
        widget=forms.Textarea({"rows": 24, "class": "code"}),
        help_text=_("按平台的文本格式粘贴；权重表每列合计应为 100"),
    )

    def prepare(self) -> None:
        if self.thing.pk:
            self.fields["text"].initial = self.thing.text
        born = f"{self.thing.pk}/edit" if self.thing.pk else f"new/edit?under={self.thing.under.pk}"
        text = self.fields["text"]
        text.help_text = format_html('{} <a href="{}">{}</a>', text.help_text, f"/d/standard/{born}", _("用编辑器填写"))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.content = queries.read_standard(text, kinds=self.kinds)
        except ValueError as error:
            raise forms.ValidationError(spoken(error)) from error
        return text


class Enactment(StepForm):
    """From when a standard applies, and the opinion."""

    valid_from = day(_("实施日期"), required=False, help_text=_("不填为今天"))
    opinion = forms.CharField(label=_("意见"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))

    def clean_valid_from(self) -> Any:
        start = self.cleaned_data["valid_from"] or clock.today()
        if start < clock.today():
            raise forms.ValidationError(_("实施日期不能早于今天"))
        if told := rules.overlap(self.thing, start, None):
            raise forms.ValidationError(told)
        return start


class Ending(StepForm):
    """The last day, and why."""

    last_day = day(_("最后适用日期"), required=False, help_text=_("不填为今天；已受理的计划仍按原标准办完"))
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=500, widget=forms.Textarea({"rows": 3}))

    def clean_last_day(self) -> Any:
        last = self.cleaned_data["last_day"] or clock.today()
        if last < clock.today():
            raise forms.ValidationError(_("最后适用日期不能早于今天"))
        return last


class Recorded(StandardText):
    """What the recording of an enterprise's specification hands over."""

    kinds: ClassVar[tuple[str, ...]] = ("evaluation",)

    owner = forms.CharField(max_length=96)
    number = forms.CharField(max_length=40)
    valid_from = day(_("实施日期"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self.thing.kind, self.thing.owner = "evaluation", found["owner"]
            self.thing.occupation, self.thing.directions = self.content.code, list(self.content.directions)
            if told := rules.overlap(self.thing, found["valid_from"], None):
                self.add_error("valid_from", told)
        return found


class CatalogueFile(StepForm):
    """An edition of the catalogue, whole."""

    edition = forms.CharField(label=_("版本"), max_length=60, help_text=_("如：2022年版"))
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称和文号"))
    file = forms.FileField(
        label=_("目录（.xlsx）"),
        required=False,
        help_text=_("按模板整表导入，有一处错误就一行也不导入；不选文件则载入随平台附带的起步目录"),
    )

    def prepare(self) -> None:
        file = self.fields["file"]
        file.help_text = format_html(
            '{} <a href="/standards/catalogue-template.xlsx">{}</a>', file.help_text, _("下载模板")
        )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if not upload:
            self.rows = starter().occupations
            return None
        try:
            numbered, wrong = read_catalogue(upload.read())
        except Refused as no:
            raise forms.ValidationError([f"{one.reason}{one.mend}" for one in no.refusals]) from no
        wrong = tuple(sorted((*wrong, *faults(numbered)), key=lambda fault: fault.row))
        if wrong:
            told = [str(fault) for fault in wrong[:MOST_FAULTS_SHOWN]]
            if len(wrong) > MOST_FAULTS_SHOWN:
                told.append(str(_("另有 {count} 处错误未列出").format(count=len(wrong) - MOST_FAULTS_SHOWN)))
            raise forms.ValidationError(told)
        self.rows = tuple(row for _number, row in numbered)
        return upload

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        found["entries"] = [row.plain() for row in getattr(self, "rows", ())]
        found.pop("file", None)
        return found


class CatalogueStart(StepForm):
    """From when an edition is in force."""

    valid_from = day(_("启用日期"), required=False, help_text=_("不填为今天；前一版到前一天为止"))
    opinion = forms.CharField(label=_("意见"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))

    def clean_valid_from(self) -> Any:
        start = self.cleaned_data["valid_from"] or clock.today()
        if start < clock.today():
            raise forms.ValidationError(_("启用日期不能早于今天"))
        return start


class CatalogueEnd(StepForm):
    """The last day of an edition: the day before the next one."""

    last_day = day(_("停用日期"))


class ProgrammeText(StepForm):
    """A class or major that the region has approved."""

    list_name = forms.ChoiceField(label=_("名单"), choices=list(APPROVED_LISTS.items()))
    school = forms.CharField(label=_("院校"), max_length=120)
    major = forms.CharField(label=_("专业/班级"), max_length=80)
    code = forms.RegexField(
        label=_("编号"), regex=r"^[0-9A-Za-z-]{2,30}$", help_text=_("专业代码或班级编号，字母、数字和短横线")
    )
    occupations = forms.MultipleChoiceField(label=_("对应职业"))
    document = forms.CharField(label=_("批准文号"), max_length=80)
    valid_from = day(_("启用日期"))
    valid_to = day(_("停用日期"), required=False)

    def prepare(self) -> None:
        self.fields["occupations"].choices = [  # type: ignore[attr-defined]
            (row.code, f"{row.code} {row.name}") for row in queries.occupations() if not row.entry_controlled
        ]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        if found["valid_to"] and found["valid_to"] < found["valid_from"]:
            self.add_error("valid_to", _("截止日期早于起始日期"))
        same = Programme.everywhere.filter(list_name=found["list_name"], code=found["code"], state="listed")
        if same.exists():
            self.add_error("code", _("该编号已在名单内"))
        return found
