"""Requirements of the steps on panels and score sheets, named as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.steps import rule
from jiangheng.kernel import clock
from jiangheng.kernel.spoken import spoken

from . import queries


@rule(_("批次还没有编排，不能组建考评小组"), clause="K14", mend=_("先办理“编排考场”"))
def batch_is_seated(panel: Any) -> bool:
    return bool(panel.under.state == "seated")


@rule(_("考核还没有开始"), clause="K14", mend=_("到考核时间再评分"))
def practical_has_begun(sheet: Any) -> bool:
    return clock.now() >= queries.begins_at(sheet.practical)


@rule(_("评分表没有填完"), clause="K14", mend=_("补齐后再签字"))
def sheet_is_complete(sheet: Any) -> str:
    total = queries.total_of(sheet)
    names = {aspect.code: aspect.name for aspect in queries.aspects_of(sheet.practical)}
    missing = _t("、").join(names[code] for code in total.missing)
    return _t("还没有评分的项目：{missing}").format(missing=missing) if missing else ""


@rule(_("考评人员还没有全部签字"), clause="K14", mend=_("等三名以上考评人员各自签字并锁定"))
def every_sheet_is_locked(practical: Any) -> bool:
    return not practical.sheets.exclude(state="locked").exists()


@rule(_("评分差距超过限度"), clause="K14", mend=_("由考务员组织裁定"))
def spread_is_within_the_limit(practical: Any) -> str:
    if practical.sheets.exclude(state="locked").exists():
        return ""
    found = queries.panel_mark(practical)
    return spoken("；".join(found.reasons)) if found.needs_arbitration else ""


@rule(_("评分差距没有超过限度"), clause="K14", mend=_("按平均分定分"))
def spread_is_beyond_the_limit(practical: Any) -> bool:
    if practical.sheets.exclude(state="locked").exists():
        return False
    return queries.panel_mark(practical).needs_arbitration


@rule(_("考评人员已经开始评分"), clause="K14", mend=_("已评分的考生不能登记缺考"))
def nobody_has_marked(practical: Any) -> bool:
    return not practical.sheets.exclude(state="open").exists()


@rule(_("还有考生没有定分"), clause="K14", mend=_("等全部考生定分或登记缺考"))
def every_practical_is_settled(panel: Any) -> bool:
    return not panel.practicals.filter(state__in=("open", "disputed")).exists()
