"""Which items go back to the reviewers by themselves, and why, in sentences with figures.

Serves P2, K7 and K9. The rules take plain figures, from classical analysis and, where there is one, from calibration;
every limit is a parameter. A figure that is missing accuses nobody, and neither does a small sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jiangheng.core.insight.classical import OTHER, Answer, ItemStatistics
from jiangheng.core.law.parameters import parameter


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What is known of an item after use; None or "" where it was not computed.

    `n` persons were given it; `p` is the share right, `item_rest` the correlation with the rest. `infit` and `outfit`
    are mean squares (1 is perfect), `dif` the class A, B or C and `dif_groups` who was compared; `drift` is the change
    of difficulty since the item was calibrated, in logits (positive: harder now).
    """

    item: str
    n: int
    p: float | None = None
    item_rest: float | None = None
    answers: tuple[Answer, ...] = ()
    infit: float | None = None
    outfit: float | None = None
    dif: str = ""
    dif_groups: str = ""
    drift: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to review an item. `grave`: the key itself is in doubt, or the item is unfair to a group."""

    item: str
    rule: str
    grave: bool
    words: str


def figures(row: ItemStatistics) -> ItemFigures:
    """The classical figures of an item; `dataclasses.replace` adds what calibration found."""
    return ItemFigures(row.item, row.n, row.p, row.item_rest_r, row.answers)


def measured(item: ItemFigures) -> bool:
    """Whether enough persons were given the item for a judgement (parameter `bank.flag_sample`)."""
    return item.n >= parameter("bank.flag_sample") and item.p is not None


def findings(item: ItemFigures) -> tuple[Finding, ...]:
    """Every reason to review this item; none when too few persons were given it."""
    return tuple(_findings(item)) if measured(item) else ()


def review_queue(items: Iterable[ItemFigures]) -> tuple[Finding, ...]:
    """The findings of all items, grave ones first, then by the item's number of findings."""
    found = [findings(item) for item in items]
    rows = [(each, len(mine)) for mine in found for each in mine]
    return tuple(each for each, _ in sorted(rows, key=lambda row: (not row[0].grave, -row[1], row[0].item)))


def _findings(item: ItemFigures) -> Iterator[Finding]:
    yield from _difficulty(item)
    yield from _discrimination(item)
    yield from _beaten_key(item)
    yield from _misfit(item)
    if item.dif == "C":
        between = f"（{item.dif_groups}）" if item.dif_groups else ""
        words = f"试题 {item.item}：能力相当的不同组别{between}答对率差异大（DIF 为 C 级），请检查内容是否偏向一方"
        yield Finding(item.item, "dif", True, words)
    if item.drift is not None and abs(item.drift) > parameter("bank.flag_drift") / 100:
        change = "变难" if item.drift > 0 else "变易，可能已泄露或被反复练习"
        words = f"试题 {item.item}：与标定时相比难度移动 {item.drift:+.2f} 逻辑单位，{change}，请核查后重新标定"
        yield Finding(item.item, "drift", False, words)


def _difficulty(item: ItemFigures) -> Iterator[Finding]:
    low, high = parameter("bank.flag_p_low"), parameter("bank.flag_p_high")
    share = 100 * (item.p or 0.0)
    if share < low:
        words = f"试题 {item.item}：{item.n} 人作答，答对率 {share:.1f}%，低于 {low}%，请核对答案和题干是否有误"
        yield Finding(item.item, "hard", False, words)
    if share > high:
        words = f"试题 {item.item}：{item.n} 人作答，答对率 {share:.1f}%，高于 {high}%，几乎不能区分考生，请考虑改编"
        yield Finding(item.item, "easy", False, words)


def _discrimination(item: ItemFigures) -> Iterator[Finding]:
    limit = parameter("bank.flag_item_rest") / 100
    if item.item_rest is None or item.item_rest >= limit:
        return
    if item.item_rest < 0:
        words = f"试题 {item.item}：题余相关 {item.item_rest:.2f} 为负，会做的考生反而答错，请先核对答案"
        yield Finding(item.item, "negative", True, words)
    else:
        words = f"试题 {item.item}：题余相关 {item.item_rest:.2f}，低于 {limit:.2f}，区分度不足，请检查题干和选项"
        yield Finding(item.item, "weak", False, words)


def _beaten_key(item: ItemFigures) -> Iterator[Finding]:
    keys = [each for each in item.answers if each.right]
    best = keys[0].shares[-1] if keys and keys[0].shares else None
    for each in item.answers:
        share = each.shares[-1] if each.shares else None
        if each.right or each.answer == OTHER or best is None or share is None or share <= best:
            continue
        words = (
            f"试题 {item.item}：成绩最好的一组中选“{each.answer}”的占 {100 * share:.1f}%，"
            f"选答案“{keys[0].answer}”的只占 {100 * best:.1f}%，请核对答案"
        )
        yield Finding(item.item, "key", True, words)


def _misfit(item: ItemFigures) -> Iterator[Finding]:
    low, high = parameter("bank.flag_fit_low") / 100, parameter("bank.flag_fit_high") / 100
    # The outfit first: it is what single surprising answers raise.
    for value, rule in ((item.outfit, "outfit"), (item.infit, "infit")):
        if value is not None and not low <= value <= high:
            why = (
                "作答比模型预期的更杂乱，请检查歧义或超纲" if value > high else "作答比模型预期的更整齐，可能与他题重复"
            )
            words = f"试题 {item.item}：拟合均方（{rule}）{value:.2f}，不在 {low:.2f}–{high:.2f} 之间，{why}"
            yield Finding(item.item, rule, False, words)
            return
