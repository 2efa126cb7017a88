"""What practical papers require (K14)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule


@rule(_("这是理论知识题库"), clause="K14", mend=_("在操作技能题库中命制；还没有的，先建立科目为操作技能的题库"))
def bank_is_practical(exercise: Any) -> bool:
    return bool(exercise.under.subject == "practice")
