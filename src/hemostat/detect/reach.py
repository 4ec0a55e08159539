"""Who reached patient data, and where people were shown what is not theirs, hour by hour: the rows of one batch, gathered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import pyarrow as pa

from hemostat.events import Act, ActorType, real
from hemostat.phi.dictionary import Dictionary
from hemostat.phi.meaning import Kind, entities

from .finding import place_of
from .runner import answered
from .windows import credible

HOUR = 3_600_000_000
"""Microseconds."""

MINUTE = 60_000_000

COLUMNS = (
    "event_id", "time", "learnt", "store", "environment", "surface", "act", "actor", "actor_type", "token", "src_net", "path",
    "operation", "app", "resource", "fields", "bytes", "result", "subject", "own", "subjects", "elements",
)  # fmt: skip
"""Columns of the lake that are read."""

_READING = frozenset({"read", "search", "list", "run"})
_READS = frozenset(act for act in Act if act.verb in _READING)
_LONGEST = 80  # characters of a name: seven of them are in the key of an alert
_WHERE = ("store", "environment", "surface", "actor_type", "app")
_NAMES = {"actor": "actor.user.uid", "token": "hemostat.token", "src_net": "src_endpoint.subnet_uid"}
_SERVICE = "service"


class Actor(NamedTuple):
    """Who: by name, or by token where no name is told, or by network where there is no token either; `by` says which.

    role: the type of the actor. who is a pseudonym, the name of an app, or a network. A service is one too, like the reading of
    recordings on one surface, under the name of its act: of it is asked whom it shows what.
    """

    store: str
    environment: str
    surface: str
    role: str
    app: str
    by: str
    who: str

    @property
    def peers(self) -> str:
        """Whom the actor can be compared with: those of its store, environment, surface and role; staff with its program, too."""
        program = [self.app] if self.role == ActorType.STAFF else []
        return place_of(self.store, self.environment, self.surface, self.role, *program)

    @property
    def is_service(self) -> bool:
        """Is it a service, and nobody?"""
        return self.by == _SERVICE

    @property
    def place(self) -> str:
        """All of it in one text, which no other actor has."""
        return place_of(*self)

    @property
    def group(self) -> dict[str, str]:
        """What an alert shows of the actor: field of the rules -> value."""
        if self.is_service:
            return {"hemostat.act": self.who}
        told = {_NAMES[self.by]: self.who, "actor.user.type": self.role, "actor.app_name": self.app}
        return {name: value for name, value in told.items() if value}


@dataclass(slots=True)
class Reach:
    """What one actor reached in one hour, `hour` hours after 1970, as far as one batch tells.

    Of a service only what it showed to others than the owner counts, and its people are those who were shown it; an hour in which
    it showed everybody his own has no events. last: the last moment of the hour, in microseconds.
    records: rows, those of bulk answers included; unnamed: people that were told as a number only.
    people, routes: hash -> last minute at which it was reached. pairs: what may be new, as kind and value.
    """

    actor: Actor
    hour: int
    events: int = 0
    records: int = 0
    bytes: int = 0
    unnamed: int = 0
    exports: int = 0
    people: dict[int, int] = field(default_factory=dict)
    routes: dict[int, int] = field(default_factory=dict)
    pairs: set[tuple[str, int]] = field(default_factory=set)
    rows: list[tuple[int, str]] = field(default_factory=list)
    last: int = 0


def reached(table: pa.Table) -> list[Reach]:
    """What the rows of a batch reached that were answered and concern patients; by hour, and within it by actor."""
    table = real(table.select(COLUMNS))
    table = table.filter(answered(table))
    table = table.append_column("t", credible(table["time"].cast(pa.int64()), table["learnt"].cast(pa.int64())))
    found: dict[tuple[int, Actor], Reach] = {}
    for row in table.to_pylist():
        hour = row["t"] // HOUR
        for actor in filter(None, (_actor(row), _service(row)) if _concerns(row) else ()):
            one = found.setdefault((hour, actor), Reach(actor, hour))
            one.last = max(one.last, row["t"])
            (_show if actor.is_service else _take)(one, row)
    return [found[key] for key in sorted(found)]


def _concerns(row: Mapping[str, Any]) -> bool:
    """Was patient data read?"""
    act = row["act"]
    return act == Act.EXPORT_RUN or (act in _READS and bool(row["subject"] or row["subjects"] or row["elements"]))


def _actor(row: Mapping[str, Any]) -> Actor | None:
    for by in _NAMES:
        if who := row[by]:
            store, environment, surface, role, app = ((row[name] or "")[:_LONGEST] for name in _WHERE)
            return Actor(store, environment, surface, role, app, by, who[:_LONGEST])
    return None


def _service(row: Mapping[str, Any]) -> Actor | None:
    """Through what it was read, when it can be said whether it was the reader's own."""
    if row["own"] is None:
        return None
    return Actor(row["store"], row["environment"], row["surface"], _SERVICE, "", _SERVICE, row["act"])


def _show(one: Reach, row: Mapping[str, Any]) -> None:
    """The service has shown somebody's data, to a stranger perhaps."""
    if not row["own"]:
        one.events += 1
        one.rows.append((row["t"], row["event_id"]))
        _mark(one.people, row["actor"], row["t"] // MINUTE)


def _take(one: Reach, row: Mapping[str, Any]) -> None:
    people, minute = row["subjects"] or 0, row["t"] // MINUTE
    one.events += 1
    one.records += max(1, people)
    one.bytes += row["bytes"] or 0
    one.exports += row["act"] == Act.EXPORT_RUN
    one.rows.append((row["t"], row["event_id"]))
    if row["subject"]:
        _mark(one.people, row["subject"], minute)
    else:
        one.unnamed += people
    _mark(one.routes, row["path"] or row["operation"] or row["act"], minute)
    one.pairs |= _pairs(row)


def _mark(marks: dict[int, int], value: str, minute: int) -> None:
    number = hashed(value)
    marks[number] = max(minute, marks.get(number, minute))


def _pairs(row: Mapping[str, Any]) -> set[tuple[str, int]]:
    """What of the row may be the first of its kind for its actor."""
    pairs = set()
    if row["resource"]:
        pairs.add(("resource", hashed(row["resource"])))
    if row["src_net"]:
        pairs.add(("network", hashed(row["src_net"])))
    if row["act"] == Act.EXPORT_RUN:
        pairs.add(("export", 0))
    return pairs.union(("health", hashed(name)) for name in row["fields"] or () if _is_about_health(name))


def hashed(value: str) -> int:
    """Sixty-four bits that stand for a word or a pseudonym."""
    return int.from_bytes(blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


@lru_cache(maxsize=10_000)
def _is_about_health(name: str) -> bool:
    """Does a field of this name hold something about somebody's health?"""
    found = Dictionary.default().column(name.rpartition(".")[2])
    return found is not None and entities()[found.entity].kind == Kind.HEALTH
