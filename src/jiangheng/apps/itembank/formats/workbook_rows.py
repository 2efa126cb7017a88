"""One row of a bank workbook made an item, with everything that is wrong with it in words (clause K7; domain 5.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from jiangheng.apps.itembank.formats import answers
from jiangheng.apps.itembank.formats.answers import Unclear, narrow
from jiangheng.apps.itembank.formats.styled import styled
from jiangheng.apps.itembank.formats.workbook_columns import BY_KEY, CHOICE, OPTION_KEYS, POINT_KEYS, kind_of
from jiangheng.apps.itembank.formats.workbook_values import PLAIN, Cell
from jiangheng.core.exam import quantity, rich
from jiangheng.core.exam.item_kinds import blanks
from jiangheng.core.exam.items import KINDS, Item, Option, RubricLine, check_item
from jiangheng.kernel.kept import said as _

_Value = TypeVar("_Value")
_UNUSED = frozenset({"seq", "consistency", "marks", "picture"})
_HTML = re.compile(r"\s*<(p|div|span|table|ol|ul|h[1-6]|strong|b|img|math)\b[^>]*>.*>\s*", re.DOTALL | re.IGNORECASE)
_POINT = re.compile(r"([A-Z](?:-?[A-Z])*-?\d{2,4}|\d{4,6})(?:[\s:：、.．]+(.+))?", re.DOTALL)
_CODE_IN_FRONT = re.compile(r"^试题 [^：]{0,400}：")
_SPEAKS_OF = (
    (re.compile(r"^选项 ([A-H])"), "option_"),
    (re.compile(r"^(答案|第 \d+ 空的答案|最后得数)"), "answer"),
    (re.compile(r"^题干"), "stem"),
    (re.compile(r"^(右栏|左右两栏)"), "targets"),
    (re.compile(r"^误差"), "tolerance"),
    (re.compile(r"^单位"), "unit"),
    (re.compile(r"^(评分要点)"), "rubric"),
    (re.compile(r"^(互斥)"), "enemies"),
    (re.compile(r"^题型|没有(右栏|误差|单位|图片|区域|评分要点|小题)"), "kind"),
    (re.compile(r"^试题编号"), "code"),
    (re.compile(r"答案"), "answer"),
    (re.compile(r"有 \d+ 个选项"), "option_A"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that stands in a row: the column it stands at (a key, or ""), and its digest."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column key. `kind` is what its sheet or the heading above it says; `strange` are unknown columns."""

    number: int
    cells: Mapping[str, Cell]
    kind: str = ""
    pictures: tuple[Shown, ...] = ()
    strange: tuple[tuple[str, str], ...] = ()

    def cell(self, key: str) -> Cell:
        return self.cells.get(key, PLAIN)

    def text(self, key: str) -> str:
        return self.cell(key).text.strip()


@dataclass(slots=True)
class Draft:
    """An item in the making. Each problem stands with the key of the column it is about, "" for the whole row."""

    item: Item | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    point_name: str = ""

    def asks(self, key: str, reader: Callable[[], _Value], otherwise: _Value) -> _Value:
        """What the reader gives, or `otherwise` and a problem of the column."""
        try:
            return reader()
        except Unclear as unclear:
            self.problems.append((key, str(unclear)))
            return otherwise


def sentence(key: str, problem: str) -> str:
    """A problem with the name of its column in front."""
    # put together, not filled in: a sentence that is kept stays one that can be said again in another language
    return f"【{BY_KEY[key].title}】" + problem if key in BY_KEY else problem


def rich_of(cell: Cell, draft: Draft | None = None) -> str:
    """A cell as rich text: marked letters, TeX, the house's own markup, or HTML as other systems export it."""
    if cell.marked is not None:
        return cell.marked.strip().rich()
    text = cell.text.strip()
    if text.startswith("<div>") and text.endswith("</div>") and rich.is_canonical(text[5:-6]):
        return text[5:-6]
    if text.startswith("<") and _HTML.fullmatch(text):
        cleaned = rich.clean(text)
    elif "\\(" in text or "\\[" in text:
        cleaned = rich.clean(rich.from_plain(text))
    else:
        return rich.from_plain(text)
    if draft is not None:
        draft.losses += cleaned.dropped
    return cleaned.text


def item_of(row: Row, *, code: str) -> Draft:
    """The row as a draft, checked. `code` is what it is called when it has no number of its own."""
    draft = Draft()
    _oddities(row, draft)
    odd = {key for key, _problem in draft.problems}
    kind = _kind(row, draft)
    if kind:
        draft.item = _item(row, kind, code, draft)
    # What nobody typed is not also wrong in other ways.
    said = len(odd)
    draft.problems[said:] = [each for each in draft.problems[said:] if each[0] not in odd]
    _left_behind(row, draft)
    if draft.item is not None and kind != "case":
        whole = replace(draft.item, share=0) if row.text("group") else draft.item
        draft.problems += checked(whole, known=draft.problems)
    return draft


def checked(item: Item, *, known: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """What the house's check finds, by column. The place in the element table is the import's business, not ours.

    Columns that have a problem already are left out: what cannot be read is not also wrong.
    """
    placed = replace(item, point=item.point or "-", range_code=item.range_code or "-")
    told = {key for key, _problem in known}
    found: list[tuple[str, str]] = []
    for problem in check_item(placed):
        plain = _CODE_IN_FRONT.sub("", problem, count=1)
        key = _column_of(plain)
        if key not in told or not key:
            found.append((key, plain))
    return found


def _column_of(problem: str) -> str:
    for pattern, key in _SPEAKS_OF:
        match = pattern.search(problem)
        if match:
            return key + match[1] if key.endswith("_") else key
    return ""


def _oddities(row: Row, draft: Draft) -> None:
    """Cells whose text is not what somebody typed: formulas, errors, dates, numbers cut short."""
    for key, cell in row.cells.items():
        if not cell.state or key in _UNUSED:
            continue
        if cell.state == "formula":
            problem = _("单元格是公式，公式的结果不可靠，请复制后用“选择性粘贴→数值”换成文字")
        elif cell.state == "date":
            problem = _("内容被 Excel 变成了日期（%(day)s），请把单元格设为“文本”格式后重新输入") % {"day": cell.text}
        elif cell.state == "error":
            problem = _("单元格是 Excel 的错误值 %(error)s，请改写") % {"error": cell.text}
        elif cell.state == "rounded":
            problem = _("超过 15 位的数字已被 Excel 改写，请把单元格设为“文本”格式后重新输入")
        else:
            continue
        draft.problems.append((key, problem))


def _kind(row: Row, draft: Draft) -> str:
    written = row.text("kind")
    kind = kind_of(written) if written else row.kind
    if written and not kind:
        names = "、".join(each.name for each in KINDS.values() if each.code != "hotspot")
        draft.problems.append(
            ("kind", _("题型“%(kind)s”不认识，请改为%(names)s之一") % {"kind": written, "names": names})
        )
        return ""
    if kind == "hotspot":
        draft.problems.append(("kind", _("识图题的区域不能写在表格里，请在系统中录入，或用 QTI 文件导入")))
        return ""
    if kind not in ("", CHOICE):
        return kind
    return _inferred(row, draft, choice=kind == CHOICE)


def _inferred(row: Row, draft: Draft, *, choice: bool) -> str:
    """The kind by its answer: 选择题 does not say of how many, and some banks have no such column at all."""
    options = any(row.text(key) for key in (*OPTION_KEYS, "options"))
    keys = re.findall(r"[A-H]", narrow(row.text("answer")).upper()) if options or choice else []
    if options or choice:
        return "multiple" if len(keys) > 1 and len(row.text("answer")) < 24 else "single"
    try:
        answers.judgement(row.text("answer"))
    except Unclear:
        draft.problems.append(("kind", _("没有写题型，也看不出题型，请补写题型")))
        return ""
    return "judgement"


def _item(row: Row, kind: str, code: str, draft: Draft) -> Item:
    point, draft.point_name = _point(row)
    area = row.text("range")
    item = Item(
        code=narrow(row.text("code")) or code,
        kind=kind,
        stem=_pictured(rich_of(row.cell("stem"), draft), row, ("stem", "picture", "")),
        point=point,
        range_code=area or (point.rpartition("-")[0] if point.count("-") else ""),
        difficulty=draft.asks("difficulty", lambda: answers.difficulty(row.text("difficulty")), 3),
        importance=draft.asks("importance", lambda: answers.importance(row.text("importance")), "X"),
        explanation=_pictured(rich_of(row.cell("explanation"), draft), row, ("explanation",)),
        source=row.text("source"),
        seconds=draft.asks("seconds", lambda: _whole(row.text("seconds")), 0),
        share=draft.asks("share", lambda: _whole(row.text("share").removesuffix("%")), 0),
        enemies=tuple(code for code in re.split(r"[\s,，、;；]+", row.text("enemies")) if code),
    )
    answered = KINDS[kind].answered
    if KINDS[kind].most_options and not KINDS[kind].options:
        item = replace(item, options=_options(row, draft))
    return _READERS[answered](row, item, draft)


def _whole(text: str) -> int:
    value = quantity.number(text or "0")
    if value is None or value != int(value) or abs(value) > 10**6:
        raise Unclear(_("“%(text)s”不是整数，请改写") % {"text": text[:20]})
    return int(value)


def _point(row: Row) -> tuple[str, str]:
    """Code and name of the assessment point, as far as the row tells."""
    name = row.text("point_name")
    levels = [row.text(key) for key in POINT_KEYS]
    if row.text("point"):
        return row.text("point"), name or next((level for level in reversed(levels) if level), "")
    told = row.text("point_any") or next((level for level in reversed(levels) if level), "")
    match = _POINT.fullmatch(told)
    return (match[1], name or (match[2] or "").strip()) if match else ("", name or told)


def _pictured(text: str, row: Row, keys: Sequence[str]) -> str:
    """The text with the pictures of its cells behind it, unless it shows them itself."""
    digests = [shown.digest for shown in row.pictures if shown.key in keys]
    images = [digest for digest in dict.fromkeys(digests) if f"media:{digest}" not in text]
    if not images:
        return text
    more = "".join(f'<img src="media:{digest}" alt=""/>' for digest in images)
    return rich.clean(f"{text}<br/>{more}" if text and not text.endswith((">", "）", ")")) else text + more).text


def _options(row: Row, draft: Draft) -> tuple[Option, ...]:
    cells = [row.cell(key) for key in OPTION_KEYS]
    pictured = {shown.key for shown in row.pictures}
    count = max((n for n, key in enumerate(OPTION_KEYS, 1) if row.text(key) or key in pictured), default=0)
    if not count and row.text("options"):
        together = row.cell("options")
        found = answers.split_options(together.marked or styled(together.text))
        if not found:
            draft.problems.append(("options", _("选项分不开，请一行写一个选项，或用“|”隔开，或分列填写")))
        return tuple(Option(letter, text.rich()) for letter, text in found)
    texts = _without_letters(cells[:count])
    return tuple(
        Option(key[-1], _pictured(rich_of(text, draft), row, (key,)))
        for key, text in zip(OPTION_KEYS, texts, strict=False)
    )


_LETTERED = re.compile(r"\s*[(（]?([A-HＡ-Ｈ])\s*[.、．:：)）]")


def _without_letters(cells: Sequence[Cell]) -> list[Cell]:
    """The options without "A." in front. "A.220V" is 220 V when every option of the row begins with its letter."""
    heads = [_LETTERED.match(cell.text) for cell in cells]
    every = len(cells) > 1 and all(
        head is not None and narrow(head[1]) == letter for head, letter in zip(heads, "ABCDEFGH", strict=False)
    )
    made = []
    for cell, head, letter in zip(cells, heads, "ABCDEFGH", strict=False):
        if head is None:
            made.append(cell)
            continue
        whole = cell.marked or styled(cell.text)
        rest = whole.cut(head.end()).strip() if every else answers.without_letter(whole, letter)
        made.append(Cell(rest.text, rest if cell.marked else None, cell.state))
    return made


def _keys(row: Row, item: Item, draft: Draft) -> Item:
    written = row.text("answer")
    if item.kind == "judgement":
        item = replace(item, options=KINDS["judgement"].options)
    if not written:
        draft.problems.append(("answer", _("没有写答案，请补写")))
        return item
    if item.kind == "judgement":
        own = _options(row, Draft())
        return replace(item, answer=draft.asks("answer", lambda: answers.judgement(written, own), ()))
    return replace(item, answer=draft.asks("answer", lambda: answers.choice(written, item.options), ()))


def _texts(row: Row, item: Item, draft: Draft) -> Item:
    stem = answers.with_blanks(item.stem)
    written = row.text("answer")
    return replace(item, stem=stem, answer=draft.asks("answer", lambda: answers.fill(written, blanks(stem)), ()))


def _number(row: Row, item: Item, draft: Draft) -> Item:
    found = draft.asks("answer", lambda: answers.number(row.text("answer")), None)
    tolerance, unit = narrow(row.text("tolerance")), row.text("unit")
    if found is None:
        return replace(item, tolerance=tolerance, unit=unit)
    return replace(item, answer=(found.value,), tolerance=tolerance or found.tolerance, unit=unit or found.unit)


def _pairs(row: Row, item: Item, draft: Draft) -> Item:
    cell = row.cell("targets")
    lines = answers.target_lines(cell.marked or styled(cell.text))
    cells = [Cell(line.text, line if cell.marked else None) for line in lines]
    targets = tuple(Option(str(number), rich_of(each, draft)) for number, each in enumerate(cells, start=1))
    return replace(item, targets=targets, answer=draft.asks("answer", lambda: answers.matching(row.text("answer")), ()))


def _order(row: Row, item: Item, draft: Draft) -> Item:
    return replace(item, answer=draft.asks("answer", lambda: answers.ordering(row.text("answer")), ()))


def _open(row: Row, item: Item, draft: Draft) -> Item:
    reference = _pictured(rich_of(row.cell("answer"), draft), row, ("answer",))
    final = narrow(row.text("final"))
    nothing: list[tuple[str, int]] = []
    lines = draft.asks("rubric", lambda: answers.rubric(row.text("rubric")), nothing)
    return replace(
        item,
        reference=reference,
        rubric=tuple(RubricLine(rich_of(Cell(text), draft), share) for text, share in lines),
        answer=(final,) if final else (),
        tolerance=narrow(row.text("tolerance")),
        unit=row.text("unit"),
    )


def _material(row: Row, item: Item, draft: Draft) -> Item:
    return item


_READERS: Mapping[str, Callable[[Row, Item, Draft], Item]] = {
    "keys": _keys,
    "texts": _texts,
    "number": _number,
    "pairs": _pairs,
    "order": _order,
    "open": _open,
    "parts": _material,
}


def _left_behind(row: Row, draft: Draft) -> None:
    if row.text("consistency"):
        draft.losses.append(_("一致性“%(text)s”没有对应的字段，不导入") % {"text": row.text("consistency")[:20]})
    if row.text("marks") and not row.text("group"):
        draft.losses.append(_("分数“%(text)s”不随题导入，一题几分由组卷计划决定") % {"text": row.text("marks")[:20]})
    for title, text in row.strange:
        draft.losses.append(_("“%(title)s”列不认识，内容“%(text)s”没有导入") % {"title": title, "text": text[:20]})
