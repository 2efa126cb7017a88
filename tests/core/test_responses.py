"""core/insight/responses.py: what is read, what is refused with line and column, and how answers are scored."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.insight.responses import ResponsesUnreadable, Table, canonical, choices, read, read_key, scored

ANSWERS = st.sampled_from(["", "A", "B", "ab", "B A", "Ｃ", "-", "220", "正确"])


def test_scored_answers_are_taken_as_they_are_and_an_empty_cell_was_not_presented() -> None:
    table = read(["person,i1,i2,i3\n", "p1,1,0,\n", "p2,,1,1\n"])
    assert (table.persons, table.items) == (("p1", "p2"), ("i1", "i2", "i3"))
    assert scored(table).tolist() == [[1, 0, -1], [-1, 1, 1]]
    assert scored(table).dtype == np.int8


def test_mark_crlf_full_width_forms_and_spaces_do_no_harm() -> None:
    table = read(["\ufeffperson,一,二\r\n", "甲, ａ ,Ｂ\r\n", "\r\n", "乙,b,２\r\n", ",,\r\n"])
    assert table.cells == [["A", "B"], ["B", "2"]]
    assert scored(table, {"一": "a", "二": "Ｂ"}).tolist() == [[1, 1], [0, 0]]


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_found_in_the_header(separator: str) -> None:
    lines = [line.replace(",", separator) for line in ("person,i1,i2", "p1,A,B")]
    assert read(lines).cells == [["A", "B"]]


def test_several_right_options_are_compared_as_sets_and_other_text_as_it_is() -> None:
    table = read(["person,i1,i2", 'p1,"D,A,B",220', "p2,ABD,２２０", "p3,AB,22", "p4,A、D、B,"])
    assert scored(table, {"i1": "BAD", "i2": "220"}).tolist() == [[1, 1], [1, 1], [0, 0], [1, -1]]


def test_an_item_without_a_key_must_be_scored_already() -> None:
    table = read(["person,i1,i2", "p1,A,1", "p2,B,0"])
    assert scored(table, {"i1": "A"}).tolist() == [[1, 1], [0, 0]]
    with pytest.raises(ResponsesUnreadable, match=r"第 2 行第 2 列.*p1.*i1.*“A”不是 0 或 1.*共 2 处.*写出该题答案"):
        scored(table, {"i2": "1"})
    with pytest.raises(ResponsesUnreadable, match="另给答案文件"):
        scored(table)


def test_a_key_of_other_items_is_refused() -> None:
    with pytest.raises(ResponsesUnreadable, match=r"x9.*不在作答文件的表头"):
        scored(read(["person,i1", "p1,A"]), {"x9": "A"})


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "文件是空的"),
        (["person,i1"], "没有考生"),
        (["person"], "表头没有试题"),
        (["i1,i2", "1,0"], "第 1 行第 1 列：表头应以 person 开头"),
        (["person,i1,i1", "p1,1,0"], "第 1 行第 3 列：试题 i1 与第 2 列重复"),
        (["person,i1,", "p1,1,0"], "第 1 行第 3 列：试题编号是空的"),
        (["person,i1", "p1,1", "", "p1,0"], "第 4 行第 1 列：考生 p1 与第 2 行重复"),
        (["person,i1", ",1"], "第 2 行第 1 列：考生编号是空的"),
        (["person,i1", "p1,1,0"], "第 2 行有 3 列，应与表头一样为 2 列"),
        (["person,i1", "p1"], "第 2 行有 1 列"),
        (["person,i1\n", 'p1,"' + "x" * 200_000], "第 2 行不是完整的表格行"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_place(lines: list[str], words: str) -> None:
    with pytest.raises(ResponsesUnreadable, match=words):
        read(lines)


def test_many_faults_are_counted_instead_of_told() -> None:
    with pytest.raises(ResponsesUnreadable) as refused:
        read(["person,i1", *(f"p{n}" for n in range(500))])
    assert len(refused.value.problems) == 11
    assert refused.value.problems[-1] == "另有 490 处同类问题"


def test_a_key_is_read_with_and_without_header() -> None:
    wanted = {"i1": "ABD", "i2": "正确", "i3": "C"}
    assert read_key(["\ufeffitem,key\r\n", "i1,dba\r\n", "i2,正确\r\n", "i3,Ｃ\r\n"]) == wanted
    assert read_key(["i1,A,B,D", "i2,正确", "i3,C"]) == wanted


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "答案文件是空的"),
        (["item,key"], "答案文件是空的"),
        (["item,key", "i1,"], "第 2 行：应写"),
        (["item,key", "i1,A", "i1,B"], "第 3 行：试题 i1 在第 2 行已写过"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_with_its_line(lines: list[str], words: str) -> None:
    with pytest.raises(ResponsesUnreadable, match=words):
        read_key(lines)


@given(cells=st.lists(st.lists(ANSWERS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_scoring_agrees_with_scoring_cell_by_cell(cells: list[list[str]]) -> None:
    items = ("i1", "i2", "i3")
    key = {"i1": "AB", "i2": "220", "i3": "正确"}
    lines = ["person,i1,i2,i3", *(f"p{n}," + ",".join(row) for n, row in enumerate(cells))]

    def right(item: str, cell: str) -> int:
        narrow = cell.replace("Ｃ", "C").upper().replace(" ", "")
        if not cell:
            return -1
        return int(set(narrow) == set(key[item]) if narrow.isascii() and narrow.isalpha() else narrow == key[item])

    expected = [[right(item, cell) for item, cell in zip(items, row, strict=True)] for row in cells]
    assert scored(read(lines), key).tolist() == expected


@given(cell=st.text("ABCDE", min_size=1))
def test_letters_are_canonical_once_and_for_all(cell: str) -> None:
    assert canonical(canonical(cell)) == canonical(cell) == "".join(sorted(set(cell)))


def test_numbers_of_answers_stand_for_their_texts() -> None:
    table = Table(("p1", "p2"), ("i1", "i2"), [["BA", ""], ["AB", "x"]])
    codes, texts = choices(table)
    assert [[texts[code] for code in row] for row in codes.tolist()] == [["AB", ""], ["AB", "x"]]
    assert table.place(1, 0) == "考生 p2、试题 i1"
