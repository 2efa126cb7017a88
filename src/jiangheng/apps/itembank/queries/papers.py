"""Plans, draws and papers: what a bank offers an assembly, what a draw makes of it, which paper is whose (K9, K13)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from jiangheng.core.exam import draw as fair
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import parallel, sufficiency
from jiangheng.core.exam.bank_text import ElementRange, leaves
from jiangheng.core.exam.blueprint import Blueprint, KindRow
from jiangheng.core.exam.plan import MODES, Stock, check, range_counts
from jiangheng.core.exam.plan import Plan as CorePlan
from jiangheng.core.exam.plan_text import FileFaults, read_plan
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import clock, trail

from ..models import AnswerSheet, Bank, Draw, Item, Paper, Plan
from ..models.item import USABLE
from .items import mutual, rows_of, version

MOST_FORMS = 20_000
BESIDE = frozenset({"mode", "papers", "pass_mark"})
"""What a plan's text says beside the composition: how many forms are drawn, and what passes."""


def stock_rows(bank: Bank, *, unseen_by: Sequence[str] = (), own: bool = False) -> list[Stock]:
    """What a bank offers an assembly now: its usable items, with what is known of each. No content leaves the bank.

    What one of these persons (keyed hashes, as in AnswerSheet) has had on a paper before rests this time; where each
    has his ``own`` paper, in their order, it is kept off that one alone.
    """
    seen = _seen(bank, unseen_by)
    rested = clock.today() - dt.timedelta(days=parameter("bank.rest_days"))
    ranges = {row["code"]: row for row in bank.points}
    rows = rows_of(bank, states=USABLE)
    enemies = mutual(rows)
    return [
        Stock(
            code=row.code, kind=row.kind, range_code=ranges.get(row.point, {}).get("range", ""), point=row.point,
            importance=ranges.get(row.point, {}).get("importance", "X"), difficulty=row.difficulty,
            enemies=enemies[row.code], exposure=row.exposure,
            resting=(row.code in seen and not own) or (row.last_used is not None and row.last_used > rested),
            a=row.parameters.get("a"), b=row.parameters.get("b"), c=row.parameters.get("c"),
            kept_off=tuple(sorted(seen.get(row.code, ()))) if own else (),
        )
        for row in rows
    ]  # fmt: skip


def _seen(bank: Bank, persons: Sequence[str]) -> dict[str, set[int]]:
    """By item the places in ``persons`` of those who have had it on a paper."""
    places = {person: place for place, person in enumerate(persons)}
    found: dict[str, set[int]] = {}
    for start in range(0, len(persons), 500):
        for sheet in AnswerSheet.objects.filter(bank=bank, person__in=persons[start : start + 500]):
            for code in sheet.answers:
                found.setdefault(code, set()).add(places[sheet.person])
    return found


def stock_data(bank: Bank, rows: Sequence[Stock]) -> list[dict[str, Any]]:
    """Stock as plain data, to be kept sealed with a draw; ``pin``: the version of the item, and its digest."""
    pins = {row.code: [row.revision, row.digest] for row in rows_of(bank)}
    return [asdict(row) | {"pin": pins[row.code]} for row in rows]


def pins_of(draw: Draw) -> dict[str, list[Any]]:
    """The versions a draw was committed on, by code: whatever became of the items since, these go on its papers."""
    return {row["code"]: row["pin"] for row in draw.stock}


def stock_of(draw: Draw) -> list[Stock]:
    """The rows a draw was committed on."""
    rows = ({name: value for name, value in row.items() if name != "pin"} for row in draw.stock)
    return [
        Stock(**{**row, "enemies": tuple(row["enemies"]), "kept_off": tuple(row.get("kept_off", ()))}) for row in rows
    ]


def plan_of(plan: Plan) -> CorePlan:
    """A plan of composition as the mathematics sees it: its own text, and the element table's weights."""
    return _plan(plan.bank, plan.content)


def _plan(bank: Bank, content: Mapping[str, Any]) -> CorePlan:
    data = {name: value for name, value in dict(content).items() if name not in BESIDE}
    if "ranges" not in data:
        data["ranges"] = [{"code": row.code, "weight": str(row.weight)} for row in leaves(_ranges(bank))]
    data.setdefault("exposure_cap", parameter("bank.exposure_cap"))
    return read_plan(data)


def _ranges(bank: Bank) -> tuple[ElementRange, ...]:
    return tuple(
        ElementRange(row["code"], row["name"], Decimal(str(row["weight"])), row.get("parent", ""))
        for row in bank.ranges
    )


def range_numbers(plan: CorePlan) -> dict[str, int]:
    """How many items of each range a paper under a plan has."""
    return range_counts(plan)


def plan_problems(bank: Bank, content: Any) -> list[str]:
    """Why a plan's text cannot be a plan of this bank."""
    if not isinstance(content, dict):
        return ['组卷计划应为一个 JSON 对象，例如 {"kinds": [["single", 60, 1]], "minutes": 90}']
    try:
        plan = _plan(bank, content)
    except FileFaults as bad:
        return list(bad.faults)
    problems = check(plan)
    total = sum((row.count * row.marks for row in plan.kinds), Decimal(0))
    if not problems and total != Decimal(100):
        problems.append(f"各题型小计为 {total} 分，总分应为 100 分，请调整题数或每题分值")
    minutes = content.get("minutes")
    if not isinstance(minutes, int) or minutes < 1:
        problems.append("没有写考试时间 minutes（分钟），请填写整数")
    return problems + _beside_problems(plan, content)


def _beside_problems(plan: CorePlan, content: Mapping[str, Any]) -> list[str]:
    """What is wrong with what a plan's text says beside the composition, and with the kinds it names."""
    problems = [
        f"题型“{row.kind}”不认识，应为 {'、'.join(core_items.KINDS)} 之一，请改正"
        for row in plan.kinds
        if row.kind not in core_items.KINDS
    ]
    if content.get("mode", "one") not in MODES:
        problems.append(f"组卷方式 mode“{content['mode']}”不认识，应为 {'、'.join(MODES)} 之一，请改正")
    papers = content.get("papers", 1)
    if not isinstance(papers, int) or isinstance(papers, bool) or not 1 <= papers <= MOST_FORMS:
        problems.append(f"套数 papers 应为 1 至 {MOST_FORMS} 的整数，请改正")
    mark = content.get("pass_mark", 60)
    if isinstance(mark, bool) or not isinstance(mark, int | float) or not 0 < mark <= 100:
        problems.append("及格分 pass_mark 应为大于 0、不超过 100 的数，请改正")
    return problems


def shortfalls(plan: Plan) -> list[str]:
    """What the bank lacks for one request under a plan, in words; empty when papers can be made now."""
    lacks = _lacks(stock_rows(plan.bank), plan_of(plan), mode=plan.mode, forms=plan.papers_for(1))
    return with_names(plan.bank, lacks)


def lacks_of(draw: Draw) -> list[str]:
    """What is proved to bind a draw's request, in words; empty when nothing stands against it."""
    return with_names(draw.bank, _lacks(stock_of(draw), plan_of(draw.plan), mode=draw.mode, forms=draw.count))


def _lacks(rows: list[Stock], plan: CorePlan, *, mode: str, forms: int) -> list[str]:
    return [lack.words for lack in sufficiency.report(rows, plan, mode=mode, forms=forms).lacks]


def with_names(bank: Bank, sentences: Sequence[str]) -> list[str]:
    """Sentences of core that name ranges by their codes (鉴定范围 A-1), with the ranges' names behind the codes."""
    names = {row["code"]: row["name"] for row in bank.ranges}
    if not names:
        return list(sentences)
    # the longest first, and whole codes only: A is no part of A-1
    codes = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    told = re.compile(rf"鉴定范围 ({codes})(?![A-Za-z0-9.-])")
    return [told.sub(lambda found: f"鉴定范围 {found[1]} {names[found[1]]}", each) for each in sentences]


def why_not(draw: Draw) -> list[str]:
    """Why a draw's papers cannot be made from its seed, in words; empty when they can. Tries, where no proof says so.

    Both shares are in. What is only this seed's bad luck is said to be so.
    """
    found = lacks_of(draw)
    if found:
        return found
    try:
        compose(draw, seed_of(draw)[1])
    except sufficiency.Impossible as no:
        words = with_names(draw.bank, [lack.words for lack in no.report.lacks] or [str(no)])
        return words if no.proven else [*words, "以上是按本次种子组卷的结果，重新承诺、换种子后可能组得出"]
    return []


def seed_of(draw: Draw) -> tuple[str, bytes]:
    """The log's checkpoint right after the second share, and the seed that it gives with the commitment and the shares.

    The same at every try: were it the checkpoint of the moment, whoever can make a draw fail could wait for a better.
    """
    checkpoint = trail.checkpoint(trail.place("draw", draw.pk, "second") + 1)
    shares = [bytes.fromhex(each.share_text) for each in draw.pledges.order_by("pk")]
    return checkpoint, fair.seed_from(draw.commitment, shares, checkpoint.encode())


def compose(draw: Draw, seed: bytes) -> parallel.Assembled:
    """The forms of a draw from its seed: the same for everyone who has the committed rows."""
    return parallel.assemble(stock_of(draw), plan_of(draw.plan), mode=draw.mode, forms=draw.count, seed=seed)


def blueprint_data(plan: Plan) -> dict[str, Any]:
    """What marking and the paper's head need of a plan: kinds with counts and marks, minutes, pass mark."""
    core = plan_of(plan)
    return {
        "kinds": [[row.kind, row.count, str(row.marks)] for row in core.kinds],
        "minutes": int(plan.content["minutes"]),
        "pass_mark": str(plan.content.get("pass_mark", parameter("pass.mark"))),
    }


def blueprint_of(bank: Bank, text: dict[str, Any]) -> Blueprint:
    """A blueprint from its plain form ``{"kinds": [[kind, count, marks]…], "minutes", "pass_mark"}``."""
    return Blueprint(
        level=bank.level,
        kinds=tuple(KindRow(kind, int(count), Decimal(str(marks))) for kind, count, marks in text["kinds"]),
        total=Decimal(100),
        minutes=int(text["minutes"]),
        pass_mark=Decimal(str(text["pass_mark"])),
    )


def paper_items(paper: Paper) -> list[core_items.Item]:
    """The items of a paper in its order and in the versions it pins, with keys: for marking and printing only."""
    bank = paper.bank
    rows = {row.code: row for row in Item.everywhere.filter(bank=bank, code__in=paper.codes)}
    for row in rows.values():
        row.bank = bank
    return [version(rows[code], number) for code, number, _digest in paper.items]


def papers_of(batch: int) -> dict[str, list[Paper]]:
    """The papers drawn for a batch, by level, in the order of their forms."""
    found: dict[str, list[Paper]] = {}
    rows = Paper.everywhere.filter(batch=batch).exclude(state="destroyed").select_related("bank", "draw")
    # the draw's committed rows are long and sealed: nobody needs them once for every paper
    rows = rows.defer("draw__stock_text", "draw__people_text")
    for paper in rows.order_by("pk"):
        found.setdefault(paper.level, []).append(paper)
    return found


def papers_with(item: Item) -> list[Paper]:
    """The papers of an item's bank on which it stands, in whatever version."""
    rows = Paper.everywhere.filter(bank=item.bank_id).order_by("pk")
    return [paper for paper in rows if item.code in paper.codes]


def paper_of(batch: int, pk: int) -> Paper:
    """One paper that was drawn for a batch and not destroyed."""
    rows = Paper.everywhere.filter(batch=batch).exclude(state="destroyed").select_related("bank")
    found: Paper = rows.get(pk=pk)
    return found


def batch_of(paper: int) -> int | None:
    """The batch a paper was drawn for."""
    return Paper.everywhere.filter(pk=paper).values_list("batch", flat=True).first()


def paper_for(papers: Sequence[Paper], *, order: int, seat: int, person: str = "") -> Paper:
    """Which form a candidate gets: his own (`each`), neighbours different ones (`ab`, `library`), or the only one.

    ``person`` is the candidate as AnswerSheet knows him: a paper that was made for him has nothing he has had before.
    """
    own = [paper for paper in papers if person and paper.person == person]
    if own:
        # the latest: an earlier one of his may lie in a draw that was made again
        return own[-1]
    mode = papers[0].draw.mode if papers[0].draw else "one"
    return papers[(order if mode == "each" else seat) % len(papers)]


def plan_in_force(bank: Bank) -> Plan | None:
    """The enacted plan of a bank."""
    return Plan.everywhere.filter(bank=bank, state="enacted").select_related("bank").first()


def ordered(batch: int, level: str) -> bool:
    """Is there a draw for that level of the batch, and has the latest neither failed nor lost a paper?"""
    draws = Draw.everywhere.filter(batch=batch, bank__level=level).exclude(state="failed").defer("stock_text")
    latest = draws.order_by("-pk").first()
    return latest is not None and not latest.papers.filter(state="destroyed").exists()


def record_of(made: parallel.Assembled) -> dict[str, Any]:
    """What the trail keeps of an assembly: how parallel the forms are, never what is on them."""
    return {
        "deviation": str(made.deviation), "overlap": made.overlap, "usage": [list(row) for row in made.usage],
        "targets": [{"name": each.name, "value": str(each.value)} for each in made.targets],
        "bank": made.bank, "plan": made.plan, "exact": made.exact, "assembler": parallel.VERSION,
    }  # fmt: skip


def draw_record(draw: Draw) -> fair.DrawRecord:
    """Everything that was said in a draw, for whoever checks it; with the bank's committed rows and the plan."""
    pledges = list(draw.pledges.order_by("pk"))
    papers = sorted(draw.papers.all(), key=lambda paper: paper.pk)
    return fair.DrawRecord(
        bank=draw.stock_digest, plan_digest=draw.plan_digest, mode=draw.mode, forms=draw.count,
        commitment=draw.commitment, commitment_leaf=trail.place("draw", draw.pk, "commit"),
        share_commitments=tuple(each.digest for each in pledges),
        share_leaves=(trail.place("draw", draw.pk, "pledge"), trail.place("draw", draw.pk, "second")),
        shares=tuple(bytes.fromhex(each.share_text) for each in pledges), checkpoint=draw.checkpoint.encode(),
        seed=bytes.fromhex(draw.seed), papers=tuple(tuple(paper.codes) for paper in papers),
        stock=tuple(stock_of(draw)), plan=plan_of(draw.plan),
    )  # fmt: skip
