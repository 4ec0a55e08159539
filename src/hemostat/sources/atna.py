r"""Audit messages of IHE ATNA: the XML of DICOM PS3.15, A.5, and of RFC 3881, from which that comes, as syslog carries them.

Both name the same things, but for codes: DICOM writes `csd-code`, RFC 3881 `code`. A message says what an AuditEvent of FHIR says
in other words (FHIR was made from it: https://hl7.org/fhir/R4/auditevent-mappings.html), and is read as one. They come in frames
of syslog (RFC 5424, 5425; `MSGID` is `IHE+RFC-3881`, `DICOM+RFC3881` or what a sender likes), in files, one after the other, or
bare.

The tables of codes (CID 400 to 402 of PS3.16, ITI and RAD transactions, number types of RFC 3881) were not compared with a live
system. The older form of syslog (RFC 3164) and that of IHE of before 2005 (`IHEYr4`) are rejected.
"""

import hashlib
import re
from base64 import b64decode
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Result
from hemostat.kernel import Source

from . import syslog
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, options_of
from .carried import filled
from .fhir_audit import access_of
from .markup import Element, document
from .request import host_name, joined, rfc3339

_ADVICE = "Send an AuditMessage of DICOM PS3.15 or RFC 3881, bare or in a message of RFC 5424."
_START = re.compile(
    rb"^[ \t]*(?:\xef\xbb\xbf)?<(?:(?P<header>[0-9]{1,3}>[1-9][0-9]{0,2} )|(?P<declaration>\?xml\s)"
    rb"|(?P<root>(?:[A-Za-z]\w*:)?AuditMessage[\s/>]))",
    re.MULTILINE,
)
_ALL = 2  # a message has a header, a declaration and a root, of which the first two may be missing
_ROOT = re.compile(rb"<(?:[A-Za-z]\w*:)?AuditMessage[\s/>]")
_PATIENT_NUMBERS = frozenset({"1", "2", "4", "5"})  # RFC 3881, 5.5.4: medical record, patient, enrollee, social security
_PERSON, _PATIENT, _USER = "1", "1", "6"
_SOURCE_ROLES = frozenset({"110152", "110153"})
_IMAGES = frozenset({"110102", "110103", "110104"})
_BY_NUMBER = {"110180": "study", "110181": "image", "3": "encounter", "6": "account", "8": "report", "9": "report", "11": "user"}
_BY_ROLE = {
    "2": "location", "3": "report", "4": "resource", "5": "master file", "6": "user", "7": "list", "8": "doctor", "12": "group",
    "13": "security resource", "15": "provider", "16": "destination", "17": "repository", "18": "schedule", "20": "job",
    "22": "table",
}  # fmt: skip
_QUERY = "24"
_TARGET = re.compile(r"(?:https?://|/|\?|[A-Za-z/]+\?|[A-Za-z_.:-]+=|(?:GET|POST|HEAD) )")
_LONGEST = 13_336  # characters of a query that are looked at: 10,000 bytes in base64
_NUMBER = re.compile(r"([^^|]+)\^\^\^(?P<name>[^&^]*)(?:&(?P<oid>[^&^]*)(?:&[^&^]*)?)?(?:\^.*)?", re.DOTALL)  # HL7's CX
_WHEN_SENT = "The event has no time with a zone; it is the time of its syslog header."
_OTHER_QUERY = "What was asked for is no address; it stands in the message alone."


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source of audit messages may say.

    authority: OID or name of the authority whose patient numbers stand alone in other sources; a number of another one keeps its
    own authority, so that two patients with one number stay two.
    """

    authority: Annotated[str, msgspec.Meta(pattern=r"^[^\s^&|]{0,199}\Z")] = ""


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The audit messages of a body, numbered as its frames are, or by the lines that they begin in."""
    authority = options_of(message.source, source.options, Options).authority
    parse = partial(_access, message=message, source=source, authority=authority)
    yield from syslog.read_frames(message, parse, cut=pieces)


def pieces(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The messages of a body without frames, each with the number of its first line: a syslog header, a declaration, a root.

    Each of these begins a message, unless it is what follows in one. What stands before the first is a piece of its own.
    """
    begins, rank = [0], -1
    for found in _START.finditer(body):
        first, last = _ranks(found, body)
        if first <= rank or (rank < 0 and body[: found.start()].strip()):
            begins.append(found.start())
        rank = last
    line = 1
    for begin, end in zip(begins, [*begins[1:], len(body)], strict=True):
        piece = body[begin:end]
        whole = piece.lstrip()
        if whole:
            yield line + piece[: len(piece) - len(whole)].count(b"\n"), whole.removeprefix(BOM_UTF8)
        line += piece.count(b"\n")


def beginnings() -> Callable[[bytes], bool]:
    """Whether a line begins a message, line by line: a declaration behind a header does not, nor a root behind either."""
    rank = _ALL

    def begins(line: bytes) -> bool:
        nonlocal rank
        found = _START.match(line)
        if found is None:
            return False
        before = rank
        first, rank = _ranks(found, line)
        return first <= before

    return begins


def _ranks(found: re.Match[bytes], body: bytes) -> tuple[int, int]:
    """How far a line is in a message at its beginning, and at its end: at the header, the declaration, or the root."""
    end = body.find(b"\n", found.start())
    line = body[found.start() : end if end >= 0 else len(body)]
    first = 0 if found["header"] else 1 if found["declaration"] else _ALL
    return first, _ALL if _ROOT.search(line) else max(first, int(b"<?xml" in line))


def _access(raw: bytes, *, message: Message, source: Source, authority: str) -> Access:
    header = _header(raw)
    root, odd = document(header.text if header else raw, advice=_ADVICE)
    if root.name != "AuditMessage":
        raise Unreadable("The XML is no AuditMessage.", advice=_ADVICE)
    event = _event(root, authority)
    sent = header.time if header else None
    is_told = _is_moment(event["recorded"])
    if not is_told and sent:
        event["recorded"] = sent.time.isoformat()
    access = access_of(event, message, source)
    remarks = (odd, "" if is_told else _WHEN_SENT, _OTHER_QUERY if event["asked"] else "", header.remark if header else "")
    answered = access.result in {Result.SUCCESS, Result.UNKNOWN}
    told = msgspec.structs.replace(
        access,
        app=access.app if event["person"] else "",
        **_thing(root, access),
        elements=("medical_image",) if answered and event["type"]["code"] in _IMAGES else (),
        sent=sent.time if sent else None,
        # A repetition has the same bytes; only a time finer than a second tells it from another event of the same kind
        unique=hashlib.sha256(raw.strip()).hexdigest() if is_told and "." in event["recorded"] else "",
        message=joined(access.message, *remarks),
    )
    return filled(told, {"host": host_name(header.host)} if header else {})


def _header(raw: bytes) -> syslog.Syslog | None:
    """The syslog message around the XML; None when there is none. Raises `Unreadable`."""
    if not re.match(rb"<[0-9]", raw):
        return None
    try:
        return syslog.parse(raw)
    except Unreadable as error:
        raise Unreadable(error.reason, advice=_ADVICE) from error


def _is_moment(words: str) -> bool:
    try:
        rfc3339(words)
    except Unreadable:
        return False
    return True


def _event(root: Element, authority: str) -> dict[str, Any]:
    """The message as an AuditEvent of FHIR R4; `asked` and `person` are for us. Raises `Unreadable` when it names no event."""
    told = root.first("EventIdentification")
    kind = _code(told.first("EventID"))
    if not kind:
        raise Unreadable("The AuditMessage names no event.", advice=_ADVICE)
    agents = [_agent(each) for each in root.all("ActiveParticipant")]
    entities = [_entity(each, authority) for each in root.all("ParticipantObjectIdentification")]
    return {
        "resourceType": "AuditEvent",
        "type": {"code": kind},
        "subtype": [{"code": _code(each)} for each in told.all("EventTypeCode")],
        "action": told.attributes.get("EventActionCode", ""),
        "recorded": told.attributes.get("EventDateTime", ""),
        "outcome": told.attributes.get("EventOutcomeIndicator", ""),
        "purposeOfEvent": [_coded(_code(each)) for each in told.all("PurposeOfUse")],
        "agent": agents,
        "entity": entities,
        "asked": any(entity["asked"] for entity in entities),
        "person": any(
            not {code["code"] for role in agent["role"] for code in role["coding"]} & _SOURCE_ROLES for agent in agents
        ),
    }


def _code(element: Element) -> str:
    """The code of a coded value, as DICOM or as RFC 3881 writes it."""
    return (element.attributes.get("csd-code") or element.attributes.get("code", "")).strip()


def _coded(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


def _agent(one: Element) -> dict[str, Any]:
    """Who took part. A user who is said to be a person is one, whatever else his role is."""
    given = one.attributes
    roles = [_code(each) for each in one.all("RoleIDCode")]
    if given.get("UserTypeCode") == _PERSON:
        roles = ["humanuser", *(code for code in roles if code not in _SOURCE_ROLES)]
    return {
        "role": [_coded(code) for code in roles],
        "who": {"identifier": {"value": given.get("UserID", "")}},
        "altId": given.get("AlternativeUserID", ""),
        "name": given.get("UserName", ""),
        "requestor": given.get("UserIsRequestor", "true").strip().lower() in {"true", "1"},  # RFC 3881, 5.3.4
        "network": {"address": given.get("NetworkAccessPointID", "").strip()},
    }


def _entity(one: Element, authority: str) -> dict[str, Any]:
    """What was touched: a patient under his number, anything else under its own."""
    role, name = _role(one), one.attributes.get("ParticipantObjectID", "").strip()
    query, asked = _asked(one.first("ParticipantObjectQuery").text)
    by_number = role == _PATIENT and "/" not in name  # else it is a reference of FHIR
    return {
        "type": {"code": one.attributes.get("ParticipantObjectTypeCode", "")},
        "role": {"code": role},
        "what": {"identifier": {"value": _number(name, authority)}} if by_number else {"reference": name},
        "query": query,
        "asked": asked,
    }


def _role(one: Element) -> str:
    """The role of an object. A person without one is a patient, if the type of his number is one of a patient's."""
    given = one.attributes
    if role := given.get("ParticipantObjectTypeCodeRole", "").strip():
        return role
    kind, number = given.get("ParticipantObjectTypeCode", "").strip(), _code(one.first("ParticipantObjectIDTypeCode"))
    if kind in {"", _PERSON} and number in _PATIENT_NUMBERS:
        return _PATIENT
    return _USER if kind == _PERSON else ""


def _number(given: str, authority: str) -> str:
    """A patient's number; one of HL7's form CX without its authority, if that is the one of the options."""
    found = _NUMBER.fullmatch(given)
    if found is None:
        return given
    named = {found["name"], found["oid"] or ""} - {""}
    return found[1] if not named or authority in named else given


def _asked(given: str) -> tuple[str, bool]:
    """The query, if it is the address of one or no base64 at all, and whether something else was asked: HL7, XML, DICOM."""
    packed = "".join(given[: _LONGEST * 2].split())[:_LONGEST]
    try:
        words = b64decode(packed[: len(packed) // 4 * 4], validate=True)
    except ValueError:
        return packed, False
    is_target = _TARGET.match(words.decode(errors="replace"))
    return (packed, False) if is_target else ("", bool(words))


def _thing(root: Element, access: Access) -> dict[str, str]:
    """What was touched beside patients, as a kind and its name; the patient, if nothing else was."""
    for one in root.all("ParticipantObjectIdentification"):
        role, name = _role(one), one.attributes.get("ParticipantObjectID", "").strip()
        if role not in {_PATIENT, _QUERY} and name:
            kind = _BY_NUMBER.get(_code(one.first("ParticipantObjectIDTypeCode"))) or _BY_ROLE.get(role, "object")
            # A reference of FHIR tells its kind itself
            return {"resource": access.resource or kind, "resource_id": name}
    return {"resource": access.resource or "patient", "resource_id": access.subject} if access.subject else {}
