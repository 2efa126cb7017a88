"""QTI 2.0 to 3.0, in and out: the door to the files `qti_…` beside this one (clause K7)."""

from __future__ import annotations

from jiangheng.apps.itembank.formats.qti_read import read
from jiangheng.apps.itembank.formats.qti_write import write

__all__ = ["read", "write"]
