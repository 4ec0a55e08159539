"""A twin of Adobe's journal of one registration, and of the server that gives tokens for it.

It refuses what Adobe refuses: a token that it did not give or that has ended, another key or organization, a position that it
never gave (404), one whose events have expired (410), a limit that is no positive number. An answer has at most as many events as
lie in one of its units of storage, whatever the limit says. That a strange position is answered 404 is our reading: the contract,
https://developer.adobe.com/events/docs/guides/api/journaling-api, does not say.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import msgspec

from hemostat.kernel import Clock

from .loopback import Asked, Said

PATH = "/events/organizations/23294/integrations/54108/f89067f2-0d50-4bb2-bf78-209d0eacb6eb"
_KEPT = timedelta(days=7)


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    position: str
    at: datetime
    event: dict[str, Any]


class AdobeJournal:
    """The journal at `PATH`, and the tokens at `/ims/token/v3`. unit: events of one unit of storage. lives: seconds of a token.

    faults: statuses of the next answers of the journal. rest: its Retry-After. link: whether it names the next address itself.
    """

    def __init__(self, *, client_id: str, secret: str, organization: str, clock: Clock) -> None:
        self.client_id = client_id
        self.secret = secret
        self.organization = organization
        self.unit = 3
        self.lives = 86_399
        self.rest = 10
        self.link = True
        self.faults: list[int] = []
        self.calls: list[str] = []
        self.tokens: dict[str, datetime] = {}
        self._clock = clock
        self._written: list[_Written] = []
        self._count = 0

    def write(self, *events: dict[str, Any]) -> None:
        """The events are at the end of the journal."""
        for event in events:
            self._count += 1
            position = f"camel:{self._count:08x}-dace-4994-96e7-da80e7125233:2159b72c-e284-4899-b572-08da250e3614"
            self._written.append(_Written(position=position, at=self._clock.now(), event=event))

    def answer(self, asked: Asked) -> Said:
        """What Adobe says to one request."""
        self.calls.append(asked.target)
        path, _, query = asked.target.partition("?")
        if path == "/ims/token/v3":
            return self._token(asked)
        if path != PATH or asked.method != "GET":
            return Said(status=404, body=b'{"error":"not found"}')
        refusal = self._refusal(asked)
        if refusal is not None:
            return refusal
        if self.faults:
            return Said(status=self.faults.pop(0), headers={"retry-after": str(self.rest)})
        return self._page(dict(parse_qsl(query, keep_blank_values=True)))

    def _token(self, asked: Asked) -> Said:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        wanted = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        if asked.method != "POST" or not asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return Said(status=400, body=b'{"error":"invalid_request"}')
        if {name: form.get(name) for name in wanted} != wanted:
            return Said(status=401, body=b'{"error":"invalid_client"}')
        if not form.get("scope"):
            return Said(status=400, body=b'{"error":"invalid_scope"}')
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = self._clock.now() + timedelta(seconds=self.lives)
        return Said(body=msgspec.json.encode({"access_token": token, "token_type": "bearer", "expires_in": self.lives}))

    def _refusal(self, asked: Asked) -> Said | None:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self._clock.now() >= self.tokens.get(token, self._clock.now()):
            return Said(status=401, body=b'{"error_code":"401013","message":"Oauth token is not valid"}')
        if asked.headers.get("x-api-key") != self.client_id or asked.headers.get("x-ims-org-id") != self.organization:
            return Said(status=403, body=b'{"error_code":"403000","message":"Api Key is invalid"}')
        return None

    def _page(self, query: dict[str, str]) -> Said:
        """The events after a position, or the oldest; 204 at the end."""
        limit = query.get("limit", str(self.unit))
        if not limit.isdecimal() or int(limit) == 0 or not query.keys() <= {"since", "limit", "latest"}:
            return Said(status=400, body=b'{"message":"limit must be a positive integer"}')
        kept = [one for one in self._written if one.at > self._clock.now() - _KEPT]
        since = query.get("since", "")
        if since:
            known = [one.position for one in self._written]
            if since not in known:
                return Said(status=404, body=b"Position not found")
            if since not in {one.position for one in kept}:
                return Said(status=410, body=f"Events at position {since} have expired.".encode(), content_type="text/plain")
            kept = self._written[known.index(since) + 1 :]
        part = kept[: min(int(limit), self.unit)]
        last = part[-1].position if part else since or (self._written[-1].position if self._written else "")
        link = self._link({"since": last, **({"limit": limit} if "limit" in query else {})}) if last and self.link else {}
        if not part:
            return Said(status=204, headers={**link, "retry-after": str(self.rest)})
        events = [{"position": one.position, "event": one.event} for one in part]
        page = {"last": last, "count": len(part)}
        return Said(body=msgspec.json.encode({"events": events, "_page": page}), headers=link)

    def _link(self, query: dict[str, str]) -> dict[str, str]:
        """The header that names the next address, and beside it one that is of no use here; a limit is kept in both."""
        follow = urlencode(query)
        return {"link": f'<{PATH}?{follow}>; rel="next", <{PATH}/validate?{follow}>; rel="validate"'}
