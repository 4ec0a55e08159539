"""A real MariaDB on loopback with the tables of a Magento store, in a folder of its own; gone when the tests are over.

It has a certificate for the address 127.0.0.1, and for no name. `downgraded` is a way to it that takes its offer of TLS away.
"""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pymysql
import trustme

SERVER = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
INSTALL = shutil.which("mariadb-install-db")
MISSING = "not run: no MariaDB here (apt-get install mariadb-server)"
NAME, USER, PASSWORD = "magento", "hemostat", "a password of this test"
TABLES = dict(re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", Path(__file__).with_name("magento.sql").read_text(), re.DOTALL))
COMMERCE = ("magento_logging_event", "magento_logging_event_changes")


class MariaDb:
    """The server process, and its root."""

    def __init__(self, folder: Path) -> None:
        assert SERVER
        assert INSTALL
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1")
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        issued.private_key_pem.write_to_path(folder / "key.pem")
        issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        data, user = folder / "data", ["--user=root"] if os.getuid() == 0 else []
        subprocess.run(
            [INSTALL, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", *user],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        small = [
            "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=0",
            "--skip-log-bin",
            "--performance-schema=0",
        ]
        where = [f"--datadir={data}", f"--socket={folder}/s", f"--pid-file={folder}/pid", f"--log-error={folder}/log"]
        network = ["--bind-address=127.0.0.1", f"--port={self.port}", "--skip-name-resolve", "--default-time-zone=+05:00"]
        tls = [f"--ssl-ca={self.ca}", f"--ssl-cert={folder}/cert.pem", f"--ssl-key={folder}/key.pem"]
        self._process = subprocess.Popen([SERVER, "--no-defaults", *where, *network, *tls, *small, *user])
        self._root: pymysql.connections.Connection[Any] = self._connected()

    def sql(self, text: str, arguments: Any = None) -> list[Any]:
        """What a statement of root finds, in UTC."""
        with self._root.cursor() as cursor:
            cursor.execute(text, arguments)
            return list(cursor.fetchall())

    def insert(self, table: str, **values: Any) -> int:
        """A row is in a table; its number."""
        columns = ", ".join(f"`{column}`" for column in values)
        holes = ", ".join(["%s"] * len(values))
        with self._root.cursor() as cursor:
            cursor.execute(f"INSERT INTO `{table}` ({columns}) VALUES ({holes})", list(values.values()))  # noqa: S608  # of tests
            return int(cursor.lastrowid or 0)

    def store(self, *, prefix: str = "", without: tuple[str, ...] = ()) -> None:
        """The database of a store exists, empty, without some tables, and nobody but root may read it."""
        self.sql(f"DROP DATABASE IF EXISTS {NAME}")
        self.sql(f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4")
        self.sql(f"USE {NAME}")
        for table, columns in TABLES.items():
            if table not in without:
                self.sql(f"CREATE TABLE `{prefix}{table}` ({columns})")
        self.sql(f"DROP USER IF EXISTS '{USER}'@'127.0.0.1'")
        self.sql(f"CREATE USER '{USER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")

    def close(self) -> None:
        """The server has ended."""
        self._root.close()
        self._process.terminate()
        self._process.wait(60)

    def _connected(self) -> "pymysql.connections.Connection[Any]":
        deadline = time.monotonic() + 120
        while True:
            try:
                return pymysql.connect(
                    host="127.0.0.1", port=self.port, user="root", autocommit=True, charset="utf8mb4",
                    init_command="SET time_zone = '+00:00'",
                )  # fmt: skip
            except pymysql.MySQLError:
                assert self._process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)


@contextmanager
def downgraded(port: int) -> Iterator[tuple[int, bytearray]]:
    """A way to the server that takes its offer of TLS away, as somebody in between would; and what the client said there."""
    said = bytearray()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            client, _ = listener.accept()
            with client, socket.create_connection(("127.0.0.1", port)) as server:
                client.sendall(_without_tls(server.recv(65_536)))
                client.settimeout(2)
                while part := client.recv(65_536):
                    said.extend(part)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], said
    finally:
        listener.close()
        thread.join(10)


def _without_tls(greeting: bytes) -> bytes:
    """The server's first packet without its flag for TLS: after the version come 4 bytes, 8 of salt, a zero, and the flags."""
    place = greeting.index(b"\0", 5) + 1 + 4 + 8 + 1
    flags = int.from_bytes(greeting[place : place + 2], "little") & ~0x0800
    return greeting[:place] + flags.to_bytes(2, "little") + greeting[place + 2 :]
