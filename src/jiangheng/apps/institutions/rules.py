"""Requirements of the steps on institutions, named as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule

from .models import Filing


@rule(_("未上传备案材料"), clause="W6", mend=_("点“修改”，上传加盖公章的备案申请材料（PDF）"))
def documents_are_complete(filing: Any) -> bool:
    return filing.document_id is not None


@rule(_("考点没有启用的理论机房或实操场地"), clause="W6", mend=_("先在考点下登记至少一间理论机房和一处实操场地"))
def site_has_rooms(filing: Any) -> bool:
    return {"theory", "practical"} <= set(filing.site.rooms.filter(state="open").values_list("kind", flat=True))


@rule(_("同一考点、同一职业已有有效备案"), clause="W6", mend=_("请对原备案办理增项，不要重复申报"))
def not_filed_already(filing: Any) -> str:
    same = Filing.everywhere.filter(site=filing.site, occupation=filing.occupation, state="filed").exclude(pk=filing.pk)
    first = same.first()
    return _t("同一考点、同一职业已有有效备案 {number}").format(number=first.number) if first else ""


@rule(_("备案所依据的职业标准已不是现行版本"), clause="K3", mend=_("退回机构，按现行标准重新申报"))
def standard_is_in_force(filing: Any) -> bool:
    return bool(filing.standard.state == "enacted")
