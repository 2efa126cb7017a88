"""Answers, options, difficulty and rubrics as people write them in tables and documents (clause K7; domain 5.2).

Each reader gives the house's tokens or raises :class:`Unclear` with a sentence that says what is wrong and how to
write it. Nothing is guessed that could be meant in two ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiangheng.apps.itembank.formats.styled import Styled
from jiangheng.core.exam import quantity
from jiangheng.core.exam.items import BLANK, Option
from jiangheng.core.exam.rich import plain
from jiangheng.kernel.kept import said as _

_YES = frozenset(("√", "✓", "✔", "☑", "对", "正确", "是", "T", "TRUE", "Y", "YES", "RIGHT", "1", "A", "V", "真", "○"))
_NO = frozenset(
    (
        "×",
        "✗",
        "✘",
        "☒",
        "X",
        "╳",
        "错",
        "错误",
        "否",
        "F",
        "FALSE",
        "N",
        "NO",
        "WRONG",
        "0",
        "B",
        "不对",
        "不正确",
        "假",
    )
)
_LETTERS = re.compile(r"[A-H](?:[\s,、;|/.和+&-]*[A-H])*[.\s]*")
_LEAD = re.compile(r"^\s*(?:(?:正确|标准|参考)?答案\s*(?:是|为)?\s*[:：]?\s*)")
_LETTER_AND_TEXT = re.compile(r"([A-Ha-h])\s*[.、:：．)）]\s*(.+)", re.DOTALL)
_MARKER = re.compile(r"(?:^|(?<=[\s;；|。,，\ufffc]))[(（]?([A-HＡ-Ｈ])(?:\s*[.、．:：)）]|\s(?=\s))", re.MULTILINE)
_PREFIX = re.compile(r"^\s*[(（]?([A-HＡ-Ｈ])\s*[.、．:：)）]\s*(?!\d)")
_PAIR = re.compile(r"([A-H])\s*(?:[-—–→=:：.])*>?\s*[(]?(\d{1,2})[)]?")
_NUMBERED = re.compile(r"^\s*[(（]?\d{1,2}\s*[.、．)）:：]\s*(?!\d)")
_BLANKS = re.compile(r"_{2,}")
_BRACKETS = re.compile(r"[(（][\s\u3000]*[)）]|【\s*】|\[\s*\]")
_SHARE_FIRST = re.compile(r"^\s*[(（]?(\d{1,3})\s*(%|分)[)）]?\s*[:：]?\s*(.+)$", re.DOTALL)
_SHARE_LAST = re.compile(r"^(.+?)[(（\s]\s*(\d{1,3})\s*(%|分)\s*[)）]?\s*[。;；]?\s*$", re.DOTALL)
_NUMBER_AND_UNIT = re.compile(
    r"([+-]?[\d.,]+(?:[eE][+-]?\d+|[×xX*]10\^?[+-]?\d+)?)\s*(?:±\s*([\d.]+%?))?\s*(.*)", re.DOTALL
)

_GRADES: Mapping[str, int] = {
    **dict.fromkeys(("易", "容易", "简单", "很易", "很容易", "低", "一级"), 1),
    **dict.fromkeys(("较易", "较容易", "较简单", "偏易", "二级"), 2),
    **dict.fromkeys(("中", "中等", "一般", "适中", "普通", "中级", "三级"), 3),
    **dict.fromkeys(("较难", "偏难", "四级"), 4),
    **dict.fromkeys(("难", "困难", "很难", "高", "五级"), 5),
}
_GRADE_BY_SHARE = ((0.85, 1), (0.7, 2), (0.5, 3), (0.3, 4), (0.0, 5))
"""A coefficient of difficulty is the share of candidates expected to be right: from 0.85 up an item is easy."""
_IMPORTANCE = {"核心": "X", "核心要素": "X", "重要": "X", "一般": "Y", "一般要素": "Y", "辅助": "Z", "辅助要素": "Z"}


MOST_LETTERS = 4_000
"""No answer to be taken apart is longer; the patterns below need not face what nobody writes by hand."""


class Unclear(ValueError):
    """What was written cannot be read in one way only; the sentence says what to write."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with what stood beside it."""

    value: str
    tolerance: str = ""
    unit: str = ""


def narrow(text: str) -> str:
    """Half-width, trimmed, without the invisible letters that copying leaves behind."""
    return re.sub(r"[\u200b-\u200f\u2060\ufeff]", "", unicodedata.normalize("NFKC", text)).strip()


def _short(text: str) -> str:
    if len(text) > MOST_LETTERS:
        raise Unclear(_("内容超过 %(most)d 字，请缩短") % {"most": MOST_LETTERS})
    return text


def _bare(text: str) -> str:
    return re.sub(r"[\s.,;:。、，；：]", "", narrow(text)).lower()


def choice(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """The right keys, sorted, out of ABD, A,B,D, a、b, "B.安培" or the words of the options themselves."""
    written = _LEAD.sub("", narrow(_short(text)))
    letters = written.upper().strip("()[]【】 ")
    if _LETTERS.fullmatch(letters):
        keys = re.findall(r"[A-H]", letters)
        if len(set(keys)) < len(keys):
            raise Unclear(_("答案“%(text)s”里有重复的字母，请各写一次") % {"text": written})
        return tuple(sorted(keys))
    by_text = {_bare(plain(option.text)): option.key for option in options}
    if _bare(written) in by_text:
        return (by_text[_bare(written)],)
    pieces = [piece for piece in re.split(r"[|\n;；]|(?<=\S)[、,，]", written) if piece.strip()]
    found = [_one_choice(piece, by_text) for piece in pieces]
    if found and all(found):
        return tuple(sorted(set(found)))
    raise Unclear(_("答案“%(text)s”看不懂，请写选项字母，如 B 或 ABD") % {"text": written[:40]})


def _one_choice(piece: str, by_text: Mapping[str, str]) -> str:
    if _bare(piece) in by_text:
        return by_text[_bare(piece)]
    lettered = _LETTER_AND_TEXT.fullmatch(piece.strip())
    if lettered and by_text.get(_bare(lettered[2])) == lettered[1].upper():
        return lettered[1].upper()
    return ""


def judgement(text: str, options: Sequence[Option] = ()) -> tuple[str, ...]:
    """("A",) for right and ("B",) for wrong; a letter is looked up in the options where the item has its own."""
    written = _LEAD.sub("", narrow(_short(text))).upper().strip("()[]【】。. ")
    own = {option.key: narrow(plain(option.text)).upper() for option in options}
    written = own.get(written, written)
    if written in _YES:
        return ("A",)
    if written in _NO:
        return ("B",)
    raise Unclear(_("判断题的答案“%(text)s”看不懂，请写“正确”或“错误”") % {"text": text.strip()[:40]})


def with_blanks(stem: str) -> str:
    """A rich stem with its blanks as four underscores: runs of underscores, or empty brackets where there are none."""
    pieces = re.split(r"(<[^>]*>)", stem)
    texts = pieces[::2]
    runs = {len(run) for text in texts for run in _BLANKS.findall(text)}
    if len(BLANK) in runs and runs <= {2, len(BLANK)}:
        return stem
    form = _BLANKS if any(_BLANKS.search(text) for text in texts) else _BRACKETS
    pieces[::2] = [form.sub(BLANK, text) for text in texts]
    return "".join(pieces)


def fill(text: str, blanks: int) -> tuple[str, ...]:
    """One token for each blank; the blanks one a line, or between ；, 、, two spaces, where the count comes out."""
    written = _LEAD.sub("", _short(text).strip())
    if blanks <= 1:
        return (_accepted(written),) if written else ()
    for between in (r"\n", r"[；;]|\|\|", r"##|@@", r"[、，,]", r"\s{2,}", r"\s+"):
        pieces = [_NUMBERED.sub("", piece).strip() for piece in re.split(between, written) if piece.strip()]
        if len(pieces) == blanks:
            return tuple(_accepted(piece) for piece in pieces)
    found = len([piece for piece in re.split(r"[\n；;]", written) if piece.strip()])
    raise Unclear(
        _("题干有 %(blanks)d 个空，答案有 %(found)d 个，请一行写一空；同一空的几种写法用“|”隔开")
        % {"blanks": blanks, "found": found}
    )


def _accepted(text: str) -> str:
    return "|".join(piece.strip() for piece in text.split("|") if piece.strip())


def number(text: str) -> Number:
    """12.5, 12.5Ω, 12.5±0.1 V: the number, its tolerance and its unit."""
    written = _LEAD.sub("", narrow(_short(text)))
    match = _NUMBER_AND_UNIT.fullmatch(written)
    value = quantity.number(match[1]) if match else None
    if match is None or value is None:
        raise Unclear(_("答案“%(text)s”不是一个数，请写如 12.5 的数，单位写在“单位”列") % {"text": written[:40]})
    return Number(match[1].replace(",", ""), match[2] or "", match[3].strip())


def matching(text: str) -> tuple[str, ...]:
    """("A2", "B1") out of A2 B1, A-2,B-1, A→②."""
    written = narrow(_short(text)).upper()
    pairs = _PAIR.findall(written)
    rest = re.sub(r"[\s,，;；、。|]", "", _PAIR.sub("", written))
    if not pairs or rest:
        raise Unclear(
            _("连线题的答案“%(text)s”看不懂，请写左列字母和右列序号，如 A2 B1 C3") % {"text": text.strip()[:40]}
        )
    return tuple(sorted(f"{key}{int(target)}" for key, target in pairs))


def ordering(text: str) -> tuple[str, ...]:
    """("C", "A", "B") out of CAB, C-A-B, C→A→B."""
    written = narrow(_short(text)).upper()
    if not re.fullmatch(r"[A-H](?:[\s,，、;；\-—–→>]*[A-H])*", written):
        raise Unclear(_("排序题的答案“%(text)s”看不懂，请按正确的先后写字母，如 CABD") % {"text": text.strip()[:40]})
    return tuple(re.findall(r"[A-H]", written))


def difficulty(text: str) -> int:
    """1 (easy) to 5 (hard) out of 1–5, 易…难, stars, or a coefficient between 0 and 1; 3 when nothing is written."""
    written = narrow(text)
    if not written:
        return 3
    word = re.sub(r"(题|度)$", "", written)
    if word in _GRADES:
        return _GRADES[word]
    if set(written) <= set("★☆*"):
        count = sum(star in "★*" for star in written)
        if 1 <= count <= 5:
            return count
    value = quantity.number(written)
    if value is not None and value == value.to_integral_value() and 1 <= value <= 5:
        return int(value)
    if value is not None and 0 < value < 1:
        return next(grade for least, grade in _GRADE_BY_SHARE if value >= type(value)(str(least)))
    raise Unclear(_("难度“%(text)s”看不懂，请写 1（易）到 5（难），或 0 到 1 之间的难度系数") % {"text": written[:20]})


def importance(text: str) -> str:
    """X, Y or Z; X when nothing is written."""
    written = narrow(text).upper()
    found = written or "X"
    if found in ("X", "Y", "Z"):
        return found
    if found in _IMPORTANCE:
        return _IMPORTANCE[found]
    raise Unclear(_("重要程度“%(text)s”看不懂，请写 X（核心）、Y（一般）或 Z（辅助）") % {"text": written[:20]})


def split_options(given: Styled) -> list[tuple[str, Styled]]:
    """Options written together, each with its letter: after "A." and so on, else by lines or by "|".

    The letters count only when they are A, B, C … in turn, so that "维生素 A. 维生素 B." is not cut to pieces.
    """
    text = given.text
    found = list(_MARKER.finditer(text))
    heads = _in_turn([match for match in found if match.start() == 0 or text[match.start() - 1] == "\n"])
    # Options that stand on lines of their own may well speak of "B." in their middle.
    marks = heads if len(heads) >= 3 else _in_turn(found)
    if len(marks) >= 2:
        ends = [*(match.start() for match in marks[1:]), len(text)]
        return [
            ("ABCDEFGH"[place], _trimmed(given.cut(match.end(), end)))
            for place, (match, end) in enumerate(zip(marks, ends, strict=True))
        ]
    for between in ("\n", "|", "；", ";", "$;$", "@@"):
        begin, pieces = 0, []
        for match in re.finditer(re.escape(between), text):
            pieces.append(given.cut(begin, match.start()))
            begin = match.end()
        pieces = [piece.strip() for piece in [*pieces, given.cut(begin)]]
        pieces = [piece for piece in pieces if piece]
        if 2 <= len(pieces) <= 8:
            return list(zip("ABCDEFGH", (without_letter(piece) for piece in pieces), strict=False))
    return []


def _in_turn(matches: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    kept: list[re.Match[str]] = []
    for match in matches:
        if len(kept) < 8 and narrow(match[1]).upper() == "ABCDEFGH"[len(kept)]:
            kept.append(match)
    return kept


def _trimmed(given: Styled) -> Styled:
    text = given.text
    return given.cut(0, len(text.rstrip(" \n\t\u3000;；|"))).strip()


def without_letter(given: Styled, letter: str = "") -> Styled:
    """An option without the letter in front, when it is the letter it should have (any, when none is given)."""
    match = _PREFIX.match(given.text)
    if match and (not letter or narrow(match[1]) == letter):
        return given.cut(match.end()).strip()
    return given


def target_lines(given: Styled) -> list[Styled]:
    """The right-hand column of a matching item, one a line (or between |), numbers in front left out."""
    lines = [line for line in given.lines() if line.text.strip()]
    if len(lines) == 1 and "|" in given.text:
        lines, begin, text = [], 0, given.text
        for place in [*(place for place, letter in enumerate(text) if letter == "|"), len(text)]:
            lines.append(given.cut(begin, place))
            begin = place + 1
    heads = [_NUMBERED.match(line.text) for line in lines]
    return [line.cut(head.end() if head else 0).strip() for line, head in zip(lines, heads, strict=True)]


def rubric(text: str) -> list[tuple[str, int]]:
    """Text and share of marking lines: "40% 写出公式" or "写出公式（2分）", one a line; marks become shares of 100."""
    written: list[tuple[str, int, str]] = []
    for line in text.split("\n"):
        line = line if line.endswith("</div>") else _short(line)
        line = _NUMBERED.sub("", line) if not re.match(r"\s*\d+\s*[%分]", line) else line
        if not line.strip():
            continue
        first, last = _SHARE_FIRST.match(line), _SHARE_LAST.match(line)
        if first:
            written.append((first[3].strip(), int(first[1]), first[2]))
        elif last:
            written.append((last[1].strip(), int(last[2]), last[3]))
        else:
            raise Unclear(_("评分标准“%(line)s”没有写占比，请一行一点，写成“40%% 要点”") % {"line": line.strip()[:30]})
    if written and all(mark == "分" for _text, _share, mark in written):
        shares = hundred([share for _text, share, _mark in written])
    else:
        shares = [share for _text, share, _mark in written]
    return [(text, share) for (text, _share, _mark), share in zip(written, shares, strict=True)]


def hundred(marks: Sequence[int]) -> list[int]:
    """Marks as whole percent that add up to 100, by largest remainder."""
    total = sum(marks) or 1
    shares = [mark * 100 // total for mark in marks]
    by_rest = sorted(range(len(marks)), key=lambda place: -(marks[place] * 100 % total))
    for place in by_rest[: 100 - sum(shares)]:
        shares[place] += 1
    return shares
