"""Reading one table of a TOML text field by field, so that a fault names its line, field and mend (clause K3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from unicodedata import category

from jiangheng.core.law.faults import Fault, StandardFaults
from jiangheng.core.law.toml_lines import Placed

_MOST_SHOWN = 80
_MOST_UNKNOWN = 20
_PLACES = 2


def shown(value: object) -> str:
    """A value as it is quoted in a message: short, whatever was written."""
    try:
        text = str(value) if isinstance(value, Decimal) else repr(value)
    except (ValueError, RecursionError):
        # Python declines to print a number of thousands of digits, and a nest of hundreds of lists.
        return "(太长,不便显示)"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


class Fields:
    """The fields of one table; `where` begins every message. Every fault is a StandardFaults with one fault.

    A row that is `Placed` brings its lines along; any other mapping has none.
    """

    def __init__(self, row: object, *, where: str, line: int = 0) -> None:
        self.where = where
        self.line = row.line if isinstance(row, Placed) else line
        self._lines = row.lines if isinstance(row, Placed) else {}
        self._asked: set[str] = set()
        self._row: Mapping[object, object] = {}
        if not isinstance(row, Mapping):
            raise self.wrong(f"应为一张表,现为 {shown(row)}", mend="请按格式说明写成表")
        self._row = row

    def _take(self, name: str) -> object:
        self._asked.add(name)
        return self._row.get(name)

    def line_of(self, name: str) -> int:
        """The line of a key, that of the table if the key is absent, 0 if unknown."""
        return self._lines.get(name, self.line)

    def line_within(self, name: str, at: int | str) -> int:
        """The line of a row (from 0) of a list of tables, or of a key of an inner table; else that of the field."""
        inner = self._row.get(name)
        if isinstance(inner, Placed) and isinstance(at, str):
            return inner.lines.get(at, inner.line)
        row = inner[at] if isinstance(inner, list) and isinstance(at, int) and at < len(inner) else None
        return row.line if isinstance(row, Placed) else self.line_of(name)

    def fault(self, what: str, *, field: str = "", mend: str = "") -> Fault:
        """A fault of this table or of one field of it."""
        return Fault(self.line_of(field), self.where, field, what, mend)

    def wrong(self, what: str, *, field: str = "", mend: str = "") -> StandardFaults:
        """An error at this table, for the caller to raise."""
        return StandardFaults([self.fault(what, field=field, mend=mend)])

    def has(self, name: str) -> bool:
        """Whether the field is written at all."""
        return name in self._row

    def blank(self, name: str) -> bool:
        """Whether the field is written and is the empty text."""
        return self._take(name) == ""

    def text(
        self, name: str, *, default: str | None = None, among: Iterable[str] | None = None, longest: int = 20_000
    ) -> str:
        """A text of at most `longest` characters; one of `among` if given. Without default it must not be blank."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"须为非空文字,现为 {shown(value)}", field=name, mend=self._missing(name))
        if among is not None and value not in (allowed := tuple(among)):
            raise self.wrong(f"为 {shown(value)},只能是 {'、'.join(allowed)}", field=name, mend="请改为其中之一")
        self._readable(name, value, longest)
        return value

    def _missing(self, name: str) -> str:
        near = get_close_matches(name, [str(each) for each in self._row if each != name], n=1)
        unknown = near and near[0] not in self._asked
        return f"现有的 {shown(near[0])} 是否应为 {name}" if unknown else f"请写明 {name}"

    def _readable(self, name: str, value: str, longest: int) -> None:
        if len(value) > longest:
            raise self.wrong(f"有{len(value)}字,最多{longest}字", field=name, mend="请缩短")
        odd = next((each for each in value if category(each) == "Cc" and each not in "\n\t"), None)
        if odd is not None:
            raise self.wrong(f"含有控制字符 U+{ord(odd):04X}", field=name, mend="请删去该字符")

    def texts(
        self, name: str, *, among: Iterable[str] | None = None, least: int = 0, longest: int = 2_000
    ) -> tuple[str, ...]:
        """A list of texts, empty if absent; each one of `among` if given, none twice, none blank."""
        value = self._take(name)
        value = [] if value is None else value
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(f"须为文字列表,现为 {shown(value)}", field=name, mend='请写成 ["甲", "乙"]')
        if len(value) < least:
            raise self.wrong("为空" if self.has(name) else "缺少", field=name, mend=f"请至少写{least}项")
        allowed = None if among is None else tuple(among)
        seen: set[str] = set()
        for each in value:
            if allowed is not None and each not in allowed:
                raise self.wrong(f"含有 {shown(each)},只能是 {'、'.join(allowed)}", field=name, mend="请改为其中之一")
            if not each.strip():
                raise self.wrong("含有空白的一项", field=name, mend="请删去或补写")
            if each in seen:
                raise self.wrong(f"中 {shown(each)} 重复", field=name, mend="请删去重复的一项")
            self._readable(name, each, longest)
            seen.add(each)
        return tuple(value)

    def number(self, name: str, *, default: int | None = None, least: int = 0, most: int = 9999) -> int:
        """A whole number between the bounds."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            mend = f"请写 {least} 至 {most} 之间的整数,不加引号"
            raise self.wrong(f"须为整数,现为 {shown(value)}", field=name, mend=mend)
        if not least <= value <= most:
            raise self.wrong(f"须在 {least} 至 {most} 之间,现为 {shown(value)}", field=name, mend="请改正数字")
        return value

    def marks(self, name: str) -> Decimal:
        """Marks or a percentage, 0 to 100, exact, of at most two decimal places."""
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.wrong(f"须为分值,现为 {shown(value)}", field=name, mend="请写数字,不加引号")
        # Bounds first: a number of many digits must never be spelt out.
        if (isinstance(value, Decimal) and not value.is_finite()) or not 0 <= value <= 100:
            raise self.wrong(f"须在 0 至 100 之间,现为 {shown(value)}", field=name, mend="请改正数字")
        exact = Decimal(value)
        if exact != round(exact, _PLACES):
            raise self.wrong(f"最多两位小数,现为 {shown(value)}", field=name, mend="请改正数字")
        # Adding 0 spells 1E+2 as 100 and -0 as 0.
        return round(exact, _PLACES).normalize() + 0

    def flag(self, name: str, *, default: bool) -> bool:
        """true or false."""
        value = self._take(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(f"须为 true 或 false,现为 {shown(value)}", field=name, mend="请写 true 或 false,不加引号")
        return value

    def table(self, name: str) -> Fields:
        """The table of this name inside this one; it must be there."""
        value = self._take(name)
        if value is None:
            near = get_close_matches(name, [str(each) for each in self._row], n=1)
            mend = f"现有的 [{near[0]}] 是否应为 [{name}]" if near else f"请补写 [{name}]"
            raise self.wrong(f"缺少 [{name}],应为一张表", mend=mend)
        return Fields(value, where=f"[{name}]", line=self.line_of(name))

    def rows(self, name: str) -> tuple[object, ...]:
        """A list of tables, empty if absent."""
        value = self._take(name)
        value = [] if value is None else value
        if not isinstance(value, list):
            raise self.wrong(f"须为表的列表,现为 {shown(value)}", field=name, mend=f"请写成 [[{name}]]")
        return tuple(value)

    def names(self) -> tuple[str, ...]:
        """The names of all fields, for a table whose names are data; they count as asked for."""
        self._asked.update(str(name) for name in self._row)
        return tuple(str(name) for name in self._row)

    def done(self) -> None:
        """Refuse fields nobody asked for: a misspelt one would otherwise be silently without effect."""
        unknown = [name for name in map(str, self._row) if name not in self._asked]
        if unknown:
            raise StandardFaults(self._unknown(name) for name in unknown[:_MOST_UNKNOWN])

    def _unknown(self, name: str) -> Fault:
        near = get_close_matches(name[:_MOST_SHOWN], self._asked, n=1)
        what = f"不认识的字段 {name[:_MOST_SHOWN]}" + (f",是否应为 {near[0]}" if near else "")
        return Fault(self.line_of(name), self.where, "", what, "请改正或删去")
