"""A person's own account, as JSON, read into facts; every fault is told at once, with its place and the mend (P3).

A history with reversed, future or pre-birth dates and a certificate number of impossible shape are refused. Only
what is by nature a plan may lie ahead: a graduation and the end of an apprenticeship.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType

from jiangheng.core.law.codes import SEX
from jiangheng.core.law.facts import (
    SCHOOL_KINDS,
    TITLE_RANKS,
    ApprovedList,
    Education,
    Facts,
    HeldCertificate,
    Title,
    WorkPeriod,
)
from jiangheng.core.law.identity import normalise
from jiangheng.core.law.levels import LADDER, SPECIALTY
from jiangheng.core.law.levels import level as level_of
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.span import add_years
from jiangheng.core.trust.certno import CertificateNumber, check_certno, old_certificate_level

LABELS: Mapping[str, str] = MappingProxyType({
    "birth": "出生日期", "sex": "性别", "history": "工作经历", "certificates": "证书", "education": "学历",
    "titles": "职称", "apprenticeship_ended": "学徒期满日期", "preparatory_technician": "预备技师证书取得日期",
    "wish": "意向等级", "start": "开始日期", "end": "结束日期", "occupation": "职业", "employer": "工作单位",
    "related": "是否相关职业", "number": "证书编号", "level": "等级", "issued": "发证日期", "kind": "学校类别",
    "major_related": "是否本专业或相关专业", "final_year": "是否应届", "graduated": "毕业日期", "programme": "专业代码",
    "rank": "职称级别", "granted": "取得日期",
})  # fmt: skip
_COUNTED = {
    "history": "第{}段工作经历",
    "certificates": "第{}个证书",
    "education": "第{}段学历",
    "titles": "第{}个职称",
}
_CODE = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STEPS = (*LADDER, SPECIALTY)
_LEVELS = {name: step.code for step in _STEPS for name in (step.code, step.zh, step.face, *step.face.split("/"))}
_BY_CERTIFICATE = {step.certificate: step.code for step in LADDER if step.certificate}
_MOST_ROWS = 100
_LONGEST = 200
_EARLIEST = date(1900, 1, 1)
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. place: its path in the JSON, counted from 0. title: the same for people, counted from 1."""

    place: str
    title: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.title}:{self.what}。{self.mend}"


class PersonFaults(ValueError):
    """Everything that is wrong with an account, in the order in which it was read."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Person:
    """Facts and, if stated, the level wished for (its code)."""

    facts: Facts
    wish: str | None


def parse_person(
    raw: object,
    *,
    code: str,
    related: Iterable[str],
    on: date,
    approved: Iterable[ApprovedList] = (),
    names: Mapping[str, str] = _NO_NAMES,
) -> Person:
    """An account against one standard; PersonFaults tells every fault.

    code, related: the standard's occupation and the related ones. on: the day of judgement. approved: the lists the
    region keeps. names: names of occupations that may stand for their codes.
    """
    reader = _Reader(on, code, (code, *related), names)
    person = reader.person(raw, tuple(approved))
    if reader.faults or person is None:
        raise PersonFaults(reader.faults)
    return person


class _Row:
    """One object of the JSON: takes its fields, notes faults, and knows its own place."""

    def __init__(self, raw: object, faults: list[Fault], *, place: str = "", title: str = "") -> None:
        self.faults, self.place, self.title = faults, place, title
        self.raw: Mapping[str, object] = raw if isinstance(raw, dict) else {}
        self._asked: list[str] = []
        if not isinstance(raw, dict):
            self.fault("", "应为一个 JSON 对象", '请写成 {"…": …} 的形式。')

    def fault(self, field: str, what: str, mend: str) -> None:
        place = f"{self.place}.{field}".strip(".")
        title = f"{self.title} {LABELS.get(field, field)}".strip() or "个人情况"
        self.faults.append(Fault(place, title, what, mend))

    def take(self, field: str) -> object:
        self._asked.append(field)
        return self.raw.get(field)

    def text(self, field: str, *, required: bool = False) -> str:
        value = self.take(field)
        if value is None or value == "":
            if required:
                self.fault(field, "没有填写", "请补填。")
            return ""
        if not isinstance(value, str) or len(value) > _LONGEST:
            self.fault(field, f"须为不超过{_LONGEST}字的文字", "请写成带引号的文字。")
            return ""
        return value.strip()

    def among(self, field: str, table: Mapping[str, str], *, required: bool = True) -> str:
        value = self.text(field, required=required)
        if value and value not in table:
            listed = "、".join(f"{key}({name})" for key, name in table.items())
            self.fault(field, f"“{value}”不在代码表内", f"请从下列代码中选一个:{listed}。")
            return ""
        return value

    def level(self, field: str) -> str:
        value = self.text(field)
        if value and value not in _LEVELS:
            listed = "、".join(f"{step.code}({step.zh})" for step in _STEPS)
            self.fault(field, f"没有“{value}”这个等级", f"请从下列等级中选一个:{listed}。")
        return _LEVELS.get(value, "")

    def flag(self, field: str) -> bool | None:
        value = self.take(field)
        if value is not None and not isinstance(value, bool):
            self.fault(field, "须为 true 或 false", "请不加引号地写 true(是)或 false(否)。")
            return None
        return value

    def day(
        self, field: str, *, on: date, birth: date | None, required: bool = False, plan: bool = False
    ) -> date | None:
        text = self.text(field, required=required)
        if not text:
            return None
        try:
            found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None:
            self.fault(field, f"“{text}”不是日期", "请写成 2026-09-01 这样的真实日期。")
            return None
        if found > on and not plan:
            self.fault(field, f"{found} 在 {on} 之后", "尚未发生的请不要填写;日期有误的请更正。")
        elif birth is not None and found < birth:
            self.fault(field, f"{found} 早于出生日期 {birth}", "请核对这个日期和出生日期。")
        elif found < _EARLIEST or found.year > on.year + 20:
            self.fault(field, f"年份 {found.year} 不合情理", "请核对年份。")
        else:
            return found
        return None

    def rows(self, field: str) -> list[_Row]:
        value = self.take(field)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(field, "须为列表", "请用方括号写成列表,没有的写 []。")
            return []
        if len(value) > _MOST_ROWS:
            self.fault(field, f"有{len(value)}条,超过{_MOST_ROWS}条", "请合并或删去无关的条目。")
            return []
        rows = [
            _Row(each, self.faults, place=f"{field}[{place}]", title=_COUNTED[field].format(place + 1))
            for place, each in enumerate(value)
        ]
        # what is no object has its one fault already; its absent fields are not faults of their own
        return [row for row, each in zip(rows, value, strict=True) if isinstance(each, dict)]

    def done(self) -> None:
        for name in self.raw:
            if name not in self._asked:
                near = get_close_matches(str(name), self._asked, n=1)
                mend = f"是否应为 {near[0]}({LABELS.get(near[0], near[0])})?" if near else "请删去。"
                self.fault(str(name)[:_LONGEST], "不认识的字段", mend)


class _Reader:
    """Reads one account; what is wrong is in `faults`."""

    def __init__(self, on: date, code: str, codes: tuple[str, ...], names: Mapping[str, str]) -> None:
        self.faults: list[Fault] = []
        self._on, self._code, self._codes, self._names = on, code, codes, names

    def person(self, raw: object, approved: tuple[ApprovedList, ...]) -> Person | None:
        root = _Row(raw, self.faults)
        if self.faults:
            return None
        birth = root.day("birth", on=self._on, birth=None, required=True)
        found = Facts(
            birth=birth or self._on,
            sex=root.among("sex", SEX, required=False),
            history=tuple(filter(None, [self._work(row, birth) for row in root.rows("history")])),
            certificates=tuple(filter(None, [self._certificate(row, birth) for row in root.rows("certificates")])),
            education=tuple(filter(None, [self._study(row, birth) for row in root.rows("education")])),
            titles=tuple(filter(None, [self._title(row, birth) for row in root.rows("titles")])),
            approved=approved,
            apprenticeship_ended=root.day("apprenticeship_ended", on=self._on, birth=birth, plan=True),
            preparatory_technician=root.day("preparatory_technician", on=self._on, birth=birth),
        )
        wish = root.level("wish")
        root.done()
        return Person(found, wish or None)

    def _work(self, row: _Row, birth: date | None) -> WorkPeriod | None:
        start = row.day("start", on=self._on, birth=birth, required=True)
        end = row.day("end", on=self._on, birth=birth)
        row.text("employer")
        occupation, related = self._occupation(row)
        row.done()
        if start and end and start > end:
            row.fault("end", f"结束日期 {end} 早于开始日期 {start}", "请对调或更正这两个日期。")
        least = parameter("work.min_age")
        if start and birth and start < (grown := add_years(birth, least, leap_to_march=True)):
            what = f"{start} 未满{least}周岁,不能计为工作(劳动法第十五条)"
            row.fault("start", what, f"请核对出生日期;工作请从满{least}周岁的 {grown} 以后填起。")
        return WorkPeriod(start, end, occupation, related) if start else None

    def _occupation(self, row: _Row) -> tuple[str, bool]:
        said, claimed = row.text("occupation"), row.flag("related")
        code = self._names.get(said, said)
        if not said and claimed is None:
            row.fault("occupation", "没有填写", "请写职业编码或职业名称,或用 related 写明是否为本职业或相关职业。")
        elif _CODE.fullmatch(code):
            counts = code in self._codes
            if claimed is not None and claimed != counts:
                state = "属于" if counts else "不属于"
                row.fault(
                    "related",
                    f"写为 {str(claimed).lower()},而按本标准 {code} {state}本职业或相关职业",
                    f"请删去 related 或更正职业;本标准认可的有:{'、'.join(self._codes)}。",
                )
            return code, counts
        elif claimed is None:
            near = get_close_matches(said, self._names, n=1, cutoff=0.5)
            guess = f"是否应为“{near[0]}”?" if near else ""
            mend = f"{guess}请写职业编码(如 {self._code}),或用 related 写明是(true)或否(false)。"
            row.fault("occupation", f"无法判断“{said}”是否为本职业或相关职业", mend)
        return code, bool(claimed)

    def _certificate(self, row: _Row, birth: date | None) -> HeldCertificate | None:
        number, level = normalise(row.text("number")), row.level("level")
        said = row.text("occupation")
        issued = row.day("issued", on=self._on, birth=birth, required=True)
        row.done()
        occupation = self._names.get(said, said) or self._code
        if not _CODE.fullmatch(occupation) and (near := get_close_matches(said, self._names, n=1, cutoff=0.5)):
            row.fault("occupation", f"没有名为“{said}”的职业", f"是否应为“{near[0]}”?也可以写职业编码。")
        if number and level != SPECIALTY.code:
            level = self._numbered(row, number, level, issued)
        elif not level and not row.raw.get("level"):
            row.fault("level", "没有填写,也没有可以读出等级的证书编号", "请填写证书上的等级。")
        return HeldCertificate(level, occupation, issued, number) if issued and level else None

    def _numbered(self, row: _Row, number: str, level: str, issued: date | None) -> str:
        read = self._read(row, number)
        if read is None:
            return level
        told, year, whole = read
        if level and told != level:
            faces = level_of(told).face, level_of(level).face
            row.fault("number", f"编号中的等级为{faces[0]},所填等级为{faces[1]}", "请对照证书原件,改正其中一处。")
        if issued and year != (issued.year if whole else issued.year % 100):
            row.fault("number", f"编号中的年份为{year:02d},而发证日期为 {issued}", "请对照证书原件,改正其中一处。")
        return told

    def _read(self, row: _Row, number: str) -> tuple[str, int, bool] | None:
        """Level, year, and whether the year has its century; None after a fault."""
        if len(number) == 16:
            try:
                return old_certificate_level(number), int(number[:2]), False
            except ValueError as wrong:
                what, _, mend = str(wrong).partition(";")
                row.fault("number", what, f"{mend}。")
                return None
        if len(number) != 22:
            what = f"证书编号为{len(number)}位,职业技能等级证书为22位,原职业资格证书为16位"
            row.fault("number", what, "请对照证书原件更正;读不出的请不填编号,只填等级和发证日期。")
            return None
        checked = check_certno(number, on=self._on)
        if isinstance(checked, CertificateNumber):
            return _BY_CERTIFICATE[checked.level_code], checked.year, True
        for problem in checked:
            row.fault("number", f"{problem.what}({problem.why})", problem.mend)
        return None

    def _study(self, row: _Row, birth: date | None) -> Education | None:
        kind = row.among("kind", SCHOOL_KINDS)
        major, final = row.flag("major_related"), row.flag("final_year")
        graduated = row.day("graduated", on=self._on, birth=birth, plan=True)
        programme = row.text("programme")
        row.done()
        return Education(kind, bool(major), bool(final), graduated, programme) if kind else None

    def _title(self, row: _Row, birth: date | None) -> Title | None:
        rank = row.among("rank", TITLE_RANKS)
        granted = row.day("granted", on=self._on, birth=birth, required=True)
        row.done()
        return Title(rank, granted) if rank and granted else None
