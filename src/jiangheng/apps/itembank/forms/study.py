"""What setting a cut score asks: the panel and its method, ratings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.kernel.forms import ReachedChoices, StepForm

from ..models import Study
from ..models.study import BY_ITEMS
from ..queries import study as studies


class Panel(StepForm):
    """By which method, and who judges."""

    method = forms.ChoiceField(label=_("方法"), choices=Study.METHODS)
    judges = ReachedChoices(
        "offices.Account", label=_("评判专家"), widget=forms.CheckboxSelectMultiple,
        help_text=_("专家会看到试卷的试题和答案，每次查看都有记录；宜不少于 5 名"),
    )  # fmt: skip

    def narrow(self, name: str, rows: Any) -> Any:
        return studies.judges_for(self.thing.under.bank)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "judges" in found and len(found["judges"]) < 2:
            self.add_error("judges", _("至少要有 2 名专家，才能看出意见是否一致"))
        if found.get("method") and found["method"] not in BY_ITEMS and not studies.sheets_to_grade(self.thing.under):
            self.add_error(
                "method", _("这种方法要评考生的作答，而本卷还没有收回答卷；请等收卷后再研究，或改用逐题评判的方法")
            )
        return found


class NewOpinion(StepForm):
    """Whose opinion, in which round."""

    judge = forms.IntegerField()
    round = forms.IntegerField(min_value=1)


class Ratings(StepForm):
    """Ratings as far as they are given: ``{"judged": {key: rating}, "grid": {cell: percent}}``."""

    ratings = forms.JSONField(label=_("评判"), required=False)

    # the trail keeps their digest: it can be read while the others still judge
    private = frozenset({"ratings"})

    def clean_ratings(self) -> dict[str, Any]:
        given = self.cleaned_data["ratings"]
        if given is None:
            return dict(self.thing.ratings)
        for problem in studies.rating_problems(self.thing.study, given):
            self.add_error("ratings", problem)
        return given if isinstance(given, dict) else {}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        # an officer may hold the role of an expert too, and he reaches everybody's opinion
        own = offices.account_of(self.actor)
        if own is None or own.pk != self.thing.judge_id:
            self.add_error(None, _("这是另一位专家的评判，须由本人填写"))
        return found


class GivenRatings(Ratings):
    """The same, complete."""

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not self.errors:
            for lack in studies.unrated(self.thing.study, found["ratings"]):
                self.add_error("ratings", lack)
        return found
