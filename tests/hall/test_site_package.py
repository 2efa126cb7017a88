"""The sealed package of a place: what can be known beforehand, what opens it, what is said otherwise (K13)."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hall_harness import OPENS
from site_place import KEY, MASTER, OFFICE, OFFICE_PUBLIC, PIN, PLACE, SECRET, SESSION, SITTINGS, package, sealed

from jiangheng.core.exam.site_package import BadPackage, header_of, is_pin, open_, seal, site_secret
from jiangheng.core.exam.spoken_key import BadKey, new_opening_key, time_group, understood


def code_of(content: bytes, key: str = KEY) -> str:
    """Why a package does not open."""
    with pytest.raises((BadKey, BadPackage)) as found:
        open_(content, key, trusted=[OFFICE_PUBLIC])
    return str(found.value.code)


def same_mark() -> str:
    """Another key that by chance bears the same name."""
    mark = understood(KEY).mark
    while understood(key := new_opening_key()).mark != mark:
        continue
    return key


def test_the_key_opens_it_with_or_without_the_time() -> None:
    content = sealed(starts_at=OPENS)
    assert open_(content, KEY, trusted=[OFFICE_PUBLIC]) == package(starts_at=OPENS)
    assert open_(content, f"{KEY} {time_group(OPENS)}") == package(starts_at=OPENS)
    assert sealed(starts_at=OPENS) == content


def test_the_place_knows_beforehand_what_it_has() -> None:
    header = header_of(sealed(starts_at=OPENS), trusted=[OFFICE_PUBLIC])
    (outline,) = header.sessions
    assert (outline.session, outline.starts_at, outline.people) == (SESSION, OPENS, len(SITTINGS))
    assert (header.place, header.mark) == (PLACE, understood(KEY).mark)


def test_nothing_of_papers_people_or_secrets_can_be_read_without_the_key() -> None:
    content = sealed(starts_at=OPENS)
    for hidden in ("题干", "考生701", "45030019900101", SECRET.hex(), "李四", "不得交谈"):
        assert hidden.encode() not in content


def test_each_kind_of_wrong_is_told_apart() -> None:
    content = sealed(starts_at=OPENS)
    assert code_of(content, same_mark()) == "wrong_key"
    other = next(key for key in iter(new_opening_key, "") if understood(key).mark != understood(KEY).mark)
    assert code_of(content, other) == "other_package"
    assert code_of(content, KEY[:-1] + ("0" if KEY[-1] != "0" else "1")) == "mistyped"
    assert code_of(b"PK\x03\x04 a sheet") == "not_a_package"
    assert code_of(content.replace(b"package/1\n", b"package/9\n", 1)) == "other_format"
    assert code_of(seal(package(starts_at=OPENS), KEY, Ed25519PrivateKey.generate())) == "not_of_office"


def test_one_altered_or_missing_byte_anywhere_is_found_without_the_key() -> None:
    content = sealed(starts_at=OPENS)
    for place in (30, 200, 600, len(content) - 900, len(content) - 1):
        altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(BadPackage):
            header_of(altered, trusted=[OFFICE_PUBLIC])
    for length in (len(content) - 1, len(content) // 2, 40, 0):
        with pytest.raises(BadPackage):
            header_of(content[:length])


def test_a_wrong_key_takes_as_long_as_the_key_of_another_package() -> None:
    content, near = sealed(starts_at=OPENS), same_mark()
    far = next(key for key in iter(new_opening_key, "") if understood(key).mark != understood(KEY).mark)
    took: dict[str, list[float]] = {near: [], far: []}
    for _ in range(60):
        for key in (near, far):
            began = time.perf_counter()
            code_of(content, key)
            took[key].append(time.perf_counter() - began)
    one, other = (sorted(times)[len(times) // 2] for times in took.values())
    # the work is the same; a busy machine may still stretch one of the two medians
    assert 0.5 < one / other < 2


def test_the_secret_of_a_place_says_nothing_about_another() -> None:
    secrets = {
        site_secret(MASTER, place=PLACE, sessions=[SESSION]), site_secret(MASTER, place=PLACE, sessions=[SESSION + 1]),
        site_secret(MASTER, place="45/03/05/0018/", sessions=[SESSION]),
        site_secret(b"x" * 32, place=PLACE, sessions=[SESSION]),
    }  # fmt: skip
    assert len(secrets) == 4
    assert site_secret(MASTER, place=PLACE, sessions=[2, 1]) == site_secret(MASTER, place=PLACE, sessions=[1, 2])


def test_a_pin_is_good_for_its_invigilator_alone() -> None:
    (one,) = package(starts_at=OPENS).sessions[0].invigilators
    assert is_pin(one, PIN)
    assert not is_pin(one, PIN[::-1])
    assert PIN not in one.hash


def test_the_office_can_make_it_without_a_line_to_the_place() -> None:
    # all that is needed is the office's keys and the package; the same bytes go on a stick or over a line
    assert seal(package(starts_at=OPENS), KEY, OFFICE) == sealed(starts_at=OPENS)
