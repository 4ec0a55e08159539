"""The process of the hot door: one Granian server in this very process, so that ending the process ends the server."""

import asyncio
import signal
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from hemostat.kernel import Home, clock_for, log
from hemostat.kernel.garbage import settled
from hemostat.kernel.listening import require_free
from hemostat.lake.spool import Spool
from hemostat.sources import check

from .app import Door
from .syslog import listeners

_HEAD_PATIENCE = 10_000  # milliseconds for a request's head to arrive
_BACKLOG = 1024
_CONNECTIONS = 2048


def serve(home: Home) -> None:
    """The door was open until SIGTERM or SIGINT asked it to close, and what it had taken is committed.

    Raises `BadSettings` when the home, a source or the address cannot be used.
    """
    log.configure("intake")
    settings = home.settings()
    for name, source in settings.sources.items():
        check(name, source)
    key = home.keyring(settings).secret("spool")
    spool = Spool(home.spool, key=key, limit=settings.intake.spool_limit)
    require_free(settings.intake.host, settings.intake.port, section="intake")
    try:
        asyncio.run(_serve(home, spool, host=settings.intake.host, port=settings.intake.port))
    finally:
        spool.close()


async def _serve(home: Home, spool: Spool, *, host: str, port: int) -> None:
    door = Door(home, spool, clock=clock_for(home.path))
    server = embedded(door, host=host, port=port)
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, server.stop)
    await door.start()
    ports = listeners(home, door.desk)
    try:
        for port_of_syslog in ports:
            await port_of_syslog.start()
        settled()
        log.get().info("intake.open", host=host, port=port)
        await server.serve()
    finally:
        for port_of_syslog in ports:
            await port_of_syslog.stop()
        await door.stop()
        log.get().info("intake.closed")


def embedded(app: Any, *, host: str, port: int, interface: Interfaces = Interfaces.RSGI) -> Server:
    """A server of this process for an application, set as the hot door needs it."""
    return Server(
        app,
        address=host,
        port=port,
        interface=interface,
        http=HTTPModes.http1,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_PATIENCE),
        log_enabled=False,
        log_access=False,
    )
