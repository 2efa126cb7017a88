"""The signed pass a seat shows to the hall (clause K13).

The office signs it, the hall checks it without a database: HMAC-SHA256 over JSON, written as
``v2.<key id>.<payload>.<mac>`` in base64url. A pass is a bearer secret of one sitting; it is never logged.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated

import msgspec

from jiangheng.core.exam.sitting import Terms

VERSION = "v2"
SHORTEST_KEY = 32
_LONGEST = 4096

Natural = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Pass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may sit which paper, when and where.

    ``session`` and ``place`` (a scope) say where the sitting belongs, for those who watch. ``paper`` is the digest of
    the paper's face, ``seed`` the hex seed of the individual layout, ``opens`` and ``closes`` UTC epoch milliseconds,
    ``fence`` a number the office raises with every newer pass of the same sitting, ``seat`` what the candidate reads
    on the desk, ``issued`` when it was signed. ``extra`` and ``breaks`` are the candidate's own seconds of time and of
    breaks, ``large`` large print, ``lock_after`` after how many leavings of the page it is locked (0: never),
    ``latest`` until when the sitting may be entered first (0: to the end), ``move_credit`` the most seconds a move to
    another machine gives back. ``camera`` asks for a picture every so many
    seconds (0: none), ``calculator`` allows one on the page. ``seb`` holds the config keys of Safe Exam Browser that
    are accepted, in hex; empty: any browser.
    """

    sitting: Natural
    session: Natural = 0
    place: Annotated[str, msgspec.Meta(max_length=64)] = ""
    paper: Digest
    seed: Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9a-f]{2}){8,64}\Z")]
    opens: Natural
    closes: Natural
    fence: Natural
    seat: Annotated[str, msgspec.Meta(max_length=64)]
    issued: Natural
    extra: Natural = 0
    breaks: Natural = 0
    large: bool = False
    lock_after: Natural = 0
    latest: Natural = 0
    move_credit: Natural = 600
    camera: Natural = 0
    calculator: bool = False
    seb: Annotated[tuple[Digest, ...], msgspec.Meta(max_length=8)] = ()

    @property
    def terms(self) -> Terms:
        """What of it the state of a sitting depends on."""
        return Terms(
            opens=self.opens, closes=self.closes, extra=self.extra, breaks=self.breaks, large=self.large,
            lock_after=self.lock_after, latest=self.latest, move_credit=self.move_credit,
        )  # fmt: skip


class BadPass(Exception):
    """The pass is not good: ``code`` for the page, ``reason`` for the person."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code}: {reason}")


def key_id(key: bytes) -> str:
    """The public name of a signing key: eight hex digits that tell nothing about it."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"a pass key has at least {SHORTEST_KEY} bytes")
    return hashlib.sha256(b"jiangheng pass key id\n" + key).hexdigest()[:8]


def keyring(*keys: bytes) -> dict[str, bytes]:
    """The keys by their id: the present one and those still honoured after a change of keys."""
    return {key_id(key): key for key in keys}


def sign(ticket: Pass, key: bytes) -> str:
    """The pass as text; ``ValueError`` when its content could never be verified."""
    payload = msgspec.json.encode(ticket)
    _checked(payload)
    return signed(VERSION, payload, key)


def signed(version: str, payload: bytes, key: bytes) -> str:
    """A payload under a version's name and a key's, as text."""
    head = f"{version}.{key_id(key)}.{_b64(payload)}"
    return f"{head}.{_b64(_mac(head, key))}"


def verify(text: str, keys: Mapping[str, bytes]) -> Pass:
    """The pass in that text, when one of the keys signed it; :class:`BadPass` with the precise reason otherwise."""
    return _read(payload_of(VERSION, text, keys))


def payload_of(wanted: str, text: str, keys: Mapping[str, bytes]) -> bytes:
    """What one of the keys signed under that version's name; :class:`BadPass` otherwise."""
    parts = text.split(".") if len(text) <= _LONGEST else []
    if len(parts) != 4:
        raise BadPass("pass_malformed", "入场凭证不完整。请从考试入口重新进入，不要手工修改网址或复制凭证。")
    version, key_name, payload, mac = parts
    if version != wanted:
        raise BadPass("pass_version", f"入场凭证的版本 {version[:8]} 不受支持。请从考试入口重新进入。")
    key = keys.get(key_name)
    if key is None:
        raise BadPass("pass_key", "入场凭证由本考场不认识的密钥签发。请监考人员重新签发入场凭证。")
    if not hmac.compare_digest(_mac(f"{version}.{key_name}.{payload}", key), _unb64(mac)):
        raise BadPass("pass_forged", "入场凭证的签名不符，内容可能被改动。请监考人员重新签发入场凭证。")
    return _unb64(payload)


def _read(payload: bytes) -> Pass:
    # Signed by us, so a bad content means another release wrote it: say so instead of guessing.
    try:
        return _checked(payload)
    except ValueError:
        raise BadPass("pass_content", "入场凭证的内容与本系统版本不符。请监考人员重新签发入场凭证。") from None


def _checked(payload: bytes) -> Pass:
    ticket = _decoder.decode(payload)
    if ticket.opens >= ticket.closes:
        raise ValueError("the session closes before it opens")
    return ticket


_decoder = msgspec.json.Decoder(Pass)


def _mac(head: str, key: bytes) -> bytes:
    return hmac.digest(key, head.encode(), "sha256")


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    # Strict: the lenient decoder skips foreign characters, so that many texts would stand for one pass.
    try:
        data = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        data = b""
    if not data or _b64(data) != text:
        raise BadPass("pass_malformed", "入场凭证含有不该有的字符。请从考试入口重新进入。")
    return data
