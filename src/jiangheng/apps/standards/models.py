"""Standards: one row a version; the text is the source, immutable once enacted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.scoping import Scoped


class Standard(Scoped):
    """One version of an occupational standard (职业标准), kept as its readable text."""

    STATES: ClassVar = [("draft", _("草案")), ("enacted", _("现行")), ("superseded", _("被替代"))]
    public_states = frozenset({"enacted", "superseded"})

    occupation = models.CharField(_("职业编码"), max_length=12)
    name = models.CharField(_("职业名称"), max_length=60)
    edition = models.CharField(_("版本"), max_length=20)
    text = models.TextField(_("标准文本"))
    valid_from = models.DateField(_("实施日期"), null=True)

    def __str__(self) -> str:
        return f"{self.occupation} {self.name}（{self.edition}）"
