"""The sample roster: 60 rows as a personnel office types them, with the errors real rosters have."""

from __future__ import annotations

import datetime as dt
import io
import random

from jiangheng.apps.batches.formats.marking import write_roster
from jiangheng.core.law.identity import make_identity

from .people import Person, people

WORKSHOPS = ("一车间", "二车间", "动力设备部", "质量部", "装配车间")
SIZE = 60


def rows(*, seed: int) -> list[dict[str, str]]:
    """The 60 rows by column key. Rows 7, 15, 23, 31, 38, 44, 52 and 57 carry the errors; the rest are sound."""
    draw = random.Random(seed)  # noqa: S311 - an invented roster keeps no secret
    found = [_row(person, draw, number) for number, person in enumerate(people(SIZE, seed=seed), start=1)]
    _spoil(found)
    return found


def _row(person: Person, draw: random.Random, number: int) -> dict[str, str]:
    level = "5" if number <= 20 else "4" if number <= 42 else "3"
    row = {
        "seq": str(number),
        "name": person.name,
        "sex": "男" if person.sex == "1" else "女",
        "document_kind": "居民身份证",
        "document_number": person.identity,
        "education": draw.choice(("高中", "中等专业学校", "技校", "大学专科和专科学校", "初中")),
        "phone": person.phone,
        "employer": f"桂林漓光电气制造有限公司{draw.choice(WORKSHOPS)}",
        "source": "私营企业",
        "occupation": "电工",
        "level": level,
        "nature": "初次认定",
        "exam_nature": "正考",
    }
    if level == "5":
        row |= {"condition": "2", "years": str(draw.randint(0, 4))}
    elif level == "4":
        row |= {"condition": "1", "years": str(draw.randint(5, 14))}
    elif number % 2:
        row |= {"condition": "1", "years": str(draw.randint(10, 20))}
    else:
        # a certificate of the level below, held long enough
        held = f"Y000045450301{draw.randint(19, 21)}4{number:06d}"
        issued = f"20{held[13:15]}-0{draw.randint(1, 9)}-15"
        row |= {"nature": "晋级认定", "held_number": held, "held_level": "4", "held_issued": issued}
        row |= {"condition": "2", "years": str(draw.randint(8, 15))}
    return row


def _spoil(found: list[dict[str, str]]) -> None:
    """What goes wrong in every real roster."""

    def at(number: int) -> dict[str, str]:
        return found[number - 1]

    def another_last(number: str) -> str:
        return number[:-1] + ("1" if number[-1] != "1" else "2")

    # a mistyped check digit, twice
    at(7)["document_number"] = another_last(at(7)["document_number"])
    at(38)["document_number"] = another_last(at(38)["document_number"])
    # one person twice: the same number typed in another place of the list
    at(23)["document_number"], at(23)["name"] = at(11)["document_number"], at(11)["name"]
    at(23)["sex"] = at(11)["sex"]
    # too young: fifteen years old on the last day of application
    at(15)["document_number"] = make_identity("450305", birth=dt.date(2011, 5, 20), sequence=37, sex="1")
    at(15)["sex"] = "男"
    # spaces and full-width digits: mended by the import, not refused
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    at(31)["document_number"] = f" {at(31)['document_number'][:6]} {at(31)['document_number'][6:].translate(wide)} "
    at(31)["name"] = f"{at(31)['name'][0]}　{at(31)['name'][1:]}"
    # sex that contradicts the number, a level the plan does not have, a telephone one digit short
    at(44)["sex"] = "女" if at(44)["sex"] == "男" else "男"
    at(52)["level"] = "2"
    at(57)["phone"] = at(57)["phone"][:-1]
    # eligible by no condition: found by the reviewers, not by the import
    at(25)["years"], at(25)["condition"] = "2", ""
    at(48)["years"], at(48)["condition"] = "6", ""


def workbook(*, seed: int) -> bytes:
    """The sample roster as an Excel workbook."""
    out = io.BytesIO()
    write_roster(rows(seed=seed), out)
    return out.getvalue()
