"""Texts of GIFT: what a backslash makes ordinary, and the text formats (clause K7)."""

from __future__ import annotations

import re

from jiangheng.apps.itembank.formats.moodle_text import auto_formatted, cleaned
from jiangheng.apps.itembank.formats.notes import Notes
from jiangheng.core.exam import rich
from jiangheng.kernel.kept import said as _

# What a backslash makes ordinary is put out of the way while the signs are read: a plane no text uses.
_ORDINARY = {letter: chr(0xF0000 + place) for place, letter in enumerate("~=#{}:\\")}
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")
_ITSELF = {ord(stand_in): letter for letter, stand_in in _ORDINARY.items()}
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.I)


def marked(text: str) -> str:
    """The text with everything a backslash makes ordinary put out of the way."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else _ORDINARY[found[1]], text)


def unescaped(text: str) -> str:
    """A marked text as it is meant."""
    return text.translate(_ITSELF)


def text_format(text: str, within: str = "moodle") -> tuple[str, str]:
    """The format a text names in square brackets, and the text behind it."""
    found = _FORMAT.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (within, text)


def rich_text(text: str, written: str, notes: Notes) -> str:
    """A text in one of GIFT's formats as rich text."""
    plain = unescaped(text).strip()
    if written == "html":
        if re.search(r"<img\b", plain, re.I):
            notes.fail(_("题中的图片没有随文件带来，请改用 Moodle XML 导出"))
        return cleaned(plain, notes=notes)
    if written == "moodle":
        return auto_formatted(plain, notes=notes)
    if written == "markdown":
        notes.lose(_("Markdown 按纯文字导入，标记原样保留"))
    return rich.from_plain(plain)
