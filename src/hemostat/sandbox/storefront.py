"""The platform's storefront: plain pages, and the app proxy that signs what a browser asks and hands it to the care app."""

import asyncio

from .asgi import HTML, Reply, Request, refusal
from .care_app import HOST
from .patients import WATERMARK
from .signing import PROXY_PREFIX, client_secret, login_customer, proxy_query
from .state import TwinState

_PASSED_ON = ("user-agent", "x-twin-client", "x-twin-time")
_PAUSE = 0.05
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Fernhollow Health ({mark})</title></head>
<body><p>{mark} EXERCISE</p><h1>Fernhollow Health</h1><p>{text}</p></body></html>
"""
_PAGES = {
    "/": "Care that comes to you.",
    "/products/minoxidil": "Minoxidil, 90-day supply.",
    "/products/adapalene": "Adapalene gel, 45 g.",
}


class Storefront:
    """The shop as browsers see it; `edge` leads to the care app."""

    def __init__(self, state: TwinState, *, edge: "EdgeLine") -> None:
        self._state = state
        self._edge = edge

    async def handle(self, request: Request) -> Reply:
        """A page, or the app's answer to the signed call."""
        if request.path.startswith(f"{PROXY_PREFIX}/"):
            return await self._proxy(request)
        text = _PAGES.get(request.path)
        if text is None:
            return refusal(404, "no such page")
        return Reply(body=_PAGE.format(mark=WATERMARK, text=text).encode(), content_type=HTML)

    async def _proxy(self, request: Request) -> Reply:
        facts = self._state.facts
        if not facts.installed:
            return refusal(404, "the app is not installed")
        query = proxy_query(
            request.query,
            secret=client_secret(facts.seed, facts.platform_secret),
            customer=login_customer(facts.seed, request.headers.get("cookie", "")),
            at=request.caller.at,
        )
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers.setdefault("x-twin-client", f"{request.caller.ip};{request.caller.asn}")
        try:
            return await self._edge.get(f"{request.raw_path}?{query}", headers)
        except OSError:
            return refusal(502, "the app does not answer")


class EdgeLine:
    """Connections to the edge on loopback that stay open between calls; HTTP/1.1 with lengths, as the edge speaks it.

    `patience` is how many seconds a browser waits for an app that does not answer, as while it starts again.
    """

    def __init__(self, port: int, *, patience: float = 15.0) -> None:
        self._port = port
        self._patience = patience
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def get(self, target: str, headers: dict[str, str]) -> Reply:
        """The answer to one GET. Raises `OSError` when the edge stays away for longer than our patience."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        message = f"GET {target} HTTP/1.1\r\nhost: {HOST}\r\n{lines}\r\n".encode("latin-1")
        deadline = asyncio.get_running_loop().time() + self._patience
        while True:
            try:
                return await self._exchange(message)
            except OSError:
                # The edge went away with our idle connections, and may come back
                self.close()
                if asyncio.get_running_loop().time() >= deadline:
                    raise
            await asyncio.sleep(_PAUSE)

    def close(self) -> None:
        """No connection is left idle."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _exchange(self, message: bytes) -> Reply:
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(message)
            reply = await _read(reader)
        except asyncio.IncompleteReadError as error:
            writer.close()
            raise ConnectionResetError("the edge hung up") from error
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return reply


async def _read(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = dict(line.split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(fields["content-length"]))
    return Reply(status=int(head[0].split(" ", 2)[1]), body=body, content_type=fields["content-type"])
