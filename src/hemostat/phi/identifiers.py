r"""Identifiers and codes whose kind is told by a code beside them, as in FHIR and in CDA.

    {"type": {"coding": [{"code": "MR"}]}, "value": "447122"}
    {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}
    <id extension="447122" root="2.16.840.1.113883.4.1"/>

Sources: HL7 FHIR R4, Identifier and its types (table 0203 of version 2); the systems and object identifiers that HL7 registers.
"""

import re
from collections.abc import Iterator

from .match import Value

_TYPES = {
    "MR": "MRN", "MRN": "MRN", "PT": "MRN", "PI": "MRN", "MB": "MEMBER_ID", "SN": "MEMBER_ID", "MC": "MEMBER_ID",
    "MA": "MEMBER_ID", "SS": "SSN", "DL": "DRIVER_LICENSE", "PPN": "PASSPORT", "NPI": "NPI", "DEA": "DEA",
}  # fmt: skip
_SYSTEMS = {
    "sid/us-ssn": "SSN", "sid/us-npi": "NPI", "sid/us-mbi": "MEMBER_ID", "sid/us-medicare": "MEMBER_ID", "sid/icd-10": "ICD10",
    "sid/icd-10-cm": "ICD10", "sid/ndc": "NDC", "113883.4.1": "SSN", "113883.4.6": "NPI", "113883.4.572": "MEMBER_ID",
    "113883.4.814": "DEA", "113883.4.3": "DRIVER_LICENSE", "113883.6.90": "ICD10", "113883.6.69": "NDC",
}  # fmt: skip
_WEIGHT = 0.9
_REACH = 160  # code points from a kind to its value
_SIGNS = r"(?:[^A-Za-z0-9]{1,10}| value=\\?[\"'])"

HINTS = (
    rf"(?:code|text){_SIGNS}(?:{'|'.join(_TYPES)})[^A-Za-z0-9]",
    rf"(?:{'|'.join(re.escape(system) for system in _SYSTEMS)})[^A-Za-z0-9-]",
    "patientRole",
)
"""The expressions, for the database, of where a kind is told."""

_TYPE = re.compile(rf"(?:code|text){_SIGNS}(?P<kind>{'|'.join(_TYPES)})(?![A-Za-z0-9]| [a-z])")
_SYSTEM = re.compile(rf"(?P<kind>{'|'.join(re.escape(system) for system in sorted(_SYSTEMS, key=len, reverse=True))})")
_ROLE = "patientRole"
_TOLD = r"""\\*["']?\s*[:=]\s*\\*["'](?P<told>[^"'\\<>{}]{2,64})"""
_VALUE = re.compile(rf"(?<![\w-])(?:value|extension){_TOLD}")
_CODE = re.compile(rf"(?<![\w-])(?:value|extension|code){_TOLD}")
_TOLD_BEFORE = re.compile(
    r"""(?<![\w-])(?:value|extension|code)\\*["']?\s*[:=]\s*\\*["'](?P<told>[^"'\\<>]{2,64})\\*["'][\s,]+"""
    r"""\\*["']?(?:root|system|codeSystem)\\*["']?\s*[:=]\s*\\*["'][^"'\\<>]{0,60}\Z"""
)
_NEXT_KIND = re.compile(r"identifier|system|<id\b|resourceType")


def told_by(text: str, start: int) -> Iterator[tuple[str, Value]]:
    """The value whose kind is told here, with the kind."""
    if kind := _TYPE.match(text, start):
        yield from _behind(text, kind.end(), _VALUE, _TYPES[kind["kind"]], "type")
    elif kind := _SYSTEM.match(text, start):
        before = _TOLD_BEFORE.search(text, max(0, start - 120), start)
        if before:
            yield _SYSTEMS[kind["kind"]], _value(before, "system")
        else:
            yield from _behind(text, kind.end(), _CODE, _SYSTEMS[kind["kind"]], "system")
    else:
        yield from _behind(text, start + len(_ROLE), _VALUE, "MRN", "role")


def _behind(text: str, start: int, pattern: re.Pattern[str], entity: str, name: str) -> Iterator[tuple[str, Value]]:
    limit = min(len(text), start + _REACH)
    further = _NEXT_KIND.search(text, start + 1, limit) if name == "type" else None
    if found := pattern.search(text, start, further.start() if further else limit):
        yield entity, _value(found, name)


def _value(found: re.Match[str], name: str) -> Value:
    return Value(*found.span("told"), quoted=True, weight=_WEIGHT, weak=False, name=f"of this {name}")
