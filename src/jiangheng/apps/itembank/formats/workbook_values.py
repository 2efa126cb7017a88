"""One cell of a workbook as a person sees it: 0.5 formatted as a percentage is 50 %, a date is no text (clause K7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal
from xml.etree import ElementTree

from jiangheng.apps.itembank.formats.styled import Styled

State = Literal["", "formula", "date", "error", "picture", "rounded"]
How = Literal["general", "percent", "decimals", "fraction", "date"]

_EPOCH = date(1899, 12, 30)
_BUILT_IN = {2: "0.00", 4: "#,##0.00", 9: "0%", 10: "0.00%", 12: "# ?/?", 13: "# ??/??", 39: "#,##0.00", 40: "#,##0.00"}
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_DECIMALS = re.compile(r"0\.(0+)")
_EXACT = 10**15


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text as shown, the same with its marks when letters are marked, and what is odd about it.

    state: formula (the text is its last result), date, error (such as #N/A), picture (the text is its id), rounded (a
    number of more digits than Excel keeps).
    """

    text: str
    marked: Styled | None = None
    state: State = ""


PLAIN = Cell("")
"""The empty cell, one object."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a number is shown, and with how many decimals."""

    how: How = "general"
    decimals: int = 0


def formats_of(styles: bytes) -> list[Format]:
    """The format of every cell style, in order, from the styles part of a workbook."""
    codes: dict[int, str] = dict(_BUILT_IN)
    used: list[int] = []
    for element in ElementTree.fromstring(styles).iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt":
            codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        elif tag == "cellXfs":
            used = [int(style.get("numFmtId", "0")) for style in element]
    made: dict[int, Format] = {}
    for number in used:
        if number not in made:
            made[number] = Format("date") if number in _DATES else _format(codes.get(number, ""))
    return [made[number] for number in used]


def _format(code: str) -> Format:
    plain = _QUOTED.sub("", code).partition(";")[0].lower()
    found = _DECIMALS.search(plain)
    decimals = len(found[1]) if found else 0
    if "%" in plain:
        return Format("percent", decimals)
    if "/" in plain and "?" in plain:
        return Format("fraction")
    if "general" not in plain and re.search(r"[ymdhs]", plain):
        return Format("date")
    return Format("decimals", decimals) if decimals and "e" not in plain else Format()


def shown(value: str, form: Format) -> Cell:
    """A number as the sheet shows it. Decimals that the format would hide are kept: they are what was typed."""
    number = float(value)
    if abs(number) >= _EXACT:
        return Cell(f"{number:.15g}", state="rounded")
    if form.how == "date":
        return Cell(_day(number), state="date")
    if form.how == "percent":
        return Cell(_decimal(number * 100, form.decimals) + "%")
    if form.how == "fraction" and not number.is_integer():
        return Cell(str(Fraction(number).limit_denominator(99)))
    return Cell(_decimal(number, form.decimals))


def _decimal(number: float, decimals: int) -> str:
    plain = f"{number:.15g}"
    if "e" in plain:
        plain = f"{number:.15f}".rstrip("0").rstrip(".")
    if decimals and len(plain.partition(".")[2]) < decimals:
        plain = f"{number:.{decimals}f}"
    return plain


def _day(number: float) -> str:
    try:
        return (_EPOCH + timedelta(days=int(number))).isoformat()
    except OverflowError:
        return f"{number:.15g}"
