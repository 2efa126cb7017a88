"""A committee of experts, played: who may sit, blind votes, the count, comments and minutes (K4, R1–R4, W8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from portal_stage import Stage

from jiangheng.apps.roster import queries
from jiangheng.apps.roster.models import Ballot, Committee
from jiangheng.core.authority import SYSTEM, Actor, Grant, Role
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.kernel.clockwork import tick
from jiangheng.kernel.display import DISPLAYS
from jiangheng.kernel.models import Deadline
from kept import kept

MATTERS = [{"key": "text", "title": "同意通过该规范"}, {"key": "plan", "title": "评价方案可行", "marked": True}]
OUTLINE = [{"key": "1", "title": "职业概况"}, {"key": "3.1", "title": "低压电器选用"}]


class Review:
    """An enterprise's matter before experts of the city and of the enterprise itself."""

    def __init__(self, play: Any) -> None:
        self.stage, self.play = Stage(play), play
        self.thing = self.stage.filing
        for number in range(1, 6):
            self.stage.city.person(f"expert{number}", "expert", name=f"专家{number}")

    def account(self, username: str) -> Any:
        return self.stage.city.accounts[username]

    def convene(self, *usernames: str, chair: str = "expert1", **more: Any) -> Any:
        given = {
            "kind": "specification", "subject": "漓光电气电工评价规范", "matters": MATTERS, "paragraphs": OUTLINE,
            "members": [self.account(name).pk for name in usernames or ("expert1", "expert2", "expert3")],
            "chair": self.account(chair).pk, **more,
        }  # fmt: skip
        return self.play("committee.convene", under=self.thing, by=SYSTEM, **given)

    def actor(self, username: str) -> Any:
        return self.stage.city.actor(username)

    def ballot(self, committee: Any, username: str) -> Any:
        return committee.ballots.get(member=self.account(username))

    def cast(self, committee: Any, username: str, choice: str = "for", mark: str = "85", comment: str = "") -> Any:
        given = {"text_choice": choice, "text_comment": comment, "plan_choice": choice, "plan_mark": mark}
        given |= {"plan_comment": comment}
        return self.play("ballot.cast", self.ballot(committee, username), by=self.actor(username), **given)


@pytest.fixture
@kept
def review(play: Any) -> Review:
    return Review(play)


def concluded(committee: Any) -> Any:
    """The committee as it stands after the clock has done what was due."""
    tick()
    committee.refresh_from_db()
    return committee


def officer(role: Role = Role.CENTRE) -> Actor:
    return Actor("account:0", "测试员", (Grant(role, "45/03/"),))


def test_a_committee_lies_below_its_matter_and_every_member_has_one_ballot_with_a_deadline(review: Review) -> None:
    committee = review.convene()
    assert committee.scope == f"{review.thing.scope}k{committee.pk:05d}/"
    assert committee.ballots.count() == 3 and committee.majority == 67
    assert queries.committee_of(review.thing) == committee
    assert queries.is_about(committee, "filing") == review.thing.pk and queries.is_about(committee, "batch") is None
    assert Deadline.objects.filter(flow="ballot", closed_at=None).count() == 3


@pytest.mark.parametrize(
    "usernames", [("expert1", "expert2"), ("expert1", "expert2", "expert3", "expert4"), ("expert1",)]
)
def test_an_even_number_or_too_few_experts_are_refused(review: Review, usernames: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="单数"):
        review.convene(*usernames)
    assert not Committee.everywhere.exists()


def test_the_chair_is_one_of_the_members(review: Review) -> None:
    with pytest.raises(Refused, match="组长须是评审组成员"):
        review.convene(chair="expert4")


def test_an_expert_twice_is_refused(review: Review) -> None:
    twice = [review.account(name).pk for name in ("expert1", "expert2", "expert2")]
    with pytest.raises(Refused, match="选了两次"):
        review.convene(members=twice)


def test_who_is_no_expert_for_this_place_does_not_sit(review: Review) -> None:
    review.stage.city.person("elsewhere", "expert", place="45/03/81/", name="荔浦专家")
    review.stage.city.person("officer", "county", name="无证人员")
    for stranger in ("elsewhere", "officer"):
        with pytest.raises(Refused, match="不是管辖本事项的在任专家"):
            review.convene("expert1", "expert2", stranger)


def test_an_expert_of_the_institution_itself_may_sit_and_a_locked_account_may_not(review: Review, play: Any) -> None:
    review.stage.person("inside", "expert")
    assert review.convene("expert1", "expert2", "inside").ballots.count() == 3
    play("account.lock", review.account("expert3"), by=review.stage.city.actor("admin"), reason="已调离岗位")
    with pytest.raises(Refused, match="专家3 不是管辖本事项的在任专家"):
        review.convene("expert1", "expert2", "expert3")


def test_whoever_must_stand_apart_is_refused_by_account_and_by_name(review: Review) -> None:
    with pytest.raises(Refused, match="专家2 与评审事项有关，须回避"):
        review.convene(apart=[review.account("expert2").pk])
    with pytest.raises(Refused, match="专家3 与评审事项有关，须回避"):
        review.convene(apart=["专家3"])
    assert review.convene("expert1", "expert4", "expert5", apart=["专家3"]).apart == ["专家3"]


def test_matters_need_a_key_and_a_title_of_their_own(review: Review) -> None:
    for matters in ([{"key": "a", "title": "甲"}, {"key": "a", "title": "乙"}], [{"title": "无编号"}], ["甲"]):
        with pytest.raises(Refused, match="编号"):
            review.convene(matters=matters)


def test_nobody_but_the_member_reaches_a_ballot(review: Review) -> None:
    committee = review.convene()
    mine, other = review.ballot(committee, "expert2"), review.ballot(committee, "expert3")
    assert list(Ballot.visible(review.actor("expert2"))) == [mine]
    assert list(Ballot.visible(review.actor("expert1"))) == [review.ballot(committee, "expert1")]
    with pytest.raises(OutOfReach):
        review.play("ballot.cast", other, by=review.actor("expert2"), text_choice="for", plan_choice="for")
    for role in Role:
        if role not in (Role.PANELIST, Role.SYSTEM):
            assert not Ballot.visible(officer(role)).exists(), role


def test_no_vote_is_told_before_the_last_is_cast(review: Review) -> None:
    committee = review.convene()
    review.cast(committee, "expert1", "against", comment="缺少否决项")
    review.cast(committee, "expert2")
    concluded(committee)
    assert committee.state == "convened"
    assert queries.tally(committee) == {} and queries.votes_of(committee) == [] and queries.comments_of(committee) == []
    assert queries.waiting_for(committee) == (2, 3)
    shown = [
        panel.label
        for panel in DISPLAYS["committee"].panels
        if panel.shown is not None and panel.shown(committee, officer())
    ]
    assert shown == []


def test_the_last_ballot_concludes_the_committee_and_the_count_is_kept(review: Review) -> None:
    committee = review.convene()
    review.cast(committee, "expert1", "against", "59.5", "缺少否决项，须补写")
    review.cast(committee, "expert2", mark="80")
    review.cast(committee, "expert3", mark="90.5")
    concluded(committee)
    assert committee.state == "concluded"
    line = queries.tally(committee)["plan"]
    assert (line["for"], line["against"], line["abstain"], line["carried"]) == (2, 1, 0, True)
    assert line["mean"] == Decimal("76.7") and line["title"] == "评价方案可行"
    assert queries.tally(committee)["text"]["mean"] is None
    assert queries.all_carried(committee)
    votes = queries.votes_of(committee)[0]["votes"]
    assert [(vote["name"], vote["choice"]) for vote in votes] == [
        ("专家1", "against"), ("专家2", "for"), ("专家3", "for"),
    ]  # fmt: skip
    assert votes[0]["comment"] == "缺少否决项，须补写"


def test_one_for_out_of_three_carries_nothing(review: Review) -> None:
    committee = review.convene()
    review.cast(committee, "expert1")
    review.cast(committee, "expert2", "abstain", "")
    review.cast(committee, "expert3", "abstain", "")
    assert not queries.all_carried(concluded(committee))


def test_the_follower_concludes_without_waiting_for_the_clock(
    review: Review, django_capture_on_commit_callbacks: Any
) -> None:
    committee = review.convene()
    with django_capture_on_commit_callbacks(execute=True):
        for name in ("expert1", "expert2", "expert3"):
            review.cast(committee, name)
    committee.refresh_from_db()
    assert committee.state == "concluded"


def test_who_is_against_says_why_and_who_takes_a_side_gives_the_mark_asked_for(review: Review) -> None:
    committee = review.convene()
    with pytest.raises(Refused, match="理由"):
        review.cast(committee, "expert1", "against")
    with pytest.raises(Refused, match="请评分"):
        review.cast(committee, "expert1", mark="")
    with pytest.raises(Refused, match="100"):
        review.cast(committee, "expert1", mark="101")
    assert review.cast(committee, "expert1", "abstain", "").state == "cast"


def test_a_signed_ballot_is_not_changed(review: Review) -> None:
    committee = review.convene()
    review.cast(committee, "expert1")
    with pytest.raises(Refused, match="已投票签字"):
        review.cast(committee, "expert1", "abstain")
    with pytest.raises(Refused, match="已投票签字"):
        review.play(
            "ballot.comment", review.ballot(committee, "expert1"), by=review.actor("expert1"), paragraph="1",
            comment="补写",
        )  # fmt: skip


def test_comments_stand_by_paragraph_of_the_outline(review: Review) -> None:
    committee = review.convene()

    def say(name: str, paragraph: str, text: str) -> None:
        ballot = review.ballot(committee, name)
        review.play("ballot.comment", ballot, by=review.actor(name), paragraph=paragraph, comment=text)

    say("expert2", "3.1", "增加断路器整定的要求")
    say("expert1", "1", "职业定义与国家标准一致")
    say("expert1", "3.1", "关键技能请标注")
    with pytest.raises(Refused, match="段落"):
        say("expert1", "9", "没有这一段")
    for name in ("expert1", "expert2", "expert3"):
        review.cast(committee, name)
    found = queries.comments_of(concluded(committee))
    assert [(part["title"], [said["name"] for said in part["comments"]]) for part in found] == [
        ("职业概况", ["专家1"]), ("低压电器选用", ["专家1", "专家2"]),
    ]  # fmt: skip


def test_the_chair_alone_writes_the_minutes_after_the_end(review: Review) -> None:
    committee = review.convene()
    text = "评审组听取汇报并查阅文本，两名以上专家同意，建议备案。"
    with pytest.raises(Refused, match="评审中"):
        review.play("committee.minute", committee, by=review.actor("expert1"), minutes=text)
    for name in ("expert1", "expert2", "expert3"):
        review.cast(committee, name)
    concluded(committee)
    with pytest.raises(OutOfReach):
        review.play("committee.minute", committee, by=review.actor("expert2"), minutes=text)
    with pytest.raises(WrongRole):
        review.play("committee.minute", committee, by=review.stage.city.actor("centre"), minutes=text)
    with pytest.raises(Refused, match="评审纪要"):
        review.play("committee.minute", committee, by=review.actor("expert1"), minutes="同意")
    assert not queries.minuted(review.thing)
    done = review.play("committee.minute", committee, by=review.actor("expert1"), minutes=text)
    assert done.state == "minuted" and done.decided and queries.minuted(review.thing)


def test_a_dissolved_committee_votes_no_more_and_makes_room_for_another(review: Review) -> None:
    committee = review.convene()
    review.cast(committee, "expert1")
    review.play("committee.dissolve", committee, by=SYSTEM, reason="申报单位撤回申请")
    with pytest.raises(Refused):
        review.cast(committee, "expert2")
    assert set(committee.ballots.values_list("state", flat=True)) == {"void"}
    assert queries.committee_of(review.thing) is None
    again = review.convene("expert2", "expert4", "expert5", chair="expert5")
    assert queries.committee_of(review.thing) == again and queries.committees_of(review.thing).count() == 2


def test_a_person_cannot_convene_a_committee_by_himself(review: Review) -> None:
    with pytest.raises(WrongRole):
        review.play("committee.convene", under=review.thing, by=review.stage.manager, kind="specification")


def test_pages_show_the_member_his_ballot_and_the_officer_the_votes_only_after_the_end(review: Review) -> None:
    from django.test import Client

    committee = review.convene()
    ballot = review.ballot(committee, "expert2")

    def page(username: str, path: str) -> tuple[int, str]:
        client = Client()
        client.force_login(review.account(username), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(path)
        return answer.status_code, answer.content.decode()

    status, text = page("expert2", f"/d/ballot/{ballot.pk}/cast")
    assert status == 200 and "同意通过该规范" in text
    assert page("expert3", f"/d/ballot/{ballot.pk}")[0] == 404
    review.cast(committee, "expert2", "against", "50", "权重合计不为一百")
    assert "权重合计不为一百" in page("expert2", f"/d/ballot/{ballot.pk}")[1]
    assert "权重合计不为一百" not in page("centre", f"/d/committee/{committee.pk}")[1]
    for name in ("expert1", "expert3"):
        review.cast(committee, name)
    concluded(committee)
    status, text = page("centre", f"/d/committee/{committee.pk}")
    assert status == 200 and "权重合计不为一百" in text and "平均 73.3 分" in text and "通过" in text
    assert page("expert1", f"/d/committee/{committee.pk}/minute")[0] == 200
