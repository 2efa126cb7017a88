"""Faults of a text that a person wrote: each with its line, its field and the mend (clause K3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. line: from 1, 0 when unknown. where: the table in words. field: the key in it, or "" for all of it."""

    line: int
    where: str
    field: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        place = " ".join(each for each in (f"第{self.line}行" if self.line else "", self.where) if each)
        field = f"字段 {self.field} " if self.field else ""
        return f"{place}:{field}{self.what}" + (f";{self.mend}" if self.mend else "")


class StandardFaults(ValueError):
    """Every fault found in one text, in the order of its lines; the message has one line for each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def placed(self, *, line: int, where: str) -> StandardFaults:
        """The same faults told of another place; a line already known stays."""
        return StandardFaults(replace(fault, line=fault.line or line, where=where) for fault in self.faults)


def gather(makes: Iterable[Callable[[], T]]) -> tuple[T, ...]:
    """Make everything; one StandardFaults with the faults of all that could not be made."""
    found: list[T] = []
    faults: list[Fault] = []
    for make in makes:
        try:
            found.append(make())
        except StandardFaults as wrong:
            faults.extend(wrong.faults)
    if faults:
        raise StandardFaults(faults)
    return tuple(found)


def both(first: Callable[[], T], second: Callable[[], S]) -> tuple[T, S]:
    """Make two things; one StandardFaults with the faults of both."""
    faults: list[Fault] = []
    try:
        one = first()
    except StandardFaults as wrong:
        faults.extend(wrong.faults)
    try:
        other = second()
    except StandardFaults as wrong:
        faults.extend(wrong.faults)
    if faults:
        raise StandardFaults(faults)
    return one, other
