"""Numbers: the 22-character certificate number, old certificate, plan, ticket and filing numbers (clauses W5, W10).

The certificate number has no check digit, so a check is made of its parts: letter, province, year, level and
serial, and of what is known about the institution that issued it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from jiangheng.core.law.codes import CERTIFICATE_PROVINCES, DIVISIONS, GUANGXI, GUILIN
from jiangheng.core.law.levels import LADDER
from jiangheng.core.law.problem import Problem

# Y and S are fixed by the rule on certificate codes; J is used for technical colleges in some places only.
ORG_CLASSES: Mapping[str, str] = MappingProxyType({"Y": "用人单位", "S": "社会培训评价组织", "J": "技工院校"})
# The letters of a filing number: those above and specialty-ability institutions.
FILING_KINDS: Mapping[str, str] = MappingProxyType({**ORG_CLASSES, "Z": "专项职业能力考核机构"})
# Four zeros stand for an institution first filed by a province rather than by the Ministry.
PROVINCIAL = "0000"

_LEVELS = {step.certificate: step for step in LADDER if step.certificate is not None}
_SHAPE = re.compile(r"([A-Z])([0-9]{4})([0-9]{2})([0-9]{6})([0-9]{2})([0-9A-Z])([0-9]{6})")
_OLD = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-4])([0-9]{3})([1-5])([0-9]{5})")
_MEND = "请对照证书原件核对证书编号。"


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """The seven parts. org_code "0000": filed by a province. issue_yy: two digits. level_code: one character."""

    org_class: str
    org_code: str
    province: str
    site_serial: str
    issue_yy: str
    level_code: str
    cert_serial: str

    @property
    def site_code(self) -> str:
        """The first thirteen characters, which the human-resources department assigns."""
        return self.org_class + self.org_code + self.province + self.site_serial

    @property
    def year(self) -> int:
        """Year of issue; the rule is of 2019, so the century is this one."""
        return 2000 + int(self.issue_yy)

    def __str__(self) -> str:
        return self.site_code + self.issue_yy + self.level_code + self.cert_serial


def check_certno(
    text: str, *, on: date, province: str | None = None, org_class: str | None = None
) -> CertificateNumber | tuple[Problem, ...]:
    """The parsed number, or every problem it has.

    on: the day against which the year may not be in the future. province, org_class: those of the institution's
    filing, compared when given.
    """
    if len(text) != 22:
        return (Problem(f"证书编号为 {len(text)} 位", "职业技能等级证书编号规定为22位", _MEND),)
    match = _SHAPE.fullmatch(text)
    if match is None:
        return (Problem("证书编号的格式不符", "须为1位大写字母、14位数字、1位等级代码和6位数字", _MEND),)
    number = CertificateNumber(*match.groups())
    found = (*_part_problems(number, on), *_filing_problems(number, province, org_class))
    return found or number


def _part_problems(number: CertificateNumber, on: date) -> list[Problem]:
    found = []
    if number.org_class not in ORG_CLASSES:
        known = "、".join(f"{letter}({name})" for letter, name in ORG_CLASSES.items())
        found.append(Problem(f"机构类别代码 {number.org_class} 不存在", f"类别代码有:{known}", _MEND))
    if number.province not in CERTIFICATE_PROVINCES:
        found.append(Problem(f"省级代码 {number.province} 不存在", "第6至7位须为 GB/T 2260 省级代码", _MEND))
    if number.year > on.year:
        found.append(Problem(f"核发年份 {number.year} 在 {on.year} 年之后", "核发年份不得晚于当年", _MEND))
    if number.level_code not in _LEVELS:
        known = "、".join(f"{code}({step.zh})" for code, step in _LEVELS.items())
        found.append(Problem(f"职业技能等级代码 {number.level_code} 不存在", f"等级代码有:{known}", _MEND))
    if number.cert_serial == "000000":
        found.append(Problem("证书序列码为 000000", "序列码从 000001 起顺序编排", _MEND))
    return found


def _filing_problems(number: CertificateNumber, province: str | None, org_class: str | None) -> list[Problem]:
    found = []
    if province is not None and number.province != province:
        why = f"该机构备案所在省级代码为 {province}"
        found.append(Problem(f"省级代码 {number.province} 与备案不一致", why, _MEND))
    if org_class is not None and number.org_class != org_class:
        why = f"该机构备案类别代码为 {org_class}"
        found.append(Problem(f"机构类别代码 {number.org_class} 与备案不一致", why, _MEND))
    return found


def parse_certno(text: str, *, on: date) -> CertificateNumber:
    """The parts of a valid number; ValueError with every problem of an invalid one."""
    result = check_certno(text, on=on)
    if isinstance(result, CertificateNumber):
        return result
    raise ValueError(";".join(map(str, result)))


def compose_certno(
    *, org_class: str, province: str, site_serial: int, year: int, level_code: str, serial: int,
    org_code: str = PROVINCIAL,
) -> str:  # fmt: skip
    """The number of a new certificate; ValueError if a part is out of its range.

    year: four digits. level_code: the code of core.law.levels. serial: in order of issue from 1, never used again.
    """
    step = next((each for each in LADDER if each.code == level_code), None)
    if step is None or step.certificate is None:
        raise ValueError(f"等级代码 {level_code!r} 不核发职业技能等级证书编号")
    _within("核发年份", year, 2019, 2099)
    number = (
        f"{org_class}{org_code}{province}{_digits('站点序列码', site_serial, 6)}{year % 100:02d}"
        f"{step.certificate}{_digits('证书序列码', serial, 6, least=1)}"
    )
    return str(parse_certno(number, on=date(year, 12, 31)))


def looks_like_certno(text: str) -> bool:
    """The tolerant shape for importing certificates of other places, whose level may be any letter."""
    return re.fullmatch(r"[A-Z][0-9]{14}[A-Z1-5][0-9]{6}", text) is not None


def old_certificate_level(text: str) -> str:
    """The level code of a 16-digit number of the former vocational qualification certificate.

    A 13-digit number of Shanghai is the same number without its leading 000 and carries no level that can be
    read, so it is refused like any other wrong length. ValueError says what is wrong.
    """
    match = _OLD.fullmatch(text)
    if match is None:
        raise ValueError(f"职业资格证书编号 {text!r} 须为16位数字,第7位为0至4,第11位为等级1至5;请对照证书核对")
    return match.group(6)


def plan_number(*, year: int, site_serial: int, running: int, province: str = GUANGXI) -> str:
    """The 14-digit number of a recognition plan: year, province, site, running number of the year."""
    _within("年份", year, 2019, 2099)
    head = f"{year % 100:02d}{_province(province)}{_digits('站点序列码', site_serial, 6)}"
    return head + _digits("计划顺序号", running, 4, least=1)


def ticket_number(exam_day: date, *, site_serial: int, running: int, province: str = GUANGXI) -> str:
    """The 18-digit number of an admission ticket: day of the exam, province, site, running number of the day."""
    _within("考试年份", exam_day.year, 2019, 2099)
    head = f"{exam_day:%y%m%d}{_province(province)}{_digits('站点序列码', site_serial, 6)}"
    return head + _digits("准考证顺序号", running, 4, least=1)


def filing_number(kind: str, *, county: str, year: int, serial: int) -> str:
    """The number of an institution's filing in Guilin, e.g. GL-Y-450302-2026-0001.

    No national format was found; this one is the city's own. county: a present division or 450300 for the city.
    """
    if kind not in FILING_KINDS:
        known = "、".join(f"{letter}({name})" for letter, name in FILING_KINDS.items())
        raise ValueError(f"机构类别 {kind!r} 不存在;类别有:{known}")
    if county not in DIVISIONS and county != GUILIN:
        raise ValueError(f"区划代码 {county!r} 不是桂林市现行县级区划")
    _within("备案年份", year, 2019, 2099)
    return f"GL-{kind}-{county}-{year}-{_digits('备案顺序号', serial, 4, least=1)}"


def _province(code: str) -> str:
    if code not in CERTIFICATE_PROVINCES:
        raise ValueError(f"省级代码 {code!r} 不存在")
    return code


def _within(label: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{label} {value} 须在 {least} 至 {most} 之间")


def _digits(label: str, value: int, width: int, *, least: int = 0) -> str:
    # A number that outgrows its places would silently shift every part after it.
    _within(label, value, least, 10**width - 1)
    return f"{value:0{width}d}"
