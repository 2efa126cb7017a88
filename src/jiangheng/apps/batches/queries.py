"""Batches for pages and upper rooms: rosters checked, where an evaluation stands, what the public may see."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Grant, Role, span
from jiangheng.core.errors import Refused
from jiangheng.core.law import codes, identity, levels
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock, files, vault
from jiangheng.kernel.display import Stage
from jiangheng.kernel.models import Deadline
from jiangheng.kernel.perform import flow_of
from jiangheng.kernel.spoken import spoken

from .formats.findings import Finding, check_rows
from .formats.photos import PhotoFile, Told, masked_file_name, photo_files, same_name, told_by
from .formats.portraits import portrait_problem
from .formats.roster import Roster as RosterSheet
from .formats.roster import RosterRow, read_roster
from .models import Application, Batch, Objection, PhotoPack, Result, Roster

# what a roster's 文化程度 says about the kind of school, for a condition that rests on a diploma
SCHOOLS = {
    "技校": "skilled_worker_school",
    "高级技校": "senior_skilled_worker_school",
    "技师学院": "technician_college",
    "中等专业学校": "secondary_vocational",
    "职高": "secondary_vocational",
    "大学专科和专科学校": "higher_vocational",
    "大学本科": "bachelor",
    "研究生": "postgraduate",
    "博士": "postgraduate",
}


def check(batch: Batch, sheet: RosterSheet) -> list[Finding]:
    """Every finding of a roster for this batch, as of the last day of application."""
    taken = set(
        Application.everywhere.filter(batch=batch)
        .exclude(state__in=("withdrawn", "refused"))
        .values_list("identity_index", flat=True)
    )
    content = standards.content(batch.standard)
    return check_rows(
        sheet.rows,
        on=batch.apply_until,
        levels=batch.levels,
        occupation=batch.occupation_name,
        occupation_code=batch.occupation,
        conditions=content.conditions,
        counts_as=content.counts_as(),
        known=lambda number: vault.index_of(number) in taken,
    )


def findings_as_data(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON keeps them, with the column's title."""
    return [{**dataclasses.asdict(each), "title": each.title} for each in findings]


def findings_of(roster: Roster) -> list[Finding]:
    """The findings of a roster as the workbook's marking wants them."""
    names = {field.name for field in dataclasses.fields(Finding)}
    return [Finding(**{key: value for key, value in each.items() if key in names}) for each in roster.findings]


def refusals_as_data(row: int, refused: Refused) -> list[dict[str, Any]]:
    """Why a row that looked good could not be taken."""
    return [
        {"row": row, "column": "name", "title": _t("本行"), "severity": "error", "problem": str(each.reason),
         "mend": str(each.mend), "clause": each.clause or "K10"}
        for each in refused.refusals
    ]  # fmt: skip


def given_of(row: RosterRow, batch: Batch) -> dict[str, Any]:
    """What a roster's row says, as the step of enrolment asks it."""
    since = _since(row, batch.apply_until)
    given: dict[str, Any] = {
        "level": row["level"],
        "name": row["name"],
        "identity": row["document_number"],
        "phone": row["phone"],
        "education": row["education"],
        "employer": row["employer"],
        "work_since": since.isoformat() if since else "",
        "held_level": row["held_level"],
        "held_number": row["held_number"],
        "held_issued": row["held_issued"],
    }
    school = SCHOOLS.get(row["education"], "")
    if school and _rests_on_a_school(row, batch):
        # the applicant claims a condition that rests on a diploma; the two reviewers see the claim and check the paper
        given |= {"school": school, "school_related": "on"}
    return given


def _since(row: RosterRow, until: dt.date) -> dt.date | None:
    if row["years"].isdecimal():
        began = until.replace(year=until.year - int(row["years"]), day=min(until.day, 28))
        return min(began, clock.today())
    try:
        return dt.date.fromisoformat(f"{row['work_since']}-01")
    except ValueError:
        return None


def _rests_on_a_school(row: RosterRow, batch: Batch) -> bool:
    conditions = standards.content(batch.standard).conditions
    chosen = (each for each in conditions if each.level == row["level"] and str(each.seq) == row["condition"])
    return any(each.school_kinds for each in chosen)


def announcements(*, words: str = "", place: str = "") -> Any:
    """Batches whose announcement is public, newest first."""
    rows = Batch.everywhere.filter(state__in=Batch.public_states).select_related("institution", "site")
    if words:
        rows = rows.filter(title__icontains=words)
    if place:
        rows = rows.under(place)
    return rows.order_by("-announced_at")


def takes_applications(batch: Batch) -> bool:
    """May a person apply now?"""
    return batch.state == "announced" and clock.today() <= batch.apply_until


def published_results(batch: Batch) -> list[dict[str, Any]]:
    """What the publicity page shows of each candidate who passed: masked by the one rule, nothing else."""
    rows = batch.applications.filter(state__in=("passed", "certified")).order_by("ticket")
    return [
        {
            "name": identity.mask_name(row.name),
            "identity": identity.mask_identity(row.identity),
            "sex": codes.SEX[row.sex],
            "level": row.level,
            "theory": f"{row.theory_mark}",
            "practical": f"{row.practical_mark}",
            "review": row.review_mark,
        }
        for row in rows
    ]


def pass_marks(batch: Batch, *, level: str = "") -> tuple[int, ...]:
    """The pass marks that the batch's standard sets for its levels (or for one), each once, upwards; as a rule one."""
    content = standards.content(batch.standard)
    wanted = [level] if level else batch.levels
    return tuple(sorted({part.pass_mark for code in wanted for part in content.design(code).parts}))


def is_batch(thing: Any) -> bool:
    """Is a thing of some room a batch?"""
    return isinstance(thing, Batch)


def results_waiting(scope: str) -> Any:
    """The recorded results at or below a scope whose level has a certificate, in the order of their recording."""
    rows = Result.everywhere.under(scope).filter(state="recorded", level__in=levels.CERTIFIED)
    return rows.order_by("pk")


def ticket_holder(*, ticket: str, number: str) -> Application | None:
    """The seated application of an admission ticket and identity number that belong together."""
    rows = Application.everywhere.filter(state__in=("seated", "passed", "failed", "certified")).exclude(ticket="")
    return rows.filter(ticket=identity.normalise(ticket), identity_index=vault.index_of(number)).first()


def candidate_actor(application: int) -> Actor | None:
    """The actor of a person who signed in with his admission ticket: his own application and nothing else."""
    row = Application.everywhere.filter(pk=application).exclude(ticket="").first()
    if row is None:
        return None
    return Actor(f"ticket:{row.pk}", _t("考生 {ticket}").format(ticket=row.ticket), (Grant(Role.CANDIDATE, row.scope),))


def objection_by_code(*, code: str, phone: str) -> Objection | None:
    """An objection for the person who raised it, found by its number and his telephone."""
    row = Objection.everywhere.filter(code=code.strip().upper()).select_related("batch").first()
    return row if row is not None and row.phone == identity.normalise(phone) else None


def my_applications(actor: Actor) -> Any:
    """The applications a person applied with or signed in for."""
    rows = Application.reach(actor, [Role.CANDIDATE]).select_related("batch__institution", "batch__site")
    return rows.order_by("-pk")


def problem_rows(roster: Roster, *, names: bool = True) -> list[dict[str, Any]]:
    """The problem rows of a roster in the sheet's order, each with its findings and, if wanted, whom it is about."""
    known = {row.number: row["name"] for row in _sheet(roster).rows} if names and roster.findings else {}
    rows: dict[int, dict[str, Any]] = {}
    for finding in sorted(roster.findings, key=lambda each: each["row"]):
        row = rows.setdefault(finding["row"], {"number": finding["row"], "name": "", "findings": [], "bad": False})
        row["name"] = known.get(finding["row"], "")
        row["findings"].append(finding)
        row["bad"] = row["bad"] or finding["severity"] == "error"
    return list(rows.values())


def _sheet(roster: Roster) -> RosterSheet:
    return read_roster(files.read(roster.file))


@dataclasses.dataclass(slots=True)
class PhotoLine:
    """What becomes of one file of a photo pack. Numbers are masked, in the file's name too."""

    place: int
    file: str
    application: int = 0
    name: str = ""
    identity: str = ""
    replaces: bool = False
    problem: str = ""
    mend: str = ""


def photo_lines(batch: Batch, data: bytes) -> list[PhotoLine]:
    """Every file of the archive with the candidate it belongs to, or what is wrong with it."""
    return [line for line, _file in matched_photos(batch, data)]


def matched_photos(batch: Batch, data: bytes) -> Iterator[tuple[PhotoLine, PhotoFile]]:
    """The same one by one, each with its file; of two photos of one candidate the first good one stands."""
    people: dict[str, Application] = {}
    for row in Application.everywhere.filter(batch=batch).order_by("pk"):
        known = people.get(row.identity_index)
        if known is None or known.state in ("withdrawn", "refused"):
            people[row.identity_index] = row
    seen: dict[int, int] = {}
    for file in photo_files(data):
        line = PhotoLine(file.place, masked_file_name(file.name), problem=file.problem, mend=file.mend)
        if not line.problem:
            _match(line, told_by(file.name), people)
        if line.application and not line.problem and line.application in seen:
            line.problem = _t("与第 {n} 个文件是同一名考生").format(n=seen[line.application])
            line.mend = _t("每人只留一张照片")
        if not line.problem:
            line.problem = portrait_problem(file.data)
        if not line.problem:
            seen[line.application] = line.place
        yield line, file


def _match(line: PhotoLine, told: Told, people: dict[str, Application]) -> None:
    person = people.get(vault.index_of(told.number)) if told.number else None
    if person is None:
        line.problem, line.mend = _nobody(told)
        return
    line.application, line.name, line.identity = person.pk, person.name, identity.mask_identity(person.identity)
    line.replaces = person.photo_id is not None
    if told.name and not same_name(told.name, person.name):
        line.problem = _t("文件名里的姓名“{told}”与报名的姓名不同").format(told=told.name[:20])
        line.mend = _t("请核对照片是谁的，改正文件名")
    elif person.state not in step_of("application.photograph").source:
        state = dict(Application.STATES)[person.state]
        line.problem = _t("该考生现为“{state}”，不能上传照片").format(state=state)
        line.mend = _t("请删去这张照片")


def _nobody(told: Told) -> tuple[str, str]:
    if not told.number:
        return _t("文件名里没有证件号码"), _t("请按“姓名-证件号码.jpg”改名")
    found = identity.check_identity(told.number, on=clock.today())
    if not isinstance(found, identity.Identity):
        return _t("文件名里的证件号码有误：{why}").format(why=spoken(found[0].what)), _t("请对照证件改正文件名")
    return _t("本批次没有这个证件号码的考生"), _t("请核对号码；还没报名的先导入花名册，再上传照片")


def without_photo(batch: Batch) -> int:
    """How many candidates who go on have no photo yet."""
    waiting = batch.applications.filter(photo=None, state__in=step_of("application.photograph").source)
    return int(waiting.count())


def pack_summary(pack: PhotoPack) -> dict[str, Any]:
    """A photo pack for its page: the lines, wrong ones first, and who would still be without a photo."""
    lines = sorted(pack.lines, key=lambda line: (not line["problem"], line["place"]))
    missing = without_photo(pack.batch)
    if pack.state == "previewed":
        missing -= sum(not line["problem"] and not line["replaces"] for line in lines)
    return {"lines": lines, "missing": max(0, missing)}


def progress(batch: Batch) -> list[dict[str, Any]]:
    """How many applications stand in each state, in the order they go through them; empty states are left out."""
    counted = dict(batch.applications.order_by().values_list("state").annotate(Count("pk")))
    return [
        {"state": state, "label": label, "count": counted[state], "url": f"{_list('application', batch)}&state={state}"}
        for state, label in Application.STATES
        if counted.get(state)
    ]


def _list(flow: str, batch: Batch, field: str = "batch") -> str:
    return f"/d/{flow}/?in={field}.{batch.pk}"


STAGES = ("plan", "announce", "apply", "review", "seat", "exam", "score", "publish", "certify", "archive")
_REACHED = {
    "draft": "plan", "returned": "plan", "filed": "announce", "announced": "apply", "closed": "review",
    "seated": "exam", "scored": "publish", "published": "publish", "concluded": "publish", "approved": "certify",
}  # fmt: skip
_WAITED_FOR = {
    "batch.accept": "announce", "application.check": "review", "application.approve": "review", "batch.seat": "seat",
    "batch.score": "score", "objection.dismiss": "publish", "batch.approve": "publish", "batch.archive": "archive",
}  # fmt: skip


def chain(batch: Batch) -> list[Stage]:
    """Where the evaluation stands, stage by stage: done, now, next, or late when a deadline of the stage has passed.

    A cancelled plan has no stages. Each stage leads to the list of what it is made of.
    """
    if batch.state == "cancelled":
        return []
    here = STAGES.index(_stage(batch)) if batch.state != "archived" else len(STAGES)
    late = _late(batch)
    own, public = f"/d/batch/{batch.pk}", f"/announcements/{batch.pk}"
    # only ways that are open to everybody who sees the batch: a list shows to each what he reaches
    ways = {
        "plan": (_("计划"), f"/d/filing/{batch.filing_id}"),
        "announce": (_("公告"), public if batch.state in Batch.public_states else own),
        "apply": (_("报名"), _list("application", batch)),
        "review": (_("审核"), f"{_list('application', batch)}&state={_undecided(batch)}"),
        "seat": (_("编排"), f"{_list('application', batch)}&sort=ticket"),
        "exam": (_("考试"), _list("session", batch)),
        "score": (_("评分"), _list("panel", batch)),
        "publish": (_("公示"), f"{public}/publicity" if batch.state == "published" else own),
        "certify": (_("发证"), _list("certificate", batch, "result__application__batch")),
        "archive": (_("归档"), own),
    }
    return [
        Stage(ways[name][0], _standing(place, here, overdue=name in late), ways[name][1])
        for place, name in enumerate(STAGES)
    ]


def _standing(place: int, here: int, *, overdue: bool) -> str:
    if place < here:
        return "done"
    if overdue:
        return "late"
    return "now" if place == here else "next"


def _stage(batch: Batch) -> str:
    """The stage under way; where one state covers two of them, the applications and the clock tell them apart."""
    waiting = batch.applications
    if batch.state == "closed" and not waiting.filter(state__in=("submitted", "checked")).exists():
        return "seat"
    if batch.state == "seated" and clock.now() > batch.last_exam_at:
        return "score"
    if batch.state == "approved" and not waiting.filter(state="passed").exclude(result__state="annulled").exists():
        return "archive"
    return _REACHED[batch.state]


def _undecided(batch: Batch) -> str:
    return "submitted" if batch.applications.filter(state="submitted").exists() else "checked"


def _late(batch: Batch) -> set[str]:
    """The stages in which something of this batch is overdue."""
    low, high = span(batch.scope)
    overdue = Deadline.objects.filter(scope__gte=low, scope__lt=high, closed_at=None, due_at__lt=clock.now())
    return {_WAITED_FOR[step] for step in overdue.values_list("step", flat=True).distinct() if step in _WAITED_FOR}


def open_objections(thing: Any) -> Any:
    """The objections to a published thing of any flow (a batch, a round of recognition) that nobody has answered."""
    return Objection.everywhere.filter(about_flow=flow_of(thing), about=thing.pk, state="raised")


def objections_to(thing: Any) -> Any:
    """Every objection to a published thing of any flow, newest first; the caller has reached the thing."""
    return Objection.everywhere.filter(about_flow=flow_of(thing), about=thing.pk).order_by("-pk")


def recognised_by_mode(institution: Any, *, year: int) -> dict[str, int]:
    """How many results an institution has in a year by each way that leads to a certificate, annulled ones left out."""
    rows = Result.everywhere.filter(institution=institution, decided_on__year=year, level__in=levels.CERTIFIED)
    return dict(rows.exclude(state="annulled").order_by().values_list("mode").annotate(Count("pk")))


def seated() -> list[Batch]:
    """The batches that are seated and not yet examined to the end."""
    return list(Batch.everywhere.filter(state="seated").order_by("pk"))
