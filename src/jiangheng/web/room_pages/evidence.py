"""What a closed session shows about its own quality, in the terms of ISO/IEC 17024, 9.3; no content, no answer (P2)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.insight.evidence import Evidence
from jiangheng.kernel import clock
from jiangheng.kernel.perform import model_of
from jiangheng.kernel.spoken import spoken

from .. import wording
from ..doors import members_only
from .ways import actor_of, crumbs, handed_out, linked

FORMAT = "jiangheng/evidence/1"
MOST_NAMED = 8
SECTIONS = ("可靠", "有效", "等值", "公平", "条件", "方法", "未能得出")
"""The words with which core's sentences begin; what begins with none of them is the sitting itself."""
LABELS: dict[str, Any] = {
    "": gettext_lazy("概况"),
    "可靠": gettext_lazy("可靠（结果稳定、误差已知）"),
    "有效": gettext_lazy("有效（考的是该考的）"),
    "等值": gettext_lazy("等值（各卷难度相当）"),
    "公平": gettext_lazy("公平（各组人员机会均等）"),
    "条件": gettext_lazy("施测条件"),
    "方法": gettext_lazy("计算方法"),
    "未能得出": gettext_lazy("未能得出的项目和原因"),
}
RULES: dict[str, Any] = {
    "negative": gettext_lazy("会做的考生反而答错，答案存疑"),
    "key": gettext_lazy("高分考生多选另一项，答案存疑"),
    "dif": gettext_lazy("不同组别答对率差异大"),
    "hard": gettext_lazy("答对率过低"),
    "easy": gettext_lazy("答对率过高"),
    "weak": gettext_lazy("区分度不足"),
    "outfit": gettext_lazy("作答与模型不符（个别异常）"),
    "infit": gettext_lazy("作答与模型不符"),
    "drift": gettext_lazy("难度与标定时相比移动"),
}


@members_only
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The evidence, section by section, to read and to print."""
    session = linked(request, "session", pk, "evidence")
    found = _evidence(session)
    context: dict[str, Any] = {
        "session": session,
        "evidence": found,
        "printed": clock.now(),
        "crumbs": crumbs("session", session, _("质量证据")),
    }
    if found is not None:
        context |= {
            "sections": sections(found),
            "forms": [_form(each) for each in found.forms],
            "coverage": [{"row": row, "off": row.planned != row.present} for row in found.coverage],
            "findings": findings(found, codes=_may_know_codes(request, session)),
            "items": len({each.item for each in found.findings}),
        }
    return render(request, "exams/evidence.html", context)


@members_only
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as data."""
    session = linked(request, "session", pk, "evidence")
    found = _evidence(session)
    data: dict[str, Any] = {"format": FORMAT, "computed": found is not None}
    if found is not None:
        told = asdict(found)
        # a finding's words quote which answer was chosen by whom
        told["findings"] = [
            {"rule": row["rule"], "grave": row["grave"], "items": row["n"], "codes": row["codes"]}
            for row in findings(found, codes=_may_know_codes(request, session))
        ]
        data |= told | {"sentences": list(found.sentences())}
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return handed_out(text.encode(), kind="application/json", name=_("质量证据-{pk}.json").format(pk=pk))


def _evidence(session: Any) -> Evidence | None:
    title = f"{session.batch.title} {session.room.name}"
    return itembank.evidence_of(session.pk, title=title, conditions=tuple(_conditions(session)))


def _conditions(session: Any) -> list[str]:
    """How the examination was held, from the records of the session itself."""
    states = Counter(session.sittings.values_list("state", flat=True))
    seconds = sum(1 for paper in exams.papers_in(session) if paper.state == "opened")
    by_hand = session.sittings.filter(state="submitted", by_hand=True).count()
    ways = []
    if states["submitted"] > by_hand:
        ways.append(_("计算机考试，选项次序逐人打乱，作答逐笔成链保存，收卷后由系统按链重放评分"))
    if by_hand:
        ways.append(_("{n} 人纸笔作答，答题卡由两人分别录入，不一致处核对原卷后登分").format(n=by_hand))
    return [
        _("{when} 开考，{minutes} 分钟，考场 {room}").format(
            when=wording.moment(session.starts_at), minutes=session.minutes, room=session.room
        ),
        _("应到 {n} 人，交卷 {sat} 人，缺考 {absent} 人").format(
            n=sum(states.values()), sat=states["submitted"], absent=states["absent"]
        ),
        _("监考 {n} 人；{papers} 套试卷由两人先后核准、启封").format(n=session.invigilators.count(), papers=seconds),
        *ways,
    ]


def sections(found: Evidence) -> list[dict[str, Any]]:
    """The sentences under the standard's terms, each in the reader's language."""
    groups: dict[str, list[str]] = {term: [] for term in LABELS}
    for sentence in found.sentences():
        term, _colon, rest = sentence.partition("：")
        known = term if term in SECTIONS else ""
        groups[known].append(rest if known else sentence)
    # what each paper came to stands in the table above
    groups[""] = [each for each in groups[""] if _paper_named(each, found)[0] is None]
    groups["未能得出"] = _together(groups["未能得出"], found)
    return [{"label": LABELS[term], "sentences": [*map(spoken, said)]} for term, said in groups.items() if said]


def _paper_named(sentence: str, found: Evidence) -> tuple[str | None, str]:
    """The paper a sentence begins with (试卷 A：…), if it is one of the sitting's, and what is said of it."""
    name, colon, rest = sentence.removeprefix("试卷 ").partition("：")
    named = colon and sentence.startswith("试卷 ") and name in {each.name for each in found.forms}
    return (name, rest) if named else (None, sentence)


def _together(sentences: list[str], found: Evidence) -> list[str]:
    """The same sentences, one for all papers of which the same is said."""
    papers: dict[str, list[str]] = {}
    for sentence in sentences:
        name, rest = _paper_named(sentence, found)
        papers.setdefault(rest, []).extend([name] if name is not None else [])
    return [f"试卷 {_names(names)}：{rest}" if names else rest for rest, names in papers.items()]


def _names(names: list[str]) -> str:
    listed = "、".join(names[:MOST_NAMED])
    return listed if len(names) <= MOST_NAMED else f"{listed}…（{len(names)}）"


def _form(form: Any) -> dict[str, Any]:
    decision = form.decision
    return {
        "form": form,
        "accuracy": None if decision is None else 100 * decision.accuracy,
        "consistency": None if decision is None else 100 * decision.consistency,
    }


def _may_know_codes(request: HttpRequest, session: Any) -> bool:
    """Whether this reader reaches every bank the session's items are from: only then items are named."""
    banks = {paper.bank_id for paper in exams.papers_in(session)}
    reached = model_of("bank").reach(actor_of(request)).filter(pk__in=banks).count()
    return bool(banks) and reached == len(banks)


def findings(found: Evidence, *, codes: bool) -> list[dict[str, Any]]:
    """What the analysis found, by kind, grave kinds first; the items by number only for who reaches their bank."""
    rows: dict[str, dict[str, Any]] = {}
    for each in found.findings:
        row = rows.setdefault(
            each.rule,
            {"rule": each.rule, "label": RULES.get(each.rule, each.rule), "grave": each.grave, "n": 0, "codes": []},
        )
        row["n"] += 1
        if codes:
            row["codes"].append(each.item)
    return sorted(rows.values(), key=lambda row: (not row["grave"], -row["n"], row["rule"]))
