"""The consoles of the twin, as one API with a bearer key: deploys, edge rules, keys, logs, mailbox, and the truth of the drill.

Every act has its real effect. Rotating the client secret breaks proxy signing and webhooks until it is shared again; uninstalling
the app destroys its log and ledger and does not close the path; rolling back overwrites the leaky artifact and leaves care tokens
alive.
"""

import hmac
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from hemostat.kernel import NotFound, iso

from . import releases
from .asgi import JSON, NDJSON, Reply, Request, refusal
from .care_app import HOST, TOKEN_SECONDS
from .logfile import LogFile
from .patients import CANARY, FOREIGN_CANARY, Population
from .records import session_record
from .signing import Claims, client_secret, proxy_query, token_key, token_make
from .state import LEAKY, TwinState

TEXT = "text/plain; charset=utf-8"
GZIP = "application/gzip"
_CLOCK_OFFSET_MS = 0


class RuleChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Switches one rule of the edge."""

    rule: Literal["require-signature"]
    on: bool


class Rollback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Returns to an earlier release."""

    to: Literal["2.13"]


class Ticket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A letter in the support mailbox."""

    ref: str
    sender: str
    subject: str
    text: str


class Admin:
    """The admin API. `folder` is the twin's folder within the home, `key` the bearer key in hex.

    `share` tells Hemostat the app's present client secret, as a person would by hand.
    """

    def __init__(self, folder: Path, state: TwinState, *, key: str, share: Callable[[bytes], None]) -> None:
        self._folder = folder
        self._state = state
        self._bearer = f"Bearer {key}".encode()
        self._share = share
        self._routes: dict[tuple[str, str], Callable[[Request], Reply]] = {
            ("GET", "/admin/edge-log"): lambda _: self._log("edge.log"),
            ("GET", "/admin/app-log"): lambda _: self._log("app.log"),
            ("GET", "/admin/token-ledger"): lambda _: self._ledger(),
            ("GET", "/admin/deploys"): lambda _: _json(self._state.deploys()),
            ("GET", "/admin/route-config"): lambda _: self._route_config(),
            ("GET", "/admin/response-sample"): lambda _: self._response_sample(),
            ("GET", "/admin/tickets"): lambda _: _json(self._state.tickets()),
            ("GET", "/admin/time-sync"): self._time_sync,
            ("GET", "/admin/canary"): self._canary,
            ("GET", "/admin/truth"): lambda request: _json(self._state.truth(now=request.caller.at)),
            ("POST", "/admin/edge/rules"): self._rule,
            ("POST", "/admin/deploys/rollback"): self._rollback,
            ("POST", "/admin/token-key/rotate"): lambda _: self._token_key_rotate(),
            ("POST", "/admin/client-secret/rotate"): lambda _: self._client_secret_rotate(),
            ("POST", "/admin/client-secret/share"): lambda _: self._client_secret_share(),
            ("POST", "/admin/app/uninstall"): lambda _: self._uninstall(),
            ("POST", "/admin/tickets"): self._ticket,
        }

    async def handle(self, request: Request) -> Reply:
        """What the console answers; 401 without the key, 422 when the body is not what the act needs."""
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), self._bearer):
            return refusal(401, "wrong bearer key")
        route = self._routes.get((request.method, request.path))
        try:
            return route(request) if route else self._of_release(request)
        except msgspec.DecodeError as error:
            return refusal(422, str(error))
        except NotFound as error:
            return refusal(404, str(error))

    def _log(self, name: str) -> Reply:
        path = self._folder / name
        if not path.exists():
            return _destroyed()
        return Reply(body=path.read_bytes(), content_type=NDJSON)

    def _ledger(self) -> Reply:
        if not self._state.facts.installed:
            return _destroyed()
        return Reply(body=msgspec.json.Encoder().encode_lines(self._state.ledger()), content_type=NDJSON)

    def _of_release(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[2:]:
            case "GET", ["deploys", version, "diff"]:
                return Reply(body=releases.diff(version).encode(), content_type=TEXT)
            case "GET", ["artifact", version]:
                # One slot keeps the release that runs: going back overwrites the release one would like to look at
                if version == LEAKY and self._state.facts.release != LEAKY:
                    return _destroyed()
                return Reply(body=releases.artifact(version), content_type=GZIP)
        return refusal(404, "no such endpoint")

    def _route_config(self) -> Reply:
        facts = self._state.facts
        rules = [{"rule": "require-signature", "on": facts.require_signature}]
        return _json({"release": facts.release, "routes": releases.route_table(facts.release), "edge_rules": rules})

    def _response_sample(self) -> Reply:
        person = Population(self._state.facts.seed).person(CANARY)
        assert person is not None  # noqa: S101  # the canary exists for every seed
        return Reply(body=session_record(person, care_token="not-a-token"))  # noqa: S106  # says what it is

    def _time_sync(self, request: Request) -> Reply:
        return _json({"clock": iso(request.caller.at), "source": "exercise clock of the home", "offset_ms": _CLOCK_OFFSET_MS})

    def _canary(self, request: Request) -> Reply:
        """What probes need: two numbers of nobody, a call signed for the wrong one, a care token from before any rotation."""
        facts, at = self._state.facts, request.caller.at
        secret = client_secret(facts.seed, facts.app_secret)
        signed_foreign = proxy_query(f"cid={FOREIGN_CANARY}", secret=secret, customer=str(CANARY), at=at)
        claims = Claims(jti="canary", sub=str(CANARY), exp=int(at.timestamp()) + TOKEN_SECONDS, kid=0)
        return _json(
            {
                "cid": CANARY,
                "foreign_cid": FOREIGN_CANARY,
                "unsigned": f"{releases.DIRECT_ROUTE}?cid={CANARY}",
                "signed_foreign": f"{releases.DIRECT_ROUTE}?{signed_foreign}",
                "portal": releases.PORTAL_ROUTE,
                "old_token": token_make(claims, token_key(facts.seed, 0)),
            }
        )

    def _rule(self, request: Request) -> Reply:
        change = msgspec.json.decode(request.body, type=RuleChange)
        facts = self._state.change(require_signature=change.on)
        return _json({"rule": change.rule, "on": facts.require_signature})

    def _rollback(self, request: Request) -> Reply:
        to = msgspec.json.decode(request.body, type=Rollback).to
        if self._state.facts.release != to:
            released(self._folder, self._state, to, at=request.caller.at, note="rollback")
        return _json({"release": self._state.facts.release})

    def _token_key_rotate(self) -> Reply:
        return _json({"token_key": self._state.change(token_key=self._state.facts.token_key + 1).token_key})

    def _client_secret_rotate(self) -> Reply:
        facts = self._state.change(platform_secret=self._state.facts.platform_secret + 1)
        return _json({"client_secret": facts.platform_secret, "shared": False})

    def _client_secret_share(self) -> Reply:
        facts = self._state.change(app_secret=self._state.facts.platform_secret)
        self._share(client_secret(facts.seed, facts.app_secret))
        return _json({"client_secret": facts.app_secret, "shared": True})

    def _uninstall(self) -> Reply:
        self._state.change(installed=False)
        self._state.ledger_destroy()
        (self._folder / "app.log").unlink(missing_ok=True)
        return _json({"installed": False})

    def _ticket(self, request: Request) -> Reply:
        ticket = msgspec.json.decode(request.body, type=Ticket)
        self._state.ticket_add(
            ref=ticket.ref, at=request.caller.at, sender=ticket.sender, subject=ticket.subject, text=ticket.text
        )
        return _json({"ticket": ticket.ref})


def released(folder: Path, state: TwinState, version: str, *, at: datetime, note: str) -> None:
    """This release runs, the deploy record says so, and so does the app's log unless the app is uninstalled."""
    facts = state.change(release=version)
    state.deploy_add(version=version, at=at, author=releases.AUTHOR, revision=releases.REVISIONS[version], note=note)
    if facts.installed:
        log = LogFile(folder / "app.log")
        log.append({"time": iso(at), "act": "release:deploy", "host": HOST, "message": f"{note} of release {version}"})
        log.close()


def _json(value: Any) -> Reply:
    return Reply(body=msgspec.json.encode(value), content_type=JSON)


def _destroyed() -> Reply:
    return refusal(410, "this no longer exists")
