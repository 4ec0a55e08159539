"""The isolation guard: nothing that runs in a sandbox reaches anything but the sandbox.

The guard sits in the interpreter's audit hooks (PEP 578), which cannot be taken out again. It sees every socket that Python code
opens. It sees neither sockets that native code opens by itself nor what another program does that a process starts.
"""

import ipaddress
import os
import re
import socket
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from hemostat.kernel import HemostatError, Home, Settings, SystemClock, iso

LOG = "guard.ndjson"

_PASSED_ON = re.compile(
    r"PATH|HOME|USER|LOGNAME|PWD|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TERM|COLUMNS|LINES|NO_COLOR|VIRTUAL_ENV|LD_LIBRARY_PATH"
    r"|(PYTHON|COVERAGE|HEMOSTAT|PYTEST|MALLOC|ARROW)_?[A-Z_]*"
)
_LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})


class GuardRefusal(HemostatError):
    """Something in the sandbox tried to reach the outside, or a port that is not the sandbox's."""

    def __init__(self, host: str, port: int | str | None) -> None:
        place = host if port is None else f"{host} port {port}"
        super().__init__(
            f"The sandbox may not reach {place}.",
            advice=f"A drill talks to its own loopback ports only; the attempt is in {LOG}.",
        )


def guard_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Those of `variables` that the child of a sandbox needs. No other gets through: a credential can have any name."""
    return {name: value for name, value in variables.items() if _PASSED_ON.fullmatch(name)}


def guard_install(home: Path, allow_ports: Collection[int] | None) -> None:
    """From now on, until it ends, this process reaches loopback only, and there only `allow_ports` (None: every port).

    Of sockets in the file system it reaches those within the home, and it opens no socket of another family.
    Each refusal is one line in the home's `guard.ndjson`, with the host and port that were asked for, and raises `GuardRefusal`.
    """
    sys.addaudithook(Guard(home, allow_ports))


class Guard:
    """Looks at audit events and refuses those that would leave the sandbox; `guard_install` says what is allowed."""

    def __init__(self, home: Path, allow_ports: Collection[int] | None) -> None:
        self._home = home.resolve()
        self._log = os.open(home / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._clock = SystemClock()
        self._allow_ports = allow_ports

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The event may go on. Raises `GuardRefusal` when it may not; the log then has a line more."""
        find = _TARGETS.get(event)
        target = find(arguments) if find else None
        if target is None or self._allows(*target):
            return
        host, port = target
        line = {"time": iso(self._clock.now()), "event": event, "host": str(host), "port": port}
        os.write(self._log, msgspec.json.encode(line) + b"\n")
        raise GuardRefusal(str(host), port)

    def _allows(self, host: str | Path, port: int | str | None) -> bool:
        if isinstance(host, str):
            return allowed(host, port, self._allow_ports)
        # A name that begins with a zero byte is no file: any process of the machine may listen there
        return "\0" not in str(host) and host.resolve().is_relative_to(self._home)


def guard_home(home: Home) -> None:
    """If the home is a sandbox, this process is guarded from now on: it reaches the sandbox's own ports and nothing else."""
    settings = home.settings()
    if settings.kind == "sandbox":
        guard_install(home.path, own_ports(settings))


def own_ports(settings: Settings) -> frozenset[int]:
    """The ports that these settings name: those of intake, console and targets."""
    targets = (urlsplit(target.url).port for target in settings.targets.values())
    return frozenset({settings.intake.port, settings.console.port, *(port for port in targets if port)})


def allowed(host: str, port: int | str | None, allow_ports: Collection[int] | None) -> bool:
    """Whether the sandbox may reach this host and port. A port of None or 0 asks about the host alone."""
    if host in _LOCAL_NAMES:
        inside = True
    else:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        inside = (mapped or address).is_loopback
    return inside and (allow_ports is None or not port or port in allow_ports)


# A path is a socket in the file system
_Target = tuple[str | Path, int | str | None]


def _of_socket(opened: socket.socket, address: Any) -> _Target | None:
    if opened.family == socket.AF_UNIX:
        return Path(os.fsdecode(address)), None
    return _of_family(opened.family) or (str(address[0]), address[1])


def _of_family(family: int) -> _Target | None:
    """A target outside for every family but the three that the sandbox speaks; -1 is a socket that is there already."""
    return None if family in _FAMILIES else (f"address family {int(family)}", None)


def _of_name(host: Any, port: Any = None) -> _Target:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return str(name or ""), port if isinstance(port, int) else None


_FAMILIES = frozenset({-1, socket.AF_UNIX, socket.AF_INET, socket.AF_INET6})
_TARGETS: dict[str, Callable[[tuple[Any, ...]], _Target | None]] = {
    "socket.__new__": lambda given: _of_family(given[1]),
    "socket.connect": lambda given: _of_socket(given[0], given[1]),
    "socket.sendto": lambda given: _of_socket(given[0], given[1]),
    "socket.sendmsg": lambda given: None if given[1] is None else _of_socket(given[0], given[1]),
    "socket.getaddrinfo": lambda given: _of_name(given[0], given[1]),
    "socket.gethostbyname": lambda given: _of_name(given[0]),
    "socket.gethostbyaddr": lambda given: _of_name(given[0]),
    "socket.getnameinfo": lambda given: _of_name(*given[0][:2]),
}
