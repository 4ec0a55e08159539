"""Messages whose fields have places or codes and no names: HL7 version 2, X12 and NCPDP, wherever they stand in a text.

    PID|1||447122^^^CLINIC^MR||Doe^Jane||19800203|F|||12 Elm St^^Springfield^IL^62701||(202)555-0198
    NM1*IL*1*Doe*Jane****MI*XYZ123456789~DMG*D8*19800203*F~
    AM01<FS>C419800203<FS>C52<FS>CAJANE<FS>CBDOE

Sources: HL7 version 2.5.1, chapters 2 (encoding), 3, 4 and 6; ASC X12N 005010 implementation guides (837, 834, 270); NCPDP
Telecommunication version D.0 (the codes of its fields; separators are the control characters FS, GS and RS, or their names in
a log). A message is not parsed as a whole: each segment that is seen says by its name what stands where, in a line that was cut
as well.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from .match import Value

_WEIGHT = 0.9
_HL7_NAMES = (
    "MSH EVN PID PD1 NK1 GT1 IN1 IN2 DG1 PV1 PV2 ORC OBR OBX RXE RXO RXD RXR TQ1 AL1 SCH AIS AIG AIL AIP MSA NTE FT1 PR1 ZPI"
)
_ANY = "|".join(_HL7_NAMES.split())
_PERSON_OF_CARE = {"1": "NPI", "2": "NAME", "3": "NAME"}
_PERSON = {"1": "NAME", "2": "NAME", "3": "NAME"}

_HL7: dict[str, dict[int, dict[str, str]]] = {
    "PID": {
        2: {"1": "MRN"},
        3: {"1": "MRN"},  # or what its fifth component says
        5: _PERSON,
        6: _PERSON,
        7: {"1": "DOB"},
        9: _PERSON,
        11: {"1": "ADDRESS"},
        13: {"1": "PHONE"},
        14: {"1": "PHONE"},
        19: {"1": "SSN"},
        20: {"1": "DRIVER_LICENSE"},
    },
    "NK1": {2: _PERSON, 4: {"1": "ADDRESS"}, 5: {"1": "PHONE"}, 6: {"1": "PHONE"}},
    "GT1": {3: _PERSON, 5: {"1": "ADDRESS"}, 6: {"1": "PHONE"}, 8: {"1": "DOB"}, 12: {"1": "SSN"}},
    "IN1": {16: _PERSON, 18: {"1": "DOB"}, 19: {"1": "ADDRESS"}, 36: {"1": "MEMBER_ID"}, 49: {"1": "MEMBER_ID"}},
    "DG1": {3: {"1": "ICD10", "2": "CONDITION"}, 4: {"1": "CONDITION"}},
    "PV1": {7: _PERSON_OF_CARE, 8: _PERSON_OF_CARE, 9: _PERSON_OF_CARE, 17: _PERSON_OF_CARE},
    "ORC": {10: _PERSON_OF_CARE, 11: _PERSON_OF_CARE, 12: _PERSON_OF_CARE},
    "OBR": {10: _PERSON_OF_CARE, 16: _PERSON_OF_CARE, 28: _PERSON_OF_CARE, 32: _PERSON_OF_CARE},
    "RXE": {2: {"1": "NDC", "2": "MEDICATION"}, 13: _PERSON_OF_CARE | {"1": "DEA"}},
    "RXO": {1: {"1": "NDC", "2": "MEDICATION"}},
    "RXD": {2: {"1": "NDC", "2": "MEDICATION"}},
}
"""Of each segment, of each of its fields by number, what its components are."""

_HL7_IDENTIFIERS = {
    "SS": "SSN",
    "DL": "DRIVER_LICENSE",
    "PPN": "PASSPORT",
    "MC": "MEMBER_ID",
    "MA": "MEMBER_ID",
    "SN": "MEMBER_ID",
}
"""Kinds of identifiers (HL7 table 0203) that are none of the hospital's own."""

_HL7_CODES = {
    "I10": {"1": "ICD10", "2": "CONDITION"}, "I10C": {"1": "ICD10", "2": "CONDITION"}, "ICD10": {"1": "ICD10", "2": "CONDITION"},
    "ICD-10-CM": {"1": "ICD10", "2": "CONDITION"}, "NDC": {"1": "NDC", "2": "MEDICATION"}, "RXNORM": {"2": "MEDICATION"},
}  # fmt: skip
"""What a code and its words are, by the system that the third component names (HL7 table 0396)."""

_PROVIDER = re.compile(r"[12]\d{9}\^[^\W\d_]")

_X12_REFERENCES = {"SY": "SSN", "EA": "MRN", "1W": "MEMBER_ID", "0F": "MEMBER_ID", "XX": "NPI", "HPI": "NPI"}
_X12_IDENTIFIERS = {"MI": "MEMBER_ID", "XX": "NPI", "34": "SSN", "II": "MEMBER_ID"}
_X12_NUMBERS = {"TE": "PHONE", "HP": "PHONE", "WP": "PHONE", "CP": "PHONE", "FX": "PHONE"}
_X12_DIAGNOSES = {"ABK", "ABF", "ABJ", "APR", "BK", "BF", "BJ", "PR"}

_NCPDP = {
    "C2": "MEMBER_ID", "N5": "MEMBER_ID", "C4": "DOB", "CA": "NAME", "CB": "NAME", "CC": "NAME", "CD": "NAME", "DR": "NAME",
    "2E": "NAME", "CM": "ADDRESS", "CQ": "PHONE", "PM": "PHONE", "CY": "MRN", "DB": "NPI", "D7": "NDC", "DO": "ICD10",
    "HN": "EMAIL",
}  # fmt: skip
"""What a field of NCPDP holds, by its code."""

_SEPARATOR = r"(?:\x1c|<FS>|\\u001[cC])"

HINT = rf"(?:\b|_)(?:(?:{_ANY})[|]|(?:NM1|DMG|N3|PER|REF|HI|LIN|W01)[*])"
"""The expression, for the database, of where a segment begins."""

CODED = rf"{_SEPARATOR}(?:{'|'.join(_NCPDP)})"
"""The same of where a field of NCPDP begins."""

_CODED = re.compile(rf"{_SEPARATOR}(?P<code>{'|'.join(_NCPDP)})(?P<told>[^\x1c-\x1e<\\\r\n\x0b\"]{{1,80}})")

_SEGMENT = re.compile(
    rf"(?:(?P<hl7>{_ANY})\|(?P<fields>[^\r\n\x0b\"]*?)(?=[^\w|^~&)]{{0,6}}(?:\\[rnX]|<[Cc][Rr]>|0D)?[^\w|^~&)]{{0,6}}(?:{_ANY})\||[\r\n\x0b\"]|\Z)"
    r"|(?P<x12>NM1|DMG|N3|PER|REF|HI|LIN|W01)\*(?P<elements>(?:[^~\r\n\x0b\"']|(?<=[A-Za-z])'(?=[A-Za-z])){1,400}))"
)

Told = tuple[str, Value]
"""An entity, and where its value stands."""


def told_by(text: str, start: int) -> Iterator[Told]:
    """The values of the segment that begins at or right after this place, or of the field of NCPDP."""
    if coded := _CODED.match(text, start):
        yield _NCPDP[coded["code"]], _value(coded.start("told"), coded["told"].rstrip(), f"NCPDP {coded['code']}")
        return
    segment = _SEGMENT.match(text, start) or _SEGMENT.match(text, start + 1)
    if segment is None:
        return
    if segment["hl7"]:
        yield from _of_hl7(segment["hl7"], segment["fields"], segment.start("fields"))
    else:
        name = segment["x12"]
        yield from _X12[name](name, _pieces(segment["elements"], "*", segment.start("elements")))


def _of_hl7(name: str, fields: str, start: int) -> Iterator[Told]:
    known = _HL7.get(name, {})
    for number, (field, place) in enumerate(_pieces(fields, "|", start), start=1):
        for one, at in _pieces(field, "~", place):
            components = _pieces(one, "^", at)
            meant = _meant(name, number, components) or known.get(number) or (_PERSON_OF_CARE if _PROVIDER.match(one) else {})
            for part, (component, first) in enumerate(components, start=1):
                if component and (entity := meant.get(str(part))):
                    yield entity, _value(first, component, f"{name}-{number}.{part}")


def _meant(name: str, number: int, components: "Pieces") -> dict[str, str]:
    """What the components of a patient's identifier are, where it says of which kind it is."""
    if len(components) == 3 and components[2][0] in _HL7_CODES:  # noqa: PLR2004  # code, words, system
        return _HL7_CODES[components[2][0]]
    kind = components[4][0] if (name, number) == ("PID", 3) and len(components) > 4 else ""  # noqa: PLR2004  # PID-3.5
    return {"1": _HL7_IDENTIFIERS[kind]} if kind in _HL7_IDENTIFIERS else {}


Pieces = list[tuple[str, int]]
"""Pieces of a text, and where each begins."""


def _pieces(text: str, separator: str, start: int) -> Pieces:
    pieces = []
    for piece in text.split(separator):
        pieces.append((piece, start))
        start += len(piece) + len(separator)
    return pieces


def _value(start: int, told: str, name: str) -> Value:
    return Value(start, start + len(told), quoted=True, weight=_WEIGHT, weak=False, name=name)


def _names(name: str, elements: Pieces) -> Iterator[Told]:
    """NM1: a person's last, first and middle name, and at the end what kind of number follows, and the number."""
    if len(elements) > 1 and elements[1][0] == "1":
        for number, (told, at) in enumerate(elements[2:5], start=3):
            if told:
                yield "NAME", _value(at, told, f"{name}-{number}")
    for (kind, _), (told, at) in pairwise(elements[7:9]):
        if entity := _X12_IDENTIFIERS.get(kind):
            yield entity, _value(at, told, f"{name}-9")


def _birth(name: str, elements: Pieces) -> Iterator[Told]:
    for told, at in elements[1:2]:
        yield "DOB", _value(at, told, f"{name}-2")


def _street(name: str, elements: Pieces) -> Iterator[Told]:
    for told, at in elements[:1]:
        yield "ADDRESS", _value(at, told, f"{name}-1")


def _numbers(name: str, elements: Pieces) -> Iterator[Told]:
    """PER: kinds of numbers, each with its number behind it."""
    for number, ((kind, _), (told, at)) in enumerate(zip(elements[2::2], elements[3::2], strict=False), start=2):
        if entity := _X12_NUMBERS.get(kind):
            yield entity, _value(at, told, f"{name}-{2 * number}")


def _reference(name: str, elements: Pieces) -> Iterator[Told]:
    for (kind, _), (told, at) in pairwise(elements[:2]):
        if entity := _X12_REFERENCES.get(kind):
            yield entity, _value(at, told, f"{name}-2")


def _diagnoses(name: str, elements: Pieces) -> Iterator[Told]:
    for number, (told, at) in enumerate(elements, start=1):
        pieces = _pieces(told, ":", at)
        if len(pieces) > 1 and pieces[0][0] in _X12_DIAGNOSES:
            yield "ICD10", _value(pieces[1][1], pieces[1][0], f"{name}-{number}")


def _drug(name: str, elements: Pieces) -> Iterator[Told]:
    for (kind, _), (told, at) in pairwise(elements):
        if kind in {"N4", "ND"}:
            yield "NDC", _value(at, told, f"{name}-3")


_X12: dict[str, Callable[[str, Pieces], Iterator[Told]]] = {
    "NM1": _names,
    "DMG": _birth,
    "N3": _street,
    "PER": _numbers,
    "REF": _reference,
    "HI": _diagnoses,
    "LIN": _drug,
    "W01": _drug,
}
