"""The short way through the server: what may take it, and that both ways say the same (clause K13)."""

from __future__ import annotations

import pytest

from jiangheng.hall.lane import plainly

BODY = b'{"pass":"x"}'


def request(*, first: bytes = b"POST /hall/answer HTTP/1.1", extra: bytes = b"", length: bytes = b"12") -> bytes:
    return b"%b\r\nHost: h\r\nContent-Type: application/json\r\n%bContent-Length: %b\r\n\r\n%b" % (
        first, extra, length, BODY,
    )  # fmt: skip


def test_a_plain_request_takes_the_short_way_with_its_headers_in_lower_case() -> None:
    plain = plainly(request(extra=b"Origin:  http://h \r\n"))
    assert plain is not None
    head, body = plain
    assert (head.path, body) == ("/hall/answer", BODY)
    assert dict(head.headers)[b"origin"] == b"http://h"
    assert not head.foreign


def test_a_request_of_another_sites_page_is_known_as_one_each_time() -> None:
    plains = [plainly(request(extra=b"Origin: http://elsewhere\r\n")) for _ in range(2)]
    assert [plain is not None and plain[0].foreign for plain in plains] == [True, True]


@pytest.mark.parametrize(
    "unusual",
    [
        request()[:-1],
        request() + b"POST",
        request()[:40],
        request(first=b"POST /hall/enter HTTP/1.1"),
        request(first=b"POST /hall/answer?a=b HTTP/1.1"),
        request(first=b"POST /hall/answer HTTP/1.0"),
        request(length=b"+12"),
        request(length=b"1_2"),
        request(length="１２".encode()),
        request(extra=b"Content-Length: 12\r\n"),
        request(extra=b"Transfer-Encoding: chunked\r\n"),
        request(extra=b"Expect: 100-continue\r\n"),
        request(extra=b"Connection: close\r\n"),
        request(extra=b"Connection: Upgrade\r\n"),
        request(extra=b"X: a\r\n folded\r\n"),
        request(extra=b"Transfer-Encoding : chunked\r\n"),
        request(extra=b"no colon\r\n"),
    ],
)
def test_anything_else_is_left_to_the_full_parser(unusual: bytes) -> None:
    assert plainly(unusual) is None
