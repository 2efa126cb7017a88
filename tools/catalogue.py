"""Catalogues of translations without GNU gettext: read and write .po, compile .mo (the format of GNU gettext's manual).

Reads the plain form that this module writes: one entry a block, strings quoted as in C.
"""

from __future__ import annotations

import ast
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

_LINE = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d+)\])?\s+(".*")$')


@dataclass
class Message:
    """One text and its translation; ``forms`` has two members where a number decides."""

    id: str
    context: str = ""
    plural: str = ""
    forms: list[str] = field(default_factory=lambda: [""])
    places: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What makes a message the same message."""
        return self.context, self.id

    @property
    def translated(self) -> bool:
        """Is every form there and sure?"""
        return not self.fuzzy and all(self.forms)


def read(path: Path) -> list[Message]:
    """The messages of a .po file, its header first."""
    blocks = path.read_text(encoding="utf-8").split("\n\n") if path.exists() else []
    return [found for block in blocks if (found := _message(block)) is not None]


def _message(block: str) -> Message | None:
    parts: dict[str, str] = {}
    fuzzy, last = False, ""
    for line in block.split("\n"):
        if line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
        elif matched := _LINE.match(line):
            last = matched[1] + (matched[2] or "")
            parts[last] = ast.literal_eval(matched[3])
        elif line.startswith('"'):
            parts[last] += ast.literal_eval(line)
    if "msgid" not in parts:
        return None
    forms = [parts["msgstr"]] if "msgstr" in parts else [parts[key] for key in sorted(parts) if key[:6] == "msgstr"]
    return Message(parts["msgid"], parts.get("msgctxt", ""), parts.get("msgid_plural", ""), forms, fuzzy=fuzzy)


def write(path: Path, messages: list[Message]) -> None:
    """Write a .po file; equal messages give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_block(message) for message in messages), encoding="utf-8")


def _block(message: Message) -> str:
    # where a text stands is not kept: it can be looked up, and made a third of the file and of every change to it
    lines: list[str] = []
    if message.fuzzy:
        lines.append("#, fuzzy")
    if message.context:
        lines.append(f"msgctxt {_quoted(message.context)}")
    lines.append(f"msgid {_quoted(message.id)}")
    if message.plural:
        lines.append(f"msgid_plural {_quoted(message.plural)}")
        lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(message.forms)]
    else:
        lines.append(f"msgstr {_quoted(message.forms[0])}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    marked = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    pieces = [f'"{piece}"' for piece in marked.replace("\n", "\\n\0").split("\0") if piece]
    if len(pieces) > 1:
        return "\n".join(['""', *pieces])
    return pieces[0] if pieces else '""'


def compile_file(path: Path) -> Path:
    """Write the .mo beside a .po; untranslated and fuzzy messages are left out, so the source text is shown."""
    pairs = []
    for message in read(path):
        if message.id == "" or message.translated:
            name = f"{message.context}\x04{message.id}" if message.context else message.id
            whole = f"{name}\0{message.plural}" if message.plural else name
            pairs.append((whole.encode(), "\0".join(message.forms).encode()))
    target = path.with_suffix(".mo")
    fresh = path.with_suffix(".new")
    fresh.write_bytes(_machine(sorted(pairs)))
    fresh.replace(target)
    return target


def _machine(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Header, table of originals, table of translations, then the strings, each closed by NUL."""
    count = len(pairs)
    start = 28 + 16 * count
    tables, strings = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), start + len(strings))
            strings += pair[side] + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start) + tables[0] + tables[1] + strings
