"""A person's own account before a standard: the whole answer that the command, the API and the public page give (P3).

Nothing is kept of it. The standards are those the caller knows: the shipped ones, or those the city has published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol, TypeVar

from jiangheng.core.law.answer import answer
from jiangheng.core.law.facts import ApprovedList
from jiangheng.core.law.levels import level as level_of
from jiangheng.core.law.person import Fault, Person, PersonFaults, parse_person
from jiangheng.core.law.standard_data import StandardData

_PREFERRED = ("national", "specialty", "evaluation")


class Versioned(Protocol):
    """What a standard is picked by."""

    @property
    def code(self) -> str: ...
    @property
    def edition(self) -> str: ...
    @property
    def kind(self) -> str: ...


S = TypeVar("S", bound=Versioned)


def picked(known: Iterable[S], wanted: str) -> S | None:
    """The standard of CODE or CODE@EDITION; None if there is none.

    Without an edition the national standard goes before what refines it, and the newest before the older ones.
    """
    code, _, edition = wanted.partition("@")
    fitting = [each for each in known if each.code == code and edition in ("", each.edition)]
    if not fitting:
        return None
    first = min(_PREFERRED.index(each.kind) for each in fitting)
    return max((each for each in fitting if each.kind == _PREFERRED[first]), key=lambda each: each.edition)


def person_of(
    raw: object, standard: StandardData, *, on: date, approved: Iterable[ApprovedList], names: Mapping[str, str]
) -> Person:
    """An account read for this standard; PersonFaults tells every fault, a wish the standard does not know included."""
    own = {**names, standard.occupation: standard.code}
    person = parse_person(
        raw, code=standard.code, related=standard.related, on=on, approved=approved, names=own
    )  # fmt: skip
    if person.wish and person.wish not in standard.levels:
        offered = "、".join(f"{code}({level_of(code).zh})" for code in standard.levels)
        what = f"标准《{standard.title}》没有{level_of(person.wish).face}"
        raise PersonFaults([Fault("wish", "意向等级", what, f"可选:{offered}。")])
    return person


def advise(person: Person, standard: StandardData, *, on: date, levels: Iterable[str] = ()) -> dict[str, Any]:
    """The whole answer as data; docs/develop/eligibility.md describes it. levels: only these, all if none is named."""
    wanted = tuple(levels) or standard.levels
    return {
        "standard": {
            "code": standard.code,
            "edition": standard.edition,
            "kind": standard.kind,
            "title": standard.title,
            "occupation": standard.occupation,
        },
        "on": on.isoformat(),
        "wish": person.wish,
        "levels": answer(standard.conditions, person.facts, levels=wanted, on=on, counts_as=standard.counts_as()),
    }


def plain_faults(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Faults as data."""
    return [{"place": each.place, "title": each.title, "what": each.what, "mend": each.mend} for each in faults]
