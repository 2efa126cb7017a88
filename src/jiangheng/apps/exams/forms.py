"""What the steps on sessions and sittings ask."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM
from jiangheng.core.exam import answer_sheet, correcting, item_kinds, items
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, Reason, StepForm
from jiangheng.kernel.spoken import spoken
from jiangheng.kernel.spreadsheet import NotAWorkbook

from . import queries
from .formats import tables, workbook

MOST_PROBLEMS = 40
LEAST_MARKERS = 3
CORRECTIONS = [("key", _("更换答案")), ("everyone", _("全部得分")), ("void", _("作废，分值按比例分给其他题"))]
MOST_BROWSER_KEYS = 8
_BROWSER_KEY = re.compile(r"[0-9a-f]{64}")
YES_NO = [("1", _("是")), ("0", _("否"))]
KINDS_OF_REPORT = [
    ("machine", _("机器或网络故障")),
    ("cheating", _("疑似作弊")),
    ("identity", _("身份不符")),
    ("order", _("扰乱秩序")),
    ("health", _("身体不适")),
    ("other", _("其他")),
]
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
        help_text=_("本平台为每场考试生成的配置文件无须填写；自备配置的，填其 Config Key 或 Browser Exam Key，64 位十六进制，每行一个，最多八个"),
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


class Extension(StepForm):
    """More time for a candidate, with the reason."""

    minutes = forms.IntegerField(label=_("延长（分钟）"), min_value=1, max_value=60)
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200)


class Remark(Reason):
    """Why a sitting is marked again, and by which correction of a key, if by one."""

    correction = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_correction(self) -> Any:
        # whoever asks by hand names none: a correction marks again by itself
        chosen = self.cleaned_data["correction"]
        return queries.correction(chosen) if chosen and self.actor == SYSTEM else None


class CorrectionPlan(StepForm):
    """What is wrong with an item that was examined, and what is right; nothing is marked again before two approve."""

    about = _("提交后先看试算：谁的分数会变，谁会变为合格或不合格。两人先后核准以后才重新评分，前后的分数都保留。")
    way = forms.ChoiceField(label=_("更正方式"), choices=CORRECTIONS, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("正确答案"), required=False, max_length=400,
        help_text=_("只在“更换答案”时填，写题库中的选项字母，如 B 或 ACD；填空题各空用分号隔开"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("更正依据"), min_length=8, max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("写明依据的标准、教材或专家意见；考生和机构会看到"),
    )  # fmt: skip

    private = frozenset({"answer", "tokens"})

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("way") == "key":
            try:
                found["tokens"] = self._tokens(found.get("answer", ""))
            except ValueError as no:
                self.add_error("answer", spoken(str(no)))
        return found

    def _tokens(self, text: str) -> list[str]:
        item = self.thing.under.content
        if not item_kinds.KINDS[item.kind].machine or item.kind in ("case", "hotspot"):
            raise ValueError(_("这类题不能只换答案，请选择“全部得分”或“作废”"))
        line = answer_sheet.Line(item.code, item, Decimal(1))
        tokens = list(answer_sheet.tokens(line, answer_sheet.read(line, text)))
        if not tokens or tuple(tokens) == item.answer:
            raise ValueError(_("没有填写答案，或与原来的答案相同，请核对"))
        problems = items.check_item(correcting.with_key(item, tokens), allow_all_right=True)
        if problems:
            raise ValueError("；".join(map(spoken, problems)))
        return tokens


class OpenAnswers(StepForm):
    """Which answers of a sitting persons have to mark."""

    codes = forms.JSONField()


class Markers(StepForm):
    """Who marks: three at least, so that a third can decide where two differ."""

    markers = ReachedChoices("offices.Account", label=_("评分人"), widget=forms.CheckboxSelectMultiple)

    def narrow(self, name: str, rows: Any) -> Any:
        return rows.filter(state="open", held__role="evaluator", held__state="active").distinct()

    def clean_markers(self) -> Any:
        chosen = self.cleaned_data["markers"]
        if len(chosen) < LEAST_MARKERS:
            raise forms.ValidationError(
                _("至少选 {n} 人：两人独立评分，相差过大时由第三人评分").format(n=LEAST_MARKERS)
            )
        return chosen


class ScriptMarks(StepForm):
    """A marker's mark for each open answer of a sitting, under "m-<place>"; halves of marks."""

    marks = forms.JSONField(required=False)

    private = frozenset({"marks", "given"})

    def prepare(self) -> None:
        self.wrong: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        said = found.get("marks") or {}
        marks: dict[str, Decimal] = {}
        for each in queries.open_answers(self.thing):
            try:
                marks[each.code] = each.read(str(said.get(each.place, "")))
            except ValueError as no:
                self.wrong[each.place] = spoken(str(no))
        if self.wrong:
            self.add_error("marks", list(self.wrong.values()))
        found["given"] = marks
        return found


class Because(StepForm):
    """Why the invigilator does it; goes on record."""

    reason = forms.CharField(
        label=_("理由"), min_length=4, max_length=200, widget=forms.TextInput({"list": "room-reasons"})
    )


class Message(StepForm):
    """What the candidate is to read on his screen."""

    text = forms.CharField(label=_("给考生的话"), min_length=2, max_length=200)


class Move(Because):
    """The next entry may come from another machine; at another seat if one is named."""

    seat = forms.IntegerField(
        label=_("换到座位号"), min_value=1, required=False, help_text=_("只换机器、不换座位的不填")
    )
    field_order = ("seat", "reason")

    def clean_seat(self) -> int | None:
        seat: int | None = self.cleaned_data["seat"]
        session = self.thing.session
        if seat is None or seat == self.thing.seat:
            return None
        if seat > session.room.capacity:
            raise forms.ValidationError(_("本考场只有 {n} 个座位").format(n=session.room.capacity))
        if any(each.seat == seat for each in session.sittings.select_related("application")):
            raise forms.ValidationError(_("{n} 号座位已有考生").format(n=seat))
        return seat


class Irregularity(StepForm):
    """What happened, in the invigilator's words."""

    kind = forms.ChoiceField(label=_("情况"), choices=KINDS_OF_REPORT)
    text = forms.CharField(
        label=_("经过"), min_length=4, max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("时间、经过、在场人员和处理"),
    )  # fmt: skip

    private = frozenset({"text"})


class Arrangements(StepForm):
    """What a candidate is granted, altogether, and on what ground."""

    extra = forms.IntegerField(label=_("延长时间（分钟）"), min_value=0, max_value=180, initial=0)
    breaks = forms.IntegerField(label=_("休息时间（分钟）"), min_value=0, max_value=120, initial=0)
    large = forms.BooleanField(label=_("大字版"), required=False)
    basis = forms.CharField(
        label=_("依据"), min_length=4, max_length=200, help_text=_("例如残疾人证、医院证明、哺乳期")
    )


class Written(StepForm):
    """What was written in a sitting: the row that stands, and the paper it was written on."""

    paper = forms.IntegerField()
    row = forms.JSONField()

    private = frozenset({"row"})


class AnswerBook(StepForm):
    """The filled workbook. Nothing is kept unless every row is right."""

    file = forms.FileField(
        label=_("填好的录入表（.xlsx）"), widget=forms.ClearableFileInput({"accept": ".xlsx"}),
        help_text=_("先下载本场的录入表；有一处不对就一行也不存，改好后重新上传"),
    )  # fmt: skip

    private = frozenset({"rows"})

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "file" not in found:
            return found
        try:
            found["rows"], problems = workbook.read(found["file"].read(), queries.tables_of(self.thing))
        except NotAWorkbook as no:
            self.add_error("file", [f"{refusal.reason}{refusal.mend}" for refusal in no.refusals])
            return found
        if problems:
            told = [str(problem) for problem in problems[:MOST_PROBLEMS]]
            if len(problems) > MOST_PROBLEMS:
                told.append(_("另有 {n} 处有误").format(n=len(problems) - MOST_PROBLEMS))
            self.add_error("file", told)
        return found


class _OfSomebody(StepForm):
    """The part of forms that are about one candidate: his table, and texts by the number of a question."""

    sitting = forms.IntegerField()
    cells = forms.JSONField(required=False)

    wrong: dict[str, str]
    """What is wrong, by question (or "there", "form"): a page shows it at the cell."""

    def person(self) -> tuple[tables.Table, tables.Person]:
        """The candidate and his table; ValidationError for somebody else's number."""
        found = tables.found_in(queries.tables_of(self.thing), self.cleaned_data["sitting"])
        if found is None:
            raise forms.ValidationError(_("这名考生不在本次录入的名单中"))
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.wrong = {}
        if not self.errors:
            self.read(found, *self.person())
        return found

    def read(self, found: dict[str, Any], table: tables.Table, person: tables.Person) -> None:
        """Put into `found` what the texts of this candidate come to, or `refuse` them."""
        raise NotImplementedError

    def clean_cells(self) -> dict[str, str]:
        cells = self.cleaned_data["cells"] or {}
        if not isinstance(cells, dict) or not all(isinstance(text, str) for text in cells.values()):
            raise forms.ValidationError(_("作答应按题号给出文字"))
        return cells

    def refuse(self, wrong: dict[str, str]) -> None:
        """Say what is wrong with which question."""
        self.wrong = wrong
        self.add_error("cells", list(wrong.values()))


class AnswerRow(_OfSomebody):
    """What one candidate wrote, typed from his answer sheet."""

    there = forms.ChoiceField(label=_("到考情况"), choices=list(tables.WAYS.items()), initial=tables.THERE)
    form = forms.CharField(label=_("卷别"), required=False, max_length=8)

    private = frozenset({"cells", "row"})

    def read(self, found: dict[str, Any], table: tables.Table, person: tables.Person) -> None:
        try:
            found["row"] = tables.read_row(
                table, person, there=found["there"], form=found["form"], cells=found["cells"]
            )  # fmt: skip
        except tables.Unreadable as no:
            self.refuse(no.wrong)


class Decision(_OfSomebody):
    """What stands where two typings of one candidate differ, and why: the answer sheet was looked at again."""

    reason = forms.CharField(label=_("核定依据"), min_length=4, max_length=200)

    private = frozenset({"cells", "values"})
    marks = False
    """Whether it is about marks, which a third marker gives, and not about what was written."""

    def read(self, found: dict[str, Any], table: tables.Table, person: tables.Person) -> None:
        open_ones = {
            each.name: each
            for each in queries.differences(self.thing)
            if each.sitting == person.sitting and each.mark == self.marks
        }
        if not found["cells"]:
            self.refuse({"": str(_("没有核定任何一处"))})
            return
        values, wrong = {}, {}
        for name, text in found["cells"].items():
            try:
                values[name] = self._value(table, open_ones.get(name), name, text)
            except ValueError as no:
                wrong[name] = spoken(str(no))
        if wrong:
            self.refuse(wrong)
        # the trail keeps which questions, never what was answered
        found["values"], found["names"] = values, sorted(values)

    def _value(self, table: tables.Table, difference: tables.Difference | None, name: str, text: str) -> str:
        if difference is None:
            raise ValueError(_("“{name}”没有差异，不用核定").format(name=name))
        if name == tables.WHO:
            if text not in (difference.first, difference.second):
                raise ValueError(_("到考情况只能在两遍录入之间选定"))
            return text
        if name == tables.FORM:
            if text not in table.forms:
                raise ValueError(_("没有卷别“{form}”").format(form=text))
            return text
        assert difference.line is not None
        said = answer_sheet.read(difference.line, text)
        if difference.mark and not said:
            raise ValueError(_("第 {n} 题没有评分").format(n=name))
        return said or tables.EMPTY


class ThirdMark(Decision):
    """A third marker's marks where two lie too far apart, and how he came to them."""

    marks = True
