"""What keeps the public look-ups from being worked through by a program: a question and a count (clause W10).

Both are kept where every process of the installation sees them: one small file an hour in the home folder. An append
of one byte is atomic, so no two processes lose a count; no address is written, only its keyed digest.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import secrets
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import clock, vault

QUESTION_LASTS = 15 * 60
SALT = "jiangheng.web.brake"
WORDS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Question:
    """A sum in words, and the sealed token that must come back with its answer."""

    text: str
    token: str


def ask() -> Question:
    """A new question. The answer is not in the token: only a digest under this installation's key."""
    first, second = secrets.randbelow(8) + 2, secrets.randbelow(8) + 2
    nonce = secrets.token_urlsafe(12)
    if secrets.randbelow(2) or first == second:
        text, answer = _("{a}加{b}等于几"), first + second
    else:
        first, second = max(first, second), min(first, second)
        text, answer = _("{a}减{b}等于几"), first - second
    token = signing.dumps([nonce, _digest(f"{nonce}:{answer}")], salt=SALT)
    return Question(text.format(a=_word(first), b=_word(second)), token)


def wrong_answer(token: str, answer: str) -> str:
    """Why the answer does not count, or nothing. A question counts once, however often it is sent."""
    try:
        nonce, expected = signing.loads(token, salt=SALT, max_age=QUESTION_LASTS)
    except signing.BadSignature:
        return _("这道验证题已过期，请回答新的一题")
    if not hmac.compare_digest(_digest(f"{nonce}:{_number(answer)}"), expected):
        return _("答案不对，请回答新的一题")
    if not _first_time(nonce):
        return _("这道验证题已经用过，请回答新的一题")
    return ""


def too_often(request: HttpRequest, kind: str, *, most: str = "lookup.per_hour") -> bool:
    """Count one look-up of this address; is it over the limit of the hour? ``most``: the parameter that sets it."""
    path = _hour() / _digest(f"{kind}:{_neighbourhood(request.META.get('REMOTE_ADDR', ''))}")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, b".")
        return os.fstat(handle).st_size > parameter(most)
    finally:
        os.close(handle)


def seconds_left() -> int:
    """Until the next hour begins and counting starts anew."""
    now = clock.now()
    return 3600 - now.minute * 60 - now.second


def _neighbourhood(address: str) -> str:
    # whoever has one IPv6 address has the whole /64, so it counts as one
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


def _hour() -> Path:
    folder = Path(settings.HOME) / "lookups"
    now = folder / f"{clock.now():%Y%m%d%H}"
    if not now.exists():
        now.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.iterdir():
            if old.name != now.name:
                shutil.rmtree(old, ignore_errors=True)
    return now


def _first_time(nonce: str) -> bool:
    try:
        # exclusive creation: of two requests with the same question exactly one gets through
        os.close(os.open(_hour() / f"used-{_digest(nonce)}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def _digest(text: str) -> str:
    return hmac.new(vault.subkey("lookups"), text.encode(), hashlib.sha256).hexdigest()


def _word(number: int) -> str:
    return ENGLISH[number] if (get_language() or "").startswith("en") else WORDS[number]


def _number(answer: str) -> str:
    text = unicodedata.normalize("NFKC", answer).strip()
    if text in WORDS:
        return str(WORDS.index(text))
    if len(text) == 2 and text[0] == "十" and text[1] in WORDS:
        return str(10 + WORDS.index(text[1]))
    return text.lstrip("0") or "0"
