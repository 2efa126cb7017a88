"""Parallel papers (平行卷) from one stock: one for all, A/B, a library, or one for each candidate (K9, K13, P2).

First the proof that the request can be met (`sufficiency`), then papers by chance that keep ranges and kinds, then
the swap search towards the targets, and where that finds no way the exact programmes. The same stock in any order,
plan and seed give the same papers: on every machine when only the search was needed (`Assembled.exact` false), with
the same version of the solver otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from jiangheng.core.exam import parallel_exact
from jiangheng.core.exam import plan as plans
from jiangheng.core.exam.formcheck import violations
from jiangheng.core.exam.parallel_cells import Floats, allocate, fixed_cells
from jiangheng.core.exam.parallel_exchange import exchange
from jiangheng.core.exam.parallel_pool import ONE, Chance, Ints, Pool, Target, pool_of
from jiangheng.core.exam.parallel_search import HARD, WIDTH, Search
from jiangheng.core.exam.parallel_solver import Outcome
from jiangheng.core.exam.plan import Plan, Stock, limits, range_counts, usable
from jiangheng.core.exam.sufficiency import Impossible, Lack, Report, report

SEED_BYTES = 32
VERSION = 1
"""Raised whenever the same seed would give other papers: a record of a draw names the version that made it."""
# How thoroughly a mode searches: shakes of a first paper, candidates for an item, deviation at which it rests.
_ROUNDS = {"one": 60, "ab": 60, "library": 25, "each": 4}
_WIDTHS = {"each": 8}
_GOALS = {"each": Decimal("0.0025")}
_GOAL, _COARSE_GOAL, _USUAL_SIZE = Decimal("0.0002"), Decimal("0.001"), 100
# Papers that came this many times as near as the first search aims for are not searched for again.
_ENOUGH = 2
# The second search: turns, shakes of a paper in one, all shakes together, turns without gain before a paper is left.
_TURNS, _SHAKES, _ALL_SHAKES, _PATIENCE = 12, 30, 4_000, 2
# Beyond this many papers cells are allotted once for a block of papers and repeated.
_BLOCK = 48
_EXACT_SECONDS = 20.0
_TINY = 600


@dataclass(frozen=True, slots=True)
class Assembled:
    """Papers and what an audit record needs to make and judge them again.

    `forms` item codes in the order of kinds, ranges, codes; `deviations` the largest relative deviation of each from
    `targets`; `values` what each adds up to, target by target; `overlap` the most items two papers share; `usage`
    how many items are used how often; `bank`, `plan` digests; `exact` whether the solver took part; `report` the
    sufficiency.
    """

    mode: str
    forms: tuple[tuple[str, ...], ...]
    seed: bytes
    targets: tuple[Target, ...]
    values: tuple[tuple[Decimal, ...], ...]
    deviations: tuple[Decimal, ...]
    overlap: int
    usage: tuple[tuple[int, int], ...]
    bank: str
    plan: str
    exact: bool
    report: Report

    @property
    def deviation(self) -> Decimal:
        """The largest relative deviation of any paper from any target."""
        return max(self.deviations, default=Decimal(0))


def assemble(stock: Iterable[Stock], plan: Plan, *, mode: str, forms: int, seed: bytes) -> Assembled:
    """`forms` papers under `plan`, parallel to each other.

    Raises ValueError for a plan, mode, number or seed that cannot be used, `Impossible` when there are no such
    papers (`proven`) or none were found. Before it returns the independent checker has found nothing.
    """
    bank = sorted(stock, key=lambda row: row.code)
    _refuse(bank, plan, mode=mode, forms=forms, seed=seed)
    found = report(bank, plan, mode=mode, forms=forms)
    if found.lacks:
        raise Impossible(found, proven=True)
    rows, _ = usable(bank, plan)
    pool = pool_of(rows, plan, limits=limits(plan, mode=mode, forms=forms), forms=forms, bank=bank)
    search, exact = _made(pool, found, mode=mode, seed=seed)
    done = _assembled(pool, search.papers, found, mode=mode, seed=seed, exact=exact, bank=bank)
    _accept(done, bank, plan)
    return done


def _refuse(bank: Sequence[Stock], plan: Plan, *, mode: str, forms: int, seed: bytes) -> None:
    problems = plans.check(plan)
    if mode not in plans.MODES:
        problems.append(f"组卷方式“{mode}”不认识，应为 {'、'.join(plans.MODES)} 之一，请改正")
    if forms < 1 or (mode == "one" and forms != 1) or (mode == "ab" and forms != 2):
        wanted = {"one": "1", "ab": "2"}.get(mode, "至少 1")
        problems.append(f"{plans.MODES.get(mode, mode)}的份数为 {forms}，应为 {wanted}，请改正")
    if len(seed) != SEED_BYTES:
        problems.append(f"种子有 {len(seed)} 字节，应为 {SEED_BYTES} 字节，请改正")
    if double := [code for code, times in Counter(row.code for row in bank).items() if times > 1]:
        problems.append(f"题库中试题编号 {'、'.join(double[:5])} 重复，请先整理题库")
    if problems:
        raise ValueError("；".join(problems))


def _made(pool: Pool, found: Report, *, mode: str, seed: bytes) -> tuple[Search, bool]:
    """The papers, and whether the exact programmes had to help."""
    goal = _goal(pool, mode)
    tables = _tables(pool, seed=seed)
    search = Search(pool, seed=seed, ceiling=_ceiling(pool), width=_WIDTHS.get(mode, WIDTH))
    for number in range(pool.forms):
        search.put(_drawn(search, _table(pool, tables[number % len(tables)], number), number))
        search.improve(number, rounds=_ROUNDS[mode], goal=goal, label="first")
    # Where an exact answer costs less than a longer search, it is asked for at once.
    if parallel_exact.size(pool, pool.forms) > _TINY or _sound(search):
        _mend(search, goal=goal * _ENOUGH)
    if _sound(search):
        return search, False
    search = _exactly(pool, found, seed=seed)
    for number in range(pool.forms):
        search.improve(number, rounds=_ROUNDS[mode], goal=goal, label="exact")
    _mend(search, goal=goal * _ENOUGH)
    return search, True


def _goal(pool: Pool, mode: str) -> int:
    """The cost at which a paper is good enough: few items, or grades, which are whole, meet a target less finely."""
    usual = _GOAL if pool.targets[0].name.startswith("information") else _COARSE_GOAL
    usual = max(usual, _GOALS.get(mode, usual)) * max(Decimal(1), Decimal(_USUAL_SIZE) / pool.plan.size)
    chosen = pool.plan.aim.goal
    return int((usual if chosen is None else chosen) * ONE)


def _sound(search: Search) -> bool:
    """Whether every paper keeps the hard rules, with the right number of items used as often as they may be."""
    pool = search.pool
    counts = [row.count for row in pool.plan.kinds]
    ranges = list(range_counts(pool.plan).values())
    fixed = fixed_cells(pool.plan, pool.ranges)
    for number, paper in enumerate(search.papers):
        table = np.bincount(pool.cell[paper], minlength=pool.cells).reshape(fixed.shape)
        if table.sum(axis=0).tolist() != counts or table.sum(axis=1).tolist() != ranges:
            return False
        if ((fixed >= 0) & (table != fixed)).any() or search.cost(number) >= HARD:
            return False
    return not (search.use > pool.limits.uses).any()


def _mend(search: Search, *, goal: int) -> None:
    """The worst papers again, by longer searching and by exchanging items with other papers."""
    numbers = range(len(search.papers))
    costs = [search.cost(number) for number in numbers]
    idle, spent = [0] * len(costs), 0
    for turn in range(_TURNS):
        worst = [number for number in numbers if costs[number] > goal and idle[number] < _PATIENCE]
        for number in sorted(worst, key=lambda number: -costs[number]):
            if spent >= _ALL_SHAKES:
                return
            before = costs[number]
            spent += _SHAKES
            costs[number] = search.improve(number, rounds=_SHAKES, goal=goal, label=f"again{turn}")
            if costs[number] > goal and len(costs) > 1:
                exchange(search, number, costs, goal=goal, label=f"{turn}")
            idle[number] = 0 if costs[number] < before else idle[number] + 1


def _exactly(pool: Pool, found: Report, *, seed: bytes) -> Search:
    """A search that starts from papers of the exact programmes, or `Impossible`."""
    papers: list[Ints] = []
    small = parallel_exact.size(pool, pool.forms) <= parallel_exact.LARGEST
    if small:
        outcome, papers = parallel_exact.together(pool, pool.forms, seconds=_EXACT_SECONDS)
        if outcome is Outcome.IMPOSSIBLE:
            raise Impossible(_explained(pool, found), proven=True)
    if not papers:
        papers = parallel_exact.one_by_one(pool, pool.forms, seconds=_EXACT_SECONDS)
    if len(papers) < pool.forms:
        words = (
            f"没有找到 {pool.forms} 份卷的组法（找到 {len(papers)} 份），也没有证明不存在；"
            "请减少份数、放宽难度与重要程度的允许偏差或两卷相同题数，或补充试题后再试"
        )
        raise Impossible(_with(found, Lack("search", "search", pool.forms, len(papers), words)), proven=False)
    search = Search(pool, seed=seed, ceiling=np.full(len(pool.rows), pool.limits.uses, dtype=np.int64))
    for paper in papers:
        search.put(paper)
    return search


def _explained(pool: Pool, found: Report) -> Report:
    names = [parallel_exact.FAMILIES[family] for family in parallel_exact.binding(pool, pool.forms, seconds=1.0)]
    fewer = next(
        (n for n in range(pool.forms - 1, 0, -1) if parallel_exact.together(pool, n, seconds=1.0)[1]),
        0,
    )
    words = f"各项数量都够，但没有一种组法能同时满足 {pool.forms} 份卷的全部要求（已逐一排除）"
    words += f"；放宽其中任意一项即可：{'、'.join(names)}" if names else "；单独放宽任何一项都不够，请补充试题"
    words += f"；或减为最多 {fewer} 份卷" if fewer else ""
    return _with(found, Lack("together", "+".join(names), pool.forms, fewer, words))


def _with(found: Report, lack: Lack) -> Report:
    return Report(found.forms, found.items, found.left_out, found.units, (*found.lacks, lack))


def _ceiling(pool: Pool) -> Ints:
    """How often each item may be used: as allowed, and without a rule not much more than evenly."""
    allowed = np.full(len(pool.rows), pool.limits.uses, dtype=np.int64)
    if pool.plan.uses is not None or pool.limits.uses == 1:
        return allowed
    held = np.maximum(np.bincount(pool.cell, minlength=pool.cells), 1)
    even = np.ceil(pool.share.reshape(-1) * pool.forms / held * 1.25).astype(np.int64) + 1
    return np.minimum(allowed, even[pool.cell])


def _tables(pool: Pool, *, seed: bytes) -> list[Ints]:
    """Range × kind tables of the papers; for many papers a block of them, used in turn."""
    chance = Chance(seed, "tables")
    counts, kinds = list(range_counts(pool.plan).values()), [row.count for row in pool.plan.kinds]
    fixed = fixed_cells(pool.plan, pool.ranges)
    held = np.bincount(pool.cell, minlength=pool.cells).reshape(fixed.shape)
    tight = bool((pool.share * pool.forms > held * pool.limits.uses * 0.9).any())
    block = pool.forms if tight else min(pool.forms, _BLOCK)
    left = held * (pool.limits.uses if tight else block)
    ahead: Floats = pool.share * block
    tables: list[Ints] = []
    for number in range(block):
        luck = (chance.words(fixed.size) >> np.uint64(12)).astype(np.float64).reshape(fixed.shape) / float(1 << 52)
        share = np.maximum(ahead / (block - number), 0)
        table = allocate(share, rows=counts, columns=kinds, most=np.minimum(held, left), fixed=fixed, luck=luck)
        tables.append(table)
        ahead, left = ahead - table, left - table
    return tables


def _table(pool: Pool, table: Ints, number: int) -> Ints:
    """The table of a paper: another one near it where too few items are left of those its candidate has not had."""
    if number not in pool.kept_off:
        return table
    open_to = np.ones(len(pool.rows), dtype=bool)
    open_to[pool.kept_off[number]] = False
    held = np.bincount(pool.cell[open_to], minlength=pool.cells).reshape(table.shape)
    if (table <= held).all():
        return table
    return allocate(
        table.astype(np.float64), rows=list(range_counts(pool.plan).values()),
        columns=[row.count for row in pool.plan.kinds], most=held, fixed=fixed_cells(pool.plan, pool.ranges),
        luck=np.ones(table.shape),
    )  # fmt: skip


def _drawn(search: Search, table: Ints, number: int) -> Ints:
    """Items by chance in the numbers of the table: those used least come first, those not to be taken last."""
    pool = search.pool
    luck = Chance(search.seed, f"draw:{number}").words(len(pool.rows))
    full = search.use >= search.ceiling
    order = np.lexsort((luck, search.use, full, search.barred(number), pool.cell))
    sizes = np.bincount(pool.cell, minlength=pool.cells)
    start = np.cumsum(sizes) - sizes
    rank = np.arange(len(order)) - start[pool.cell[order]]
    return np.sort(order[rank < table.reshape(-1)[pool.cell[order]]])


def _assembled(
    pool: Pool, papers: Sequence[Ints], found: Report, *, mode: str, seed: bytes, exact: bool, bank: Sequence[Stock]
) -> Assembled:
    kinds = {row.kind: place for place, row in enumerate(pool.plan.kinds)}
    chosen = [
        sorted((int(item) for item in paper), key=lambda at: (kinds[pool.rows[at].kind], int(pool.cell[at]), at))
        for paper in papers
    ]
    used = Counter(item for paper in chosen for item in paper)
    return Assembled(
        mode=mode,
        forms=tuple(tuple(pool.rows[item].code for item in paper) for paper in chosen),
        seed=seed,
        targets=pool.targets,
        values=tuple(tuple(pool.sums(paper)) for paper in chosen),
        deviations=tuple(pool.deviation(paper) for paper in chosen),
        overlap=_most_shared(papers, len(pool.rows)),
        usage=tuple(sorted(Counter(used.values()).items())),
        bank=plans.stock_digest(bank),
        plan=plans.plan_digest(pool.plan),
        exact=exact,
        report=found,
    )


def _most_shared(papers: Sequence[Ints], items: int) -> int:
    """The largest number of items any two papers share, in blocks of papers, so that thousands fit in memory."""
    marks = np.zeros((len(papers), items), dtype=np.float32)
    for number, paper in enumerate(papers):
        marks[number, paper] = 1
    most = 0
    for start in range(0, len(papers), 512):
        shared = marks[start : start + 512] @ marks[: start + 512].T
        rows = np.arange(len(shared))
        shared[rows, start + rows] = 0
        most = max(most, int(shared.max(initial=0)))
    return most


def _accept(done: Assembled, bank: Sequence[Stock], plan: Plan) -> None:
    faults = violations(done.forms, bank, plan, mode=done.mode)
    within = plan.aim.within
    if within is not None and done.deviation > within:
        faults.append(
            f"各卷与目标的最大相对偏差为 {done.deviation:.4f}，超过允许的 {within}；"
            "请放宽允许偏差、改用题库能达到的目标，或补充试题"
        )
    if faults:
        lacks = [Lack("check", "check", 0, 0, words) for words in faults]
        found = done.report
        raise Impossible(Report(found.forms, found.items, found.left_out, found.units, tuple(lacks)), proven=False)
