"""core/insight/misbehaving.py: which items go back to the reviewers, with what words, and which do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.insight.classical import OTHER, Answer, analyse
from jiangheng.core.insight.misbehaving import ItemFigures, figures, findings, measured, review_queue
from jiangheng.core.insight.responses import read, scored
from jiangheng.core.law.parameters import configure

SOUND = ItemFigures("S001", 500, 0.65, 0.35)


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    configure({})
    yield
    configure({})


def test_a_sound_item_is_left_in_peace() -> None:
    assert findings(replace(SOUND, infit=1.0, outfit=1.1, dif="A", drift=0.2)) == ()


@pytest.mark.parametrize(
    ("change", "rule", "grave", "words"),
    [
        ({"p": 0.12}, "hard", False, "500 人作答，答对率 12.0%，低于 20%"),
        ({"p": 0.97}, "easy", False, "答对率 97.0%，高于 95%"),
        ({"item_rest": 0.05}, "weak", False, "题余相关 0.05，低于 0.10"),
        ({"item_rest": -0.15}, "negative", True, "题余相关 -0.15 为负"),
        ({"infit": 1.42}, "infit", False, "（infit）1.42，不在 0.70–1.30 之间，作答比模型预期的更杂乱"),
        (
            {"outfit": 0.55, "infit": 0.65},
            "outfit",
            False,
            "（outfit）0.55，不在 0.70–1.30 之间，作答比模型预期的更整齐",
        ),
        ({"dif": "C", "dif_groups": "性别"}, "dif", True, "不同组别（性别）答对率差异大"),
        ({"drift": -0.8}, "drift", False, "难度移动 -0.80 逻辑单位，变易，可能已泄露"),
        ({"drift": 0.8}, "drift", False, "难度移动 +0.80 逻辑单位，变难"),
    ],
)
def test_each_fault_is_found_and_told_with_its_figure(
    change: dict[str, object], rule: str, grave: bool, words: str
) -> None:
    (found,) = findings(replace(SOUND, **change))  # type: ignore[arg-type]
    assert (found.item, found.rule, found.grave) == ("S001", rule, grave)
    assert words in found.words


def test_a_distractor_that_beats_the_key_among_the_able_is_grave() -> None:
    key = Answer("B", True, 200, 0.4, (0.5, 0.4, 0.3), 0.1)
    rival = Answer("D", False, 250, 0.5, (0.3, 0.5, 0.7), 0.2)
    (found,) = findings(replace(SOUND, answers=(key, rival)))
    assert (found.rule, found.grave) == ("key", True)
    assert "选“D”的占 70.0%，选答案“B”的只占 30.0%" in found.words
    popular_with_the_weak = replace(rival, shares=(0.9, 0.5, 0.3))
    assert findings(replace(SOUND, answers=(key, popular_with_the_weak))) == ()
    assert findings(replace(SOUND, answers=(key, replace(rival, answer=OTHER)))) == ()


@given(n=st.integers(0, 199), p=st.floats(0, 1), rest=st.floats(-1, 1))
def test_too_few_persons_accuse_no_item(n: int, p: float, rest: float) -> None:
    item = ItemFigures("S001", n, p, rest, dif="C", drift=3.0)
    assert not measured(item)
    assert findings(item) == ()


def test_the_limits_are_parameters() -> None:
    item = replace(SOUND, n=60, p=0.3)
    assert findings(item) == ()
    configure({"bank.flag_sample": 50, "bank.flag_p_low": 40})
    assert [each.rule for each in findings(item)] == ["hard"]


def test_missing_figures_accuse_nobody() -> None:
    assert findings(ItemFigures("S001", 1000)) == ()
    assert findings(ItemFigures("S001", 1000, 0.5)) == ()


def test_grave_findings_come_first_then_items_with_many() -> None:
    queue = review_queue(
        [
            replace(SOUND, item="one", p=0.1),
            replace(SOUND, item="two", p=0.1, item_rest=0.02),
            replace(SOUND, item="grave", item_rest=-0.2),
            SOUND,
        ]
    )
    assert [(each.item, each.rule) for each in queue] == [
        ("grave", "negative"),
        ("two", "hard"),
        ("two", "weak"),
        ("one", "hard"),
    ]


def test_a_wrong_key_is_found_from_raw_answers() -> None:
    chance = np.random.default_rng(11)
    ability = chance.normal(size=600)
    right = chance.random((600, 20)) < 1 / (1 + np.exp(-(ability[:, None] - chance.normal(size=20))))
    lines = ["person," + ",".join(f"i{n}" for n in range(20))]
    wrong = chance.choice(list("ACD"), right.shape)
    lines += [f"p{n}," + ",".join(row) for n, row in enumerate(np.where(right, "B", wrong))]
    key = {f"i{n}": "B" for n in range(20)} | {"i7": "C"}  # whoever keyed i7 was wrong
    table = read(lines)
    analysis = analyse(scored(table, key), items=table.items, table=table, key=key)
    grave = {each.item for each in review_queue(map(figures, analysis.items)) if each.grave}
    assert grave == {"i7"}
