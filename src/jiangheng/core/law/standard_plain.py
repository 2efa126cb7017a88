"""A standard as plain data, the tables of its text as JSON can carry them, and back with every check (clause K3).

The editor in the browser works on this form. A number with decimals travels as text ("12.5"), because the numbers of
JSON are binary; weights and marks are taken back in either form. A fault tells the path to what is wrong.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from jiangheng.core.law.faults import Fault, StandardFaults
from jiangheng.core.law.levels import level
from jiangheng.core.law.standard_data import ORDER, StandardData
from jiangheng.core.law.standard_text import parse_tables
from jiangheng.core.law.standard_write import write_standard
from jiangheng.core.law.toml_lines import Placed

Path = tuple[str | int, ...]

# As many as a text of the largest size could hold; more is not a standard.
_MOST_VALUES = 100_000
_DEEPEST = 8
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_TABLE = re.compile(r"\[\[?(\w+)")


@dataclass(frozen=True, slots=True)
class PlainFault:
    """A fault and where it is. path: keys and places (from 0) down to the field. level: its level code, or ""."""

    fault: Fault
    path: Path
    level: str = ""

    @property
    def section(self) -> str:
        """The table of the text that it belongs to, "" when it is none of them."""
        return str(self.path[0]) if self.path else ""


class PlainFaults(StandardFaults):
    """Every fault of plain data; they have paths in place of lines."""

    def __init__(self, found: Sequence[PlainFault]) -> None:
        self.found = tuple(found)
        super().__init__(each.fault for each in self.found)


def plain(data: StandardData) -> dict[str, Any]:
    """The tables of the standard's canonical text: texts, whole numbers, truth values, lists and tables only."""
    return tomllib.loads(write_standard(data), parse_float=str)


def from_plain(raw: object) -> StandardData:
    """The standard that plain data describe, checked as a text is; PlainFaults tells every fault with its path."""
    numbered = _Numbered()
    try:
        return parse_tables(numbered.value(raw, ()))
    except StandardFaults as wrong:
        raise PlainFaults([_placed(fault, numbered.paths, raw) for fault in wrong.faults]) from None


class _Numbered:
    """Gives every table and key a number of its own, which the reader carries as the line of its faults."""

    def __init__(self) -> None:
        self.paths: list[Path] = [()]
        self._count = 0

    def value(self, value: object, path: Path) -> object:
        self._count += 1
        if self._count > _MOST_VALUES or len(path) > _DEEPEST:
            raise StandardFaults([Fault(0, "标准", "", "内容过多或嵌套太深,不是一份标准", "请删减或拆分")])
        if isinstance(value, Mapping):
            return self._table(value, path)
        if isinstance(value, list):
            return [self.value(each, (*path, place)) for place, each in enumerate(value)]
        if path and (path[-1] == "weight" or (path[-1] == "marks" and path[0] == "task")):
            return _exact(value)
        return value

    def _table(self, raw: Mapping[Any, object], path: Path) -> Placed:
        table = Placed()
        table.line, table.lines = self._number(path), {}
        # A field without a value is a field that is not written.
        for name, value in ((str(key), value) for key, value in raw.items() if value is not None):
            table.lines[name] = self._number((*path, name))
            table[name] = self.value(value, (*path, name))
        return table

    def _number(self, path: Path) -> int:
        self.paths.append(path)
        return len(self.paths) - 1


def _exact(value: object) -> object:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    return Decimal(repr(value)) if isinstance(value, float) else value


def _placed(fault: Fault, paths: Sequence[Path], raw: object) -> PlainFault:
    path = paths[fault.line] if fault.line < len(paths) else ()
    if fault.field and (not path or path[-1] != fault.field):
        path = (*path, fault.field)
    if path == ("standard", "levels") and (named := _TABLE.search(fault.what + fault.mend)):
        # A level that lacks something: the mend names the table in which to write it.
        path = (named[1],)
    return PlainFault(replace(fault, line=0), path, _level(fault, path, raw))


def _level(fault: Fault, path: Path, raw: object) -> str:
    if len(path) > 1 and isinstance(path[1], int) and isinstance(raw, Mapping):
        code = raw[path[0]][path[1]]
        code = code.get("level", "") if isinstance(code, Mapping) else ""
        return code if isinstance(code, str) and code in ORDER else ""
    return next((code for code in ORDER if fault.what.startswith(level(code).face)), "") if len(path) == 1 else ""
