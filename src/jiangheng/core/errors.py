"""What a person is told when something may not be: the one family of refusals.

Every other exception is a bug: it is logged and shown as a plain error page, never as a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a step may not be performed.

    ``reason`` says what does not hold, ``mend`` what would put it right, ``clause`` the clause of the
    notice it rests on, ``field`` the input it belongs to. Texts may be lazy translations.
    """

    reason: Any
    clause: str = ""
    mend: Any = ""
    field: str = ""


class Refused(Exception):
    """The step was not performed, for these reasons (HTTP 422)."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(str(refusal.reason) for refusal in self.refusals))


class OutOfReach(Exception):
    """No such thing within the actor's territory; the same answer as for a thing that does not exist (404)."""


class WrongRole(Exception):
    """The thing is within reach, but the step belongs to other roles (403)."""

    def __init__(self, step_label: Any, roles: Iterable[Any]) -> None:
        self.step_label = step_label
        self.roles = tuple(roles)
        super().__init__(str(step_label))
