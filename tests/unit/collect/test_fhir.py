"""The AuditEvents of a FHIR server: page after page, each once, and with our token at no other host."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from hemostat.collect.standing import CannotRead, FeedRefused
from hemostat.kernel import BadSettings, iso, parse_iso
from hemostat.lake.spool import SpoolFull
from hemostat.sandbox.wires.loopback import Asked, Said, served
from unit.collect.feeding import Fed

TOKEN = b"bearer-token-of-a-test"
START = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Server:
    """A FHIR server with events, which answers searches as https://hl7.org/fhir/R4/http.html says."""

    def __init__(self) -> None:
        self.address = ""
        self.events: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.answers: list[Said] = []
        self.next_host = ""
        self._pages: dict[str, tuple[list[dict[str, Any]], int]] = {}

    def add(self, number: int, *, version: str = "1", seconds: int = 0) -> None:
        """An event, changed so many seconds after the start."""
        meta = {"versionId": version, "lastUpdated": iso(START + timedelta(seconds=seconds))}
        self.events.append({"resourceType": "AuditEvent", "id": f"ae-{number}", "meta": meta})

    def forget(self) -> None:
        """The pages are gone, as after a restart."""
        self._pages.clear()

    def answer(self, asked: Asked) -> Said:
        """The next of the answers laid out, else what the server finds."""
        self.asked.append(asked)
        if self.answers:
            return self.answers.pop(0)
        if asked.headers.get("authorization") != f"Bearer {TOKEN.decode()}":
            return Said(status=401)
        parts = urlsplit(asked.target)
        values = parse_qs(parts.query)
        if "page" in values:
            if values["page"][0] not in self._pages:
                return Said(status=410)
            found, count = self._pages[values["page"][0]]
        else:
            assert "/r4/AuditEvent" == parts.path
            since = parse_iso(values["_lastUpdated"][0].removeprefix("ge"))
            found = [each for each in self.events if parse_iso(each["meta"]["lastUpdated"]) >= since]
            found.sort(key=lambda each: str(each["meta"]["lastUpdated"]))
            count = int(values["_count"][0])
        bundle: dict[str, Any] = {"resourceType": "Bundle", "entry": [{"resource": each} for each in found[:count]]}
        if found[count:]:
            name = str(len(self._pages))
            self._pages[name] = (found[count:], count)
            bundle["link"] = [
                {"relation": "self", "url": "x"},
                {"relation": "next", "url": f"{self.next_host or self.address}/r4?page={name}"},
            ]
        return Said(body=msgspec.json.encode(bundle), content_type="application/fhir+json")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on loopback."""
    made = Server()
    with served(made.answer) as address:
        made.address = address
        yield made


@pytest.fixture
def fed(tmp_path: Path, server: Server) -> Iterator[Any]:
    """Makes a home that reads the server, three events a page."""
    made: list[Fed] = []

    def make(**more: Any) -> Fed:
        options = {"base": f"{server.address}/r4", "count": 3, "overlap": 60, "since": iso(START), **more}
        made.append(Fed(tmp_path, "fhir", reader="fhir-audit", **options))
        made[-1].put_key(TOKEN)
        return made[-1]

    yield make
    for each in made:
        each.close()


def names(home: Fed) -> list[str]:
    """Identifier and version of the events that came since the last time."""
    found = [msgspec.json.decode(message.body) for message in home.kept()]
    return [f"{each['id']}/{each['meta']['versionId']}" for each in found]


def turn(home: Fed) -> int:
    """Pages until nothing follows, each by a reader made anew, as if killed in between; how many."""
    pages = 1
    while home.collector().poll():
        pages += 1
    return pages


def test_page_after_page_each_once(fed: Any, server: Server) -> None:
    """Eight events are three pages; the next turn asks from the overlap on, and keeps what is new, and what has changed."""
    home = fed()
    for number in range(8):
        server.add(number, seconds=number * 100)

    assert 3 == turn(home)
    assert [f"ae-{number}/1" for number in range(8)] == names(home)

    server.add(8, seconds=690)  # seen late: older than the newest that came
    server.add(7, version="2", seconds=900)
    turn(home)

    assert ["ae-8/1", "ae-7/2"] == names(home)
    assert f"ge{iso(START + timedelta(seconds=640))}" in parse_qs(urlsplit(server.asked[-1].target).query)["_lastUpdated"]
    assert [] == home.gaps()


def test_a_page_that_expired_begins_the_turn_again(fed: Any, server: Server) -> None:
    """The server restarted between two pages: nothing is lost, nothing counts twice."""
    home = fed()
    for number in range(5):
        server.add(number, seconds=number)
    assert home.collector().poll()
    server.forget()

    turn(home)

    assert [f"ae-{number}/1" for number in range(5)] == names(home)


def test_a_full_spool_moves_no_place(fed: Any, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not on disk is asked for again."""
    home = fed()
    server.add(1)
    monkeypatch.setattr(home.spool, "_limit", 1)
    with pytest.raises(SpoolFull):
        home.collector().poll()
    monkeypatch.undo()

    turn(home)

    assert ["ae-1/1"] == names(home)


def test_our_token_goes_to_no_other_host(fed: Any, server: Server) -> None:
    """A next page elsewhere is refused and told, and the events of this page are kept."""
    home = fed()
    for number in range(4):
        server.add(number)
    server.next_host = "http://elsewhere.example"

    with pytest.raises(FeedRefused, match="sends us to another host"):
        home.collector().poll()

    assert 3 == len(names(home))
    assert ["refused"] == [gap.kind for gap in home.gaps()]


def test_a_server_that_is_busy_or_refuses_us(fed: Any, server: Server) -> None:
    """Busy is asked again; refused is a gap until it is over; what is no Bundle is told."""
    home = fed()
    for status, kind in ((503, CannotRead), (429, CannotRead), (403, FeedRefused), (302, FeedRefused), (404, FeedRefused)):
        server.answers = [Said(status=status)]
        with pytest.raises(kind, match=str(status)):
            home.collector().poll()
    for body in (b"<html>", b"{}", b'{"resourceType":"OperationOutcome"}', b'{"resourceType":"Bundle","entry":7}'):
        server.answers = [Said(body=body)]
        with pytest.raises(CannotRead, match="is no Bundle"):
            home.collector().poll()
    assert 1 == len(home.gaps())
    home.collector().poll()
    assert [] == home.gaps()

    (home.home.path / "keys" / "feed.cloud.json").unlink()
    with pytest.raises(FeedRefused, match="401"):
        home.collector().poll()


def test_entries_that_are_no_events(fed: Any, server: Server) -> None:
    """What the server says about the search is left out; what cannot be read is kept for the reader; no endless page."""
    home = fed()
    odd = {"resourceType": "AuditEvent", "id": 7}
    entries = [{"resource": {"resourceType": "OperationOutcome", "id": "o"}}, {"resource": odd}]
    server.answers = [Said(body=msgspec.json.encode({"resourceType": "Bundle", "entry": entries}))]
    assert not home.collector().poll()
    assert [odd] == [msgspec.json.decode(message.body) for message in home.kept()]

    first = server.asked[-1].target
    link = [{"relation": "next", "url": first}]
    server.answers = [Said(body=msgspec.json.encode({"resourceType": "Bundle", "link": link}))]
    assert not home.collector().poll()


def test_wrong_options_and_a_closed_port(fed: Any) -> None:
    """Before anything is asked; a new feed without `since` begins a day ago."""
    with pytest.raises(BadSettings, match="`since` of 'cloud' is no time"):
        fed(since="yesterday").collector()
    with pytest.raises(BadSettings, match="The options of 'cloud'"):
        fed(base="ftp://x").collector()
    with pytest.raises(CannotRead, match="not reached: ConnectError"):
        fed(base="http://127.0.0.1:9/r4", since="").collector().poll()
