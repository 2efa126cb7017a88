"""The key that opens a place's sealed papers, as it is said on the telephone (clause K13).

Seven groups of five characters of Crockford's alphabet: 0-9 and A-Z without I, L, O and U, which are easily misheard or
misread. The last character of each group is its check, so that the listener says at once which group he has wrong: a
check in GF(32) with a weight of its own for every place finds any single wrong character and any two neighbours that
changed places, and a number of its own for every group finds groups that did. The first two characters say which key
this is and are no secret; the other 26 are 130 bits.

An eighth group may follow: the bureau's time at that moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
# what a listener writes for a letter the alphabet does not have
_VALUE |= {"O": 0, "I": 1, "L": 1}
_GROUPS = 7
_DATA = 4
_LONG = _DATA + 1
_MARK = 2
_TIME_MODULUS = 1 << 20
"""Seconds a group of time can tell apart: twelve days."""

FREE_TRIES = 5
_FIRST_WAIT = 30
_LONGEST_WAIT = 1800


class BadKey(ValueError):
    """The text is no key, or opens nothing: ``code`` is ``mistyped``, ``other_package`` or ``wrong_key``; the message
    is for the person at the machine."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class SpokenKey:
    """A key as it was understood: ``mark`` names it, ``secret`` opens, ``seconds`` is the bureau's time modulo twelve
    days, when it was said."""

    mark: str
    secret: bytes
    seconds: int | None = None


def new_opening_key(chance: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A fresh key as it is read out, in groups of five with hyphens."""
    data = [byte % 32 for byte in chance(_GROUPS * _DATA)]
    return "-".join(_group(number, data[number * _DATA : (number + 1) * _DATA]) for number in range(_GROUPS))


def time_group(at: int) -> str:
    """The group that says a moment (UTC milliseconds) to the second, to be read out after the key."""
    seconds = at // 1000 % _TIME_MODULUS
    return _group(_GROUPS, [seconds >> 15 & 31, seconds >> 10 & 31, seconds >> 5 & 31, seconds & 31])


def understood(text: str) -> SpokenKey:
    """The key in what somebody typed, with or without the group of time; case, spaces and hyphens do not matter.

    :class:`BadKey` says which group is wrong.
    """
    typed = [letter for letter in text.upper() if not letter.isspace() and letter not in "-－—·."]
    foreign = next((letter for letter in typed if letter not in _VALUE), "")
    if foreign:
        raise BadKey("mistyped", f"启封码里不会有“{foreign}”：只用数字和除 I、L、O、U 以外的字母。请与主管部门核对。")
    if len(typed) not in (_GROUPS * _LONG, (_GROUPS + 1) * _LONG):
        raise BadKey(
            "mistyped",
            f"启封码是 {_GROUPS} 组、每组 {_LONG} 个字符（对时另加一组），收到 {len(typed)} 个字符。请核对。",
        )
    values = [_VALUE[letter] for letter in typed]
    groups = [values[start : start + _LONG] for start in range(0, len(values), _LONG)]
    for number, group in enumerate(groups):
        if _check(number, group[:_DATA]) != group[_DATA]:
            said = "".join(_ALPHABET[value] for value in group)
            raise BadKey("mistyped", f"第 {number + 1} 组（{said}）不对。请让主管部门重读这一组。")
    data = [value for group in groups[:_GROUPS] for value in group[:_DATA]]
    number = 0
    for value in data[_MARK:]:
        number = number << 5 | value
    secret = number.to_bytes(17, "big")
    return SpokenKey("".join(_ALPHABET[value] for value in data[:_MARK]), secret, _seconds(groups[_GROUPS:]))


def moment(seconds: int, *, near: int) -> int:
    """The moment (UTC milliseconds) a group of time meant: the one nearest to ``near``, at most six days off."""
    period = _TIME_MODULUS * 1000
    return near + (seconds * 1000 - near + period // 2) % period - period // 2


def wait_after(wrong: int) -> int:
    """How many seconds nobody may try again after that many wrong keys in a row."""
    return 0 if wrong < FREE_TRIES else min(_LONGEST_WAIT, _FIRST_WAIT << min(wrong - FREE_TRIES, 10))


def _seconds(groups: list[list[int]]) -> int | None:
    seconds = None
    for group in groups:
        seconds = 0
        for value in group[:_DATA]:
            seconds = seconds << 5 | value
    return seconds


def _group(number: int, data: list[int]) -> str:
    return "".join(_ALPHABET[value] for value in (*data, _check(number, data)))


def _check(number: int, data: list[int]) -> int:
    # The check itself has weight 1, the data 2, 4, 8, 16 (powers of a generator): all different and none 0.
    total = _POWERS[number]
    for place, value in enumerate(data, start=1):
        total ^= _times(value, place)
    return total


def _times(value: int, power: int) -> int:
    """``value`` times the generator to that power, in GF(32) with x^5 + x^2 + 1."""
    for _ in range(power):
        value <<= 1
        if value & 32:
            value ^= 0b100101
    return value


_POWERS = tuple(_times(1, power) for power in range(_GROUPS + 1))
