"""Writing a practical paper: what a site prepares, the task, the lines of the score sheet (K14)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam import rich_typed
from jiangheng.core.law.standard_data import FULL_MARKS
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken

from ..models import Exercise
from ..queries import practice as exercises
from ..queries.practice import JUDGED


def _lines(label: Any, *, help_text: Any = "", required: bool = False, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=8000, widget=forms.Textarea({"rows": rows}), help_text=help_text
    )


class ExerciseContent(StepForm):
    """A whole practical paper in plain fields; one thing, or one line of the sheet, on a line."""

    code = forms.RegexField(
        label=_("题号"), regex=r"^[A-Za-z0-9-]{1,24}$", help_text=_("字母、数字和连字符，例如 C-001")
    )
    title = forms.CharField(label=_("名称"), max_length=80)
    minutes = forms.IntegerField(label=_("考核时间（分钟）"), min_value=5, max_value=1440)
    equipment = _lines(_("设备设施"), help_text=_("一行一项，例如：低压配电实训台，每工位 1 台"), required=True)
    materials = _lines(_("材料"), help_text=_("一行一项"))
    tools = _lines(_("工具、量具和劳动防护用品"), help_text=_("一行一项；由考生自带的请注明"))
    site = _lines(
        _("场地要求"), rows=3, help_text=_("一行一项；以上四栏是考核准备通知单，考前会发给考点，不要写出题目内容")
    )
    task = forms.CharField(
        label=_("考核任务"), max_length=60_000, widget=forms.Textarea({"rows": 12}),
        help_text=_("空行分段，公式写在 \\( 和 \\) 之间；密封保存，查看有记录"),
    )  # fmt: skip
    lines = _lines(
        _("评分要点"), required=True, rows=10,
        help_text=_("一行一条，“评分内容和要求 | 分值”，合计 100 分；由考评员评判的在最后加“| 评判”"),
    )  # fmt: skip
    vetoes = _lines(_("否定项"), help_text=_("一行一条，不写分值；出现其中一条，本题成绩为零"), rows=3)

    # the notice is no secret; the trail keeps of the rest the keyed digest
    private = frozenset({"task", "lines", "vetoes"})

    def prepare(self) -> None:
        born = self.thing.pk is None
        self.bank = self.thing.under if born else self.thing.bank
        if self.is_bound:
            return
        found = exercises.proposal(self.bank) if born else exercises.as_typed(self.thing, self.content())
        for name, value in found.items():
            self.fields[name].initial = value

    def content(self) -> dict[str, Any]:
        """Task and marking lines of a written paper, to be changed; whoever opens the form reads them."""
        return dict(self.thing.content)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if self.thing.pk and code != self.thing.code:
            raise forms.ValidationError(_("题号不能更改"))
        if not self.thing.pk and Exercise.everywhere.filter(bank=self.bank, code=code).exists():
            raise forms.ValidationError(_("题号已存在，请换一个"))
        return code

    def clean_task(self) -> str:
        cleaned = rich_typed.from_typed(self.cleaned_data["task"])
        for dropped in cleaned.dropped:
            self.add_error("task", spoken(dropped))
        return cleaned.text

    def clean_lines(self) -> list[dict[str, str]]:
        found = []
        for number, line in _numbered(self.cleaned_data["lines"]):
            text, marks, *rest = (*(part.strip() for part in line.replace("｜", "|").split("|")), "", "")[:4]
            kind = next((word for word in rest if word), "")
            if not text or not _is_marks(marks):
                said = _t("第 {n} 行要写成“评分内容 | 分值”，分值大于 0，最多一位小数")
                self.add_error("lines", said.format(n=number))
            elif kind not in ("", JUDGED):
                self.add_error("lines", _t("第 {n} 行最后只能写“{word}”，或者不写").format(n=number, word=JUDGED))
            else:
                found.append({"text": text, "marks": marks, "kind": "judged" if kind else "measured"})
        total = sum((Decimal(line["marks"]) for line in found), Decimal(0))
        if "lines" not in self.errors and total != FULL_MARKS:
            self.add_error(
                "lines", _t("各条分值合计 {total} 分，应为 {full} 分，请调整").format(total=total, full=FULL_MARKS)
            )
        return found

    def clean_vetoes(self) -> list[dict[str, str]]:
        found = []
        for number, line in _numbered(self.cleaned_data["vetoes"]):
            if "|" in line.replace("｜", "|"):
                self.add_error("vetoes", _t("第 {n} 行：否定项不写分值，请删去“|”和后面的内容").format(n=number))
            found.append({"text": line, "marks": "", "kind": "veto"})
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        found["notice"] = {name: [line for _n, line in _numbered(found.get(name, ""))] for name, _l in Exercise.NOTICE}
        return found


def _numbered(text: str) -> Iterable[tuple[int, str]]:
    lines = enumerate(str(text).splitlines(), start=1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


def _is_marks(text: str) -> bool:
    try:
        marks = Decimal(text)
    except InvalidOperation:
        return False
    return marks.is_finite() and 0 < marks <= FULL_MARKS and marks == round(marks, 1)
