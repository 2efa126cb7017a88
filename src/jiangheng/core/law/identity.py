"""Identity numbers of people and organisations: checks, age and the one way to mask them (clauses K11, W10).

GB 11643-1999 (citizens, residence permits, the foreigners' permanent residence card), GB 32100-2015 (unified
social credit code), GB 11714 (organisation code), ISO/IEC 7064 MOD 37,36 (electronic licence identifier).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from jiangheng.core.law.codes import IDENTITY_PROVINCES
from jiangheng.core.law.problem import Problem

_CITIZEN_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CITIZEN_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
# Old numbers stay in registers for ever; only a slip of the pen lies before this year.
_EARLIEST_BIRTH = 1850


@dataclass(frozen=True, slots=True)
class Identity:
    """A number that passed every check. sex is a code of GB/T 2261.1 ("1" male, "2" female)."""

    number: str
    birth: date
    sex: str
    region_code: str


def normalise(text: str) -> str:
    """Half-width, without spaces and invisible signs, letters in upper case (so a lower x becomes X)."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).upper()


def citizen_check(first17: str) -> str:
    """The 18th character of GB 11643 for the first seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _CITIZEN_WEIGHTS, strict=True))
    return _CITIZEN_CHECKS[total % 11]


def _birth(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _shape_problem(number: str) -> Problem | None:
    if re.fullmatch(r"[0-9]{15}", number):
        return Problem(
            "证件号码为15位旧号码", "15位号码已停用,GB 11643-1999 为18位", "请填写现行居民身份证上的18位号码。"
        )
    if len(number) != 18:
        return Problem(f"证件号码为 {len(number)} 位", "GB 11643-1999 规定为18位", "请对照证件补齐或删去多余字符。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return Problem(
            "证件号码含有不允许的字符", "前17位为数字,第18位为数字或X", "请对照证件更正,字母O不能代替数字0。"
        )
    return None


def _region_problem(number: str) -> Problem | None:
    # The foreigners' card of 2023 starts with 9; the province follows it, then the code of the nationality.
    province = number[1:3] if number[0] == "9" else number[:2]
    if province in IDENTITY_PROVINCES:
        return None
    return Problem(
        f"证件号码的地区代码 {province} 不存在", "GB/T 2260 没有这个省级代码", "请对照证件核对号码的前几位。"
    )


def _birth_problem(birth: date | None, digits: str, on: date) -> Problem | None:
    if birth is None:
        return Problem(f"出生日期 {digits} 不存在", "第7至14位须为真实的年月日", "请对照证件核对第7至14位。")
    if birth > on:
        return Problem(f"出生日期 {birth} 在 {on} 之后", "出生日期不得晚于当日", "请对照证件核对第7至14位。")
    if birth.year < _EARLIEST_BIRTH:
        return Problem(f"出生年份 {birth.year} 过早", "出生年份不会早于1850年", "请对照证件核对第7至14位。")
    return None


def check_identity(text: str, *, on: date) -> Identity | tuple[Problem, ...]:
    """The parsed number, or every problem it has; `on` is the day against which a birth may not be in the future."""
    number = normalise(text)
    if wrong_shape := _shape_problem(number):
        return (wrong_shape,)
    birth = _birth(number[6:14])
    problems = [_region_problem(number), _birth_problem(birth, number[6:14], on)]
    if citizen_check(number[:17]) != number[17]:
        problems.append(
            Problem("证件号码的校验位不符", "按 GB 11643-1999 计算的第18位不同", "号码中至少一位有误,请逐位对照证件。")
        )
    found = tuple(problem for problem in problems if problem is not None)
    if found or birth is None:
        return found
    return Identity(number, birth, "1" if int(number[16]) % 2 else "2", number[:6])


def make_identity(region: str, *, birth: date, sequence: int, sex: str) -> str:
    """A valid number of an invented person: sequence 0 to 499 within region, birth and sex ("1" or "2")."""
    if not re.fullmatch(r"[0-9]{6}", region) or region[:2] not in IDENTITY_PROVINCES:
        raise ValueError(f"地区代码 {region!r} 须为6位数字且省级代码存在")
    if not 0 <= sequence <= 499 or sex not in ("1", "2"):
        raise ValueError(f"顺序 {sequence} 须在0至499之间,性别 {sex!r} 须为 1(男)或 2(女)")
    # Odd for men, even for women: two orders of the three-digit place belong to each sequence.
    first17 = f"{region}{birth:%Y%m%d}{2 * sequence + (sex == '1'):03d}"
    return first17 + citizen_check(first17)


def sex_of(number: str) -> str:
    """男 or 女, by the seventeenth digit of a citizen's number; "" for anything else (GB 11643-1999)."""
    if len(number) != 18 or not number[:17].isdecimal():
        return ""
    return "男" if int(number[16]) % 2 else "女"


def age_on(birth: date, on: date) -> int:
    """Full years of age; the year is full on the birthday itself (29 February: on 1 March in common years)."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def mask_identity(number: str) -> str:
    """The last four characters and nothing else: region and birth date are shown nowhere; too short shows none."""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 8 else "*" * len(number)


def mask_name(name: str) -> str:
    """The first character, then one star for each that follows; a name of one character is hidden."""
    return name[0] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def mask_phone(phone: str) -> str:
    """The first three and the last two characters, so that no four digits in a row can be linked elsewhere."""
    return phone[:3] + "*" * (len(phone) - 5) + phone[-2:] if len(phone) >= 8 else "*" * len(phone)


def uscc_check(first17: str) -> str:
    """The 18th character of GB 32100-2015."""
    total = sum(_USCC_ALPHABET.index(char) * weight for char, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def check_uscc(text: str) -> tuple[Problem, ...]:
    """Every problem of a unified social credit code; empty when there is none."""
    code = normalise(text)
    if len(code) != 18:
        return (
            Problem(f"统一社会信用代码为 {len(code)} 位", "GB 32100-2015 规定为18位", "请对照营业执照或登记证书更正。"),
        )
    if alien := sorted({char for char in code if char not in _USCC_ALPHABET}):
        return (
            Problem(
                f"统一社会信用代码含有 {'、'.join(alien)}",
                "GB 32100-2015 不使用字母 I、O、S、V、Z 和符号",
                "请对照登记证书更正,常见的是把0写成O、把1写成I。",
            ),
        )
    if uscc_check(code[:17]) != code[17]:
        return (Problem("统一社会信用代码的校验位不符", "按 GB 32100-2015 计算的第18位不同", "请逐位对照登记证书。"),)
    return ()


def org_check(first8: str) -> str:
    """The check character of a GB 11714 organisation code."""
    total = sum(_ALPHANUMERIC.index(char) * weight for char, weight in zip(first8, _ORG_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def check_org_code(text: str) -> tuple[Problem, ...]:
    """Every problem of a GB 11714 organisation code, with or without the hyphen; empty when there is none."""
    code = normalise(text).replace("-", "")
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return (Problem("组织机构代码的格式不符", "GB 11714 为8位本体代码加1位校验码", "请对照代码证更正。"),)
    if org_check(code[:8]) != code[8]:
        return (Problem("组织机构代码的校验位不符", "按 GB 11714 计算的校验码不同", "请逐位对照代码证。"),)
    return ()


def mod37_36(text: str) -> str:
    """The check character of ISO/IEC 7064 MOD 37,36 for a text of digits and capital letters."""
    product = 36
    for char in text:
        product = (product + _ALPHANUMERIC.index(char)) % 36 or 36
        product = 2 * product % 37
    return _ALPHANUMERIC[(37 - product) % 36]
