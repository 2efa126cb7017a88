"""The whole chain, played: what must be true of a finished city."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from jiangheng.core.trust.certno import check_certno
from jiangheng.kernel.models import Deadline, Entry, Follow
from jiangheng.kernel.perform import model_of

pytestmark = pytest.mark.slow


def test_the_story_ends_with_certificates_that_follow_the_rule_of_numbers(played: dict[str, Any]) -> None:
    import datetime as dt

    assert played["institutions"] == 5
    assert played["refused_rows"] == 8
    assert len(played["certificates"]) == len(set(played["certificates"])) > 30
    for number in played["certificates"]:
        found = check_certno(number, on=dt.date(2026, 11, 16), province="45", org_class="Y")
        assert not isinstance(found, tuple), found


def test_no_certificate_stands_without_an_examination_a_pass_and_publicity(played: dict[str, Any]) -> None:
    examined = model_of("certificate").everywhere.filter(mode="EXAM")
    assert examined.filter(level="2").count() == 3, "the students of the technician class"
    for one in examined.select_related("result__application__batch"):
        person = one.application
        assert person.theory_mark >= 60 and person.practical_mark >= 60 and not person.practical_vetoed
        assert not person.has_review or (person.review_mark >= 60 and not person.review_vetoed)
        assert one.issued_on > person.batch.publicity_until.date()
        assert Entry.objects.filter(flow="application", thing=person.pk, step="application.pass").exists()


def test_every_state_change_is_the_last_leaf_of_its_thing(played: dict[str, Any]) -> None:
    from jiangheng.core.steps import FLOWS

    for flow in FLOWS:
        for pk, state in model_of(flow).everywhere.values_list("pk", "state"):
            last = Entry.objects.filter(flow=flow, thing=pk).order_by("-id").first()
            assert last is not None, f"{flow} {pk} exists without a step"
            assert last.after == state, f"{flow} {pk} is {state}, its trail says {last.after}"


def test_no_leaf_and_no_file_name_holds_a_name_or_a_number_of_a_person(played: dict[str, Any]) -> None:
    applications = list(model_of("application").everywhere.all())
    secrets = (
        {row.identity for row in applications}
        | {row.name for row in applications}
        | {row.phone for row in applications}
    )
    for entry in Entry.objects.all().iterator():
        body = bytes(entry.body).decode()
        assert not any(secret in body for secret in secrets), entry.step
    numbers = {row.identity for row in applications}
    for evidence in Entry.objects.values_list("evidence", flat=True):
        text = json.dumps(evidence, ensure_ascii=False)
        assert not any(number in text for number in numbers)


def test_identity_numbers_lie_encrypted_in_the_database_and_the_files(played: dict[str, Any]) -> None:
    from django.db import connection

    row = model_of("application").everywhere.first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity FROM batches_application WHERE id = %s", [row.pk])
        raw = bytes(cursor.fetchone()[0])
    assert row.identity.encode() not in raw
    for path in (Path(settings.HOME) / "files").rglob("*"):
        if path.is_file():
            assert not path.read_bytes().startswith((b"\xff\xd8", b"PK")), "a photo or roster lies in the clear"


def test_four_eyes_hold_in_every_review_of_the_story(played: dict[str, Any]) -> None:
    for person in model_of("application").everywhere.filter(state__in=("certified", "failed")):
        by = dict(Entry.objects.filter(flow="application", thing=person.pk).values_list("step", "actor"))
        assert by["application.check"] != by["application.approve"]


def test_every_follower_ran_and_no_closed_thing_keeps_an_open_deadline(played: dict[str, Any]) -> None:
    assert not Follow.objects.filter(done_at=None).exists()
    archived = model_of("batch").everywhere.filter(state="archived").values_list("pk", flat=True)
    assert not Deadline.objects.filter(flow="batch", thing__in=list(archived), closed_at=None).exists()


def test_written_answers_were_typed_by_two_and_count_as_the_others_do(played: dict[str, Any]) -> None:
    every = model_of("transcription").everywhere.order_by("pk")
    assert [one.state for one in every] == ["dropped", "settled", "compared"]
    settled = every.get(state="settled")
    by = dict(Entry.objects.filter(flow="transcription", thing=settled.pk).values_list("step", "actor"))
    assert by["transcription.upload"] != by["transcription.enter_again"]
    sittings = settled.session.sittings.select_related("application")
    assert {sitting.state for sitting in sittings} == {"submitted"}
    assert all(sitting.by_hand and sitting.mark == sitting.application.theory_mark >= 60 for sitting in sittings)
    assert settled.session.state == "closed"


def test_anyone_verifies_a_certificate_by_number_and_name(played: dict[str, Any], client: Client) -> None:
    one = model_of("certificate").everywhere.first()
    assert client.get("/verify", {"number": one.number}).status_code == 200


def test_the_same_story_again_would_be_refused_not_doubled(played: dict[str, Any]) -> None:
    from jiangheng.core.errors import Refused
    from jiangheng.demo.hands import make

    batch = model_of("batch").everywhere.filter(state="archived").latest("pk")
    with pytest.raises(Refused):
        make("issuance.run", batch, "lg.issuer")
