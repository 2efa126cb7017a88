"""Judging a paper for its cut score, each judge alone, every item shown is a look; the closed study's report (P2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jiangheng.apps.itembank import flow as itembank
from jiangheng.apps.itembank.models.study import DIFFICULTY, GRADES, RELEVANCE
from jiangheng.apps.itembank.pages import items
from jiangheng.apps.itembank.pages import study as pages
from jiangheng.apps.itembank.queries import study as studies
from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refusal, Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock
from jiangheng.kernel.perform import perform, standing_refusals

from .. import acts, errors
from ..doors import members_only
from .ways import actor_of, crumbs, handed_out, linked

KEEP, GIVE = step_of("opinion.keep"), step_of("opinion.give")
JSON = "application/json"
A_PAGE = 20
"""So many things to judge stand on one page: each is opened for the judge, and each is a look."""


def _own(study: Any, actor: Actor) -> Any:
    """The actor's opinion of this round; OutOfReach for who is not a judge."""
    kind, _colon, pk = actor.id.partition(":")
    found = studies.opinion_of(study, int(pk)) if kind == "account" else None
    if found is None:
        raise OutOfReach(f"study:{study.pk}:rate")
    return found


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own ratings: kept as often as one likes, then given, which ends them for this round."""
    study = linked(request, "study", pk, "rate")
    actor = actor_of(request)
    opinion = _own(study, actor)
    if request.method != "POST":
        return _page(request, study, opinion, opinion.ratings, [], leaf=_leaf(study, request.GET.get("page", "")))
    leaf = _leaf(study, request.POST.get("leaf", ""))
    given = _posted(study, request.POST, kept=opinion.ratings, leaf=leaf)
    try:
        # what is on the page is kept before it is given: a refusal loses nothing
        opinion = perform(
            KEEP, opinion.pk, actor=actor, given={"ratings": given}, version=acts.version_of(request.POST)
        )
        if request.POST.get("act") == "give":
            opinion = perform(GIVE, opinion.pk, actor=actor, given={"ratings": given})
    except Refused as no:
        opinion = _own(study, actor)
        if request.POST.get("act") == "give" and opinion.ratings == given:
            leaf = _lacking(study, given, leaf)
        return _page(request, study, opinion, given, list(no.refusals), leaf=leaf, status=422)
    if opinion.state == "given":
        messages.success(request, _("评判已提交。本轮结束前，其他专家看不到您的评判。"))
        return HttpResponseRedirect(f"/d/study/{pk}")
    to = request.POST.get("to", "")
    if not to:
        messages.success(request, _("评判已保存，还没有提交。"))
    # what was rated is kept whichever way the judge goes on
    return HttpResponseRedirect(f"{request.path}?page={_leaf(study, to).number if to else leaf.number}")


@dataclass(frozen=True)
class _Leaf:
    """A page of what is judged: its number from 1, how many there are, and its places in the paper, from 1."""

    number: int
    of: int
    places: range

    @property
    def last(self) -> bool:
        return self.number == self.of


def _leaf(study: Any, asked: str) -> _Leaf:
    total = len(studies.objects_of(study))
    of = max(1, -(-total // A_PAGE))
    number = min(max(int(asked), 1), of) if asked.isdecimal() and len(asked) < 6 else 1
    return _Leaf(number, of, range((number - 1) * A_PAGE + 1, min(number * A_PAGE, total) + 1))


def _lacking(study: Any, ratings: dict[str, Any], here: _Leaf) -> _Leaf:
    """The page of the first thing that is not rated yet; the last, where the grid is, when all are."""
    judged = ratings.get("judged", {})
    missing = [place for place, key in enumerate(studies.objects_of(study), start=1) if key not in judged]
    if set(missing) & set(here.places):
        return here
    return _leaf(study, str(-(-missing[0] // A_PAGE) if missing else here.of))


def _posted(study: Any, posted: QueryDict, *, kept: dict[str, Any], leaf: _Leaf) -> dict[str, Any]:
    """The ratings of the form on top of those of the other pages.

    What is no number stays as it was typed, so that the refusal can say so.
    """
    keys = dict(enumerate(studies.objects_of(study), start=1))
    here = {keys[place] for place in leaf.places}
    judged: dict[str, Any] = {key: value for key, value in kept.get("judged", {}).items() if key not in here}
    for place in leaf.places:
        key = keys[place]
        if study.method == "ebel":
            cell = [posted.get(f"relevance-{place}", ""), posted.get(f"difficulty-{place}", "")]
            if all(cell):
                judged[key] = cell
        elif (text := posted.get(f"rating-{place}", "").strip()) != "":
            judged[key] = _number(text)
    if study.method != "ebel":
        return {"judged": judged}
    if not leaf.last:
        return {"judged": judged, "grid": kept.get("grid", {})}
    grid = {cell: _number(text) for cell in studies.cells() if (text := posted.get(f"grid-{cell}", "").strip())}
    return {"judged": judged, "grid": grid}


def _number(text: str) -> int | float | str:
    try:
        found = float(text)
    except ValueError:
        return text
    # "nan" and "inf" are floats, but no ratings; they stay words
    if found not in (float("inf"), float("-inf")) and found == found:
        return int(found) if found == int(found) else found
    return text


def _page(
    request: HttpRequest, study: Any, opinion: Any, ratings: dict[str, Any], refusals: list[Refusal], *, leaf: _Leaf,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    actor = actor_of(request)
    barred = standing_refusals(KEEP, opinion, actor) if opinion.state == "open" else []
    lines = _lines(study, opinion, ratings, actor, leaf)
    known = studies.objects_of(study)
    context = {
        "study": study,
        "opinion": opinion,
        "title": pages.paper_of(study),
        "method": pages.method_of(study),
        "lines": lines,
        "leaf": leaf,
        "leaves": range(1, leaf.of + 1),
        "total": len(known),
        "grid": _grid(ratings),
        "relevances": RELEVANCE.items(),
        "difficulties": DIFFICULTY.items(),
        "grades": [(str(code), label) for code, label in GRADES.items()],
        "done": sum(key in ratings.get("judged", {}) for key in known),
        "given": opinion.state != "open",
        "barred": [errors.shown(each) for each in barred],
        "refusals": [errors.shown(each) for each in refusals],
        "watermark": items.watermark(actor),
        "crumbs": crumbs("study", study, _("评判")),
    }
    return render(request, "itembank/study_rate.html", context, status=status)


def _lines(study: Any, opinion: Any, ratings: dict[str, Any], actor: Actor, leaf: _Leaf) -> list[dict[str, Any]]:
    judged = ratings.get("judged", {})
    earlier = studies.before(study, opinion.judge_id)
    was = earlier.ratings.get("judged", {}) if earlier is not None else {}
    spread = pages.drawn_spread(study, studies.spread(study, study.round - 1)) if study.round > 1 else []
    by_key = {row["key"]: row for row in spread}
    found: list[dict[str, Any]] = []
    for line in _objects(study, actor, leaf):
        value = judged.get(line["key"])
        found.append({
            **line, "next": value is None and all(each["value"] for each in found),
            "value": value if isinstance(value, list) else _text(value),
            "before": pages.rating_words(study.method, was[line["key"]]) if line["key"] in was else "",
            "spread": by_key.get(line["key"]),
        })  # fmt: skip
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _objects(study: Any, actor: Actor, leaf: _Leaf) -> list[dict[str, Any]]:
    """What is judged on a page, in the paper's order; showing an item to a judge is written down."""
    if not study.by_items:
        return studies.candidates_of(study)[leaf.places.start - 1 : leaf.places.stop - 1]
    marks, size = studies.marks_of(study.paper), items.size_in(study.bank)
    found = []
    rows = studies.paper_rows(study.paper)
    for place in leaf.places:
        row = rows[place - 1]
        content = itembank.look_at(row, actor=actor, what="study")
        # a judge does not reach the item itself: its pictures come through the study
        drawn = items.shown(content, media=f"/d/study/{study.pk}/media/", size=size)
        found.append({"key": row.code, "number": place, "item": drawn, "marks": marks[row.code]})
    return found


def _grid(ratings: dict[str, Any]) -> list[dict[str, Any]]:
    given = ratings.get("grid", {})
    return [
        {
            "label": label,
            "cells": [
                {
                    "name": f"{relevance}/{difficulty}",
                    "label": name,
                    "value": _text(given.get(f"{relevance}/{difficulty}")),
                }
                for difficulty, name in DIFFICULTY.items()
            ],
        }
        for relevance, label in RELEVANCE.items()
    ]


@members_only
@require_safe
def media(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A picture of the paper for one of its judges."""
    study = linked(request, "study", pk, "rate")
    _own(study, actor_of(request))
    found = studies.picture(study, digest)
    if found is None:
        raise OutOfReach(f"study:{pk}:{digest}")
    answer = handed_out(found.data, kind=found.media_type, name=found.name, shown=True)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@members_only
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The closed study on paper: result, judges, course of the rounds, what was judged how."""
    study = linked(request, "study", pk, "report")
    context = {
        "study": study,
        "title": pages.paper_of(study),
        "method": pages.method_of(study),
        "rounds": studies.rounds_of(study),
        "rows": pages.drawn_spread(study, study.result["spread"]),
        "named": True,
        "by_items": study.by_items,
        "round": study.round,
        "printed": clock.now(),
        "crumbs": crumbs("study", study, _("研究报告")),
        **pages.result(study),
    }
    return render(request, "itembank/study_report.html", context)


@members_only
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole record of a closed study, for whoever works it out again."""
    study = linked(request, "study", pk, "record.json")
    data = {"format": "jiangheng/cut-score/1", **study.result}
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return handed_out(text.encode(), kind=JSON, name=_("合格线研究-{pk}.json").format(pk=pk))
