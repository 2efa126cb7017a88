"""Rounds, nominees and posts for other rooms and the public: what the law says of each, what is shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.roster import queries as roster
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import span
from jiangheng.core.law.direct import GROUNDS, Nomination, problems
from jiangheng.core.law.eligibility import HeldCertificate
from jiangheng.core.law.identity import mask_name
from jiangheng.core.law.levels import LADDER
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import clock
from jiangheng.kernel.display import Stage, level_face
from jiangheng.kernel.models import Deadline
from jiangheng.kernel.spoken import spoken

from .models import Apprentice, Nominee, Post, Recognition


def nomination_of(nominee: Nominee) -> Nomination:
    """What is said of a nominee, as the law reads it."""
    return Nomination(
        level=nominee.level,
        hired_on=nominee.hired_on,
        front_line=nominee.front_line,
        held=tuple(
            HeldCertificate(
                row["level"], nominee.occupation, dt.date.fromisoformat(row["issued"]), row.get("number", "")
            )
            for row in nominee.held
        ),
        insured_months=nominee.insured_months,
        ground=nominee.grounds,
        evidence=nominee.evidence_id is not None,
        proof=nominee.proof_id is not None,
        statement=nominee.statement_id is not None,
    )


def problems_of(nominee: Nominee) -> list[str]:
    """Everything that speaks against a nomination today, in words; empty when it may go to the panel."""
    recognition = nominee.recognition
    found = problems(
        recognition.way, nomination_of(nominee),
        employer=recognition.institution.kind == "EMPLOYER", on=clock.today(),
    )  # fmt: skip
    return [spoken(problem) for problem in found]


def nominee(pk: int) -> Nominee | None:
    """A nominee by his number, with his round; the caller finds out first whether he may be seen."""
    found: Nominee | None = (
        Nominee.everywhere.select_related("recognition__institution", "evidence", "proof", "statement")
        .filter(pk=pk)
        .first()
    )
    return found


def held_faces(nominee: Nominee) -> list[str]:
    """The certificates a nominee says he holds, each with its day."""
    return [f"{level_face(row['level'])} {row['issued']}" for row in nominee.held]


def grounds_of(nominee: Nominee) -> str:
    """The ground of an exceptional promotion in the reader's language; empty for any other way."""
    return spoken(GROUNDS[nominee.grounds]) if nominee.grounds else ""


def publicised(*, words: str = "", place: str = "", way: str = "") -> Any:
    """Rounds whose outcome the public may read, newest first."""
    rows = Recognition.everywhere.filter(state__in=Recognition.public_states).select_related("institution")
    if words:
        asked = Q(title__icontains=words) | Q(occupation_name__icontains=words) | Q(institution__name__icontains=words)
        rows = rows.filter(asked)
    if place:
        rows = rows.under(place)
    if way:
        rows = rows.filter(route=way)
    return rows.order_by("-published_at", "-pk")


def names_are_public(recognition: Recognition) -> bool:
    """May anybody read who is put forward: during publicity, and of posts for good, because they are held in public."""
    return recognition.state == "published" or (
        recognition.way.appoints and recognition.state in Recognition.public_states
    )


def published_nominees(recognition: Recognition) -> list[dict[str, Any]]:
    """Who is published with what, names masked: the publicity of a round."""
    rows = recognition.nominees.filter(state__in=("recommended", "confirmed")).order_by("pk")
    return [
        {
            "name": mask_name(row.name), "department": row.department, "face": level_face(row.level),
            "mark": row.review_mark, "ground": grounds_of(row),
            "reason": row.reason,
        }
        for row in rows
    ]  # fmt: skip


def posts_in_office(institution: Any) -> list[dict[str, Any]]:
    """Who holds an appointed post of an institution, by level and occupation, for its public page.

    Masked like every other name: that a list is published somewhere is no reason to make it searchable here.
    """
    rows = Post.everywhere.filter(institution=institution, state="in_office").order_by("-level", "occupation", "pk")
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        line = found.setdefault((row.level, row.occupation), {"face": level_face(row.level), "people": []})
        line["occupation"] = row.occupation_name
        line["people"].append({"name": mask_name(row.name), "since": row.since, "until": row.until})
    # 首席技师 before 特级技师, whatever letters the ladder gives them
    order = [step.code for step in LADDER]
    return [found[key] for key in sorted(found, key=lambda key: (-order.index(key[0]), key[1]))]


def direct_share(recognition: Recognition) -> dict[str, Any]:
    """How much an institution recognised directly this year, of all it recognised; this round is counted in (R1, R2).

    A reminder and no bar: the notice lifts the limit of shares for outstanding front-line staff.
    """
    year = clock.today().year
    counted = batches.recognised_by_mode(recognition.institution, year=year)
    here = recognition.nominees.filter(state__in=("nominated", "recommended")).count()
    direct, every = counted.get("DIRECT", 0) + here, sum(counted.values()) + here
    share = round(100 * direct / every) if every else 0
    limit = parameter("direct.share_limit")
    return {"year": year, "direct": direct, "every": every, "share": share, "limit": limit, "over": share > limit}


STAGES = (
    ("nominate", _("申报")), ("convene", _("组织评审")), ("review", _("专家评审")), ("publish", _("公示")),
    ("approve", _("核准")), ("report", _("上报")), ("enlist", _("列入名单")), ("certify", _("发证")),
)  # fmt: skip
_REACHED = {
    "draft": "nominate", "returned": "nominate", "submitted": "convene", "in_review": "review", "decided": "publish",
    "published": "publish", "concluded": "approve", "settled": "certify", "reported": "enlist", "listed": "certify",
}  # fmt: skip
_WAITED_FOR = {
    "recognition.convene": "convene", "ballot.cast": "review", "committee.minute": "review",
    "objection.dismiss": "publish", "recognition.approve": "approve", "recognition.report": "report",
}  # fmt: skip


def chain(recognition: Recognition) -> list[Stage]:
    """Where a round stands, stage by stage; one that was refused or cancelled has no stages."""
    if recognition.state in ("refused", "cancelled"):
        return []
    names = [name for name, _label in STAGES if recognition.way.appoints or name not in ("report", "enlist")]
    labels, late = dict(STAGES), _late(recognition)
    here = names.index(_stage(recognition)) if not _finished(recognition) else len(names)
    people, own = f"/d/nominee/?in=recognition.{recognition.pk}", f"/d/recognition/{recognition.pk}"
    public = f"/recognitions/{recognition.pk}" if recognition.state in Recognition.public_states else own
    ways = {"nominate": people, "publish": public, "enlist": public}
    return [
        Stage(labels[name], _standing(place, here, overdue=name in late), ways.get(name, own))
        for place, name in enumerate(names)
    ]


def public_stages(recognition: Recognition) -> list[Stage]:
    """The same for everybody: no ways into the office, and that an office is late is not for the public page."""
    return [Stage(stage.label, "now" if stage.state == "late" else stage.state) for stage in chain(recognition)]


def _standing(place: int, here: int, *, overdue: bool) -> str:
    if place < here:
        return "done"
    if overdue and place == here:
        return "late"
    return "now" if place == here else "next"


def _stage(recognition: Recognition) -> str:
    if recognition.state == "approved":
        return "report" if recognition.way.appoints else "certify"
    return _REACHED[recognition.state]


def _finished(recognition: Recognition) -> bool:
    ended = recognition.state in ("settled", "listed")
    return ended and not batches.results_waiting(recognition.scope).exists()


def _late(recognition: Recognition) -> set[str]:
    low, high = span(recognition.scope)
    overdue = Deadline.objects.filter(scope__gte=low, scope__lt=high, closed_at=None, due_at__lt=clock.now())
    return {_WAITED_FOR[step] for step in overdue.values_list("step", flat=True).distinct() if step in _WAITED_FOR}


def panels_on(recognition: Recognition) -> list[dict[str, Any]]:
    """The committees convened on a round, newest first: how far the votes are and, once decided, the outcome."""
    return [
        {"committee": found, "lines": list(roster.tally(found).values()), "cast": roster.waiting_for(found)}
        for found in roster.committees_of(recognition)
    ]


def objections_to(recognition: Recognition) -> list[Any]:
    """The objections raised against a round, newest first."""
    return list(batches.objections_to(recognition))


def apprentice_passed(apprentice: Apprentice) -> bool:
    """Has the apprentice reached the pass mark of the enterprise's own design?"""
    design = standards.content(apprentice.standard).design("A")
    return apprentice.practical_mark is not None and apprentice.practical_mark >= Decimal(
        design.part("practical").pass_mark
    )
