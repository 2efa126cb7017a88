"""What the steps on institutions ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.roster.flow import Experts
from jiangheng.apps.standards import queries as standards
from jiangheng.core.law import identity
from jiangheng.core.law.levels import LADDER
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face
from jiangheng.kernel.forms import ReachedChoice, StepForm
from jiangheng.kernel.spoken import spoken

from . import queries
from .models import KINDS, Institution, Room, Site


class NewInstitution(StepForm):
    """The institution's register data."""

    name = forms.CharField(label=_("机构名称"), max_length=120, help_text=_("与营业执照或法人证书完全一致"))
    kind = forms.ChoiceField(label=_("机构类别"), choices=KINDS)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=30)
    address = forms.CharField(label=_("地址"), max_length=160)
    contact = forms.CharField(label=_("联系人"), max_length=60)
    telephone = forms.CharField(label=_("公开电话"), max_length=30)

    def clean_uscc(self) -> str:
        code = identity.normalise(self.cleaned_data["uscc"]).upper()
        problems = identity.check_uscc(code)
        if problems:
            raise forms.ValidationError([spoken(problem) for problem in problems])
        if Institution.everywhere.filter(uscc=code).exists():
            raise forms.ValidationError(_("这个统一社会信用代码已经登记"))
        return code


class NewSite(StepForm):
    """Where it examines."""

    name = forms.CharField(label=_("考点名称"), max_length=80)
    address = forms.CharField(label=_("地址"), max_length=160)


class NewRoom(StepForm):
    """A room and its seats."""

    name = forms.CharField(label=_("考场名称"), max_length=60)
    kind = forms.ChoiceField(label=_("用途"), choices=Room.KINDS)
    rows = forms.IntegerField(label=_("排数"), min_value=1, max_value=40)
    columns = forms.IntegerField(label=_("列数"), min_value=1, max_value=40)


class FilingText(StepForm):
    """Occupation, levels, site, statement and papers of a filing."""

    site = ReachedChoice(Site, label=_("考点"))
    standard = forms.ChoiceField(label=_("职业和依据标准"), help_text=_("企业可选本企业已备案的评价规范"))
    levels = forms.MultipleChoiceField(label=_("级别"), widget=forms.CheckboxSelectMultiple)
    statement = forms.CharField(
        label=_("评价能力说明"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("专职人员、考评人员、场地设备、视频监控、管理制度"),
    )
    document = forms.FileField(label=_("备案申请材料（PDF）"), required=False)

    def prepare(self) -> None:
        self.usable = {str(row.pk): row for row in standards.enacted(kinds=("national",), owner=self._owner())}
        choices = [(pk, standards.label(row)) for pk, row in self.usable.items()]
        self.fields["standard"].choices = choices  # type: ignore[attr-defined]
        offered = {code for row in self.usable.values() for code in row.levels}
        ladder = [(step.code, level_face(step.code)) for step in LADDER]
        self.fields["levels"].choices = [choice for choice in ladder if choice[0] in offered]  # type: ignore[attr-defined]
        if self.thing.pk:
            for name in ("levels", "statement"):
                self.fields[name].initial = getattr(self.thing, name)
            self.fields["standard"].initial = str(self.thing.standard_id)
            self.fields["site"].initial = self.thing.site_id

    def _owner(self) -> str:
        """The scope of the institution that files: its own specifications are at its choice, nobody else's."""
        known = self.thing.institution if getattr(self.thing, "institution_id", None) else self.thing.under
        return str(known.scope)

    def narrow(self, name: str, rows: Any) -> Any:
        return rows.under(self._owner()).filter(state="open")

    def clean_document(self) -> Any:
        upload = self.cleaned_data["document"]
        if not upload:
            return None
        if upload.size > 10 * 1024 * 1024:
            raise forms.ValidationError(_("文件超过 10 MB，请压缩后再上传"))
        if upload.read(5) != b"%PDF-":
            raise forms.ValidationError(_("这不是 PDF 文件，请另存为 PDF 后上传"))
        upload.seek(0)
        return upload

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        standard = self.usable.get(found.get("standard", ""))
        if standard and found.get("levels"):
            if [code for code in found["levels"] if code not in standard.levels]:
                self.add_error("levels", _("所选标准没有这些级别，请取消后再提交"))
            found["standard"] = standard
        return found


class SpecificationText(StepForm):
    """An enterprise's eight-step specification in the readable text format of standards."""

    text = forms.CharField(
        label=_("规范文本"),
        strip=False,
        max_length=400_000,
        widget=forms.Textarea({"rows": 24, "class": "code"}),
        help_text=_("按平台的标准文本格式；须写明各级别折算为哪一个国家等级（[[crosswalk]]）"),
    )

    def prepare(self) -> None:
        if self.thing.pk:
            self.fields["text"].initial = self.thing.text
        born = f"{self.thing.pk}/edit" if self.thing.pk else f"new/edit?under={self.thing.under.pk}"
        text = self.fields["text"]
        text.help_text = format_html(
            '{} <a href="{}">{}</a>', text.help_text, f"/d/specification/{born}", _("用编辑器填写")
        )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.content = standards.read_standard(text, kinds=("evaluation",))
        except ValueError as error:
            raise forms.ValidationError(spoken(error)) from error
        return text


class Reviewers(Experts):
    """The experts who review a specification: nobody who wrote it."""

    def apart(self) -> list[int | str]:
        return [*queries.drafters(self.thing)]


class Recording(StepForm):
    """From when a recorded specification applies."""

    valid_from = forms.DateField(
        label=_("实施日期"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("不填为今天"),
    )  # fmt: skip
    opinion = forms.CharField(label=_("意见"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))

    def clean_valid_from(self) -> Any:
        start = self.cleaned_data["valid_from"] or clock.today()
        if start < clock.today():
            raise forms.ValidationError(_("实施日期不能早于今天"))
        return start
