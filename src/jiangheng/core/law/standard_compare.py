"""Two versions of a standard compared: what was added, removed, changed and moved, place by place (clause K3).

No change is left out: two standards compare as equal only if they are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple, TypeVar

from jiangheng.core.law.eligibility import APPROVED_LISTS, SCHOOL_KINDS, TITLE_RANKS
from jiangheng.core.law.levels import level
from jiangheng.core.law.standard_data import ASPECT_KINDS, KINDS, METHODS, ORDER, PARTS, Function, StandardData

T = TypeVar("T")
Kind = Literal["added", "removed", "changed", "moved"]

CHANGE_KINDS: Mapping[Kind, str] = {"added": "新增", "removed": "删去", "changed": "修改", "moved": "移动"}
SECTIONS = ("标准", "职业概况", "基本要求", "申报条件", "工作要求", "权重表", "考核设计", "任务与评分", "等级对应")

# From this share of common characters on, a line taken out and a line put in are one line that was rewritten.
_ALIKE = 0.6
# Comparing every line with every other is left out beyond this; the lines then show as removed and added.
_MOST_PAIRS = 20_000

_HEAD = {
    "kind": "类别",
    "title": "名称",
    "occupation": "职业名称",
    "code": "职业编码",
    "edition": "版本",
    "source": "依据",
    "based_on": "所依据的国家标准",
    "related": "相关职业",
    "directions": "职业方向",
    "levels": "等级",
}
_PROFILE = {
    "definition": "职业定义",
    "environment": "职业环境条件",
    "abilities": "职业能力特征",
    "education": "普通受教育程度",
    "venues": "场所设备要求",
}
_CONDITION = {
    "text": "条文",
    "source": "来源",
    "clause": "条款",
    "min_age": "最低年龄",
    "total_years": "累计工作年限",
    "apprenticeship": "学徒期满",
    "requires_level": "须持有证书",
    "years_after_level": "取证后工作年限",
    "holding_years": "持证年限",
    "preparatory_technician": "预备技师证书",
    "title_rank": "须有职称",
    "years_after_title": "取得职称后工作年限",
    "school_kinds": "学校类别",
    "major_required": "须为本专业或相关专业",
    "final_year_allowed": "含应届毕业生",
    "enrolled_allowed": "含在校生",
    "student_only": "须为在校生",
    "approved_list": "经批准的名单",
}
_DESIGN = {
    "evaluators": "考评员人数",
    "evaluator_ratio": "考评员与考生之比",
    "invigilator_ratio": "监考人员与考生之比",
    "committee": "综合评审委员人数",
}
_PART = {"methods": "方式", "minutes": "时间(分钟)", "marks": "满分", "pass_mark": "合格线"}
_ASPECT = {"name": "名称", "marks": "配分", "kind": "类别", "descriptor": "评分标准"}
_WORDS: Mapping[str, str] = {
    **KINDS, **PARTS, **METHODS, **ASPECT_KINDS, **SCHOOL_KINDS, **TITLE_RANKS, **APPROVED_LISTS,
}  # fmt: skip
# Fields whose values are codes with a word for people, and those whose values are level codes.
_CODED = frozenset({"kind", "methods", "school_kinds", "title_rank", "approved_list"})
_LEVELS = frozenset({"levels", "requires_level", "counts_as"})


class _Named(NamedTuple):
    """A name with its direction, printed as people read it."""

    name: str
    direction: str

    def __str__(self) -> str:
        return f"{self.name}({self.direction})" if self.direction else self.name


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. section: of SECTIONS. level: a code, "" for all. name: what, in words. before, after: "" if none.

    A moved thing has its old place in `before` and its new one in `after`.
    """

    section: str
    level: str
    kind: Kind
    name: str
    before: str
    after: str


def compare(old: StandardData, new: StandardData) -> tuple[Change, ...]:
    """Every difference from the old version to the new, in the order of SECTIONS."""
    return (
        *_fields("标准", "", "", old, new, _HEAD),
        *_profile(old, new),
        *_basics(old, new),
        *_conditions(old, new),
        *_work(old, new),
        *_weights(old, new),
        *_designs(old, new),
        *_tasks(old, new),
        *_crosswalk(old, new),
    )


def _fields(section: str, code: str, where: str, old: Any, new: Any, names: Mapping[str, str]) -> Iterator[Change]:
    for name, label in names.items():
        before, after = getattr(old, name, None), getattr(new, name, None)
        if before != after:
            said = (_said(name, before), _said(name, after))
            # Of a row that came or went, what it left unsaid is no news.
            if said[0] != said[1]:
                yield Change(section, code, _kind(*said), f"{where} {label}".strip(), *said)


def _kind(before: str, after: str) -> Kind:
    if before and not after:
        return "removed"
    return "changed" if before else "added"


def _said(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(_said(name, each) for each in value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value in (None, "", 0):
        return ""
    if name in _LEVELS:
        return level(str(value)).face
    return _WORDS.get(str(value), str(value)) if name in _CODED else str(value)


def _profile(old: StandardData, new: StandardData) -> Iterator[Change]:
    yield from _fields("职业概况", "", "", old.profile, new.profile, _PROFILE)
    for code in ORDER:
        before, after = old.profile.hours(code), new.profile.hours(code)
        if before != after:
            said = (_said("hours", before), _said("hours", after))
            yield Change("职业概况", code, _kind(*said), "培训参考时长", *said)


def _basics(old: StandardData, new: StandardData) -> Iterator[Change]:
    lines = _Lines("基本要求", "")
    lines.take("职业道德", old.basics.ethics, new.basics.ethics)
    before = {each.topic: each.points for each in old.basics.knowledge}
    after = {each.topic: each.points for each in new.basics.knowledge}
    yield from _present("基本要求", "", "基础知识 ", before, after)
    for topic in dict.fromkeys((*before, *after)):
        lines.take(f"基础知识 {topic}", before.get(topic, ()), after.get(topic, ()))
    yield from lines.changes()


def _conditions(old: StandardData, new: StandardData) -> Iterator[Change]:
    before = {(each.level, each.seq): each for each in old.conditions}
    after = {(each.level, each.seq): each for each in new.conditions}
    for key in sorted({*before, *after}, key=lambda key: (ORDER.index(key[0]), key[1])):
        code, name = key[0], f"第{key[1]}条"
        if key not in after:
            yield Change("申报条件", code, "removed", name, before[key].text, "")
        elif key not in before:
            yield Change("申报条件", code, "added", name, "", after[key].text)
        else:
            yield from _fields("申报条件", code, name, before[key], after[key], _CONDITION)


def _work(old: StandardData, new: StandardData) -> Iterator[Change]:
    for code in ORDER:
        before = [each for each in old.functions if each.level == code]
        after = [each for each in new.functions if each.level == code]
        if before != after:
            yield from _functions(code, before, after)


def _functions(code: str, old: Sequence[Function], new: Sequence[Function]) -> Iterator[Change]:
    lines = _Lines("工作要求", code)
    before = {_Named(each.name, each.direction): each for each in old}
    after = {_Named(each.name, each.direction): each for each in new}
    yield from _present("工作要求", code, "职业功能 ", before, after)
    for name in _placed(before, after):
        one, other = before.get(name), after.get(name)
        if one and other:
            yield from _fields("工作要求", code, f"职业功能 {name}", one, other, {"code": "编号"})
        was = {each.name: each for each in one.contents} if one else {}
        now = {each.name: each for each in other.contents} if other else {}
        yield from _present("工作要求", code, f"{name} / ", was, now)
        for content in _placed(was, now):
            first, second = was.get(content), now.get(content)
            if first and second:
                yield from _fields("工作要求", code, f"{name} / {content}", first, second, {"code": "编号"})
            for part, label in (("skills", "技能要求"), ("knowledge", "相关知识要求")):
                lines.take(f"{name} / {content} / {label}", getattr(first, part, ()), getattr(second, part, ()))
    yield from lines.changes()


def _weights(old: StandardData, new: StandardData) -> Iterator[Change]:
    before = {(each.level, _Named(PARTS[each.part], each.direction)): each for each in old.weights}
    after = {(each.level, _Named(PARTS[each.part], each.direction)): each for each in new.weights}
    for key in _placed(before, after):
        code, column = key
        was = {row.name: row.weight for row in before[key].rows} if key in before else {}
        now = {row.name: row.weight for row in after[key].rows} if key in after else {}
        for name in _placed(was, now):
            if was.get(name) != now.get(name):
                said = (_said("weight", was.get(name)), _said("weight", now.get(name)))
                yield Change("权重表", code, _kind(*said), f"{column} / {name}", *said)
        yield from _order("权重表", code, f"{column} / ", list(was), list(now))
    yield from _order("权重表", "", "", [_column(key) for key in before], [_column(key) for key in after])


def _column(key: tuple[str, _Named]) -> str:
    return f"{level(key[0]).face} {key[1]}"


def _designs(old: StandardData, new: StandardData) -> Iterator[Change]:
    before = {each.level: each for each in old.designs}
    after = {each.level: each for each in new.designs}
    for code in _placed(before, after):
        one, other = before.get(code), after.get(code)
        yield from _fields("考核设计", code, "", one, other, _DESIGN)
        was = {each.kind: each for each in one.parts} if one else {}
        now = {each.kind: each for each in other.parts} if other else {}
        for kind in _placed(was, now):
            yield from _fields("考核设计", code, PARTS[kind], was.get(kind), now.get(kind), _PART)


def _tasks(old: StandardData, new: StandardData) -> Iterator[Change]:
    before = {(each.level, PARTS[each.part], _Named(f"《{each.title}》", each.direction)): each for each in old.tasks}
    after = {(each.level, PARTS[each.part], _Named(f"《{each.title}》", each.direction)): each for each in new.tasks}
    for key in _placed(before, after):
        code, title = key[0], f"{key[1]} {key[2]}"
        one, other = before.get(key), after.get(key)
        yield from _fields("任务与评分", code, title, one, other, {"minutes": "时间(分钟)"})
        was = {each.code: each for each in one.aspects} if one else {}
        now = {each.code: each for each in other.aspects} if other else {}
        for aspect in _placed(was, now):
            first, second = was.get(aspect), now.get(aspect)
            yield from _fields("任务与评分", code, f"{title} / {aspect}", first, second, _ASPECT)
        yield from _order("任务与评分", code, f"{title} / ", list(was), list(now))
    yield from _order("任务与评分", "", "", [_task(key) for key in before], [_task(key) for key in after])


def _task(key: tuple[str, str, _Named]) -> str:
    return f"{level(key[0]).face} {key[1]} {key[2]}"


def _crosswalk(old: StandardData, new: StandardData) -> Iterator[Change]:
    before = {each.level: each for each in old.crosswalk}
    after = {each.level: each for each in new.crosswalk}
    for code in _placed(before, after):
        was = _counted(before[code].counts_as) if code in before else ""
        now = _counted(after[code].counts_as) if code in after else ""
        if was != now:
            yield Change("等级对应", code, _kind(was, now), "相当于", was, now)


def _counted(code: str) -> str:
    return level(code).face if code else "不对应国家等级"


def _placed(before: Mapping[T, object], after: Mapping[T, object]) -> list[T]:
    return list(dict.fromkeys((*before, *after)))


def _present(
    section: str, code: str, within: str, before: Mapping[T, object], after: Mapping[T, object]
) -> Iterator[Change]:
    """What has come and gone by name, and what has changed its place among those that stayed."""
    for name in before:
        if name not in after:
            yield Change(section, code, "removed", f"{within}{name}", str(name), "")
    for name in after:
        if name not in before:
            yield Change(section, code, "added", f"{within}{name}", "", str(name))
    yield from _order(section, code, within, [str(name) for name in before], [str(name) for name in after])


def _order(section: str, code: str, within: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    both = {*old} & {*new}
    was, now = [each for each in old if each in both], [each for each in new if each in both]
    if was == now:
        return
    blocks = SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in now[block.b : block.b + block.size]}
    for each in now:
        if each not in kept:
            yield Change(section, code, "moved", f"{within}{each}", _at(was.index(each)), _at(now.index(each)))


def _at(place: int) -> str:
    return f"第{place + 1}项"


@dataclass(frozen=True, slots=True)
class _Line:
    place: str
    at: int
    text: str


class _Lines:
    """Lines of lists that have gone and come within one level, to be paired: moved, rewritten, or neither."""

    def __init__(self, section: str, code: str) -> None:
        self._section, self._code = section, code
        self._gone: list[_Line] = []
        self._come: list[_Line] = []

    def take(self, place: str, old: Sequence[str], new: Sequence[str]) -> None:
        """Note the lines of one list that are not in both versions at their place."""
        for act, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if act != "equal":
                self._gone.extend(_Line(place, at, old[at]) for at in range(first, last))
                self._come.extend(_Line(place, at, new[at]) for at in range(start, end))

    def changes(self) -> Iterator[Change]:
        """The lines moved and rewritten, then those that only went, then those that only came."""
        for one, other in self._pairs():
            kind: Kind = "moved" if one.text == other.text else "changed"
            if kind == "moved":
                was, now = f"{one.place} {_at(one.at)}", f"{other.place} {_at(other.at)}"
                yield Change(self._section, self._code, kind, one.text, was, now)
            else:
                name = one.place if one.place == other.place else f"{one.place} → {other.place}"
                yield Change(self._section, self._code, kind, name, one.text, other.text)
        for line in self._gone:
            yield Change(self._section, self._code, "removed", line.place, line.text, "")
        for line in self._come:
            yield Change(self._section, self._code, "added", line.place, "", line.text)

    def _pairs(self) -> Iterator[tuple[_Line, _Line]]:
        """Pairs, the most alike first; what is paired leaves the two lists."""
        yield from self._taken((one, other) for one, other in self._crossed() if one.text == other.text)
        alike = [(ratio, one, other) for one, other in self._crossed() if (ratio := _alike(one, other)) >= _ALIKE]
        alike.sort(key=lambda each: -each[0])
        yield from self._taken((one, other) for _, one, other in alike)

    def _crossed(self) -> list[tuple[_Line, _Line]]:
        if len(self._gone) * len(self._come) > _MOST_PAIRS:
            return []
        return [(one, other) for one in self._gone for other in self._come]

    def _taken(self, pairs: Iterable[tuple[_Line, _Line]]) -> Iterator[tuple[_Line, _Line]]:
        for one, other in pairs:
            if one in self._gone and other in self._come:
                self._gone.remove(one)
                self._come.remove(other)
                yield one, other


def _alike(one: _Line, other: _Line) -> float:
    matcher = SequenceMatcher(None, one.text, other.text, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    # A line that stayed in its list is taken for the same line before one that merely resembles it elsewhere.
    return matcher.ratio() + (0.05 if one.place == other.place else 0.0)
