"""core/law/levels.py: the ladder as data."""

from __future__ import annotations

import pytest

from jiangheng.core.law.levels import (
    LADDER,
    NATIONAL,
    SPECIALTY,
    above,
    high_skilled,
    is_appointed,
    is_national,
    level,
    minimum_age,
    needs_review,
    possible_parts,
    required_parts,
    step_of,
)


def test_the_eight_steps_stand_in_the_order_of_the_notice() -> None:
    names = [step.zh for step in LADDER]
    assert names == ["学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师"]
    assert [step_of(step.code) for step in LADDER] == list(range(1, 9))


def test_the_five_national_levels_carry_the_wording_of_the_certificate_face() -> None:
    faces = {step.national: step.face for step in NATIONAL}
    assert faces == {
        "5": "五级/初级工", "4": "四级/中级工", "3": "三级/高级工", "2": "二级/技师", "1": "一级/高级技师",
    }  # fmt: skip


def test_an_apprentice_gets_no_certificate_number_and_every_other_step_its_own_character() -> None:
    assert level("A").certificate is None
    characters = [step.certificate for step in LADDER if step.certificate]
    assert len(characters) == len(set(characters)) == 7


def test_high_skilled_begins_at_level_three() -> None:
    assert [step.code for step in LADDER if high_skilled(step.code)] == ["3", "2", "1", "T", "C"]


def test_only_levels_two_and_one_need_a_comprehensive_review_and_only_the_top_two_are_appointed() -> None:
    assert [step.code for step in LADDER if needs_review(step.code)] == ["2", "1"]
    assert [step.code for step in LADDER if is_appointed(step.code)] == ["T", "C"]
    assert [step.code for step in LADDER if is_national(step.code)] == ["5", "4", "3", "2", "1"]


def test_a_smaller_digit_is_the_higher_level() -> None:
    assert above("1", "5") and above("T", "1") and above("5", "A")
    assert not above("4", "3") and not above("3", "3")


def test_the_ages_that_raise_a_clue_rise_with_the_level() -> None:
    assert [minimum_age(step.code) for step in LADDER[:6]] == [16, 16, 18, 20, 24, 26]


@pytest.mark.parametrize("code", ["0", "6", "", "L5", "五级"])
def test_an_unknown_level_is_refused_with_the_codes_there_are(code: str) -> None:
    with pytest.raises(ValueError, match=r"5\(初级工\)"):
        level(code)


def test_the_ungraded_specialty_is_a_level_but_stands_on_no_ladder() -> None:
    assert level("Z") is SPECIALTY
    assert (SPECIALTY.face, SPECIALTY.certificate, SPECIALTY.national) == ("专项职业能力", None, None)
    assert SPECIALTY not in LADDER and not high_skilled("Z") and not is_national("Z") and not needs_review("Z")
    assert minimum_age("Z") == 16
    for compared in (lambda: step_of("Z"), lambda: above("5", "Z"), lambda: above("Z", "A")):
        with pytest.raises(ValueError, match="专项职业能力不分等级"):
            compared()


def test_how_a_level_is_reached_decides_the_parts_of_its_assessment() -> None:
    required = {code: required_parts(code) for code in "A54321TCZ"}
    assert required["A"] == required["Z"] == ("practical",)
    assert required["5"] == required["4"] == required["3"] == ("theory", "practical")
    assert required["2"] == required["1"] == ("theory", "practical", "review")
    assert required["T"] == required["C"] == ("review",)
    assert {code for code in required if possible_parts(code) != required[code]} == {"A", "Z"}
    assert possible_parts("A") == possible_parts("Z") == ("theory", "practical")
