"""The pages on which written answers are typed in: the list, the grid, the workbook, the differences (K13)."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from paper_stage import PaperStage, people, right

from jiangheng.apps.exams import queries as exams


@pytest.fixture
def stage(play: Any) -> PaperStage:
    return PaperStage(play)


def way(thing: Any, rest: str = "") -> str:
    return f"/d/transcription/{thing.pk}{rest}"


def page(answer: Any) -> str:
    return str(answer.content.decode())


def typed(cells: dict[str, str], *, there: str = "present", form: str = "A") -> dict[str, str]:
    return {"there": there, "form": form, **{f"c-{label}": text for label, text in cells.items()}}


def test_the_sessions_page_begins_the_typing_and_leads_to_it(stage: PaperStage) -> None:
    session = stage.sat()
    officer = stage.browser("exam_officer")
    assert "录入纸质答卷" in page(officer.get(f"/d/session/{session.pk}"))
    answer = officer.post(f"/d/session/{session.pk}/new/transcription.begin", follow=True)
    thing = session.transcriptions.get()
    assert answer.status_code == 200 and thing.state == "first"
    text = page(officer.get(way(thing)))
    for link in ("/sheet.xlsx", "/typing", "/upload"):
        assert way(thing, link) in text
    assert way(thing) in page(officer.get(f"/d/session/{session.pk}"))


def test_the_list_names_people_masked_and_says_who_is_typed(stage: PaperStage) -> None:
    thing = stage.begun()
    one, *_rest = people(thing)
    stage.typed(thing, {one: {"there": "absent"}}, by=stage.exam_officer)
    text = page(stage.browser("exam_officer").get(way(thing, "/typing")))
    assert "已录入 1 / 3 人" in text and "缺考" in text
    for name in stage.numbers:
        assert name not in text and f"{name[0]}{'*' * (len(name) - 1)}" in text


def test_a_candidate_is_typed_in_a_grid_and_the_next_one_follows(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    officer = stage.browser("exam_officer")
    text = page(officer.get(way(thing, f"/typing/{one}")))
    assert text.count("data-cell>") == 100 and 'name="c-100"' in text and "answers.js" in text
    cells = right(thing)
    answer = officer.post(way(thing, f"/typing/{one}"), typed(cells))
    assert answer.status_code == 302 and answer["Location"].endswith(f"/typing/{two}")
    officer.post(way(thing, f"/typing/{two}"), typed({}, there="absent"))
    assert officer.post(way(thing, f"/typing/{three}"), typed({}, there="blank"))["Location"] == way(thing, "/typing")
    thing.refresh_from_db()
    assert thing.held("first")[str(one)]["cells"] == cells
    assert "完成第一遍录入" in page(officer.get(way(thing, "/typing")))


def test_a_wrong_cell_is_shown_where_it_is_and_what_was_typed_stays(stage: PaperStage) -> None:
    thing = stage.begun()
    one = people(thing)[0]
    answer = stage.browser("exam_officer").post(way(thing, f"/typing/{one}"), typed(right(thing, q7="Z")))
    text = page(answer)
    assert answer.status_code == 422 and '<a href="#c-7">第 7 题：没有选项“Z”' in text
    assert 'value="Z"' in text and f'value="{right(thing)["8"]}"' in text
    thing.refresh_from_db()
    assert not thing.held("first")


def test_the_second_typist_sees_nothing_of_the_first(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    cells = right(thing)
    stage.typed(thing, {pk: {"cells": cells} for pk in (one, two, three)}, by=stage.exam_officer)
    stage.play("transcription.hand_on", thing, by=stage.exam_officer)
    officer2 = stage.browser("officer2")
    text = page(officer2.get(way(thing, f"/typing/{one}")))
    assert text.count('value=""') >= 100
    assert "已录入 0 / 3 人" in page(officer2.get(way(thing, "/typing")))
    sheet = load_workbook(io.BytesIO(officer2.get(way(thing, "/sheet.xlsx")).content)).worksheets[0]
    assert not any(cell.value for line in sheet.iter_rows(min_row=5, min_col=5) for cell in line)
    assert officer2.get(way(thing, "/differences")).status_code == 404
    barred = stage.browser("exam_officer")
    assert "须由另一人办理" in page(barred.get(way(thing, f"/typing/{one}")))
    assert barred.post(way(thing, f"/typing/{one}"), typed(cells)).status_code == 422


def test_differences_are_decided_on_their_page_and_marks_follow(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    away = {two: {"there": "absent"}, three: {"there": "absent"}}
    cells = right(thing)
    other = "D" if cells["1"] != "D" else "A"
    thing = stage.both(thing, {one: {"cells": cells}, **away}, {one: {"cells": {**cells, "1": other, "2": ""}}, **away})
    officer = stage.browser("officer2")
    text = page(officer.get(way(thing, "/differences")))
    assert "还有 2 处没有核定" in text and "没有作答" in text
    given = {"sitting": one, "act": "decide", "v-1": f"={cells['1']}", "v-2": "other", "o-2": "Z"}
    refused = officer.post(way(thing, "/differences"), {**given, "reason": "查对答题卡"})
    assert refused.status_code == 422 and "没有选项“Z”" in page(refused)
    done = officer.post(way(thing, "/differences"), {**given, "v-2": "=", "reason": "查对答题卡"})
    assert done.status_code == 302 and all(each.decided for each in exams.differences(thing.__class__.everywhere.get()))
    assert officer.post(way(thing, "/settle")).status_code == 302
    assert thing.session.sittings.get(pk=one).mark == Decimal("99.0")
    assert "已核定" in page(officer.get(way(thing, "/differences")))


@pytest.mark.parametrize("who", ("manager", "registrar", "invigilator", "county"))
def test_nobody_but_an_exam_officer_reads_or_types_answers(stage: PaperStage, who: str) -> None:
    thing = stage.begun()
    one = people(thing)[0]
    browser = stage.browser(who)
    for rest in ("/typing", f"/typing/{one}", "/sheet.xlsx", "/differences"):
        assert browser.get(way(thing, rest)).status_code == 404, rest
    assert browser.post(way(thing, f"/typing/{one}"), typed({}, there="absent")).status_code == 404


def test_a_candidate_who_sat_on_paper_reads_that_it_is_being_typed(stage: PaperStage) -> None:
    from jiangheng.apps.exams.models import Sitting

    thing = stage.begun()
    row = Sitting.everywhere.get(pk=people(thing)[0])
    from django.test import Client

    client = Client()
    said = {"ticket": row.application.ticket, "identity": row.application.identity}
    client.post("/exam/enter", said)
    text = page(client.get("/exam", follow=True))
    assert "纸质答卷正在录入" in text and "两人分别录入" in text
