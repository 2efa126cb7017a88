"""Every configurable number of the rules, with its default, unit, certainty and source (clauses K10, W1).

The notice leaves most clocks and counts open, so a number that no text fixes is never written into a rule: a
rule asks `parameter(key)`. Settings call `configure` once at start; nothing else changes a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Certainty = Literal["sure", "likely", "guess"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One configurable number.

    key: what code asks for. label: what people read. unit: workday, day, month, year, minute, mark, person,
    time, percent, item, character, kilobyte, number, hour, second, millisecond, pixel. certainty: how firmly the
    default is founded; source names the
    foundation. clause: the clause of the notice it serves. least: the smallest value that law or sense allows.
    """

    key: str
    label: str
    default: int
    unit: str
    certainty: Certainty
    source: str
    clause: str
    least: int = 0


P = Parameter
_GROUP = "全国性企业评价平台的节点默认值"
_OURS = "本平台建议值,主管部门可改"
_SHENZHEN = "外地(深圳2022)同类办事规程"
_STANDARD = "国家职业标准的评价要求"
_ARCHIVE = "职业技能等级认定工作规程(试行)关于档案的要求"
_CYBER = "网络安全法关于日志留存的要求"
_TESTING = "教育与心理测量的通行判据"
_ELEMENTS = "理论知识鉴定要素细目表的编制要求"
_MLPS = "GB/T 22239-2019 的通行做法"

# One row a number, grouped by the stage of the batch it governs; longer than 150 lines because it is data.
_TABLE: tuple[Parameter, ...] = (
    # clocks of a batch
    P("plan.annual_month", "年度计划报送截止月份", 1, "month", "guess", _OURS, "K10", 1),
    P("plan.submit_before_exam", "认定计划在考试前报送", 7, "workday", "likely", _GROUP, "K10", 1),
    P("plan.review", "认定计划审核", 3, "workday", "guess", _OURS, "K10", 1),
    P("announcement.open", "公告发布至报名截止", 5, "workday", "guess", _OURS, "K10", 1),
    P("application.finish", "报名在考试前结束", 5, "workday", "likely", _GROUP, "K10", 1),
    P("review.first", "报名资格初审", 3, "workday", "guess", _OURS, "K10", 1),
    P("review.second", "报名资格复审", 2, "workday", "guess", _OURS, "K10", 1),
    P("application.correction", "申报材料补正", 3, "workday", "guess", _OURS, "W1", 1),
    P("seating.before_exam", "考场编排在考试前完成", 3, "workday", "likely", _GROUP, "K10"),
    P("staffing.before_exam", "考务安排在考试前完成", 2, "workday", "likely", _GROUP, "K10"),
    P("candidate.enter_before", "考生提前入场", 15, "minute", "likely", "通行考务要求", "K13"),
    P("candidate.late_limit", "迟到禁止入场", 30, "minute", "likely", "通行考务要求", "K13"),
    P("score.summary", "成绩汇总", 2, "workday", "likely", _GROUP, "K10", 1),
    P("score.recheck", "书面申请成绩复核", 5, "workday", "guess", _OURS, "P2", 1),
    P("publicity.workdays", "认定结果公示", 5, "workday", "sure", "职业技能等级认定工作规程(试行)", "K10", 5),
    P("objection.answer", "公示异议答复", 5, "workday", "guess", _OURS, "W5", 1),
    P("report.employer", "用人单位报送认定结果(考后,含公示)", 10, "workday", "sure", _SHENZHEN, "K10", 1),
    P("report.social_org", "社会培训评价组织报送认定结果", 5, "workday", "sure", _SHENZHEN, "K10", 1),
    P("report.college", "院校报送认定结果", 10, "workday", "guess", _OURS, "K10", 1),
    P("hrss.review", "人社部门审核认定结果", 5, "workday", "sure", _SHENZHEN, "K10", 1),
    P("hrss.correction", "机构按审核意见更正", 5, "workday", "sure", _SHENZHEN, "K10", 1),
    P("certificate.upload", "证书数据上报(审核通过后)", 5, "workday", "likely", _SHENZHEN, "W10", 1),
    P("archive.close", "批次档案归档", 30, "day", "guess", _OURS, "K10", 1),
    # examination
    P("pass.mark", "各科合格分数线", 60, "mark", "sure", _STANDARD, "P2", 1),
    P("part.full_mark", "各科满分", 100, "mark", "sure", _STANDARD, "P2", 1),
    P("theory.minutes", "理论知识考试最短时间", 90, "minute", "sure", _STANDARD, "K13", 1),
    P("paper.single", "理论试卷单选题数", 60, "item", "likely", "同类平台默认值", "K13"),
    P("paper.multiple", "理论试卷多选题数", 20, "item", "likely", "同类平台默认值", "K13"),
    P("paper.judgement", "理论试卷判断题数", 20, "item", "likely", "同类平台默认值", "K13"),
    P("camera.keep_days", "考试抓拍照片保存期限", 30, "day", "guess", _OURS, "K13", 1),
    P("seat.check_hours", "机位检测链接有效期", 12, "hour", "guess", _OURS, "K13", 1),
    P("seat.width", "机位页面最小宽度", 1024, "pixel", "guess", _OURS, "K13"),
    P("seat.height", "机位页面最小高度", 600, "pixel", "guess", _OURS, "K13"),
    P("seat.clock", "机位时钟与考场时钟误差上限", 60, "second", "guess", _OURS, "K13", 1),
    P("seat.median", "机位往返时延中位数上限", 300, "millisecond", "guess", _OURS, "K13", 1),
    P("seat.worst", "机位往返时延最大值上限", 2000, "millisecond", "guess", _OURS, "K13", 1),
    P("exam.calculator", "理论机考页面提供计算器(1是0否)", 0, "number", "guess", _OURS, "K13"),
    P("exam.lock_after", "离开考试页面几次后锁定(0不锁定)", 0, "time", "guess", _OURS, "K13"),
    P("exam.browser", "理论机考须用防作弊浏览器(1是0否)", 0, "number", "guess", _OURS, "K13"),
    P("exam.camera", "理论机考摄像头拍照间隔(秒,0不拍)", 0, "number", "guess", _OURS, "K13"),
    P("site.key_before", "考点启封码提前告知", 30, "minute", "guess", _OURS, "K13"),
    P("site.key_shown", "告知后启封码页面可查看时间", 20, "minute", "guess", _OURS, "K13", 1),
    P("site.bundle_most", "考点回传文件大小上限", 65536, "kilobyte", "guess", _OURS, "K13", 64),
    P("exam.move_credit", "换机最多补回的时间", 10, "minute", "guess", _OURS, "K13"),
    # element tables of the question bank
    P("bank.importance_x", "鉴定点中核心(X)的最低比例", 80, "percent", "sure", _ELEMENTS, "K7"),
    P("bank.importance_y", "鉴定点中一般(Y)的最高比例", 15, "percent", "sure", _ELEMENTS, "K7"),
    P("bank.importance_z", "鉴定点中辅助(Z)的最高比例", 5, "percent", "sure", _ELEMENTS, "K7"),
    P("bank.points_per_weight", "每百分之一权重的鉴定点数", 2, "item", "sure", _ELEMENTS, "K7"),
    P("bank.points_min", "一个级别的鉴定点总数", 200, "item", "sure", _ELEMENTS, "K7"),
    P("bank.items_per_point", "每个鉴定点的试题数", 3, "item", "guess", _OURS, "K7"),
    P("paper.release_before", "试卷启封(核准)提前", 30, "minute", "likely", "试卷保密惯例", "K13", 1),
    P("bank.trial_persons", "试题试用作答人数", 200, "person", "guess", _OURS, "P2"),
    P("bank.measure_persons", "收卷后自动分析试题的最少作答人数", 30, "person", "guess", _OURS, "P2", 1),
    P("bank.exposure_cap", "试题使用次数上限(达到后轮休)", 6, "time", "guess", _OURS, "P2", 1),
    P("bank.rest_days", "试题两次使用的最短间隔", 0, "day", "guess", _OURS, "P2"),
    P("theory.marker_spread", "主观题两次评分差距上限(占该题配分)", 20, "percent", "guess", _OURS, "K13"),
    P("theory.review", "公示后考生可否查看本人试题和答案(0 否,1 可)", 0, "number", "guess", _OURS, "K13"),
    P("practical.spread_limit", "考评员评分差距上限(占该项配分)", 30, "percent", "guess", _OURS, "K14", 1),
    P("resit.times", "单科补考次数", 1, "time", "guess", "外地院校做法", "P2"),
    P("resit.validity_years", "单科合格成绩有效期", 1, "year", "guess", _OURS, "P2"),
    P("recheck.sample", "成绩复核抽查比例", 30, "percent", "guess", "同类平台默认值", "P2"),
    # measured items
    P("bank.flag_sample", "自动列入试题复查的最少作答人数", 200, "person", "likely", _TESTING, "P2", 2),
    P("bank.flag_p_low", "难度(答对率)过低的界限", 20, "percent", "likely", _TESTING, "P2"),
    P("bank.flag_p_high", "难度(答对率)过高的界限", 95, "percent", "likely", _TESTING, "P2"),
    P("bank.flag_item_rest", "题余相关过低的界限(百分之一)", 10, "percent", "likely", _TESTING, "P2"),
    P("bank.flag_fit_low", "拟合均方过低的界限(百分之一)", 70, "percent", "likely", _TESTING, "P2"),
    P("bank.flag_fit_high", "拟合均方过高的界限(百分之一)", 130, "percent", "likely", _TESTING, "P2", 100),
    P("bank.flag_drift", "难度漂移的界限(百分之一逻辑单位)", 50, "percent", "likely", _TESTING, "P2", 1),
    P("bank.group_min", "分组统计的最少人数", 30, "person", "likely", _TESTING, "P2", 2),
    P("bank.impact_ratio", "各组合格率之比的提醒线", 80, "percent", "likely", "通行的五分之四判据", "P2", 1),
    P("bank.cut_judges", "合格线专家组人数提醒线", 5, "person", "guess", _TESTING, "P2", 2),
    P("bank.cut_spread", "专家合格线标准差提醒线(占满分)", 10, "percent", "guess", _TESTING, "P2", 1),
    P("bank.cut_opinion", "合格线专家提交一轮评判", 5, "workday", "guess", _OURS, "P2", 1),
    P("bank.credit_accepted", "题库贡献:试题被采用", 10, "mark", "guess", _OURS, "K8"),
    P("bank.credit_difficulty", "题库贡献:实测难度合适", 5, "mark", "guess", _OURS, "K8"),
    P("bank.credit_discrimination", "题库贡献:实测区分度合格", 10, "mark", "guess", _OURS, "K8"),
    P("bank.credit_fair", "题库贡献:各组无明显偏差", 5, "mark", "guess", _OURS, "K8"),
    P("bank.credit_stable", "题库贡献:各次施测难度稳定", 5, "mark", "guess", _OURS, "K8"),
    P("bank.credit_use", "题库贡献:每进入一次试卷", 1, "mark", "guess", _OURS, "K8"),
    P("bank.credit_use_limit", "题库贡献:每题使用加分上限", 10, "mark", "guess", _OURS, "K8"),
    P("bank.credit_fault", "题库贡献:实测发现问题扣分", 10, "mark", "guess", _OURS, "K8"),
    P("bank.credit_leak", "题库贡献:试题泄露扣分", 50, "mark", "guess", _OURS, "K8"),
    # people on duty
    P("evaluators.min", "考评小组最少人数(须为单数)", 3, "person", "sure", _STANDARD, "W8", 1),
    P("evaluators.consecutive", "同一考评员在同一考点连续考评上限", 3, "time", "sure", "考评人员轮换要求", "W8", 1),
    P("evaluators.rotation", "每次轮换考评员的最低比例", 33, "percent", "sure", "考评人员轮换要求", "W8", 1),
    P("evaluators.refusals", "一年内拒绝派遣的次数上限", 3, "time", "sure", "考评人员管理要求", "W8", 1),
    P("committee.min", "综合评审委员会最少人数(须为单数)", 3, "person", "sure", _STANDARD, "W8", 1),
    P("committee.majority", "评审通过须同意的专家比例(四舍五入到整数)", 67, "percent", "guess", _OURS, "W8", 1),
    P("committee.vote", "评审专家投票", 5, "workday", "guess", _OURS, "W8", 1),
    P("invigilators.min", "标准考场监考人员最少人数", 2, "person", "sure", _STANDARD, "K13", 1),
    P("invigilator.ratio", "每名监考人员对应的考生数上限", 15, "person", "sure", _STANDARD, "K13", 1),
    P("evaluator.ratio", "每名考评员对应的考生数上限(标准未规定时)", 5, "person", "likely", _STANDARD, "K14", 1),
    P("card.validity_years", "考评员证卡有效期", 3, "year", "likely", "考评人员管理惯例", "W8", 1),
    P("supervisors.visit", "外部督导每次到场最少人数", 2, "person", "likely", "质量督导工作规程惯例", "K11", 1),
    # applicants
    P("age.min", "申报人最低年龄", 16, "year", "sure", _STANDARD, "P3", 16),
    P("age.warn.5", "五级申报人年龄提醒线", 16, "year", "likely", _GROUP, "K11", 16),
    P("age.warn.4", "四级申报人年龄提醒线", 18, "year", "likely", _GROUP, "K11", 16),
    P("age.warn.3", "三级申报人年龄提醒线", 20, "year", "likely", _GROUP, "K11", 16),
    P("age.warn.2", "二级申报人年龄提醒线", 24, "year", "likely", _GROUP, "K11", 16),
    P("age.warn.1", "一级申报人年龄提醒线", 26, "year", "likely", _GROUP, "K11", 16),
    P("work.min_age", "工作经历起始最低年龄", 16, "year", "sure", "劳动法第十五条", "P3", 16),
    P("eligibility.higher_counts", "高等级证书可代低等级(1是0否)", 1, "number", "likely", "职业技能等级序列", "P3"),
    P("eligibility.lead_days", "推算晋级路径时,具备条件至取得证书", 0, "day", "guess", _OURS, "P3"),
    # institutions
    P("filing.validity_years", "备案有效期", 3, "year", "likely", "各地备案函惯例", "W9", 1),
    P("specification.convene", "组织评价规范专家评审", 10, "workday", "guess", _OURS, "K4", 1),
    P("specification.record", "评价规范评审通过后备案", 5, "workday", "guess", _OURS, "K4", 1),
    P("filing.accept", "备案申请受理", 5, "workday", "guess", _OURS, "W7", 1),
    P("filing.review", "备案评估论证", 20, "workday", "guess", _OURS, "W7", 1),
    P("filing.correction", "备案材料补正", 10, "workday", "guess", _OURS, "W7", 1),
    P("filing.renew_window", "备案到期前可申请续期", 90, "day", "likely", "外地(广东、福建)做法", "W7", 1),
    P("filing.renew_batches", "续期要求有效期内批次数", 6, "time", "likely", "外地(广东、福建)做法", "W7"),
    P("filing.idle_months", "无故未开展认定的终止期限", 12, "month", "guess", _OURS, "K12", 1),
    P("filing.min_evaluators", "每个备案职业等级的考评员人数", 3, "person", "likely", "备案条件惯例", "W7", 1),
    # appointment of special and chief technicians
    P("appointment.special_years", "任高级技师满几年可评聘特级技师", 5, "year", "guess", "企业与各省办法常见值", "K5"),
    P("appointment.chief_years", "任特级技师满几年可评聘首席技师", 0, "year", "guess", _OURS, "K5"),
    P("appointment.term_years", "评聘任期", 3, "year", "guess", _OURS, "K5", 1),
    P("appointment.publicity", "评聘公示", 5, "workday", "likely", "职业技能等级认定工作规程(试行)", "K5", 1),
    P("appointment.review_days", "任期内考核", 365, "day", "guess", _OURS, "K5", 30),
    P("appointment.renew_days", "任期届满前可办理续聘", 90, "day", "guess", _OURS, "K5", 1),
    P("recognition.convene", "组织认定评审", 10, "workday", "guess", _OURS, "R1", 1),
    P("recognition.approve", "公示结束后核准直接认定和评聘", 5, "workday", "guess", _OURS, "R1", 1),
    P("direct.insured_months", "证明本企业职工的社会保险缴费月数", 6, "month", "guess", _OURS, "R1"),
    P("direct.share_limit", "直接认定占全年发证比例提醒线", 30, "percent", "guess", _OURS, "R1", 1),
    # supervision
    P("rectification.days", "限期整改", 30, "day", "guess", _OURS, "W3", 1),
    P("reply.workdays", "机构答复督导问题", 5, "workday", "guess", _OURS, "W3", 1),
    P("hearing.workdays", "陈述申辩期限", 5, "workday", "guess", _OURS, "W3", 3),
    P("suspension.months", "暂停评价", 3, "month", "guess", _OURS, "W3", 1),
    P("ban.years", "终止备案后不得重新备案", 1, "year", "guess", _OURS, "K12"),
    P("complaint.accept", "投诉举报受理", 5, "workday", "guess", _OURS, "W5", 1),
    P("complaint.answer", "投诉举报办结", 30, "day", "guess", _OURS, "W5", 1),
    P("rating.publicity", "星级评定公示", 5, "workday", "guess", _OURS, "K12", 1),
    # retention
    P("archive.paper_years", "纸质档案保存", 3, "year", "sure", _ARCHIVE, "K10", 3),
    P("archive.electronic_years", "电子档案保存", 5, "year", "sure", _ARCHIVE, "K10", 5),
    P("archive.video_days", "考试录像保存", 1095, "day", "guess", _OURS, "K11", 90),
    P("log.retention_days", "网络日志保存", 365, "day", "sure", _CYBER, "K10", 180),
    # accounts
    P("login.max_failures", "连续登录失败次数上限", 5, "time", "guess", _MLPS, "K10", 1),
    P("login.lock_minutes", "登录失败锁定时间", 15, "minute", "guess", _MLPS, "K10", 1),
    P("session.idle_minutes", "会话无操作退出", 30, "minute", "guess", _MLPS, "K10", 1),
    P("password.min_length", "口令最短长度", 12, "character", "guess", _MLPS, "K10", 8),
    P("password.max_days", "口令更换周期", 90, "day", "guess", _MLPS, "K10", 1),
    P("photo.max_kb", "证件照最大字节数", 200, "kilobyte", "likely", "证书数据上报的照片要求", "W10", 20),
    P("certificate.first_site_serial", "站点序列码起始值", 450301, "number", "guess", _OURS, "W10", 1),
    P("lookup.per_hour", "公众查询每小时次数上限", 30, "time", "guess", _OURS, "W10", 1),
    P("eligibility.per_hour", "“我能评什么”每小时次数上限", 120, "time", "guess", _OURS, "P3", 1),
)

_BY_KEY: dict[str, Parameter] = {row.key: row for row in _TABLE}
_overrides: dict[str, int] = {}


def _known(key: str) -> Parameter:
    row = _BY_KEY.get(key)
    if row is None:
        near = get_close_matches(key, _BY_KEY, n=3, cutoff=0.4)
        hint = f"相近的参数有:{'、'.join(near)}" if near else "没有相近的参数"
        raise ValueError(f"没有名为 {key!r} 的参数;{hint}")
    return row


def parameter(key: str) -> int:
    """The number in force for `key`, in the unit of its row; ValueError names the nearest keys."""
    return _overrides.get(key, _known(key).default)


def configure(overrides: Mapping[str, int]) -> None:
    """Put these numbers in force, replacing every earlier override; all are checked before any is taken."""
    for key, value in overrides.items():
        row = _known(key)
        # bool is an int to Python, and a "true" in a settings file must not become a deadline of one day.
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"参数 {key}({row.label})须为整数,现为 {value!r}")
        if value < row.least:
            raise ValueError(f"参数 {key}({row.label})不得小于 {row.least},现为 {value};依据:{row.source}")
    _overrides.clear()
    _overrides.update(overrides)


def all_parameters() -> tuple[Parameter, ...]:
    """Every configurable number, in the order of the table."""
    return _TABLE


def unit(key: str) -> str:
    """What a parameter counts: ``workday``, ``day``, ``mark`` and so on."""
    return _known(key).unit
