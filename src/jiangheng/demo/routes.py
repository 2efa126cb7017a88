"""The ways without examination, each to its end: an enterprise's own specification, R1–R4, K5 and K6 in the story."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from jiangheng.apps.roster import queries as roster
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.core.steps import step_of
from jiangheng.kernel.perform import model_of, perform_each

from .foundation import PDF, Report, quiet
from .hands import all_done, as_, do, it_is, make, upload
from .people import Person, people, portrait

EXPERTS = tuple(f"gl.expert{number}" for number in range(1, 6))
SPECIFICATION = "motor-assembly-eight-step"
# what the enterprise means to measure, and how it stands in the first draft, which the experts send back
VAGUE = ("抽十根测长度，偏差不超过正负5毫米的每根得1.2分，满12分。", "抽样测量，视偏差大小给分。")
SAID = ("level", "department", "hired_on", "insured_months", "held_level", "held_issued", "grounds", "achievements")


def routes(things: dict[str, Any], *, seed: int, report: Report = quiet) -> None:
    """The specification is drafted, reviewed twice, recorded; a filing rests on it; every route is walked."""
    standard = specification(things["lg"], report=report)
    filing = file_eight_steps(things["lg"], standard)
    report("漓光电气按评价规范备案八个等级", 1, 1)
    apprentices(filing, seed=seed)
    report("学徒工转正定级", 1, 1)
    rounds(filing, seed=seed, report=report)


def specification(enterprise: Any, *, report: Report = quiet) -> Any:
    """An eight-step specification: sent back by the experts with comments, mended, adopted, recorded (K4)."""
    text = shipped_text(SPECIFICATION)
    it_is("2026-06-10", "10:00")
    thing = make("specification.draft", enterprise, "lg.manager", text=text.replace(*VAGUE))
    do("specification.submit", thing, "lg.manager")
    it_is("2026-06-12", "09:30")
    review(do("specification.convene", thing, "gl.center1", **panel()), day="2026-06-15", votes=(1, 1, 0, 0, 0))
    report("评价规范第一轮专家评审，退回修改", 1, 1)
    it_is("2026-06-17", "09:00")
    do("specification.revise", thing, "lg.manager", text=text)
    do("specification.submit", thing, "lg.manager")
    it_is("2026-06-18", "09:00")
    review(do("specification.convene", thing, "gl.center1", **panel()), day="2026-06-22", votes=(1, 1, 1, 1, 1))
    it_is("2026-06-24", "10:00")
    thing.refresh_from_db()
    found = do("specification.record", thing, "gl.center2", opinion="评审通过，同意备案")
    report("评价规范评审通过并备案", 1, 1)
    return found.standard


def panel() -> dict[str, Any]:
    """The five experts, the first of them leading."""
    accounts = [model_of("account").everywhere.get(username=name).pk for name in EXPERTS]
    return {"members": accounts, "chair": accounts[0]}


def review(thing: Any, *, day: str, votes: tuple[int, ...]) -> None:
    """Every expert comments and votes alone; the chair writes the minutes."""
    it_is(day, "14:00")
    found = roster.committee_of(thing)
    assert found is not None
    marking = next(each["key"] for each in found.paragraphs if each["title"] == "评分表")
    for name, good in zip(EXPERTS, votes, strict=True):
        expert = as_(name)
        ballot = model_of("ballot").reach(expert).get(committee=found)
        if not good:
            do(
                "ballot.comment", ballot, expert, paragraph=marking,
                comment="下线长度一项没有写明允许偏差和每根的分值，请补充。",
            )  # fmt: skip
        choice = {
            "adopt_choice": "for" if good else "against",
            "adopt_comment": "" if good else "评分尺度不全，修改后再议",
        }
        do("ballot.cast", ballot, expert, **choice)
    it_is(day, "16:30")
    do(
        "committee.minute",
        found,
        EXPERTS[0],
        minutes=f"到会专家5人，独立投票，同意{sum(votes)}人，意见见各专家评审票。",
    )


def file_eight_steps(enterprise: Any, standard: Any) -> Any:
    """A second site, filed for all eight steps on the enterprise's own specification (K2)."""
    it_is("2026-06-25", "09:00")
    filing = ask_for_eight_steps(enterprise, standard)
    it_is("2026-06-29", "15:00")
    return do("filing.accept", filing, "gl.center1", opinion="评价规范已备案，同意按八个等级备案")


def ask_for_eight_steps(enterprise: Any, standard: Any) -> Any:
    """The site with its rooms, and the filing as it is submitted."""
    site = make("site.open", enterprise, "lg.manager", name="漓光装调考点", address="桂林市七星区朝阳路信息产业园12号")
    for name, kind, rows, columns in (("微机室", "theory", 3, 4), ("控制柜装调场", "practical", 2, 4)):
        make("room.add", site, "lg.manager", name=name, kind=kind, rows=rows, columns=columns)
    papers = {"document": upload("备案申请材料.pdf", PDF, "application/pdf")}
    filing = make(
        "filing.draft", enterprise, "lg.manager", papers, site=site.pk, standard=str(standard.pk),
        levels=["A", "5", "4", "3", "2", "1", "T", "C"],
        statement="按本企业已备案评价规范开展新八级工评价；设评价委员会，考评员、内部督导员齐备。",
    )  # fmt: skip
    return do("filing.submit", filing, "lg.manager")


def apprentices(filing: Any, *, seed: int) -> None:
    """Two apprentices: one passes by the enterprise's own form, one is still learning (K6)."""
    done, learning = people(2, seed=seed + 2000, born=(2004, 2007))
    it_is("2026-06-30", "09:00")
    time = {"mentor": "贺铁山", "since": "2025-07-01", "until": "2026-06-30"}
    first = make("apprentice.enrol", filing, "lg.registrar", name=done.name, identity=done.identity, **time)
    later = {**time, "since": "2026-03-01", "until": "2027-02-28"}
    make("apprentice.enrol", filing, "lg.registrar", name=learning.name, identity=learning.identity, **later)
    it_is("2026-07-01", "10:00")
    form = {"form": upload("考核表.pdf", PDF, "application/pdf")}
    do(
        "apprentice.assess", first, "lg.evaluator1", form, mark="84.5",
        comment="能独立完成控制柜配线和通电前检查，安全规程熟悉，师傅评价良好。",
    )  # fmt: skip
    do("apprentice.confirm", first, "lg.manager", opinion="同意转正定级")


def rounds(filing: Any, *, seed: int, report: Report = quiet) -> None:
    """Five rounds at a time, as the enterprise holds them: nominated, judged, published, approved, certified."""
    it_is("2026-07-02", "09:00")
    persons = iter(people(10, seed=seed + 3000, born=(1975, 1990)))
    opened = []
    for told in tomllib.loads(resources.files("jiangheng.demo").joinpath("routes.toml").read_text("utf-8"))["round"]:
        people_of = told.pop("nominee")
        thing = make("recognition.open", filing, "lg.manager", **told)
        for row in people_of:
            nominate(thing, next(persons), row)
        do("recognition.submit", thing, "lg.manager")
        opened.append((thing, people_of))
    it_is("2026-07-06", "09:00")
    for thing, _rows in opened:
        do("recognition.convene", thing, "lg.officer", **panel())
    it_is("2026-07-08", "14:00")
    for place, (thing, rows) in enumerate(opened, start=1):
        judge(thing, rows)
        report("直接认定、破格晋升、评聘：专家独立评审", place, len(opened))
    it_is("2026-07-09", "09:00")
    for thing, _rows in opened:
        do("recognition.publish", thing, "lg.officer")
    object_to(opened[2][0])
    it_is("2026-07-20", "09:00")
    for thing, _rows in opened:
        finish(thing)
    report("公示期满、核准、列入名单、制证", 1, 1)


def nominate(thing: Any, person: Person, row: dict[str, Any]) -> None:
    """One person with his proof: achievements, the ground of a promotion, a signed statement, a photo."""
    said = {name: row[name] for name in SAID if name in row}
    papers = {name: upload(f"{name}.pdf", PDF, "application/pdf") for name in ("evidence", "statement")}
    if "grounds" in row:
        papers["proof"] = upload("proof.pdf", PDF, "application/pdf")
    papers["photo"] = upload("photo.jpg", portrait(person), "image/jpeg")
    given = {"name": person.name, "identity": person.identity, "front_line": "on", **said}
    make("nominee.nominate", thing, "lg.registrar", papers, **given)


def judge(thing: Any, rows: list[dict[str, Any]]) -> None:
    """Five experts vote and mark, each on his own ballot; the chair writes the minutes."""
    found = roster.committee_of(thing)
    assert found is not None
    for place, name in enumerate(EXPERTS):
        expert = as_(name)
        given: dict[str, Any] = {}
        for matter, row in zip(found.matters, rows, strict=True):
            key, votes, mark = matter["key"], row["votes"], row["mark"]
            given |= {
                f"{key}_choice": "for" if place < votes else "against", f"{key}_mark": str(mark + place - 2),
                f"{key}_comment": "" if place < votes else "业绩材料不足以证明达到该等级要求",
            }  # fmt: skip
        do("ballot.cast", model_of("ballot").reach(expert).get(committee=found), expert, **given)
    do("committee.minute", found, EXPERTS[0], minutes="到会专家5人，独立投票并评分，按表决结果提出认定意见。")


def object_to(thing: Any) -> None:
    """Somebody objects to a promotion; the enterprise answers."""
    it_is("2026-07-13", "10:00")
    objection = make(
        "objection.raise", thing, "public", name="陈思源", phone="19900007777",
        content="请说明轴电流改进项目中申报人承担的工作，是否为第一完成人。",
    )  # fmt: skip
    it_is("2026-07-14", "15:00")
    answer = "经核对项目任务书、验收报告和现场记录，申报人为第一完成人，负责测试、分析和改进实施，维持评审结论。"
    do("objection.dismiss", objection, "lg.officer", answer=answer)


def finish(thing: Any) -> None:
    """Approved by the county; the appointed are reported and put on the city's list; certificates are made."""
    thing = do("recognition.approve", thing, "qixing", opinion="公示无未决异议，同意核准")
    if thing.way.appoints:
        do("recognition.report", thing, "qixing")
        do("recognition.enlist", thing, "gl.city", list_number="市人社职建〔2026〕31号", opinion="列入名单")
    make("issuance.run", thing, "lg.issuer")
    issued = model_of("certificate").everywhere.filter(scope__startswith=thing.scope).values_list("pk", flat=True)
    all_done(perform_each(step_of("certificate.deliver"), list(issued), actor=as_("lg.issuer")))
