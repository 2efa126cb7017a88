"""A session at a place without a good line, from sealing to marks, as people and programs do it (clauses K10, K13)."""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hall_door import Door, fresh, rows
from place_stage import DAY, Sitter, centre, key_of, packed, sat_at, serving, slip, tell
from portal_stage import it_is
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.models import Delivery
from jiangheng.cli import main
from jiangheng.core.errors import Refused
from jiangheng.core.exam import attempt, site_bundle
from jiangheng.hall import books
from jiangheng.hall.entries import Draft
from jiangheng.hall.site_home import SiteHome
from jiangheng.kernel import followers
from jiangheng.kernel.models import Entry
from kept import kept


@pytest.fixture
@kept
def seated(play: Any) -> RoomStage:
    made = RoomStage(play)
    made.seated()
    return made


@pytest.fixture(autouse=True)
def empty_hall() -> Iterator[None]:
    """Rows of another test had the same numbers; what was answered under them must not be replayed."""
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)
    yield
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)


@pytest.fixture
def told(seated: RoomStage) -> Any:
    """A packed session whose key has been told, a minute before the start."""
    session = packed(seated)
    it_is(DAY, "08:59")
    return tell(seated, session)


def upload(content: bytes) -> dict[str, Any]:
    """A bundle from a stick."""
    return {"file": SimpleUploadedFile("bundle.json", content, "application/json")}


def deliver(stage: RoomStage, session: Any, content: bytes) -> Any:
    """The exam officer uploads it."""
    return stage.play("session.deliver", session, by=stage.exam_officer, files=upload(content))


def ask(url: str, path: str, token: str, *, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
    """A program's request at the centre."""
    line = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    line.request("GET" if body is None else "POST", path, body, {"authorization": f"Bearer {token}", **headers})
    reply = line.getresponse()
    content = reply.read()
    line.close()
    return reply.status, reply.headers, content


# ---- the whole way ----


def test_a_session_goes_to_its_place_and_comes_back_with_the_marks_its_answers_are_worth(
    seated: RoomStage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = packed(seated)
    one, other, absent = rows(session)
    words, home, out = slip(seated, session), tmp_path / "home", tmp_path / "back.json"
    right = exams.right_answers(one.paper)
    some = dict(list(exams.right_answers(other.paper).items())[:10])
    with centre() as url:
        address = f"{url}/places/{session.pk}"
        fetch = ["--from", f"{address}/package", "--token", words["token"], "--trust", words["trust"]]
        assert main(["site", "fetch", *fetch, "--home", str(home)]) == 0
        code = SiteHome(home).header.digest[:16]
        assert f"核对码 {code}" in capsys.readouterr().out
        it_is(DAY, "08:59")
        tell(seated, session, code=code)
        # the hall's clock goes by what the bureau says: two seconds before the start
        start = int(session.starts_at.timestamp() * 1000)
        key = f"{session.package.key}-{spoken(start - 2000)}"
        with serving(home, key) as port:
            first, second = Sitter(port, one), Sitter(port, other)
            first.waits()
            first.answers(right)
            second.waits()
            second.answers(some)
            receipts = [first.hands_in(), second.hands_in()]
        assert main([
            "site", "return", "--home", str(home), "--out", str(out), "--to", f"{address}/bundle", "--token",
            words["token"],
        ]) == 0  # fmt: skip
    assert "主管部门已收到" in capsys.readouterr().out
    it_is(DAY, "11:00")
    seated.play("session.take_in", fresh(session), by=seated.exam_officer)
    followers.run()
    assert fresh(session).state == "returned"
    assert [fresh(each).state for each in (one, other, absent)] == ["submitted", "submitted", "ready"]
    assert fresh(one).mark == Decimal(100)
    assert fresh(other).mark == worth(other, list(some)) > 0
    assert [fresh(each).answers_digest for each in (one, other)] == [each["receipt"] for each in receipts]
    seated.play("session.close", fresh(session), by=seated.invigilator)
    followers.run()
    assert fresh(absent).state == "absent"
    sealed = exams.bundle_of(seated.play("sitting.seal_bundle", fresh(one), by=seated.exam_officer))
    assert all(finding.sound for finding in attempt.check(attempt.read(sealed), trusted=[exams.office_key()]))
    line = Entry.objects.get(step="session.take_in", thing=session.pk)
    assert line.evidence["taken_in"]["people"] == 2


def spoken(at: int) -> str:
    """The group that says a moment."""
    from jiangheng.core.exam.spoken_key import time_group

    return time_group(at)


def worth(sitting: Any, items: list[str]) -> Decimal:
    """What right answers at these items come to by the blueprint."""
    face = exams.face_of(sitting.paper)[1]
    marks = {row["kind"]: Decimal(row["marks"]) for row in face["kinds"]}
    kinds = {item["id"]: item["kind"] for item in face["items"]}
    return sum((marks[kinds[item]] for item in items), Decimal(0))


# ---- packing ----


def test_whoever_is_packed_cannot_check_in_at_the_centre(seated: RoomStage) -> None:
    session = packed(seated)
    one = rows(session)[0]
    it_is(DAY, "08:55")
    followers.run()
    numbers = {"number": one.application.ticket, "identity": one.application.identity}
    assert Door().says("/hall/checkin", numbers, status=401)["code"] == "nobody"
    with pytest.raises(Refused, match="中心考场不接受入场"):
        seated.admit(one)
    with pytest.raises(Refused, match="在考点进行"):
        seated.play("session.open", session, by=seated.invigilator)
    it_is(DAY, "11:00")
    with pytest.raises(Refused, match="在考点进行"):
        seated.play("sitting.miss", one, by=seated.invigilator)
    with pytest.raises(Refused, match="在考点进行"):
        seated.play("session.close", session, by=seated.invigilator)


def test_what_was_granted_is_in_the_package_and_changes_no_more(seated: RoomStage) -> None:
    session = packed(seated)
    with pytest.raises(Refused, match="已封装给考点"):
        seated.play(
            "sitting.grant", rows(session)[0], by=seated.exam_officer, extra=10, breaks=0, large=True, basis="残疾证",
        )  # fmt: skip


def test_a_package_is_recalled_until_its_key_was_told(seated: RoomStage) -> None:
    session = packed(seated)
    before, token = session.package.digest, slip(seated, session)["token"]
    seated.play("session.recall", fresh(session), by=seated.exam_officer)
    assert exams.let_in(session.pk, token) is None
    again = seated.play("session.pack", fresh(session), by=seated.exam_officer, contact="莫站长")
    assert again.package.digest != before
    it_is(DAY, "08:40")
    tell(seated, again)
    with pytest.raises(Refused, match="启封码已经告知"):
        seated.play("session.recall", fresh(session), by=seated.exam_officer)


def test_nothing_is_packed_once_the_hour_has_come(seated: RoomStage) -> None:
    session = seated.session()
    it_is(DAY, "09:00")
    with pytest.raises(Refused, match="已到开考时间"):
        seated.play("session.pack", session, by=seated.exam_officer, contact="莫站长")


# ---- the line ----


def test_a_broken_download_goes_on_and_a_wrong_word_gets_nothing(seated: RoomStage) -> None:
    session = packed(seated)
    token = slip(seated, session)["token"]
    whole = exams.package_file(session.package)
    path = f"/places/{session.pk}/package"
    with centre() as url:
        status, headers, content = ask(url, path, token)
        assert (status, content, headers["content-length"]) == (200, whole, str(len(whole)))
        assert session.package.digest in headers["etag"] and headers["repr-digest"].startswith("sha-256=:")
        status, headers, content = ask(url, path, token, range="bytes=100-")
        assert (status, content) == (206, whole[100:])
        assert headers["content-range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
        assert ask(url, path, token, range=f"bytes={len(whole)}-")[0] == 416
        refused = [ask(url, path, "x")[::2], ask(url, "/places/999999/package", token)[::2]]
        assert refused[0] == refused[1] and refused[0][0] == 401
        assert ask(url, f"/places/{session.pk}/bundle", "x", body=b"{}")[0] == 401
        newer = slip(seated, fresh(session))["token"]
        assert ask(url, path, token)[0] == 401
        assert ask(url, path, newer)[0] == 200
    starts = [each.given["start"] for each in exams.happenings(session) if each.step == "fetch"]
    assert starts == [0, 100, 0]


def test_the_same_bundle_twice_by_line_counts_once(seated: RoomStage, told: Any, tmp_path: Path, settings: Any) -> None:
    content = sat_at(tmp_path, told, {rows(told)[0].pk: {}})
    token = slip(seated, fresh(told))["token"]
    path = f"/places/{told.pk}/bundle"
    with centre() as url:
        first, again = (ask(url, path, token, body=content) for _time in range(2))
        assert (first[0], again[0]) == (201, 200)
        assert json.loads(again[2])["digest"] == json.loads(first[2])["digest"]
        seated.play("session.take_in", fresh(told), by=seated.exam_officer)
        status, _headers, said = ask(url, path, token, body=content)
        assert status == 200 and json.loads(said)["taken_in"]
        assert ask(url, path, token, body=b"{" + b" " * (64 << 20) + b"}")[0] == 413
    assert Delivery.objects.filter(session=told).count() == 1
    with pytest.raises(Refused, match="已经收到过"):
        deliver(seated, fresh(told), content)
    with pytest.raises(Refused, match="考点已回传"):
        seated.play("session.take_in", fresh(told), by=seated.exam_officer)


# ---- the key ----


def test_the_key_is_told_at_its_time_to_whoever_has_this_package_and_it_is_on_record(seated: RoomStage) -> None:
    session = packed(seated)
    county = seated.browser("county")
    it_is(DAY, "08:29")
    with pytest.raises(Refused, match="开考前 30 分钟起才能告知"):
        tell(seated, session)
    assert county.get(f"/d/session/{session.pk}/key").status_code == 302
    it_is(DAY, "08:30")
    with pytest.raises(Refused, match="核对码不符"):
        tell(seated, session, code="0" * 16)
    assert county.get(f"/d/session/{session.pk}/key.txt").status_code == 302
    tell(seated, session)
    page = county.get(f"/d/session/{session.pk}/key").content.decode()
    assert all(f"<code>{group}</code>" in page for group in session.package.key.split("-"))
    assert county.get(f"/d/session/{session.pk}/key.txt").content.decode().strip() == session.package.key
    # another of the bureaus is not on record, and whoever is sees it for a while only
    assert seated.browser("centre").get(f"/d/session/{session.pk}/key").status_code == 302
    assert seated.browser("exam_officer").get(f"/d/session/{session.pk}/key").status_code == 404
    row = Entry.objects.get(step="session.tell_key", thing=session.pk)
    assert row.actor == seated.city.actor("county").id and row.evidence["given"]["listener"] == "莫站长"
    it_is(DAY, "08:51")
    assert county.get(f"/d/session/{session.pk}/key").status_code == 302
    assert {paper.state for paper in exams.papers_in(session)} == {"opened"}


# ---- what comes back ----


def test_an_altered_bundle_is_refused_seat_by_seat_and_nothing_is_kept(
    seated: RoomStage, told: Any, tmp_path: Path
) -> None:
    one = rows(told)[0]
    item, keys = next(iter(exams.right_answers(one.paper).items()))
    good = site_bundle.read(sat_at(tmp_path, told, {one.pk: {item: keys}}))
    lines = good.journals[0].lines
    forged = msgspec.structs.replace(lines[1], text=lines[1].text.replace(f'"{keys[0]}"', '"Z"'))
    journal = msgspec.structs.replace(good.journals[0], lines=(lines[0], forged, *lines[2:]))
    altered = msgspec.structs.replace(good, journals=(journal,))
    with pytest.raises(Refused) as no:
        deliver(seated, told, msgspec.json.encode(altered))
    reasons = [str(each.reason) for each in no.value.refusals]
    assert any("签名不符" in each for each in reasons)
    assert any(one.application.name in each and "第 2 条" in each for each in reasons)
    assert not Delivery.objects.filter(session=told).exists()
    # signed again by whoever has the machine it is still no chain
    resealed = site_bundle.seal(altered, exams.places.place_secret(told))
    with pytest.raises(Refused, match="第 2 条"):
        deliver(seated, told, resealed)
    with pytest.raises(Refused, match="不是考点回传文件"):
        deliver(seated, told, b"{}")


def test_the_bundle_of_another_package_is_refused(seated: RoomStage, tmp_path: Path) -> None:
    session = packed(seated)
    old = SiteHome(tmp_path / "old")
    old.keep(exams.package_file(session.package))
    old.open(key_of(session))
    strange = old.bundle()
    seated.play("session.recall", fresh(session), by=seated.exam_officer)
    again = seated.play("session.pack", fresh(session), by=seated.exam_officer, contact="莫站长")
    it_is(DAY, "08:59")
    tell(seated, again)
    with pytest.raises(Refused, match="属于另一个试卷包"):
        deliver(seated, again, strange)
    other = msgspec.structs.replace(site_bundle.read(strange), package=again.package.digest)
    with pytest.raises(Refused, match="签名不符"):
        deliver(seated, again, site_bundle.seal(other, b"the secret of another place, 32 b"))


def test_a_partial_bundle_is_kept_and_not_taken_in(seated: RoomStage, told: Any, tmp_path: Path) -> None:
    deliver(seated, told, sat_at(tmp_path, told, {rows(told)[0].pk: {}}, partial=True))
    with pytest.raises(Refused, match="考点还没有回传"):
        seated.play("session.take_in", fresh(told), by=seated.exam_officer)


def test_nothing_is_half_taken_when_the_journal_here_holds_something_else(
    seated: RoomStage, told: Any, tmp_path: Path
) -> None:
    one, other, _absent = rows(told)
    deliver(seated, told, sat_at(tmp_path, told, {one.pk: {}, other.pk: {}}))
    store = books.open_store(exams.journal())
    store.append([Draft(other.pk, '{"event":"told","at":1,"text":"x"}')])
    store.close()
    with pytest.raises(Refused, match=other.application.name):
        seated.play("session.take_in", fresh(told), by=seated.exam_officer)
    assert books.replay(exams.journal(), one.pk) == []
    assert fresh(told).state == "away"


def test_what_was_cut_off_after_the_journal_had_it_is_done_again_without_harm(
    seated: RoomStage, told: Any, tmp_path: Path
) -> None:
    one = rows(told)[0]
    deliver(seated, told, sat_at(tmp_path, told, {one.pk: {}}))
    exams.take_in(fresh(told), {})
    before = books.replay(exams.journal(), one.pk)
    seated.play("session.take_in", fresh(told), by=seated.exam_officer)
    assert books.replay(exams.journal(), one.pk) == before and len(before) == 2


def test_where_two_machines_part_a_person_says_which_counts(seated: RoomStage, told: Any, tmp_path: Path) -> None:
    one = rows(told)[0]
    answers = dict(list(exams.right_answers(one.paper).items())[:3])
    short = dict(list(answers.items())[2:])
    for folder, given in (("a", answers), ("b", short)):
        deliver(seated, fresh(told), sat_at(tmp_path / folder, told, {one.pk: given}))
    with pytest.raises(Refused, match="没有选定"):
        seated.play("session.take_in", fresh(told), by=seated.exam_officer)
    seated.play("session.take_in", fresh(told), by=seated.exam_officer, **{f"version_{one.pk}": "1"})
    followers.run()
    assert fresh(one).mark == worth(one, list(short))


def test_a_second_machines_bundle_that_comes_late_is_kept_beside(seated: RoomStage, told: Any, tmp_path: Path) -> None:
    one = rows(told)[0]
    deliver(seated, told, sat_at(tmp_path / "a", told, {one.pk: {}}))
    seated.play("session.take_in", fresh(told), by=seated.exam_officer)
    deliver(seated, fresh(told), sat_at(tmp_path / "b", fresh(told), {one.pk: {}}))
    assert list(Delivery.objects.filter(session=told).order_by("pk").values_list("late", flat=True)) == [False, True]


# ---- pages ----


def test_the_pages_show_what_has_happened_and_the_slip_once(seated: RoomStage, told: Any, tmp_path: Path) -> None:
    officer = seated.browser("exam_officer")
    page = slip(seated, fresh(told))["page"]
    assert all(f"<dt>{name}</dt><dd><code>{pin}</code>" in page for name, pin in told.package.pins_by_name)
    file = officer.post(f"/d/session/{told.pk}/package.jhsite")
    assert file.content == exams.package_file(told.package)
    deliver(seated, fresh(told), sat_at(tmp_path, told, {rows(told)[0].pk: {}}))
    shown = officer.get(f"/d/session/{told.pk}/place").content.decode()
    for word in ("封装给考点", "告知 莫站长（电话）", "从头下载", "待收入", told.package.digest[:16]):
        assert word in shown
    assert told.package.key not in shown and "令牌</dt>" not in shown
    assert "核对码" in officer.get(f"/d/session/{told.pk}").content.decode()
    assert officer.get(f"/d/session/{told.pk}/take_in").status_code == 200
    seated.play("session.take_in", fresh(told), by=seated.exam_officer)
    assert "1 人，2 条记录" in officer.get(f"/d/session/{told.pk}/place").content.decode()
    assert seated.browser("manager").get(f"/d/session/{told.pk}/place").status_code == 404
