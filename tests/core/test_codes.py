"""core/law/codes.py: the coded lists are whole."""

from __future__ import annotations

import pytest

from jiangheng.core.law.codes import (
    CANDIDATE_SOURCES,
    CERTIFICATE_PROVINCES,
    DIVISIONS,
    EDUCATION,
    ETHNIC_GROUPS,
    EXAM_NATURE,
    OLD_DIVISIONS,
    PROVINCES,
    RECOGNITION_NATURE,
    SEX,
    code_of,
    division_name,
)


def test_guilin_has_seventeen_divisions_none_of_them_abolished() -> None:
    assert len(DIVISIONS) == 17
    assert all(code.startswith("4503") for code in DIVISIONS)
    assert not set(DIVISIONS) & set(OLD_DIVISIONS)
    kinds = [sum(name.endswith(end) for name in DIVISIONS.values()) for end in ("区", "自治县", "县", "市")]
    assert kinds == [6, 2, 10, 1]


def test_the_fifty_six_ethnic_groups_carry_their_standard_codes() -> None:
    assert len(ETHNIC_GROUPS) == len(set(ETHNIC_GROUPS.values())) == 56
    known = {
        "01": "汉族",
        "08": "壮族",
        "11": "满族",
        "12": "侗族",
        "13": "瑶族",
        "32": "仫佬族",
        "36": "毛南族",
        "49": "京族",
    }
    assert {code: ETHNIC_GROUPS[code] for code in known} == known
    assert ETHNIC_GROUPS["56"] == "基诺族"


def test_the_other_lists_have_the_members_of_the_registration_template() -> None:
    assert (len(EDUCATION), len(CANDIDATE_SOURCES), len(PROVINCES)) == (12, 23, 34)
    assert dict(SEX) == {"0": "未知的性别", "1": "男", "2": "女", "9": "未说明的性别"}
    assert list(RECOGNITION_NATURE.values()) == ["初次认定", "晋级认定"]
    assert list(EXAM_NATURE.values()) == ["正考", "补考"]


def test_only_certificates_give_the_xinjiang_corps_a_province() -> None:
    assert set(CERTIFICATE_PROVINCES) - set(PROVINCES) == {"66"}


def test_names_turn_into_codes_and_an_unknown_name_is_refused_with_the_list() -> None:
    assert code_of(ETHNIC_GROUPS, "壮族") == "08"
    with pytest.raises(ValueError, match="大学本科"):
        code_of(EDUCATION, "本科大学")


def test_divisions_are_named_old_ones_as_they_were_and_others_by_province() -> None:
    assert division_name("450381") == "荔浦市"
    assert division_name("450331").startswith("荔浦县")
    assert division_name("450300") == "桂林市"
    assert division_name("110105") == "北京市"
    with pytest.raises(ValueError, match="GB/T 2260"):
        division_name("160000")
