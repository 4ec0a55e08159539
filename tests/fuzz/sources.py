"""Targets of the readers of sources, one for each kind, down to the rows of the lake; and of what several of them read with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from hemostat.collect.envelopes import stored_objects, unwrapped
from hemostat.collect.parts import parts, plain
from hemostat.collect.standing import CannotRead
from hemostat.kernel import Source
from hemostat.lake.redaction import Record, rows
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources import KINDS, Message, Raw, ReaderContext, Rejected, read
from hemostat.sources.base import Unreadable
from hemostat.sources.mapping import BadMapping, compiled, follow
from hemostat.sources.markup import DEEPEST, Element, document
from hemostat.sources.otlp import PROTOBUF
from hemostat.sources.php import NotData, unserialize
from hemostat.sources.shopify_graphql import people, shape_of, subject
from hemostat.sources.syslog import FRAMES
from unit.lake.planted import MAPPING, OPTIONS, SAMPLES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_SCANNER = Scanner()
_PSEUDONYMS = Pseudonyms(b"k" * 32)
_CONTEXT = ReaderContext(mapping=MAPPING, shopify_secrets=(b"hush",), trial_key=b"t" * 32)
_MOST_SAID = 2_000
_MOST_PLAIN = 1 << 20


def source(kind: str, data: bytes) -> None:
    """Each record becomes a row within the years of our calendar, in which nobody is found; or it is rejected in a few words."""
    configured = Source(kind=kind, store="fernhollow", environment="sandbox", options=OPTIONS.get(kind, {}))
    for headers, content_type in _ways(kind):
        message = Message(seq=1, source="some", received_at=NOON, content_type=content_type, headers=headers, body=data)
        found = list(read(message, configured, _CONTEXT))
        assert all(len(one.reason) + len(one.advice) < _MOST_SAID for one in found if isinstance(one, Rejected))
        _demand_rows([Record(message=message, index=n, raw=one) for n, one in enumerate(found) if isinstance(one, Raw)])


def _ways(kind: str) -> Iterator[tuple[dict[str, str], str]]:
    """Headers and content types with which bodies of a kind come."""
    headers, content_type, _ = SAMPLES[kind]
    yield headers, content_type
    if kind in {"syslog", "cef", "atna"}:
        yield headers, FRAMES
    if kind == "otlp":
        yield headers, PROTOBUF
    if kind == "hec":
        yield {"hec": "raw"}, "text/plain"


def _demand_rows(records: list[Record]) -> None:
    if not records:
        return
    for row in rows(records, pseudonyms=_PSEUDONYMS, scanner=_SCANNER).to_pylist():
        assert 1970 <= row["time"].year <= 2199
        assert [] == _SCANNER.scan(row["message"])
        assert [] == _SCANNER.scan(row["path"])


def php(data: bytes) -> None:
    """PHP's serialized data is a value or is refused."""
    try:
        unserialize(data)
    except NotData:
        return


def xml(data: bytes) -> None:
    """XML is a tree of bounded depth, or is refused with our advice."""
    try:
        root, _ = document(data, advice="Send XML.")
    except Unreadable as error:
        assert error.advice == "Send XML."
        return
    assert _depth(root) <= DEEPEST


def _depth(element: Element) -> int:
    return 1 + max(map(_depth, element.children), default=0)


def graphql(data: bytes) -> None:
    """A GraphQL document has a shape, or is said to be unread."""
    shape = shape_of(data.decode(errors="surrogateescape"))
    assert people(shape, {}) >= 0
    assert isinstance(subject(shape, {}), str)


def mapping(data: bytes) -> None:
    """A mapping can be used or its fault is named with the file."""
    for name in ("own.yaml", "own.toml"):
        try:
            told = compiled(name, data)
        except BadMapping as error:
            assert name in str(error)
        else:
            assert all(isinstance(follow({"a": [1]}, way), list) for ways in told.ways.values() for way in ways)


def stored(data: bytes) -> None:
    """An object of a bucket is unpacked and cut into parts that together are no larger than allowed, or is named as damaged."""
    try:
        total = sum(
            len(part) for _, part in parts(plain((data[at : at + 100] for at in range(0, len(data), 100)), most=_MOST_PLAIN))
        )
    except CannotRead:
        return
    assert total <= _MOST_PLAIN


def envelope(data: bytes) -> None:
    """A message of a queue holds something, wrapped or not, and says of which stored objects it tells, or of none."""
    for how in ("body", "eventbridge", "sns", "s3"):
        unwrapped(data, key="k", unwrap=how)
    stored_objects(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    **{f"source-{kind}": partial(source, kind) for kind in KINDS},
    "php": php,
    "xml": xml,
    "graphql": graphql,
    "mapping": mapping,
    "stored": stored,
    "envelope": envelope,
}
