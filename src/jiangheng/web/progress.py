"""Where a candidate's application stands, in plain words: what is next and by when, verdict, results (P2, P3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jiangheng.apps.batches import rules
from jiangheng.apps.batches.models import Application
from jiangheng.core.authority import Actor, span
from jiangheng.kernel import clock, messages, trail
from jiangheng.kernel.display import Stage, level_face
from jiangheng.kernel.models import Deadline
from jiangheng.kernel.spoken import spoken

SHOWN = frozenset({"published", "concluded", "approved", "archived"})
"""The states of a batch in which its candidates see their results: from publicity on."""

STAGES = (lazy("报名"), lazy("初审"), lazy("复审"), lazy("编排"), lazy("考试"), lazy("成绩"), lazy("发证"))
REACHED = {
    "submitted": 1, "checked": 2, "approved": 3, "seated": 4, "passed": 5, "failed": 5, "certified": 7,
    "refused": 1, "withdrawn": 0,
}  # fmt: skip


def where(application: Application) -> dict[str, Any]:
    """``state`` and ``tone`` as the candidate may know them, what is ``next`` and the moment it is ``due_at``."""
    state, tone = _state(application)
    text, due_at = _next(application)
    return {"state": state, "tone": tone, "next": text, "due_at": due_at, "level": level_face(application.level)}


def _state(application: Application) -> tuple[str, str]:
    if application.state in ("passed", "failed") and application.batch.state not in SHOWN:
        return _("成绩待公示"), "wait"
    if application.state == "seated" and application.batch.state == "scored":
        return _("成绩待公示"), "wait"
    if application.state == "seated":
        return (_("等待考试"), "now") if clock.now() < application.batch.last_exam_at else (_("等待成绩"), "wait")
    tone = {"passed": "done", "certified": "done", "failed": "info", "refused": "late", "withdrawn": "void"}
    return str(dict(Application.STATES)[application.state]), tone.get(application.state, "wait")


def _next(application: Application) -> tuple[str, dt.datetime | None]:
    batch = application.batch
    state = application.state
    if state == "submitted" and _returned(application):
        return _("材料被退回，请更正后等待重新审核"), None
    if state == "submitted":
        return _("等待评价机构初审"), _due("application", application.pk, "application.check")
    if state == "checked":
        return _("等待评价机构复审"), _due("application", application.pk, "application.approve")
    if state == "approved":
        return _("等待编排考场；编排后可下载准考证"), _due("batch", batch.pk, "batch.seat")
    if state == "seated":
        return _seated(application)
    if state in ("passed", "failed") and batch.state not in SHOWN:
        return _("成绩汇总后公示，公示时可查"), None
    if state == "passed":
        if batch.state == "published":
            return _("结果公示中，公示结束并核准后发证"), batch.publicity_until
        if batch.state == "concluded":
            return _("公示结束，等待人社部门核准"), _due("batch", batch.pk, "batch.approve")
        if getattr(application, "result", None) is not None and application.result.state == "annulled":
            return _("认定结果已被撤销；如有疑问请联系评价机构"), None
        return _("结果已核准，等待评价机构发证"), None
    if state == "failed":
        return _("本次未合格，可以再报名下一批次"), None
    if state == "certified":
        return _("证书已签发，可下载和核验"), None
    return {"refused": _("审核未通过，理由见下；可以另行申报"), "withdrawn": _("您已撤回本次申报")}[state], None


def _seated(application: Application) -> tuple[str, dt.datetime | None]:
    batch, now = application.batch, clock.now()
    theory_over = application.theory_mark is not None or application.theory_absent or now >= batch.theory_at
    practical_over = application.practical_mark is not None or application.practical_absent or now >= batch.practical_at
    parts = [
        (batch.theory_at, _("参加理论知识考试"), theory_over),
        (batch.practical_at, _("参加操作技能考核"), practical_over),
    ]
    if application.has_review and batch.review_at is not None:
        review_over = application.review_mark is not None or application.review_absent or now >= batch.review_at
        parts.append((batch.review_at, _("参加综合评审"), review_over))
    coming = [(at, text) for at, text, over in parts if not over]
    if not coming:
        return _("等待成绩汇总和公示"), _due("batch", batch.pk, "batch.score")
    at, text = min(coming)
    return text, at


def _due(flow: str, thing: int, step: str) -> dt.datetime | None:
    found = Deadline.objects.filter(flow=flow, thing=thing, step=step, closed_at=None).order_by("due_at").first()
    return found.due_at if found else None


def _returned(application: Application) -> bool:
    last = trail.timeline("application", application.pk).exclude(step="application.photograph").last()
    return last is not None and last.step == "application.return"


def stages(application: Application, *, issued: bool) -> list[Stage]:
    """The candidate's own chain."""
    reached = REACHED[application.state]
    if application.state == "passed" and application.batch.state in SHOWN:
        reached = 6
    if application.state == "seated" and clock.now() >= application.batch.last_exam_at:
        reached = 5
    over = application.state in ("refused", "withdrawn", "failed")
    found = []
    for place, label in enumerate(STAGES):
        state = "done" if place < reached or issued else "now" if place == reached and not over else "next"
        if application.state == "refused" and place == reached:
            state = "late"
        found.append(Stage(label, state))
    return found


def said(application: Application) -> str:
    """The reason given with the last refusal or return, as the reviewer wrote it."""
    steps = {"refused": "application.refuse", "submitted": "application.return"}
    step = steps.get(application.state)
    if step is None or (application.state == "submitted" and not _returned(application)):
        return ""
    entry = trail.timeline("application", application.pk).filter(step=step).last()
    return str(entry.evidence.get("given", {}).get("reason", "")) if entry else ""


def verdict(application: Application) -> dict[str, Any] | None:
    """Which condition of the standard is met, or for each what is missing; nothing once the reviews are over."""
    if application.state not in ("submitted", "checked", "approved", "refused"):
        return None
    found = rules.verdict_of(application)
    return {
        "met": found.met,
        "held": found.held,
        "on": application.batch.apply_until,
        "failed": [] if found.met else [
            {"seq": each.condition.seq, "text": each.condition.text, "first": each.first_date,
             "missing": [spoken(part.what) for part in each.missing]}
            for each in found.failed
        ],
        "first": found.first_date,
    }  # fmt: skip


def results(application: Application) -> dict[str, Any] | None:
    """The marks of all parts and why they do not suffice, once results are on publicity."""
    if application.state not in ("passed", "failed", "certified") or application.batch.state not in SHOWN:
        return None
    whole = rules.overall_of(application)
    marks = [
        (_("理论知识"), application.theory_mark, application.theory_absent),
        (_("操作技能"), application.practical_mark, application.practical_absent),
    ]
    if application.has_review:
        marks.append((_("综合评审"), application.review_mark, application.review_absent))
    rows = [{"label": label, "mark": mark, "absent": absent} for label, mark, absent in marks]
    return {"passed": whole.passed, "reasons": [spoken(reason) for reason in whole.reasons], "rows": rows}


TOLD = {
    "application.approve": lazy("资格审核通过"),
    "application.return": lazy("申报被退回，请看理由并更正"),
    "application.refuse": lazy("资格审核未通过，请看理由"),
    "application.seat": lazy("考场和座位已编排，可以下载准考证"),
    "application.pass": lazy("认定结果：合格"),
    "application.fail": lazy("认定结果：不合格"),
    "application.correct_mark": lazy("成绩经复核更正"),
    "application.certify": lazy("证书已签发，可以下载"),
    "certificate.void": lazy("证书已注销"),
}
"""What a message says to a candidate; a step that is not here is told to offices only."""
RESULTS = frozenset({"application.pass", "application.fail", "application.correct_mark"})


def news(application: Application, actor: Actor) -> list[dict[str, Any]]:
    """The messages about this application, newest first; nothing of results before they are published."""
    low, high = span(application.scope)
    told = set(TOLD) if application.batch.state in SHOWN else set(TOLD) - RESULTS
    rows = messages.inbox(actor).filter(scope__gte=low, scope__lt=high, entry__step__in=told)[:8]
    return [{"text": TOLD[row.entry.step], "at": row.entry.made_at} for row in rows]
