"""Files of items: read whatever the format, and say row by row what is wrong against a bank (K7, K8)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop

from jiangheng.core.exam import item_data, items, rich
from jiangheng.core.trust import canon
from jiangheng.kernel import files
from jiangheng.kernel.kept import Said, again, kept
from jiangheng.kernel.kept import said as _t

from .. import formats
from ..formats.found import Found, Read
from ..models import Bank, Contribution, Intake, Item
from .items import alike_in

STEM = 60
COPIES = {
    "": gettext_noop("与试题 {code} 内容相同，请删去或改写"),
    "negation": gettext_noop("与试题 {code} 只差否定词，考的是同一件事，请删去或改写"),
    "answer": gettext_noop("与试题 {code} 文字相同而答案不同，请核对哪个对，再删去或改写"),
}
"""What is said of an item that another one makes needless, by what sets the two apart (core.exam.alike)."""
SAME = gettext_noop("与题库或本文件中的试题重复，请换一题")


def read_file(data: bytes, *, name: str, progress: Callable[[int, int], None] = lambda done, of: None) -> Read:
    """The items of a file of any known format; formats.found.NotABank when it cannot be read at all."""
    return formats.read(data, name=name, progress=progress)


def findings(bank: Bank, read: Read, *, point: str = "") -> list[dict[str, Any]]:
    """One row for each item of the file: ``{"place", "code", "kind", "stem", "problems", "losses", "alike", "data"}``.

    Place, problems and losses are as they are kept (kernel.kept), to be said again to whoever reads them.
    ``problems`` keep an item out; ``losses`` and look-alikes are for the person who decides. ``data`` is there only
    for items that may be taken. Points are matched by code or, where a file has names only, by name; ``point`` is for
    items that name none.
    """
    taken = set(Item.everywhere.filter(bank=bank).values_list("code", flat=True))
    placed = [(found, _placed(bank, found, point=point)) for found in read.items]
    times = Counter(item.code for _found, item in placed if item is not None)
    rows = []
    fresh = []
    for found, item in placed:
        problems: list[str] = list(found.problems)
        if item is not None and not problems:
            problems += _problems(bank, item, named=found.point_name, taken=taken, times=times[item.code])
            if not problems:
                fresh.append(item)
        rows.append(_row(found, item, problems))
    likes = alike_in(bank, fresh)
    for row in rows:
        row["alike"] = likes.get(row["code"], []) if "data" in row else []
        same = [each for each in row["alike"] if each["likeness"] >= 1]
        if same:
            row["problems"].append(_said_of_copy(same[0]["differs"]).format(code=same[0]["code"]))
            row.pop("data")
    _strange_enemies(rows, taken=taken)
    for row in rows:
        row["place"] = kept(row["place"])
        for name in ("problems", "losses"):
            row[name] = [kept(each) for each in row[name]]
    return rows


def left_out(offer: Contribution) -> list[dict[str, Any]]:
    """What of an adopted offer cannot be taken, for its institution: ``[{"place", "code", "why"}…]``; none before.

    An institution reads its own items' faults, but not which item of the bank says the same: whoever may ask the bank
    so would learn what is in it.
    """
    if offer.intake is None:
        return []
    return [
        {
            "place": again(row["place"]), "code": row["code"],
            "why": [again(kept(_t(SAME)) if _of_the_bank(each) else each) for each in row["problems"]],
        }
        for row in offer.intake.kept_findings
        if row["problems"]
    ]  # fmt: skip


def _of_the_bank(form: Any) -> bool:
    return isinstance(form, dict) and form.get("said") in COPIES.values()


def _said_of_copy(differs: str) -> Said:
    return _t(COPIES.get(differs, COPIES[""]))


def _strange_enemies(rows: list[dict[str, Any]], *, taken: set[str]) -> None:
    """Keep out what names an enemy that neither the bank has nor the file brings; and what named that, in turn."""
    while True:
        known = taken | {row["code"] for row in rows if "data" in row}
        wrong = [
            (row, code)
            for row in rows
            for code in row.get("data", {}).get("enemies", ())
            if code not in known and code != row["code"]
        ]
        for row, code in wrong:
            said = _t("试题 {code}：互斥试题 {enemy} 不在题库中，也不在本文件可以导入的试题中，请改正题号或删去")
            row["problems"].append(said.format(code=row["code"], enemy=code))
            row.pop("data", None)
        if not wrong:
            return


def _placed(bank: Bank, found: Found, *, point: str) -> items.Item | None:
    """The item at its point of the bank's table: by the code it names, else by the point's name, else at ``point``."""
    if found.item is None:
        return None
    wanted = found.item.point or found.point_name or point
    for name in ("code", "name"):
        for row in bank.points:
            if row[name] == wanted or row[name] == found.point_name:
                return replace(found.item, point=row["code"], range_code=row["range"], importance=row["importance"])
    return found.item


def _problems(bank: Bank, item: items.Item, *, named: str, taken: set[str], times: int) -> list[str]:
    problems: list[str] = []
    point = item.point or named
    if not any(row["code"] == item.point for row in bank.points):
        if point:
            said = _t("试题 {code}：鉴定点“{point}”不在要素细目表中，请改正鉴定点代码或名称")
        else:
            said = _t("试题 {code}：没有写鉴定点，请在文件中补写，或重新上传并选定没有写鉴定点的试题归入哪里")
        problems.append(said.format(code=item.code, point=point))
    else:
        problems += items.check_item(item)
    if item.code in taken:
        problems.append(_t("试题 {code}：题号在题库中已有，请换一个题号").format(code=item.code))
    if times > 1:
        said = _t("试题 {code}：题号在文件中出现 {times} 次，请各用一个题号")
        problems.append(said.format(code=item.code, times=times))
    return problems


def _row(found: Found, item: items.Item | None, problems: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "place": found.place, "code": item.code if item else "", "kind": item.kind if item else "",
        "stem": rich.plain(item.stem)[:STEM] if item else "", "problems": problems,
        "losses": list(found.losses),
    }  # fmt: skip
    if item is not None and not problems:
        row["data"] = item_data.to_data(item)
    return row


def file_of(thing: Any) -> bytes:
    """The file of an intake or a contribution, opened with its bank's key."""
    return thing.bank.unseal(files.read(thing.file), place="file")  # type: ignore[no-any-return]


def taken_from(intake: Intake) -> list[Item]:
    """The items that came into the bank from an intake."""
    return list(intake.items.order_by("pk"))


def parsed_of(intake: Intake) -> list[dict[str, Any]]:
    """The rows of an intake that may be taken, as they were read at its upload."""
    return json.loads(intake.bank.unseal(files.read(intake.parsed), place="file"))  # type: ignore[no-any-return]


def proof_of(bank: Bank, data: Any) -> str:
    """What only an intake can say of an item's data: that it was read from a file and checked against this bank."""
    return hmac.new(bank.key, b"intake" + canon.canonical(data), hashlib.sha256).hexdigest()
