"""What every Display promises: each flow has one, and no role is shown more of a person than it may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from portal_stage import PHONE, it_is
from room_stage import PEOPLE, RoomStage

from conftest import CITY
from jiangheng.core.authority import PUBLIC, Actor, Grant, Role
from jiangheng.core.law.identity import mask_identity, mask_phone
from jiangheng.core.steps import FLOWS
from jiangheng.kernel.display import DISPLAYS
from jiangheng.kernel.perform import model_of
from jiangheng.web.context import menu
from kept import kept

MAY_SEE_WHOLE = {Role.CHECKER, Role.APPROVER, Role.REGISTRAR}
MOST_IN_MENU = 7
OFFICES = [role for role in Role if role not in (Role.SYSTEM, Role.PUBLIC, Role.SELF)]


@pytest.fixture
@kept
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


def somebody(role: Role) -> Actor:
    return Actor("account:0", "测试员", (Grant(role, CITY),))


def everything_shown(actor: Actor) -> str:
    """All that lists and pages of all flows show this actor of all that he sees."""
    shown = []
    for flow, display in DISPLAYS.items():
        for thing in model_of(flow).visible(actor).select_related(*display.select_related):
            shown.append(display.title(thing))
            shown += [str(column.of(thing, actor)) for column in display.columns]
            for panel in display.panels:
                if panel.shown is not None and not panel.shown(thing, actor):
                    continue
                shown += [str(column.of(thing, actor)) for column in panel.columns]
                if panel.template:
                    told = panel.context(thing, actor) if panel.context else {}
                    shown.append(render_to_string(panel.template, {"thing": thing, **told}))
    return "\n".join(shown)


def finished(stage: RoomStage) -> None:
    """The whole evaluation, so that there is a thing of every kind."""
    stage.roster([stage.row("覃明远", "450302199003070999"), stage.row("", "")])
    stage.seated()
    stage.opened()
    stage.panel()
    stage.publish(dict.fromkeys(PEOPLE, ("80", "85")))
    given = {"name": "邓思源", "phone": "19900008888", "content": "本人认为实操扣分偏多，请求复核评分记录。"}
    stage.play("objection.raise", under=stage.batch, by=PUBLIC, **given)
    stage.play("objection.dismiss", stage.batch.objections.get(), by=stage.exam_officer, answer="已核查，维持原成绩")
    stage.issue()


def test_every_flow_has_a_display_and_every_display_a_title_an_order_and_a_state() -> None:
    assert DISPLAYS.keys() == FLOWS.keys()
    for flow, display in DISPLAYS.items():
        assert "state" in {column.name for column in display.columns}, flow
        assert display.order and display.search is not None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PUBLIC}))
def test_no_role_gets_more_entries_than_its_menu_holds_and_the_rest_is_one_click_away(role: Role) -> None:
    entries = menu(somebody(role), "/home")
    flows = [display for display in DISPLAYS.values() if role in display.menu_for]
    shown = [entry["url"] for entry in entries if entry["url"].startswith("/d/") and entry["url"] != "/d/"]
    assert len(entries) <= MOST_IN_MENU
    assert len(shown) == len(flows) or entries[-1]["url"] == "/d/"


def test_every_related_list_and_every_sort_and_filter_asks_for_a_field_that_exists(db: None) -> None:
    for flow, display in DISPLAYS.items():
        rows = model_of(flow).everywhere.select_related(*display.select_related).order_by(display.order)
        for column in display.columns:
            if column.sort:
                rows = rows.order_by(column.sort)
                list(rows)
        for choice in display.filters:
            for key, _label in choice.choices(somebody(Role.CENTRE))[:1]:
                list(rows.filter(**{choice.lookup: key}))
        for related in display.related:
            list(model_of(related.flow).everywhere.filter(**{f"{related.field}__pk": 1}))


def test_nobody_but_registrar_and_reviewers_is_shown_a_whole_identity_number(stage: RoomStage) -> None:
    finished(stage)
    for role in OFFICES:
        text = everything_shown(somebody(role))
        whole = [number for number in stage.numbers.values() if number in text]
        assert bool(whole) == (role in MAY_SEE_WHOLE), (role, whole)
    assert mask_identity(stage.numbers["莫建军"]) in everything_shown(somebody(Role.ISSUER))


def test_a_telephone_is_whole_only_for_those_who_have_to_ring_it(stage: RoomStage) -> None:
    finished(stage)
    for role in OFFICES:
        text = everything_shown(somebody(role))
        assert (PHONE in text) == (role in MAY_SEE_WHOLE), role
        assert ("19900008888" in text) == (role is Role.EXAM_OFFICER), role
    assert mask_phone(PHONE) in everything_shown(somebody(Role.EXAM_OFFICER))


def test_a_birth_date_is_not_shown_to_those_for_whom_the_number_is_masked(stage: RoomStage) -> None:
    stage.seated()
    assert "1990-03-07" not in everything_shown(somebody(Role.EXAM_OFFICER))
    assert "1990-03-07" in everything_shown(somebody(Role.CHECKER))


def test_whoever_marks_never_reads_a_name_or_a_ticket(stage: RoomStage) -> None:
    stage.seated()
    stage.panel()
    ticket = stage.batch.applications.get(name="莫建军").ticket
    for role in (Role.PANELIST, Role.EVALUATOR):
        text = everything_shown(somebody(role))
        assert "莫建军" not in text and ticket not in text


def test_a_paper_shows_its_digest_and_never_an_item(stage: RoomStage) -> None:
    stage.seated()
    stage.session()
    paper = model_of("paper").everywhere.get()
    centre = somebody(Role.CENTRE)
    display = DISPLAYS["paper"]
    columns = [*display.columns, *(column for panel in display.panels for column in panel.columns)]
    shown = "\n".join(str(column.of(paper, centre)) for column in columns)
    assert paper.digest in shown
    assert paper.items and not any(code in shown for code in paper.codes)
    assert not display.related and all(not panel.template for panel in display.panels)


def test_a_sitting_tells_answers_and_mark_only_after_collection(stage: RoomStage, play: Any) -> None:
    stage.seated()
    session = stage.opened()
    sitting = session.sittings.order_by("pk").first()
    stage.admit(sitting)
    sitting.refresh_from_db()
    sitting.mark, sitting.answered = "71.0", 90
    columns = {column.name: column for column in DISPLAYS["sitting"].columns}
    officer = somebody(Role.EXAM_OFFICER)
    assert columns["mark"].of(sitting, officer) is None and columns["answered"].of(sitting, officer) is None
    sitting.state = "submitted"
    assert columns["mark"].of(sitting, officer) == "71.0" and columns["answered"].of(sitting, officer) == 90
    assert columns["mark"].of(sitting, somebody(Role.CANDIDATE)) != "71.0"


def standing(batch: Any) -> dict[str, str]:
    batch.refresh_from_db()
    return {str(stage.label): stage.state for stage in DISPLAYS["batch"].chain(batch)}  # type: ignore[misc]


def test_the_chain_moves_with_the_evaluation_and_turns_late_when_a_deadline_has_passed(stage: RoomStage) -> None:
    assert standing(stage.batch)["公告"] == "done" and standing(stage.batch)["报名"] == "now"
    stage.enrol("莫建军", stage.numbers["莫建军"])
    it_is("2026-09-20")
    assert standing(stage.batch)["审核"] == "late"
    it_is("2026-09-02")
    stage.seat()
    assert standing(stage.batch) | {"公示": "next", "发证": "next", "归档": "next"} == standing(stage.batch)
    assert standing(stage.batch)["编排"] == "done" and standing(stage.batch)["考试"] == "now"
    stage.publish({"莫建军": ("80", "85")})
    assert standing(stage.batch)["评分"] == "done" and standing(stage.batch)["公示"] == "now"
    stage.issue()
    assert standing(stage.batch)["发证"] == "done" and standing(stage.batch)["归档"] == "now"
    stage.play("batch.archive", stage.batch, by=stage.exam_officer)
    assert set(standing(stage.batch).values()) == {"done"}


def test_the_verdict_tells_the_condition_met_or_what_each_lacks_and_from_when(stage: RoomStage) -> None:
    from jiangheng.apps.batches.models import Application

    row = stage.enrol("莫建军", stage.numbers["莫建军"], level="4")
    checker = somebody(Role.CHECKER)
    panel = DISPLAYS["application"].panels[0]
    assert panel.context is not None
    assert "符合第（1）项申报条件" in render_to_string(panel.template, panel.context(row, checker))
    Application.everywhere.filter(pk=row.pk).update(facts={"work_since": "2024-01-01"})
    row.refresh_from_db()
    text = render_to_string(panel.template, panel.context(row, checker))
    assert "不符合任何一项申报条件" in text and "2029年1月1日" in text and "/clauses/" in text
