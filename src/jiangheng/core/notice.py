"""The clauses of 市人社发〔2023〕21号 as data; code cites them by id, people see the notice's own numbering."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its id in code, its place in the notice, what it asks, and the issue that brings it."""

    id: str
    place: str
    title: str
    brought_by: str


def place_of(id: str) -> str:
    """Where a clause stands in the notice: K10 → 三(四)一; empty for what is no clause."""
    found = CLAUSES.get(id)
    return found.place if found else ""


def _clauses() -> dict[str, Clause]:
    rows = (
        ("K1", "三(一)", "五个职业技能等级", "2, 3"),
        ("K2", "三(一)", "新八级工岗位序列", "3"),
        ("K3", "三(二)", "职业标准、评价规范、专项职业能力考核规范相互衔接", "3"),
        ("K4", "三(二)", "企业自主制定新八级工评价规范", "3"),
        ("K5", "三(二)", "特级技师、首席技师评聘", "3"),
        ("K6", "三(二)", "学徒工由企业自行考核", "3"),
        ("K7", "三(三)", "自主认定企业自建题库", "4"),
        ("K8", "三(三)", "各方参与题库开发并予倾斜", "4"),
        ("K9", "三(三)", "院校与社会组织使用全区统一题库", "2, 4"),
        ("K10", "三(四)一", "全链条留痕溯源，过程真实、数据完整", "2, 6"),
        ("K11", "三(四)二", "日常与专项督导、问题台账、定期通报", "later"),
        ("K12", "三(四)三", "星级评定与退出", "later"),
        ("K13", "三(五)", "理论知识考试原则上采用计算机考试", "2, 5"),
        ("K14", "三(五)", "技能操作数字化评分", "2, later"),
        ("K15", "三(五)", "新职业采用多种现代化测评技术", "later"),
        ("K16", "三(五)", "一试双证", "6"),
        ("R1", "四(一)", "新招录或未定级职工直接认定", "3"),
        ("R2", "四(一)", "一线优秀职工直接认定高级工以上", "3"),
        ("R3", "四(一)", "破格晋升", "3"),
        ("R4", "四(一)", "一线高技能人才特级、首席技师评聘", "3"),
        ("R5", "四(二)", "预备技师班应届毕业生参加技师认定", "3"),
        ("R6", "四(二)", "经审核高职院校应届毕业生参加高级工认定", "3"),
        ("R7", "四(三)", "社会评价组织征集遴选、动态调整", "later"),
        ("W1", "五(一)", "分类指导和政策解读", "2, later"),
        ("W2", "五(二)一", "属地监管：事前事中事后全链条", "2, later"),
        ("W3", "五(二)一", "违规处理与机构内控", "later"),
        ("W4", "五(二)一", "市中心协助县（市、区）监管", "later"),
        ("W5", "五(二)二", "谁评价、谁发证、谁负责，接受社会监督", "2, 6"),
        ("W6", "五(三)", "机构报备与人才数据统计", "2, later"),
        ("W7", "五(三)", "市中心：备案、规范与题库、考务指导", "2"),
        ("W8", "五(三)", "考评人员、督导员、专家队伍建设", "2, later"),
        ("W9", "五(三)", "动态公布备案评价机构目录", "2, later"),
        ("W10", "五(三)", "电子证书查询核验", "2, 6"),
        ("P1", "二(一)", "以产业和就业为导向", "later"),
        ("P2", "二(二)", "科学、真实、规范评价", "2, 4"),
        ("P3", "二(三)", "分类推进，畅通评价通道", "2, 3"),
    )
    return {row[0]: Clause(*row) for row in rows}


CLAUSES = _clauses()


def clause(id: str) -> Clause:
    """The clause of that id; ``LookupError`` at import when a declaration cites a clause the notice does not have."""
    try:
        return CLAUSES[id]
    except KeyError:
        raise LookupError(f"the notice has no clause {id!r}; see core/notice.py") from None
