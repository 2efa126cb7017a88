"""The command ``standard``: list, check, export and import standards as text (clause K3).

What concerns files and the shipped standards runs without Django; only ``--enacted`` and ``--as`` open the database.
Exit status: 0 done, 1 not canonical or not found or refused, 2 faults in the text.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from jiangheng.core.law.standard_text import (
    StandardData,
    StandardFaults,
    parse_standard,
    shipped,
    shipped_standard,
)
from jiangheng.core.law.standard_write import write_standard

from . import say, start_django

FAULTY = 2


def options(sub: argparse.ArgumentParser) -> None:
    """The acts and their options."""
    acts = sub.add_subparsers(dest="act", required=True, metavar="act")
    acts.add_parser("list", help="the shipped standards: code@edition, kind, title, name of the file")
    check = acts.add_parser("check", help="every fault of the files with line, field and mend")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    export = acts.add_parser("export", help="the canonical text of a standard")
    export.add_argument("wanted", metavar="CODE[@EDITION]", help="code and edition, or the name of a shipped standard")
    export.add_argument("--enacted", action="store_true", help="from this installation's database, not the package")
    export.add_argument("--out", type=Path, metavar="FILE", help="write here instead of to standard output")
    bring = acts.add_parser("import", help="check a text and write its canonical form, or draft it as a person")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--dry-run", action="store_true", help="write nothing, only say whether it would be taken")
    bring.add_argument("--out", type=Path, metavar="FILE", help="write here instead of to standard output")
    bring.add_argument("--as", dest="username", metavar="USERNAME", help="draft it in the database by this account")
    bring.add_argument("--password-stdin", action="store_true", help="read that account's password from standard input")


def run(chosen: argparse.Namespace) -> int:
    """The command ``standard``."""
    return {"list": _list, "check": _check, "export": _export, "import": _import}[chosen.act](chosen)


def _list(chosen: argparse.Namespace) -> int:
    for name in shipped():
        data = shipped_standard(name)
        print(f"{data.code}@{data.edition}\t{data.kind}\t{data.title}\t{name}")
    return 0


def _check(chosen: argparse.Namespace) -> int:
    return max(_checked(path) for path in chosen.files)


def _checked(path: Path) -> int:
    text = _text(path)
    data = None if text is None else _parsed(text, path)
    if text is None or data is None:
        return FAULTY
    line = _first_difference(text, write_standard(data))
    if line:
        say(f"{path}: 内容无误,但从第{line}行起不是规范写法;用 jiangheng standard import {path} --out {path} 改写")
        return 1
    say(f"{path}: {data.code}@{data.edition} 《{data.title}》无误")
    return 0


def _first_difference(text: str, canonical: str) -> int:
    """The first line that differs, from 1; 0 when nothing does."""
    if text == canonical:
        return 0
    pairs = zip(text.split("\n"), canonical.split("\n"), strict=False)
    return next((line for line, (one, other) in enumerate(pairs, start=1) if one != other), canonical.count("\n") + 1)


def _export(chosen: argparse.Namespace) -> int:
    try:
        data = _enacted(chosen.wanted) if chosen.enacted else _shipped(chosen.wanted)
    except ValueError as fault:
        say(str(fault))
        return 1
    return _put(write_standard(data), chosen.out)


def _shipped(wanted: str) -> StandardData:
    if wanted in shipped():
        return shipped_standard(wanted)
    found = {name: data for name in shipped() if _is(data := shipped_standard(name), wanted)}
    if len(found) != 1:
        known = "、".join(found or shipped())
        raise ValueError(f"{wanted} {'有多个' if found else '不在随附的标准中'};请从这些名称中选择:{known}")
    return next(iter(found.values()))


def _is(data: StandardData, wanted: str) -> bool:
    return wanted in (data.code, f"{data.code}@{data.edition}")


def _enacted(wanted: str) -> StandardData:
    start_django()
    from . import standard_rows

    return parse_standard(standard_rows.enacted_text(wanted))


def _import(chosen: argparse.Namespace) -> int:
    text = _text(chosen.file)
    data = None if text is None else _parsed(text, chosen.file)
    if data is None:
        return FAULTY
    canonical = write_standard(data)
    if chosen.dry_run:
        say(f"{chosen.file}: {data.code}@{data.edition} 《{data.title}》可以导入")
        return 0
    if chosen.username:
        start_django()
        from . import standard_rows

        return standard_rows.draft(canonical, username=chosen.username, password_stdin=chosen.password_stdin)
    return _put(canonical, chosen.out)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as fault:
        say(f"{path}: 读不了:{fault.strerror};请检查文件名和权限")
    except UnicodeDecodeError as fault:
        say(f"{path}: 第{fault.start + 1}个字节不是 UTF-8;请以 UTF-8 编码另存")
    return None


def _parsed(text: str, path: Path) -> StandardData | None:
    try:
        return parse_standard(text)
    except StandardFaults as wrong:
        for fault in wrong.faults:
            say(f"{path}: {fault}")
        return None


def _put(text: str, out: Path | None) -> int:
    if out is None:
        # Bytes, so that no terminal's or system's line ending enters a text that is compared byte for byte.
        sys.stdout.buffer.write(text.encode("utf-8"))
        return 0
    try:
        out.write_bytes(text.encode("utf-8"))
    except OSError as fault:
        say(f"{out}: 写不了:{fault.strerror};请检查文件夹和权限")
        return 1
    say(f"{out}: 已写入")
    return 0
