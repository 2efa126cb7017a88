"""The key that is read out on the telephone: what a listener gets wrong is found, and where (clause K13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.spoken_key import (
    FREE_TRIES,
    BadKey,
    moment,
    new_opening_key,
    time_group,
    understood,
    wait_after,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
keys = st.binary(min_size=28, max_size=28).map(lambda data: new_opening_key(lambda count: data[:count]))


def wrong_group(text: str) -> str:
    """What the listener is told."""
    with pytest.raises(BadKey) as found:
        understood(text)
    assert found.value.code == "mistyped"
    return str(found.value)


def test_a_key_has_seven_groups_of_five_and_130_secret_bits() -> None:
    key = new_opening_key()
    assert [len(group) for group in key.split("-")] == [5] * 7
    assert set(key) <= set(ALPHABET) | {"-"}
    # every secret bit counts: of 28 characters with data the first two name the key
    assert (28 - 2) * 5 == 130
    ones = [understood(new_opening_key()).secret for _ in range(200)]
    assert len(set(ones)) == 200
    assert max(int.from_bytes(one, "big") for one in ones).bit_length() == 130


@given(keys)
def test_every_single_wrong_character_is_found_in_its_group(key: str) -> None:
    letters = [place for place, letter in enumerate(key) if letter != "-"]
    for place in letters:
        for letter in ALPHABET:
            if letter != key[place]:
                told = wrong_group(key[:place] + letter + key[place + 1 :])
                assert f"第 {place // 6 + 1} 组" in told


@given(keys)
def test_every_swap_of_neighbours_is_found_also_across_groups(key: str) -> None:
    letters = key.replace("-", "")
    for place in range(len(letters) - 1):
        if letters[place] != letters[place + 1]:
            wrong_group(letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :])


@given(keys, st.integers(0, 6), st.integers(0, 6))
def test_groups_that_changed_places_are_found(key: str, one: int, other: int) -> None:
    groups = key.split("-")
    if groups[one] != groups[other]:
        groups[one], groups[other] = groups[other], groups[one]
        wrong_group(" ".join(groups))


@given(keys)
def test_how_it_is_written_does_not_matter(key: str) -> None:
    plain = understood(key)
    assert understood(key.lower().replace("-", " ")) == plain
    assert understood(key.replace("0", "o").replace("1", "l")) == plain


def test_a_letter_the_alphabet_lacks_and_a_wrong_length_are_told() -> None:
    key = new_opening_key()
    assert "“U”" in wrong_group("U" + key[1:])
    assert "34 个字符" in wrong_group(key[:-1])


@given(keys, st.integers(1_600_000_000_000, 2_000_000_000_000), st.integers(-5 * 86_400_000, 5 * 86_400_000))
def test_an_eighth_group_says_the_bureaus_time_to_the_second(key: str, at: int, off: int) -> None:
    said = understood(f"{key}-{time_group(at)}")
    assert said.seconds is not None
    assert said.secret == understood(key).secret
    # the place knows the hour of its session, however wrong its clock is
    assert moment(said.seconds, near=at + off) == at // 1000 * 1000


def test_after_five_wrong_keys_the_wait_grows_and_has_an_end() -> None:
    waits = [wait_after(wrong) for wrong in range(40)]
    assert waits[:FREE_TRIES] == [0] * FREE_TRIES
    assert waits[FREE_TRIES : FREE_TRIES + 3] == [30, 60, 120]
    assert max(waits) == 1800
