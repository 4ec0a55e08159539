"""Syslog over TCP and TLS: whatever a connection says is put into the spool, in the order in which it came.

RFC 5425 (TLS, octet counting) and RFC 6587 (plain TCP). The framing of a port is a setting and never guessed: a receiver that
expects the wrong one takes many messages for one. Bytes that do not have it are kept, for the dead letters, and their connection
is closed.

Syslog has no acknowledgment. While the spool is full nothing is read, so that the sender's queue fills instead; nothing that was
read is dropped while this process lives. What a sender has written and nobody has read when either side ends, up to both
systems' socket buffers, is lost, and no receiver of plain syslog can promise otherwise.
"""

import asyncio
import contextlib
import re
import secrets
import ssl

from hemostat.kernel import BadSettings, Home, SyslogPort, log
from hemostat.kernel.listening import require_free
from hemostat.lake.spool import SpoolFull
from hemostat.sources import KINDS
from hemostat.sources.access_log import LONGEST
from hemostat.sources.syslog import BROKEN, FRAMES, framed

from .desk import Desk

READ = 65_536  # bytes that are read at a time
_CONNECTIONS = 512  # of one port, at once
_HANDSHAKE = 10.0  # seconds for TLS to be agreed on
_AGAIN = 5.0  # seconds until what failed for a fault of ours is tried again
_DIGITS = 8  # of a length; a longer one is none
_COUNT = re.compile(rb"[1-9][0-9]{0,7} ")


class LostFraming(Exception):
    """The bytes do not have the framing of their port; `found` are the messages before it, `rest` is what was not understood."""

    def __init__(self, found: list[bytes], rest: bytes) -> None:
        super().__init__("framing")
        self.found = found
        self.rest = rest


class Frames:
    """Cuts the bytes of one connection into messages. Of a longer one than any the head is kept, one byte too long."""

    def __init__(self, *, counted: bool) -> None:
        self._counted = counted
        self._waiting = bytearray()
        self._skip = 0  # bytes of a counted message that is too long; -1 while looking for the end of a line that is

    def feed(self, content: bytes) -> list[bytes]:
        """The messages that are whole now. Raises `LostFraming`."""
        self._waiting += content
        return self._by_count() if self._counted else self._by_line()

    def rest(self) -> bytes:
        """What was read of a message that is not whole."""
        return bytes(self._waiting)

    def _by_count(self) -> list[bytes]:
        found: list[bytes] = []
        at = self._skipped()
        while at < len(self._waiting):
            count = _COUNT.match(self._waiting, at)
            if count is None:
                if self._is_begun(at):
                    break
                rest = bytes(self._waiting[at:])
                self._waiting.clear()
                raise LostFraming(found, rest)
            size, start = int(count[0]), count.end()
            taken = min(size, LONGEST + 1)
            if len(self._waiting) - start < taken:
                break
            found.append(bytes(self._waiting[start : start + taken]))
            at = start + taken
            self._skip = size - taken
            at += self._skipped(at)
        del self._waiting[:at]
        return found

    def _is_begun(self, at: int) -> bool:
        """May what waits from `at` on become a length?"""
        head = bytes(self._waiting[at : at + _DIGITS + 1])
        return len(head) <= _DIGITS and head.isdigit() and not head.startswith(b"0")

    def _skipped(self, at: int = 0) -> int:
        """How many bytes from `at` on belong to a message that is too long."""
        skipped = min(self._skip, len(self._waiting) - at)
        self._skip -= skipped
        return skipped

    def _by_line(self) -> list[bytes]:
        found: list[bytes] = []
        *whole, rest = self._waiting.split(b"\n")
        for line in whole:
            if self._skip:
                self._skip = 0
            elif line:
                found.append(bytes(line[: LONGEST + 1]))
        if len(rest) > LONGEST:
            if not self._skip:
                found.append(bytes(rest[: LONGEST + 1]))
            self._skip, rest = -1, bytearray()
        self._waiting = bytearray(rest)
        return found


class Listener:
    """One port. `start` before the first message, `stop` after the last."""

    def __init__(
        self, port: SyslogPort, desk: Desk, *, tls: ssl.SSLContext | None, again: float = _AGAIN, most: int = _CONNECTIONS
    ) -> None:
        self._port = port
        self._desk = desk
        self._tls = tls
        self._again = again
        self._most = most
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Connections are taken."""
        patience = _HANDSHAKE if self._tls else None
        self._server = await asyncio.start_server(
            self._connected, self._port.host, self._port.port, limit=READ, ssl=self._tls, ssl_handshake_timeout=patience
        )
        log.get().info("syslog.open", source=self._port.source, host=self._port.host, port=self._port.port)

    async def stop(self) -> None:
        """No connection is read any more; what was read is on its way to the disk, unless the spool is full."""
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._connections) >= self._most:
            self._desk.metrics.refused["syslog_connections"] += 1
            writer.transport.abort()
            return
        self._connections.add(task)
        try:
            await self._converse(reader)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader) -> None:
        """Everything that the connection said is on disk. One batch at a time: what is not kept yet holds up what comes."""
        frames = Frames(counted=self._port.framing == "octet-counting")
        try:
            with contextlib.suppress(OSError, ssl.SSLError):  # a cut connection ends like any other
                while content := await reader.read(READ):
                    if found := frames.feed(content):
                        await self._keep(FRAMES, framed(found), len(found))
        except LostFraming as lost:
            if lost.found:
                await self._keep(FRAMES, framed(lost.found), len(lost.found))
            await self._broken("framing", lost.rest)
            return
        if rest := frames.rest():
            await self._broken("cut", rest)

    async def _broken(self, why: str, rest: bytes) -> None:
        """What could not be told apart is kept as it is, and counted."""
        self._desk.metrics.refused[f"syslog_{why}"] += 1
        log.get().warning("syslog.broken", source=self._port.source, reason=why, bytes=len(rest))
        await self._keep(FRAMES, rest, 1, why)

    async def _keep(self, kind: str, body: bytes, count: int, why: str = "") -> None:
        """The messages are on disk, however long that takes."""
        key, headers = f"once:{secrets.token_hex(16)}", {BROKEN: why} if why else {}
        while True:
            try:
                receipt = await self._desk.keep(self._port.source, key=key, kind=kind, body=body, headers=headers)
            except SpoolFull as error:
                self._desk.metrics.refused["syslog_waiting"] += 1
                await asyncio.sleep(min(error.retry_after, self._again))
            except Exception as error:  # noqa: BLE001  # a fault of ours loses nothing: it is told, and tried again
                log.get().error("intake.fault", source=self._port.source, error=type(error).__name__)
                await asyncio.sleep(self._again)
            else:
                self._desk.counted(self._port.source, receipt, count)
                return


def listeners(home: Home, desk: Desk) -> list[Listener]:
    """A listener for each port of the settings. Raises `BadSettings` when one cannot be used."""
    settings = desk.settings()
    for port in settings.intake.syslog:
        source = settings.sources.get(port.source)
        if source is None or source.kind not in KINDS or not KINDS[source.kind].text:
            reason = f"The syslog port {port.port} is for source {port.source!r}, which is none that reads lines."
            raise BadSettings(reason, advice="Name a source of kind `syslog`, `cef`, `atna` or `access-log`.")
        require_free(port.host, port.port, section="intake.syslog")
    return [Listener(port, desk, tls=_context(home, port)) for port in settings.intake.syslog]


def _context(home: Home, port: SyslogPort) -> ssl.SSLContext | None:
    """What TLS needs; None for plain TCP. With `clients` only who shows a certificate of theirs gets in."""
    if not port.certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(home.path / port.certificate, home.path / (port.private_key or port.certificate))
        if port.clients:
            context.load_verify_locations(home.path / port.clients)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        reason = f"The certificates of the syslog port {port.port} cannot be used: {error.strerror or 'not PEM'}."
        raise BadSettings(
            reason, advice="`certificate`, `private_key` and `clients` name PEM files, as paths in the home."
        ) from error
    return context
