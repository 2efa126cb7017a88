"""Rounds of recognition without examination, the people nominated, the posts filled, and apprentices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.core.law.direct import Route, apprenticeship_words, ground_words, route
from jiangheng.core.law.levels import level
from jiangheng.kernel.display import level_face
from jiangheng.kernel.models import Attachment
from jiangheng.kernel.scoping import Scoped
from jiangheng.kernel.vault import SealedField

OFFICE = frozenset(
    {Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.REGISTRAR, Role.EXAM_OFFICER, Role.ISSUER, Role.SYSTEM}
)


class Recognition(Scoped):
    """One round (直接认定、破格晋升或评聘) by one route: nominations, panel, publicity, approval."""

    STATES: ClassVar = [
        ("draft", _("申报中")),
        ("submitted", _("待组织评审")),
        ("returned", _("已退回")),
        ("in_review", _("评审中")),
        ("decided", _("评审完成待公示")),
        ("published", _("公示中")),
        ("concluded", _("公示结束待核准")),
        ("approved", _("已核准待上报")),
        ("settled", _("已核准")),
        ("reported", _("已上报待列入名单")),
        ("listed", _("已列入名单")),
        ("refused", _("不予核准")),
        ("cancelled", _("已取消")),
    ]
    public_states = frozenset({"published", "concluded", "approved", "settled", "reported", "listed"})
    segment = "r{pk:05d}/"

    route = models.CharField(_("认定路径"), max_length=16)
    title = models.CharField(_("名称"), max_length=120)
    number = models.CharField(_("编号"), max_length=40)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    filing = models.ForeignKey("institutions.Filing", on_delete=models.PROTECT, related_name="+")
    standard = models.ForeignKey("standards.Standard", on_delete=models.PROTECT, related_name="+")
    occupation = models.CharField(_("职业编码"), max_length=12)
    occupation_name = models.CharField(_("职业名称"), max_length=60)
    posts = models.PositiveSmallIntegerField(_("岗位数"), null=True)
    scheme = models.TextField(_("认定办法"))
    published_at = models.DateTimeField(_("公示开始"), null=True)
    publicity_until = models.DateTimeField(_("公示截止"), null=True)
    list_number = models.CharField(_("名单文号"), max_length=80, blank=True)

    def __str__(self) -> str:
        return self.title

    @property
    def way(self) -> Route:
        """The route's rules."""
        return route(self.route)


class Nominee(Scoped):
    """One person put forward in a round, with what is said of him and its proof."""

    STATES: ClassVar = [
        ("nominated", _("已申报")),
        ("withdrawn", _("已撤回")),
        ("recommended", _("评审通过")),
        ("declined", _("评审未通过")),
        ("disqualified", _("公示后取消")),
        ("confirmed", _("已核准")),
    ]
    segment = "n{pk:06d}/"
    readers = OFFICE | {Role.CANDIDATE}

    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="nominees")
    name = models.CharField(_("姓名"), max_length=60)
    identity = SealedField(default="")
    identity_index = models.CharField(max_length=64, db_index=True)
    birth = models.DateField(_("出生日期"))
    sex = models.CharField(_("性别"), max_length=1)
    department = models.CharField(_("部门和岗位"), max_length=120)
    front_line = models.BooleanField(_("一线技能岗位"), default=False)
    hired_on = models.DateField(_("入职日期"))
    insured_months = models.PositiveSmallIntegerField(_("本企业社会保险缴费月数"), null=True)
    level = models.CharField(_("申报级别"), max_length=1)
    held = models.JSONField(_("已有证书"), default=list)
    grounds = models.CharField(_("破格依据"), max_length=16, blank=True)
    achievements = models.TextField(_("表现和业绩"))
    evidence = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    proof = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    statement = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    photo = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    review_mark = models.DecimalField(_("评审成绩"), max_digits=5, decimal_places=1, null=True)
    reason = models.TextField(_("评审结论"), blank=True)

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["recognition", "identity_index"], condition=~models.Q(state="withdrawn"),
                name="one_nomination_per_person",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {level_face(self.level)}"

    # what a result says of the person (batches' Recognised)
    theory_mark: Decimal | None = None
    practical_mark: Decimal | None = None
    direction = ""

    @property
    def mode(self) -> str:
        return self.recognition.way.mode

    @property
    def clause(self) -> str:
        return self.recognition.way.clause

    @property
    def ground(self) -> str:
        """Why, in the words of the law and of the panel."""
        return "；".join([*ground_words(self.recognition.way, self.grounds), self.reason])

    @property
    def round(self) -> str:
        return self.recognition.title

    @property
    def institution(self) -> Any:
        return self.recognition.institution

    @property
    def filing(self) -> Any:
        return self.recognition.filing

    @property
    def standard(self) -> Any:
        return self.recognition.standard

    @property
    def occupation(self) -> str:
        return self.recognition.occupation

    @property
    def occupation_name(self) -> str:
        return self.recognition.occupation_name


class Post(Scoped):
    """A special or chief technician in office (聘任): from a day, for a term, reviewed each year."""

    STATES: ClassVar = [("in_office", _("在聘")), ("dismissed", _("已解聘")), ("expired", _("任期届满"))]
    segment = "t{pk:05d}/"
    readers = OFFICE | {Role.CANDIDATE}

    nominee = models.ForeignKey(Nominee, on_delete=models.PROTECT, related_name="posts")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    occupation = models.CharField(_("职业编码"), max_length=12)
    occupation_name = models.CharField(_("职业名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=1)
    since = models.DateField(_("任期起"))
    until = models.DateField(_("任期止"))
    terms = models.PositiveSmallIntegerField(_("第几任期"), default=1)
    reviews = models.JSONField(_("任期考核"), default=list)
    reason = models.TextField(_("解聘理由"), blank=True)

    def __str__(self) -> str:
        return f"{self.name} {level(self.level).zh}"


class Apprentice(Scoped):
    """An apprentice, assessed by the enterprise's own form; no national certificate follows (K6)."""

    STATES: ClassVar = [
        ("enrolled", _("学徒期内")),
        ("assessed", _("已考核待确认")),
        ("passed", _("转正定级合格")),
        ("failed", _("考核不合格")),
        ("left", _("中止学徒")),
    ]
    segment = "l{pk:05d}/"
    readers = OFFICE | {Role.EVALUATOR}

    mode = "APPRENTICE"
    clause = "K6"
    level = "A"
    direction = ""
    photo: Any = None
    theory_mark: Decimal | None = None
    review_mark: Decimal | None = None

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    filing = models.ForeignKey("institutions.Filing", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    identity = SealedField(default="")
    identity_index = models.CharField(max_length=64, db_index=True)
    birth = models.DateField(_("出生日期"))
    sex = models.CharField(_("性别"), max_length=1)
    mentor = models.CharField(_("师傅"), max_length=60)
    since = models.DateField(_("学徒期起"))
    until = models.DateField(_("学徒期止"))
    form = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    practical_mark = models.DecimalField(_("考核成绩"), max_digits=5, decimal_places=1, null=True)
    ground = models.TextField(_("考核评语"), blank=True)

    def __str__(self) -> str:
        return f"{self.name} {_('学徒工')}"

    @property
    def round(self) -> str:
        return apprenticeship_words(self.since, self.until)

    @property
    def standard(self) -> Any:
        return self.filing.standard

    @property
    def occupation(self) -> str:
        return str(self.filing.occupation)

    @property
    def occupation_name(self) -> str:
        return str(self.filing.occupation_name)
