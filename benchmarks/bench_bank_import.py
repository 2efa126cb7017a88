"""How long a bank of 20,000 rows takes to be read, checked and searched for look-alikes, beside a bare read of it.

    python benchmarks/bench_bank_import.py [--rows 20000] [--seed 20261123]

One JSON object on standard output: processor and wall seconds of each part, rows a second, and the ratio to reading
the same file with openpyxl (read-only, values only) and nothing else. The items are invented from the seed: 70 %
choice, 25 % judgement, 5 % fill; every fiftieth is a look-alike of an earlier one and must be found.
"""

from __future__ import annotations

import argparse
import io
import json
import platform
import random
import resource
import sys
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from django.conf import settings

if not settings.configured:
    settings.configure(USE_I18N=False)  # the readers need of Django their sentences only

import openpyxl
import xlsxwriter

from jiangheng.apps.itembank.formats import workbook
from jiangheng.core.exam.alike import twins

_Value = TypeVar("_Value")
HEADER = (
    "试题GUID", "题型", "题干", "答案", "选项A", "选项B", "选项C", "选项D", "选项E",
    "知识点一级", "知识点二级", "知识点三级", "难度", "解析", "出处",
)  # fmt: skip


def rows(count: int, seed: int) -> list[list[str]]:
    """Invented rows, in words of two to four letters that occur as unevenly as words do."""
    draw = random.Random(seed)
    words = ["".join(chr(0x4E00 + draw.randrange(2500)) for _ in range(draw.choice((2, 2, 3, 4)))) for _ in range(4000)]
    often = list(accumulate(1 / (place + 10) for place in range(4000)))

    def sentence(length: int) -> str:
        return "".join(draw.choices(words, cum_weights=often, k=length))

    made: list[list[str]] = []
    for number in range(count):
        code = f"{draw.getrandbits(64):016x}"
        place = ["相关知识", f"范围{number % 12}", f"鉴定点{number % 300}", str(1 + number % 5), sentence(6), "教材"]
        if number % 50 == 49:
            earlier = made[draw.randrange(len(made))]
            made.append([code, earlier[1], "本题中，" + earlier[2], *earlier[3:]])
        elif number % 20 < 14:
            answer = draw.choice("ABCD")
            made.append([code, "单选题", sentence(9) + "（　）。", answer, *(sentence(3) for _ in "ABCD"), "", *place])
        elif number % 20 < 19:
            made.append([code, "判断题", sentence(10) + "。", draw.choice("√×"), "", "", "", "", "", *place])
        else:
            made.append([code, "填空题", f"{sentence(5)}____{sentence(4)}。", sentence(1), "", "", "", "", "", *place])
    return made


def file_of(lines: list[list[str]]) -> bytes:
    """The rows as a workbook."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("题库")
        for place, line in enumerate([list(HEADER), *lines]):
            sheet.write_row(place, 0, line)
    return made.getvalue()


def bare(data: bytes) -> int:
    """The cells of the file, by openpyxl and nothing more."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return sum(len(line) for line in book.worksheets[0].iter_rows(values_only=True))


def timed(run: Callable[[], _Value]) -> tuple[_Value, dict[str, float]]:
    """What it gives, with its processor and wall seconds."""
    begun, spent = time.perf_counter(), time.process_time()
    given = run()
    return given, {"cpu": round(time.process_time() - spent, 2), "wall": round(time.perf_counter() - begun, 2)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=20261123)
    chosen = asked.parse_args()
    data = file_of(rows(chosen.rows, chosen.seed))
    _cells, plainly = timed(lambda: bare(data))
    told: list[int] = []
    found, reading = timed(lambda: workbook.read(data, progress=lambda done, of: told.append(done)))
    items = [one.item for one in found.items if one.item is not None and not one.problems]
    alike, searching = timed(lambda: twins(items))
    faults = [problem for one in found.items for problem in one.problems]
    if len(items) != chosen.rows or len({one.code for one in alike}) < chosen.rows // 50 or told[-1] != chosen.rows + 1:
        raise SystemExit(f"{len(items)} items, {len(alike)} look-alikes, {told[-1:]} rows told, {faults[:3]}")
    total = reading["cpu"] + searching["cpu"]
    result = {
        "benchmark": "bank_import",
        "rows": chosen.rows,
        "file_mb": round(len(data) / 1024 / 1024, 2),
        "read_and_check": reading,
        "look_alikes": searching,
        "pairs": len(alike),
        "total_cpu": round(total, 2),
        "rows_per_cpu_second": round(chosen.rows / total),
        "bare_openpyxl": plainly,
        "ratio_to_bare": round(total / plainly["cpu"], 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "python": platform.python_version(),
    }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
