"""A store's database, read with an account that can do nothing but read.

What the account may do is looked up first: one that may write, or hand on its rights, is refused. Every statement runs in a
read-only transaction of its own, in UTC, with a time limit.
"""

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from hemostat.kernel import BadSettings, HemostatError

if TYPE_CHECKING:
    from pymysql.connections import Connection

_SECONDS = 30  # for one statement, and for the network
_NAME = re.compile(r"[A-Za-z0-9_$]{1,64}")
_READING = frozenset({"SELECT", "USAGE", "SHOW VIEW"})
_GRANT = re.compile(r"GRANT (?P<rights>.*?) ON .+? TO .+", re.DOTALL)
_ADVICE = "Look whether the database is up and lets this machine in, and whether account, password and TLS are right."
_NO_TLS = 2026  # CR_SSL_CONNECTION_ERROR of MySQL's clients
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Row = dict[str, Any]
Tls = bool | Literal["insecure"]


class Unreachable(HemostatError):
    """The database did not do what was asked; its own text is left out, since it may hold what was asked for."""


class Database:
    """One connection. `prefix` stands before the names of all tables, as `app/etc/env.php` says under `table_prefix`.

    ca: file of the authority that signed the database's certificate, "" for those that the system trusts.
    tls: False is for this machine only; "insecure" is for others, and whoever listens on the way reads along.
    Raises `BadSettings` for a name that is none, or when TLS is off for another machine.
    """

    def __init__(
        self, *, host: str, port: int, user: str, password: str, database: str, prefix: str = "", tls: Tls = True, ca: str = ""
    ) -> None:
        if not _NAME.fullmatch(database) or (prefix and not _NAME.fullmatch(prefix)):
            raise BadSettings("The name of the database, or the prefix of its tables, is none.", advice="Use letters and digits.")
        if tls is False and host not in _LOOPBACK:
            raise BadSettings(
                "TLS to the database is off.",
                advice='Turn it on: rows about people travel over the network. `tls = "insecure"` says that this is meant so.',
            )
        self._at: dict[str, Any] = {
            "host": host,
            "port": port,
            "user": user,
            "password": password,
            "database": database,
            "ssl": _context(ca) if tls is True else None,
        }
        self._database = database
        self._prefix = prefix
        self._open: Connection[Any] | None = None

    def columns(self) -> dict[str, frozenset[str]]:
        """The columns that the account may read, by the table's name without its prefix. Raises `Unreachable`."""
        sql = "SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s"
        found: dict[str, set[str]] = {}
        for row in self.rows(sql, [self._database]):
            name = str(row["t"])
            if name.startswith(self._prefix):
                found.setdefault(name.removeprefix(self._prefix), set()).add(str(row["c"]))
        return {name: frozenset(columns) for name, columns in found.items()}

    def table(self, name: str) -> str:
        """The name of a table as it stands in a statement."""
        return f"`{self._prefix}{name}`"

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[Row]:
        """What a SELECT finds. Raises `Unreachable`, `BadSettings` when the account may do more than read."""
        with self._cursor() as cursor:
            cursor.execute(sql, arguments)
            return [dict(row) for row in cursor.fetchall()]

    def close(self) -> None:
        """The connection is closed; the next statement makes a new one."""
        opened, self._open = self._open, None
        if opened is not None and opened.open:
            with suppress(OSError):  # the other side may be gone
                opened.close()

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        from pymysql import MySQLError  # noqa: PLC0415  # only processes that read a database load the driver

        try:
            if self._open is None:
                self._open = self._connected()
            with self._open.cursor() as cursor:
                yield cursor
        except (MySQLError, OSError) as error:
            self.close()
            raise _unreachable(error) from None

    def _connected(self) -> "Connection[Any]":
        import pymysql  # noqa: PLC0415  # only processes that read a database load the driver
        from pymysql.cursors import DictCursor  # noqa: PLC0415  # as above

        connection = pymysql.connect(
            **self._at,
            charset="utf8mb4",
            cursorclass=DictCursor,
            connect_timeout=_SECONDS,
            read_timeout=_SECONDS,
            write_timeout=_SECONDS,
            autocommit=True,
            local_infile=False,
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION time_zone = '+00:00'")
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
                cursor.execute("SHOW GRANTS")
                _require_reading([next(iter(row.values())) for row in cursor.fetchall()])
        except BaseException:
            connection.close()
            raise
        return connection


def _unreachable(error: Exception) -> Unreachable:
    """What is wrong in words of ours. A certificate that does not fit, or a server without TLS, was told no password."""
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if isinstance(getattr(error, "original_exception", None), ssl.SSLCertVerificationError):
        return Unreachable(
            "The certificate of the database is not from the authority that we know, or is for another name.",
            advice="Name the authority's file as `ca`, and the database by the name that stands in its certificate as `host`.",
        )
    if code == _NO_TLS:
        return Unreachable(
            "The database offers no TLS.",
            advice="Turn TLS on there. When it was on before, somebody may stand in between.",
        )
    return Unreachable(f"The database refused: {type(error).__name__} {code}.", advice=_ADVICE)


def _require_reading(grants: Sequence[Mapping[str, Any] | str]) -> None:
    """Every right of the account is one to read. Raises `BadSettings` that names the first which is not."""
    for grant in map(str, grants):
        found = _GRANT.fullmatch(grant)
        # A line without a place grants a role: what that may do stands in lines of its own.
        listed = re.sub(r"\([^)]*\)", "", found["rights"]).split(",") if found else []
        rights = {right.strip().upper() for right in listed}
        too_many = sorted(rights - _READING)
        if too_many or grant.rstrip().upper().endswith("WITH GRANT OPTION"):
            raise BadSettings(
                f"The account of the database may do more than read: {(too_many or ['GRANT OPTION'])[0]}.",
                advice="Make an account that holds the grants of the guide, and no others.",
            )


def _context(ca: str) -> ssl.SSLContext:
    """TLS that checks certificate and name. Raises `BadSettings` when the authority's file cannot be read."""
    try:
        return ssl.create_default_context(cafile=ca or None)
    except (OSError, ssl.SSLError) as error:
        raise BadSettings(
            "The file of the database's authority cannot be read.", advice="Give the path of a PEM file."
        ) from error


def text_of(value: object) -> str | int | float | None:
    """A column's value as JSON can say it: moments with their zone, which is UTC, numbers as they are, the rest as text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond:06d}Z" if value.microsecond else f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)
