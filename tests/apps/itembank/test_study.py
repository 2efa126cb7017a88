"""Setting a cut score: who judges, that nobody sees another's ratings in time, and what cut follows (P2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jiangheng.apps.itembank.models import AnswerSheet, Look, Opinion, Study
from jiangheng.apps.itembank.queries import drawcheck
from jiangheng.apps.itembank.queries import study as studies
from jiangheng.core.authority import SYSTEM, Actor, Grant, Role
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.insight import cutscore
from jiangheng.kernel import clock
from kept import kept

NAMES = ("申远", "毛和", "段林")


@pytest.fixture
@kept
def panel(house: Any) -> list[Any]:
    """Three experts of the city."""
    return [house.city.person(f"expert{n}", "expert", name=name) for n, name in enumerate(NAMES, start=1)]


@pytest.fixture
@kept
def paper(house: Any, panel: list[Any]) -> Any:
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    return house.drawn(bank).papers.get()


def accounts(house: Any, *names: str) -> list[int]:
    return [house.city.accounts[name].pk for name in names or ("expert1", "expert2", "expert3")]


def convened(house: Any, paper: Any, method: str = "angoff", **more: Any) -> Study:
    given = {"method": method, "judges": accounts(house), **more}
    return house.play("study.convene", under=paper, by=house.centre, **given)


def own(study: Study, judge: Any) -> Opinion:
    return Opinion.reach(judge).get(study=study, round=study.round)


def give(house: Any, study: Study, judge: Any, judged: dict[str, Any], **more: Any) -> Opinion:
    return house.play("opinion.give", own(study, judge), by=judge, ratings=json.dumps({"judged": judged, **more}))


def all_give(house: Any, study: Study, panel: list[Any], values: tuple[Any, ...]) -> None:
    for judge, value in zip(panel, values, strict=True):
        give(house, study, judge, dict.fromkeys(studies.objects_of(study), value))


def collected(paper: Any, marks: list[int]) -> None:
    for number, mark in enumerate(marks, start=1):
        AnswerSheet.objects.create(
            paper=paper, bank=paper.bank, session=1, sitting=number, person=f"{number:064d}", at=clock.now(), mark=mark,
        )  # fmt: skip


# ---- who judges ----


def test_only_an_expert_who_reaches_the_bank_can_be_named(house: Any, paper: Any) -> None:
    with pytest.raises(Refused):
        convened(house, paper, judges=accounts(house, "expert1", "writer"))
    assert not Study.everywhere.exists()


def test_one_judge_is_no_panel(house: Any, paper: Any) -> None:
    with pytest.raises(Refused, match="2 名专家"):
        convened(house, paper, judges=accounts(house, "expert1"))


def test_an_own_bank_is_judged_by_the_enterprises_experts_and_nobody_elses(house: Any, panel: list[Any]) -> None:
    bank = house.own()
    house.stocked(bank)
    house.planned(bank)
    paper = house.drawn(bank).papers.get()
    inside = [house.person(f"master{n}", "expert", house.enterprise) for n in (1, 2)]
    house.person("elsewhere", "expert", house.other)
    assert {row.username for row in studies.judges_for(bank)} == {"master1", "master2"}
    given = {"method": "angoff", "judges": accounts(house, "master1", "master2")}
    study = house.play("study.convene", under=paper, by=house.keeper, **given)
    assert Study.visible(inside[0]).get() == study
    for outsider in (house.centre, house.city.actor("city"), panel[0], house.stranger):
        assert not Study.visible(outsider).exists() and not Opinion.visible(outsider).exists()


def test_a_paper_on_its_way_to_the_candidates_is_not_studied(house: Any, paper: Any) -> None:
    house.play("paper.release", paper, by=SYSTEM)
    with pytest.raises(Refused, match="核准启封"):
        convened(house, paper)


def test_an_expert_who_is_not_named_sees_nothing_of_it(house: Any, paper: Any, panel: list[Any]) -> None:
    other = house.city.person("expert4", "expert", name="旁人")
    study = convened(house, paper)
    assert Study.visible(panel[0]).get() == study
    assert not Study.visible(other).exists()
    with pytest.raises(OutOfReach):
        house.play("opinion.give", own(study, panel[0]), by=other, ratings='{"judged": {}}')


def test_a_judge_reaches_his_own_opinion_alone(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    assert Opinion.visible(panel[0]).get().judge_id == accounts(house)[0]
    assert Opinion.visible(house.centre).count() == 3
    with pytest.raises(OutOfReach):
        house.play("opinion.keep", own(study, panel[1]), by=panel[0], ratings='{"judged": {}}')


def test_an_officer_who_is_an_expert_too_cannot_write_anothers_opinion(
    house: Any, paper: Any, panel: list[Any]
) -> None:
    study = convened(house, paper)
    both = Actor("account:999999", "两职", (Grant(Role.CENTRE, "45/03/"), Grant(Role.EXPERT, "45/03/")))
    with pytest.raises(Refused, match="本人"):
        house.play("opinion.keep", own(study, panel[0]), by=both, ratings='{"judged": {}}')


def test_an_officer_alone_cannot_judge(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    with pytest.raises(WrongRole):
        house.play("opinion.keep", own(study, panel[0]), by=house.centre, ratings='{"judged": {}}')


# ---- ratings ----


def test_what_is_kept_is_not_given_and_can_go_on(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    first = studies.objects_of(study)[0]
    kept = house.play("opinion.keep", own(study, panel[0]), by=panel[0], ratings=json.dumps({"judged": {first: 55}}))
    assert kept.state == "open" and kept.ratings == {"judged": {first: 55}}
    with pytest.raises(Refused, match="还有 9 项没有评"):
        house.play("opinion.give", kept, by=panel[0])


def test_an_opinion_is_given_once_a_round(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    given = give(house, study, panel[0], dict.fromkeys(studies.objects_of(study), 60))
    assert given.state == "given"
    with pytest.raises(Refused, match="当前状态"):
        house.play("opinion.give", given, by=panel[0], ratings='{"judged": {}}')


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("angoff", 101), ("angoff", -1), ("angoff", "60"), ("angoff", True), ("angoff", None),
        ("angoff_yes_no", 50), ("ebel", ["essential", "impossible"]), ("ebel", "essential"), ("ebel", ["easy"]),
    ],
)  # fmt: skip
def test_a_rating_outside_its_scale_is_refused_with_the_items_number(
    house: Any, paper: Any, panel: list[Any], method: str, value: Any
) -> None:
    study = convened(house, paper, method)
    code = studies.objects_of(study)[0]
    with pytest.raises(Refused, match=code):
        give(house, study, panel[0], {code: value})


def test_an_item_that_is_not_on_the_paper_cannot_be_rated(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    with pytest.raises(Refused, match="不在评判范围内"):
        give(house, study, panel[0], {"Z999": 50})


def test_ratings_that_are_no_object_are_refused_in_words(house: Any, paper: Any, panel: list[Any]) -> None:
    opinion = own(convened(house, paper), panel[0])
    for text in ("[1, 2]", '"x"', '{"judged": [1]}', '{"judged": {}, "grid": 3}', "{"):
        with pytest.raises(Refused):
            house.play("opinion.keep", opinion, by=panel[0], ratings=text)


def test_ebel_asks_for_the_share_of_every_cell_that_is_used(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper, "ebel")
    judged = {key: ["essential", "easy"] for key in studies.objects_of(study)}
    with pytest.raises(Refused, match="必备、容易"):
        give(house, study, panel[0], judged)
    assert give(house, study, panel[0], judged, grid={"essential/easy": 80}).state == "given"


def test_the_trail_holds_no_rating_while_others_still_judge(house: Any, paper: Any, panel: list[Any]) -> None:
    from jiangheng.kernel.models import Entry

    study = convened(house, paper)
    give(house, study, panel[0], dict.fromkeys(studies.objects_of(study), 61))
    entry = Entry.objects.get(step="opinion.give")
    assert "61" not in json.dumps(entry.evidence.get("given", {})) and "ratings" not in entry.evidence
    assert entry.evidence["digest"] == own(study, panel[0]).digest


# ---- rounds and the cut ----


def test_no_round_ends_and_no_cut_is_drawn_before_all_have_judged(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    for judge in panel[:2]:
        give(house, study, judge, dict.fromkeys(studies.objects_of(study), 60))
    for step in ("close", "next_round"):
        with pytest.raises(Refused, match="还没有提交"):
            house.play(f"study.{step}", study, by=house.centre)


def test_the_cut_is_the_mathematics_of_the_ratings_with_the_papers_marks(
    house: Any, paper: Any, panel: list[Any]
) -> None:
    study = convened(house, paper)
    all_give(house, study, panel, (50, 60, 70))
    closed = house.play("study.close", study, by=house.centre)
    items, marks = studies.objects_of(study), studies.marks_of(paper)
    shares = {name: dict.fromkeys(items, share) for name, share in zip(NAMES, (0.5, 0.6, 0.7), strict=True)}
    wanted = cutscore.angoff(shares, marks=marks)
    assert closed.cut == pytest.approx(60) and sum(marks.values()) == 100
    assert closed.result["error"] == pytest.approx(wanted.error) and closed.result["interval"][0] < 60
    without = {row["judge"]: row["without"] for row in closed.result["judges"]}
    assert without["申远"] == pytest.approx(65) and without["段林"] == pytest.approx(55)
    assert any("只有 3 名专家" in said for said in closed.result["warnings"])
    assert studies.cut_from(json.loads(json.dumps(closed.result))).words() == closed.result["words"]
    assert studies.standard_of(paper).cut == pytest.approx(60)


def test_items_with_more_marks_weigh_more(house: Any, panel: list[Any]) -> None:
    from jiangheng.apps.itembank.models import Item
    from jiangheng.core.exam import item_data

    bank = house.unified()
    house.stocked(bank, 30)
    rows = []
    for number in range(100, 110):
        text = {
            "code": f"J{number}",
            "kind": "judgement",
            "stem": f"判断{number}",
            "answer": ["正确"],
            "point": "A-001",
        }
        row = Item(bank=bank, scope=bank.scope, state="live", code=f"J{number}")
        row.hold(item_data.from_data(text | {"point": "A-001"}))
        rows.append(row)
    Item.everywhere.bulk_create(rows)
    ranges = [{"code": "A", "weight": "50"}, {"code": "B", "weight": "50"}]
    house.planned(bank, {"kinds": [["single", 5, 15], ["judgement", 5, 5]], "ranges": ranges, "minutes": 60})
    study = convened(house, house.drawn(bank).papers.get())
    for judge in panel:
        give(house, study, judge, {code: 100 if code.startswith("J") else 40 for code in studies.objects_of(study)})
    assert house.play("study.close", study, by=house.centre).cut == pytest.approx(5 * 5 + 5 * 15 * 0.4)


def test_a_second_round_asks_everybody_again_and_the_course_is_kept(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    all_give(house, study, panel, (20, 60, 100))
    study = house.play("study.next_round", study, by=house.centre)
    assert study.round == 2 and study.opinions.filter(round=2, state="open").count() == 3
    assert [row["mean"] for row in studies.spread(study, 1)] == pytest.approx([0.6] * 10)
    all_give(house, study, panel, (55, 60, 65))
    closed = house.play("study.close", study, by=house.centre)
    course = [row["spread"] for row in closed.result["rounds"]]
    assert len(course) == 2 and course[1] < course[0]
    assert set(closed.result["ratings"]) == {"1", "2"} and set(closed.result["ratings"]["1"]) == set(NAMES)


def test_ebel_gives_the_cut_of_its_grids(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper, "ebel")
    for judge, share in zip(panel, (70, 80, 90), strict=True):
        cells = {key: ["important", "hard"] for key in studies.objects_of(study)}
        give(house, study, judge, cells, grid={"important/hard": share})
    assert house.play("study.close", study, by=house.centre).cut == pytest.approx(80)


def test_candidates_are_graded_by_number_without_their_marks(house: Any, paper: Any, panel: list[Any]) -> None:
    with pytest.raises(Refused, match="还没有收回答卷"):
        convened(house, paper, "borderline_group")
    marks = [30, 40, 48, 50, 52, 56, 60, 70, 80, 90]
    collected(paper, marks)
    study = convened(house, paper, "borderline_group")
    assert all("mark" not in row and "person" not in row for row in studies.candidates_of(study))
    grades = {str(n): 0 if mark < 48 else 1 if mark <= 60 else 2 for n, mark in enumerate(marks, start=1)}
    for judge in panel:
        give(house, study, judge, grades)
    closed = house.play("study.close", study, by=house.centre)
    assert closed.cut == 52 and any("评判人次" in said for said in closed.result["warnings"])


def test_answers_collected_later_do_not_change_who_has_which_number(house: Any, paper: Any, panel: list[Any]) -> None:
    collected(paper, [40, 60])
    study = convened(house, paper, "contrasting_groups")
    AnswerSheet.objects.create(paper=paper, bank=paper.bank, session=2, sitting=77, person="x", at=clock.now(), mark=99)
    assert studies.objects_of(study) == ["1", "2"]


def test_ratings_that_make_no_cut_are_refused_in_words_and_nothing_is_closed(
    house: Any, paper: Any, panel: list[Any]
) -> None:
    collected(paper, [40, 60, 70])
    study = convened(house, paper, "borderline_group")
    all_give(house, study, panel, (2, 2, 2))
    with pytest.raises(Refused, match="临界"):
        house.play("study.close", study, by=house.centre)
    study.refresh_from_db()
    assert study.state == "open" and study.cut is None


def test_a_dropped_study_voids_what_was_not_given(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    give(house, study, panel[0], dict.fromkeys(studies.objects_of(study), 60))
    house.play("study.drop", study, by=house.centre, reason="专家临时出差，改期再议")
    assert sorted(study.opinions.values_list("state", flat=True)) == ["given", "void", "void"]


def test_judges_are_shown_the_version_that_is_on_the_paper(house: Any, paper: Any, panel: list[Any]) -> None:
    from jiangheng.apps.itembank.flow import look_at
    from jiangheng.apps.itembank.models import Item

    code, number, _digest = paper.items[0]
    row = Item.everywhere.get(bank=paper.bank, code=code)
    old = row.content.stem
    house.play("item.amend", row, by=house.centre, reason="题干有误，须修订")
    data = {"code": code, "kind": "single", "stem": "改过的题干", "answer": ["B"], "point": row.point,
            "options": [{"key": key, "text": f"改{key}"} for key in "ABCD"]}  # fmt: skip
    house.play("item.revise", row, by=house.writer, data=json.dumps(data))
    pinned = studies.paper_rows(paper)[0]
    assert look_at(pinned, actor=panel[0], what="study").stem == old
    assert Look.objects.get(what="study").revision == number
    assert Item.everywhere.get(pk=row.pk).content.stem == "改过的题干"


# ---- a draw checked again ----


def test_every_line_of_a_fair_draw_holds(house: Any, paper: Any) -> None:
    rows = drawcheck.checks(paper.draw)
    assert len(rows) > 10 and [row.what for row in rows if not row.holds] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": "00" * 32}, "种子"),
        ({"commitment": "00" * 32}, "承诺值"),
        ({"count": 2}, "承诺值"),
        ({"stock_digest": "00" * 32}, "题库状态"),
        ({"plan_digest": "00" * 32}, "组卷计划"),
    ],
)
def test_a_changed_record_is_found_and_the_line_says_where(
    house: Any, paper: Any, change: dict[str, Any], said: str
) -> None:
    from jiangheng.apps.itembank.models import Draw

    Draw.everywhere.filter(pk=paper.draw_id).update(**change)
    wrong = [row.what for row in drawcheck.checks(Draw.everywhere.get(pk=paper.draw_id)) if row.holds is False]
    assert any(said in what for what in wrong)


def test_a_paper_whose_items_were_exchanged_is_found(house: Any, paper: Any) -> None:
    rows = paper.items
    other = next(row for row in paper.bank.items.order_by("code") if row.code not in paper.codes)
    paper.items = [(other.code, 1, other.digest), *rows[1:]]
    paper.save()
    wrong = [row.what for row in drawcheck.checks(paper.draw) if row.holds is False]
    assert len(wrong) == 2 and any("重新组卷" in what for what in wrong) and any("试卷摘要" in what for what in wrong)


def test_a_trail_from_which_an_entry_was_taken_no_longer_fits_the_checkpoint(house: Any, paper: Any) -> None:
    from jiangheng.kernel.models import Entry

    Entry.objects.order_by("id").first().delete()
    assert any("检查点" in row.what and row.holds is False for row in drawcheck.checks(paper.draw))


def test_a_shredded_leaf_is_said_to_be_uncheckable_not_wrong(house: Any, paper: Any) -> None:
    from jiangheng.kernel import trail

    trail.shred(trail.timeline("draw", paper.draw_id).get(step="draw.commit"))
    rows = [row for row in drawcheck.checks(paper.draw) if row.holds is not True]
    assert [row.holds for row in rows] == [None, None]


def test_the_record_keeps_the_items_back_until_every_paper_is_opened(house: Any, paper: Any) -> None:
    sealed = drawcheck.record_data(paper.draw)
    assert not sealed["complete"] and not sealed.keys() & {"stock", "plan", "papers"} and sealed["shares"]
    house.play("paper.release", paper, by=SYSTEM)
    house.play("paper.open", paper, by=SYSTEM)
    whole = drawcheck.record_data(paper.draw)
    assert whole["complete"] and whole["papers"] == [paper.codes] and len(whole["stock"]) == 40
