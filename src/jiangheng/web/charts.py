"""What the charts show: counted here, drawn by the page's script, and told in a table beneath (clauses K10, K1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel import clock
from jiangheng.kernel.perform import model_of

WIDTH = 10
"""Marks of a class."""
FULL = 100
BEHIND, AHEAD = 5, 3
"""Months shown before and after the present one."""
OFFICERS = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY})
UNSETTLED = ("draft", "filed", "returned", "cancelled")
FINISHED = frozenset({"approved", "archived"})


def chart(
    name: str, title: str, *, axis: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], unit: str,
    summary: str, line: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A chart as its template wants it. ``data`` is what the script reads; ``rows`` is the table."""
    data: dict[str, Any] = {
        "labels": list(labels),
        "series": [{"name": label, "values": list(values)} for label, values in series],
        "unit": unit,
    }
    if line is not None:
        data["line"] = line
    rows = [
        {"label": label, "values": [values[place] for _name, values in series]} for place, label in enumerate(labels)
    ]
    names = [label for label, _values in series]
    return {"id": name, "title": title, "axis": axis, "names": names, "rows": rows, "summary": summary, "data": data}


def marks(rows: Iterable[Any], *, least: tuple[int, ...]) -> dict[str, Any] | None:
    """How the marks of these applications are spread, part by part; ``None`` while nobody has a mark.

    least: the pass marks of the batch. Where there are several no line is drawn, because no one line would be right.
    """
    found: dict[str, list[Decimal]] = {"theory": [], "practical": [], "review": []}
    for row in rows:
        for part, values in found.items():
            mark = getattr(row, f"{part}_mark")
            if mark is not None and not getattr(row, f"{part}_absent"):
                values.append(mark)
    if not any(found.values()):
        return None
    sentence = _("{part} {n} 人有成绩，{passed} 人达到 {least} 分")
    parts = [(_("理论"), found["theory"]), (_("实操"), found["practical"])]
    if found["review"]:
        parts.append((_("综合评审"), found["review"]))
    told = [
        sentence.format(part=label, n=len(values), passed=sum(mark >= one for mark in values), least=one)
        for one in least
        for label, values in parts
    ]
    labels = [f"{low}–{low + WIDTH - 1}" for low in range(0, FULL - WIDTH, WIDTH)] + [f"{FULL - WIDTH}–{FULL}"]
    return chart(
        "marks", _("成绩分布"), axis=_("分数段"), labels=labels,
        series=[(label, spread(values)) for label, values in parts], unit=_(" 人"), summary=_("；").join(told),
        line=_line(least[0]) if len(least) == 1 else None,
    )  # fmt: skip


def _line(least: int) -> dict[str, Any]:
    return {"at": float(least), "from": 0, "to": FULL, "label": _("合格线 {least} 分").format(least=least)}


def spread(values: Iterable[Decimal]) -> list[int]:
    """How many marks fall in each class of ten; full marks belong to the last."""
    counted = Counter(min(int(value) // WIDTH, FULL // WIDTH - 1) for value in values)
    return [counted[place] for place in range(FULL // WIDTH)]


def batches(actor: Actor) -> dict[str, Any] | None:
    """The batches by the month of their first examination, in the actor's territory: planned, and those concluded.

    For the bureaus only; ``None`` for others and while there is no batch in these months.
    """
    if not OFFICERS & actor.roles():
        return None
    today = timezone.localtime(clock.now()).date()
    months = [_month(today, by) for by in range(-BEHIND, AHEAD + 1)]
    here = timezone.get_current_timezone()
    soonest, latest = (dt.datetime(*month, 1, tzinfo=here) for month in (months[0], _month(today, AHEAD + 1)))
    rows = model_of("batch").reach(actor, OFFICERS).exclude(state__in=UNSETTLED)
    # the first of the examinations lies in these months
    rows = rows.filter(
        Q(theory_at__lt=latest) | Q(practical_at__lt=latest) | Q(review_at__lt=latest),
        Q(review_at=None) | Q(review_at__gte=soonest),
        theory_at__gte=soonest,
        practical_at__gte=soonest,
    )
    planned: Counter[tuple[int, int]] = Counter()
    finished: Counter[tuple[int, int]] = Counter()
    for state, *times in rows.order_by().values_list("state", "theory_at", "practical_at", "review_at"):
        first = timezone.localtime(min(at for at in times if at is not None))
        planned[first.year, first.month] += 1
        finished[first.year, first.month] += state in FINISHED
    plan, end = [planned[month] for month in months], [finished[month] for month in months]
    if not any(plan):
        return None
    return chart(
        "batches", _("各月认定批次"), axis=_("考试月份"), labels=[f"{year}-{month:02d}" for year, month in months],
        series=[(_("已公告的计划"), plan), (_("已核准结果"), end)], unit=_(" 批"),
        summary=_("{first} 至 {last} 共 {n} 批，其中 {done} 批结果已核准").format(
            first=f"{months[0][0]}-{months[0][1]:02d}", last=f"{months[-1][0]}-{months[-1][1]:02d}",
            n=sum(plan), done=sum(end),
        ),
    )  # fmt: skip


def _month(day: dt.date, by: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    return year, month + 1
