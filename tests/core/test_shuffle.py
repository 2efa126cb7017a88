"""core/exam/shuffle.py: the same seed gives the same layout for ever; everything is there, nothing leaves its kind."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.items import KINDS, Item, Option
from jiangheng.core.exam.shuffle import individual, individual_paper, seed_for, shuffled, stream

SECRET = b"a secret of sixteen bytes or more"
GROUPS = [[f"s{n}" for n in range(12)], [f"m{n}" for n in range(6)], [f"j{n}" for n in range(8)]]
KEYS = {code: ("A", "B") if code[0] == "j" else ("A", "B", "C", "D") for group in GROUPS for code in group}
FIXED = frozenset(GROUPS[2])


def test_the_layout_of_a_seed_is_written_in_stone() -> None:
    # Values from a second implementation in another language. A change here would change papers that were sat: it
    # must never happen without a new label.
    assert shuffled(list("ABCDEFGH"), seed=bytes(32), label="items:0") == list("ECHGABFD")
    assert (
        seed_for("ab" * 32, "sitting-1", SECRET).hex()
        == "4b58ff228d993b647e8e6f8b8403b1b6aa994d4c343cb5672fb34f252b69a922"
    )


def test_the_stream_is_the_one_the_documentation_describes() -> None:
    message = (1).to_bytes(4, "big") + b"x" + (8).to_bytes(4, "big") + (0).to_bytes(8, "big")
    block = hmac.new(b"key", message, hashlib.sha256).digest()
    words = stream(b"key", label="x")
    assert [next(words) for _ in range(4)] == [int.from_bytes(block[n : n + 8], "big") for n in (0, 8, 16, 24)]


@given(seed=st.binary(max_size=200), label=st.text(max_size=80))
def test_the_stream_is_hmac_sha256_whatever_the_length_of_the_seed(seed: bytes, label: str) -> None:
    named = label.encode()
    message = len(named).to_bytes(4, "big") + named + (8).to_bytes(4, "big") + bytes(8)
    words = stream(seed, label=label)
    assert b"".join(next(words).to_bytes(8, "big") for _ in range(4)) == hmac.digest(seed, message, "sha256")


@given(seed=st.binary(max_size=40))
def test_items_stay_within_their_kind_and_options_within_their_item(seed: bytes) -> None:
    layout = individual(GROUPS, KEYS, seed=seed, fixed=FIXED)
    start = 0
    for group in GROUPS:
        assert sorted(layout.items[start : start + len(group)]) == sorted(group)
        start += len(group)
    assert {code: sorted(keys) for code, keys in layout.options.items()} == {c: sorted(k) for c, k in KEYS.items()}
    assert all(layout.options[code] == ("A", "B") for code in FIXED)


@given(seed=st.binary(max_size=40), order=st.permutations(GROUPS[0]))
def test_a_layout_depends_on_the_seed_and_not_on_the_order_codes_are_given_in(seed: bytes, order: list[str]) -> None:
    again = individual([order, *GROUPS[1:]], dict(reversed(KEYS.items())), seed=seed, fixed=FIXED)
    assert again == individual(GROUPS, KEYS, seed=seed, fixed=FIXED)


def test_neighbours_have_different_papers() -> None:
    seeds = [seed_for("paper", f"sitting-{n}", SECRET) for n in range(200)]
    layouts = {individual(GROUPS, KEYS, seed=seed, fixed=FIXED).items for seed in seeds}
    assert len(layouts) == 200


def test_every_place_of_an_option_is_about_equally_frequent() -> None:
    orders = Counter("".join(shuffled("ABC", seed=n.to_bytes(4, "big"), label="q")) for n in range(6000))
    assert len(orders) == 6
    # Chi-square with 5 degrees of freedom; 20.5 is passed once in a thousand, and these seeds are fixed.
    assert sum((count - 1000) ** 2 / 1000 for count in orders.values()) < 20.5


@given(paper=st.text(max_size=8), sitting=st.text(max_size=8), cut=st.integers(0, 8))
def test_seeds_of_different_sittings_differ_even_when_their_names_join_alike(
    paper: str, sitting: str, cut: int
) -> None:
    joined = paper + sitting
    other = (joined[:cut], joined[cut:])
    same = other == (paper, sitting)
    assert (seed_for(*other, SECRET) == seed_for(paper, sitting, SECRET)) is same


def test_another_secret_gives_another_seed_and_a_short_one_is_refused() -> None:
    assert seed_for("p", "s", SECRET) != seed_for("p", "s", SECRET + b"!")
    with pytest.raises(ValueError, match="至少 16 字节"):
        seed_for("p", "s", b"short")


def test_a_code_twice_or_without_options_is_refused() -> None:
    with pytest.raises(ValueError, match="重复"):
        individual([["a"], ["a"]], {"a": ("A",)}, seed=b"")
    with pytest.raises(ValueError, match="试题 b"):
        individual([["a", "b"]], {"a": ("A",)}, seed=b"")


def test_a_paper_of_items_keeps_judgements_and_options_that_speak_of_others() -> None:
    four = tuple(Option(key, f"选项{key}") for key in "ABCD")
    last = (*four[:3], Option("D", "以上都对"))
    items = [
        *(Item(f"s{n}", "single", "题干", four, ("A",), "P", "R", 3, "X") for n in range(20)),
        *(Item(f"t{n}", "single", "题干", last, ("D",), "P", "R", 3, "X") for n in range(5)),
        *(Item(f"j{n}", "judgement", "题干", KINDS["judgement"].options, ("A",), "P", "R", 3, "X") for n in range(5)),
    ]
    layout = individual_paper(items, seed=b"seed")
    moved = {code for code, keys in layout.options.items() if keys != tuple("ABCD"[: len(keys)])}
    assert moved
    assert {code[0] for code in moved} == {"s"}
    assert [code[0] for code in layout.items[25:]] == ["j"] * 5


EVERY_KIND = [
    Item("p1", "matching", "题干", tuple(Option(k, k) for k in "ABCD"), targets=tuple(Option(k, k) for k in "123456")),
    Item("o1", "ordering", "题干", tuple(Option(k, f"步骤{k}") for k in "ABCDEF")),
    Item("f1", "fill", "电压____伏"),
    Item(
        "c1",
        "case",
        "材料",
        parts=(
            Item("c1.1", "single", "题干", tuple(Option(k, f"选项{k}") for k in "ABCDEF")),
            Item("c1.2", "judgement", "题干", KINDS["judgement"].options),
            Item(
                "c1.3", "matching", "题干", tuple(Option(k, k) for k in "AB"), targets=tuple(Option(k, k) for k in "12")
            ),
            Item("c1.4", "essay", "题干"),
        ),
    ),
]


@given(seed=st.binary(max_size=40))
def test_of_the_other_kinds_targets_steps_and_the_options_of_parts_move_and_nothing_else(seed: bytes) -> None:
    layout = individual_paper(EVERY_KIND, seed=seed)
    assert layout.items == ("p1", "o1", "f1", "c1")
    assert {code: sorted(keys) for code, keys in layout.targets.items()} == {"p1": list("123456"), "c1.3": list("12")}
    assert set(layout.options) == {"p1", "o1", "f1", "c1", "c1.1", "c1.2", "c1.3", "c1.4"}
    assert (layout.options["p1"], layout.options["c1.2"], layout.options["f1"]) == (tuple("ABCD"), ("A", "B"), ())
    assert (sorted(layout.options["o1"]), sorted(layout.options["c1.1"])) == (list("ABCDEF"), list("ABCDEF"))


def test_columns_steps_and_parts_differ_from_seat_to_seat() -> None:
    layouts = [individual_paper(EVERY_KIND, seed=bytes([number])) for number in range(20)]
    assert len({layout.targets["p1"] for layout in layouts}) > 15
    assert len({layout.options["o1"] for layout in layouts}) > 15
    assert len({layout.options["c1.1"] for layout in layouts}) > 15


def test_targets_and_options_of_one_item_are_drawn_from_different_streams() -> None:
    keys = {"x": tuple("ABCDEFGH")}
    layouts = [individual([["x"]], keys, seed=bytes([n]), target_keys=keys) for n in range(20)]
    assert any(layout.options["x"] != layout.targets["x"] for layout in layouts)


def test_a_paper_of_choices_is_laid_out_as_it_always_was() -> None:
    # Written down before the other kinds came: seats that sat with this layout must read the same for ever.
    four = tuple(Option(key, f"选项{key}") for key in "ABCD")
    items = [Item(f"s{n}", "single", "题干", four) for n in range(4)] + [Item("m0", "multiple", "题干", four)]
    layout = individual_paper(items, seed=bytes(range(32)))
    assert layout.items == ("s0", "s1", "s2", "s3", "m0")
    assert {code: "".join(keys) for code, keys in layout.options.items()} == {
        "m0": "ACDB",
        "s0": "CABD",
        "s1": "DABC",
        "s2": "ABDC",
        "s3": "ABCD",
    }
