"""A step carried out: order of failure, one transaction, four eyes, bulk, correlation, followers, deadlines."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.core.steps import FOLLOWERS, step_of
from jiangheng.kernel import clock, followers, messages
from jiangheng.kernel.models import Deadline, Entry, Follow
from jiangheng.kernel.perform import create, model_of, perform, perform_each


@pytest.fixture
def september(db: None) -> None:
    """Monday 21 September 2026, before anybody is appointed."""
    clock.move_to(dt.datetime(2026, 9, 21, 10, tzinfo=timezone.get_default_timezone()))


@pytest.fixture
def standard(city: Any, play: Any) -> Any:
    """A draft standard by the centre, and a second person of the centre."""
    city.person("centre2", "centre", name="唐复核")
    text = shipped_text("electrician-6-31-01-03")
    return play("standard.draft", by=city.actor("centre"), under=city.regions["450300"], text=text)


@pytest.fixture
def enterprise(city: Any, play: Any, standard: Any) -> Any:
    """An enterprise in Qixing with a manager."""
    play("standard.enact", standard, by=city.actor("centre2"))
    made = play(
        "institution.register", by=city.actor("centre"), under=city.regions["450305"], name="桂林试制厂",
        kind="EMPLOYER", uscc="91450300MA5TETT10L", address="七星区1号", contact="办公室", telephone="0773-1",
    )  # fmt: skip
    city.person("manager", "manager", place=made.scope)
    return made


def test_the_person_who_drafted_may_not_enact(standard: Any, city: Any) -> None:
    with pytest.raises(Refused) as no:
        perform(step_of("standard.enact"), standard.pk, actor=city.actor("centre"))
    assert "另一人" in str(no.value.refusals[0].reason)
    assert no.value.refusals[0].clause == "K3"
    assert perform(step_of("standard.enact"), standard.pk, actor=city.actor("centre2"), given={}).state == "enacted"


def test_out_of_reach_comes_before_role_and_role_before_state(standard: Any, city: Any, actor: Any) -> None:
    step = step_of("standard.enact")
    with pytest.raises(OutOfReach):
        perform(step, standard.pk, actor=actor("centre", "45/03/81/"))
    with pytest.raises(WrongRole):
        perform(step, standard.pk, actor=city.actor("city"))
    with pytest.raises(OutOfReach):
        perform(step, standard.pk + 1, actor=city.actor("centre"))


def test_what_was_changed_meanwhile_is_not_overwritten(standard: Any, city: Any) -> None:
    text = {"text": shipped_text("electrician-6-31-01-03")}
    seen = standard.version
    perform(step_of("standard.revise"), standard.pk, actor=city.actor("centre2"), given=text, version=seen)
    with pytest.raises(Refused) as no:
        perform(step_of("standard.revise"), standard.pk, actor=city.actor("centre2"), given=text, version=seen)
    assert "已被他人更新" in str(no.value.refusals[0].reason)


def test_bad_input_is_refused_with_the_field_and_nothing_is_written(city: Any) -> None:
    before = Entry.objects.count()
    with pytest.raises(Refused) as no:
        create(
            step_of("standard.draft"), under=city.regions["450300"], actor=city.actor("centre"),
            given={"text": "[standard]\nkind='national'"},
        )  # fmt: skip
    assert no.value.refusals[0].field == "text"
    assert Entry.objects.count() == before
    assert not model_of("standard").everywhere.exists()


def test_an_effect_that_fails_leaves_neither_row_nor_leaf(standard: Any, city: Any, monkeypatch: Any) -> None:
    from jiangheng.kernel import trail

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(trail, "record", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        perform(step_of("standard.enact"), standard.pk, actor=city.actor("centre2"), given={})
    standard.refresh_from_db()
    assert standard.state == "draft"


def test_bulk_does_what_may_be_done_and_says_why_for_the_rest(enterprise: Any, city: Any, play: Any) -> None:
    sites = [
        play("site.open", by=city.actor("manager"), under=enterprise, name=f"考点{n}", address="七星区") for n in (1, 2)
    ]
    play("site.close", sites[1], by=city.actor("manager"), reason="设备搬迁停用")
    outcomes = perform_each(
        step_of("site.close"), [sites[0].pk, sites[1].pk, 99999], actor=city.actor("manager"),
        given={"reason": "考点整体搬迁"},
    )  # fmt: skip
    assert [outcome.done for outcome in outcomes] == [True, False, False]
    assert "不能办理" in str(outcomes[1].refusals[0].reason)


def test_steps_of_one_act_share_a_correlation_and_two_acts_do_not(enterprise: Any, city: Any, play: Any) -> None:
    site = play("site.open", by=city.actor("manager"), under=enterprise, name="考点", address="七星区")
    room = play("room.add", by=city.actor("manager"), under=site, name="机房", kind="theory", rows=2, columns=2)
    one = Entry.objects.get(flow="site", thing=site.pk).correlation
    assert one != Entry.objects.get(flow="room", thing=room.pk).correlation


def test_a_password_never_enters_the_trail(city: Any) -> None:
    for entry in Entry.objects.filter(step="account.open"):
        assert city.password not in str(entry.evidence) + bytes(entry.body).decode()


def test_a_step_tells_the_roles_in_whose_territory_the_thing_lies(enterprise: Any, city: Any, play: Any) -> None:
    filing = _submitted(enterprise, city, play)
    assert [message.entry.thing for message in messages.inbox(city.actor("county"))] == [filing.pk]
    city.person("lipu", "county", place="45/03/81/")
    assert not messages.inbox(city.actor("lipu")).exists()


def _submitted(enterprise: Any, city: Any, play: Any) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    by = city.actor("manager")
    site = play("site.open", by=by, under=enterprise, name="考点", address="七星区")
    play("room.add", by=by, under=site, name="机房", kind="theory", rows=2, columns=2)
    play("room.add", by=by, under=site, name="车间", kind="practical", rows=2, columns=2)
    standard = str(model_of("standard").everywhere.get().pk)
    filing = play(
        "filing.draft", by=by, under=enterprise, site=site.pk, standard=standard, levels=["5"], statement="有人有场地",
        files={"document": SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")},
    )  # fmt: skip
    return play("filing.submit", filing, by=by)


def test_a_deadline_opens_with_the_step_that_starts_it_and_closes_with_the_one_it_waits_for(
    september: None, enterprise: Any, city: Any, play: Any
) -> None:
    filing = _submitted(enterprise, city, play)
    waiting = Deadline.objects.get(flow="filing", thing=filing.pk, closed_at=None)
    # five working days after Monday 21 September pass over the mid-autumn holiday of the 25th to 27th
    assert timezone.localtime(waiting.due_at).date() == dt.date(2026, 9, 29)
    play("filing.accept", filing, by=city.actor("centre"))
    waiting.refresh_from_db()
    assert waiting.met is True


def test_a_deadline_is_moot_when_the_thing_goes_another_way(enterprise: Any, city: Any, play: Any) -> None:
    filing = _submitted(enterprise, city, play)
    play("filing.return", filing, by=city.actor("centre"), reason="说明太短，请补充人员名单")
    closed = Deadline.objects.get(flow="filing", thing=filing.pk)
    assert closed.closed_at is not None and closed.met is None


@pytest.mark.django_db(transaction=True)
def test_a_follower_runs_once_after_the_step_and_again_only_if_it_failed(city: Any, play: Any) -> None:
    ran: list[int] = []

    def follower(thing: int, entry: int) -> None:
        ran.append(thing)
        if len(ran) == 1:
            raise RuntimeError("the first time it fails")

    FOLLOWERS.setdefault("account.lock", []).append(("test.follower", follower))
    try:
        account = play("account.lock", city.accounts["city"], by=city.actor("admin"), reason="调离本岗位")
        assert account.state == "locked"
        assert Follow.objects.get(follower="test.follower").done_at is None
        assert followers.run() == 1
        assert followers.run() == 0
        assert ran == [account.pk, account.pk]
    finally:
        FOLLOWERS["account.lock"].pop()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_do_the_same_step_at_once_exactly_one_succeeds(standard: Any, city: Any) -> None:
    actor, step = city.actor("centre2"), step_of("standard.enact")
    ended: list[str] = []
    ready = threading.Barrier(4)

    def race() -> None:
        ready.wait()
        try:
            perform(step, standard.pk, actor=actor, given={})
            ended.append("done")
        except Refused:
            ended.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["done", "refused", "refused", "refused"]
    assert Entry.objects.filter(step="standard.enact", thing=standard.pk).count() == 1
