"""People may ask the lake anything and change nothing."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.kernel import BadInput, Home, NotFound
from hemostat.lake.hunt import MOST_ROWS, Hunt, TooLong, saved_query
from hemostat.lake.reader import DamagedLake
from unit.lake.conftest import Put
from unit.lake.made import NOON, row

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hunt(home: Home, put: Put) -> Hunt:
    """A lake in which an unsigned walk got answers about three people, and one signed call about a fourth."""
    put(
        [
            row(subject="person_a", time=NOON),
            row(subject="person_a", time=NOON + 61 * MINUTE),
            row(subject="person_b", time=NOON + 2 * MINUTE),
            row(subject="person_c", time=NOON + 62 * MINUTE),
            row(subject="person_x", time=NOON + 3 * MINUTE, status=404, result="not_found"),
            row(subject="person_d", time=NOON + 3 * MINUTE, auth="signed", path="/apps/care/session", host="fernhollow.example"),
        ]
    )
    home_of = {"act": "customer:create", "auth": "signed", "path": "", "status": 0, "result": "success", "source": "app"}
    put(
        [
            row(subject="person_a", jurisdiction="US-NY", **home_of, time=NOON - 9 * MINUTE),
            row(subject="person_a", jurisdiction="US-CA", **home_of, time=NOON - 5 * MINUTE),
            row(subject="person_b", jurisdiction="US-CA", **home_of),
            row(subject="person_d", jurisdiction="US-TX", **home_of),
        ]
    )
    return Hunt(home)


def test_a_question_is_answered(hunt: Hunt) -> None:
    """The view `events` holds every event of the lake."""
    assert [{"n": 10}] == hunt.query("SELECT count(*) AS n FROM events").to_pylist()


def test_values_are_bound_not_pasted(hunt: Hunt) -> None:
    """A value with quotes is a value, by position or by name."""
    hostile = "x' OR 1=1 --"

    assert 0 == hunt.query("SELECT * FROM events WHERE host = ?", [hostile]).num_rows
    assert 0 == hunt.query("SELECT * FROM events WHERE host = $host", {"host": hostile}).num_rows


def test_an_empty_lake_answers(home: Home) -> None:
    """Before the first event every question has an answer: nothing."""
    assert 0 == Hunt(home).query("SELECT * FROM events").num_rows
    assert [0] == [Hunt(home).run(saved.name).table.num_rows for saved in Hunt(home).saved()][:1]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY events TO '{outside}/out.csv'",
        "COPY (SELECT 1) TO '{lake}/x.parquet' (FORMAT parquet)",
        "ATTACH '{outside}/x.db'",
        "EXPORT DATABASE '{outside}/dump'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "PRAGMA enable_profiling",
        "CREATE TABLE mine AS SELECT * FROM events",
        "DROP VIEW events",
        "DELETE FROM events",
        "INSERT INTO events SELECT * FROM events",
        "SELECT 1; DROP VIEW events",
        "",
        "-- nothing",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_parquet('{lake}/**/*.parquet')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM parts",
        "SELECT * FROM engine",
    ],
)
def test_a_question_can_only_read_events(hunt: Hunt, home: Home, tmp_path: Path, sql: str) -> None:
    """No statement writes, attaches, installs, changes a setting, or reads anything but events."""
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.suffix != ".sqlite3-shm"}

    with pytest.raises(BadInput):
        hunt.query(sql.format(outside=tmp_path, lake=home.lake))

    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.suffix != ".sqlite3-shm"}
    assert before.keys() == after.keys()
    assert 10 == hunt.query("SELECT * FROM events").num_rows


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("SELCT 1", "line 1, column 1"),
        ("SELECT nobody FROM events", "line 1, column 8"),
        ("SELECT time\nFROM events\nWHERE wrong = 1", "line 3, column 7"),
    ],
)
def test_wrong_sql_is_told_with_its_place(hunt: Hunt, sql: str, place: str) -> None:
    """The message says line and column, and where to look for the columns."""
    with pytest.raises(BadInput, match=re.escape(place)) as caught:
        hunt.query(sql)

    assert "DESCRIBE events" in caught.value.advice()


def test_columns_can_be_shown(hunt: Hunt) -> None:
    """What the advice recommends works."""
    assert "subject_next" in hunt.query("DESCRIBE events")["column_name"].to_pylist()
    assert 1 <= hunt.query("EXPLAIN SELECT * FROM events").num_rows


def test_a_question_has_a_time_limit(home: Home) -> None:
    """An endless question ends, with a word on how to narrow it."""
    with pytest.raises(TooLong, match=r"longer than 0\.2 s"):
        Hunt(home, seconds=0.2).query("SELECT count(*) FROM range(100000000000) a, range(100000) b WHERE a.range * b.range = -1")


def test_a_question_has_a_memory_limit(home: Home) -> None:
    """A question that would fill the machine is refused, and writes nothing to the disk instead."""
    with pytest.raises(BadInput, match="Out of Memory"):
        Hunt(home).query("SELECT range AS n, hash(range) AS h FROM range(100000000) ORDER BY h")


def test_an_answer_has_a_limit_of_rows(home: Home) -> None:
    """A result that nobody can read is refused with a word on what to do."""
    assert MOST_ROWS == Hunt(home).query("SELECT * FROM range(?)", [MOST_ROWS]).num_rows
    with pytest.raises(BadInput, match="more than 100,000 rows"):
        Hunt(home).query("SELECT * FROM range(?)", [MOST_ROWS + 1])


@pytest.mark.parametrize("sql", ["SELECT * FROM events", "SELECT count(DISTINCT subject) FROM events"])
def test_a_damaged_file_is_named_not_blamed_on_the_question(hunt: Hunt, home: Home, sql: str) -> None:
    """A changed file is told as damage of the lake, with the way out."""
    for path in home.lake.rglob("*.parquet"):
        path.write_bytes(b"x" * path.stat().st_size)

    with pytest.raises(DamagedLake, match=r"batch-000000000001\.parquet") as caught:
        hunt.query(sql)

    assert "hemostat lake repair" in caught.value.advice()


def test_people_are_counted_once_each_hour_and_once_in_all(hunt: Hunt) -> None:
    """The curve of people exposed counts people, not answers, and only unsigned calls that were answered."""
    answer = hunt.run("people_exposed")

    assert [
        {"hour": NOON, "answers": 2, "people": 2, "new_people": 2, "people_so_far": 2},
        {"hour": NOON.replace(hour=13), "answers": 2, "people": 2, "new_people": 1, "people_so_far": 3},
    ] == answer.table.to_pylist()


@pytest.mark.parametrize(
    ("values", "people"),
    [
        ({}, 3),
        ({"path": "/api/session"}, 3),
        ({"path": "/api/other"}, 0),
        ({"host": "care-app.fernhollow.example"}, 3),
        ({"host": "elsewhere.example"}, 0),
        ({"until": "2026-03-02T12:01:00Z"}, 1),
        ({"since": NOON + MINUTE, "until": NOON + 5 * MINUTE}, 1),
    ],
)
def test_the_scope_follows_its_values(hunt: Hunt, values: dict[str, Any], people: int) -> None:
    """Both scope questions count the same people for the same route, host and window."""
    exposed = hunt.run("people_exposed", **values).table.to_pylist()
    states = hunt.run("people_by_state", **values).table.to_pylist()

    assert people == sum(one["new_people"] for one in exposed) == sum(one["people"] for one in states)


def test_a_person_lives_where_the_store_last_said(hunt: Hunt) -> None:
    """The newest address counts; people without one are told apart, not left out."""
    assert [{"jurisdiction": "US-CA", "people": 2}, {"jurisdiction": "", "people": 1}] == hunt.run(
        "people_by_state"
    ).table.to_pylist()


def test_an_answer_names_its_question(hunt: Hunt) -> None:
    """The record of a scope holds the text of the question, its hash and its values."""
    answer = hunt.run("people_by_state", since=datetime(2026, 3, 2, tzinfo=UTC))

    assert (hunt.saved("people_by_state").sql, hunt.saved("people_by_state").sha256) == (answer.sql, answer.sha256)
    assert {"path": "", "host": "", "since": "2026-03-02T00:00:00.000000Z", "until": "9999-01-01T00:00:00Z"} == answer.values


def test_what_was_searched_is_told(hunt: Hunt) -> None:
    """Files and events of the question's period, and when the first and the last of them happened."""
    whole, later = hunt.searched({}), hunt.searched({"since": "2026-03-02T13:00:00Z", "until": "nonsense"})

    assert (2, 10, NOON - 9 * MINUTE, NOON + 62 * MINUTE) == (whole.files, whole.events, whole.first, whole.last)
    assert (1, 6) == (later.files, later.events)
    assert (0, 0, None, None) == msgspec.structs.astuple(hunt.searched({"since": "2030-01-01T00:00:00Z"}))


def test_patients_are_counted_hour_by_hour(hunt: Hunt, put: Put) -> None:
    """Who reached many in one hour comes first, also when the source does not tell results; who reached few is left out."""
    rows = [
        row(actor="actor_busy", actor_type="staff", subject=f"person_{number}", result="unknown", time=NOON + number * MINUTE)
        for number in range(3)
    ]
    put([*rows, *rows, row(actor="actor_own", subject="person_own"), row(actor="actor_own", subject="person_own")])
    put([row(actor="actor_late", subject=f"person_{number}", time=NOON + number * 61 * MINUTE) for number in range(3)])
    put([row(actor="actor_denied", subject=f"person_{number}", result="denied") for number in range(3)])

    def told(least: int) -> list[tuple[str, int, int]]:
        answer = hunt.run("patients_per_actor_hour", least=str(least)).table.to_pylist()
        return [(one["actor"], one["patients"], one["events"]) for one in answer]

    assert [("actor_busy", 3, 6)] == told(2) == told(3)
    assert {"actor_busy", "actor_own", "actor_late"} == {actor for actor, _, _ in told(1)}
    assert [] == told(4)


def test_networks_are_ranked_by_people(hunt: Hunt) -> None:
    """A walk shows as one network with many people."""
    (first, *_) = hunt.run("networks_by_people").table.to_pylist()

    assert ("203.0.113.0/24", 64500, 4) == (first["src_net"], first["asn"], first["people"])


def test_a_stolen_token_shows_in_two_networks(hunt: Hunt, put: Put) -> None:
    """A token used from two networks is listed with both; one used from one network is not."""
    put([row(token="token_t"), row(token="token_t", src_net="198.51.100.0/24", asn=64502), row(token="token_u")])

    (one,) = hunt.run("tokens_from_networks").table.to_pylist()

    assert ("token_t", ["198.51.100.0/24", "203.0.113.0/24"], [64500, 64502]) == (one["token"], one["src_nets"], one["asns"])


def test_unsigned_calls_show_by_host(hunt: Hunt) -> None:
    """Calls without a signature are counted by host and path, answered ones apart."""
    (one,) = hunt.run("unsigned_calls").table.to_pylist()

    assert ("care-app.fernhollow.example", "/api/session", 5, 4, 3) == (
        one["host"], one["path"], one["calls"], one["answered"], one["people"],
    )  # fmt: skip


def test_misplaced_patient_data_shows_by_path(hunt: Hunt, put: Put) -> None:
    """Each kind of patient data in a path is one line."""
    put([row(phi=["EMAIL", "SSN"]), row(phi=["EMAIL"])])

    assert [("EMAIL", 2), ("SSN", 1)] == [
        (one["entity"], one["events"]) for one in hunt.run("misplaced_patient_data").table.to_pylist()
    ]


def test_all_saved_questions_can_be_asked(hunt: Hunt) -> None:
    """Every file in content/hunts has a title, a question, and runs with its defaults."""
    for saved in hunt.saved():
        assert saved.title
        assert saved.question.endswith("?")
        assert hunt.run(saved.name).sha256 == saved.sha256


def test_unknown_questions_and_values_are_refused(hunt: Hunt) -> None:
    """A slip of the pen is told with what there is."""
    with pytest.raises(NotFound, match="no saved question 'people'"):
        hunt.run("people")
    with pytest.raises(BadInput, match="takes no paht") as caught:
        hunt.run("people_exposed", paht="/")
    assert "path" in caught.value.advice()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT 1", "no title or no question"),
        ("-- title: T\nSELECT 1", "no title or no question"),
        ("-- title: T\n-- question: Q?\n-- parameter: broken\nSELECT 1", "unreadable parameter"),
        ("-- title: T\n-- question: Q?\n-- column: broken\nSELECT 1", "unreadable column"),
        ("-- title: T\n-- question: Q?\n-- bars: lonely\nSELECT 1", "unreadable picture"),
        ("-- title: T\n-- question: Q?\n-- course: one two three\nSELECT 1", "unreadable picture"),
    ],
)
def test_an_incomplete_saved_question_is_refused(tmp_path: Path, text: str, what: str) -> None:
    """Whoever writes a saved question hears what its front is missing."""
    (tmp_path / "mine.sql").write_text(text)

    with pytest.raises(BadInput, match=what):
        saved_query(tmp_path / "mine.sql")
