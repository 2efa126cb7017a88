"""Figures of items and banks: the latest analysis, evidence of a sitting, credit of those who contributed (K8, P2)."""

from __future__ import annotations

from typing import Any

from jiangheng.core.exam.items import KINDS
from jiangheng.core.insight import classical, credit, evidence
from jiangheng.core.insight.calibration import ItemEstimate
from jiangheng.core.insight.misbehaving import ItemFigures
from jiangheng.core.law.parameters import parameter

from .. import measures
from ..models import AnswerSheet, Bank, Contribution, Figures, Item, Measurement
from .items import rows_of
from .papers import paper_items, plan_of, range_numbers
from .study import standard_of


def measured(bank: Bank) -> measures.Measured:
    """An analysis of all answers collected on a bank's papers. ValueError in words when there are none."""
    rows = {row.code: row for row in rows_of(bank, states=[state for state, _label in Item.STATES])}
    sheets = list(AnswerSheet.objects.filter(bank=bank).order_by("pk"))
    if not sheets:
        raise ValueError("还没有收回的答卷，无法分析")
    answers = measures.gather(sheets, revisions={code: row.revision for code, row in rows.items()})
    keys = {
        code: "".join(rows[code].content.answer) for code in answers.items
        if KINDS[rows[code].kind].answered == "keys"
    }  # fmt: skip
    return measures.measure(answers, keys=keys, earlier=_earlier(bank))


def waits_for_analysis(bank: Bank) -> bool:
    """Have enough answers been collected on a bank's papers, and any since its latest analysis?"""
    collected = AnswerSheet.objects.filter(bank=bank).count()
    latest = Measurement.everywhere.filter(bank=bank).order_by("-pk").first()
    return collected >= parameter("bank.measure_persons") and (latest is None or collected > latest.persons)


def _earlier(bank: Bank) -> list[ItemEstimate]:
    latest = Measurement.everywhere.filter(bank=bank).exclude(model="ctt").order_by("-pk").first()
    if latest is None:
        return []
    rows = latest.figures.select_related("item")
    return [
        ItemEstimate(
            row.item.code, row.values["a"], row.values["b"], row.values["c"], row.values["se_a"], row.values["se_b"],
            None, row.values["n"], row.values["p"],
        )
        for row in rows
        if "b" in row.values and row.revision == row.item.revision
    ]  # fmt: skip


def history_of(item: Item) -> list[Figures]:
    """An item's figures in every analysis, latest first."""
    return list(item.figures.select_related("measurement").order_by("-pk"))


def evidence_of(session: int, *, title: str, conditions: tuple[str, ...] = ()) -> evidence.Evidence | None:
    """The evidence of a sitting in the terms of ISO/IEC 17024, 9.3; None before answers were collected."""
    sheets = list(AnswerSheet.objects.filter(session=session).select_related("paper__bank").order_by("pk"))
    if not sheets:
        return None
    forms, coverage = [], []
    for paper in {sheet.paper_id: sheet.paper for sheet in sheets}.values():
        own = [sheet for sheet in sheets if sheet.paper_id == paper.pk]
        answers = measures.gather(own, revisions={code: number for code, number, _digest in paper.items})
        analysis = classical.analyse(answers.matrix, items=answers.items)
        name = f"{paper.bank.name} {paper.form}"
        forms.append(evidence.FormResult(name, analysis, answers.marks, 100.0))
        coverage += _coverage(paper)
    cut = float(sheets[0].paper.blueprint["pass_mark"])
    return evidence.assemble(
        title,
        forms=forms,
        cut_percent=cut,
        coverage=coverage,
        groups=_passed(sheets, cut=cut),
        conditions=conditions,
        standard=standard_of(sheets[0].paper),
    )


def _coverage(paper: Any) -> list[evidence.Coverage]:
    planned = range_numbers(plan_of(paper.draw.plan)) if paper.draw else {}
    present: dict[str, int] = {}
    for item in paper_items(paper):
        present[item.range_code] = present.get(item.range_code, 0) + 1
    names = {row["code"]: row["name"] for row in paper.bank.ranges}
    return [
        evidence.Coverage(code, names.get(code, code), count, present.get(code, 0)) for code, count in planned.items()
    ]


def _passed(sheets: list[AnswerSheet], *, cut: float) -> list[evidence.GroupCount]:
    labels = {"sex": "性别"}
    found = []
    for kind, label in labels.items():
        for value in sorted({sheet.groups.get(kind, "") for sheet in sheets} - {""}):
            own = [sheet for sheet in sheets if sheet.groups.get(kind) == value]
            found.append(evidence.GroupCount(label, value, len(own), sum(float(each.mark) >= cut for each in own)))
    return found


def credits(*, institution: Any = None) -> list[credit.Credit]:
    """What institutions' contributions to the unified banks are worth (K8): of all, or of one."""
    offers = Contribution.everywhere.exclude(state="withdrawn").select_related("institution", "intake")
    if institution is not None:
        offers = offers.filter(institution=institution)
    rows = []
    for offer in offers.order_by("pk"):
        items = list(offer.intake.items.all()) if offer.intake else []
        rows += [_contributed(offer, item) for item in items]
        left = offer.rows - len(items)
        rows += [credit.Contribution(f"{offer.pk}-{n}", offer.institution.name, False) for n in range(left)]
    return list(credit.award(rows))


def _contributed(offer: Contribution, item: Item) -> credit.Contribution:
    figures = ItemFigures(item.code, item.answered, item.p, item.rest_r, dif=item.parameters.get("dif", ""))
    adopted = item.state not in ("draft", "reviewed", "approved", "returned")
    return credit.Contribution(
        f"{item.bank_id}:{item.code}",
        offer.institution.name,
        adopted,
        figures if item.answered else None,
        item.exposure,
    )
