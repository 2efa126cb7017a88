"""What a well-formed item of each kind is: every fault as a sentence that says how to mend it (clauses K7-K9).

`items.check_item` is the door; here is one check a kind, chosen by what a candidate gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from jiangheng.core.exam import quantity, rich
from jiangheng.core.exam.item_kinds import (
    BLANK,
    DIFFICULTY,
    IMPORTANCE,
    KINDS,
    LETTERS,
    Answered,
    Kind,
    Option,
    blanks,
    underscores,
)

if TYPE_CHECKING:
    from jiangheng.core.exam.items import Item

MOST_TARGETS = 12
MOST_TEXT = 200
LONGEST_SECONDS = 7200
LEAST_PARTS, MOST_PARTS = 2, 5
LARGEST_PIXEL = 10_000
FULL_SHARE = 100

_DIGEST = re.compile(r"[0-9a-f]{64}")

# The fields only some kinds have, with what people call them; anywhere else they are a mistake of who filled them.
OWN_FIELDS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("options", "选项", frozenset({"single", "multiple", "judgement", "matching", "ordering"})),
    ("targets", "右栏", frozenset({"matching"})),
    ("tolerance", "误差", frozenset({"numeric", "calculation"})),
    ("unit", "单位", frozenset({"numeric", "calculation"})),
    ("picture", "图片", frozenset({"hotspot"})),
    ("areas", "区域", frozenset({"hotspot"})),
    ("reference", "参考答案", frozenset({"short", "calculation", "essay"})),
    ("rubric", "评分要点", frozenset({"short", "calculation", "essay"})),
    ("parts", "小题", frozenset({"case"})),
)


def problems_of(item: Item, *, allow_all_right: bool) -> list[str]:
    """The faults of an item, without its code in front."""
    return [
        *_place_problems(item),
        *_kind_problems(item, allow_all_right=allow_all_right),
        *_company_problems(item),
    ]


def tells_by_order(item: Item) -> bool:
    """Whether the author's order is the answer: steps in their right order, or each target beside its option."""
    if item.kind == "ordering":
        return item.answer == item.keys
    beside = tuple(f"{key}{target}" for key, target in zip(item.keys, item.target_keys, strict=False))
    return item.kind == "matching" and bool(beside) and item.answer == beside


def _place_problems(item: Item) -> Iterator[str]:
    yield from _own_problems(item)
    if not item.point:
        yield "没有鉴定点，请填写要素细目表中的鉴定点编号"
    if not item.range_code:
        yield "没有鉴定范围，请填写鉴定点所属的鉴定范围编号"
    if item.importance not in IMPORTANCE:
        yield f"重要程度“{item.importance}”不认识，请改为 X（核心）、Y（一般）或 Z（辅助）"


def _own_problems(item: Item) -> Iterator[str]:
    if not item.code or item.code != "".join(item.code.split()):
        yield "试题编号为空或含空白，请写一个不含空格的编号"
    if not rich.plain(item.stem).strip():
        yield "题干为空，请写出题干"
    if item.difficulty not in DIFFICULTY:
        yield f"难度 {item.difficulty} 不在 1–5 之间，请改为 1（易）到 5（难）的整数"


def _kind_problems(item: Item, *, allow_all_right: bool) -> Iterator[str]:
    kind = KINDS.get(item.kind)
    if kind is None:
        yield f"题型“{item.kind}”不认识，请改为 {'、'.join(KINDS)} 之一"
        return
    for field, name, kinds in OWN_FIELDS:
        if getattr(item, field) and item.kind not in kinds:
            yield f"{kind.name}没有{name}，请删去{name}或改正题型"
    yield from _text_problems(item)
    if kind.answered == "keys":
        yield from _option_problems(item, kind=kind)
        yield from _choice_problems(item, kind=kind, allow_all_right=allow_all_right)
        return
    if kind.most_options:
        yield from _option_problems(item, kind=kind)
    yield from _CHECKS[kind.answered](item, kind)


def _company_problems(item: Item) -> Iterator[str]:
    if item.code and item.code in item.enemies:
        yield "互斥试题中写了本题自己，请删去"
    if len(set(item.enemies)) != len(item.enemies) or not all(code.strip() for code in item.enemies):
        yield "互斥试题有空白或重复的编号，请各写一次"
    if not 0 <= item.seconds <= LONGEST_SECONDS:
        yield f"作答时间 {item.seconds} 秒不在 0–{LONGEST_SECONDS} 之间，请改正（0 表示未填）"
    if item.share:
        yield "只有案例分析题的小题才写占比，请删去占比"


def _text_problems(item: Item) -> Iterator[str]:
    texts: list[tuple[str, str]] = [("题干", item.stem), ("解析", item.explanation), ("参考答案", item.reference)]
    texts += [(f"选项 {option.key}", option.text) for option in item.options]
    texts += [(f"右栏 {target.key}", target.text) for target in item.targets]
    texts += [(f"评分要点 {number}", line.text) for number, line in enumerate(item.rubric, start=1)]
    for name, text in texts:
        if not rich.is_canonical(text):
            yield f"{name} 含有未经整理的标记，请用编辑页面或导入程序重新写入"


def _option_problems(item: Item, *, kind: Kind) -> Iterator[str]:
    if kind.options:
        if item.options != kind.options:
            yield f"{kind.name}的选项固定为“{'”“'.join(o.text for o in kind.options)}”，请删去自写的选项"
        return
    count = len(item.options)
    if not kind.least_options <= count <= kind.most_options:
        yield f"{kind.name}有 {count} 个选项，应有 {kind.least_options}–{kind.most_options} 个，请增删选项"
    if item.keys != tuple(LETTERS[:count]):
        yield f"选项标号为“{''.join(item.keys)}”，请从 A 起依次编号，不跳号、不重号"
    yield from _wording_problems(item.options, what="选项")


def _wording_problems(options: Iterable[Option], *, what: str) -> Iterator[str]:
    seen: dict[str, str] = {}
    for option in options:
        text, words = "".join(option.text.split()), rich.plain(option.text)
        if not words.strip():
            yield f"{what} {option.key} 没有文字，请补写或删去该{what}"
        elif text in seen:
            yield f"{what} {option.key} 与{what} {seen[text]} 文字相同，请改写其中一个"
        if re.match(rf"{re.escape(option.key)}\s*[.．、:：](?!\d)", words):
            yield f"{what} {option.key} 的文字以标号开头，请删去“{option.key}.”，标号由系统显示"
        seen.setdefault(text, option.key)


def _choice_problems(item: Item, *, kind: Kind, allow_all_right: bool) -> Iterator[str]:
    shown = "".join(item.answer)
    unknown = [key for key in item.answer if key not in item.keys]
    count = len(item.answer)
    if unknown:
        yield f"答案“{shown}”中的 {'、'.join(unknown)} 不是本题的选项，请改为 {'、'.join(item.keys)} 中的标号"
    elif tuple(sorted(set(item.answer))) != item.answer:
        yield f"答案“{shown}”有重复或次序颠倒，请按字母顺序各写一次"
    elif not kind.least_keys <= count <= kind.most_keys:
        wanted = str(kind.least_keys) if kind.least_keys == kind.most_keys else f"至少 {kind.least_keys}"
        yield f"{kind.name}的答案应有 {wanted} 个选项，现有 {count} 个，请改正答案或题型"
    elif not allow_all_right and len(item.options) - count < kind.spare:
        yield f"答案“{shown}”是全部选项，全选即可得分，请至少设 {kind.spare} 个错误选项"


def _fill_problems(item: Item, kind: Kind) -> Iterator[str]:
    count = blanks(item.stem)
    odd = [run for run in underscores(item.stem) if len(run) > 2 and len(run) != len(BLANK)]
    if odd:
        yield f"题干中有 {len(odd[0])} 个连写的下划线，每空请恰好写四个下划线，相邻的空用文字或标点隔开"
        return
    if not kind.least_keys <= count <= kind.most_keys:
        yield f"题干有 {count} 个空，应有 {kind.least_keys}–{kind.most_keys} 个，请每空写四个下划线“{BLANK}”"
    elif len(item.answer) != count:
        yield f"题干有 {count} 个空，答案有 {len(item.answer)} 个，请逐空写出答案"
    for number, token in enumerate(item.answer, start=1):
        accepted = token.split("|")
        if not all(text.strip() for text in accepted):
            yield f"第 {number} 空的答案为空，请补写或删去多余的“|”"
        if any(len(text) > MOST_TEXT for text in accepted):
            yield f"第 {number} 空的答案超过 {MOST_TEXT} 字，请缩短或改为简答题"


def _numeric_problems(item: Item, kind: Kind) -> Iterator[str]:
    if len(item.answer) != 1 or quantity.number(item.answer[0]) is None:
        yield f"答案“{'、'.join(item.answer)}”不是一个数，请写如 12.5 的数，单位另写"
    yield from _measure_problems(item)


def _measure_problems(item: Item) -> Iterator[str]:
    if quantity.tolerance(item.tolerance) is None:
        yield f"误差“{item.tolerance}”不认识，请写如 0.5 的数或如 2% 的百分数"
    if any(letter.isdecimal() for letter in item.unit[:1]) or len(item.unit) > 20:
        yield f"单位“{item.unit}”以数字开头或超过 20 字，请只写单位，如 Ω"


def _matching_problems(item: Item, kind: Kind) -> Iterator[str]:
    count = len(item.targets)
    if not kind.least_options <= count <= MOST_TARGETS:
        yield f"右栏有 {count} 项，应有 {kind.least_options}–{MOST_TARGETS} 项，请增删"
    if item.target_keys != tuple(str(number) for number in range(1, count + 1)):
        yield f"右栏标号为“{'、'.join(item.target_keys)}”，请从 1 起依次编号"
    yield from _wording_problems(item.targets, what="右栏")
    shown = "、".join(item.answer)
    strange = [token for token in item.answer if token[:1] not in item.keys or token[1:] not in item.target_keys]
    if strange:
        yield f"答案中的 {'、'.join(strange)} 不成对，请写左栏标号加右栏标号，如 A2"
    elif [token[:1] for token in sorted(item.answer)] != list(item.keys):
        yield f"答案“{shown}”应为左栏每项恰好一对，请补写或删去重复的"
    elif tuple(sorted(item.answer)) != item.answer:
        yield f"答案“{shown}”次序颠倒，请按左栏字母顺序写"
    elif tells_by_order(item):
        yield "左右两栏的次序就是答案，请打乱右栏的次序并改写答案"


def _ordering_problems(item: Item, kind: Kind) -> Iterator[str]:
    if sorted(item.answer) != sorted(item.keys):
        yield f"答案“{''.join(item.answer)}”应把 {'、'.join(item.keys)} 各写一次，请改正"
    elif tells_by_order(item):
        yield "步骤的次序就是答案，请打乱步骤的次序并改写答案"


def _hotspot_problems(item: Item, kind: Kind) -> Iterator[str]:
    if not _DIGEST.fullmatch(item.picture):
        yield "没有图片，请上传图片并标出区域"
    keys = [area.key for area in item.areas]
    if not kind.least_keys <= len(keys) <= kind.most_keys:
        yield f"有 {len(keys)} 个区域，应有 {kind.least_keys}–{kind.most_keys} 个，请增删区域"
        return
    if keys != [chr(ord("A") + place) for place in range(len(keys))]:
        yield f"区域标号为“{'、'.join(keys)}”，请从 A 起依次编号"
    for area in item.areas:
        if not _is_drawn(area.shape, area.coords):
            yield f"区域 {area.key} 画得不对，请写 rect（左、上、右、下）、circle（圆心、半径）或 poly（各顶点）的像素"
    unknown = [key for key in item.answer if key not in keys]
    if unknown or not item.answer:
        yield f"答案“{''.join(item.answer)}”应为区域标号，请至少写一个正确的区域"
    elif tuple(sorted(set(item.answer))) != item.answer:
        yield f"答案“{''.join(item.answer)}”有重复或次序颠倒，请按字母顺序各写一次"


def _is_drawn(shape: str, coords: tuple[int, ...]) -> bool:
    if not all(0 <= number <= LARGEST_PIXEL for number in coords):
        return False
    if shape == "rect":
        return len(coords) == 4 and coords[0] < coords[2] and coords[1] < coords[3]
    if shape == "circle":
        return len(coords) == 3 and coords[2] > 0
    return shape == "poly" and len(coords) % 2 == 0 and 6 <= len(coords) <= 200


def _open_problems(item: Item, kind: Kind) -> Iterator[str]:
    if item.answer and kind.most_keys == 0:
        yield f"{kind.name}没有答案一栏，请写在参考答案里"
    elif item.answer and (len(item.answer) > 1 or quantity.number(item.answer[0]) is None):
        yield f"最后得数“{'、'.join(item.answer)}”不是一个数，请写如 12.5 的数，单位另写"
    yield from _measure_problems(item)
    if not rich.plain(item.reference).strip() and not item.rubric:
        yield f"{kind.name}没有参考答案和评分要点，阅卷无从依据，请至少写一样"
    if any(not rich.plain(line.text).strip() for line in item.rubric):
        yield "评分要点有一条没有文字，请补写或删去"
    shares = [line.share for line in item.rubric]
    if shares and (min(shares) < 1 or sum(shares) != FULL_SHARE):
        yield f"评分要点的占比为 {'、'.join(map(str, shares))}，每条应大于 0、合计 100，请调整"


def _case_problems(item: Item, kind: Kind) -> Iterator[str]:
    if item.answer:
        yield f"{kind.name}的答案写在各小题里，请删去本题的答案"
    count = len(item.parts)
    if not LEAST_PARTS <= count <= MOST_PARTS:
        yield f"{kind.name}有 {count} 个小题，应有 {LEAST_PARTS}–{MOST_PARTS} 个，请增删小题"
    shares = [part.share for part in item.parts]
    if shares and (min(shares) < 1 or sum(shares) != FULL_SHARE):
        yield f"各小题的占比为 {'、'.join(map(str, shares))}，每题应大于 0、合计 100，请调整"
    for number, part in enumerate(item.parts, start=1):
        problems = [*_own_problems(part)]
        if part.code != f"{item.code}.{number}":
            problems.append(f"编号“{part.code}”应为“{item.code}.{number}”，请改正")
        if part.kind == "case":
            problems.append("小题不能再是案例分析题，请改为其他题型")
        else:
            problems += _kind_problems(part, allow_all_right=False)
        yield from (f"第 {number} 小题：{problem}" for problem in problems)


_CHECKS: Mapping[Answered, Callable[[Item, Kind], Iterator[str]]] = {
    "texts": _fill_problems,
    "number": _numeric_problems,
    "pairs": _matching_problems,
    "order": _ordering_problems,
    "points": _hotspot_problems,
    "open": _open_problems,
    "parts": _case_problems,
}
