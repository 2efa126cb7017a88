"""An evaluation on printed paper: nobody at a computer, three exam officers, answers to be typed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal_stage import it_is
from room_stage import RoomStage

DAY = "2026-10-14"


class PaperStage(RoomStage):
    """The small evaluation on printed paper, with three exam officers."""

    def __init__(self, play: Any) -> None:
        super().__init__(play)
        self.officer2 = self.person("officer2", "exam_officer")
        self.officer3 = self.person("officer3", "exam_officer")

    def sat(self, *, printed: bool = True) -> Any:
        """The session after its time, its papers printed, nobody at a computer."""
        self.seated()
        session = self.opened()
        if printed:
            self.play("session.print", session, by=self.exam_officer, copies=1, sheet="a4", reason="考点没有机房")
        it_is(DAY, "10:45")
        return session

    def begun(self) -> Any:
        """Their typing begun."""
        return self.play("transcription.begin", under=self.sat(), by=self.exam_officer)

    def typed(self, thing: Any, rows: Mapping[int, Mapping[str, Any]], *, by: Any, again: bool = False) -> Any:
        """A row for each sitting: there, form, cells."""
        step = "transcription.enter_again" if again else "transcription.enter"
        for sitting, row in rows.items():
            thing = self.play(step, thing, by=by, sitting=sitting, **{"there": "present", "form": "", **row})
        return thing

    def both(self, thing: Any, first: Mapping[int, Any], second: Mapping[int, Any]) -> Any:
        """Both typings, compared."""
        self.typed(thing, first, by=self.exam_officer)
        self.play("transcription.hand_on", thing, by=self.exam_officer)
        self.typed(thing, second, by=self.officer2, again=True)
        return self.play("transcription.compare", thing, by=self.officer2)


def right(thing: Any, *, without: tuple[str, ...] = (), **changed: str) -> dict[str, str]:
    """The cells of a sheet answered rightly, without some and with others ("q3=D") changed."""
    from jiangheng.apps.exams.queries import tables_of

    [table] = tables_of(thing)
    cells = {line.label: "".join(line.unit.answer) for line in table.lines if line.label not in without}
    return cells | {label.removeprefix("q"): text for label, text in changed.items()}


def people(thing: Any) -> list[int]:
    from jiangheng.apps.exams.queries import tables_of

    [table] = tables_of(thing)
    return [person.sitting for person in table.people]
