"""The editor of standards through a browser's eyes: opened, checked, saved by the step, refused with the place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from portal_stage import Stage

from jiangheng.core.law.standard_text import parse_standard, shipped_text
from kept import kept

TEA = "tea-4-03-02-07"
STEPS = "motor-assembly-eight-step"
SCRIPTS = tuple(Path(__file__).parents[2].joinpath("client", "src", "editor").glob("*.ts"))


class Desk(Stage):
    """The small city with a draft of a standard and one of an enterprise's specification."""

    def __init__(self, play: Any) -> None:
        super().__init__(play)
        self.region = self.city.regions["450300"]
        self.centre = self.city.actor("centre")
        self.standard = play("standard.draft", under=self.region, by=self.centre, text=shipped_text(TEA))

    def specification(self) -> Any:
        given = {"by": self.manager, "text": shipped_text(STEPS)}
        return self.play("specification.draft", under=self.institution, **given)

    def client(self, username: str) -> Client:
        client = Client(headers={"host": "localhost"})
        client.force_login(self.city.accounts[username])
        return client


@pytest.fixture
@kept
def desk(play: Any) -> Desk:
    return Desk(play)


def sent(answer: Any) -> dict[str, Any]:
    """What the page gives its script."""
    found = re.search(r'<script id="editor-data" type="application/json">(.*?)</script>', answer.content.decode(), re.S)
    assert found is not None
    return dict(json.loads(found[1]))


def ask(client: Client, address: str, **asked: Any) -> Any:
    given = {"content_type": "application/json", "headers": {"accept": "application/json"}}
    return client.post(address, json.dumps(asked), **given)


def test_what_was_opened_and_saved_unchanged_is_the_same_text_byte_for_byte(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    data = sent(client.get(address))
    answer = ask(client, address, act="save", version=data["version"], standard=data["standard"])
    assert answer.status_code == 200
    assert answer.json()["text"] == shipped_text(TEA)
    desk.standard.refresh_from_db()
    assert desk.standard.text == shipped_text(TEA) and desk.standard.version == data["version"] + 1


def test_a_changed_weight_is_in_the_saved_text(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    data = sent(client.get(address))
    rows = data["standard"]["weights"][0]["rows"]
    first, second = int(rows[0]["weight"]), int(rows[1]["weight"])
    rows[0]["weight"], rows[1]["weight"] = f"{first}.5", f"{second - 1}.5"
    assert ask(client, address, act="save", version=data["version"], standard=data["standard"]).status_code == 200
    desk.standard.refresh_from_db()
    assert [str(row.weight) for row in parse_standard(desk.standard.text).weights[0].rows[:2]] == [
        f"{first}.5", f"{second - 1}.5"
    ]  # fmt: skip


def test_a_fault_is_answered_with_its_place_and_nothing_is_saved(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    data = sent(client.get(address))
    data["standard"]["weights"][1]["rows"][0]["weight"] = "7"
    data["standard"]["function"][2]["content"][0]["skills"] = []
    data["standard"]["standard"]["title"] = ""
    answer = ask(client, address, act="save", version=data["version"], standard=data["standard"])
    assert answer.status_code == 422
    faults = {tuple(fault["path"]): fault for fault in answer.json()["faults"]}
    level = data["standard"]["weights"][1]["level"]
    assert faults["weights", 1]["level"] == level and "102" in faults["weights", 1]["what"]
    assert faults["weights", 1]["mend"] == "请调整各行 “权重”"
    skills = faults["function", 2, "content", 0, "skills"]
    assert (skills["section"], skills["field"]) == ("function", "skills") and skills["mend"]
    assert faults["standard", "title"]["what"] == "请填写"
    desk.standard.refresh_from_db()
    assert desk.standard.version == data["version"]


def test_faults_are_told_in_the_words_of_the_form(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    raw = sent(client.get(address))["standard"]
    raw["condition"] = [row for row in raw["condition"] if row["level"] != "4"]
    raw["condition"][0] |= {"years_after_level": 2}
    answer = ask(client, address, act="check", standard=raw)
    said = " ".join(f"{fault['what']}{fault['mend']}" for fault in answer.json()["faults"])
    assert answer.status_code == 200
    assert "[[" not in said and "requires_level" not in said and "先持有的证书级别" in said


def test_checking_gives_the_text_and_reading_gives_it_back(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    data = sent(client.get(address))
    text = ask(client, address, act="check", standard=data["standard"]).json()["text"]
    assert text == shipped_text(TEA)
    assert ask(client, address, act="read", text=text).json()["standard"] == data["standard"]


def test_a_text_is_saved_as_it_is_and_its_faults_have_lines(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    version = sent(client.get(address))["version"]
    wrong = shipped_text(TEA).replace("weight = 5 ", "weight = 6 ", 1)
    answer = ask(client, address, act="save", version=version, text=wrong)
    assert answer.status_code == 422 and answer.json()["faults"][0]["line"] > 0
    told = "# 会议定稿\n" + shipped_text(TEA)
    assert ask(client, address, act="save", version=version, text=told).status_code == 200
    desk.standard.refresh_from_db()
    assert desk.standard.text == told


def test_what_another_person_has_changed_meanwhile_is_refused(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    data = sent(client.get(address))
    other = shipped_text(TEA).replace("2023型", "2024型", 1)
    desk.play("standard.revise", desk.standard, by=desk.centre, text=other)
    answer = ask(client, address, act="save", version=data["version"], standard=data["standard"])
    assert answer.status_code == 422 and "已被他人更新" in answer.json()["faults"][0]["what"]
    without = ask(client, address, act="save", standard=data["standard"])
    assert without.status_code == 422
    desk.standard.refresh_from_db()
    assert desk.standard.text == other


def test_an_occupation_outside_the_catalogue_is_refused_by_the_step(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    data = sent(client.get(address))
    data["standard"]["standard"]["occupation"] = "茶师"
    answer = ask(client, address, act="save", version=data["version"], standard=data["standard"])
    assert answer.status_code == 422 and "茶艺师" in answer.json()["faults"][0]["what"]


def test_a_specification_of_another_institution_cannot_be_found(desk: Desk) -> None:
    specification = desk.specification()
    desk.city.person("stranger", "manager", place="45/03/05/9999/")
    address = f"/d/specification/{specification.pk}/edit"
    client = desk.client("stranger")
    assert client.get(address).status_code == 404
    assert ask(client, address, act="save", version=1, text=shipped_text(STEPS)).status_code == 404
    assert sent(desk.client("manager").get(address))["standard"]["crosswalk"]


def test_only_who_may_revise_comes_into_the_editor(desk: Desk) -> None:
    specification = desk.specification()
    assert desk.client("centre").get(f"/d/specification/{specification.pk}/edit").status_code == 403
    assert desk.client("city").get(f"/d/standard/{desk.standard.pk}/edit").status_code == 403
    answer = ask(desk.client("city"), f"/d/standard/{desk.standard.pk}/edit", act="save", version=1, text="")
    assert answer.status_code == 403
    assert desk.client("manager").get("/d/standard/new/edit").status_code == 403
    assert desk.client("centre").get("/d/specification/new/edit").status_code == 403


def test_a_standard_in_force_is_no_longer_edited(desk: Desk) -> None:
    desk.play("standard.enact", desk.standard, by=desk.city.actor("centre2"), opinion="")
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    answer = client.get(address)
    assert answer.status_code == 422 and "editor-data" not in answer.content.decode()
    desk.standard.refresh_from_db()
    posted = ask(client, address, act="save", version=desk.standard.version, text=shipped_text(TEA))
    assert posted.status_code == 422 and "当前状态" in posted.json()["faults"][0]["what"]
    page = client.get(f"/d/standard/{desk.standard.pk}").content.decode()
    assert address not in page and f"from=standard:{desk.standard.pk}" in page


def test_the_page_of_a_draft_leads_into_the_editor(desk: Desk) -> None:
    way = f"/d/standard/{desk.standard.pk}/edit"
    assert way in desk.client("centre").get(f"/d/standard/{desk.standard.pk}").content.decode()
    assert way not in desk.client("city").get(f"/d/standard/{desk.standard.pk}").content.decode()
    assert way in desk.client("centre").get(f"/d/standard/{desk.standard.pk}/revise").content.decode()


def test_a_new_standard_begins_blank_or_from_one_there_is(desk: Desk) -> None:
    client = desk.client("centre")
    start = client.get("/d/standard/new/edit").content.decode()
    assert "shipped:ricenoodle-specialty" in start and STEPS not in start
    blank = sent(client.get("/d/standard/new/edit?from=blank:specialty"))
    assert blank["standard"] == {"standard": {"kind": "specialty", "levels": ["Z"]}} and blank["version"] is None
    data = sent(client.get("/d/standard/new/edit?from=shipped:eldercare-4-10-01-05"))
    answer = ask(client, data["address"], act="save", version=None, standard=data["standard"])
    assert answer.status_code == 200
    made = client.get(f"{answer.json()['url']}/edit")
    assert made.status_code == 200 and sent(made)["standard"]["standard"]["occupation"] == "养老护理员"
    for wrong in ("blank:evaluation", f"shipped:{STEPS}", "standard:999999", "x"):
        assert client.get("/d/standard/new/edit", {"from": wrong}).status_code == 404


def test_a_specification_begins_from_the_national_standard_it_refines(desk: Desk) -> None:
    client = desk.client("manager")
    start = client.get("/d/specification/new/edit").content.decode()
    (key,) = re.findall(r'value="(standard:\d+)"', start)
    data = sent(client.get("/d/specification/new/edit", {"from": key}))
    own = data["standard"]["standard"]
    assert own["kind"] == "evaluation" and own["based_on"] == "6-31-01-03@2023型"
    answer = ask(client, data["address"], act="save", standard=data["standard"])
    assert answer.status_code == 200, answer.json()


def test_a_file_is_read_in_and_one_with_faults_is_shown_with_its_lines(desk: Desk) -> None:
    client = desk.client("centre")

    def given(text: bytes) -> Any:
        return client.post("/d/standard/new/edit", {"file": SimpleUploadedFile("a.toml", text)})

    assert sent(given(shipped_text(TEA).encode()))["standard"]["standard"]["occupation"] == "茶艺师"
    wrong = given(shipped_text(TEA).replace("weight = 5 ", "weight = 6 ", 1).encode())
    data = sent(wrong)
    assert data["standard"] is None and data["faults"][0]["line"] > 0 and "weight = 6" in wrong.content.decode()
    assert given(b"\xff\xfe\x00").status_code == 422
    assert client.post("/d/standard/new/edit").status_code == 422


@pytest.mark.parametrize("body", ["", "[]", "{", '{"act": "drop"}', "[" * 100_000, "9" * 5_000])
def test_what_is_no_question_is_refused(desk: Desk, body: str) -> None:
    address = f"/d/standard/{desk.standard.pk}/edit"
    answer = desk.client("centre").post(address, body, content_type="application/json")
    assert answer.status_code == 400


DEEP: Any = [[[[[[[[[[1]]]]]]]]]]


@pytest.mark.parametrize("standard", [None, [], 5, "x", {"function": DEEP}, {"standard": {"title": "\ud800"}}])
def test_data_that_are_no_standard_are_refused_with_words(desk: Desk, standard: Any) -> None:
    address = f"/d/standard/{desk.standard.pk}/edit"
    answer = ask(desk.client("centre"), address, act="save", version=1, standard=standard)
    assert answer.status_code == 422 and answer.json()["faults"]


def test_a_character_no_file_can_hold_is_refused(desk: Desk) -> None:
    client, address = desk.client("centre"), f"/d/standard/{desk.standard.pk}/edit"
    data = sent(client.get(address))
    data["standard"]["standard"]["title"] = "茶艺师\ud800"
    answer = ask(client, address, act="save", version=data["version"], standard=data["standard"])
    assert answer.status_code == 422


def test_the_words_of_the_page_come_from_the_server_and_no_script_stands_in_it(desk: Desk) -> None:
    page = desk.client("centre").get(f"/d/standard/{desk.standard.pk}/edit").content.decode()
    words = json.loads(re.search(r'id="editor-words" type="application/json">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert words["sections"]["weights"] == "权重表"
    source = set(re.findall(r'say\.(\w+)|say\["(\w+)"\]', "".join(path.read_text("utf-8") for path in SCRIPTS)))
    missing = {one or other for one, other in source} - set(words["say"])
    assert not missing
    inline = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag and "application/json" not in tag]
    assert not inline and " style=" not in page and " onclick=" not in page
