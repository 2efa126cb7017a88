"""Fields of a bank text: each reader gives a usable value and says in `problems` what is wrong with what it read.

Serves K7-K9. A value that cannot be read becomes an empty one, so the reading of the file goes on to the next fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS, LETTERS, Area, Option, RubricLine

Row = Mapping[str, object]


def rows(data: Row, key: str, *, problems: list[str]) -> list[Row]:
    """The tables `[[key]]`, of which there must be one at least."""
    value = data.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(row, Mapping) for row in value):
        problems.append(f"题库：没有 [[{key}]]，请至少写一个")
        return []
    return value


def code(row: Row, *, what: str, number: int, taken: Mapping[str, object], problems: list[str]) -> str:
    """The code of the n-th table of its sort; a code that is taken gets the number behind it."""
    found = text(row, "code", where=f"第 {number} 个{what}", problems=problems) or f"#{number}"
    if found in taken:
        problems.append(f"{what} {found}：编号重复（第 {number} 个），请换一个编号")
        return f"{found}#{number}"
    return found


def text(row: Row, key: str, *, where: str, problems: list[str], needed: bool = True) -> str:
    """A plain text."""
    value = row.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    # A level or a code may be written as a bare number in TOML; it is a name, not a quantity.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if needed:
        problems.append(f"{where}：缺少 {key} 或不是文字，请补写")
    elif value not in (None, ""):
        problems.append(f"{where}：{key} 不是文字，请加上引号")
    return ""


def rich_text(value: str, *, where: str, problems: list[str]) -> str:
    r"""Author's text as a rich text: escaped, formulas between `\(…\)` or `\[…\]` read."""
    cleaned = rich.clean(rich.from_plain(value))
    problems += [f"{where}：{sentence}" for sentence in cleaned.dropped]
    return cleaned.text


def integer(row: Row, key: str, *, where: str, hint: str, problems: list[str], default: int | None = None) -> int:
    """A whole number; without `default` it must be there. `hint` names the number and says what to write."""
    value = row.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value is None and default is not None:
        return default
    problems.append(f"{where}：{hint}")
    return 0


def weight(row: Row, *, where: str, problems: list[str]) -> Decimal:
    """A share in percent."""
    value = row.get("weight")
    try:
        found = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if found.is_finite():
        return found
    problems.append(f"{where}：权重 weight 缺少或不是数，请写百分数，如 25")
    return Decimal(0)


def strings(row: Row, key: str, *, where: str, problems: list[str]) -> tuple[str, ...]:
    """A list of plain texts, empty when it is not there."""
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        problems.append(f'{where}：{key} 应为文字列表，请写成 ["…", "…"]')
        return ()
    return tuple(each.strip() for each in value)


def options(row: Row, *, kind: str, where: str, problems: list[str]) -> tuple[Option, ...]:
    """The options, lettered by the reader or by the author; the fixed ones of a judgement need not be written."""
    given = row.get("options")
    known = KINDS.get(kind)
    if not given and known is not None and known.options:
        return known.options
    if isinstance(given, Mapping):
        pairs = [(str(key), value) for key, value in given.items()]
    elif isinstance(given, list):
        pairs = list(zip(LETTERS, given, strict=False))
        if len(given) > len(LETTERS):
            problems.append(f"{where}：有 {len(given)} 个选项，最多 {len(LETTERS)} 个，请删减")
    else:
        problems.append(f'{where}：缺少选项 options，请写成 ["…", "…"] 或 {{ A = "…", B = "…" }}')
        return ()
    found = _worded(pairs, what="选项", where=where, problems=problems)
    # Authors may write the two words of a judgement out; in either order they mean the same fixed pair.
    if known is not None and known.options and {o.text for o in found} == {o.text for o in known.options}:
        return known.options
    return found


def targets(row: Row, *, where: str, problems: list[str]) -> tuple[Option, ...]:
    """The right-hand column of a matching item, numbered by the reader."""
    given = row.get("targets")
    if not isinstance(given, list):
        problems.append(f'{where}：缺少右栏 targets，请写成 ["…", "…"]')
        return ()
    pairs = [(str(number), value) for number, value in enumerate(given, start=1)]
    return _worded(pairs, what="右栏", where=where, problems=problems)


def accepted(row: Row, *, where: str, problems: list[str]) -> tuple[str, ...]:
    """The answers of a fill item: for each blank one text or a list of texts that are all right."""
    given = row.get("answers")
    if not isinstance(given, list) or not given:
        problems.append(f'{where}：缺少答案 answers，请逐空写成 [["…", "…"], ["…"]]')
        return ()
    tokens = []
    for number, blank in enumerate(given, start=1):
        texts = [blank] if isinstance(blank, str) else blank
        if not isinstance(texts, list) or not texts or not all(isinstance(each, str) for each in texts):
            problems.append(f'{where}：第 {number} 空的答案不是文字，请写成 ["…", "…"]')
            continue
        if any("|" in each for each in texts):
            problems.append(f"{where}：第 {number} 空的答案含有“|”，请改用其他写法")
        tokens.append("|".join(each.strip() for each in texts))
    return tuple(tokens)


def tokens(row: Row, *, where: str, problems: list[str]) -> tuple[str, ...]:
    """An answer of several tokens: a list, or one text with the tokens set apart."""
    given = row.get("answer")
    if isinstance(given, str) and given.strip():
        return tuple(token for token in re.split(r"[\s、，,;；]+", given.strip()) if token)
    if not given:
        problems.append(f"{where}：缺少 answer 或不是文字，请补写")
        return ()
    return strings(row, "answer", where=where, problems=problems)


def areas(row: Row, *, where: str, problems: list[str]) -> tuple[Area, ...]:
    """The areas of a hotspot item."""
    given = row.get("areas")
    found = []
    for number, each in enumerate(given if isinstance(given, list) else [], start=1):
        coords = each.get("coords") if isinstance(each, Mapping) else None
        if not isinstance(coords, list) or not all(isinstance(n, int) and not isinstance(n, bool) for n in coords):
            problems.append(
                f'{where}：第 {number} 个区域写错，请写成 {{ key = "A", shape = "rect", coords = [0, 0, 9, 9] }}'
            )
            continue
        place = f"{where}：第 {number} 个区域"
        key = text(each, "key", where=place, problems=problems)
        found.append(Area(key, text(each, "shape", where=place, problems=problems), tuple(coords)))
    if not found and not isinstance(given, list):
        problems.append(f"{where}：缺少区域 areas，请逐个写出")
    return tuple(found)


def rubric(row: Row, *, where: str, problems: list[str]) -> tuple[RubricLine, ...]:
    """The lines a marker goes by."""
    given = row.get("rubric", [])
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        problems.append(f'{where}：评分要点 rubric 写错，请写成 [{{ text = "…", share = 40 }}, …]')
        return ()
    lines = []
    for number, each in enumerate(given, start=1):
        place = f"{where}：第 {number} 条评分要点"
        words = rich_text(text(each, "text", where=place, problems=problems), where=place, problems=problems)
        share = integer(each, "share", where=place, hint="占比 share 缺少或不是整数，请写百分数", problems=problems)
        lines.append(RubricLine(words, share))
    return tuple(lines)


def _worded(pairs: list[tuple[str, object]], *, what: str, where: str, problems: list[str]) -> tuple[Option, ...]:
    worded = []
    for key, value in pairs:
        if not isinstance(value, str):
            problems.append(f"{where}：{what} {key} 不是文字，请加上引号")
        words = rich_text(str(value).strip(), where=f"{where}：{what} {key}", problems=problems)
        worded.append(Option(key, words))
    return tuple(worded)
