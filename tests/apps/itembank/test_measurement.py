"""What is measured of items: sheets without names, too few said, wrong keys found, cleared by a reviewer alone (P2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.law.parameters import configure
from jiangheng.kernel import clock
from jiangheng.kernel.models import Entry

ITEMS = 40
WRONG = "S007"


@pytest.fixture
def bank(house: Any) -> Any:
    bank = house.unified()
    house.stocked(bank, count=ITEMS)
    house.planned(bank)
    return bank


def invented(persons: int, codes: list[str], *, seed: int = 11, wrong: str = WRONG) -> list[dict[str, dict[str, Any]]]:
    """What invented persons of known ability answered; the key of one item is wrong: who knows, chooses D there."""
    draws = np.random.default_rng(seed)
    ability = draws.normal(size=persons)
    hard = np.linspace(-1.5, 1.5, len(codes))
    draws.shuffle(hard)
    hard[codes.index(WRONG)] = -0.5
    right = draws.random((persons, len(codes))) < 1 / (1 + np.exp(hard - ability[:, None]))
    found = []
    for row in right:
        answers = {}
        for code, knows in zip(codes, row, strict=True):
            # the key says B everywhere
            letter = ("D" if code == wrong else "B") if knows else str(draws.choice(list("ABC")))
            answers[code] = {"v": 1, "given": [letter], "mark": 1.0 if letter == "B" else 0.0, "letters": True}
        found.append(answers)
    return found


def answered(house: Any, bank: Any, persons: int) -> None:
    """Their sheets, put in at once."""
    from jiangheng.apps.itembank.models import AnswerSheet

    paper = house.drawn(bank).papers.get()
    rows = []
    for number, answers in enumerate(invented(persons, sorted(bank.items.values_list("code", flat=True)))):
        row = AnswerSheet(
            paper=paper, bank=bank, session=1, sitting=10_000 + number, person=f"{number:064x}", at=clock.now(),
            mark=sum(each["mark"] for each in answers.values()), groups={"sex": "男" if number % 2 else "女"},
        )  # fmt: skip
        row.answers = answers
        rows.append(row)
    AnswerSheet.objects.bulk_create(rows)


def run(house: Any, bank: Any) -> Any:
    return house.play("measurement.run", under=bank, by=house.centre)


def test_an_analysis_without_answers_is_refused_with_a_sentence(house: Any, bank: Any) -> None:
    with pytest.raises(Refused) as no:
        run(house, bank)
    assert "答卷" in str(no.value.refusals[0].reason)


def test_an_analysis_with_few_persons_says_so_and_calibrates_nothing(house: Any, bank: Any) -> None:
    answered(house, bank, 30)
    done = run(house, bank)
    assert (done.model, done.persons, done.items, done.flagged) == ("ctt", 30, ITEMS, 0)
    assert any("少于 200 人" in note for note in done.summary["notes"])
    item = bank.items.get(code="S001")
    assert item.p is not None and item.answered == 30 and item.parameters == {}
    assert "少于 200 人" in house.browser("centre").get(f"/d/measurement/{done.pk}").content.decode()


@pytest.mark.parametrize("persons", (1, 2))
def test_one_or_two_persons_do_not_break_an_analysis(house: Any, bank: Any, persons: int) -> None:
    answered(house, bank, persons)
    assert run(house, bank).persons == persons


def test_with_enough_persons_every_item_has_its_figures_and_a_wrong_key_is_found(house: Any, bank: Any) -> None:
    answered(house, bank, 250)
    done = run(house, bank)
    assert done.model == "rasch" and done.persons == 250
    for item in bank.items.all():
        assert 0 <= item.p <= 1 and item.answered == 250
        if item.code != WRONG:
            assert item.rest_r > 0
    assert sum("b" in item.parameters for item in bank.items.all()) >= ITEMS - 1
    wrong = bank.items.get(code=WRONG)
    assert wrong.flagged and wrong.flags and wrong.rest_r < 0
    assert any("答案" in reason for reason in wrong.flags)
    assert done.flagged == bank.items.filter(flagged=True).count() >= 1
    told = house.browser("reviewer").get("/inbox").content.decode()
    assert "列入复核" in told


def test_a_flagged_item_rests_until_the_reviewer_clears_it_and_nobody_else_does(
    house: Any, bank: Any, play: Any, city: Any
) -> None:
    answered(house, bank, 250)
    run(house, bank)
    wrong = bank.items.get(code=WRONG)
    for who in ("centre", "writer"):
        with pytest.raises(WrongRole):
            play("item.keep", wrong, by=city.actor(who), opinion="核对过答案，没有问题")
    play("item.rest", wrong, by=house.centre, reason="先停下来核对答案")
    with pytest.raises(Refused):
        play("item.wake", wrong, by=house.centre)
    kept = play("item.keep", wrong, by=house.reviewer, opinion="核对过答案，没有问题")
    assert not kept.flagged and kept.flags == []
    assert play("item.wake", wrong, by=house.centre).state == "live"


def test_an_item_without_findings_needs_no_keeping(house: Any, bank: Any, play: Any) -> None:
    with pytest.raises(Refused):
        play("item.keep", bank.items.first(), by=house.reviewer, opinion="没有什么可看的")


def test_measurement_leaves_no_answer_open_in_the_database(house: Any, bank: Any) -> None:
    """Which letter is right must not be read from figures, findings or the trail."""
    answered(house, bank, 250)
    run(house, bank)
    reasons = bank.items.get(code=WRONG).flags
    assert any("“B”" in reason for reason in reasons)
    with connection.cursor() as cursor:
        for table in ("itembank_item", "itembank_figures", "itembank_measurement", "itembank_answersheet"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            text = repr(cursor.fetchall()).encode("ascii", "backslashreplace").decode("unicode_escape", "replace")
            assert "“B”" not in text and '"right"' not in text and '"given"' not in text, table
    said = "".join(json.dumps(row.evidence, ensure_ascii=False) for row in Entry.objects.filter(flow="item"))
    assert "“B”" not in said


def test_an_analysis_shows_how_items_were_answered_to_the_keepers_only(house: Any, bank: Any) -> None:
    answered(house, bank, 250)
    done = run(house, bank)
    assert WRONG in house.browser("reviewer").get(f"/d/measurement/{done.pk}").content.decode()
    for who in ("writer", "keeper", "county"):
        assert house.browser(who).get(f"/d/measurement/{done.pk}").status_code == 404


def test_answers_to_an_earlier_version_do_not_count_for_the_present_one(house: Any, bank: Any, play: Any) -> None:
    from bank_house import single

    answered(house, bank, 30)
    item = bank.items.get(code="S001")
    play("item.amend", item, by=house.centre, reason="标准修订，参数有变化")
    data = single("S001", point=item.point, stem="修订以后的第一号题问的是什么")
    play("item.revise", item, by=house.writer, data=json.dumps(data))
    done = run(house, bank)
    assert done.items == ITEMS - 1
    assert bank.items.get(code="S001").answered == 0


def test_figures_of_every_analysis_stay(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank import queries

    answered(house, bank, 30)
    first, second = run(house, bank), run(house, bank)
    history = queries.history_of(bank.items.get(code="S001"))
    assert [row.measurement_id for row in history] == [second.pk, first.pk]
    assert history[0].values["n"] == 30


def test_an_own_bank_is_measured_by_its_keeper_alone(house: Any, play: Any) -> None:
    own = house.own()
    house.stocked(own)
    house.planned(own)
    answered(house, own, 20)
    with pytest.raises(OutOfReach):
        play("measurement.run", under=own, by=house.centre)
    assert play("measurement.run", under=own, by=house.keeper).persons == 20


@pytest.fixture
def few() -> Iterator[None]:
    """Twenty persons are enough for an analysis that comes by itself."""
    configure({"bank.measure_persons": 20})
    yield
    configure({})


def measured_bank(house: Any, *, papers: int = 2) -> tuple[Any, list[Any]]:
    """A bank with opened papers."""
    bank = house.unified()
    house.stocked(bank, count=ITEMS)
    house.planned(bank)
    house.pledged(house.committed(bank, mode="each", count=papers))
    sealed = list(bank.papers.order_by("pk"))
    return bank, [house.play("paper.open", house.play("paper.release", each, by=SYSTEM), by=SYSTEM) for each in sealed]


def collected(house: Any, papers: list[Any], persons: int, *, session: int = 1) -> None:
    """The answers of a session come back paper by paper, in one transaction, as the examination hands them on."""
    told = [
        {
            "sitting": 10_000 * session + number, "person": f"{10_000 * session + number:064x}",
            "at": clock.now().isoformat(), "mark": str(sum(each["mark"] for each in answers.values())),
            "groups": {"sex": "男" if number % 2 else "女"}, "answers": answers,
        }
        for number, answers in enumerate(invented(persons, sorted(papers[0].bank.items.values_list("code", flat=True))))
    ]  # fmt: skip
    with transaction.atomic():
        for place, paper in enumerate(papers):
            house.play("paper.collect", paper, by=SYSTEM, session=session, sheets=told[place :: len(papers)])


@pytest.mark.django_db(transaction=True)
def test_when_answers_have_come_back_items_are_measured_and_a_wrong_key_goes_to_review_by_itself(
    house: Any,
) -> None:
    bank, papers = measured_bank(house)
    collected(house, papers, 250)
    [done] = bank.measurements.all()
    assert (done.model, done.persons) == ("rasch", 250)
    assert {row.actor for row in Entry.objects.filter(step="measurement.run")} == {SYSTEM.id}
    wrong = bank.items.get(code=WRONG)
    assert wrong.flagged and any("答案" in reason for reason in wrong.flags)
    assert "列入复核" in house.browser("reviewer").get("/inbox").content.decode()


@pytest.mark.usefixtures("few")
@pytest.mark.django_db(transaction=True)
def test_a_session_is_measured_once_however_many_papers_it_had_and_the_next_one_again(house: Any) -> None:
    from jiangheng.apps.itembank.tasks import measure
    from jiangheng.kernel import followers

    bank, papers = measured_bank(house, papers=4)
    collected(house, papers, 40, session=1)
    assert [row.persons for row in bank.measurements.order_by("pk")] == [40]
    # a follower may come twice, and the same answers be handed on again
    measure(papers[0].pk, 0)
    collected(house, papers, 40, session=1)
    followers.run()
    assert bank.measurements.count() == 1
    collected(house, papers, 24, session=2)
    assert [row.persons for row in bank.measurements.order_by("pk")] == [40, 64]


@pytest.mark.usefixtures("few")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("persons", "runs"), [(19, 0), (20, 1)])
def test_an_analysis_comes_by_itself_only_when_enough_persons_have_answered(
    house: Any, persons: int, runs: int
) -> None:
    bank, papers = measured_bank(house)
    collected(house, papers, persons)
    assert bank.measurements.count() == runs


@pytest.mark.usefixtures("few")
def test_who_may_not_analyse_a_bank_may_not_do_so_since_the_system_does(
    house: Any, bank: Any, play: Any, city: Any
) -> None:
    answered(house, bank, 30)
    for who in ("writer", "reviewer", "city"):
        with pytest.raises((WrongRole, OutOfReach)):
            play("measurement.run", under=bank, by=city.actor(who))
    assert play("measurement.run", under=bank, by=SYSTEM).persons == 30
