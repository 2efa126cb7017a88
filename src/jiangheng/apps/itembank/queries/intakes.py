"""Files of items: read whatever the format, and say row by row what is wrong against a bank (K7, K8)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jiangheng.core.exam import item_data, items, rich
from jiangheng.core.trust import canon
from jiangheng.kernel import files
from jiangheng.kernel.spoken import spoken

from .. import formats
from ..formats.found import Found, Read
from ..models import Bank, Intake, Item
from .items import alike_in

STEM = 60


def read_file(data: bytes, *, name: str, progress: Callable[[int, int], None] = lambda done, of: None) -> Read:
    """The items of a file of any known format; formats.found.NotABank when it cannot be read at all."""
    return formats.read(data, name=name, progress=progress)


def findings(bank: Bank, read: Read, *, point: str = "") -> list[dict[str, Any]]:
    """One row for each item of the file: ``{"place", "code", "kind", "stem", "problems", "losses", "alike", "data"}``.

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
        problems = [spoken(each) for each in found.problems]
        if item is not None and not problems:
            problems += _problems(bank, item, taken=taken, times=times[item.code])
            if not problems:
                fresh.append(item)
        rows.append(_row(found, item, problems))
    likes = alike_in(bank, fresh)
    for row in rows:
        row["alike"] = likes.get(row["code"], []) if "data" in row else []
        same = [each["code"] for each in row["alike"] if each["likeness"] >= 1]
        if same:
            row["problems"].append(spoken(f"与试题 {same[0]} 内容相同，请删去或改写"))
            row.pop("data")
    return rows


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


def _problems(bank: Bank, item: items.Item, *, taken: set[str], times: int) -> list[str]:
    problems = []
    if not any(row["code"] == item.point for row in bank.points):
        problems.append(spoken(f"试题 {item.code}：鉴定点“{item.point}”不在要素细目表中，请改正鉴定点代码或名称"))
    else:
        problems += [spoken(each) for each in items.check_item(item)]
    if item.code in taken:
        problems.append(spoken(f"试题 {item.code}：题号在题库中已有，请换一个题号"))
    if times > 1:
        problems.append(spoken(f"试题 {item.code}：题号在文件中出现 {times} 次，请各用一个题号"))
    return problems


def _row(found: Found, item: items.Item | None, problems: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "place": found.place, "code": item.code if item else "", "kind": item.kind if item else "",
        "stem": rich.plain(item.stem)[:STEM] if item else "", "problems": problems,
        "losses": [spoken(each) for each in found.losses],
    }  # fmt: skip
    if item is not None and not problems:
        row["data"] = item_data.to_data(item)
    return row


def file_of(thing: Any) -> bytes:
    """The file of an intake or a contribution, opened with its bank's key."""
    return thing.bank.unseal(files.read(thing.file), place="file")  # type: ignore[no-any-return]


def parsed_of(intake: Intake) -> list[dict[str, Any]]:
    """The rows of an intake that may be taken, as they were read at its upload."""
    return json.loads(intake.bank.unseal(files.read(intake.parsed), place="file"))  # type: ignore[no-any-return]


def proof_of(bank: Bank, data: Any) -> str:
    """What only an intake can say of an item's data: that it was read from a file and checked against this bank."""
    return hmac.new(bank.key, b"intake" + canon.canonical(data), hashlib.sha256).hexdigest()
