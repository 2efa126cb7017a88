"""What a candidate has had before stays off his own paper and nobody else's: assembly, proof, checker, draw (K9)."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from paper_stock import SEED, plan, random_request, stock

from jiangheng.core.exam.draw import DrawRecord, commit, seed_from, share_commitment, verify_draw
from jiangheng.core.exam.formcheck import violations
from jiangheng.core.exam.parallel import assemble
from jiangheng.core.exam.parallel_exchange import exchange
from jiangheng.core.exam.parallel_pool import Chance, pool_of
from jiangheng.core.exam.parallel_search import FAR, HARD, Search
from jiangheng.core.exam.plan import KindQuota, Plan, Stock, check, limits, plan_digest, stock_digest, usable
from jiangheng.core.exam.sufficiency import Impossible, report
from jiangheng.core.trust import canon


def had_by(rows: list[Stock], forms: int, *, seed: int, part: float) -> list[Stock]:
    """The same rows; every second paper's candidate has had a part of them before."""
    draw = random.Random(seed)
    return [replace(row, kept_off=tuple(n for n in range(0, forms, 2) if draw.random() < part)) for row in rows]


def broken(forms: tuple[tuple[str, ...], ...], rows: list[Stock]) -> list[tuple[int, str]]:
    """Which paper has an item its candidate has had: counted here by hand."""
    off = {row.code: row.kept_off for row in rows}
    return [(number, code) for number, form in enumerate(forms) for code in form if number in off[code]]


def test_nobody_gets_an_item_he_has_had_and_others_still_get_it() -> None:
    rows = had_by(stock(300), 20, seed=3, part=0.5)
    found = assemble(rows, plan(20), mode="each", forms=20, seed=SEED)
    assert broken(found.forms, rows) == []
    assert violations(found.forms, rows, plan(20), mode="each") == []
    had = {row.code for row in rows if row.kept_off}
    assert any(code in had for number in range(1, 20, 2) for code in found.forms[number])
    assert not found.exact


def test_a_whole_rest_would_leave_too_few_where_each_papers_own_rest_does_not() -> None:
    # three candidates have had a third of the bank each: together all of it
    rows = [replace(row, kept_off=(at % 3,)) for at, row in enumerate(stock(150))]
    found = assemble(rows, plan(20), mode="each", forms=3, seed=SEED)
    assert broken(found.forms, rows) == []
    rested = [replace(row, resting=True, kept_off=()) for row in rows]
    with pytest.raises(Impossible):
        assemble(rested, plan(20), mode="each", forms=3, seed=SEED)


def test_a_candidate_who_cannot_be_served_is_named_by_his_paper() -> None:
    rows = [replace(row, kept_off=(4,) if at % 20 else ()) for at, row in enumerate(stock(150))]
    with pytest.raises(Impossible) as no:
        assemble(rows, plan(20), mode="each", forms=6, seed=SEED)
    assert no.value.proven
    assert [lack.name for lack in no.value.report.lacks] == ["5"]
    assert "第 5 卷：考生做过其中" in str(no.value)


def test_rows_that_nobody_has_had_keep_the_digest_that_was_committed_before_there_was_such_a_thing() -> None:
    row = {
        "code": "S1", "kind": "single", "range_code": "A", "point": "P1", "importance": "X", "difficulty": 3,
        "seconds": 0, "enemies": [], "exposure": 0, "resting": False, "a": None, "b": None, "c": None,
    }  # fmt: skip
    told = hashlib.sha256(canon.canonical(["jiangheng/stock/1", [row]])).hexdigest()
    assert stock_digest([Stock("S1", range_code="A", point="P1")]) == told
    assert stock_digest([Stock("S1", range_code="A", point="P1", kept_off=(0,))]) != told


def test_a_paper_nobody_asked_for_is_refused_in_words() -> None:
    rows = [replace(row, kept_off=(3,)) for row in stock(150)]
    with pytest.raises(ValueError, match="要避开第 4 卷，但只组 3 份卷"):
        assemble(rows, plan(20), mode="each", forms=3, seed=SEED)


def test_the_checker_tells_an_item_that_was_had_before_and_on_which_paper() -> None:
    rows = [Stock(f"S{number}", kept_off=(1,) if number == 2 else ()) for number in range(4)]
    wanted = Plan((KindQuota("single", 2),))
    assert violations([["S0", "S2"], ["S1", "S3"]], rows, wanted, mode="each") == []
    [words] = violations([["S1", "S3"], ["S0", "S2"]], rows, wanted, mode="each")
    assert words.startswith("第 2 卷：试题 S2 是该卷考生以前做过的")


def judged(seed: int) -> str:
    rows, wanted, mode, forms = random_request(seed)
    if check(wanted):
        return "broken"
    rows = had_by(rows, forms, seed=seed, part=0.3)
    try:
        found = assemble(rows, wanted, mode=mode, forms=forms, seed=seed.to_bytes(32, "big"))
    except Impossible as why:
        assert why.proven, (seed, str(why))
        return "impossible"
    assert broken(found.forms, rows) == [], seed
    assert violations(found.forms, rows, wanted, mode=mode) == [], seed
    return "made"


def test_random_blueprints_with_items_had_before_give_sound_papers_or_a_proof() -> None:
    found = Counter(judged(seed) for seed in range(40))
    assert found["made"] >= 8
    assert found["impossible"] >= 8


@settings(max_examples=40)
@given(off=st.lists(st.sets(st.integers(0, 1)), min_size=6, max_size=6))
def test_two_small_papers_are_made_exactly_when_trying_everything_finds_some(off: list[set[int]]) -> None:
    rows = [Stock(f"S{number}", kept_off=tuple(sorted(had))) for number, had in enumerate(off)]
    wanted = Plan((KindQuota("single", 2),), per_point=None)
    papers = [[row.code for row in choice] for choice in combinations(rows, 2)]
    there_are = any(not violations(pair, rows, wanted, mode="ab") for pair in product(papers, repeat=2))
    try:
        assemble(rows, wanted, mode="ab", forms=2, seed=SEED)
    except Impossible as no:
        assert no.proven and not there_are
    else:
        assert there_are


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_a_swap_is_weighed_with_what_was_had_before(seed: int) -> None:
    rows, wanted, mode, forms = random_request(seed)
    usable_rows, _ = usable(had_by(rows, forms, seed=seed, part=0.4), wanted)
    assume(not check(wanted) and len(usable_rows) >= wanted.size)
    try:
        bound = limits(wanted, mode=mode, forms=forms)
        pool = pool_of(usable_rows, wanted, limits=bound, forms=forms, bank=rows)
    except ValueError:
        assume(False)
    search = Search(pool, seed=SEED, ceiling=np.full(len(usable_rows), forms + 1))
    draw = random.Random(seed)
    for _ in range(forms):
        search.put(np.array(sorted(draw.sample(range(len(usable_rows)), wanted.size))))
    candidates, after = search.weighed(0, search.table(Chance(SEED, "test")))
    paper = search.papers[0].copy()
    for row, column in np.ndindex(after.shape):
        if after[row, column] < FAR:
            assert 0 not in usable_rows[candidates[row, column]].kept_off
            changed = paper.copy()
            changed[row] = candidates[row, column]
            search.replace(0, changed)
            cost = search.cost(0)
            assert cost <= after[row, column]
            if after[row, column] < HARD:
                assert cost == after[row, column]


def test_papers_that_exchange_items_give_nobody_one_he_has_had() -> None:
    rows = had_by(sorted(stock(60), key=lambda row: row.code), 2, seed=11, part=0.4)
    wanted = plan(20)
    pool = pool_of(rows, wanted, limits=limits(wanted, mode="each", forms=2), forms=2, bank=rows)
    search = Search(pool, seed=SEED, ceiling=np.full(len(rows), 2))
    free = [at for at, row in enumerate(rows) if not row.kept_off]
    search.put(np.array(free[:20]))
    search.put(np.array([at for at in range(len(rows)) if at not in free[:20]][:20]))
    before = [paper.copy() for paper in search.papers]
    costs = [search.cost(0), search.cost(1)]
    exchange(search, 1, costs, goal=0, label="test")
    assert any((old != new).any() for old, new in zip(before, search.papers, strict=True))
    assert not any(0 in rows[item].kept_off for item in search.papers[0])


def test_a_proof_is_sought_paper_by_paper_only_where_one_for_all_fails() -> None:
    rows = had_by(stock(300), 200, seed=5, part=0.1)
    assert report(rows, plan(20), mode="each", forms=200).lacks == ()


CHECKPOINT = b"jiangheng.example/trail\n120\nqINS1GRFpWEzpvKQAlcBPvxX7tkBB54Hg9wYzGQMFxA=\n"
SHARES = (b"\x01" * 32, b"\x02" * 32)


def drawn(rows: list[Stock], forms: int) -> DrawRecord:
    bank, planned = stock_digest(rows), plan_digest(plan(10))
    commitment = commit(bank, planned, "each", forms)
    seed = seed_from(commitment, SHARES, CHECKPOINT)
    papers = assemble(rows, plan(10), mode="each", forms=forms, seed=seed).forms
    return DrawRecord(
        bank, planned, "each", forms, commitment, 100, tuple(map(share_commitment, SHARES)), (101, 119), SHARES,
        CHECKPOINT, seed, papers, tuple(rows), plan(10),
    )  # fmt: skip


def test_a_draw_in_which_candidates_have_had_items_is_made_again_from_its_record() -> None:
    rows = had_by(stock(120), 6, seed=9, part=0.4)
    record = drawn(rows, 6)
    assert verify_draw(record) == []
    # whoever drops afterwards what somebody had had, to get it onto his paper, no longer has the committed bank
    forgotten = tuple(replace(row, kept_off=()) for row in rows)
    assert any("题库摘要不符" in fault for fault in verify_draw(replace(record, stock=forgotten)))
    swapped = (record.papers[1], record.papers[0], *record.papers[2:])
    assert verify_draw(replace(record, papers=swapped))
