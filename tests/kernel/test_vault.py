"""Identity numbers at rest: encrypted, bound to their column, found by a keyed index only."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from jiangheng.kernel import vault

NUMBER = "45030219900101001X"


def test_a_sealed_value_opens_only_in_its_own_column() -> None:
    sealed = vault.seal(NUMBER, column="batches.application.identity")
    assert NUMBER.encode() not in sealed
    assert vault.unseal(sealed, column="batches.application.identity") == NUMBER
    with pytest.raises(InvalidTag):
        vault.unseal(sealed, column="certificates.certificate.identity")


def test_an_altered_value_does_not_open() -> None:
    sealed = bytearray(vault.seal(NUMBER, column="a"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        vault.unseal(bytes(sealed), column="a")


def test_equal_numbers_have_equal_indexes_however_they_are_typed() -> None:
    assert vault.index_of(" 450302 19900101001x ") == vault.index_of(NUMBER)
    assert vault.index_of("４５０３０２19900101001X") == vault.index_of(NUMBER)
    assert vault.index_of("450302199001010028") != vault.index_of(NUMBER)


def test_two_seals_of_one_value_differ() -> None:
    assert vault.seal(NUMBER, column="a") != vault.seal(NUMBER, column="a")
