"""Every setting of the installation: one dataclass, read from the environment and jiangheng.toml.

Nothing else reads the environment. docs/reference/config.md is made from the comments' metadata.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


def _setting(default: Any, meaning: str) -> Any:
    make = {"default_factory": default} if callable(default) else {"default": default}
    return field(**make, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Config:
    """Settings with their defaults; the environment variable is ``JIANGHENG_`` and the upper-case name."""

    home: Path = _setting(lambda: Path.cwd() / ".jiangheng", "folder of all state: database, keys, files, journal")
    database_url: str = _setting("", "postgres://… ; empty: SQLite in the home folder (also read from DATABASE_URL)")
    hall_journal: str = _setting(
        "", "postgresql://… for the examination hall's journal, so that several processes may serve it; empty: a file"
    )
    demo: bool = _setting(False, "demonstration city: movable clock, printed log-ins, certificates marked as samples")
    debug: bool = _setting(False, "Django's debug pages; never where others can reach the port")
    hosts: tuple[str, ...] = _setting(("127.0.0.1", "localhost", "[::1]"), "host names served, separated by commas")
    public_url: str = _setting("http://127.0.0.1:8000", "address printed on certificates and in QR codes")
    secure: bool = _setting(False, "served over TLS: secure cookies and HSTS")
    rules: Mapping[str, int] = _setting(dict, "values of rule parameters (table [rules] of jiangheng.toml)")


def load(environ: Mapping[str, str] | None = None) -> Config:
    """The configuration of this process: defaults, then jiangheng.toml in the home folder, then the environment."""
    env = os.environ if environ is None else environ
    given: dict[str, Any] = {}
    home = Path(env.get("JIANGHENG_HOME") or Config().home).resolve()
    toml = home / "jiangheng.toml"
    if toml.is_file():
        given.update(tomllib.loads(toml.read_text(encoding="utf-8")))
    for each in fields(Config):
        text = env.get(f"JIANGHENG_{each.name.upper()}")
        if text is not None:
            given[each.name] = text
    if env.get("DATABASE_URL") and "JIANGHENG_DATABASE_URL" not in env:
        given["database_url"] = env["DATABASE_URL"]
    given["home"] = home
    unknown = sorted(set(given) - {each.name for each in fields(Config)})
    if unknown:
        raise ValueError(f"jiangheng.toml has settings that do not exist: {', '.join(unknown)}")
    return Config(**{name: _typed(name, value) for name, value in given.items()})


def _typed(name: str, value: Any) -> Any:
    if name in {"demo", "debug", "secure"}:
        return str(value).strip().lower() in {"1", "true", "yes", "on"}
    if name == "hosts":
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else tuple(value)
    return value
