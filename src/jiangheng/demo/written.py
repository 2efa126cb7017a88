"""A theory examination on printed paper: printed, written, typed twice by two officers, compared, counted (K13)."""

from __future__ import annotations

import io
import random
from typing import Any

from openpyxl import load_workbook

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.formats import tables, workbook
from jiangheng.core.exam.answer_sheet import Line
from jiangheng.kernel.perform import model_of

from .evaluation import pledge
from .hands import as_, do, it_is, make, upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cells = dict[int, dict[str, str]]


def theory(sessions: list[Any], *, seed: int, key: str, day: str, abilities: tuple[float, ...]) -> None:
    """Everybody writes on paper. The first officer fills the workbook, the second types from the sheets and misreads
    one letter; they look at the sheet again, and the marks are entered. The first attempt took the wrong bundle.
    """
    written_out(sessions, key=key, times=(f"{day} 08:46", f"{day} 10:50"))
    for session in sessions:
        mistaken = make("transcription.begin", session, f"{key}.officer")
        do("transcription.drop", mistaken, f"{key}.officer", reason="取错了答题卡袋，重新领取后再录")
        typing = make("transcription.begin", session, f"{key}.officer")
        sheets = answers(typing, seed=seed, abilities=abilities)
        typing = compared(typing, sheets, key=key)
        [difference] = exams.differences(typing)
        do(
            "transcription.decide", typing, f"{key}.officer2", sitting=difference.sitting,
            cells={difference.name: difference.first}, reason="调出原答题卡查对，以第一遍所录为准",
        )  # fmt: skip
        do("transcription.settle", typing, f"{key}.officer")
        do("session.close", session, f"{key}.invigilator1")


def prepared(batch: Any, *, key: str) -> Any:
    """The batch seated, its papers drawn, its one session with invigilators."""
    batch = do("batch.seat", batch, f"{key}.officer", order="plain")
    pledge(batch)
    officer = as_(f"{key}.officer")
    colleagues = model_of("account").reach(officer).filter(username__in=[f"{key}.invigilator{n}" for n in (3, 4)])
    pair = list(colleagues.values_list("pk", flat=True))
    return make("session.prepare", batch, officer, room=batch.theory_rooms.get().pk, invigilators=pair)


def left_compared(session: Any, *, seed: int, key: str, day: str) -> None:
    """A session in the afternoon whose two typings differ; the officers will decide it after the weekend."""
    written_out([session], key=key, times=(f"{day} 13:16", f"{day} 15:10"), by="invigilator3")
    typing = make("transcription.begin", session, f"{key}.officer")
    compared(typing, answers(typing, seed=seed, abilities=(0.8, 0.7)), key=key)


def written_out(sessions: list[Any], *, key: str, times: tuple[str, str], by: str = "invigilator1") -> None:
    """The papers are released, printed and opened; the time passes and nobody comes in at a computer."""
    before, after = (moment.split(" ") for moment in times)
    it_is(*before)
    for session in sessions:
        do("session.release", session, f"{key}.officer")
        do(
            "session.print", session, f"{key}.officer", copies=1, sheet="a4",
            reason="考点在实训基地，没有机房，采用纸笔考试",
        )  # fmt: skip
        do("session.open", session, f"{key}.{by}")
    it_is(*after)


def answers(typing: Any, *, seed: int, abilities: tuple[float, ...]) -> Cells:
    """What each candidate wrote, by sitting and question."""
    found: Cells = {}
    for table in exams.tables_of(typing):
        for place, person in enumerate(table.people):
            ability = abilities[place % len(abilities)]
            found[person.sitting] = {
                line.label: _written(line, random.Random(f"{seed}:{person.ticket}:{line.unit.code}"), ability=ability)
                for line in table.forms[person.form]
            }
    return found


def _written(line: Line, draw: random.Random, *, ability: float) -> str:
    if draw.random() < ability:
        return "".join(line.unit.answer)
    keys = sorted(set(line.unit.keys) - set(line.unit.answer))
    return draw.choice(keys) if keys else line.unit.keys[0]


def compared(typing: Any, sheets: Cells, *, key: str) -> Any:
    """Both typings: the first as a workbook, the second sheet by sheet with one letter read wrongly."""
    data = filled(exams.tables_of(typing), sheets)
    do("transcription.upload", typing, f"{key}.officer", {"file": upload("答卷录入表.xlsx", data, XLSX)})
    do("transcription.hand_on", typing, f"{key}.officer")
    for place, (sitting, cells) in enumerate(sheets.items()):
        typed = {**cells, "7": "A" if cells["7"] != "A" else "B"} if place == 0 else cells
        do(
            "transcription.enter_again",
            typing,
            f"{key}.officer2",
            sitting=sitting,
            there="present",
            form="",
            cells=typed,
        )
    return do("transcription.compare", typing, f"{key}.officer2")


def filled(made: list[tables.Table], sheets: Cells) -> bytes:
    """The downloaded workbook with everybody's answers typed into it."""
    book = load_workbook(io.BytesIO(workbook.written(made, title="答卷录入表", which="第一遍")))
    for table in made:
        sheet = book[table.title]
        columns = {cell.value: cell.column for cell in sheet[3]}
        for row in range(5, sheet.max_row + 1):
            person = next(each for each in table.people if each.ticket == sheet.cell(row, 1).value)
            for label, text in sheets[person.sitting].items():
                sheet.cell(row, columns[label]).value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
