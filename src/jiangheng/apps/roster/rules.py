"""Requirements of the steps on committees and ballots, named as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule


@rule(_("还有专家没有投票"), clause="W8", mend=_("请未投票的专家在“我的评审”中投票并签字"))
def every_ballot_is_cast(committee: Any) -> str:
    waiting = committee.ballots.exclude(state="cast").count()
    if committee.ballots.exists() and not waiting:
        return ""
    return _t("还有 {count} 名专家没有投票").format(count=waiting)


@rule(_("评审组已经结束评审或解散"), clause="W8", mend=_("评审组在评审中时才能投票和提意见"))
def committee_is_sitting(ballot: Any) -> bool:
    return bool(ballot.committee.state == "convened")


@rule(_("本次评审没有分段文本"), clause="K4", mend=_("意见请写在投票中"))
def there_is_a_text(ballot: Any) -> bool:
    return bool(ballot.committee.paragraphs)
