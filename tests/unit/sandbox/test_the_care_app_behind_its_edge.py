"""The flaw of release 2.14, what closes it, and what the logs say about it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.events.vocabulary import Act, Auth, Surface
from hemostat.kernel import Home, parse_iso
from hemostat.sandbox.feed import PEAK, PER_MINUTE
from hemostat.sandbox.homes import DEPLOYS, STORY_BEGINS, twin_folder
from hemostat.sandbox.patients import (
    CANARY,
    DOCUMENTED,
    FIRST_ORDINARY,
    FOREIGN_CANARY,
    REPLAYED,
    TRIED,
    Population,
)
from hemostat.sandbox.patients import PEOPLE as PATIENTS
from hemostat.sandbox.signing import client_secret, proxy_query
from hemostat.sandbox.state import SOUND, TwinState
from hemostat.sources import base, events
from unit.sandbox.conftest import SEED, Ask

PEOPLE = Population(SEED)
VICTIM = PEOPLE.number(0)
NOBODY = VICTIM + 1
ORDINARY_CUSTOMERS = range(FIRST_ORDINARY, FIRST_ORDINARY + 20)
ATTACKER = {"x-twin-client": "203.0.113.24;64500", "x-twin-time": "2026-03-10T14:00:00Z", "user-agent": "HeadlessChrome/126"}


def signed(cid: int, *, customer: int | str, secret: int = 0) -> str:
    """A query that the platform signed after `secret` rotations."""
    return proxy_query(f"cid={cid}", secret=client_secret(SEED, secret), customer=str(customer), at=STORY_BEGINS)


def lines(home: Home, name: str) -> list[dict[str, Any]]:
    """The records of one log of the twin."""
    path = twin_folder(home) / name
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []


@pytest.mark.parametrize(
    ("query", "leaky", "ruled", "sound"),
    [
        (f"cid={VICTIM}", 200, 401, 401),
        (f"cid={NOBODY}", 404, 401, 401),
        ("cid=%C2%B2", 404, 401, 401),
        ("", 404, 401, 401),
        (f"cid={VICTIM}&signature=00", 200, 401, 401),
        (signed(VICTIM, customer=VICTIM), 200, 200, 404),
        (signed(VICTIM, customer=CANARY), 200, 403, 403),
        (signed(VICTIM, customer=""), 200, 401, 401),
    ],
)
def test_the_direct_route(query: str, leaky: int, ruled: int, sound: int, ask: Ask, state: TwinState) -> None:
    """Release 2.14 answers anybody; the edge's rule and release 2.13 each ask for a signature and for one's own number."""
    assert leaky == ask("care", f"/api/session?{query}").status_code

    state.change(require_signature=True)
    assert ruled == ask("care", f"/api/session?{query}").status_code

    state.change(require_signature=False, release=SOUND)
    assert sound == ask("care", f"/api/session?{query}").status_code


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (signed(VICTIM, customer=VICTIM), 200),
        (signed(NOBODY, customer=NOBODY), 404),
        (signed(VICTIM, customer=CANARY), 403),
        (signed(VICTIM, customer=VICTIM, secret=1), 401),
        (f"cid={VICTIM}", 401),
    ],
)
@pytest.mark.parametrize("release", ["2.13", "2.14"])
def test_the_proxied_route_was_always_sound(release: str, query: str, status: int, ask: Ask, state: TwinState) -> None:
    """Through the storefront each release asks for the signature of the platform and for one's own number."""
    state.change(release=release)

    assert status == ask("care", f"/apps/care/session?{query}").status_code
    assert 0 == state.truth(now=STORY_BEGINS)["people_exposed"]


def test_an_exposure_is_a_person_and_her_token(ask: Ask, state: TwinState, home: Home) -> None:
    """The answer holds her data and a token; truth, ledger and both logs know of it."""
    answer = ask("care", f"/api/session?cid={VICTIM}", headers=ATTACKER)
    person = PEOPLE.person(VICTIM)

    assert person is not None
    assert person.email == answer.json()["customer"]["email"]
    assert "SYNTHETIC" in answer.json()["notice"]
    assert "*" == answer.headers["access-control-allow-origin"]
    truth = state.truth(now=STORY_BEGINS)
    assert (1, 1, 1) == (truth["people_exposed"], truth["attempts"], truth["tokens_live"])
    assert {person.jurisdiction: 1} == truth["exposed_by_state"]
    edge, minted = lines(home, "edge.log")[-1], lines(home, "app.log")[-1]
    assert {
        "time": "2026-03-10T14:00:00.000000Z",
        "remote_addr": "203.0.113.24",
        "asn": 64500,
        "host": "care-app.fernhollow.example",
        "method": "GET",
        "uri": f"/api/session?cid={VICTIM}",
        "status": 200,
        "bytes": len(answer.content),
        "user_agent": "HeadlessChrome/126",
        "request_id": edge["request_id"],
    } == edge
    assert ("token:mint", "none", str(VICTIM), edge["request_id"]) == (
        minted["act"],
        minted["auth"],
        minted["subject"],
        minted["request_id"],
    )
    assert [minted["token"]] == [row["jti"] for row in state.ledger()]


def test_the_leak_is_seen_in_the_traffic(ask: Ask, state: TwinState) -> None:
    """The whole run takes some 61 MB, and while it runs nine times the usual leaves the host at the busiest hour."""
    places = range(0, PATIENTS, 97)
    stolen = sum(len(ask("care", f"/api/session?cid={PEOPLE.number(place)}").content) for place in places) / len(places)
    missed = len(ask("care", f"/api/session?cid={NOBODY}").content)
    own = sum(len(ask("care", f"/apps/care/session?{signed(n, customer=n)}").content) for n in ORDINARY_CUSTOMERS) / 20

    found = PATIENTS / TRIED
    usual, leak = PEAK * own, PER_MINUTE * (found * stolen + (1 - found) * missed)
    assert 60e6 < PATIENTS * stolen + (TRIED - PATIENTS) * missed < 62e6
    assert 9 == round((usual + leak) / usual)
    assert len(places) == state.truth(now=STORY_BEGINS)["people_exposed"]


def test_logs_carry_no_data_of_people(ask: Ask, home: Home) -> None:
    """Numbers and addresses as real logs do, but no name, mail, telephone, condition or token text."""
    token = ask("care", f"/api/session?cid={VICTIM}").json()["care_token"]
    ask("care", "/api/portal/documents", headers={"authorization": f"Bearer {token}"})
    person = PEOPLE.person(VICTIM)
    text = "".join((twin_folder(home) / name).read_text() for name in ("edge.log", "app.log"))

    assert person is not None
    for value in (person.first_name, person.email, person.phone, person.condition, token):
        assert value not in text


def test_attempts_are_calls_and_people_are_people(ask: Ask, state: TwinState) -> None:
    """Ten calls over the same two numbers are ten attempts and one person, refused ones included."""
    for _ in range(5):
        for number in (VICTIM, NOBODY):
            ask("care", f"/api/session?cid={number}")
    state.change(require_signature=True)
    ask("care", f"/api/session?cid={PEOPLE.number(1)}")
    truth = state.truth(now=STORY_BEGINS)

    assert (1, 11) == (truth["people_exposed"], truth["attempts"])


@pytest.mark.parametrize("number", [CANARY, FOREIGN_CANARY])
def test_a_probe_is_no_exposure(number: int, ask: Ask, state: TwinState) -> None:
    """Looking whether the path is open does not make the leak larger, nor does it count as an attempt."""
    assert 200 == ask("care", f"/api/session?cid={number}").status_code

    truth = state.truth(now=STORY_BEGINS)
    assert (0, 0, 0) == (truth["people_exposed"], truth["attempts"], truth["tokens_live"])


def test_tokens_outlive_the_rollback_and_die_with_their_key(ask: Ask, state: TwinState) -> None:
    """The trap of the drill: a closed path leaves stolen tokens alive until the token key is rotated."""
    place = next(place for place in range(REPLAYED) if (person := PEOPLE.person(PEOPLE.number(place))) and person.has_documents)
    token = ask("care", f"/api/session?cid={PEOPLE.number(place)}", headers=ATTACKER).json()["care_token"]

    def replayed(moment: str = "2026-03-10T14:55:00Z") -> int:
        headers = {"authorization": f"Bearer {token}", "x-twin-client": "198.51.100.40;64502", "x-twin-time": moment}
        return ask("care", "/api/portal/documents", headers=headers).status_code

    state.change(release=SOUND, require_signature=True)
    assert 200 == replayed()
    assert 401 == replayed("2026-03-11T14:00:00Z")
    assert 1 == state.truth(now=STORY_BEGINS)["portal_documents"]
    state.change(token_key=1)
    assert 401 == replayed()


def test_a_person_without_papers_loses_none(ask: Ask, state: TwinState, home: Home) -> None:
    """Her token is good, the portal has nothing to show, and the app's log says so."""
    place = next(
        place for place in range(REPLAYED) if (person := PEOPLE.person(PEOPLE.number(place))) and not person.has_documents
    )
    token = ask("care", f"/api/session?cid={PEOPLE.number(place)}").json()["care_token"]

    assert 404 == ask("care", "/api/portal/documents", headers={"authorization": f"Bearer {token}"}).status_code
    assert 401 == ask("care", "/api/portal/documents").status_code
    assert 0 == state.truth(now=STORY_BEGINS)["portal_documents"]
    assert ("document:read", "not_found") == (lines(home, "app.log")[-1]["act"], lines(home, "app.log")[-1]["result"])
    assert 131 == DOCUMENTED


def test_the_apps_log_speaks_our_words(ask: Ask, home: Home) -> None:
    """Hemostat's reader of events takes every line of it."""
    token = ask("care", f"/api/session?cid={CANARY}").json()["care_token"]
    ask("care", "/api/portal/documents", headers={"authorization": f"Bearer {token}"})
    message = base.Message(
        seq=1, source="care-app", received_at=STORY_BEGINS, content_type="application/x-ndjson", headers={},
        body=(twin_folder(home) / "app.log").read_bytes(),
    )  # fmt: skip
    read = list(events.read(message, home.settings().sources["care-app"], base.ReaderContext()))

    assert all(isinstance(record, base.Raw) for record in read)
    accesses = [record.access for record in read if isinstance(record, base.Raw)]
    assert [Act.RELEASE_DEPLOY, Act.RELEASE_DEPLOY, Act.TOKEN_MINT, Act.DOCUMENT_READ] == [access.act for access in accesses]
    assert (Auth.NONE, Auth.TOKEN) == (accesses[2].auth, accesses[3].auth)
    assert Surface.PATIENT_PORTAL is accesses[3].surface
    assert list(DEPLOYS.values()) == [access.time for access in accesses[:2]]


def test_calls_without_a_story_come_from_their_socket_now(ask: Ask, home: Home) -> None:
    """A probe from this machine is logged with its own address and the time of the home's clock."""
    ask("care", "/api/session?cid=1")
    line = lines(home, "edge.log")[-1]

    assert ("192.0.2.99", 0) == (line["remote_addr"], line["asn"])
    assert parse_iso(line["time"]) < STORY_BEGINS


@pytest.mark.parametrize(
    "headers", [{"x-twin-client": "nobody"}, {"x-twin-client": "203.0.113.24;many"}, {"x-twin-time": "noon"}]
)
def test_a_story_that_makes_no_sense_is_refused(headers: dict[str, str], ask: Ask, home: Home) -> None:
    """A wrong header is an error of the exercise, not a line in the merchant's log."""
    assert 400 == ask("care", "/api/session?cid=1", headers=headers).status_code
    assert [] == lines(home, "edge.log")


def test_health_is_asked_outside_the_story(ask: Ask, home: Home) -> None:
    """A supervisor's question leaves no trace."""
    for server in ("care", "storefront", "admin"):
        assert {"status": "ok"} == ask(server, "/healthz").json()
    assert [] == lines(home, "edge.log")


def test_request_ids_are_never_used_twice(ask: Ask, home: Home) -> None:
    """Also not by an edge that took over from one that was killed."""
    from hemostat.sandbox.serve import twin_application  # noqa: PLC0415  # a second edge over the same home

    for _ in range(3):
        ask("care", "/api/session?cid=1")
    before = {line["request_id"] for line in lines(home, "edge.log")}
    twin_application(home, "care")
    assert 3 == len(before)
    assert max(int(request_id[5:]) for request_id in before) < (Path(twin_folder(home)) / "edge.log").stat().st_size
