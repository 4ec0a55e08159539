"""The intake's application in this process, with sources that Adobe sends to, and the host of Adobe's keys on loopback."""

import asyncio
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hemostat.intake.app import Door
from hemostat.kernel import Home, Intake, Settings, Source, SystemClock
from hemostat.lake.health import Gap, gaps
from hemostat.lake.spool import Message, Spool
from hemostat.sandbox.wires.adobe import AdobeEvents, CommerceStore, Signer
from unit.intake.rsgi import FakeWire, head

CLIENT = "0123456789abcdef"


@cache
def signer(_name: str) -> Signer:
    """The key of this name, made once: making one takes longer than a test."""
    return Signer()


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the door answered."""

    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)


class AdobeDesk:
    """A door, asked request by request on an event loop of its own."""

    def __init__(self, folder: Path, *, kind: str = "sandbox", limit: int = 10**9, max_body: int = 100_000) -> None:
        self.adobe = AdobeEvents(CLIENT, (signer("one"), signer("two")))
        self.store = CommerceStore(signer("store"))
        self.home = Home(folder / "home")
        self.sources = {
            "io": Source(kind="adobe-events", store="fernhollow", options={"client_id": CLIENT, "keys": "http://127.0.0.1:9"}),
            "hooks": Source(kind="commerce-webhooks", store="fernhollow", options={"public_keys": [self.store.signer.pem]}),
            "edge": Source(kind="access-log", store="fernhollow"),
        }
        settings = Settings(kind=kind, intake=Intake(max_body=max_body), sources=self.sources)  # type: ignore[arg-type]  # one of two words
        self.home.create(settings)
        self.spool = Spool(self.home.spool, key=self.home.keyring(settings).secret("spool"), limit=limit)
        self._loop = asyncio.new_event_loop()
        self.door = Door(self.home, self.spool, clock=SystemClock())
        self._loop.run_until_complete(self.door.start())

    def keys_at(self, address: str) -> None:
        """The settings name this address as the host of Adobe's keys."""
        settings = self.home.settings()
        source = Source(kind="adobe-events", store="fernhollow", options={"client_id": CLIENT, "keys": address})
        self.home.write(msgspec.structs.replace(settings, sources={**settings.sources, "io": source}))

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, query: str = ""
    ) -> Reply:
        """The answer to one request."""
        return self._loop.run_until_complete(self._asked(method, path, body, headers or {}, query))

    async def _asked(self, method: str, path: str, body: bytes, headers: Mapping[str, str], query: str) -> Reply:
        given = {"content-length": str(len(body)), **headers}
        wire = FakeWire(body)
        await self.door(head(method, path, query=query, headers=list(given.items())), wire)
        return Reply(status=wire.status, body=wire.answer, headers=dict(wire.headers))

    def event(self, number: str, body: bytes | None = None, **headers: str) -> Reply:
        """A delivery of I/O Events; `headers` replace those of Adobe, or remove them when empty."""
        body = (
            self.adobe.event(number, "observer.customer_login", {"entity_id": 4}, time="2026-11-24T02:10:11Z")
            if body is None
            else body
        )
        given = {**self.adobe.headers(number, body), **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.ask("POST", "/in/adobe-events/io", body, {name: value for name, value in given.items() if value})

    def hook(self, body: bytes, **headers: str) -> Reply:
        """A delivery of a Commerce webhook."""
        given = {**self.store.headers(body), **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.ask("POST", "/in/commerce-webhooks/hooks", body, {name: value for name, value in given.items() if value})

    def kept(self) -> list[Message]:
        """The messages that came since the last time."""
        found = []
        while plan := self.spool.plan():
            found += [each for each in self.spool.messages(plan) if isinstance(each, Message)]
            self.spool.written(plan, [], rejected=0)
        return found

    def gaps(self) -> list[Gap]:
        """The gaps that are open."""
        return gaps(self.home, only_open=True)

    def close(self) -> None:
        """Nothing of it runs or is open."""
        self._loop.run_until_complete(self.door.stop())
        self._loop.close()
        self.spool.close()
