"""Sessions and sittings of the theory examination, and the typing in of answers written on paper (K13).

Answers given at a computer are not here: they lie in the hall's journal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel import vault
from jiangheng.kernel.models import Attachment
from jiangheng.kernel.scoping import Scoped, ScopedQuerySet
from jiangheng.kernel.vault import SealedField


class Session(Scoped):
    """One room at one time.

    ``calculator``, ``lock_after`` (leavings of the page after which it is locked, 0: never), ``exam_browser`` with the
    config keys that are accepted, and ``camera`` (seconds between pictures, 0: none) say how it is conducted.
    """

    STATES: ClassVar = [
        ("planned", _("待启封")),
        ("released", _("待开考")),
        ("open", _("开考中")),
        ("away", _("在考点进行")),
        ("returned", _("考点已回传")),
        ("closed", _("已结束")),
    ]
    segment = "s{pk:05d}/"
    readers = frozenset(
        {Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.INVIGILATOR, Role.SYSTEM}
    )

    batch = models.ForeignKey("batches.Batch", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("institutions.Room", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"))
    calculator = models.BooleanField(_("页面计算器"), default=False)
    lock_after = models.PositiveSmallIntegerField(_("离开页面几次后锁定"), default=0)
    exam_browser = models.BooleanField(_("须用防作弊浏览器"), default=False)
    browser_keys = models.JSONField(_("防作弊浏览器配置密钥"), default=list)
    camera = models.PositiveSmallIntegerField(_("拍照间隔（秒）"), default=0)
    invigilators = models.ManyToManyField("offices.Account", related_name="+")
    # how many pictures a step has just destroyed: for the trail, which alone keeps it
    pictures_destroyed: int = 0
    # what a step has just made for the place to get its package with: shown once, kept nowhere
    token: str = ""
    # what taking in came to, in numbers: for the trail
    taken_in: dict[str, int] | None = None
    # what the person who did a step should do next
    notices: tuple[Any, ...] | list[Any] = ()

    def __str__(self) -> str:
        return f"{self.batch.title} {self.room.name}"

    @property
    def paper_digests(self) -> list[str]:
        """The digests of the papers its sittings are on: what the trail keeps of a print."""
        return sorted(set(self.sittings.values_list("paper__digest", flat=True)))

    @property
    def package(self) -> SitePackage | None:
        """The sealed package with which the session runs at its place; None when it runs here."""
        return self.packages.filter(recalled_at=None).order_by("pk").last() if self.pk else None

    @property
    def package_digest(self) -> str:
        """What the trail keeps of the package."""
        package = self.package
        return package.digest if package is not None else ""

    @property
    def bundle_digests(self) -> list[str]:
        """The digests of the bundles that came back from the place: what the trail keeps of them."""
        return list(self.deliveries.order_by("pk").values_list("digest", flat=True)) if self.pk else []


class SitePackage(models.Model):
    """A session sealed for a place without a good line, with what opens it. Made by ``session.pack``.

    ``digest`` is that of the sealed bytes, as the package's own header says it; ``file`` the whole file. ``key`` is
    what the bureau reads out, ``pins`` the invigilators' PINs by name: both sealed. ``token`` is the SHA-256 of the
    word with which the place fetches and returns by line, empty while none was handed over.
    """

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="packages")
    digest = models.CharField(_("试卷包摘要"), max_length=64, unique=True)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(_("启封码开头"), max_length=2)
    key = SealedField()
    pins = SealedField()
    token = models.CharField(max_length=64, default="", editable=False)
    made_at = models.DateTimeField(_("封装时间"))
    recalled_at = models.DateTimeField(_("收回时间"), null=True)

    def __str__(self) -> str:
        return self.digest[:16]

    @property
    def pins_by_name(self) -> list[tuple[str, str]]:
        """Each invigilator with his PIN."""
        return [(name, pin) for name, pin in json.loads(self.pins)]


class Delivery(models.Model):
    """A bundle that came back from a place, checked and kept as it came; only ever added to.

    ``digest`` names its content, so that the same one counts once. ``partial``: made while candidates were sitting.
    ``late``: it came after the session had been taken in, and is kept without being taken in.
    """

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="deliveries")
    package = models.ForeignKey(SitePackage, on_delete=models.PROTECT, related_name="deliveries")
    digest = models.CharField(_("核对码"), max_length=64, unique=True)
    machine = models.CharField(_("机器"), max_length=64)
    partial = models.BooleanField(_("部分"), default=False)
    late = models.BooleanField(_("收入以后才到"), default=False)
    people = models.PositiveIntegerField(_("人数"))
    count = models.PositiveIntegerField(_("记录条数"))
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("收到时间"))

    def __str__(self) -> str:
        return self.digest[:16]


class Sitting(Scoped):
    """One candidate's sitting of one paper. ``face`` is the digest under which the hall knows the paper.

    ``by_hand``: it was taken on printed paper; ``written`` then holds what was typed in and agreed, as JSON, sealed.
    ``extra`` and ``breaks`` are the minutes granted to this candidate, ``large`` large print, ``basis`` why.
    ``first_terms`` is what was granted before the doors opened, kept once it changed afterwards: passes go on saying
    that, and what came later stands in the journal alone, so that nothing is given twice. ``moved_to`` is the seat he
    was moved to; ``fence`` rises with every move. ``reports`` holds the irregularities, as JSON, sealed.
    """

    STATES: ClassVar = [
        ("ready", _("未入场")),
        ("admitted", _("考试中")),
        ("on_paper", _("纸笔作答待录入")),
        ("submitted", _("已交卷")),
        ("absent", _("缺考")),
        ("voided", _("已作废")),
    ]
    readers = frozenset(
        {
            Role.CITY,
            Role.CENTRE,
            Role.COUNTY,
            Role.MANAGER,
            Role.EXAM_OFFICER,
            Role.INVIGILATOR,
            Role.CANDIDATE,
            Role.SYSTEM,
        }
    )

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="sittings")
    application = models.OneToOneField("batches.Application", on_delete=models.PROTECT, related_name="+")
    paper = models.ForeignKey("itembank.Paper", on_delete=models.PROTECT, related_name="+")
    face = models.CharField(_("试卷面摘要"), max_length=64)
    seed = models.CharField(max_length=64)
    admitted_at = models.DateTimeField(_("入场时间"), null=True)
    submitted_at = models.DateTimeField(_("交卷时间"), null=True)
    answered = models.PositiveSmallIntegerField(_("已答题数"), null=True)
    mark = models.DecimalField(_("得分"), max_digits=5, decimal_places=1, null=True)
    answers_digest = models.CharField(_("答题链摘要"), max_length=64, blank=True)
    bundle_digest = models.CharField(_("封存文件摘要"), max_length=64, blank=True)
    by_hand = models.BooleanField(_("纸笔作答"), default=False)
    written = SealedField(blank=True, default="")
    extra = models.PositiveSmallIntegerField(_("延长时间（分钟）"), default=0)
    breaks = models.PositiveSmallIntegerField(_("休息时间（分钟）"), default=0)
    large = models.BooleanField(_("大字版"), default=False)
    basis = models.CharField(_("便利安排依据"), max_length=200, blank=True)
    first_terms = models.JSONField(default=dict)
    moved_to = models.PositiveSmallIntegerField(_("换到座位"), null=True)
    fence = models.PositiveIntegerField(default=1)
    reports = SealedField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.session} {self.application.ticket}"

    @property
    def seat(self) -> int | None:
        """The number of the seat he sits at now."""
        return self.moved_to or self.application.seat

    @property
    def reported(self) -> list[dict[str, str]]:
        """The irregularities, oldest first: ``at`` (ISO 8601), ``by``, ``kind`` and ``text``."""
        return list(json.loads(self.reports)) if self.reports else []

    def report(self, **line: str) -> None:
        """Add an irregularity to those that are kept."""
        self.reports = json.dumps([*self.reported, line], ensure_ascii=False)


class Transcription(Scoped):
    """The written answers of one session typed in twice, by two persons who do not see each other's typing.

    ``sittings`` are the numbers of those who sat on paper. ``first`` and ``second`` hold what each person typed,
    ``settled`` what was decided where the two differ: JSON by sitting, sealed. See ``formats.tables`` for their form.
    """

    STATES: ClassVar = [
        ("first", _("待第一遍录入")),
        ("second", _("待第二遍录入")),
        ("compared", _("待核定")),
        ("settled", _("已登分")),
        ("dropped", _("已作废")),
    ]
    readers = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.EXAM_OFFICER, Role.SYSTEM})

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="transcriptions")
    sittings = models.JSONField(default=list)
    begun_at = models.DateTimeField(_("开始时间"))
    first = SealedField(blank=True, default="")
    second = SealedField(blank=True, default="")
    settled = SealedField(blank=True, default="")

    def __str__(self) -> str:
        return str(self.session)

    def held(self, name: str) -> dict[str, Any]:
        """``first``, ``second`` or ``settled``, by sitting."""
        text = getattr(self, name)
        return dict(json.loads(text)) if text else {}

    def hold(self, name: str, rows: dict[str, Any]) -> None:
        """Keep one of them."""
        setattr(self, name, json.dumps(rows, ensure_ascii=False, sort_keys=True))

    @property
    def first_digest(self) -> str:
        """What the trail keeps of the first typing: a keyed digest, for few answers could be found by trying."""
        return self._digest("first")

    @property
    def second_digest(self) -> str:
        """The same of the second."""
        return self._digest("second")

    @property
    def settled_digest(self) -> str:
        """The same of what was decided."""
        return self._digest("settled")

    def _digest(self, name: str) -> str:
        text: str = getattr(self, name)
        return hmac.new(vault.subkey("transcription"), text.encode(), hashlib.sha256).hexdigest() if text else ""


class Marking(Scoped):
    """The open answers of one sitting at a computer, marked by two persons who do not see each other's marks.

    ``number`` is all a marker sees of whose they are; lists go by it, so they tell no order of seats. ``first``,
    ``second``, ``third`` and ``settled`` hold marks by item code: JSON, sealed. A marker reaches what he is named for.
    """

    STATES: ClassVar = [
        ("waiting", _("待分派评分人")),
        ("first", _("待第一人评分")),
        ("second", _("待第二人评分")),
        ("compared", _("待比对")),
        ("third", _("待第三人评分")),
        ("settled", _("已评定")),
    ]
    readers = frozenset({Role.EXAM_OFFICER, Role.EVALUATOR, Role.SYSTEM})
    closed = True

    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="marking")
    number = models.CharField(_("评分号"), max_length=12, db_index=True)
    codes = models.JSONField(default=list)
    markers = models.ManyToManyField("offices.Account", related_name="+")
    first = SealedField(blank=True, default="")
    second = SealedField(blank=True, default="")
    third = SealedField(blank=True, default="")
    settled = SealedField(blank=True, default="")

    def __str__(self) -> str:
        return self.number

    @classmethod
    def reach(cls, actor: Actor, roles: Iterable[Role] | None = None) -> ScopedQuerySet:
        """What the actor reaches; as a marker only what he was named for."""
        asked = frozenset(Role) if roles is None else frozenset(roles)
        others = super().reach(actor, asked - {Role.EVALUATOR})
        if Role.EVALUATOR not in asked:
            return others
        kind, _colon, pk = actor.id.partition(":")
        named = cls.markers.through.objects.filter(account=int(pk) if kind == "account" else 0)
        return others | super().reach(actor, [Role.EVALUATOR]).filter(pk__in=named.values("marking"))

    def held(self, name: str) -> dict[str, Decimal]:
        """The marks of ``first``, ``second``, ``third``, or the ``settled`` ones, by item code."""
        text = getattr(self, name)
        return {code: Decimal(mark) for code, mark in json.loads(text).items()} if text else {}

    def hold(self, name: str, marks: Mapping[str, Decimal]) -> None:
        """Keep one of them."""
        setattr(self, name, json.dumps({code: str(mark) for code, mark in marks.items()}, sort_keys=True))

    @property
    def given_digest(self) -> str:
        """What the trail keeps of all marks so far: a keyed digest, for few marks could be found by trying."""
        text = "\n".join((self.first, self.second, self.third, self.settled))
        return hmac.new(vault.subkey("marking"), text.encode(), hashlib.sha256).hexdigest()


class ScoreChange(models.Model):
    """A mark that was given again: the one before, the one after, why. Only ever added to."""

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="changes")
    before = models.DecimalField(_("原得分"), max_digits=5, decimal_places=1)
    after = models.DecimalField(_("现得分"), max_digits=5, decimal_places=1)
    why = models.CharField(_("缘由"), max_length=500)
    correction = models.ForeignKey("Correction", on_delete=models.PROTECT, null=True, related_name="changes")
    at = models.DateTimeField(_("时间"))


class Correction(Scoped):
    """A wrong key that was found after examinations, and what is done about it.

    ``way``: another key, everybody right, or the item does not count. ``revision``: the item's last version that is
    wrong. ``answer`` holds the right key, sealed. ``effect`` is what applying it came to, in numbers.
    """

    STATES: ClassVar = [
        ("proposed", _("待初核")),
        ("checked", _("待终核")),
        ("approved", _("待执行")),
        ("applied", _("已执行")),
        ("dropped", _("已放弃")),
    ]
    readers = frozenset({Role.CENTRE, Role.CITY, Role.KEEPER, Role.MANAGER, Role.SYSTEM})
    closed = True

    # the scope of the enterprise whose own bank the item is in; empty: a unified bank
    owner = models.CharField(max_length=96, default="", editable=False)
    item = models.ForeignKey("itembank.Item", on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(_("有误的版本"))
    way = models.CharField(_("更正方式"), max_length=8)
    answer = SealedField(blank=True, default="")
    reason = models.CharField(_("更正依据"), max_length=500)
    effect = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.item.code

    @classmethod
    def reach(cls, actor: Actor, roles: Iterable[Role] | None = None) -> ScopedQuerySet:
        """What the actor reaches: of an enterprise's own bank only its keeper and manager anything."""
        asked = cls.readers if roles is None else cls.readers & frozenset(roles)
        own = frozenset({Role.KEEPER, Role.MANAGER})
        unified = super().reach(actor, asked - own - {Role.SYSTEM}).filter(owner="")
        return (
            unified | super().reach(actor, asked & own).exclude(owner="") | super().reach(actor, asked & {Role.SYSTEM})
        )

    @property
    def answer_digest(self) -> str:
        """What the trail keeps of the right key: keyed, for a key could be found by trying."""
        return hmac.new(vault.subkey("correction"), self.answer.encode(), hashlib.sha256).hexdigest()
