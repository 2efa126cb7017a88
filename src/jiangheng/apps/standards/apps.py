from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomConfig(AppConfig):
    name = "jiangheng.apps.standards"
    label = "standards"
    verbose_name = _("标准")
