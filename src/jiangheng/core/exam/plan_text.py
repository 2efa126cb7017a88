"""The files of the bank's commands: BANK.csv, BLUEPRINT.json and FORMS.json as values (K9, P2).

Strict where a file could mean two things, lenient where it can mean only one. docs/reference/bank-files.md is their
description. Every fault is told with its line or key and its mend, all of them at once.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, Literal, cast

from jiangheng.core.exam.items import IMPORTANCE, KINDS
from jiangheng.core.exam.plan import GRADES, Aim, CellQuota, KindQuota, Plan, RangeQuota, Split, Stock

COLUMNS = {
    "item": ("item", "code", "id", "试题编号", "编号"),
    "kind": ("kind", "type", "题型"),
    "range": ("range", "unit", "鉴定范围", "范围"),
    "point": ("point", "鉴定点", "知识点"),
    "importance": ("importance", "重要程度"),
    "difficulty": ("difficulty", "难度"),
    "seconds": ("seconds", "time", "用时", "预计用时"),
    "exposure": ("exposure", "使用次数"),
    "enemies": ("enemies", "互斥"),
    "resting": ("resting", "停用"),
    "a": ("a",),
    "b": ("b",),
    "c": ("c",),
}
_MOST_FAULTS = 100
_NAMES = {row.name: code for code, row in KINDS.items()}
_YES = {"1", "true", "yes", "y", "是"}
_NO = {"", "0", "false", "no", "n", "否"}


class FileFaults(ValueError):
    """A file that cannot be used; `faults` says why, one sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("；".join(faults[:_MOST_FAULTS]))
        self.faults = tuple(faults[:_MOST_FAULTS])


def read_stock(text: str) -> tuple[list[Stock], list[str]]:
    """The items of BANK.csv, and what a reader should know (columns that mean nothing). FileFaults with lines."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Stock] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    notes: list[str] = []
    try:
        places, notes = _columns(next(reader, []))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            given = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
            found = _stock(given, faults, line=reader.line_num)
            if found.code in seen:
                faults.append(f"第 {reader.line_num} 行：试题编号 {found.code} 与第 {seen[found.code]} 行重复，请改正")
            seen[found.code] = reader.line_num
            rows.append(found)
    except csv.Error as wrong:
        faults.append(f"第 {reader.line_num} 行：不是合格的 CSV（{wrong}），请检查引号")
    if not rows and not faults:
        faults.append("题库文件没有试题，请检查文件")
    if faults:
        raise FileFaults(faults)
    return rows, notes


def _columns(header: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    known = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    places: dict[str, int] = {}
    strange: list[str] = []
    for at, title in enumerate(header):
        name = known.get(title.strip().lower())
        if name is None:
            strange.append(title.strip())
        elif name in places:
            raise FileFaults([f"第 1 行：“{title.strip()}”列与前面的列重复，请只留一列"])
        else:
            places[name] = at
    if "item" not in places:
        raise FileFaults([f"第 1 行：没有 item 列（试题编号）；列名应为 {','.join(COLUMNS)}"])
    notes = [f"不认识的列没有使用：{'、'.join(filter(None, strange))}"] if any(strange) else []
    if missing := [name for name in COLUMNS if name not in places and name != "resting"]:
        notes.append(f"没有这些列，按默认值：{'、'.join(missing)}")
    return places, notes


def _stock(given: Mapping[str, str], faults: list[str], *, line: int) -> Stock:
    def number(name: str, default: int, least: int, most: int) -> int:
        raw = given.get(name, "")
        value = _whole(raw) if raw else default
        if value is None or not least <= value <= most:
            faults.append(f"第 {line} 行 {name}：“{raw}”应为 {least} 至 {most} 的整数，请改正")
            return default
        return value

    def real(name: str, least: float, most: float) -> float | None:
        raw = given.get(name, "")
        if raw.upper() in ("", "NA", "NAN"):
            return None
        try:
            value = float(raw)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            faults.append(f"第 {line} 行 {name}：“{raw}”应为 {least:g} 至 {most:g} 的数，请改正")
            return None
        return value

    code, importance, resting = (
        given["item"],
        given.get("importance", "").upper() or "X",
        given.get("resting", "").lower(),
    )
    if not code:
        faults.append(f"第 {line} 行：没有试题编号，请填写 item 列")
    if importance not in IMPORTANCE:
        faults.append(f"第 {line} 行 importance：“{importance}”应为 {'、'.join(IMPORTANCE)} 之一，请改正")
        importance = "X"
    if resting not in _YES | _NO:
        faults.append(f"第 {line} 行 resting：“{resting}”应为 1 或 0，请改正")
    kind = given.get("kind", "") or "single"
    enemies = tuple(dict.fromkeys(filter(None, re.split(r"[;,|；，、\s]+", given.get("enemies", "")))))
    return Stock(
        code=code or f"#{line}",
        kind=_NAMES.get(kind, kind),
        range_code=given.get("range", ""),
        point=given.get("point", ""),
        importance=importance,
        difficulty=number("difficulty", 3, 1, 5),
        seconds=number("seconds", 0, 0, 86_400),
        enemies=tuple(name for name in enemies if name != code),
        exposure=number("exposure", 0, 0, 10**9),
        resting=resting in _YES,
        a=real("a", 1e-3, 20.0),
        b=real("b", -20.0, 20.0),
        c=real("c", 0.0, 0.99),
    )


def _whole(raw: str) -> int | None:
    try:
        value = Decimal(raw)
        return int(value) if value == value.to_integral_value() and abs(value) < 10**12 else None
    except InvalidOperation:
        return None


# BLUEPRINT.json: key -> how it is read. `minutes` is another way to say `seconds`; the rest of a paper's description
# (title, total, pass mark) is allowed and means nothing here.
_SILENT = ("title", "name", "level", "occupation", "total", "pass_mark", "note")
_KEYS = (
    "kinds", "ranges", "cells", "difficulty", "importance", "seconds", "minutes", "per_point", "enemies", "overlap",
    "uses", "exposure_cap", "avoid", "target",
)  # fmt: skip
_TARGET_KEYS = (
    "theta", "information", "cut", "expected", "mean", "variance", "reference", "scale", "chances", "goal", "within",
)  # fmt: skip


def read_plan(raw: object) -> Plan:
    """The plan that BLUEPRINT.json says; FileFaults with keys. `plan.check` judges the plan itself."""
    if not isinstance(raw, dict):
        raise FileFaults(['组卷计划应为一个 JSON 对象，例如 {"kinds": {"single": 60}, "ranges": {"A": 25, "B": 75}}'])
    read = _Reader()
    read.only(raw, (*_KEYS, *_SILENT), "")
    kinds = tuple(read.kinds(raw.get("kinds")))
    size = sum(row.count for row in kinds)
    seconds = read.whole(raw, "seconds", "")
    minutes = read.number(raw, "minutes", "")
    plan = Plan(
        kinds=kinds,
        ranges=tuple(read.ranges(raw.get("ranges"))),
        cells=tuple(read.cells(raw.get("cells"))),
        difficulty=read.split(raw.get("difficulty"), "difficulty", GRADES, size=size),
        importance=read.split(raw.get("importance"), "importance", tuple(IMPORTANCE), size=size),
        seconds=int(minutes * 60) if seconds is None and minutes is not None else seconds,
        per_point=read.whole(raw, "per_point", "") if "per_point" in raw else 1,
        enemies=tuple(
            read.codes(group, f"enemies[{at}]") for at, group in enumerate(read.rows(raw.get("enemies"), "enemies"))
        ),
        overlap=read.whole(raw, "overlap", ""),
        uses=read.whole(raw, "uses", ""),
        exposure_cap=read.whole(raw, "exposure_cap", ""),
        avoid=frozenset(read.codes(raw.get("avoid") or [], "avoid")),
        aim=read.aim(raw.get("target")),
    )
    if read.faults:
        raise FileFaults(read.faults)
    return plan


class _Reader:
    """Reads JSON values and notes what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def only(self, raw: Mapping[str, object], keys: Sequence[str], where: str) -> None:
        for key in raw:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                mend = f"是不是 {near[0]}？" if near else f"可用的键：{'、'.join(keys)}"
                self.faults.append(f"{where}{key}：不认识的键，{mend}")

    def number(self, raw: Mapping[str, object], key: str, where: str) -> Decimal | None:
        return None if raw.get(key) is None else self.decimal(raw[key], f"{where}{key}")

    def whole(self, raw: Mapping[str, object], key: str, where: str) -> int | None:
        value = self.number(raw, key, where)
        if value is not None and value != value.to_integral_value():
            self.faults.append(f"{where}{key}：{value} 应为整数，请改正")
            return None
        return None if value is None else int(value)

    def decimal(self, raw: object, where: str) -> Decimal:
        try:
            if isinstance(raw, bool) or not isinstance(raw, int | float | str):
                raise InvalidOperation
            value = Decimal(str(raw).strip())
            if not value.is_finite() or abs(value) > 10**9:
                raise InvalidOperation
        except InvalidOperation:
            self.faults.append(f"{where}：“{raw}”应为数字，请改正")
            return Decimal(0)
        return value

    def count(self, raw: object, where: str) -> int:
        value = self.decimal(raw, where)
        if value != value.to_integral_value():
            self.faults.append(f"{where}：{value} 应为整数题数，请改正")
        return int(value)

    def rows(self, raw: object, where: str) -> list[object]:
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.faults.append(f"{where}：应为列表，请改正")
            return []
        return raw

    def codes(self, raw: object, where: str) -> tuple[str, ...]:
        rows = self.rows(raw, where)
        if not all(isinstance(row, str) for row in rows):
            self.faults.append(f"{where}：应为试题编号的列表，请改正")
        return tuple(row for row in rows if isinstance(row, str))

    def table(self, raw: object, where: str, keys: Sequence[str]) -> Iterable[tuple[str, dict[str, object]]]:
        """Rows of a list of objects (or of lists in the order of `keys`), with their place."""
        for at, row in enumerate(self.rows(raw, where)):
            place = f"{where}[{at}]."
            if isinstance(row, list):
                row = dict(zip(keys, row, strict=False))
            if not isinstance(row, dict):
                self.faults.append(f"{where}[{at}]：应为对象，键为 {'、'.join(keys)}，请改正")
                continue
            self.only(row, keys, place)
            yield place, row

    def kinds(self, raw: object) -> Iterable[KindQuota]:
        if isinstance(raw, dict):
            raw = [{"kind": kind, "count": count} for kind, count in raw.items()]
        for place, row in self.table(raw, "kinds", ("kind", "count", "marks")):
            kind = str(row.get("kind", ""))
            marks = self.decimal(row["marks"], f"{place}marks") if "marks" in row else Decimal(1)
            yield KindQuota(_NAMES.get(kind, kind), self.count(row.get("count"), f"{place}count"), marks)

    def ranges(self, raw: object) -> Iterable[RangeQuota]:
        if isinstance(raw, dict):
            raw = [{"code": code, "weight": weight} for code, weight in raw.items()]
        for place, row in self.table(raw, "ranges", ("code", "weight", "count", "name")):
            if row.get("weight") is None and row.get("count") is None:
                self.faults.append(f"{place[:-1]}：既没有 weight（权重）也没有 count（题数），请填写其一")
            count = None if row.get("count") is None else self.count(row["count"], f"{place}count")
            weight = self.decimal(row.get("weight") or 0, f"{place}weight")
            yield RangeQuota(str(row.get("code", "")), weight, count)

    def cells(self, raw: object) -> Iterable[CellQuota]:
        for place, row in self.table(raw, "cells", ("range", "kind", "count")):
            kind = str(row.get("kind", ""))
            count = self.count(row.get("count"), f"{place}count")
            yield CellQuota(str(row.get("range", "")), _NAMES.get(kind, kind), count)

    def split(self, raw: object, where: str, marks: Sequence[str], *, size: int) -> Split | None:
        if raw is None:
            return None
        if not isinstance(raw, dict) or len({"counts", "shares", "bounds"} & raw.keys()) != 1:
            self.faults.append(f"{where}：应写 counts（题数）、shares（比例）或 bounds（上下限）其中之一，请改正")
            return None
        self.only(raw, ("counts", "shares", "bounds", "tolerance"), f"{where}.")
        tolerance = self.whole(raw, "tolerance", f"{where}.")
        name = next(iter({"counts", "shares", "bounds"} & raw.keys()))
        table = raw[name]
        if not isinstance(table, dict) or not table:
            self.faults.append(f"{where}.{name}：应为对象，键为 {'、'.join(marks)}，请改正")
            return None
        if name == "bounds":
            return Split(tuple(self._bounds(table, f"{where}.bounds")))
        values = {str(mark): self.decimal(value, f"{where}.{name}.{mark}") for mark, value in table.items()}
        if name == "counts":
            counts = {mark: int(value) for mark, value in values.items()}
            return Split.by_counts(counts, tolerance=tolerance or 0, marks=marks)
        if min(values.values()) < 0 or not sum(values.values()):
            self.faults.append(f"{where}.shares：比例不得为负且不得全为 0，请改正")
            return None
        usual = max(1, -(-size // 50))
        return Split.by_shares(values, size=size, tolerance=usual if tolerance is None else tolerance, marks=marks)

    def _bounds(self, table: Mapping[str, object], where: str) -> Iterable[tuple[str, int, int]]:
        for mark, pair in table.items():
            if not isinstance(pair, list) or len(pair) != 2:
                self.faults.append(f"{where}.{mark}：应为 [最少, 最多]，请改正")
                continue
            yield str(mark), self.count(pair[0], f"{where}.{mark}"), self.count(pair[1], f"{where}.{mark}")

    def aim(self, raw: object) -> Aim:
        if raw is None:
            return Aim()
        if not isinstance(raw, dict):
            self.faults.append("target：应为对象，请改正")
            return Aim()
        self.only(raw, _TARGET_KEYS, "target.")
        usual = Aim()

        def many(key: str, default: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
            if raw.get(key) is None:
                return default
            values = raw[key] if isinstance(raw[key], list) else [raw[key]]
            return tuple(self.decimal(value, f"target.{key}[{at}]") for at, value in enumerate(values))

        one: Callable[[str], Decimal | None] = lambda key: self.number(raw, key, "target.")  # noqa: E731
        scale = raw.get("scale", "auto")
        if scale not in ("auto", "irt", "grades"):
            self.faults.append(f"target.scale：“{scale}”应为 auto、irt、grades 之一，请改正")
            scale = "auto"
        cut = one("cut")
        return Aim(
            thetas=many("theta", usual.thetas),
            cut=usual.cut if cut is None else cut,
            information=many("information", ()),
            expected=one("expected"),
            mean=one("mean"),
            variance=one("variance"),
            reference=self.codes(raw.get("reference") or [], "target.reference"),
            scale=cast(Literal["auto", "irt", "grades"], scale),
            chances=many("chances", usual.chances),
            goal=one("goal"),
            within=one("within"),
        )


def read_forms(raw: object) -> tuple[list[list[str]], dict[str, Any]]:
    """The papers of FORMS.json, and what else it says (mode, targets). A bare list of lists of codes will do."""
    said: dict[str, Any] = raw if isinstance(raw, dict) else {"forms": raw}
    rows = said.get("forms")
    if not isinstance(rows, list) or not rows:
        raise FileFaults(['FORMS.json 应为 {"forms": [{"name": "A", "items": ["…"]}]}，至少一份卷；请检查文件'])
    forms: list[list[str]] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        items = row.get("items") if isinstance(row, dict) else row
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            faults.append(f"第 {number} 卷：items 应为试题编号（文字）的列表，请改正")
        else:
            forms.append(items)
    if faults:
        raise FileFaults(faults)
    return forms, said
