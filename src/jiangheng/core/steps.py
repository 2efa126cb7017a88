"""One declaration for every step of the evaluation chain (clause K10).

From a :class:`Step` come the permission, the button and its form, the API call, the entry in the trail, the
deadline, the messages, the state chart and the tests. Nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .authority import Actor, Role
from .errors import Refusal
from .notice import clause as clause_of

NOTHING = ""
"""The state before a thing exists: a step from NOTHING creates it."""


STAY = "="
"""The target of a step that leaves the state as it is, whatever it is (a correction, a photo)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement of a step, named as a sentence: ``check(thing)`` gives ``None`` or the refusal."""

    name: str
    clause: str
    check: Callable[[Any], Refusal | None]
    source: Any = None

    def __call__(self, thing: Any) -> Refusal | None:
        return self.check(thing)


def rule(reason: Any, *, clause: str, mend: Any = "") -> Callable[[Callable[[Any], Any]], Rule]:
    """Turn a question about a thing into a rule.

    The question answers True (holds) or False (refused for ``reason``); or it answers text, which is a reason that
    tells more than the fixed one (names, counts), or ``None``/"" when it holds.
    """
    clause_of(clause)

    def wrap(question: Callable[[Any], Any]) -> Rule:
        def check(thing: Any) -> Refusal | None:
            answer = question(thing)
            if answer is True or answer is None or answer == "":
                return None
            return Refusal(reason if answer is False else answer, clause, mend)

        return Rule(question.__name__, clause, check, question)

    return wrap


@dataclass(frozen=True, slots=True)
class Due:
    """By when a step is to be done: ``days`` of a parameter after another step, or before/after a date of the thing."""

    parameter: str
    after: frozenset[str] = frozenset()
    moment: str = ""
    before: bool = False


def workdays(parameter: str, *, after: str | tuple[str, ...] = (), before_date: str = "", after_date: str = "") -> Due:
    """Due that many working days (a key of core/law/parameters.py) after a step, or before/after a date field."""
    return Due(parameter, after=_some(after), moment=before_date or after_date, before=bool(before_date))


@dataclass(frozen=True, eq=False)
class Step:
    """One act, declared once. ``effect(thing, given, actor)`` is what it changes; often nothing but the state.

    ``other_than``: steps that must have been another person's, of this flow ("write") or of the flow of what the thing
    came from ("intake.upload").
    """

    flow: str
    name: str
    label: Any
    source: frozenset[str]
    target: str
    who: frozenset[Role]
    effect: Callable[[Any, Mapping[str, Any], Actor], None]
    clause: str
    requires: tuple[Rule, ...] = ()
    other_than: tuple[str, ...] = ()
    asks: Any = None
    records: tuple[str, ...] = ()
    tells: tuple[Role, ...] = ()
    due: Due | None = None
    primary: bool = True
    leads_from: frozenset[str] = frozenset()
    destructive: bool = False
    bulk: bool = False
    done: Any = ""
    under: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The step's name in the trail and the API: ``filing.accept``."""
        return f"{self.flow}.{self.name}"

    @property
    def creates(self) -> bool:
        """Does this step make a new thing?"""
        return NOTHING in self.source

    def other_code(self, name: str) -> str:
        """The code of a step named in ``other_than``: one of this flow, or another flow's ("intake.upload")."""
        return name if "." in name else f"{self.flow}.{name}"

    def other_place(self, name: str, thing: Any) -> tuple[str, int | None]:
        """On what that step was done: flow and row. Another flow's row is what the thing came from (``intake_id``)."""
        flow, dot, _verb = name.partition(".")
        return (flow, getattr(thing, f"{flow}_id")) if dot else (self.flow, thing.pk)

    def state_after(self, before: str) -> str:
        """The state a thing has after this step."""
        return before if self.target == STAY else self.target

    def leads(self, state: str) -> bool:
        """Is this what a thing in that state waits for? A side step (revise) may lead from one state (returned)."""
        return state in self.led_states

    @property
    def led_states(self) -> frozenset[str]:
        """The states in which this step is somebody's task."""
        return self.source if self.primary else self.leads_from

    def may(self, actor: Actor, scope: str) -> bool:
        """Has the actor a role for this step on that scope? Says nothing about state or rules."""
        return bool(self.who & actor.roles_on(scope))

    def open_to(self, actor: Actor, thing: Any) -> bool:
        """Is this step worth showing: right state, right role on this scope?"""
        return thing.state in self.source and self.may(actor, thing.scope)

    def refusals(self, thing: Any) -> list[Refusal]:
        """Every requirement that does not hold, in the order declared."""
        return [refusal for check in self.requires if (refusal := check(thing)) is not None]


@dataclass
class Flow:
    """The steps of one kind of thing. ``model`` is its label (``institutions.Filing``)."""

    name: str
    model: str
    label: Any
    steps: dict[str, Step] = field(default_factory=dict)
    final: frozenset[str] = frozenset()

    def step(
        self,
        name: str,
        label: Any,
        *,
        source: Iterable[str] | str,
        target: str,
        who: Iterable[Role] | Role,
        clause: str,
        **more: Any,
    ) -> Callable[[Callable[..., None]], Step]:
        """Declare a step; the decorated function is its effect."""
        clause_of(clause)
        if name in self.steps:
            raise ValueError(f"{self.name}.{name} is declared twice")

        def wrap(effect: Callable[..., None]) -> Step:
            step = Step(self.name, name, label, _some(source), target, _some(who), effect, clause, **more)
            self.steps[name] = step
            return step

        return wrap

    def open_steps(self, actor: Actor, thing: Any) -> list[Step]:
        """The steps this actor could do on this thing now, rules aside (they make the greyed button's reason)."""
        return [step for step in self.steps.values() if step.open_to(actor, thing)]

    def creating(self) -> list[Step]:
        """The steps that make a new thing of this kind."""
        return [step for step in self.steps.values() if step.creates]


def _some(value: Any) -> frozenset[Any]:
    return frozenset([value]) if isinstance(value, str) else frozenset(value)


FLOWS: dict[str, Flow] = {}
"""Every flow by name. Filled when the rooms' ``flow`` modules are loaded."""

FOLLOWERS: dict[str, list[tuple[str, Callable[..., None]]]] = {}
"""Step code → named followers, declared by rooms above the one that owns the step."""

FINDERS: dict[str, Callable[[], Iterable[int]]] = {}
"""Step code → what finds the things the clock should try, where asking each of them would cost too much."""


def flow(name: str, model: str, label: Any, *, final: Iterable[str] = ()) -> Flow:
    """Register the flow of a kind of thing."""
    if name in FLOWS:
        raise ValueError(f"flow {name} is declared twice")
    FLOWS[name] = Flow(name, model, label, final=frozenset(final))
    return FLOWS[name]


def step_of(code: str) -> Step:
    """The step of that code; ``LookupError`` when there is none."""
    name, _, verb = code.partition(".")
    try:
        return FLOWS[name].steps[verb]
    except KeyError:
        raise LookupError(f"no step {code!r}") from None


def follow(code: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run the function once after that step has committed: ``follower(thing_id, entry_id)``."""

    def wrap(function: Callable[..., None]) -> Callable[..., None]:
        FOLLOWERS.setdefault(code, []).append((f"{function.__module__}.{function.__qualname__}", function))
        return function

    return wrap


def finds(code: str) -> Callable[[Callable[[], Iterable[int]]], Callable[[], Iterable[int]]]:
    """Let the clock try that step only on the things whose numbers the function gives; its rules still decide."""

    def wrap(function: Callable[[], Iterable[int]]) -> Callable[[], Iterable[int]]:
        FINDERS[code] = function
        return function

    return wrap
