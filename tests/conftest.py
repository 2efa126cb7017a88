"""What every test may use: a temporary home and three fixtures, ``scope``, ``actor`` and ``play``; ``city`` for people.

The home is made before Django reads its settings. DATABASE_URL chooses the database; without it a test database is a
SQLite file in the home, because a browser's requests come in on other threads and must find the same one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from kept import kept

# pytest reads this file as its plugin, and tests import from it: read again, it must not move the house
_OURS = f"jiangheng-tests-{os.getpid()}-"
if "PYTEST_XDIST_WORKER" not in os.environ and not Path(os.environ.get("JIANGHENG_HOME", "")).name.startswith(_OURS):
    _HOME = Path(tempfile.mkdtemp(prefix=_OURS))
    atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
    os.environ["JIANGHENG_HOME"] = str(_HOME)
    os.environ["JIANGHENG_DEMO"] = "1"

# a busy machine is no fault of the code: time is shown by benchmarks, not by tests
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

_PURE = (Path(__file__).parent / "core", Path(__file__).parent / "hall")
CITY = "45/03/"
PASSWORD = "桂林山水-七星岩-2023"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--database-only``: the tests to repeat on another database."""
    parser.addoption("--database-only", action="store_true", help="only the tests that use the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, when asked, what another database cannot change: pytest-django lets no other test reach one."""
    if config.getoption("--database-only"):
        touched = [
            item
            for item in items
            if "django_db_setup" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db")
        ]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(touched)])
        items[:] = touched


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """A home for every worker: they move the clock and keep journals at the same time."""
    for number, spec in enumerate(specs):
        spec.env["JIANGHENG_HOME"] = str(_HOME / f"worker{number}")


def pytest_configure(config: pytest.Config) -> None:
    """Start Django, unless only tests of core and hall are asked for: those floors do without it, so do they."""
    asked = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    if asked and all(any(path.is_relative_to(pure) for pure in _PURE) for path in asked):
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiangheng.settings"
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    # passwords of tests need not resist anybody; hashing them as in an office would take half of the time
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A test database of this process's own: on SQLite a file of its home, on a server a name nobody else uses."""
    from django.conf import settings
    from django.db import connection

    own = (
        str(Path(settings.HOME) / "test.sqlite3") if connection.vendor == "sqlite" else f"test_jiangheng_{os.getpid()}"
    )
    connection.settings_dict["TEST"]["NAME"] = own


@pytest.fixture(autouse=True)
def _real_clock() -> Iterator[None]:
    """No test finds the clock where another left it."""
    yield
    (Path(os.environ["JIANGHENG_HOME"]) / "clock").unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _own_hall(request: pytest.FixtureRequest) -> None:
    """Sittings are numbered anew in every test: what another answered under the same number is not theirs."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        shutil.rmtree(Path(os.environ["JIANGHENG_HOME"]) / "hall", ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """No test reads in the language of another's last request, which stays active in its thread."""
    yield
    if "django.utils.translation" in sys.modules:
        from django.utils import translation

        translation.deactivate()


@pytest.fixture
def scope() -> Callable[..., str]:
    """``scope()`` is the city, ``scope("05")`` Qixing district, ``scope("05", "0017")`` an institution there."""
    return lambda *parts: CITY + "".join(f"{part}/" for part in parts)


@pytest.fixture
def actor() -> Callable[..., Any]:
    """``actor(role, scope)``: somebody with one role on one scope (the city when none is given)."""
    from jiangheng.core.authority import Actor, Grant, Role

    def make(role: str, scope: str = CITY, *, id: str = "account:0", name: str = "测试员") -> Actor:
        return Actor(id, name, (Grant(Role(role), scope),))

    return make


@pytest.fixture
def play(db: None) -> Callable[..., Any]:
    """``play("filing.accept", thing, by=actor, opinion="…")`` performs a step; ``under=parent`` makes a thing."""
    return _play


def _play(
    code: str, thing: Any = None, /, *, by: Any, under: Any = None, files: Any = None, version: int | None = None,
    **given: Any,
) -> Any:  # fmt: skip
    from jiangheng.core.steps import step_of
    from jiangheng.kernel.perform import create, perform

    step = step_of(code)
    if step.creates and thing is None:
        return create(step, under=under, actor=by, given=given, files=files)
    return perform(step, thing.pk, actor=by, given=given, files=files, version=version)


@dataclass
class City:
    """The divisions, and accounts that were opened and appointed by steps. All accounts share ``password``."""

    regions: dict[str, Any]
    accounts: dict[str, Any] = field(default_factory=dict)
    password: str = PASSWORD

    def person(self, username: str, *roles: str, place: str = CITY, name: str = "", unit: str = "市局") -> Any:
        """Open an account and appoint it to these roles on that place; the actor it now is."""
        from jiangheng.core.authority import SYSTEM

        given = {"username": username, "name": name or username, "unit": unit, "phone": "", "password": self.password}
        account = _play("account.open", under=self.regions["450300"], by=SYSTEM, **given)
        for role in roles:
            _play("grant.appoint", under=account, by=SYSTEM, role=role, place=place)
        self.accounts[username] = account
        return self.actor(username)

    def actor(self, username: str) -> Any:
        """Who this account is now, with the grants of today."""
        from jiangheng.apps.offices.queries import actor_of

        return actor_of(self.accounts[username])


@pytest.fixture
def city(db: None) -> City:
    """Guilin with its 17 divisions and one person for each bureau role: admin, city, centre, county (Qixing)."""
    return found_city()


@kept
def found_city() -> City:
    """Establish the city in the present database."""
    from jiangheng.apps.offices.queries import regions
    from jiangheng.cli import install

    install.establish_divisions()
    made = City({region.code: region for region in regions()})
    made.person("admin", "admin", name="卢管理")
    made.person("city", "city", name="韦市局")
    made.person("centre", "centre", name="莫中心", unit="市职业技能评价指导中心")
    made.person("county", "county", place=f"{CITY}05/", name="秦七星", unit="七星区人社局")
    return made
