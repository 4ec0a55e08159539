"""Targets of detection: Sigma rules as users write them, with all that they then do to events, and events of any shape."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hemostat.detect.engine import Engine
from hemostat.detect.lines import read_lines
from hemostat.detect.rules import load

_EVENTS = (
    b'{"time": "2026-03-02T12:00:00Z", "a": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b": ["x", "192.0.2.7"], "n": 7}',
    b'{"time": "2026-03-02T12:00:01Z", "a": "-a /b", "c": {"d": null, "e": true}, "n": "7.5", "user": "u1"}',
    b'{"time": 1772452802, "act": "record:read", "user": "u1", "src_ip": "192.0.2.7", "path": "/a/b"}',
)


def sigma(data: bytes) -> None:
    """A file of rules is read, each rule of it runs over events or is a fault that names the file; nothing else happens."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "own.yml")
        path.write_bytes(data)
        rules = load(path)
    assert all(path.name in str(fault) for fault in rules.faults)
    if not (rules.rules or rules.correlations):
        return  # the command says so, and asks nothing of the events
    lines = read_lines(_EVENTS, wanted=rules.fields(), texts=rules.everywhere)
    engine = Engine(rules, fields=lines.fields, texts=lines.texts, keep=9, window_rows=99, by_alert=False)
    engine.push(lines.table)


def events(data: bytes) -> None:
    """Each line is an event or is named as bad; all that is wanted of it can be put into a column."""
    raw = data.splitlines(keepends=True)
    lines = read_lines(raw, wanted=frozenset({"a", "a.b", "time", "act"}), texts=True)
    good = lines.table.num_rows
    assert good + len(lines.bad) <= len(raw)
    assert all(1 <= bad.line <= len(raw) and bad.reason for bad in lines.bad)
    assert len(lines.untimed) <= good
    lines.table.validate(full=True)


TARGETS: dict[str, Callable[[bytes], None]] = {"sigma": sigma, "events": events}
