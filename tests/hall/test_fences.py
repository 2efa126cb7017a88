"""hall/fences.py: saving needs an entry that was really made."""

from __future__ import annotations

from pathlib import Path

from hall_harness import Bench, play
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.hall.fences import Fences

ours = Fences(b"k" * 32)


@given(st.integers(0, 2**31), st.integers(0, 2**20))
def test_a_number_is_read_as_it_was_given_and_fits_into_a_double(sitting: int, number: int) -> None:
    said = ours.given(sitting, number)
    assert ours.number(sitting, said) == number and said < 2**53


@given(st.integers(0, 99), st.integers(1, 9), st.integers(0, 2**53 - 1))
def test_no_other_number_is_one(sitting: int, number: int, guess: int) -> None:
    said = ours.given(sitting, number)
    assert ours.number(sitting, guess) == (guess >> 32 if guess == ours.given(sitting, guess >> 32) else -1)
    assert ours.number(sitting + 1, said) == -1
    assert Fences(b"x" * 32).number(sitting, said) == -1


def test_a_pass_alone_saves_nothing_however_the_entry_is_guessed(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        await bench.enter(ticket)
        for guess in (0, 1, 2, 1 << 32, (1 << 32) + 1, 2**53 - 1):
            assert (await bench.answer(ticket, guess, 1, "s1", "A")).body["code"] == "superseded"

    play(tmp_path, story)
