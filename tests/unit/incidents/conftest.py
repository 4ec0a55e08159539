"""An incident in a real database and home, with consoles of the leaking app as a real HTTP server on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings as DjangoSettings

from hemostat.alerts.models import Alert
from hemostat.incidents.models import Incident, Step
from hemostat.incidents.services import Targets, incident_open
from hemostat.kernel import Home, Organization, Route, Settings, Source, Target
from hemostat.lake.pipeline import drain
from hemostat.lake.spool import Incoming, Spool
from hemostat.people.models import Person, RoleGrant
from hemostat.people.rights import Role

NOW = datetime(2026, 3, 10, 14, 10, tzinfo=UTC)


class Consoles:
    """The app's consoles and its direct host on one port, with the flaw and every switch that closes it."""

    def __init__(self) -> None:
        self.signed_only = False
        self.release = "2.14"
        self.token_key = 0
        self.calls: list[str] = []
        self.bearers: set[str] = set()
        self.broken: set[str] = set()
        self.silent: int = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        """The server is gone, its port refuses."""
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        """Status and JSON, or text, of a call."""
        if path in self.broken:
            return 500, {"error": "console out of order"}
        if path.startswith("/admin/"):
            self.bearers.add(headers.get("authorization", ""))
        known = {
            ("GET", "/admin/canary"): self._canary,
            ("POST", "/admin/edge/rules"): lambda: self._change(signed_only=bool(body["on"])),
            ("POST", "/admin/deploys/rollback"): lambda: self._change(release=str(body["to"])),
            ("POST", "/admin/token-key/rotate"): lambda: self._change(token_key=self.token_key + 1),
            ("GET", "/api/session"): lambda: self._session(path),
            ("GET", "/api/portal/documents"): lambda: self._documents(headers),
            ("GET", "/admin/artifact/2.14"): lambda: (200 if self.release == "2.14" else 410, "artifact"),
        }.get((method, path.partition("?")[0]))
        return known() if known else (200, f"content of {path}")

    def _canary(self) -> tuple[int, Any]:
        return 200, {
            "unsigned": "/api/session?cid=1",
            "signed_foreign": "/api/session?cid=2&signature=ok",
            "portal": "/api/portal/documents",
            "old_token": "token-of-key-0",
        }

    def _change(self, **facts: Any) -> tuple[int, Any]:
        vars(self).update(facts)
        return 200, facts

    def _documents(self, headers: dict[str, str]) -> tuple[int, Any]:
        return (200 if self.token_key == 0 and headers.get("authorization") == "Bearer token-of-key-0" else 401), {}

    def _session(self, path: str) -> tuple[int, Any]:
        sound = self.release == "2.13"
        if "signature=ok" in path:
            return (403, {}) if sound else (200, {})
        return (401, {}) if sound or self.signed_only else (200, {})


def _handler(consoles: Consoles) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            consoles.calls.append(f"{self.command} {self.path.partition('?')[0]}")
            if consoles.silent:
                consoles.silent -= 1
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = consoles.answer(self.command, self.path, headers, body)
            content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the test reads `calls`."""

    return Handler


@pytest.fixture
def now() -> datetime:
    """One moment of the story."""
    return NOW


@pytest.fixture
def consoles() -> Iterator[Consoles]:
    """The consoles, open and flawed."""
    made = Consoles()
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path, settings: DjangoSettings, consoles: Consoles) -> Home:
    """A sandbox home whose targets are the consoles."""
    made = Home(tmp_path / "home")
    session = Route(
        prefix="/api/session", surface="storefront", act="session:read", subject="cid",
        exposes=["name", "email", "diagnosis", "medication", "shoe_size"], signed_by="signature",
    )  # fmt: skip
    made.create(
        Settings(
            kind="sandbox",
            organization=Organization(
                name="Fernhollow Health",
                kinds=["hipaa_covered_entity", "merchant"],
                address="100 Example Way, Springfield, NY 00000",
                phone="1-800-555-0100",
                email="privacy@fernhollow.example",
                website="https://fernhollow.example/notice",
                call_center_hours="Monday to Friday, 9 a.m. to 6 p.m. Eastern time",
            ),
            sources={"care-app": Source(kind="events", store="fernhollow", environment="sandbox", routes=[session])},
            targets={"twin": Target(url=consoles.url), "direct": Target(url=consoles.url)},
        )
    )
    made.keyring(made.settings()).ensure("target.twin")
    settings.HOME = made
    return made


@pytest.fixture
def targets(home: Home) -> Targets:
    """The targets of the home."""
    return Targets.of(home)


@pytest.fixture
def person() -> Callable[..., Person]:
    """The person of a role, made once; `username` makes a further one."""

    def make(*roles: Role, username: str = "") -> Person:
        name = username or "-".join(roles)
        made, is_new = Person.objects.get_or_create(username=name, defaults={"display_name": name.title()})
        for role in roles if is_new else ():
            RoleGrant.objects.create(person=made, role=role.value, granted_at=NOW, granted_by="test")
        return made

    return make


@pytest.fixture
def alert() -> Callable[..., Alert]:
    """Makes an alert that a rule raised four minutes after the first event."""

    def make(number: int = 1, **fields: Any) -> Alert:
        given: dict[str, Any] = {
            "ref": f"ALR-{number:04d}", "key": f"rule-{number}", "rule": "session-sequential-run", "title": "Sequential ids",
            "level": "high", "surface": "storefront", "playbook": "storefront-session-leak", "store": "fernhollow",
            "environment": "sandbox", "events": 412, "people": 70, "summary": "412 ids in a row",
            "first_event_at": NOW - timedelta(minutes=10), "last_event_at": NOW - timedelta(minutes=6),
            "raised_at": NOW - timedelta(minutes=6),
        }  # fmt: skip
        return Alert.objects.create(**(given | fields))

    return make


@pytest.fixture
def incident(home: Home, person: Callable[..., Person], alert: Callable[..., Alert]) -> Incident:
    """An incident opened from one alert, commanded by the commander."""
    assert home.exists()
    commander = person(Role.COMMANDER)
    return incident_open(alerts=[alert()], by=commander, now=NOW, severity=1, commander=commander)


@pytest.fixture
def step(incident: Incident) -> Callable[[str], Step]:
    """The step of a name, as it is now."""
    return lambda slug: Step.objects.select_related("incident").get(incident=incident, slug=slug)


@pytest.fixture
def leaked(home: Home) -> Callable[..., None]:
    """Puts people into the lake whose sessions were answered to unsigned calls: number of people by where they live."""

    def put(**people: int) -> None:
        lines = []
        for place, count in people.items():
            for number in range(count):
                subject = f"{place}{number}"
                if place != "unknown":
                    lines.append({"act": "customer:create", "subject": subject, "jurisdiction": f"US-{place}"})
                call = {"act": "session:read", "subject": subject, "path": "/api/session", "auth": "unsigned", "status": 200}
                lines += [call, call, call | {"subject": f"refused{number}", "status": 404}]
        body = "\n".join(json.dumps({"time": "2026-03-10T14:01:00Z", **line}) for line in lines).encode()
        settings = home.settings()
        spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
        spool.append(
            [Incoming(source="care-app", key="1", received_at=NOW, content_type="application/x-ndjson", headers={}, body=body)]
        )
        drained = drain(home, spool)
        spool.close()
        assert drained is not None
        assert (len(lines), 0) == (drained.rows, drained.rejected)

    return put
