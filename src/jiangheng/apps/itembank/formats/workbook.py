"""Bank workbooks read: the header wherever it stands, each row an item with its problems (K7; domain 5.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jiangheng.apps.itembank.formats import answers
from jiangheng.apps.itembank.formats.found import Found, Media, NotABank, Read, digest_of
from jiangheng.apps.itembank.formats.pictures import NotAPicture, picture
from jiangheng.apps.itembank.formats.workbook_columns import (
    BY_KEY,
    OPTION_KEYS,
    POINT_KEYS,
    REMEDY,
    RESULT,
    column_of,
    kind_of,
)
from jiangheng.apps.itembank.formats.workbook_rows import Draft, Row, Shown, checked, item_of, sentence
from jiangheng.apps.itembank.formats.workbook_sheets import Sheet, sheets, sound
from jiangheng.apps.itembank.formats.workbook_values import PLAIN, Cell
from jiangheng.kernel.kept import said as _

HEADER_WITHIN = 30
REPORT_EVERY = 200
_DOWN = frozenset({"kind", "group", "difficulty", "source", "point", "point_any", "point_name", "range", *POINT_KEYS})
"""Columns whose merged cells hold for every row of the block; elsewhere a merged block is one row's."""
_FOOTER = re.compile(r"(合计|总计|共计|小计|填表|制表|审核|经办|命题|出题|说明|备注|注[:：1-9]|以上|以下)")

_IDLE = frozenset({"seq", "kind", "group", *POINT_KEYS})
"""Columns that may be filled beforehand in rows that hold no item."""

Progress = Callable[[int, int], None]
Problems = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header found. `columns` maps keys to their columns from 1, the first first."""

    sheet: Sheet
    header: int
    columns: Mapping[str, tuple[int, ...]]
    strange: Mapping[int, str]
    kind: str


@dataclass(slots=True)
class Placed:
    """What came of one or, of a case, several rows: where they are, and each problem by its row and column key."""

    rows: tuple[int, ...]
    draft: Draft
    marks: list[tuple[int, str, str]] = field(default_factory=list)


def read(data: bytes, *, progress: Progress | None = None) -> Read:
    """The items of a workbook, a `Found` for each row (or rows of a case) that holds something.

    Raises :class:`NotABank` when the file is hostile, broken, or has no sheet with the columns of a bank. `progress`
    is told how many rows are done, of how many.
    """
    media: dict[str, Media] = {}
    tables = layout(sound(data))
    several = len(tables) > 1
    found = [
        Found(
            place=place(table.sheet.name if several else "", one.rows),
            item=one.draft.item,
            problems=tuple(dict.fromkeys(sentence(key, problem) for _row, key, problem in one.marks)),
            losses=tuple(dict.fromkeys(one.draft.losses)),
            point_name=one.draft.point_name,
        )
        for table, one in drafts(tables, media=media, progress=progress)
    ]
    if not found:
        raise NotABank(_("表头下面没有一道题。"), _("请从表头的下一行起一行写一题；“示例”表里的题不会导入。"))
    return Read(tuple(found), media, "xlsx")


def place(sheet: str, rows: Sequence[int]) -> str:
    """Where an item stands, in words."""
    where = _("工作表“%(sheet)s”") % {"sheet": sheet} if sheet else ""
    if len(rows) == 1:
        return where + _("第 %(row)d 行") % {"row": rows[0]}
    return where + _("第 %(first)d–%(last)d 行") % {"first": rows[0], "last": rows[-1]}


def layout(data: bytes) -> list[Table]:
    """The sheets that are banks. Raises :class:`NotABank` saying which column is missing when there is none."""
    read_sheets = sheets(data)
    tables = [table for sheet in read_sheets if (table := _table(sheet)) is not None]
    whole = [table for table in tables if not _missing(table)]
    if whole:
        return tables
    if tables:
        best = max(tables, key=lambda table: len(table.columns))
        raise NotABank(
            _("工作表“%(sheet)s”第 %(row)d 行的表头缺少%(columns)s列。")
            % {"sheet": best.sheet.name, "row": best.header, "columns": _named(_missing(best))},
            _("请补上缺少的列，或把表头改成模板的列名（至少要有题干和答案），再上传。"),
        )
    raise NotABank(
        _("没有找到题库的表头：各工作表前 %(rows)d 行里没有同时写有“题干”和“答案”的一行。") % {"rows": HEADER_WITHIN},
        _("请下载模板填写，或把表头改成模板的列名（至少要有题干和答案），再上传。"),
    )


def _named(keys: Sequence[str]) -> str:
    return "、".join(f"“{BY_KEY[key].title}”" for key in keys)


def _missing(table: Table) -> list[str]:
    return [key for key in ("stem", "answer") if key not in table.columns]


def _table(sheet: Sheet) -> Table | None:
    """The best header among the first rows, of one row or of two; a sheet with fewer than two known columns is none."""
    lines = [(number, cells) for number, cells in sheet.rows if number <= sheet.rows[0][0] + HEADER_WITHIN]
    best: Table | None = None
    for depth in (1, 2):
        for at in range(len(lines) - depth + 1):
            part = lines[at : at + depth]
            if depth == 2 and any(len(_match([cells])[0]) < 2 for _number, cells in part):
                continue
            columns, strange = _match([cells for _number, cells in part])
            table = Table(sheet, part[-1][0], columns, strange, kind_of(sheet.name))
            fits = "stem" in columns or "answer" in columns
            if fits and len(columns) >= 2 and (best is None or _weight(table) > _weight(best)):
                best = table
    return best


def _weight(table: Table) -> tuple[int, int]:
    return (-len(_missing(table)), len(table.columns))


def _match(lines: Sequence[Mapping[int, Cell]]) -> tuple[dict[str, tuple[int, ...]], dict[int, str]]:
    columns: dict[str, tuple[int, ...]] = {}
    strange: dict[int, str] = {}
    for at in sorted({at for line in lines for at in line}):
        texts = [line[at].text.strip() for line in reversed(lines) if at in line and line[at].text.strip()]
        known = next((column for text in texts if (column := column_of(text))), None)
        if known is not None:
            columns[known.key] = (*columns.get(known.key, ()), at)
        elif texts and not {RESULT, REMEDY} & set(texts):
            strange[at] = texts[0][:40]
    if "code" not in columns and "seq" in columns:
        columns["code"] = columns.pop("seq")
    return columns, strange


def drafts(
    tables: Sequence[Table], *, media: dict[str, Media], progress: Progress | None = None
) -> Iterator[tuple[Table, Placed]]:
    """Every row that holds something, checked alone and for numbers that occur twice."""
    total = sum(len(table.sheet.rows) for table in tables)
    done = 0
    seen: dict[str, str] = {}
    several = len(tables) > 1
    for table, prefix in zip(tables, _prefixes(len(tables)), strict=True):
        missing = _missing(table)
        if missing:
            problem = _("工作表“%(sheet)s”的表头缺少%(columns)s列，整张表没有读入，请补上后重新上传") % {
                "sheet": table.sheet.name,
                "columns": _named(missing),
            }
            yield table, Placed((table.header,), Draft(), [(table.header, "", problem)])
            done += len(table.sheet.rows)
            continue
        for one in _cases(_rows(table, media), prefix):
            _name_once(one, seen, place(table.sheet.name if several else "", one.rows))
            yield table, one
            done += len(one.rows)
            if progress is not None and done % REPORT_EVERY < len(one.rows):
                progress(min(done, total), total)
    if progress is not None:
        progress(total, total)


def _prefixes(count: int) -> list[str]:
    return ["R"] if count == 1 else [f"R{number}-" for number in range(1, count + 1)]


def _name_once(one: Placed, seen: dict[str, str], where: str) -> None:
    if one.draft.item is not None and one.draft.item.code:
        code = one.draft.item.code
        if code in seen:
            problem = _("题号“%(code)s”与%(place)s相同，请改成不同的题号") % {"code": code[:40], "place": seen[code]}
            one.marks.append((one.rows[0], "code", problem))
        seen.setdefault(code, where)


def _rows(table: Table, media: dict[str, Media]) -> Iterator[tuple[Row, Problems]]:
    """The rows below the header, and what is wrong with their pictures. Headings, footers and headers go."""
    pictures = _pictures(table, media)
    by_number = dict(table.sheet.rows)
    kind = table.kind
    for number, cells in table.sheet.rows:
        if number <= table.header:
            continue
        texts = [text for cell in cells.values() if (text := cell.text.strip())]
        shown, problems = pictures.get(number, ([], []))
        if len(texts) == 1 and not shown and (kind_of(_heading(texts[0])) or _FOOTER.match(texts[0])):
            kind = kind_of(_heading(texts[0])) or kind
            continue
        values = _values(table, number, cells, by_number)
        if not (shown or problems or set(values) - _IDLE) or _is_header(values):
            continue
        if "stem" not in values and any((number, at) in table.sheet.merged for at in table.columns["stem"]):
            problems = [*problems, ("stem", _("题干与上一行合并成一个单元格，请取消合并，一行写一题"))]
        strange = [(title, cells[at].text.strip()) for at, title in table.strange.items() if at in cells]
        yield Row(number, values, kind, tuple(shown), tuple(each for each in strange if each[1])), problems


def _values(
    table: Table, number: int, cells: Mapping[int, Cell], by_number: Mapping[int, Mapping[int, Cell]]
) -> dict[str, Cell]:
    values: dict[str, Cell] = {}
    for key, places in table.columns.items():
        cell = next((cells[at] for at in places if at in cells and (cells[at].text.strip() or cells[at].state)), PLAIN)
        if cell is PLAIN and key in _DOWN:
            for at in places:
                top = table.sheet.merged.get((number, at))
                cell = cell if top is None else by_number.get(top, {}).get(at, cell)
        if cell is not PLAIN and cell.state != "picture":
            values[key] = cell
    return values


def _is_header(values: Mapping[str, Cell]) -> bool:
    """Is this the header once more, as printed lists repeat it?"""
    return all(key in values and column_of(values[key].text) is BY_KEY[key] for key in ("stem", "answer"))


def _heading(text: str) -> str:
    """A heading such as 一、单项选择题（每题1分，共80分）without what stands behind the kind."""
    return re.split(r"[（(：:。，,\s]", text.strip(), maxsplit=1)[0] if len(text) < 80 else ""


def _pictures(table: Table, media: dict[str, Media]) -> dict[int, tuple[list[Shown], Problems]]:
    keys = {at: key for key, places in table.columns.items() for at in places}
    found: dict[int, tuple[list[Shown], Problems]] = {}
    for one in table.sheet.pictures:
        shown, problems = found.setdefault(one.row, ([], []))
        key = keys.get(one.column, "")
        key = key if key in (*OPTION_KEYS, "stem", "explanation", "answer", "picture") else ""
        try:
            if not one.data:
                raise NotAPicture(
                    _("图片“%(name)s”的格式不支持，请另存为 PNG 或 JPEG 后重新插入") % {"name": one.name[-60:]}
                )
            taken = picture(one.data, name=one.name)
        except NotAPicture as refused:
            problems.append((key or "stem", str(refused)))
            continue
        digest = digest_of(one.data)
        media.setdefault(digest, taken)
        shown.append(Shown(key, digest))
    return found


def _cases(rows: Iterator[tuple[Row, Problems]], prefix: str) -> Iterator[Placed]:
    """The rows as items; rows that follow one another with one 题组 are a case: first its material, then its parts."""
    group: list[tuple[Row, Draft]] = []
    for row, problems in rows:
        name = row.text("group")
        if group and name != group[0][0].text("group"):
            yield _case(group)
            group = []
        draft = item_of(row, code=f"{prefix}{row.number:05d}")
        draft.problems = [*problems, *draft.problems]
        if name:
            group.append((row, draft))
        else:
            yield _single(row, draft)
    if group:
        yield _case(group)


def _single(row: Row, draft: Draft) -> Placed:
    if draft.item is not None and draft.item.kind == "case":
        problem = _(
            "案例分析题要分行写：第一行写材料，以下每行一个小题，各行的“题组”写同一个编号；整题作答的请改题型为简答题"
        )
        draft.problems.append(("kind", problem))
    return Placed((row.number,), draft, [(row.number, key, problem) for key, problem in draft.problems])


def _case(group: Sequence[tuple[Row, Draft]]) -> Placed:
    head, draft = group[0]
    marks = [(row.number, key, problem) for row, each in group for key, problem in each.problems]
    for _row, each in group[1:]:
        draft.losses += each.losses
    whole = Placed(tuple(row.number for row, _draft in group), draft, marks)
    if draft.item is None:
        return whole
    if draft.item.kind != "case":
        problem = _("题组“%(group)s”的第一行应是材料，题型写“案例分析题”") % {"group": head.text("group")[:20]}
        marks.append((head.number, "kind", problem))
        draft.item = None
        return whole
    parts = [each.item for _row, each in group[1:]]
    shares = _shares([row for row, _draft in group[1:]], draft)
    draft.item = replace(
        draft.item,
        parts=tuple(
            replace(part, code=f"{draft.item.code}.{number}", share=share)
            for number, (part, share) in enumerate(zip(parts, shares, strict=True), start=1)
            if part is not None
        ),
    )
    if not marks:
        marks += [(head.number, key, problem) for key, problem in checked(draft.item)]
    return whole


def _shares(rows: Sequence[Row], draft: Draft) -> list[int]:
    """What each part counts in percent: as written, else by its marks, else all alike, which is then said."""
    written = [answers.narrow(row.text("share")).removesuffix("%") for row in rows]
    if all(share.isdecimal() for share in written):
        return [int(share) for share in written]
    marks = [answers.narrow(row.text("marks")).removesuffix("分") for row in rows]
    if all(mark.isdecimal() and int(mark) for mark in marks):
        return answers.hundred([int(mark) for mark in marks])
    draft.losses.append(_("各小题没有写占比，按平均计算，请核对"))
    return answers.hundred([1] * len(rows))
