"""What is wrong with a roster, cell by cell, with how to mend it (clauses K10, P3, W1)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from jiangheng.apps.batches.formats.cells import destroyed, october_lost
from jiangheng.apps.batches.formats.columns import BY_KEY, CITIZEN, COLUMNS, DOCUMENT_KINDS, EIGHTEEN, Column
from jiangheng.apps.batches.formats.roster import RosterRow
from jiangheng.core.law import eligibility
from jiangheng.core.law.codes import SEX
from jiangheng.core.law.eligibility import Condition, Facts, HeldCertificate, WorkPeriod
from jiangheng.core.law.identity import Identity, age_on, check_identity
from jiangheng.core.law.levels import LADDER, above, minimum_age
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.display import level_face
from jiangheng.kernel.spoken import spoken

_LEVEL_CODES = frozenset(step.code for step in LADDER)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH = re.compile(r"\d{4}-\d\d")


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one cell. ``row`` is the sheet's row number, ``column`` a column key; an error bars the row."""

    row: int
    column: str
    severity: Literal["error", "warn"]
    problem: str
    mend: str
    clause: str = "K10"

    @property
    def title(self) -> str:
        """The column's name for people."""
        return BY_KEY[self.column].title


@dataclass(frozen=True, slots=True)
class _Plan:
    on: date
    levels: Collection[str]
    occupation: str
    code: str
    directions: Collection[str]
    conditions: Sequence[Condition]
    known: Callable[[str], bool]
    counts_as: Mapping[str, str]


def check_rows(
    rows: Sequence[RosterRow],
    *,
    on: date,
    levels: Collection[str],
    occupation: str,
    occupation_code: str = "",
    directions: Collection[str] = (),
    conditions: Sequence[Condition] = (),
    known: Callable[[str], bool] | Collection[str] = (),
    counts_as: Mapping[str, str] = eligibility.NO_CROSSWALK,
) -> list[Finding]:
    """Every finding, by row and then by column, as of the day ``on`` (the day applications close).

    ``levels`` are the level codes of the plan, ``conditions`` and ``counts_as`` those of its standard (no conditions:
    not checked), ``known`` tells which document numbers have applied already. No finding means that the row may be
    taken in as it is.
    """
    knows = known if callable(known) else frozenset(known).__contains__
    plan = _Plan(on, levels, occupation, occupation_code, directions, conditions, knows, counts_as)
    found = [finding for row in rows for finding in _row(row, plan)]
    found += _repeated(rows)
    order = {column.key: place for place, column in enumerate(COLUMNS)}
    return sorted(found, key=lambda finding: (finding.row, order[finding.column], finding.severity))


def _row(row: RosterRow, plan: _Plan) -> Iterator[Finding]:
    yield from _required(row)
    yield from _listed(row)
    identity, problems = _identity(row, plan)
    yield from problems
    yield from _birth(row, identity, plan)
    yield from _phone(row)
    yield from _wanted(row, plan)
    yield from _dates(row, plan)
    yield from _held(row)
    yield from _eligible(row, identity, plan)


def _required(row: RosterRow) -> Iterator[Finding]:
    for column in COLUMNS:
        if column.required and not row[column.key]:
            yield Finding(row.number, column.key, "error", _("没有填写%s。") % column.title, _("请补填。"))
    name = row["name"]
    if name and (len(name) > 50 or re.search(r"[\d<>@#$%^*_=+|\\/?？]", name)):
        yield Finding(row.number, "name", "error", _("姓名里有数字或符号。"), _("请对照证件填写，间隔号用“·”。"))


def _listed(row: RosterRow) -> Iterator[Finding]:
    for column in COLUMNS:
        value = row[column.key]
        if column.kind == "choice" and value and value not in column.choices:
            yield Finding(row.number, column.key, "error", _not_listed(column, value), _choose(column))


def _not_listed(column: Column, value: str) -> str:
    return _("%(title)s“%(value)s”不在代码表内。") % {"title": column.title, "value": value}


def _choose(column: Column) -> str:
    if len(column.choices) > 24:
        return _("请按模板的下拉列表选择。")
    return _("请从下列名称中选一个：%s。") % _("、").join(column.choices)


def _identity(row: RosterRow, plan: _Plan) -> tuple[Identity | None, list[Finding]]:
    number, kind = row["document_number"], row["document_kind"] or CITIZEN
    if not number:
        return None, []

    def error(problem: str, mend: str) -> Finding:
        return Finding(row.number, "document_number", "error", problem, mend, "K10")

    if destroyed(number):
        return None, [
            error(
                _("证件号码被 Excel 当成数字，变成了 %s，后几位已经丢失，无法还原。") % number,
                _("请先把整列设为“文本”格式，再对照证件重新录入号码；只改格式找不回丢失的数字。"),
            )
        ]
    if plan.known(number):
        found = [error(_("此人已在本批次报名。"), _("请从名单中删去这一行；需要改信息的，请在报名列表中修改。"))]
    else:
        found = []
    if kind not in EIGHTEEN:
        if kind in DOCUMENT_KINDS and not re.fullmatch(r"[A-Z0-9()]{5,20}", number):
            found.append(error(_("证件号码只能由字母和数字组成。"), _("请对照证件重新录入。")))
        return None, found
    checked = check_identity(number, on=plan.on)
    if isinstance(checked, Identity):
        return checked, found
    found += [
        error(_("%(what)s：%(why)s。") % {"what": spoken(p.what), "why": spoken(p.why)}, spoken(p.mend))
        for p in checked
    ]
    return None, found


def _birth(row: RosterRow, identity: Identity | None, plan: _Plan) -> Iterator[Finding]:
    written = row["birth"]
    # Wholly written in months only, a birthday still must lie in that month of the number.
    if identity and written and not identity.birth.isoformat().startswith(written):
        yield Finding(
            row.number,
            "birth",
            "error",
            _("出生日期 %(written)s 与证件号码中的 %(number)s 不一致。")
            % {"written": written, "number": identity.birth},
            _("请对照证件，改正其中一处。"),
        )
    sex = SEX[identity.sex] if identity else ""
    if sex and row["sex"] in ("男", "女") and row["sex"] != sex:
        yield Finding(
            row.number,
            "sex",
            "error",
            _("性别“%(written)s”与证件号码（%(number)s）不一致。") % {"written": row["sex"], "number": sex},
            _("请对照证件，改正性别或号码。"),
        )
    birth = identity.birth if identity else _full_date(written)
    if birth is None:
        if row["document_kind"] in DOCUMENT_KINDS and row["document_kind"] not in EIGHTEEN and not written:
            yield Finding(row.number, "birth", "error", _("此类证件须填写出生日期。"), _("请补填，如 1990-01-31。"))
        return
    if birth <= plan.on:
        yield from _age(row, age_on(birth, plan.on))


def _age(row: RosterRow, age: int) -> Iterator[Finding]:
    least, level = parameter("age.min"), row["level"]
    if age < least:
        yield Finding(
            row.number,
            "document_number",
            "error",
            _("未满 %(least)d 周岁（现 %(age)d 周岁），不能申报。") % {"least": least, "age": age},
            _("请从名单中删去；号码有误的请更正。"),
            "P3",
        )
    elif level in _LEVEL_CODES and age < minimum_age(level):
        yield Finding(
            row.number,
            "level",
            "warn",
            _("%(age)d 周岁申报%(level)s，年龄偏小。") % {"age": age, "level": level_face(level)},
            _("请核对级别；确实符合条件的，请备好证明材料，资格审核时会重点核查。"),
            "K11",
        )


def _phone(row: RosterRow) -> Iterator[Finding]:
    phone = row["phone"]
    if phone and not re.fullmatch(r"1[3-9]\d{9}", phone):
        yield Finding(
            row.number,
            "phone",
            "error",
            _("手机号码“%(phone)s”不对：应为 1 开头的 11 位数字，现为 %(length)d 位。")
            % {"phone": phone, "length": len(phone)},
            _("请填写本人在用的手机号，只填一个。"),
        )


def _wanted(row: RosterRow, plan: _Plan) -> Iterator[Finding]:
    level, occupation, direction = row["level"], row["occupation"], row["direction"]
    offered = _("、").join(level_face(code) for code in sorted(plan.levels, key="A54321TC".index))
    if level and level not in _LEVEL_CODES:
        yield Finding(
            row.number, "level", "error", _("没有“%s”这个级别。") % level, _("本批次可报：%s。") % offered, "K1"
        )
    elif level and level not in plan.levels:
        problem = _("本批次计划不含%s。") % level_face(level)
        yield Finding(row.number, "level", "error", problem, _("本批次可报：%s。") % offered, "K1")
    if occupation and _bare(occupation) not in {_bare(plan.occupation), _bare(plan.code or plan.occupation)}:
        yield Finding(
            row.number,
            "occupation",
            "error",
            _("申报职业“%(written)s”与本批次的“%(plan)s”不一致。") % {"written": occupation, "plan": plan.occupation},
            _("请改为本批次的职业；报其他职业的，请放到对应批次的名单里。"),
            "K3",
        )
    if direction and plan.directions and _bare(direction) not in {_bare(name) for name in plan.directions}:
        yield Finding(
            row.number,
            "direction",
            "error",
            _("本批次没有“%s”这个工种/方向。") % direction,
            _("可填：%s。") % _("、").join(plan.directions),
            "K3",
        )


def _bare(text: str) -> str:
    return re.sub(r"[\s()（）]", "", text).upper()


def _dates(row: RosterRow, plan: _Plan) -> Iterator[Finding]:
    for key in ("birth", "held_issued", "work_since"):
        value, column = row[key], BY_KEY[key]
        if not value:
            continue
        if october_lost(row.raw.get(key)):
            yield Finding(
                row.number,
                key,
                "warn",
                _("“%s”可能是 1 月，也可能是 10 月：Excel 会去掉末尾的 0。") % row.raw[key],
                _("请写成 %s 这样的形式。") % f"{value[:4]}-10",
            )
        whole = _DAY.fullmatch(value) or (_MONTH.fullmatch(value) and key != "held_issued")
        if not whole:
            yield Finding(row.number, key, "error", _unclear(column, value), _("请写成 2026-09-01 这样的形式。"))
        elif value > plan.on.isoformat()[: len(value)]:
            yield Finding(row.number, key, "error", _("%s在将来。") % column.title, _("请核对年份。"))
    for key in ("condition", "years"):
        if row[key] and not re.fullmatch(r"\d{1,2}(\.\d+)?", row[key]):
            problem = _("%(title)s“%(value)s”不是数字。") % {"title": BY_KEY[key].title, "value": row[key]}
            yield Finding(row.number, key, "error", problem, _("请只填数字。"))


def _unclear(column: Column, value: str) -> str:
    if _MONTH.fullmatch(value):
        return _("%s只写到月，缺少日。") % column.title
    if re.fullmatch(r"(19|20)\d\d年?", value):
        return _("%s只写到年，缺少月份。") % column.title
    return _("看不懂%(title)s“%(value)s”。") % {"title": column.title, "value": value}


def _full_date(text: str) -> date | None:
    return date.fromisoformat(text) if _DAY.fullmatch(text) else None


def _held(row: RosterRow) -> Iterator[Finding]:
    held, wanted = row["held_level"], row["level"]
    if held and held not in _LEVEL_CODES:
        yield Finding(row.number, "held_level", "error", _("没有“%s”这个级别。") % held, _("请填证书上的级别。"), "K1")
    elif held and wanted in _LEVEL_CODES and not above(wanted, held):
        yield Finding(
            row.number,
            "held_level",
            "warn",
            _("已持有%(held)s，又申报%(wanted)s。") % {"held": level_face(held), "wanted": level_face(wanted)},
            _("请核对申报级别；同一职业不重复核发同级或更低级别的证书。"),
            "K11",
        )
    if row["nature"] == "晋级认定" and not (held and row["held_number"]):
        yield Finding(
            row.number,
            "held_number",
            "error",
            _("晋级认定须填写现持证书的编号和级别。"),
            _("请对照原证书补填；没有证书的请改为“初次认定”。"),
            "P3",
        )


def _eligible(row: RosterRow, identity: Identity | None, plan: _Plan) -> Iterator[Finding]:
    level, chosen = row["level"], row["condition"]
    if not plan.conditions or level not in plan.levels or not chosen.isdecimal():
        return
    offered = [condition for condition in plan.conditions if condition.level == level]
    condition = next((each for each in offered if each.seq == int(chosen)), None)
    if condition is None:
        yield Finding(
            row.number,
            "condition",
            "error",
            _("%(level)s的申报条件共 %(count)d 条，没有第 %(chosen)s 条。")
            % {"level": level_face(level), "count": len(offered), "chosen": chosen},
            _("请对照职业标准填写条件序号。"),
            "P3",
        )
        return
    # Schools, lists, titles, apprenticeships are not in the roster: only what the row tells can be held against it.
    told = any(row[key] for key in ("held_level", "work_since", "years"))
    schooled = condition.school_kinds or condition.approved_list or condition.title_rank
    if identity is None or not told or schooled or condition.apprenticeship or condition.preparatory_technician:
        return
    facts = _facts(row, identity, condition, plan)
    verdict = eligibility.judge([condition], facts, level=level, on=plan.on, counts_as=plan.counts_as)
    for missing in (part for short in verdict.failed for part in short.missing):
        mend = _("请核对年限、证书和条件序号；材料齐全的，资格审核时以材料为准。")
        yield Finding(row.number, "condition", "warn", _lack(chosen, missing), mend, "P3")


def _lack(chosen: str, missing: eligibility.Missing) -> str:
    when = _("最早 %s 满足") % missing.from_date if missing.from_date else _("不能只靠时间满足")
    told = {"chosen": chosen, "what": spoken(missing.what), "when": when}
    return _("按名单所填，第 %(chosen)s 条还缺：%(what)s（%(when)s）") % told


def _facts(row: RosterRow, identity: Identity, condition: Condition, plan: _Plan) -> Facts:
    occupation = condition.occupations[0] if condition.occupations else plan.code
    issued, since = _full_date(row["held_issued"]), _full_date(f"{row['work_since']}-01")
    if row["years"].isdecimal() and int(row["years"]) < plan.on.year:
        began = plan.on.replace(year=plan.on.year - int(row["years"]), day=min(plan.on.day, 28))
        since = began
    held: dict[str, Any] = {}
    if issued and row["held_level"] in _LEVEL_CODES:
        held["certificates"] = (HeldCertificate(row["held_level"], occupation, issued, row["held_number"]),)
    if since:
        held["history"] = (WorkPeriod(since, None, occupation, True),)
    return Facts(birth=identity.birth, sex=identity.sex, **held)


def _repeated(rows: Sequence[RosterRow]) -> Iterator[Finding]:
    same: dict[tuple[str, str], list[int]] = defaultdict(list)
    phones: dict[str, list[RosterRow]] = defaultdict(list)
    for row in rows:
        if row["document_number"] and not destroyed(row["document_number"]):
            same[(row["document_kind"] or CITIZEN, row["document_number"])].append(row.number)
        if row["phone"]:
            phones[row["phone"]].append(row)
    for numbers in same.values():
        for number in numbers if len(numbers) > 1 else ():
            others = _("、").join(str(other) for other in numbers if other != number)
            yield Finding(
                number,
                "document_number",
                "error",
                _("与第 %s 行是同一个人（证件号码相同）。") % others,
                _("请只留一行；号码抄错的请更正。"),
                "K11",
            )
    for phone, sharing in phones.items():
        people = {row["document_number"] for row in sharing}
        for row in sharing if len(people) > 1 and re.fullmatch(r"1\d{10}", phone) else ():
            others = _("、").join(str(other.number) for other in sharing if other is not row)
            yield Finding(
                row.number,
                "phone",
                "warn",
                _("与第 %s 行的手机号码相同。") % others,
                _("考试通知会发到这个号码，请填写各人自己的手机号。"),
                "K11",
            )
