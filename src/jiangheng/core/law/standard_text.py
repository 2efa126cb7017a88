"""A standard as text: read, checked as a whole and turned into data (clauses K3, P2).

One TOML text is one standard; docs/reference/standard-format.md describes it. All faults of a text are told
together, each with its line, its field and the mend; a text with a fault gives no data at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from importlib import resources
from itertools import islice
from typing import Protocol, TypeVar

from jiangheng.core.law import standard_tables as tables
from jiangheng.core.law.condition_text import parse_conditions
from jiangheng.core.law.eligibility import Condition
from jiangheng.core.law.faults import Fault, StandardFaults
from jiangheng.core.law.fields import Fields
from jiangheng.core.law.standard_checks import Read, Reading, check
from jiangheng.core.law.standard_data import (
    ASPECT_KINDS,
    KINDS,
    METHODS,
    ORDER,
    PARTS,
    AspectData,
    Basics,
    Design,
    Part,
    StandardData,
    TaskSheet,
    WeightRow,
    WeightTable,
)
from jiangheng.core.law.toml_lines import read

__all__ = [
    "ASPECT_KINDS",
    "KINDS",
    "METHODS",
    "PARTS",
    "AspectData",
    "Design",
    "Fault",
    "Part",
    "StandardData",
    "StandardFaults",
    "TaskSheet",
    "WeightRow",
    "WeightTable",
    "parse_standard",
    "parse_tables",
    "shipped",
    "shipped_standard",
    "shipped_text",
]

T = TypeVar("T")

MOST_FAULTS = 200
_PART = tuple(PARTS)


class _OfLevel(Protocol):
    @property
    def level(self) -> str: ...


L = TypeVar("L", bound=_OfLevel)


def parse_standard(text: str) -> StandardData:
    """A standard from its TOML text; StandardFaults (a ValueError) tells every fault with its line, field and mend."""
    return parse_tables(read(text))


def parse_tables(root: object) -> StandardData:
    """A standard from its tables as a TOML text gives them; what `parse_standard` does with a text it has read."""
    reader = _Reader(Fields(root, where="标准"))
    reader.faults.extend(islice(check(reader.reading), MOST_FAULTS))
    if reader.faults:
        raise _told(reader.faults)
    return _standard(reader.reading)


def shipped() -> tuple[str, ...]:
    """The names of the standards in the package, for `shipped_standard`."""
    folder = resources.files(__package__).joinpath("standards")
    return tuple(sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml")))


def shipped_text(name: str) -> str:
    """The TOML text of a shipped standard; ValueError names those there are."""
    if name not in shipped():
        raise ValueError(f"没有随附的标准 {name!r};随附的有:{'、'.join(shipped())}")
    return resources.files(__package__).joinpath("standards", f"{name}.toml").read_text("utf-8")


@cache
def shipped_standard(name: str) -> StandardData:
    """A shipped standard as data."""
    return parse_standard(shipped_text(name))


def _told(faults: Sequence[Fault]) -> StandardFaults:
    found = StandardFaults(faults)
    if len(found.faults) <= MOST_FAULTS:
        return found
    rest = len(found.faults) - MOST_FAULTS
    shown = found.faults[:MOST_FAULTS]
    return StandardFaults([*shown, Fault(shown[-1].line, "标准", "", f"另有{rest}处错误未列出", "请先改正以上各处")])


class _Reader:
    """Reads section by section; what cannot be read leaves its faults and marks its section."""

    def __init__(self, root: Fields) -> None:
        self.faults: list[Fault] = []
        self.reading = Reading(root)
        self._root = root
        self._kind = "national"
        self._head()
        self._general()
        self._conditions()
        self.reading.functions = self._tables("function", tables.function)
        self.reading.weights = self._tables("weights", tables.weights)
        self.reading.designs = self._tables("design", tables.design)
        self.reading.tasks = self._tables("task", tables.task)
        self.reading.crosswalk = self._tables("crosswalk", tables.crosswalk)
        self._try("root", root.done)

    def _try(self, section: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except StandardFaults as wrong:
            self.faults.extend(wrong.faults)
            self.reading.broken.add(section)
            return None

    def _head(self) -> None:
        fields = self._try("standard", lambda: self._root.table("standard"))
        found = fields and self._try("standard", lambda: tables.head(fields))
        if fields and found:
            self.reading.head = Read(found, fields)
            self._kind = found.kind

    def _general(self) -> None:
        kind = self._kind
        fields = self._try("profile", lambda: self._root.table("profile"))
        if fields and (profile := self._try("profile", lambda: tables.profile(fields, kind=kind))):
            self.reading.profile = Read(profile, fields)
        # Where nothing of it is demanded, the canonical text leaves an empty table out.
        if kind == "specialty" and not self._root.has("basics"):
            return
        basic = self._try("basics", lambda: self._root.table("basics"))
        if basic and (basics := self._try("basics", lambda: tables.basics(basic, kind=kind))):
            self.reading.basics = Read(basics, basic)

    def _rows(self, name: str) -> tuple[object, ...]:
        return self._try(name, lambda: self._root.rows(name)) or ()

    def _conditions(self) -> None:
        head = self.reading.head
        # Without a head the conditions are still read for their own faults.
        codes = (head.item.code, *head.item.related) if head else ("?",)
        found = []
        for place, row in enumerate(self._rows("condition"), start=1):
            one = self._try("condition", partial(_condition, row, codes, f"[[condition]] 第{place}条"))
            if one is not None:
                found.append(one)
        self.reading.conditions = tuple(found)

    def _tables(self, name: str, make: Callable[[Fields], T]) -> tuple[Read[T], ...]:
        rows = self._rows(name)
        made = (self._try(name, one) for one in tables.each(rows, f"[[{name}]]", partial(_read, make=make)))
        return tuple(each for each in made if each is not None)


def _read(fields: Fields, *, make: Callable[[Fields], T]) -> Read[T]:
    return Read(make(fields), fields)


def _condition(row: object, codes: Sequence[str], where: str) -> Read[Condition]:
    fields = Fields(row, where=where)
    try:
        (found,) = parse_conditions([row], occupations=codes)
    except StandardFaults as wrong:
        raise wrong.placed(line=fields.line, where=where) from None
    return Read(found, fields)


def _standard(reading: Reading) -> StandardData:
    head, profile = reading.head, reading.profile
    if head is None or profile is None:
        raise ValueError("a reading without a head or a profile has a fault, and none was told")
    own = head.item
    weights = sorted(_by_level(reading.weights), key=lambda each: _PART.index(each.part))
    tasks = sorted(_by_level(reading.tasks), key=lambda each: (ORDER.index(each.level), _PART.index(each.part)))
    return StandardData(
        kind=own.kind,
        title=own.title,
        occupation=own.occupation,
        code=own.code,
        edition=own.edition,
        source=own.source,
        based_on=own.based_on,
        related=own.related,
        directions=own.directions,
        levels=tuple(sorted(own.levels, key=ORDER.index)),
        profile=profile.item,
        basics=reading.basics.item if reading.basics else Basics(),
        conditions=tuple(sorted(_by_level(reading.conditions), key=lambda each: (ORDER.index(each.level), each.seq))),
        functions=_by_level(reading.functions),
        weights=tuple(weights),
        designs=_by_level(reading.designs),
        tasks=tuple(tasks),
        crosswalk=_by_level(reading.crosswalk),
    )


def _by_level(found: Iterable[Read[L]]) -> tuple[L, ...]:
    return tuple(sorted((each.item for each in found), key=lambda each: ORDER.index(each.level)))
