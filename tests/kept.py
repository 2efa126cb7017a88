"""``kept``: a fixture's work on the database is done once a run; afterwards the rows it made are put back.

A city, a stage or a house is hundreds of steps, and hundreds of tests begin with the same one. The first test that asks
lets the fixture do them; what it returned and every row it made, changed or removed is remembered. The next one gets
those rows, a copy of the objects, and the hour at which the fixture ended, in a fiftieth of the time. Nothing of the
first test is left in them: they are taken before its body begins.

Rows are put back only onto the ground on which they were made: the same last leaf of the trail (no two acts share a
number), the same day, and the same kind of test, with or without a transaction around it.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Made = TypeVar("Made")
Row = tuple[Any, ...]
Rows = dict[Any, Row]


@dataclass(frozen=True)
class Ground:
    """What a fixture left: the rows by table, what it was given and gave, and the hour, if it moved the clock."""

    added: dict[str, list[Row]]
    removed: dict[str, list[Any]]
    objects: tuple[Any, tuple[Any, ...]]
    clock: Any


_GROUNDS: dict[tuple[Any, ...], Ground] = {}


def kept(fixture: Callable[P, Made]) -> Callable[P, Made]:
    """The same fixture, quicker from its second use on. For one that writes to the database and to nothing else."""

    @functools.wraps(fixture)
    def quick(*args: P.args, **given: P.kwargs) -> Made:
        key = (fixture.__module__, fixture.__qualname__, *_here())
        asked = (*args, *given.values())
        if ground := _GROUNDS.get(key):
            return _put_back(ground, asked)
        before = _everything()
        made = fixture(*args, **given)
        _GROUNDS[key] = _remember(before, made, asked)
        return made

    return quick


def _here() -> tuple[Any, ...]:
    """What must be the same for rows to be put back."""
    from django.db import connection

    from jiangheng.kernel import clock
    from jiangheng.kernel.models import Entry

    last = Entry.objects.order_by("-pk").values_list("pk", "correlation").first()
    return last, clock.today(), connection.in_atomic_block, connection.settings_dict["NAME"]


def _everything() -> dict[str, Rows]:
    """Every row of every table by its key, as the database gives it."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table, (key, columns) in _tables().items():
            cursor.execute(f"SELECT {_names(columns)} FROM {connection.ops.quote_name(table)}")
            place = columns.index(key)
            found[table] = {row[place]: tuple(row) for row in cursor.fetchall()}
    return found


@functools.cache
def _tables() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The key and the columns of every table that models own."""
    from django.apps import apps

    return {
        model._meta.db_table: (model._meta.pk.column, tuple(each.column for each in model._meta.concrete_fields))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def _names(columns: Iterable[str]) -> str:
    from django.db import connection

    return ", ".join(connection.ops.quote_name(each) for each in columns)


def _remember(before: dict[str, Rows], made: Any, asked: tuple[Any, ...]) -> Ground:
    from jiangheng.kernel import clock

    after = _everything()
    added = {
        table: [row for key, row in rows.items() if before[table].get(key) != row] for table, rows in after.items()
    }
    # a changed row goes before it comes back
    removed = {
        table: [key for key, row in rows.items() if after[table].get(key) != row] for table, rows in before.items()
    }
    return Ground(
        added={table: rows for table, rows in added.items() if rows},
        removed={table: keys for table, keys in removed.items() if keys},
        objects=copy.deepcopy((made, asked)),
        clock=clock.now() if clock.shift() else None,
    )


def _put_back(ground: Ground, asked: tuple[Any, ...]) -> Any:
    from django.db import connection, transaction

    from jiangheng.kernel import clock

    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for table, keys in ground.removed.items():
            cursor.executemany(
                f"DELETE FROM {quote(table)} WHERE {quote(_tables()[table][0])} = %s", [(key,) for key in keys]
            )
        for table, rows in ground.added.items():
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {quote(table)} ({_names(_tables()[table][1])}) VALUES ({places})", rows)
        _count_on(cursor, set(ground.added))
    if ground.clock is not None:
        clock.move_to(ground.clock)
    return _handed_over(ground, asked)


def _count_on(cursor: Any, tables: set[str]) -> None:
    """PostgreSQL numbers new rows from a counter of its own; SQLite after the largest number there is."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
    for words in connection.ops.sequence_reset_sql(no_style(), models) if connection.vendor == "postgresql" else ():
        cursor.execute(words)


def _handed_over(ground: Ground, asked: tuple[Any, ...]) -> Any:
    """A copy of what the fixture gave, in which what it was given are the things this test has."""
    made, was_asked = ground.objects
    memo: dict[int, Any] = {id(old): new for old, new in zip(was_asked, asked, strict=True)}
    for old, new in zip(was_asked, asked, strict=True):
        if hasattr(new, "__dict__") and not callable(new):
            # a house opens accounts in the city it was given
            vars(new).update({name: copy.deepcopy(value, memo) for name, value in vars(old).items()})
    return copy.deepcopy(made, memo)
