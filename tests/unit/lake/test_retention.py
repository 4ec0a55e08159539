"""Events leave the lake when their class says so, and never under a legal hold."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hemostat.events import Act
from hemostat.kernel import BadInput, Home, NotFound, Retention
from hemostat.lake import retention
from hemostat.lake.compaction import TOGETHER, compact
from hemostat.lake.holds import Reach, hold_of, hold_place, hold_release, holds, sources_under_hold
from hemostat.lake.reader import read
from hemostat.lake.repair import check, strays
from hemostat.lake.retention import Expiry, expired
from hemostat.lake.spool import Spool
from unit.lake.conftest import Put
from unit.lake.made import NOON, incoming, row

POLICY = Retention(access=1000, account=500, traffic=100, log=50)
NEVER = 99


def ids(home: Home, spool: Spool) -> list[str]:
    """Requests of the rows that are in the lake, sorted."""
    return sorted(read(home, spool.parts(), columns=["request_id"])["request_id"].to_pylist())


def after(days: float) -> datetime:
    """So many days after the events."""
    return NOON + timedelta(days=days)


def mixed() -> list[dict[str, Any]]:
    """One row of each class, and traffic that concerns somebody or carried something."""
    nobody = {"subject": "", "subjects": 0, "elements": []}
    return [
        row(request_id="access"),
        row(request_id="account", act="account:login", **nobody),
        row(request_id="traffic", act="page:read", **nobody),
        row(request_id="log", act="log:write"),
        row(request_id="traffic of somebody", act="page:read"),
        row(request_id="traffic with data", act="api:read", **nobody | {"phi": ["ssn"]}),
    ]


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (49.9, ["access", "account", "log", "traffic", "traffic of somebody", "traffic with data"]),
        (50, ["access", "account", "traffic", "traffic of somebody", "traffic with data"]),
        (100, ["access", "account", "traffic of somebody", "traffic with data"]),
        (500, ["access", "traffic of somebody", "traffic with data"]),
        (1000, []),
    ],
)
def test_each_class_stays_as_long_as_it_may(put: Put, home: Home, spool: Spool, days: float, left: list[str]) -> None:
    """On the very day that a class ends its rows are gone, and no others; the files are whole."""
    put(mixed())

    Expiry(home, spool).turn(POLICY, last_batch=NEVER, now=after(days))

    assert left == ids(home, spool)
    assert [] == check(home, spool)


def test_a_part_is_written_again_and_again(put: Put, home: Home, spool: Spool) -> None:
    """Each writing has a name of its own, so that no file changes while somebody reads it; what was deleted is counted."""
    (old,) = put(mixed())
    expiry = Expiry(home, spool)

    for days in (60, 110, 510):
        expiry.turn(POLICY, last_batch=NEVER, now=after(days))

    (new,) = spool.parts()
    assert new.path == old.path.replace(".parquet", "-rest0003.parquet")
    assert old.path in strays(home, spool)
    assert [(1, 3, 0), (1, 4, 0), (1, 5, 0)] == [(one.deleted, one.kept, one.held) for one in expired(home)]


def test_rewritten_parts_are_merged_like_others(put: Put, home: Home, spool: Spool) -> None:
    """Compaction takes them as it takes every small file, and nothing comes back."""
    for _ in range(TOGETHER):
        put(mixed())
    expiry = Expiry(home, spool)
    while expiry.turn(POLICY, last_batch=NEVER, now=after(60)).more:
        pass

    compact(home, spool, last_batch=NEVER)

    assert 5 * TOGETHER == len(ids(home, spool))
    assert 1 == len(spool.parts())


def test_what_was_not_detected_stays(put: Put, home: Home, spool: Spool) -> None:
    """A batch that detection has not seen is not touched, however old its events are."""
    put([row(request_id="old")])

    Expiry(home, spool).turn(POLICY, last_batch=0, now=after(9999))

    assert ["old"] == ids(home, spool)


def test_a_hold_keeps_what_it_reaches(put: Put, home: Home, spool: Spool) -> None:
    """Rows under a hold stay, their neighbors go; once it is let go they go too."""
    put([row(request_id="a", actor="actor_a"), row(request_id="b", actor="actor_b")])
    hold = hold_place(home, Reach(actor="actor_a"), reason="Case 7", by="counsel", now=NOON)
    expiry = Expiry(home, spool)

    expiry.turn(POLICY, last_batch=NEVER, now=after(2000))

    assert ["a"] == ids(home, spool)
    assert [(1, 1)] == [(one.deleted, one.held) for one in expired(home)]
    expiry.turn(POLICY, last_batch=NEVER, now=after(2000))
    assert ["a"] == ids(home, spool)
    hold_release(home, hold.number, reason="The case is settled", by="counsel", now=after(2001))
    expiry.turn(POLICY, last_batch=NEVER, now=after(2001))
    assert [] == ids(home, spool)


@pytest.mark.parametrize(
    ("reach", "keeps"),
    [
        (Reach(), True),
        (Reach(store="fernhollow"), True),
        (Reach(store="another"), False),
        (Reach(source="edge"), True),
        (Reach(source="app"), False),
        (Reach(since=NOON), True),
        (Reach(since=NOON + timedelta(microseconds=1)), False),
        (Reach(until=NOON + timedelta(microseconds=1)), True),
        (Reach(until=NOON), False),
        (Reach(store="fernhollow", actor="actor_z"), False),
    ],
)
def test_the_reach_of_a_hold(put: Put, home: Home, spool: Spool, reach: Reach, *, keeps: bool) -> None:
    """All that a hold names must fit; a period takes its first moment and not its last."""
    put([row(request_id="r")])
    hold_place(home, reach, reason="Case 7", by="counsel", now=NOON)

    Expiry(home, spool).turn(POLICY, last_batch=NEVER, now=after(2000))

    assert keeps == (ids(home, spool) == ["r"])


@pytest.mark.parametrize("rows", [1, 2])
def test_a_hold_that_comes_while_rows_are_chosen_wins(
    put: Put, home: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Between the choice and the deletion a hold is placed: nothing is deleted, and no draft is left."""
    put([row(request_id=f"r{number}", act="log:write" if number else "session:read") for number in range(rows)])
    chosen = retention.exchange

    def late(home: Home) -> Any:
        hold_place(home, Reach(), reason="Case 7", by="counsel", now=NOON)
        return chosen(home)

    monkeypatch.setattr(retention, "exchange", late)
    turn = Expiry(home, spool).turn(POLICY, last_batch=NEVER, now=after(60 if rows == 2 else 2000))

    assert () == turn.done
    assert rows == len(ids(home, spool))
    assert [] == strays(home, spool)


def test_parts_are_opened_some_at_a_time_and_remembered(put: Put, home: Home, spool: Spool) -> None:
    """One turn opens twenty; what is not due for years is not opened in the next."""
    for _ in range(retention.AT_ONCE + 1):
        put([row()])
    expiry = Expiry(home, spool)

    assert expiry.turn(POLICY, last_batch=NEVER, now=after(60)).more
    assert not expiry.turn(POLICY, last_batch=NEVER, now=after(60)).more
    for path in home.lake.rglob("*.parquet"):
        path.unlink()
    assert () == expiry.turn(POLICY, last_batch=NEVER, now=after(61)).damaged


def test_all_rows_under_a_hold_are_not_looked_at_each_hour(put: Put, home: Home, spool: Spool) -> None:
    """A part of which only a hold keeps the rows is left in peace until the holds change."""
    put([row()])
    hold_place(home, Reach(), reason="Case 7", by="counsel", now=NOON)
    expiry = Expiry(home, spool)
    expiry.turn(POLICY, last_batch=NEVER, now=after(2000))
    for path in home.lake.rglob("*.parquet"):
        path.unlink()

    assert () == expiry.turn(POLICY, last_batch=NEVER, now=after(2001)).damaged


def test_a_damaged_part_stops_no_other(put: Put, home: Home, spool: Spool) -> None:
    """It is told once a day, and the others expire."""
    (broken,) = put([row(request_id="broken")])
    put([row(request_id="whole")])
    (home.lake / broken.path).write_bytes(b"")
    expiry = Expiry(home, spool)

    turn = expiry.turn(POLICY, last_batch=NEVER, now=after(2000))

    assert 1 == len(turn.done)
    assert 1 == len(turn.damaged)
    assert () == expiry.turn(POLICY, last_batch=NEVER, now=after(2000.5)).damaged
    assert 1 == len(expiry.turn(POLICY, last_batch=NEVER, now=after(2002)).damaged)


def test_every_act_has_a_class() -> None:
    """No act is in two of the shorter classes; what is in none is an access, which stays longest."""
    classes = (retention._LOG, retention._ACCOUNT, retention._TRAFFIC)

    assert sum(map(len, classes)) == len(frozenset[Act]().union(*classes))
    assert Act.RECORD_READ not in frozenset[Act]().union(*classes)


def test_what_is_asked_of_holds(home: Home, spool: Spool) -> None:  # noqa: ARG001  # the spool makes its file
    """A hold needs a reason and a period that is one; it is let go once, with a reason."""
    assert [] == holds(home)
    with pytest.raises(BadInput):
        hold_place(home, Reach(), reason=" ", by="counsel", now=NOON)
    with pytest.raises(BadInput):
        hold_place(home, Reach(since=NOON, until=NOON), reason="Case 7", by="counsel", now=NOON)
    hold = hold_place(home, Reach(since=NOON), reason="Case 7", by="counsel", now=NOON, incident="INC-1")
    with pytest.raises(BadInput):
        hold_release(home, hold.number, reason="", by="counsel", now=NOON)

    done = hold_release(home, hold.number, reason="Settled", by="counsel", now=after(1))

    assert done == hold_of(home, hold.number)
    assert (NOON, "INC-1", after(1), "Settled") == (done.reach.since, done.incident, done.released_at, done.release_reason)
    assert [] == holds(home, in_force=True)
    for number in (hold.number, 77):
        with pytest.raises(NotFound):
            hold_release(home, number, reason="Settled", by="counsel", now=NOON)
    with pytest.raises(NotFound):
        hold_of(home, 77)


@pytest.mark.parametrize(
    ("reach", "sources"),
    [
        (Reach(), {"edge", "app", "shopify.fernhollow"}),
        (Reach(store="fernhollow"), {"edge", "app", "shopify.fernhollow"}),
        (Reach(store="another"), set()),
        (Reach(source="edge"), {"edge"}),
        (Reach(source="gone"), {"gone"}),
    ],
)
def test_raw_messages_under_a_hold_stay(home: Home, spool: Spool, reach: Reach, sources: set[str]) -> None:
    """The raw messages of the sources that a hold may reach are not purged; those of others are."""
    settings = home.settings()
    home.write(type(settings)(kind="sandbox", sources=settings.sources, shopify_stores={"fernhollow": "f.myshopify.com"}))
    for name in ("edge", "gone"):
        spool.append([incoming(source=name, key=name, body=b"-")])
    plan = spool.plan()
    assert plan is not None
    spool.written(plan, [], rejected=0)
    hold_place(home, reach, reason="Case 7", by="counsel", now=NOON)

    assert sources == sources_under_hold(home)
    purged = spool.purge(datetime(2036, 1, 1, tzinfo=UTC), held=lambda: sources_under_hold(home))

    assert 2 - len(sources & {"edge", "gone"}) == purged
