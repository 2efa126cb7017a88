"""Is everything in the journal that a candidate was told is safe, in its last acknowledged state? (clause K10)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiangheng.core.exam import receipts
from jiangheng.core.exam.events import Answered
from jiangheng.core.exam.headproof import holds
from jiangheng.core.exam.sitting import begin, fold
from jiangheng.core.exam.ticket import Pass, keyring, verify
from jiangheng.hall import wire
from jiangheng.hall.entries import Entry, Store, chain_head

from .bench_room import Room


@dataclass
class Told:
    """What one candidate was told: the receipt of each answer, by its number, and of his hand-in."""

    sitting: int
    ticket: str
    receipts: Mapping[int, str]
    handed: wire.HandedIn | None = None


@dataclass
class Findings:
    """What the journal holds against what was told. All but ``acknowledged`` must be 0."""

    acknowledged: int = 0
    lost: int = 0
    wrong_state: int = 0
    broken_chains: int = 0
    false_proofs: int = 0

    def add(self, other: Findings) -> None:
        """Count another's findings in."""
        self.acknowledged += other.acknowledged
        self.lost += other.lost
        self.wrong_state += other.wrong_state
        self.broken_chains += other.broken_chains
        self.false_proofs += other.false_proofs


def check(store: Store, room: Room, told: Sequence[Told]) -> Findings:
    """Read every sitting again and compare."""
    found = Findings()
    keys = keyring(room.secret)
    for one in told:
        found.add(_check(store.replay(one.sitting), verify(one.ticket, keys), room, one))
    return found


def _check(entries: Sequence[Entry], ticket: Pass, room: Room, told: Told) -> Findings:
    found = Findings(acknowledged=len(told.receipts))
    try:
        chain_head(told.sitting, entries)
    except receipts.BrokenChain:
        found.broken_chains = 1
    written: dict[int, tuple[Answered, Entry]] = {}
    for entry in entries:
        event = entry.event
        if isinstance(event, Answered):
            written[event.seq] = event, entry
    for seq, receipt in told.receipts.items():
        choice = room.choice(told.sitting, seq)
        there = written.get(seq)
        if there is None or (there[0].item, there[0].keys, there[1].receipt) != (choice.item, choice.keys, receipt):
            found.lost += 1
    state = fold(begin(ticket.terms), [entry.event for entry in entries])
    for item, seq in _last(room, told).items():
        # an answer given later may be down although its receipt never came back; an earlier one may not stand
        standing = state.latest.get(item, 0)
        if standing < seq or state.answers.get(item) != room.choice(told.sitting, standing).keys:
            found.wrong_state += 1
    if told.handed is not None:
        found.false_proofs = int(not _proved(told.handed, told.sitting, entries))
        found.lost += int(state.handed_in is None)
    return found


def _last(room: Room, told: Told) -> dict[str, int]:
    last: dict[str, int] = {}
    for seq in sorted(told.receipts):
        last[room.choice(told.sitting, seq).item] = seq
    return last


def _proved(handed: wire.HandedIn, sitting: int, entries: Sequence[Entry]) -> bool:
    proof = handed.proof
    there = any(entry.link == proof.link and entry.receipt == proof.receipt == handed.receipt for entry in entries)
    return there and holds(
        sitting=sitting, link=proof.link, receipt=proof.receipt, at=proof.at, key=proof.key, signature=proof.signature
    )
