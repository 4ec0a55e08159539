"""Large objects: unpacked as they come, cut where nothing breaks, the same way whenever they are read."""

import gzip
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hemostat.collect import parts as room
from hemostat.collect.parts import DamagedObject, parts, plain


def in_steps(body: bytes, step: int) -> Iterator[bytes]:
    """The body as a wire may bring it."""
    return (body[at : at + step] for at in range(0, len(body), step))


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Parts of 100 bytes, lines of 300: large objects would be slow."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(room, "PART", 100)
    monkeypatch.setattr(room, "LONGEST", 300)
    monkeypatch.setattr(room, "_STEP", 64)
    yield
    monkeypatch.undo()


def test_gzip_is_undone_member_by_member() -> None:
    """Two members, as joined files have them, padding between them, one after the other; the plain pass through."""
    packed = gzip.compress(b"one\n") + b"\0\0" + gzip.compress(b"two\n") + b"\0"

    for step in (1, 7, 1000):
        assert b"one\ntwo\n" == b"".join(plain(in_steps(packed, step), most=100))
        assert b"plain" == b"".join(plain(in_steps(b"plain", step), most=100))
    assert b"" == b"".join(plain([], most=1))


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (gzip.compress(b"a" * 1000, mtime=0)[:-3], "cut short"),
        (b"\x1f\x8b" + b"\0" * 30, "damaged"),
        (gzip.compress(b"a" * 300_000, mtime=0), "more than 100,000 bytes"),
        (b"a" * 100_001, "more than 100,000 bytes"),
    ],
)
def test_damage_and_bombs_are_said(packed: bytes, reason: str) -> None:
    """What is cut, damaged or too large is never taken for whole."""
    with pytest.raises(DamagedObject, match=reason):
        b"".join(plain(in_steps(packed, 500), most=100_000))


@given(lines=st.lists(st.binary(max_size=120).map(lambda raw: raw.replace(b"\n", b"")), max_size=40), step=st.integers(1, 500))
@hypothesis_settings(max_examples=60)
def test_lines_stay_whole_and_the_cuts_do_not_depend_on_the_wire(lines: list[bytes], step: int) -> None:
    """The parts together are the object, no line is cut, and read again in other steps they are the same."""
    body = b"\n".join([b"x", *lines])

    found = [part for _, part in parts(in_steps(body, step))]

    assert body == b"".join(found)
    assert all(part.endswith(b"\n") for part in found[:-1])
    assert found == [part for _, part in parts(iter([body]))]


def test_a_line_without_end_is_cut() -> None:
    """Memory stays bounded whatever comes."""
    found = [part for _, part in parts(in_steps(b"y" * 1000, 90))]

    assert b"y" * 1000 == b"".join(found)
    assert 300 == max(map(len, found))
    assert [("text/plain", b"z" * 150 + b"\n")] == list(parts(iter([b"z" * 150 + b"\n"])))


@given(
    records=st.lists(
        st.dictionaries(
            st.text('{}[]"\\,ab', max_size=6),
            st.text('{}[]"\\,\n\ré', max_size=12) | st.lists(st.integers(0, 9), max_size=3),
            max_size=3,
        ),
        min_size=12,
        max_size=40,
    ),
    step=st.integers(1, 400),
    indent=st.sampled_from([None, 1]),
)
@hypothesis_settings(max_examples=60)
def test_records_come_one_a_line(records: list[dict[str, object]], step: int, indent: int | None) -> None:
    """Each record of a large `Records` document is a line, whatever brackets and quotes its texts hold."""
    body = json.dumps({"Records": [*records, {"pad": "p" * 90}], "more": [1]}, indent=indent, ensure_ascii=False).encode()

    found = list(parts(in_steps(body, step)))

    assert {"application/x-ndjson"} == {kind for kind, _ in found}
    assert [*records, {"pad": "p" * 90}] == [json.loads(line) for _, part in found for line in part.split(b"\n")]
    assert found == list(parts(iter([body])))


def test_records_that_end_too_early_or_never() -> None:
    """What is left of a document cut short comes as it is, so that its reader says so; an endless record is damage."""
    body = b'{"Records":[' + b'{"a":"' + b"b" * 60 + b'"},' + b'{"c":"' + b"d" * 60 + b'"},{"cut":"sho'
    found = [line for _, part in parts(in_steps(body, 11)) for line in part.split(b"\n")]
    assert b'{"cut":"sho' == found[-1]
    assert 3 == len(found)

    with pytest.raises(DamagedObject, match="One of its records"):
        list(parts(in_steps(b'{"Records":[{"a":"' + b"b" * 1000, 50)))
    assert [] == list(parts(in_steps(b'{"Records":[  ' + b" " * 100 + b"],", 50)))


def test_a_small_object_stays_as_it_is() -> None:
    """A document of one part is not touched."""
    assert [("text/plain", b'{"Records":[{}]}')] == list(parts(iter([b'{"Records":', b"[{}]}"])))
