"""What plans, draws and papers require (K9, K13)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Plan


@rule(_("本题库已有启用的组卷计划"), clause="K13", mend=_("先停用原计划，再启用新计划"))
def no_other_plan(plan: Any) -> bool:
    return not Plan.everywhere.filter(bank=plan.bank_id, state="enacted").exclude(pk=plan.pk).exists()


@rule(_("题库现有试题不能满足组卷计划"), clause="K9", mend=_("按提示补充试题，或调整组卷计划"))
def bank_suffices(plan: Any) -> str:
    return _t("；").join(spoken(each) for each in queries.shortfalls(plan)[:5])


@rule(_("按已承诺的题库和计划组不出试卷"), clause="K9", mend=_("见组卷结果中缺什么、补多少"))
def papers_can_be_made(draw: Any) -> bool:
    return not queries.lacks_of(draw)


@rule(_("试卷能够组出"), clause="K9")
def papers_cannot_be_made(draw: Any) -> bool:
    return bool(queries.why_not(draw))
