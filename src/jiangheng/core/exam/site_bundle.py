"""What a place without a good line gives back, signed, and what the centre makes of it (clause K13).

The place signs with a key that follows from its package's secret, so the centre knows whose bundle it is. The bundle's
digest names its content: the same content gives the same file, so that a bundle is taken in once however often it is
sent. Two machines of one room may both return one: chains of which one begins with the other are one chain; where two
chains part there is a fork, and persons decide with both before them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jiangheng.core.exam import receipts
from jiangheng.core.exam.attempt import Finding, Line
from jiangheng.core.exam.events import CONTROLS, HandedIn, decode
from jiangheng.core.exam.ticket import Digest, Natural
from jiangheng.core.trust import merkle
from jiangheng.core.trust.canon import canonical

FORMAT = "jiangheng/site-bundle/1"
_TOLD = 5


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Journal(_Strict, frozen=True):
    """All entries of one sitting in the order they were written."""

    sitting: Natural
    lines: tuple[Line, ...]


class Stood(_Strict, frozen=True):
    """How a sitting was last seen to stand on the page of the room; no evidence of anything."""

    sitting: Natural
    session: Natural
    stage: str
    seen: Natural
    answered: int
    total: int
    focus_lost: int


class Arrival(_Strict, frozen=True):
    """Somebody checked in to a sitting from that address."""

    at: Natural
    sitting: Natural
    address: str


class Act(_Strict, frozen=True):
    """What an invigilator did on the page of the room: his name as he gave it with his PIN, the act, to which sittings
    (none: he opened the page), and why."""

    at: Natural
    name: str
    act: str
    sittings: tuple[int, ...] = ()
    reason: str = ""


class ClockNote(_Strict, frozen=True):
    """A moment at which the hall's clock was set: ``wall`` is what the machine's clock said, ``hall`` what the hall's
    clock was set to, ``bureau`` what the bureau said with the key (0: nothing); UTC milliseconds."""

    why: str
    wall: Natural
    hall: Natural
    bureau: Natural = 0


class Bundle(_Strict, frozen=True):
    """A bundle. ``package`` is the digest of the sealed package, ``machine`` a random name of the machine; ``partial``
    when candidates were still sitting; ``set_aside`` are journals that a twin's took the place of. ``count`` entries
    with the Merkle ``root`` over them are in ``journals``; ``key`` and ``signature`` are hex."""

    format: str
    package: Digest
    place: str
    sessions: tuple[Natural, ...]
    machine: str
    partial: bool
    journals: tuple[Journal, ...]
    set_aside: tuple[Journal, ...]
    standings: tuple[Stood, ...]
    turned_away: dict[str, dict[str, int]]
    arrivals: tuple[Arrival, ...]
    acts: tuple[Act, ...]
    clock: tuple[ClockNote, ...]
    count: Annotated[int, msgspec.Meta(ge=0)] = 0
    root: Digest = "0" * 64
    key: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Fork:
    """One sitting of which two journals part after ``common`` entries of the chain: an answer was taken by each of two
    machines that did not know of each other. Each version is a whole journal."""

    sitting: int
    common: int
    versions: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """One journal a sitting where there is one, and the sittings where persons have to decide."""

    journals: dict[int, tuple[Line, ...]]
    forks: tuple[Fork, ...]


def public_key(secret: bytes) -> str:
    """The public key (hex) with which a place of that secret signs."""
    return _key(secret).public_key().public_bytes_raw().hex()


def seal(bundle: Bundle, secret: bytes) -> bytes:
    """The bundle's file, signed with the place's key; entries are put in order and counted."""
    journals = tuple(sorted(bundle.journals, key=lambda one: one.sitting))
    counted = msgspec.structs.replace(
        bundle, format=FORMAT, journals=journals, count=sum(len(one.lines) for one in journals),
        root=_root(journals), key=public_key(secret), signature="",
    )  # fmt: skip
    signature = _key(secret).sign(_statement(counted)).hex()
    return msgspec.json.encode(msgspec.structs.replace(counted, signature=signature))


def read(content: bytes) -> Bundle:
    """The bundle in a file; ``ValueError`` saying what is wrong with it."""
    try:
        bundle = msgspec.json.decode(content, type=Bundle)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"不是考点回传文件，或文件已损坏：{error}") from None
    if bundle.format != FORMAT:
        raise ValueError(f"回传文件的格式是“{bundle.format[:40]}”，本程序只认识“{FORMAT}”")
    return bundle


def digest(bundle: Bundle) -> str:
    """What names the bundle's content: the centre takes each name in once."""
    return hashlib.sha256(_statement(bundle)).hexdigest()


def check(bundle: Bundle, *, package: str, sittings: Collection[int], key: str) -> list[Finding]:
    """Everything the centre wants to know before it takes a bundle in.

    ``package`` is the digest of the sealed package that was given out, ``sittings`` those in it, ``key`` the public key
    that follows from its secret. A bundle may be taken in when every finding is sound.
    """
    return [
        _signature(bundle, key),
        _of_package(bundle, package),
        _belonging(bundle, sittings),
        _whole(bundle),
        _chains(bundle),
        _content(bundle),
    ]  # fmt: skip


def troubles(bundle: Bundle) -> dict[int, str]:
    """What is wrong with the journals of single sittings, by sitting: a broken chain, an entry nobody could write."""
    found: dict[int, list[str]] = {}
    for one in (*bundle.journals, *bundle.set_aside):
        if said := [each for each in (_broken(one), *_misplaced(one)) if each]:
            found.setdefault(one.sitting, []).extend(said)
    return {sitting: "；".join(said[:_TOLD]) for sitting, said in sorted(found.items())}


def versions(bundle: Bundle) -> list[dict[int, tuple[Line, ...]]]:
    """The journals in a bundle as :func:`merge` takes them."""
    return [{one.sitting: one.lines} for one in (*bundle.journals, *bundle.set_aside)]


def merge(journals: Iterable[Mapping[int, Sequence[Line]]]) -> Merged:
    """Several machines' journals of the same sessions as one, in whatever order; one given twice is harmless."""
    of: dict[int, list[tuple[Line, ...]]] = {}
    for journal in journals:
        for sitting, lines in journal.items():
            of.setdefault(sitting, []).append(tuple(lines))
    merged: dict[int, tuple[Line, ...]] = {}
    forks: list[Fork] = []
    for sitting, each in sorted(of.items()):
        found = _different(each)
        if len(found) == 1:
            merged[sitting] = _with_controls(found[0], each)
        else:
            forks.append(Fork(sitting, _common(found), tuple(found)))
    return Merged(merged, tuple(forks))


def decided(merged: Merged, choices: Mapping[int, int]) -> dict[int, tuple[Line, ...]]:
    """One journal for every sitting once persons have decided: ``choices`` says which version of each fork counts.

    What invigilators did at the other machine stays in. ``LookupError`` while a fork is undecided.
    """
    chosen = {
        fork.sitting: _with_controls(fork.versions[choices[fork.sitting]], fork.versions) for fork in merged.forks
    }
    return {**merged.journals, **chosen}


def _different(journals: Sequence[tuple[Line, ...]]) -> list[tuple[Line, ...]]:
    """The journals of which none's chain begins with another's, longest first."""
    kept: list[tuple[Line, ...]] = []
    for lines in sorted(journals, key=lambda lines: (len(_chain(lines)), len(lines)), reverse=True):
        chain = _chain(lines)
        if not any(_chain(other)[: len(chain)] == chain for other in kept):
            kept.append(lines)
    return kept


def _with_controls(lines: tuple[Line, ...], others: Iterable[tuple[Line, ...]]) -> tuple[Line, ...]:
    """That journal, with what the invigilator did on other machines at its moment."""
    result = list(lines)
    there = {line.text for line in lines if not line.link}
    for line in (each for other in others for each in other if not each.link):
        if line.text not in there:
            there.add(line.text)
            at = decode(line.text).at
            place = next((place for place, each in enumerate(result) if decode(each.text).at > at), len(result))
            result.insert(place, line)
    return tuple(result)


def _common(journals: Sequence[tuple[Line, ...]]) -> int:
    chains = [_chain(lines) for lines in journals]
    shortest = min(map(len, chains))
    return next((place for place in range(shortest) if len({chain[place] for chain in chains}) > 1), shortest)


def _chain(lines: Iterable[Line]) -> list[str]:
    return [line.receipt for line in lines if line.link]


def _key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(secret, b"jiangheng/site bundle signing/1", "sha256"))


def _statement(bundle: Bundle) -> bytes:
    plain = msgspec.to_builtins(msgspec.structs.replace(bundle, signature=""))
    return f"{FORMAT}\n".encode() + canonical(plain)


def _root(journals: Iterable[Journal]) -> str:
    leaves = (
        f"{one.sitting}\n{place}\n{line.link}\n{line.receipt}\n{line.text}".encode()
        for one in journals
        for place, line in enumerate(one.lines)
    )
    return merkle.root(leaves).hex()


def _signature(bundle: Bundle, key: str) -> Finding:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(bundle.signature), _statement(bundle))
    except (InvalidSignature, ValueError, TypeError):
        return Finding("签名", False, "签名不符：不是由本试卷包的考点签出，或回传后被改动")
    return Finding("签名", True, "由本试卷包的考点签出，未被改动")


def _of_package(bundle: Bundle, package: str) -> Finding:
    known = bundle.package == package
    return Finding("试卷包", known, "与发出的试卷包相符" if known else "属于另一个试卷包")


def _belonging(bundle: Bundle, sittings: Collection[int]) -> Finding:
    foreign = sorted({one.sitting for one in (*bundle.journals, *bundle.set_aside)} - set(sittings))
    if foreign:
        return Finding("名单", False, f"有 {len(foreign)} 人不在试卷包中：{_listed(foreign)}")
    seen = {one.sitting for one in bundle.journals}
    if len(seen) != len(bundle.journals):
        return Finding("名单", False, "同一人的作答记录出现两次")
    return Finding("名单", True, f"{len(seen)} 人有记录，试卷包中共 {len(set(sittings))} 人")


def _whole(bundle: Bundle) -> Finding:
    count = sum(len(one.lines) for one in bundle.journals)
    if count != bundle.count or _root(bundle.journals) != bundle.root:
        return Finding("完整", False, f"考点写明 {bundle.count} 条记录，收到 {count} 条，或内容与其根值不符")
    return Finding("完整", True, f"{count} 条记录与考点的根值相符" + ("；考试尚未结束时导出" if bundle.partial else ""))


def _chains(bundle: Bundle) -> Finding:
    broken = [f"{one.sitting} {said}" for one in (*bundle.journals, *bundle.set_aside) if (said := _broken(one))]
    if broken:
        return Finding("凭据链", False, f"{len(broken)} 人的凭据链断开：{_listed(broken)}")
    return Finding("凭据链", True, "每人的记录首尾相接，未被改动")


def _broken(one: Journal) -> str:
    links = [line for line in one.lines if line.link]
    try:
        receipts.verify(one.sitting, ((line.text, line.receipt) for line in links))
    except receipts.BrokenChain as found:
        return f"第 {found.number} 条"
    return "" if [line.link for line in links] == list(range(1, len(links) + 1)) else "编号不连续"


def _content(bundle: Bundle) -> Finding:
    wrong = [f"{one.sitting} {said}" for one in (*bundle.journals, *bundle.set_aside) for said in _misplaced(one)]
    if wrong:
        return Finding("内容", False, f"{len(wrong)} 条记录不合规则：{_listed(wrong)}")
    return Finding("内容", True, "每条记录都能识别，考务操作与考生作答分明")


def _misplaced(one: Journal) -> list[str]:
    wrong: list[str] = []
    for number, line in enumerate(one.lines, start=1):
        try:
            event = decode(line.text)
        except ValueError:
            wrong.append(f"第 {number} 条无法识别")
            continue
        if isinstance(event, CONTROLS) if line.link else not isinstance(event, (*CONTROLS, HandedIn)):
            wrong.append(f"第 {number} 条出自不该写它的人")
    return wrong


def _listed(names: Iterable[object]) -> str:
    told = [str(name) for name in names]
    return "、".join(told[:_TOLD]) + ("…" if len(told) > _TOLD else "")
