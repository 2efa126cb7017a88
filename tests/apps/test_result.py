"""The one record certificates are made from, by whatever way a level was recognised (K13, R1–R4, W5)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from portal_stage import Stage, it_is, person, photo
from test_portal import answered

from jiangheng.apps.batches.models import Result
from jiangheng.apps.certificates.models import Certificate, Issuance
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused, WrongRole
from jiangheng.kernel import followers
from kept import kept

PASSED, FAILED = "韦秀兰", "秦守正"


@pytest.fixture
@kept
def stage(play: Any) -> Stage:
    """Results published and the publicity over; nothing approved yet."""
    made = Stage(play)
    made.enrol(PASSED, person(20, sex="2"))
    made.enrol(FAILED, person(21))
    made.seat()
    made.publish({PASSED: ("71", "82.5"), FAILED: ("59.5", "90")})
    it_is("2026-10-26")
    play("batch.conclude", made.batch, by=made.exam_officer)
    return made


def approve(stage: Stage) -> Result:
    stage.play("batch.approve", stage.batch, by=stage.city.actor("county"), opinion="同意")
    return Result.everywhere.get()


def recorded(stage: Stage, **more: Any) -> Result:
    """The result as it would have come by another way: what was copied is set to what that way says."""
    found = approve(stage)
    Result.everywhere.filter(pk=found.pk).update(**more)
    found.refresh_from_db()
    return found


def test_approval_records_one_result_for_each_who_passed_and_copies_what_was_approved(stage: Stage) -> None:
    assert not Result.everywhere.exists()
    found = approve(stage)
    application = stage.batch.applications.get(name=PASSED)
    assert found.application == application and found.scope == application.scope and found.state == "recorded"
    assert (found.mode, found.clause, found.round) == ("EXAM", "K13", stage.batch.title)
    assert (found.theory_mark, found.practical_mark, found.review_mark) == (Decimal("71"), Decimal("82.5"), None)
    assert (found.name, found.identity, found.level) == (application.name, application.identity, "5")
    assert found.institution == stage.institution and found.filing == stage.batch.filing
    assert found.standard == stage.batch.filing.standard and found.occupation == "6-31-01-03"
    assert found.decided_on == dt.date(2026, 10, 26) and found.ground == application.met != ""


def test_a_result_is_recorded_by_no_person(stage: Stage) -> None:
    application = stage.batch.applications.get(name=PASSED)
    for actor in (stage.manager, stage.city.actor("centre"), stage.issuer):
        with pytest.raises(WrongRole):
            stage.play("result.record", under=application, by=actor)


def test_the_certificate_says_what_the_result_says(stage: Stage) -> None:
    found = approve(stage)
    issuance = stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    certificate = Certificate.everywhere.get()
    assert issuance.count == 1 and issuance.title == stage.batch.title and issuance.batch == stage.batch
    assert certificate.result == found and certificate.application.name == PASSED
    for name in ("mode", "clause", "level", "name", "identity", "theory_mark", "practical_mark", "review_mark"):
        assert getattr(certificate, name) == getattr(found, name), name
    found.refresh_from_db()
    assert found.state == "certified" and found.application.state == "certified"


def test_nothing_is_issued_before_the_approval_and_nothing_twice(stage: Stage) -> None:
    with pytest.raises(Refused, match="没有已核准而未发证的认定结果"):
        stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    found = approve(stage)
    stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    with pytest.raises(Refused, match="没有已核准而未发证的认定结果"):
        stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    with pytest.raises(Refused, match="已经发证"):
        stage.play("certificate.issue", under=found, by=stage.issuer)
    assert Issuance.everywhere.count() == 1


@pytest.mark.parametrize(("level", "sign"), [("T", "T"), ("C", "C"), ("2", "2")])
def test_the_number_carries_the_character_of_the_level(stage: Stage, level: str, sign: str) -> None:
    found = recorded(stage, level=level, mode="APPOINTMENT", clause="R4", review_mark="88.5", theory_mark=None)
    certificate = stage.play("certificate.issue", under=found, by=stage.issuer)
    assert certificate.number[15] == sign and certificate.mode_label == "评聘" and certificate.clause == "R4"
    assert certificate.review_mark == Decimal("88.5") and certificate.theory_mark is None


def test_an_apprentice_gets_no_national_certificate(stage: Stage) -> None:
    found = recorded(stage, level="A", mode="APPRENTICE", clause="K6")
    with pytest.raises(Refused, match="学徒工不核发职业技能等级证书"):
        stage.play("certificate.issue", under=found, by=stage.issuer)
    with pytest.raises(Refused, match="没有已核准而未发证的认定结果"):
        stage.play("issuance.run", under=stage.batch, by=stage.issuer)


def test_no_certificate_without_a_filing_in_force(stage: Stage, play: Any) -> None:
    found = recorded(stage, filing=None)
    with pytest.raises(Refused, match="备案不在有效期内"):
        play("certificate.issue", under=found, by=stage.issuer)
    Result.everywhere.filter(pk=found.pk).update(filing=stage.filing)
    play("filing.terminate", stage.filing, by=stage.city.actor("city"), reason="严重违规，终止备案")
    with pytest.raises(Refused, match="备案不在有效期内"):
        play("certificate.issue", under=found, by=stage.issuer)


def test_a_photo_that_comes_after_the_approval_reaches_the_certificate(stage: Stage) -> None:
    application = stage.batch.applications.get(name=PASSED)
    type(application).everywhere.filter(pk=application.pk).update(photo=None)
    found = approve(stage)
    assert found.photo is None
    with pytest.raises(Refused, match=PASSED):
        stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    stage.play("application.photograph", application, by=stage.registrar, files={"photo": photo(120)})
    stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    application.refresh_from_db()
    assert Certificate.everywhere.get().photo == application.photo is not None


def test_an_annulled_result_takes_its_certificate_with_it(stage: Stage) -> None:
    found = approve(stage)
    stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    with pytest.raises(WrongRole):
        stage.play("result.annul", found, by=stage.manager, reason="提供虚假材料，查实")
    with pytest.raises(Refused, match="理由"):
        stage.play("result.annul", found, by=stage.city.actor("centre"), reason="")
    stage.play("result.annul", found, by=stage.city.actor("centre"), reason="提供虚假材料，查实")
    followers.run()
    certificate = Certificate.everywhere.get()
    assert certificate.state == "void" and certificate.void_reason == "提供虚假材料，查实"


def test_a_batch_whose_only_result_was_annulled_is_archived_without_a_certificate(stage: Stage) -> None:
    found = approve(stage)
    with pytest.raises(Refused, match="没有发证"):
        stage.play("batch.archive", stage.batch, by=stage.exam_officer)
    stage.play("result.annul", found, by=stage.city.actor("centre"), reason="提供虚假材料，查实")
    with pytest.raises(Refused, match="没有已核准而未发证的认定结果"):
        stage.play("issuance.run", under=stage.batch, by=stage.issuer)
    assert stage.play("batch.archive", stage.batch, by=stage.exam_officer).state == "archived"


def test_a_way_that_does_not_exist_is_refused_as_a_bug(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    application = stage.batch.applications.get(name=PASSED)
    monkeypatch.setattr(type(application), "mode", "GIFT")
    with pytest.raises(ValueError, match="没有认定方式"):
        stage.play("result.record", under=application, by=SYSTEM)


def test_the_public_page_names_the_way_of_recognition_and_the_marks_there_are(stage: Stage, client: Client) -> None:
    found = recorded(stage, mode="EXCEPTIONAL", clause="R3", theory_mark=None, review_mark="91")
    certificate = stage.play("certificate.issue", under=found, by=stage.issuer)
    page = answered(client, "/verify", number=certificate.number, name=PASSED).content.decode()
    assert "破格晋升" in page and "综合评审成绩" in page and "91" in page and "理论知识成绩" not in page
