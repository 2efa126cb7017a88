"""core/exam/items.py: sound items pass, every fault is named with its item, and a face never tells the answer."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sound_items import (
    CALCULATION,
    CASE,
    ESSAY,
    FILL,
    HOTSPOT,
    JUDGEMENT,
    MACHINE_CASE,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    ORDERING,
    SHORT,
    SINGLE,
    SOUND,
    options,
    part,
)

from jiangheng.core.exam.items import (
    KINDS,
    Area,
    Item,
    Option,
    RubricLine,
    blanks,
    check_item,
    face,
    marked_by_machine,
    mixed,
    options_may_move,
    units,
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_item_of_every_kind_has_no_problems(kind: str) -> None:
    assert check_item(SOUND[kind]) == []


def test_the_twelve_kinds_are_these() -> None:
    names = "单选题 多选题 判断题 填空题 数值题 连线题 排序题 识图题 简答题 计算题 案例分析题 论述题"
    assert " ".join(kind.name for kind in KINDS.values()) == names
    assert {kind.code for kind in KINDS.values() if not kind.machine} == {"short", "calculation", "essay"}


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (replace(SINGLE, code="5 001"), "编号为空或含空白"),
        (replace(SINGLE, kind="oral"), "题型“oral”不认识"),
        (replace(SINGLE, stem="  "), "题干为空"),
        (replace(SINGLE, point=""), "没有鉴定点"),
        (replace(SINGLE, range_code=""), "没有鉴定范围"),
        (replace(SINGLE, difficulty=6), "难度 6"),
        (replace(SINGLE, importance="W"), "重要程度“W”"),
        (replace(SINGLE, options=SINGLE.options[:2]), "有 2 个选项"),
        (replace(SINGLE, options=(*SINGLE.options[:3], Option("E", "功率表"))), "标号为“ABCE”"),
        (replace(SINGLE, options=(*SINGLE.options[:3], Option("D", " "))), "选项 D 没有文字"),
        (replace(SINGLE, options=(*SINGLE.options[:3], Option("D", "兆 欧表"))), "选项 D 与选项 B 文字相同"),
        (replace(SINGLE, options=(Option("A", "A．万用表"), *SINGLE.options[1:])), "选项 A 的文字以标号开头"),
        (replace(SINGLE, answer=()), "现有 0 个"),
        (replace(SINGLE, answer=("A", "B")), "现有 2 个"),
        (replace(SINGLE, answer=("E",)), "E 不是本题的选项"),
        (replace(MULTIPLE, answer=("A",)), "应有 至少 2 个选项"),
        (replace(MULTIPLE, answer=("A", "A")), "重复或次序颠倒"),
        (replace(MULTIPLE, answer=("A", "B", "C", "D")), "是全部选项"),
        (replace(JUDGEMENT, options=(Option("A", "对"), Option("B", "错"))), "选项固定为“正确”“错误”"),
        (replace(SINGLE, stem="<script>x</script>甲"), "题干 含有未经整理的标记"),
        (replace(SINGLE, explanation="电压<36 V"), "解析 含有未经整理的标记"),
        (replace(SINGLE, options=(Option("A", "<b>甲</b>"), *SINGLE.options[1:])), "选项 A 含有未经整理的标记"),
        (replace(SINGLE, tolerance="0.5"), "单选题没有误差"),
        (replace(SINGLE, targets=MATCHING.targets), "单选题没有右栏"),
        (replace(SINGLE, enemies=("5-001",)), "本题自己"),
        (replace(SINGLE, enemies=("x", "x")), "重复的编号"),
        (replace(SINGLE, seconds=-1), "作答时间 -1 秒"),
        (replace(SINGLE, share=50), "只有案例分析题的小题才写占比"),
        (replace(FILL, options=options("甲", "乙", "丙")), "填空题没有选项"),
        (replace(FILL, stem="没有空。", answer=()), "题干有 0 个空"),
        (replace(FILL, stem="电压____，频率____。"), "题干有 2 个空，答案有 3 个"),
        (replace(FILL, stem="电压___，频率____。"), "有 3 个连写的下划线"),
        (replace(FILL, stem="连在一起________的空。"), "有 8 个连写的下划线"),
        (replace(FILL, answer=("220|", "50", "N")), "第 1 空的答案为空"),
        (replace(FILL, answer=("220", "五" * 201, "N")), "第 2 空的答案超过"),
        (replace(NUMERIC, answer=("约十二",)), "答案“约十二”不是一个数"),
        (replace(NUMERIC, answer=("NaN",)), "答案“NaN”不是一个数"),
        (replace(NUMERIC, answer=()), "不是一个数"),
        (replace(NUMERIC, tolerance="少许"), "误差“少许”"),
        (replace(NUMERIC, tolerance="-1"), "误差“-1”"),
        (replace(NUMERIC, unit="3Ω"), "单位“3Ω”"),
        (replace(MATCHING, targets=MATCHING.targets[:1], answer=("A1", "B1", "C1")), "右栏有 1 项"),
        (replace(MATCHING, targets=(*MATCHING.targets[:3], Option("9", "瓦"))), "请从 1 起依次编号"),
        (replace(MATCHING, targets=(*MATCHING.targets[:3], Option("4", "伏"))), "右栏 4 与右栏 3 文字相同"),
        (replace(MATCHING, answer=("A3", "B1", "C9")), "C9 不成对"),
        (replace(MATCHING, answer=("A3", "B1")), "每项恰好一对"),
        (replace(MATCHING, answer=("A3", "A1", "C2")), "每项恰好一对"),
        (replace(MATCHING, answer=("B1", "A3", "C2")), "次序颠倒"),
        (replace(MATCHING, answer=("A1", "B2", "C3")), "左右两栏的次序就是答案"),
        (replace(ORDERING, answer=tuple("CAB")), "各写一次"),
        (replace(ORDERING, answer=tuple("CABB")), "各写一次"),
        (replace(ORDERING, answer=tuple("ABCD")), "步骤的次序就是答案"),
        (replace(HOTSPOT, picture=""), "没有图片"),
        (replace(HOTSPOT, areas=(), answer=("A",)), "有 0 个区域"),
        (replace(HOTSPOT, areas=(Area("B", "rect", (1, 1, 2, 2)),), answer=("B",)), "请从 A 起依次编号"),
        (replace(HOTSPOT, areas=(Area("A", "rect", (9, 1, 2, 2)),), answer=("A",)), "区域 A 画得不对"),
        (replace(HOTSPOT, areas=(Area("A", "circle", (9, 1, 0)),), answer=("A",)), "区域 A 画得不对"),
        (replace(HOTSPOT, areas=(Area("A", "poly", (9, 1, 0, 1)),), answer=("A",)), "区域 A 画得不对"),
        (replace(HOTSPOT, areas=(Area("A", "star", (9, 1, 0)),), answer=("A",)), "区域 A 画得不对"),
        (replace(HOTSPOT, answer=("D",)), "应为区域标号"),
        (replace(HOTSPOT, answer=()), "应为区域标号"),
        (replace(HOTSPOT, answer=("C", "A")), "重复或次序颠倒"),
        (replace(SHORT, answer=("A",)), "简答题没有答案一栏"),
        (replace(SHORT, reference="", rubric=()), "没有参考答案和评分要点"),
        (replace(SHORT, rubric=(RubricLine("一", 60), RubricLine("二", 30))), "合计 100"),
        (replace(SHORT, rubric=(RubricLine("一", 100), RubricLine("二", 0))), "每条应大于 0"),
        (replace(ESSAY, rubric=(RubricLine(" ", 100),)), "评分要点有一条没有文字"),
        (replace(CALCULATION, answer=("约 4",)), "最后得数“约 4”不是一个数"),
        (replace(CASE, answer=("A",)), "答案写在各小题里"),
        (replace(CASE, parts=(part(SINGLE, 1, share=100),)), "有 1 个小题"),
        (replace(CASE, parts=(*CASE.parts[:2], part(SHORT, 3, share=30))), "各小题的占比为 30、30、30"),
        (replace(CASE, parts=(*CASE.parts[:2], part(SHORT, 4, share=40))), "第 3 小题：编号“5-001.4”应为“5-001.3”"),
        (replace(CASE, parts=(*CASE.parts[:2], part(CASE, 3, share=40))), "第 3 小题：小题不能再是案例分析题"),
        (replace(CASE, parts=(*CASE.parts[:2], replace(CASE.parts[2], difficulty=0))), "第 3 小题：难度 0"),
        (replace(CASE, parts=(*CASE.parts[:2], replace(CASE.parts[2], stem=""))), "第 3 小题：题干为空"),
        (replace(CASE, parts=(*CASE.parts[:2], replace(CASE.parts[2], kind="oral"))), "第 3 小题：题型“oral”"),
    ],
)
def test_a_fault_is_named_once_with_its_item_and_nothing_else_is_blamed(item: Item, words: str) -> None:
    problems = check_item(item)
    assert len(problems) == 1, problems
    assert words in problems[0]
    assert problems[0].startswith(f"试题 {item.code}：")
    assert "请" in problems[0]


def test_a_bank_may_admit_items_whose_options_are_all_right() -> None:
    assert check_item(replace(MULTIPLE, answer=("A", "B", "C", "D")), allow_all_right=True) == []


def test_options_that_are_pictures_differ_by_their_pictures() -> None:
    pictures = tuple(f'<img src="media:{digit * 64}" alt=""/>' for digit in "abcd")
    assert check_item(replace(SINGLE, options=options(*pictures))) == []
    assert "文字相同" in check_item(replace(SINGLE, options=options(*pictures[:3], pictures[0])))[0]


def test_a_target_may_begin_with_a_decimal_number() -> None:
    assert check_item(replace(MATCHING, targets=(Option("1", "1.5 mm²"), *MATCHING.targets[1:]))) == []


def test_blanks_are_four_underscores_in_the_text_only() -> None:
    assert blanks(FILL.stem) == 3
    assert blanks(f'<img src="media:{"a" * 64}" alt="____"/>第____格') == 1
    assert blanks("a_b 与 ___ 与 _____") == 0


def test_a_case_is_marked_by_machine_when_all_its_parts_are() -> None:
    assert not marked_by_machine(CASE)
    assert marked_by_machine(MACHINE_CASE)
    assert not marked_by_machine(SHORT)
    assert marked_by_machine(FILL)
    assert [unit.code for unit in units(CASE)] == ["5-001.1", "5-001.2", "5-001.3"]
    assert units(FILL) == (FILL,)


SHOWN = {"id", "kind", "stem", "options"}
MORE = {"fill": "blanks", "numeric": "unit", "matching": "targets", "hotspot": "picture", "case": "parts"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_face_shows_what_its_kind_needs_and_nothing_else(kind: str) -> None:
    assert set(face(SOUND[kind])) == SHOWN | ({MORE[kind]} if kind in MORE else set())


def test_a_face_of_each_kind_shows_what_is_needed_for_an_answer() -> None:
    assert face(SINGLE)["options"][1] == {"key": "B", "text": "兆欧表"}  # type: ignore[index]
    assert face(FILL)["blanks"] == 3
    assert face(NUMERIC)["unit"] == "Ω"
    assert face(HOTSPOT)["picture"] == "c" * 64
    assert face(MATCHING)["targets"][0] == {"key": "1", "text": "安"}  # type: ignore[index]
    parts = face(CASE, public_id="q3")["parts"]
    assert [(shown["id"], shown["kind"]) for shown in parts] == [  # type: ignore[attr-defined]
        ("q3.1", "single"),
        ("q3.2", "fill"),
        ("q3.3", "short"),
    ]


@given(answer=st.sampled_from([("A",), ("B",), ("C",), ("D",)]), difficulty=st.integers(1, 5))
def test_two_items_that_differ_only_in_what_is_secret_have_the_same_face(
    answer: tuple[str, ...], difficulty: int
) -> None:
    other = replace(
        SINGLE, answer=answer, difficulty=difficulty, point="Z9", range_code="Z", importance="Z", explanation="别的"
    )
    assert face(other) == face(SINGLE)


SECRETS = st.text("qzjxkv", min_size=8, max_size=12)


@given(kind=st.sampled_from(sorted(KINDS)), words=SECRETS, number=st.integers(70_000, 99_999))
def test_no_secret_of_an_item_of_any_kind_occurs_in_its_face(kind: str, words: str, number: int) -> None:
    secret = {
        "point": words, "range_code": words, "explanation": words, "tolerance": words, "reference": words,
        "rubric": (RubricLine(words, 100),), "enemies": (words,), "source": words, "answer": (words,),
        "seconds": number, "difficulty": number, "importance": words, "share": number,
        "areas": (Area(words, "rect", (number, number, number, number)),),
    }  # fmt: skip
    item = replace(SOUND[kind], parts=tuple(replace(each, **secret) for each in SOUND[kind].parts), **secret)
    shown = json.dumps(face(item, public_id="q1"), ensure_ascii=False)
    assert words not in shown
    assert str(number) not in shown
    assert "5-001" not in shown


def test_every_field_of_an_item_is_either_shown_or_known_to_be_secret() -> None:
    secret = {
        "answer", "point", "range_code", "difficulty", "importance", "explanation", "tolerance", "areas", "reference",
        "rubric", "share", "enemies", "source", "seconds",
    }  # fmt: skip
    assert {field.name for field in fields(Item)} == secret | {
        "code", "kind", "stem", "options", "targets", "unit", "picture", "parts",
    }  # fmt: skip


def test_a_face_can_hide_the_item_code_and_follow_a_layout() -> None:
    shown = face(SINGLE, public_id="q7", option_order=("D", "B", "A", "C"))
    assert "5-001" not in json.dumps(shown)
    assert [option["key"] for option in shown["options"]] == ["D", "B", "A", "C"]  # type: ignore[attr-defined]
    columns = face(MATCHING, option_order=("C", "A", "B"), target_order=("4", "2", "1", "3"))
    assert [option["key"] for option in columns["options"]] == ["C", "A", "B"]  # type: ignore[attr-defined]
    assert [target["text"] for target in columns["targets"]] == ["瓦", "欧", "安", "伏"]  # type: ignore[attr-defined]


def test_an_order_that_is_no_permutation_is_refused() -> None:
    with pytest.raises(ValueError, match="5-001"):
        face(SINGLE, option_order=("A", "B", "C", "C"))
    with pytest.raises(ValueError, match="5-001"):
        face(MATCHING, target_order=("1", "2", "3"))


@pytest.mark.parametrize("text", ["以上都对", "以上均不正确", "A和B都是", "上述三项"])
def test_options_that_speak_of_others_keep_their_place(text: str) -> None:
    assert options_may_move(SINGLE)
    assert not options_may_move(replace(SINGLE, options=(*SINGLE.options[:3], Option("D", text))))


def test_steps_and_columns_always_move_and_the_two_words_of_a_judgement_never() -> None:
    assert options_may_move(replace(ORDERING, options=options("以上都对", "乙", "丙", "丁")))
    assert options_may_move(MATCHING)
    assert not options_may_move(JUDGEMENT)


@given(st.permutations(range(5)))
def test_a_mixed_item_no_longer_tells_by_its_order_and_asks_the_same(order: list[int]) -> None:
    texts = [f"项{place}" for place in order]
    pairs = replace(
        MATCHING,
        options=options(*texts),
        targets=tuple(Option(str(place), f"配{text}") for place, text in enumerate(texts, start=1)),
        answer=("A1", "B2", "C3", "D4", "E5"),
    )
    steps = replace(ORDERING, options=options(*texts), answer=tuple("ABCDE"))
    assert check_item(mixed(pairs)) == check_item(mixed(steps)) == []
    right = {target.key: target.text for target in mixed(pairs).targets}
    assert [right[token[1:]] for token in mixed(pairs).answer] == [f"配{text}" for text in texts]
    words = {option.key: option.text for option in mixed(steps).options}
    assert [words[key] for key in mixed(steps).answer] == texts


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_that_tells_nothing_by_its_order_is_mixed_into_itself(kind: str) -> None:
    assert mixed(SOUND[kind]) is SOUND[kind]
