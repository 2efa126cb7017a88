"""Items, every version of them, who looked at them, and how they came in (K7, K8, P2)."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.core.exam import item_data, rich
from jiangheng.core.exam import items as core_items
from jiangheng.core.trust import canon
from jiangheng.kernel.kept import again
from jiangheng.kernel.models import Attachment
from jiangheng.kernel.scoping import Scoped
from jiangheng.kernel.vault import SealedField

from .bank import KEEPERS, Bank, Kept

USABLE = ("trial", "live")
"""The states in which an item may stand on a paper."""


class Item(Kept):
    """One item (试题) with its key, encrypted under its bank's key. What a candidate sees: core.exam.items.face.

    ``digest`` is keyed with the bank's key: who knows a stem cannot try its few answers against the trail.
    """

    STATES: ClassVar = [
        ("draft", _("待初审")),
        ("reviewed", _("待复审")),
        ("approved", _("待入库")),
        ("returned", _("已退回")),
        ("stock", _("已入库")),
        ("trial", _("试用")),
        ("live", _("正式使用")),
        ("resting", _("轮休")),
        ("retired", _("已停用")),
    ]
    readers = KEEPERS

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(_("题号"), max_length=24)
    kind = models.CharField(_("题型"), max_length=12)
    point = models.CharField(_("鉴定点"), max_length=24)
    difficulty = models.PositiveSmallIntegerField(_("难度"))
    source = models.CharField(_("出处"), max_length=120, blank=True)
    author = models.CharField(_("命题人"), max_length=60, blank=True)
    intake = models.ForeignKey("itembank.Intake", on_delete=models.PROTECT, null=True, related_name="items")
    revision = models.PositiveIntegerField(_("版本"), default=1)
    sealed = models.BinaryField(default=b"")
    digest = models.CharField(_("内容摘要"), max_length=64)
    exposure = models.PositiveIntegerField(_("使用次数"), default=0)
    last_used = models.DateField(_("最近使用"), null=True)
    # one use a draw, however many of its papers the item stands on
    last_draw = models.BigIntegerField(null=True, editable=False)
    # what was measured last (core/insight): kept beside the item so that lists can sort by it
    answered = models.PositiveIntegerField(_("作答人数"), default=0)
    p = models.FloatField(_("答对率"), null=True)
    rest_r = models.FloatField(_("区分度"), null=True)
    parameters = models.JSONField(default=dict)
    # the reasons quote answers, so they are sealed like the content
    flags_text = SealedField(default="")
    flagged = models.BooleanField(_("待复核"), default=False, db_index=True)
    alike = models.JSONField(_("相近试题"), default=list)
    enemies = models.JSONField(_("互斥试题"), default=list)

    class Meta(Kept.Meta):
        constraints = (models.UniqueConstraint(fields=["bank", "code"], name="item_code_in_bank"),)

    def __str__(self) -> str:
        return self.code

    @property
    def contribution_id(self) -> int | None:
        """The offer whose file the item came in with; None for items that nobody offered."""
        if self.intake_id is None:
            return None
        return Contribution.everywhere.filter(intake=self.intake_id).values_list("pk", flat=True).first()

    @property
    def point_row(self) -> dict[str, str]:
        """The point's row of the element table; empty when the table no longer has it."""
        return self.bank.points_by_code.get(self.point, {})

    @functools.cached_property
    def content(self) -> core_items.Item:
        """The item as the mathematics sees it, opened. Showing it to a person is a look: see queries.look_at."""
        return self.opened(bytes(self.sealed))

    def opened(self, sealed: bytes) -> core_items.Item:
        """A version of the item; its place in the element table is the present one."""
        data = json.loads(self.bank.unseal(bytes(sealed), place="item"))
        data |= {"code": self.code, "point": self.point, "difficulty": self.difficulty}
        data |= {"range_code": self.point_row.get("range", ""), "importance": self.point_row.get("importance", "X")}
        return item_data.from_data(data)

    def hold(self, content: core_items.Item) -> None:
        """Take a content in: columns, cipher text and digest."""
        data = item_data.to_data(content)
        self.kind, self.point, self.difficulty = content.kind, content.point, content.difficulty
        self.source, self.enemies = content.source, list(content.enemies)
        plain = canon.canonical(data)
        self.sealed = self.bank.seal(plain, place="item")
        self.digest = hmac.new(self.bank.key, plain, hashlib.sha256).hexdigest()
        self.__dict__.pop("content", None)

    @property
    def flags(self) -> list[str]:
        """Why the item waits for a review, in sentences."""
        return json.loads(self.flags_text) if self.flags_text else []

    @flags.setter
    def flags(self, reasons: list[str]) -> None:
        self.flags_text = json.dumps(reasons, ensure_ascii=False) if reasons else ""

    @property
    def stem(self) -> str:
        """The stem as plain text, for headings and look-alikes."""
        return rich.plain(self.content.stem)


class Revision(models.Model):
    """One version of an item, as it was; never changed or removed."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    author = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "number"], name="one_revision_a_number"),)


class Look(models.Model):
    """That somebody was shown the content of an item, a paper or an exercise: who, what, when. Only ever added to."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="looks")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="looks")
    paper = models.ForeignKey("itembank.Paper", on_delete=models.PROTECT, null=True, related_name="looks")
    exercise = models.ForeignKey("itembank.Exercise", on_delete=models.PROTECT, null=True, related_name="looks")
    revision = models.PositiveIntegerField(default=0)
    actor = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    what = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["item", "at"]),
            models.Index(fields=["actor", "at"]),
        )


class Intake(Kept):
    """A file of items brought into a bank: previewed with its findings, then its good rows taken, or none."""

    STATES: ClassVar = [("previewed", _("待确认")), ("taken", _("已导入")), ("discarded", _("已放弃"))]
    readers = KEEPERS

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="intakes")
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    # the good rows as read at the upload, and the pictures: sealed under the bank's key like the file itself
    parsed = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(_("格式"), max_length=24)
    rows = models.PositiveIntegerField(_("题数"))
    good = models.PositiveIntegerField(_("可导入"), default=0)
    taken = models.PositiveIntegerField(_("已导入"), default=0)
    # findings quote stems and keys
    findings_text = SealedField(default="")

    def __str__(self) -> str:
        return f"{self.bank.name} {self.pk}"

    @property
    def kept_findings(self) -> list[dict[str, Any]]:
        """The findings as they are kept (kernel.kept)."""
        return json.loads(self.findings_text) if self.findings_text else []

    @property
    def findings(self) -> list[dict[str, Any]]:
        """In the reader's language: ``{"place", "code", "kind", "stem", "problems", "losses", "alike"}`` row by row."""
        rows = self.kept_findings
        for row in rows:
            row["place"] = again(row["place"])
            for name in ("problems", "losses"):
                row[name] = [again(each) for each in row[name]]
        return rows

    @findings.setter
    def findings(self, found: list[dict[str, Any]]) -> None:
        self.findings_text = json.dumps(found, ensure_ascii=False)


class Picture(models.Model):
    """A picture of a bank's items, by the digest its address names; the file is sealed under the bank's key."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="pictures")
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["bank", "digest"], name="picture_once_in_bank"),)


class Contribution(Scoped):
    """Items that an institution offers to the unified bank (K8), and what came of them."""

    STATES: ClassVar = [
        ("offered", _("待评议")),
        ("adopted", _("已采纳")),
        ("declined", _("未采纳")),
        ("withdrawn", _("已撤回")),
    ]
    readers = frozenset({Role.CENTRE, Role.CITY, Role.MANAGER, Role.KEEPER, Role.SYSTEM})

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="contributions")
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("说明"), max_length=300, blank=True)
    rows = models.PositiveIntegerField(_("题数"), default=0)
    intake = models.OneToOneField(Intake, on_delete=models.PROTECT, null=True, related_name="contribution")

    def __str__(self) -> str:
        return f"{self.institution.name} {self.pk}"
