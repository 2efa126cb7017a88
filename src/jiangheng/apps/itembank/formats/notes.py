"""What a reader notices while it reads one item (clauses K7-K9)."""

from __future__ import annotations

from dataclasses import dataclass, field

from jiangheng.apps.itembank.formats.found import Media


class NotTaken(ValueError):
    """The item cannot be one of ours; the sentence says why."""


@dataclass
class Notes:
    """What was noticed on the way: losses and problems, each once, and the pictures of the item by digest."""

    losses: dict[str, None] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)

    def lose(self, sentence: str) -> None:
        """Something of the item is left behind."""
        self.losses.setdefault(sentence)

    def fail(self, sentence: str) -> None:
        """The item cannot be taken as it is."""
        self.problems.setdefault(sentence)
