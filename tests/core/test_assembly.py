"""core/exam/assembly.py: every paper keeps its blueprint, the seed decides it, and a lack is told in words."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.exam.assembly import CannotAssemble, assemble, verify_paper
from jiangheng.core.exam.bank_text import ElementRange
from jiangheng.core.exam.blueprint import Blueprint, KindRow, quotas, sufficiency
from jiangheng.core.exam.items import KINDS, Item, Option

RANGES = (
    ElementRange("A1", "职业道德", Decimal(10)),
    ElementRange("B1", "基础知识", Decimal(35)),
    ElementRange("C1", "装调维修", Decimal(55)),
)
PLAN = Blueprint(
    level="3",
    kinds=(
        KindRow("judgement", 6, Decimal("0.5")),
        KindRow("single", 10, Decimal(1)),
        KindRow("multiple", 4, Decimal(2)),
    ),
    ranges=RANGES,
    total=Decimal(21),
    pass_mark=Decimal("12.6"),
)


def an_item(code: str, *, kind: str, range_code: str, point: str) -> Item:
    options = KINDS[kind].options or tuple(Option(key, f"选项{key}") for key in "ABCD")
    answer = ("A", "B") if kind == "multiple" else ("A",)
    return Item(code, kind, f"题干{code}", options, answer, point, range_code, 3, "X")


def a_bank(cell: int = 12, points: int = 12) -> list[Item]:
    return [
        an_item(f"{row.code}-{kind}-{n:03}", kind=kind, range_code=row.code, point=f"{row.code}-{n % points}")
        for row in RANGES
        for kind in KINDS
        for n in range(cell)
    ]


BANK = a_bank()


def codes(paper: list[Item]) -> list[str]:
    return [item.code for item in paper]


@settings(max_examples=25, deadline=None)
@given(seed=st.binary(min_size=1, max_size=32))
def test_a_paper_has_exact_kind_counts_and_exact_range_quotas(seed: bytes) -> None:
    paper = assemble(BANK, PLAN, seed=seed)
    assert Counter(item.kind for item in paper) == {row.kind: row.count for row in PLAN.kinds}
    assert Counter(item.range_code for item in paper) == quotas(PLAN)
    assert len(set(codes(paper))) == PLAN.size
    assert verify_paper(paper, PLAN) == []


@settings(max_examples=15, deadline=None)
@given(order=st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_paper_whatever_the_order_of_the_bank(order: random.Random) -> None:
    mixed = list(BANK)
    order.shuffle(mixed)
    assert codes(assemble(mixed, PLAN, seed=b"seed")) == codes(assemble(BANK, PLAN, seed=b"seed"))


def test_different_seeds_give_different_papers_and_leave_no_item_of_the_large_ranges_unused() -> None:
    papers = [tuple(codes(assemble(BANK, PLAN, seed=seed))) for seed in range(60)]
    assert len(set(papers)) == 60
    used = {code for paper in papers for code in paper}
    assert {item.code for item in BANK if item.range_code != "A1"} <= used


def test_papers_drawn_at_the_same_time_are_the_papers_drawn_one_by_one() -> None:
    one_by_one = [codes(assemble(BANK, PLAN, seed=seed)) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: codes(assemble(BANK, PLAN, seed=seed)), range(8)))
    assert together == one_by_one


def test_kinds_stand_in_the_order_of_the_blueprint() -> None:
    kinds = [item.kind for item in assemble(BANK, PLAN, seed=1)]
    assert kinds == ["judgement"] * 6 + ["single"] * 10 + ["multiple"] * 4


def test_no_point_is_asked_twice_while_the_bank_has_others() -> None:
    for seed in range(10):
        assert max(Counter(item.point for item in assemble(BANK, PLAN, seed=seed)).values()) == 1


def test_a_bank_with_few_points_still_gives_a_paper() -> None:
    assert verify_paper(assemble(a_bank(points=1), PLAN, seed=1), PLAN) == []


def test_a_resit_repeats_no_item_of_the_first_paper() -> None:
    first = frozenset(codes(assemble(BANK, PLAN, seed=1)))
    second = assemble(BANK, PLAN, seed=1, avoid=first)
    assert first.isdisjoint(codes(second))


def test_a_lack_is_told_by_kind_and_range() -> None:
    thin = [item for item in BANK if not (item.kind == "multiple" and item.range_code != "A1")]
    with pytest.raises(CannotAssemble) as refused:
        assemble(thin, PLAN, seed=1)
    (shortage,) = refused.value.shortages
    assert (shortage.kinds, shortage.needed, shortage.available) == (("multiple",), 4, 2)
    assert "多选题" in str(refused.value)
    assert "缺 2 题" in str(refused.value)


@settings(max_examples=40, deadline=None)
@given(kept=st.sets(st.sampled_from(codes(a_bank(cell=4)))))
def test_a_paper_is_drawn_exactly_when_the_sufficiency_report_is_empty(kept: set[str]) -> None:
    stock = [item for item in a_bank(cell=4) if item.code in kept or item.range_code == "C1"]
    plan = replace(
        PLAN, kinds=(KindRow("single", 5, Decimal(1)), KindRow("multiple", 5, Decimal(2))), total=Decimal(15)
    )
    if sufficiency(plan, stock):
        with pytest.raises(CannotAssemble):
            assemble(stock, plan, seed=1)
    else:
        assert verify_paper(assemble(stock, plan, seed=1), plan) == []


def test_a_faulty_blueprint_is_refused_before_any_draw() -> None:
    with pytest.raises(CannotAssemble, match="小计为 21"):
        assemble(BANK, replace(PLAN, total=Decimal(100)), seed=1)


def test_a_bank_with_a_code_twice_is_refused() -> None:
    with pytest.raises(CannotAssemble, match="重复"):
        assemble([*BANK, BANK[0]], PLAN, seed=1)


def test_the_checker_finds_what_a_meddled_paper_lacks() -> None:
    paper = assemble(BANK, PLAN, seed=1)
    assert any("出现 2 次" in problem for problem in verify_paper([*paper[:-1], paper[0]], PLAN))
    assert any("多选题有 3 题" in problem for problem in verify_paper(paper[:-1], PLAN))
    assert any("总分为 19 分" in problem for problem in verify_paper(paper[:-1], PLAN))
    elsewhere = replace(paper[0], range_code="C1" if paper[0].range_code != "C1" else "B1")
    assert any("鉴定范围" in problem for problem in verify_paper([elsewhere, *paper[1:]], PLAN))
    assert any("没有鉴定范围“Z9”" in p for p in verify_paper([replace(paper[0], range_code="Z9"), *paper[1:]], PLAN))
    assert any("应避开" in problem for problem in verify_paper(paper, PLAN, avoid=frozenset({paper[0].code})))
    assert any("不是本题的选项" in p for p in verify_paper([replace(paper[0], answer=("Q",)), *paper[1:]], PLAN))
    two_kinds = replace(PLAN, kinds=PLAN.kinds[:2])
    assert any("没有题型“multiple”" in problem for problem in verify_paper(paper, two_kinds))


def test_drawing_a_paper_prints_nothing() -> None:
    # The solver writes from C, past sys.stdout, and only for the first solver of a process.
    program = (
        "from jiangheng.core.exam.assembly import assemble\n"
        "from jiangheng.core.exam.bank_text import ElementRange\n"
        "from jiangheng.core.exam.blueprint import Blueprint, KindRow\n"
        "from jiangheng.core.exam.items import KINDS, Item\n"
        "from decimal import Decimal\n"
        "item = Item('1', 'judgement', 's', KINDS['judgement'].options, ('A',), 'P', 'R', 1, 'X')\n"
        "rows = (KindRow('judgement', 1, Decimal(1)),)\n"
        "plan = Blueprint('5', rows, (ElementRange('R', 'r', Decimal(100)),), Decimal(1), 90, Decimal(1))\n"
        "assert assemble([item], plan, seed=1) == [item]\n"
    )
    path = os.pathsep.join(sys.path)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env={**os.environ, "PYTHONPATH": path})
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
