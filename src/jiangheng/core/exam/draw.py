"""The fair draw (抽卷): nobody could choose the papers, and anybody may check that (K9, K10, P2).

1. `commit` fixes bank, plan, mode and number of papers; the commitment goes to the trail while no seed exists.
2. Two officials each take 32 random bytes and put `share_commitment` of them on the trail.
3. The trail signs a checkpoint that covers those leaves. Then the officials reveal their shares.
4. `seed_from` makes the seed, the assembler the papers; `verify_draw` does all of it again.

Each official alone makes the seed unforeseeable; bank and plan cannot be changed any more when it is known; and the
checkpoint binds it to the trail. Hashes are SHA-256 over a frame: every part, the label first, is preceded by its
length as four bytes, big-endian. Texts are UTF-8, digests and commitments their 64 lower-case hex digits as text,
numbers decimal text, shares and the checkpoint raw bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jiangheng.core.exam.parallel import assemble
from jiangheng.core.exam.plan import MODES, Plan, Stock, plan_digest, stock_digest

COMMIT_LABEL, SHARE_LABEL, SEED_LABEL = "jiangheng/draw/1", "jiangheng/draw-share/1", "jiangheng/draw-seed/1"
SHARE_BYTES = 32
OFFICIALS = 2


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """Everything that was said in one draw, in the order it was said.

    `commitment_leaf` and `share_leaves` are the numbers (from 0) of the trail's leaves that hold the commitment and
    the share commitments; `checkpoint` the text of the C2SP checkpoint (origin, size, root …) as bytes; `papers` item
    codes. With `stock` and `plan` the papers are made again; a record shown to the public goes without them.
    """

    bank: str
    plan_digest: str
    mode: str
    forms: int
    commitment: str
    commitment_leaf: int
    share_commitments: tuple[str, ...]
    share_leaves: tuple[int, ...]
    shares: tuple[bytes, ...]
    checkpoint: bytes
    seed: bytes
    papers: tuple[tuple[str, ...], ...]
    stock: tuple[Stock, ...] | None = None
    plan: Plan | None = None


def commit(stock_digest: str, plan_digest: str, mode: str, forms: int) -> str:
    """The commitment (hex) to what papers will be drawn from, before any seed exists.

    ValueError for a digest that is not 64 hex digits, an unknown mode or no papers.
    """
    for name, digest in (("题库", stock_digest), ("组卷计划", plan_digest)):
        if not _is_digest(digest):
            raise ValueError(f"{name}摘要“{digest[:16]}”不是 64 位小写十六进制，请用 stock_digest 和 plan_digest 计算")
    if mode not in MODES or forms < 1:
        raise ValueError(f"组卷方式“{mode}”、份数 {forms} 不能承诺；方式应为 {'、'.join(MODES)} 之一，份数至少 1")
    return _hash(COMMIT_LABEL, stock_digest.encode(), plan_digest.encode(), mode.encode(), str(forms).encode()).hex()


def share_commitment(share: bytes) -> str:
    """The commitment (hex) of an official to his share, 32 random bytes; ValueError for another length."""
    if len(share) != SHARE_BYTES:
        raise ValueError(f"随机份额有 {len(share)} 字节，应为 {SHARE_BYTES} 字节，请重新生成")
    return _hash(SHARE_LABEL, share).hex()


def seed_from(commitment: str, shares: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The 32-byte seed: SHA-256 over label, commitment, checkpoint and the shares in the order of their commitments.

    ValueError for fewer than two shares, a share of wrong length, or no checkpoint.
    """
    if len(shares) < OFFICIALS:
        raise ValueError(f"只有 {len(shares)} 份随机份额，至少须 {OFFICIALS} 人各出一份")
    if any(len(share) != SHARE_BYTES for share in shares):
        raise ValueError(f"随机份额应各为 {SHARE_BYTES} 字节，请核对揭示的内容")
    if not checkpoint:
        raise ValueError("没有留痕检查点，请等检查点签出后再抽卷")
    return _hash(SEED_LABEL, commitment.encode(), checkpoint, *shares)


def checkpoint_size(checkpoint: bytes) -> int:
    """How many leaves a checkpoint covers: its second line. ValueError when it is no checkpoint.

    The signature below is the business of whoever holds the trail's key.
    """
    lines = checkpoint.split(b"\n")
    # A tree's size has no sign and no leading zero; isdigit() alone would let Python read more than that.
    size = lines[1] if len(lines) > 1 else b""
    if len(lines) < 3 or not lines[0] or not lines[2] or not size.isdigit() or size != str(int(size)).encode():
        raise ValueError("检查点的前三行应为名称、叶数、根摘要，请提供完整的检查点文本")
    return int(size)


def verify_draw(record: DrawRecord) -> list[str]:
    """What does not fit in a record, as sentences; empty when the draw was fair and the papers follow from the seed."""
    faults = [*_commitments(record), *_order(record), *_seed(record)]
    if record.stock is None or record.plan is None:
        return faults
    if not hmac.compare_digest(stock_digest(record.stock), record.bank):
        faults.append("题库与承诺的题库摘要不符：题库在承诺之后改动过，或提供的不是当时的题库")
    if not hmac.compare_digest(plan_digest(record.plan), record.plan_digest):
        faults.append("组卷计划与承诺的计划摘要不符：计划在承诺之后改动过，或提供的不是当时的计划")
    return faults or [*_papers(record, record.stock, record.plan)]


def _commitments(record: DrawRecord) -> Iterable[str]:
    try:
        wanted = commit(record.bank, record.plan_digest, record.mode, record.forms)
    except ValueError as wrong:
        yield str(wrong)
    else:
        if wanted != record.commitment:
            yield "承诺值与题库摘要、计划摘要、组卷方式和份数不符，抽卷记录被改动过"
    count = len(record.share_commitments)
    if count < OFFICIALS or len(record.shares) != count or len(record.share_leaves) != count:
        yield f"承诺了 {count} 份随机份额，揭示了 {len(record.shares)} 份，应一一对应且不少于 {OFFICIALS} 份"
        return
    if len(set(record.share_commitments)) != count:
        yield "有两人的份额承诺相同，后一人照抄了前一人，须重新抽卷"
    for number, (share, promised) in enumerate(zip(record.shares, record.share_commitments, strict=True), start=1):
        if len(share) != SHARE_BYTES or share_commitment(share) != promised:
            yield f"第 {number} 人揭示的份额与其承诺不符，须查明原因并重新抽卷"


def _order(record: DrawRecord) -> Iterable[str]:
    try:
        size = checkpoint_size(record.checkpoint)
    except ValueError as wrong:
        yield str(wrong)
        return
    for name, leaf in (("承诺", record.commitment_leaf), *(("份额承诺", leaf) for leaf in record.share_leaves)):
        if not 0 <= leaf < size:
            yield f"{name}在留痕第 {leaf} 条，检查点只到 {size} 条：检查点应在所有承诺之后签出"


def _seed(record: DrawRecord) -> Iterable[str]:
    try:
        seed = seed_from(record.commitment, record.shares, record.checkpoint)
    except ValueError as wrong:
        yield str(wrong)
        return
    if not hmac.compare_digest(seed, record.seed):
        yield "种子不是由承诺、检查点和各份额算出的，抽卷记录被改动过"


def _papers(record: DrawRecord, stock: Sequence[Stock], plan: Plan) -> Iterable[str]:
    if len(record.papers) != record.forms:
        yield f"记录了 {len(record.papers)} 份卷，承诺的是 {record.forms} 份"
    try:
        again = assemble(stock, plan, mode=record.mode, forms=record.forms, seed=record.seed)
    except ValueError as wrong:
        yield f"用记录的题库、计划和种子组不出卷：{wrong}"
        return
    solver = "（组卷用到求解器，请确认版本与当时相同）" if again.exact else ""
    for number, (made, kept) in enumerate(zip(again.forms, record.papers, strict=False), start=1):
        if made != kept:
            yield f"第 {number} 卷与由种子重新组出的卷不同{solver}"


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _hash(label: str, *parts: bytes) -> bytes:
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in (label.encode(), *parts))
    return hashlib.sha256(framed).digest()
