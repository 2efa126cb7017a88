"""Who sees what of theory sessions, and the column every list of them has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.display import Column

WATCHERS = frozenset({Role.INVIGILATOR, Role.EXAM_OFFICER, Role.COUNTY, Role.CENTRE, Role.CITY, Role.MANAGER})
SCORERS = frozenset({Role.EXAM_OFFICER, Role.MANAGER, Role.CITY, Role.CENTRE, Role.COUNTY})
STATE = Column("state", _("状态"), kind="state", sort="state")
OFFICER = frozenset({Role.EXAM_OFFICER})
