"""A feed's messages and its place are kept together, and what is missing is on record."""

from datetime import UTC, datetime

import pytest

from hemostat.collect import Item, Post, collector_of
from hemostat.kernel import BadSettings, Feed, Home, Source, SystemClock
from hemostat.lake import health
from hemostat.lake.spool import Spool, SpoolFull

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_messages_and_place_are_kept_together(post: Post, spool: Spool) -> None:
    """What was delivered is in the spool once, and the feed is read on from the place that came with it."""
    assert "" == post.place()

    first = post.deliver([Item(key="a", body=b"{}"), Item(key="b", body=b"[]")], place="17")
    again = post.deliver([Item(key="b", body=b"[]")])

    assert [False, False, True] == [receipt.duplicate for receipt in (*first, *again)]
    assert ("17", 2) == (post.place(), spool.lag().messages)


def test_a_place_moves_only_with_its_messages(home: Home, post: Post) -> None:
    """When the spool takes nothing, the feed is read again from the place before."""
    post.deliver([Item(key="a", body=b"{}")], place="1")
    full = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=1)
    crowded = Post("app", post.source, home=home, spool=full, clock=SystemClock())

    with pytest.raises(SpoolFull):
        crowded.deliver([Item(key="b", body=b"{}")], place="2")

    assert "1" == post.place()
    full.close()


def test_parts_of_a_feed_have_places_of_their_own(post: Post) -> None:
    """Tables, files and topics of one feed move on their own."""
    post.deliver([], place="5", part="orders")
    post.deliver([], place="7", part="customers")
    post.deliver([], part="customers")

    assert ("5", "7", "") == (post.place("orders"), post.place("customers"), post.place())


def test_a_place_outlives_the_process(home: Home, post: Post, spool: Spool) -> None:
    """Another spool on the same file knows it."""
    post.deliver([], place="9")
    spool.close()
    again = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=500_000_000)

    assert "9" == again.place("app")
    again.close()


def test_what_is_missing_is_on_record_until_it_is_there(home: Home, post: Post) -> None:
    """A gap is open once however often it is told, and closed when told."""
    post.gap("subscription", "orders/create", since=NOON)
    post.gap("subscription", "orders/create")
    post.gap("version", "2025-10")

    assert {("subscription", "orders/create"), ("version", "2025-10")} == {
        (gap.kind, gap.detail) for gap in health.gaps(home, only_open=True)
    }
    assert NOON in {gap.since for gap in health.gaps(home)}

    post.closed("subscription", "orders/create")

    assert ["version"] == [gap.kind for gap in health.gaps(home, only_open=True)]


def test_the_keys_are_those_of_the_home(home: Home, post: Post) -> None:
    """A feed's credentials lie where all keys lie."""
    home.keyring(home.settings()).put("feed.app", [b"0123456789abcdef"])

    assert b"0123456789abcdef" == post.keyring.secret("feed.app")


@pytest.mark.parametrize("feed", [None, Feed(kind="carrier-pigeon")])
def test_a_feed_of_no_known_kind_is_refused(feed: Feed | None, home: Home, spool: Spool) -> None:
    """The settings are wrong, and the message names the source."""
    source = Source(kind="events", store="fernhollow", feed=feed)

    with pytest.raises(BadSettings, match="'app'"):
        collector_of("app", source, home=home, spool=spool, clock=SystemClock())
