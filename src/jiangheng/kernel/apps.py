"""Loads every room's flow, tasks and pages, then the checks can look at all declarations."""

from __future__ import annotations

import importlib

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class KernelConfig(AppConfig):
    name = "jiangheng.kernel"
    label = "kernel"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers itself

        for app in apps.get_app_configs():
            if app.name.startswith("jiangheng.apps."):
                for part in ("flow", "tasks", "pages"):
                    if module_has_submodule(app.module, part):  # type: ignore[arg-type]
                        importlib.import_module(f"{app.name}.{part}")
