"""Made-up rules and events for `hemostat bench rules`: the shapes that Sigma rules about the web, clouds and services have.

Each rule comes with the plain SQL that says the same over columns which ignore case, and with an event that it must find. The
events are those of shops and their services, of about 250 bytes as JSON. Planted texts are written in letters of any case, as
Sigma matches them, but for expressions, which it takes by the letter. Everything is the same for the same seed.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

import msgspec

Value = str | int
Event = dict[str, Value]

TEXTS = ("action", "host", "message", "method", "path", "query", "request_id", "src_ip", "user", "user_agent")
NUMBERS = ("bytes", "status")
FIELDS = tuple(sorted((*TEXTS, *NUMBERS)))
"""The fields of each event; numbers are whole."""

_SYLLABLES = (
    "ba",
    "co",
    "di",
    "fe",
    "gu",
    "ha",
    "jo",
    "ku",
    "le",
    "mi",
    "no",
    "pa",
    "qui",
    "ro",
    "sa",
    "te",
    "vu",
    "wi",
    "xe",
    "zo",
)
_METHODS = ("GET", "GET", "GET", "GET", "POST", "PUT", "DELETE")
_STATUS = (200, 200, 200, 200, 200, 304, 404, 302, 500)
_ACTIONS = (
    "page.view",
    "order.read",
    "customer.read",
    "session.start",
    "export.list",
    "token.refresh",
    "role.assign",
    "bucket.get",
)
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737
_HUGE = 5_000_000_000  # bytes, that no ordinary answer has
_KINDS = 2_000  # different users, paths and messages


class Made(NamedTuple):
    """A rule: its Sigma detection, the same in SQL, and what makes an event match it."""

    name: str
    detection: Mapping[str, Any]
    sql: str
    planted: Event


class Planted(NamedTuple):
    """An event that stands at a place, counted from 0, for a rule by its name."""

    place: int
    rule: str
    event: Event


def rules(count: int, *, seed: int) -> list[Made]:
    """So many rules, of all shapes in turn."""
    chance = Random(seed)  # noqa: S311  # made-up rules, no secret
    return [_SHAPES[number % len(_SHAPES)](f"made-{number:03d}", _Words(chance)) for number in range(count)]


def document(rule: Made) -> dict[str, Any]:
    """The rule as a Sigma document."""
    return {
        "title": rule.name,
        "name": rule.name,
        "status": "test",
        "level": "medium",
        "logsource": {"category": "webserver"},
        "detection": dict(rule.detection),
    }


def planted(some: list[Made], *, events: int, each: int, seed: int) -> list[Planted]:
    """So many events for each rule, each at a place of its own among so many events."""
    chance = Random(seed)  # noqa: S311  # same
    places = chance.sample(range(events), each * len(some))
    return [
        Planted(place, rule.name, {name: _written(value, rule, chance) for name, value in rule.planted.items()})
        for place, rule in zip(places, (rule for rule in some for _ in range(each)), strict=True)
    ]


def columns(events: int, leaks: list[Planted], *, seed: int) -> dict[str, list[Value]]:
    """So many events, by their fields, with the planted ones among them."""
    made: dict[str, list[Value]] = {name: list(values) for name, values in _ordinary(events, _Words(Random(seed)))}  # noqa: S311  # same
    for one in leaks:
        for name, value in one.event.items():
            made[name][one.place] = value
    return made


def lines(made: Mapping[str, list[Value]]) -> Iterator[bytes]:
    """The events as JSON, one a line."""
    for values in zip(*made.values(), strict=True):
        yield msgspec.json.encode(dict(zip(made, values, strict=True)))


class _Words:
    """Words and numbers by chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def one(self, syllables: int = 4) -> str:
        """A word that hardly anybody else says."""
        return "".join(self.chance.choices(_SYLLABLES, k=syllables))

    def several(self, count: int) -> list[str]:
        return [self.one() for _ in range(count)]


def _ordinary(events: int, words: _Words) -> Iterator[tuple[str, list[Any]]]:
    """Each field's values; half of the queries and all identifiers of requests come once."""
    chance = words.chance

    def drawn(pool: list[str]) -> list[str]:
        return chance.choices(pool, k=events)

    agents = [f"Mozilla/5.0 ({words.one(2)}; rv:{n}.0) Gecko/20100101 {words.one(3)}/{n}.0" for n in range(200)]
    yield "action", chance.choices(_ACTIONS, k=events)
    yield "bytes", [chance.randrange(200, 90_000) for _ in range(events)]
    yield "host", drawn([f"{words.one(2)}.fernhollow.example" for _ in range(20)])
    yield "message", drawn([f"{words.one(3)} {words.one(2)} handled for {words.one(2)} in {n} ms" for n in range(_KINDS)])
    yield "method", chance.choices(_METHODS, k=events)
    yield "path", drawn([f"/{words.one(2)}/{words.one(3)}/{n}" for n in range(_KINDS)])
    yield "query", [f"page={n % 50}" if n % 2 else f"session={chance.getrandbits(64):016x}&v=2" for n in range(events)]
    yield "request_id", [f"{chance.getrandbits(96):024x}" for _ in range(events)]
    yield "src_ip", drawn([f"198.{18 + n % 2}.{n // 250 % 250}.{n % 250}" for n in range(20_000)])
    yield "status", chance.choices(_STATUS, k=events)
    yield "user", drawn([f"{words.one(2)}.{words.one(2)}{n}" for n in range(_KINDS)])
    yield "user_agent", drawn(agents)


def _written(value: Value, rule: Made, chance: Random) -> Value:
    """A text in letters of any case, where the rule does not look at that."""
    if isinstance(value, int) or any("|re" in field for field in _fields(rule)):
        return value
    return "".join(letter.upper() if chance.random() < 0.3 else letter for letter in value)  # noqa: PLR2004  # a third or so


def _fields(rule: Made) -> Iterator[str]:
    for part in rule.detection.values():
        yield from part if isinstance(part, dict) else ()


# --- shapes ---


def _contains(name: str, words: _Words) -> Made:
    word = words.one()
    return Made(
        name,
        {"selection": {"path|contains": f"/{word}/"}, "condition": "selection"},
        f"path LIKE '%/{word}/%'",
        {"path": f"/api/{word}/17"},
    )


def _startswith(name: str, words: _Words) -> Made:
    word = words.one()
    return Made(
        name,
        {"selection": {"action|startswith": f"{word}."}, "filter": {"status": 404}, "condition": "selection and not filter"},
        f"action LIKE '{word}.%' AND NOT status = 404",
        {"action": f"{word}.delete", "status": 200},
    )


def _endswith(name: str, words: _Words) -> Made:
    word = words.one()
    return Made(
        name,
        {"selection": {"path|endswith": [f"{word}.sql", f"{word}.bak"], "method": "GET"}, "condition": "selection"},
        f"(path LIKE '%{word}.sql' OR path LIKE '%{word}.bak') AND method = 'GET'",
        {"path": f"/dump/{word}.bak", "method": "GET"},
    )


def _expression(name: str, words: _Words) -> Made:
    word = words.one()
    return Made(
        name,
        {"selection": {"query|re": f"{word}=[0-9]{{4,}}(&|$)"}, "condition": "selection"},
        f"regexp_matches(query, '{word}=[0-9]{{4,}}(&|$)')",
        {"query": f"a=1&{word}=20394"},
    )


def _number(name: str, words: _Words) -> Made:
    least = _HUGE + words.chance.randrange(10**9)
    return Made(
        name,
        {"selection": {"bytes|gte": least, "status|lt": 400, "method": ["GET", "POST"]}, "condition": "selection"},
        f"bytes >= {least} AND status < 400 AND method IN ('GET', 'POST')",
        {"bytes": least, "status": 206, "method": "POST"},
    )


def _network(name: str, words: _Words) -> Made:
    network, first = words.chance.choice(_NETWORKS), words.chance.randrange(0, 256, 16)
    action = words.one()
    told = ", ".join(f"'{network}.{first + host}'" for host in range(16))
    return Made(
        name,
        {"selection": {"src_ip|cidr": f"{network}.{first}/28", "action": f"{action}.read"}, "condition": "selection"},
        f"src_ip IN ({told}) AND action = '{action}.read'",
        {"src_ip": f"{network}.{first + 9}", "action": f"{action}.read"},
    )


def _list(name: str, words: _Words) -> Made:
    agents = words.several(8)
    told = " OR ".join(f"user_agent LIKE '%{agent}%'" for agent in agents)
    return Made(
        name,
        {"selection": {"user_agent|contains": agents}, "condition": "selection"},
        f"({told})",
        {"user_agent": f"{agents[5]}/1.0 (scanner)"},
    )


def _all(name: str, words: _Words) -> Made:
    parts = words.several(3)
    told = " AND ".join(f"query LIKE '%{part}%'" for part in parts)
    return Made(
        name,
        {"selection": {"query|contains|all": parts}, "condition": "selection"},
        told,
        {"query": f"{parts[2]}=1&{parts[0]}={parts[1]}"},
    )


def _one_of(name: str, words: _Words) -> Made:
    user, host, action = words.several(3)
    return Made(
        name,
        {
            "selection_user": {"user|startswith": f"{user}-", "status": 200},
            "selection_host": {"host|endswith": f".{host}.example"},
            "selection_action": {"action": [f"{action}.grant", f"{action}.revoke"]},
            "filter_health": {"path": "/healthz"},
            "condition": "1 of selection_* and not filter_health",
        },
        f"((user LIKE '{user}-%' AND status = 200) OR host LIKE '%.{host}.example'"
        f" OR action IN ('{action}.grant', '{action}.revoke')) AND NOT path = '/healthz'",
        {"host": f"www.{host}.example", "path": "/login"},
    )


def _keywords(name: str, words: _Words) -> Made:
    some = words.several(2)
    told = " OR ".join(f"{field} LIKE '%{word}%'" for word in some for field in TEXTS)
    return Made(
        name,
        {"keywords": some, "condition": "keywords"},
        f"({told})",
        {"message": f"warning: {some[1]}; see the log"},
    )


_SHAPES: tuple[Callable[[str, _Words], Made], ...] = (
    _contains, _startswith, _endswith, _expression, _number, _network, _list, _all, _one_of, _keywords,
)  # fmt: skip
