"""Reading one table of a TOML text field by field, so that a fault names its place (clause K3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches


class Fields:
    """The fields of one table; `where` begins every message. Every fault is a ValueError."""

    def __init__(self, row: object, *, where: str) -> None:
        if not isinstance(row, Mapping):
            raise ValueError(f"{where}:应为一张表,现为 {row!r}")
        self._row = row
        self._asked: set[str] = set()
        self.where = where

    def _take(self, name: str) -> object:
        self._asked.add(name)
        return self._row.get(name)

    def wrong(self, message: str) -> ValueError:
        """An error at this table, for the caller to raise."""
        return ValueError(f"{self.where}:{message}")

    def text(self, name: str, *, default: str | None = None, among: Iterable[str] | None = None) -> str:
        """A text; one of `among` if given. Without default it must be there and not be blank."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"字段 {name} 须为非空文字,现为 {value!r}")
        if among is not None and value not in (allowed := tuple(among)):
            raise self.wrong(f"字段 {name} 为 {value!r},只能是 {'、'.join(allowed)}")
        return value

    def texts(self, name: str, *, among: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts, empty if absent; each one of `among` if given, none twice."""
        value = self._take(name) or []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(f"字段 {name} 须为文字列表,现为 {value!r}")
        allowed = None if among is None else tuple(among)
        for place, each in enumerate(value):
            if allowed is not None and each not in allowed:
                raise self.wrong(f"字段 {name} 含有 {each!r},只能是 {'、'.join(allowed)}")
            if each in value[:place]:
                raise self.wrong(f"字段 {name} 中 {each!r} 重复")
        return tuple(value)

    def number(self, name: str, *, default: int | None = None, least: int = 0, most: int = 9999) -> int:
        """A whole number between the bounds."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(f"字段 {name} 须为整数,现为 {value!r}")
        if not least <= value <= most:
            raise self.wrong(f"字段 {name} 须在 {least} 至 {most} 之间,现为 {value}")
        return value

    def marks(self, name: str) -> Decimal:
        """Marks or a percentage, 0 to 100, exact."""
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.wrong(f"字段 {name} 须为分值,现为 {value!r}")
        exact = Decimal(value)
        if not exact.is_finite() or not 0 <= exact <= 100:
            raise self.wrong(f"字段 {name} 须在 0 至 100 之间,现为 {value}")
        return exact

    def flag(self, name: str, *, default: bool) -> bool:
        """true or false."""
        value = self._take(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(f"字段 {name} 须为 true 或 false,现为 {value!r}")
        return value

    def table(self, name: str) -> Fields:
        """The table of this name inside this one; it must be there."""
        return Fields(self._take(name), where=f"[{name}]")

    def rows(self, name: str) -> tuple[object, ...]:
        """A list of tables, empty if absent."""
        value = self._take(name) or []
        if not isinstance(value, list):
            raise self.wrong(f"字段 {name} 须为表的列表,现为 {value!r}")
        return tuple(value)

    def done(self) -> None:
        """Refuse a field nobody asked for: a misspelt one would otherwise be silently without effect."""
        for name in self._row:
            if name not in self._asked:
                near = get_close_matches(str(name), self._asked, n=1)
                raise self.wrong(f"不认识的字段 {name}" + (f",是否应为 {near[0]}" if near else ""))
