"""Batches, rosters, applications, objections: one evaluation from plan to archive."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.core.law import levels
from jiangheng.core.trust import canon
from jiangheng.kernel.display import level_face
from jiangheng.kernel.models import Attachment
from jiangheng.kernel.scoping import Scoped
from jiangheng.kernel.vault import SealedField

OFFICE = frozenset(
    {
        Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.REGISTRAR, Role.CHECKER, Role.APPROVER,
        Role.EXAM_OFFICER, Role.INVIGILATOR, Role.ISSUER, Role.SYSTEM,
    }
)  # fmt: skip
"""Who may see applicants: never evaluators (they mark blind), item writers or account administrators."""


class Batch(Scoped):
    """One evaluation batch (认定批次), which begins as a plan (认定计划)."""

    STATES: ClassVar = [
        ("draft", _("计划草稿")),
        ("filed", _("计划待受理")),
        ("returned", _("计划已退回")),
        ("announced", _("公告报名中")),
        ("closed", _("报名截止")),
        ("seated", _("已编排")),
        ("scored", _("成绩已汇总")),
        ("published", _("公示中")),
        ("concluded", _("公示结束")),
        ("approved", _("结果已核准")),
        ("archived", _("已归档")),
        ("cancelled", _("已取消")),
    ]
    BANKS: ClassVar = [("unified", _("全区统一题库")), ("own", _("本企业自建题库"))]
    public_states = frozenset(
        {"announced", "closed", "seated", "scored", "published", "concluded", "approved", "archived"}
    )
    segment = "b{pk:05d}/"

    filing = models.ForeignKey("institutions.Filing", on_delete=models.PROTECT, related_name="+")
    # the version that applies when the plan is made: a later one does not change what was announced
    standard = models.ForeignKey("standards.Standard", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("institutions.Site", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("计划编号"), max_length=20, blank=True)
    title = models.CharField(_("批次名称"), max_length=120)
    occupation = models.CharField(_("职业编码"), max_length=12)
    occupation_name = models.CharField(_("职业名称"), max_length=60)
    levels = models.JSONField(_("级别"), default=list)
    capacity = models.PositiveIntegerField(_("计划人数"))
    apply_until = models.DateField(_("报名截止"))
    theory_at = models.DateTimeField(_("理论考试时间"))
    practical_at = models.DateTimeField(_("实操考核时间"))
    # only where a level of the batch needs a comprehensive review
    review_at = models.DateTimeField(_("综合评审时间"), null=True)
    theory_rooms = models.ManyToManyField("institutions.Room", related_name="+")
    practical_rooms = models.ManyToManyField("institutions.Room", related_name="+")
    notes = models.TextField(_("考生须知"), blank=True)
    # colleges and social organisations have no choice here (K9)
    bank = models.CharField(_("使用题库"), max_length=8, default="unified")
    announced_at = models.DateTimeField(_("公告时间"), null=True)
    published_at = models.DateTimeField(_("公示开始"), null=True)
    publicity_until = models.DateTimeField(_("公示截止"), null=True)

    def __str__(self) -> str:
        return self.title

    @property
    def exam_date(self) -> dt.datetime:
        """The first exam day: the date that lead times are counted from."""
        return min(self.exam_times)

    @property
    def last_exam_at(self) -> dt.datetime:
        """The last exam day: the date that the summary of scores is counted from."""
        return max(self.exam_times)

    @property
    def exam_times(self) -> list[dt.datetime]:
        """When its parts begin; the review only where there is one."""
        return [at for at in (self.theory_at, self.practical_at, self.review_at) if at is not None]

    @property
    def has_review(self) -> bool:
        """Does a level of this batch need a comprehensive review?"""
        return any(levels.needs_review(code) for code in self.levels)

    def marks_digest(self) -> str:
        """The digest of every candidate's marks as they stand, so that what was published cannot change unseen."""
        rows = self.applications.exclude(ticket="").order_by("ticket")
        return canon.digest([_marks(row) for row in rows], self.number)

    @property
    def level_faces(self) -> str:
        return gettext("、").join(level_face(code) for code in self.levels)


def _marks(row: Application) -> list[Any]:
    found = [row.ticket, row.theory_mark, row.practical_mark, row.practical_vetoed]
    # what was published before there were reviews keeps its digest
    return [*found, row.review_mark, row.review_vetoed] if row.has_review else found


class Roster(Scoped):
    """An uploaded roster: previewed with its findings, then its good rows taken, or none."""

    STATES: ClassVar = [
        ("previewed", _("待确认")),
        ("taken", _("已导入")),
        ("discarded", _("已放弃")),
        ("undone", _("已撤销导入")),
    ]
    readers = OFFICE

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rosters")
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField(_("行数"))
    # findings quote what was typed (telephones, dates of birth), so they are sealed like the columns they come from
    findings_text = SealedField(default="")
    taken = models.PositiveIntegerField(_("已导入人数"), default=0)

    def __str__(self) -> str:
        return f"{self.batch.title} 花名册 {self.pk}"

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What is wrong, cell by cell (the fields of formats.findings.Finding, and the column's title)."""
        return json.loads(self.findings_text) if self.findings_text else []

    @findings.setter
    def findings(self, found: list[dict[str, Any]]) -> None:
        self.findings_text = json.dumps(found, ensure_ascii=False)

    @property
    def bad_rows(self) -> set[int]:
        """Row numbers that cannot be taken."""
        return {finding["row"] for finding in self.findings if finding["severity"] == "error"}

    @property
    def good(self) -> int:
        return self.rows - len(self.bad_rows)


class PhotoPack(Scoped):
    """A zip of candidates' photos: previewed file by file, then its good photos taken, or none."""

    STATES: ClassVar = [("previewed", _("待确认")), ("taken", _("已采用")), ("discarded", _("已放弃"))]
    readers = OFFICE

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="photo_packs")
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    files = models.PositiveIntegerField(_("文件数"))
    # lines name candidates and quote file names, so they are sealed like the columns they come from
    lines_text = SealedField(default="")
    taken = models.PositiveIntegerField(_("已采用照片"), default=0)

    def __str__(self) -> str:
        return f"{self.batch.title} 照片包 {self.pk}"

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What becomes of each file, in the archive's order (the fields of queries.PhotoLine)."""
        return json.loads(self.lines_text) if self.lines_text else []

    @lines.setter
    def lines(self, found: list[dict[str, Any]]) -> None:
        self.lines_text = json.dumps(found, ensure_ascii=False)

    @property
    def bad(self) -> int:
        """Files that cannot be taken."""
        return sum(bool(line["problem"]) for line in self.lines)

    @property
    def good(self) -> int:
        return self.files - self.bad


class Application(Scoped):
    """One person's application to one level, through to his result."""

    STATES: ClassVar = [
        ("submitted", _("待初审")),
        ("checked", _("待复审")),
        ("approved", _("审核通过")),
        ("refused", _("审核不通过")),
        ("withdrawn", _("已撤回")),
        ("seated", _("已编排")),
        ("passed", _("合格")),
        ("failed", _("不合格")),
        ("certified", _("已发证")),
    ]
    segment = "a{pk:06d}/"
    readers = OFFICE | {Role.CANDIDATE, Role.SELF}

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="applications")
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, related_name="applications")
    account = models.ForeignKey("offices.Account", on_delete=models.PROTECT, null=True, related_name="+")
    level = models.CharField(_("申报级别"), max_length=1)
    name = models.CharField(_("姓名"), max_length=60)
    identity = SealedField(default="")
    identity_index = models.CharField(max_length=64, db_index=True)
    birth = models.DateField(_("出生日期"))
    sex = models.CharField(_("性别"), max_length=1)
    phone = SealedField(default="")
    education = models.CharField(_("文化程度"), max_length=20, blank=True)
    employer = models.CharField(_("工作单位"), max_length=120, blank=True)
    facts = models.JSONField(_("申报情况"), default=dict)
    photo = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    met = models.TextField(_("符合的申报条件"), blank=True)
    ticket = models.CharField(_("准考证号"), max_length=20, blank=True, db_index=True)
    theory_room = models.ForeignKey("institutions.Room", on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.PositiveSmallIntegerField(_("座位号"), null=True)
    practical_room = models.ForeignKey("institutions.Room", on_delete=models.PROTECT, null=True, related_name="+")
    station = models.PositiveSmallIntegerField(_("工位号"), null=True)
    theory_mark = models.DecimalField(_("理论成绩"), max_digits=5, decimal_places=1, null=True)
    theory_absent = models.BooleanField(_("理论缺考"), default=False)
    practical_mark = models.DecimalField(_("实操成绩"), max_digits=5, decimal_places=1, null=True)
    practical_absent = models.BooleanField(_("实操缺考"), default=False)
    practical_vetoed = models.BooleanField(_("实操否定项"), default=False)
    review_mark = models.DecimalField(_("综合评审成绩"), max_digits=5, decimal_places=1, null=True)
    review_absent = models.BooleanField(_("综合评审缺考"), default=False)
    review_vetoed = models.BooleanField(_("综合评审否定项"), default=False)

    class Meta(Scoped.Meta):
        constraints = [
            # one person, one live application in a batch (data rule D02), held by the database itself
            models.UniqueConstraint(
                fields=["batch", "identity_index"],
                condition=~models.Q(state__in=["withdrawn", "refused"]),
                name="one_application_per_person",
            ),
            models.UniqueConstraint(
                fields=["batch", "theory_room", "seat"], condition=~models.Q(seat=None), name="one_person_per_seat"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {level_face(self.level)}"

    # what a Result copies besides the fields of the same name (batches.flow.result.Recognised)
    mode, clause, direction = "EXAM", "K13", ""

    @property
    def has_review(self) -> bool:
        """Does the level need a comprehensive review?"""
        return levels.needs_review(self.level)

    @property
    def round(self) -> str:
        return self.batch.title

    @property
    def ground(self) -> str:
        return self.met

    @property
    def institution(self) -> Any:
        return self.batch.institution

    @property
    def filing(self) -> Any:
        return self.batch.filing

    @property
    def standard(self) -> Any:
        return self.batch.standard

    @property
    def occupation(self) -> str:
        return self.batch.occupation

    @property
    def occupation_name(self) -> str:
        return self.batch.occupation_name


class Result(Scoped):
    """What a person was found able to (认定结果), by whatever way: the one record that certificates are made from.

    A copy, not a view: what was approved stays as it was approved, whatever becomes of the application it came from.
    """

    STATES: ClassVar = [("recorded", _("已核准")), ("certified", _("已发证")), ("annulled", _("已撤销"))]
    readers = frozenset(
        {Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.ISSUER, Role.CANDIDATE, Role.SYSTEM}
    )

    application = models.OneToOneField(Application, on_delete=models.PROTECT, null=True, related_name="result")
    mode = models.CharField(_("认定方式"), max_length=16)
    clause = models.CharField(_("依据条款"), max_length=8)
    ground = models.TextField(_("认定依据"), blank=True)
    round = models.CharField(_("批次或评审"), max_length=160)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    filing = models.ForeignKey("institutions.Filing", on_delete=models.PROTECT, null=True, related_name="+")
    standard = models.ForeignKey("standards.Standard", on_delete=models.PROTECT, null=True, related_name="+")
    occupation = models.CharField(_("职业编码"), max_length=12)
    occupation_name = models.CharField(_("职业名称"), max_length=60)
    direction = models.CharField(_("工种/职业方向"), max_length=60, blank=True)
    level = models.CharField(_("职业技能等级"), max_length=1)
    name = models.CharField(_("姓名"), max_length=60)
    identity = SealedField(default="")
    identity_index = models.CharField(max_length=64, db_index=True)
    birth = models.DateField(_("出生日期"))
    sex = models.CharField(_("性别"), max_length=1)
    photo = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    theory_mark = models.DecimalField(_("理论成绩"), max_digits=5, decimal_places=1, null=True)
    practical_mark = models.DecimalField(_("实操成绩"), max_digits=5, decimal_places=1, null=True)
    review_mark = models.DecimalField(_("综合评审成绩"), max_digits=5, decimal_places=1, null=True)
    decided_on = models.DateField(_("核准日期"))
    annul_reason = models.TextField(_("撤销原因"), blank=True)

    def __str__(self) -> str:
        return f"{self.name} {level_face(self.level)}"


class Objection(Scoped):
    """An objection raised while results are published, and its answer.

    ``about_flow`` and ``about`` name what was published: a batch, or a round of recognition of a room above.
    """

    STATES: ClassVar = [("raised", _("待答复")), ("upheld", _("异议成立")), ("dismissed", _("异议不成立"))]
    segment = "o{pk:05d}/"
    readers = OFFICE | {Role.CANDIDATE, Role.SELF}

    about_flow = models.CharField(max_length=32)
    about = models.BigIntegerField()
    title = models.CharField(_("公示事项"), max_length=160)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="objections")
    code = models.CharField(_("受理编号"), max_length=24)
    content = models.TextField(_("异议内容"))
    name = models.CharField(_("提出人"), max_length=60)
    phone = SealedField(default="")
    answer = models.TextField(_("答复"), blank=True)

    def __str__(self) -> str:
        return self.code
