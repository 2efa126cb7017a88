"""The journal of one of two machines that keep each other's copy: what fits, what is there, what is missing (K13).

Every entry that is written on this machine goes through here, whoever made it, so what is known of the chains is always
what the file holds. One thread at a time uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from jiangheng.core.exam import receipts

from .entries import Draft, Entry
from .store_sqlite import SqliteStore, sync_folder


class Books:
    """The journal at that path. ``OSError`` and ``StoreError`` as the store raises them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._load()

    def _load(self) -> None:
        self._store = SqliteStore(self._path)
        self._receipts: dict[int, list[str]] = {}
        self._controls: set[tuple[int, str]] = set()
        for entry in self._store.tail(0):
            self._learn(Draft(entry.sitting, entry.text, entry.link, entry.receipt))

    def fit(self, drafts: Iterable[Draft]) -> tuple[list[Draft], list[Draft]]:
        """Of these drafts the ones that are new and carry their chains on, and those that cannot stand here. What is
        there already is in neither list."""
        fresh: list[Draft] = []
        misfits: list[Draft] = []
        added: dict[int, list[str]] = {}
        for draft in drafts:
            if not draft.link:
                if (draft.sitting, draft.text) not in self._controls:
                    fresh.append(draft)
                continue
            old, new = self._receipts.get(draft.sitting, []), added.setdefault(draft.sitting, [])
            number = len(old) + len(new)
            if draft.link <= number:
                if (old + new)[draft.link - 1] != draft.receipt:
                    misfits.append(draft)
            elif draft.link == number + 1 and draft.receipt == _next(draft, new or old):
                fresh.append(draft)
                new.append(draft.receipt)
            else:
                misfits.append(draft)
        return fresh, misfits

    def write(self, drafts: Sequence[Draft]) -> None:
        """Put drafts that fit on disk, in one transaction."""
        if drafts:
            self._store.append(drafts)
            for draft in drafts:
                self._learn(draft)

    def heads(self) -> dict[int, tuple[int, str]]:
        """The number and the receipt of the last entry of every chain."""
        return {sitting: (len(chain), chain[-1]) for sitting, chain in self._receipts.items()}

    def has(self, sitting: int, link: int, receipt: str) -> bool:
        """Does that entry stand at that place of the chain?"""
        chain = self._receipts.get(sitting, [])
        return 0 < link <= len(chain) and chain[link - 1] == receipt

    def last_id(self) -> int:
        """The id of the newest entry."""
        return self._store.last_id()

    def controls(self) -> set[tuple[int, str]]:
        """The control entries, as (sitting, text)."""
        return set(self._controls)

    def entries(self, after_id: int = 0) -> list[Entry]:
        """All entries after that one, in the order they were written."""
        return self._store.tail(after_id)

    def set_aside(self, name: str) -> None:
        """Begin with an empty journal; the present one is kept beside it under that name."""
        self._store.close()
        for end in ("", "-wal", "-shm"):
            file = self._path.with_name(self._path.name + end)
            if file.exists():
                file.replace(self._path.with_name(f"{self._path.stem}.aside-{name}.sqlite3{end}"))
        sync_folder(self._path.parent)
        self._load()

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def _learn(self, draft: Draft) -> None:
        if draft.link:
            self._receipts.setdefault(draft.sitting, []).append(draft.receipt)
        else:
            self._controls.add((draft.sitting, draft.text))


def _next(draft: Draft, chain: Sequence[str]) -> str:
    head = chain[-1] if chain else receipts.genesis(draft.sitting)
    return receipts.link(head, draft.link, draft.text)
