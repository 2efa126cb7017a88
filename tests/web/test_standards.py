"""Standards in public and on the desk: read, compared, printed, as text; a draft is the office's alone (K3, K4)."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from portal_stage import credit_code, it_is

import jiangheng
from conftest import PASSWORD, City, found_city
from jiangheng.apps.standards import queries
from jiangheng.apps.standards.formats.compared import compared, marks
from jiangheng.apps.standards.formats.paper import Imprint, standard_pdf
from jiangheng.core.authority import SYSTEM
from jiangheng.core.law.standard_compare import compare
from jiangheng.core.law.standard_text import parse_standard, shipped, shipped_standard, shipped_text
from jiangheng.kernel.typeset import CannotPrint, Typesetter
from kept import kept

Play = Callable[..., Any]
ELECTRICIAN = "electrician-6-31-01-03"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def said(data: bytes, folder: Path) -> str:
    """The words of a PDF, without spaces and line breaks."""
    path = folder / "made.pdf"
    path.write_bytes(data)
    made = subprocess.run(["pdftotext", "-q", str(path), "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", "", made.stdout)


@pytest.fixture
@kept
def office(db: None) -> City:
    it_is("2026-09-01")
    city = found_city()
    city.person("centre2", "centre", name="唐中心")
    return city


def draft(play: Play, office: City, text: str) -> Any:
    return play("standard.draft", under=office.regions["450300"], by=office.actor("centre"), text=text)


def enact(play: Play, office: City, text: str, **given: Any) -> Any:
    return play("standard.enact", draft(play, office, text), by=office.actor("centre2"), opinion="", **given)


def later(text: str) -> str:
    """The next version: one skill rewritten, one weight moved to another, one year less in a condition."""
    text = text.replace('edition = "2023型"', 'edition = "2026型"')
    text = text.replace("累计从事本职业或相关职业工作满5年。", "累计从事本职业或相关职业工作满4年。", 1)
    text = text.replace("total_years = 5", "total_years = 4", 1)
    column = re.search(r'part = "theory"\nlevel = "5"\nrows = \[\n(.*?)\n\]', text, re.DOTALL)
    assert column
    given = [int(weight) for weight in re.findall(r"weight = (\d+)", column[1])]
    given[2], given[3] = given[2] + 2, given[3] - 2
    moved = re.sub(r"weight = \d+", lambda _found: f"weight = {given.pop(0)}", column[1])
    return text.replace(column[1], moved, 1)


@pytest.fixture
@kept
def old(play: Play, office: City) -> Any:
    return enact(play, office, shipped_text(ELECTRICIAN))


def succeed(play: Play, office: City, old: Any) -> Any:
    """The former version ends with September, its successor applies from October on."""
    play("standard.supersede", old, by=office.actor("centre"), last_day="2026-09-30", reason="新版标准颁布")
    return enact(play, office, later(old.text), valid_from="2026-10-01")


@pytest.fixture
def desk(office: City) -> Callable[[str], Client]:
    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(office.accounts[username], backend=BACKEND)
        return client

    return sign_in


# ---- the public's list ----


def titles(client: Client, **asked: str) -> list[str]:
    page = client.get("/standards", asked).content.decode()
    return re.findall(r'class="title" href="/standards/\d+">([^<]+)<', page)


def test_the_list_shows_what_applies_now_and_on_demand_what_comes_and_what_has_ended(
    play: Play, office: City, old: Any, client: Client
) -> None:
    succeed(play, office, old)
    noodles = enact(play, office, shipped_text("ricenoodle-specialty"))
    assert titles(client) == [noodles.title, old.title]
    assert len(titles(client, when="coming")) == 1 and titles(client, when="former") == []
    it_is("2026-10-01")
    assert len(titles(client)) == 2 and len(titles(client, when="former")) == 1
    assert len(titles(client, when="")) == 3
    assert titles(client, kind="specialty") == titles(client, q="米粉") == [noodles.title]
    assert titles(client, occupation="6-31-01-03") == titles(client, q="6-31") == [old.title]


def test_an_empty_list_says_why_and_leads_on(office: City, client: Client) -> None:
    page = client.get("/standards").content.decode()
    assert "还没有现行的标准" in page and 'href="/occupations"' in page
    assert "没有符合条件的标准" in client.get("/standards?q=x").content.decode()


@pytest.mark.parametrize("page", ["", "/compare", "/standard.pdf", "/standard.toml"])
def test_a_draft_does_not_exist_for_the_public_nor_for_another_office(
    play: Play, office: City, client: Client, desk: Callable[[str], Client], page: str
) -> None:
    found = draft(play, office, shipped_text(ELECTRICIAN))
    assert client.get(f"/standards/{found.pk}{page}").status_code == 404
    assert desk("centre").get(f"/standards/{found.pk}{page}").status_code == 404
    assert desk("county").get(f"/d/standard/{found.pk}{page}").status_code == 404
    assert desk("centre").get(f"/d/standard/{found.pk}{page}").status_code == 200
    play("standard.enact", found, by=office.actor("centre2"), opinion="")
    assert client.get(f"/standards/{found.pk}{page}").status_code == 200


def test_the_desks_pages_ask_a_stranger_to_log_in(old: Any, client: Client) -> None:
    for page in ("compare", "standard.pdf", "standard.toml"):
        assert client.get(f"/d/standard/{old.pk}/{page}").status_code in (302, 401)


# ---- reading ----


@pytest.mark.django_db
@pytest.mark.parametrize("name", shipped())
def test_nothing_of_a_standard_is_missing_from_its_page(name: str) -> None:
    from django.template.loader import render_to_string
    from django.utils.html import escape

    text = shipped_text(name)
    data = parse_standard(text)
    page = render_to_string("standards/content.html", queries.read_out(text))
    told = [data.source, data.profile.definition, *data.basics.ethics, *(each.text for each in data.conditions)]
    for function in data.functions:
        told.append(function.name)
        for content in function.contents:
            told += [content.name, *(skill.removeprefix("★") for skill in content.skills), *content.knowledge]
    for task in data.tasks:
        told += [task.title, *(aspect.descriptor for aspect in task.aspects)]
    assert [each for each in told if escape(each) not in page] == []
    assert page.count("★</b>") == sum(
        skill.startswith("★") for each in data.functions for content in each.contents for skill in content.skills
    )


@pytest.mark.parametrize("name", shipped())
def test_every_column_of_the_weight_matrix_adds_up_to_100(name: str) -> None:
    tables = queries.read_out(shipped_text(name))["reading"]["weights"]
    assert tables
    for table in tables:
        assert set(table["sums"]) == {"100"}
        assert {len(row["cells"]) for row in table["rows"]} == {len(table["sums"])}
        assert sum(level["span"] for level in table["levels"]) == len(table["sums"])


def test_the_matrix_has_a_column_for_each_level_and_direction() -> None:
    table = queries.read_out(shipped_text("webmarketing-4-01-06-02"))["reading"]["weights"][0]
    data = shipped_standard("webmarketing-4-01-06-02")
    assert table["directions"] == [each.direction for each in data.weights if each.part == "theory"]
    assert [row["name"] for row in table["rows"]][:2] == ["职业道德", "基础知识"]


def test_the_reading_page_has_contents_files_and_the_way_to_institutions(old: Any, client: Client) -> None:
    page = client.get(f"/standards/{old.pk}").content.decode()
    for anchor in re.findall(r'<a href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page or anchor == "main", anchor
    assert f'href="/standards/{old.pk}/standard.pdf"' in page and "现行" in page
    assert f"/standards/{old.pk}/compare" not in page, "there is nothing to compare it with"


def test_the_page_speaks_english_around_the_chinese_text(old: Any, client: Client) -> None:
    client.cookies["django_language"] = "en"
    page = client.get(f"/standards/{old.pk}").content.decode()
    assert 'lang="en"' in page and shipped_standard(ELECTRICIAN).conditions[0].text in page


def test_the_text_is_handed_out_byte_for_byte(old: Any, client: Client, desk: Callable[[str], Client]) -> None:
    answer = client.get(f"/standards/{old.pk}/standard.toml")
    assert body(answer) == shipped_text(ELECTRICIAN).encode()
    assert "attachment" in answer["Content-Disposition"] and ".toml" in answer["Content-Disposition"]
    assert body(desk("centre").get(f"/d/standard/{old.pk}/standard.toml")) == body(answer)


# ---- comparing ----


def test_two_published_versions_are_compared_from_the_earlier_to_the_later(
    play: Play, office: City, old: Any, client: Client
) -> None:
    new = succeed(play, office, old)
    for pk, other in ((new.pk, old.pk), (old.pk, new.pk)):
        page = client.get(f"/standards/{pk}/compare", {"with": other}).content.decode()
        assert re.search(r"满<del>5</del>年", page) and re.search(r"满<ins>4</ins>年", page)
        weights = page[page.index("权重表</h2>") :]
        cells = re.findall(r'class="diff-changed"><del>(\d+)</del> → <ins>(\d+)</ins>', weights)
        assert sorted(int(after) - int(before) for before, after in cells) == [-2, 2]
        assert "任务与评分</h2>" not in page, "only what differs"
    whole = client.get(f"/standards/{new.pk}/compare", {"show": "all"}).content.decode()
    assert "任务与评分</h2>" in whole and 'class="diff same"' in whole


def test_only_versions_of_the_same_standard_are_compared(play: Play, office: City, old: Any, client: Client) -> None:
    noodles = enact(play, office, shipped_text("ricenoodle-specialty"))
    hidden = draft(play, office, later(old.text))
    for other in (noodles.pk, hidden.pk, old.pk, 999, "x"):
        assert client.get(f"/standards/{old.pk}/compare", {"with": other}).status_code == 404, other
    assert "没有可以对比的版本" in client.get(f"/standards/{old.pk}/compare").content.decode()


def test_the_office_compares_its_draft_with_the_version_in_force(
    play: Play, office: City, old: Any, desk: Callable[[str], Client]
) -> None:
    found = draft(play, office, later(old.text))
    page = desk("centre").get(f"/d/standard/{found.pk}/compare").content.decode()
    assert "草案" in page and "<del>5</del>" in page and f'value="{old.pk}" selected' in page


def test_the_counts_of_a_chapter_are_those_of_the_law() -> None:
    before = parse_standard(shipped_text(ELECTRICIAN))
    after = parse_standard(later(shipped_text(ELECTRICIAN)))
    chapters = compared(before, after, say=str)
    counted = sum(each["count"] for chapter in chapters for each in chapter["counts"])
    assert counted == len(compare(before, after)) > 0
    assert compared(before, before, say=str) == []
    assert len(compared(before, before, say=str, whole=True)) == 9


def test_the_pieces_of_a_marked_text_are_the_whole_text() -> None:
    for old_text, new_text in (("满5年。", "满4年。"), ("", "新"), ("甲" * 3000, "乙" * 3000), ("相同", "相同")):
        before, after = marks(old_text, new_text)
        assert "".join(run.text for run in before) == old_text
        assert "".join(run.text for run in after) == new_text
        assert old_text != new_text or not any(run.differs for run in (*before, *after))


# ---- an enterprise's specification ----


def test_a_specification_is_compared_with_what_was_handed_in_before_and_with_its_foundation(
    play: Play, office: City, old: Any
) -> None:
    enterprise = play(
        "institution.register", under=office.regions["450305"], by=office.actor("centre"), name="漓光电气",
        kind="EMPLOYER", uscc=credit_code(1), address="七星区朝阳路8号", contact="办公室", telephone="0773-0000001",
    )  # fmt: skip
    account = {"username": "manager", "name": "蒋经理", "unit": enterprise.name, "phone": "", "password": PASSWORD}
    who = play("account.open", under=enterprise, by=SYSTEM, **account)
    play("grant.appoint", under=who, by=SYSTEM, role="manager", place=enterprise.scope)
    office.accounts["manager"] = who
    manager = office.actor("manager")
    text = shipped_text("motor-assembly-eight-step")
    found = play("specification.draft", under=enterprise, by=manager, text=text)
    play("specification.submit", found, by=manager)
    play("specification.return", found, by=office.actor("centre"), reason="请补充特级技师的评聘材料")
    play("specification.revise", found, by=manager, text=text.replace("绝缘与防砸用品", "绝缘、防砸和护目用品"))
    browser = Client()
    browser.force_login(who, backend=BACKEND)
    page = browser.get(f"/d/specification/{found.pk}/compare").content.decode()
    assert "第 1 次报送的文本" in page and "和护目" in page and "职业概况</h2>" in page
    assert f'value="{old.pk}"' in page, "the national standard it rests on can be chosen"
    assert "护目" not in browser.get(f"/d/specification/{found.pk}/compare?with={old.pk}").content.decode()[:200]
    thing = browser.get(f"/d/specification/{found.pk}").content.decode()
    assert "规范全文" in thing and "绝缘、防砸和护目用品" in thing
    assert browser.get(f"/d/specification/{found.pk}/standard.toml").status_code == 200
    stranger = Client()
    office.person("neighbour", "county", place="45/03/02/")
    stranger.force_login(office.accounts["neighbour"], backend=BACKEND)
    for name in ("compare", "standard.pdf", "standard.toml"):
        assert stranger.get(f"/d/specification/{found.pk}/{name}").status_code == 404


# ---- on paper ----


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter(Path(jiangheng.__file__).parent / "web" / "fonts")


IMPRINT = Imprint(dated=dt.date(2026, 9, 1), valid_from=dt.date(2026, 9, 1))


@pytest.mark.parametrize("name", [ELECTRICIAN, "webmarketing-4-01-06-02", "ricenoodle-specialty"])
def test_the_paper_holds_every_chapter_and_every_requirement(setter: Typesetter, name: str, tmp_path: Path) -> None:
    data = shipped_standard(name)
    words = said(standard_pdf(setter, data, imprint=IMPRINT), tmp_path)
    chapters = ["目录", "职业概况", "申报条件", "工作要求", "权重表", "考核设计", "任务与评分", "实施日期2026年9月1日"]
    assert [each for each in chapters if each not in words] == []
    for told in (data.profile.definition, data.conditions[0].text, data.tasks[0].title):
        assert re.sub(r"\s+", "", told)[:12] in words
    skills = [skill for function in data.functions for content in function.contents for skill in content.skills]
    assert words.count("★") >= sum(skill.startswith("★") for skill in skills)


def test_hostile_texts_are_set_as_they_stand(setter: Typesetter, tmp_path: Path) -> None:
    hostile = '#panic("x") $ a_b* `c` <d> @e \\\\ [f] #let = {'
    text = shipped_text("ricenoodle-specialty").replace(
        "桂林米粉制作专项", f"桂林{hostile.replace(chr(34), chr(39))}专项"
    )
    data = parse_standard(text)
    assert "#panic('x')" in data.title
    words = said(standard_pdf(setter, data, imprint=IMPRINT), tmp_path)
    assert "#panic('x')$a_b*`c`<d>@e\\[f]#let={" in words


def test_a_sign_that_cannot_be_printed_is_refused_with_its_place(setter: Typesetter) -> None:
    text = shipped_text("ricenoodle-specialty").replace("桂林米粉制作专项", "桂林\ue000专项")
    with pytest.raises(CannotPrint, match="标准名称"):
        standard_pdf(setter, parse_standard(text), imprint=IMPRINT)


def test_the_public_prints_what_is_in_force_and_the_office_its_draft_marked_as_one(
    play: Play, office: City, old: Any, client: Client, desk: Callable[[str], Client], tmp_path: Path
) -> None:
    answer = client.get(f"/standards/{old.pk}/standard.pdf")
    assert answer["Content-Type"] == "application/pdf" and "草案" not in said(body(answer), tmp_path)
    assert body(answer) == body(client.get(f"/standards/{old.pk}/standard.pdf"))
    found = draft(play, office, later(old.text))
    assert "草案" in said(body(desk("centre").get(f"/d/standard/{found.pk}/standard.pdf")), tmp_path)
