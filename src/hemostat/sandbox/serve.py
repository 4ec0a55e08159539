"""Runs servers of the twin in the foreground: `python -m hemostat.sandbox.serve storefront care admin HOME`, or some of them."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from hemostat.kernel import BadInput, Home, Keyring, clock_for

from .admin import Admin
from .asgi import Application, Handler, application
from .edge import Edge
from .guard import guard_install
from .homes import client_secret_share, ports_of, twin_folder
from .processes import NAMES
from .state import TwinState
from .storefront import EdgeLine, Storefront

_LOOPBACK = "127.0.0.1"
_LAST_THREADS = 0.2  # seconds: threads of a server end a moment after it says so, and panic when the interpreter is gone by then


def main(arguments: list[str]) -> None:
    """The named servers serve until SIGTERM or SIGINT.

    Raises `BadInput` for other words, `BadSettings` for a home without a twin.
    """
    match arguments:
        case [*names, folder] if names and set(names) <= set(NAMES):
            home = Home(Path(folder))
        case _:
            raise BadInput("Which servers of which home?", advice=f"Say some of {', '.join(NAMES)}, then the home.")
    ports = ports_of(home.settings())
    # The storefront calls the edge; the others call nobody
    guard_install(home.path, {ports.care} if "storefront" in names else set())
    numbers = {"storefront": ports.storefront, "care": ports.care, "admin": ports.admin}
    edge = EdgeLine(ports.care)
    asyncio.run(_serve({numbers[name]: twin_application(home, name, edge) for name in names}, edge))


def twin_application(home: Home, name: str, edge: EdgeLine | None = None) -> Application:
    """The ASGI application of one server of the twin. edge: how a storefront reaches the app, when not by a line of its own."""
    settings = home.settings()
    line = edge or EdgeLine(ports_of(settings).care)
    handler = _handler(home, name, TwinState(twin_folder(home)), keyring=home.keyring(settings), edge=line)
    return application(handler, clock_for(home.path))


def _handler(home: Home, name: str, state: TwinState, *, keyring: Keyring, edge: EdgeLine) -> Handler:
    if name == "storefront":
        return Storefront(state, edge=edge).handle
    if name == "care":
        return Edge(twin_folder(home), state).handle
    key = keyring.secret("target.twin").hex()
    return Admin(twin_folder(home), state, key=key, share=lambda secret: client_secret_share(home, secret)).handle


async def _serve(apps: Mapping[int, Application], edge: EdgeLine) -> None:
    """Each application answers at its port until the process is asked to stop."""
    servers = [
        Server(
            app,
            address=_LOOPBACK,
            port=port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
        )
        for port, app in apps.items()
    ]

    def stop() -> None:
        edge.close()
        for server in servers:
            server.stop()

    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop)
    await asyncio.gather(*(server.serve() for server in servers))
    await asyncio.sleep(_LAST_THREADS)


if __name__ == "__main__":
    main(sys.argv[1:])
