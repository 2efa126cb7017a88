"""What typing, uploading and deciding answers written on paper asks (clause K13)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam import answer_sheet
from jiangheng.kernel.forms import StepForm
from jiangheng.kernel.spoken import spoken
from jiangheng.kernel.spreadsheet import NotAWorkbook

from .. import queries
from ..formats import tables, workbook

MOST_PROBLEMS = 40


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
