"""Hunting: questions are asked, waited for, ended, answered and taken away."""

import threading
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from hemostat.console.answers import picture
from hemostat.console.asking import MOST, Busy, Questions
from hemostat.kernel import Home, NotFound
from hemostat.lake.hunt import Asking, Hunt, saved_query
from hemostat.people.ledger import entries
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import BEGINS
from unit.console.story import Story, lake_filled

ENDLESS = "SELECT count(*) FROM range(100000000000) a, range(100000) b WHERE a.range * b.range = -1"
SCRIPT = {"HX-Request": "true"}


def test_a_question_of_ones_own_is_answered_and_recorded(story: Story, visit: Visit) -> None:
    """Rows stand in a table; that somebody asked stands in the ledger once, without the question's words."""
    lake_filled(story.home, {}, {"status": 404})
    client = visit(Role.ENGINEER)

    answer = client.post("/hunt/", {"sql": "SELECT status, query_keys, time FROM events ORDER BY status"})
    html = answer.content.decode()

    assert "2 rows" in html
    assert "2026-03-10 14:04:00" in html
    client.get(f"/hunt/{answer.context['asked'].number}/")
    asked = [entry.payload for entry in entries() if entry.act == "hunt:run"]
    assert [{"question": "own question", "rows": 2}] == asked


@pytest.mark.parametrize(
    "sql", ["SELEC 1", "DELETE FROM events", "SELECT nothing FROM events", "SELECT * FROM read_csv('/etc/passwd')"]
)
def test_a_wrong_question_is_named(visit: Visit, sql: str) -> None:
    """What is wrong with a question stands under it, with what helps; the question is kept in the box."""
    html = visit(Role.ENGINEER).post("/hunt/", {"sql": sql}).content.decode()

    assert "The question was not answered" in html
    assert sql.partition("'")[0] in html


def test_saved_questions_are_offered_and_take_values(story: Story, visit: Visit) -> None:
    """A saved question is one click; its values are fields with their meaning; its name stands in the ledger."""
    lake_filled(story.home, {"jurisdiction": "US-CA"})
    client = visit(Role.ENGINEER)
    html = client.get("/hunt/?saved=people_by_state").content.decode()
    assert "People exposed, by state" in html
    assert "Start of the path" in html
    sql = html.partition('rows="8">')[2].partition("</textarea>")[0]
    assert "SELECT" in sql.upper()

    answered = client.post("/hunt/", {"saved": "people_by_state"}).content.decode()

    last = entries().last()
    assert last is not None
    assert "people_by_state" == last.payload["question"]
    assert "row" in answered


@pytest.mark.parametrize("changed", [False, True])
def test_a_saved_question_may_be_changed(story: Story, visit: Visit, *, changed: bool) -> None:
    """With another text it is a question of one's own, with the same values, and the meanings of its columns go."""
    lake_filled(story.home, {"phi": ["EMAIL"]}, {"phi": ["SSN"]})
    client = visit(Role.ENGINEER)
    sql = client.get("/hunt/", {"saved": "misplaced_patient_data"}).context["question"].sql

    answer = client.post(
        "/hunt/", {"saved": "misplaced_patient_data", "sql": sql.replace("LIMIT 200", "LIMIT 1") if changed else sql}
    )

    assert (1 if changed else 2) == answer.context["total"]
    assert changed == (() == answer.context["meanings"])
    last = entries().last()
    assert last is not None
    assert ("own question" if changed else "misplaced_patient_data") == last.payload["question"]


def test_an_empty_answer_says_what_was_searched(story: Story, visit: Visit) -> None:
    """Nothing found is an answer, too: where it was looked for, and with which values; a long one shows its beginning."""
    lake_filled(story.home, *[{} for _ in range(210)])
    client = visit(Role.ENGINEER)

    own = client.post("/hunt/", {"sql": "SELECT 1 FROM events WHERE status = 1"}).content.decode()
    saved = client.post("/hunt/", {"saved": "who_saw_patient", "value-since": "2026-03-10T10:00:00"}).content.decode()
    other = client.post("/hunt/", {"saved": "unsigned_calls", "value-since": "2030-01-01T00:00"}).content.decode()

    assert "Nothing matches." in own
    assert "Searched 210 events from 2026-03-10 14:04:00 to 2026-03-10 14:04:00 UTC in 1 file" in own
    assert "No patient was given." in saved
    assert "since 2026-03-10T10:00:00" in saved
    assert "The lake holds no events of this time." in other
    assert "Searched 0 events in 0 files" in other
    assert "The first 200 are shown." in client.post("/hunt/", {"sql": "SELECT event_id FROM events"}).content.decode()


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", "0001-01-01T00:00:00Z"),
        ("2026-03-10T14:00", "2026-03-10T14:00:00Z"),
        ("2026-03-10T10:00:00-04:00", "2026-03-10T14:00:00Z"),
        ("Monday", "Monday"),
    ],
)
def test_a_period_is_typed_as_people_write_it(story: Story, visit: Visit, typed: str, value: str) -> None:
    """Left open it has no limit; a moment without a zone is UTC; what is none is told by the engine."""
    lake_filled(story.home, {"auth": "unsigned"})
    answer = visit(Role.ENGINEER).post("/hunt/", {"saved": "unsigned_calls", "value-since": typed})

    assert value == answer.context["question"].values["since"]
    assert (typed == "Monday") == ("The question was not answered" in answer.content.decode())


def test_an_identifier_becomes_a_pseudonym_and_stands_nowhere(visit: Visit) -> None:
    """The page answers with the pseudonym; what was typed is neither on it nor in the ledger."""
    client = visit(Role.COMPLIANCE)
    sql = client.get("/hunt/", {"saved": "who_saw_patient"}).context["question"].sql

    answer = client.post("/hunt/", {"saved": "who_saw_patient", "sql": sql, "value-patient": "8675309001"})

    assert answer.context["question"].values["patient"].startswith("person_")
    assert answer.context["total"] == 0
    assert "8675309001" not in answer.content.decode() + repr([entry.payload for entry in entries()])


def test_an_answer_is_taken_as_csv(visit: Visit) -> None:
    """All rows, with a name; what a spreadsheet would run has a quotation mark in front. Nothing is asked again."""
    sql = "SELECT '=1+1' AS a, -1 AS b, NULL AS c, TIMESTAMPTZ '2026-03-02 14:00:00+00' AS d"
    client = visit(Role.COMPLIANCE)
    number = client.post("/hunt/", {"sql": sql}).context["asked"].number

    answer = client.get(f"/hunt/{number}/csv/")

    assert "text/csv; charset=utf-8; header=present" == answer["Content-Type"]
    assert 'attachment; filename="answer.csv"' == answer["Content-Disposition"]
    assert "a,b,c,d\r\n'=1+1,-1,,2026-03-02T14:00:00+00:00\r\n" == answer.content.decode()
    assert 404 == visit(Role.ENGINEER).get(f"/hunt/{number}/csv/").status_code
    client.post("/hunt/", {"sql": "SELEC"})
    assert 404 == client.get(f"/hunt/{number}/csv/").status_code


def test_a_long_question_shows_how_far_it_is_and_can_be_ended(visit: Visit) -> None:
    """With script the page waits in pieces; the one who asked, and nobody else, may look and end it."""
    client = visit(Role.ENGINEER)
    going = client.post("/hunt/", {"sql": ENDLESS}, headers=SCRIPT)
    number = going.context["asked"].number
    assert "The answer is on its way" in going.content.decode()
    assert "<html" not in going.content.decode()

    looked = client.get(f"/hunt/{number}/", headers=SCRIPT).content.decode()
    whole = client.get(f"/hunt/{number}/").content.decode()
    assert "Asking for " in looked
    assert "End it" not in looked
    assert ("<html" in whole, "Look again" in whole) == (True, True)
    assert 404 == visit(Role.COMPLIANCE).post(f"/hunt/{number}/end/").status_code
    assert 404 == client.get(f"/hunt/{number}/csv/").status_code

    ended = client.post(f"/hunt/{number}/end/", headers=SCRIPT).content.decode()

    assert "It was ended before there was an answer." in ended
    told = client.get(f"/hunt/{number}/", headers=SCRIPT)
    assert ("#asked", "innerHTML") == (told["HX-Retarget"], told["HX-Reswap"])
    assert [] == [entry for entry in entries() if entry.act == "hunt:run"]


def test_the_next_question_ends_the_last(visit: Visit) -> None:
    """A person waits for one answer at a time."""
    client = visit(Role.ENGINEER)
    first = client.post("/hunt/", {"sql": ENDLESS}, headers=SCRIPT).context["asked"]

    answer = client.post("/hunt/", {"sql": "SELECT 1 AS one"}).content.decode()

    assert "1 row" in answer
    assert first.wait(10)
    assert 404 == client.get(f"/hunt/{first.number}/").status_code


def test_a_fault_is_no_answer(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is an error page with its trace in the log, not a sentence on the page."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Hunt, "query", broken)

    with pytest.raises(ZeroDivisionError):
        visit(Role.ENGINEER).post("/hunt/", {"sql": "SELECT 1"})


def test_only_some_questions_run_at_once() -> None:
    """Who comes when too many run is told to come again; an answer is forgotten after a while."""
    questions, ends, rows = Questions[str](), threading.Event(), pa.table({"one": [1]})

    def slow(_: Asking) -> pa.Table:
        ends.wait(30)
        return rows

    running = [questions.begin(person, "?", slow) for person in range(MOST)]
    with pytest.raises(Busy) as caught:
        questions.begin(MOST, "?", slow)
    assert caught.value.advice()

    ends.set()
    assert all(one.wait(10) for one in running)
    assert rows is running[0].table
    assert running[0] is questions.find(0, running[0].number)
    assert running[0].ended is not None
    assert running[0].seconds > 0
    running[0].ended -= 10_000
    with pytest.raises(NotFound):
        questions.find(0, running[0].number)


def test_only_the_newest_answers_are_kept() -> None:
    """Answers are in memory: the oldest one goes when there are many."""
    questions, rows = Questions[str](), pa.table({"one": [1]})
    asked = []
    for person in range(10):
        asked.append(questions.begin(person, "?", lambda _: rows))
        assert asked[-1].wait(10)

    for person in (0, 1):
        with pytest.raises(NotFound):
            questions.find(person, asked[person].number)
    assert asked[2] is questions.find(2, asked[2].number)


def test_who_comes_when_too_many_ask_is_told(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page keeps the question, so that it can be asked again."""
    monkeypatch.setattr("hemostat.console.asking.MOST", 0)

    html = visit(Role.ENGINEER).post("/hunt/", {"sql": "SELECT 1 AS mine"}).content.decode()

    assert "are being answered already" in html
    assert "SELECT 1 AS mine" in html


def test_answers_are_drawn_where_a_picture_says_more(story: Story, visit: Visit) -> None:
    """Who took the most as bars, exposure hour by hour as a course without gaps; a single row has no picture."""
    hours = [{"time": BEGINS + timedelta(hours=hour), "subject": f"person_{hour}", "auth": "unsigned"} for hour in (0, 1, 4)]
    lake_filled(story.home, *hours, *[{"actor": f"actor_{n}", "subjects": 10 * n, "auth": "login"} for n in (1, 2, 3)])
    client = visit(Role.ENGINEER)

    bars = client.post("/hunt/", {"saved": "top_exporters"})
    course = client.post("/hunt/", {"saved": "people_exposed"})
    single = client.post("/hunt/", {"saved": "unsigned_calls"})

    assert [("actor_3", 30), ("actor_2", 20), ("actor_1", 10)] == [
        (label, count) for label, count, _ in bars.context["picture"].bars
    ]
    picture = course.context["picture"]
    assert ("2026-03-10 14:00", "2026-03-10 18:00", 1) == (picture.first, picture.last, picture.most)
    assert 3 == str(picture.course).count("<rect")
    assert single.context["picture"] is None
    assert 'aria-label="New people by hour' in course.content.decode()


def test_a_course_that_is_too_long_is_not_drawn(story: Story, visit: Visit) -> None:
    """Hundreds of steps would be a smear: the table stands alone."""
    lake_filled(story.home, *[{"time": BEGINS - timedelta(hours=hours), "auth": "unsigned"} for hours in (0, 500)])

    assert visit(Role.ENGINEER).post("/hunt/", {"saved": "people_exposed"}).context["picture"] is None


@pytest.mark.parametrize(
    ("front", "sql"),
    [
        ("-- bars: n word", "SELECT 1 AS m, 'a' AS word FROM range(2)"),
        ("-- bars: word n", "SELECT 1 AS n, 'a' AS word FROM range(2)"),
        ("-- course: n day", "SELECT 1 AS n, 'a' AS day FROM range(2)"),
        ("-- course: n day", "SELECT 1 AS n, NULL::DATE AS day FROM range(2)"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_left_out(home: Home, tmp_path: Path, front: str, sql: str) -> None:
    """A question that somebody wrote may name columns that are not there, or no counts and moments."""
    path = tmp_path / "mine.sql"
    path.write_text(f"-- title: T\n-- question: Q?\n{front}\n{sql}")

    assert picture(saved_query(path), Hunt(home).query(sql)) is None


def test_the_columns_of_an_answer_have_meanings(story: Story, visit: Visit) -> None:
    """Every shipped question says of each column of its answer, in order, what it means; and a picture shows columns of it."""
    lake_filled(story.home, {})
    hunt = Hunt(story.home)
    for saved in hunt.saved():
        names = hunt.run(saved.name).table.column_names
        assert names == [column.name for column in saved.columns]
        assert {*saved.bars, *saved.course} <= set(names)
        assert all(column.meaning.endswith(".") for column in saved.columns)

    answer = visit(Role.ENGINEER).get("/hunt/?saved=token_touched").content.decode()
    assert "Network from which the token was used." in answer
