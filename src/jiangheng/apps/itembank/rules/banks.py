"""What founding, filling and reviving a bank requires (K7, K9)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule

from .. import queries
from ..models import Bank


@rule(_("同一职业、级别和科目已有在用的题库"), clause="K9", mend=_("在原题库中增补试题，或先停用原题库"))
def no_other_bank(thing: Any) -> bool:
    # on founding the form asks, for it knows occupation and level
    return not (thing.pk and queries.same_open_bank(thing))


@rule(_("只有用人单位可以自建题库"), clause="K9", mend=_("院校和社会培训评价组织使用全区统一题库"))
def is_an_employer(thing: Any) -> bool:
    return bool(thing.under.kind == "EMPLOYER")


@rule(_("题库已停用，不能增补试题"), clause="K7", mend=_("先恢复使用该题库"))
def bank_is_open(thing: Any) -> bool:
    bank = thing if isinstance(thing, Bank) else thing.bank if thing.bank_id else thing.under
    return bool(bank.state == "open")
