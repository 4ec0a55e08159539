"""The engine of questions: kept for the same files, locked, ended on demand, and at home with files of every age."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest

from hemostat.kernel import BadInput, Home
from hemostat.lake import engine, writer
from hemostat.lake.hunt import Asking, Ended, Hunt, TooLong
from hemostat.lake.manifest import replaced
from hemostat.lake.reader import DamagedLake
from hemostat.lake.spool import Part, Spool
from unit.lake.conftest import Put
from unit.lake.made import NOON, row

LATER = ("operation", "app", "resource", "resource_id", "fields", "estimated", "severity", "skew_ms")
"""Columns that the first release with a lake did not have."""

ENDLESS = "SELECT count(*) FROM range(100000000000) a, range(100000) b WHERE a.range * b.range = -1"


def aged(home: Home, part: Part) -> None:
    """The part is one of the first release."""
    table = pq.ParquetFile(home.lake / part.path).read().drop_columns(list(LATER))
    old, content = writer.part_of(batch=part.batch, first=None, day=part.day, source=part.source, rows=table)
    writer.keep(home.lake / old.path, content)
    replaced(home, [part], old)


def lived(put: Put) -> list[Part]:
    """Three batches in which every saved question finds something, whatever a file does not have."""
    common = {"actor": "actor_aaaaaaaaaaaaaaaa", "token": "token_aaaaaaaaaaaaaaaa", "phi": ["EMAIL"], "auth": "unsigned"}
    return [
        part
        for batch in range(3)
        for part in put(
            [
                row(
                    **common,
                    subject=f"person_{'abcdefghijkl'[number]}aaaaaaaaaaaaaaa",
                    src_net=f"203.0.{batch}.0/24",
                    act="customer:update" if number < 2 else "session:read",
                    jurisdiction="US-CA" if number < 2 else "",
                    app="erp",
                    resource="customer",
                )
                for number in range(12)
            ]
        )
    ]


def asked(hunt: Hunt) -> dict[str, list[dict[str, object]]]:
    """The answers to all saved questions."""
    given = {"actor": "actor_aaaaaaaaaaaaaaaa", "token": "token_aaaaaaaaaaaaaaaa", "patient": "person_aaaaaaaaaaaaaaaa"}
    found = {}
    for saved in hunt.saved():
        values = {one.name: given[one.name] for one in saved.parameters if one.kind}
        found[saved.name] = hunt.run(saved.name, **values).table.to_pylist()
    return found


@pytest.mark.parametrize("old", [(0,), (2,), (0, 2), (0, 1, 2)])
def test_every_saved_question_is_answered_by_files_of_every_age(home: Home, put: Put, old: Sequence[int]) -> None:
    """Files without the columns that came later count like others; only what they do not know is missing from the answer."""
    parts = lived(put)
    new = asked(Hunt(home))
    for place in old:
        aged(home, parts[place])

    told = asked(Hunt(home))

    assert all(told.values())
    for name, rows in told.items():
        if {"app", "resource"} & rows[0].keys():  # known of some rows only, so that they stand apart
            assert sum(one["events"] for one in new[name]) == sum(one["events"] for one in rows)  # type: ignore[misc]  # numbers
            words = {one.get("app", one.get("resource")) for one in rows}
            assert {None} | ({"erp"} if "app" in rows[0] else {"customer"} if len(old) < 3 else set()) >= words
            assert None in words
        else:
            assert new[name] == rows


def test_a_question_that_needs_what_an_old_file_lacks_is_asked_over_all_columns(home: Home, put: Put) -> None:
    """The same engine answers before and after it has met the old file, also to a question about no such column."""
    parts = lived(put)
    aged(home, parts[0])
    hunt = Hunt(home)

    for _ in range(2):
        assert [36] == hunt.query("SELECT count(subject) AS n FROM events")["n"].to_pylist()
        assert [24] == hunt.query("SELECT count(app) AS n FROM events")["n"].to_pylist()


def test_new_events_are_seen_by_the_next_question(home: Home, put: Put) -> None:
    """The engine is that of the last question as long as the files are the same, and a new one afterwards."""
    put([row()])
    hunt = Hunt(home)
    first = hunt._engine(hunt._parts(None, None))

    assert first is hunt._engine(hunt._parts(None, None))
    put([row()])
    assert [2] == hunt.query("SELECT count(*) AS n FROM events")["n"].to_pylist()
    assert first is not hunt._engine(hunt._parts(None, None))


@pytest.mark.parametrize(
    "inner", ["DROP VIEW events", "CREATE TABLE mine AS FROM events", "CREATE OR REPLACE VIEW events AS SELECT 1"]
)
def test_not_even_an_explained_statement_writes(home: Home, put: Put, inner: str) -> None:
    """The engine runs what it is to explain and analyze: what would write is refused, and the next question is answered."""
    put([row()])
    hunt = Hunt(home)

    with pytest.raises(BadInput, match="read-only"):
        hunt.query(f"EXPLAIN ANALYZE {inner}")

    assert [1] == hunt.query("SELECT count(*) AS n FROM events")["n"].to_pylist()
    with pytest.raises(BadInput):
        hunt.query("SELECT * FROM mine")


def test_a_file_that_goes_while_it_is_asked_for_is_told_as_damage(home: Home, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing when the engine wants to read it: the lake is damaged, the question is not wrong."""
    parts = [*put([row()]), *put([row()])]
    real = engine.Engine.ask

    def late(self: engine.Engine, *words: object, **more: object) -> object:
        (home.lake / parts[0].path).unlink()
        return real(self, *words, **more)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(engine.Engine, "ask", late)

    with pytest.raises(DamagedLake, match="is missing"):
        Hunt(home).query("SELECT count(subject) FROM events")


def test_a_changed_file_is_told_whichever_it_is(home: Home, put: Put) -> None:
    """The newest file is looked into first; another that was changed shows when it is read."""
    parts = [*put([row()]), *put([row()])]
    path = home.lake / parts[0].path
    path.write_bytes(b"x" * path.stat().st_size)

    with pytest.raises(DamagedLake, match=r"batch-000000000001\.parquet"):
        Hunt(home).query("SELECT count(subject) FROM events")


def test_a_file_of_another_length_is_told_before_anything_is_asked(home: Home, put: Put) -> None:
    """Cut short or gone: the file is named."""
    (part,) = put([row()])
    (home.lake / part.path).write_bytes(b"short")
    with pytest.raises(DamagedLake, match="has 5 bytes"):
        Hunt(home).query("SELECT 1")

    (home.lake / part.path).unlink()
    with pytest.raises(DamagedLake, match="is missing"):
        Hunt(home).query("SELECT 1")


@contextmanager
def under_way(hunt: Hunt, told: list[Exception]) -> Iterator[None]:
    """An endless question is asked meanwhile; what came of it is in `told` afterwards."""

    def ask() -> None:
        try:
            hunt.query(ENDLESS)
        except (Ended, TooLong) as error:
            told.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    yield
    thread.join()


def test_who_asked_can_put_an_end_to_it(home: Home, spool: Spool) -> None:  # noqa: ARG001  # the spool makes its file
    """A question that runs tells how much of it is done, and ends when it is told to; so does one that had not begun."""
    told: list[Exception] = []
    asking = Asking()
    hunt = Hunt(home, asking=asking)
    assert asking.share() is None

    with under_way(hunt, told):
        while asking.share() is None:
            time.sleep(0.01)
        assert 0 <= (asking.share() or 0) <= 1
        asking.end()

    (error,) = told
    assert isinstance(error, Ended)
    asking.end()  # once more does no harm
    assert asking.share() is None
    with pytest.raises(Ended):
        hunt.query("SELECT 1")


def test_two_questions_at_once_do_not_disturb_each_other(home: Home, put: Put) -> None:
    """One hunt may be shared: a short question is answered while a long one runs."""
    put([row(time=NOON)])
    told: list[Exception] = []
    asking = Asking()
    hunt = Hunt(home, asking=asking)

    with under_way(hunt, told):
        while asking.share() is None:
            time.sleep(0.01)
        long = asking._connection
        assert [1] == hunt.query("SELECT count(*) AS n FROM events")["n"].to_pylist()
        assert long is not None
        long.interrupt()

    assert 1 == len(told)
