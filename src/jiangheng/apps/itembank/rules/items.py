"""What the life of an item requires (K7, P2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import rule

from .. import queries


@rule(_("与已有试题内容相同"), clause="P2", mend=_("改写本题，或退回并说明与哪一题重复"))
def is_no_copy(item: Any) -> str:
    # of two drafts that say the same the earlier goes on, else each would wait for the other
    same = [
        each
        for each in queries.twins_of(item)
        if each["likeness"] >= 1 and (each["there"].pk < item.pk or each["there"].state not in ("draft", "returned"))
    ]
    return _t("；").join(_said_of_copies(differs, same) for differs in sorted({each["differs"] for each in same}))


def _said_of_copies(differs: str, same: Sequence[dict[str, Any]]) -> str:
    codes = _t("、").join(each["code"] for each in same if each["differs"] == differs)
    if differs == "negation":
        return _t("与试题 {codes} 只差否定词，考的是同一件事").format(codes=codes)
    if differs == "answer":
        return _t("与试题 {codes} 文字相同而答案不同").format(codes=codes)
    return _t("与试题 {codes} 内容相同").format(codes=codes)


@rule(_("投稿的试题都能采用"), clause="K8")
def something_is_left_out(offer: Any) -> bool:
    return bool(queries.left_out(offer))


@rule(_("试用作答人数还不够"), clause="P2", mend=_("继续试用，或由市指导中心、题库管理员在入库后直接启用"))
def was_tried_enough(item: Any) -> str:
    least = parameter("bank.trial_persons")
    if item.state != "trial" or item.answered >= least:
        return ""
    return _t("试用作答 {n} 人，至少需要 {least} 人").format(n=item.answered, least=least)


@rule(_("还有没有处理的复核原因"), clause="P2", mend=_("先由审题人员复核保留，或修订、停用该题"))
def nothing_is_flagged(item: Any) -> bool:
    return not item.flags


@rule(_("没有需要复核的原因"), clause="P2", mend=_("试题分析发现问题时系统自动列入"))
def something_is_flagged(item: Any) -> bool:
    return bool(item.flags)
