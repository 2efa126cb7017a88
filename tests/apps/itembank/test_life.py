"""Small truths in the life of items: who is a writer, look-alikes as they are now, enemies, looks (K7, K8, P2)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from bank_house import sent, single, toml
from jiangheng.core.authority import SYSTEM, Actor, Grant, Role
from jiangheng.core.errors import Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel.perform import perform_many

REASON = "题干表述含糊，请改写后再送审"
STEM = "三相异步电动机正常运行时允许的最高温升由什么决定"
OPTIONS = single("T001")["options"]


def hands(*roles: str, id: str = "account:77") -> Actor:
    """One person with several roles at the centre: only the four eyes hold him back."""
    return Actor(id, "多面手", tuple(Grant(Role(role), "45/03/") for role in roles))


@pytest.fixture
def bank(house: Any) -> Any:
    return house.unified()


@pytest.fixture
def many() -> Actor:
    return hands("writer", "item_reviewer", "centre")


def refusal(no: Any) -> str:
    return "；".join(str(each.reason) for each in no.value.refusals)


# ---- who brought an item in is one of its writers ----


def test_who_uploaded_a_file_never_reviews_what_another_took_from_it(
    house: Any, bank: Any, play: Any, many: Actor
) -> None:
    intake = play("intake.upload", under=bank, by=many, files=sent(toml([single("T001")])))
    play("intake.take", intake, by=house.writer, mode="all")
    item = bank.items.get()
    with pytest.raises(Refused) as no:
        play("item.review", item, by=many)
    assert "导入试题文件" in refusal(no) and "另一人" in refusal(no)
    item = play("item.review", item, by=house.reviewer)
    with pytest.raises(Refused):
        play("item.second", item, by=many)
    item = play("item.second", item, by=house.reviewer2)
    with pytest.raises(Refused):
        play("item.stock", item, by=many)
    assert play("item.stock", item, by=house.centre).state == "stock"


def test_who_uploaded_a_file_does_not_review_its_items_many_at_once(
    house: Any, bank: Any, play: Any, many: Actor
) -> None:
    intake = play("intake.upload", under=bank, by=many, files=sent(toml([single("T001"), single("T002")])))
    play("intake.take", intake, by=house.writer, mode="all")
    other = house.write(bank, single("T003"))
    items = [item.pk for item in bank.items.order_by("pk")]
    with pytest.raises(Refused) as no:
        perform_many(step_of("item.review"), items, actor=many)
    assert len(no.value.refusals) == 2
    assert [item.state for item in perform_many(step_of("item.review"), [other.pk], actor=many)] == ["reviewed"]


def test_who_offered_items_never_reviews_them(house: Any, bank: Any, play: Any) -> None:
    grants = (Grant(Role("manager"), house.enterprise.scope), Grant(Role("item_reviewer"), "45/03/"))
    both = Actor("account:78", "又投稿又审题", grants)
    given = {"bank": str(bank.pk), "note": "一道", "files": sent(toml([single("T009")]))}
    offer = play("contribution.offer", under=house.enterprise, by=both, **given)
    offer = play("contribution.adopt", offer, by=house.centre)
    play("intake.take", offer.intake, by=house.writer, mode="all")
    item = bank.items.get()
    with pytest.raises(Refused) as no:
        play("item.review", item, by=both)
    assert "投稿" in refusal(no)
    assert play("item.review", item, by=house.reviewer).state == "reviewed"


def test_the_inbox_of_who_uploaded_a_file_does_not_offer_its_items_for_review(
    house: Any, bank: Any, play: Any, city: Any
) -> None:
    play("grant.appoint", under=city.accounts["writer"], by=SYSTEM, role="item_reviewer", place="45/03/")
    writer = city.actor("writer")
    intake = play("intake.upload", under=bank, by=writer, files=sent(toml([single("T001")])))
    second = city.person("writer2", "writer", name="命题乙")
    play("intake.take", intake, by=second, mode="all")
    house.write(bank, single("T002"), by=second)
    shown = house.browser("writer").get("/home").content.decode()
    assert "T002" in shown and "T001" not in shown


# ---- look-alikes are what they are now ----


def alike_of(item: Any) -> list[str]:
    from jiangheng.apps.itembank.queries import twins_of

    item.refresh_from_db()
    return [each["code"] for each in twins_of(item)]


def same(code: str, **more: Any) -> dict[str, Any]:
    return single(code, stem=STEM, options=OPTIONS, **more)


def test_a_look_alike_is_shown_on_both_pages(house: Any, bank: Any) -> None:
    first = house.write(bank, same("T001"))
    near = house.write(bank, single("T002", stem=STEM + "呢", options=OPTIONS))
    assert (alike_of(first), alike_of(near)) == (["T002"], ["T001"])
    assert f"/d/item/{near.pk}" in house.browser("reviewer").get(f"/d/item/{first.pk}").content.decode()


def test_a_retired_look_alike_is_shown_no_more_and_stops_nobody(house: Any, bank: Any, play: Any) -> None:
    first = house.live(bank, same("T001"))
    copy = house.write(bank, same("T002"))
    with pytest.raises(Refused) as no:
        play("item.review", copy, by=house.reviewer)
    assert "T001" in refusal(no)
    play("item.retire", first, by=house.centre, reason="与新题重复，停用旧题")
    assert alike_of(copy) == []
    shown = house.browser("reviewer").get(f"/d/item/{copy.pk}").content.decode()
    assert f"/d/item/{first.pk}" not in shown
    assert play("item.review", copy, by=house.reviewer).state == "reviewed"


def test_a_look_alike_that_was_rewritten_is_one_no_more(house: Any, bank: Any, play: Any) -> None:
    first, copy = house.write(bank, same("T001")), house.write(bank, same("T002"))
    play("item.revise", first, by=house.writer, data=json.dumps(single("T050") | {"code": "T001"}))
    assert alike_of(copy) == []
    assert play("item.review", copy, by=house.reviewer).state == "reviewed"


def test_an_item_rewritten_into_anothers_words_is_found_from_both_sides(house: Any, bank: Any, play: Any) -> None:
    first, other = house.write(bank, same("T001")), house.write(bank, single("T002"))
    assert alike_of(first) == []
    play("item.revise", other, by=house.writer, data=json.dumps(same("T002")))
    assert (alike_of(first), alike_of(other)) == (["T002"], ["T001"])


def test_of_two_drafts_that_say_the_same_the_earlier_goes_on(house: Any, bank: Any, play: Any) -> None:
    first, copy = house.write(bank, same("T001")), house.write(bank, same("T002"))
    with pytest.raises(Refused):
        play("item.review", copy, by=house.reviewer)
    assert play("item.review", first, by=house.reviewer).state == "reviewed"
    with pytest.raises(Refused):
        play("item.review", copy, by=house.reviewer)


def test_an_earlier_draft_rewritten_into_a_reviewed_items_words_is_refused(house: Any, bank: Any, play: Any) -> None:
    early, late = house.write(bank, single("T001")), house.write(bank, same("T002"))
    play("item.review", late, by=house.reviewer)
    play("item.revise", early, by=house.writer, data=json.dumps(same("T001")))
    with pytest.raises(Refused) as no:
        play("item.review", early, by=house.reviewer)
    assert "T002" in refusal(no)


def test_look_alikes_within_one_file_are_seen_from_both_sides(house: Any, bank: Any, play: Any) -> None:
    near = single("T002", stem=STEM + "呢", options=OPTIONS)
    intake = play("intake.upload", under=bank, by=house.writer, files=sent(toml([same("T001"), near])))
    play("intake.take", intake, by=house.writer, mode="all")
    assert [alike_of(item) for item in bank.items.order_by("code")] == [["T002"], ["T001"]]


# ---- enemies ----


def test_an_enemy_that_is_not_in_the_bank_is_refused_by_its_name(house: Any, bank: Any, play: Any) -> None:
    item = house.write(bank, single("T001"))
    with pytest.raises(Refused) as no:
        house.write(bank, single("T002", enemies=["T001", "T777"]))
    assert "T777" in refusal(no) and "T001" not in refusal(no)
    with pytest.raises(Refused) as no:
        play("item.revise", item, by=house.writer, data=json.dumps(single("T001", enemies=["T888"])))
    assert "T888" in refusal(no)


def with_enemies(rows: list[dict[str, Any]], enemies: dict[str, list[str]]) -> bytes:
    """A file of items, of which some name enemies."""
    text = toml(rows).decode()
    for code, names in enemies.items():
        text = text.replace(f'code = "{code}"\nkind', f'code = "{code}"\nenemies = {json.dumps(names)}\nkind')
    return text.encode()


def test_a_file_may_name_enemies_it_brings_or_the_bank_has_and_no_others(house: Any, bank: Any, play: Any) -> None:
    house.write(bank, single("T001"))
    rows = [single(f"T00{number}") for number in (2, 3, 4, 5)]
    enemies = {"T002": ["T001", "T003"], "T004": ["T777"], "T005": ["T004"]}
    intake = play("intake.upload", under=bank, by=house.writer, files=sent(with_enemies(rows, enemies)))
    problems = {row["code"]: row["problems"] for row in intake.findings}
    assert not problems["T002"] and not problems["T003"]
    assert "T777" in problems["T004"][0]
    # what names an item that stays out stays out itself
    assert "T004" in problems["T005"][0]
    assert intake.good == 2
    play("intake.take", intake, by=house.writer, mode="good")
    assert sorted(bank.items.values_list("code", flat=True)) == ["T001", "T002", "T003"]


def test_enemies_are_shown_on_both_sides(house: Any, bank: Any, play: Any) -> None:
    first = house.write(bank, single("T001"))
    second = house.write(bank, single("T002", enemies=["T001"]))
    for item, enemy in ((first, "T002"), (second, "T001")):
        told = house.browser("writer").get(f"/api/item/{item.pk}").json()["values"]["enemies"]
        assert told == [enemy]


@pytest.mark.parametrize(("one", "other"), [("S001", "S011"), ("S011", "S001")])
def test_enemies_never_share_a_paper_whichever_side_names_the_other(
    house: Any, bank: Any, one: str, other: str
) -> None:
    house.stocked(bank, 11)
    item = bank.items.get(code=one)
    item.hold(replace(item.content, enemies=(other,)))
    item.save()
    house.planned(bank)
    [paper] = house.drawn(bank).papers.all()
    assert len({one, other} & set(paper.codes)) == 1 and len(paper.codes) == 10


def test_two_items_with_one_enemy_outside_the_stock_are_no_enemies_of_each_other(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank.queries import stock_rows

    house.stocked(bank, 5)
    outside = house.write(bank, single("T001"))
    for code in ("S001", "S002"):
        item = bank.items.get(code=code)
        item.hold(replace(item.content, enemies=(outside.code, "S003")))
        item.save()
    told = {row.code: row.enemies for row in stock_rows(bank)}
    assert told == {"S001": ("S003",), "S002": ("S003",), "S003": ("S001", "S002"), "S004": (), "S005": ()}


# ---- where things are found ----


def hrefs(client: Any, page: str) -> set[str]:
    return set(re.findall(r'href="([^"]+)"', client.get(page).content.decode()))


def test_a_manager_finds_what_he_offered_under_all_matters_and_not_in_his_daily_menu(house: Any, bank: Any) -> None:
    manager = house.browser("manager")
    assert "/d/contribution/" not in hrefs(manager, "/home") and "/d/" in hrefs(manager, "/home")
    assert "/d/contribution/" in hrefs(manager, "/d/") and "/credits" not in hrefs(manager, "/d/")


@pytest.mark.parametrize("who", ["city", "centre"])
def test_who_compares_institutions_finds_the_comparison_under_all_matters(house: Any, who: str) -> None:
    client = house.browser(who)
    assert {"/credits", "/d/contribution/"} <= hrefs(client, "/d/")
    assert client.get("/credits").status_code == 200


def test_a_writer_has_no_way_to_offers_or_credits(house: Any) -> None:
    client = house.browser("writer")
    assert not {"/credits", "/d/contribution/"} & (hrefs(client, "/d/") | hrefs(client, "/home"))
    assert client.get("/credits").status_code == 404


def test_an_offers_page_says_what_its_institutions_items_are_worth(house: Any, bank: Any, play: Any) -> None:
    given = {"bank": str(bank.pk), "note": "一道", "files": sent(toml([single("T009")]))}
    offer = play("contribution.offer", under=house.enterprise, by=house.manager, **given)
    page = house.browser("manager").get(f"/d/contribution/{offer.pk}").content.decode()
    assert "题库贡献" in page and house.enterprise.name in page


# ---- a panel has its own time ----


def test_the_days_of_a_panels_opinion_are_its_own_parameter(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.core.law import parameters
    from jiangheng.kernel.models import Deadline

    house.stocked(bank)
    house.planned(bank)
    paper = house.drawn(bank).papers.first()
    due = {}
    try:
        for vote, opinion in ((5, 5), (9, 5), (5, 9)):
            parameters.configure({"committee.vote": vote, "bank.cut_opinion": opinion})
            for n in (1, 2):
                house.city.person(f"judge{vote}{opinion}{n}", "expert", name=f"专家{n}")
            pks = [house.city.accounts[f"judge{vote}{opinion}{n}"].pk for n in (1, 2)]
            study = play("study.convene", under=paper, by=house.centre, method="angoff", judges=pks)
            first = study.opinions.order_by("pk").first()
            due[vote, opinion] = Deadline.objects.get(flow="opinion", thing=first.pk).due_at
    finally:
        parameters.configure({})
    assert due[5, 5].date() == due[9, 5].date() < due[5, 9].date()


# ---- nothing is read unseen, nothing leaves its enterprise ----


def looks(item: Any, username: str) -> int:
    return int(item.looks.filter(name__contains=username).count())


def test_the_bare_form_of_a_revision_is_a_look_too(house: Any, bank: Any, city: Any) -> None:
    item = house.write(bank, single("T001"))
    city.person("writer2", "writer", name="命题乙")
    shown = house.browser("writer2").get(f"/d/item/{item.pk}/revise").content.decode()
    assert "额定值" in shown and looks(item, "命题乙") == 1


def test_why_an_item_waits_for_review_is_read_on_its_page_alone(house: Any, bank: Any, play: Any) -> None:
    item = house.live(bank, single("T001"))
    play("item.flag", item, by=SYSTEM, reasons=json.dumps(["高分考生多选 C，答案可能有误"]))
    client = house.browser("reviewer")
    for answer in (client.get(f"/api/item/{item.pk}"), client.get("/api/item/"), client.get("/d/item/")):
        assert answer.status_code == 200 and "多选 C" not in answer.content.decode()
    assert not looks(item, "审题甲")
    assert "多选 C" in client.get(f"/d/item/{item.pk}").content.decode() and looks(item, "审题甲")


def test_the_marked_file_of_what_was_taken_is_a_look_at_each_and_nothing_for_a_reviewer(
    house: Any, bank: Any, play: Any
) -> None:
    intake = play("intake.upload", under=bank, by=house.writer, files=sent(toml([single("T001"), single("T002")])))
    play("intake.take", intake, by=house.writer, mode="all")
    assert house.browser("writer").get(f"/d/intake/{intake.pk}/marked.xlsx").status_code == 200
    assert [item.looks.filter(what="file").count() for item in bank.items.all()] == [1, 1]
    assert house.browser("reviewer").get(f"/d/intake/{intake.pk}/marked.xlsx").status_code == 404


def test_a_centre_official_who_judges_for_an_enterprise_reaches_his_own_studies_there_alone(
    house: Any, play: Any
) -> None:
    from jiangheng.apps.itembank.models import Bank, Opinion, Paper, Study

    own = house.own()
    house.stocked(own)
    house.planned(own)
    paper = house.drawn(own).papers.get()
    for n in (1, 2, 3):
        house.person(f"panel{n}", "expert", house.enterprise)
    accounts = [house.city.accounts[f"panel{n}"] for n in (1, 2, 3)]
    play("grant.appoint", under=accounts[2], by=SYSTEM, role="centre", place="45/03/")
    both = house.city.actor("panel3")
    study = play("study.convene", under=paper, by=house.keeper, method="angoff", judges=[a.pk for a in accounts[:2]])
    assert not any(model.reach(both).exists() for model in (Bank, Paper, Study, Opinion))
    assert Study.reach(house.city.actor("panel1")).get() == study
