"""FHIR AuditEvent of R4, R4B and R5, with the profiles of IHE BALP: single resources, Bundles, or one resource a line.

Resource: https://hl7.org/fhir/R4/auditevent.html and https://hl7.org/fhir/R5/auditevent.html; profiles: https://profiles.ihe.net/ITI/BALP.
The form is told by the resource itself, never by a configured version. What a search asked for may name people: it goes to the
redaction as any query does. Tests that mark themselves (`HTEST`) are counted to the sandbox.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, Environment, Result, Surface
from hemostat.kernel import Source

from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .documents import decoded, inner, objects, records, text
from .fhir_agents import Agents
from .mending import UNREADABLE
from .request import Moment, identifier, joined, request_line, rfc3339, split_target

_ACTS = {
    "read": Act.RECORD_READ, "vread": Act.RECORD_READ, "history": Act.RECORD_READ, "history-instance": Act.RECORD_READ,
    "history-type": Act.RECORD_READ, "history-system": Act.RECORD_READ, "capabilities": Act.API_READ,
    "search": Act.RECORD_SEARCH, "search-type": Act.RECORD_SEARCH, "search-system": Act.RECORD_SEARCH,
    "search-compartment": Act.RECORD_SEARCH, "create": Act.RECORD_CREATE, "update": Act.RECORD_CHANGE,
    "patch": Act.RECORD_CHANGE, "delete": Act.RECORD_DELETE, "export": Act.EXPORT_RUN, "$export": Act.EXPORT_RUN,
    # DICOM PS3.16, CID 400 and 401
    "110102": Act.RECORD_READ, "110104": Act.RECORD_READ, "110105": Act.RECORD_DELETE, "110106": Act.EXPORT_RUN,
    "110107": Act.RECORD_CREATE, "110112": Act.RECORD_SEARCH, "110114": Act.ACCOUNT_LOGIN, "110122": Act.ACCOUNT_LOGIN,
    "110123": Act.ACCOUNT_LOGOUT, "110127": Act.RECORD_READ, "110126": Act.ACCOUNT_LOGIN, "110128": Act.CONFIG_CHANGE,
    "110129": Act.CONFIG_CHANGE, "110130": Act.CONFIG_CHANGE, "110131": Act.CONFIG_CHANGE, "110133": Act.CONFIG_CHANGE,
    "110134": Act.CONFIG_CHANGE, "110135": Act.CONFIG_CHANGE, "110136": Act.ACCOUNT_CHANGE, "110137": Act.ACCOUNT_CHANGE,
    "110100": Act.LOG_WRITE, "110101": Act.API_READ, "110113": Act.LOG_WRITE,
    # Transactions of IHE, whose event is an export or import even where one document goes to one reader
    "ITI-17": Act.RECORD_READ, "ITI-39": Act.RECORD_READ, "ITI-43": Act.RECORD_READ, "ITI-68": Act.RECORD_READ,
    "RAD-55": Act.RECORD_READ, "RAD-69": Act.RECORD_READ, "RAD-107": Act.RECORD_READ, "ITI-14": Act.RECORD_CREATE,
    "ITI-15": Act.RECORD_CREATE, "ITI-41": Act.RECORD_CREATE, "ITI-42": Act.RECORD_CREATE, "ITI-65": Act.RECORD_CREATE,
}  # fmt: skip
_BY_ACTION = {"C": Act.RECORD_CREATE, "R": Act.RECORD_READ, "U": Act.RECORD_CHANGE, "D": Act.RECORD_DELETE}
_RESULTS = {"0": Result.SUCCESS, "success": Result.SUCCESS, "information": Result.SUCCESS, "informational": Result.SUCCESS,
            "warning": Result.SUCCESS, "4": Result.ERROR, "8": Result.ERROR, "12": Result.ERROR, "error": Result.ERROR,
            "fatal": Result.ERROR}  # fmt: skip
_DENIED = frozenset({"security", "login", "forbidden", "expired", "suppressed"})  # codes of OperationOutcome that say no
_NOT_FOUND = frozenset({"not-found", "deleted"})
_SEVERITIES = {"notice": 2, "warning": 3, "error": 4, "critical": 5, "alert": 5, "emergency": 6, "4": 2, "8": 3, "12": 4}
_EXPORT = re.compile(r"\$export\b")
_CODE = re.compile(r"[A-Za-z0-9.-]{1,40}")
_PATIENT = re.compile(r"(?:.*/)?Patient/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?", re.DOTALL)
_REFERENCE = re.compile(r"(?:.*/)?([A-Z][A-Za-z]{1,40})/[A-Za-z0-9.-]{1,64}(?:/_history/.*)?", re.DOTALL)
_NUMBERED = re.compile(r"((?:^|/)[A-Z][A-Za-z]{2,40}/)(?![$_])[A-Za-z0-9.-]{1,64}")
_LONGEST = 10_000  # bytes of a query that are looked at
_ADVICE = "Send AuditEvent resources of FHIR R4, R4B or R5: single, in a Bundle, or one a line."
_NOT_BASE64 = "The query is not base64."


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The audit events of a message."""
    for line, record in records(message.body):
        for each in _resources(record):
            yield attempt(line, each, lambda raw: access_of(decoded(raw), message, source))


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    resource: msgspec.Raw


class _Bundle(msgspec.Struct, frozen=True, kw_only=True):
    resourceType: Literal["Bundle"]  # noqa: N815  # the name on the wire
    entry: list[_Entry] = []


_BUNDLE = msgspec.json.Decoder(_Bundle)


def _resources(record: bytes) -> list[bytes]:
    """The resources of a Bundle; what is none as it is, for whoever reads it to judge."""
    if b'"Bundle"' not in record:
        return [record]
    try:
        return [bytes(entry.resource) for entry in _BUNDLE.decode(record).entry]
    except UNREADABLE:
        return [record]


def access_of(event: dict[str, Any], message: Message, source: Source) -> Access:
    """The access that an AuditEvent of either form tells. Raises `Unreadable`."""
    codes = _codes(event)
    happened = _happened(event)
    query, odd = _query(event)
    act = _act(event, codes, query)
    agents = Agents(objects(event, "agent"), reading=act is Act.RECORD_READ)
    patients = _patients(event)
    result = _result(event, act)
    test = any(text(label, "code") == "HTEST" for label in objects(event, "meta", "security"))
    name, reference = text(event, "id"), _data(event)
    target = split_target(query)
    kind = _REFERENCE.fullmatch(reference)
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=act,
        surface=Surface(source.surface),
        store=source.store,
        environment=Environment.SANDBOX if test else Environment(source.environment),
        source=message.source,
        actor=agents.actor,
        actor_type=agents.actor_type,
        app=agents.app,
        ip=agents.ip,
        host=agents.host or target["host"],
        path=_NUMBERED.sub(r"\1{id}", target["path"]),
        query=target["query"],
        result=result,
        subject=patients[0] if len(patients) == 1 else "",
        subjects=len(patients) if result in {Result.SUCCESS, Result.UNKNOWN} else 0,
        operation=codes[0] if codes else "",
        resource=kind[1] if kind else _searched(target["path"]),
        resource_id=reference,
        severity=_SEVERITIES.get(_severity(event), 1),
        request_id=identifier(_request(event)),
        unique=f"{name}/{text(event, 'meta', 'versionId')}" if name else "",
        message=joined(odd, _purposes(event)),
    )


def _codes(event: dict[str, Any]) -> list[str]:
    """What was done, the most exact words first. Raises `Unreadable` when it is no AuditEvent of either form."""
    if text(event, "resourceType") != "AuditEvent":
        raise Unreadable("The record is no AuditEvent.", advice=_ADVICE)
    if "category" in event or "code" in event:  # R5
        found = [*_codings(event, "code"), *(code for each in objects(event, "category") for code in _codings(each))]
    elif "type" in event:  # R4, R4B
        found = [*(text(each, "code") for each in objects(event, "subtype")), text(event, "type", "code")]
    else:
        raise Unreadable("The AuditEvent has neither the elements of R4 nor those of R5.", advice=_ADVICE)
    return [code for code in found if _CODE.fullmatch(code.lstrip("$"))]


def _codings(concept: Any, *names: str) -> list[str]:
    """The codes of a CodeableConcept."""
    return [text(coding, "code") for coding in objects(concept, *names, "coding")]


def _happened(event: dict[str, Any]) -> Moment:
    """When it happened, if it says so to the second, else when it was recorded. Raises `Unreadable` without either."""
    for words in (text(event, "occurredDateTime"), text(event, "occurredPeriod", "start"), text(event, "period", "start")):
        try:
            return rfc3339(words)
        except Unreadable:
            continue  # FHIR lets these be a year or a day
    return rfc3339(text(event, "recorded"))


def _act(event: dict[str, Any], codes: list[str], query: str) -> Act:
    if _EXPORT.search(query) or any(_EXPORT.search(text(entity, "what", "reference")) for entity in objects(event, "entity")):
        return Act.EXPORT_RUN
    for code in codes:
        if code in _ACTS:
            return _ACTS[code]
    action = text(event, "action")
    return _BY_ACTION.get(action, (Act.RECORD_SEARCH if query else Act.API_WRITE) if action == "E" else Act.LOG_WRITE)


def _result(event: dict[str, Any], act: Act) -> Result:
    outcome = inner(event, "outcome")
    details = {code for detail in objects(outcome, "detail") for code in _codings(detail)}
    if details & _DENIED:
        return Result.DENIED
    if details & _NOT_FOUND:
        return Result.NOT_FOUND
    result = _RESULTS.get(_outcome(event), Result.UNKNOWN)
    return Result.DENIED if act is Act.ACCOUNT_LOGIN and result is Result.ERROR else result


def _outcome(event: dict[str, Any]) -> str:
    """The code of the outcome: a word in R4, a coding in R5."""
    return text(event, "outcome") or text(event, "outcome", "code", "code")


def _severity(event: dict[str, Any]) -> str:
    return text(event, "severity") or _outcome(event)


def _patients(event: dict[str, Any]) -> list[str]:
    """The identifiers of the patients that the event concerns, each once, in their order."""
    found = [_patient(inner(event, "patient"))]
    for entity in objects(event, "entity"):
        role = text(entity, "role", "code") or next(iter(_codings(entity, "role")), "")
        is_patient = role == "1" or (not role and text(entity, "type", "code") == "1")  # a person in another role is none
        named = _patient(inner(entity, "what"))
        if named or is_patient:
            found.append(named or _named(inner(entity, "what")))
    return list(dict.fromkeys(filter(None, found)))


def _patient(what: Any) -> str:
    match = _PATIENT.fullmatch(text(what, "reference"))
    return match[1] if match else ""


def _named(what: Any) -> str:
    return text(what, "identifier", "value") or text(what, "reference")


def _data(event: dict[str, Any]) -> str:
    """The reference to the data that was touched: the first that names no patient, else the patient's."""
    found = [text(entity, "what", "reference") for entity in objects(event, "entity")]
    others = [reference for reference in found if reference and not _PATIENT.fullmatch(reference)]
    return next(iter([*others, *filter(None, found)]), "")


def _searched(path: str) -> str:
    """The resource type that a path asks for, like `Observation`; "" when it names none."""
    return next((part for part in reversed(path.split("/")) if re.fullmatch(r"[A-Z][A-Za-z]{2,40}", part)), "")


def _query(event: dict[str, Any]) -> tuple[str, str]:
    """What was asked, as a target, and a remark. It may be an address, or a whole request of HTTP."""
    given = next(filter(None, (text(entity, "query") for entity in objects(event, "entity"))), "")
    if not given:
        return "", ""
    try:
        words = b64decode(given[: _LONGEST * 2 // 4 * 4], validate=True)[:_LONGEST].decode(errors="backslashreplace")
    except ValueError:
        return "", _NOT_BASE64
    first = words.partition("\n")[0].strip()
    if " " in first and (asked := request_line(first)).get("path"):
        return f"{asked['path']}?{asked.get('query', '')}", ""
    # The body of a search by POST is a query without an address
    return (f"?{first}" if "=" in first and "?" not in first else first), ""


def _request(event: dict[str, Any]) -> str:
    """The identifier of the request, as BALP keeps X-Request-Id."""
    return next(
        (_named(inner(each, "what")) for each in objects(event, "entity") if text(each, "type", "code") == "XrequestId"), ""
    )


def _purposes(event: dict[str, Any]) -> str:
    """The codes of what it was done for, of the event and of its agents."""
    places = [*objects(event, "purposeOfEvent"), *objects(event, "authorization")]
    for agent in objects(event, "agent"):
        places += [*objects(agent, "purposeOfUse"), *objects(agent, "authorization")]
    codes = dict.fromkeys(code for place in places for code in _codings(place) if _CODE.fullmatch(code))
    return f"purpose of use: {', '.join(list(codes)[:8])}" if codes else ""
