"""The canonical text of a standard: one way to write each standard, byte for byte (clause K3).

The form is docs/reference/standard-format.md: keys in one order, defaults left out, strings in one line.
`parse_standard(write_standard(data)) == data` for whatever the parser gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from decimal import Decimal

from jiangheng.core.law.eligibility import Condition
from jiangheng.core.law.standard_data import (
    FULL_MARKS,
    PASS_MARK,
    AspectData,
    Basics,
    Design,
    Function,
    Part,
    Profile,
    StandardData,
    TaskSheet,
    WeightTable,
)

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
# C0 controls and DEL may not stand in a TOML string as they are.
_ESCAPES |= {chr(code): f"\\u{code:04X}" for code in (*range(0x20), 0x7F) if chr(code) not in _ESCAPES}
_TABLE = str.maketrans(_ESCAPES)

# The order in which the parts of a condition are written; those at their default are left out.
_CONDITION = (
    "level", "seq", "text", "source", "clause", "min_age", "total_years", "apprenticeship", "requires_level",
    "years_after_level", "holding_years", "preparatory_technician", "title_rank", "years_after_title", "school_kinds",
    "major_required", "final_year_allowed", "enrolled_allowed", "student_only", "approved_list",
)  # fmt: skip
_DEFAULTS = {each.name: each.default for each in fields(Condition) if each.default is not MISSING}


def write_standard(data: StandardData) -> str:
    """The canonical TOML text, ending in one newline."""
    return "\n".join("".join(f"{line}\n" for line in table) for table in _tables(data))


def _tables(data: StandardData) -> Iterator[Iterable[str]]:
    yield _head(data)
    yield from _profile(data.profile)
    yield from _basics(data.basics)
    for condition in data.conditions:
        yield _condition(condition)
    for function in data.functions:
        yield from _function(function)
    for table in data.weights:
        yield _weights(table)
    for design in data.designs:
        yield from _design(design)
    for task in data.tasks:
        yield from _task(task)
    for row in data.crosswalk:
        yield ("[[crosswalk]]", _pair("level", row.level), _pair("counts_as", row.counts_as))


def _head(data: StandardData) -> Iterator[str]:
    yield "[standard]"
    for name in ("kind", "title", "occupation", "code", "edition", "source"):
        yield _pair(name, getattr(data, name))
    yield from _if(data.based_on, "based_on")
    yield from _if(data.related, "related")
    yield from _if(data.directions, "directions")
    yield _pair("levels", data.levels)


def _profile(profile: Profile) -> Iterator[Iterable[str]]:
    names = ("definition", "environment", "abilities", "education", "venues")
    yield ("[profile]", *(line for name in names for line in _if(getattr(profile, name), name)))
    if profile.training:
        yield ("[profile.training]", *(_pair(code, hours) for code, hours in profile.training))


def _basics(basics: Basics) -> Iterator[Iterable[str]]:
    # The array of topics alone would say it too, but a table of its own keeps the text readable.
    if basics.ethics or basics.knowledge:
        yield ("[basics]", *_list("ethics", basics.ethics))
    for topic in basics.knowledge:
        yield ("[[basics.knowledge]]", _pair("topic", topic.topic), *_list("points", topic.points))


def _condition(condition: Condition) -> Iterator[str]:
    yield "[[condition]]"
    for name in _CONDITION:
        value = getattr(condition, name, _DEFAULTS.get(name, False))
        if name not in _DEFAULTS or value != _DEFAULTS[name]:
            yield _pair(name, value)


def _function(function: Function) -> Iterator[Iterable[str]]:
    yield (
        "[[function]]",
        _pair("level", function.level),
        *_if(function.direction, "direction"),
        _pair("code", function.code),
        _pair("name", function.name),
    )
    for content in function.contents:
        yield (
            "[[function.content]]",
            _pair("code", content.code),
            _pair("name", content.name),
            *_list("skills", content.skills),
            *_list("knowledge", content.knowledge),
        )


def _weights(table: WeightTable) -> Iterator[str]:
    yield "[[weights]]"
    yield _pair("part", table.part)
    yield _pair("level", table.level)
    yield from _if(table.direction, "direction")
    yield "rows = ["
    for row in table.rows:
        yield f"    {{ {_pair('name', row.name)}, {_pair('weight', row.weight)} }},"
    yield "]"


def _design(design: Design) -> Iterator[Iterable[str]]:
    yield (
        "[[design]]",
        _pair("level", design.level),
        _pair("evaluators", design.evaluators),
        _pair("evaluator_ratio", design.evaluator_ratio),
        _pair("invigilator_ratio", design.invigilator_ratio),
        *_if(design.committee, "committee"),
    )
    yield from (_part(part) for part in design.parts)


def _part(part: Part) -> Iterator[str]:
    yield "[[design.part]]"
    yield _pair("kind", part.kind)
    yield _pair("methods", part.methods)
    yield _pair("minutes", part.minutes)
    if part.marks != FULL_MARKS:
        yield _pair("marks", part.marks)
    if part.pass_mark != PASS_MARK:
        yield _pair("pass_mark", part.pass_mark)


def _task(task: TaskSheet) -> Iterator[Iterable[str]]:
    yield (
        "[[task]]",
        _pair("level", task.level),
        *_if(task.part if task.part != "practical" else "", "part"),
        *_if(task.direction, "direction"),
        _pair("title", task.title),
        _pair("minutes", task.minutes),
    )
    yield from (_aspect(aspect) for aspect in task.aspects)


def _aspect(aspect: AspectData) -> Iterator[str]:
    yield "[[task.aspect]]"
    for name in ("code", "name", "marks", "kind", "descriptor"):
        yield _pair(name, getattr(aspect, name))


def _pair(name: str, value: object) -> str:
    return f"{name} = {_value(value)}"


def _if(value: object, name: str) -> Iterator[str]:
    """The line of a field unless it says nothing."""
    if value:
        yield _pair(name, value)


def _list(name: str, texts: Iterable[str]) -> Iterator[str]:
    """A list with a line for each text, unless it is empty."""
    found = tuple(texts)
    if found:
        yield f"{name} = ["
        yield from (f"    {_value(each)}," for each in found)
        yield "]"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value.normalize() + 0:f}"
    if isinstance(value, tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    return f'"{str(value).translate(_TABLE)}"'
