"""FHIR AuditEvent: R4 and R5, the profiles of BALP, and who is who in them."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from hemostat.events import Act, ActorType, Environment, Result, Surface
from hemostat.sources import Raw, Rejected
from unit.sources.reading import access, accesses, read_all, reasons

REST = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"}


def coded(*codes: str) -> dict[str, Any]:
    """A CodeableConcept."""
    return {"coding": [{"code": code} for code in codes]}


def agent(code: str, who: str, network: str = "", *, requestor: bool = False) -> dict[str, Any]:
    """An agent of R4."""
    more = {"network": {"address": network, "type": "2" if network[:1].isdigit() else "1"}} if network else {}
    return {"type": coded(code), "who": {"display": who}, "requestor": requestor, **more}


CLIENT, SERVER = ("Portal app", "203.0.113.9"), ("FHIR server", "fhir.fernhollow.example")
USER = {"type": coded("IRCP"), "who": {"reference": "Practitioner/77"}, "requestor": True}


def patient(number: str) -> dict[str, Any]:
    """The entity of a patient."""
    return {"what": {"reference": f"Patient/{number}"}, "type": {"code": "1"}, "role": {"code": "1"}}


def event(interaction: str, action: str, agents: list[dict[str, Any]], *entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An AuditEvent of R4."""
    return {
        "resourceType": "AuditEvent", "id": "ae-1", "meta": {"versionId": "3"}, "type": REST,
        "subtype": [{"code": interaction}], "action": action, "recorded": "2026-03-02T05:00:00.250-05:00", "outcome": "0",
        "agent": agents, "source": {"observer": {"display": "x"}}, "entity": list(entities), **more,
    }  # fmt: skip


def asked(target: str) -> dict[str, Any]:
    """The entity of a query."""
    return {"type": {"code": "2"}, "role": {"code": "24"}, "query": b64encode(target.encode()).decode()}


def test_a_patient_was_read() -> None:
    """BALP PatientRead: the client is the destination, the server the source; the patient and the data are told apart."""
    agents = [agent("110152", *CLIENT), agent("110153", *SERVER), USER]
    data = {"what": {"reference": "https://fhir.fernhollow.example/Observation/55/_history/2"}, "type": {"code": "2"}}
    request = {"type": {"code": "XrequestId"}, "what": {"identifier": {"value": "0a1b-2c"}}}
    purpose = [coded("TREAT")]

    found = access("fhir-audit", event("vread", "R", agents, patient("1234"), data, request, purposeOfEvent=purpose))

    assert (Act.RECORD_READ, Result.SUCCESS, "vread", Surface.STOREFRONT) == (
        found.act,
        found.result,
        found.operation,
        found.surface,
    )
    assert ("Practitioner/77", ActorType.STAFF, "Portal app") == (found.actor, found.actor_type, found.app)
    assert ("203.0.113.9", "fhir.fernhollow.example") == (found.ip, found.host)
    assert ("1234", 1, "Observation") == (found.subject, found.subjects, found.resource)
    assert data["what"]["reference"] == found.resource_id  # type: ignore[index]  # a mapping of ours
    assert ("0a1b-2c", "ae-1/3", "purpose of use: TREAT") == (found.request_id, found.unique, found.message)
    assert (datetime(2026, 3, 2, 10, 0, 0, 250_000, tzinfo=UTC), -300) == (found.time, found.offset_minutes)


def test_patients_were_searched_for() -> None:
    """BALP PatientQuery: the codes are swapped; what was asked goes to the redaction; patients count once each."""
    agents = [agent("110152", *SERVER), agent("110153", *CLIENT)]
    target = "https://fhir.fernhollow.example/fhir/Patient?family=Doe&phone=555"

    found = access("fhir-audit", event("search-type", "E", agents, patient("1"), patient("2"), patient("1"), asked(target)))

    assert (Act.RECORD_SEARCH, "Patient", 2, "") == (found.act, found.resource, found.subjects, found.subject)
    assert ("/fhir/Patient", "family=Doe&phone=555", "fhir.fernhollow.example") == (found.path, found.query, found.host)
    assert ("203.0.113.9", "Portal app", ActorType.APP) == (found.ip, found.actor, found.actor_type)


def test_who_says_that_he_asked_is_the_client_whatever_his_code() -> None:
    """`requestor` goes before the code."""
    agents = [agent("110153", *CLIENT, requestor=True), agent("110152", *SERVER)]

    assert ("203.0.113.9", "Portal app") == ((found := access("fhir-audit", event("read", "R", agents))).ip, found.app)


@pytest.mark.parametrize(
    ("target", "query"),
    [
        ("GET /Patient?name=Doe HTTP/1.1\r\nHost: x", "name=Doe"),
        ("name=Doe", "name=Doe"),
        ("Patient/_search?name=Doe", "name=Doe"),
    ],
)
def test_a_query_may_be_a_request_or_a_form(target: str, query: str) -> None:
    """However a server writes it: nothing of it is lost to the redaction."""
    found = access("fhir-audit", event("search", "E", [USER], asked(target)))

    assert query == found.query
    assert "Doe" not in found.path


def test_a_path_names_no_record() -> None:
    """Identifiers of resources are left out of the path; operations stay."""
    target = "https://fhir.fernhollow.example/r4/Patient/jane-doe-1/Observation/7/_history/2?x=1"

    assert "/r4/Patient/{id}/Observation/{id}/_history/2" == access("fhir-audit", event("read", "R", [USER], asked(target))).path
    assert "/Patient/$match" == access("fhir-audit", event("operation", "E", [USER], asked("/Patient/$match?y=1"))).path


def test_a_query_that_is_not_base64_is_a_remark() -> None:
    """The event counts all the same."""
    entity = {"query": "/Patient?name=Doe"}

    found = access("fhir-audit", event("search", "E", [USER], entity))

    assert ("The query is not base64.", "", "") == (found.message, found.query, found.path)


@pytest.mark.parametrize("place", ["query", "reference"])
def test_a_bulk_export_is_an_export(place: str) -> None:
    """`$export`, asked for or touched; its name alone is enough."""
    entity = asked("/Group/9/$export?_type=Patient") if place == "query" else {"what": {"reference": "Group/9/$export"}}

    assert Act.EXPORT_RUN is access("fhir-audit", event("operation", "E", [USER], entity)).act
    assert Act.EXPORT_RUN is access("fhir-audit", event("$export", "E", [USER])).act


def r5(**more: Any) -> dict[str, Any]:
    """An AuditEvent of R5."""
    client = {"type": coded("110153"), "who": {"display": "Portal app"}, "networkString": "2001:db8::9"}
    server = {"type": coded("110152"), "who": {"display": "s"}, "networkUri": "https://fhir.fernhollow.example:8443/r5"}
    user = {
        "type": coded("IRCP"),
        "who": {"identifier": {"value": "dr-77"}},
        "requestor": True,
        "authorization": [coded("HMARKT")],
    }
    return {
        "resourceType": "AuditEvent", "id": "b", "category": [coded("rest")], "code": coded("search"), "action": "E",
        "severity": "warning", "occurredDateTime": "2026-03-02T10:00:00Z", "recorded": "2026-03-02T10:00:09Z",
        "outcome": {"code": {"code": "error"}, "detail": [coded("forbidden")]}, "patient": {"reference": "Patient/9"},
        "agent": [client, server, user], **more,
    }  # fmt: skip


def test_the_form_of_r5() -> None:
    """Category and code, outcome with details, network by type, purpose as authorization, the patient on its own."""
    found = access("fhir-audit", r5())

    assert (Act.RECORD_SEARCH, Result.DENIED, 3, 0, "9") == (
        found.act,
        found.result,
        found.severity,
        found.subjects,
        found.subject,
    )
    assert ("dr-77", ActorType.PERSON) == (found.actor, found.actor_type)
    assert ("2001:db8::9", "fhir.fernhollow.example", "purpose of use: HMARKT") == (found.ip, found.host, found.message)
    assert datetime(2026, 3, 2, 10, tzinfo=UTC) == found.time
    assert "b/" == found.unique
    gone = {"code": {"code": "error"}, "detail": [coded("not-found")]}
    assert Result.NOT_FOUND is access("fhir-audit", r5(outcome=gone)).result
    by_role = {"what": {"identifier": {"value": "mrn-5"}}, "role": coded("1")}
    assert 2 == access("fhir-audit", r5(outcome={"code": {"code": "success"}}, entity=[by_role])).subjects


@pytest.mark.parametrize(
    ("outcome", "result", "severity"),
    [
        ("0", Result.SUCCESS, 1),
        ("4", Result.ERROR, 2),
        ("8", Result.ERROR, 3),
        ("12", Result.ERROR, 4),
        ("99", Result.UNKNOWN, 1),
    ],
)
def test_outcomes_of_r4(outcome: str, result: Result, severity: int) -> None:
    """Failures are errors, by degrees; a patient that nobody saw does not count."""
    found = access("fhir-audit", event("read", "R", [USER], patient("1"), outcome=outcome))

    assert (result, severity) == (found.result, found.severity)
    assert (result in {Result.SUCCESS, Result.UNKNOWN}) == (found.subjects == 1)


@pytest.mark.parametrize(
    ("interaction", "action", "act"),
    [
        ("create", "C", Act.RECORD_CREATE), ("patch", "U", Act.RECORD_CHANGE), ("delete", "D", Act.RECORD_DELETE),
        ("110123", "E", Act.ACCOUNT_LOGOUT), ("unknown", "R", Act.RECORD_READ), ("unknown", "E", Act.API_WRITE),
        ("unknown", "", Act.LOG_WRITE),
    ],
)  # fmt: skip
def test_what_was_done(interaction: str, action: str, act: Act) -> None:
    """By the interaction, else by the action."""
    assert act is access("fhir-audit", event(interaction, action, [USER])).act


def test_an_unknown_operation_with_a_query_is_a_search() -> None:
    """E of an interaction that nobody knows."""
    assert Act.RECORD_SEARCH is access("fhir-audit", event("lookup", "E", [USER], asked("/Patient?x=1"))).act


def test_tests_are_counted_to_the_sandbox() -> None:
    """`HTEST` in the labels; else the environment is the source's."""
    test = event("read", "R", [USER], meta={"security": [{"code": "HTEST"}]})

    assert Environment.SANDBOX is access("fhir-audit", test).environment
    assert Environment.STAGING is access("fhir-audit", event("read", "R", [USER]), environment="staging").environment


def test_an_event_without_agents_and_name() -> None:
    """It counts; nobody is named, and nothing names it."""
    found = access(
        "fhir-audit",
        {"resourceType": "AuditEvent", "type": REST, "recorded": "2026-03-02T10:00:00Z", "period": {"start": "2026"}},
    )

    assert ("", ActorType.UNKNOWN, "", "", "", Act.LOG_WRITE) == (
        found.actor, found.actor_type, found.ip, found.host, found.unique, found.act,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["bundle", "lines", "array", "pretty"])
def test_bundles_lines_and_lists(form: str) -> None:
    """Each resource is a record of its own, whatever holds it."""
    events = [{**event("read", "R", [USER], patient(str(n))), "id": f"ae-{n}"} for n in range(3)]
    bodies = {
        "bundle": msgspec.json.encode(
            {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in events]}
        ),
        "lines": b"\n".join(map(msgspec.json.encode, events)),
        "array": msgspec.json.encode(events),
        "pretty": msgspec.json.format(
            msgspec.json.encode({"resourceType": "Bundle", "entry": [{"resource": each} for each in events]})
        ),
    }

    found = accesses("fhir-audit", bodies[form])

    assert ["ae-0/3", "ae-1/3", "ae-2/3"] == [each.unique for each in found]


def test_other_resources_of_a_bundle_are_rejected_one_by_one() -> None:
    """An OperationOutcome between two events, and a Bundle that is none."""
    good = event("read", "R", [USER])
    bundle = {"resourceType": "Bundle", "entry": [{"resource": good}, {"resource": {"resourceType": "OperationOutcome"}}]}

    assert [Raw, Rejected] == [type(each) for each in read_all("fhir-audit", msgspec.json.encode(bundle))]
    for odd in ({"resourceType": "Bundle", "entry": 7}, {"kind": "Bundle"}):
        assert ["The record is no AuditEvent."] == reasons("fhir-audit", odd)
    assert ["The AuditEvent has neither the elements of R4 nor those of R5."] == reasons(
        "fhir-audit", {"resourceType": "AuditEvent"}
    )


def test_a_host_that_is_an_address_is_not_shown_as_a_name() -> None:
    """Addresses are identifiers; and an agent may be named by its alternative name, or by nothing."""
    server = {"type": coded("110153"), "network": {"address": "203.0.113.80"}, "altId": "srv"}
    found = access("fhir-audit", event("read", "R", [server, {"type": coded("110152"), "name": "Named app"}]))

    assert ("", "Named app", "Named app", "") == (found.host, found.actor, found.app, found.ip)
