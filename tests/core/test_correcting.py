"""A paper marked again where a key was wrong (K13): which marks move, to where, and rounded once."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.correcting import settle
from jiangheng.core.exam.marking import PaperMark

TENTH = Decimal("0.1")


def paper(marks: list[int], worth: list[int]) -> tuple[PaperMark, dict[str, Decimal]]:
    """A marked paper of items I0, I1, … and what each is worth."""
    per_item = {
        f"I{place}": Decimal(min(mark, most)) for place, (mark, most) in enumerate(zip(marks, worth, strict=True))
    }
    full = {f"I{place}": Decimal(most) for place, most in enumerate(worth)}
    return PaperMark(sum(per_item.values(), Decimal(0)), per_item, (), ()), full


def test_everybody_gets_the_whole_mark_of_an_item_that_is_given_to_all() -> None:
    marked, worth = paper([0, 1, 1], [1, 1, 1])
    assert settle(marked, worth, {"I0": "everyone"}).total == 3


def test_an_untouched_paper_stays_as_it_is() -> None:
    marked, worth = paper([0, 1], [1, 1])
    assert settle(marked, worth, {"OTHER": "void"}) is marked


def test_the_marks_of_a_void_item_go_to_the_others_in_proportion() -> None:
    marked, worth = paper([1, 1, 0, 0], [1, 1, 1, 1])
    settled = settle(marked, worth, {"I3": "void"})
    assert (settled.total, settled.per_item["I3"]) == (Decimal("2.66"), 0)


def test_what_waited_for_a_marker_waits_no_longer_once_it_is_void() -> None:
    marked = PaperMark(Decimal(1), {"I0": Decimal(1), "I1": Decimal(0)}, (), ("I1",))
    assert settle(marked, {"I0": Decimal(1), "I1": Decimal(1)}, {"I1": "void"}).waiting == ()


def test_a_case_is_void_with_all_its_parts() -> None:
    marked = PaperMark(Decimal(2), {"C.1": Decimal(1), "C.2": Decimal(0), "I": Decimal(1)}, (), ())
    worth = {"C.1": Decimal(1), "C.2": Decimal(1), "I": Decimal(1)}
    assert settle(marked, worth, {"C": "void"}).total == 3


def test_a_paper_of_which_nothing_is_left_is_refused() -> None:
    marked, worth = paper([1], [1])
    with pytest.raises(ValueError, match="没有计分的题"):
        settle(marked, worth, {"I0": "void"})


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=2, max_size=120), st.data())
def test_a_total_rounded_to_a_tenth_is_the_exact_one_rounded_once(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    marked, worth = paper([mark for mark, _most in rows], [most for _mark, most in rows])
    void = data.draw(st.sampled_from(sorted(worth)))
    full, left = sum(worth.values()), sum(worth.values()) - worth[void]
    exact = Fraction(sum(marked.per_item.values()) - marked.per_item[void]) * Fraction(full) / Fraction(left)
    halves_up = Decimal(int(exact * 10 + Fraction(1, 2))) / 10
    assert settle(marked, worth, {void: "void"}).total.quantize(TENTH, rounding=ROUND_HALF_UP) == halves_up
