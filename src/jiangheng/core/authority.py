"""Where a thing belongs, and who reaches it (clause W2).

A scope is a path of segments, each closed by "/":  45/03/05/0017/b26001/  reads
region / city / county / institution / batch.  A grant on a path reaches everything below it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person acts as. A grant joins one role with one scope.

    SYSTEM is the clock and what follows from a person's step; PUBLIC anybody; SELF the holder of an account on it.
    EVALUATOR is on an institution's staff and may be appointed to a panel; only the PANELIST's own place below a batch
    holds score sheets, so being an evaluator reaches nobody's marks. EXPERT and CHAIR are the same for committees: an
    expert may be called to one, his own place below it holds his ballot, and the chair's grant is on the committee.
    KEEPER keeps an enterprise's own question bank, as the CENTRE keeps the unified ones.
    """

    SYSTEM = "system"
    PUBLIC = "public"
    SELF = "self"
    CITY = "city"
    CENTRE = "centre"
    COUNTY = "county"
    ADMIN = "admin"
    WRITER = "writer"
    ITEM_REVIEWER = "item_reviewer"
    KEEPER = "keeper"
    MANAGER = "manager"
    REGISTRAR = "registrar"
    CHECKER = "checker"
    APPROVER = "approver"
    EXAM_OFFICER = "exam_officer"
    INVIGILATOR = "invigilator"
    EVALUATOR = "evaluator"
    PANELIST = "panelist"
    EXPERT = "expert"
    CHAIR = "chair"
    ISSUER = "issuer"
    CANDIDATE = "candidate"


# Roles that hold no row: PUBLIC creates (applies, objects) and reads only what is public by declaration.
UNREACHING = frozenset({Role.PUBLIC})


def within(path: str, scope: str) -> bool:
    """Does ``path`` lie at or below ``scope``? The closing slash keeps neighbours (``001/``, ``0017/``) apart."""
    return path.startswith(scope)


def span(scope: str) -> tuple[str, str]:
    """The half-open byte range of all paths at or below ``scope``: the same test for a database index."""
    if not scope.endswith("/"):
        raise ValueError(f"a scope ends with '/': {scope!r}")
    return scope, scope[:-1] + chr(ord("/") + 1)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on everything below a scope."""

    role: Role
    scope: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a frozen value, made once per request and passed explicitly.

    ``id`` is what the trail keeps (``account:12``, ``ticket:45``, ``system``); ``name`` is shown to people and
    never enters a leaf.
    """

    id: str
    name: str
    grants: tuple[Grant, ...]

    def roles_on(self, scope: str) -> frozenset[Role]:
        """The roles this actor has on a thing of that scope."""
        return frozenset(grant.role for grant in self.grants if within(scope, grant.scope))

    def roles(self) -> frozenset[Role]:
        """All roles of this actor, wherever."""
        return frozenset(grant.role for grant in self.grants)

    def scopes(self, roles: Iterable[Role] | None = None) -> tuple[str, ...]:
        """The outermost scopes reached, without those that lie below another of them."""
        wanted = None if roles is None else frozenset(roles)
        paths = sorted(
            {
                grant.scope
                for grant in self.grants
                if grant.role not in UNREACHING and (wanted is None or grant.role in wanted)
            }
        )
        outermost: list[str] = []
        for path in paths:
            if not outermost or not within(path, outermost[-1]):
                outermost.append(path)
        return tuple(outermost)

    def reaches(self, scope: str) -> bool:
        """May this actor see a thing of that scope at all?"""
        return any(within(scope, path) for path in self.scopes())


REGION = "45/"
SYSTEM = Actor("system", "系统", (Grant(Role.SYSTEM, REGION),))
PUBLIC = Actor("public", "社会公众", (Grant(Role.PUBLIC, REGION),))
