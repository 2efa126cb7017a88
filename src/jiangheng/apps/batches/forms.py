"""What the steps on batches, applications and objections ask."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image

from jiangheng.apps.institutions import queries as institutions
from jiangheng.core.law import codes, eligibility, identity
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import clock, vault
from jiangheng.kernel.display import level_choices, level_face
from jiangheng.kernel.forms import ReachedChoices, StepForm

from .models import Application

ROOM = "institutions.Room"
ENDED = ("withdrawn", "refused")


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"])


class Plan(StepForm):
    """The plan of a batch: levels, dates, rooms, capacity."""

    title = forms.CharField(label=_("批次名称"), max_length=120)
    levels = forms.MultipleChoiceField(label=_("级别"), widget=forms.CheckboxSelectMultiple)
    capacity = forms.IntegerField(label=_("计划人数"), min_value=1, max_value=5000)
    apply_until = _day(_("报名截止"))
    theory_at = _moment(_("理论考试时间"))
    practical_at = _moment(_("实操考核时间"))
    theory_rooms = ReachedChoices(ROOM, label=_("理论考场"), widget=forms.CheckboxSelectMultiple)
    practical_rooms = ReachedChoices(ROOM, label=_("实操场地"), widget=forms.CheckboxSelectMultiple)
    notes = forms.CharField(label=_("考生须知"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4}))

    def prepare(self) -> None:
        filing = self.thing.filing if self.thing.filing_id else self.thing.under
        self.filing = filing
        faces = [(code, level_face(code)) for code in filing.levels]
        self.fields["levels"].choices = faces  # type: ignore[attr-defined]
        for name, kind in (("theory_rooms", "theory"), ("practical_rooms", "practical")):
            self.fields[name].queryset = institutions.rooms_of(filing.site, kind=kind)  # type: ignore[attr-defined]
        if self.thing.pk:
            for name in ("title", "levels", "capacity", "apply_until", "theory_at", "practical_at", "notes"):
                self.fields[name].initial = getattr(self.thing, name)
            for name in ("theory_rooms", "practical_rooms"):
                self.fields[name].initial = [room.pk for room in getattr(self.thing, name).all()]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        seats = sum(room.capacity for room in found["theory_rooms"])
        if found["capacity"] > seats:
            self.add_error("capacity", _("计划 {n} 人，所选理论考场只有 {seats} 个机位；请减少人数或增加考场").format(
                n=found["capacity"], seats=seats))  # fmt: skip
        if found["apply_until"] <= clock.today():
            self.add_error("apply_until", _("报名截止须晚于今天"))
        if found["theory_at"].date() <= found["apply_until"] or found["practical_at"].date() <= found["apply_until"]:
            self.add_error("theory_at", _("考试须在报名截止之后"))
        return found


class Upload(StepForm):
    """A roster workbook."""

    file = forms.FileField(label=_("花名册（.xlsx）"), help_text=_("先下载模板填写；证件号码列请设为文本格式"))


class Taking(StepForm):
    """Which rows to take."""

    mode = forms.ChoiceField(
        label=_("导入方式"),
        choices=[("good", _("导入无误的行，有误的行不导入")), ("all", _("全部无误才导入，否则一行也不导入"))],
        widget=forms.RadioSelect,
        initial="good",
    )

    def clean_mode(self) -> str:
        mode: str = self.cleaned_data["mode"]
        if mode == "all" and self.thing.bad_rows:
            raise forms.ValidationError(
                _("有 {count} 行有误；请改正后重新上传，或选择只导入无误的行").format(count=len(self.thing.bad_rows))
            )
        if mode == "good" and not self.thing.good:
            raise forms.ValidationError(_("没有可以导入的行，请按标注改正后重新上传"))
        return mode


class Applicant(StepForm):
    """Who applies, for which level, on which grounds. The same for a roster's row and for a person by himself."""

    level = forms.ChoiceField(label=_("申报级别"))
    name = forms.CharField(label=_("姓名"), max_length=60)
    identity = forms.CharField(
        label=_("证件号码"), max_length=40, widget=forms.TextInput({"data-private": "", "autocomplete": "off"})
    )
    phone = forms.RegexField(label=_("手机号码"), regex=r"^1\d{10}$")
    education = forms.ChoiceField(
        label=_("文化程度"),
        choices=[("", _("请选择")), *((name, name) for name in codes.EDUCATION.values())],
        required=False,
    )
    employer = forms.CharField(label=_("工作单位"), max_length=120, required=False)
    work_since = _day(_("从事本职业起始日期"), required=False, help_text=_("含相关职业，累计工作年限由此计算"))
    held_level = forms.ChoiceField(
        label=_("已取得本职业证书级别"), required=False,
        choices=[("", _("没有")), *level_choices()],
    )  # fmt: skip
    held_number = forms.CharField(label=_("已取得证书编号"), max_length=30, required=False)
    held_issued = _day(_("证书发证日期"), required=False)
    school = forms.ChoiceField(
        label=_("相关学历（学校类别）"), required=False,
        choices=[("", _("没有")), *eligibility.SCHOOL_KINDS.items()],
    )  # fmt: skip
    school_related = forms.BooleanField(label=_("本专业或相关专业"), required=False)
    final_year = forms.BooleanField(label=_("应届毕业生（在读）"), required=False)
    graduated = _day(_("毕业日期"), required=False)
    title_rank = forms.ChoiceField(
        label=_("相关职称"), required=False, choices=[("", _("没有")), *eligibility.TITLE_RANKS.items()]
    )
    title_granted = _day(_("职称取得日期"), required=False)

    private = frozenset({"identity", "phone", "held_number"})

    def prepare(self) -> None:
        self.batch = self.thing.batch if self.thing.batch_id else self.thing.under
        faces = [(code, level_face(code)) for code in self.batch.levels]
        self.fields["level"].choices = faces  # type: ignore[attr-defined]

    def clean_identity(self) -> str:
        found = identity.check_identity(self.cleaned_data["identity"], on=clock.today())
        if not isinstance(found, identity.Identity):
            raise forms.ValidationError([str(problem) for problem in found])
        self.person = found
        least = parameter("age.min")
        if identity.age_on(found.birth, self.batch.apply_until) < least:
            raise forms.ValidationError(_("报名截止时未满 {least} 周岁，不能申报").format(least=least))
        same = Application.everywhere.filter(batch=self.batch, identity_index=vault.index_of(found.number))
        if same.exclude(pk=self.thing.pk).exclude(state__in=ENDED).exists():
            raise forms.ValidationError(_("此人已在本批次申报，不能重复申报"))
        return found.number

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        pairs = (
            ("held_level", "held_issued", _("请填写证书发证日期")),
            ("title_rank", "title_granted", _("请填写职称取得日期")),
        )
        for first, second, message in pairs:
            if found.get(first) and not found.get(second):
                self.add_error(second, message)
        for name in ("work_since", "held_issued", "title_granted"):
            if isinstance(found.get(name), dt.date) and found[name] > clock.today():
                self.add_error(name, _("日期不能晚于今天"))
        return found


class SelfApplication(Applicant):
    """A person applies by himself, with his photo."""

    photo = forms.FileField(label=_("证件照"), help_text=_("白底免冠，JPG，40–200 KB，宽不少于 300 像素"))
    honest = forms.BooleanField(label=_("我承诺所填内容真实，如有虚假，后果自负"))

    def clean_photo(self) -> Any:
        return photo_problems(self.cleaned_data["photo"])


class Photo(StepForm):
    """A portrait."""

    photo = forms.FileField(label=_("证件照"), help_text=_("白底免冠，JPG，40–200 KB，宽不少于 300 像素"))

    def clean_photo(self) -> Any:
        return photo_problems(self.cleaned_data["photo"])


def photo_problems(upload: Any) -> Any:
    """The upload if it is a portrait that can be printed; a validation error that says what to change if not."""
    largest = parameter("photo.max_kb")
    if upload.size > largest * 1024:
        raise forms.ValidationError(_("照片超过 {n} KB，请压缩后上传").format(n=largest))
    data = upload.read()
    upload.seek(0)
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            image.load()
            width, height = image.size
    except (OSError, SyntaxError, ValueError) as error:
        raise forms.ValidationError(_("不是能打开的 JPG 照片，请重新拍照或另存为 JPG")) from error
    if width < 300 or not 1.2 <= height / width <= 1.5:
        raise forms.ValidationError(_("照片宽不少于 300 像素，高宽比约为 1.29（一寸照），请重新裁剪"))
    return upload


class Seat(StepForm):
    """A candidate's seat and station."""

    ticket = forms.CharField(max_length=20)
    theory_room = forms.IntegerField()
    seat = forms.IntegerField(min_value=1)
    practical_room = forms.IntegerField()
    station = forms.IntegerField(min_value=1)


class Seating(StepForm):
    """How candidates are seated."""

    order = forms.ChoiceField(
        label=_("编排方式"), widget=forms.RadioSelect, initial="shuffled",
        choices=[("shuffled", _("打乱编排（同单位考生分开）")), ("plain", _("按报名顺序"))],
    )  # fmt: skip


class Mark(StepForm):
    """A part's mark, or that the candidate was absent."""

    mark = forms.DecimalField(label=_("成绩"), min_value=0, max_value=100, decimal_places=1, required=False)
    absent = forms.BooleanField(label=_("缺考"), required=False)
    vetoed = forms.BooleanField(label=_("否定项"), required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if (found.get("mark") is None) == (not found.get("absent")):
            raise forms.ValidationError(_("成绩和缺考须且只须填一项"))
        return found


class Correction(StepForm):
    """A corrected mark and why."""

    part = forms.ChoiceField(label=_("科目"), choices=[("theory", _("理论知识")), ("practical", _("操作技能"))])
    mark = forms.DecimalField(label=_("更正后成绩"), min_value=0, max_value=100, decimal_places=1)
    reason = forms.CharField(label=_("更正理由"), min_length=4, max_length=500, widget=forms.Textarea({"rows": 3}))


class ObjectionText(StepForm):
    """What is objected to, and how to reach the person."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.RegexField(label=_("手机号码"), regex=r"^1\d{10}$")
    content = forms.CharField(
        label=_("异议内容"), min_length=10, max_length=2000, widget=forms.Textarea({"rows": 5}),
        help_text=_("请写明对谁的哪项结果有异议、事实和依据"),
    )  # fmt: skip

    private = frozenset({"name", "phone"})


class Answer(StepForm):
    """The answer to an objection."""

    answer = forms.CharField(
        label=_("答复"), min_length=4, max_length=2000, widget=forms.Textarea({"rows": 5}),
        help_text=_("写明核查经过、结论和依据；提出人会看到"),
    )  # fmt: skip
