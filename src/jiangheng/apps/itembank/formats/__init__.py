"""Files of items ↔ items: Excel, Word, QTI, Moodle XML, GIFT, the house's own text (clauses K7-K9)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jiangheng.core.exam.bank_text import BankUnreadable, parse_bank
from jiangheng.core.exam.items import Item
from jiangheng.kernel.kept import said as _

from . import gift, moodle_read, moodle_write, qti_read, qti_write, word, workbook, workbook_write
from .found import Found, Media, NotABank, Read, Written

WRITERS: Mapping[str, tuple[str, str, Callable[..., Written]]] = {
    "xlsx": ("Excel", "xlsx", workbook_write.write),
    "qti": ("QTI 3.0", "zip", qti_write.write),
    "moodle": ("Moodle XML", "xml", moodle_write.write),
}
"""What a bank can be written as: name, ending, writer."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read(data: bytes, *, name: str, progress: Callable[[int, int], None] = lambda done, of: None) -> Read:
    """The items of a file, by what its content is; its name decides only between plain texts.

    Raises NotABank when no reader is for it, or its reader refuses it.
    """
    ending = name.rpartition(".")[2].lower()
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK"):
        if ending == "xlsx":
            return workbook.read(data, progress=progress)
        return word.read(data) if ending == "docx" else qti_read.read(data, name=name)
    if start.startswith(b"<"):
        return moodle_read.read(data, name=name) if b"<quiz" in start else qti_read.read(data, name=name)
    if ending in ("xlsx", "xls"):
        return workbook.read(data, progress=progress)
    if ending in ("docx", "doc"):
        return word.read(data)
    if start.startswith(b"%PDF") or (b"\0" in data[:4096] and not data.startswith(UTF_16)):
        raise NotABank(_("不认识这种文件"), _("请另存为 Excel（.xlsx）或 Word（.docx），或用所列的其他格式，再上传"))
    return _text(data) if ending == "toml" else gift.read(data, name=name)


def _text(data: bytes) -> Read:
    try:
        bank = parse_bank(tomllib.loads(data.decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as bad:
        raise NotABank(_("题库文本读不懂：{reason}").format(reason=bad), _("请按题库文本格式改正后重新上传")) from bad
    except BankUnreadable as bad:
        raise NotABank(_("；").join(bad.problems[:5]), _("请按提示改正后重新上传")) from bad
    return Read(tuple(Found(item.code, item) for item in bank.items), format="toml")


def write(kind: str, items: Sequence[Item], *, media: Mapping[str, Media], title: str) -> Written:
    """Items as a file of another system, one of WRITERS; what it cannot carry is said item by item."""
    writer: Any = WRITERS[kind][2]
    return writer(items, media=media, title=title)  # type: ignore[no-any-return]
