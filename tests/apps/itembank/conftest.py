"""The bank's people for every test of this room."""

from __future__ import annotations

from typing import Any

import pytest

from kept import kept


@pytest.fixture
@kept
def house(play: Any, city: Any) -> Any:
    """Two enterprises, a college and the people of banks."""
    from bank_house import BankHouse

    return BankHouse(play, city)
