"""Answers of a printed paper come back: typed twice, compared, decided, counted as if the hall had them (K13)."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from paper_stage import PaperStage, people, right
from portal_stage import it_is
from room_stage import XLSX

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.formats import tables, workbook
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.exam.answer_sheet import Line
from jiangheng.core.exam.items import Item
from jiangheng.core.exam.items import Option as Choice

DAY = "2026-10-14"


@pytest.fixture
def stage(play: Any) -> PaperStage:
    return PaperStage(play)


def filled(thing: Any, rows: Mapping[int, Mapping[str, str]], *, which: str = "第一遍") -> bytes:
    """The downloaded workbook with these cells typed into it, by sitting and head of column."""
    made = exams.tables_of(thing)
    book = load_workbook(io.BytesIO(workbook.written(made, title=str(thing), which=which)))
    for table in made:
        sheet = book[table.title]
        heads = {cell.value: cell.column for cell in sheet[3]}
        row_of = {sheet.cell(row, 1).value: row for row in range(5, sheet.max_row + 1)}
        for person in table.people:
            for head, text in rows.get(person.sitting, {}).items():
                sheet.cell(row_of[person.ticket], heads[head]).value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_of(data: bytes) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("答卷.xlsx", data, XLSX)}


def reasons(no: Any) -> str:
    return " ".join(str(refusal.reason) for refusal in no.value.refusals)


# ---- beginning ----


def test_the_typing_of_a_session_without_a_print_is_not_begun(stage: PaperStage) -> None:
    session = stage.sat(printed=False)
    with pytest.raises(Refused) as no:
        stage.play("transcription.begin", under=session, by=stage.exam_officer)
    assert "没有印制" in reasons(no) and no.value.refusals[0].clause == "K13"


def test_nobody_types_before_the_time_is_over(stage: PaperStage) -> None:
    session = stage.sat()
    it_is(DAY, "10:29")
    with pytest.raises(Refused) as no:
        stage.play("transcription.begin", under=session, by=stage.exam_officer)
    assert "还没有结束" in reasons(no)
    it_is(DAY, "10:30")
    assert stage.play("transcription.begin", under=session, by=stage.exam_officer).state == "first"


def test_only_an_exam_officer_of_the_institution_begins(stage: PaperStage) -> None:
    session = stage.sat()
    with pytest.raises(WrongRole):
        stage.play("transcription.begin", under=session, by=stage.invigilator)
    thing = stage.play("transcription.begin", under=session, by=stage.exam_officer)
    with pytest.raises(OutOfReach):
        stage.play("transcription.hand_on", thing, by=stage.registrar)


def test_who_came_in_at_a_computer_is_not_on_the_list_and_nobody_comes_in_after_it(stage: PaperStage) -> None:
    stage.seated()
    session = stage.opened()
    stage.play("session.print", session, by=stage.exam_officer, copies=0, sheet="a4", reason="机位不够")
    there, *others = session.sittings.order_by("pk")
    stage.admit(there)
    it_is(DAY, "10:45")
    thing = stage.play("transcription.begin", under=session, by=stage.exam_officer)
    assert thing.sittings == [other.pk for other in others] and set(people(thing)) == set(thing.sittings)
    with pytest.raises(Refused) as no:
        stage.typed(thing, {there.pk: {"cells": {"1": "A"}}}, by=stage.exam_officer)
    assert "不在本次录入" in reasons(no)
    with pytest.raises(Refused) as no:
        stage.admit(others[0])
    assert "纸笔作答" in reasons(no)


def test_a_candidate_with_answers_in_the_hall_gets_none_from_paper(stage: PaperStage) -> None:
    from jiangheng.core.exam import receipts
    from jiangheng.core.exam.events import Answered, encode
    from jiangheng.hall.books import journal_path, opened
    from jiangheng.hall.entries import Draft

    session = stage.sat()
    one = session.sittings.order_by("pk").first()
    event = Answered(1, "q001", ("A",), at=exams.window(session)[0] + 1000)
    text = encode(event)
    with opened(journal_path(Path(settings.HOME))) as store:
        store.append([Draft(one.pk, text, 1, receipts.link(receipts.genesis(one.pk), 1, text))])
    with pytest.raises(Refused) as no:
        stage.play("transcription.begin", under=session, by=stage.exam_officer)
    assert "计算机上已有作答" in reasons(no)
    assert {row.state for row in session.sittings.all()} == {"ready"}


def test_a_session_with_a_print_is_not_closed_over_the_heads_of_those_who_sat_on_paper(stage: PaperStage) -> None:
    session = stage.sat()
    with pytest.raises(Refused) as no:
        stage.play("session.close", session, by=stage.invigilator)
    assert "3 名考生没有在计算机上入场" in reasons(no)
    stage.play("transcription.begin", under=session, by=stage.exam_officer)
    with pytest.raises(Refused) as no:
        stage.play("session.close", session, by=stage.invigilator)
    assert "3 名考生的纸质答卷还没有登分" in reasons(no)


# ---- typing ----


def test_the_numbers_on_the_list_are_those_of_the_printed_paper(stage: PaperStage) -> None:
    from jiangheng.apps.itembank.formats import printing
    from jiangheng.apps.itembank.queries import blueprint_of, paper_items

    thing = stage.begun()
    paper = thing.session.sittings.first().paper
    items, plan = tuple(paper_items(paper)), blueprint_of(paper.bank, paper.blueprint)
    printed = printing.Printed(
        title="t", form=paper.form, digest=paper.digest, blueprint=plan, items=items, media={}
    )  # fmt: skip
    numbered = {item.code: str(number) for section in printing._sections(printed) for number, item in section.items}
    [table] = exams.tables_of(thing)
    assert {line.unit.code: line.label for line in table.lines} == numbered and len(numbered) == 100


def test_the_workbook_names_people_masked_and_holds_no_answer(stage: PaperStage) -> None:
    thing = stage.begun()
    book = load_workbook(io.BytesIO(workbook.written(exams.tables_of(thing), title="场次", which="第一遍")))
    [sheet] = book.worksheets
    assert sheet.max_column == 105 and sheet["A3"].value == "准考证号" and sheet["F3"].value == "1"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert len(rows) == 3 and not any(value for row in rows for value in row[4:])
    assert {row[1] for row in rows} == {"莫**", "韦**", "廖**"}


def test_a_filled_workbook_is_the_whole_typing(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    rows = {one: right(thing), two: {"缺考": "缺考"}, three: {"缺考": "白卷"}}
    thing = stage.play("transcription.upload", thing, by=stage.exam_officer, files=file_of(filled(thing, rows)))
    held = thing.held("first")
    assert held[str(one)]["cells"] == right(thing)
    assert [held[str(pk)]["there"] for pk in (one, two, three)] == ["present", "absent", "blank"]
    assert stage.play("transcription.hand_on", thing, by=stage.exam_officer).state == "second"


def test_every_wrong_row_is_told_with_its_cell_and_nothing_is_kept(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    rows = {
        one: right(thing, q1="Z", q100="对错"), two: {"缺考": "缺考", "7": "A"}, three: {"缺考": "也许"},
    }  # fmt: skip
    with pytest.raises(Refused) as no:
        stage.play("transcription.upload", thing, by=stage.exam_officer, files=file_of(filled(thing, rows)))
    told = reasons(no)
    assert "F5 格：第 1 题：没有选项“Z”" in told and "DA5 格：第 100 题" in told
    assert "E6 格：记了缺考或白卷，但第 7 题有作答" in told and "E7 格：看不懂“也许”" in told
    thing.refresh_from_db()
    assert not thing.held("first")


def test_rows_and_columns_that_are_strange_missing_or_double_are_told(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    good = filled(thing, {pk: {"缺考": "缺考"} for pk in (one, two, three)})

    def spoilt(change: Any) -> str:
        book = load_workbook(io.BytesIO(good))
        change(book.worksheets[0])
        out = io.BytesIO()
        book.save(out)
        with pytest.raises(Refused) as no:
            stage.play("transcription.upload", thing, by=stage.exam_officer, files=file_of(out.getvalue()))
        return reasons(no)

    def other_ticket(sheet: Any) -> None:
        sheet["A5"] = "123456789012345678"

    def twice(sheet: Any) -> None:
        sheet["A6"] = sheet["A5"].value

    assert "不在本场纸笔作答的名单中" in spoilt(other_ticket)
    assert "有两行" in spoilt(twice)
    assert "缺少这些准考证号的行" in spoilt(lambda sheet: sheet.delete_rows(6))
    assert "缺少第 1 题的列" in spoilt(lambda sheet: sheet.delete_cols(6))
    assert "没有找到录入表的表头" in spoilt(lambda sheet: sheet.delete_rows(1, 4))
    with pytest.raises(Refused) as no:
        stage.play("transcription.upload", thing, by=stage.exam_officer, files=file_of(b"not a workbook"))
    assert "不是 Excel" in reasons(no)


def test_a_sheet_on_which_nothing_is_typed_is_neither_blank_nor_absent(stage: PaperStage) -> None:
    thing = stage.begun()
    pk = people(thing)[0]
    with pytest.raises(Refused) as no:
        stage.typed(thing, {pk: {"cells": {}}}, by=stage.exam_officer)
    assert "白卷" in reasons(no) and "缺考" in reasons(no)
    thing = stage.typed(thing, {pk: {"there": "blank"}}, by=stage.exam_officer)
    assert thing.held("first")[str(pk)]["there"] == "blank"


def test_a_typing_that_lacks_somebody_is_not_handed_on(stage: PaperStage) -> None:
    thing = stage.begun()
    stage.typed(thing, {people(thing)[0]: {"there": "absent"}}, by=stage.exam_officer)
    with pytest.raises(Refused) as no:
        stage.play("transcription.hand_on", thing, by=stage.exam_officer)
    assert "还有 2 名考生没有录入" in reasons(no)


@pytest.mark.parametrize("step", ("upload_again", "enter_again", "compare"))
def test_who_typed_first_has_no_part_in_the_second_typing(stage: PaperStage, step: str) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    stage.typed(thing, {one: {"there": "absent"}, two: {"there": "absent"}}, by=stage.exam_officer)
    stage.typed(thing, {three: {"there": "absent"}}, by=stage.officer3)
    stage.play("transcription.hand_on", thing, by=stage.officer2)
    for typist in (stage.exam_officer, stage.officer3):
        with pytest.raises(Refused) as no:
            stage.play(f"transcription.{step}", thing, by=typist, sitting=one, there="absent", form="")
        assert "另一人" in reasons(no)


# ---- comparing, deciding, settling ----


def test_where_both_agree_the_answers_stand_and_are_marked_as_the_hall_would(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    rows = {one: {"cells": right(thing, without=("1", "2"))}, two: {"there": "absent"}, three: {"there": "blank"}}
    thing = stage.both(thing, rows, rows)
    assert exams.differences(thing) == []
    thing = stage.play("transcription.settle", thing, by=stage.exam_officer)
    assert thing.state == "settled"
    sat, away, empty = (thing.session.sittings.get(pk=pk) for pk in (one, two, three))
    assert (sat.state, sat.mark, sat.answered) == ("submitted", Decimal("98.0"), 98)
    assert (away.state, away.mark, away.application.theory_absent) == ("absent", None, True)
    assert (empty.state, empty.mark, empty.answered) == ("submitted", Decimal("0.0"), 0)
    assert sat.application.theory_mark == Decimal("98.0") and not sat.application.theory_absent
    assert stage.play("session.close", thing.session, by=stage.invigilator).state == "closed"


def test_the_digest_is_of_what_was_written_and_can_be_checked_by_who_may_open_it(stage: PaperStage) -> None:
    from jiangheng.core.trust import canon
    from jiangheng.kernel.models import Entry

    thing = stage.begun()
    one, two, three = people(thing)
    rows = {pk: {"cells": right(thing)} for pk in (one, two, three)}
    thing = stage.play("transcription.settle", stage.both(thing, rows, rows), by=stage.officer3)
    sittings = list(thing.session.sittings.order_by("pk"))
    assert len({sitting.answers_digest for sitting in sittings}) == 3, "the same answers must not show as the same"
    for sitting in sittings:
        kept = json.loads(sitting.written)
        salt = kept.pop("salt")
        assert canon.digest({"paper": sitting.paper.digest, **kept}, salt) == sitting.answers_digest
        leaf = Entry.objects.get(flow="sitting", thing=sitting.pk, step="sitting.transcribe")
        assert leaf.evidence["answers_digest"] == sitting.answers_digest and leaf.clause == "K13"


def test_differences_are_listed_and_decided_with_a_reason_by_a_third_look(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    away = {two: {"there": "absent"}, three: {"there": "absent"}}
    first = {one: {"cells": right(thing)}, **away}
    second = {one: {"cells": right(thing, without=("2",), q1="D" if right(thing)["1"] != "D" else "A")}, **away}
    thing = stage.both(thing, first, second)
    found = exams.differences(thing)
    assert [(each.sitting, each.name) for each in found] == [(one, "1"), (one, "2")]
    assert found[1].second == "" and found[0].first == right(thing)["1"]
    with pytest.raises(Refused) as no:
        stage.play("transcription.settle", thing, by=stage.officer2)
    assert "还有 2 处差异没有核定" in reasons(no)
    with pytest.raises(Refused):
        stage.play("transcription.decide", thing, by=stage.officer2, sitting=one, cells={"1": "A"}, reason="")
    for cells, why in (({"1": "Z"}, "没有选项"), ({"3": "A"}, "没有差异"), ({}, "没有核定任何一处")):
        with pytest.raises(Refused) as no:
            stage.play(
                "transcription.decide", thing, by=stage.officer2, sitting=one, cells=cells, reason="查对答题卡"
            )  # fmt: skip
        assert why in reasons(no)
    stage.play(
        "transcription.decide", thing, by=stage.officer2, sitting=one, reason="查对答题卡，第 2 题未涂",
        cells={"1": right(thing)["1"], "2": ""},
    )  # fmt: skip
    thing = stage.play("transcription.settle", thing, by=stage.exam_officer)
    assert thing.session.sittings.get(pk=one).mark == Decimal("99.0")


def test_two_who_disagree_whether_somebody_came_differ_in_that_alone(stage: PaperStage) -> None:
    thing = stage.begun()
    one, two, three = people(thing)
    away = {two: {"there": "absent"}, three: {"there": "absent"}}
    thing = stage.both(thing, {one: {"cells": right(thing)}, **away}, {one: {"there": "absent"}, **away})
    [found] = exams.differences(thing)
    assert (found.name, found.first, found.second) == ("there", "present", "absent")
    with pytest.raises(Refused):
        stage.play(
            "transcription.decide", thing, by=stage.officer2, sitting=one, cells={"there": "blank"}, reason="查对签到表"
        )  # fmt: skip
    stage.play(
        "transcription.decide", thing, by=stage.officer2, sitting=one, cells={"there": "present"}, reason="查对签到表"
    )  # fmt: skip
    thing = stage.play("transcription.settle", thing, by=stage.officer2)
    assert thing.session.sittings.get(pk=one).mark == Decimal("100.0")


def test_who_wrote_on_another_form_is_marked_by_that_form(stage: PaperStage) -> None:
    import bank_stage

    stage.seated()
    bank = bank_stage.a_bank(stage.play, stage.city)
    bank_stage.papers(stage.play, stage.city, stage.batch, bank, mode="ab", count=2)
    accounts = [stage.city.accounts[name].pk for name in ("invigilator", "invigilator2")]
    session = stage.play(
        "session.prepare", under=stage.batch, by=stage.exam_officer, room=stage.rooms["theory"].pk,
        invigilators=accounts,
    )  # fmt: skip
    it_is(DAY, "08:50")
    stage.play("session.release", session, by=stage.exam_officer)
    session = stage.play("session.open", session, by=stage.invigilator)
    stage.play("session.print", session, by=stage.exam_officer, copies=1, sheet="a4", reason="考点没有机房")
    it_is(DAY, "10:45")
    thing = stage.play("transcription.begin", under=session, by=stage.exam_officer)
    [table] = exams.tables_of(thing)
    person = table.people[0]
    other = next(form for form in table.forms if form != person.form)
    # only letters that both forms offer, for one of the two typings is of the wrong form
    offered = {line.label: set(line.unit.keys) for line in table.forms[person.form]}
    cells = {
        line.label: "".join(line.unit.answer)
        for line in table.forms[other]
        if set(line.unit.answer) <= offered[line.label]
    }
    rows = {pk: {"there": "absent"} for pk in people(thing)} | {person.sitting: {"form": other, "cells": cells}}
    with pytest.raises(Refused) as no:
        stage.typed(thing, {person.sitting: {"form": "C", "cells": cells}}, by=stage.exam_officer)
    assert "没有卷别“C”" in reasons(no)
    as_planned = {**rows, person.sitting: {"form": person.form, "cells": cells}}
    thing = stage.both(thing, rows, as_planned)
    assert [(each.name, each.first, each.second) for each in exams.differences(thing)] == [
        ("form", other, person.form)
    ]  # fmt: skip
    stage.play(
        "transcription.decide", thing, by=stage.officer2, sitting=person.sitting, cells={"form": other},
        reason="答题卡卷别栏写的是另一卷",
    )  # fmt: skip
    stage.play("transcription.settle", thing, by=stage.officer2)
    sitting = session.sittings.get(pk=person.sitting)
    assert sitting.paper.form == other and sitting.mark == len(cells) > 90


def test_a_dropped_typing_gives_its_candidates_back_and_another_can_begin(stage: PaperStage) -> None:
    thing = stage.begun()
    stage.typed(thing, {people(thing)[0]: {"there": "absent"}}, by=stage.exam_officer)
    thing = stage.play("transcription.drop", thing, by=stage.exam_officer, reason="拿错了另一考场的答题卡")
    assert thing.state == "dropped"
    rows = list(thing.session.sittings.all())
    assert {(row.state, row.by_hand) for row in rows} == {("ready", False)}
    again = stage.play("transcription.begin", under=thing.session, by=stage.officer2)
    assert again.sittings == thing.sittings and not again.held("first")


def test_written_answers_are_measured_with_the_others_and_the_trail_holds_no_answer(stage: PaperStage) -> None:
    from jiangheng.apps.exams.tasks import collect_answers
    from jiangheng.apps.itembank.models import AnswerSheet
    from jiangheng.kernel.models import Entry

    stage.seated()
    session = stage.opened()
    stage.play("session.print", session, by=stage.exam_officer, copies=0, sheet="a4", reason="机位不够")
    at_computer, *_others = session.sittings.order_by("pk")
    stage.admit(at_computer)
    it_is(DAY, "10:45")
    thing = stage.play("transcription.begin", under=session, by=stage.exam_officer)
    one, two = people(thing)
    rows = {one: {"cells": right(thing, without=("1",))}, two: {"there": "absent"}}
    stage.play("transcription.settle", stage.both(thing, rows, rows), by=stage.exam_officer)
    stage.play("sitting.submit", at_computer, by=SYSTEM)
    stage.play("session.close", session, by=stage.invigilator)
    collect_answers(session.pk, 0)
    sheets = {sheet.sitting: sheet for sheet in AnswerSheet.objects.all()}
    assert set(sheets) == {at_computer.pk, one}
    [table] = exams.tables_of(thing)
    first = table.lines[0].unit
    kept = sheets[one].answers
    assert kept[first.code]["given"] == [] and kept[first.code]["mark"] == 0
    assert all(kept[line.unit.code]["given"] == list(line.unit.answer) for line in table.lines[1:])
    secrets = {*stage.numbers, *stage.numbers.values()}
    for entry in Entry.objects.filter(flow__in=("transcription", "sitting")):
        said = json.dumps(entry.evidence, ensure_ascii=False)
        assert not any(secret in said for secret in secrets)
        assert "cells" not in said and '"row"' not in said and '"answers"' not in said


def test_the_typed_answers_lie_sealed_in_the_database(stage: PaperStage) -> None:
    from django.db import connection

    thing = stage.begun()
    stage.typed(thing, {people(thing)[0]: {"cells": right(thing)}}, by=stage.exam_officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT first FROM exams_transcription WHERE id = %s", [thing.pk])
        raw = bytes(cursor.fetchone()[0])
    assert raw and b'"cells"' not in raw


# ---- open questions: marks of two, and of a third where they lie far apart ----

OPEN = Line("2", Item("E1", "essay", "论述"), Decimal(20))
TABLE = tables.Table(
    "二级",
    {"A": (Line("1", Item("S1", "single", "单选", tuple(Choice(k, k) for k in "ABC"), ("A",)), Decimal(1)), OPEN)},
    (tables.Person(7, "T7", "莫**", 1, "A"),),
)
WHO = TABLE.people[0]


def row(mark: str) -> dict[str, Any]:
    return tables.read_row(TABLE, WHO, there="present", form="", cells={"1": "A", "2": mark})


def test_an_open_question_without_a_mark_is_refused() -> None:
    with pytest.raises(tables.Unreadable) as no:
        row("")
    assert list(no.value.wrong) == ["2"] and "填 0" in no.value.wrong["2"]


def test_marks_of_two_markers_close_together_are_no_difference_and_give_their_mean() -> None:
    first, second = row("12"), row("14.5")
    assert tables.differences(TABLE, WHO, first, second, {}) == []
    assert tables.agreed(TABLE, WHO, first, second, {})["cells"] == {"1": "A", "2": "13.3"}


def test_marks_far_apart_want_a_third() -> None:
    first, second = row("4"), row("12")
    [found] = tables.differences(TABLE, WHO, first, second, {})
    assert found.mark and not found.decided and (found.first, found.second) == ("4", "12")
    settled = {"2": "11"}
    assert tables.differences(TABLE, WHO, first, second, settled)[0].decided
    assert tables.agreed(TABLE, WHO, first, second, settled)["cells"]["2"] == "11.5"


def test_a_third_mark_is_given_by_neither_of_the_two(stage: PaperStage) -> None:
    """Played on a paper whose last question is an essay."""
    thing = stage.begun()
    paper = thing.session.sittings.first().paper
    with_essay(paper)
    one, two, three = people(thing)
    cells = right(thing)
    last = list(cells)[-1]
    away = {two: {"there": "absent"}, three: {"there": "absent"}}
    first = {one: {"cells": cells | {last: "0"}}, **away}
    second = {one: {"cells": cells | {last: "1"}}, **away}
    thing = stage.both(thing, first, second)
    [found] = exams.differences(thing)
    assert found.mark and found.name == last
    for marker in (stage.exam_officer, stage.officer2):
        with pytest.raises(Refused) as no:
            stage.play(
                "transcription.third", thing, by=marker, sitting=one, cells={last: "1"}, reason="按评分要点复评"
            )  # fmt: skip
        assert "另一人" in reasons(no)
    with pytest.raises(Refused):
        stage.play("transcription.decide", thing, by=stage.officer2, sitting=one, cells={last: "1"}, reason="直接核定")
    stage.play(
        "transcription.third", thing, by=stage.officer3, sitting=one, cells={last: "0.5"}, reason="按评分要点复评"
    )  # fmt: skip
    stage.play("transcription.settle", thing, by=stage.exam_officer)
    sitting = thing.session.sittings.get(pk=one)
    assert sitting.mark == Decimal("99.5") and sitting.answered == 100
    sheet = exams.answer_sheets(thing.session)[paper.pk]
    assert [row["mark"] for row in sheet] == ["99.5"]


def with_essay(paper: Any) -> None:
    """Put an essay in the place of the paper's last judgement."""
    from jiangheng.apps.itembank.models import Item as Row
    from jiangheng.apps.itembank.queries import paper_items

    spare = paper_items(paper)[-1]
    row = Row(bank=paper.bank, scope=paper.scope, state="live", code="ESSAY-1")
    row.hold(Item("ESSAY-1", "essay", "论述安全用电的组织措施", point=spare.point, range_code=spare.range_code))
    row.save()
    kept = [entry for entry in paper.items if entry[0] != spare.code]
    paper.items = [*kept, ["ESSAY-1", row.revision, row.digest]]
    kinds = [[kind, count - (kind == "judgement"), marks] for kind, count, marks in paper.blueprint["kinds"]]
    paper.blueprint = {**paper.blueprint, "kinds": [*kinds, ["essay", 1, "1"]]}
    paper.save()
