"""What the public pages show of one person, laid on top of each other, never gives the identity number (peers.md 2.25).

Lists with different masks have been spliced back into whole numbers. Here there is one rule, and this is its proof:
everything public about a person is gathered and every sign of the number it gives away is counted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_stage import PHONE, Stage
from test_portal import answered

from jiangheng.core.law import identity
from jiangheng.core.law.codes import DIVISIONS

pytestmark = pytest.mark.django_db

NAME, BORN = "韦秀兰", dt.date(1987, 11, 23)
NUMBER = identity.make_identity("450323", birth=BORN, sequence=283, sex="2")
SHOWN = 4


@pytest.fixture
def public_pages(play: Callable[..., Any], client: Client) -> dict[str, str]:
    """Every page and export that anybody may read, at every stage at which it says something of the person."""
    stage = Stage(play)
    found: dict[str, str] = {}

    def look(when: str) -> None:
        batch, institution = stage.batch.pk, stage.institution.pk
        for path in (
            "/", "/announcements", f"/announcements/{batch}", f"/announcements/{batch}/publicity", "/institutions",
            f"/institutions/{institution}", f"/announcements/{batch}/objection", f"/d/batch/{batch}", "/d/batch/export",
            "/api/", "/api/batch/", f"/api/batch/{batch}", "/api/application/", "/api/certificate/", "/api/objection/",
            "/d/application/", "/d/application/export", "/d/certificate/export", "/search?q=韦秀兰",
        ):  # fmt: skip
            response = client.get(path)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            found[f"{when} {path}"] = body.decode("utf-8", "replace")

    row = stage.enrol(NAME, NUMBER)
    look("applied")
    stage.seat()
    look("seated")
    stage.publish({NAME: ("71", "82.5")})
    look("published")
    text = {"name": "莫如玉", "phone": "19900002222", "content": "认为实操评分与当场公布的不一致，请复核"}
    found["objected"] = answered(client, f"/announcements/{stage.batch.pk}/objection", **text).content.decode()
    stage.play("objection.dismiss", stage.batch.objections.get(), by=stage.exam_officer, answer="已复核，维持原成绩")
    stage.issue()
    look("issued")
    row.refresh_from_db()
    number = stage.certificate(NAME).number
    found["verified"] = answered(client, "/verify", number=number, name=NAME).content.decode()
    stage.play("certificate.void", stage.certificate(NAME), by=stage.issuer, reason="持证人申请注销")
    found["annulled"] = answered(client, "/verify", number=number, name=NAME).content.decode()
    return found


def masks(text: str) -> list[str]:
    """Everything on a page that has the shape of a masked identity number."""
    return [found for found in re.findall(r"[0-9Xx*＊•·]{15,18}", text) if set(found) & set("*＊•")]


def spliced(shown: list[str]) -> str:
    """All masks of one number laid on top of each other: what they give away together."""
    whole = ["*"] * 18
    for mask in shown:
        for place, sign in enumerate(mask.rjust(18, "*")):
            if sign.isalnum():
                whole[place] = sign
    return "".join(whole)


def test_all_masks_together_give_no_more_than_one(public_pages: dict[str, str]) -> None:
    shown = [mask for text in public_pages.values() for mask in masks(text)]
    assert any(mask.endswith(NUMBER[-SHOWN:]) for mask in shown), "the test must have seen the person"
    assert spliced(shown) == "*" * 14 + NUMBER[-SHOWN:] == identity.mask_identity(NUMBER)


def test_no_page_holds_five_characters_of_the_number_in_a_row(public_pages: dict[str, str]) -> None:
    # the choice of counties holds every county's code, whoever the person is: that says nothing of this one
    pieces = {NUMBER[start : start + 5] for start in range(14)}
    pieces -= {piece for piece in pieces if any(piece in code for code in DIVISIONS)}
    assert len(pieces) == 12
    for where, text in public_pages.items():
        plain = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value|name="token" value)="[^"]+"', "", text)
        # digests, whole or shortened, are random; one of digits alone is kept, or a whole number would pass for one
        plain = re.sub(r"\b(?=[0-9]*[a-f])[0-9a-f]{8,64}\b", "", plain)
        assert not [piece for piece in pieces if piece in plain], where


def test_the_birth_date_stands_nowhere_however_it_is_written(public_pages: dict[str, str]) -> None:
    written = {f"{BORN:{form}}" for form in ("%Y%m%d", "%Y-%m", "%Y.%m", "%Y/%m", "%Y年")}
    for where, text in public_pages.items():
        assert not [form for form in written if form in text], where


def test_neither_telephone_nor_the_index_of_the_number_is_public(public_pages: dict[str, str]) -> None:
    from jiangheng.kernel import vault

    for where, text in public_pages.items():
        assert PHONE not in text, where
        assert vault.index_of(NUMBER) not in text, where


def test_the_whole_name_is_shown_only_to_who_gave_it_with_the_number(public_pages: dict[str, str]) -> None:
    with_name = {where for where, text in public_pages.items() if NAME in text.replace(f'value="{NAME}"', "")}
    asked = {where for where in with_name if "/search?q=" in where}
    assert with_name - asked == {"verified", "annulled"}


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["450302", "450323", "110105", "810000"]),
    st.dates(dt.date(1930, 1, 1), dt.date(2010, 12, 31)),
    st.integers(0, 499),
    st.sampled_from("12"),
)
def test_what_is_shown_fits_thousands_of_people(region: str, birth: dt.date, sequence: int, sex: str) -> None:
    number = identity.make_identity(region, birth=birth, sequence=sequence, sex=sex)
    mask = identity.mask_identity(number)
    assert identity.mask_identity(number) == spliced([mask, mask])
    # the shown tail says nothing of region and birth: others of other birth days have the same one
    same = 0
    day = dt.date(1960, 1, 1)
    while same < 3 and day < dt.date(1962, 1, 1):
        other = identity.make_identity("450305", birth=day, sequence=sequence, sex=sex)
        same += other[-4:] == number[-4:] and other[:14] != number[:14]
        day += dt.timedelta(days=1)
    assert same == 3
