"""How the setting of a cut score looks: while judges are at work only how many have judged, then everything (P2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, Related, display, state_filter
from jiangheng.kernel.spoken import spoken

from ..models import Item, Opinion, Study
from ..models.study import DIFFICULTY, GRADES, RELEVANCE
from ..queries import study as studies

STATE = Column("state", _("状态"), kind="state", sort="state")
OFFICERS = frozenset({Role.CENTRE, Role.KEEPER, Role.CITY})


def method_of(study: Study) -> str:
    """The method's name."""
    return str(dict(Study.METHODS)[study.method])


def paper_of(study: Study) -> str:
    """The paper's name: bank, form, digest."""
    paper = study.paper
    return _t("{bank} {form} 卷 {digest}").format(bank=study.bank.name, form=paper.form, digest=paper.digest[:8])


def _title(study: Study) -> str:
    return f"{paper_of(study)} · {method_of(study)}"


def _judges(study: Study) -> list[str]:
    return [account.name for account in study.judges.all()]


def _given(study: Study) -> str:
    given, every = studies.waiting(study)
    return f"{given} / {every}"


def _pass_mark(study: Study) -> str:
    return str(study.paper.blueprint["pass_mark"])


def _sentence(study: Study) -> str:
    return spoken(study.result["words"]) if study.result else ""


def compared(study: Study) -> str:
    """The cut beside the mark that passes now; the study changes no mark."""
    record = study.result
    if not record:
        return ""
    low, high = record["interval"] or (record["cut"], record["cut"])
    mark = record["pass_mark"]
    if low <= mark <= high:
        return _t("现行及格分 {mark:g} 分在研究得出的区间之内。").format(mark=mark)
    if mark < low:
        return _t("现行及格分 {mark:g} 分低于研究得出的区间，可能放过了未达要求的考生。").format(mark=mark)
    return _t("现行及格分 {mark:g} 分高于研究得出的区间，可能挡住了已达要求的考生。").format(mark=mark)


def figures_by_code(study: Study) -> dict[str, Item]:
    """The rows of the paper's items, for the figures that were measured."""
    rows = Item.everywhere.filter(bank=study.bank_id, code__in=study.paper.codes) if study.by_items else ()
    return {row.code: row for row in rows}


def drawn_spread(study: Study, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The spread of a round for people: percent for shares, grades as they are, measured figures beside it."""
    figures = figures_by_code(study)
    by = 100 if study.by_items else 1
    return [
        {
            **row,
            **{name: None if row[name] is None else round(by * row[name], 6) for name in ("mean", "sd", "low", "high")},
            "figures": figures.get(row["key"]),
        }
        for row in rows
    ]


def _rounds(study: Study, actor: Actor) -> dict[str, Any]:
    done = study.round if study.state == "closed" else study.round - 1
    rows = drawn_spread(study, studies.spread(study, done)) if done else []
    # who judged how is told when all is over: in the next round nobody should follow a name
    return {
        "rounds": studies.rounds_of(study), "named": study.state == "closed", "rows": rows, "round": done,
        "by_items": study.by_items,
    }  # fmt: skip


def _result(study: Study, actor: Actor) -> dict[str, Any]:
    return result(study)


def result(study: Study) -> dict[str, Any]:
    """A closed study's record for people."""
    record = study.result
    return {
        "record": record,
        "words": spoken(record["words"]),
        "compared": compared(study),
        "warnings": [spoken(each) for each in record["warnings"]],
        "judges": [{**each, "moved": _moved(each, record["cut"])} for each in record["judges"]],
    }


def _moved(judge: dict[str, Any], cut: float) -> float | None:
    return None if judge["without"] is None else judge["without"] - cut


def _closed(study: Study, actor: Actor) -> bool:
    return study.state == "closed"


def _has_rounds(study: Study, actor: Actor) -> bool:
    return study.state == "closed" or (study.state == "open" and study.round > 1)


display(
    Display(
        flow="study",
        label=_("合格线研究"),
        title=_title,
        columns=(
            Column("paper", _("试卷"), value=paper_of, sort="bank__name"),
            Column("method", _("方法"), value=method_of, sort="method"),
            Column("round", _("轮次"), kind="number", sort="round"),
            Column("given", _("本轮已提交"), value=_given, kind="number"),
            Column("cut", _("合格线"), kind="number", sort="cut"),
            STATE,
        ),
        filters=(state_filter(Study), Filter("method", _("方法"), "method", lambda actor: Study.METHODS)),
        search=("bank__name", "paper__digest"),
        order="-pk",
        panels=(
            Panel(
                _("合格线研究"),
                columns=(
                    Column("paper", _("试卷"), value=paper_of),
                    Column("method", _("方法"), value=method_of),
                    Column("judges", _("评判专家"), value=_judges, kind="list"),
                    Column("round", _("轮次"), kind="number"),
                    Column("given", _("本轮已提交"), value=_given),
                    Column("pass_mark", _("现行及格分"), value=_pass_mark, kind="number"),
                    Column("cut", _("合格线"), kind="number"),
                ),
            ),
            Panel(_("研究结果"), template="itembank/study_result.html", context=_result, shown=_closed),
            Panel(_("各轮情况"), template="itembank/study_rounds.html", context=_rounds, shown=_has_rounds),
        ),
        related=(Related(_("合格线评判"), "opinion", "study"),),
        links=(
            Link(
                _("评判"), lambda study: f"/d/study/{study.pk}/rate", frozenset({Role.EXPERT}), frozenset({"open"}),
                "pen", True,
            ),
            Link(
                _("研究报告（打印）"), lambda study: f"/d/study/{study.pk}/report", OFFICERS | {Role.EXPERT},
                frozenset({"closed"}), "print",
            ),
            Link(
                _("研究记录（.json）"), lambda study: f"/d/study/{study.pk}/record.json", OFFICERS,
                frozenset({"closed"}), "download",
            ),
        ),
        select_related=("bank", "paper"),
        prefetch_related=("judges",),
        icon="chart",
        menu_for=frozenset({Role.CENTRE, Role.KEEPER, Role.EXPERT}),
    )
)  # fmt: skip


def _may_read(opinion: Opinion, actor: Actor) -> bool:
    over = opinion.study.state == "closed" or opinion.round < opinion.study.round
    return opinion.state == "given" and (over or actor.id == f"account:{opinion.judge_id}")


def rating_words(method: str, value: Any) -> str:
    """A rating for people."""
    if method == "ebel":
        return f"{RELEVANCE[value[0]]}、{DIFFICULTY[value[1]]}"
    if method == "angoff":
        return f"{value:g}%"
    if method == "angoff_yes_no":
        return _t("能答对") if value else _t("不能")
    return str(GRADES[value])


def _ratings(opinion: Opinion, actor: Actor) -> dict[str, Any]:
    study = opinion.study
    judged = opinion.ratings.get("judged", {})
    return {
        "rows": [
            {"key": key, "words": rating_words(study.method, judged[key])}
            for key in studies.objects_of(study)
            if key in judged
        ],
        "grid": [
            {"cell": studies.cell_name(cell), "share": share} for cell, share in opinion.ratings.get("grid", {}).items()
        ],
    }


display(
    Display(
        flow="opinion",
        label=_("合格线评判"),
        title=lambda opinion: _t("{study} 第 {n} 轮").format(study=_title(opinion.study), n=opinion.round),
        columns=(
            Column("study", _("试卷"), value=lambda opinion: paper_of(opinion.study), sort="study__bank__name"),
            Column("method", _("方法"), value=lambda opinion: method_of(opinion.study), sort="study__method"),
            Column("judge", _("专家"), value="judge.name", sort="judge__name", kind="person"),
            Column("round", _("轮次"), kind="number", sort="round"),
            STATE,
        ),
        filters=(state_filter(Opinion),),
        search=("study__bank__name", "judge__name"),
        order="-pk",
        panels=(
            Panel(
                _("合格线评判"),
                columns=(
                    Column("study", _("试卷"), value=lambda opinion: paper_of(opinion.study)),
                    Column("method", _("方法"), value=lambda opinion: method_of(opinion.study)),
                    Column("judge", _("专家"), value="judge.name", kind="person"),
                    Column("round", _("轮次"), kind="number"),
                ),
            ),
            Panel(_("评判内容"), template="itembank/study_ratings.html", context=_ratings, shown=_may_read),
        ),
        links=(
            Link(
                _("评判"), lambda opinion: f"/d/study/{opinion.study_id}/rate", frozenset({Role.EXPERT}),
                frozenset({"open"}), "pen", True,
            ),
        ),
        # ratings are given on the page of the study, which shows what is judged
        hidden=frozenset({"keep", "give"}),
        select_related=("study__bank", "study__paper", "judge"),
        icon="pen",
    )
)  # fmt: skip
