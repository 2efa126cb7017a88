"""core/exam/draw.py: a draw that was fair is confirmed; every alteration of its record is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from paper_stock import plan, stock

from jiangheng.core.exam.draw import (
    DrawRecord,
    checkpoint_size,
    commit,
    seed_from,
    share_commitment,
    verify_draw,
)
from jiangheng.core.exam.parallel import assemble
from jiangheng.core.exam.plan import plan_digest, stock_digest

BANK, PLAN = stock(80, seed=5), plan(10)
SHARES = (b"\x01" * 32, b"\x02" * 32)
CHECKPOINT = b"jiangheng.example/trail\n120\nqINS1GRFpWEzpvKQAlcBPvxX7tkBB54Hg9wYzGQMFxA=\n\n\xe2\x80\x94 signature\n"


@pytest.fixture(scope="module")
def record() -> DrawRecord:
    bank, planned = stock_digest(BANK), plan_digest(PLAN)
    commitment = commit(bank, planned, "ab", 2)
    seed = seed_from(commitment, SHARES, CHECKPOINT)
    return DrawRecord(
        bank=bank,
        plan_digest=planned,
        mode="ab",
        forms=2,
        commitment=commitment,
        commitment_leaf=100,
        share_commitments=tuple(map(share_commitment, SHARES)),
        share_leaves=(101, 119),
        shares=SHARES,
        checkpoint=CHECKPOINT,
        seed=seed,
        papers=assemble(BANK, PLAN, mode="ab", forms=2, seed=seed).forms,
        stock=tuple(BANK),
        plan=PLAN,
    )


def framed(*parts: bytes) -> bytes:
    """The hash of the description, written down a second time."""
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def test_the_hashes_are_those_of_the_description() -> None:
    bank, planned = "a" * 64, "b" * 64
    expected = framed(b"jiangheng/draw/1", bank.encode(), planned.encode(), b"library", b"12").hex()
    assert commit(bank, planned, "library", 12) == expected
    assert share_commitment(SHARES[0]) == framed(b"jiangheng/draw-share/1", SHARES[0]).hex()
    seed = framed(b"jiangheng/draw-seed/1", expected.encode(), CHECKPOINT, *SHARES)
    assert seed_from(expected, SHARES, CHECKPOINT) == seed


def test_the_hashes_are_fixed_for_ever() -> None:
    commitment = commit("a" * 64, "b" * 64, "library", 12)
    assert commitment == "dfd38fe3849fd92beba0be88d834023082acd14137696e24becb28c3d21742e7"
    assert (
        seed_from(commitment, SHARES, CHECKPOINT).hex()
        == "75f97e69958d36d7a3c50deb5308c2693db29a0a69dc730bb31be5800f8ae11d"
    )


def test_a_fair_draw_is_confirmed(record: DrawRecord) -> None:
    assert verify_draw(record) == []
    assert verify_draw(replace(record, stock=tuple(BANK[::-1]))) == []


def test_without_bank_and_plan_what_the_public_sees_is_still_verified(record: DrawRecord) -> None:
    shown = replace(record, stock=None, plan=None, papers=())
    assert verify_draw(shown) == []
    assert verify_draw(replace(shown, seed=bytes(32)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: {"forms": 3}, "承诺值与题库摘要"),
        (lambda r: {"mode": "library"}, "承诺值与题库摘要"),
        (lambda r: {"commitment": "0" * 64}, "承诺值与题库摘要"),
        (lambda r: {"bank": "no digest"}, "不是 64 位"),
        (lambda r: {"shares": (SHARES[1], SHARES[0])}, "第 1 人揭示的份额与其承诺不符"),
        (lambda r: {"shares": SHARES[:1]}, "一一对应"),
        (lambda r: {"shares": (SHARES[0], b"short")}, "第 2 人揭示"),
        (lambda r: {"checkpoint": CHECKPOINT.replace(b"120", b"119")}, "检查点只到 119 条"),
        (lambda r: {"checkpoint": CHECKPOINT.replace(b"120", b"121")}, "种子不是由"),
        (lambda r: {"commitment_leaf": 120}, "检查点应在所有承诺之后"),
        (lambda r: {"checkpoint": b"120\n"}, "检查点的前三行"),
        (lambda r: {"seed": bytes(32)}, "种子不是由"),
        (lambda r: {"papers": (r.papers[1], r.papers[0])}, "第 1 卷与由种子"),
        (lambda r: {"papers": r.papers[:1]}, "承诺的是 2 份"),
        (lambda r: {"stock": r.stock[1:]}, "题库与承诺的题库摘要不符"),
        (lambda r: {"plan": plan(10, per_point=2)}, "组卷计划与承诺的计划摘要不符"),
    ],
)
def test_every_alteration_is_noticed(
    record: DrawRecord, change: Callable[[DrawRecord], dict[str, object]], told: str
) -> None:
    faults = verify_draw(replace(record, **change(record)))  # type: ignore[arg-type]
    assert any(told in fault for fault in faults), faults


def test_an_official_who_copies_the_other_ones_share_is_found(record: DrawRecord) -> None:
    twice = (SHARES[0], SHARES[0])
    seed = seed_from(record.commitment, twice, CHECKPOINT)
    copied = replace(record, shares=twice, share_commitments=(share_commitment(SHARES[0]),) * 2, seed=seed)
    assert any("照抄" in fault for fault in verify_draw(copied))


def test_every_part_changes_the_seed(record: DrawRecord) -> None:
    seeds = {
        seed_from(record.commitment, SHARES, CHECKPOINT),
        seed_from(record.commitment, SHARES[::-1], CHECKPOINT),
        seed_from("0" * 64, SHARES, CHECKPOINT),
        seed_from(record.commitment, SHARES, CHECKPOINT + b"x"),
    }
    assert len(seeds) == 4


def test_what_cannot_make_a_seed_is_refused() -> None:
    for shares, checkpoint in ((SHARES[:1], CHECKPOINT), ((b"", b""), CHECKPOINT), (SHARES, b"")):
        with pytest.raises(ValueError, match=r"份额|检查点"):
            seed_from("0" * 64, shares, checkpoint)
    with pytest.raises(ValueError, match="32 字节"):
        share_commitment(b"password")
    with pytest.raises(ValueError, match="份数"):
        commit("a" * 64, "b" * 64, "library", 0)


@pytest.mark.parametrize("size", [b"-1", b"01", b"1 2", b"", b"\xd9\xa1", b"1e3"])
def test_a_size_that_is_no_plain_number_is_no_checkpoint(size: bytes) -> None:
    assert checkpoint_size(CHECKPOINT) == 120
    with pytest.raises(ValueError, match="检查点"):
        checkpoint_size(CHECKPOINT.replace(b"120", size))
