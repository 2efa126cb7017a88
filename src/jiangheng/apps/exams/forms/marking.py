"""What marking asks after an examination: markers, marks, another mark, another key (clause K13)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM
from jiangheng.core.exam import answer_sheet, correcting, item_kinds, items
from jiangheng.kernel.forms import ReachedChoices, Reason, StepForm
from jiangheng.kernel.spoken import spoken

from .. import queries

LEAST_MARKERS = 3
CORRECTIONS = [("key", _("更换答案")), ("everyone", _("全部得分")), ("void", _("作废，分值按比例分给其他题"))]


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
