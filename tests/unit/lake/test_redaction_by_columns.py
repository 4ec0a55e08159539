"""Columns and memory make redaction fast; its rows are those of the simple way, row for row."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.cli import bench_mix
from hemostat.events import Access, Act, ActorType, Auth, Surface
from hemostat.kernel import Home
from hemostat.lake.gathering import Tools, read_message
from hemostat.lake.redaction import Record, rows
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources import Message, Raw
from unit.lake.made import NOON
from unit.lake.plain_redaction import plain_rows

PSEUDONYMS = Pseudonyms(b"k" * 32)
SCANNER = Scanner()

IDENTIFIERS = st.sampled_from(
    ["", "abc", "7000001", "person", "tok_9", "203.0.113.24", "::ffff:cb00:7118", "01.2.3.4", "ann@x.example"]
)
PIECES = st.sampled_from(
    [
        "7000001", "7000002", "person", "tok_9", "203.0.113.24", "abc", "/", "x", "a=1", "&", "=", "%20", "%40", "+", " ",
        "\u200b", "\x1b",
        "\ud800", "jane.roe@example.com", "SSN 123-45-6789", "[EMAIL]", "GET", "dob=1980-02-03", "signature=1", "12345", "é",
    ]
)  # fmt: skip
WORDS = st.lists(PIECES, max_size=5).map("".join) | st.text(max_size=12)
ACCESSES = st.builds(
    Access,
    time=st.integers(0, 10**9).map(lambda micros: NOON + timedelta(microseconds=micros)),
    act=st.sampled_from(Act),
    surface=st.sampled_from(Surface),
    actor_type=st.sampled_from(ActorType),
    auth=st.sampled_from(Auth),
    subjects=st.integers(0, 9),
    sent=st.none() | st.just(NOON),
    **dict.fromkeys(("subject", "actor", "ip", "token", "resource_id"), IDENTIFIERS),
    **dict.fromkeys(
        ("user_agent", "host", "method", "path", "query", "message", "request_id", "operation", "app", "resource", "store"), WORDS
    ),
    **dict.fromkeys(("fields", "elements"), st.lists(WORDS, max_size=2).map(tuple)),
)


def _records(accesses: list[Access]) -> list[Record]:
    message = Message(seq=7, source="edge", received_at=NOON + timedelta(hours=1), content_type="", headers={}, body=b"")
    return [
        Record(message=message, index=index, raw=Raw(line=1, raw=b"raw %d" % index, access=access))
        for index, access in enumerate(accesses)
    ]


def _assert_same(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> None:
    for one, other in zip(expected, found, strict=True):
        assert {name: one[name] for name in other} == other


@given(st.lists(ACCESSES, max_size=4))
@settings(max_examples=250, deadline=None)
def test_columns_say_what_rows_say(accesses: list[Access]) -> None:
    """Whatever the records hold, each row is the one of the simple way."""
    records = _records(accesses)

    found = rows(records, pseudonyms=PSEUDONYMS, scanner=SCANNER).to_pylist()

    _assert_same(plain_rows(records, pseudonyms=PSEUDONYMS, scanner=SCANNER), found)


def test_the_bench_mix_is_read_and_redacted_as_the_simple_way_does(home: Home) -> None:
    """Every event of the mix becomes a row, and the row is that of the simple way; one in a hundred names patient data."""
    home.write(bench_mix.settings())
    tools, records, refused = Tools(home), [], []
    for seq, incoming in enumerate(bench_mix.messages(4_000, seed=3), start=1):
        message = Message(
            seq=seq,
            source=incoming.source,
            received_at=incoming.received_at,
            content_type=incoming.content_type,
            headers=incoming.headers,
            body=incoming.body,
        )
        read, rejected = read_message(message, tools, {})
        records += [Record(message=message, index=index, raw=raw) for index, raw in enumerate(read)]
        refused += rejected

    found = rows(records, pseudonyms=tools.pseudonyms, scanner=tools.scanner).to_pylist()

    assert [] == refused
    _assert_same(plain_rows(records, pseudonyms=tools.pseudonyms, scanner=tools.scanner), found)
    assert 10 < sum(bool(row["phi"]) for row in found) < 120


def test_the_bench_mix_is_the_same_for_the_same_seed() -> None:
    """Two runs measure the same events; another seed makes others."""
    once, again, other = (list(bench_mix.messages(1_500, seed=seed)) for seed in (1, 1, 2))

    assert once == again
    assert once != other
