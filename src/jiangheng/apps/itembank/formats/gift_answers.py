"""The answer section of a GIFT question, `{…}`, as the fields of an item but its stem (clause K7)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from jiangheng.apps.itembank.formats.extension import plain_number
from jiangheng.apps.itembank.formats.gift_text import rich_text, text_format, unescaped
from jiangheng.apps.itembank.formats.moodle_kinds import (
    ALL,
    Row,
    accepted,
    choice,
    decimal,
    explained,
    fraction_of,
    number,
    pairs,
    true_or_false,
)
from jiangheng.apps.itembank.formats.notes import Notes, NotTaken
from jiangheng.core.exam import rich
from jiangheng.kernel.kept import said as _

_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d{0,8})?)%")
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


def answered(inside: str, written: str, notes: Notes) -> dict[str, Any]:
    """The fields by what stands between the braces, marked; `written` is the text format of the question."""
    inside, mark, general = _from_behind(inside, "####")
    explanation = _rich(general, written, notes) if mark else ""
    if not inside:
        return _open(explanation, notes)
    if inside.startswith("#"):
        fields, rows = _numeric(inside[1:], written, notes)
    elif "~" in inside:
        fields, rows = _choice(inside, written, notes)
    elif "=" in inside and "->" in inside:
        fields, rows = _matching(inside, written, notes)
    else:
        truth = inside.partition("#")[0].strip().upper()
        fields, rows = (_truth if truth in _TRUTHS else _short)(inside, written, notes)
    return {**fields, "explanation": explained(explanation, rows, notes=notes)}


def _from_behind(text: str, mark: str) -> tuple[str, str, str]:
    before, found, after = text.rpartition(mark)
    return (before.strip(), found, after.strip()) if found else (text, "", "")


def _rich(text: str, written: str, notes: Notes) -> str:
    own, plain = text_format(text.strip(), written)
    return rich_text(plain, own, notes)


def _open(explanation: str, notes: Notes) -> dict[str, Any]:
    if explanation:
        notes.lose(_("总反馈作参考答案"))
    return {"kind": "short", "reference": explanation}


def _row(piece: str, written: str, notes: Notes, *, full: bool, plain: bool = False) -> Row:
    """One answer: a weight before it, feedback behind a "#". `full`: without a weight it earns everything."""
    piece = piece.strip()
    fraction = ALL if full else Decimal(0)
    if weight := _WEIGHT.match(piece):
        fraction, piece = fraction_of(weight[1]), piece[weight.end() :]
    text, _mark, feedback = piece.partition("#")
    shown = " ".join(unescaped(text).split()) if plain else _rich(text, written, notes)
    return Row(shown, fraction, _rich(feedback, written, notes))


def _choice(inside: str, written: str, notes: Notes) -> tuple[dict[str, Any], list[Row]]:
    pieces = re.findall(r"([=~])([^=~]*)", inside)
    if inside[0] not in "=~":
        raise NotTaken(_("选项前缺“=”或“~”；选项里的“~”请写成“\\~”"))
    one = any(sign == "=" for sign, _piece in pieces)
    rows = [_row(piece, written, notes, full=sign == "=") for sign, piece in pieces]
    if any(not row.text for row in rows):
        raise NotTaken(_("有一个选项没有文字；“=”“~”是标记，作文字用请写成“\\=”“\\~”"))
    if not one and len([row for row in rows if row.fraction >= ALL]) == 1:
        one = not any(0 < row.fraction < ALL for row in rows)
    return choice(rows, one=one, notes=notes), rows


def _short(inside: str, written: str, notes: Notes) -> tuple[dict[str, Any], list[Row]]:
    pieces = [piece for piece in inside.split("=") if piece.strip()]
    rows = [_row(piece, written, notes, full=True, plain=True) for piece in pieces]
    return {"kind": "fill", "answer": (accepted(rows, notes=notes),)}, rows


def _truth(inside: str, written: str, notes: Notes) -> tuple[dict[str, Any], list[Row]]:
    word, *feedback = inside.split("#")
    rows = [Row("", Decimal(0), _rich(one, written, notes)) for one in feedback]
    return true_or_false(is_true=_TRUTHS[word.strip().upper()]), rows


def _matching(inside: str, written: str, notes: Notes) -> tuple[dict[str, Any], list[Row]]:
    rows = []
    for piece in inside.split("="):
        if not piece.strip():
            continue
        left, arrow, right = piece.partition("->")
        if not arrow:
            raise NotTaken(_("连线题的“=%(text)s”缺“->”") % {"text": unescaped(piece).strip()[:40]})
        words = " ".join(unescaped(right).split())
        if words:
            rows.append((_rich(left, written, notes), rich.from_plain(words)))
    return pairs(rows, notes=notes), []


def _numeric(inside: str, written: str, notes: Notes) -> tuple[dict[str, Any], list[Row]]:
    inside, _sign, wrong = inside.partition("~")
    rows = []
    for piece in inside.split("="):
        if not piece.strip():
            continue
        row = _row(piece, written, notes, full=True, plain=True)
        value, tolerance = _measured(row.text)
        rows.append(Row(value, row.fraction, row.feedback, tolerance))
    fields = number(rows, notes=notes)
    feedback = _rich(wrong.partition("#")[2], written, notes)
    return fields, [*rows, Row("*", Decimal(0), feedback)]


def _measured(text: str) -> tuple[str, str]:
    """ "3:2", "1..5" or "3" as a number and its tolerance."""
    if ".." in text:
        low, _dots, high = text.partition("..")
        least, most = decimal(low), decimal(high)
        if least > most:
            raise NotTaken(_("数的范围“%(text)s”下限大于上限") % {"text": text[:40]})
        return plain_number((least + most) / 2), plain_number((most - least) / 2)
    value, _colon, tolerance = text.partition(":")
    return value, tolerance
