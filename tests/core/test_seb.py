"""The exam browser's settings file and its config key, against values worked out apart from the code (K13)."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import plistlib
import re

import pytest

from jiangheng.core.exam import seb
from jiangheng.hall import exam_browser

START = "https://exam.example/hall/"
WORD = "ABCD-EFGH-JKMN"


def chosen(**changes: seb.Value) -> dict[str, seb.Value]:
    return seb.settings(start=START, quit_password=WORD, camera=False) | changes


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_key_is_the_hash_of_sorted_text_without_any_space() -> None:
    # each text is written out by hand after the browser's document for developers
    assert seb.config_key({}) == digest("{}")
    assert seb.config_key({"b": 1, "A": True, "c": "x"}) == digest('{"A":true,"b":1,"c":"x"}')
    assert seb.config_key({"allowWlan": False, "allowAlt": [], "Zoom": 2, "quit": ""}) == digest(
        '{"allowAlt":[],"allowWlan":false,"quit":"","Zoom":2}'
    )


def test_the_key_of_one_settings_file_is_the_value_that_a_shell_gives() -> None:
    # printf '%s' '{"sendBrowserExamKey":true,"startURL":"https://exam.example/hall/"}' | sha256sum
    assert seb.config_key({"startURL": START, "sendBrowserExamKey": True}) == (
        "06693053d69d5e45000011ff6b883f7150468d5ff0b8e7a872ee82eeaa7be4e0"
    )


def test_the_version_that_wrote_a_file_does_not_change_its_key_but_only_at_the_top() -> None:
    assert seb.config_key(chosen(originatorVersion="SEB_Win_3.9")) == seb.config_key(chosen())
    assert seb.config_key({"a": {"originatorVersion": "1"}}) == digest('{"a":{"originatorVersion":"1"}}')


def test_empty_dictionaries_are_left_out_and_empty_lists_are_not() -> None:
    assert seb.as_json({"a": {}, "b": [], "c": {"d": {}, "e": 1}}) == '{"b":[],"c":{"e":1}}'


def test_nothing_is_escaped_and_letters_stay_letters() -> None:
    assert (
        seb.as_json({"browserMessagingSocket": "ws:\\localhost:8706"})
        == '{"browserMessagingSocket":"ws:\\localhost:8706"}'
    )
    assert seb.as_json({"title": "桂林/理论"}) == '{"title":"桂林/理论"}'


def test_data_is_base64_and_moments_are_iso_8601() -> None:
    moment = dt.datetime(2026, 10, 14, 1, 0, 0, tzinfo=dt.UTC)
    assert seb.as_json({"salt": b"\x00\xff", "at": moment}) == '{"at":"2026-10-14T01:00:00Z","salt":"AP8="}'


def test_a_number_with_a_fraction_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        seb.as_json({"zoom": 1.5})  # type: ignore[dict-item]


def test_the_file_is_gzip_over_four_letters_and_gzip_over_a_property_list() -> None:
    outer = gzip.decompress(seb.file_of(chosen()))
    assert outer[:4] == b"plnd" and outer[4:6] == b"\x1f\x8b"
    inner = gzip.decompress(outer[4:])
    assert inner.startswith(b'<?xml version="1.0" encoding="UTF-8"?>') and b"<key>startURL</key>" in inner
    assert plistlib.loads(inner) == chosen() == seb.settings_in(seb.file_of(chosen()))


def test_the_key_can_be_worked_out_from_the_file_alone_by_another_way() -> None:
    found = plistlib.loads(gzip.decompress(gzip.decompress(seb.file_of(chosen()))[4:]))
    ordered = {name: found[name] for name in sorted(found, key=str.lower)}
    # no character of these settings needs an escape, so the ordinary writer gives the same text
    assert seb.config_key(chosen()) == digest(json.dumps(ordered, separators=(",", ":"), ensure_ascii=False))


def test_the_same_session_gives_the_same_file_and_another_word_another_key() -> None:
    assert seb.file_of(chosen()) == seb.file_of(chosen())
    other = seb.settings(start=START, quit_password="another", camera=False)
    assert seb.config_key(other) != seb.config_key(chosen())


@pytest.mark.parametrize("broken", [b"", b"plnd", gzip.compress(b"pswdxxxx"), gzip.compress(b"plndxxxx")])
def test_a_file_that_is_no_plain_settings_file_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="settings file"):
        seb.settings_in(broken)


def test_the_browser_opens_the_hall_alone_and_closes_by_the_word_alone() -> None:
    found = chosen()
    assert found["startURL"] == START and found["hashedQuitPassword"] == digest(WORD)
    assert [rule["expression"] for rule in found["URLFilterRules"]] == ["https://exam.example/hall/*"]  # type: ignore
    assert found["URLFilterEnable"] is True and found["sendBrowserExamKey"] is True
    for name in (
        "allowPrint",
        "allowSwitchToApplications",
        "enableAltTab",
        "allowVirtualMachine",
        "removeLocalStorage",
    ):
        assert found[name] is False
    assert found["allowVideoCapture"] is False
    assert seb.settings(start=START, quit_password=WORD, camera=True)["allowVideoCapture"] is True


@pytest.mark.parametrize(
    "start", ["", "exam.example/hall/", "file:///hall/", "https:///hall/", "https://exam.example/hall/#pass"]
)
def test_an_address_that_is_no_hall_is_refused(start: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        seb.settings(start=start, quit_password=WORD, camera=False)


def test_the_word_is_three_groups_and_each_session_has_its_own() -> None:
    words = {seb.quit_word(b"secret", session) for session in range(200)}
    assert len(words) == 200 and all(
        re.fullmatch(r"([A-HJKMNP-Z2-9]{4}-){2}[A-HJKMNP-Z2-9]{4}", word) for word in words
    )
    assert seb.quit_word(b"other", 1) not in words


def test_the_hall_knows_a_browser_that_has_these_settings_and_no_other() -> None:
    key, page = seb.config_key(chosen()), START + "?lang=en"
    said = hashlib.sha256((page + key).encode()).hexdigest()
    assert exam_browser.is_known((key,), hashes=(said,), addresses=(page,))
    assert not exam_browser.is_known((seb.config_key(chosen(allowPrint=True)),), hashes=(said,), addresses=(page,))
