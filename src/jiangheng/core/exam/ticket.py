"""The signed pass a seat shows to the hall (clause K13).

The office signs it, the hall checks it without a database: HMAC-SHA256 over canonical JSON, written as
``v1.<key id>.<payload>.<mac>`` in base64url. A pass is a bearer secret of one sitting; it is never logged.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

VERSION = "v1"
SHORTEST_KEY = 32
_LONGEST = 4096
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEED = re.compile(r"(?:[0-9a-f]{2}){8,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Who may sit which paper, when and where.

    ``paper`` is the digest of the paper's face, ``seed`` the hex seed of the individual layout, ``opens`` and
    ``closes`` UTC epoch milliseconds, ``extra`` the candidate's own additional seconds, ``fence`` a number the office
    raises with every newer pass of the same sitting, ``seat`` what the candidate reads on the desk.
    """

    sitting: int
    paper: str
    seed: str
    opens: int
    closes: int
    fence: int
    seat: str
    issued: int
    extra: int = 0


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
    if (wrong := _wrong(asdict(ticket))) is not None:
        raise ValueError(wrong)
    head = f"{VERSION}.{key_id(key)}.{_b64(_canonical(ticket))}"
    return f"{head}.{_b64(_mac(head, key))}"


def verify(text: str, keys: Mapping[str, bytes]) -> Pass:
    """The pass in that text, when one of the keys signed it; :class:`BadPass` with the precise reason otherwise."""
    parts = text.split(".") if len(text) <= _LONGEST else []
    if len(parts) != 4:
        raise BadPass("pass_malformed", "入场凭证不完整。请从考试入口重新进入，不要手工修改网址或复制凭证。")
    version, key_name, payload, mac = parts
    if version != VERSION:
        raise BadPass("pass_version", f"入场凭证的版本 {version[:8]} 不受支持。请从考试入口重新进入。")
    key = keys.get(key_name)
    if key is None:
        raise BadPass("pass_key", "入场凭证由本考场不认识的密钥签发。请监考人员重新签发入场凭证。")
    if not hmac.compare_digest(_mac(f"{version}.{key_name}.{payload}", key), _unb64(mac)):
        raise BadPass("pass_forged", "入场凭证的签名不符，内容可能被改动。请监考人员重新签发入场凭证。")
    return _read(_unb64(payload))


def _read(payload: bytes) -> Pass:
    # Signed by us, so a bad content means another release wrote it: say so instead of guessing.
    try:
        fields = json.loads(payload)
        wrong = _wrong(fields) if isinstance(fields, dict) else "not an object"
    except ValueError:
        wrong = "not JSON"
    if wrong is not None:
        raise BadPass("pass_content", "入场凭证的内容与本系统版本不符。请监考人员重新签发入场凭证。")
    return Pass(**fields)


def _wrong(fields: Mapping[str, object]) -> str | None:
    if set(fields) != set(Pass.__dataclass_fields__):
        return "fields differ from those of a pass"
    for name in ("sitting", "opens", "closes", "fence", "issued", "extra"):
        value = fields[name]
        if type(value) is not int or value < 0:
            return f"{name} is not a natural number"
    if not (isinstance(fields["paper"], str) and _DIGEST.fullmatch(fields["paper"])):
        return "paper is not a SHA-256 digest in hex"
    if not (isinstance(fields["seed"], str) and _SEED.fullmatch(fields["seed"])):
        return "seed is not 8 to 64 bytes in hex"
    if not isinstance(fields["seat"], str) or len(fields["seat"]) > 64:
        return "seat is not a short text"
    opens, closes = fields["opens"], fields["closes"]
    if not (isinstance(opens, int) and isinstance(closes, int) and opens < closes):
        return "the session closes before it opens"
    return None


def _canonical(ticket: Pass) -> bytes:
    return json.dumps(asdict(ticket), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


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
