"""Banks and papers for other rooms. Items leave this room as core values, keys only towards marking."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jiangheng.core.exam import items as core_items
from jiangheng.core.exam.bank_text import ElementRange
from jiangheng.core.exam.blueprint import Blueprint, KindRow

from .models import Bank, Item, Paper


def to_core(row: Item) -> core_items.Item:
    """An item as the mathematics sees it."""
    point: dict[str, str] = next((each for each in row.bank.points if each["code"] == row.point), {})
    if row.kind == "judgement":
        options = core_items.KINDS["judgement"].options
        answer = tuple(option.key for option in options if option.text == row.answer)
    else:
        options = tuple(core_items.Option(core_items.LETTERS[place], text) for place, text in enumerate(row.options))
        answer = tuple(sorted(row.answer.upper()))
    return core_items.Item(
        code=row.code, kind=row.kind, stem=row.stem, options=options, answer=answer, point=row.point,
        range_code=point.get("range", ""), difficulty=row.difficulty, importance=point.get("importance", "X"),
        explanation=row.explanation,
    )  # fmt: skip


def bank_for(occupation: str, level: str) -> Bank | None:
    """The open unified bank of an occupation and level (K9)."""
    return Bank.everywhere.filter(occupation=occupation, level=level, state="open", kind="unified").first()


def stock(bank: Bank) -> list[core_items.Item]:
    """The items of a bank that may be used in papers, in code order."""
    rows = Item.everywhere.filter(bank=bank, state="stock").select_related("bank").order_by("code")
    return [to_core(row) for row in rows]


def blueprint_of(bank: Bank, text: dict[str, Any]) -> Blueprint:
    """A blueprint from its plain form ``{"kinds": [[kind, count, marks]…], "minutes", "pass_mark"}``."""
    return Blueprint(
        level=bank.level,
        kinds=tuple(KindRow(kind, int(count), Decimal(str(marks))) for kind, count, marks in text["kinds"]),
        ranges=tuple(ElementRange(row["code"], row["name"], Decimal(str(row["weight"]))) for row in bank.ranges),
        total=Decimal(100),
        minutes=int(text["minutes"]),
        pass_mark=Decimal(str(text["pass_mark"])),
    )


def paper_items(paper: Paper) -> list[core_items.Item]:
    """The items of a paper in its order, with keys: for marking only."""
    rows = Item.everywhere.filter(bank=paper.bank_id, code__in=paper.items).select_related("bank")
    found = {row.code: to_core(row) for row in rows}
    return [found[code] for code in paper.items]


def papers_of(batch: int) -> dict[str, Paper]:
    """The papers drawn for a batch, by level."""
    return {paper.level: paper for paper in Paper.everywhere.filter(batch=batch).select_related("bank").order_by("pk")}
