"""Items of the question bank: the kinds, what a well-formed item is, and what a candidate may see of it.

Serves K7-K9 (banks) and K13 (examination on the computer). The kinds are data: a new kind is a row in `KINDS`
and, if it is not marked by comparing option keys, a rule in `marking`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

LETTERS = "ABCDEFGH"
IMPORTANCE = {"X": "核心", "Y": "一般", "Z": "辅助"}
DIFFICULTY = range(1, 6)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. The key is the author's and never changes; where it stands on a screen is the layout's business."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What the items of one kind (题型) have in common. `spare` is how many options must be wrong at least."""

    code: str
    name: str
    least_options: int
    most_options: int
    least_keys: int
    most_keys: int
    spare: int = 1
    options: tuple[Option, ...] = ()
    movable: bool = True


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("single", "单选题", 3, 8, 1, 1),
        Kind("multiple", "多选题", 3, 8, 2, 8),
        Kind("judgement", "判断题", 2, 2, 1, 1, options=(Option("A", "正确"), Option("B", "错误")), movable=False),
    )
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `answer` holds the right option keys, sorted; `point` and `range_code` are its place in the table."""

    code: str
    kind: str
    stem: str
    options: tuple[Option, ...]
    answer: tuple[str, ...]
    point: str
    range_code: str
    difficulty: int
    importance: str
    explanation: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The option keys in the author's order."""
        return tuple(option.key for option in self.options)


def check_item(item: Item, *, allow_all_right: bool = False) -> list[str]:
    """Everything that is wrong with an item, each as a sentence that says how to mend it; empty when it is sound.

    `allow_all_right` admits multiple-choice items whose options are all right. They are refused by default,
    because on them ticking everything earns the marks.
    """
    problems = [*_place_problems(item)]
    kind = KINDS.get(item.kind)
    if kind is None:
        problems.append(f"题型“{item.kind}”不认识，请改为 {'、'.join(KINDS)} 之一")
    else:
        problems += _option_problems(item, kind=kind)
        problems += _answer_problems(item, kind=kind, allow_all_right=allow_all_right)
    return [f"试题 {item.code or '（无编号）'}：{problem}" for problem in problems]


def face(item: Item, *, public_id: str | None = None, option_order: Sequence[str] | None = None) -> dict[str, object]:
    """What a candidate may see: id, kind, stem, options with keys, and nothing else.

    An allow-list, so that a field added to `Item` later stays hidden until somebody decides otherwise. `public_id`
    replaces the item code where the code would tell its assessment point; `option_order` is the layout's order.
    Raises ValueError when `option_order` is not a permutation of the item's keys.
    """
    texts = {option.key: option.text for option in item.options}
    order = item.keys if option_order is None else tuple(option_order)
    if sorted(order) != sorted(item.keys):
        raise ValueError(f"试题 {item.code}：选项顺序 {''.join(order)} 与 {''.join(item.keys)} 不符，请重新生成版面")
    return {
        "id": item.code if public_id is None else public_id,
        "kind": item.kind,
        "stem": item.stem,
        "options": [{"key": key, "text": texts[key]} for key in order],
    }


_SPEAKS_OF_OTHERS = re.compile(r"(以上|上述|前述)|[A-H]\s*(和|与|、|或|,|，)\s*[A-H]|(都|均|全)(不?(对|是|正确)|错)")


class _Worded(Protocol):
    @property
    def text(self) -> str: ...


class _Shown(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Sequence[_Worded]: ...


def options_may_move(item: _Shown) -> bool:
    """Whether the options may be shuffled: not on fixed kinds, nor when one speaks of the others ("以上都对").

    Needs no more of an item than its face shows, so the hall can ask it too.
    """
    kind = KINDS.get(item.kind)
    if kind is None or not kind.movable:
        return False
    return not any(_SPEAKS_OF_OTHERS.search(option.text) for option in item.options)


def _place_problems(item: Item) -> list[str]:
    problems = []
    if not item.code or item.code != "".join(item.code.split()):
        problems.append("试题编号为空或含空白，请写一个不含空格的编号")
    if not item.stem.strip():
        problems.append("题干为空，请写出题干")
    if not item.point:
        problems.append("没有鉴定点，请填写要素细目表中的鉴定点编号")
    if not item.range_code:
        problems.append("没有鉴定范围，请填写鉴定点所属的鉴定范围编号")
    if item.difficulty not in DIFFICULTY:
        problems.append(f"难度 {item.difficulty} 不在 1–5 之间，请改为 1（易）到 5（难）的整数")
    if item.importance not in IMPORTANCE:
        problems.append(f"重要程度“{item.importance}”不认识，请改为 X（核心）、Y（一般）或 Z（辅助）")
    return problems


def _option_problems(item: Item, *, kind: Kind) -> list[str]:
    if kind.options:
        if item.options != kind.options:
            return [f"{kind.name}的选项固定为“{'”“'.join(o.text for o in kind.options)}”，请删去自写的选项"]
        return []
    problems = []
    count = len(item.options)
    if not kind.least_options <= count <= kind.most_options:
        problems.append(f"{kind.name}有 {count} 个选项，应有 {kind.least_options}–{kind.most_options} 个，请增删选项")
    if item.keys != tuple(LETTERS[:count]):
        problems.append(f"选项标号为“{''.join(item.keys)}”，请从 A 起依次编号，不跳号、不重号")
    seen: dict[str, str] = {}
    for option in item.options:
        text = "".join(option.text.split())
        if not text:
            problems.append(f"选项 {option.key} 没有文字，请补写或删去该选项")
        elif text in seen:
            problems.append(f"选项 {option.key} 与选项 {seen[text]} 文字相同，请改写其中一个")
        if re.match(rf"{re.escape(option.key)}\s*[.．、:：]", option.text):
            problems.append(f"选项 {option.key} 的文字以标号开头，请删去“{option.key}.”，标号由系统显示")
        seen.setdefault(text, option.key)
    return problems


def _answer_problems(item: Item, *, kind: Kind, allow_all_right: bool) -> list[str]:
    shown = "".join(item.answer)
    unknown = [key for key in item.answer if key not in item.keys]
    if unknown:
        return [f"答案“{shown}”中的 {'、'.join(unknown)} 不是本题的选项，请改为 {'、'.join(item.keys)} 中的标号"]
    if tuple(sorted(set(item.answer))) != item.answer:
        return [f"答案“{shown}”有重复或次序颠倒，请按字母顺序各写一次"]
    count = len(item.answer)
    if not kind.least_keys <= count <= kind.most_keys:
        wanted = str(kind.least_keys) if kind.least_keys == kind.most_keys else f"至少 {kind.least_keys}"
        return [f"{kind.name}的答案应有 {wanted} 个选项，现有 {count} 个，请改正答案或题型"]
    if not allow_all_right and len(item.options) - count < kind.spare:
        return [f"答案“{shown}”是全部选项，全选即可得分，请至少设 {kind.spare} 个错误选项"]
    return []
