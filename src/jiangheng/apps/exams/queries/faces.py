"""Papers as candidates see them, and the way back from what they saw; keys never leave this process (K9, K13)."""

from __future__ import annotations

import hmac
from typing import Any

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import rich
from jiangheng.core.exam.public_keys import Relabelling, public_keys
from jiangheng.hall.papers import check, publish
from jiangheng.kernel import vault

from .hall import home

_RELABELLED: dict[str, Relabelling] = {}
_MOST_RELABELLED = 256


def public_ids(paper: Any) -> dict[str, str]:
    """What a candidate's page calls each item: its place on the paper, so that no code tells its point or range."""
    return {code: f"q{place:03d}" for place, code in enumerate(paper.codes, start=1)}


def relabelling(paper: Any) -> Relabelling:
    """The option keys candidates see instead of the author's. Kept by digest: keys and codes, no content."""
    found = _RELABELLED.get(paper.digest)
    if found is None:
        secret = hmac.digest(vault.subkey("options"), paper.digest.encode(), "sha256")
        found = public_keys(itembank.paper_items(paper), secret=secret)
        if len(_RELABELLED) >= _MOST_RELABELLED:
            _RELABELLED.clear()
        _RELABELLED[paper.digest] = found
    return found


def right_answers(paper: Any) -> dict[str, tuple[str, ...]]:
    """The key of a paper as a candidate would have to give it: for demonstration and rehearsal, never sent anywhere."""
    ids, dealt = public_ids(paper), relabelling(paper)
    return {ids[item.code]: dealt.public(item.code, item.answer) for item in itembank.paper_items(paper)}


def title_of(paper: Any) -> str:
    """What the examination is called on its papers."""
    # the examination's name is part of the paper, in Chinese as the paper is
    return f"{itembank.printed_name(paper.bank)} 理论知识考试"


def face_of(paper: Any) -> tuple[str, dict[str, Any]]:
    """What candidates may see of a paper, and the digest under which the hall will know it. Writes nothing."""
    ids = public_ids(paper)
    plan = itembank.blueprint_of(paper.bank, paper.blueprint)
    face = {
        "title": title_of(paper),
        "minutes": plan.minutes,
        "kinds": [
            {"kind": row.kind, "label": core_items.KINDS[row.kind].name, "count": row.count, "marks": str(row.marks)}
            for row in plan.kinds
        ],
        "items": _with_pictures(paper, itembank.paper_items(paper), ids),
    }
    return check(face), face


def _with_pictures(paper: Any, items: list[core_items.Item], ids: dict[str, str]) -> list[dict[str, Any]]:
    """The items' faces with their pictures in them: a paper needs nothing from elsewhere once it is open."""
    inside = itembank.pictures_inline(paper.bank, items)
    dealt = relabelling(paper)
    faces = [core_items.face(dealt.face(item), public_id=ids[item.code]) for item in items]
    return [_drawn(face, inside) for face in faces] if inside else faces


def _drawn(face: Any, inside: dict[str, str]) -> Any:
    if isinstance(face, dict):
        return {
            name: inside.get(value, value) if name == "picture" else _drawn(value, inside)
            for name, value in face.items()
        }
    if isinstance(face, list):
        return [_drawn(each, inside) for each in face]
    return rich.with_media(face, inside) if isinstance(face, str) and "media:" in face else face


def publish_face(paper: Any) -> str:
    """Write what candidates may see of a paper to the hall; its digest."""
    return publish(home(), face_of(paper)[1])
