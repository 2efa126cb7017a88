"""core/exam/public_keys.py: keys that say nothing about the author's, and come home as what they were."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sound_items import CASE, JUDGEMENT, MATCHING, MULTIPLE, ORDERING, RIGHT, SINGLE, SOUND, options

from jiangheng.core.exam.items import KINDS, Item, Option, face, units
from jiangheng.core.exam.marking import mark
from jiangheng.core.exam.public_keys import Relabelling, public_keys

PAPER = [replace(item, code=f"i{place}") for place, item in enumerate(SOUND.values())]
PAPER = [
    replace(item, parts=tuple(replace(part, code=f"{item.code}.{n}") for n, part in enumerate(item.parts, start=1)))
    for item in PAPER
]
secrets = st.binary(min_size=16, max_size=40)


def shown_tokens(item: Item, made: Relabelling, tokens: tuple[str, ...]) -> tuple[str, ...]:
    """What a candidate gives who means these options: he finds them by their texts."""
    public = made.face(item)
    key = {one.key: next(each.key for each in public.options if each.text == one.text) for one in item.options}
    column = {one.key: next(each.key for each in public.targets if each.text == one.text) for one in item.targets}
    if item.kind == "matching":
        return tuple(key[token[:1]] + column[token[1:]] for token in tokens)
    return tuple(key[token] for token in tokens) if KINDS[item.kind].answered in ("keys", "order") else tokens


@given(secrets)
def test_whoever_chooses_an_option_by_its_text_gets_the_mark_of_that_option(secret: bytes) -> None:
    made = public_keys(PAPER, secret=secret)
    for item in PAPER:
        if item.kind in RIGHT:
            given_ = shown_tokens(item, made, RIGHT[item.kind])
            assert made.author(item.code, given_) == RIGHT[item.kind]
            assert mark(item, made.author(item.code, given_), Decimal(2)) == 2


@given(secrets)
def test_the_parts_of_a_case_come_home_by_their_own_codes(secret: bytes) -> None:
    case = next(item for item in PAPER if item.kind == "case")
    made = public_keys([case], secret=secret)
    for part in units(case):
        if part.kind in RIGHT:
            assert made.author(part.code, shown_tokens(part, made, RIGHT[part.kind])) == RIGHT[part.kind]


@given(secrets)
def test_a_face_holds_the_same_texts_under_the_same_letters_and_no_answer(secret: bytes) -> None:
    made = public_keys(PAPER, secret=secret)
    for item in (unit for whole in PAPER for unit in (whole, *whole.parts)):
        public = made.face(item)
        assert public.answer == ()
        for before, after in ((item.options, public.options), (item.targets, public.targets)):
            assert sorted(one.text for one in before) == sorted(one.text for one in after)
            assert [one.key for one in after] == sorted(one.key for one in before)
        rest = {"options": (), "targets": (), "answer": (), "parts": ()}
        assert replace(public, **rest) == replace(item, **rest)


def test_a_face_of_the_public_item_is_what_the_hall_publishes() -> None:
    made = public_keys([CASE], secret=b"s" * 16)
    shown = face(made.face(CASE), public_id="q001")
    assert [part["id"] for part in shown["parts"]] == ["q001.1", "q001.2", "q001.3"]  # type: ignore[attr-defined]
    assert "answer" not in str(shown)


@pytest.mark.parametrize("secret", [bytes([n]) * 16 for n in range(20)])
def test_options_that_mean_what_they_say_or_speak_of_each_other_stay(secret: bytes) -> None:
    of_all = replace(SINGLE, code="all", options=options("甲", "乙", "丙", "以上都对"))
    of_letters = replace(SINGLE, code="letters", options=options("甲", "乙", "A和B", "丁"))
    made = public_keys([replace(JUDGEMENT, code="j"), of_all, of_letters, MATCHING], secret=secret)
    for item in (replace(JUDGEMENT, code="j"), of_all, of_letters):
        assert made.face(item).options == item.options
        assert made.author(item.code, item.answer) == item.answer
    assert made.face(MATCHING).options == MATCHING.options


def test_a_long_column_is_shown_in_the_order_of_its_numbers() -> None:
    targets = tuple(Option(str(number), f"右 {number}") for number in range(1, 13))
    public = public_keys([replace(MATCHING, targets=targets)], secret=b"s" * 16).face(
        replace(MATCHING, targets=targets)
    )
    assert [one.key for one in public.targets] == [str(number) for number in range(1, 13)]
    assert public.targets != targets


def test_the_same_secret_deals_the_same_and_another_one_otherwise() -> None:
    same = [public_keys(PAPER, secret=b"one secret of it") for _ in range(2)]
    assert same[0] == same[1]
    dealt = {str(public_keys(PAPER, secret=bytes([n]) * 16)) for n in range(30)}
    assert len(dealt) == 30
    # Which other items stand on the paper, and in which order, does not matter.
    alone = public_keys([SINGLE], secret=b"one secret of it").face(SINGLE)
    assert public_keys([MULTIPLE_OF_OTHERS, SINGLE], secret=b"one secret of it").face(SINGLE) == alone


MULTIPLE_OF_OTHERS = replace(MULTIPLE, code="other")


@pytest.mark.parametrize("item", [SINGLE, MULTIPLE, ORDERING, MATCHING], ids=lambda item: item.kind)
def test_every_letter_goes_to_every_letter_equally_often(item: Item) -> None:
    # 6,000 papers: each of 16 ways is expected 1,500 times, with a deviation of 34; six of them are allowed.
    pairs: Counter[tuple[str, str]] = Counter()
    column = item.targets or item.options
    for number in range(6_000):
        made = public_keys([item], secret=number.to_bytes(16, "big"))
        pairs.update((made.targets if item.targets else made.options)[item.code].items())
    assert len(pairs) == len(column) ** 2
    assert all(abs(count - 1_500) < 6 * 34 for count in pairs.values()), pairs


@pytest.mark.parametrize(
    ("item", "tokens"), [(SINGLE, ("E",)), (MULTIPLE, ("A", "")), (ORDERING, ("Z",)), (MATCHING, ("A9",))]
)
def test_a_key_the_item_does_not_have_is_never_guessed_at(item: Item, tokens: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="没有选项"):
        public_keys([item], secret=b"s" * 16).author(item.code, tokens)


def test_nothing_given_stays_nothing_and_the_order_of_what_was_given_is_kept() -> None:
    made = public_keys(PAPER, secret=b"s" * 16)
    for item in PAPER:
        assert made.author(item.code, ()) == ()
    order = next(item for item in PAPER if item.kind == "ordering")
    public = [one.key for one in made.face(order).options]
    home = made.author(order.code, public)
    assert made.author(order.code, public[::-1]) == home[::-1]


def test_a_short_secret_and_an_item_that_stands_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="16 字节"):
        public_keys(PAPER, secret=b"short")
    with pytest.raises(ValueError, match="重复"):
        public_keys([SINGLE, SINGLE], secret=b"s" * 16)


def test_the_dealing_never_changes_between_releases() -> None:
    # Answers are kept for years in public keys: a changed dealing would turn every one of them into another.
    made = public_keys([SINGLE, MATCHING_OF_OTHERS, ORDERING_OF_OTHERS], secret=b"one secret of it")
    assert made.options["5-001"] == DEALT_OPTIONS
    assert made.targets["m"] == DEALT_TARGETS
    assert "".join(made.options["o"].values()) == DEALT_STEPS


MATCHING_OF_OTHERS, ORDERING_OF_OTHERS = replace(MATCHING, code="m"), replace(ORDERING, code="o")
DEALT_OPTIONS = {"A": "B", "B": "C", "C": "A", "D": "D"}
DEALT_TARGETS = {"1": "2", "2": "1", "3": "4", "4": "3"}
DEALT_STEPS = "CDBA"
