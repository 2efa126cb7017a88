"""The catalogue of occupations: codes, job directions, levels, marks, entry control (clauses K1, K3, P1).

A catalogue is whole and versioned: an edition replaces the one before it, rows are never mended one by one. The list
that ships with the platform is a start; the city imports the published edition as a spreadsheet.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib import resources
from typing import Any

from jiangheng.core.law.levels import NATIONAL
from jiangheng.core.law.problem import Problem

CODE = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_CODES = tuple(step.code for step in NATIONAL)


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation (细类).

    code: a-bb-cc-dd. directions: 工种. levels: level codes that are evaluated, ascending. digital, green: the marks of
    the catalogue. entry_controlled: under a 准入 qualification, so that no institution may evaluate it. valid_from,
    valid_to: the first and the last day, None when open. check: a row to be compared with the printed edition.
    """

    code: str
    name: str
    directions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    digital: bool = False
    green: bool = False
    entry_controlled: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    check: bool = False

    def valid(self, on: date) -> bool:
        """Is the occupation in the catalogue on this day?"""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def plain(self) -> dict[str, Any]:
        """The row as plain data, for keeping; `occupation_of` reads it back."""
        days = {name: day.isoformat() for name in ("valid_from", "valid_to") if (day := getattr(self, name))}
        lists = {"directions": list(self.directions), "levels": list(self.levels)}
        return {**{name: value for name, value in asdict(self).items() if value}, **lists, **days}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row. row: its number in the source. column: the field, in the words of the spreadsheet."""

    row: int
    column: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"第{self.row}行“{self.column}”:{self.what};{self.mend}"


def occupation_of(plain: Mapping[str, Any]) -> Occupation:
    """An occupation from the plain data of `Occupation.plain`."""
    days = {name: date.fromisoformat(plain[name]) for name in ("valid_from", "valid_to") if plain.get(name)}
    lists = {name: tuple(plain.get(name, ())) for name in ("directions", "levels")}
    return Occupation(**{**plain, **lists, **days})


def faults(rows: Iterable[tuple[int, Occupation]]) -> tuple[Fault, ...]:
    """Everything wrong with the rows of a catalogue as a whole: shapes, repeats, levels, days, marks."""
    found: list[Fault] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        found += _row_faults(number, row)
        if row.code in seen:
            what = f"编码 {row.code} 已在第{seen[row.code]}行出现"
            found.append(Fault(number, "职业编码", what, "同一编码只保留一行"))
        seen.setdefault(row.code, number)
    return tuple(found)


def _row_faults(number: int, row: Occupation) -> Iterable[Fault]:
    if not CODE.fullmatch(row.code):
        yield Fault(number, "职业编码", f"编码 {row.code!r} 的格式不符", "应如 6-31-01-03")
    if not row.name.strip():
        yield Fault(number, "职业名称", "没有填写", "填写目录中的职业名称")
    for code in row.levels:
        if code not in _CODES:
            yield Fault(number, "等级", f"等级 {code!r} 不在五个国家等级之内", "填写五级至一级")
    if row.entry_controlled and row.levels:
        yield Fault(number, "等级", "准入类职业不开展职业技能等级认定", "删去等级,或取消准入标识")
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        what = f"失效日期 {row.valid_to} 早于生效日期 {row.valid_from}"
        yield Fault(number, "失效日期", what, "核对两个日期")
    for place, name in enumerate(row.directions):
        if name in row.directions[:place]:
            yield Fault(number, "工种/职业方向", f"{name} 重复", "删去重复的一个")


def problem_of(found: Occupation | None, *, code: str, name: str = "") -> Problem | None:
    """Why an occupation may not be evaluated under this code and name, or None (K1, domain: 准入类).

    found: what the catalogue in force has under the code. name: empty where the name is not to be compared, because a
    specialty has a name of its own.
    """
    if found is None:
        return Problem(f"职业编码 {code} 不在现行职业目录内", "标准按职业目录编制", "请核对编码或先导入新版目录")
    if name and found.name != name:
        return Problem(f"职业编码 {code} 在目录中是“{found.name}”,文本写的是“{name}”", "名称与目录一致", "请改为一致")
    if found.entry_controlled:
        return Problem(f"“{found.name}”属于准入类职业资格", "不能开展职业技能等级认定", "请选择其他职业")
    return None


@dataclass(frozen=True, slots=True)
class Starter:
    """The list that ships with the platform."""

    edition: str
    source: str
    valid_from: date
    occupations: tuple[Occupation, ...]


@functools.cache
def starter() -> Starter:
    """The shipped starter list."""
    raw = tomllib.loads(resources.files(__package__).joinpath("occupations.toml").read_text("utf-8"))
    rows = tuple(occupation_of(row) for row in raw["occupation"])
    return Starter(raw["edition"], raw["source"], raw["valid_from"], rows)
