"""Ways to a level without an examination: direct recognition, exceptional promotion, appointment (R1–R4, K5).

Only an enterprise, only for its own front-line staff; what is judged instead of an examination is said and proved.
The texts give the ways and their grounds; how many months and years are parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from jiangheng.core.law.eligibility import HeldCertificate
from jiangheng.core.law.levels import above, level
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.problem import Problem
from jiangheng.core.law.span import add_years


@dataclass(frozen=True, slots=True)
class Route:
    """One way. mode: of core/law/modes. levels: where it may lead. lifted: limits that do not bind, in words."""

    code: str
    label: str
    clause: str
    mode: str
    levels: tuple[str, ...]
    lifted: str = ""

    @property
    def appoints(self) -> bool:
        """Does it fill a post, with a quota and a term of office?"""
        return self.mode == "APPOINTMENT"


ROUTES: Mapping[str, Route] = MappingProxyType({
    "newcomer": Route("newcomer", "直接认定(新招用或未定级职工)", "R1", "DIRECT", ("5", "4", "3", "2", "1")),
    "outstanding": Route(
        "outstanding", "直接认定(一线优秀技能人才)", "R2", "DIRECT", ("3", "2", "1"), "学历、资历、年龄、比例",
    ),
    "exceptional": Route("exceptional", "破格晋升", "R3", "EXCEPTIONAL", ("4", "3", "2", "1"), "学历、资历"),
    "special": Route("special", "评聘特级技师", "R4", "APPOINTMENT", ("T",)),
    "chief": Route("chief", "评聘首席技师", "R4", "APPOINTMENT", ("C",)),
})  # fmt: skip

# Grounds of an exceptional promotion, as the notice names them (四(一)).
GROUNDS: Mapping[str, str] = MappingProxyType({
    "problem": "解决重大工艺技术难题或重大质量问题",
    "award": "技术成果获省部级及以上奖励",
    "mentoring": "师带徒业绩突出",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nomination:
    """What an enterprise says of one of its people.

    held: certificates of this occupation, former appointments among them. insured_months: months of social insurance
    paid by this enterprise, None when a signed statement stands in. evidence, proof, statement: whether the file of
    achievements, the proof of the ground, and the signed statement of front-line employment are there.
    """

    level: str
    hired_on: date
    front_line: bool
    held: tuple[HeldCertificate, ...] = ()
    insured_months: int | None = None
    ground: str = ""
    evidence: bool = False
    proof: bool = False
    statement: bool = False


def fill_posts(able: Mapping[int, Decimal | None], posts: int | None) -> frozenset[int]:
    """Who of the able takes the posts: the best marks, the one named first among equals; all where none are counted."""
    best = sorted(able, key=lambda key: (-(able[key] or Decimal(0)), key))
    return frozenset(best[: posts or len(best)])


def term_end(since: date) -> date:
    """The last day of a term of office that begins on a day."""
    return add_years(since, parameter("appointment.term_years")) - timedelta(days=1)


def renewal_opens(until: date) -> date:
    """The first day on which a term that ends on a day may be renewed."""
    return until - timedelta(days=parameter("appointment.renew_days"))


def panel_words(*, approve: int, against: int, abstain: int) -> str:
    """How a panel voted, as it stands in the conclusion."""
    return f"专家同意{approve}人、不同意{against}人、弃权{abstain}人"


def left_out_words(posts: int) -> str:
    """Why somebody whom the panel found able is not appointed."""
    return f"岗位数{posts}个,按评审成绩排序未入选"


def ground_words(way: Route, ground: str) -> tuple[str, ...]:
    """On what a recognition rests: the ground of a promotion, and which limits do not bind."""
    said = [GROUNDS[ground]] if ground else []
    return (*said, f"不受{way.lifted}限制") if way.lifted else tuple(said)


def apprenticeship_words(since: date, until: date) -> str:
    """An apprentice's time, as the name of what his result was part of."""
    return f"{since:%Y-%m}至{until:%Y-%m}学徒期"


def route(code: str) -> Route:
    """The route of a code; ValueError lists them."""
    found = ROUTES.get(code)
    if found is None:
        raise ValueError(f"没有认定路径 {code!r};认定路径有:{'、'.join(each.label for each in ROUTES.values())}")
    return found


def problems(way: Route, said: Nomination, *, employer: bool, on: date) -> tuple[Problem, ...]:
    """Everything that speaks against a nomination on a day; empty when it may go to the panel.

    employer: whether the institution is an enterprise (用人单位).
    """
    return (*_who(said, employer=employer, on=on), *_what(way, said), *_standing(way, said, on=on))


def _who(said: Nomination, *, employer: bool, on: date) -> Iterable[Problem]:
    if not employer:
        yield Problem("本机构不是用人单位", "只有企业可以对本单位职工直接认定、破格晋升和评聘", "请通过考试认定")
    if not said.front_line:
        yield Problem("不是一线技能岗位职工", "直接认定、破格晋升和评聘只面向本企业一线职工", "请核对岗位")
    if said.hired_on > on:
        yield Problem(f"入职日期 {said.hired_on} 在今天之后", "申报人须已在本企业工作", "请核对入职日期")
    least = parameter("direct.insured_months")
    if said.insured_months is not None and said.insured_months < least and not said.statement:
        yield Problem(
            f"社会保险缴费 {said.insured_months} 个月,不足 {least} 个月", "须证明是本企业职工",
            "请上传经本人和企业签字盖章的在岗声明",
        )  # fmt: skip
    if said.insured_months is None and not said.statement:
        yield Problem("没有本企业职工的证明", "须有社会保险缴费月数或签字盖章的在岗声明", "请填写缴费月数或上传声明")


def _what(way: Route, said: Nomination) -> Iterable[Problem]:
    if said.level not in way.levels:
        faces = "、".join(level(code).face for code in way.levels)
        yield Problem(f"{way.label}不能认定{level(said.level).face}", f"可认定的等级:{faces}", "请改选等级或路径")
    if not said.evidence:
        yield Problem("没有业绩材料", "不考试的认定以日常表现、工作业绩和评审代替考试", "请上传业绩材料")
    if way.code == "exceptional" and said.ground not in GROUNDS:
        yield Problem("没有写明破格的依据", f"依据有:{'、'.join(GROUNDS.values())}", "请选择一项依据")
    if way.code == "exceptional" and not said.proof:
        yield Problem("没有破格依据的证明", "须有获奖文件、成果鉴定或带徒记录", "请上传证明材料")


def _standing(way: Route, said: Nomination, *, on: date) -> Iterable[Problem]:
    past = [held for held in said.held if held.issued <= on]
    if as_high := [held for held in past if held.level == said.level or above(held.level, said.level)]:
        face = level(as_high[0].level).face
        yield Problem(f"已持有本职业{face}证书", "同一职业不重复认定同级或更低等级", "请改选更高等级")
    if way.code == "newcomer" and past:
        yield Problem(f"已有本职业{level(past[0].level).face}证书", "本路径只面向尚未定级的职工", "请改用其他路径")
    if way.code == "special":
        yield from _years(past, "1", parameter("appointment.special_years"), on=on)
    if way.code == "chief":
        yield from _years(past, "T", parameter("appointment.chief_years"), on=on)


def _years(past: list[HeldCertificate], code: str, years: int, *, on: date) -> Iterable[Problem]:
    face = level(code).face
    issued = min((held.issued for held in past if held.level == code), default=None)
    if issued is None:
        yield Problem(f"没有本职业{face}证书", f"从{face}中评聘", f"请填写{face}证书")
    elif (full := add_years(issued, years)) > on:
        yield Problem(f"取得{face}证书不满{years}年", f"本市规定满{years}年方可评聘", f"{full} 起可以申报")
