"""Nothing leaves a sandbox: real attempts, in processes of their own, because a guard cannot be taken out again."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import Console, Home, Intake, Settings, Target
from hemostat.sandbox.guard import Guard, GuardRefusal, allowed, guard_environment, own_ports

ATTEMPTS = {
    "connect": "socket.create_connection(('192.0.2.1', 80), timeout=5)",
    "connect by socket": "socket.socket().connect(('192.0.2.1', 80))",
    "connect over IPv6": "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 443))",
    "connect_ex": "socket.socket().connect_ex(('192.0.2.1', 80))",
    "look up": "socket.getaddrinfo('example.com', 80)",
    "look up bytes": "socket.getaddrinfo(b'example.com', 'http')",
    "look up the old way": "socket.gethostbyname('example.com')",
    "look up a number": "socket.gethostbyaddr('192.0.2.1')",
    "name an address": "socket.getnameinfo(('192.0.2.1', 80), 0)",
    "send a datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "send a message": "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
    "call another machine's port": "socket.socket(socket.AF_VSOCK).connect((2, 80))",
    "write frames": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "call a daemon of this machine": "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
    "call a nameless daemon": "socket.socket(socket.AF_UNIX).connect('\\0agent')",
    "leave the home by dots": "socket.socket(socket.AF_UNIX).connect('HOME/../s')",
    "fetch": "urllib.request.urlopen('http://example.com/')",
    "call a loopback port of somebody else": "socket.create_connection(('127.0.0.1', 9), timeout=5)",
}


def attempt(home: Path, code: str, *, ports: str = "{PORT}", port: int = 1) -> subprocess.CompletedProcess[str]:
    """What a guarded process says when it tries."""
    program = (
        "import socket, urllib.request, pathlib\n"
        "from hemostat.sandbox.guard import guard_install, GuardRefusal\n"
        f"guard_install(pathlib.Path({str(home)!r}), {ports.replace('{PORT}', '{' + str(port) + '}')})\n"
        f"try:\n    {code}\n    print('went through')\n"
        "except GuardRefusal as refusal:\n    print('refused', refusal, refusal.advice())\n"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_ways_out_are_shut_and_logged(name: str, tmp_path: Path) -> None:
    """Each attempt is refused before a packet leaves, and the log says which place was asked for and nothing else."""
    done = attempt(tmp_path, ATTEMPTS[name].replace("HOME", str(tmp_path)))

    assert done.stdout.startswith("refused The sandbox may not reach"), done
    lines = [msgspec.json.decode(line) for line in (tmp_path / "guard.ndjson").read_bytes().splitlines()]
    assert {"time", "event", "host", "port"} == set(lines[0])
    assert 1 == len(lines)


@pytest.mark.parametrize("ports", ["None", "{PORT}"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_sandbox_itself_is_reached(ports: str, host: str, tmp_path: Path) -> None:
    """Loopback, by number or name, and sockets in the file system are no way out."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = attempt(tmp_path, f"socket.create_connection(({host!r}, {port}), timeout=5)", ports=ports, port=port)
    inside = attempt(tmp_path, "a, b = socket.socketpair(); a.sendmsg([b'x'])")

    assert "went through\n" == done.stdout, done
    assert "went through\n" == inside.stdout, inside
    assert b"" == (tmp_path / "guard.ndjson").read_bytes()


def test_a_socket_in_the_home_is_no_way_out(tmp_path: Path) -> None:
    """What listens there belongs to the sandbox."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        done = attempt(tmp_path, f"socket.socket(socket.AF_UNIX).connect({str(tmp_path / 's')!r})")

    assert "went through\n" == done.stdout, done


@pytest.mark.parametrize(
    ("event", "arguments", "refused"),
    [
        ("open", ("/etc/hosts", "r", 0), False),
        ("socket.__new__", (None, -1, -1, -1), False),
        ("socket.__new__", (None, socket.AF_UNIX, socket.SOCK_STREAM, 0), False),
        ("socket.__new__", (None, socket.AF_PACKET, socket.SOCK_RAW, 0), True),
        ("socket.connect", (socket.AF_UNIX, "/run/s"), True),
        ("socket.connect", (socket.AF_UNIX, b"\0s"), True),
        ("socket.connect", (socket.AF_INET, ("127.0.0.1", 80)), False),
        ("socket.connect", (socket.AF_INET, ("192.0.2.1", 80)), True),
        ("socket.connect", (socket.AF_VSOCK, (2, 80)), True),
        ("socket.sendto", (socket.AF_INET6, ("2001:db8::1", 53)), True),
        ("socket.sendmsg", (socket.AF_UNIX, None), False),
        ("socket.sendmsg", (socket.AF_INET, ("192.0.2.1", 53)), True),
        ("socket.getaddrinfo", ("localhost", "http"), False),
        ("socket.getaddrinfo", (None, 80), False),
        ("socket.getaddrinfo", (b"example.com", 80), True),
        ("socket.gethostbyname", ("example.com",), True),
        ("socket.gethostbyaddr", ("127.0.0.1",), False),
        ("socket.getnameinfo", (("192.0.2.1", 80),), True),
    ],
)
def test_what_the_guard_makes_of_an_event(*, event: str, arguments: tuple[Any, ...], refused: bool, tmp_path: Path) -> None:
    """Each audit event of the interpreter that names another machine is refused and logged, all others pass without a trace."""
    guard = Guard(tmp_path, {80})
    with ExitStack() as opened:
        if isinstance(arguments[0], socket.AddressFamily):
            kind = socket.SOCK_STREAM if arguments[0] is socket.AF_VSOCK else socket.SOCK_DGRAM
            arguments = (opened.enter_context(socket.socket(arguments[0], kind)), *arguments[1:])
        if refused:
            with pytest.raises(GuardRefusal):
                guard(event, arguments)
        else:
            guard(event, arguments)

    assert refused == bool((tmp_path / "guard.ndjson").read_bytes())


@pytest.mark.parametrize(("kind", "said"), [("sandbox", "refused"), ("production", "went through")])
def test_a_home_is_guarded_when_it_is_a_sandbox(kind: Literal["sandbox", "production"], said: str, tmp_path: Path) -> None:
    """In a sandbox somebody else's port is out of reach, the home's own is not; a production home is left alone."""
    with socket.create_server(("127.0.0.1", 0)) as own, socket.create_server(("127.0.0.1", 0)) as other:
        targets = {"twin": Target(url=f"http://127.0.0.1:{own.getsockname()[1]}"), "named": Target(url="http://localhost")}
        Home(tmp_path).create(Settings(kind=kind, intake=Intake(port=1), console=Console(port=2), targets=targets))
        program = "guard.guard_home(Home(pathlib.Path({!r})))\ntry:\n    socket.create_connection(('127.0.0.1', {}))\n"
        program += "    print('went through')\nexcept guard.GuardRefusal:\n    print('refused')\n"
        heard = []
        for server in (own, other):
            code = "import pathlib, socket\nfrom hemostat.kernel import Home\nfrom hemostat.sandbox import guard\n"
            code += program.format(str(tmp_path), server.getsockname()[1])
            heard.append(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)

    assert ["went through\n", f"{said}\n"] == heard
    assert {1, 2, own_port(targets)} == own_ports(Home(tmp_path).settings())


def own_port(targets: dict[str, Target]) -> int | None:
    """The port of the twin."""
    return urlsplit(targets["twin"].url).port


@given(address=st.ip_addresses())
def test_only_loopback_is_inside(address: object) -> None:
    """Of all addresses those of 127/8 and ::1 are inside, written as they are or mapped into IPv6."""
    is_loopback = bool(
        getattr(address, "is_loopback", False) or getattr(getattr(address, "ipv4_mapped", None), "is_loopback", False)
    )

    assert is_loopback == allowed(str(address), 80, None)


@pytest.mark.parametrize(
    ("host", "port", "ports", "inside"),
    [
        ("127.0.0.1", 80, {80}, True),
        ("127.9.9.9", 81, {80}, False),
        ("::1", 80, None, True),
        ("::ffff:127.0.0.1", 80, {80}, True),
        ("::ffff:192.0.2.1", 80, None, False),
        ("0.0.0.0", 80, None, False),  # noqa: S104  # asked about, not bound
        ("localhost", None, set(), True),
        ("", 0, set(), True),
        ("localhost.example.com", 80, None, False),
        ("127.0.0.1.example.com", 80, None, False),
        ("fe80::1%eth0", 80, None, False),
    ],
)
def test_what_is_inside(*, host: str, port: int | None, ports: set[int] | None, inside: bool) -> None:
    """Names that only look like ours are outside; a lookup without a port asks about the host alone."""
    assert inside == allowed(host, port, ports)


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "SHOPIFY_API_KEY",
        "GITHUB_PAT",
        "PGPASSWORD",
        "MYSQL_PWD",
        "DATABASE_URL",
        "SLACK_WEBHOOK_URL",
        "SENTRY_DSN",
        "SSH_AUTH_SOCK",
        "KUBECONFIG",
        "PAGERDUTY_ROUTING_KEY",
        "OPENAI_KEY",
        "ACCESS_KEY_ID",
        "HTTPS_PROXY",
        "http_proxy",
        "MY_HOME",
    ],
)
def test_credentials_do_not_come_along(name: str) -> None:
    """A credential and a way out can have any name, so names that nobody listed stay behind."""
    needed = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "COVERAGE_RUN", "HEMOSTAT_HOME", "COLUMNS", "TERM"}

    assert dict.fromkeys(needed, "x") == guard_environment(dict.fromkeys({name, *needed}, "x"))


def test_a_refusal_says_where_to_look() -> None:
    """The error names the place that was asked for and the log."""
    assert "192.0.2.1 port 80" in str(GuardRefusal("192.0.2.1", 80))
    assert "guard.ndjson" in GuardRefusal("example.com", None).advice()
