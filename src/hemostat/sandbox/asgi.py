"""The smallest web framework that serves the twin: one function from `Request` to `Reply`, as an ASGI 3 application.

Two request headers carry facts of the story, and the twin alone believes them: `X-Twin-Client: 203.0.113.24;64500` says from
which address and autonomous system the call comes, `X-Twin-Time: 2026-03-10T14:00:00Z` says when. Without them a call comes from
its socket's address, now. Nothing outside a sandbox reads either header.

Every server answers `GET /healthz` before anything else: it is no part of the story and in no log.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from hemostat.kernel import BadInput, Clock, parse_iso

JSON = "application/json"
NDJSON = "application/x-ndjson"
HTML = "text/html; charset=utf-8"

_CLIENT = re.compile(r"([0-9A-Fa-f.:]{2,45});([0-9]{1,10})")


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """From where and when a call comes, in the story."""

    ip: str
    asn: int
    at: datetime
    agent: str


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request. Header names are lowercase; `raw_path` and `query` are as they were sent, `path` is decoded."""

    method: str
    path: str
    raw_path: str
    query: str
    headers: dict[str, str]
    body: bytes
    caller: Caller

    @property
    def uri(self) -> str:
        """Path and query, as an access log writes them."""
        return f"{self.raw_path}?{self.query}" if self.query else self.raw_path

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The decoded query parameters, in their order."""
        return parse_qsl(self.query, keep_blank_values=True)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP response."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


Handler = Callable[[Request], Awaitable[Reply]]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def refusal(status: int, reason: str) -> Reply:
    """An answer that says no, and why, in one JSON object."""
    return Reply(status=status, body=msgspec.json.encode({"error": reason}))


def application(handle: Handler, clock: Clock) -> Application:
    """An ASGI application that answers each HTTP request with what `handle` returns."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/healthz":
            await _reply(send, Reply(body=b'{"status":"ok"}'))
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            caller = _caller(headers, scope, clock)
        except BadInput as error:
            reply = refusal(400, str(error))
        else:
            reply = await handle(
                Request(
                    method=scope["method"],
                    path=scope["path"],
                    raw_path=scope["raw_path"].decode("latin-1"),
                    query=scope["query_string"].decode("latin-1"),
                    headers=headers,
                    body=await _body(receive) if scope["method"] != "GET" else b"",
                    caller=caller,
                )
            )
        await _reply(send, reply)

    return serve


def _caller(headers: dict[str, str], scope: Scope, clock: Clock) -> Caller:
    ip, asn = scope["client"][0], 0
    if named := headers.get("x-twin-client"):
        match = _CLIENT.fullmatch(named)
        if match is None:
            raise BadInput("X-Twin-Client is not an address and a number.", advice="Write it like 203.0.113.24;64500.")
        ip, asn = match[1], int(match[2])
    moment = headers.get("x-twin-time")
    return Caller(ip=ip, asn=asn, at=parse_iso(moment) if moment else clock.now(), agent=headers.get("user-agent", ""))


async def _reply(send: Send, reply: Reply) -> None:
    headers = [(b"content-type", reply.content_type.encode()), (b"content-length", str(len(reply.body)).encode()), *reply.headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
