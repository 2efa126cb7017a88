"""Sessions and sittings of the theory examination, and the typing in of answers written on paper (K13).

Answers given at a computer are not here: they lie in the hall's journal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel import vault
from jiangheng.kernel.scoping import Scoped
from jiangheng.kernel.vault import SealedField


class Session(Scoped):
    """One room at one time."""

    STATES: ClassVar = [
        ("planned", _("待启封")),
        ("released", _("待开考")),
        ("open", _("开考中")),
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
    invigilators = models.ManyToManyField("offices.Account", related_name="+")

    def __str__(self) -> str:
        return f"{self.batch.title} {self.room.name}"

    @property
    def paper_digests(self) -> list[str]:
        """The digests of the papers its sittings are on: what the trail keeps of a print."""
        return sorted(set(self.sittings.values_list("paper__digest", flat=True)))


class Sitting(Scoped):
    """One candidate's sitting of one paper. ``face`` is the digest under which the hall knows the paper.

    ``by_hand``: it was taken on printed paper; ``written`` then holds what was typed in and agreed, as JSON, sealed.
    """

    STATES: ClassVar = [
        ("ready", _("未入场")),
        ("admitted", _("考试中")),
        ("on_paper", _("纸笔作答待录入")),
        ("submitted", _("已交卷")),
        ("absent", _("缺考")),
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
    by_hand = models.BooleanField(_("纸笔作答"), default=False)
    written = SealedField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.session} {self.application.ticket}"


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
