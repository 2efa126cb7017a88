"""Who sends a message, and the refusal of one (clause K13)."""

from __future__ import annotations

from dataclasses import dataclass

from jiangheng.core.exam.sitting import Rejected


class Refused(Exception):
    """The message is not accepted: ``code`` for the page, ``reason`` for the person."""

    def __init__(self, rejected: Rejected) -> None:
        self.code = rejected.code
        self.reason = rejected.reason
        super().__init__(rejected.code)


@dataclass(frozen=True, slots=True)
class Caller:
    """From where a message came: the peer's address, the host it asked for, and what the browser says of itself."""

    address: str = ""
    host: str = ""
    path: str = ""
    hashes: tuple[str, ...] = ()
