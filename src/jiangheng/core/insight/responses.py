"""Answers of a sitting as a table: RESPONSES.csv and KEY.csv read strictly and scored: right, wrong, not presented.

Serves K7-K9 and P2. A file that cannot be trusted is refused as a whole; every fault names its line and its column.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.int8]

NOT_PRESENTED = -1
MANY = 10  # faults told at once; whoever has more has the wrong file

_DELIMITERS = (",", "\t", ";")
_PERSON_HEAD = re.compile(
    r"(persons?|personid|candidate|examinee|student|id|考生|考生编号|考生号|考号|准考证号|编号|序号|人员)?",
    re.IGNORECASE,
)
_ITEM_HEAD = re.compile(r"items?|试题|试题编号|题号", re.IGNORECASE)
_BETWEEN_LETTERS = re.compile(r"[\s,;/|、，；+]+")
_LETTERS = re.compile(r"[A-Z]+")


@dataclass(frozen=True)
class Table:
    """Who was given what: `cells[p][i]` is what person p answered to item i, "" = the item was not presented.

    `lines` are the lines of the file the persons stand on, for messages; empty for a table that came from elsewhere.
    """

    persons: tuple[str, ...]
    items: tuple[str, ...]
    cells: list[list[str]]
    lines: tuple[int, ...] = ()

    @cached_property
    def choices(self) -> tuple[npt.NDArray[np.int32], list[str]]:
        """As the function `choices`; counted once, as scoring and the table of options both need it."""
        codes = _Codes()
        shape = (len(self.persons), len(self.items))
        flat = np.fromiter(map(codes.__getitem__, chain.from_iterable(self.cells)), np.int32, shape[0] * shape[1])
        return flat.reshape(shape), codes.answers

    def place(self, person: int, item: int) -> str:
        """Where a cell stands, in words: line and column of the file when known, otherwise person and item."""
        if self.lines:
            return f"第 {self.lines[person]} 行第 {item + 2} 列（考生 {self.persons[person]}，试题 {self.items[item]}）"
        return f"考生 {self.persons[person]}、试题 {self.items[item]}"


class ResponsesUnreadable(ValueError):
    """Answers or keys that cannot be used as they are. `problems` are sentences with line and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        told = [*problems[:MANY], *([f"另有 {len(problems) - MANY} 处同类问题"] if len(problems) > MANY else [])]
        super().__init__("；".join(told))
        self.problems = tuple(told)


class _Tidy(dict[str, str]):
    """Cell as written → cell as kept: full-width forms narrowed, spaces cut off, letters in capitals; each once."""

    def __missing__(self, raw: str) -> str:
        self[raw] = tidied = unicodedata.normalize("NFKC", raw).strip().upper()
        return tidied


class _Codes(dict[str, int]):
    """Cell → number of its canonical answer in `answers`; "" is number 0."""

    def __init__(self) -> None:
        super().__init__({"": 0})
        self.answers = [""]
        self._numbers = {"": 0}

    def __missing__(self, cell: str) -> int:
        answer = canonical(cell)
        if answer not in self._numbers:
            self._numbers[answer] = len(self.answers)
            self.answers.append(answer)
        self[cell] = code = self._numbers[answer]
        return code


def read(lines: Iterable[str]) -> Table:
    """Read RESPONSES.csv: a header `person,<item>,…`, then one line a person; an empty cell was not presented.

    Comma, tab or semicolon separate; a byte order mark, CRLF and full-width letters and digits do no harm. Raises
    ResponsesUnreadable with lines and columns for a missing header, duplicated persons or items, and ragged lines.
    """
    rows = _rows(lines)
    first = next(rows, None)
    if first is None:
        raise ResponsesUnreadable(["文件是空的：第一行应为 person,试题编号,…，以后每行一名考生"])
    items = _items(first[1], line=first[0])
    persons: list[str] = []
    cells: list[list[str]] = []
    places: list[int] = []
    problems: list[str] = []
    width = len(items) + 1
    tidy = _Tidy()
    for number, row in rows:
        if len(row) != width:
            problems.append(f"第 {number} 行有 {len(row)} 列，应与表头一样为 {width} 列，请补齐或删去多余的分隔符")
            continue
        persons.append(row[0].strip())
        cells.append(list(map(tidy.__getitem__, row[1:])))
        places.append(number)
    problems += _person_problems(persons, places)
    if not persons and not problems:
        problems.append("只有表头，没有考生：从第二行起每行写一名考生的作答")
    if problems:
        raise ResponsesUnreadable(problems)
    return Table(tuple(persons), items, cells, tuple(places))


def read_key(lines: Iterable[str]) -> dict[str, str]:
    """Read KEY.csv (`item,key`): the canonical key of each item; several right options are written together ("ABD").

    The header may be missing. Raises ResponsesUnreadable with lines for a missing key or an item written twice.
    """
    keys: dict[str, str] = {}
    seen: dict[str, int] = {}
    problems: list[str] = []
    tidy = _Tidy()
    for place, (number, row) in enumerate(_rows(lines)):
        if place == 0 and len(row) > 1 and _ITEM_HEAD.fullmatch(row[0].strip()):
            continue
        item, *rest = (cell.strip() for cell in row)
        key = canonical(tidy[",".join(cell for cell in rest if cell)])
        if not item or not key:
            problems.append(f"第 {number} 行：应写“试题编号,答案”两列，现为“{','.join(row)}”，请补全")
        elif item in seen:
            problems.append(f"第 {number} 行：试题 {item} 在第 {seen[item]} 行已写过答案，请只留一行")
        else:
            keys[item], seen[item] = key, number
    if not keys and not problems:
        problems.append("答案文件是空的：每行写“试题编号,答案”")
    if problems:
        raise ResponsesUnreadable(problems)
    return keys


def canonical(cell: str) -> str:
    """An answer in the form in which answers are compared: letters as a sorted set ("D,B" → "BD"), other text as is."""
    tight = _BETWEEN_LETTERS.sub("", cell)
    return "".join(sorted(set(tight))) if _LETTERS.fullmatch(tight) else cell


def choices(table: Table) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Every answer as a number (persons × items) and what the numbers mean; number 0 is "" (not presented)."""
    return table.choices


def scored(table: Table, key: Mapping[str, str] | None = None) -> Scores:
    """Right 1, wrong 0, not presented -1 (persons × items).

    An item with a key is right when the answer is the key (letters as sets); an item without one must already be
    scored 0 or 1. Raises ResponsesUnreadable with lines and columns for any other cell, and for keys of items that
    are not in the table at all.
    """
    given, answers = choices(table)
    keys = {item: canonical(_Tidy()[text]) for item, text in (key or {}).items()}
    if keys and not keys.keys() & set(table.items):
        raise ResponsesUnreadable([f"答案文件中的试题（如 {next(iter(keys))}）都不在作答文件的表头里，请核对试题编号"])
    plain = np.array([{"": -1, "0": 0, "1": 1}.get(answer, 2) for answer in answers], np.int8)
    result = np.empty(given.shape, np.int8)
    problems: list[str] = []
    for column, item in enumerate(table.items):
        if item in keys:
            meaning = np.array([answer == keys[item] for answer in answers], np.int8)
            meaning[0] = NOT_PRESENTED
        else:
            meaning = plain
        result[:, column] = meaning[given[:, column]]
        if item not in keys and (strange := np.flatnonzero(result[:, column] == 2)).size:
            problems.append(_strange(table, column, strange, given=key is not None))
    if problems:
        raise ResponsesUnreadable(problems)
    return result


def _strange(table: Table, column: int, persons: npt.NDArray[np.intp], *, given: bool) -> str:
    first = int(persons[0])
    mend = (
        "请在答案文件中写出该题答案" if given else "请改为 1（对）、0（错），未施测的留空；若是选项字母，请另给答案文件"
    )
    more = f"，该题共 {persons.size} 处" if persons.size > 1 else ""
    return f"{table.place(first, column)}：“{table.cells[first][column][:20]}”不是 0 或 1{more}，{mend}"


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines with their numbers, empty ones left out; the separator is the one the first line uses most."""
    source = iter(lines)
    first = next(source, "").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(chain([first], source), delimiter=delimiter)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            raise ResponsesUnreadable(
                [f"第 {reader.line_num} 行不是完整的表格行（引号不成对、单元格过长或不是文本），请改正后重新导出"]
            ) from None
        if row is None:
            return
        if any(map(str.strip, row)):
            yield reader.line_num, row


def _items(head: list[str], *, line: int) -> tuple[str, ...]:
    first, *rest = (cell.strip() for cell in head)
    if not _PERSON_HEAD.fullmatch(re.sub(r"[\s_-]", "", first)):
        raise ResponsesUnreadable(
            [f"第 {line} 行第 1 列：表头应以 person 开头（person,试题编号,…），现为“{first[:20]}”，请补写表头或考生列"]
        )
    if not rest:
        raise ResponsesUnreadable([f"第 {line} 行：表头没有试题，person 之后应逐列写试题编号，以英文逗号分隔"])
    problems: list[str] = []
    seen: dict[str, int] = {}
    for column, item in enumerate(rest, start=2):
        if not item:
            problems.append(f"第 {line} 行第 {column} 列：试题编号是空的，请填写或删去该列")
        elif item in seen:
            problems.append(f"第 {line} 行第 {column} 列：试题 {item} 与第 {seen[item]} 列重复，请只留一列")
        seen.setdefault(item, column)
    if problems:
        raise ResponsesUnreadable(problems)
    return tuple(rest)


def _person_problems(persons: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for person, line in zip(persons, places, strict=True):
        if not person:
            yield f"第 {line} 行第 1 列：考生编号是空的，请填写"
        elif person in seen:
            yield f"第 {line} 行第 1 列：考生 {person} 与第 {seen[person]} 行重复，请只留一行"
        else:
            seen[person] = line
