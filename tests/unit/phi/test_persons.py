"""People from tables: each row is a person, and what cannot be read is named by its line, never by its values."""

import csv
import io
import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadInput
from hemostat.phi.persons import WORDS, Person, columns_of, persons
from hemostat.phi.traits import Trait


def read(text: str | bytes, columns: str = "") -> list[Person]:
    """The people of a table."""
    stream = BytesIO(text.encode() if isinstance(text, str) else text)
    return list(persons(stream, columns_of(columns) if columns else []))


def test_columns_named_as_the_words_need_no_mapping() -> None:
    """In whatever spelling; others are passed over, and first and last name are one name."""
    text = "\ufeffE-Mail;First Name;lastName;DOB;Notes\njane@x.example;Jane;Roe;1980-02-03;secret\n;;;;\n"

    assert [
        {Trait.EMAIL: ["jane@x.example"], Trait.DOB: ["1980-02-03"], Trait.NAME: ["Jane Roe"]},
        {},
    ] == read(text)


def test_columns_are_mapped_by_name() -> None:
    """One word may be the word for several columns, and a cell may hold the delimiter, a quote and a line."""
    text = 'id,Mail,Billing mail,Who\n1,a@x.example,b@x.example,"Roe, ""J""\nJane"\n2,c@x.example,,\n3\n'

    assert [
        {Trait.CUSTOMER_ID: ["1"], Trait.EMAIL: ["a@x.example", "b@x.example"], Trait.NAME: ['Roe, "J"\nJane']},
        {Trait.CUSTOMER_ID: ["2"], Trait.EMAIL: ["c@x.example"]},
        {Trait.CUSTOMER_ID: ["3"]},
    ] == read(text, "customer_id=id, email=Mail,email=Billing mail,name=Who")


def test_objects_may_be_deep_and_lists_are_many_values() -> None:
    """A name with dots leads into an object; numbers are texts; what an object lacks it has not."""
    text = """\
{"id": 7, "customer": {"email": ["a@x.example", "b@x.example", null, true]}, "name": "Jane Roe"}

{"id": 8, "x.y": 1, "customer": 3}
"""

    assert [
        {Trait.MRN: ["7"], Trait.EMAIL: ["a@x.example", "b@x.example"], Trait.NAME: ["Jane Roe"]},
        {},
        {Trait.MRN: ["8"]},
    ] == read(text, "mrn=id,email=customer.email,name=name")


def test_an_object_may_bring_a_column_later() -> None:
    """Only a column that no object has is missing."""
    assert [{}, {Trait.EMAIL: ["a@x.example"]}] == read('{"a": 1}\n{"mail": "a@x.example"}\n', "email=mail")


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("", "", "The table is empty"),
        ("\n", "", "The table is empty"),
        ("a,b\n1,2\n", "", "No column is named"),
        ("a,b\n1,2\n", "email=mail", "no column 'mail'"),
        ('{"a": 1}\n', "email=mail", "no column 'mail'"),
        ('{"a": 1}\n[1]\n', "email=a", "Line 2 is no JSON object"),
        ('{"a": "Sentinel"\n', "email=a", "Line 1 is no JSON object"),
        ('{"a": 1}\n{"a": "Sentinel\n', "email=a", "Line 2 is no JSON object"),
        ("email\na@x.example,Sentinel\n", "", "Line 2 has 2 cells, and the first line 1"),
        ('email,b\n"Sentinel" x,1\n', "", "Line 2 is no row of CSV"),
        (b"email\n\xffSentinel\n", "", "Line 2 is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(text: str | bytes, columns: str, message: str) -> None:
    """With the line or the column, a way out, and no value."""
    with pytest.raises(BadInput, match=message) as raised:
        read(text, columns)

    assert raised.value.advice()
    assert "Sentinel" not in f"{raised.value} {raised.value.advice()}"


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("shoe_size=Size", "'shoe_size' is nothing by which people are recognized"),
        ("email", "No column is named for email"),
        ("email=", "No column is named for email"),
        ("email=a,", "'' is nothing"),
    ],
)
def test_a_mapping_that_is_none_is_named(told: str, message: str) -> None:
    """The word that is wrong, and how it is written rightly."""
    with pytest.raises(BadInput, match=message) as raised:
        columns_of(told)

    assert raised.value.advice()


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.lists(st.text("abc,\"' é", max_size=6), min_size=5, max_size=5)
)
def test_a_table_says_what_the_objects_say(chosen: list[str], values: list[str]) -> None:
    """The same row as CSV and as an object is the same person."""
    names = [f"c{place}" for place in range(len(chosen))]
    columns = ",".join(f"{word}={name}" for word, name in zip(chosen, names, strict=True))
    out = io.StringIO()
    csv.writer(out).writerows([[*names, "end"], [*values[: len(names)], "1"]])

    assert read(json.dumps(dict(zip(names, values, strict=False))) + "\n", columns) == read(out.getvalue(), columns)


def test_bytes_are_told_as_they_are_read() -> None:
    """All of them, once."""
    told: list[int] = []
    text = b"email\na@x.example\n"
    list(persons(BytesIO(text), [], told.append))

    assert len(text) == sum(told)
