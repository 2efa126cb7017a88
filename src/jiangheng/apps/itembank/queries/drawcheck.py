"""A draw checked again from what is kept of it: commitment, shares, trail, seed, papers, line by line (K9, K10)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _t

from jiangheng.core.exam import draw as fair
from jiangheng.core.exam import parallel
from jiangheng.core.exam.plan import plan_digest, stock_digest
from jiangheng.core.trust import canon
from jiangheng.kernel import trail
from jiangheng.kernel.spoken import spoken

from ..models import Draw
from .papers import draw_record

FORMAT = "jiangheng/draw-record/1"


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was checked: what, whether it holds (None: could not be checked), what was found."""

    what: str
    holds: bool | None
    found: str = ""


def checks(draw: Draw) -> list[Checked]:
    """Everything that can be checked of a draw, in the order in which it was said."""
    record = draw_record(draw)
    early = [*_commitment(record), *_shares(record), *_trail(draw, record), *_seed(record)]
    said = fair.verify_draw(replace(record, stock=None, plan=None))
    sound = not said and all(each.holds for each in early)
    return [*early, *_papers(draw, record, sound=sound)]


def _commitment(record: fair.DrawRecord) -> Iterator[Checked]:
    assert record.stock is not None and record.plan is not None
    yield Checked(
        _t("承诺时留下的题库状态与承诺的题库摘要一致"),
        hmac.compare_digest(stock_digest(record.stock), record.bank), record.bank,
    )  # fmt: skip
    yield Checked(
        _t("现在的组卷计划和要素细目表与承诺的计划摘要一致"),
        hmac.compare_digest(plan_digest(record.plan), record.plan_digest), record.plan_digest,
    )  # fmt: skip
    wanted = fair.commit(record.bank, record.plan_digest, record.mode, record.forms)
    yield Checked(_t("承诺值由题库摘要、计划摘要、组卷方式和套数算出"), wanted == record.commitment, record.commitment)


def _shares(record: fair.DrawRecord) -> Iterator[Checked]:
    for number, (share, promised) in enumerate(zip(record.shares, record.share_commitments, strict=False), start=1):
        holds = len(share) == fair.SHARE_BYTES and fair.share_commitment(share) == promised
        yield Checked(_t("第 {n} 人投入的随机数与其先行公布的摘要一致").format(n=number), holds, promised)
    several = len(set(record.share_commitments)) == len(record.shares) >= fair.OFFICIALS
    yield Checked(_t("随机数由两人各投入一份，互不相同"), several, str(len(record.shares)))


def _trail(draw: Draw, record: fair.DrawRecord) -> Iterator[Checked]:
    people = list(draw.pledges.order_by("pk").values_list("actor", flat=True))
    yield Checked(_t("投入随机数的是两个不同的人"), len(set(people)) == len(people) >= fair.OFFICIALS)
    yield _leaf(draw, "commit", "commitment", record.commitment, _t("留痕记下的承诺值与本记录一致"))
    for number, step in enumerate(("pledge", "second"), start=1):
        told = list(record.share_commitments[:number])
        yield _leaf(draw, step, "shares", told, _t("留痕记下的第 {n} 份随机数摘要与本记录一致").format(n=number))
    size = fair.checkpoint_size(record.checkpoint)
    places = (record.commitment_leaf, *record.share_leaves)
    yield Checked(
        _t("承诺和各份随机数摘要都在留痕检查点之前"), all(place < size for place in places),
        _t("第 {places} 条，检查点共 {size} 条").format(places=_t("、").join(str(p + 1) for p in places), size=size),
    )  # fmt: skip
    yield _checkpoint(record.checkpoint, size)


def _leaf(draw: Draw, step: str, name: str, value: Any, what: str) -> Checked:
    """Does the leaf of a step bind this value? Its private part may have been destroyed since; the leaf stays."""
    entry = trail.timeline("draw", draw.pk).filter(step=f"draw.{step}").last()
    if entry is None:
        return Checked(what, False, _t("留痕中没有这一步"))
    body = bytes(entry.body)
    if hashlib.sha256(body).hexdigest() != entry.digest:
        return Checked(what, False, _t("留痕这一条的内容与其摘要不符"))
    if not entry.salt:
        return Checked(what, None, _t("这一条的盐值已销毁，只能核对其摘要"))
    bound = json.loads(body)["evidence"].get(name, "")
    return Checked(what, hmac.compare_digest(bound, canon.digest(value, entry.salt)), entry.digest)


def _checkpoint(checkpoint: bytes, size: int) -> Checked:
    told = checkpoint.splitlines()
    holds = trail.checkpoint(size).encode().splitlines() == told[:3]
    return Checked(_t("用现存留痕重新算出的根与检查点一致"), holds, told[2].decode())


def _seed(record: fair.DrawRecord) -> Iterator[Checked]:
    seed = fair.seed_from(record.commitment, record.shares, record.checkpoint)
    yield Checked(_t("种子由承诺值、检查点和两份随机数算出"), hmac.compare_digest(seed, record.seed), record.seed.hex())


def _papers(draw: Draw, record: fair.DrawRecord, *, sound: bool) -> Iterator[Checked]:
    what = _t("由题库、计划和种子重新组卷，各卷试题逐题相同")
    made_by = draw.record.get("assembler")
    if made_by != parallel.VERSION:
        # another assembler makes other papers from the same seed: that proves nothing against the draw
        now = _t("当时的组卷程序为第 {then} 版，现为第 {now} 版，须用当时的程序重新组卷")
        yield Checked(what, None, now.format(then=made_by, now=parallel.VERSION))
    elif sound:
        faults = fair.verify_draw(record)
        count = _t("共 {n} 套").format(n=len(record.papers))
        yield Checked(what, not faults, _t("；").join(map(spoken, faults)) or count)
    else:
        yield Checked(what, None, _t("前面有不符之处，没有重新组卷"))
    papers = draw.papers.select_related("draw").order_by("pk")
    changed = [paper.form for paper in papers if not hmac.compare_digest(_sealed(paper), paper.digest)]
    yield Checked(
        _t("各卷的试题版本与密封时的试卷摘要一致"), not changed,
        _t("不符的试卷：{forms}").format(forms=_t("、").join(changed)) if changed else "",
    )  # fmt: skip


def _sealed(paper: Any) -> str:
    rows = [list(row) for row in paper.items]
    return canon.digest({"blueprint": paper.blueprint, "items": rows}, paper.draw.seed)


def record_data(draw: Draw) -> dict[str, Any]:
    """The record of a draw for a checker outside, as plain data; bytes as hex, the checkpoint as its text.

    The bank's rows, the plan and the papers' items are in it only when every paper of the draw has been opened or
    destroyed: with them and the seed anybody makes the papers.
    """
    record = draw_record(draw)
    papers = list(draw.papers.order_by("pk"))
    whole = all(paper.state in ("opened", "destroyed") for paper in papers)
    data: dict[str, Any] = {
        "format": FORMAT, "title": draw.title, "complete": whole, "bank": record.bank,
        "plan_digest": record.plan_digest, "mode": record.mode, "forms": record.forms,
        "commitment": record.commitment, "commitment_leaf": record.commitment_leaf,
        "share_commitments": list(record.share_commitments), "share_leaves": list(record.share_leaves),
        "shares": [share.hex() for share in record.shares],
        "checkpoint": record.checkpoint.decode(), "seed": record.seed.hex(),
        "paper_digests": {paper.form: paper.digest for paper in papers},
    }  # fmt: skip
    if whole:
        assert record.stock is not None and record.plan is not None
        data["stock"] = [asdict(row) for row in record.stock]
        data["plan"] = asdict(record.plan)
        data["papers"] = [list(codes) for codes in record.papers]
    return data
