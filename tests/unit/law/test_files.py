"""A file of the content is read as its record, or refused with its name, the place of the fault, and the schema to look at."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hemostat.kernel import BadInput, content
from hemostat.law.elements import ElementFile
from hemostat.law.files import file_read

TEXT = (content("law") / "elements.yaml").read_bytes()


def read(path: Path, text: bytes) -> ElementFile:
    """What the reader makes of the text."""
    path.write_bytes(text)
    return file_read(path, ElementFile, schema="elements.schema.json")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("elements: []\nelements: []\n", "'elements' stands twice in \"<byte string>\", line 2"),
        ("elements:\n  - {id: 2026-13-45}\n", 'month must be in 1..12 in "<byte string>", line 2, column 10'),
        ("elements: !!int many\n", "line 1, column 11"),
        ("elements: !!timestamp never\n", "line 1, column 11"),
        ("elements: [\n", "line 2"),
        ("elements: many\n", "$.elements"),
        ("others: []\n", "others"),
        ("- " * 101 + "x", "nested more than 100 levels"),
        ("[" * 200_000, "nested more than 100 levels"),
        ("- " * 100 + "x", "Expected `object`"),
        ("\0", "cannot be used"),
        ("", "cannot be used"),
    ],
)
def test_a_fault_is_named_with_its_file_and_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    """Neither is a second name taken in place of the first, nor does a value that is none of its kind pass."""
    with pytest.raises(BadInput) as caught:
        read(tmp_path / "some.yaml", text.encode())
    assert str(caught.value).startswith("The file some.yaml cannot be used: ")
    assert complaint in str(caught.value)
    assert "elements.schema.json" in caught.value.advice()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file is bad input too."""
    with pytest.raises(BadInput, match=r"gone\.yaml cannot be read: No such file"):
        file_read(tmp_path / "gone.yaml", ElementFile, schema="elements.schema.json")


def test_a_name_may_be_a_list(tmp_path: Path) -> None:
    """What YAML allows and no record knows is refused as the record says, not as a name that stands twice."""
    with pytest.raises(BadInput, match="unhashable"):
        read(tmp_path / "some.yaml", b"? [elements]\n: []\n")


@given(
    at=st.integers(0, len(TEXT)),
    gone=st.integers(0, 3),
    new=st.one_of(
        st.binary(max_size=4),
        st.sampled_from(
            [b"!!int x", b"!!bool x", b"!!float _", b"!!binary '*'", b"&a [*a]", b"*b", b"<<: 3", b"2026-02-30", b"1e999"]
        ),
    ),
)
@example(at=len(TEXT), gone=0, new=b"elements: []")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_a_record_or_bad_input(tmp_path: Path, at: int, gone: int, new: bytes) -> None:
    """Whatever bytes stand in a file, it is read or nothing but `BadInput` comes out."""
    with suppress(BadInput):
        assert read(tmp_path / "some.yaml", TEXT[:at] + new + TEXT[at + gone :])
