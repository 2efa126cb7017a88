"""What the steps on recognitions, nominees, posts and apprentices ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.roster.flow import Experts
from jiangheng.core.law import identity
from jiangheng.core.law.direct import GROUNDS, ROUTES
from jiangheng.core.law.levels import LADDER, is_national
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import clock, vault
from jiangheng.kernel.display import level_face
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken, spoken_lazy

from .models import Apprentice, Nominee

MOST_BYTES = 10 * 1024 * 1024
KINDS_OF_FILE = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
PORTRAIT = _("白底免冠，JPG，40–200 KB，宽不少于 300 像素")
FILLED = ("name", "level", "department", "front_line", "hired_on", "insured_months", "grounds", "achievements")
REVIEWS = [("good", _("优秀")), ("fit", _("合格")), ("unfit", _("不合格"))]


def day(label: Any, **more: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


def words(label: Any, *, least: int = 4, most: int = 4000, rows: int = 4, **more: Any) -> forms.CharField:
    """A text of some length."""
    return forms.CharField(
        label=label, min_length=least, max_length=most, widget=forms.Textarea({"rows": rows}), **more
    )


def media_type(data: bytes) -> str:
    """What kind of paper a file is by its first bytes; empty when it is none that is taken."""
    return next((kind for head, kind in KINDS_OF_FILE.items() if data.startswith(head)), "")


def paper(upload: Any) -> Any:
    """The upload if it is a PDF or a picture of bounded size."""
    if not upload:
        return None
    if upload.size > MOST_BYTES:
        raise forms.ValidationError(_("文件超过 10 MB，请压缩后再上传"))
    head = upload.read(8)
    upload.seek(0)
    if not media_type(head):
        raise forms.ValidationError(_("只收 PDF、JPG 或 PNG 文件，请另存后上传"))
    return upload


class Round(StepForm):
    """A round of recognition by one route."""

    route = forms.ChoiceField(
        label=_("认定路径"), choices=[(each.code, spoken_lazy(each.label)) for each in ROUTES.values()],
        widget=forms.RadioSelect,
        help_text=_("优秀技能人才可直接认定三级及以上；破格晋升须有依据和证明；特级技师、首席技师只在设有高级技师的职业评聘"),
    )  # fmt: skip
    title = forms.CharField(label=_("名称"), min_length=4, max_length=120)
    posts = forms.IntegerField(
        label=_("岗位数"), min_value=1, max_value=500, required=False, help_text=_("评聘特级技师、首席技师时填写")
    )
    scheme = words(_("认定办法"), least=10, help_text=_("评审方式、评价内容和公示安排；评聘的写明设岗依据"))

    def prepare(self) -> None:
        if self.thing.pk:
            for name in ("route", "title", "posts", "scheme"):
                self.fields[name].initial = getattr(self.thing, name)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        way = ROUTES.get(found.get("route", ""))
        if way is None:
            return found
        filing = self.thing.filing if self.thing.pk else self.thing.under
        if not set(way.levels) & set(filing.levels):
            faces = str(_("、")).join(level_face(code) for code in way.levels)
            self.add_error("route", _("备案没有这一路径可认定的级别（{faces}）").format(faces=faces))
        if way.appoints and "1" not in filing.levels:
            self.add_error("route", _("只在设有高级技师的职业评聘特级技师、首席技师"))
        if way.appoints and not found.get("posts"):
            self.add_error("posts", _("评聘须写明岗位数"))
        if not way.appoints:
            found["posts"] = None
        return found


class Person(StepForm):
    """Who somebody is."""

    name = forms.CharField(label=_("姓名"), min_length=2, max_length=60)
    identity = forms.CharField(
        label=_("证件号码"), max_length=40, widget=forms.TextInput({"data-private": "", "autocomplete": "off"})
    )

    private = frozenset({"identity", "held_number"})

    def clean_identity(self) -> str:
        found = identity.check_identity(self.cleaned_data["identity"], on=clock.today())
        if not isinstance(found, identity.Identity):
            raise forms.ValidationError([spoken(problem) for problem in found])
        least = parameter("age.min")
        if identity.age_on(found.birth, clock.today()) < least:
            raise forms.ValidationError(_("未满 {least} 周岁，不能申报").format(least=least))
        self.person = found
        return found.number


class Nomination(Person):
    """What the enterprise says of one of its people."""

    level = forms.ChoiceField(label=_("申报级别"))
    department = forms.CharField(label=_("部门和岗位"), max_length=120)
    front_line = forms.BooleanField(label=_("在一线技能岗位工作"), required=False)
    hired_on = day(_("入职日期"))
    insured_months = forms.IntegerField(
        label=_("本企业社会保险缴费月数"), min_value=0, max_value=720, required=False,
        help_text=_("与在岗声明至少有一项"),
    )  # fmt: skip
    held_level = forms.ChoiceField(label=_("已有本职业证书级别"), required=False)
    held_issued = day(_("证书发证日期"), required=False)
    held_number = forms.CharField(label=_("证书编号"), max_length=30, required=False)
    grounds = forms.ChoiceField(
        label=_("破格依据"), widget=forms.RadioSelect,
        choices=[(code, spoken_lazy(name)) for code, name in GROUNDS.items()],
    )  # fmt: skip
    achievements = words(_("表现和业绩"), least=10)
    evidence = forms.FileField(label=_("业绩材料（PDF 或图片）"), required=False, help_text=_("报送前须上传"))
    proof = forms.FileField(
        label=_("破格依据证明（PDF 或图片）"), required=False, help_text=_("获奖文件、成果鉴定或带徒记录，报送前须上传")
    )
    statement = forms.FileField(label=_("在岗声明（PDF 或图片）"), required=False)
    photo = forms.FileField(label=_("证件照"), required=False, help_text=PORTRAIT)

    def prepare(self) -> None:
        thing = self.thing
        self.recognition = thing.recognition if thing.recognition_id else thing.under
        way = self.recognition.way
        levels = [code for code in way.levels if code in self.recognition.filing.levels]
        self.fields["level"].choices = [(code, level_face(code)) for code in levels]  # type: ignore[attr-defined]
        held = [(step.code, level_face(step.code)) for step in LADDER if is_national(step.code) or step.code == "T"]
        self.fields["held_level"].choices = [("", _("没有")), *held]  # type: ignore[attr-defined]
        if way.code != "exceptional":
            del self.fields["grounds"], self.fields["proof"]
        if thing.pk:
            self._fill(thing)

    def _fill(self, thing: Any) -> None:
        for name in FILLED:
            if name in self.fields:
                self.fields[name].initial = getattr(thing, name)
        for row in thing.held[:1]:
            self.fields["held_level"].initial, self.fields["held_issued"].initial = row["level"], row["issued"]

    def clean_identity(self) -> str:
        number = super().clean_identity()
        same = Nominee.everywhere.filter(recognition=self.recognition, identity_index=vault.index_of(number))
        if same.exclude(pk=self.thing.pk).exclude(state="withdrawn").exists():
            raise forms.ValidationError(_("此人已在本轮申报"))
        return number

    def clean_evidence(self) -> Any:
        return paper(self.cleaned_data["evidence"])

    def clean_proof(self) -> Any:
        return paper(self.cleaned_data["proof"])

    def clean_statement(self) -> Any:
        return paper(self.cleaned_data["statement"])

    def clean_photo(self) -> Any:
        upload = self.cleaned_data["photo"]
        if upload:
            if problem := batches.portrait_problem(upload.read()):
                raise forms.ValidationError(problem)
            upload.seek(0)
        return upload or None

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if bool(found.get("held_level")) != bool(found.get("held_issued")):
            self.add_error("held_issued", _("证书级别和发证日期须一并填写"))
        for name in ("hired_on", "held_issued"):
            if found.get(name) and found[name] > clock.today():
                self.add_error(name, _("日期不能晚于今天"))
        return found


class Portrait(StepForm):
    """A portrait for the certificate."""

    photo = forms.FileField(label=_("证件照"), help_text=PORTRAIT)

    def clean_photo(self) -> Any:
        upload = self.cleaned_data["photo"]
        if problem := batches.portrait_problem(upload.read()):
            raise forms.ValidationError(problem)
        upload.seek(0)
        return upload


class Panel(Experts):
    """Who judges a round: nobody who is nominated in it."""

    def apart(self) -> list[int | str]:
        return list(self.thing.nominees.filter(state="nominated").values_list("name", flat=True))


class Verdict(StepForm):
    """What the panel came to on one nominee."""

    mark = forms.DecimalField(max_digits=5, decimal_places=1, required=False)
    reason = forms.CharField(max_length=1000)


class Listing(StepForm):
    """Under which document the list of the appointed is published."""

    list_number = forms.CharField(label=_("名单文号"), min_length=4, max_length=80)
    opinion = forms.CharField(label=_("意见"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))


class TermReview(StepForm):
    """The review of a year in office."""

    result = forms.ChoiceField(label=_("考核结果"), choices=REVIEWS, widget=forms.RadioSelect)
    opinion = words(_("考核意见"), rows=3, help_text=_("解决的难题、带徒和成果应用"))


class Apprenticeship(Person):
    """An apprentice, his mentor and his time."""

    mentor = forms.CharField(label=_("师傅"), min_length=2, max_length=60)
    since = day(_("学徒期起"))
    until = day(_("学徒期止"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        if found["until"] <= found["since"]:
            self.add_error("until", _("学徒期止须晚于学徒期起"))
        same = Apprentice.everywhere.filter(filing=self.thing.under, state__in=("enrolled", "assessed"))
        if same.filter(identity_index=vault.index_of(found["identity"])).exists():
            self.add_error("identity", _("此人已登记为本职业学徒"))
        return found


class Assessment(StepForm):
    """The enterprise's own form, filled, and what it came to."""

    form = forms.FileField(label=_("本企业考核表（PDF 或图片）"))
    mark = forms.DecimalField(label=_("考核成绩"), min_value=0, max_value=100, decimal_places=1)
    comment = words(_("考核评语"), rows=3)

    def clean_form(self) -> Any:
        return paper(self.cleaned_data["form"])
