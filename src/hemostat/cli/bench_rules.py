"""`hemostat bench rules`: 100 Sigma rules over a million events, beside the same rules as plain SQL of DuckDB that ignores case.

Ours is the engine of `hemostat detect`: it is handed the events as that command reads them, in which everything is text. The peer
is DuckDB on one thread with a table of its own, whose texts are `COLLATE NOCASE` and whose numbers are numbers, and is asked rule
by rule. Neither the reading of JSON nor the loading of the table counts. Both must find what was planted. They take turns;
processor time is counted, and a ratio is the median of those of the rounds. Plain SQL looks for keywords column by column, which
takes it long: so the ratio is told without those rules too.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import yaml

from . import bench_rules_made as making
from .bench_rules_made import FIELDS, NUMBERS, Made, Planted, Value

if TYPE_CHECKING:
    import duckdb

    from hemostat.detect.lines import Lines
    from hemostat.detect.rules import RuleSet

EVENTS = 1_000_000
"""Events that the rules look at, unless said otherwise."""

_RULES, _PLANTED = 100, 10  # rules, and events for each of them
_ROUNDS = 3
_SEED = 11

Found = Mapping[str, frozenset[str]]
"""The numbers of lines, from 1, by the name of the rule that found them."""


def rules(events: int = EVENTS, *, rounds: int = _ROUNDS) -> dict[str, Any]:
    """Events a second of all rules together, ours and the peer's, their ratio, and how many of the planted events each finds."""
    some = making.rules(_RULES, seed=_SEED)
    leaks = making.planted(some, events=events, each=_PLANTED, seed=_SEED)
    made = making.columns(events, leaks, seed=_SEED)
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        loaded = _loaded(some, Path(folder))
    named = frozenset(rule.name for rule in some if "keywords" not in rule.detection)
    without = loaded._replace(rules=tuple(rule for rule in loaded.rules if rule.title in named))
    read = _read(loaded, made)
    with closing(_peer(made)) as peer, _engine(loaded, read) as push, _engine(without, read) as push_named:
        found, told = push(), {rule.name: _asked(peer, rule) for rule in some}  # the first run warms everything up
        ours, ours_named, theirs, theirs_named = [], [], [], []
        for _ in range(rounds):
            ours.append(_seconds(push))
            spent = {rule.name: _seconds(partial(_asked, peer, rule)) for rule in some}
            ours_named.append(_seconds(push_named))
            theirs.append(sum(spent.values()))
            theirs_named.append(sum(spent[name] for name in named))
    return {
        "events": events,
        "rules": len(loaded.rules),
        "rounds": rounds,
        "events a second": events / median(ours),
        "events a second, plain SQL over NOCASE": events / median(theirs),
        "times plain SQL over NOCASE": _ratio(theirs, ours),
        "rules without keywords": len(named),
        "times plain SQL over NOCASE, without keywords": _ratio(theirs_named, ours_named),
        "planted": len(leaks),
        "planted that are found": _hit(found, leaks),
        "planted that plain SQL finds": _hit(told, leaks),
        "matches": sum(map(len, found.values())),
        "rules with other matches than plain SQL": sum(found.get(rule.name) != told[rule.name] for rule in some),
    }


def _loaded(some: Sequence[Made], folder: Path) -> "RuleSet":
    """The rules as files, read as any rules are."""
    from hemostat.detect.rules import load  # noqa: PLC0415  # loads pySigma and DuckDB

    (folder / "made.yml").write_text(yaml.safe_dump_all(map(making.document, some)))
    return load(folder)


def _read(loaded: "RuleSet", made: Mapping[str, list[Value]]) -> "Lines":
    """The events as `hemostat detect` reads them."""
    from hemostat.detect.lines import read_lines  # noqa: PLC0415  # loads Arrow

    return read_lines(making.lines(made), wanted=loaded.fields(), texts=loaded.everywhere)


@contextmanager
def _engine(loaded: "RuleSet", read: "Lines") -> Iterator[Callable[[], Found]]:
    """What pushes all events through an engine that looks for the rules."""
    from hemostat.detect.engine import Engine  # noqa: PLC0415  # loads pySigma and DuckDB

    most = read.table.num_rows
    engine = Engine(loaded, fields=read.fields, texts=read.texts, keep=most, window_rows=most, by_alert=False)
    with closing(engine):
        yield lambda: {hit.rule.title: frozenset(hit.ids) for hit in engine.push(read.table)}


def _peer(made: Mapping[str, list[Value]]) -> "duckdb.DuckDBPyConnection":
    """DuckDB with the events in a table of its own."""
    import pyarrow as pa  # noqa: PLC0415  # heavy

    from hemostat.detect.duck import opened  # noqa: PLC0415  # loads DuckDB

    peer = opened()
    kinds = ", ".join(f"{name} {'BIGINT' if name in NUMBERS else 'VARCHAR COLLATE NOCASE'}" for name in FIELDS)
    peer.execute(f"CREATE TABLE events (line VARCHAR, {kinds})")
    numbers = [str(number) for number in range(1, len(made["path"]) + 1)]
    peer.register("made", pa.table({"line": numbers, **{name: made[name] for name in FIELDS}}))
    peer.execute("INSERT INTO events FROM made")
    peer.unregister("made")
    return peer


def _asked(peer: "duckdb.DuckDBPyConnection", rule: Made) -> frozenset[str]:
    return frozenset(chain.from_iterable(peer.execute(f"SELECT line FROM events WHERE {rule.sql}").fetchall()))  # noqa: S608  # our own


def _hit(found: Found, leaks: Sequence[Planted]) -> int:
    return sum(str(one.place + 1) in found.get(one.rule, ()) for one in leaks)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return median(one / other for one, other in zip(theirs, ours, strict=True))
