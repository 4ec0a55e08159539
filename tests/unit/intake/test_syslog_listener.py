"""Syslog over TCP and TLS: everything that a connection says is kept, and what it says wrongly is kept apart."""

import asyncio
import contextlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from hemostat.intake import app
from hemostat.intake.syslog import Frames, Listener, LostFraming
from hemostat.kernel import Home, Settings, Source, SyslogPort, SystemClock
from hemostat.lake.spool import DamagedSpool, Incoming, Receipt, Spool
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read, syslog
from hemostat.sources.access_log import LONGEST
from unit.intake.door import Door, free_port
from unit.sources.test_atna import patient, told, who

HEAD = b"<134>1 2026-03-02T14:04:00Z web-1 care - - - "
PACS_HEAD = b"<85>1 2026-03-02T14:04:00Z pacs-1 archive 77 IHE+RFC-3881 - \xef\xbb\xbf"
PACS = Source(kind="atna", store="fernhollow", surface="telehealth-session")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RSYSLOG = "/usr/sbin/rsyslogd"


def until(wanted: Callable[[], bool], log: Path | None = None) -> None:
    """It came true within a generous time."""
    deadline = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < deadline, log.read_text() if log else "it never came true"
        time.sleep(0.02)


def frames_of(body: bytes) -> list[tuple[int, bytes]]:
    """The messages of a body, each with its number."""
    return list(syslog.frames(body))


class Net:
    """A door with one port of each kind, and what it kept."""

    def __init__(self, folder: Path, spool_limit: int = 500_000_000) -> None:
        self.authority = trustme.CA()
        home = folder / "home"
        home.mkdir()
        self.authority.cert_pem.write_to_path(str(home / "ca.pem"))
        self.authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(home / "server.pem"))
        self.ports = {name: free_port() for name in ("counted", "lines", "tls", "mutual", "pacs")}
        ports = [
            SyslogPort(port=self.ports["counted"], source="net", framing="octet-counting"),
            SyslogPort(port=self.ports["lines"], source="net", framing="lf"),
            SyslogPort(port=self.ports["tls"], source="net", framing="octet-counting", certificate="server.pem"),
            SyslogPort(
                port=self.ports["mutual"], source="net", framing="octet-counting", certificate="server.pem", clients="ca.pem"
            ),
            SyslogPort(
                port=self.ports["pacs"], source="pacs", framing="octet-counting", certificate="server.pem", clients="ca.pem"
            ),
        ]
        sources = {"net": Source(kind="syslog", store="fernhollow"), "pacs": PACS}
        self.door = Door(folder, sources=sources, syslog=ports, spool_limit=spool_limit)
        self.door.start()
        self.found: list[bytes] = []

    def send(self, port: str, *parts: bytes, tls: ssl.SSLContext | None = None) -> None:
        """The parts were written one after the other, and the connection was closed properly."""
        with contextlib.ExitStack() as stack:
            wire = stack.enter_context(socket.create_connection(("127.0.0.1", self.ports[port]), timeout=60))
            if tls:
                wire = stack.enter_context(tls.wrap_socket(wire, server_hostname="127.0.0.1"))
            for part in parts:
                wire.sendall(part)
            if isinstance(wire, ssl.SSLSocket):
                stack.enter_context(wire.unwrap())

    def trusting(self) -> ssl.SSLContext:
        """What a sender needs to trust the server."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def kept(self) -> list[bytes]:
        """All bodies that are in the spool by now."""
        self.found += [body for _, source, body in self.door.kept() if source == "net"]
        return self.found

    def messages(self) -> list[bytes]:
        """All messages that are in the spool by now."""
        return [frame for body in self.kept() for _, frame in frames_of(body)]


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """A running door with ports for syslog."""
    made = Net(tmp_path_factory.mktemp("net"))
    yield made
    assert 0 == made.door.stop()


@pytest.fixture(autouse=True)
def _fresh(net: Net) -> None:
    """Each test sees only what it sent itself."""
    net.kept()
    net.found.clear()


def test_counted_messages_are_kept(net: Net) -> None:
    """Octet counting: messages with line ends, in pieces of any size."""
    frames = [HEAD + b"one\ntwo", HEAD + b"three"]
    content = syslog.framed(frames)
    net.send("counted", content[:30], content[30:31], content[31:])
    until(lambda: frames == net.messages())


def test_lines_are_kept(net: Net) -> None:
    """Line feeds: one message a line."""
    net.send("lines", HEAD + b"one\n" + HEAD, b"two\n\n")
    until(lambda: [HEAD + b"one", HEAD + b"two"] == net.messages())


def test_tls(net: Net) -> None:
    """RFC 5425: the sender trusts the server, and is heard."""
    net.send("tls", syslog.framed([HEAD + b"secret"]), tls=net.trusting())
    until(lambda: [HEAD + b"secret"] == net.messages())


def test_mutual_tls(net: Net) -> None:
    """With authorities named, a sender without a certificate of theirs is not heard; one with it is."""
    with pytest.raises((ssl.SSLError, OSError)):  # the server may say no at once, or at the next word
        net.send("mutual", syslog.framed([HEAD + b"stranger"]), tls=net.trusting())
    known = net.trusting()
    net.authority.issue_cert("sender.example").configure_cert(known)
    net.send("mutual", syslog.framed([HEAD + b"known"]), tls=known)
    until(lambda: [HEAD + b"known"] == net.messages())


def test_audit_messages_of_an_archive(net: Net) -> None:
    """IHE ATNA: a node that shows its certificate sends XML with line ends in counted frames; what is kept is read as it was."""
    frames = [PACS_HEAD + told("110112", "E", who("dr-77", asking="true"), patient(f"{number}")) for number in range(3)]
    known = net.trusting()
    net.authority.issue_cert("pacs.example").configure_cert(known)
    net.send("pacs", syslog.framed(frames), b"70000 " + b"x" * 70_000, tls=known)
    with pytest.raises((ssl.SSLError, OSError)):
        net.send("pacs", syslog.framed(frames[:1]), tls=net.trusting())
    kept: list[bytes] = []

    def came() -> bool:
        kept.extend(body for _, source, body in net.door.kept() if source == "pacs")
        return sum(len(frames_of(body)) for body in kept) == 4

    until(came)
    found = [
        one
        for body in kept
        for one in read(
            Message(seq=1, source="pacs", received_at=NOON, content_type=syslog.FRAMES, headers={}, body=body),
            PACS,
            ReaderContext(),
        )
    ]
    assert ["0", "1", "2"] == [one.access.subject for one in found if isinstance(one, Raw)]
    assert ["The XML is damaged in line 1."] == [one.reason for one in found if isinstance(one, Rejected)]


def test_a_stranger_to_tls_keeps_nobody_waiting(net: Net) -> None:
    """Plain bytes on a port of TLS are nobody's messages, and others go on."""
    net.send("tls", b"hello")
    net.send("tls", syslog.framed([HEAD + b"after"]), tls=net.trusting())
    until(lambda: [HEAD + b"after"] == net.messages())


def test_the_wrong_framing_is_kept_apart(net: Net) -> None:
    """Bytes that do not have the framing of the port are kept as they are, marked, and the connection ends."""
    content = HEAD + b"one\n" + HEAD + b"two\n"
    with socket.create_connection(("127.0.0.1", net.ports["counted"]), timeout=60) as wire:
        wire.sendall(syslog.framed([HEAD + b"right"]) + content)
        assert b"" == wire.recv(1)
    net.send("counted", b"<34>1 wrong from the start")
    until(lambda: [syslog.framed([HEAD + b"right"]), content, b"<34>1 wrong from the start"] == net.kept())
    assert 1 <= sum("syslog_framing" in line for line in net.door.get("/metrics").body.decode().splitlines())


def test_a_message_that_was_cut_is_kept_apart(net: Net) -> None:
    """A connection that ends within a message leaves what it said."""
    net.send("counted", b"500 " + HEAD)
    net.send("lines", HEAD + b"cut")
    until(lambda: {b"500 " + HEAD, HEAD + b"cut"} == set(net.kept()))


def test_logger_of_util_linux(net: Net) -> None:
    """A real sender, in both framings."""
    logger = shutil.which("logger")
    if not logger:
        pytest.skip("not run: logger is not installed")
    for port, how in (("counted", ["--octet-count"]), ("lines", [])):
        command = [logger, "--server", "127.0.0.1", "--port", str(net.ports[port]), "--tcp", "--rfc5424=notq", *how, "hello"]
        subprocess.run(command, check=True, timeout=60)  # the system's own
    until(lambda: 2 == len(net.messages()))
    assert all(syslog.parse(message).text.endswith(b"hello") for message in net.messages())


def test_rsyslog(net: Net, tmp_path: Path) -> None:
    """A real forwarder: rsyslog reads a file and sends each line over TCP with octet counting."""
    if not Path(RSYSLOG).exists():
        pytest.skip("not run: rsyslog is not installed")
    (tmp_path / "in.log").write_bytes(b"".join(b"line %d\n" % number for number in range(40)))
    (tmp_path / "rsyslog.conf").write_text(
        f"""
        global(workDirectory="{tmp_path}")
        module(load="imfile")
        input(type="imfile" file="{tmp_path}/in.log" tag="care" ruleset="out")
        ruleset(name="out") {{
          action(type="omfwd" target="127.0.0.1" port="{net.ports["counted"]}" protocol="tcp" TCP_Framing="octet-counted"
                 template="RSYSLOG_SyslogProtocol23Format")
        }}
        """
    )
    command = [RSYSLOG, "-n", "-f", str(tmp_path / "rsyslog.conf"), "-i", str(tmp_path / "pid")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as rsyslog:  # the system's own
        try:
            until(lambda: 40 == len(net.messages()))
        finally:
            rsyslog.terminate()
    told = [syslog.parse(message) for message in net.messages()]
    assert [b"line %d" % number for number in range(40)] == [message.text.rstrip() for message in told]
    assert {"care"} == {message.app for message in told}


def test_a_full_spool_holds_the_sender_up(tmp_path: Path) -> None:
    """While the spool is full nothing is read; when there is room again everything arrives, in order, and nothing was dropped."""
    net = Net(tmp_path, spool_limit=400_000)
    try:
        frames = [HEAD + b"%d " % number + b"x" * 2000 for number in range(300)]
        with socket.create_connection(("127.0.0.1", net.ports["counted"]), timeout=60) as wire:
            wire.sendall(syslog.framed(frames))
            waiting = 'hemostat_intake_refused_total{reason="syslog_waiting"}'
            until(lambda: waiting in net.door.get("/metrics").body.decode())
            spool = net.door.spool()
            found: list[bytes] = []
            deadline = time.monotonic() + 60
            while len(found) < len(frames):
                assert time.monotonic() < deadline
                while plan := spool.plan():
                    found += [frame for one in spool.messages(plan) for _, frame in frames_of(one.body)]  # type: ignore[union-attr]
                    spool.written(plan, [], rejected=0)
                spool.purge(datetime(2199, 1, 1, tzinfo=UTC))
                time.sleep(0.1)
            spool.close()
        assert frames == found
    finally:
        assert 0 == net.door.stop()


@pytest.mark.parametrize(
    "port",
    [
        SyslogPort(port=free_port(), source="nobody", framing="lf"),
        SyslogPort(port=free_port(), source="app", framing="lf"),
        SyslogPort(port=free_port(), source="edge", framing="lf", certificate="none.pem"),
    ],
)
def test_ports_that_cannot_be_used_stop_the_start(tmp_path: Path, port: SyslogPort) -> None:
    """A source that is none or reads no lines, and certificates that are not there, are named before anybody connects."""
    door = Door(tmp_path, syslog=[port])
    with pytest.raises(AssertionError, match="BadSettings"):
        door.start()


@given(st.lists(st.binary(max_size=40), max_size=8), st.lists(st.integers(1, 30), min_size=1, max_size=20))
def test_frames_come_out_as_they_went_in(messages: list[bytes], cuts: list[int]) -> None:
    """However the network cuts the bytes, the messages are those that were sent."""
    for counted in (True, False):
        sent = [message for message in messages if message and (counted or b"\n" not in message)]
        content = syslog.framed(sent) if counted else b"".join(message + b"\n" for message in sent)
        frames, found, at = Frames(counted=counted), list[bytes](), 0
        while at < len(content):
            size = cuts[at % len(cuts)]
            found += frames.feed(content[at : at + size])
            at += size
        assert sent == found
        assert b"" == frames.rest()


@pytest.mark.parametrize("counted", [True, False])
def test_of_a_long_message_the_head_is_kept(counted: bool) -> None:  # noqa: FBT001  # a parameter
    """A message longer than any costs bounded memory, and those behind it are whole."""
    long = b"x" * (2 * LONGEST + 200_000)
    content = syslog.framed([long, b"next"]) if counted else long + b"\nnext\n"
    frames, found = Frames(counted=counted), list[bytes]()
    for at in range(0, len(content), 50_000):
        found += frames.feed(content[at : at + 50_000])
    assert [LONGEST + 1, 4] == [len(message) for message in found]


@pytest.mark.parametrize("content", [b"<34>1 ", b"0 ", b"12x", b"123456789 x", b"\xff", b" 5 hello"])
def test_what_is_no_length_is_told(content: bytes) -> None:
    """A length is one to eight digits and a space."""
    frames = Frames(counted=True)
    with pytest.raises(LostFraming) as lost:
        frames.feed(b"2 ab" + content)
    assert ([b"ab"], content) == (lost.value.found, lost.value.rest)


class Flaky(Spool):
    """A spool that is damaged for a moment."""

    fails = 1

    def append(self, batch: Sequence[Incoming], **how: Any) -> list[Receipt]:
        """Refused once, then kept."""
        if self.fails:
            self.fails -= 1
            raise DamagedSpool("Damaged for a moment.", advice="Wait.")
        return super().append(batch, **how)


def test_a_fault_of_ours_loses_nothing(tmp_path: Path) -> None:
    """What was read is tried again until it is kept; a connection too many is turned away; a port may be closed unopened."""
    home = Home(tmp_path / "home")
    home.create(Settings(kind="sandbox", sources={"net": Source(kind="syslog", store="s")}))
    spool = Flaky(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=10**9)
    port = SyslogPort(port=free_port(), source="net", framing="lf")

    async def story() -> None:
        door = app.Door(home, spool, clock=SystemClock())
        await door.start()
        listener = Listener(port, door.desk, tls=None, again=0.01, most=1)
        await listener.stop()
        await listener.start()
        _, writer = await asyncio.open_connection("127.0.0.1", port.port)
        writer.write(HEAD + b"kept\n")
        while not door.desk.metrics.records["net"]:  # noqa: ASYNC110  # nobody tells when it is counted
            await asyncio.sleep(0.01)
        second, other = await asyncio.open_connection("127.0.0.1", port.port)
        with contextlib.suppress(ConnectionError):
            assert b"" == await second.read(1)
        assert 1 == door.desk.metrics.refused["syslog_connections"]
        await listener.stop()
        await door.stop()
        for each in (writer, other):
            each.close()

    asyncio.run(story())
    plan = spool.plan()
    assert plan is not None
    assert [syslog.framed([HEAD + b"kept"])] == [one.body for one in spool.messages(plan)]  # type: ignore[union-attr]
    spool.close()
