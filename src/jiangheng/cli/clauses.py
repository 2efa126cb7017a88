"""Where a clause of the notice lives: a scan of the sources, without Django and without importing a room (K10)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jiangheng.core.notice import CLAUSES, Clause

PACKAGE = Path(__file__).parents[1]
CHECKOUT = PACKAGE.parents[1]
_ID = re.compile(r"\b(?:K1[0-6]|K[1-9]|R[1-7]|W10|W[1-9]|P[1-3])\b")
# the list of clauses itself and the numbers' table cite everything and explain nothing
_LISTS = {"notice.py", "parameters.py"}
_ORDER = ("step", "rule", "refusal", "page", "code", "test")


@dataclass(frozen=True)
class Citation:
    """One place that cites a clause. ``kind``: step, rule, refusal, page, code or test; ``where``: file:line."""

    clause: str
    kind: str
    name: str
    where: str


def wanted(words: str) -> list[Clause]:
    """The clause of that id, or those whose place or title holds the words."""
    if words.upper() in CLAUSES:
        return [CLAUSES[words.upper()]]
    return [each for each in CLAUSES.values() if words in each.title or words in each.place]


def heading(id: str) -> str:
    """A clause in one line: id, place in the notice, what it asks."""
    return f"{id}  {CLAUSES[id].place}  {CLAUSES[id].title}"


def citations(id: str) -> list[Citation]:
    """Every place that cites a clause, steps first."""
    return [each for each in every() if each.clause == id]


@cache
def every() -> tuple[Citation, ...]:
    """Every citation in the package and, in a checkout, in its tests."""
    folders = [PACKAGE, *([CHECKOUT / "tests"] if (CHECKOUT / "tests").is_dir() else [])]
    found = [
        each
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
        if path.name not in _LISTS and "migrations" not in path.parts
        for each in of_file(path)
    ]
    return tuple(sorted(found, key=lambda each: (_ORDER.index(each.kind), _place(each.where))))


def _place(where: str) -> tuple[str, int]:
    path, _, line = where.rpartition(":")
    return path, int(line)


def of_file(path: Path) -> list[Citation]:
    """The citations of one Python file."""
    text = path.read_text(encoding="utf-8")
    if not _ID.search(text):
        return []
    shown = path.relative_to(CHECKOUT).as_posix() if path.is_relative_to(CHECKOUT) else path.as_posix()
    tree = ast.parse(text)
    flows = dict(_flows(tree))
    found = dict.fromkeys(
        Citation(id, kind, name, f"{shown}:{line}")
        for id, kind, name, line in [*_declared(tree, flows), *_written(tree, path)]
        if id in CLAUSES
    )
    return list(found)


def _flows(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of flows in this module: ``filing = flow("filing", …)``."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value) == "flow":
            for target in node.targets:
                if isinstance(target, ast.Name) and node.value.args:
                    yield target.id, _text(node.value.args[0])


def _declared(tree: ast.Module, flows: dict[str, str]) -> Iterator[tuple[str, str, str, int]]:
    """Declarations with ``clause=``, and refusals that name their clause."""
    functions = {
        id(decorator): node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        cited = next((_text(each.value) for each in node.keywords if each.arg == "clause"), "")
        owner = functions.get(id(node))
        if cited and _called(node) == "step" and isinstance(node.func, ast.Attribute) and node.args:
            base = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            yield cited, "step", f"{flows.get(base, base)}.{_text(node.args[0])}", node.lineno
        elif cited and _called(node) == "rule" and owner is not None:
            yield cited, "rule", owner.name, owner.lineno
        elif cited:
            yield cited, "refusal", _called(node), node.lineno
        elif _called(node) in {"Refusal", "Problem"}:
            for argument in node.args:
                if _ID.fullmatch(_text(argument)):
                    yield _text(argument), "refusal", _called(node), node.lineno


def _written(tree: ast.Module, path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Clauses named in docstrings: of a module, a class, a function or a test."""
    kind = "code"
    if "tests" in path.parts:
        kind = "test"
    elif path.name == "pages.py" or "web" in path.parts:
        kind = "page"
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        said = ast.get_docstring(node, clean=False)
        for cited in _ID.findall(said or ""):
            name = path.stem if isinstance(node, ast.Module) else node.name
            yield cited, kind, name, 1 if isinstance(node, ast.Module) else node.lineno


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
