"""PHP's serialized data: read as data, whole, within bounds; nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.sources.php import MOST_DEPTH, NotData, Value, unserialize

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | TEXTS | st.floats(allow_nan=False)
VALUES = st.recursive(LEAVES, lambda inner: st.dictionaries(TEXTS | st.integers(0, 99), inner, max_size=4), max_leaves=12)


def serialize(value: Value) -> bytes:
    """As PHP writes it."""
    match value:
        case None:
            return b"N;"
        case bool():
            return b"b:%d;" % value
        case int():
            return b"i:%d;" % value
        case float():
            return f"d:{value!r};".encode().replace(b"inf", b"INF")
        case str():
            return b's:%d:"%s";' % (len(value.encode()), value.encode())
    return b"a:%d:{%s}" % (len(value), b"".join(serialize(key) + serialize(inner) for key, inner in value.items()))


@given(VALUES)
def test_what_php_wrote_comes_back(value: Value) -> None:
    """Every value of the kinds that we read survives the way there and back."""
    assert value == unserialize(serialize(value))


@given(VALUES, st.data())
def test_what_was_cut_is_refused(value: Value, data: st.DataObject) -> None:
    """A truncated value is none."""
    whole = serialize(value)
    with pytest.raises(NotData):
        unserialize(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize(
    "text",
    [
        b'O:8:"stdClass":0:{}',
        b'C:3:"Foo":0:{}',
        b'a:1:{i:0;O:8:"stdClass":0:{}}',
        b"a:1:{i:0;R:1;}",
        b"r:1;",
        b'E:7:"Foo:Bar";',
        b's:5:"abc";',
        b's:3:"abc"',
        b"a:2:{i:0;i:1;}",
        b"a:1:{N;i:1;}",
        b"a:1:{b:1;i:1;}",
        b"a:1:{a:0:{}i:1;}",
        b"d:1.2.3;",
        b"b:2;",
        b"i:;",
        b"i:1;i:2;",
        b's:99999999999:"',
        b"",
    ],
)
def test_objects_references_and_lies_are_refused(text: bytes) -> None:
    """What is no data, or is not as long as it says, is not read."""
    with pytest.raises(NotData):
        unserialize(text)


def test_depth_and_number_have_bounds() -> None:
    """Neither nesting nor a claim of many values takes time or memory."""
    deep = b"a:1:{i:0;" * (MOST_DEPTH + 2) + b"N;" + b"}" * (MOST_DEPTH + 2)
    wide = b"a:30000:{" + b"".join(b"i:%d;N;" % number for number in range(30_000)) + b"}"
    for text in (deep, wide, b"a:999999:{"):
        with pytest.raises(NotData):
            unserialize(text)


def test_bytes_that_are_no_text_are_shown() -> None:
    """A text in another encoding is shown, not lost."""
    assert "caf\\xe9" == unserialize(b's:4:"caf\xe9";')


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_refused(text: bytes) -> None:
    """No bytes make a fault."""
    try:
        unserialize(text)
    except NotData:
        return
