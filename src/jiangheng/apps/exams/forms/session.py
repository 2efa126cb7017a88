"""What preparing, printing and opening a session asks (clause K13)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, StepForm

MOST_BROWSER_KEYS = 8
_BROWSER_KEY = re.compile(r"[0-9a-f]{64}")
YES_NO = [("1", _("是")), ("0", _("否"))]
SHEETS = [("a4", _("A4，单栏")), ("a3", _("A3，双栏对折"))]


class SessionPlan(StepForm):
    """Which room, who invigilates, and how the examination is conducted; what is left out is as the parameters say."""

    room = ReachedChoice("institutions.Room", label=_("考场"))
    invigilators = ReachedChoices("offices.Account", label=_("监考人员"), widget=forms.CheckboxSelectMultiple)
    calculator = forms.ChoiceField(label=_("页面提供计算器"), choices=YES_NO, required=False)
    lock_after = forms.IntegerField(
        label=_("离开页面几次后锁定"), min_value=0, max_value=99, required=False,
        help_text=_("0 表示只记录、不锁定；锁定后由监考人员恢复"),
    )  # fmt: skip
    exam_browser = forms.ChoiceField(label=_("须用防作弊浏览器（SEB）"), choices=YES_NO, required=False)
    browser_keys = forms.CharField(
        label=_("另外接受的防作弊浏览器密钥"), required=False, max_length=8 * 66, widget=forms.Textarea({"rows": 2}),
        help_text=_("用本平台生成的配置文件时无须填写；自备配置的，填其 64 位十六进制密钥，每行一个，最多八个"),
    )  # fmt: skip
    camera = forms.IntegerField(
        label=_("摄像头拍照间隔（秒）"), min_value=0, max_value=3600, required=False, help_text=_("0 表示不拍照"),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["calculator"].initial = str(parameter("exam.calculator"))
        self.fields["exam_browser"].initial = str(parameter("exam.browser"))
        self.fields["lock_after"].initial = parameter("exam.lock_after")
        self.fields["camera"].initial = parameter("exam.camera")

    def clean_calculator(self) -> bool:
        return bool(int(self.cleaned_data["calculator"] or parameter("exam.calculator")))

    def clean_exam_browser(self) -> bool:
        return bool(int(self.cleaned_data["exam_browser"] or parameter("exam.browser")))

    def clean_lock_after(self) -> int:
        return self._or_usual("lock_after")

    def clean_camera(self) -> int:
        return self._or_usual("camera")

    def _or_usual(self, name: str) -> int:
        said = self.cleaned_data[name]
        return parameter(f"exam.{name}") if said is None else int(said)

    def clean_browser_keys(self) -> list[str]:
        keys = self.cleaned_data["browser_keys"].lower().split()
        if len(keys) > MOST_BROWSER_KEYS or not all(_BROWSER_KEY.fullmatch(key) for key in keys):
            raise forms.ValidationError(_("配置密钥应为 64 位十六进制，每行一个，最多八个"))
        return keys

    def narrow(self, name: str, rows: Any) -> Any:
        batch = self.thing.batch if self.thing.batch_id else self.thing.under
        if name == "room":
            return rows.filter(pk__in=batch.theory_rooms.values("pk"))
        return rows.filter(state="open", held__role="invigilator", held__state="active").distinct()

    def clean_invigilators(self) -> Any:
        chosen = self.cleaned_data["invigilators"]
        room = self.cleaned_data.get("room")
        least = parameter("invigilators.min")
        if room is not None:
            least = max(least, -(-self._seated(room) // parameter("invigilator.ratio")))
        if len(chosen) < least:
            raise forms.ValidationError(_("该考场至少需要 {n} 名监考人员").format(n=least))
        return chosen

    def _seated(self, room: Any) -> int:
        batch = self.thing.batch if self.thing.batch_id else self.thing.under
        return int(batch.applications.filter(state="seated", theory_room=room).count())


class Printing(StepForm):
    """How many copies of its papers a session needs on paper, and why it cannot do with computers."""

    copies = forms.IntegerField(label=_("每种卷别备用份数"), min_value=0, max_value=20, initial=1)
    sheet = forms.ChoiceField(label=_("试卷纸张"), choices=SHEETS, required=False)
    reason = forms.CharField(
        label=_("印制缘由"), min_length=4, max_length=200,
        help_text=_("例如考点没有机房。登记后，请在 30 分钟内从本页的链接取文件；每页印有您的姓名和时间"),
    )  # fmt: skip

    def clean_sheet(self) -> str:
        return self.cleaned_data["sheet"] or "a4"


class Arrangement(StepForm):
    """One sitting: whose, on which paper."""

    application = forms.IntegerField()
    paper = forms.IntegerField()
    face = forms.RegexField(regex=r"^[0-9a-f]{64}$")


class Exchange(StepForm):
    """The paper a sitting is on instead of one that was destroyed."""

    paper = forms.IntegerField()
    face = forms.RegexField(regex=r"^[0-9a-f]{64}$")
