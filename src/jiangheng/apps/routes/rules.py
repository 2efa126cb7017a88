"""Requirements of the steps on recognitions, posts and apprentices, as sentences. The law is in core/law/direct."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.roster import queries as roster
from jiangheng.core.law.direct import renewal_opens
from jiangheng.core.steps import rule
from jiangheng.kernel import clock

from . import queries

KIND = {"DIRECT": "direct", "EXCEPTIONAL": "exceptional", "APPOINTMENT": "appointment"}
"""The kind of committee that judges a round, by its mode."""


@rule(_("只有企业可以对本单位职工直接认定、破格晋升和评聘"), clause="R1", mend=_("请通过考试认定"))
def institution_is_an_enterprise(thing: Any) -> bool:
    return bool(thing.under.institution.kind == "EMPLOYER")


@rule(_("备案已失效，不能再组织认定"), clause="W7", mend=_("请先办理备案续期"))
def filing_is_in_force(thing: Any) -> bool:
    filing = thing.filing if getattr(thing, "filing_id", None) else thing.under
    return bool(filing.state == "filed" and filing.valid_until >= clock.today())


@rule(_("本轮已报送，不能再增加或修改申报人"), clause="R1", mend=_("由属地人社部门退回后再修改"))
def round_is_open(nominee: Any) -> bool:
    recognition = nominee.recognition if nominee.recognition_id else nominee.under
    return recognition.state in ("draft", "returned")


@rule(_("还没有申报人"), clause="R1", mend=_("请先登记申报人"))
def somebody_is_nominated(recognition: Any) -> bool:
    return bool(recognition.nominees.filter(state="nominated").exists())


@rule(_("有申报人不符合规定"), clause="R1", mend=_("请修改或撤回这些申报"))
def every_nomination_is_lawful(recognition: Any) -> str:
    wrong = []
    for nominee in recognition.nominees.filter(state="nominated").order_by("pk"):
        if found := queries.problems_of(nominee):
            wrong.append(f"{nominee.name}：{'；'.join(found)}")
    return _t("；").join(wrong)


@rule(_("评审组长还没有写评审纪要"), clause="R1", mend=_("等全部专家投票、组长写完评审纪要"))
def committee_has_decided(recognition: Any) -> bool:
    return roster.minuted(recognition, kind=KIND[recognition.way.mode])


@rule(_("没有评审通过的人员"), clause="R1", mend=_("没有人通过时请取消本轮"))
def somebody_is_recommended(recognition: Any) -> bool:
    return bool(recognition.nominees.filter(state="recommended").exists())


@rule(_("公示期未满"), clause="R1", mend=_("公示期满后系统自动转入下一步"))
def publicity_is_over(recognition: Any) -> bool:
    return bool(recognition.publicity_until and clock.now() > recognition.publicity_until)


@rule(_("还有异议没有答复"), clause="W5", mend=_("先答复全部异议"))
def every_objection_is_answered(recognition: Any) -> bool:
    return not batches.open_objections(recognition).exists()


@rule(_("本轮没有在公示"), clause="W5", mend=_("只在公示期内取消资格"))
def round_is_published(nominee: Any) -> bool:
    return bool(nominee.recognition.state == "published")


@rule(_("不是评聘，不需要上报名单"), clause="R4", mend=_("直接认定和破格晋升核准后即可制证"))
def round_appoints(recognition: Any) -> bool:
    return bool(recognition.way.appoints)


@rule(_("评聘核准后还要上报并列入名单"), clause="R4", mend=_("由属地人社部门上报名单"))
def round_does_not_appoint(recognition: Any) -> bool:
    return not recognition.way.appoints


@rule(_("任期已届满"), clause="K5", mend=_("请重新评聘"))
def term_is_running(post: Any) -> bool:
    return bool(post.until >= clock.today())


@rule(_("任期没有届满"), clause="K5", mend=_("任期届满后系统自动办理"))
def term_is_over(post: Any) -> bool:
    return bool(post.until < clock.today())


@rule(_("还没有到办理续聘的时间"), clause="K5", mend=_("到时再办；任期内按年登记考核"))
def renewal_may_begin(post: Any) -> str:
    start = renewal_opens(post.until)
    return "" if clock.today() >= start else _t("{day} 起可以办理续聘").format(day=start.isoformat())


@rule(_("本任期没有合格的考核"), clause="K5", mend=_("请先登记任期考核"))
def last_review_was_good(post: Any) -> bool:
    # a review of the term before says nothing of this one
    own = [review for review in post.reviews if review["on"] >= post.since.isoformat()]
    return bool(own and own[-1]["result"] != "unfit")


@rule(_("备案不含学徒工"), clause="K6", mend=_("请在备案中选用含学徒工的本企业评价规范"))
def filing_has_apprentices(apprentice: Any) -> bool:
    return "A" in apprentice.under.levels


@rule(_("学徒期未满"), clause="K6", mend=_("学徒期满后再考核"))
def apprenticeship_is_over(apprentice: Any) -> bool:
    return bool(clock.today() >= apprentice.until)


@rule(_("考核成绩没有达到合格线"), clause="K6", mend=_("登记为考核不合格"))
def apprentice_reached_the_mark(apprentice: Any) -> bool:
    return queries.apprentice_passed(apprentice)
