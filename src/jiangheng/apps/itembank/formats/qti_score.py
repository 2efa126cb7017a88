"""What a QTI item's own rules give for a response: an interpreter of the elements items use (clause K7).

The readers do not recognise rules by their looks. They ask this interpreter what the right answer and its neighbours
earn, and take an item only when that is what the house would do. Elements with chance, regular expressions or foreign
programs are not interpreted: such an item is refused by :class:`Unscorable`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from lxml import etree

from jiangheng.apps.itembank.formats.qti_declared import (
    Response,
    Scalar,
    Unscorable,
    Value,
    each,
    gathered,
    inside,
    number,
    outcomes_of,
    responses_of,
    scalar,
)
from jiangheng.apps.itembank.formats.qti_names import child, children
from jiangheng.apps.itembank.formats.qti_operators import OPERATORS, numeric, truth
from jiangheng.kernel.kept import said as _

MOST_RULES = 4_000
ITEM_PATIENCE = 200_000
PACKAGE_PATIENCE = 8_000_000
ZERO = Decimal(0)
_TEMPLATES = {
    "match_correct": "match", "map_response": "map", "map_response_point": "point",
    "cc2_match": "match", "cc2_match_basic": "match", "cc2_map_response": "map",
}  # fmt: skip

Given = Mapping[str, Value]


@dataclass
class Patience:
    """How many more elements of rules are interpreted, of one item and of the whole package."""

    item: int = ITEM_PATIENCE
    package: int = PACKAGE_PATIENCE

    def spend(self) -> None:
        """One more. Raises :class:`Unscorable` when there is none left."""
        self.item -= 1
        self.package -= 1
        if self.item < 0 or self.package < 0:
            raise Unscorable(_("评分规则过于复杂，请把题库分成几个包，或在原系统改用标准评分模板"))

    def renew(self) -> None:
        """A new item begins."""
        self.item = ITEM_PATIENCE


@dataclass(frozen=True)
class Scoring:
    """The rules of one item. `implied` says that it has none and the declarations were taken at their word."""

    responses: Mapping[str, Response]
    outcomes: Mapping[str, Value]
    rules: etree._Element | None
    patience: Patience
    template: str = ""
    implied: bool = False

    def score(self, given: Given) -> Decimal:
        """What these responses earn. Raises :class:`Unscorable`."""
        with localcontext() as context:
            context.prec = 60
            self.patience.spend()
            if self.template:
                return self._by_template(given)
            if self.implied or self.rules is None:
                return sum((self._by_declaration(response, given) for response in self.responses.values()), ZERO)
            run = _Run(self.responses, dict(given), dict(self.outcomes), self.patience)
            run.all(self.rules)
            return numeric(run.outcomes.get("SCORE")) or ZERO

    def _by_template(self, given: Given) -> Decimal:
        response = self.responses.get("RESPONSE")
        if response is None and len(self.responses) == 1:
            response = next(iter(self.responses.values()))
        if response is None:
            raise Unscorable(_("评分模板要求名为 RESPONSE 的作答变量，原题没有"))
        value = given.get(response.identifier)
        if self.template == "match":
            return Decimal(int(value is not None and value == response.correct))
        return _mapped_points(response, value) if self.template == "point" else _mapped(response, value)

    def _by_declaration(self, response: Response, given: Given) -> Decimal:
        value = given.get(response.identifier)
        if response.correct is not None:
            return Decimal(int(value == response.correct))
        return _mapped_points(response, value) if response.zones else _mapped(response, value)


def scoring_of(item: etree._Element, patience: Patience) -> Scoring:
    """The rules of an item, ready to be asked. Raises :class:`Unscorable` for what can never be."""
    if item.get("adaptive") == "true":
        raise Unscorable(_("自适应试题（adaptive）要多次作答，本系统没有"))
    if child(item, "template-declaration", "template-processing") is not None:
        raise Unscorable(_("试题的数值随机生成（template），本系统的试题是固定的"))
    patience.renew()
    responses, outcomes = responses_of(item), outcomes_of(item)
    rules = child(item, "response-processing")
    if rules is None or (not len(rules) and not rules.get("template")):
        return Scoring(responses, outcomes, None, patience, implied=True)
    if len(rules):
        nodes = [node for node in rules.iter() if isinstance(node.tag, str)]
        if len(nodes) > MOST_RULES:
            raise Unscorable(_("评分规则过长"))
        if not any(node.tag == "set-outcome-value" and node.get("identifier") == "SCORE" for node in nodes):
            raise Unscorable(_("评分规则没有给出 SCORE"))
        return Scoring(responses, outcomes, rules, patience)
    name = rules.get("template", "").rstrip("/").rpartition("/")[2].removesuffix(".xml").lower()
    if name not in _TEMPLATES:
        raise Unscorable(_("评分模板“%(name)s”不受支持") % {"name": name[:60]})
    return Scoring(responses, outcomes, None, patience, template=_TEMPLATES[name])


def _mapped(response: Response, value: Value) -> Decimal:
    total = ZERO
    for one in dict.fromkeys(each(value)):
        total += next(
            (e.worth for e in response.entries if _is_key(one, e.key, e.case_sensitive)), response.bounds.default
        )
    return response.bounds.within(total)


def _is_key(one: Scalar, key: Scalar, case_sensitive: bool) -> bool:
    if case_sensitive or not isinstance(one, str) or not isinstance(key, str):
        return one == key
    return one.casefold() == key.casefold()


def _mapped_points(response: Response, value: Value) -> Decimal:
    """Each area that holds a point counts once; each point outside all areas counts the default."""
    total, hit = ZERO, set()
    for one in each(value):
        x, y = _point(one)
        for place, zone in enumerate(response.zones):
            if inside(zone.shape, zone.coords, x, y):
                hit.add(place)
                break
        else:
            total += response.bounds.default
    return response.bounds.within(total + sum((response.zones[place].worth for place in hit), ZERO))


def _point(one: Scalar) -> tuple[Decimal, Decimal]:
    parts = str(one).split()
    if len(parts) != 2:
        raise Unscorable(_("“%(text)s”不是图上的点") % {"text": str(one)[:40]})
    return number(parts[0]), number(parts[1])


class _Exit(Exception):
    """`exit-response`: the rules end here."""


@dataclass
class _Run:
    """One pass through the rules."""

    responses: Mapping[str, Response]
    given: dict[str, Value]
    outcomes: dict[str, Value]
    patience: Patience

    def all(self, rules: etree._Element) -> None:
        try:
            self._rules(children(rules))
        except _Exit:
            return

    def _rules(self, rules: list[etree._Element]) -> None:
        for rule in rules:
            if rule.tag == "response-condition":
                self._condition(rule)
            elif rule.tag == "set-outcome-value":
                inner = children(rule)
                if len(inner) != 1:
                    raise Unscorable(_("评分规则的赋值没有表达式"))
                self.outcomes[rule.get("identifier", "")] = self._value(inner[0])
            elif rule.tag == "response-processing-fragment":
                self._rules(children(rule))
            elif rule.tag == "exit-response":
                raise _Exit
            else:
                raise Unscorable(_("评分规则“%(name)s”不受支持") % {"name": rule.tag})

    def _condition(self, condition: etree._Element) -> None:
        for branch in children(condition):
            if branch.tag == "response-else":
                self._rules(children(branch))
                return
            inner = children(branch)
            if branch.tag not in ("response-if", "response-else-if") or not inner:
                raise Unscorable(_("评分规则“%(name)s”不受支持") % {"name": branch.tag})
            if truth(self._value(inner[0])) is True:
                self._rules(inner[1:])
                return

    def _value(self, node: etree._Element) -> Value:
        self.patience.spend()
        reader = _READERS.get(node.tag)
        if reader is not None:
            return reader(self, node)
        operator = OPERATORS.get(node.tag)
        if operator is None:
            raise Unscorable(_("评分规则用到“%(name)s”，不受支持") % {"name": node.tag})
        values = [self._value(inner) for inner in children(node)]
        try:
            return operator(node, values)
        except (IndexError, ArithmeticError, TypeError) as broken:
            raise Unscorable(_("评分规则“%(name)s”的写法不合规") % {"name": node.tag}) from broken

    def _response(self, node: etree._Element) -> Response:
        found = self.responses.get(node.get("identifier", ""))
        if found is None:
            raise Unscorable(_("评分规则提到没有声明的作答变量“%(name)s”") % {"name": node.get("identifier", "")[:40]})
        return found

    def variable(self, node: etree._Element) -> Value:
        name = node.get("identifier", "")
        if name in self.responses:
            return self.given.get(name)
        if name in self.outcomes:
            return self.outcomes[name]
        if name in ("completionStatus", "completion_status"):
            return "unknown"
        if name in ("numAttempts", "num_attempts"):
            return Decimal(1)
        raise Unscorable(_("评分规则提到没有声明的变量“%(name)s”") % {"name": name[:40]})

    def correct(self, node: etree._Element) -> Value:
        return self._response(node).correct

    def mapped(self, node: etree._Element) -> Value:
        response = self._response(node)
        return _mapped(response, self.given.get(response.identifier))

    def mapped_points(self, node: etree._Element) -> Value:
        response = self._response(node)
        return _mapped_points(response, self.given.get(response.identifier))


_READERS: Mapping[str, Callable[[_Run, etree._Element], Value]] = {
    "variable": _Run.variable,
    "correct": _Run.correct,
    "map-response": _Run.mapped,
    "map-response-point": _Run.mapped_points,
    "base-value": lambda run, node: gathered(
        (scalar("".join(node.itertext()), node.get("base-type", "string")),), "single"
    ),
    "null": lambda run, node: None,
}
