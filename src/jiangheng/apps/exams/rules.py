"""Requirements of the steps on sessions and sittings, named as sentences."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import rule
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face

from . import queries
from .models import Session, Sitting


@rule(_("批次还没有编排，不能安排理论考试"), clause="K13", mend=_("先办理“编排考场”"))
def batch_is_seated(session: Any) -> bool:
    return bool(session.under.state == "seated")


@rule(_("试卷还没有组好"), clause="K9", mend=_("编排后系统自动承诺抽题，请两名有权人员各投入一份随机数"))
def every_level_has_its_papers(session: Any) -> str:
    batch = session.under
    used = set(batch.applications.filter(state="seated").values_list("level", flat=True))
    missing = [level_face(code) for code in sorted(used - itembank.papers_of(batch.pk).keys())]
    return _t("试卷还没有组好：{levels}").format(levels=_t("、").join(missing)) if missing else ""


@rule(_("有试卷已经销毁"), clause="K13", mend=_("由题库管理方补抽试卷，再重新安排场次"))
def no_paper_is_destroyed(session: Any) -> bool:
    return all(paper.state != "destroyed" for paper in queries.papers_in(session))


@rule(_("未到核准启封的时间"), clause="K13", mend=_("开考前规定时间内由考务员核准启封"))
def papers_may_be_released(session: Any) -> str:
    early = dt.timedelta(minutes=parameter("paper.release_before"))
    if clock.now() >= session.starts_at - early:
        return ""
    return _t("开考前 {n} 分钟起才能核准启封").format(n=parameter("paper.release_before"))


@rule(_("未到入场时间"), clause="K13", mend=_("开考前入场时间到了再开放"))
def doors_may_open(session: Any) -> str:
    early = dt.timedelta(minutes=parameter("candidate.enter_before"))
    if clock.now() >= session.starts_at - early:
        return ""
    return _t("开考前 {n} 分钟起才能开放入场").format(n=parameter("candidate.enter_before"))


@rule(_("考试还没有开放入场"), clause="K13", mend=_("请等监考人员开放入场"))
def session_is_open(sitting: Any) -> bool:
    return bool(sitting.session.state == "open")


@rule(_("已过入场时限"), clause="K13", mend=_("迟到超过时限不得入场，请联系监考人员"))
def not_too_late(sitting: Any) -> bool:
    latest = sitting.session.starts_at + dt.timedelta(minutes=parameter("candidate.late_limit"))
    return bool(clock.now() <= latest)


@rule(_("考生还没有交卷，考试时间也没有到"), clause="K13", mend=_("考生交卷或时间到后系统自动收卷"))
def paper_is_handed_in_or_time_is_up(sitting: Sitting) -> bool:
    return queries.is_over(sitting)


@rule(_("考试时间还没有结束"), clause="K13", mend=_("全部考生交卷或考试时间结束后再关闭"))
def everybody_is_done(session: Session) -> bool:
    ends = session.starts_at + dt.timedelta(minutes=session.minutes)
    return clock.now() > ends or not session.sittings.filter(state__in=("ready", "admitted")).exists()


@rule(_("还有考生在考试"), clause="K13", mend=_("等待系统收齐答卷"))
def every_paper_is_collected(session: Session) -> bool:
    return not session.sittings.filter(state="admitted").exists()


@rule(_("入场时限还没有过"), clause="K13", mend=_("过了迟到时限再登记缺考"))
def late_limit_is_over(sitting: Sitting) -> bool:
    latest = sitting.session.starts_at + dt.timedelta(minutes=parameter("candidate.late_limit"))
    return clock.now() > latest
