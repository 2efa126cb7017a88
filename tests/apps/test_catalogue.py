"""The catalogue of occupations: loaded whole, enacted by another person, replaced from a day on (clauses K1, K3)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from portal_stage import it_is

from conftest import City, found_city
from jiangheng.apps.standards import queries
from jiangheng.apps.standards.formats.catalogue import COLUMNS, read_catalogue, write_catalogue
from jiangheng.core.errors import Refused
from jiangheng.core.law.occupations import Occupation, starter
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.kernel.perform import model_of

Play = Callable[..., Any]
ELECTRICIAN = Occupation("6-31-01-03", "电工", levels=("5", "4", "3", "2", "1"))
WELDER = Occupation("6-18-02-04", "焊工", ("钎焊工", "电焊工"), levels=("5", "4", "3"), green=True)
DRIVER = Occupation("4-02-02-01", "道路客运汽车驾驶员", entry_controlled=True)
TRAINER = Occupation("4-04-05-05", "人工智能训练师", levels=("3",), digital=True, valid_from=dt.date(2022, 9, 27))
ROWS = (ELECTRICIAN, WELDER, DRIVER, TRAINER)


@pytest.fixture
def office(db: None) -> City:
    # an edition in force never changes, so it is kept by its number; another test's edition had the same number
    queries._entries.cache_clear()
    # before anybody is appointed: a grant holds from its day on
    it_is("2026-09-01")
    city = found_city()
    city.person("centre2", "centre", name="唐中心")
    return city


def sheet(*rows: Occupation, **cells: Any) -> SimpleUploadedFile:
    """A catalogue as a workbook; cells given as ``B3="…"`` are overwritten by hand."""
    data = write_catalogue(rows, title="职业目录")
    if cells:
        book = load_workbook(io.BytesIO(data))
        for place, value in cells.items():
            book.worksheets[0][place] = value
        changed = io.BytesIO()
        book.save(changed)
        data = changed.getvalue()
    return SimpleUploadedFile("目录.xlsx", data)


def load(play: Play, office: City, file: SimpleUploadedFile | None, edition: str = "2022年版") -> Any:
    given = {"edition": edition, "source": "公布职业目录的文件"}
    files = {"file": file} if file else None
    return play("catalogue.load", under=office.regions["450300"], by=office.actor("centre"), files=files, **given)


def enact(play: Play, office: City, catalogue: Any, **given: Any) -> Any:
    return play("catalogue.enact", catalogue, by=office.actor("centre2"), **given)


def draft(play: Play, office: City, text: str) -> Any:
    return play("standard.draft", under=office.regions["450300"], by=office.actor("centre"), text=text)


def test_what_is_written_to_a_workbook_is_read_back_to_the_letter() -> None:
    rows, wrong = read_catalogue(write_catalogue(starter().occupations, title="职业目录"))
    # that a row is still to be compared with the printed edition is a note of the shipped list alone
    assert [row for _number, row in rows] == [replace(row, check=False) for row in starter().occupations]
    assert wrong == () and rows[0][0] == 2


def test_an_edition_is_imported_whole_from_a_workbook(play: Play, office: City) -> None:
    catalogue = load(play, office, sheet(*ROWS))
    assert (catalogue.state, catalogue.count) == ("draft", 4)
    enact(play, office, catalogue)
    assert queries.occupations() == ROWS
    found = queries.occupation("6-18-02-04")
    assert found is not None and found.directions == ("钎焊工", "电焊工") and found.green


def test_without_a_file_the_shipped_list_is_loaded(play: Play, office: City) -> None:
    assert load(play, office, None).count == len(starter().occupations)


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("A3", "6-18-2-4", ("第3行", "职业编码", "6-18-2-4", "应如")),
        ("B3", " ", ("第3行", "职业名称", "没有填写", "填写")),
        ("D3", "五级、初级工", ("第3行", "等级", "初级工", "顿号")),
        ("E3", "有", ("第3行", "数字职业", "有", "留空")),
        ("D4", "五级", ("第4行", "等级", "准入类", "删去")),
        ("I5", "2020-01-01", ("第5行", "失效日期", "早于生效日期", "核对")),
        ("H5", "二〇二二年", ("第5行", "生效日期", "二〇二二年", "2022-09-27")),
        ("A4", "6-31-01-03", ("第4行", "职业编码", "已在第2行出现", "只保留一行")),
    ],
)
def test_a_bad_row_is_told_with_number_column_and_mend_and_nothing_is_imported(
    play: Play, office: City, cell: str, value: str, told: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        load(play, office, sheet(*ROWS, **{cell: value}))
    said = "\n".join(str(each.reason) for each in refused.value.refusals)
    assert all(word in said for word in told), said
    assert not model_of("catalogue").everywhere.exists()


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused_and_not_a_fault(play: Play, office: City, data: bytes) -> None:
    with pytest.raises(Refused):
        load(play, office, SimpleUploadedFile("目录.xlsx", data))


def test_a_workbook_without_the_heads_of_the_template_is_refused_with_the_heads(play: Play, office: City) -> None:
    with pytest.raises(Refused, match=COLUMNS[2]):
        load(play, office, sheet(*ROWS, C1="工种"))


def test_whoever_loaded_an_edition_does_not_enact_it(play: Play, office: City) -> None:
    catalogue = load(play, office, sheet(*ROWS))
    with pytest.raises(Refused, match=r"其他人|另一|不能由"):
        play("catalogue.enact", catalogue, by=office.actor("centre"))
    assert enact(play, office, catalogue).state == "in_force"


def test_a_new_edition_follows_the_former_from_its_day_on(play: Play, office: City) -> None:
    former = enact(play, office, load(play, office, sheet(*ROWS), edition="2022年版"))
    renamed = replace(ELECTRICIAN, name="电气工")
    start = dt.date(2026, 10, 1)
    enact(play, office, load(play, office, sheet(renamed), edition="2026年版"), valid_from="2026-10-01")
    former.refresh_from_db()
    assert (former.state, former.valid_to) == ("superseded", start - dt.timedelta(days=1))
    assert queries.occupations(start - dt.timedelta(days=1)) == ROWS
    assert queries.occupations(start) == (renamed,)
    editions = [queries.catalogue(day) for day in (start - dt.timedelta(days=1), start)]
    assert [edition.edition for edition in editions if edition] == ["2022年版", "2026年版"]


def test_an_occupation_is_there_only_between_its_days(play: Play, office: City) -> None:
    ending = replace(WELDER, valid_to=dt.date(2026, 12, 31))
    enact(play, office, load(play, office, sheet(ELECTRICIAN, ending)))
    assert queries.occupation(WELDER.code, on=dt.date(2026, 12, 31)) == ending
    assert queries.occupation(WELDER.code, on=dt.date(2027, 1, 1)) is None


def test_a_standard_is_drafted_only_for_an_occupation_of_the_edition_in_force_by_its_name(
    play: Play, office: City
) -> None:
    text = shipped_text("electrician-6-31-01-03")
    enact(play, office, load(play, office, sheet(WELDER, replace(ELECTRICIAN, name="电气工"))))
    with pytest.raises(Refused, match="电气工"):
        draft(play, office, text)
    with pytest.raises(Refused, match="不在现行职业目录"):
        draft(play, office, shipped_text("tea-4-03-02-07"))
    it_is("2026-09-02")
    enact(play, office, load(play, office, sheet(*ROWS), edition="更正版"))
    assert draft(play, office, text).state == "draft"


def test_an_occupation_under_entry_control_has_no_standard(play: Play, office: City) -> None:
    controlled = replace(ELECTRICIAN, levels=(), entry_controlled=True)
    enact(play, office, load(play, office, sheet(controlled)))
    with pytest.raises(Refused, match="准入类"):
        draft(play, office, shipped_text("electrician-6-31-01-03"))


def test_a_specialty_carries_its_own_name_within_its_occupation(play: Play, office: City) -> None:
    assert draft(play, office, shipped_text("ricenoodle-specialty")).kind == "specialty"


# ---- as files and on the public's page ----


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def in_force(play: Play, office: City) -> Any:
    return enact(play, office, load(play, office, sheet(*ROWS)))


def test_an_edition_goes_out_as_it_came_in(in_force: Any, office: City, client: Client) -> None:
    client.force_login(office.accounts["county"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/d/catalogue/{in_force.pk}/catalogue.xlsx")
    assert [row for _number, row in read_catalogue(body(answer))[0]] == list(ROWS)


def test_a_draft_of_the_catalogue_is_not_handed_to_strangers(play: Play, office: City, client: Client) -> None:
    catalogue = load(play, office, sheet(*ROWS))
    client.force_login(office.accounts["county"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/d/catalogue/{catalogue.pk}/catalogue.xlsx").status_code == 404
    client.force_login(office.accounts["centre"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/d/catalogue/{catalogue.pk}/catalogue.xlsx").status_code == 200


def test_the_template_is_what_the_import_reads(office: City, client: Client) -> None:
    answer = client.get("/standards/catalogue-template.xlsx")
    assert read_catalogue(body(answer)) == ([], ())
    cells = [cell.value for cell in next(load_workbook(io.BytesIO(body(answer))).worksheets[0].iter_rows())]
    assert tuple(cells) == COLUMNS
    client.force_login(office.accounts["centre"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/d/region/{office.regions['450300'].pk}/new/catalogue.load").content.decode()
    assert 'href="/standards/catalogue-template.xlsx"' in page


def test_a_refused_workbook_is_told_its_rows_in_order_and_nothing_else(office: City, client: Client) -> None:
    client.force_login(office.accounts["centre"], backend="django.contrib.auth.backends.ModelBackend")
    nameless, unknown = replace(ROWS[0], name=""), replace(ROWS[1], code="4-1-6")
    given = {"edition": "甲版", "source": "测试来源", "file": sheet(ROWS[2], unknown, nameless)}
    answer = client.post(f"/d/region/{office.regions['450300'].pk}/new/catalogue.load", given)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.index("第3行") < page.index("第4行")
    assert "甲版" in page and "不是 Excel" not in page


def listed(client: Client, **asked: str) -> list[str]:
    """The names that the public page lists, in its order; its workbook must hold exactly the same."""
    page = client.get("/occupations", asked).content.decode()
    names = [row.name for row in ROWS]
    shown = sorted((name for name in names if f">{name}<" in page), key=lambda name: page.index(f">{name}<"))
    rows, _wrong = read_catalogue(body(client.get("/occupations.xlsx", asked)))
    assert [row.name for _number, row in rows] == shown
    return shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["道路客运汽车驾驶员", "人工智能训练师", "焊工", "电工"]),
        ({"sort": "name"}, ["道路客运汽车驾驶员", "电工", "焊工", "人工智能训练师"]),
        ({"q": "6-31"}, ["电工"]),
        ({"q": "钎焊"}, ["焊工"]),
        ({"group": "4"}, ["道路客运汽车驾驶员", "人工智能训练师"]),
        ({"level": "1"}, ["电工"]),
        ({"mark": "digital"}, ["人工智能训练师"]),
        ({"mark": "green"}, ["焊工"]),
        ({"mark": "controlled"}, ["道路客运汽车驾驶员"]),
        ({"mark": "evaluated", "group": "4"}, ["人工智能训练师"]),
        ({"q": "没有这个职业"}, []),
        (
            {"group": "9", "level": "x", "mark": "?", "sort": "!"},
            ["道路客运汽车驾驶员", "人工智能训练师", "焊工", "电工"],
        ),
    ],
)
@pytest.mark.usefixtures("in_force")
def test_the_public_finds_occupations_by_words_group_level_and_mark(
    client: Client, asked: dict[str, str], found: list[str]
) -> None:
    assert listed(client, **asked) == found


@pytest.mark.usefixtures("in_force")
def test_an_occupation_leads_to_its_standard_while_one_is_in_force(play: Play, office: City, client: Client) -> None:
    standard = draft(play, office, shipped_text("electrician-6-31-01-03"))
    assert "/standards/" not in client.get("/occupations").content.decode()
    play("standard.enact", standard, by=office.actor("centre2"), opinion="")
    page = client.get("/occupations").content.decode()
    assert f'href="/standards/{standard.pk}"' in page and "没有符合条件" not in page
    assert "没有符合条件的职业" in client.get("/occupations?q=zzz").content.decode()
