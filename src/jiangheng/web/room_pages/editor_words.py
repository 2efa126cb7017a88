"""What the editor of standards says and offers: words for the page's script, in the reader's language (K3, P1)."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from jiangheng.core.law.eligibility import APPROVED_LISTS, SCHOOL_KINDS, TITLE_RANKS
from jiangheng.core.law.faults import Fault
from jiangheng.core.law.levels import LADDER, NATIONAL, SPECIALTY, possible_parts, required_parts
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.standard_data import ASPECT_KINDS, BASIC_KNOWLEDGE, ETHICS, KINDS, METHODS, ORDER, PARTS
from jiangheng.kernel.display import level_face
from jiangheng.kernel.spoken import spoken

LEVELS_OF = {
    "national": [step.code for step in NATIONAL],
    "evaluation": [step.code for step in LADDER],
    "specialty": [SPECIALTY.code],
}
CLAUSES = ("P3", "R5", "R6", "R4", "K5", "K6")
# What the reader says of a field that is not there: on a form it is simply empty.
_EMPTY = re.compile(r"须为非空文字,现为 (None|'\s*')")
_ABSENT = re.compile(r"须为(整数|分值),现为 None")
_NAME = re.compile(r"\[\[?(\w+)(?:\.(\w+))?\]?\]|\b([a-z]+_[a-z_]+)\b|(?<=[\u4e00-\u9fff”] )([a-z]+)\b")


def told(fault: Fault) -> dict[str, str]:
    """A fault as it is shown at a field: what and how to mend it, the names of the text format replaced by labels."""
    if _EMPTY.fullmatch(fault.what) or _ABSENT.fullmatch(fault.what):
        return {"what": _("请填写"), "mend": ""}
    return {"what": _labelled(spoken(fault.what)), "mend": _labelled(spoken(fault.mend))}


def _labelled(said: str) -> str:
    names = {**sections(), **fields()}
    said = said.replace('kind = "veto"', spoken(ASPECT_KINDS["veto"]))

    def label(found: re.Match[str]) -> str:
        name = found[2] or found[1] or found[3] or found[4]
        return _("“{label}”").format(label=names[name]) if name in names else found[0]

    return _NAME.sub(label, said)


def sections() -> dict[str, str]:
    """The sections of the editor by the name of their table."""
    return {
        "standard": _("基本信息"),
        "profile": _("职业概况"),
        "basics": _("基本要求"),
        "condition": _("申报条件"),
        "function": _("工作要求"),
        "weights": _("权重表"),
        "design": _("考核方案"),
        "task": _("评分表"),
        "crosswalk": _("等级折算"),
    }


def fields() -> dict[str, str]:
    """The labels of the fields by their names in the text."""
    return {
        "kind": _("类别"),
        "title": _("名称"),
        "occupation": _("职业名称"),
        "code": _("编号"),
        "occupation_code": _("职业编码"),
        "edition": _("版本"),
        "source": _("依据"),
        "based_on": _("所依据的国家标准（职业编码@版本）"),
        "related": _("相关职业编码"),
        "directions": _("工种/职业方向"),
        "levels": _("级别"),
        "definition": _("职业定义"),
        "environment": _("职业环境条件"),
        "abilities": _("职业能力特征"),
        "education": _("普通受教育程度"),
        "venues": _("场所设备要求"),
        "training": _("培训参考时长（标准学时）"),
        "ethics": _("职业道德"),
        "knowledge": _("相关知识要求"),
        "basic_knowledge": _("基础知识"),
        "topic": _("知识主题"),
        "points": _("知识要点"),
        "text": _("条文"),
        "clause": _("通知条款"),
        "min_age": _("最低年龄（周岁）"),
        "total_years": _("累计工作年限"),
        "apprenticeship": _("本职业学徒期满"),
        "requires_level": _("先持有的证书级别"),
        "years_after_level": _("取得证书后工作年限"),
        "holding_years": _("持证年限（不论是否工作）"),
        "preparatory_technician": _("预备技师证书"),
        "title_rank": _("职称级别"),
        "years_after_title": _("取得职称后工作年限"),
        "school_kinds": _("院校类别"),
        "major_required": _("须为本专业或相关专业"),
        "final_year_allowed": _("毕业年度学生可报"),
        "enrolled_allowed": _("在读学生可报"),
        "student_only": _("只限在读学生"),
        "approved_list": _("经批准的专业名单"),
        "direction": _("工种/职业方向"),
        "name": _("名称"),
        "content": _("工作内容"),
        "skills": _("技能要求"),
        "weight": _("权重"),
        "rows": _("权重"),
        "evaluators": _("每组考评员人数"),
        "evaluator_ratio": _("每名考评员至多考核考生数"),
        "invigilator_ratio": _("每名监考人员至多监考考生数"),
        "committee": _("综合评审委员人数"),
        "part": _("考核部分"),
        "methods": _("考核方式"),
        "minutes": _("时长（分钟）"),
        "marks": _("配分"),
        "full_marks": _("满分"),
        "pass_mark": _("合格分"),
        "aspect": _("评分项"),
        "aspect_kind": _("评分方式"),
        "descriptor": _("评分标准"),
        "counts_as": _("折算为"),
        "level": _("级别"),
    }


def choices() -> dict[str, Any]:
    """What may be chosen, as pairs of code and label, and what belongs to which level."""
    return {
        "kinds": _pairs(KINDS),
        "levels": [[code, level_face(code)] for code in ORDER],
        "levelsOf": LEVELS_OF,
        "parts": _pairs(PARTS),
        "partsOf": {code: {"possible": possible_parts(code), "required": required_parts(code)} for code in ORDER},
        "methods": _pairs(METHODS),
        "aspects": _pairs(ASPECT_KINDS),
        "schools": _pairs(SCHOOL_KINDS),
        "titles": _pairs(TITLE_RANKS),
        "lists": _pairs(APPROVED_LISTS),
        "clauses": [[clause, clause] for clause in CLAUSES],
        # these two are written in the text itself, so they stay as they are in every language
        "ethics": ETHICS,
        "basic": BASIC_KNOWLEDGE,
        "design": {
            "evaluators": parameter("evaluators.min"),
            "evaluator_ratio": parameter("evaluator.ratio"),
            "invigilator_ratio": parameter("invigilator.ratio"),
            "committee": parameter("committee.min"),
        },
    }


def _pairs(names: Any) -> list[list[str]]:
    return [[key, spoken(name)] for key, name in names.items()]


def sentence() -> dict[str, str]:
    """The pieces of the sentence that says what a condition asks, as the platform will judge it."""
    return {
        "min_age": _("年满{n}周岁"),
        "total_years": _("累计从事本职业或相关职业工作满{n}年"),
        "apprenticeship": _("本职业学徒期满"),
        "requires_level": _("持有本职业或相关职业{level}及以上证书"),
        "years_after_level": _("取得该证书后工作满{n}年"),
        "holding_years": _("取得该证书已满{n}年"),
        "preparatory_technician": _("持有预备技师证书"),
        "title_rank": _("具有{rank}"),
        "years_after_title": _("取得该职称后工作满{n}年"),
        "graduate": _("{schools}毕业"),
        "final_year": _("{schools}毕业或毕业年度在读"),
        "enrolled": _("{schools}毕业或在读"),
        "student": _("{schools}在读"),
        "final_student": _("{schools}毕业年度在读"),
        "major": _("所学为本专业或相关专业"),
        "approved_list": _("专业在“{list}”内"),
        "or": _("或"),
        "and": _("，且"),
        "end": _("。"),
        "nothing": _("还没有任何要求：请从下面添加"),
        "reads": _("按此判断："),
    }


def says() -> dict[str, str]:
    """Buttons, notes and messages."""
    return {
        "add": _("添加"),
        "addLine": _("添加一行"),
        "addCondition": _("添加申报条件"),
        "addRequirement": _("添加要求…"),
        "addFunction": _("添加职业功能"),
        "addContent": _("添加工作内容"),
        "addTopic": _("添加知识主题"),
        "addColumn": _("添加一列…"),
        "addPart": _("添加考核部分…"),
        "addTask": _("添加任务"),
        "addAspect": _("添加评分项"),
        "addDesign": _("添加考核方案"),
        "remove": _("删去"),
        "removeThis": _("删去：{name}"),
        "up": _("上移"),
        "down": _("下移"),
        "star": _("关键技能"),
        "undo": _("放回"),
        "removed": _("已删去“{name}”。"),
        "openAll": _("全部展开"),
        "closeAll": _("全部收起"),
        "level": _("级别"),
        "allDirections": _("各方向共用"),
        "none": _("无"),
        "notCounted": _("不折算"),
        "choose": _("请选择"),
        "sum": _("合计"),
        "missing": _("缺 {n}"),
        "over": _("多 {n}"),
        "even": _("正好"),
        "ofMarks": _("{n} / {of} 分"),
        "noLevels": _("请先在“基本信息”中勾选级别。"),
        "noFunctions": _("请先在“工作要求”中写职业功能，再分配权重。"),
        "notWeighed": _("不属于该方向"),
        "stray": _("工作要求中没有这一项"),
        "counts": _("{contents} 项工作内容，{skills} 条技能，{knowledge} 条知识"),
        "condition": _("第 {n} 条"),
        "unnamed": _("未命名"),
        "linesHint": _("一行一条。粘贴多行即为多条；Enter 添加一行，Alt+↑/↓ 移动，点“★”标为关键技能。"),
        "gridHint": _("每列合计应为 100。留空的格表示该列没有这一项。"),
        "right": _("没有发现错误"),
        "wrong": _("{n} 处需要改正"),
        "unknown": _("尚未检查"),
        "unsaved": _("有未保存的修改"),
        "saved": _("已保存"),
        "untouched": _("没有修改"),
        "save": _("保存"),
        "saving": _("正在保存…"),
        "notSaved": _("没有保存：有 {n} 处需要改正"),
        "refused": _("没有保存"),
        "kept": _("您填写的内容都还在本页。"),
        "noText": _("还有 {n} 处错误，改正后才能转成文本。"),
        "noForm": _("文本有 {n} 处错误，改正后才能转成结构化编辑。"),
        "line": _("第 {n} 行"),
        "lost": _("登录已失效。请在另一个窗口重新登录，再回到本页保存；内容都还在。"),
        "failed": _("服务器没有完成保存，内容都还在本页。请稍后再试。"),
        "offline": _("没有连上服务器，内容都还在本页。请检查网络后再试。"),
        "colon": _("："),
        "comma": _("，"),
        "semicolon": _("；"),
        "sections": _("各部分"),
        "optional": _("选填"),
        "place": _(" · "),
    }


def words() -> dict[str, Any]:
    """Everything the page's script reads."""
    return {
        "sections": sections(),
        "fields": fields(),
        "choices": choices(),
        "sentence": sentence(),
        "say": says(),
    }
