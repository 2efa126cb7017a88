"""The sealed bundle of a sitting: everything that its mark rests on, checked by anyone with the file alone (K10, K13).

Items stand in it as the candidate had them, under public names and with the keys dealt for his paper; places in the
element table, sources and enemies stay at home. It is made anew at every call, the same as long as nothing changed.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.exam import attempt, item_data, receipts
from jiangheng.core.exam.items import Item
from jiangheng.core.exam.public_keys import Relabelling
from jiangheng.core.exam.shuffle import individual_paper
from jiangheng.hall import books
from jiangheng.hall.proofs import Prover
from jiangheng.kernel import vault

from ..models import Sitting
from .faces import public_ids, relabelling
from .hall import hall_key, journal, replay
from .marks import corrected, marked, open_marks


def office_key() -> str:
    """The public key (hex) that bundles are signed for: published, so that anybody can check them."""
    return office_signing().public_key().public_bytes_raw().hex()


def bundle_of(sitting: Sitting) -> bytes:
    """The bundle's file of a sitting at a computer that is over.

    ``receipts.BrokenChain`` when the journal was altered: what cannot be shown to be whole is not sealed.
    """
    return attempt.seal(_attempt(sitting), office_signing())


def sealed_bundle(sitting: Sitting) -> bytes | None:
    """The bundle as it was sealed; None when it never was, or when its content has changed since."""
    content = bundle_of(sitting) if sitting.bundle_digest else b""
    return content if content and attempt.digest(content) == sitting.bundle_digest else None


def bundle_name(sitting: Sitting) -> str:
    """What the file is called: the ticket's number, no name."""
    return f"attempt-{sitting.application.ticket}.json"


def bundle_digest(sitting: Sitting) -> str:
    """What names that file in the trail: its SHA-256 in hex."""
    return attempt.digest(bundle_of(sitting))


def proof_of(sitting: Sitting) -> dict[str, Any]:
    """The hall's signature over the last receipt of a sitting, as its page got it at hand-in."""
    entries = [entry for entry in books.replay(journal(), sitting.pk) if entry.link]
    number, receipt = (entries[-1].link, entries[-1].receipt) if entries else (0, receipts.genesis(sitting.pk))
    at = entries[-1].event.at if entries else 0
    proof = Prover(hall_key()).of(sitting.pk, number, receipt, at)
    return {name: getattr(proof, name) for name in ("link", "receipt", "at", "key", "signature")}


def office_signing() -> Ed25519PrivateKey:
    """The key with which the office signs what leaves it: bundles of attempts, packages for places."""
    return Ed25519PrivateKey.from_private_bytes(vault.subkey("attempt bundles"))


def _attempt(sitting: Sitting) -> attempt.Attempt:
    paper = sitting.paper
    state, head = replay(sitting)
    ids, dealt = public_ids(paper), relabelling(paper)
    plan = itembank.blueprint_of(paper.bank, paper.blueprint)
    right, ways = corrected(paper)
    items = [public_item(item, ids[item.code], dealt) for item in right]
    mark = marked(sitting)
    return attempt.Attempt(
        format=attempt.FORMAT,
        sitting=sitting.pk,
        ticket=sitting.application.ticket,
        paper=sitting.face,
        seed=sitting.seed,
        order=list(individual_paper(items, seed=bytes.fromhex(sitting.seed)).items),
        terms=asdict(state.terms),
        level=plan.level,
        kinds=[attempt.KindMarks(row.kind, row.count, str(row.marks)) for row in plan.kinds],
        items=[item_data.to_data(item) for item in items],
        journal=[attempt.Line(entry.link, entry.text, entry.receipt) for entry in books.replay(journal(), sitting.pk)],
        open_marks={_public(code, ids): str(given) for code, given in open_marks(sitting).items()},
        per_item={_public(code, ids): str(given) for code, given in mark.per_item.items()},
        total=str(mark.total),
        ways={_public(code, ids): way for code, way in ways.items()},
        head=head,
    )


def public_item(item: Item, name: str, dealt: Relabelling) -> Item:
    """An item under its public name, with its right answer in the candidate's keys and nothing of the bank's order."""
    parts = tuple(public_item(part, f"{name}.{number}", dealt) for number, part in enumerate(item.parts, start=1))
    return replace(
        dealt.face(item), code=name, answer=dealt.public(item.code, item.answer), parts=parts,
        point="", range_code="", source="", enemies=(),
    )  # fmt: skip


def _public(code: str, ids: dict[str, str]) -> str:
    """The public name of an item or of a part of a case ("<code>.1")."""
    if code in ids:
        return ids[code]
    item, _dot, part = code.rpartition(".")
    return f"{ids[item]}.{part}"
