"""The ways without examination, played: what each asks, whom it refuses and why, how each ends (K5, K6, R1–R4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from portal_stage import credit_code, it_is, person, photo
from routes_stage import EXPERTS, Rounds, paper

from jiangheng.apps.batches.models import Result
from jiangheng.apps.certificates.models import Certificate
from jiangheng.apps.roster import queries as roster
from jiangheng.apps.routes import queries
from jiangheng.apps.routes.models import Apprentice, Nominee, Post, Recognition
from jiangheng.core.authority import PUBLIC
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.law.direct import fill_posts
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock
from jiangheng.kernel.clockwork import tick
from jiangheng.kernel.models import Deadline
from jiangheng.web.things import turns
from kept import kept

pytestmark = pytest.mark.django_db


@pytest.fixture
@kept
def rounds(play: Any) -> Rounds:
    return Rounds(play)


# ---- who may, and what is proved


def test_a_college_does_not_recognise_its_staff_without_an_examination(rounds: Rounds) -> None:
    college = rounds.eight.institution
    type(college).everywhere.filter(pk=college.pk).update(kind="COLLEGE")
    rounds.eight.institution.refresh_from_db()
    with pytest.raises(Refused, match="只有企业可以"):
        rounds.open("newcomer")


def test_an_expired_filing_carries_no_round(rounds: Rounds) -> None:
    type(rounds.eight).everywhere.filter(pk=rounds.eight.pk).update(valid_until=dt.date(2026, 8, 31))
    rounds.eight.refresh_from_db()
    with pytest.raises(Refused, match="备案已失效"):
        rounds.open("newcomer")


def test_posts_are_asked_for_only_where_posts_are_filled(rounds: Rounds) -> None:
    with pytest.raises(Refused, match="评聘须写明岗位数"):
        rounds.open("special", posts="")
    assert rounds.open("newcomer", posts="3").posts is None


def test_special_technicians_are_appointed_only_where_there_are_senior_technicians(rounds: Rounds) -> None:
    type(rounds.eight).everywhere.filter(pk=rounds.eight.pk).update(levels=["5", "4", "3", "2", "T"])
    rounds.eight.refresh_from_db()
    with pytest.raises(Refused, match="只在设有高级技师的职业"):
        rounds.open("special")


def test_a_filing_without_the_levels_of_a_route_carries_no_round_of_it(rounds: Rounds) -> None:
    with pytest.raises(Refused, match="备案没有这一路径可认定的级别"):
        rounds.open("chief", filing=rounds.filing)


@pytest.mark.parametrize(
    ("route", "said", "without", "why"),
    [
        ("newcomer", {"held_level": "5", "held_issued": "2020-05-01"}, (), "已持有本职业五级/初级工证书"),
        ("newcomer", {"level": "4", "held_level": "5", "held_issued": "2020-05-01"}, (), "只面向尚未定级的职工"),
        ("newcomer", {}, ("evidence",), "没有业绩材料"),
        ("newcomer", {}, ("front_line",), "不是一线技能岗位职工"),
        ("newcomer", {"insured_months": "5"}, ("statement",), "社会保险缴费 5 个月"),
        ("newcomer", {"insured_months": ""}, ("statement",), "没有本企业职工的证明"),
        ("exceptional", {}, ("proof",), "没有破格依据的证明"),
        ("special", {"held_level": "2"}, (), "没有本职业一级/高级技师证书"),
        ("special", {"held_issued": "2021-09-02"}, (), "2026-09-02 起可以申报"),
        ("chief", {"held_level": "1"}, (), "没有本职业特级技师证书"),
    ],
)
def test_a_nomination_against_the_law_is_not_submitted_and_says_why(
    rounds: Rounds, route: str, said: dict[str, str], without: tuple[str, ...], why: str
) -> None:
    thing = rounds.open(route)
    rounds.nominate(thing, without=without, **said)
    with pytest.raises(Refused, match=why) as no:
        rounds.play("recognition.submit", thing, by=rounds.manager)
    assert "秦荔红" in str(no.value)


def test_the_five_years_of_a_senior_technician_are_full_on_the_day_itself(rounds: Rounds) -> None:
    thing = rounds.open("special")
    rounds.nominate(thing, held_issued="2021-09-01")
    assert rounds.play("recognition.submit", thing, by=rounds.manager).state == "submitted"


def test_a_level_outside_the_route_cannot_even_be_chosen(rounds: Rounds) -> None:
    with pytest.raises(Refused, match="申报级别"):
        rounds.nominate(rounds.open("outstanding"), level="4")


def test_an_exceptional_promotion_states_its_ground_and_no_other_route_is_asked_for_one(rounds: Rounds) -> None:
    with pytest.raises(Refused, match="破格依据"):
        rounds.nominate(rounds.open("exceptional"), grounds="")
    assert rounds.nominate(rounds.open("outstanding"), grounds="award").grounds == ""


def test_a_round_of_nobody_is_not_submitted(rounds: Rounds) -> None:
    with pytest.raises(Refused, match="还没有申报人"):
        rounds.play("recognition.submit", rounds.open("newcomer"), by=rounds.manager)


def test_one_person_is_nominated_once_and_again_after_a_withdrawal(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    first = rounds.nominate(thing)
    with pytest.raises(Refused, match="此人已在本轮申报"):
        rounds.nominate(thing)
    rounds.play("nominee.withdraw", first, by=rounds.registrar, reason="岗位填错，重新登记")
    assert rounds.nominate(thing).state == "nominated"


def test_nobody_is_added_once_the_round_is_submitted_until_it_comes_back(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    rounds.nominate(thing)
    rounds.play("recognition.submit", thing, by=rounds.manager)
    with pytest.raises(Refused, match="本轮已报送"):
        rounds.nominate(thing, "韦秀兰", sequence=2)
    thing = rounds.play("recognition.return", thing, by=rounds.county, reason="请补充班组考核记录")
    assert rounds.nominate(thing, "韦秀兰", sequence=2).state == "nominated"


# ---- the panel


def test_an_even_or_too_small_panel_is_refused(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    rounds.nominate(thing)
    rounds.play("recognition.submit", thing, by=rounds.manager)
    for names in (EXPERTS[:4], EXPERTS[:1]):
        with pytest.raises(Refused, match="单数"):
            rounds.convene(thing, names)


def test_who_is_nominated_does_not_sit_on_the_panel(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    rounds.nominate(thing, "专家2")
    rounds.play("recognition.submit", thing, by=rounds.manager)
    with pytest.raises(Refused, match="专家2 与评审事项有关，须回避"):
        rounds.convene(thing)
    assert rounds.convene(thing, ("expert1", "expert3", "expert4")).state == "in_review"


def test_nothing_is_published_before_the_chair_has_written_the_minutes(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    rounds.nominate(thing)
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing)
    tick()
    thing.refresh_from_db()
    assert thing.state == "in_review"
    with pytest.raises(Refused):
        rounds.play("recognition.publish", thing, by=rounds.exam_officer)


def test_a_round_in_which_nobody_passed_is_not_published_but_cancelled(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    person_ = rounds.nominate(thing)
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing)
    rounds.judge(thing, (2, 50))
    person_.refresh_from_db()
    assert (person_.state, person_.reason) == ("declined", "专家同意2人、不同意3人、弃权0人")
    with pytest.raises(Refused, match="没有评审通过的人员"):
        rounds.play("recognition.publish", thing, by=rounds.exam_officer)
    cancelled = rounds.play("recognition.cancel", thing, by=rounds.manager, reason="无人通过评审")
    assert cancelled.state == "cancelled"
    assert queries.chain(cancelled) == []


def test_the_best_marks_fill_the_posts_and_the_next_one_is_told_why_not(rounds: Rounds) -> None:
    thing = rounds.published("special", (5, 88), (5, 95))
    second, first = thing.nominees.order_by("pk")
    assert (first.state, first.review_mark) == ("recommended", Decimal("95.0"))
    assert second.state == "declined"
    assert "岗位数1个,按评审成绩排序未入选" in second.reason


def test_members_read_the_papers_of_those_they_judge_and_nobody_else_does(rounds: Rounds, client: Client) -> None:
    thing = rounds.open("exceptional")
    judged = rounds.nominate(thing)
    other = rounds.nominate(rounds.open("newcomer"), "韦秀兰", sequence=2)
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing, EXPERTS[:3])

    def opened(username: str, path: str) -> int:
        client.force_login(rounds.city.accounts[username], backend="django.contrib.auth.backends.ModelBackend")
        return client.get(path).status_code

    page = f"/d/nominee/{judged.pk}/material"
    assert [opened("expert2", path) for path in (page, f"{page}/proof", f"{page}/evidence")] == [200, 200, 200]
    assert client.get(f"{page}/evidence").content == paper().read()
    assert "轴承" in client.get(page).content.decode() and judged.identity not in client.get(page).content.decode()
    # not the photo, not another round, not an expert who does not sit, not afterwards
    assert opened("expert2", f"{page}/photo") == 404
    assert opened("expert2", f"/d/nominee/{other.pk}/material") == 404
    assert opened("expert2", f"/d/nominee/{judged.pk}") == 404
    assert [opened(name, page) for name in ("expert4", "checker", "admin")] == [404, 404, 404]
    rounds.judge(thing, (3, 90), names=EXPERTS[:3])
    assert opened("expert2", page) == 404


# ---- publicity and objections


def test_publicity_lasts_five_working_days_and_cannot_be_cut_short(rounds: Rounds) -> None:
    thing = rounds.published("outstanding")
    assert timezone.localtime(thing.publicity_until).date() == dt.date(2026, 9, 16)
    it_is("2026-09-16", "20:00")
    with pytest.raises(Refused, match="公示期未满"):
        rounds.play("recognition.conclude", thing, by=rounds.exam_officer)
    it_is("2026-09-17", "00:30")
    tick()
    thing.refresh_from_db()
    assert thing.state == "concluded"


def objection(rounds: Rounds, thing: Any) -> Any:
    it_is("2026-09-11")
    told = {"name": "陈思源", "phone": "19900007777", "content": "请说明申报人承担的工作，是否为第一完成人。"}
    return rounds.play("objection.raise", under=thing, by=PUBLIC, **told)


def test_an_open_objection_holds_the_round_until_it_is_answered(rounds: Rounds) -> None:
    thing = rounds.published("exceptional")
    found = objection(rounds, thing)
    it_is("2026-09-21")
    tick()
    with pytest.raises(Refused, match="还有异议没有答复"):
        rounds.play("recognition.conclude", thing, by=rounds.exam_officer)
    rounds.play("objection.dismiss", found, by=rounds.exam_officer, answer="经核对任务书，申报人为第一完成人。")
    tick()
    thing.refresh_from_db()
    assert thing.state == "concluded"


def test_who_is_disqualified_after_an_objection_is_not_recognised(rounds: Rounds) -> None:
    thing = rounds.published("exceptional", (5, 90), (5, 85))
    out, stays = thing.nominees.order_by("pk")
    found = objection(rounds, thing)
    rounds.play("objection.uphold", found, by=rounds.exam_officer, answer="经核实材料不实，取消资格。")
    rounds.play("nominee.disqualify", out, by=rounds.exam_officer, reason="破格依据的证明不实")
    thing = rounds.finish(thing)
    assert thing.state == "settled"
    assert list(Result.everywhere.filter(mode="EXCEPTIONAL").values_list("name", flat=True)) == [stays.name]


def test_a_round_left_without_anybody_is_refused_by_the_county(rounds: Rounds) -> None:
    thing = rounds.published("exceptional")
    rounds.play("nominee.disqualify", thing.nominees.get(), by=rounds.exam_officer, reason="破格依据的证明不实")
    it_is("2026-09-21")
    tick()
    thing.refresh_from_db()
    with pytest.raises(Refused, match="没有评审通过的人员"):
        rounds.play("recognition.approve", thing, by=rounds.county, opinion="")
    refused = rounds.play("recognition.refuse", thing, by=rounds.county, reason="公示后无人保留资格")
    assert refused.state == "refused"


def test_nobody_is_disqualified_after_publicity(rounds: Rounds) -> None:
    thing = rounds.published("exceptional")
    it_is("2026-09-21")
    tick()
    with pytest.raises(Refused, match="没有在公示"):
        rounds.play("nominee.disqualify", thing.nominees.get(), by=rounds.exam_officer, reason="破格依据的证明不实")


# ---- the end of each route


@pytest.mark.parametrize(
    ("route", "mode", "clause", "level"),
    [
        ("newcomer", "DIRECT", "R1", "5"), ("outstanding", "DIRECT", "R2", "3"),
        ("exceptional", "EXCEPTIONAL", "R3", "2"), ("special", "APPOINTMENT", "R4", "T"),
        ("chief", "APPOINTMENT", "R4", "C"),
    ],
)  # fmt: skip
def test_every_route_ends_in_the_same_record_with_its_mode_and_clause_and_a_certificate(
    rounds: Rounds, route: str, mode: str, clause: str, level: str
) -> None:
    thing = rounds.finish(rounds.published(route))
    assert thing.state == ("listed" if thing.way.appoints else "settled")
    found = Result.everywhere.get()
    assert (found.mode, found.clause, found.level, found.state) == (mode, clause, level, "recorded")
    assert found.scope.startswith(thing.scope)
    assert "专家同意5人" in found.ground
    rounds.play("issuance.run", under=thing, by=rounds.issuer)
    certificate = Certificate.everywhere.get()
    assert (certificate.mode, certificate.clause, certificate.level) == (mode, clause, level)
    assert (certificate.theory_mark, certificate.review_mark) == (None, Decimal("90.0"))
    with pytest.raises(Refused, match="没有已核准而未发证的认定结果"):
        rounds.play("issuance.run", under=thing, by=rounds.issuer)


def test_a_round_without_posts_waits_for_nobody_once_it_is_approved(rounds: Rounds) -> None:
    thing = rounds.finish(rounds.published("newcomer"))
    assert turns("recognition", thing) == []
    assert not Deadline.objects.filter(flow="recognition", thing=thing.pk, closed_at=None).exists()
    assert [stage.state for stage in queries.chain(thing)][-1] == "now"
    rounds.play("issuance.run", under=thing, by=rounds.issuer)
    assert {stage.state for stage in queries.chain(thing)} == {"done"}


def test_the_appointed_are_recognised_when_the_city_has_listed_them_and_not_before(rounds: Rounds) -> None:
    thing = rounds.published("special")
    it_is("2026-09-21")
    tick()
    thing.refresh_from_db()
    rounds.play("recognition.approve", thing, by=rounds.county, opinion="同意")
    tick()
    thing.refresh_from_db()
    assert (thing.state, Result.everywhere.count(), Post.everywhere.count()) == ("approved", 0, 0)
    with pytest.raises(Refused, match="没有已核准而未发证的认定结果"):
        rounds.play("issuance.run", under=thing, by=rounds.issuer)
    with pytest.raises(WrongRole):
        rounds.play("recognition.report", thing, by=rounds.manager)


# ---- posts


@pytest.fixture
@kept
def post(rounds: Rounds) -> Any:
    rounds.finish(rounds.published("special"))
    return Post.everywhere.get()


def test_a_post_runs_three_years_from_the_day_of_the_list(rounds: Rounds, post: Any) -> None:
    assert (post.since, post.until, post.terms) == (dt.date(2026, 9, 21), dt.date(2029, 9, 20), 1)


def test_a_term_is_not_renewed_long_before_its_end_nor_without_a_good_review(rounds: Rounds, post: Any) -> None:
    with pytest.raises(Refused, match="2029-06-22 起可以办理续聘"):
        rounds.play("post.renew", post, by=rounds.manager, opinion="")
    it_is("2029-06-22")
    with pytest.raises(Refused, match="本任期没有合格的考核"):
        rounds.play("post.renew", post, by=rounds.manager, opinion="")
    rounds.play("post.review", post, by=rounds.manager, result="unfit", opinion="未完成带徒任务")
    with pytest.raises(Refused, match="本任期没有合格的考核"):
        rounds.play("post.renew", post, by=rounds.manager, opinion="")
    rounds.play("post.review", post, by=rounds.manager, result="good", opinion="完成两项攻关，带徒四名")
    renewed = rounds.play("post.renew", post, by=rounds.manager, opinion="同意续聘")
    assert (renewed.since, renewed.until, renewed.terms) == (dt.date(2029, 9, 21), dt.date(2032, 9, 20), 2)


def test_a_review_of_the_last_term_does_not_carry_a_second_renewal(rounds: Rounds, post: Any) -> None:
    it_is("2029-06-22")
    rounds.play("post.review", post, by=rounds.manager, result="good", opinion="完成两项攻关，带徒四名")
    rounds.play("post.renew", post, by=rounds.manager, opinion="同意续聘")
    it_is("2032-07-01")
    with pytest.raises(Refused, match="本任期没有合格的考核"):
        rounds.play("post.renew", post, by=rounds.manager, opinion="")


def test_a_term_ends_by_the_clock_on_the_day_after_its_last(rounds: Rounds, post: Any) -> None:
    it_is("2029-09-20", "23:00")
    tick()
    post.refresh_from_db()
    assert post.state == "in_office"
    it_is("2029-09-21")
    with pytest.raises(Refused, match="任期已届满"):
        rounds.play("post.review", post, by=rounds.manager, result="good", opinion="完成两项攻关")
    tick()
    post.refresh_from_db()
    assert post.state == "expired"


def test_a_dismissal_gives_its_reason_and_ends_the_term_today(rounds: Rounds, post: Any) -> None:
    it_is("2027-03-01")
    with pytest.raises(Refused, match="理由"):
        rounds.play("post.dismiss", post, by=rounds.manager)
    gone = rounds.play("post.dismiss", post, by=rounds.manager, reason="调离一线技能岗位")
    assert (gone.state, gone.until) == ("dismissed", dt.date(2027, 3, 1))


def test_who_becomes_chief_technician_leaves_his_post_as_special_technician(rounds: Rounds, post: Any) -> None:
    it_is("2026-10-12")
    thing = rounds.open("chief")
    rounds.nominate(thing, "秦荔甲", sequence=1, held_issued="2026-09-21")
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing)
    rounds.judge(thing, (5, 97))
    rounds.play("recognition.publish", thing, by=rounds.exam_officer)
    it_is("2026-10-26")
    tick()
    thing.refresh_from_db()
    rounds.play("recognition.approve", thing, by=rounds.county, opinion="同意")
    rounds.play("recognition.report", thing, by=rounds.county)
    rounds.play("recognition.enlist", thing, by=rounds.city.actor("city"), list_number="市人社〔2026〕40号")
    post.refresh_from_db()
    assert (post.state, post.until) == ("expired", dt.date(2026, 10, 26))
    assert list(Post.everywhere.filter(state="in_office").values_list("level", flat=True)) == ["C"]


# ---- apprentices


def enrolled(rounds: Rounds, **more: str) -> Any:
    given = {
        "name": "莫小满", "identity": person(7, born=dt.date(2006, 3, 7)), "mentor": "贺铁山", "since": "2025-09-02",
        "until": "2026-09-01",
    }  # fmt: skip
    return rounds.play("apprentice.enrol", under=rounds.eight, by=rounds.registrar, **{**given, **more})


def assessed(rounds: Rounds, mark: str, **more: str) -> Any:
    given = {"mark": mark, "comment": "能独立完成配线和通电前检查"}
    return rounds.play(
        "apprentice.assess", enrolled(rounds, **more), by=rounds.evaluator, files={"form": paper()}, **given
    )


def test_an_apprentice_is_recorded_and_gets_no_certificate(rounds: Rounds) -> None:
    done = rounds.play("apprentice.confirm", assessed(rounds, "84.5"), by=rounds.manager, opinion="同意")
    found = Result.everywhere.get()
    assert (done.state, found.mode, found.clause, found.level) == ("passed", "APPRENTICE", "K6", "A")
    with pytest.raises(Refused, match="不核发职业技能等级证书"):
        rounds.play("certificate.issue", under=found, by=rounds.issuer)
    assert Certificate.everywhere.count() == 0
    # nor does he count among those of whom a share was recognised directly
    assert queries.direct_share(rounds.open("newcomer"))["every"] == 0


def test_an_apprentice_is_assessed_at_the_end_of_his_time(rounds: Rounds) -> None:
    with pytest.raises(Refused, match="学徒期未满"):
        assessed(rounds, "84.5", until="2026-09-02")


def test_an_apprentice_below_the_mark_is_failed_and_not_confirmed(rounds: Rounds) -> None:
    thing = assessed(rounds, "59.5")
    with pytest.raises(Refused, match="没有达到合格线"):
        rounds.play("apprentice.confirm", thing, by=rounds.manager, opinion="")
    assert rounds.play("apprentice.fail", thing, by=rounds.manager, reason="接线错误较多").state == "failed"
    assert Result.everywhere.count() == 0


def test_a_filing_on_the_national_standard_has_no_apprentices(rounds: Rounds) -> None:
    given = {"name": "莫小满", "identity": person(7), "mentor": "贺铁山", "since": "2025-09-02", "until": "2026-09-01"}
    with pytest.raises(Refused, match="备案不含学徒工"):
        rounds.play("apprentice.enrol", under=rounds.filing, by=rounds.registrar, **given)


# ---- neighbours, and the share


def test_another_institutions_manager_sees_neither_nominees_nor_their_papers(rounds: Rounds, client: Client) -> None:
    thing = rounds.published("exceptional")
    nominee = thing.nominees.get()
    other = rounds.play(
        "institution.register", under=rounds.city.regions["450305"], by=rounds.city.actor("centre"),
        name="桂林象山食品有限公司", kind="EMPLOYER", uscc=credit_code(2), address="象山路1号", contact="办公室",
        telephone="0773-0000002",
    )  # fmt: skip
    stranger = rounds.city.person("stranger", "manager", place=other.scope)
    assert not Nominee.visible(stranger).exists()
    with pytest.raises(OutOfReach):
        rounds.play("nominee.photograph", nominee, by=stranger, files={"photo": photo()})
    client.force_login(rounds.city.accounts["stranger"], backend="django.contrib.auth.backends.ModelBackend")
    for path in ("", "/file/evidence", "/file/proof", "/file/photo", "/material"):
        assert client.get(f"/d/nominee/{nominee.pk}{path}").status_code == 404, path
    assert "秦荔甲" not in client.get(f"/d/recognition/{thing.pk}").content.decode()
    # while it is published he may read what everybody may, afterwards not even that
    assert "秦**" in client.get(f"/d/recognition/{thing.pk}").content.decode()
    rounds.finish(thing)
    assert "秦**" not in client.get(f"/d/recognition/{thing.pk}").content.decode()


def test_the_share_of_direct_recognitions_is_shown_to_officers_and_stops_nobody(rounds: Rounds, client: Client) -> None:
    rounds.finish(rounds.published("exceptional"))
    thing = rounds.open("outstanding")
    rounds.nominate(thing, "韦秀兰", sequence=8)
    assert queries.direct_share(thing) == {
        "year": 2026, "direct": 1, "every": 2, "share": 50, "limit": 30, "over": True,
    }  # fmt: skip
    client.force_login(rounds.city.accounts["county"], backend="django.contrib.auth.backends.ModelBackend")
    rounds.play("recognition.submit", thing, by=rounds.manager)
    page = client.get(f"/d/recognition/{thing.pk}").content.decode()
    assert "占 50%" in page and "超过提醒线 30%" in page and "不受比例限制" in page
    assert Recognition.everywhere.get(pk=thing.pk).state == "submitted"
    assert step_of("recognition.convene").refusals(thing) == []


def test_what_the_panel_marked_is_asked_of_every_member_before_the_end(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    rounds.nominate(thing)
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing)
    found = roster.committee_of(thing)
    assert found is not None
    ballot = found.ballots.first()
    key = found.matters[0]["key"]
    with pytest.raises(Refused, match="请评分"):
        rounds.play("ballot.cast", ballot, by=rounds.city.actor("expert1"), **{f"{key}_choice": "for"})
    assert roster.tally(found) == {}


def test_apprentices_and_nominees_keep_no_identity_number_in_the_clear(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    nominee, apprentice = rounds.nominate(thing), enrolled(rounds)
    for row, model in ((nominee, Nominee), (apprentice, Apprentice)):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT identity FROM {model._meta.db_table} WHERE id = %s", [row.pk])
            assert row.identity not in str(cursor.fetchone()[0])
    assert clock.today() == dt.date(2026, 9, 1)


def test_a_step_that_changes_no_state_does_not_say_it_would(rounds: Rounds, client: Client, post: Any) -> None:
    client.force_login(rounds.city.accounts["manager"], backend="django.contrib.auth.backends.ModelBackend")
    form = client.get(f"/d/post/{post.pk}/review").content.decode()
    assert "通知" in form and "状态由" not in form
    assert "状态由“在聘”变为“已解聘”" in client.get(f"/d/post/{post.pk}/dismiss").content.decode()


def test_an_expert_is_offered_comments_by_paragraph_only_where_there_is_a_text(rounds: Rounds) -> None:
    thing = rounds.open("newcomer")
    rounds.nominate(thing)
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing)
    found = roster.committee_of(thing)
    assert found is not None
    ballot = found.ballots.get(member=rounds.city.accounts["expert1"])
    with pytest.raises(Refused, match="没有分段文本"):
        rounds.play("ballot.comment", ballot, by=rounds.city.actor("expert1"), paragraph="p1", comment="请补充")


def test_a_photo_that_comes_after_the_approval_still_reaches_the_certificate(rounds: Rounds) -> None:
    thing = rounds.open("outstanding")
    nominee = rounds.nominate(thing, without=("photo",))
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing)
    rounds.judge(thing, (5, 90))
    it_is("2026-09-09")
    rounds.play("recognition.publish", thing, by=rounds.exam_officer)
    thing = rounds.finish(thing)
    with pytest.raises(Refused, match="没有照片"):
        rounds.play("issuance.run", under=thing, by=rounds.issuer)
    nominee.refresh_from_db()
    rounds.play("nominee.photograph", nominee, by=rounds.registrar, files={"photo": photo()})
    assert rounds.play("issuance.run", under=thing, by=rounds.issuer).count == 1
    assert Certificate.everywhere.get().photo is not None


def test_the_best_marks_fill_the_posts_and_among_equals_the_one_named_first() -> None:
    able = {7: Decimal("88"), 3: Decimal("95"), 9: Decimal("88"), 4: None}
    assert fill_posts(able, 2) == {3, 7}
    assert fill_posts(able, None) == set(able)
