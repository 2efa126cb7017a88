"""QTI under one set of names: `qti-choice-interaction` and `choiceInteraction` are both `choice-interaction` (K7).

All of QTI 2.0 to 3.0 becomes one vocabulary without namespaces, in which the readers beside this file are written.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """`responseIdentifier` and `qti-response-identifier` in any namespace: `response-identifier`."""
    local = name.rpartition("}")[2]
    return _HUMP.sub(r"-\1", local).lower().removeprefix("qti-")


def normalise(root: etree._Element) -> etree._Element:
    """The same tree with plain names, in place. Attributes of other namespaces (language, schema places) go."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        element.tag = plain_name(element.tag)
        attributes = dict(element.attrib)
        element.attrib.clear()
        for name, text in attributes.items():
            if not name.startswith("{"):
                element.set(plain_name(name), text)
    etree.cleanup_namespaces(root)
    return root


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """The children with one of these names; all children when none is given."""
    return [child for child in element if isinstance(child.tag, str) and (not names or child.tag in names)]


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """The first child with one of these names."""
    found = children(element, *names)
    return found[0] if found else None


def text_of(element: etree._Element | None) -> str:
    """All text inside, its white space collapsed; empty when there is no element."""
    if element is None:
        return ""
    return " ".join("".join(element.itertext()).split())


def drop(element: etree._Element, *, leave: str = "") -> None:
    """Take an element out of its tree; the text after it stays, `leave` takes its place."""
    parent = element.getparent()
    if parent is None:
        return
    after = leave + (element.tail or "")
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + after
    else:
        parent.text = (parent.text or "") + after
    parent.remove(element)


def unwrap(element: etree._Element) -> None:
    """Put an element's content in its place."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    inner = list(element)
    lead, tail = element.text or "", element.tail or ""
    element.tail = None
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + lead
    else:
        parent.text = (parent.text or "") + lead
    parent.remove(element)
    for offset, one in enumerate(inner):
        parent.insert(place + offset, one)
    if inner:
        inner[-1].tail = (inner[-1].tail or "") + tail
    elif before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
