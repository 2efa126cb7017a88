"""The sealed bundle of one attempt, and its check by anyone with nothing but the file (clauses K10, K13).

A bundle holds the paper as this candidate had it (items and options under the names they had on his screen), the
pass's terms, every line of the journal with its receipt, what persons gave for open answers, the marks, and the
office's signature over all of it. No name and no identity number is in it.

What the check finds out: that the file is as it was signed; that the paper is the one whose digest the pass named; that
no entry was altered, dropped, added or moved; that every answer was one the rules took at that moment; what the answers
at the end were; and that these answers come to these marks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jiangheng.core.exam import correcting, headproof, item_data, marking, receipts
from jiangheng.core.exam.asked import asked_of
from jiangheng.core.exam.blueprint import Blueprint, KindRow
from jiangheng.core.exam.events import CONTROLS, Event, HandedIn, decode
from jiangheng.core.exam.items import Item, units
from jiangheng.core.exam.shuffle import individual_paper
from jiangheng.core.exam.sitting import GRACE_MS, Rejected, State, Terms, accept, apply, begin
from jiangheng.core.trust.canon import canonical

FORMAT = "jiangheng/attempt/1"
_SIGNED = b"jiangheng/attempt/1\n"


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the journal: ``link`` 0 and no receipt for what the office wrote."""

    link: int
    text: str
    receipt: str


class KindMarks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many items of a kind, so many marks for each (decimal text)."""

    kind: str
    count: int
    marks: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bundle. ``items`` are item data with their keys; ``open_marks``, ``per_item`` and ``total`` are decimal texts;
    ``ways`` tells which items do not go by their key, because it was found wrong. ``proof`` is the hall's last signed
    head, if the page ever got one; ``key`` and ``signature`` are hex."""

    format: str
    sitting: int
    ticket: str
    paper: str
    seed: str
    order: list[str]
    terms: dict[str, int | bool]
    level: str
    kinds: list[KindMarks]
    items: list[dict[str, Any]]
    journal: list[Line]
    open_marks: dict[str, str]
    per_item: dict[str, str]
    total: str
    head: str
    ways: dict[str, Literal["everyone", "void"]] = {}
    proof: dict[str, int | str] | None = None
    key: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: ``sound`` or not, and in words what was found."""

    about: str
    sound: bool
    said: str


def seal(attempt: Attempt, key: Ed25519PrivateKey) -> bytes:
    """The bundle's file, signed with the office's key."""
    public = key.public_key().public_bytes_raw().hex()
    named = msgspec.structs.replace(attempt, key=public, signature="")
    signature = key.sign(_statement(named)).hex()
    return msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(named, signature=signature)), indent=1)


def read(content: bytes) -> Attempt:
    """The bundle in a file; ``ValueError`` saying what is wrong with it."""
    try:
        attempt = msgspec.json.decode(content, type=Attempt)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"不是作答封存文件，或文件已损坏：{error}") from None
    if attempt.format != FORMAT:
        raise ValueError(f"封存文件的格式是“{attempt.format[:40]}”，本程序只认识“{FORMAT}”")
    return attempt


def check(attempt: Attempt, *, trusted: Sequence[str] = ()) -> list[Finding]:
    """Everything that can be said about a bundle. ``trusted`` are the office's public keys (hex); without any the
    signature is checked against the key in the file, which proves no more than that the file is whole."""
    findings = [_signature(attempt, trusted)]
    try:
        items = [item_data.from_data(data) for data in attempt.items]
        state, journal = _replayed(attempt, items)
        findings += [_paper(attempt, items), *journal, _head(attempt), _proof(attempt), *_marks(attempt, items, state)]
    except (ValueError, TypeError, LookupError, InvalidOperation) as error:
        findings.append(Finding("内容", False, f"封存内容前后不符，无法继续核对：{error}"))
    return findings


def _statement(attempt: Attempt) -> bytes:
    return _SIGNED + canonical(msgspec.to_builtins(msgspec.structs.replace(attempt, signature="")))


def _signature(attempt: Attempt, trusted: Sequence[str]) -> Finding:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(attempt.key))
        public.verify(bytes.fromhex(attempt.signature), _statement(attempt))
    except (InvalidSignature, ValueError, TypeError):
        return Finding("签名", False, "签名不符：文件在封存后被改动，或不是原件")
    if trusted and attempt.key not in trusted:
        return Finding("签名", False, f"签名的密钥 {attempt.key[:16]}… 不在所给的可信密钥中")
    said = "签名相符" if trusted else f"文件完整；签名密钥 {attempt.key[:16]}… 请与主管部门公布的核对"
    return Finding("签名", True, said)


def _paper(attempt: Attempt, items: Sequence[Item]) -> Finding:
    order = list(individual_paper(items, seed=bytes.fromhex(attempt.seed)).items)
    if order != attempt.order:
        return Finding("试卷", False, "题目次序与座位种子推出的次序不符")
    return Finding("试卷", True, f"{len(items)} 题，次序与座位种子相符")


def _terms(attempt: Attempt) -> Terms:
    return Terms(**attempt.terms)  # type: ignore[arg-type]


def _replayed(attempt: Attempt, items: Sequence[Item]) -> tuple[State, list[Finding]]:
    """The state at the end, and what is to be said of the journal: its chain, and entry by entry what the rules say."""
    try:
        receipts.verify(attempt.sitting, ((line.text, line.receipt) for line in attempt.journal if line.link))
        chain = Finding("凭据链", True, f"{sum(1 for line in attempt.journal if line.link)} 条记录首尾相接，未被改动")
    except receipts.BrokenChain as broken:
        chain = Finding("凭据链", False, f"凭据链在第 {broken.number} 条断开：该条被改动、删去或插入")
    state = begin(_terms(attempt))
    paper = {unit.code: asked_of(unit) for item in items for unit in units(item)}
    wrong: list[str] = []
    heard = 0
    for number, line in enumerate(attempt.journal, start=1):
        event = decode(line.text)
        if not line.link:
            heard = event.at
            if not isinstance(event, (*CONTROLS, HandedIn)):
                wrong.append(f"第 {number} 条：考务人员不能代考生作答")
        # The hall hears of the office's acts within a second: what it took in that moment it took rightly.
        elif event.at - heard > GRACE_MS and (why := _refusal(state, event, paper)):
            wrong.append(f"第 {number} 条：{why}")
        apply(state, event)
    said = "；".join(wrong[:5]) if wrong else "每一条都在当时的规则之内"
    return state, [chain, Finding("规则", not wrong, said)]


def _refusal(state: State, event: Event, paper: Mapping[str, Any]) -> str:
    verdict = accept(state, event, event.at, paper=paper, fence=state.fence)
    return verdict.reason if isinstance(verdict, Rejected) else ""


def _head(attempt: Attempt) -> Finding:
    links = [line.receipt for line in attempt.journal if line.link]
    head = links[-1] if links else receipts.genesis(attempt.sitting)
    sound = head == attempt.head
    return Finding("交卷凭据", sound, f"{attempt.head[:16]}…" if sound else "与最后一条记录的凭据不符")


def _proof(attempt: Attempt) -> Finding:
    """Whether what the hall signed during the examination is still there."""
    if attempt.proof is None:
        return Finding("考场签名", True, "封存时没有附考场签名")
    proof: dict[str, Any] = attempt.proof
    if not headproof.holds(sitting=attempt.sitting, **proof):
        return Finding("考场签名", False, "考场签名不符")
    there = {line.link: line.receipt for line in attempt.journal if line.link}
    if proof["link"] and there.get(proof["link"]) != proof["receipt"]:
        return Finding("考场签名", False, f"考场曾签名确认的第 {proof['link']} 条记录已不在封存内容中")
    return Finding("考场签名", True, f"第 {proof['link']} 条及以前的记录有考场签名")


def _marks(attempt: Attempt, items: Sequence[Item], state: State) -> list[Finding]:
    rows = tuple(KindRow(row.kind, row.count, Decimal(row.marks)) for row in attempt.kinds)
    plan = Blueprint(attempt.level, rows)
    by_person = {code: Decimal(text) for code, text in attempt.open_marks.items()}
    marked = marking.mark_paper(items, state.answers, plan, open_marks=by_person)
    marked = correcting.settle(marked, marking.worth_of(items, plan), attempt.ways)
    differing = [code for code, mark in marked.per_item.items() if Decimal(attempt.per_item.get(code, "0")) != mark]
    if differing or Decimal(attempt.total) != marked.total:
        return [Finding("得分", False, f"按答案重评为 {marked.total} 分，封存的是 {attempt.total} 分")]
    waiting = f"，{len(marked.waiting)} 题待人工评分" if marked.waiting else ""
    return [Finding("得分", True, f"按答案重评为 {marked.total} 分，与封存的一致{waiting}")]


def digest(content: bytes) -> str:
    """What names a bundle's file elsewhere: its SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()
