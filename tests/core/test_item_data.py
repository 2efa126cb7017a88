"""core/exam/item_data.py: an item comes back exactly as it was written, and nothing else is taken for an item."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sound_items import CASE, MATCHING, SINGLE, SOUND

from jiangheng.core.exam.item_data import from_data, to_data
from jiangheng.core.exam.items import KINDS, Area, Item, Option, RubricLine

TEXT = st.text(max_size=8)
OPTIONS = st.lists(st.builds(Option, TEXT, TEXT), max_size=3).map(tuple)
TOKENS = st.lists(TEXT, max_size=3).map(tuple)
COORDS = st.lists(st.integers(), max_size=4).map(tuple)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "code": TEXT, "kind": TEXT, "stem": TEXT, "options": OPTIONS, "answer": TOKENS, "point": TEXT, "range_code": TEXT,
    "difficulty": st.integers(), "importance": TEXT, "explanation": TEXT, "targets": OPTIONS, "tolerance": TEXT,
    "unit": TEXT, "picture": TEXT, "reference": TEXT, "share": st.integers(), "enemies": TOKENS, "source": TEXT,
    "areas": st.lists(st.builds(Area, TEXT, TEXT, COORDS), max_size=2).map(tuple),
    "rubric": st.lists(st.builds(RubricLine, TEXT, st.integers()), max_size=2).map(tuple),
    "seconds": st.integers(),
}  # fmt: skip
PARTS = st.builds(Item, **FIELDS)
ITEMS = st.builds(Item, **FIELDS, parts=st.lists(PARTS, max_size=2).map(tuple))


@given(ITEMS)
def test_an_item_comes_back_from_json_as_it_was(item: Item) -> None:
    assert from_data(json.loads(json.dumps(to_data(item)))) == item


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_item_of_every_kind_comes_back(kind: str) -> None:
    assert from_data(json.loads(json.dumps(to_data(SOUND[kind])))) == SOUND[kind]


def test_only_what_differs_from_the_default_is_written_in_the_order_of_the_fields() -> None:
    assert to_data(Item("1", "essay", "题")) == {"code": "1", "kind": "essay", "stem": "题"}
    assert list(to_data(SINGLE)) == [
        "code", "kind", "stem", "options", "answer", "point", "range_code", "difficulty", "explanation",
    ]  # fmt: skip
    assert to_data(MATCHING)["targets"][0] == {"key": "1", "text": "安"}


BASE = {"code": "1", "kind": "single", "stem": "题"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "不是一个对象"),
        ({"kind": "single", "stem": "题"}, "缺少字段 code"),
        ({**BASE, "anser": ["A"]}, "试题 1：字段 anser 不认识"),
        ({**BASE, "stem": 3}, "字段 stem 应为文字"),
        ({**BASE, "difficulty": "3"}, "字段 difficulty 应为整数"),
        ({**BASE, "difficulty": True}, "字段 difficulty 应为整数"),
        ({**BASE, "answer": "AB"}, "字段 answer 应为列表"),
        ({**BASE, "answer": [1]}, "字段 answer 应为文字"),
        ({**BASE, "options": [{"key": "A"}]}, "字段 options 的每一项应有且只有 key、text"),
        ({**BASE, "options": [{"key": "A", "text": "甲", "right": True}]}, "应有且只有 key、text"),
        ({**BASE, "areas": [{"key": "A", "shape": "rect", "coords": [1.5]}]}, "字段 areas 应为整数"),
        ({**BASE, "rubric": [{"text": "甲", "share": "全"}]}, "字段 rubric 应为整数"),
        ({**BASE, "parts": [BASE | {"parts": [BASE]}]}, "小题不能再有小题"),
        ({**BASE, "parts": ["甲"]}, "小题的数据不是一个对象"),
        ({**BASE, "parts": [{"code": "1.1"}]}, "小题 1.1：缺少字段 kind、stem"),
    ],
)
def test_data_that_is_no_item_is_refused_with_the_field(data: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_data(data)


def test_parts_within_parts_do_not_hide_in_a_written_case() -> None:
    assert len(to_data(CASE)["parts"]) == 3
