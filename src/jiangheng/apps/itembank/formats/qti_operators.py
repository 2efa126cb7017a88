"""The operators of QTI rules: what each makes of its values (clause K7).

QTI's logic has three values; None is the unknown, as of a response that was not given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from lxml import etree

from jiangheng.apps.itembank.formats.qti_declared import Unscorable, Value, each, gathered, number
from jiangheng.apps.itembank.formats.qti_names import children
from jiangheng.kernel.kept import said as _

MOST_VALUES = 200


def numeric(value: Value) -> Decimal | None:
    """The value as a number. Raises :class:`Unscorable` when it is something else."""
    if value is None or isinstance(value, Decimal):
        return value
    raise Unscorable(_("评分规则用文字计算"))


def truth(value: Value) -> bool | None:
    """The value as a truth. Raises :class:`Unscorable` when it is something else."""
    if value is None or isinstance(value, bool):
        return value
    raise Unscorable(_("评分规则以非真假值作条件"))


def _all(node: etree._Element, values: list[Value]) -> Value:
    truths = [truth(value) for value in values]
    return False if False in truths else None if None in truths else True


def _any(node: etree._Element, values: list[Value]) -> Value:
    truths = [truth(value) for value in values]
    return True if True in truths else None if None in truths else False


def _not(node: etree._Element, values: list[Value]) -> Value:
    known = truth(values[0])
    return None if known is None else not known


def _same(node: etree._Element, values: list[Value]) -> Value:
    return None if None in values[:2] else values[0] == values[1]


def _equal(node: etree._Element, values: list[Value]) -> Value:
    """`equal`: the tolerance is around what the response is held against, not around the response."""
    held = [numeric(value) for value in values[:2]]
    one, other = held[0], held[1]
    if one is None or other is None:
        return None
    nodes = children(node)
    if nodes[1].tag == "variable" and nodes[0].tag != "variable":
        one, other = other, one
    mode = node.get("tolerance-mode", "exact")
    if mode == "exact":
        return one == other
    parts = [number(part) for part in node.get("tolerance", "").split()]
    if not 1 <= len(parts) <= 2 or mode not in ("absolute", "relative"):
        raise Unscorable(_("评分规则的允差写法不受支持"))
    widths = (
        (parts[0], parts[-1]) if mode == "absolute" else (abs(other) * parts[0] / 100, abs(other) * parts[-1] / 100)
    )
    low, high = other - widths[0], other + widths[1]
    above = one >= low if node.get("include-lower-bound", "true") == "true" else one > low
    below = one <= high if node.get("include-upper-bound", "true") == "true" else one < high
    return above and below


def _string_match(node: etree._Element, values: list[Value]) -> Value:
    if None in values[:2]:
        return None
    one, other = str(values[0]), str(values[1])
    if node.get("case-sensitive", "true") != "true":
        one, other = one.casefold(), other.casefold()
    return other in one if node.get("substring", "false") == "true" else one == other


def _member(node: etree._Element, values: list[Value]) -> Value:
    return None if None in values[:2] else values[0] in each(values[1])


def _contains(node: etree._Element, values: list[Value]) -> Value:
    if None in values[:2]:
        return None
    held = list(each(values[0]))
    for one in each(values[1]):
        if one not in held:
            return False
        held.remove(one)
    return True


def _comparing(rule: Callable[[Decimal, Decimal], bool]) -> Callable[[etree._Element, list[Value]], Value]:
    def compare(node: etree._Element, values: list[Value]) -> Value:
        one, other = numeric(values[0]), numeric(values[1])
        return None if one is None or other is None else rule(one, other)

    return compare


def _folding(rule: Callable[[Decimal, Decimal], Decimal]) -> Callable[[etree._Element, list[Value]], Value]:
    def fold(node: etree._Element, values: list[Value]) -> Value:
        numbers = [numeric(one) for value in values for one in (each(value) or (None,))]
        if not numbers:
            raise IndexError
        total = numbers[0]
        for one in numbers[1:]:
            total = None if total is None or one is None else rule(total, one)
        return total

    return fold


def _container(cardinality: str) -> Callable[[etree._Element, list[Value]], Value]:
    def gather(node: etree._Element, values: list[Value]) -> Value:
        found = [one for value in values for one in each(value)]
        if len(found) > MOST_VALUES:
            raise Unscorable(_("评分规则收集的值过多"))
        return gathered(found, cardinality)

    return gather


OPERATORS: Mapping[str, Callable[[etree._Element, list[Value]], Value]] = {
    "and": _all,
    "or": _any,
    "not": _not,
    "is-null": lambda node, values: values[0] is None,
    "match": _same,
    "equal": _equal,
    "string-match": _string_match,
    "member": _member,
    "contains": _contains,
    "gt": _comparing(lambda one, other: one > other),
    "gte": _comparing(lambda one, other: one >= other),
    "lt": _comparing(lambda one, other: one < other),
    "lte": _comparing(lambda one, other: one <= other),
    "sum": _folding(lambda one, other: one + other),
    "product": _folding(lambda one, other: one * other),
    "subtract": _folding(lambda one, other: one - other),
    "divide": _folding(lambda one, other: one / other),
    "max": _folding(max),
    "min": _folding(min),
    "multiple": _container("multiple"),
    "ordered": _container("ordered"),
    "container-size": lambda node, values: Decimal(len(each(values[0]))),
    "integer-to-float": lambda node, values: values[0],
}
