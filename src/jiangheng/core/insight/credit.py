"""What a unit's contribution to the common bank is worth, from the measured quality of its items (clause K8).

The notice favours units whose items are of high quality in assessments, new filings and ratings. Quantity alone earns
little: most points come from what candidates' answers show; a faulty or leaked item costs. Every weight is a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jiangheng.core.insight.misbehaving import ItemFigures, findings, measured
from jiangheng.core.law.parameters import parameter

# findings of these rules cost points; the others merely earn none
FAULTS = frozenset({"negative", "key", "dif"})


@dataclass(frozen=True, slots=True)
class Contribution:
    """One item a unit gave: whether the bank took it, what is known of it, on how many papers it stood, and whether it
    leaked through the unit's own fault."""

    item: str
    unit: str
    adopted: bool
    figures: ItemFigures | None = None
    uses: int = 0
    leaked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Points for one reason; `words` name the item, the reason and the points."""

    item: str
    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Credit:
    """A unit's credit: the sum of its `lines`, and how many items it gave, had adopted and has measured."""

    unit: str
    points: int
    given: int
    adopted: int
    measured: int
    lines: tuple[Line, ...]

    def words(self) -> str:
        """The result as one sentence."""
        return (
            f"{self.unit}：提供试题 {self.given} 道，采用 {self.adopted} 道，已实测 {self.measured} 道，"
            f"题库贡献 {self.points} 分"
        )


def award(contributions: Iterable[Contribution]) -> tuple[Credit, ...]:
    """The credit of every unit, highest first; units with the same points in the order of their names.

    An item counts once: ValueError, in words, when it is named twice.
    """
    units: dict[str, list[Contribution]] = {}
    seen: set[str] = set()
    for each in contributions:
        if each.item in seen:
            raise ValueError(f"试题 {each.item} 重复计算，每道试题只能计入一个单位一次，请核对")
        seen.add(each.item)
        units.setdefault(each.unit, []).append(each)
    found = [_credit(unit, given) for unit, given in units.items()]
    return tuple(sorted(found, key=lambda credit: (-credit.points, credit.unit)))


def lines(given: Contribution) -> tuple[Line, ...]:
    """Why an item earns or costs points; an item not adopted has no line unless it leaked."""
    return tuple(_lines(given))


def _credit(unit: str, given: list[Contribution]) -> Credit:
    rows = tuple(line for each in given for line in _lines(each))
    known = sum(1 for each in given if each.adopted and each.figures is not None and measured(each.figures))
    adopted = sum(1 for each in given if each.adopted)
    return Credit(unit, sum(row.points for row in rows), len(given), adopted, known, rows)


def _lines(given: Contribution) -> Iterator[Line]:
    if given.adopted:
        yield _earned(given, "accepted", f"试题 {given.item}：审定入库")
        yield from _quality(given)
        use = min(given.uses * parameter("bank.credit_use"), parameter("bank.credit_use_limit"))
        if use:
            yield Line(given.item, use, f"试题 {given.item}：用于 {given.uses} 次试卷，加 {use} 分")
    if given.leaked:
        cost = parameter("bank.credit_leak")
        yield Line(given.item, -cost, f"试题 {given.item}：因单位原因泄露，扣 {cost} 分")


def _quality(given: Contribution) -> Iterator[Line]:
    known = given.figures
    if known is None or not measured(known):
        return
    wrong = {finding.rule: finding for finding in findings(known)}
    if not wrong.keys() & {"hard", "easy"}:
        yield _earned(given, "difficulty", f"试题 {given.item}：实测答对率 {100 * (known.p or 0):.1f}%，难度合适")
    if known.item_rest is not None and not wrong.keys() & {"weak", "negative", "key"}:
        yield _earned(given, "discrimination", f"试题 {given.item}：题余相关 {known.item_rest:.2f}，区分度合格")
    if known.dif and "dif" not in wrong:
        yield _earned(given, "fair", f"试题 {given.item}：DIF 为 {known.dif} 级，各组无明显偏差")
    if known.drift is not None and "drift" not in wrong:
        yield _earned(given, "stable", f"试题 {given.item}：难度移动 {known.drift:+.2f} 逻辑单位，各次施测稳定")
    faults = [finding for rule, finding in wrong.items() if rule in FAULTS]
    if faults:
        cost = parameter("bank.credit_fault")
        yield Line(given.item, -cost, f"{faults[0].words}；扣 {cost} 分")


def _earned(given: Contribution, reason: str, words: str) -> Line:
    points = parameter(f"bank.credit_{reason}")
    return Line(given.item, points, f"{words}，加 {points} 分")
