"""Whatever the kind of a source: no byte of it stops the pipeline, and no patient value of it reaches the lake or a sink."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hemostat.events import to_ocsf
from hemostat.events.ocsf import faults
from hemostat.kernel import Source
from hemostat.lake.redaction import Record, rows
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources import KINDS, Message, Raw, ReaderContext, Rejected, read
from unit.lake.planted import MAPPING, OPTIONS, PLANTED, SAMPLES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SCANNER = Scanner()
PSEUDONYMS = Pseudonyms(b"k" * 32)


def told(
    kind: str, body: bytes, *, headers: dict[str, str] | None = None, content_type: str = "application/json"
) -> list[Raw | Rejected]:
    """Everything that the reader of a kind makes of a body."""
    source = Source(kind=kind, store="fernhollow", environment="sandbox", options=OPTIONS.get(kind, {}))
    message = Message(seq=1, source="some", received_at=NOON, content_type=content_type, headers=headers or {}, body=body)
    return list(read(message, source, ReaderContext(mapping=MAPPING)))


def lake_rows(found: list[Raw | Rejected], kind: str) -> list[dict[str, Any]]:
    """The rows of the lake that the records become."""
    message = Message(seq=1, source=kind, received_at=NOON, content_type="", headers={}, body=b"")
    records = [Record(message=message, index=index, raw=one) for index, one in enumerate(found) if isinstance(one, Raw)]
    return rows(records, pseudonyms=PSEUDONYMS, scanner=SCANNER).to_pylist() if records else []


def test_every_kind_has_a_sample() -> None:
    """A new kind of source cannot be forgotten here."""
    assert KINDS.keys() == SAMPLES.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_no_patient_value_reaches_the_lake_or_a_sink(kind: str) -> None:
    """Values planted wherever a source lets people write are gone from the row and from the record that leaves; it is valid."""
    headers, content_type, body = SAMPLES[kind]
    found = told(kind, body, headers=headers, content_type=content_type)
    assert [] == [one for one in found if isinstance(one, Rejected)]

    made = lake_rows(found, kind)

    assert made
    for row in made:
        record = to_ocsf(row)
        assert [] == faults(record)
        shown = msgspec.json.encode([row, record]).decode()
        assert [] == [value for value in PLANTED if value in shown or value.replace(" ", "") in shown]


@st.composite
def _damaged(draw: st.DrawFn) -> tuple[str, bytes, dict[str, str], str]:
    """A sample of some kind: cut, with bytes changed, with values of another type, or something else entirely."""
    kind = draw(st.sampled_from(sorted(SAMPLES)))
    headers, content_type, body = SAMPLES[kind]
    how = draw(st.sampled_from(["cut", "changed", "foreign", "noise", "doubled"]))
    place = draw(st.integers(0, len(body)))
    made = {
        "cut": body[:place],
        "changed": body[:place] + draw(st.binary(max_size=9)) + body[place + draw(st.integers(0, 9)) :],
        "foreign": SAMPLES[draw(st.sampled_from(sorted(SAMPLES)))][2],
        "noise": draw(st.binary(max_size=300)),
        "doubled": body + draw(st.sampled_from([b"", b"\n", b",", b"\x00"])) + body,
    }[how]
    return kind, made, headers, content_type


@given(damaged=_damaged())
@example(damaged=("cloudtrail", b'{"Records":' * 3000, {}, "application/json"))
@example(damaged=("otlp", b"\x0a" * 3000, {}, "application/x-protobuf"))
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_stop_the_pipeline(damaged: tuple[str, bytes, dict[str, str], str]) -> None:
    """Each record is a row within the years of our calendar, or a dead letter with a reason that shows nothing of it."""
    kind, body, headers, content_type = damaged
    found = told(kind, body, headers=headers, content_type=content_type)

    assert [] == [value for one in _reasons(found) for value in PLANTED if value in one]
    for row in lake_rows(found, kind):
        assert 1970 <= row["time"].year <= 2199


def _reasons(found: list[Raw | Rejected]) -> Iterator[str]:
    return (f"{one.reason} {one.advice}" for one in found if isinstance(one, Rejected))
