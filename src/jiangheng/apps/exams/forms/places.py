"""What the steps of a session at a place without a good line ask (clause K13)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam import site_bundle
from jiangheng.core.law.calendar import CHINA
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken

from .. import queries

WAYS = [("phone", _("电话")), ("file", _("文件")), ("in_person", _("当面"))]
_TOLD = 20


class Packing(StepForm):
    """Who answers for the package at the place."""

    about = _(
        "封装后本场在考点自己的机器上进行：中心考场不再接受入场，便利安排不再改动，不拍照，直到收入考点的回传。"
        "开考前、启封码告知以前可以收回。"
    )

    contact = forms.CharField(label=_("考点负责人"), min_length=2, max_length=40)


class Fetching(StepForm):
    """Which part of the package the place got: from that byte to the end."""

    start = forms.IntegerField(label=_("起始字节"), min_value=0)


class Telling(StepForm):
    """Whom the key is told, and the check code he reads out: it shows that he has this package and no other."""

    about = _("先请对方报考点名称和核对码，核对相符后才显示启封码。谁在什么时候看过启封码，都会记入存证。")

    listener = forms.CharField(label=_("对方姓名"), min_length=2, max_length=40)
    way = forms.ChoiceField(label=_("告知方式"), choices=WAYS)
    code = forms.CharField(
        label=_("对方报的核对码"), max_length=40,
        help_text=_("考点运行 jiangheng site fetch 后显示的 16 位核对码；考点输入启封码的页面上也有"),
    )  # fmt: skip

    def clean_code(self) -> str:
        said = re.sub(r"[^0-9a-f]", "", self.cleaned_data["code"].lower())
        if not said or said != self.thing.package_digest[: queries.SHOWN]:
            raise forms.ValidationError(_("核对码不符：对方手里不是本场现在的试卷包，请勿告知启封码"))
        return str(said)


class Bundle(StepForm):
    """The bundle of a place; ``bundle`` and ``content`` are what was read of it."""

    about = _("考点考完后用 jiangheng site return 生成的回传文件。每台机器各有一份，都要上传；同一份只计一次。")
    private: ClassVar[frozenset[str]] = frozenset({"bundle", "content"})

    file = forms.FileField(label=_("回传文件（.json）"))

    def clean_file(self) -> Any:
        upload, most = self.cleaned_data["file"], parameter("site.bundle_most")
        if upload.size > most * 1024:
            raise forms.ValidationError(_("文件超过 {n} 千字节，不是考点的回传文件").format(n=most))
        # a refused form is read once more to be shown
        upload.seek(0)
        content = upload.read()
        try:
            bundle = site_bundle.read(content)
        except ValueError as error:
            raise forms.ValidationError(spoken(str(error))) from None
        # what it is before whether it came before: of another place's bundle nothing is said
        if faults := queries.faults_of(self.thing, bundle):
            more = len(faults) - _TOLD
            told = [*faults[:_TOLD], *([_t("另有 {n} 处").format(n=more)] if more > 0 else [])]
            raise forms.ValidationError([forms.ValidationError(each) for each in told])
        if queries.delivered(site_bundle.digest(bundle)) is not None:
            raise forms.ValidationError(_("这份回传已经收到过，没有重复计入"))
        self.cleaned_data |= {"bundle": bundle, "content": content}
        return upload


class Versions(StepForm):
    """Where the two machines of a place both took answers of a candidate without knowing of each other: which count."""

    about = _("把考点回传的作答记录逐条写入中心考场的记录，写入后按中心考场的作答一样评分。全部写入，或一人也不写入。")

    def prepare(self) -> None:
        self.forks = queries.merged(self.thing).forks
        people = {each.pk: each for each in self.thing.sittings.select_related("application")}
        for fork in self.forks:
            choices = [
                (str(number), _t("{n} 条记录，最后一条 {at}").format(n=count, at=_clock(at)))
                for number, (count, at) in enumerate(queries.last_said(fork))
            ]
            person = people[fork.sitting]
            self.fields[f"version_{fork.sitting}"] = forms.ChoiceField(
                label=_t("{seat} 号 {name}：以哪一份为准").format(seat=person.seat, name=person.application.name),
                choices=choices,
                error_messages={"required": _t("没有选定，请核实后选一份")},
                help_text=_t("两台机器各自接收过作答，前 {n} 条相同。请核实后选定").format(n=fork.common),
            )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        found = {fork.sitting: said.get(f"version_{fork.sitting}") for fork in self.forks}
        return {**said, "choices": {sitting: int(number) for sitting, number in found.items() if number}}


def _clock(at: int) -> str:
    return f"{dt.datetime.fromtimestamp(at / 1000, CHINA):%H:%M:%S}"
