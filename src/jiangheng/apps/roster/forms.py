"""What the steps on committees and ballots ask."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.skill.votes import CHOICES
from jiangheng.kernel.forms import ReachedChoice, ReachedChoices, StepForm
from jiangheng.kernel.spoken import spoken_lazy

from . import queries
from .models import KINDS

CHOICE = [(code, spoken_lazy(name)) for code, name in CHOICES.items()]


class Convening(StepForm):
    """Who decides on what. Filled by the upper room's step, with what its people chose."""

    kind = forms.ChoiceField(label=_("评审类别"), choices=KINDS)
    subject = forms.CharField(label=_("评审事项"), min_length=2, max_length=160)
    members = ReachedChoices("offices.Account", label=_("评审专家"), widget=forms.CheckboxSelectMultiple)
    chair = ReachedChoice("offices.Account", label=_("评审组长"))
    apart = forms.JSONField(label=_("回避人员"), required=False)
    matters = forms.JSONField(label=_("表决事项"))
    paragraphs = forms.JSONField(label=_("文本段落"), required=False)

    def clean_members(self) -> list[Any]:
        chosen = {account.pk: account for account in self.cleaned_data["members"]}
        # a list with somebody twice must be seen as such, and a set no longer shows it
        asked = Counter(int(pk) for pk in self.fields["members"].widget.value_from_datadict(self.data, {}, "members"))
        return [account for pk, account in sorted(chosen.items()) for _each in range(asked[pk])]

    def clean_apart(self) -> list[Any]:
        return list(self.cleaned_data["apart"] or [])

    def clean_matters(self) -> list[dict[str, Any]]:
        return _named(self.cleaned_data["matters"], of=_("表决事项"))

    def clean_paragraphs(self) -> list[dict[str, Any]]:
        return _named(self.cleaned_data["paragraphs"] or [], of=_("文本段落"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "members" not in found:
            return found
        problems = queries.composition_problems(
            members=found["members"], chair=found.get("chair"), scope=self.thing.scope, apart=found.get("apart") or []
        )
        for name, said in problems.items():
            self.add_error(name, said)
        return found


def _named(rows: Any, *, of: Any) -> list[dict[str, Any]]:
    """Rows that each have a key and a title, no key twice."""
    sound = isinstance(rows, list) and all(
        isinstance(row, dict) and row.get("title") and isinstance(row.get("key"), str) and row["key"] for row in rows
    )
    if not sound or len({row["key"] for row in rows}) < len(rows):
        raise forms.ValidationError(_("{what}须各有不同的编号（key）和标题（title）").format(what=of))
    return rows  # type: ignore[no-any-return]


class Experts(StepForm):
    """Who sits on a committee and who leads it; the rooms above say who must stand apart."""

    members = ReachedChoices("offices.Account", label=_("评审专家"), widget=forms.CheckboxSelectMultiple)
    chair = ReachedChoice("offices.Account", label=_("评审组长"))

    def apart(self) -> list[int | str]:
        """Accounts by number, or names, that may not sit."""
        return []

    def narrow(self, name: str, rows: Any) -> Any:
        return queries.experts(self.thing.scope)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "members" in found:
            problems = queries.composition_problems(
                members=list(found["members"]), chair=found.get("chair"), scope=self.thing.scope, apart=self.apart()
            )
            for name, said in problems.items():
                self.add_error(name, said)
        return found


class NewBallot(StepForm):
    """Whose ballot."""

    member = forms.IntegerField()


class Vote(StepForm):
    """One member's vote on every matter; whoever is against says why."""

    def prepare(self) -> None:
        for matter in self.thing.committee.matters:
            key, title = matter["key"], matter["title"]
            self.fields[f"{key}_choice"] = forms.ChoiceField(
                label=title, choices=CHOICE, widget=forms.RadioSelect, help_text=matter.get("note", "")
            )
            if matter.get("marked") is not False:
                self.fields[f"{key}_mark"] = forms.DecimalField(
                    label=_("{title}：评分（0–100）").format(title=title), min_value=0, max_value=100,
                    decimal_places=1, required=False, widget=forms.NumberInput({"step": "0.5", "inputmode": "decimal"}),
                )  # fmt: skip
            self.fields[f"{key}_comment"] = forms.CharField(
                label=_("{title}：意见").format(title=title), required=False, max_length=1000,
                widget=forms.Textarea({"rows": 2}), help_text=_("不同意的须写明理由"),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for matter in self.thing.committee.matters:
            key, choice = matter["key"], found.get(f"{matter['key']}_choice")
            if choice == "against" and len(found.get(f"{key}_comment", "").strip()) < 4:
                self.add_error(f"{key}_comment", _("不同意的须写明理由（不少于 4 个字），申报人要据此改进"))
            unmarked = found.get(f"{key}_mark") is None and f"{key}_mark" not in self.errors
            if matter.get("marked") and unmarked and choice in ("for", "against"):
                self.add_error(f"{key}_mark", _("请评分；弃权的可以不评分"))
        return found


def votes_in(matters: list[dict[str, Any]], given: Any) -> dict[str, dict[str, Any]]:
    """The votes of a filled form by matter, as the ballot keeps them: marks as text, so that no digit is lost."""
    found = {}
    for matter in matters:
        key = matter["key"]
        mark: Decimal | None = given.get(f"{key}_mark")
        found[key] = {
            "choice": given[f"{key}_choice"],
            "mark": None if mark is None else str(mark),
            "comment": given.get(f"{key}_comment", "").strip(),
        }
    return found


class Comment(StepForm):
    """A comment on one paragraph of the text."""

    paragraph = forms.CharField(label=_("段落"), max_length=80)
    comment = forms.CharField(
        label=_("修改意见"), min_length=2, max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("评审结束后起草单位原样看到；请写明怎样改"),
    )  # fmt: skip

    def prepare(self) -> None:
        outline = self.thing.committee.paragraphs
        if outline:
            choices = [(each["key"], each["title"]) for each in outline]
            self.fields["paragraph"] = forms.ChoiceField(label=_("段落"), choices=choices)
            self.order_fields(["paragraph", "comment"])


class Minutes(StepForm):
    """The chair's minutes of the review."""

    minutes = forms.CharField(
        label=_("评审纪要"), min_length=10, max_length=5000, widget=forms.Textarea({"rows": 10}),
        help_text=_("写明评审过程、主要意见和结论；提交后不能修改"),
    )  # fmt: skip
