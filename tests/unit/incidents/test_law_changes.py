"""When a row of the law changes, open incidents are computed again, and their history names the row."""

import os
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.incidents import law_versions
from hemostat.incidents.history import history_of
from hemostat.incidents.law_changes import change_cause, fields_changed, law_rerun
from hemostat.incidents.law_versions import law_version, row_digests, rows_changed, rules_now
from hemostat.incidents.models import Duty, Incident, LawVersion, LegalEvent, Recomputation
from hemostat.incidents.services import incident_close, incident_open, scope_record
from hemostat.kernel import Home, content
from hemostat.law.elements import elements
from hemostat.law.remedies import remedy_rows
from hemostat.law.rules import Rules, rules_load, rules_read
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]


@pytest.fixture
def counted(incident: Incident, person: People, now: datetime) -> Incident:
    """The incident with three people of California."""
    by = person(Role.COMPLIANCE)
    return scope_record(incident=incident, by=by, now=now, people={"US-CA": 3}, unknown=0, query="q", query_sha256="0" * 64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the law's files, as somebody may edit them."""
    return Path(shutil.copytree(content("law"), tmp_path / "law"))


def corrected(folder: Path) -> Rules:
    """The law with 29 days in place of California's 30."""
    file = folder / "us-ca.yaml"
    text = file.read_text()
    start = text.index("id: CA-IND-2026")
    assert "value: 30" in text[start:]
    file.write_text(text[:start] + text[start:].replace("value: 30", "value: 29", 1))
    return rules_read(folder)


def due() -> date | None:
    """California's last day to tell residents."""
    return Duty.objects.get(duty="CA-IND-2026").due


def test_a_changed_row_moves_the_clocks_of_open_incidents(counted: Incident, folder: Path, now: datetime) -> None:
    """30 days became 29: the limit moves, the history and the ledger name the row, and the table's state is kept."""
    assert date(2026, 4, 9) == due()
    assert [counted] == law_rerun(now=now, rules=corrected(folder))

    assert date(2026, 4, 8) == due()
    turn = history_of(counted)[0]
    assert ("The law's table changed: CA-IND-2026.", "law", ["CA-IND-2026"]) == (turn.cause, turn.by, turn.rows)
    assert ["CA-IND-2026 (affected residents) moves from 2026-04-09 to 2026-04-08."] == turn.sentences
    told = entries(counted.ref).get(act=LedgerAct.LAW_CHANGE)
    assert ["CA-IND-2026"] == told.payload["rows"]
    assert [told.payload["before"], told.payload["after"]] == list(LawVersion.objects.values_list("sha256", flat=True))


def test_an_unchanged_table_computes_nothing_again(counted: Incident, folder: Path, now: datetime) -> None:
    """The same rows, read anew, are the same state; a row that touches nobody here is on record with no change of a day."""
    assert [] == law_rerun(now=now)
    assert [] == law_rerun(now=now, rules=rules_read(folder))
    file = folder / "us-tx.yaml"
    file.write_text(file.read_text().replace("value: 60", "value: 59", 1))
    assert [counted] == law_rerun(now=now, rules=rules_read(folder))
    assert [] == law_rerun(now=now, rules=rules_read(folder))

    turn = history_of(counted)[0]
    assert (1, []) == (len(turn.rows), turn.sentences)
    assert turn.rows[0].startswith("TX-")


def test_incidents_without_clocks_and_closed_ones_are_left_alone(
    incident: Incident, folder: Path, person: People, now: datetime
) -> None:
    """Nothing was computed for the one, and what the other said when it was closed stands."""
    rules = corrected(folder)
    assert [] == law_rerun(now=now, rules=rules)
    by = person(Role.COMPLIANCE)
    scope_record(incident=incident, by=by, now=now, people={"US-CA": 3}, unknown=0, query="q", query_sha256="0" * 64)
    incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="exercise")
    before = LawVersion.objects.count()

    assert [] == law_rerun(now=now, rules=rules)
    assert (date(2026, 4, 9), 1, before) == (due(), Recomputation.objects.count(), LawVersion.objects.count())


def test_one_incident_that_cannot_be_computed_holds_up_no_other(
    counted: Incident, folder: Path, alert: Callable[..., Any], person: People, now: datetime
) -> None:
    """Facts that the new table does not know leave the clocks of that incident, and the next one is computed all the same."""
    commander = person(Role.COMMANDER)
    other = incident_open(alerts=[alert(2)], by=commander, now=now, severity=2, commander=commander)
    given: dict[str, Any] = {"people": {"US-CA": 3}, "unknown": 0, "query": "q", "query_sha256": "0" * 64}
    scope_record(incident=other, by=person(Role.COMPLIANCE), now=now, **given)
    LegalEvent.objects.create(
        incident=counted, kind="agent_knew", on=date(1980, 3, 1), how="h", at=now, recorded_at=now, by=commander
    )

    assert [other] == law_rerun(now=now, rules=corrected(folder))

    days = {duty.incident_id: duty.due for duty in Duty.objects.filter(duty="CA-IND-2026")}
    assert {counted.pk: date(2026, 4, 9), other.pk: date(2026, 4, 8)} == days


def test_settings_that_change_reach_open_incidents(counted: Incident, home: Home, now: datetime) -> None:
    """The organization turns out to be a licensed clinic: the next round computes its duties and names the field."""
    settings = home.settings_file.read_text()
    assert '"merchant"' in settings
    home.settings_file.write_text(settings.replace('"merchant"', '"licensed_ca_clinic"'))
    assert [counted] == law_rerun(now=now)
    assert [] == law_rerun(now=now)

    turn = history_of(counted)[0]
    assert "Changed outside of the room, as by the settings: entity.kinds." == turn.cause
    assert any("is owed" in sentence for sentence in turn.sentences)


def test_an_incident_of_a_version_without_history_begins_one(counted: Incident, now: datetime) -> None:
    """It has clocks and no computation on record: the first round after the update makes one, and only one."""
    Recomputation.objects.all().delete()
    assert [counted] == law_rerun(now=now)
    assert [] == law_rerun(now=now)

    assert ["The history of these clocks begins."] == [turn.cause for turn in history_of(counted)]


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": None}, {}, []),
        ({}, {"harm_in": {}}, []),
        ({"a": None}, {"a": False}, ["a"]),
        ({"a": False}, {"a": None}, ["a"]),
        ({"e": {"kinds": ["m"], "x": 1}}, {"e": {"kinds": ["n"], "x": 1}}, ["e.kinds"]),
        ({"affected": {"US-CA": 1}}, {"affected": {"US-CA": 2}}, ["affected"]),
        ({"a": 1}, {"b": 2}, ["a", "b"]),
    ],
)
def test_what_differs_between_two_sets_of_facts(before: dict[str, Any], after: dict[str, Any], fields: list[str]) -> None:
    """A field that is missing is one that nobody answered; false is an answer."""
    assert fields == fields_changed(before, after)


def test_a_cause_names_a_few_rows_and_counts_the_rest() -> None:
    """The line stays short whatever changed."""
    assert "The law's table changed: A." == change_cause(["A"])
    assert change_cause([f"R{n}" for n in range(10)]).endswith("R7 and 2 more.")


def test_the_digest_is_of_the_content(folder: Path, now: datetime) -> None:
    """Equal files have equal digests and one row in the table; added, dropped and changed rows are all named."""
    before = row_digests(rules_load())
    assert before == row_digests(rules_read(folder))
    assert "elements" in before
    assert law_version(rules_load(), now=now) == law_version(rules_read(folder), now=now)
    assert ["CA-IND-2026"] == rows_changed(before, row_digests(corrected(folder)))
    assert ["A", "B", "C"] == rows_changed({"A": "1", "B": "1", "D": "1"}, {"B": "2", "C": "1", "D": "1"})


def test_a_remedy_that_changes_has_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The months of an offer belong to the state of the table, so an open incident follows them."""
    rules = rules_load()
    before = row_digests(rules)
    longer = [msgspec.structs.replace(row, months=99) if row.id == "CA-IDENTITY" else row for row in remedy_rows()]
    monkeypatch.setattr(law_versions, "remedy_rows", lambda: longer)
    row_digests.cache_clear()
    try:
        assert ["CA-IDENTITY"] == rows_changed(before, row_digests(rules))
    finally:
        row_digests.cache_clear()


def test_files_that_were_edited_count_from_the_next_computation_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No restart is needed; a file that cannot be read leaves the last good rows in force and is named in the log."""

    def of(kind: str) -> Path:
        return folder if kind == "law" else content(kind)

    for module in ("hemostat.incidents.law_versions", "hemostat.law.rules"):
        monkeypatch.setattr(f"{module}.content", of)
    try:
        monkeypatch.setattr(law_versions, "_SHELF", type(law_versions._SHELF)())  # as in a new process
        assert 30 == rules_now().row("CA-IND-2026").rule.clock.value
        corrected(folder)
        later(folder / "us-ca.yaml", 1)
        assert 29 == rules_now().row("CA-IND-2026").rule.clock.value
        for seconds, name in enumerate(("us-ca.yaml", "elements.yaml", "remedies.yaml"), 2):
            whole = (folder / name).read_text()
            (folder / name).write_text("laws: [")
            later(folder / name, seconds)
            assert [29, 29] == [rules_now().row("CA-IND-2026").rule.clock.value for _ in range(2)]
            said: Any = capsys.readouterr()
            assert 1 == (said.out + said.err).count("law.unreadable"), name
            (folder / name).write_text(whole)
            later(folder / name, seconds + 10)
            rules_now()
    finally:
        monkeypatch.undo()
        for kept in (elements, remedy_rows, rules_load):
            kept.cache_clear()


def later(file: Path, seconds: int) -> None:
    """The file was changed some seconds later, whatever the clock of the disk can tell apart."""
    stat = file.stat()
    os.utime(file, (stat.st_atime + seconds, stat.st_mtime + seconds))
