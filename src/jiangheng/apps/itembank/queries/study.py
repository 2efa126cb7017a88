"""Standard setting: who judges what, what a round came to, and the cut with its whole record (P2)."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _t

from jiangheng.apps.roster import queries as roster
from jiangheng.core.authority import Role
from jiangheng.core.insight import borderline, cutscore
from jiangheng.core.insight.cutscore import CutScore, Intraclass, JudgeCut, Round

from ..formats.found import Media
from ..models import AnswerSheet, Bank, Item, Opinion, Paper, Revision, Study
from ..models.study import BORDERLINE, DIFFICULTY, GRADES, RELEVANCE
from .pictures import picture_of, pictures_in

FULL = 100.0
"""Full marks of every paper."""
NAMED = 5
"""So many of the things that are not rated yet are named in a refusal."""


def judges_for(bank: Bank) -> Any:
    """The accounts that may judge a paper of a bank, by name: experts whose reach covers it.

    An enterprise's own bank is closed to everybody outside (K7), so its judges hold their grant within the enterprise.
    """
    rows = roster.experts(bank.scope)
    if not bank.owner:
        return rows
    return rows.filter(
        held__role=Role.EXPERT, held__state="active", held__scope__startswith=bank.owner, state="open"
    ).distinct()


def paper_rows(paper: Paper) -> list[Item]:
    """The items of a paper in its order, each in the version the paper pins; for looking at, never for saving."""
    rows = {row.code: row for row in Item.everywhere.filter(bank=paper.bank_id, code__in=paper.codes)}
    pinned = []
    for code, number, _digest in paper.items:
        row = rows[code]
        row.bank = paper.bank
        if row.revision != number:
            row.sealed = bytes(Revision.objects.get(item=row, number=number).sealed)
            row.revision = number
        pinned.append(row)
    return pinned


def marks_of(paper: Paper) -> dict[str, float]:
    """What each item of a paper is worth, in marks."""
    worth = {kind: float(marks) for kind, _count, marks in paper.blueprint["kinds"]}
    kinds = dict(Item.everywhere.filter(bank=paper.bank_id, code__in=paper.codes).values_list("code", "kind"))
    return {code: worth[kinds[code]] for code in paper.codes}


def sheets_to_grade(paper: Paper) -> list[int]:
    """The collected answers on a paper, in the order in which candidates get their numbers."""
    return list(AnswerSheet.objects.filter(paper=paper).order_by("pk").values_list("pk", flat=True))


def candidates_of(study: Study) -> list[dict[str, Any]]:
    """The candidates to grade, by number: what each answered, in the paper's order. No mark and no person."""
    sheets = AnswerSheet.objects.in_bulk(study.sheets)
    found = []
    for number, pk in enumerate(study.sheets, start=1):
        answers = sheets[pk].answers
        given = [
            {"number": place, "given": " ".join(each for each in answers.get(code, {}).get("given", []) if each)}
            for place, code in enumerate(study.paper.codes, start=1)
        ]
        found.append({"key": str(number), "number": number, "answers": given})
    return found


def objects_of(study: Study) -> list[str]:
    """What is rated: the items' codes, or the candidates' numbers."""
    return study.paper.codes if study.by_items else [str(number) for number in range(1, len(study.sheets) + 1)]


def opinion_of(study: Study, account: int) -> Opinion | None:
    """A judge's opinion of the present round."""
    return study.opinions.filter(judge=account, round=study.round).select_related("study__paper__bank").first()


def before(study: Study, account: int) -> Opinion | None:
    """What a judge gave in the round before the present one."""
    return study.opinions.filter(judge=account, round=study.round - 1, state="given").first()


def waiting(study: Study) -> tuple[int, int]:
    """How many judges have given their opinion in this round, and how many there are."""
    states = list(study.opinions.filter(round=study.round).values_list("state", flat=True))
    return states.count("given"), len(states)


def unrated(study: Study, ratings: Mapping[str, Any]) -> list[str]:
    """What an opinion still lacks, in words; empty when it may be given."""
    judged = ratings.get("judged", {})
    # by their place on the page: it shows no codes
    missing = [place for place, key in enumerate(objects_of(study), start=1) if key not in judged]
    lacks = []
    if missing:
        lacks.append(
            _t("还有 {n} 项没有评：第 {some} 项").format(n=len(missing), some=_t("、").join(map(str, missing[:NAMED])))
        )
    used = {_cell(value) for value in judged.values()} if study.method == "ebel" else set()
    for cell in sorted(used - set(ratings.get("grid", {}))):
        lacks.append(_t("“{cell}”一格没有填期望答对率").format(cell=cell_name(cell)))
    return lacks


def rating_problems(study: Study, ratings: Any) -> list[str]:
    """What is wrong with ratings as far as they are given, in words."""
    if not isinstance(ratings, dict) or not isinstance(ratings.get("judged", {}), dict):
        return [_t('评判应为一个 JSON 对象，例如 {"judged": {"S001": 60}}')]
    known, problems = set(objects_of(study)), []
    for key, value in ratings.get("judged", {}).items():
        if key not in known:
            problems.append(_t("“{key}”不在评判范围内").format(key=key))
        elif said := _wrong(study.method, value):
            problems.append(_t("{key}：{said}").format(key=key, said=said))
    grid = ratings.get("grid", {})
    if not isinstance(grid, dict):
        return [*problems, _t("期望答对率应按“重要程度/难度”逐格填写")]
    for cell, value in grid.items():
        if cell not in cells() or not _percent(value):
            problems.append(_t("期望答对率“{cell}”应是 0 到 100 的数").format(cell=cell_name(cell)))
    return problems


def _wrong(method: str, value: Any) -> str:
    if method == "angoff":
        return "" if _percent(value) else _t("答对的可能性应是 0 到 100 的数（%）")
    if method == "angoff_yes_no":
        return "" if value in (0, 100) else _t("应选“能答对”或“不能”")
    if method == "ebel":
        sound = isinstance(value, list) and len(value) == 2 and value[0] in RELEVANCE and value[1] in DIFFICULTY
        return "" if sound else _t("应选一种重要程度和一种难度")
    return "" if value in GRADES and not isinstance(value, bool) else _t("应评为不合格、边界或合格")


def _percent(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def cells() -> list[str]:
    """The cells of Ebel's grid."""
    return [f"{relevance}/{difficulty}" for relevance in RELEVANCE for difficulty in DIFFICULTY]


def _cell(value: Sequence[str]) -> str:
    return f"{value[0]}/{value[1]}"


def cell_name(cell: str) -> str:
    """A cell of the grid for people."""
    relevance, _slash, difficulty = cell.partition("/")
    return f"{RELEVANCE.get(relevance, relevance)}、{DIFFICULTY.get(difficulty, difficulty)}"


def judge_names(study: Study) -> dict[int, str]:
    """The judges by account; two of one name are told apart by their unit."""
    people = list(study.judges.order_by("name", "pk"))
    names = [person.name for person in people]
    return {
        person.pk: person.name if names.count(person.name) == 1 else f"{person.name} {person.unit} {person.pk}"
        for person in people
    }


def opinions_in(study: Study, number: int) -> dict[str, dict[str, Any]]:
    """The ratings given in a round, by judge."""
    names = judge_names(study)
    rows = study.opinions.filter(round=number, state="given").order_by("judge__name", "judge_id")
    return {names[row.judge_id]: row.ratings for row in rows}


def cut_of(study: Study, *, upto: int = 0) -> CutScore:
    """The cut of a study's last round (or of round ``upto``), with the course of its rounds; marks out of 100.

    ValueError in words when the ratings do not make a cut.
    """
    last = upto or study.round
    rounds = [_cut(study, number) for number in range(1, last + 1)]
    found = rounds[-1]
    if study.method in ("angoff", "angoff_yes_no"):
        return cutscore.angoff_rounds(
            [_shares_of(study, number) for number in range(1, last + 1)],
            marks=marks_of(study.paper), yes_no=study.method == "angoff_yes_no",
        )  # fmt: skip
    course = tuple(Round(each.cut, _deviation(_cuts(each)) or 0.0) for each in rounds)
    warnings = found.warnings if study.by_items else (*found.warnings, *_counted_often(study))
    return replace(found, rounds=course, warnings=warnings)


def _counted_often(study: Study) -> list[str]:
    """A warning: the methods count gradings, and several judges' gradings of one candidate are not independent."""
    judges = len(opinions_in(study, study.round))
    said = _t("每名考生由 {n} 名专家评判，标准误按评判人次计算，会偏小").format(n=judges)
    return [said] if judges > 1 else []


def _cut(study: Study, number: int) -> CutScore:
    if study.method in ("angoff", "angoff_yes_no"):
        shares = _shares_of(study, number)
        return cutscore.angoff(shares, marks=marks_of(study.paper), yes_no=study.method == "angoff_yes_no")
    given = opinions_in(study, number)
    if study.method == "ebel":
        sorted_items = {
            judge: {item: (str(RELEVANCE[cell[0]]), str(DIFFICULTY[cell[1]])) for item, cell in own["judged"].items()}
            for judge, own in given.items()
        }
        grids = {
            judge: {(str(RELEVANCE[key.split("/")[0]]), str(DIFFICULTY[key.split("/")[1]])): share / 100
                    for key, share in own["grid"].items()}
            for judge, own in given.items()
        }  # fmt: skip
        return cutscore.ebel(sorted_items, grids=grids, marks=marks_of(study.paper))
    graded = _graded(study, given)
    if study.method == "borderline_group":
        return borderline.borderline_group(graded, full=FULL, borderline=BORDERLINE)
    if study.method == "borderline_regression":
        return borderline.borderline_regression(graded, full=FULL, borderline=BORDERLINE)
    return borderline.contrasting_groups(graded, full=FULL, competent=BORDERLINE)


def _graded(study: Study, given: Mapping[str, Mapping[str, Any]]) -> list[borderline.Graded]:
    marks = {pk: float(sheet.mark) for pk, sheet in AnswerSheet.objects.in_bulk(study.sheets).items()}
    return [
        borderline.Graded(key, judge, marks[study.sheets[int(key) - 1]], float(grade))
        for judge, own in given.items()
        for key, grade in own["judged"].items()
    ]


def _shares_of(study: Study, number: int) -> dict[str, dict[str, float]]:
    """Each judge's ratings in a round as numbers: expected shares right (0-1), or grades."""
    found = {}
    for judge, own in opinions_in(study, number).items():
        if study.method == "ebel":
            found[judge] = {key: own["grid"][_cell(cell)] / 100 for key, cell in own["judged"].items()}
        elif study.by_items:
            found[judge] = {key: value / 100 for key, value in own["judged"].items()}
        else:
            found[judge] = {key: float(value) for key, value in own["judged"].items()}
    return found


def spread(study: Study, number: int) -> list[dict[str, Any]]:
    """How far the judges lay apart on each item or candidate in a round that is over, the widest first to discuss."""
    table = list(_shares_of(study, number).values())
    found = []
    for place, key in enumerate(objects_of(study), start=1):
        values = [own[key] for own in table if key in own]
        if values:
            found.append({
                "key": key, "number": place, "mean": statistics.fmean(values), "sd": _deviation(values),
                "low": min(values), "high": max(values),
            })  # fmt: skip
    return found


def rounds_of(study: Study) -> list[dict[str, Any]]:
    """The rounds that are over: cut, how far the judges' cuts lay apart, each judge's own cut."""
    done = study.round if study.state == "closed" else study.round - 1
    found = []
    for number in range(1, done + 1):
        each = _cut(study, number)
        found.append({"number": number, "cut": each.cut, "sd": _deviation(_cuts(each)), "judges": each.judges})
    return found


def _cuts(found: CutScore) -> list[float]:
    return [each.cut for each in found.judges if each.cut is not None]


def _deviation(values: Sequence[float]) -> float | None:
    return statistics.stdev(values) if len(values) > 1 else None


def record_of_cut(study: Study, found: CutScore) -> dict[str, Any]:
    """The whole record of a closed study: result, judges, course of the rounds, what was judged, every rating."""
    data = asdict(found)
    data["interval"] = list(found.interval) if found.interval else None
    data["words"] = found.words()
    data["pass_mark"] = float(study.paper.blueprint["pass_mark"])
    data["paper"] = study.paper.digest
    data["marks"] = marks_of(study.paper) if study.by_items else {}
    data["ratings"] = {str(number): opinions_in(study, number) for number in range(1, study.round + 1)}
    data["spread"] = spread(study, study.round)
    for name in ("judges", "rounds", "warnings"):
        data[name] = list(data[name])
    return data


def cut_from(record: Mapping[str, Any]) -> CutScore:
    """The result as the mathematics sees it, from a kept record."""
    agreement = record["agreement"]
    return CutScore(
        method=record["method"], judges=tuple(JudgeCut(**each) for each in record["judges"]),
        objects=record["objects"], full=record["full"], cut=record["cut"], error=record["error"],
        error_items=record["error_items"], interval=tuple(record["interval"]) if record["interval"] else None,
        agreement=Intraclass(**agreement) if agreement else None,
        rounds=tuple(Round(**each) for each in record["rounds"]), warnings=tuple(record["warnings"]),
    )  # fmt: skip


def standard_of(paper: Paper) -> CutScore | None:
    """The latest cut that a panel set on a paper; evidence of a sitting refers to it."""
    latest = Study.everywhere.filter(paper=paper, state="closed").order_by("-pk").first()
    return cut_from(latest.result) if latest is not None else None


def picture(study: Study, digest: str) -> Media | None:
    """A picture that stands on the paper of a study, opened; nothing else of the bank."""
    shown = any(digest in pictures_in(row.content) for row in paper_rows(study.paper))
    return picture_of(study.bank, digest) if shown else None
