"""What a module of `core` can say: its Chinese constants, and its f-strings as patterns with numbered places.

``f"须年满{least}周岁"`` is the text ``须年满{0}周岁``. Added strings are one text for each way they can turn out.
`kernel.spoken` finds the pattern again when the finished sentence is shown. Left out are docstrings, regular
expressions, keys of dicts and the tables in DATA, whose words are names of places and people or stand in workbooks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product

DATA = frozenset({
    "PROVINCES", "CERTIFICATE_PROVINCES", "IDENTITY_PROVINCES", "DIVISIONS", "OLD_DIVISIONS",
    "ETHNIC_GROUPS", "CANDIDATE_SOURCES", "RECOGNITION_NATURE", "EXAM_NATURE",
})  # fmt: skip
_LISTS_OF_WORDS = frozenset({"_numbered"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PLACE = "\0"


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a module, in the order of its lines."""
    for text in _of(tree):
        if _CHINESE.search(text):
            yield text


def _of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Assign | ast.AnnAssign) and _names(node) & DATA:
        return
    if isinstance(node, ast.Call) and _called(node) == "compile":
        return
    if isinstance(node, ast.Call) and _called(node) in _LISTS_OF_WORDS:
        yield from (word for text in node.args for whole in _ways(text) for word in whole.split())
        return
    if isinstance(node, ast.JoinedStr | ast.Constant) or _is_sum_of_texts(node):
        yield from (_numbered(way) for way in _ways(node))
    parts = _filled(node) if isinstance(node, ast.JoinedStr) or _is_sum_of_texts(node) else ast.iter_child_nodes(node)
    for part in parts:
        if not (isinstance(node, ast.Dict) and part in node.keys):
            yield from _of(part)


def _ways(node: ast.AST) -> list[str]:
    """Every text an expression can be; what is not written out is one place."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(_PLACE if isinstance(each, ast.FormattedValue) else each.value for each in node.values)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return ["".join(pair) for pair in product(_ways(node.left), _ways(node.right))]
    if isinstance(node, ast.IfExp):
        return [*_ways(node.body), *_ways(node.orelse)]
    return [_PLACE]


def _filled(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions in the places, which may hold texts of their own."""
    if isinstance(node, ast.JoinedStr):
        yield from (each.value for each in node.values if isinstance(each, ast.FormattedValue))
    elif isinstance(node, ast.BinOp):
        yield from [*_filled(node.left), *_filled(node.right)]
    elif isinstance(node, ast.IfExp):
        yield from [node.test, *_filled(node.body), *_filled(node.orelse)]
    elif not isinstance(node, ast.Constant):
        yield node


def _is_sum_of_texts(node: ast.AST) -> bool:
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
        return False
    return any(_CHINESE.search(way) for way in _ways(node))


def _numbered(way: str) -> str:
    # The places of a text that is filled by ``format`` count as those of an f-string do.
    first, *rest = way.replace("{}", _PLACE).split(_PLACE)
    return first + "".join(f"{{{number}}}{text}" for number, text in enumerate(rest))


def _names(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
