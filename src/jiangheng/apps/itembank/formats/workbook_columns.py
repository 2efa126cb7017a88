"""The columns of a bank workbook: their names in our template and in other people's files (clause K7; domain 5.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from jiangheng.core.exam.items import LETTERS

RESULT = "导入结果"
REMEDY = "问题与改法"
"""The two columns we add to a workbook handed back; met again, they are ours and no item's."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``key`` is its name in code, ``title`` the one in our template, ``aliases`` other people's."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    width: int = 12
    help: str = ""
    required: bool = False


_OPTIONS = tuple(
    Column(
        f"option_{letter}",
        f"选项{letter}",
        (
            letter,
            f"{letter}选项",
            f"{letter}项",
            f"答案选项{letter}",
            f"备选答案{letter}",
            f"备选项{letter}",
            f"备选{letter}",
            f"试题选项{letter}",
            f"选择项{letter}",
            f"候选项{letter}",
            f"答案{letter}",
            f"选项{number}",
            f"选项{'一二三四五六七八'[number - 1]}",
            f"备选答案{number}",
        ),
        16,
        "选择题的选项，不必写“A.”；连线题的左列、排序题的各步骤也写在这里。" if letter == "A" else "",
    )
    for number, letter in enumerate(LETTERS, start=1)
)
_POINTS = tuple(
    Column(
        f"point_{number}",
        f"知识点{ordinal}级",
        (
            f"{ordinal}级知识点",
            f"知识点{ordinal}",
            f"知识点{number}",
            f"知识点{number}级",
            f"{number}级知识点",
            f"{ordinal}级目录",
            f"{ordinal}级鉴定范围",
            f"鉴定范围{ordinal}级",
            f"{ordinal}级考点",
            f"{ordinal}级分类",
        ),
        14,
    )
    for number, ordinal in enumerate("一二三四五六", start=1)
)

COLUMNS: tuple[Column, ...] = (
    Column(
        "code",
        "题号",
        (
            "试题GUID",
            "GUID",
            "试题编号",
            "试题ID",
            "题目编号",
            "题目ID",
            "试题号",
            "编号",
            "ID",
            "试题代码",
            "题目代码",
        ),
        12,
        "在本文件内不重复，不含空格。不填由系统按工作表和行号编。",
    ),
    Column("seq", "序号", ("序", "NO", "NO."), 6),
    Column(
        "kind",
        "题型",
        ("试题类型", "题目类型", "试题题型", "题目题型", "题类", "题型名称", "类型", "题种"),
        11,
        "从列表中选择。",
        True,
    ),
    Column(
        "group",
        "题组",
        ("题组号", "大题号", "案例编号", "组合题号", "父题号"),
        9,
        "案例分析题：材料行和小题行写同一题组，相邻排列。",
    ),
    Column(
        "stem",
        "题干",
        (
            "试题题干",
            "题目",
            "试题",
            "试题内容",
            "题目内容",
            "题干内容",
            "题目描述",
            "题目名称",
            "试题名称",
            "试题标题",
            "问题",
            "题目题干",
        ),
        50,
        "填空题每个空写四条下划线“____”；公式可写成 \\( U=IR \\)。",
        True,
    ),
    Column(
        "options",
        "选项",
        ("备选答案", "试题选项", "选项内容", "备选项", "答案选项", "选择项", "候选项", "全部选项"),
        30,
    ),
    *_OPTIONS,
    Column(
        "targets",
        "匹配项",
        ("右列", "连线右列", "匹配项内容", "对应项"),
        20,
        "连线题的右列，一行一项，依次为 1、2、3……",
    ),
    Column(
        "answer",
        "答案",
        ("正确答案", "标准答案", "参考答案", "试题答案", "正确选项", "题目答案", "答案内容", "标答"),
        20,
        "单选 B；多选 ABD；判断 正确/错误；填空一行一空、同一空的几种写法用“|”隔开；数值写一个数；连线 A2 B1；"
        "排序 CABD；简答、计算、论述写参考答案。",
        True,
    ),
    Column("tolerance", "允许误差", ("误差", "容差", "误差范围"), 9, "数值题用，如 0.1 或 2%。"),
    Column("unit", "单位", ("计量单位", "数值单位"), 7),
    Column("final", "最终结果", ("计算结果", "最后结果", "数值答案"), 9, "计算题用，一个数，可不填。"),
    Column(
        "rubric",
        "评分标准",
        ("评分要点", "评分细则", "得分点", "采分点"),
        30,
        "简答、计算、论述题用，一行一点，如“40% 写出公式”，合计 100%。",
    ),
    Column("share", "占比", ("小题占比", "占比%", "小题比例"), 7, "案例分析题的小题占全题的百分数，合计 100。"),
    Column(
        "point",
        "鉴定点代码",
        (
            "鉴定点编号",
            "鉴定点编码",
            "知识点代码",
            "知识点编号",
            "知识点编码",
            "认定点代码",
            "考核点代码",
            "考点代码",
            "细目代码",
        ),
        14,
        "要素细目表里的代码，如 A-A-A-001；也可只写名称，导入时再对应。",
    ),
    Column("point_any", "鉴定点", ("知识点", "考核点", "考点", "所属知识点", "认定点", "知识要点"), 14),
    Column("point_name", "鉴定点名称", ("知识点名称", "考核点名称", "认定点名称", "考点名称"), 16),
    Column("range", "鉴定范围代码", ("鉴定范围", "鉴定范围编号", "范围代码"), 12),
    *_POINTS,
    Column(
        "difficulty",
        "难度",
        ("难易度", "难度等级", "难易程度", "试题难度", "难度系数", "题目难度", "难度级别"),
        6,
        "1（易）到 5（难），不填按 3。",
    ),
    Column("importance", "重要程度", ("重要性", "重要程度代码", "核心程度"), 8, "X 核心、Y 一般、Z 辅助，不填按 X。"),
    Column("consistency", "一致性", ("一致程度", "内容一致性")),
    Column("marks", "分数", ("分值", "试题分数", "题目分值", "得分", "默认分数", "试题分值")),
    Column("explanation", "解析", ("试题解析", "答案解析", "题目解析", "解析说明", "答题解析", "试题分析", "注解"), 30),
    Column("source", "出处", ("来源", "试题出处", "试题来源", "依据", "题目来源", "教材出处"), 16),
    Column("seconds", "答题秒数", ("答题时间(秒)", "答题时长(秒)", "限时(秒)", "建议用时(秒)"), 8),
    Column("enemies", "互斥题号", ("互斥题", "相斥题", "敌对题"), 12, "不能同卷出现的题号，用逗号隔开。"),
    Column("picture", "图片", ("试题图片", "题目图片", "题干图片", "附图", "配图", "插图"), 12),
)
BY_KEY: Mapping[str, Column] = {column.key: column for column in COLUMNS}
POINT_KEYS = tuple(column.key for column in _POINTS)
OPTION_KEYS = tuple(column.key for column in _OPTIONS)
MADE = tuple(
    column
    for column in COLUMNS
    if column.key not in ("seq", "options", "point_any", "consistency", "marks", *POINT_KEYS)
)
"""The columns of our own template."""

_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("单选", "单项选择", "单项", "单选选择", "单项选择题", "single", "20"), "single"),
    **dict.fromkeys(("多选", "多项选择", "多项", "不定项选择", "不定项", "multiple", "30"), "multiple"),
    **dict.fromkeys(("判断", "是非", "正误判断", "对错", "判断正误", "判断对错", "judgement", "10"), "judgement"),
    **dict.fromkeys(("填空", "fill", "40"), "fill"),
    **dict.fromkeys(("数值", "数字", "数值填空", "numeric"), "numeric"),
    **dict.fromkeys(("连线", "匹配", "配对", "配伍", "matching"), "matching"),
    **dict.fromkeys(("排序", "ordering"), "ordering"),
    **dict.fromkeys(("识图", "热点", "看图", "hotspot"), "hotspot"),
    **dict.fromkeys(("简答", "问答", "名词解释", "short", "50"), "short"),
    **dict.fromkeys(("计算", "calculation", "70"), "calculation"),
    **dict.fromkeys(("论述", "essay", "80"), "essay"),
    **dict.fromkeys(("案例分析", "案例", "综合", "组合", "材料", "综合分析", "case", "60", "90"), "case"),
}
CHOICE = "choice"
"""选择题, which does not say of how many: the number of right answers decides."""

_NOISE = re.compile(r"[\s*＊()（）\[\]【】:：、.．/_-]")


def bare(text: str) -> str:
    """A header without what headers are decorated with: spaces, stars, brackets and remarks."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return _NOISE.sub("", plain).upper()


_BY_NAME = {bare(name): column for column in COLUMNS for name in (*column.aliases[::-1], column.title)}
_REMARK = re.compile(r"[（(【\[].*[)）】\]]\s*$", re.DOTALL)


def column_of(title: str) -> Column | None:
    """The column a header names, with or without a remark in brackets ("答案（必填）")."""
    return _BY_NAME.get(bare(title)) or _BY_NAME.get(bare(_REMARK.sub("", title)))


def kind_of(word: str) -> str:
    """The code of a kind, ``choice`` for 选择题, or "" for a word nobody knows."""
    plain = re.sub(r"^[一二三四五六七八九十0-9]+[、.．]", "", unicodedata.normalize("NFKC", word).strip())
    plain = re.sub(r"[\s()\[\]【】:：]", "", _REMARK.sub("", plain)).lower()
    plain = plain.removesuffix("试题").removesuffix("题")
    if plain == "选择":
        return CHOICE
    return _KINDS.get(plain, "")
