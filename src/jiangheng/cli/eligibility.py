"""The command ``eligibility check``: one person before one standard, without Django and without a database (P3)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from jiangheng.core.law.advice import advise, person_of, picked, plain_faults
from jiangheng.core.law.facts import APPROVED_LISTS, ApprovedList
from jiangheng.core.law.levels import level as level_of
from jiangheng.core.law.occupations import starter
from jiangheng.core.law.person import Fault, PersonFaults
from jiangheng.core.law.standard_data import StandardData
from jiangheng.core.law.standard_text import parse_standard, shipped, shipped_standard

BAD_INPUT = 2


class _Bad(Exception):
    """Input that cannot be answered, with its faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def options(sub: argparse.ArgumentParser) -> None:
    """What the command takes."""
    sub.add_argument("act", choices=("check",))
    sub.add_argument("person", help="the person's account, a JSON file; - reads standard input")
    sub.add_argument("--standard", required=True, help="CODE[@VERSION] of a shipped standard, or a .toml file")
    sub.add_argument("--on", default="", help="the day of judgement, e.g. 2026-09-01 (today)")
    sub.add_argument("--level", default="", help="only this level's code")
    sub.add_argument("--approved", default="", help="JSON file of the region's lists: {list: [programme codes]}")
    sub.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Answer; 0 when answered, 2 when the input is bad."""
    try:
        found = check(chosen)
    except (_Bad, PersonFaults) as bad:
        if chosen.json:
            print(json.dumps({"faults": plain_faults(bad.faults)}, ensure_ascii=False))
        for each in bad.faults:
            print(f"{each.place}  {each}" if each.place else each, file=sys.stderr)
        return BAD_INPUT
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n".join(_told(found)))
    return 0


def check(chosen: argparse.Namespace) -> dict[str, Any]:
    """The whole answer as data."""
    on = _day(chosen.on)
    standard = _standard(chosen.standard)
    levels = [code for code in standard.levels if chosen.level in ("", code)]
    if not levels:
        offered = "、".join(f"{code}({level_of(code).zh})" for code in standard.levels)
        raise _bad("--level", f"标准没有等级 {chosen.level}", f"可选:{offered}。")
    raw = _json(chosen.person, "PERSON")
    names = {each.name: each.code for each in starter().occupations}
    person = person_of(raw, standard, on=on, approved=_approved(chosen.approved), names=names)
    return advise(person, standard, on=on, levels=levels)


def _bad(place: str, what: str, mend: str) -> _Bad:
    return _Bad([Fault(place, "命令", what, mend)])


def _day(text: str) -> date:
    if not text:
        # the command is used where the person is; its day is the machine's
        return date.today()  # noqa: DTZ011
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad("--on", f"“{text}”不是日期", "请写成 2026-09-01 这样的真实日期。") from None


def _read(name: str, place: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as wrong:
        raise _bad(place, f"读不到文件 {name}:{wrong.strerror}", "请核对文件名。") from None
    except UnicodeDecodeError:
        raise _bad(place, f"文件 {name} 不是 UTF-8 文字", "请另存为 UTF-8。") from None


def _json(name: str, place: str) -> object:
    try:
        return json.loads(_read(name, place))
    except (json.JSONDecodeError, RecursionError) as wrong:
        where = f"第{wrong.lineno}行第{wrong.colno}列" if isinstance(wrong, json.JSONDecodeError) else "嵌套过深"
        raise _bad(place, f"{name} 不是有效的 JSON({where})", "请检查引号、逗号和括号。") from None


def _approved(name: str) -> tuple[ApprovedList, ...]:
    if not name:
        return ()
    raw = _json(name, "--approved")
    known = "、".join(f"{key}({label})" for key, label in APPROVED_LISTS.items())
    if not isinstance(raw, dict) or not all(isinstance(each, list) for each in raw.values()):
        raise _bad("--approved", "名单文件须为一个对象", f"请写成 {{名单: [专业代码]}};名单有:{known}。")
    if unknown := [key for key in raw if key not in APPROVED_LISTS]:
        raise _bad("--approved", f"没有名单 {unknown[0]}", f"名单有:{known}。")
    return tuple(ApprovedList(key, frozenset(map(str, codes))) for key, codes in raw.items())


def _standard(wanted: str) -> StandardData:
    if wanted.endswith(".toml"):
        try:
            return parse_standard(_read(wanted, "--standard"))
        except ValueError as wrong:
            title, mend = f"标准 {wanted}", "请按格式说明改正。"
            raise _Bad(Fault("--standard", title, line, mend) for line in str(wrong).splitlines()) from None
    known = [shipped_standard(name) for name in shipped()]
    found = picked(known, wanted)
    if found is None:
        offered = "、".join(f"{each.code}@{each.edition}({each.occupation})" for each in known)
        raise _bad("--standard", f"没有随附的标准 {wanted}", f"随附的有:{offered};也可以给出 .toml 文件。")
    return found


def _told(found: dict[str, Any]) -> Iterator[str]:
    standard = found["standard"]
    yield f"《{standard['title']}》{standard['code']}@{standard['edition']},按 {found['on']} 判断"
    for each in found["levels"]:
        yield ""
        wished = "(意向)" if each["level"] == found["wish"] else ""
        yield f"{each['face']}{wished}:{'符合申报条件' if each['eligible'] else '现在不符合申报条件'}"
        if each["held"]:
            yield f"  注意:已持有{each['held']['face']}证书({each['held']['issued']}),再次申报属于重复取证"
        yield from (f"  ✓ {_cited(condition)}" for condition in (each["met"], *each["also"]) if condition)
        if not each["eligible"]:
            yield from _failed(each)
            yield from _path(each["path"])


def _failed(each: dict[str, Any]) -> Iterator[str]:
    for short in each["failed"]:
        yield f"  ✗ {_cited(short['condition'])}"
        for part in short["missing"]:
            yield f"      {part['what']}" + (f"(最早 {part['from']})" if part["from"] else "(不能只靠时间满足)")
        if short["first_date"]:
            yield f"      继续不间断工作、按期毕业,最早 {short['first_date']} 符合"


def _path(path: dict[str, Any]) -> Iterator[str]:
    if path["steps"]:
        way = " → ".join(f"{step['eligible']} {step['face']}第({step['condition']['seq']})项" for step in path["steps"])
        yield f"  最短路径:{way}"
    for opening in path["openings"]:
        yield f"  只靠工作年限不能达到;须:{';'.join(opening['needs'])}(第({opening['condition']['seq']})项)"


def _cited(condition: dict[str, Any]) -> str:
    return f"({condition['seq']}) {condition['text']}〔{condition['source']},{condition['clause']}〕"
