"""Requirements of the steps on certificates: no certificate without an examination, a pass, publicity and approval."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule
from jiangheng.kernel import clock


@rule(_("结果还没有核准，不能发证"), clause="W5", mend=_("等公示期满并经属地人社部门核准"))
def batch_is_approved(issuance: Any) -> bool:
    return bool(issuance.under.state == "approved")


@rule(_("没有合格而未发证的人员"), clause="W5", mend=_("无需制证，可直接归档"))
def somebody_passed(issuance: Any) -> bool:
    return bool(issuance.under.applications.filter(state="passed").exists())


@rule(_("有合格人员没有照片"), clause="W10", mend=_("请报名管理员或考生本人补传照片"))
def everybody_has_a_photo(issuance: Any) -> str:
    tickets = issuance.under.applications.filter(state="passed", photo=None).values_list("ticket", flat=True)
    return _t("这些考生没有照片：{tickets}").format(tickets="、".join(tickets)) if tickets else ""


@rule(_("考生成绩不合格或未核准"), clause="K10", mend=_("只有合格且经核准的考生可以发证"))
def application_passed_and_is_approved(certificate: Any) -> bool:
    application = certificate.under
    return application.state == "passed" and application.batch.state == "approved"


@rule(_("发证当日备案不在有效期内"), clause="W5", mend=_("请先办理备案续期，或由有备案的机构发证"))
def filing_is_in_force_today(certificate: Any) -> bool:
    filing = certificate.under.batch.filing
    return filing.state == "filed" and filing.valid_until >= clock.today()
