"""The question banks of the city: the unified banks of five occupations, and one enterprise's own (K7-K9)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

from jiangheng.core.steps import step_of
from jiangheng.kernel.perform import model_of, perform_many

from . import city
from .hands import as_, do, make, upload

NAMES = {"5": "五级", "4": "四级", "3": "三级", "2": "二级"}
UNIFIED = (
    ("电工", "electrician", "5432"), ("中式烹调师", "cook", "4"), ("茶艺师", "tea", "4"), ("养老护理员", "carer", "4"),
    ("互联网营销师", "marketer", "4"),
)  # fmt: skip
OWN = ("漓光电气电工", "enterprise_electrician_4", "4")
WRITTEN = frozenset({"electrician_3"})
"""The banks whose papers have a question that persons mark."""
MODES = {"electrician_5": "one", "electrician_4": "ab", "electrician_3": "each"}


def unified(*, report: Callable[[str, int, int], None], which: Sequence[tuple[str, str, str]] = UNIFIED) -> None:
    """The unified banks: taken in from their authors' texts, reviewed by two, stocked and enacted by the centre."""
    guilin = city.region("450300")
    files = [(name, f"{file}_{level}", level) for name, file, levels in which for level in levels]
    for place, (name, file, level) in enumerate(files, start=1):
        content = text_of(file)
        bank = make("bank.found", guilin, "gl.center1", name=f"{name}{NAMES[level]}统一题库", **table_of(content))
        hands = ("gl.writer", "gl.reviewer", "gl.reviewer2", "gl.center2", "gl.center1")
        fill(bank, file, hands)
        plan(bank, ("gl.center1", "gl.center2"), mode=MODES.get(file, "one"), written=file in WRITTEN)
        report(f"{name}{NAMES[level]}统一题库命题、审题、入库", place, len(files))


def own(enterprise: Any, *, report: Callable[[str, int, int], None]) -> Any:
    """The enterprise's own bank, kept by its own people."""
    name, file, level = OWN
    content = text_of(file)
    bank = make("bank.found_own", enterprise, "lg.keeper", name=f"{name}{NAMES[level]}自建题库", **table_of(content))
    fill(bank, file, ("lg.writer", "lg.reviewer1", "lg.reviewer2", "lg.keeper", "lg.keeper2"))
    plan(bank, ("lg.keeper", "lg.keeper2"), mode="one")
    report("漓光电气自建题库建成", 1, 1)
    return bank


OFFERED = """$CATEGORY: 低压带电作业

::D-001::低压带电作业时，断开导线的顺序是{
=先断开相线，后断开中性线
~先断开中性线，后断开相线
~相线与中性线同时断开
~先断开保护线，后断开相线
}

$CATEGORY: 停电检修安全措施

::D-002::用兆欧表测量电动机绝缘电阻前，应先{
=断开电源并对绕组放电
~接通电源预热绕组
~在绕组上施加额定电压
~短接三相绕组
}

$CATEGORY: 安全用电管理

::D-003::更换熔断器的熔体时，新熔体的额定电流应{
=与原规格一致，不得随意加大
~比原规格大一倍，以防再次熔断
~与电动机的启动电流相等
~由现场人员凭经验确定
}

::D-004::停电检修前验电，应使用电压等级相符且试验合格的验电器。{T}

::D-005::熔断器熔体熔断后，可以临时用铜丝代替。{F}
"""


def contribute(enterprise: Any, *, report: Callable[[str, int, int], None]) -> None:
    """The enterprise offers items to the unified bank of level four; the centre adopts them as drafts (K8)."""
    bank = model_of("bank").everywhere.get(name="电工四级统一题库")
    file = upload("电工四级投稿.txt", OFFERED.encode(), "text/plain")
    note = "安全操作类试题5道，由本公司技师编写，已在内部培训中试用"
    offer = make("contribution.offer", enterprise, "lg.manager", {"file": file}, bank=str(bank.pk), note=note)
    do("contribution.adopt", offer, "gl.center1")
    report("漓光电气向统一题库投稿，指导中心采纳", 1, 1)


def measure(*, report: Callable[[str, int, int], None]) -> None:
    """The centre has the bank of level four analysed after the first batch (P2)."""
    make("measurement.run", model_of("bank").everywhere.get(name="电工四级统一题库"), "gl.center1")
    report("试题分析", 1, 1)


def text_of(file: str) -> dict[str, Any]:
    """A bank's text as data."""
    return tomllib.loads(resources.files("jiangheng.demo").joinpath("items", f"{file}.toml").read_text("utf-8"))


def table_of(content: dict[str, Any]) -> dict[str, str]:
    """What a bank is for, and its element table, as its founding asks."""
    return {
        "occupation": content["occupation"], "level": content["level"], "direction": content.get("direction", ""),
        "ranges": json.dumps(content["range"]), "points": json.dumps(content["point"]),
    }  # fmt: skip


def fill(bank: Any, file: str, hands: tuple[str, str, str, str, str]) -> None:
    """Bring a text's items into a bank and through their whole life up to use, each act by another hand."""
    writer, first, second, stocker, enacter = hands
    data = resources.files("jiangheng.demo").joinpath("items", f"{file}.toml").read_bytes()
    intake = make("intake.upload", bank, writer, {"file": upload(f"{file}.toml", data, "application/toml")})
    do("intake.take", intake, writer, mode="all")
    pks = list(model_of("item").everywhere.filter(bank=bank).order_by("pk").values_list("pk", flat=True))
    for step, who in (("review", first), ("second", second), ("stock", stocker), ("enact", enacter)):
        perform_many(step_of(f"item.{step}"), pks, actor=as_(who))


def plan(bank: Any, hands: tuple[str, str], *, mode: str, written: bool = False) -> Any:
    """A plan of composition as most institutions compose, written by one and enacted by another.

    ``written``: one short answer, which persons mark, in the place of two judgements.
    """
    judgements = (
        [
            {"kind": "judgement", "count": 18, "marks": "1"},
            {"kind": "short", "count": 1, "marks": "2"},
        ]
        if written
        else [{"kind": "judgement", "count": 20, "marks": "1"}]
    )
    content = {
        "mode": mode,
        "kinds": [
            {"kind": "single", "count": 60, "marks": "1"}, {"kind": "multiple", "count": 20, "marks": "1"},
            *judgements,
        ],
        "minutes": 90,
        "pass_mark": 60,
    }  # fmt: skip
    made = make("plan.write", bank, hands[0], name="理论知识试卷组卷计划", content=json.dumps(content))
    return do("plan.enact", made, hands[1])
