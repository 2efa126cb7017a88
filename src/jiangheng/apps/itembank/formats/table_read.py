"""Element tables as people keep them: an Excel sheet of ranges and points, or the house's own text (clauses K7, P2).

Codes and names of ranges are written once and hold for the rows below; merged cells are the same thing. All that is
wrong is said at its row and column, and then there is no table.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from jiangheng.apps.itembank.formats.found import NotABank
from jiangheng.apps.itembank.formats.table_header import LEVELS, POINT, TITLES, Key, Layout, layout_of, missing
from jiangheng.apps.itembank.formats.workbook import place
from jiangheng.apps.itembank.formats.workbook_sheets import sheets
from jiangheng.apps.itembank.formats.workbook_values import PLAIN, Cell
from jiangheng.core.exam.bank_text import BankUnreadable, parse_table
from jiangheng.core.exam.elements import ElementPoint, ElementRange, problems
from jiangheng.core.exam.items import IMPORTANCE
from jiangheng.kernel.spoken import spoken
from jiangheng.kernel.spreadsheet import NotAWorkbook, sound_workbook

MOST_ROWS = 5_000
MOST_PLACED = 200
"""So many findings on the whole table are led back to their rows: a hostile file could have one for each pair."""
LONGEST = {"code": 30, "name": 120}
_SUM = re.compile(r"(合计|总计|共计|小计)")
_NOTE = re.compile(r"(注|说明|备注|填表|制表|审核|编制)")


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table that was read. With `problems`, one line each, there is none; `notices` say what was left or made."""

    ranges: tuple[ElementRange, ...] = ()
    points: tuple[ElementPoint, ...] = ()
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class _Range:
    """A range as its rows say it. `path`: the codes from the first level down."""

    path: tuple[str, ...]
    name: str
    weight: Decimal | None
    where: str
    parent: _Range | None

    @property
    def code(self) -> str:
        return self.path[-1]


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    ranges: dict[tuple[str, ...], _Range] = field(default_factory=dict)
    points: list[tuple[_Range, str, str, str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read_table(data: bytes, *, name: str) -> TableRead:
    """The table in a file, an Excel workbook or, by its ending, the house's text. NotABank when it is neither."""
    return _of_text(data) if name.lower().endswith(".toml") else _of_workbook(data)


def _of_text(data: bytes) -> TableRead:
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
        ranges, points = parse_table(raw)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as bad:
        raise NotABank(_("题库文本读不懂：{reason}").format(reason=bad), _("请按题库文本格式改正后重新上传")) from bad
    except BankUnreadable as bad:
        return TableRead(problems=tuple(spoken(each) for each in bad.problems))
    found = tuple(spoken(each) for each in problems(ranges, points))
    notices = (_("文件里的试题没有读入，请另用“导入试题文件”"),) if raw.get("item") else ()
    return TableRead(ranges, points, found, notices)


def _of_workbook(data: bytes) -> TableRead:
    try:
        found = sheets(sound_workbook(data, most_rows=MOST_ROWS))
    except NotAWorkbook as refused:
        raise NotABank(str(refused.refusals[0].reason), str(refused.refusals[0].mend)) from refused
    layouts = [layout for sheet in found if (layout := layout_of(sheet)) is not None]
    if not layouts:
        raise NotABank(
            _("没有找到要素细目表的表头：应有一级代码、一级名称和鉴定点代码、鉴定点名称等列。"),
            _("请下载模板填写，或把表头改成模板的列名，再上传。"),
        )
    reading = _Reading()
    for layout in layouts:
        if lacking := missing(layout):
            told = _("{where}的表头缺少{columns}列；请补上后重新上传").format(
                where=place(layout.sheet.name, (layout.last,)), columns=_quoted(lacking)
            )
            reading.problems.append(told)
        else:
            _read_sheet(layout, reading)
    return _made(reading)


def _quoted(titles: Iterable[str]) -> str:
    return _("、").join(_("“{name}”").format(name=title) for title in titles)


# ---- row by row ----


def _read_sheet(layout: Layout, reading: _Reading) -> None:
    if layout.strange:
        told = _("{columns}列没有用到，已略过").format(columns=_quoted(layout.strange.values()))
        reading.notices.append(told)
    now: list[_Range | None] = [None, None, None]
    for number, cells in layout.sheet.rows:
        given = {key: cells[at] for key, at in layout.columns.items() if at in cells and cells[at].text.strip()}
        if number > layout.last and given and not _beside_the_table(given, cells.values()):
            _Line(layout, number, given, reading).read(now)


def _beside_the_table(given: dict[Key, Cell], cells: Iterable[Cell]) -> bool:
    """Is this a row of sums, a note under the table, or the header once more?"""
    texts = [cell.text.strip() for cell in cells if cell.text.strip()]
    if (POINT, "code") not in given and any(_SUM.match(text) for text in texts):
        return True
    return (len(texts) == 1 and bool(_NOTE.match(texts[0]))) or all(
        re.sub(r"[\s*＊]+", "", cell.text).endswith(TITLES[key][-2:]) for key, cell in given.items()
    )


def _odd(cell: Cell) -> str:
    """What makes a cell unfit to be read, in words."""
    odd = {"error": _("单元格是错误值"), "date": _("被当成了日期"), "rounded": _("数字过长，尾数已丢失")}
    return odd.get(cell.state, "")


class _Line:
    """One row: its ranges from the first level down, then its point."""

    def __init__(self, layout: Layout, number: int, given: dict[Key, Cell], reading: _Reading) -> None:
        self.given, self.reading = given, reading
        self.where = place(layout.sheet.name, (number,))

    def read(self, now: list[_Range | None]) -> None:
        """Take the row in; ``now`` are the ranges it stands under, and after it those the next one stands under."""
        for key, cell in self.given.items():
            if odd := _odd(cell):
                self.wrong(key, odd, _("请把单元格格式设为“文本”后重新填写"))
        for level in LEVELS:
            if any((level, name) in self.given for name in ("code", "name", "weight")):
                self._range(level, now)
        if any((POINT, name) in self.given for name in ("code", "name", "importance")):
            self._point(now)

    def text(self, level: int, name: str) -> str:
        plain = self.given.get((level, name), PLAIN).text
        # full-width marks are right in names; there only what the cell was broken by goes
        plain = re.sub(r"\s*\n\s*", "", plain) if name == "name" else unicodedata.normalize("NFKC", plain)
        found = plain.strip()
        if len(found) > LONGEST.get(name, 200):
            self.wrong((level, name), _("超过 {n} 个字").format(n=LONGEST.get(name, 200)), _("请缩短"))
        return found[:200]

    def wrong(self, key: Key, what: str, mend: str) -> None:
        told = _("{where}“{column}”列：{what}；{mend}").format(
            where=self.where, column=TITLES[key], what=what, mend=mend
        )
        self.reading.problems.append(told)

    def _range(self, level: int, now: list[_Range | None]) -> None:
        code, name, at = self.text(level, "code"), self.text(level, "name"), level - 1
        held = now[at]
        if not code:
            if held is None or (name and name != held.name):
                self.wrong((level, "code"), _("有名称或权重，没有代码"), _("请填写代码"))
            else:
                self._the_same(level, name, held)
            return
        parent = now[at - 1] if at else None
        if at and parent is None:
            title = TITLES[level - 1, "code"]
            self.wrong((level, "code"), _("上一级没有填写"), _("请填写“{column}”").format(column=title))
            return
        path = (*(parent.path if parent else ()), code)
        found = self.reading.ranges.get(path)
        if found is None:
            if not name:
                self.wrong((level, "name"), _("没有名称"), _("请填写名称"))
            found = _Range(path, name, self._weight(level), self.where, parent)
            self.reading.ranges[path] = found
        else:
            self._the_same(level, name, found)
        if found is not held:
            now[at:] = [found, *([None] * (len(LEVELS) - level))]

    def _the_same(self, level: int, name: str, found: _Range) -> None:
        """A range that is written again must say the same again."""
        told = _("与{where}写的“{before}”不同")
        mend = _("请改为一致，或换一个代码")
        if name and name != found.name:
            self.wrong((level, "name"), told.format(where=found.where, before=found.name), mend)
        weight = self._weight(level)
        if weight is not None and found.weight is not None and weight != found.weight:
            self.wrong((level, "weight"), told.format(where=found.where, before=found.weight), mend)
        elif found.weight is None:
            found.weight = weight

    def _weight(self, level: int) -> Decimal | None:
        text = self.text(level, "weight").removesuffix("%").strip()
        if not text:
            return None
        try:
            weight = Decimal(text)
            if not weight.is_finite() or not 0 < weight <= 100 or weight != round(weight, 2):
                raise InvalidOperation
        except InvalidOperation:
            mend = _("请填写大于 0、不超过 100 的百分数，最多两位小数，如 25")
            self.wrong((level, "weight"), _("“{text}”不是百分数").format(text=text[:20]), mend)
            return None
        return weight.normalize() if weight != weight.to_integral_value() else weight.quantize(Decimal(1))

    def _point(self, now: Sequence[_Range | None]) -> None:
        above = next((each for each in reversed(now) if each is not None), None)
        code, name = self.text(POINT, "code"), self.text(POINT, "name")
        for key, text in (("code", code), ("name", name)):
            if not text:
                self.wrong((POINT, key), _("没有填写"), _("请补写，或删去这一行"))
        letter = self._importance()
        if above is None:
            self.wrong((1, "code"), _("鉴定点上面没有鉴定范围"), _("请在这一行或上面的行填写一级代码和名称"))
        else:
            self.reading.points.append((above, code, name, letter, self.where))

    def _importance(self) -> str:
        text = self.text(POINT, "importance").upper()
        words = {word: letter for letter, word in IMPORTANCE.items()}
        letter = text if text in IMPORTANCE else words.get(text, "") or (text[:1] if text[1:2] in "(（" else "")
        if letter in IMPORTANCE:
            return letter
        what = _("“{text}”不认识").format(text=text[:20]) if text else _("没有填写")
        self.wrong((POINT, "importance"), what, _("请填写 X（核心）、Y（一般）或 Z（辅助）"))
        return "X"


# ---- the whole table ----


def _made(reading: _Reading) -> TableRead:
    """The table of what was read, if nothing is wrong with it."""
    if not reading.ranges or not reading.points:
        if not reading.problems:
            raise NotABank(_("表头下面没有鉴定范围或鉴定点。"), _("请从表头的下一行起，一行写一个鉴定点。"))
        return TableRead(problems=tuple(reading.problems))
    code_of = _range_codes(reading)
    _add_up(reading)
    ranges = tuple(
        ElementRange(code_of[each], each.name, each.weight or Decimal(0), code_of[each.parent] if each.parent else "")
        for each in reading.ranges.values()
    )
    points = _points(reading, code_of)
    if not reading.problems:
        where = {f"鉴定范围 {code_of[each]}": each.where for each in reading.ranges.values()}
        where |= {
            f"鉴定点 {point.code}": row[4] for point, row in reversed(list(zip(points, reading.points, strict=True)))
        }
        reading.problems += [_placed(sentence, where) for sentence in problems(ranges, points)[:MOST_PLACED]]
    return TableRead(ranges, points, tuple(reading.problems), tuple(dict.fromkeys(reading.notices)))


def _range_codes(reading: _Reading) -> dict[_Range, str]:
    """The code of each range: as written, or from the first level down where codes are only counted on each level."""
    every = list(reading.ranges.values())
    if _counted_anew([each.code for each in every]):
        told = _("各级代码在不同上级下重复，已连同上级组成完整代码，如 {code}")
        reading.notices.append(told.format(code="-".join(every[-1].path)))
        return {each: "-".join(each.path) for each in every}
    return {each: each.code for each in every}


def _counted_anew(codes: Sequence[str]) -> bool:
    """Are codes given anew under each heading? One that occurs twice by mistake is not this: most must."""
    times = Counter(codes)
    return 2 * sum(count for count in times.values() if count > 1) >= len(codes) and len(times) < len(codes)


def _points(reading: _Reading, code_of: dict[_Range, str]) -> tuple[ElementPoint, ...]:
    codes = [row[1] for row in reading.points]
    inside = Counter((code_of[row[0]], row[1]) for row in reading.points)
    composed = _counted_anew(codes) and max(inside.values()) == 1
    if composed:
        first = reading.points[0]
        told = _("鉴定点代码在不同范围下重复，已连同范围组成完整代码，如 {code}")
        reading.notices.append(told.format(code=f"{code_of[first[0]]}-{first[1]}"))
    return tuple(
        ElementPoint(f"{code_of[above]}-{code}" if composed else code, code_of[above], name, letter)
        for above, code, name, letter, _where in reading.points
    )


def _add_up(reading: _Reading) -> None:
    """A range that says no weight has that of the ranges below it; one of the last level must say its own."""
    for each in reversed(list(reading.ranges.values())):
        if each.weight is not None:
            continue
        below = [other.weight for other in reading.ranges.values() if other.parent is each]
        title = TITLES[len(each.path), "weight"]
        if below and all(weight is not None for weight in below):
            each.weight = sum((weight for weight in below if weight is not None), Decimal(0))
            told = _("{where}“{column}”列没有填写，已按下级合计为 {sum}")
            reading.notices.append(told.format(where=each.where, column=title, sum=each.weight))
        elif not below and not any(each.where in problem and title in problem for problem in reading.problems):
            told = _("{where}“{column}”列：{what}；{mend}")
            words = {"what": _("没有填写"), "mend": _("请填写百分数，如 25")}
            reading.problems.append(told.format(where=each.where, column=title, **words))


def _placed(sentence: str, where: dict[str, str]) -> str:
    """A finding on the whole table, with the row of the range or point it names."""
    for name, row in where.items():
        if sentence.startswith(name) and not sentence[len(name) :][:1].isalnum():
            return f"{row}{_('：')}{spoken(sentence)}"
    return spoken(sentence)
