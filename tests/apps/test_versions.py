"""Versions of standards and the region's lists, day by day: no two at once, a plan keeps its own (K3, K4, R5, R6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from portal_stage import PDF, credit_code, it_is

from conftest import City, found_city
from jiangheng.apps.standards import queries
from jiangheng.apps.standards.formats.catalogue import write_catalogue
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.core.law.occupations import Occupation
from jiangheng.core.law.standard_text import shipped_text
from kept import kept

Play = Callable[..., Any]
TEXT = shipped_text("electrician-6-31-01-03")
NEW = TEXT.replace('edition = "2023型"', 'edition = "2026型"')
CODE = "6-31-01-03"


@pytest.fixture
@kept
def office(db: None) -> City:
    queries._entries.cache_clear()
    it_is("2026-09-01")
    city = found_city()
    city.person("centre2", "centre", name="唐中心")
    return city


@pytest.fixture
def old(play: Play, office: City) -> Any:
    return enact(play, office, draft(play, office, TEXT))


def draft(play: Play, office: City, text: str) -> Any:
    return play("standard.draft", under=office.regions["450300"], by=office.actor("centre"), text=text)


def enact(play: Play, office: City, standard: Any, **given: Any) -> Any:
    return play("standard.enact", standard, by=office.actor("centre2"), **given)


def end(play: Play, office: City, standard: Any, last: str) -> Any:
    return play("standard.supersede", standard, by=office.actor("centre"), last_day=last, reason="新版标准自次日起实施")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_two_versions_that_would_apply_on_the_same_day_are_refused(play: Play, office: City, old: Any) -> None:
    new = draft(play, office, NEW)
    with pytest.raises(Refused, match="重叠"):
        enact(play, office, new, valid_from="2027-01-01")
    assert queries.in_force(CODE) == old


def test_the_next_version_begins_the_day_after_the_last_of_the_former(play: Play, office: City, old: Any) -> None:
    new = draft(play, office, NEW)
    old = end(play, office, old, "2026-12-31")
    with pytest.raises(Refused, match="重叠"):
        enact(play, office, new, valid_from="2026-12-31")
    new = enact(play, office, new, valid_from="2027-01-01")
    assert queries.in_force(CODE, on=day("2026-12-31")) == old
    assert queries.in_force(CODE, on=day("2027-01-01")) == new
    assert queries.applies(old) and not queries.applies(new)


def test_a_published_version_cannot_be_changed_any_more(play: Play, office: City, old: Any) -> None:
    with pytest.raises(Refused):
        play("standard.revise", old, by=office.actor("centre"), text=NEW)
    assert queries.in_force(CODE).text == TEXT  # type: ignore[union-attr]


def test_versions_of_different_kinds_or_occupations_do_not_disturb_each_other(
    play: Play, office: City, old: Any
) -> None:
    for name in ("tea-4-03-02-07", "ricenoodle-specialty"):
        enact(play, office, draft(play, office, shipped_text(name)))
    assert len(queries.applying()) == 3


def test_a_version_whose_text_no_longer_holds_is_not_enacted(play: Play, office: City) -> None:
    standard = draft(play, office, TEXT)
    # by the time it is to be enacted the catalogue in force has another name for the code
    renamed = write_catalogue([Occupation(CODE, "电气工", levels=("5", "4"))], title="职业目录")
    other = play(
        "catalogue.load", under=office.regions["450300"], by=office.actor("centre"), edition="新版", source="新版目录",
        files={"file": SimpleUploadedFile("目录.xlsx", renamed)},
    )  # fmt: skip
    play("catalogue.enact", other, by=office.actor("centre2"))
    with pytest.raises(Refused, match="电气工"):
        enact(play, office, standard)


def test_a_specification_cannot_be_drafted_as_if_it_were_a_public_standard(play: Play, office: City) -> None:
    with pytest.raises(Refused, match="评价规范由企业起草"):
        draft(play, office, shipped_text("motor-assembly-eight-step"))


@pytest.fixture
def enterprise(play: Play, office: City, old: Any) -> Any:
    found = play(
        "institution.register", under=office.regions["450305"], by=office.actor("centre"),
        name="桂林漓光电气制造有限公司", kind="EMPLOYER", uscc=credit_code(1), address="七星区", contact="办公室",
        telephone="0773-0000001",
    )  # fmt: skip
    office.person("manager", "manager", place=found.scope, name="秦守正")
    return found


def filing_on(play: Play, office: City, enterprise: Any, standard: Any) -> Any:
    by = office.actor("manager")
    site = play("site.open", under=enterprise, by=by, name="朝阳路考点", address="朝阳路8号")
    for kind in ("theory", "practical"):
        play("room.add", under=site, by=by, name=kind, kind=kind, rows=2, columns=5)
    files = {"document": SimpleUploadedFile("备案.pdf", PDF)}
    given = {"site": site.pk, "standard": str(standard.pk), "levels": ["5", "4"], "statement": "场地设备齐全"}
    filing = play("filing.draft", under=enterprise, by=by, files=files, **given)
    play("filing.submit", filing, by=by)
    return play("filing.accept", filing, by=office.actor("centre"))


def plan(play: Play, office: City, filing: Any, *, until: str, exam: str) -> Any:
    rooms = {kind: [room.pk for room in filing.site.rooms.filter(kind=kind)] for kind in ("theory", "practical")}
    given = {
        "title": "电工认定", "levels": ["5"], "capacity": 8, "apply_until": until, "theory_at": f"{exam}T09:00",
        "practical_at": f"{exam}T14:00", "theory_rooms": rooms["theory"], "practical_rooms": rooms["practical"],
    }  # fmt: skip
    return play("batch.plan", under=filing, by=office.actor("manager"), **given)


def test_a_plan_keeps_the_version_it_was_made_with_and_the_next_plan_takes_the_next(
    play: Play, office: City, old: Any, enterprise: Any
) -> None:
    filing = filing_on(play, office, enterprise, old)
    first = plan(play, office, filing, until="2026-12-11", exam="2026-12-22")
    new = draft(play, office, NEW)
    end(play, office, old, "2026-12-31")
    enact(play, office, new, valid_from="2027-01-01")
    assert first.standard == old
    it_is("2027-01-04")
    second = plan(play, office, filing, until="2027-01-22", exam="2027-02-26")
    assert second.standard == new


def test_a_plan_whose_examination_lies_after_the_last_day_of_its_standard_is_not_filed(
    play: Play, office: City, old: Any, enterprise: Any
) -> None:
    filing = filing_on(play, office, enterprise, old)
    batch = plan(play, office, filing, until="2026-12-11", exam="2026-12-22")
    end(play, office, old, "2026-12-21")
    with pytest.raises(Refused, match="标准已不适用"):
        play("batch.file", batch, by=office.actor("manager"))


def test_a_college_cannot_write_an_eight_step_specification(play: Play, office: City, old: Any) -> None:
    college = play(
        "institution.register", under=office.regions["450311"], by=office.actor("centre"),
        name="桂林漓畔职业技术学院", kind="COLLEGE", uscc=credit_code(2), address="雁中路100号", contact="办公室",
        telephone="0773-0000002",
    )  # fmt: skip
    office.person("dean", "manager", place=college.scope, name="陈院长")
    with pytest.raises(Refused, match="只有企业"):
        play(
            "specification.draft",
            under=college,
            by=office.actor("dean"),
            text=shipped_text("motor-assembly-eight-step"),
        )


def test_another_enterprises_specification_is_not_among_the_standards_to_file_on(
    play: Play, office: City, old: Any, enterprise: Any
) -> None:
    text = shipped_text("motor-assembly-eight-step")
    given = {"text": text, "owner": "45/03/04/0099/", "number": "GL-GF-2026-0009", "valid_from": "2026-09-01"}
    foreign = play("standard.record", under=office.regions["450300"], by=SYSTEM, **given)
    with pytest.raises(Refused, match="职业和依据标准"):
        filing_on(play, office, enterprise, foreign)


def listed(play: Play, office: City, **changed: Any) -> Any:
    given = {
        "list_name": "higher_vocational", "school": "桂林漓畔职业技术学院", "major": "电气自动化技术", "code": "460306",
        "occupations": [CODE], "document": "桂人社函〔2026〕12号", "valid_from": "2026-09-01", "valid_to": "",
    }  # fmt: skip
    return play("programme.list", under=office.regions["450300"], by=office.actor("centre"), **{**given, **changed})


def codes(on: str, occupation: str = CODE) -> frozenset[str]:
    found = {one.name: one.programmes for one in queries.approved(occupation, on=day(on))}
    return found["higher_vocational"]


def test_a_programme_counts_from_its_first_day_to_its_last_for_its_occupations(play: Play, office: City) -> None:
    row = listed(play, office)
    assert codes("2026-08-31") == frozenset() and codes("2026-09-01") == {"460306"}
    assert codes("2026-09-01", "4-03-02-07") == frozenset()
    play("programme.withdraw", row, by=office.actor("centre"), last_day="2026-10-31", reason="专业停办")
    assert codes("2026-10-31") == {"460306"} and codes("2026-11-01") == frozenset()


def test_a_programme_is_listed_once(play: Play, office: City) -> None:
    listed(play, office)
    with pytest.raises(Refused, match="已在名单内"):
        listed(play, office, school="另一所学校")


def test_a_list_that_ends_before_it_begins_is_refused_at_its_field(play: Play, office: City) -> None:
    with pytest.raises(Refused, match="截止日期早于起始日期"):
        listed(play, office, valid_to="2026-08-31")
