"""What the steps on batches, applications and objections ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.institutions import queries as institutions
from jiangheng.apps.standards import queries as standards
from jiangheng.core.law import codes, eligibility, identity, levels
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import clock, vault
from jiangheng.kernel.display import level_choices, level_face
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, StepForm
from jiangheng.kernel.spoken import spoken, spoken_lazy

from . import rules
from .formats.portraits import most_bytes, portrait_problem
from .models import Application, Batch

ROOM = "institutions.Room"
EXAMINED = ("exam", "exam_and_review")
"""How a level is reached, of those that a batch can be planned for (core/law/levels.How)."""
ENDED = ("withdrawn", "refused")


def _named(table: Mapping[str, str]) -> list[tuple[str, Any]]:
    """A table of core as choices, named in the reader's language when they are drawn."""
    return [(key, spoken_lazy(name)) for key, name in table.items()]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"], **more
    )


class Plan(StepForm):
    """The plan of a batch: levels, dates, rooms, capacity."""

    title = forms.CharField(label=_("批次名称"), max_length=120)
    levels = forms.MultipleChoiceField(label=_("级别"), widget=forms.CheckboxSelectMultiple)
    capacity = forms.IntegerField(label=_("计划人数"), min_value=1, max_value=5000)
    apply_until = _day(_("报名截止"))
    theory_at = _moment(_("理论考试时间"))
    practical_at = _moment(_("实操考核时间"))
    review_at = _moment(_("综合评审时间"), required=False, help_text=_("有二级、一级时填写，地点为一处实操场地"))
    theory_rooms = ReachedChoices(ROOM, label=_("理论考场"), widget=forms.CheckboxSelectMultiple)
    practical_rooms = ReachedChoices(ROOM, label=_("实操场地"), widget=forms.CheckboxSelectMultiple)
    bank = forms.ChoiceField(
        label=_("使用题库"), choices=Batch.BANKS, required=False, widget=forms.RadioSelect, initial="unified",
        help_text=_("只有用人单位可以使用自建题库；院校和社会培训评价组织使用全区统一题库"),
    )  # fmt: skip
    notes = forms.CharField(label=_("考生须知"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4}))

    def prepare(self) -> None:
        filing = self.thing.filing if self.thing.filing_id else self.thing.under
        self.filing = filing
        # a filing of an eight-step specification also holds levels that other ways lead to
        examined = [code for code in filing.levels if levels.level(code).how in EXAMINED]
        self.fields["levels"].choices = [(code, level_face(code)) for code in examined]  # type: ignore[attr-defined]
        if not any(levels.needs_review(code) for code in examined):
            del self.fields["review_at"]
        for name, kind in (("theory_rooms", "theory"), ("practical_rooms", "practical")):
            self.fields[name].queryset = institutions.rooms_of(filing.site, kind=kind)  # type: ignore[attr-defined]
        if self.thing.pk:
            told = (
                "title",
                "levels",
                "capacity",
                "apply_until",
                "theory_at",
                "practical_at",
                "review_at",
                "bank",
                "notes",
            )
            for name in (name for name in told if name in self.fields):
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
        found["review_at"] = self._review(found)
        found["bank"] = found.get("bank") or "unified"
        problem = rules.bank_problem(self.filing, bank=found["bank"], codes=found["levels"])
        if problem:
            self.add_error("bank", problem)
        return found

    def _review(self, found: dict[str, Any]) -> dt.datetime | None:
        """When the review is: asked for where a chosen level needs one, nothing anywhere else."""
        if not any(levels.needs_review(code) for code in found["levels"]):
            return None
        review_at: dt.datetime | None = found.get("review_at")
        if review_at is None:
            self.add_error("review_at", _("所选级别有综合评审，请填写综合评审时间"))
        elif review_at.date() <= found["apply_until"]:
            self.add_error("review_at", _("综合评审须在报名截止之后"))
        return review_at


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
        choices=[("", _("请选择")), *((name, spoken_lazy(name)) for name in codes.EDUCATION.values())],
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
        choices=[("", _("没有")), *_named(eligibility.SCHOOL_KINDS)],
    )  # fmt: skip
    school_related = forms.BooleanField(label=_("本专业或相关专业"), required=False)
    final_year = forms.BooleanField(label=_("应届毕业生（在读）"), required=False)
    graduated = _day(_("毕业日期"), required=False)
    programme = forms.ChoiceField(
        label=_("经批准的专业或班级"), required=False, choices=[("", _("没有"))],
        help_text=_("市指导中心公布名单内的专业、预备技师班；不在名单内的不选"),
    )  # fmt: skip
    title_rank = forms.ChoiceField(
        label=_("相关职称"), required=False, choices=[("", _("没有")), *_named(eligibility.TITLE_RANKS)]
    )
    title_granted = _day(_("职称取得日期"), required=False)
    apprenticeship_ended = _day(_("本职业学徒期满日期"), required=False)
    preparatory_technician = _day(_("预备技师证书发证日期"), required=False)

    private = frozenset({"identity", "phone", "held_number"})

    def prepare(self) -> None:
        self.batch = self.thing.batch if self.thing.batch_id else self.thing.under
        faces = [(code, level_face(code)) for code in self.batch.levels]
        self.fields["level"].choices = faces  # type: ignore[attr-defined]
        listed = standards.programmes(occupation=self.batch.occupation, on=clock.today())
        told = {
            row.code: _("{code} {school} {major}").format(code=row.code, school=row.school, major=row.major)
            for row in listed
        }
        self.fields["programme"].choices = [("", _("没有")), *told.items()]  # type: ignore[attr-defined]

    def clean_identity(self) -> str:
        found = identity.check_identity(self.cleaned_data["identity"], on=clock.today())
        if not isinstance(found, identity.Identity):
            raise forms.ValidationError([spoken(problem) for problem in found])
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
        if found.get("programme") and not found.get("school"):
            self.add_error("school", _("请选择该专业或班级所在学校的类别"))
        for name in ("work_since", "held_issued", "title_granted", "preparatory_technician"):
            if isinstance(found.get(name), dt.date) and found[name] > clock.today():
                self.add_error(name, _("日期不能晚于今天"))
        return found


class SelfApplication(Applicant):
    """A person applies by himself, with his photo."""

    photo = forms.FileField(label=_("证件照"), help_text=_("白底免冠，JPG，40–200 KB，宽不少于 300 像素"))
    honest = forms.BooleanField(label=_("我承诺所填内容真实，如有虚假，后果自负"))

    def clean_photo(self) -> Any:
        return photo_problems(self.cleaned_data["photo"])


class KeptPhoto(StepForm):
    """A photo that is kept already."""

    photo = ReachedChoice("kernel.Attachment", label=_("照片"))


class Photo(StepForm):
    """A portrait."""

    photo = forms.FileField(label=_("证件照"), help_text=_("白底免冠，JPG，40–200 KB，宽不少于 300 像素"))

    def clean_photo(self) -> Any:
        return photo_problems(self.cleaned_data["photo"])


def photo_problems(upload: Any) -> Any:
    """The upload if it is a portrait that can be printed; a validation error that says what to change if not."""
    problem = portrait_problem(upload.read(most_bytes() + 1))
    upload.seek(0)
    if problem:
        raise forms.ValidationError(problem)
    return upload


class PhotoUpload(StepForm):
    """A zip of candidates' photos."""

    file = forms.FileField(
        label=_("照片压缩包（.zip）"),
        help_text=_("每人一张 JPG，文件名写“姓名-证件号码”或“证件号码”；先核对，确认后才采用"),
        widget=forms.ClearableFileInput({"accept": ".zip,application/zip"}),
    )


class TakingPhotos(StepForm):
    """Which photos to take."""

    mode = forms.ChoiceField(
        label=_("采用方式"),
        choices=[("good", _("采用无误的照片，有误的不采用")), ("all", _("全部无误才采用，否则一张也不采用"))],
        widget=forms.RadioSelect,
        initial="good",
    )

    def clean_mode(self) -> str:
        mode: str = self.cleaned_data["mode"]
        if mode == "all" and self.thing.bad:
            raise forms.ValidationError(
                _("有 {count} 个文件有误；请改正后重新上传，或选择只采用无误的照片").format(count=self.thing.bad)
            )
        if mode == "good" and not self.thing.good:
            raise forms.ValidationError(_("没有可以采用的照片，请按提示改正后重新上传"))
        return mode


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

    part = forms.ChoiceField(
        label=_("科目"),
        choices=[("theory", _("理论知识")), ("practical", _("操作技能")), ("review", _("综合评审"))],
    )
    mark = forms.DecimalField(label=_("更正后成绩"), min_value=0, max_value=100, decimal_places=1)
    reason = forms.CharField(label=_("更正理由"), min_length=4, max_length=500, widget=forms.Textarea({"rows": 3}))

    def prepare(self) -> None:
        part = self.fields["part"]
        taken = levels.required_parts(self.thing.level)
        part.choices = [choice for choice in part.choices if choice[0] in taken]  # type: ignore[attr-defined]


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
