"""The whole story, played once into the test database: the ground for the matrix, the neighbours and the pages.

These tests come last and on one worker, because the city stays in the database after them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SEED = 7


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker, at the end; a story played halfway through would leave its city to other tests."""
    here = Path(__file__).parent
    mine = [item for item in items if here in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.xdist_group("story"))
    items[:] = [item for item in items if item not in set(mine)] + mine


@pytest.fixture(scope="session")
def story(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """What `jiangheng demo build` makes, and its summary."""
    import shutil

    from django.conf import settings
    from django.core.management import call_command

    from jiangheng.demo import story

    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        # sittings are numbered anew; what other tests answered under the same numbers must not be replayed
        shutil.rmtree(Path(settings.HOME) / "hall", ignore_errors=True)
        return story.build(seed=SEED)


@pytest.fixture
def played(story: dict[str, Any], db: None, _real_clock: None) -> dict[str, Any]:
    """The finished city; what a test changes is rolled back, and the clock stands where the story ended."""
    from jiangheng.demo.hands import it_is

    it_is("2026-11-16", "08:55")
    return story
