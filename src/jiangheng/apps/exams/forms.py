"""What the steps on sessions and sittings ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam import answer_sheet
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, StepForm
from jiangheng.kernel.spoken import spoken
from jiangheng.kernel.spreadsheet import NotAWorkbook

from . import queries
from .formats import tables, workbook

MOST_PROBLEMS = 40
SHEETS = [("a4", _("A4，单栏")), ("a3", _("A3，双栏对折"))]


class SessionPlan(StepForm):
    """Which room, and who invigilates."""

    room = ReachedChoice("institutions.Room", label=_("考场"))
    invigilators = ReachedChoices("offices.Account", label=_("监考人员"), widget=forms.CheckboxSelectMultiple)

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
