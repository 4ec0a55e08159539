"""People told by their names alone, in running text and in tables whose columns nobody names."""

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from hemostat.kernel import content
from hemostat.phi import Scanner
from hemostat.phi.names import NamesFile, WorldFile, folded, names

SCANNER = Scanner()


def told(text: str) -> list[tuple[str, str]]:
    """What is found in a text: entity and value."""
    return [(match.entity, text[match.start : match.end]) for match in SCANNER.scan(text)]


def people(text: str) -> list[str]:
    """The names that are found in a text."""
    return [value for entity, value in told(text) if entity == "NAME"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Refund issued to Maria Lopez today", ["Maria Lopez"]),
        ("REFUND ISSUED TO MARIA LOPEZ", ["MARIA LOPEZ"]),
        ("booked by Omar van der Berg Jr. for tomorrow", ["Omar van der Berg Jr"]),
        ("label for José Núñez printed", ["José Núñez"]),
        ("label for Łukasz Nowak printed", ["Łukasz Nowak"]),
        ("name%3DMaria%20Lopez%26x", ["Maria%20Lopez"]),
        ("Anne-Marie Dubois called", ["Anne-Marie Dubois"]),
        ("ship to Maria J. Lopez, 12 Elm St", ["Maria J. Lopez"]),
        ("ship to Maria Elena Lopez", ["Maria Elena Lopez"]),
        ("thanks, Maria Elena Fernando", ["Maria Elena Fernando"]),
        ("Amina Qexleyton wrote", ["Amina Qexleyton"]),
        ("Amina Diaz Qexleyton wrote", ["Amina Diaz"]),
        ("ask Grace Okafor about it", ["Grace Okafor"]),
        ("chart of LOPEZ, MARIA J is open", ["LOPEZ, MARIA J"]),
        ("Box 3: Lopez, Maria, destroyed", ["Lopez, Maria"]),
        ('from "Qexley, Amina" <x>', ["Qexley, Amina"]),
        ("Hi Will, your order is here", ["Will"]),
        ("the package is here \u2014 Maria", ["Maria"]),
        ("Maria's prescription is ready", ["Maria"]),
        ("referred by Maria Day. Presenting", ["Maria Day"]),
        ("is Maria Cook the same as before", ["Maria Cook"]),
        ("cared for by Sione Mac an Bhaird", ["Sione Mac an Bhaird"]),
        ("conf by text w/ Ji-woo Kim, RN", ["Ji-woo Kim"]),
        ("spoke w/ Maria. Member is active", ["Maria"]),
        ("good morning Maria, how are you", ["Maria"]),
        ('body="Maria, your refill is ready"', ["Maria"]),
        ("Maria, you are next", ["Maria"]),
    ],
)
def test_people_are_found(text: str, found: list[str]) -> None:
    """A first name with what can be a family name is a person, whatever the order, the case, the accents and the encoding."""
    assert found == people(text)


@pytest.mark.parametrize(
    "text",
    [
        "Martha Stewart percale towels",
        "Ralph Lauren",
        "Rose Gold ring",
        "Grace Period ends",
        "sent to Austin, TX",
        "Fort Maria Lopez",
        "Maria Lopez Hospital",
        "Martin Luther King Jr Blvd",
        "Amina and the others",
        "Amina lopez",
        "MARIA Lopez",
        "xMaria Lopez",
        "maria@Lopez",
        "maria lopez",
        "Yes, Maria",
        "However, Austin",
        "see lopez, Maria",
        "Order, Maria",
        "Lopez, Maria Street",
        "Wonder Why? Because",
        "Maria",
        "Maria J",
        "North|June|34|7|2|1",
        "a|Maria|Street|b|c",
        "a|Maria|lopez|b|c",
        "a|Maria|12|b|c",
        "a,Maria|Lopez",
        "Maria;Lopez",
        "Maria Best Center",
        "spoke w/ Maria Street",
        "met Austin",
        "see Maria, your guide",
        "Austin, your city",
    ],
)
def test_things_are_no_people(text: str) -> None:
    """Brands, streets, houses, places, single names and names that are words are no people."""
    assert people(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x|Maria|Lopez|1980-02-03|F", [("NAME", "Maria"), ("NAME", "Lopez"), ("DOB", "1980-02-03")]),
        ('7,"Lopez","Maria","1980-02-03","x"', [("NAME", "Lopez"), ("NAME", "Maria"), ("DOB", "1980-02-03")]),
        ("7;Qexley;Maria;F;02/03/1980;x", [("NAME", "Qexley"), ("NAME", "Maria"), ("DOB", "02/03/1980")]),
        ("Maria;Lopez;x;y;z", [("NAME", "Maria"), ("NAME", "Lopez")]),
        ("a;b;Maria;Lopez", [("NAME", "Maria"), ("NAME", "Lopez")]),
        ("a;b\nMaria;Lopez;c\nd;e", [("NAME", "Maria"), ("NAME", "Lopez")]),
        ("a;Qexley;Maria;b;c", []),
        ("customer: Maria Lopez, 1946-04-15, gold", [("NAME", "Maria Lopez"), ("DOB", "1946-04-15")]),
        ("Maria Lopez / 02/03/80 / chart", [("NAME", "Maria Lopez"), ("DOB", "02/03/80")]),
        ("Maria Lopez, 2026-04-15", [("NAME", "Maria Lopez")]),
        ("Maria Lopez, 99 items", [("NAME", "Maria Lopez")]),
    ],
)
def test_rows_of_people_are_found(text: str, found: list[tuple[str, str]]) -> None:
    """In a row two cells beside each other may be a person, and a date long past right behind a name is that of a birth."""
    assert found == told(text)


def test_names_are_folded() -> None:
    """A word is compared in lowercase, without accents and apostrophes."""
    assert ["oneil", "nunez", "lukasz", "anne-marie"] == [folded(word) for word in ("O'Neil", "Núñez", "Łukasz", "Anne-Marie")]


@pytest.mark.parametrize(("name", "kind"), [("names", NamesFile), ("world_names", WorldFile)])
def test_our_names_follow_their_schema(name: str, kind: type) -> None:
    """The schema beside the file is that of the code, and the file is valid."""
    shown = msgspec.json.decode((content("phi") / f"{name}.schema.json").read_bytes())

    assert msgspec.json.schema(kind) == shown
    Draft202012Validator(shown).validate(yaml.safe_load((content("phi") / f"{name}.yaml").read_bytes()))


def test_the_lists_of_names_do_not_contradict_each_other() -> None:
    """No first name is both sure and a word; everyday names are family names; all are as they are compared."""
    known = names()

    assert not known.given & known.words
    assert known.everyday <= known.family
    assert known.plain <= known.things | {"yes", "no"}
    for words in known[:5]:
        assert words == {folded(word) for word in words}
