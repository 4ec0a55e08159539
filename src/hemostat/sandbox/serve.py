"""Runs one process of the twin in the foreground: `python -m hemostat.sandbox.serve storefront|care|admin HOME`."""

import asyncio
import signal
import sys
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


def main(arguments: list[str]) -> None:
    """The named process serves until SIGTERM or SIGINT.

    Raises `BadInput` for other words, `BadSettings` for a home without a twin.
    """
    match arguments:
        case [name, folder] if name in NAMES:
            home = Home(Path(folder))
        case _:
            raise BadInput("Which process of which home?", advice=f"Say one of {', '.join(NAMES)}, then the home.")
    ports = ports_of(home.settings())
    # The storefront calls the edge; the others call nobody
    guard_install(home.path, {ports.care} if name == "storefront" else set())
    port = {"storefront": ports.storefront, "care": ports.care, "admin": ports.admin}[name]
    asyncio.run(_serve(twin_application(home, name), port))


def twin_application(home: Home, name: str) -> Application:
    """The ASGI application of one twin process."""
    settings = home.settings()
    folder = twin_folder(home)
    return application(_handler(home, name, TwinState(folder), keyring=home.keyring(settings)), clock_for(home.path))


def _handler(home: Home, name: str, state: TwinState, *, keyring: Keyring) -> Handler:
    if name == "storefront":
        return Storefront(state, edge=EdgeLine(ports_of(home.settings()).care)).handle
    if name == "care":
        return Edge(twin_folder(home), state).handle
    key = keyring.secret("target.twin").hex()
    return Admin(twin_folder(home), state, key=key, share=lambda secret: client_secret_share(home, secret)).handle


async def _serve(app: Application, port: int) -> None:
    server = Server(
        app, address=_LOOPBACK, port=port, interface=Interfaces.ASGINL, http=HTTPModes.http1, websockets=False, log_enabled=False
    )
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(stop, server.stop)
    await server.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
