"""docs/develop/hall-protocol.md names every address, message, field and refusal of the hall, and no others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from jiangheng.core.exam import asked, seat_check, sitting, ticket, watch_pass
from jiangheng.core.exam.events import FOCUS_KINDS
from jiangheng.hall import app, entries, wire

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "develop" / "hall-protocol.md").read_text(encoding="utf-8")
# a place's own machine adds a page for its invigilators: docs/develop/site.md, tests/hall/test_site_doc.py
SITE = {"room.py", "room_page.py", "site.py"}
HALL = sorted(file for file in Path(app.__file__).parent.glob("*.py") if file.name not in SITE)
JUDGES = [Path(module.__file__ or "") for module in (asked, seat_check, sitting, ticket, watch_pass)]
ROWS_FOR_WATCHERS = {"Seat": entries.Standing, "Crowd": entries.Crowd}


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of a section's tables, without their heads."""
    lines = [line.strip("|").split("|") for line in section(title).splitlines() if line.startswith("|")]
    heads = {n for n, line in enumerate(lines) if set("".join(line)) <= {"-"}}
    return [[cell.strip() for cell in line] for n, line in enumerate(lines) if not {n, n + 1} & heads]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def constants(files: list[Path]) -> Iterator[ast.AST]:
    for file in files:
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def test_every_address_is_in_the_document_and_no_other() -> None:
    code = {
        node.value
        for node in constants(HALL)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"/hall/[a-z/]*", node.value)
    }
    assert {address for row in rows("Addresses") for address in named(row[0])} == code


def test_every_address_takes_and_gives_what_the_document_says() -> None:
    told = {named(row[0])[0]: named(row[1])[:1] for row in rows("Addresses") if row[0].startswith("POST")}
    routes = {
        key.value: ast.unparse(value.args[0]).removeprefix("wire.")
        for node in constants(HALL)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and ast.unparse(value.func) == "_taking"
    }
    assert routes.keys() == told.keys() - {"/hall/watch"}
    assert {address: told[address] for address in routes} == {address: [kind] for address, kind in routes.items()}


def test_every_message_and_every_field_is_in_the_document_and_no_other() -> None:
    structs = {
        name: kind
        for name, kind in vars(wire).items()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and name[0] != "_"
    } | ROWS_FOR_WATCHERS
    code = {name: sorted(field.encode_name for field in msgspec.structs.fields(kind)) for name, kind in structs.items()}
    assert {named(row[0])[0]: sorted(named(row[1])) for row in rows("Messages")} == code


def refusals() -> dict[str, set[int]]:
    """Every code that stands beside a Chinese sentence, and with which status where that is said in the same place."""
    found: dict[str, set[int]] = {}
    for node in constants([*HALL, *JUDGES]):
        for status, code, reason in _said(node):
            if isinstance(code, str) and re.fullmatch(r"[a-z_]+", code) and re.search("[\u4e00-\u9fff]", reason):
                found.setdefault(code, set()).update({status} if status else set())
    return found


def _said(node: ast.AST) -> Iterator[tuple[int, object, str]]:
    if isinstance(node, ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Call):
        parts = node.args
    else:
        return
    values = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    texts = [ast.unparse(part) if isinstance(part, (ast.Constant, ast.JoinedStr)) else "" for part in parts]
    if len(parts) == 2:
        yield 401 if isinstance(node, ast.Call) and ast.unparse(node.func) == "BadPass" else 0, values[0], texts[1]
    elif len(parts) == 3 and isinstance(values[0], int):
        yield values[0], values[1], texts[2]


def test_every_refusal_is_in_the_document_and_no_other() -> None:
    told = [code for row in rows("Refusals") for code in named(row[0])]
    assert len(set(told)) == len(told)
    assert set(told) == set(refusals())


def test_every_refusal_has_the_status_the_document_says() -> None:
    told = {code: int(row[1]) for row in rows("Refusals") for code in named(row[0])}
    judged = {code for code, statuses in refusals().items() if not statuses} - {"not_found", "method"}
    assert {code: told[code] for code in judged} == {code: app._STATUS.get(code, 409) for code in judged}
    said = {code: statuses for code, statuses in refusals().items() if statuses}
    assert {code: {told[code]} for code in said} == said
    assert app._STATUS.keys() <= told.keys()
    assert (told["not_found"], told["method"]) == (404, 405)


def test_a_refusal_tells_the_page_something_to_do() -> None:
    assert [row for row in rows("Refusals") if not row[2]] == []


def test_stages_and_notices_are_those_of_the_code() -> None:
    lists = section("Messages").rpartition("|\n")[2]
    stages, _, notices = lists.partition("Notices:")
    assert set(named(notices)) == FOCUS_KINDS
    doc = entries.Standing.__doc__ or ""
    assert set(named(stages)) == set(re.findall(r"[a-z]+", re.findall(r"``([^`]+,[^`]+)``", doc)[0]))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (f"at most {wire.MOST_BYTES:,} bytes", 65_536),
        (f"1 to {wire.MOST_TOGETHER} entries", 200),
        (f"taken until {sitting.GRACE_MS // 1000} s after it", 5),
    ],
)
def test_the_numbers_of_the_document_are_those_of_the_code(words: str, value: int) -> None:
    assert words in PAGE and str(value) in words.replace(",", "")


def test_the_search_for_codes_sees_each_way_a_refusal_is_written() -> None:
    found = refusals()
    assert found["stale"] == set() and found["busy"] == {503} and found["unfit"] == set()
    assert found["pass_forged"] == {401} and found["not_found"] == set()
