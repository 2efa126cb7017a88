from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomConfig(AppConfig):
    name = "jiangheng.apps.roster"
    label = "roster"
    verbose_name = _("队伍")
