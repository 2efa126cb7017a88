"""What the steps on institutions ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.standards import queries as standards
from jiangheng.core.law import identity
from jiangheng.kernel.display import level_choices
from jiangheng.kernel.forms import ReachedChoice, StepForm

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
            raise forms.ValidationError([str(problem) for problem in problems])
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
    occupation = forms.ChoiceField(label=_("职业"))
    levels = forms.MultipleChoiceField(label=_("级别"), widget=forms.CheckboxSelectMultiple)
    statement = forms.CharField(
        label=_("评价能力说明"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("专职人员、考评人员、场地设备、视频监控、管理制度"),
    )
    document = forms.FileField(label=_("备案申请材料（PDF）"), required=False)

    def prepare(self) -> None:
        in_force = standards.enacted()
        self.fields["occupation"].choices = [(row.occupation, str(row)) for row in in_force]  # type: ignore[attr-defined]
        offered = {code for row in in_force for code in standards.content(row).levels}
        self.fields["levels"].choices = [  # type: ignore[attr-defined]
            (code, face) for code, face in level_choices() if code in offered
        ]

    def narrow(self, name: str, rows: Any) -> Any:
        scope = self.thing.institution.scope if getattr(self.thing, "institution_id", None) else self.thing.scope
        return rows.under(scope).filter(state="open")

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
        standard = standards.in_force(found.get("occupation", ""))
        if standard and found.get("levels"):
            missing = [code for code in found["levels"] if code not in standards.content(standard).levels]
            if missing:
                self.add_error("levels", _("该职业标准没有所选级别，请取消后再提交"))
        return found
