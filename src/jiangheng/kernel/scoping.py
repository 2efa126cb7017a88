"""The one place where scope becomes SQL (clause W2). A scoped model has no ``.objects``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models

from jiangheng.core.authority import Actor, Role, span


class ScopeField(models.CharField):
    """A path compared byte by byte on every database, so that a prefix is an index range."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 96)
        kwargs.setdefault("db_index", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> Any:
        found = super().db_parameters(connection)
        # a linguistic collation would sort "/" away and turn the range into a full scan
        found["collation"] = "C" if connection.vendor == "postgresql" else None
        return found


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows narrowed to what an actor reaches."""

    def reach(self, actor: Actor, roles: Iterable[Role] | None = None) -> Self:
        """The rows below the actor's grants (of those roles, or of all)."""
        condition = models.Q(pk__in=[])
        for path in actor.scopes(roles):
            low, high = span(path)
            condition |= models.Q(scope__gte=low, scope__lt=high)
        return self.filter(condition)

    def under(self, scope: str) -> Self:
        """The rows at or below a scope that was itself reached."""
        low, high = span(scope)
        return self.filter(scope__gte=low, scope__lt=high)


class Scoped(models.Model):
    """A thing that belongs to a place, has a state, and changes by steps only."""

    scope = ScopeField()
    state = models.CharField(max_length=24, db_index=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    everywhere = ScopedQuerySet.as_manager()

    segment: ClassVar[str] = ""
    """What a new row adds to its parent's scope, e.g. ``"a{pk:06d}/"``; empty: the parent's own scope."""
    public_states: ClassVar[frozenset[str]] = frozenset()
    """States in which anybody may read the row (announcements, the directory)."""
    readers: ClassVar[frozenset[Role] | None] = None
    """The only roles through which the row is reached (items, score sheets); None: every role."""
    closed: ClassVar[bool] = False
    """May a row be out of reach though its place is reached? Then trail and messages ask for the row itself."""
    read_only: ClassVar[str] = ""
    """Why a scoped model has no flow; empty when it has one."""

    class Meta:
        abstract = True
        base_manager_name = "everywhere"
        default_manager_name = "everywhere"

    @classmethod
    def reach(cls, actor: Actor, roles: Iterable[Role] | None = None) -> ScopedQuerySet:
        """The rows this actor may see because of a grant."""
        if cls.readers is not None:
            roles = cls.readers if roles is None else cls.readers & frozenset(roles)
        return ScopedQuerySet(cls).reach(actor, roles)

    @classmethod
    def visible(cls, actor: Actor) -> ScopedQuerySet:
        """The rows this actor may see because of a grant or because they are public."""
        rows = cls.reach(actor)
        if not cls.public_states:
            return rows
        return rows | ScopedQuerySet(cls).filter(state__in=cls.public_states)
