"""Files that are whole or untouched, and that only their owner may read."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from hemostat.kernel import owners_file, replace_file

# Opens a database and ends; who is the last one to do so takes its log away.
_VISITOR = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("SELECT count(*) FROM t").fetchall()
db.close()
"""


def test_a_new_file_is_its_owners(tmp_path: Path) -> None:
    """Nobody else may read it, whatever the machine's usual rights are."""
    owners_file(tmp_path / "new")

    assert 0o600 == (tmp_path / "new").stat().st_mode & 0o777


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """Its content and its rights are those that it had."""
    old = tmp_path / "old"
    replace_file(old, b"content")
    old.chmod(0o640)
    owners_file(old)

    assert (b"content", 0o640) == (old.read_bytes(), old.stat().st_mode & 0o777)


def test_a_database_in_use_keeps_its_log(tmp_path: Path) -> None:
    """A second asking for the file takes no locks from the first: another process that comes and goes leaves the log alone."""
    path = tmp_path / "db"
    owners_file(path)
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE t (x)")
        owners_file(path)
        subprocess.run([sys.executable, "-c", _VISITOR, str(path)], check=True)

        assert path.with_name("db-wal").exists()
        db.execute("INSERT INTO t VALUES (1)")
        assert [(1,)] == db.execute("SELECT count(*) FROM t").fetchall()
    db.close()


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """What was there before is gone, and no draft is left."""
    replace_file(tmp_path / "file", b"before")
    replace_file(tmp_path / "file", b"after")

    assert b"after" == (tmp_path / "file").read_bytes()
    assert [tmp_path / "file"] == list(tmp_path.iterdir())


def test_a_replaced_file_may_be_its_owners_alone(tmp_path: Path) -> None:
    """From its first byte on, and also in place of one that others could read."""
    file = tmp_path / "file"
    file.write_bytes(b"before")
    file.chmod(0o644)
    replace_file(file, b"after", mode=0o600)

    assert (b"after", 0o600) == (file.read_bytes(), file.stat().st_mode & 0o777)
