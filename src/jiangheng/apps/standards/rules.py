"""Requirements of the steps on catalogues and standards, named as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule

from . import queries


@rule(_("标准文本不能颁布"), clause="K3", mend=_("点“修改”改正文本后再颁布"))
def text_still_holds(standard: Any) -> str:
    # the catalogue may have changed since the draft was written
    try:
        queries.read_standard(standard.text, kinds=(standard.kind,))
    except ValueError as error:
        return str(error)
    return ""


@rule(_("目录里没有职业"), clause="K1", mend=_("请重新导入"))
def catalogue_is_not_empty(catalogue: Any) -> bool:
    return bool(catalogue.entries)


def overlap(standard: Any, start: Any, end: Any) -> str:
    """Why these days cannot be, or an empty text: another version of the same scope applies on one of them."""
    other = queries.overlapping(standard, start=start, end=end)
    if other is None:
        return ""
    until = other.valid_to.isoformat() if other.valid_to else _t("长期")
    return _t("与现行版本“{other}”（{since} 至 {until}）的适用时间和范围重叠；请先给它定停用日期").format(
        other=other, since=other.valid_from, until=until
    )
