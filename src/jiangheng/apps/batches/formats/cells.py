"""Cells as people fill them, made plain: spaces, full-width letters, dates in five habits, numbers that were text.

What cannot be made plain without guessing stays as it was written, for the check to name (clause K10).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from jiangheng.apps.batches.formats.columns import Column, Kind
from jiangheng.core.law.levels import LADDER

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPACES = re.compile(r"[\s\u00a0\u3000]+")
_LETTERS = str.maketrans(
    {
        code: code - 0xFEE0
        for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
        for code in range(first, last + 1)
    }
)
_ALL = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
_DOTS = str.maketrans(dict.fromkeys("•‧・．⋅∙●", "·"))
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,2}", re.IGNORECASE)
_YMD = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?")
_EXCEL_EPOCH = date(1899, 12, 30)
# 1 January 1920 to 31 December 2099: a serial outside is no date of a living candidate.
_SERIALS = range(7306, 73051)


def text_of(value: object) -> str:
    """Any cell as plain text: trimmed, one space at most, full-width letters and digits made half-width."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    plain = _INVISIBLE.sub("", str(value)).translate(_LETTERS)
    return _SPACES.sub(" ", plain).strip().lstrip("'‘")


def name_of(value: object) -> str:
    """A person's name: no space between Chinese characters, one form of the middle dot."""
    return _HAN_GAP.sub("", text_of(value).translate(_DOTS))


def identity_of(value: object) -> str:
    """A document number; one that Excel has turned into a number of 16 or more digits shows as 4.50302E+17."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.5E}" if abs(value) >= 1e15 else text_of(float(value))
    plain = _SPACES.sub("", text_of(value).translate(_ALL)).upper()
    return plain if _SCIENTIFIC.fullmatch(plain) else plain.replace("-", "")


def destroyed(number: str) -> bool:
    """Is this a number Excel has rounded? Its last digits are lost and cannot be computed back."""
    return _SCIENTIFIC.fullmatch(number) is not None


def _dated(year: int, month: int, day: int | None) -> str:
    try:
        made = date(year, month, day or 1)
    except ValueError:
        return ""
    return made.isoformat() if day else f"{made:%Y-%m}"


def date_of(value: object, *, month_only: bool = False) -> str:
    """``2026-09-01`` (or ``2026-09`` where no day is given or none is wanted); other text stays as written.

    Read are 2026/9/1, 2026.9, 20260901, 2026年9月1日, Excel's serial numbers and cells that are dates.
    """
    if isinstance(value, datetime | date):
        found = f"{value:%Y-%m-%d}"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _date_from_number(float(value)) or text_of(value)
    else:
        plain = text_of(value).translate(_ALL)
        joined = re.sub(r"\s*([-./年月日])\s*", r"\1", plain)
        match = _YMD.fullmatch(joined)
        if match:
            found = _dated(int(match[1]), int(match[2]), int(match[3]) if match[3] else None) or plain
        else:
            found = (_date_from_number(float(joined)) if re.fullmatch(r"\d{5,8}", joined) else "") or plain
    return found[:7] if month_only and re.fullmatch(r"\d{4}-\d\d-\d\d", found) else found


def _date_from_number(number: float) -> str:
    digits = f"{number:.0f}" if number.is_integer() else ""
    if len(digits) == 8:
        return _dated(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6 and digits[:2] in ("19", "20"):
        return _dated(int(digits[:4]), int(digits[4:]), None)
    if int(number) in _SERIALS:
        return (_EXCEL_EPOCH + timedelta(days=int(number))).isoformat()
    point = re.fullmatch(r"(\d{4})\.(\d{1,2})", repr(number))
    return _dated(int(point[1]), int(point[2]), None) if point else ""


def october_lost(value: object) -> bool:
    """Is this the number 2026.1, which Excel also makes of 2026.10?"""
    return isinstance(value, float) and re.fullmatch(r"(19|20)\d\d\.1", repr(value)) is not None


def level_of(value: object) -> str:
    """The level's code for 三级, 高级工, 三级/高级工, 高级工（三级）, 国家职业资格三级 or 3; other text stays."""
    plain = re.sub(r"[\s()/、_-]", "", text_of(value).translate(_ALL)).upper()
    plain = plain.replace("国家职业资格", "").replace("职业技能等级", "")
    return _LEVELS.get(plain, text_of(value))


def _level_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for step in LADDER:
        rank, _, title = step.face.rpartition("/")
        spoken = {step.code, step.zh, title, rank, rank + title, title + rank}
        if step.national:
            spoken |= {
                f"{step.national}级",
                f"L{step.national}",
                f"{step.national}级{title}",
                f"{title}{step.national}级",
            }
        names |= {name: step.code for name in spoken if name}
    return names


_LEVELS = _level_names()


def phone_of(value: object) -> str:
    """Digits only, without +86; what is no number stays, so that it can be named."""
    plain = re.sub(r"[\s()-]", "", text_of(value).translate(_ALL))
    return re.sub(r"^(\+|00)86(?=\d{11}$)|^86(?=1\d{10}$)", "", plain)


def number_of(value: object) -> str:
    """A plain number out of 第3条, （3）, 3年 or 3.0."""
    plain = text_of(value).translate(_ALL)
    match = re.fullmatch(r"第?\(?(\d{1,3}(?:\.\d+)?)\)?(条|款|项|年|周年)?", plain.replace(" ", ""))
    return match[1].removesuffix(".0") if match else plain


def choice_of(value: object, column: Column) -> str:
    """The list's own word for what was written; other text stays."""
    plain = text_of(value).translate(_ALL)
    bare = plain.replace(" ", "")
    if bare in column.choices:
        return bare
    return (column.synonyms or {}).get(bare.upper(), plain)


def plain_value(value: object, column: Column) -> str:
    """The cell as the column's kind reads it."""
    kind: Kind = column.kind
    if kind == "choice":
        return choice_of(value, column)
    if kind in ("date", "month"):
        return date_of(value, month_only=kind == "month")
    readers = {"name": name_of, "identity": identity_of, "level": level_of, "phone": phone_of, "number": number_of}
    return readers.get(kind, text_of)(value)
