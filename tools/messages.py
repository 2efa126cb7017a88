"""Collect the texts people read into the English catalogue, keeping what is translated already.

    python tools/messages.py           rewrite locale/en/LC_MESSAGES/django.po and compile it
    python tools/messages.py --check   change nothing; name what is missing, fuzzy or no longer used

Source texts are Chinese: in Python inside ``_( )`` and its kin, in templates inside the translation tags. `core` does
not know translation: all it can say is collected by `said` and translated where it is shown, by `kernel.spoken`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import said
from catalogue import Message, compile_file, read, write

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "jiangheng"
CORE = PACKAGE / "core"
CATALOGUE = PACKAGE / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
# function → which arguments are (context, text, plural)
_CALLS = {
    "_": (None, 0, None), "_t": (None, 0, None), "gettext": (None, 0, None), "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None), "lazy": (None, 0, None), "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None), "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
}  # fmt: skip
_IN_TEMPLATE = re.compile(r"\b(_|n?p?gettext)\(")
_HEADER = (
    "Project-Id-Version: jiangheng\nLanguage: en\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
)


def main(*, check: bool) -> int:
    """Rewrite, or compare; 1 when something is missing."""
    wanted, present = collected(), {message.key: message for message in read(CATALOGUE)}
    if check:
        wrong = problems(wanted, present.values())
        for line in wrong:
            print(line)
        return 1 if wrong else 0
    merged = [Message("", forms=[_HEADER])]
    for message in wanted:
        old = present.get(message.key)
        message.forms = old.forms if old and bool(old.plural) == bool(message.plural) else message.forms
        message.fuzzy = bool(old and old.fuzzy)
        merged.append(message)
    write(CATALOGUE, merged)
    compile_file(CATALOGUE)
    missing = sum(not message.translated for message in merged)
    print(f"{len(merged) - 1} texts, {missing} without a translation", file=sys.stderr)
    return 0


def problems(wanted: Iterable[Message], present: Iterable[Message]) -> list[str]:
    """What is missing, fuzzy, left over, or has other placeholders than its source."""
    have = {message.key: message for message in present if message.id}
    found = []
    for message in wanted:
        mine = have.pop(message.key, None)
        where = message.places[0] if message.places else ""
        if mine is None or not all(mine.forms):
            found.append(f"{where}: not translated: {message.id}")
        elif mine.fuzzy:
            found.append(f"{where}: fuzzy: {message.id}")
        elif any(not _same_places(message.id, form) for form in mine.forms):
            found.append(f"{where}: the translation has other placeholders: {message.id}")
    return [*found, *(f"no longer used: {key[1]}" for key in have)]


def _same_places(source: str, translated: str) -> bool:
    marks = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    before, after = set(marks.findall(source)), set(marks.findall(translated))
    # What core filled in must be told; a word of the interface may be needless in the other language.
    return before == after if "{0}" in before else before >= after


def collected() -> list[Message]:
    """Every text of the sources, in the order of files; one message with all its places."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]):
        if "migrations" in path.parts or path.parts[-2] == "cli":
            continue
        for context, text, plural in _texts(path):
            message = found.setdefault((context, text), Message(text, context))
            message.plural = message.plural or plural
            message.forms = ["", ""] if message.plural else [""]
            place = path.relative_to(ROOT).as_posix()
            if place not in message.places:
                message.places.append(place)
    return list(found.values())


def _texts(path: Path) -> Iterator[tuple[str, str, str]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from _of_template(source)
        return
    tree = ast.parse(source)
    if path.is_relative_to(CORE):
        yield from (("", text, "") for text in said.texts(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[tuple[str, str, str]]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name not in _CALLS:
        return
    context, text, plural = (_constant(node.args, place) for place in _CALLS[name])
    if text:
        yield context, text, plural


def _constant(arguments: list[ast.expr], place: int | None) -> str:
    if place is None or place >= len(arguments):
        return ""
    value = arguments[place]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _of_template(source: str) -> Iterator[tuple[str, str, str]]:
    """Texts in translation tags. Django turns the tags into calls of gettext amid noise; only the calls are Python."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    calls = templatize(source)
    for matched in _IN_TEMPLATE.finditer(calls):
        expression = _call_at(calls, matched.start())
        if expression is not None:
            yield from _of_call(expression)


def _call_at(text: str, start: int) -> ast.Call | None:
    """The shortest piece from ``start`` to a closing bracket that is a call."""
    end = text.find(")", start)
    while end != -1:
        try:
            node = ast.parse(text[start : end + 1], mode="eval").body
        except SyntaxError:
            end = text.find(")", end + 1)
            continue
        return node if isinstance(node, ast.Call) else None
    return None


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
