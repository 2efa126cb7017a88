"""The sealed bundle of an attempt: sound as the office made it, and any change of it is found (clauses K10, K13)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hall_harness import OPENS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sat_attempt import OFFICE, PUBLIC, bundle

from jiangheng.core.exam import attempt, receipts


def wrong(made: attempt.Attempt) -> list[str]:
    """What is not sound in a bundle that was signed as it is."""
    return [
        each.about
        for each in attempt.check(attempt.read(attempt.seal(made, OFFICE)), trusted=[PUBLIC])
        if not each.sound
    ]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> attempt.Attempt:
    return bundle(tmp_path_factory.mktemp("sat"))


def test_a_bundle_is_sound_as_it_was_made(good: attempt.Attempt) -> None:
    assert wrong(good) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_no_single_byte_of_the_file_can_be_changed(good: attempt.Attempt, data: st.DataObject) -> None:
    content = bytearray(attempt.seal(good, OFFICE))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    try:
        altered = attempt.read(bytes(content))
    except ValueError:
        return
    # spaces between the members of JSON mean nothing
    if msgspec.json.encode(altered) != msgspec.json.encode(attempt.read(attempt.seal(good, OFFICE))):
        assert not attempt.check(altered, trusted=[PUBLIC])[0].sound


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (lambda good: {"total": "60"}, "得分"),
        (lambda good: {"per_item": good.per_item | {"q003": "2"}, "total": "13.5"}, "得分"),
        (lambda good: {"open_marks": {"q005": "11"}}, "内容"),
        (lambda good: {"journal": good.journal[:2] + good.journal[3:]}, "凭据链"),
        (lambda good: {"journal": good.journal[:-1]}, "交卷凭据"),
        (lambda good: {"head": "0" * 64}, "交卷凭据"),
        (lambda good: {"order": good.order[::-1]}, "试卷"),
        (lambda good: {"seed": "00" * 16}, "试卷"),
        (lambda good: {"terms": good.terms | {"opens": OPENS + 5_000}}, "规则"),
        (lambda good: {"journal": [_other(line, "B", "C") for line in good.journal]}, "凭据链"),
        (lambda good: {"proof": good.proof | {"receipt": "0" * 64}}, "考场签名"),
        (lambda good: {"journal": [*good.journal, attempt.Line(0, good.journal[1].text, "")]}, "规则"),
        (lambda good: {"items": good.items[:2]}, "内容"),
    ],
)
def test_an_office_that_signs_something_else_is_found_out(good: attempt.Attempt, change: Any, about: str) -> None:
    assert about in wrong(msgspec.structs.replace(good, **change(good)))


def _other(line: attempt.Line, key: str, other: str) -> attempt.Line:
    return msgspec.structs.replace(line, text=line.text.replace(f'["{key}"]', f'["{other}"]'))


def test_a_chain_made_anew_cannot_contain_what_the_hall_signed(good: attempt.Attempt) -> None:
    head, lines, number = receipts.genesis(7), [], 0
    for line in (_other(line, "C", "B") for line in good.journal):
        if line.link:
            number += 1
            head = receipts.link(head, number, line.text)
            line = attempt.Line(number, line.text, head)
        lines.append(line)
    marks = good.per_item | {"q003": "2"}
    forged = msgspec.structs.replace(good, journal=lines, head=head, per_item=marks, total="13.5")
    assert wrong(forged) == ["考场签名"]


def test_a_key_nobody_trusts_is_not_the_offices(good: attempt.Attempt) -> None:
    other = Ed25519PrivateKey.generate()
    found = attempt.check(attempt.read(attempt.seal(good, other)), trusted=[PUBLIC])
    assert [each.about for each in found if not each.sound] == ["签名"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 10_000, b'{"format": "x"}', "中".encode("gb18030")])
def test_what_is_no_bundle_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValueError, match="封存文件"):
        attempt.read(content)


def test_a_file_holds_no_more_about_a_person_than_his_ticket(good: attempt.Attempt) -> None:
    assert set(msgspec.json.decode(attempt.seal(good, OFFICE))) == set(attempt.Attempt.__struct_fields__)
    assert not {"name", "identity", "photo"} & set(attempt.Attempt.__struct_fields__)
