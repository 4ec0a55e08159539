"""The story that pages are tested with: a sandbox home, its people, events in the lake, an alert, an incident at work.

All of it is made through the services of the rooms, so a page never shows a state that the product cannot reach.
"""

from datetime import timedelta
from typing import Any

import pyarrow as pa

from hemostat.alerts.models import Alert
from hemostat.alerts.services import alerts_raise
from hemostat.detect.finding import Finding
from hemostat.events import SCHEMA
from hemostat.incidents.models import Incident
from hemostat.incidents.services import (
    decision_record,
    evidence_seal,
    exposure_record,
    incident_open,
    note_add,
    scope_record,
    step_complete,
)
from hemostat.incidents.vocabulary import StepKind
from hemostat.kernel import Home
from hemostat.lake import writer
from hemostat.lake.pulse import beats
from hemostat.lake.spool import Incoming, Spool
from hemostat.people.models import Person
from hemostat.people.rights import Role
from hemostat.people.services import DemoLogin, demo_people_create
from unit.console.home import BEGINS, NOW

PEOPLE = {"US-CA": 1842, "US-TX": 811, "US-NY": 604, "US-FL": 577, "US-WA": 143, "US-CO": 412, "US-VT": 38}
HOSTILE = "<script>alert(1)</script> <?php echo 1 ?> \x1b[31m\u202eevil\x00 {{ 7 }}"


def lake_filled(home: Home, *rows: dict[str, Any]) -> list[str]:
    """The rows stand in the lake as one batch; their ids."""
    settings = home.settings()
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=100_000_000)
    key = f"made-{spool.lag().last_seq}"
    spool.append([Incoming(source="edge", key=key, received_at=NOW, content_type="application/json", headers={}, body=b"-")])
    plan = spool.plan(most=1)
    assert plan is not None
    numbered = [{**event(), "event_id": f"{plan.first:012d}-{index:05d}", **row} for index, row in enumerate(rows)]
    table = pa.Table.from_pylist(numbered, schema=SCHEMA)
    parts = writer.write(home.lake, batch=plan.batch, table=table)
    spool.written(plan, parts, rejected=0, pulse=beats(table, {}))
    spool.close()
    return [row["event_id"] for row in numbered]


def event(**given: Any) -> dict[str, Any]:
    """One row of the lake: an unsigned call that was answered."""
    return {
        "class_uid": 4002,
        "activity_id": 3,
        "time": BEGINS + timedelta(minutes=4),
        "learnt": BEGINS + timedelta(minutes=4, seconds=2),
        "offset_minutes": 0,
        "source": "edge",
        "store": "fernhollow",
        "environment": "sandbox",
        "surface": "storefront",
        "act": "session:read",
        "auth": "unsigned",
        "src_ip": "ip_uw3kq6ixh5g4b2na",
        "src_net": "203.0.113.0/24",
        "asn": 64500,
        "user_agent": "headless",
        "host": "care-app.fernhollow.example",
        "method": "GET",
        "path": "/api/session",
        "query_keys": ["cid"],
        "status": 200,
        "bytes": 1600,
        "result": "success",
        "subject": "person_k4m2x7qpl3zr6wva",
        "subject_next": "person_h2m2x7qpl3zr6wva",
        "subjects": 1,
        "request_id": "r1",
        "elements": ["email"],
        "phi": [],
        "message": "",
        "raw_mac": "00",
    } | given


def finding(**given: Any) -> Finding:
    """What the rule for unsigned calls found, or what is given instead."""
    return Finding(
        **{
            "key": "session-unsigned-calls:203.0.113.0/24",
            "rule": "session-unsigned-calls",
            "title": "Unsigned calls to a route that the storefront always signs",
            "level": "high",
            "surface": "storefront",
            "playbook": "storefront-session-leak",
            "store": "fernhollow",
            "environment": "sandbox",
            "group": {"src_endpoint.ip": "ip_uw3kq6ixh5g4b2na"},
            "events": 412,
            "people": 182,
            "event_ids": (),
            "first_time": BEGINS,
            "last_time": BEGINS + timedelta(minutes=4),
            "summary": "412 unsigned calls from one address in 5 minutes; 182 distinct people in the answers. "
            "Ordinary calls of this route are signed, without exception.",
        }
        | given
    )


class Story:
    """The people, the alert and the incident of one home, whose database is ready."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.logins: dict[Role, DemoLogin] = {login.role: login for login in demo_people_create(now=BEGINS)}
        self._batch = 0

    def person(self, role: Role) -> Person:
        """The demonstration person of a role."""
        return Person.objects.get(username=self.logins[role].username)

    def alert(self, **given: Any) -> Alert:
        """An alert, raised four minutes into the story, over two events of the lake."""
        self._batch += 1
        rows = given.pop("rows", [{}, {"time": BEGINS + timedelta(minutes=4, seconds=1)}])
        ids = tuple(lake_filled(self.home, *rows))
        found = finding(event_ids=ids, **given)
        return alerts_raise(findings=[found], batch=self._batch, now=BEGINS + timedelta(minutes=4, seconds=2))[0]

    def incident(self) -> Incident:
        """An incident of that alert, seven minutes into the story, commanded by the commander."""
        commander = self.person(Role.COMMANDER)
        alert = self.alert()
        at = BEGINS + timedelta(minutes=7)
        return incident_open(alerts=[alert], by=self.person(Role.ENGINEER), now=at, severity=1, commander=commander)

    def incident_at_work(self) -> Incident:
        """The incident half an hour later: counted, with clocks, evidence, a decision, entries and an answered step."""
        incident = self.incident()
        engineer, compliance, counsel = (self.person(role) for role in (Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL))
        for minute, people in ((4, 20), (8, 180), (12, 398), (18, 640), (24, 871), (34, 1124)):
            exposure_record(incident=incident, at=BEGINS + timedelta(minutes=minute), people=people)
        at = BEGINS + timedelta(minutes=12)
        evidence_seal(
            incident=incident, item="edge-log", content=b"sealed lines\n", how="GET /admin/edge-log", by=engineer, now=at
        )
        evidence_seal(
            incident=incident, item="app-log", content=b"sealed lines too\n", how="GET /admin/app-log", by=engineer, now=at
        )
        at = BEGINS + timedelta(minutes=21)
        elements = ["name", "email", "phone", "condition", "medication"]
        Incident.objects.filter(pk=incident.pk).update(elements=elements)
        scope_record(
            incident=incident, by=compliance, now=at, people=PEOPLE, unknown=3, query="people_by_state", query_sha256="0" * 64
        )
        decision_record(
            incident=incident, by=counsel, now=at, question="Which day is the discovery?", choice="The day of the first alert",
            rationale="No earlier word of it was found in the support mailbox.", facts=["Mailbox searched up to 14:20."],
        )  # fmt: skip
        note_add(incident=incident, by=engineer, now=at, text="The direct host answers without a signature.")
        note_add(incident=incident, by=counsel, now=at, text="Advice of counsel about the letter.", privileged=True)
        for step in incident.steps.filter(state="ready", kind=StepKind.MANUAL)[:1]:
            by = next(person for person in Person.objects.all() if Role(step.role) in person.roles)
            step_complete(step=step, by=by, now=BEGINS + timedelta(minutes=25), answer={"note": "Done by hand."})
        return incident
