"""A standard as plain data: JSON can carry it, it comes back the same, and a fault knows its path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.law.standard_plain import PlainFault, PlainFaults, from_plain, plain
from jiangheng.core.law.standard_text import parse_standard, shipped, shipped_standard, shipped_text
from jiangheng.core.law.standard_write import write_standard


def carried(name: str) -> Any:
    """A shipped standard as it has gone to the browser and come back."""
    return json.loads(json.dumps(plain(shipped_standard(name))))


def faults_of(raw: object) -> tuple[PlainFault, ...]:
    with pytest.raises(PlainFaults) as told:
        from_plain(raw)
    return told.value.found


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_standard_comes_back_byte_for_byte(name: str) -> None:
    assert write_standard(from_plain(carried(name))) == shipped_text(name)


def test_a_weight_with_decimals_travels_as_text_and_comes_back_exact() -> None:
    raw = carried("electrician-6-31-01-03")
    rows = raw["weights"][0]["rows"]
    first, second = int(rows[0]["weight"]), int(rows[1]["weight"])
    rows[0]["weight"], rows[1]["weight"] = f"{first}.5", f"{second - 1}.5"
    data = from_plain(raw)
    assert str(data.weights[0].rows[0].weight) == f"{first}.5"
    assert plain(data)["weights"][0]["rows"][0]["weight"] == f"{first}.5"
    assert parse_standard(write_standard(data)) == data


def test_a_binary_number_is_taken_by_its_shortest_decimal_form() -> None:
    raw = carried("electrician-6-31-01-03")
    rows = raw["weights"][0]["rows"]
    rows[0]["weight"], rows[1]["weight"] = rows[0]["weight"] + 0.1, rows[1]["weight"] - 0.1
    assert str(from_plain(raw).weights[0].rows[0].weight).endswith(".1")


def test_a_column_that_does_not_sum_is_found_by_its_path_and_level() -> None:
    raw = carried("electrician-6-31-01-03")
    raw["weights"][2]["rows"][0]["weight"] = "6"
    (found,) = faults_of(raw)
    assert (found.section, found.path, found.level) == ("weights", ("weights", 2), raw["weights"][2]["level"])
    assert "101" in found.fault.what and found.fault.line == 0


def test_a_field_deep_inside_is_found_by_its_whole_path() -> None:
    raw = carried("cooking-4-03-02-01")
    raw["function"][3]["content"][1]["skills"] = []
    raw["condition"][2]["min_age"] = "十六"
    paths = {found.path for found in faults_of(raw)}
    assert {("function", 3, "content", 1, "skills"), ("condition", 2, "min_age")} <= paths


def test_a_field_left_out_is_found_where_it_should_stand() -> None:
    raw = carried("tea-4-03-02-07")
    del raw["task"][0]["title"]
    raw["task"][0]["aspect"][1]["name"] = None
    paths = [found.path for found in faults_of(raw)]
    assert ("task", 0, "title") in paths and ("task", 0, "aspect", 1, "name") in paths


@pytest.mark.parametrize("table", ["condition", "function", "design"])
def test_a_level_that_lacks_something_is_told_in_the_section_where_it_is_missing(table: str) -> None:
    raw = carried("electrician-6-31-01-03")
    raw[table] = [row for row in raw[table] if row["level"] != "4"]
    found = [each for each in faults_of(raw) if each.path == (table,)]
    assert found and all(each.level == "4" for each in found)


DEEP: Any = [[[[[[[[[1]]]]]]]]]


NOTHINGS = [None, [], "标准", 7, {"standard": DEEP}, {"function": [{}] * 100_001}, {"weights": {"a": 1}}]


@pytest.mark.parametrize("raw", NOTHINGS)
def test_what_is_no_standard_is_refused_and_not_more(raw: object) -> None:
    assert faults_of(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=30)
@given(
    table=st.sampled_from(["standard", "profile", "basics", "condition", "function", "weights", "design", "task"]),
    put=JSON,
)
def test_whatever_stands_in_a_table_is_refused_with_words_or_taken(table: str, put: object) -> None:
    raw = carried("ricenoodle-specialty")
    raw[table] = put
    try:
        from_plain(raw)
    except PlainFaults as wrong:
        assert all(str(each.fault) for each in wrong.found)


@settings(max_examples=30)
@given(put=JSON)
def test_whatever_stands_in_a_row_is_refused_with_words_or_taken(put: object) -> None:
    raw = carried("ricenoodle-specialty")
    raw["weights"][0]["rows"][0]["weight"] = put
    raw["task"][0] = put
    try:
        from_plain(raw)
    except PlainFaults as wrong:
        assert all(str(each.fault) for each in wrong.found)
