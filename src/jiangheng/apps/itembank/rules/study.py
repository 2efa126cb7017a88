"""What setting a cut score requires (P2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule

from ..queries import study as studies


@rule(_("试卷已核准启封或已销毁"), clause="P2", mend=_("对密封的试卷在核准启封前研究，或等启封后再研究"))
def paper_may_be_studied(study: Any) -> bool:
    return bool(study.under.state in ("sealed", "opened"))


@rule(_("还有专家没有提交本轮评判"), clause="P2", mend=_("等全部专家提交，或中止研究后重新组织"))
def everybody_has_judged(study: Any) -> str:
    given, every = studies.waiting(study)
    if given == every:
        return ""
    return _t("本轮 {every} 名专家中有 {n} 名还没有提交评判").format(every=every, n=every - given)


@rule(_("本轮评判已经结束"), clause="P2", mend=_("评判须在本轮结束前提交"))
def round_is_on(opinion: Any) -> bool:
    return bool(opinion.study.state == "open" and opinion.round == opinion.study.round)
