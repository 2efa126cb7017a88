"""The place of a leaf stays where a checkpoint has put it, whatever is committed late (K10)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from bank_house import BankHouse, single
from jiangheng.kernel import trail
from jiangheng.kernel.models import Entry


@pytest.fixture
def item(play: Any, city: Any) -> Any:
    """An item written: some leaves in the log."""
    house = BankHouse(play, city)
    return house.write(house.unified(), single("S001"))


def late(entry: Entry) -> None:
    """Take a leaf away and give it back later under its old id: what a transaction that commits late looks like."""
    entry.number = None
    entry.save(force_insert=True)


def test_a_leaf_that_is_committed_late_under_a_lower_id_changes_no_place_and_no_checkpoint(item: Any) -> None:
    hidden = Entry.objects.exclude(flow="item").order_by("id")[3]
    Entry.objects.filter(pk=hidden.pk).delete()
    size, before = trail.sequence(), trail.checkpoint()
    place = trail.place("item", item.pk, "write")
    assert place == size - 1
    late(hidden)
    assert trail.checkpoint(size) == before and trail.place("item", item.pk, "write") == place
    assert trail.sequence() == size + 1
    assert trail.checkpoint(size) == before and trail.place("item", item.pk, "write") == place
    hidden.refresh_from_db()
    assert hidden.number == size
    assert trail.checkpoint() != before and trail.checkpoint().splitlines()[1] == str(size + 1)


def test_every_leaf_has_one_number_and_numbers_have_no_gap(item: Any) -> None:
    first = trail.sequence()
    assert trail.sequence() == first == Entry.objects.count()
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == list(range(first))


def test_numbering_gives_leaves_the_places_they_had(item: Any) -> None:
    place, before = trail.place("item", item.pk, "write"), trail.checkpoint()
    trail.sequence()
    assert (trail.place("item", item.pk, "write"), trail.checkpoint()) == (place, before)


def test_numbers_of_a_transaction_that_fails_are_given_again(item: Any) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        trail.sequence()
        raise RuntimeError
    assert not Entry.objects.exclude(number=None).exists()
    assert trail.sequence() == Entry.objects.count()


def test_a_checkpoint_beyond_the_log_says_how_far_the_log_goes(item: Any) -> None:
    count = Entry.objects.count()
    assert trail.checkpoint(count + 5).splitlines()[1] == str(count)


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_leave_the_checkpoint_of_the_first_as_it_was(item: Any) -> None:
    """On PostgreSQL the slow writer has the lower id and the later commit; on SQLite it simply comes first."""
    took, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                again(item)
                took.set()
                go_on.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert took.wait(20)
    if connection.vendor == "sqlite":
        go_on.set()
        writer.join(20)
    mine = again(item)
    size = trail.sequence()
    before, place = trail.checkpoint(), numbered(mine)
    go_on.set()
    writer.join(20)
    assert not writer.is_alive()
    assert trail.checkpoint(size) == before
    trail.sequence()
    assert trail.checkpoint(size) == before and numbered(mine) == place == size - 1
    assert Entry.objects.filter(number=None).count() == 0


def again(item: Any) -> Entry:
    """The item's leaf once more, as another step would write it."""
    entry = Entry.objects.filter(flow="item", thing=item.pk).first()
    assert entry is not None
    entry.pk, entry.number = None, None
    entry.save(force_insert=True)
    return entry


def numbered(entry: Entry) -> int | None:
    entry.refresh_from_db()
    return entry.number
