"""Syslog: RFC 5424 messages over TLS (RFC 5425) or plain TCP, with octet counting (RFC 6587, 3.4.1).

Syslog has no acknowledgment. An event counts as taken when the receiving machine has confirmed every byte that was sent (TCP's
own confirmation, which Linux tells). What the receiver's program had not read when it died is lost, and nobody can know: a sink
that must lose nothing is of another kind.
"""

import fcntl
import json
import select
import socket
import ssl
import struct
import termios
import time
from collections.abc import Iterator, Sequence
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

import msgspec

from hemostat.kernel import BadSettings, Clock, Home, Sink, to_micros
from hemostat.kernel.time import from_micros
from hemostat.lake.spool import Spool
from hemostat.sources.base import options_of

from .base import Before, Channel, Record, Refused, Taken, Unavailable
from .cutting import by_requests, taken
from .runner import Common, Runner, Ways, stays_inside

_AT_ONCE = 200  # messages between two confirmations
_LARGEST = 1_000_000  # bytes between two confirmations
_TICK = 0.01  # seconds between two looks at what is confirmed
_SECURITY = 13  # facility "log audit" (RFC 5424, 6.2.1)
_MEANING = "the receiving machine confirmed every byte; syslog acknowledges nothing beyond that"
_SEVERITY = {1: 6, 2: 5, 3: 4, 4: 3, 5: 2, 6: 1}
"""From OCSF severity to syslog's: informational to alert."""


class Options(Common, frozen=True, kw_only=True):
    """Options of a sink of the kind `syslog`, whose `url` is like `tls://logs.example:6514` or `tcp://127.0.0.1:601`.

    hostname, app: what the messages say of their sender.
    largest: bytes of a message; a receiver cuts longer ones, so they are not sent but kept in quarantine.
    """

    hostname: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{1,255}$")] = "hemostat"
    app: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{1,48}$")] = "hemostat"
    largest: Annotated[int, msgspec.Meta(ge=480)] = 65_536


class Sender:
    """A channel to one receiver."""

    def __init__(self, address: SplitResult, options: Options) -> None:
        self._address = address
        self._options = options
        self._host = address.netloc
        self._socket: socket.socket | None = None

    def deliver(self, records: Sequence[Record], *, before: Before) -> Iterator[Taken]:
        """See `Channel`."""
        messages = {record.position: self._message(record) for record in records}
        sizes = [len(messages[record.position]) for record in records]
        for few in by_requests(records, sizes, most=_AT_ONCE, most_bytes=_LARGEST):
            fitting = [record for record in few if len(messages[record.position]) <= self._options.largest]
            if fitting:
                connection = self._connected()
                before(fitting)
                content = b"".join(b"%d %b" % (len(messages[one.position]), messages[one.position]) for one in fitting)
                self._send(connection, content)
            reason = f"Syslog: longer than {self._options.largest:,} bytes; receivers cut such messages."
            outsize = [one for one in few if len(messages[one.position]) > self._options.largest]
            yield taken(few, [Refused(records=(one,), count=1, reason=reason) for one in outsize])

    def close(self) -> None:
        """The connection is closed in order, so that the receiver sees its end."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _send(self, connection: socket.socket, content: bytes) -> None:
        """Every byte is confirmed by the receiving machine. Raises `Unavailable`."""
        try:
            connection.sendall(content)
            self._confirmed(connection)
        except (OSError, ValueError) as error:
            raise self._broken(error) from error
        except Unavailable:
            self.close()
            raise

    def _connected(self) -> socket.socket:
        """A connection that the other side has not ended. Raises `Unavailable`."""
        try:
            if self._socket is not None and self._has_ended(self._socket):
                self.close()
            if self._socket is None:
                address = (self._address.hostname or "", self._address.port or 0)
                plain = socket.create_connection(address, timeout=self._options.seconds)
                self._socket = self._wrapped(plain) if self._address.scheme == "tls" else plain
        except (OSError, ValueError) as error:
            raise self._broken(error) from error
        return self._socket

    def _broken(self, error: Exception) -> Unavailable:
        self.close()
        return Unavailable(f"The connection to {self._host} broke off ({type(error).__name__}).")

    def _wrapped(self, plain: socket.socket) -> socket.socket:
        context = ssl.create_default_context(cafile=self._options.ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context.wrap_socket(plain, server_hostname=self._address.hostname)

    def _confirmed(self, connection: socket.socket) -> None:
        deadline = time.monotonic() + self._options.seconds
        while _unconfirmed(connection):
            if self._has_ended(connection):
                raise Unavailable(f"{self._host} ended the connection.")
            if time.monotonic() > deadline:
                raise Unavailable(f"{self._host} did not confirm what was sent within {self._options.seconds:g} seconds.")
            time.sleep(_TICK)
        if self._has_ended(connection):
            # In order, with everything confirmed: a machine whose program left something unread resets instead (RFC 2525, 2.17).
            self.close()

    def _has_ended(self, connection: socket.socket) -> bool:
        """Has the other side ended the connection? A receiver of syslog says nothing else, or TLS's own words."""
        readable, _, _ = select.select([connection], [], [], 0)
        if not readable:
            return False
        connection.settimeout(0)
        try:
            return not connection.recv(1024)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False  # part of a record of TLS, like a session ticket
        finally:
            connection.settimeout(self._options.seconds)

    def _message(self, record: Record) -> bytes:
        """RFC 5424, without structured data; the message is JSON in ASCII, which needs no byte order mark."""
        priority = _SECURITY * 8 + _SEVERITY.get(record.severity, 6)
        moment = from_micros(to_micros(record.time)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        head = f"<{priority}>1 {moment} {self._options.hostname} {self._options.app} - {record.act[:32] or '-'} - "
        return (head + json.dumps(record.ocsf, separators=(",", ":"))).encode("ascii")


def channels(name: str, sink: Sink, *, home: Home) -> Ways:
    """Raises `BadSettings` when an option or the address is wrong."""
    options = options_of(name, sink.options, Options)
    address = urlsplit(sink.url)
    if address.scheme not in {"tls", "tcp"} or not address.hostname or not _port(address):
        raise BadSettings(
            f"Not the address of a syslog receiver: {sink.url[:100]!r}.", advice="Write it like tls://logs.example:6514."
        )
    stays_inside(home, name, sink)
    return Ways(only=options.only, make=lambda _: _sender(address, options), meaning=_MEANING)


def forwarder(name: str, sink: Sink, *, home: Home, spool: Spool, clock: Clock) -> Runner:
    """What fills the sink. Raises `BadSettings`."""
    ways = channels(name, sink, home=home)
    return Runner(name, home=home, spool=spool, clock=clock, only=ways.only, channel=ways.make)


def _sender(address: SplitResult, options: Options) -> Channel:
    return Sender(address, options)


def _port(address: SplitResult) -> int:
    try:
        return address.port or 0
    except ValueError:
        return 0


def _unconfirmed(connection: socket.socket) -> int:
    """Bytes that the receiving machine has not confirmed yet (Linux: SIOCOUTQ, which is TIOCOUTQ)."""
    answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    count: int = struct.unpack("i", answer)[0]
    return count
