"""``jiangheng bank assemble`` and ``bank check``: parallel papers from plain files, without Django (K9, P2).

Results go to standard output, progress and faults to standard error. Exit status: 0 done; 1 impossible, or papers
that break their plan; 2 bad input.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiangheng.core.exam import plan as plans
from jiangheng.core.exam.formcheck import crowded, deviation, violations
from jiangheng.core.exam.plan import MODES, Plan, Stock
from jiangheng.core.exam.plan_text import FileFaults, read_forms, read_plan, read_stock

from . import say

if TYPE_CHECKING:
    from jiangheng.core.exam.parallel import Assembled
    from jiangheng.core.exam.sufficiency import Report

IMPOSSIBLE, BAD_INPUT = 1, 2
_LARGEST = 64 << 20
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_SHOWN = 20


def assemble_options(sub: argparse.ArgumentParser) -> None:
    """What ``bank assemble`` takes."""
    sub.add_argument("bank", metavar="BANK.csv", help="items: item,kind,range,point,importance,difficulty,seconds,…")
    sub.add_argument("blueprint", metavar="BLUEPRINT.json", help="the plan; - reads standard input")
    sub.add_argument("--forms", type=int, default=None, metavar="K", help="how many papers (one: 1, ab: 2)")
    sub.add_argument(
        "--mode", choices=tuple(MODES), default=None, help="one, ab, library, each (by the number: 1, 2, more)"
    )
    sub.add_argument("--seed", default="", help="64 hex digits, or any text; without it a seed is drawn and told")
    sub.add_argument("--json", action="store_true", help="print one JSON object; check takes it as FORMS.json")
    sub.add_argument("--explain", action="store_true", help="tell supply and demand of every quota as well")


def check_options(sub: argparse.ArgumentParser) -> None:
    """What ``bank check`` takes."""
    sub.add_argument("forms", metavar="FORMS.json", help="papers as assemble prints them with --json; - reads input")
    sub.add_argument("bank", metavar="BANK.csv")
    sub.add_argument("blueprint", metavar="BLUEPRINT.json")
    sub.add_argument("--mode", choices=tuple(MODES), default=None, help="instead of what FORMS.json says")
    sub.add_argument("--json", action="store_true", help="print one JSON object")


def assemble_run(chosen: argparse.Namespace) -> int:
    """Draw the papers."""
    try:
        stock, plan = _given(chosen)
        mode, forms = _mode(chosen.mode, chosen.forms)
        return _assemble(stock, plan, mode=mode, forms=forms, chosen=chosen)
    except FileFaults as bad:
        return _refused(bad.faults, as_json=chosen.json)
    except ValueError as bad:
        return _refused([str(bad)], as_json=chosen.json)


def _assemble(stock: Sequence[Stock], plan: Plan, *, mode: str, forms: int, chosen: argparse.Namespace) -> int:
    # numpy and the solver are loaded by no other command
    from jiangheng.core.exam.parallel import assemble
    from jiangheng.core.exam.sufficiency import Impossible

    seed = _seed(chosen.seed)
    spent = time.process_time()
    try:
        done = assemble(stock, plan, mode=mode, forms=forms, seed=seed)
    except Impossible as why:
        return _impossible(why, explain=chosen.explain, as_json=chosen.json)
    say(f"{MODES[mode]} {forms} 份，用时 {time.process_time() - spent:.2f} 秒（处理器）")
    found = _result(done, stock, plan, explain=chosen.explain)
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n".join(_told(found)))
    return 0


def _impossible(why: Any, *, explain: bool, as_json: bool) -> int:
    report: Report = why.report
    lacks = [lack.words for lack in report.lacks]
    if as_json:
        found: dict[str, Any] = {
            "impossible": lacks,
            "proven": why.proven,
            "lacks": [
                {"constraint": each.constraint, "name": each.name, "needed": each.needed, "available": each.available}
                for each in report.lacks
            ],
            "additions": [
                {"range": lot.range_code, "kind": lot.kind, "difficulty": lot.difficulty or None,
                 "importance": lot.importance or None, "items": lot.items}
                for lot in report.additions
            ],
            "forms_possible": report.forms_possible,
            "uses_enough": report.uses_enough,
        }  # fmt: skip
        print(json.dumps(found | (_sufficiency(report) if explain else {}), ensure_ascii=False))
    else:
        print("组不出这样的试卷" + ("：" if why.proven else "（没有证明不可能）："))
        print("\n".join(f"  {words}" for words in lacks))
        if explain:
            print("\n".join(_supplies(_sufficiency(report))))
    return IMPOSSIBLE


def _result(done: Assembled, stock: Sequence[Stock], plan: Plan, *, explain: bool) -> dict[str, Any]:
    spent = {row.code: row.seconds for row in stock}
    thin = (
        sorted({words for form in done.forms for words in crowded(form, stock, plan)}) if len(done.forms) < 100 else []
    )
    names = [target.name for target in done.targets]
    forms = [
        {
            "name": name,
            "items": list(form),
            "deviation": _float(off),
            "seconds": sum(spent[code] for code in form),
            "values": dict(zip(names, map(_float, values), strict=True)),
        }
        for name, form, off, values in zip(
            _names(len(done.forms)), done.forms, done.deviations, done.values, strict=True
        )
    ]
    found: dict[str, Any] = {
        "forms": forms,
        "deviation": _float(done.deviation),
        "seed": done.seed.hex(),
        "mode": done.mode,
        "targets": {target.name: _float(target.value) for target in done.targets},
        "largest_overlap": done.overlap,
        "usage": {str(times): count for times, count in done.usage},
        "bank_digest": done.bank,
        "plan_digest": done.plan,
        "solver_needed": done.exact,
        "points_crowded": thin,
    }
    return found | (_sufficiency(done.report) if explain else {})


def _sufficiency(report: Report) -> dict[str, Any]:
    return {
        "sufficiency": {
            "items": report.items,
            "left_out": dict(report.left_out),
            "ratio": None if not report.units else _float(min(report.ratio, 1e9)),
            "units": [
                {"constraint": unit.kind, "name": unit.name, "demand": unit.demand, "supply": unit.supply}
                for unit in report.units
            ],
        }
    }


def check_run(chosen: argparse.Namespace) -> int:
    """Check the papers, by the checker that shares no code with the assembler."""
    try:
        stock, plan = _given(chosen)
        forms, said = read_forms(_json(chosen.forms))
        mode = chosen.mode or said.get("mode") or _mode(None, len(forms))[0]
        if mode not in MODES:
            raise FileFaults([f"FORMS.json 的 mode“{mode}”不认识，应为 {'、'.join(MODES)} 之一"])
        faults = [*plans.check(plan)] or violations(forms, stock, plan, mode=mode)
        off = _deviation(forms, stock, plan, said)
    except FileFaults as bad:
        return _refused(bad.faults, as_json=chosen.json)
    except ValueError as bad:
        return _refused([str(bad)], as_json=chosen.json)
    if off is not None and plan.aim.within is not None and off > plan.aim.within:
        faults.append(f"与目标的最大相对偏差为 {off:.4f}，超过计划允许的 {plan.aim.within}，请重新组卷")
    found = {"forms": len(forms), "mode": mode, "violations": faults, "deviation": None if off is None else _float(off)}
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n".join(faults) if faults else f"{len(forms)} 份卷（{MODES[mode]}）都符合组卷计划")
        if off is not None:
            print(f"与目标的最大相对偏差：{off:.4%}")
    return 1 if faults else 0


def _deviation(
    forms: Sequence[Sequence[str]], stock: Sequence[Stock], plan: Plan, said: dict[str, Any]
) -> float | None:
    targets = said.get("targets")
    if not targets:
        return None
    if not isinstance(targets, dict) or not all(
        isinstance(value, int | float) and value > 0 for value in targets.values()
    ):
        raise FileFaults(["FORMS.json 的 targets 应为名称到正数的对象，请改正或删去"])
    return deviation(forms, stock, plan, targets)


def _given(chosen: argparse.Namespace) -> tuple[list[Stock], Plan]:
    stock, notes = read_stock(_text(chosen.bank))
    for note in notes:
        say(f"{chosen.bank}：{note}")
    plan = read_plan(_json(chosen.blueprint))
    if problems := plans.check(plan):
        raise FileFaults([f"{chosen.blueprint}：{problem}" for problem in problems])
    return stock, plan


def _mode(mode: str | None, forms: int | None) -> tuple[str, int]:
    """Mode and number from one another: one paper is `one`, two are A/B, more a library."""
    if mode is None:
        mode = {1: "one", 2: "ab"}.get(forms or 1, "library")
    if forms is None:
        if mode in ("library", "each"):
            raise FileFaults([f"--forms：{MODES[mode]}须写出份数，例如 --forms 6"])
        forms = 2 if mode == "ab" else 1
    return mode, forms


def _seed(text: str) -> bytes:
    if not text:
        return secrets.token_bytes(32)
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    return seed if len(seed) == 32 else hashlib.sha256(text.encode()).digest()


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read(_LARGEST + 1) if name == "-" else _bytes(Path(name))
    except OSError as wrong:
        raise FileFaults([f"{name}：读不了：{wrong.strerror}，请检查文件名和权限"]) from None
    if len(data) > _LARGEST:
        raise FileFaults([f"{name}：超过 {_LARGEST >> 20} MB，请拆分或检查文件"])
    # Spreadsheets of Chinese systems save CSV in the national encoding; it cannot be mistaken for UTF-8.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFaults([f"{name}：既不是 UTF-8 也不是 GB 18030 文字，请以 UTF-8 编码另存"])


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def _json(name: str) -> object:
    try:
        return json.loads(_text(name))
    except (json.JSONDecodeError, RecursionError) as wrong:
        where = f"第 {wrong.lineno} 行第 {wrong.colno} 列" if isinstance(wrong, json.JSONDecodeError) else "嵌套过深"
        raise FileFaults([f"{name}：不是有效的 JSON（{where}），请检查引号、逗号和括号"]) from None


def _refused(faults: Sequence[str], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"faults": list(faults)}, ensure_ascii=False))
    for fault in faults:
        say(fault)
    return BAD_INPUT


def _names(count: int) -> list[str]:
    if count <= len(_LETTERS):
        return list(_LETTERS[:count])
    return [str(number).zfill(len(str(count))) for number in range(1, count + 1)]


def _float(value: Any) -> float:
    return round(float(value), 8)


def _told(found: dict[str, Any]) -> Iterator[str]:
    forms = found["forms"]
    yield f"{MODES[found['mode']]}：{len(forms)} 份，每份 {len(forms[0]['items'])} 题"
    yield f"种子：{found['seed']}"
    yield "目标：" + "，".join(f"{name} {value:g}" for name, value in found["targets"].items())
    yield f"与目标的最大相对偏差：{found['deviation']:.4%}；两卷最多相同 {found['largest_overlap']} 题"
    for form in forms[:_MOST_SHOWN]:
        yield f"卷 {form['name']}（偏差 {form['deviation']:.4%}，预计 {form['seconds']} 秒）：{' '.join(form['items'])}"
    if len(forms) > _MOST_SHOWN:
        yield f"……共 {len(forms)} 份，用 --json 取全部"
    yield from found["points_crowded"]
    yield from _supplies(found)


def _supplies(found: dict[str, Any]) -> Iterator[str]:
    if report := found.get("sufficiency"):
        yield f"可用试题 {report['items']} 道" + "".join(f"；{words} {n} 道" for words, n in report["left_out"].items())
        for unit in report["units"]:
            yield f"  {unit['constraint']} {unit['name']}：需 {unit['demand']}，可用 {unit['supply']}"
