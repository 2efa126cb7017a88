"""An item as JSON and back: what is stored, sealed and digested (clauses K7-K9).

Only fields that differ from their default are written, in the order of the fields, so one item has one form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from jiangheng.core.exam.items import Area, Item, Option, RubricLine

_FIELDS = {field.name: field for field in fields(Item)}
_ALWAYS = ("code", "kind", "stem")


def to_data(item: Item) -> dict[str, Any]:
    """The item in JSON types; `from_data` gives back an equal item."""
    data: dict[str, Any] = {}
    for name, field in _FIELDS.items():
        value = getattr(item, name)
        if field.default is MISSING or value != field.default:
            data[name] = _WRITERS[name](value) if name in _WRITERS else value
    return data


def from_data(data: Mapping[str, Any]) -> Item:
    """The item that `to_data` wrote.

    Raises ValueError, naming the field, when a field is missing, unknown or of the wrong type, or a part has parts.
    Whether the item is sound is the business of `items.check_item`.
    """
    return _item(data, where="试题")


def _item(data: object, *, where: str) -> Item:
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}的数据不是一个对象，请核对来源")
    where = f"{where} {data['code']}" if isinstance(data.get("code"), str) else where
    strangers = [str(name) for name in data if name not in _FIELDS]
    if strangers:
        raise ValueError(f"{where}：字段 {'、'.join(strangers)} 不认识，请核对来源或升级系统")
    missing = [name for name in _ALWAYS if name not in data]
    if missing:
        raise ValueError(f"{where}：缺少字段 {'、'.join(missing)}，请核对来源")
    return Item(**{name: _READERS[name](value, f"{where}：字段 {name} ") for name, value in data.items()})


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where}应为文字，请核对来源")
    return value


def _number(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{where}应为整数，请核对来源")
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{where}应为列表，请核对来源")
    return value


def _strings(value: object, where: str) -> tuple[str, ...]:
    return tuple(_string(each, where) for each in _list(value, where))


def _row(value: object, names: tuple[str, ...], where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise ValueError(f"{where}的每一项应有且只有 {'、'.join(names)}，请核对来源")
    return value


def _options(value: object, where: str) -> tuple[Option, ...]:
    rows = [_row(each, ("key", "text"), where) for each in _list(value, where)]
    return tuple(Option(_string(row["key"], where), _string(row["text"], where)) for row in rows)


def _areas(value: object, where: str) -> tuple[Area, ...]:
    rows = [_row(each, ("key", "shape", "coords"), where) for each in _list(value, where)]
    return tuple(
        Area(
            _string(row["key"], where),
            _string(row["shape"], where),
            tuple(_number(each, where) for each in _list(row["coords"], where)),
        )
        for row in rows
    )


def _rubric(value: object, where: str) -> tuple[RubricLine, ...]:
    rows = [_row(each, ("text", "share"), where) for each in _list(value, where)]
    return tuple(RubricLine(_string(row["text"], where), _number(row["share"], where)) for row in rows)


def _parts(value: object, where: str) -> tuple[Item, ...]:
    rows = _list(value, where)
    # One level only: a case within a case does not exist, and hostile data must not decide how deep we go.
    if any(isinstance(row, Mapping) and "parts" in row for row in rows):
        raise ValueError(f"{where}：小题不能再有小题，请核对来源")
    return tuple(_item(row, where="小题") for row in rows)


_READERS: Mapping[str, Callable[[object, str], Any]] = {
    **{name: _string for name, field in _FIELDS.items() if field.type == "str"},
    **{name: _number for name, field in _FIELDS.items() if field.type == "int"},
    "answer": _strings,
    "enemies": _strings,
    "options": _options,
    "targets": _options,
    "areas": _areas,
    "rubric": _rubric,
    "parts": _parts,
}

_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "answer": list,
    "enemies": list,
    "options": lambda options: [{"key": option.key, "text": option.text} for option in options],
    "targets": lambda targets: [{"key": target.key, "text": target.text} for target in targets],
    "areas": lambda areas: [{"key": area.key, "shape": area.shape, "coords": list(area.coords)} for area in areas],
    "rubric": lambda rubric: [{"text": line.text, "share": line.share} for line in rubric],
    "parts": lambda parts: [to_data(part) for part in parts],
}
