"""A real MariaDB on loopback with the tables of a Magento store, in a folder of its own; gone when the tests are over."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pymysql

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
        self._process = subprocess.Popen([SERVER, "--no-defaults", *where, *network, *small, *user])
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
