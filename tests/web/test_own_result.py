"""A candidate's own paper afterwards: receipt at once, subtotals after publicity, items only where allowed (K13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from portal_stage import it_is
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank.queries import paper_items
from jiangheng.cli import main
from jiangheng.core.authority import SYSTEM
from jiangheng.core.law.parameters import configure
from jiangheng.demo import candidates
from jiangheng.kernel.perform import model_of


class Sat:
    """Three candidates who sat the theory examination and handed in."""

    def __init__(self, play: Any) -> None:
        self.stage = stage = RoomStage(play)
        stage.seated()
        session = stage.opened()
        sittings = [stage.admit(each) for each in session.sittings.order_by("pk")]
        it_is("2026-10-14", "09:10")
        candidates.sit_all(sittings, abilities={each.pk: 0.8 for each in sittings}, seed=1)
        it_is("2026-10-14", "10:45")
        self.sitting, *_others = [stage.play("sitting.submit", each, by=SYSTEM) for each in sittings]

    def published(self) -> None:
        """The practical marks come in and the results go public."""
        it_is("2026-10-16", "09:00")
        for row in self.stage.batch.applications.all():
            self.stage.play("application.enter_practical", row, by=SYSTEM, mark="80")
        self.stage.play("batch.score", self.stage.batch, by=self.stage.exam_officer)
        self.stage.play("batch.publish", self.stage.batch, by=self.stage.exam_officer)

    def browser(self) -> Client:
        client, person = Client(), self.sitting.application
        client.post("/exam/enter", {"ticket": person.ticket, "identity": person.identity})
        return client

    def way(self, name: str) -> str:
        return f"/exam/{self.sitting.pk}/{name}"


@pytest.fixture
def sat(play: Any) -> Sat:
    return Sat(play)


@pytest.fixture
def allowed() -> Iterator[None]:
    configure({"theory.review": 1})
    yield
    configure({})


def test_before_publicity_there_is_a_receipt_and_nothing_of_marks(sat: Sat) -> None:
    client = sat.browser()
    assert client.get(sat.way("receipt.json")).json()["receipt"] == sat.sitting.answers_digest
    assert client.get(sat.way("result")).status_code == client.get(sat.way("attempt.json")).status_code == 404


def test_after_publicity_the_subtotals_add_up_to_the_mark_and_no_item_is_shown(sat: Sat) -> None:
    sat.published()
    text = sat.browser().get(sat.way("result")).content.decode()
    assert str(sat.sitting.mark) in text and "单选题" in text
    assert sum(row.mark for row in exams.subtotals(sat.sitting)) == sat.sitting.mark
    assert not any(item.stem in text for item in paper_items(sat.sitting.paper))
    assert sat.browser().get(sat.way("attempt.json")).status_code == 404


@pytest.mark.usefixtures("allowed")
def test_where_review_is_allowed_each_item_is_shown_with_the_letters_the_candidate_had(sat: Sat) -> None:
    assert sat.browser().get(sat.way("result")).status_code == 404
    sat.published()
    text = sat.browser().get(sat.way("result")).content.decode()
    assert all(item.stem in text for item in paper_items(sat.sitting.paper) if "<" not in item.stem)
    rows = exams.reviewed(sat.sitting)
    assert [row.mark == row.worth for row in rows] == [row.given == row.right for row in rows]
    shown = {row.stem: row for row in rows}
    dealt = exams.relabelling(sat.sitting.paper)
    for item in paper_items(sat.sitting.paper):
        right = dict(shown[item.stem].options)
        keys = dealt.public(item.code, item.answer)
        texts = {option.key: option.text for option in item.options}
        assert [right[key] for key in keys] == [texts[key] for key in item.answer]


@pytest.mark.usefixtures("allowed")
def test_the_bundle_a_candidate_takes_home_is_sound_and_holds_his_receipt(sat: Sat, tmp_path: Path) -> None:
    sat.published()
    file, kept = tmp_path / "a.json", tmp_path / "r.json"
    file.write_bytes(sat.browser().get(sat.way("attempt.json")).content)
    kept.write_text(json.dumps(sat.browser().get(sat.way("receipt.json")).json()))
    assert main(["attempt", "verify", str(file), "--key", exams.office_key(), "--receipt", str(kept)]) == 0


def test_the_result_of_another_is_out_of_reach(sat: Sat) -> None:
    sat.published()
    other = model_of("sitting").everywhere.exclude(pk=sat.sitting.pk).first()
    for name in ("result", "receipt.json", "attempt.json"):
        assert sat.browser().get(f"/exam/{other.pk}/{name}").status_code == 404


def test_an_officer_takes_the_bundle_after_it_was_sealed(sat: Sat) -> None:
    client, way = sat.stage.browser("exam_officer"), f"/d/sitting/{sat.sitting.pk}/attempt.json"
    assert client.get(way).status_code == 302
    sat.stage.play("sitting.seal_bundle", sat.sitting, by=sat.stage.exam_officer)
    assert client.get(way).content == exams.bundle_of(sat.sitting)
    assert sat.stage.browser("invigilator").get(way).status_code == 404
