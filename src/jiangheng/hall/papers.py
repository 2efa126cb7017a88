"""Papers as candidates may see them: one JSON file per digest, kept in memory once read (clauses K7-K9, K13).

A paper's digest is the SHA-256 of its canonical content, so a file that was changed after it was published is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from jiangheng.core.exam import items as bank
from jiangheng.core.exam.shuffle import individual_paper
from jiangheng.core.exam.sitting import Choice

from .wire import Face, Item, Option

_DIGEST = re.compile(r"[0-9a-f]{64}")


class NoPaper(Exception):
    """The paper is not in this hall, or its file is not what its digest says."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in memory: its face, and what may be chosen at each item."""

    face: Face
    choices: Mapping[str, Choice]

    def items(self, seed: str) -> tuple[Item, ...]:
        """The items in the order of the seat with that hex seed; options keep the author's keys wherever they stand."""
        layout = individual_paper([_bank_item(item) for item in self.face.items], seed=bytes.fromhex(seed))
        texts = {item.id: {option.key: option.text for option in item.options} for item in self.face.items}
        faces = {item.id: item for item in self.face.items}
        return tuple(
            Item(id, faces[id].kind, faces[id].stem, tuple(Option(key, texts[id][key]) for key in layout.options[id]))
            for id in layout.items
        )


class Papers:
    """The papers of one hall."""

    def __init__(self, home: Path) -> None:
        self._folder = papers_folder(home)
        self._open: dict[str, Paper] = {}

    def get(self, digest: str) -> Paper:
        """The paper of that digest; :class:`NoPaper` when it is missing or altered."""
        paper = self._open.get(digest)
        if paper is None:
            paper = self._open[digest] = _read(self._folder, digest)
        return paper


def papers_folder(home: Path) -> Path:
    """Where the papers of an installation lie."""
    return home / "hall" / "papers"


def face_digest(face: Mapping[str, Any]) -> str:
    """The digest of a paper's face (title, minutes, kinds, items), in hex; a ``digest`` in it does not count."""
    content = {name: value for name, value in face.items() if name != "digest"}
    return hashlib.sha256(_canonical(content)).hexdigest()


def publish(home: Path, face: Mapping[str, Any]) -> str:
    """Write a paper's face where the hall looks for it; its digest. Writing the same paper twice is harmless.

    ``ValueError`` when the face holds a field a candidate may not see, lacks one, or an item cannot be answered.
    """
    digest = face_digest(face)
    content = _canonical({**face, "digest": digest})
    try:
        _choices(msgspec.json.decode(content, type=Face))
    except msgspec.ValidationError as error:
        raise ValueError(f"试卷内容不合要求：{error}") from None
    folder = papers_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{digest}.{os.getpid()}"
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / f"{digest}.json")
    return digest


def _read(folder: Path, digest: str) -> Paper:
    # The digest comes from a signed pass, yet it becomes a file name: nothing but hex may pass.
    if not _DIGEST.fullmatch(digest):
        raise NoPaper(digest)
    try:
        content = (folder / f"{digest}.json").read_bytes()
        face = msgspec.json.decode(content, type=Face)
        if face_digest(json.loads(content)) != digest:
            raise NoPaper(digest)
        return Paper(face, _choices(face))
    except (OSError, ValueError) as error:
        raise NoPaper(f"{digest}: {error}") from error


def _bank_item(item: Item) -> bank.Item:
    # The layout asks the bank's rule whether options may move ("以上都对"); what the hall does not know stays empty.
    options = tuple(bank.Option(option.key, option.text) for option in item.options)
    return bank.Item(item.id, item.kind, item.stem, options, (), "", "", 1, "")


def _choices(face: Face) -> dict[str, Choice]:
    choices: dict[str, Choice] = {}
    for item in face.items:
        keys = frozenset(option.key for option in item.options)
        if item.kind not in bank.KINDS:
            raise ValueError(f"试题 {item.id} 的题型“{item.kind}”不能在机考中作答")
        if len(keys) != len(item.options) or not keys:
            raise ValueError(f"试题 {item.id} 的选项标号为空或重复")
        if item.id in choices:
            raise ValueError(f"试题编号 {item.id} 重复")
        choices[item.id] = Choice(keys, many=bank.KINDS[item.kind].most_keys > 1)
    return choices


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
