"""Moodle XML, in and out: the door to the files `moodle_…` beside this one (clause K7)."""

from __future__ import annotations

from jiangheng.apps.itembank.formats.moodle_read import read
from jiangheng.apps.itembank.formats.moodle_write import write

__all__ = ["read", "write"]
