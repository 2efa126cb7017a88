"""Papers as candidates may see them: one JSON file per digest, kept in memory once read (clauses K7-K9, K13).

A paper's digest is the SHA-256 of its canonical content, so a file that was changed after it was published is refused.
A device gets the paper sealed, before the start, and the small key that opens it at the start: so ten thousand may
begin in one second.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jiangheng.core.exam import items as bank
from jiangheng.core.exam.asked import Asked
from jiangheng.core.exam.shuffle import Layout, Plan, laid_out, plan_of

from .wire import Face, Item

_DIGEST = re.compile(r"[0-9a-f]{64}")
# The exam page shows pictures that come with the paper or lie on its own server, and no others.
_PICTURE = re.compile(r"data:image/|/(?!/)")
_NO_ADDRESS = re.compile(r'<img src="media:')

# The fields only some kinds have, by what their candidates give; in any other item they may hold nothing.
_OWN: Mapping[str, frozenset[str]] = {
    "keys": frozenset({"options"}),
    "order": frozenset({"options"}),
    "pairs": frozenset({"options", "targets"}),
    "texts": frozenset({"blanks"}),
    "number": frozenset({"unit"}),
    "points": frozenset({"picture"}),
    "parts": frozenset({"parts"}),
}
_NAMES = {
    "options": "选项", "targets": "右栏", "blanks": "空", "unit": "单位", "picture": "图片", "parts": "小题",
}  # fmt: skip
_MAY_LACK = frozenset({"unit"})


class NoPaper(Exception):
    """The paper is not in this hall, or its file is not what its digest says."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in memory: its face, what may be given at each item and at each part of a case, and the sealed face with
    its key. ``seal`` is the SHA-256 of the sealed bytes, under which a device fetches them; ``plan`` is what of its
    order is the same at every seat."""

    face: Face
    asked: Mapping[str, Asked]
    key: bytes
    sealed: bytes
    seal: str
    plan: Plan

    def layout(self, seed: str) -> Layout:
        """The order of items and options at the seat with that hex seed; keys stay with their options wherever they
        stand. It says nothing about what the items ask."""
        return laid_out(self.plan, seed=bytes.fromhex(seed))


class Papers:
    """The papers of one hall; ``secret`` is what their sealing keys are derived from."""

    def __init__(self, home: Path, secret: bytes) -> None:
        self._folder = papers_folder(home)
        self._secret = secret
        self._open: dict[str, Paper] = {}
        self._sealed: dict[str, Paper] = {}

    def get(self, digest: str) -> Paper:
        """The paper of that digest; :class:`NoPaper` when it is missing or altered."""
        paper = self._open.get(digest)
        if paper is None:
            paper = self._open[digest] = _sealed(*_read(self._folder, digest), self._secret)
            self._sealed[paper.seal] = paper
        return paper

    def sealed(self, seal: str) -> bytes:
        """The sealed bytes of that digest; :class:`NoPaper` when no paper in use has them."""
        paper = self._sealed.get(seal)
        if paper is None:
            raise NoPaper(seal)
        return paper.sealed


def _sealed(face: Face, asked: Mapping[str, Asked], secret: bytes) -> Paper:
    key = hmac.digest(secret, b"jiangheng/paper seal/1\n" + face.digest.encode(), "sha256")
    # One key seals one text and never another, so the nonce may be the same every time; every process of a hall, and
    # a hall that was started again, makes the same bytes.
    sealed = AESGCM(key).encrypt(bytes(12), msgspec.json.encode(face), None)
    plan = plan_of([_bank_item(item) for item in face.items])
    return Paper(face, asked, key, sealed, hashlib.sha256(sealed).hexdigest(), plan)


def papers_folder(home: Path) -> Path:
    """Where the papers of an installation lie."""
    return home / "hall" / "papers"


def face_digest(face: Mapping[str, Any]) -> str:
    """The digest of a paper's face (title, minutes, kinds, items), in hex; a ``digest`` in it does not count."""
    content = {name: value for name, value in face.items() if name != "digest"}
    return hashlib.sha256(_canonical(content)).hexdigest()


def check(face: Mapping[str, Any]) -> str:
    """The digest of a face that the hall could show; writes nothing.

    ``ValueError`` when the face holds a field a candidate may not see, lacks one, or an item cannot be answered.
    """
    digest = face_digest(face)
    try:
        _asked(msgspec.json.decode(_canonical({**face, "digest": digest}), type=Face))
    except msgspec.ValidationError as error:
        raise ValueError(f"试卷内容不合要求：{error}") from None
    return digest


def publish(home: Path, face: Mapping[str, Any]) -> str:
    """Write a paper's face where the hall looks for it; its digest. Writing the same paper twice is harmless.

    ``ValueError`` as :func:`check` raises it.
    """
    digest = check(face)
    content = _canonical({**face, "digest": digest})
    folder = papers_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{digest}.{os.getpid()}"
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / f"{digest}.json")
    return digest


def _read(folder: Path, digest: str) -> tuple[Face, dict[str, Asked]]:
    # The digest comes from a signed pass, yet it becomes a file name: nothing but hex may pass.
    if not _DIGEST.fullmatch(digest):
        raise NoPaper(digest)
    try:
        content = (folder / f"{digest}.json").read_bytes()
        face = msgspec.json.decode(content, type=Face)
        if face_digest(json.loads(content)) != digest:
            raise NoPaper(digest)
        return face, _asked(face)
    except (OSError, ValueError) as error:
        raise NoPaper(f"{digest}: {error}") from error


def _bank_item(item: Item) -> bank.Item:
    # The layout asks the bank's rule whether options may move ("以上都对"); what the hall does not know stays empty.
    return bank.Item(
        item.id,
        item.kind,
        item.stem,
        tuple(bank.Option(option.key, option.text) for option in item.options),
        targets=tuple(bank.Option(target.key, target.text) for target in item.targets),
        parts=tuple(_bank_item(part) for part in item.parts),
    )


def _asked(face: Face) -> dict[str, Asked]:
    """What may be given at each item and each part; ``ValueError`` with the first thing that cannot be answered."""
    asked: dict[str, Asked] = {}
    known: set[str] = set()
    for item in face.items:
        _check_item(item)
        for number, part in enumerate(item.parts, start=1):
            if part.kind == "case" or part.id != f"{item.id}.{number}":
                raise ValueError(f"试题 {item.id} 的第 {number} 小题编号应为 {item.id}.{number}，且不能再分小题")
            _check_item(part)
        for one in (item, *item.parts):
            if one.id in known:
                raise ValueError(f"试题编号 {one.id} 重复")
            known.add(one.id)
        asked |= {unit.id: _asked_at(unit) for unit in item.parts or (item,)}
    return asked


def _asked_at(item: Item) -> Asked:
    kind = bank.KINDS[item.kind]
    return Asked(
        frozenset(option.key for option in item.options),
        many=kind.most_keys > 1,
        answered=kind.answered,
        targets=frozenset(target.key for target in item.targets),
        blanks=item.blanks,
    )


def _check_item(item: Item) -> None:
    kind = bank.KINDS.get(item.kind)
    if kind is None:
        raise ValueError(f"试题 {item.id} 的题型“{item.kind}”不能在机考中作答")
    own = _OWN.get(kind.answered, frozenset())
    for field, name in _NAMES.items():
        if bool(getattr(item, field)) != (field in own) and not (field in own and field in _MAY_LACK):
            raise ValueError(f"试题 {item.id}（{kind.name}）{'没有' if field in own else '不应有'}{name}")
    for column, name in ((item.options, "选项"), (item.targets, "右栏")):
        keys = {option.key for option in column}
        if len(keys) != len(column) or not all(keys):
            raise ValueError(f"试题 {item.id} 的{name}标号为空或重复")
    if item.blanks and item.blanks != bank.blanks(item.stem):
        raise ValueError(f"试题 {item.id} 写明 {item.blanks} 个空，题干中有 {bank.blanks(item.stem)} 个")
    texts = [item.stem, *(option.text for option in (*item.options, *item.targets))]
    if (item.picture and not _PICTURE.match(item.picture)) or any(_NO_ADDRESS.search(text) for text in texts):
        raise ValueError(f"试题 {item.id} 的图片没有地址，考生看不到，请在发卷时写入图片内容")


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
