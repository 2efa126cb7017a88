"""Moodle's embedded answers (cloze), `{1:SHORTANSWER:=220~=二百二十}`, in and out (clause K7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape, unescape
from typing import Any

from jiangheng.apps.itembank.formats.extension import plain_number
from jiangheng.apps.itembank.formats.moodle_kinds import ALL, Row, accepted, decimal, fraction_of, number
from jiangheng.apps.itembank.formats.notes import Notes, NotTaken
from jiangheng.core.exam.items import BLANK
from jiangheng.kernel.kept import said as _

_OPENING = re.compile(r"\{(\d{0,4}(?:\.\d{0,4})?):([A-Z_]{2,20}):")
_ENDING = re.compile(r"(?:\\.|[^\\}])*\}", re.S)
MOST_TEXT = 200_000
_SPLIT = re.compile(r"(?<!\\)~")
_WEIGHT = re.compile(r"%(-?\d{1,4}(?:[.,]\d{0,8})?)%")
_TEXT = frozenset({"SHORTANSWER", "SA", "MW"})
_TEXT_CASE = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
_NUMBER = frozenset({"NUMERICAL", "NM"})
_CHOICE = re.compile(r"(MULTICHOICE|MC)(_?[VHS]+)?")


@dataclass(frozen=True, slots=True)
class _Field:
    """One embedded answer: its weight, its kind, what stands inside, and from where to where."""

    weight: str
    code: str
    inside: str
    start: int
    end: int


def _fields(text: str) -> list[_Field]:
    """The embedded answers, in one pass: where no end is found once, none is found later."""
    found: list[_Field] = []
    place = 0
    while opening := _OPENING.search(text, place):
        ending = _ENDING.match(text, opening.end())
        if ending is None:
            break
        inside = text[opening.end() : ending.end() - 1]
        found.append(_Field(opening[1], opening[2], inside, opening.start(), ending.end()))
        place = ending.end()
    return found


def taken_apart(html: str, *, notes: Notes) -> tuple[str, dict[str, Any]]:
    """The text with our blanks, as HTML, and the fields of the item but its stem."""
    found = _fields(html) if len(html) <= MOST_TEXT else []
    if not found:
        raise NotTaken(_("填空（cloze）题里没有可读的空"))
    if len({one.weight or "1" for one in found}) > 1:
        notes.lose(_("原题各空的分值不同，导入后各空一样"))
    if len(found) == 1 and found[0].code in _NUMBER:
        fields = number([_row(one, measured=True) for one in _alternatives(found[0].inside)], notes=notes)
        return html[: found[0].start] + "（　　）" + html[found[0].end :], fields
    tokens: list[str] = []
    pieces: list[str] = []
    last = 0
    for one in found:
        token, shown = _token(one.code, _alternatives(one.inside), notes)
        tokens.append(token)
        lead = _wide(html[last : one.start])
        pieces += [lead, " " if not lead and pieces else "", shown]
        last = one.end
    return "".join([*pieces, _wide(html[last:])]), {"kind": "fill", "answer": tuple(tokens)}


def _wide(html: str) -> str:
    return re.sub("_{3,}", lambda run: "＿" * len(run[0]), html)


def _alternatives(inside: str) -> list[str]:
    return [piece for piece in _SPLIT.split(inside) if piece.strip()]


def _row(piece: str, *, measured: bool = False) -> Row:
    """One alternative: "=" or a percent before it, feedback behind a "#"."""
    text, _mark, feedback = re.sub(r"(?<!\\)#", "\x00", piece.strip(), count=1).partition("\x00")
    fraction = Decimal(0)
    if text.startswith("="):
        fraction, text = ALL, text[1:]
    elif weight := _WEIGHT.match(text):
        fraction, text = fraction_of(weight[1]), text[weight.end() :]
    text = unescape(re.sub(r"<[^<>]*>", " ", re.sub(r"\\([~#}/\"\\])", r"\1", text))).strip()
    value, _colon, tolerance = text.rpartition(":") if measured and ":" in text else (text, "", "")
    return Row(value, fraction, unescape(feedback), tolerance)


def _token(code: str, alternatives: Sequence[str], notes: Notes) -> tuple[str, str]:
    """Our token, and what stands in the stem."""
    if code in _TEXT or code in _TEXT_CASE:
        return accepted([_row(one) for one in alternatives], notes=notes, minds_case=code in _TEXT_CASE), BLANK
    if code in _NUMBER:
        rows = [_row(one, measured=True) for one in alternatives]
        if any(row.fraction >= ALL and row.tolerance and decimal(row.tolerance) for row in rows):
            raise NotTaken(_("几个空里有带误差的数，本系统的填空题没有误差，请拆成数值题"))
        return "|".join(plain_number(decimal(row.text)) for row in rows if row.fraction >= ALL), BLANK
    if _CHOICE.fullmatch(code):
        rows = [_row(one) for one in alternatives]
        notes.lose(_("下拉选择导入为填空，备选词写在空后"))
        shown = "／".join(escape(row.text) for row in rows)
        return accepted(
            [Row(row.text.replace("*", "\\*"), row.fraction) for row in rows], notes=notes
        ), f"{BLANK}（{shown}）"
    raise NotTaken(_("填空（cloze）题里的“%(code)s”本系统没有") % {"code": code})


def put_together(stem: str, tokens: Sequence[str]) -> str:
    """A rich stem with Moodle's fields in place of our blanks. Raises `NotTaken` where Moodle would read it wrongly."""
    if _OPENING.search(stem):
        raise NotTaken(_("题干里有像 Moodle 填空标记的文字，没有写入文件，请改写题干"))
    if any("\\" in token for token in tokens):
        raise NotTaken(_("答案里的“\\”在 Moodle 填空题里有别的意思，没有写入文件"))
    left = list(tokens)

    def field(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        return _field(left.pop(0)) if left else found[0]

    whole = re.sub(r"(<[^>]*>)|(?<!_)_{4}(?!_)", field, stem)
    if left:
        raise NotTaken(_("题干的空与答案不一一对应，没有写入文件，请先改正试题"))
    return whole


def _field(token: str) -> str:
    texts = (re.sub(r"([~#}/\"])", r"\\\1", text.replace("*", "\\*")) for text in token.split("|"))
    return "{1:SHORTANSWER:" + "~".join(f"={escape(text, quote=False)}" for text in texts) + "}"
