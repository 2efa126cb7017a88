"""How rounds, nominees, posts and apprentices look; an identity number is always masked here (K5, K6, R1–R4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.direct import ROUTES
from jiangheng.core.law.identity import mask_identity
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, Related, display, level_face, state_filter
from jiangheng.kernel.spoken import spoken

from . import queries
from .forms import REVIEWS
from .models import OFFICE, Apprentice, Nominee, Post, Recognition

STATE = Column("state", _("状态"), kind="state", sort="state")
NOBODY: frozenset[Role] = frozenset()
BUREAUS = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY})
STAFF = frozenset({Role.MANAGER, Role.REGISTRAR, Role.EXAM_OFFICER})
# who may enter the committee's page, to which the panel leads
READERS_OF_PANELS = BUREAUS | {Role.MANAGER, Role.EXAM_OFFICER}
COUNTY = Filter("county", _("县（市、区）"), "scope__startswith", offices.counties)
IDENTITY = Column("identity", _("证件号码"), mask=mask_identity, whole_for=NOBODY, kind="code")


def _routes(actor: Actor) -> list[tuple[str, str]]:
    return [(code, spoken(way.label)) for code, way in ROUTES.items()]


def _route(recognition: Recognition) -> str:
    return spoken(recognition.way.label)


def _lifted(recognition: Recognition) -> str:
    return spoken(recognition.way.lifted) if recognition.way.lifted else ""


def _level(thing: Any) -> str:
    return level_face(thing.level)


def _in_reach(thing: Any, actor: Actor) -> bool:
    return actor.reaches(thing.scope)


def _published(recognition: Recognition, actor: Actor) -> bool:
    """To those out of reach a round names nobody whom its public page does not name."""
    if recognition.state not in Recognition.public_states:
        return False
    return _in_reach(recognition, actor) or queries.names_are_public(recognition)


def _share(recognition: Recognition, actor: Actor) -> dict[str, Any]:
    return {"share": queries.direct_share(recognition), "lifted": recognition.route == "outstanding"}


def _share_matters(recognition: Recognition, actor: Actor) -> bool:
    return recognition.way.mode == "DIRECT" and bool((BUREAUS | STAFF) & actor.roles_on(recognition.scope))


def _reads_panels(recognition: Recognition, actor: Actor) -> bool:
    return bool(READERS_OF_PANELS & actor.roles_on(recognition.scope)) and bool(queries.panels_on(recognition))


def _reads_objections(recognition: Recognition, actor: Actor) -> bool:
    return bool(OFFICE & actor.roles_on(recognition.scope)) and bool(queries.objections_to(recognition))


display(
    Display(
        flow="recognition",
        label=_("直接认定和评聘"),
        title=lambda recognition: recognition.title,
        columns=(
            Column("title", _("名称"), sort="title"),
            Column("route", _("认定路径"), value=_route, sort="route"),
            Column("institution", _("机构"), value="institution.name", sort="institution__name"),
            Column("occupation", _("职业"), value="occupation_name", sort="occupation"),
            Column("number", _("编号"), kind="code", sort="number"),
            STATE,
        ),
        filters=(state_filter(Recognition), COUNTY, Filter("route", _("认定路径"), "route", _routes)),
        search=("title", "number", "institution__name"),
        panels=(
            Panel(
                _("认定办法"),
                columns=(
                    Column("route", _("认定路径"), value=_route),
                    Column("institution", _("机构"), value="institution.name"),
                    Column("occupation", _("职业"), value="occupation_name"),
                    Column("standard", _("依据标准"), value=lambda recognition: str(recognition.standard)),
                    Column("lifted", _("不受限制的条件"), value=_lifted),
                    Column("posts", _("岗位数"), kind="number"),
                    Column("scheme", _("认定办法")),
                    Column("published_at", _("公示开始"), kind="datetime"),
                    Column("publicity_until", _("公示截止"), kind="datetime"),
                    Column("list_number", _("名单文号")),
                ),
            ),
            Panel(
                _("公示名单"),
                template="routes/publicity.html",
                context=lambda recognition, actor: {"people": queries.published_nominees(recognition)},
                shown=_published,
            ),
            Panel(
                _("专家评审"),
                template="routes/panels.html",
                context=lambda recognition, actor: {"panels": queries.panels_on(recognition)},
                shown=_reads_panels,
            ),
            Panel(
                _("异议"),
                template="routes/objections.html",
                context=lambda recognition, actor: {"objections": queries.objections_to(recognition)},
                shown=_reads_objections,
            ),
            Panel(_("直接认定的比例"), template="routes/share.html", context=_share, shown=_share_matters),
        ),
        related=(Related(_("申报人"), "nominee", "recognition", OFFICE),),
        links=(
            Link(
                _("公示页"), lambda recognition: f"/recognitions/{recognition.pk}", BUREAUS | STAFF | {Role.ISSUER},
                Recognition.public_states, "announce",
            ),
        ),
        chain=queries.chain,
        select_related=("institution", "filing"),
        icon="certificate",
        menu_for=BUREAUS | STAFF | {Role.ISSUER},
    )
)  # fmt: skip

display(
    Display(
        flow="nominee",
        label=_("申报人"),
        title=lambda nominee: f"{nominee.name} · {level_face(nominee.level)}",
        columns=(
            Column("name", _("姓名"), kind="person", sort="name"),
            IDENTITY,
            Column("level", _("申报级别"), value=_level, sort="level"),
            Column("department", _("部门和岗位")),
            Column("recognition", _("认定"), value="recognition.title", sort="recognition__title"),
            Column("review_mark", _("评审成绩"), kind="number", sort="review_mark"),
            STATE,
        ),
        filters=(state_filter(Nominee), COUNTY),
        search=("name", "department", "recognition__title"),
        panels=(
            Panel(
                _("申报情况"),
                columns=(
                    Column("photo", _("照片"), kind="image"),
                    Column("name", _("姓名"), kind="person"),
                    IDENTITY,
                    Column("level", _("申报级别"), value=_level),
                    Column("department", _("部门和岗位")),
                    Column("front_line", _("一线技能岗位"), kind="flag"),
                    Column("hired_on", _("入职日期"), kind="date"),
                    Column("insured_months", _("本企业社会保险缴费月数"), kind="number"),
                    Column("held", _("已有证书"), value=queries.held_faces, kind="list"),
                    Column("grounds", _("破格依据"), value=queries.grounds_of),
                    Column("achievements", _("表现和业绩")),
                ),
            ),
            Panel(
                _("证明材料"),
                columns=(
                    Column("evidence", _("业绩材料"), kind="file"),
                    Column("proof", _("破格依据证明"), kind="file"),
                    Column("statement", _("在岗声明"), kind="file"),
                ),
            ),
            Panel(
                _("核对"),
                template="routes/problems.html",
                # that nothing is wrong is something to read too
                context=lambda nominee, actor: {"problems": queries.problems_of(nominee), "checked": True},
                shown=lambda nominee, actor: nominee.state == "nominated",
            ),
            Panel(
                _("评审"),
                columns=(
                    Column("review_mark", _("评审成绩"), kind="number"),
                    Column("reason", _("评审结论"), value=lambda nominee: spoken(nominee.reason)),
                ),
                shown=lambda nominee, actor: bool(nominee.reason),
            ),
        ),
        related=(Related(_("聘任"), "post", "nominee", OFFICE),),
        select_related=(
            "recognition__institution", "recognition__filing", "photo", "evidence", "proof",
            "statement",
        ),
        icon="person",
    )
)  # fmt: skip


def _reviews(post: Post) -> list[str]:
    names = {code: str(label) for code, label in REVIEWS}
    return [f"{row['on']} {names[row['result']]}：{row['opinion']}" for row in post.reviews]


display(
    Display(
        flow="post",
        label=_("聘任"),
        title=lambda post: f"{post.name} · {level_face(post.level)}",
        columns=(
            Column("name", _("姓名"), kind="person", sort="name"),
            Column("level", _("级别"), value=_level, sort="level"),
            Column("occupation", _("职业"), value="occupation_name", sort="occupation"),
            Column("institution", _("机构"), value="institution.name", sort="institution__name"),
            Column("until", _("任期止"), kind="date", sort="until"),
            STATE,
        ),
        filters=(state_filter(Post), COUNTY),
        search=("name", "institution__name"),
        panels=(
            Panel(
                _("任期"),
                columns=(
                    Column("level", _("级别"), value=_level),
                    Column("institution", _("机构"), value="institution.name"),
                    Column("occupation", _("职业"), value="occupation_name"),
                    Column("since", _("任期起"), kind="date"),
                    Column("until", _("任期止"), kind="date"),
                    Column("terms", _("第几任期"), kind="number"),
                    Column("reviews", _("任期考核"), value=_reviews, kind="list"),
                    Column("reason", _("解聘理由")),
                ),
            ),
        ),
        select_related=("institution",),
        icon="certificate",
        menu_for=BUREAUS | {Role.MANAGER},
    )
)

display(
    Display(
        flow="apprentice",
        label=_("学徒工"),
        title=lambda apprentice: apprentice.name,
        columns=(
            Column("name", _("姓名"), kind="person", sort="name"),
            IDENTITY,
            Column("occupation", _("职业"), value="occupation_name"),
            Column("mentor", _("师傅"), kind="person"),
            Column("until", _("学徒期止"), kind="date", sort="until"),
            Column("practical_mark", _("考核成绩"), kind="number", sort="practical_mark"),
            STATE,
        ),
        filters=(state_filter(Apprentice), COUNTY),
        search=("name", "mentor", "institution__name"),
        panels=(
            Panel(
                _("学徒"),
                columns=(
                    Column("name", _("姓名"), kind="person"),
                    IDENTITY,
                    Column("institution", _("机构"), value="institution.name"),
                    Column("occupation", _("职业"), value="occupation_name"),
                    Column("mentor", _("师傅"), kind="person"),
                    Column("since", _("学徒期起"), kind="date"),
                    Column("until", _("学徒期止"), kind="date"),
                ),
            ),
            Panel(
                _("考核"),
                columns=(
                    Column("form", _("本企业考核表"), kind="file"),
                    Column("practical_mark", _("考核成绩"), kind="number"),
                    Column("ground", _("考核评语")),
                ),
                shown=lambda apprentice, actor: apprentice.state not in ("enrolled", "left"),
            ),
        ),
        select_related=("institution", "filing", "form"),
        icon="person",
        menu_for=STAFF | {Role.EVALUATOR},
    )
)
