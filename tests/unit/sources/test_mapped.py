"""JSON by a mapping of the user's: every kind of rule, and errors that name file, line, key and way out."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import BadSettings, Home, Settings, Source
from hemostat.sources import ReaderContext, check, context_of
from hemostat.sources.mapping import MOST, BadMapping, compiled, follow
from unit.sources.reading import access, accesses, reasons

BOOK = """\
version: 1
records: log.entries
fields:
  time: {path: when, format: "%d.%m.%Y %H:%M", zone: America/New_York}
  act: {path: do, table: {view: record:read, yes: record:change}, default: log:write}
  surface: {value: patient-portal}
  result: {path: ok, table: {"true": success, "false": denied}}
  actor: {paths: [user.login, user.id]}
  actor_type: {value: staff}
  subject: patient."home.id"
  subjects: {path: "patients[*].id", count: true}
  fields: "changed[*].name"
  host: where.host
  path: where.url
  resource_id: "where.keys[1]"
  bytes: size
"""
RECORD = {
    "when": "02.03.2026 10:00",
    "do": "view",
    "ok": True,
    "user": {"id": 77},
    "patient": {"home.id": 12345678901234567890},
    "patients": [{"id": 1}, {"id": 2}, {"id": 1}, {}],
    "changed": [{"name": "email"}, {"name": "phone"}, {"name": None}],
    "where": {"host": "Portal.example:443", "url": "https://portal.example/a//b?q=1", "keys": ["a", "b"]},
    "size": "512",
}


def mapped(book: str | bytes, name: str = "m.yaml") -> dict[str, Any]:
    """What a reader needs to use a mapping."""
    content = book.encode() if isinstance(book, str) else book
    return {"options": {"mapping": name}, "context": ReaderContext(mapping=content)}


def test_every_kind_of_rule() -> None:
    """Paths, names with dots, alternatives, constants, tables, defaults, counts, lists, times with a form and a zone."""
    found = access("mapped", {"log": {"entries": [RECORD]}}, **mapped(BOOK))

    assert (datetime(2026, 3, 2, 15, tzinfo=UTC), -300) == (found.time, found.offset_minutes)
    assert (Act.RECORD_READ, Surface.PATIENT_PORTAL, Result.SUCCESS, ActorType.STAFF) == (
        found.act, found.surface, found.result, found.actor_type,
    )  # fmt: skip
    assert ("77", "12345678901234567890", 2, ("email", "phone")) == (found.actor, found.subject, found.subjects, found.fields)
    assert ("portal.example", "/a/b", "q=1", "b", 512) == (found.host, found.path, found.query, found.resource_id, found.bytes)
    assert ("fernhollow", "third", Environment.PRODUCTION, Auth.UNKNOWN) == (
        found.store,
        found.source,
        found.environment,
        found.auth,
    )


def test_words_of_yaml_stay_words() -> None:
    """`yes` is the sender's word, no truth; a word that is not in the table has the default."""
    acts = [
        each.act
        for each in accesses(
            "mapped", {"log": {"entries": [{**RECORD, "do": each} for each in ("yes", "no", None)]}}, **mapped(BOOK)
        )
    ]

    assert [Act.RECORD_CHANGE, Act.LOG_WRITE, Act.LOG_WRITE] == acts


def test_the_same_in_toml() -> None:
    """TOML says the same; a record a line, without a list; the result follows from the status."""
    book = tomli_w.dumps({"version": 1, "fields": {"time": "t", "act": "a", "status": "s", "subject": "who"}})
    lines = (
        b'{"t":"2026-03-02T10:00:00Z","a":"record:read","s":404,"who":"p"}\n'
        b'{"t":1772445600,"a":"record:search","s":200,"who":"p"}'
    )

    found = accesses("mapped", lines, **mapped(book, "m.toml"))

    assert [(Act.RECORD_READ, Result.NOT_FOUND, 0), (Act.RECORD_SEARCH, Result.SUCCESS, 1)] == [
        (each.act, each.result, each.subjects) for each in found
    ]
    assert datetime(2026, 3, 2, 10, tzinfo=UTC) == found[1].time


TOUCHED = """\
version: 1
fields:
  time: when
  act: {path: do, table: {chart: record:read, file: record:change}, default: log:write}
  surface: {path: do, table: {chart: patient-portal}, default: telehealth-session}
  subjects: {path: "people[*]", count: true}
  fields: {path: "changed[*]", table: {dx: [chart.diagnosis, chart.code]}}
  elements: {path: "changed[*]", table: {dx: diagnosis, who: [name, phone], all: [name, diagnosis]}}
  result: {path: ok, table: {no: denied}, default: success}
"""


SENDERS_OWN = 'version: 1\nfields:\n  time: {value: "2026-03-02T10:00:00Z"}\n  act: {value: record:read}\n'
SENDERS_OWN += '  elements: "changed[*].name"\n'


@pytest.mark.parametrize(
    ("record", "elements", "fields", "subjects", "remark"),
    [
        ({"changed": ["dx", "who"], "people": ["a", "b"]}, ("diagnosis", "name", "phone"), 3, 2, ""),
        ({"changed": ["all", "dx", "dx"]}, ("name", "diagnosis"), 3, 0, ""),
        ({"changed": ["updated_at", "email", None, ""]}, (), 2, 0, ""),
        ({"changed": ["dx"], "ok": "no"}, (), 2, 0, ""),
        ({}, (), 0, 0, ""),
    ],
)
def test_what_a_record_touched(
    record: dict[str, Any], elements: tuple[str, ...], fields: int, subjects: int, remark: str
) -> None:
    """Kinds of patient data by our words, one for each of theirs or several, each once; none of it when nothing was answered."""
    found = access("mapped", {"when": "2026-03-02T10:00:00Z", "do": "chart", **record}, **mapped(TOUCHED))

    assert (elements, fields, subjects, remark) == (found.elements, len(found.fields), found.subjects, found.message)
    assert Surface.PATIENT_PORTAL is found.surface


def test_what_every_record_touches() -> None:
    """A constant list, and a default one, in TOML; without a table the sender must use our words."""
    book = tomli_w.dumps(
        {
            "version": 1,
            "fields": {
                "time": "t",
                "act": {"value": "record:read"},
                "elements": {"value": ["name", "visit_recording"]},
                "fields": {"path": "f", "default": ["a", "b"]},
            },
        }
    )

    found = access("mapped", {"t": "2026-03-02T10:00:00Z"}, **mapped(book, "m.toml"))

    assert (("name", "visit_recording"), ("a", "b")) == (found.elements, found.fields)
    theirs = access("mapped", {**RECORD, "changed": [{"name": "email"}, {"name": "x"}]}, **mapped(SENDERS_OWN))
    assert (("email",), "Words of `elements` that `hemostat law elements` does not list were left out.") == (
        theirs.elements,
        theirs.message,
    )


TIMES = "version: 1\nfields:\n  act: {value: record:read}\n  time: "


@pytest.mark.parametrize(
    ("rule", "value", "minutes"),
    [
        ("t", "2026-03-02T10:00:00Z", 0),
        ("{path: t, format: epoch}", "1772445600", 0),
        ("{path: t, format: epoch}", 1772445600.0, 0),
        ("{path: t, format: epoch}", 1772445600000, 0),
        ("{path: t, zone: UTC}", "2026-03-02 10:00:00", 0),
        ("{path: t, zone: America/New_York}", "2026-03-02T10:00:00Z", 0),
        ('{path: t, format: "%m/%d/%Y %I:%M %p %z"}', "03/02/2026 05:00 AM -0500", -300),
        ('{path: t, format: "%m/%d/%Y %H:%M", zone: Europe/Berlin}', "03/02/2026 11:00", 60),
    ],
)
def test_times(rule: str, value: Any, minutes: int) -> None:
    """In the forms that all readers know, since 1970, as strptime reads it, with the zone that the mapping names."""
    found = access("mapped", {"t": value}, **mapped(TIMES + rule))

    assert (datetime(2026, 3, 2, 10, tzinfo=UTC), minutes) == (found.time, found.offset_minutes)


@pytest.mark.parametrize(
    ("rule", "value", "reason"),
    [
        ("t", "02.03.2026", "The field `time`: The time is not one that we know."),
        ("t", None, "The field `time` is not in the record."),
        ("t", {"a": 1}, "The field `time` is not in the record."),
        ("{path: t, format: epoch}", "noon", "The field `time`: The time is no number."),
        ("{path: t, format: epoch}", "inf", "The field `time`: The time is not one that we know."),
        ('{path: t, format: "%Y", zone: UTC}', "MMXXVI", "The field `time`: The time has another form than the mapping says."),
        ("{path: t, zone: Asia/Tokyo}", "0001-01-01 00:00:00", "The field `time`: The time is not one that we know."),
    ],
)
def test_times_that_do_not_fit(rule: str, value: Any, reason: str) -> None:
    """The field is named, never its value."""
    assert [reason] == reasons("mapped", {"t": value}, **mapped(TIMES + rule))


def test_values_that_do_not_fit() -> None:
    """A word that is none of ours, a number that is none or too large; the way out is the same for all."""
    book = "version: 1\nfields:\n  time: t\n  act: a\n  status: s\n"
    good = {"t": "2026-03-02T10:00:00Z", "a": "record:read", "s": 200}

    assert ["The field `act` has a value that its table does not hold."] == reasons(
        "mapped", {**good, "a": "SECRET"}, **mapped(book)
    )
    assert ["The field `status`: A number of the line is not one."] == reasons("mapped", {**good, "s": 1000}, **mapped(book))
    assert ["The field `status`: A number of the line is not one."] == reasons("mapped", {**good, "s": 1.5}, **mapped(book))


def test_the_small_spellings() -> None:
    """What sent says, severity from 1, methods and identifiers that are some, jurisdictions that are some."""
    book = (
        "version: 1\nfields:\n  time: t\n  sent: t\n  act: {value: record:read}\n  severity: n\n  method: m\n  request_id: r\n"
        "  jurisdiction: j\n  subject: r\n  store: j\n"
    )
    record = {"t": "2026-03-02T10:00:00Z", "n": 0, "m": "get", "r": "r-1", "j": "US-CA"}

    found = access("mapped", record, **mapped(book))
    odd = access("mapped", {**record, "m": "steal", "r": "a@b", "j": "Jane"}, **mapped(book))

    assert (found.time, 1, "GET", "r-1", "US-CA", 1) == (
        found.sent, found.severity, found.method, found.request_id, found.jurisdiction, found.subjects,
    )  # fmt: skip
    assert ("", "", "") == (odd.method, odd.request_id, odd.jurisdiction)


def test_documents_whose_records_are_not_there() -> None:
    """The document is rejected as it is: nothing is dropped; and one that is no object says so."""
    assert ["The field `time` is not in the record."] == reasons("mapped", {"log": {}}, **mapped(BOOK))
    assert ["The record is not a JSON object in UTF-8, or was cut short."] == reasons("mapped", b"no", **mapped(BOOK))
    assert 2 == len(
        accesses(
            "mapped",
            {"log": [{"entries": [RECORD]}, {"entries": [RECORD]}]},
            **mapped(BOOK.replace("log.entries", '"log[*].entries"')),
        )
    )


def test_a_mapping_that_is_missing_or_broken_loses_nothing() -> None:
    """The whole message becomes a dead letter that says what is wrong with the mapping; it can be read again."""
    (missing,) = reasons("mapped", RECORD, **mapped(""))
    (broken,) = reasons("mapped", RECORD, **mapped("version: 1\nfields: [\n"))

    assert missing.startswith("The mapping cannot be used. m.yaml")
    assert "m.yaml, line 3: this is not YAML" in broken


HEAD = "version: 1\nfields:\n  time: t\n"


@pytest.mark.parametrize(
    ("name", "book", "words"),
    [
        ("m.yaml", "version: 2\nfields: {}\n", "m.yaml, line 1, at `version`: Invalid enum value"),
        ("m.yaml", "version: 1\n", "m.yaml: Object missing required field `fields`"),
        ("m.yaml", "version: 1\nmore: 1\nfields: {}\n", "m.yaml: Object contains unknown field `more`"),
        ("m.yaml", HEAD + "  act: {path: a, tabel: {}}\n", "m.yaml, line 4, at `fields"),
        ("m.yaml", HEAD, "m.yaml, line 2, at `fields`: `act` is missing."),
        ("m.yaml", "version: 1\nfields:\n  act: a\n", "`time` is missing."),
        ("m.yaml", HEAD + "  actt: a\n", "m.yaml, line 4, at `fields.actt`: there is no such field."),
        ("m.yaml", HEAD + "  act: {}\n", "m.yaml, line 4, at `fields.act`: it says neither `path` nor `value`."),
        ("m.yaml", HEAD + "  act: {value: record:steal}\n", "at `fields.act.value`: 'record:steal' is none of our words."),
        (
            "m.yaml",
            HEAD + "  act:\n    path: a\n    table: {x: y}\n",
            "m.yaml, line 6, at `fields.act.table.x`: 'y' is none of our words.",
        ),
        ("m.yaml", HEAD + "  act: {path: a, default: z}\n", "at `fields.act.default`: 'z' is none of our words."),
        ("m.yaml", HEAD + "  act: {value: [log:write]}\n", "line 4, at `fields.act.value`: it holds one, and no list."),
        ("m.yaml", HEAD + "  act: a\n  ip: {path: a, default: [x]}\n", "at `fields.ip.default`: it holds one, and no list."),
        ("m.yaml", HEAD + "  act: a\n  elements: {value: [name, nom]}\n", "line 5, at `fields.elements.value`: 'nom' is none of"),
        (
            "m.yaml",
            HEAD + "  act: a\n  elements:\n    path: a\n    table:\n      x: [name]\n      y: [ssn, pin]\n",
            "m.yaml, line 9, at `fields.elements.table.y`: 'pin' is none of our words.",
        ),
        ("m.yaml", HEAD + "  act: a\n  elements: {path: a, default: x}\n", "at `fields.elements.default`: 'x' is none of our"),
        ("m.yaml", HEAD + "  act: {path: a, count: true}\n", "at `fields.act.count`: only a number can be counted."),
        ("m.yaml", HEAD + "  act: a..b\n", "m.yaml, line 4, at `fields.act`: 'a..b' is no path."),
        ("m.yaml", HEAD + "  act: a[x]\n", "'a[x]' is no path."),
        ("m.yaml", HEAD + "  act: .a\n", "'.a' is no path."),
        ("m.yaml", HEAD + '  act: a"b"\n', "is no path."),
        (
            "m.yaml",
            "version: 1\nrecords: '[*]x'\n" + HEAD[11:] + "  act: a\n",
            "m.yaml, line 2, at `records`: '[*]x' is no path.",
        ),
        (
            "m.yaml",
            "version: 1\nfields:\n  act: a\n  time: {path: t, zone: Mars/Base}\n",
            "line 4, at `fields.time.zone`: there is no such zone.",
        ),
        ("m.yaml", "version: 1\nfields:\n  act: a\n  time: {path: t, zone: ../x}\n", "there is no such zone."),
        (
            "m.yaml",
            "version: 1\nfields:\n  act: a\n  time: {path: t, format: '%H:%M'}\n",
            "at `fields.time`: the time names no zone.",
        ),
        ("m.yaml", "version: 1\nfields:\n  act: a\n  time: {path: t, format: '%Q'}\n", "it is no form of a time."),
        ("m.yaml", "- 1\n", "m.yaml: Expected `object`, got `array`"),
        ("m.yaml", "a: &a [*a]\n", "m.yaml"),
        ("m.yaml", "x" * (MOST + 1), "m.yaml: it has more than 262,144 bytes."),
        ("m.yaml", b"\xff\xfe\x00", "m.yaml"),
        ("m.toml", "version = 1\nfields = ", "m.toml: Invalid value"),
        ("m.toml", 'version = 1\n[fields]\ntime = "t"\nact = {}\n', "m.toml, at `fields.act`: it says neither"),
    ],
)
def test_errors_of_a_mapping_name_file_line_key_and_way_out(name: str, book: str | bytes, words: str) -> None:
    """Before any record is read."""
    with pytest.raises(BadMapping) as caught:
        compiled(name, book.encode() if isinstance(book, str) else book)

    assert words in str(caught.value)
    assert caught.value.advice()


@given(book=st.binary(max_size=80), name=st.sampled_from(["m.yaml", "m.toml"]))
def test_any_bytes_are_a_mapping_or_a_bad_one(book: bytes, name: str) -> None:
    """Nothing else comes out."""
    with contextlib.suppress(BadMapping):
        compiled(name, book)


def test_ways_lead_only_where_there_is_something() -> None:
    """A name in a list, an index in an object, an index too far: nothing."""
    record = {"a": [1, 2], "b": {"c": 3}}

    assert [[2], [1, 2], [], [], [], []] == [
        follow(record, way) for way in (("a", 1), ("a", None), ("a", 9), ("b", 0), ("b", None), ("a", "c"))
    ]  # fmt: skip


def test_the_file_lies_in_the_folder_of_mappings(tmp_path: Path) -> None:
    """Read anew when it changes; one that is missing is empty; no name leads out of the folder."""
    home = Home(tmp_path / "home")
    home.create(Settings())
    keyring = home.keyring(home.settings())
    source = Source(kind="mapped", store="s", options={"mapping": "m.yaml"})

    assert b"" == context_of(keyring, source).mapping
    (home.path / "mappings").mkdir()
    (home.path / "mappings" / "m.yaml").write_text(BOOK)
    assert BOOK.encode() == context_of(keyring, source).mapping
    for name in ("../hemostat.toml", "m.txt", "", 7, ".hidden.yaml"):
        odd = msgspec.structs.replace(source, options={"mapping": name})
        assert b"" == context_of(keyring, odd).mapping
        with pytest.raises(BadSettings, match="The options of 'third'"):
            check("third", odd)
    with pytest.raises(BadSettings, match="mapping"):
        check("third", Source(kind="mapped", store="s"))
