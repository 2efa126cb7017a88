"""What a line of a question list is: a heading, the start of a question, options, a named field (K7; domain 5.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jiangheng.apps.itembank.formats.answers import narrow
from jiangheng.apps.itembank.formats.styled import Styled, styled
from jiangheng.apps.itembank.formats.workbook_columns import kind_of

_HEADING = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十]+(?:部分|大题)?\s*[、.．:：]\s*|[（(][一二三四五六七八九十]+[)）]\s*)(.+)$",
    re.DOTALL,
)
_MARK = r"(?:[(（]\s*(?P<before>[√×✓✔✗✘对错XxA-H]{0,4})\s*[)）]\s*)?"
_DOTTED = re.compile(
    rf"^\s*{_MARK}(?:第\s*)?(?P<number>\d{{1,4}})\s*(?:题\s*[.．、:：]?|[.．、:：](?P<doubt>\s*\d)?|[)）])"
)
_BRACKETED = re.compile(rf"^\s*{_MARK}[（(](?P<number>\d{{1,4}})[)）]\s*")
_FIELDS = {
    "答案": "answer", "正确答案": "answer", "参考答案": "answer", "标准答案": "answer", "答": "answer", "解": "answer",
    "解析": "explanation", "答案解析": "explanation", "试题解析": "explanation", "分析": "explanation",
    "难度": "difficulty", "难易度": "difficulty", "难度等级": "difficulty", "难度系数": "difficulty",
    "知识点": "point_any", "鉴定点": "point_any", "考核点": "point_any", "考点": "point_any", "鉴定点代码": "point",
    "出处": "source", "来源": "source", "评分标准": "rubric", "评分要点": "rubric", "重要程度": "importance",
    "单位": "unit", "允许误差": "tolerance",
}  # fmt: skip
_NAMES = "|".join(sorted(_FIELDS, key=len, reverse=True))
_FIELD = re.compile(rf"(?:^|(?<=[\s。；;]))(?:[【\[](?P<boxed>{_NAMES})[】\]]\s*[:：]?|(?P<named>{_NAMES})\s*[:：])\s*")
_ANSWERS = re.compile(
    r"^\s*(?:附[:：件]?\s*)?(?:[一二三四五六七八九十\d]+[、.．]\s*)?(?:.{0,30}?)"
    r"(?:参考答案|标准答案|试题答案|答案部分|答案与解析|答案及解析|答案列表|答案表|答案)(?:与解析|及解析|及评分标准|部分)?\s*[:：]?\s*$"
)
_ANSWERS_INLINE = re.compile(r"^\s*(?:参考答案|标准答案|答案)\s*[:：]?\s*\d{1,4}\s*[-—–~～至到.．、]")
_DOT_OPTION = re.compile(r"(?:^|(?<=[\s;；。,，\ufffc]))([A-HＡ-Ｈ])(?:\s*[.、．:：]|\s(?=\s)|\s*[)）])", re.MULTILINE)
_BOX_OPTION = re.compile(r"(?:^|(?<=[\s;；。,，\ufffc]))[(（]([A-HＡ-Ｈ])[)）]", re.MULTILINE)
_SIGNS = "√×✓✔✗✘╳"
_INLINE = re.compile(r"[(（]\s*((?:[A-HＡ-Ｈ](?:[\s,，、]*[A-HＡ-Ｈ]){0,7})|[√×✓✔✗✘╳]|对|错|正确|错误|[TF])\s*[)）]")


@dataclass(frozen=True, slots=True)
class Start:
    """The number a paragraph begins with. `doubtful` when a digit follows it; `before` is a mark in front of it."""

    number: int
    end: int
    doubtful: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A piece of a paragraph: the column key of the field it is ("" for the words before the first), and its words."""

    key: str
    text: Styled


def heading(text: str) -> str | None:
    """The kind (or "") a section heading opens: 一、单项选择题（每题1分，共80分）; None for any other line."""
    match = _HEADING.match(text)
    words = match[1] if match else text
    name = re.split(r"[（(：:。，,；;\s]", words.strip(), maxsplit=1)[0]
    kind = kind_of(name)
    if match:
        return kind if kind or name.endswith("题") else None
    return kind if kind and len(narrow(text)) < 60 and name.endswith("题") else None


def answers_begin(texts: Sequence[str]) -> int:
    """The place of the line from which on only answers stand; the number of lines when there is none.

    A line of its own that says 参考答案 opens them when questions came before it, the last such line counting unless
    questions with options come after it.
    """
    found = len(texts)
    first = next((place for place, text in enumerate(texts) if _DOTTED.match(text) or _BRACKETED.match(text)), found)
    for place in range(len(texts) - 1, first, -1):
        text = texts[place]
        opens = (len(text) < 60 and _ANSWERS.match(text)) or _ANSWERS_INLINE.match(text)
        if opens:
            found = place
        elif option_start(text) is not None and not _FIELD.match(text):
            break
    return found


def starts(texts: Sequence[str]) -> list[Start | None]:
    """Where questions begin. "（1）" begins one only under headings that have no "1." of their own."""
    found: list[Start | None] = []
    group: list[int] = []

    def settle() -> None:
        if not any(found[place] for place in group):
            for place in group:
                found[place] = _start(_BRACKETED.match(texts[place]))
        group.clear()

    for place, text in enumerate(texts):
        if heading(text) is not None:
            settle()
        found.append(_start(_DOTTED.match(text)))
        group.append(place)
    settle()
    return found


def _start(match: re.Match[str] | None) -> Start | None:
    if match is None or int(match["number"]) == 0:
        return None
    doubt = match.groupdict().get("doubt")
    return Start(int(match["number"]), match.end() - len(doubt or ""), bool(doubt), match["before"] or "")


def fields(body: Styled) -> list[Field]:
    """The paragraph cut at the names of fields: 答案：B 难度：易 【解析】…"""
    matches = list(_FIELD.finditer(body.text))
    made = [Field("", body.cut(0, matches[0].start() if matches else None))]
    for match, following in zip(matches, [*matches[1:], None], strict=False):
        words = body.cut(match.end(), following.start() if following else None)
        made.append(Field(_FIELDS[match["boxed"] or match["named"]], words.strip()))
    return made


def option_start(text: str) -> int | None:
    """Where the options begin: at an A that is followed, in turn, by a B at least."""
    for form in (_DOT_OPTION, _BOX_OPTION):
        matches = list(form.finditer(text))
        letters = "".join(narrow(match[1]) for match in matches)
        last = letters.rfind("A")
        if last >= 0 and "B" in letters[last:]:
            return matches[last].start()
    return None


def inline_answer(stem: Styled, *, kind: str, options: bool) -> tuple[Styled, str]:
    """The stem with an empty blank where its answer stood in brackets, and that answer ("" when there is none)."""
    matches = [match for match in _INLINE.finditer(stem.text) if options or kind == "judgement" or _is_mark(match[1])]
    if kind in ("fill", "numeric", "short", "calculation", "essay", "case"):
        return stem, ""
    if matches:
        last = matches[-1]
        blank = styled("（　）")
        return stem.cut(0, last.start()) + blank + stem.cut(last.end()), last[1]
    end = stem.text.rstrip()
    if kind in ("", "judgement") and end.endswith(tuple(_SIGNS)):
        return stem.cut(0, len(end) - 1), end[-1]
    return stem, ""


def _is_mark(text: str) -> bool:
    return text in _SIGNS or text in ("对", "错", "正确", "错误")
