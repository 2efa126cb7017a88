"""Pictures of a bank, and what leaves a bank as a file (K7)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

from jiangheng.core.authority import Actor
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import rich
from jiangheng.kernel import files

from .. import formats
from ..formats.found import Media, Written
from ..formats.pictures import size_of
from ..models import Bank, Item
from ..models.item import USABLE


def pictures_in(content: core_items.Item) -> frozenset[str]:
    """The digests of all pictures an item shows, its parts included."""
    texts = [content.stem, content.explanation, content.reference]
    texts += [each.text for each in (*content.options, *content.targets)]
    texts += [line.text for line in content.rubric]
    found = frozenset[str]().union(*(rich.media_of(text) for text in texts))
    found |= frozenset({content.picture} if content.picture else ())
    return found.union(*(pictures_in(part) for part in content.parts))


def picture_of(bank: Bank, digest: str) -> Media | None:
    """A picture of the bank, opened with its key; None when the bank has no such picture."""
    kept = bank.pictures.select_related("file").filter(digest=digest).first()
    if kept is None:
        return None
    return Media(bank.unseal(files.read(kept.file), place="file"), kept.media_type, kept.file.name)


def picture_size(media: Media) -> tuple[int, int]:
    """Width and height of a picture in pixels."""
    return size_of(media)


def pictures_lacking(bank: Bank, content: core_items.Item) -> int:
    """How many pictures an item shows that the bank does not have."""
    asked = pictures_in(content)
    return len(asked) - bank.pictures.filter(digest__in=asked).count() if asked else 0


def leaving(bank: Bank, actor: Actor, *, which: str) -> list[Item]:
    """The items that an export takes, in code order: of those the actor reaches the usable ones, or all not retired."""
    states = USABLE if which == "usable" else tuple(state for state, _label in Item.STATES if state != "retired")
    rows = list(Item.reach(actor).filter(bank=bank, state__in=states).order_by("code"))
    for row in rows:
        row.bank = bank
    return rows


def written(bank: Bank, rows: Sequence[Item], *, kind: str) -> Written:
    """Items of a bank as a file of one of formats.WRITERS, with their pictures."""
    contents = [row.content for row in rows]
    return formats.write(kind, contents, media=pictures_with(bank, contents), title=bank.name)


def pictures_with(bank: Bank, contents: Iterable[core_items.Item]) -> dict[str, Media]:
    """The pictures that items show, opened, by digest."""
    asked = frozenset[str]().union(*(pictures_in(content) for content in contents))
    kept = {digest: picture_of(bank, digest) for digest in sorted(asked)}
    return {digest: media for digest, media in kept.items() if media is not None}


def pictures_inline(bank: Bank, contents: Iterable[core_items.Item]) -> dict[str, str]:
    """The pictures of items as data addresses, by digest: for a paper that carries everything with it."""
    return {
        digest: f"data:{media.media_type};base64,{base64.b64encode(media.data).decode()}"
        for digest, media in pictures_with(bank, contents).items()
    }
