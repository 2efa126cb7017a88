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
from .models import Marking, Session, Sitting, Transcription


@rule(_("批次还没有编排，不能安排理论考试"), clause="K13", mend=_("先办理“编排考场”"))
def batch_is_seated(session: Any) -> bool:
    return bool(session.under.state == "seated")


@rule(_("试卷还没有组好"), clause="K9", mend=_("编排后系统自动承诺抽题，请两名有权人员各投入一份随机数"))
def every_level_has_its_papers(session: Any) -> str:
    batch = session.under
    used = set(batch.applications.filter(state="seated").values_list("level", flat=True))
    missing = [level_face(code) for code in sorted(used - itembank.papers_of(batch.pk).keys())]
    return _t("试卷还没有组好：{levels}").format(levels=_t("、").join(missing)) if missing else ""


@rule(_("有试卷已经销毁"), clause="K13", mend=_("补抽的试卷组好后，由考务员办理“更换已销毁的试卷”"))
def no_paper_is_destroyed(session: Any) -> bool:
    return all(paper.state != "destroyed" for paper in queries.papers_in(session))


@rule(_("本场没有留存的抓拍照片"), clause="K13")
def pictures_are_kept(sitting: Any) -> bool:
    return bool(queries.picture_moments(sitting))


@rule(_("没有到期应当销毁的抓拍照片"), clause="K13")
def pictures_are_past_their_days(session: Any) -> bool:
    return queries.pictures_are_due(session)


@rule(_("没有试卷被销毁，无须更换"), clause="K13", mend=_("按原来的安排考试"))
def a_paper_is_destroyed(session: Any) -> bool:
    return bool(queries.without_paper(session))


@rule(_("补抽的试卷还没有组好"), clause="K9", mend=_("系统已重新承诺抽题，请两名有权人员各投入一份随机数"))
def new_papers_are_drawn(session: Any) -> str:
    ready = queries.exchanges(session)
    missing = {sitting.application.level for sitting in queries.without_paper(session) if sitting.pk not in ready}
    levels = _t("、").join(level_face(code) for code in sorted(missing))
    return _t("补抽的试卷还没有组好：{levels}").format(levels=levels) if missing else ""


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
def session_is_open(sitting: Any) -> str | bool:
    return _at_a_place(sitting.session) or bool(sitting.session.state == "open")


@rule(_("考试还没有开放入场"), clause="K13", mend=_("请等监考人员开放入场"))
def doors_were_opened(sitting: Any) -> str | bool:
    # what a place returned is as if its candidates had come in here
    return _at_a_place(sitting.session) or sitting.session.state in ("open", "returned")


@rule(_("本场在考点进行"), clause="K13", mend=_("考点回传收入以后再办理"))
def session_is_not_at_a_place(sitting: Any) -> bool:
    return bool(sitting.session.state != "away")


@rule(
    _("本场已封装给考点，便利安排已在试卷包中"),
    clause="K13",
    mend=_("开考前可以收回试卷包，改好安排再封装；考试中由考点监考人员补时"),
)
def terms_are_not_at_a_place(sitting: Any) -> bool:
    return sitting.session.state not in ("away", "returned")


def _at_a_place(session: Session) -> str:
    if session.state != "away":
        return ""
    return _t("本场在考点自己的机器上进行，中心考场不接受入场；请在考点按监考人员的提示入场")


@rule(_("已过入场时限"), clause="K13", mend=_("迟到超过时限不得入场，请联系监考人员"))
def not_too_late(sitting: Any) -> bool:
    # the hall lets nobody in after that; whom it let in before came in time, whenever the office hears of it
    return clock.epoch_ms() <= queries.latest(sitting.session) or queries.entered_at(sitting) is not None


@rule(_("考生还没有交卷，考试时间也没有到"), clause="K13", mend=_("考生交卷或时间到后系统自动收卷"))
def paper_is_handed_in_or_time_is_up(sitting: Sitting) -> bool:
    return queries.is_over(sitting)


@rule(_("该考生用纸质试卷作答，考试系统没有作答记录"), clause="K13", mend=_("纸质答卷以原件存档"))
def taken_at_a_computer(sitting: Sitting) -> bool:
    return not sitting.by_hand


@rule(_("还有主观题没有评完"), clause="K13", mend=_("评分人评完、成绩登记后再办理"))
def nothing_waits_for_a_marker(sitting: Sitting) -> bool:
    return sitting.mark is not None


@rule(_("还有主观题没有评完"), clause="K13", mend=_("评分人评完后由系统办理"))
def every_open_answer_is_marked(sitting: Sitting) -> bool:
    return not queries.marked(sitting).waiting


@rule(_("这道题还没有在考试中评过分"), clause="K13", mend=_("没有考过的题在题库中修订即可，不用更正考后答案"))
def item_was_examined(correction: Any) -> bool:
    return bool(queries.affected(correction.under, correction.under.revision))


@rule(_("两人的评分相差超过限度"), clause="K13", mend=_("由第三人评分"))
def the_marks_agree(thing: Marking) -> bool:
    return queries.settled_marks(thing) is not None


@rule(_("两人的评分相差没有超过限度"), clause="K13", mend=_("按两人平均分评定，不用第三人评分"))
def the_marks_lie_apart(thing: Marking) -> bool:
    return queries.settled_marks(thing) is None


@rule(_("考试时间还没有结束"), clause="K13", mend=_("全部考生交卷或考试时间结束后再关闭"))
def everybody_is_done(session: Session) -> bool:
    ends = session.starts_at + dt.timedelta(minutes=session.minutes)
    return clock.now() > ends or not session.sittings.filter(state__in=("ready", "admitted")).exists()


@rule(_("还有考生在考试"), clause="K13", mend=_("等待系统收齐答卷"))
def every_paper_is_collected(session: Session) -> bool:
    return not session.sittings.filter(state="admitted").exists()


@rule(_("还有纸质答卷没有录入"), clause="K13", mend=_("由考务员办理“录入纸质答卷”，没有来的考生也在其中登记"))
def written_papers_are_entered(session: Session) -> str:
    waiting = session.sittings.filter(state="on_paper").count()
    if waiting:
        return _t("{n} 名考生的纸质答卷还没有登分").format(n=waiting)
    # without this, closing would take for absent whoever sat on paper
    left = session.sittings.filter(state="ready").count()
    if left and queries.is_printed(session):
        return _t("本场印制过纸质试卷，还有 {n} 名考生没有在计算机上入场").format(n=left)
    return ""


@rule(_("本场没有印制过纸质试卷"), clause="K13", mend=_("没有纸质试卷的场次，答卷由考试系统收取"))
def papers_were_printed(transcription: Any) -> bool:
    return queries.is_printed(transcription.under)


@rule(_("考试还没有结束"), clause="K13", mend=_("考试时间结束、收回纸质答卷后再录入"))
def writing_time_is_over(transcription: Any) -> bool:
    session = transcription.under
    return clock.now() >= session.starts_at + dt.timedelta(minutes=session.minutes)


@rule(_("场次没有开考，或已经结束"), clause="K13", mend=_("纸质答卷在场次结束之前录入"))
def session_is_under_way(transcription: Any) -> bool:
    return bool(transcription.under.state == "open")


@rule(_("没有用纸质试卷作答的考生"), clause="K13", mend=_("全部考生都已在计算机上入场、缺考或正在录入，不用再办理"))
def somebody_sat_on_paper(transcription: Any) -> bool:
    return bool(transcription.under.sittings.filter(state="ready").exists())


@rule(_("该考生在计算机上已有作答"), clause="K13", mend=_("一名考生只有一份答卷，以考试系统收取的为准"))
def nothing_was_answered_at_a_computer(sitting: Sitting) -> bool:
    return not queries.has_answers_in_the_hall(sitting)


@rule(_("第一遍还没有录完"), clause="K13", mend=_("上传录入表，或逐人录完全部考生"))
def first_typing_is_complete(thing: Transcription) -> str:
    return _lacking(thing, "first")


@rule(_("第二遍还没有录完"), clause="K13", mend=_("上传录入表，或逐人录完全部考生"))
def second_typing_is_complete(thing: Transcription) -> str:
    return _lacking(thing, "second")


def _lacking(thing: Transcription, name: str) -> str:
    rows = thing.held(name)
    left = sum(str(pk) not in rows for pk in thing.sittings)
    return _t("还有 {n} 名考生没有录入").format(n=left) if left else ""


@rule(_("没有待核定的差异"), clause="K13", mend=_("请办理“确认登分”"))
def something_is_to_be_decided(thing: Transcription) -> bool:
    return any(not each.mark for each in queries.differences(thing))


@rule(_("没有待第三人评分的题"), clause="K13", mend=_("请办理“核定差异”或“确认登分”"))
def a_third_mark_is_wanted(thing: Transcription) -> bool:
    return any(each.mark for each in queries.differences(thing))


@rule(_("两遍录入还有差异没有核定"), clause="K13", mend=_("在“核对差异”页逐项核定；评分相差过大的由第三人评分"))
def nothing_is_undecided(thing: Transcription) -> str:
    if lacking := _lacking(thing, "first") or _lacking(thing, "second"):
        return lacking
    left = sum(not each.decided for each in queries.differences(thing))
    return _t("还有 {n} 处差异没有核定").format(n=left) if left else ""


@rule(_("入场时限还没有过"), clause="K13", mend=_("过了迟到时限再登记缺考"))
def late_limit_is_over(sitting: Sitting) -> bool:
    latest = sitting.session.starts_at + dt.timedelta(minutes=parameter("candidate.late_limit"))
    return clock.now() > latest


@rule(_("考生已在考场入场"), clause="K13", mend=_("系统会自动登记入场和收卷，请稍候"))
def nobody_entered_in_the_hall(sitting: Sitting) -> bool:
    return queries.entered_at(sitting) is None


@rule(_("还有考生已在考场入场而没有登记"), clause="K13", mend=_("系统会自动登记入场和收卷，请稍候"))
def whoever_entered_is_admitted(session: Session) -> bool:
    # while there is time nobody may close anyway: no look at the page costs a look into every journal
    if clock.epoch_ms() <= queries.window(session)[1]:
        return True
    return not any(queries.entered_at(each) for each in session.sittings.filter(state="ready"))


@rule(_("没有正在考试的考生"), clause="K13", mend=_("考生入场后再办理"))
def somebody_is_in_the_room(session: Session) -> bool:
    return session.sittings.filter(state__in=("ready", "admitted")).exists()


@rule(_("考场已将该考生的答卷作废"), clause="K13", mend=_("由考务员核实后办理“作废”"))
def not_voided_in_the_hall(sitting: Sitting) -> bool:
    state, _head = queries.replay(sitting)
    return not state.voided


# ---- a place without a good line ----


@rule(_("本场没有考生"), clause="K13", mend=_("编排考生以后再封装"))
def somebody_sits_in_it(session: Session) -> bool:
    return bool(session.sittings.filter(state="ready").exists())


@rule(_("已到开考时间"), clause="K13", mend=_("试卷包须在开考以前交给考点"))
def session_has_not_begun(session: Session) -> bool:
    return clock.now() < session.starts_at


@rule(_("本场印制过纸质试卷"), clause="K13", mend=_("有纸质试卷的场次在中心考场开考，不能封装给考点"))
def nothing_was_printed(session: Session) -> bool:
    return not queries.is_printed(session)


@rule(
    _("本场须用防作弊浏览器，还没有登记考点配置文件的密钥"), clause="K13",
    mend=_("安排场次时填入考点配置文件的密钥，或不要求防作弊浏览器"),
)  # fmt: skip
def browser_of_the_place_is_known(session: Session) -> bool:
    return bool(not session.exam_browser or session.browser_keys)


@rule(_("本场没有发出的试卷包"), clause="K13", mend=_("先办理“封装给考点”"))
def a_package_is_out(session: Session) -> bool:
    return session.package is not None


@rule(_("启封码已经告知"), clause="K13", mend=_("试卷已可启封，不能收回；考完由考点回传"))
def key_is_not_told(session: Session) -> bool:
    return not queries.is_key_told(session)


@rule(_("启封码还没有告知"), clause="K13", mend=_("由主管部门办理“告知启封码”"))
def key_is_told(session: Session) -> bool:
    return queries.is_key_told(session)


@rule(_("未到告知启封码的时间"), clause="K13", mend=_("到了规定时间再告知"))
def key_may_be_told(session: Session) -> str:
    if clock.now() >= queries.key_opens_at(session):
        return ""
    return _t("开考前 {n} 分钟起才能告知启封码").format(n=parameter("site.key_before"))


@rule(_("考点还没有回传"), clause="K13", mend=_("考点用命令回传，或由考务员上传回传文件；部分回传不能收入"))
def something_came_back(session: Session) -> bool:
    return bool(queries.to_take_in(session))
