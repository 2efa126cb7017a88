"""The columns of the roster workbook: names as bureaus write them, aliases, code lists (clause K10; domain 4.2, 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jiangheng.core.law.codes import CANDIDATE_SOURCES, EDUCATION, ETHNIC_GROUPS, EXAM_NATURE, RECOGNITION_NATURE
from jiangheng.core.law.levels import LADDER

Kind = Literal["text", "name", "identity", "date", "month", "level", "phone", "number", "choice"]

CITIZEN = "居民身份证"
EIGHTEEN = (CITIZEN, "港澳居民居住证", "台湾居民居住证", "外国人永久居留身份证")
"""Documents whose number follows GB 11643; the others are checked for shape only."""

RESULT = "导入结果"
REMEDY = "问题与改法"
"""The two columns we add to a workbook handed back; met again, they are ours and no one's data."""

DOCUMENT_KINDS = (*EIGHTEEN, "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "护照")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``key`` is its name in code, ``title`` the one in our template, ``aliases`` other people's."""

    key: str
    title: str
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    synonyms: Mapping[str, str] | None = None
    width: int = 12
    help: str = ""


_SEX = {"男性": "男", "女性": "女", "M": "男", "F": "女", "1": "男", "2": "女", "男生": "男", "女生": "女"}
_DOCUMENTS = {
    "身份证": CITIZEN,
    "二代身份证": CITIZEN,
    "中国居民身份证": CITIZEN,
    "居民身份证(户口簿)": CITIZEN,
    "港澳居住证": "港澳居民居住证",
    "台湾居住证": "台湾居民居住证",
    "外国人永居证": "外国人永久居留身份证",
    "回乡证": "港澳居民来往内地通行证",
    "港澳通行证": "港澳居民来往内地通行证",
    "台胞证": "台湾居民来往大陆通行证",
}
_EDUCATION = {
    "硕士": "研究生",
    "硕士研究生": "研究生",
    "博士研究生": "博士",
    "本科": "大学本科",
    "大本": "大学本科",
    "专科": "大学专科和专科学校",
    "大专": "大学专科和专科学校",
    "大学专科": "大学专科和专科学校",
    "高职": "大学专科和专科学校",
    "中专": "中等专业学校",
    "中职": "中等专业学校",
    "技工学校": "技校",
    "高级技工学校": "高级技校",
    "高中及以下": "高中",
    "普通高中": "高中",
    "职业高中": "职高",
}
_ETHNIC = {name.removesuffix("族"): name for name in ETHNIC_GROUPS.values()}
_NATURE = {"初次": "初次认定", "首次认定": "初次认定", "初次申报": "初次认定", "晋级": "晋级认定", "升级": "晋级认定"}
_EXAM = {"首考": "正考", "正常考试": "正考", "新考": "正考"}

COLUMNS: tuple[Column, ...] = (
    Column("seq", "序号", aliases=("编号", "序"), width=6),
    Column(
        "name",
        "姓名",
        "name",
        ("考生姓名", "申报人", "申报人姓名", "名字"),
        True,
        width=12,
        help="与证件一致。少数民族姓名用间隔号“·”。",
    ),
    Column("sex", "性别", "choice", (), False, ("男", "女"), _SEX, 6, "可不填，系统按身份证号得出；填了须与证件一致。"),
    Column(
        "document_kind",
        "证件类型",
        "choice",
        ("证件种类", "证件名称", "证件类别"),
        False,
        DOCUMENT_KINDS,
        _DOCUMENTS,
        14,
        "不填按居民身份证。",
    ),
    Column(
        "document_number",
        "证件号码",
        "identity",
        ("身份证号", "身份证号码", "证件号", "身份证", "公民身份号码", "居民身份证号码", "有效证件号码"),
        True,
        width=22,
        help="本列须为“文本”格式，否则 Excel 会把后三位变成 000。",
    ),
    Column(
        "birth",
        "出生日期",
        "date",
        ("出生年月日", "出生年月", "生日"),
        width=13,
        help="如 1990-01-31。居民身份证可不填；填了须与证件一致。",
    ),
    Column("ethnic_group", "民族", "choice", (), False, tuple(ETHNIC_GROUPS.values()), _ETHNIC, 9),
    Column(
        "education",
        "文化程度",
        "choice",
        ("学历", "最高学历", "文化水平"),
        False,
        tuple(EDUCATION.values()),
        _EDUCATION,
        14,
    ),
    Column(
        "phone",
        "手机号码",
        "phone",
        ("手机", "手机号", "联系电话", "电话", "联系方式", "移动电话", "本人手机"),
        True,
        width=14,
        help="11 位手机号，准考信息发到这里。",
    ),
    Column(
        "employer",
        "工作单位",
        "text",
        ("单位", "单位名称", "所在单位", "工作(学习)单位", "学校", "班级", "院校"),
        width=28,
    ),
    Column(
        "source",
        "考生来源",
        "choice",
        ("人员来源", "人员类别", "来源"),
        False,
        tuple(CANDIDATE_SOURCES.values()),
        None,
        14,
    ),
    Column(
        "occupation",
        "申报职业",
        "text",
        ("职业", "职业名称", "申报职业名称", "认定职业", "申报职业(工种)", "职业(工种)"),
        True,
        width=18,
        help="与本批次计划的职业名称一致。",
    ),
    Column(
        "direction",
        "工种/方向",
        "text",
        ("工种", "职业方向", "方向", "工种/职业方向", "申报工种", "工种名称"),
        width=16,
    ),
    Column(
        "level",
        "申报级别",
        "level",
        ("级别", "等级", "申报等级", "技能等级", "认定等级", "认定级别", "申报职业等级", "职业技能等级"),
        True,
        tuple(step.face for step in LADDER),
        None,
        14,
        "如 三级/高级工。",
    ),
    Column(
        "nature",
        "认定类别",
        "choice",
        ("认定性质", "申报类别", "鉴定类别"),
        False,
        tuple(RECOGNITION_NATURE.values()),
        _NATURE,
        10,
    ),
    Column("exam_nature", "考试类型", "choice", ("考试性质", "考试类别"), False, tuple(EXAM_NATURE.values()), _EXAM, 9),
    Column(
        "condition",
        "申报条件序号",
        "number",
        ("申报条件", "条件序号", "申报条件编号"),
        width=12,
        help="职业标准该等级申报条件中的第几条，只填数字。",
    ),
    Column(
        "held_number",
        "现持证书编号",
        "text",
        ("原证书编号", "证书编号", "现有证书编号", "原证书号", "持有证书编号"),
        width=24,
    ),
    Column(
        "held_level",
        "现持证书级别",
        "level",
        ("原证书级别", "原证书等级", "现持证书等级", "现有等级", "原等级"),
        False,
        tuple(step.face for step in LADDER),
        None,
        14,
    ),
    Column(
        "held_issued",
        "现持证书发证日期",
        "date",
        ("发证日期", "原证书发证日期", "发证时间", "取证日期", "取证时间"),
        width=15,
    ),
    Column(
        "work_since",
        "参加工作时间",
        "month",
        ("参加工作日期", "工作时间", "从业时间", "入职时间"),
        width=13,
        help="到月即可，如 2015-07。",
    ),
    Column(
        "years",
        "从事本职业年限",
        "number",
        ("本职业年限", "工作年限", "从业年限", "从事年限", "本职业工作年限"),
        width=12,
        help="整年数，只填数字。",
    ),
    Column("note", "备注", width=18),
)

BY_KEY: Mapping[str, Column] = {column.key: column for column in COLUMNS}


def header_key(text: str) -> str:
    """Header text reduced to what identifies it: no spaces, marks of duty, numbering or examples."""
    plain = text.translate(_HALF).upper()
    plain = re.sub(r"[\s*:、。]+|^\d+[.]", "", plain)
    return plain


def column_of(header: str) -> Column | None:
    """The column a header names, with or without what stands in brackets behind it."""
    key = header_key(header)
    return _NAMES.get(key) or _NAMES.get(re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", key))


_HALF: dict[int, int] = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: ord(" "), 0x2236: ord(":")}
_NAMES = {header_key(name): column for column in COLUMNS for name in (column.title, *column.aliases)}
