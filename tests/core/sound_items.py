"""One sound item of each kind, and what a candidate gives who knows it: for the tests of items, marking and data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jiangheng.core.exam.items import KINDS, Area, Item, Option, RubricLine


def options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option("ABCDEFGH"[place], text) for place, text in enumerate(texts))


SINGLE = Item(
    code="5-001",
    kind="single",
    stem="测量绝缘电阻应使用（ ）。",
    options=options("万用表", "兆欧表", "钳形表", "电能表"),
    answer=("B",),
    point="B1-001",
    range_code="B1",
    difficulty=2,
    importance="X",
    explanation="兆欧表能给出测试所需的直流高压。",
)
BARE = replace(SINGLE, options=(), answer=(), explanation="")
MULTIPLE = replace(SINGLE, kind="multiple", answer=("A", "C"))
JUDGEMENT = replace(SINGLE, kind="judgement", options=KINDS["judgement"].options, answer=("A",))
FILL = replace(
    BARE, kind="fill", stem="单相电压为____ V，频率为____ Hz，端子为____。", answer=("220|二百二十", "50", "N Line")
)
NUMERIC = replace(BARE, kind="numeric", stem="求电阻。", answer=("12.5",), tolerance="2%", unit="Ω")
MATCHING = replace(
    BARE,
    kind="matching",
    stem="把量与单位连起来。",
    options=options("电压", "电流", "电阻"),
    targets=(Option("1", "安"), Option("2", "欧"), Option("3", "伏"), Option("4", "瓦")),
    answer=("A3", "B1", "C2"),
)
ORDERING = replace(
    BARE,
    kind="ordering",
    stem="排出停电作业的步骤。",
    options=options("验电", "挂接地线", "断电", "挂牌"),
    answer=tuple("CABD"),
)
HOTSPOT = replace(
    BARE,
    kind="hotspot",
    stem="指出两个熔断器。",
    picture="c" * 64,
    areas=(
        Area("A", "rect", (10, 10, 50, 40)),
        Area("B", "circle", (100, 100, 20)),
        Area("C", "poly", (200, 200, 260, 200, 230, 250)),
    ),
    answer=("A", "C"),
)
SHORT = replace(
    BARE,
    kind="short",
    stem="简述验电的步骤。",
    reference="先在有电的设备上试验验电器。",
    rubric=(RubricLine("说出试验验电器", 60), RubricLine("说出逐相验电", 40)),
)
CALCULATION = replace(
    BARE, kind="calculation", stem="求电流。", answer=("4.4",), unit="A", reference="由欧姆定律得出。"
)
ESSAY = replace(BARE, kind="essay", stem="论述安全用电。", rubric=(RubricLine("观点明确", 100),))


def part(item: Item, number: int, *, share: int, case: str = "5-001") -> Item:
    return replace(item, code=f"{case}.{number}", point="", range_code="", share=share)


CASE = replace(
    BARE,
    kind="case",
    stem="某车间停电检修。",
    parts=(part(SINGLE, 1, share=30), part(FILL, 2, share=30), part(SHORT, 3, share=40)),
)
MACHINE_CASE = replace(CASE, parts=(part(SINGLE, 1, share=70), part(NUMERIC, 2, share=30)))

SOUND: Mapping[str, Item] = {
    item.kind: item
    for item in (
        SINGLE, MULTIPLE, JUDGEMENT, FILL, NUMERIC, MATCHING, ORDERING, HOTSPOT, SHORT, CALCULATION, CASE, ESSAY,
    )
}  # fmt: skip

RIGHT: Mapping[str, tuple[str, ...]] = {
    "single": ("B",),
    "multiple": ("A", "C"),
    "judgement": ("A",),
    "fill": ("二百二十", "50", "n  line"),
    "numeric": ("12.5Ω",),
    "matching": ("A3", "B1", "C2"),
    "ordering": ("C", "A", "B", "D"),
    "hotspot": ("230,210", "20,20"),
}
