"""From raw accesses to rows of the lake: identifiers become pseudonyms, texts are scanned and masked, query values are dropped.

This is the only way into the lake. What leaves here holds nothing that names a person: our own scanner finds nothing in it.

Rows are built column by column, and each distinct word of a column once: in logs most words come again. A value in a row
depends on its own record alone, whatever stands beside it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from operator import attrgetter
from typing import Any
from urllib.parse import unquote_plus

import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA, Access, ActorType, Auth, Environment, classify
from hemostat.phi import Pseudonyms, Scanner
from hemostat.phi.fingerprints import Hit
from hemostat.phi.known import Known
from hemostat.phi.known import words as words_for
from hemostat.sources.base import Message, Raw
from hemostat.sources.request import query_pairs

MOST_TEXT = {"path": 2048, "user_agent": 512, "host": 255, "message": 8192, "request_id": 128, "query_key": 64, "word": 64}
"""Longest text, in code points, that a column keeps; the rest stays in the sealed message only."""

SIGNATURES = frozenset({"signature", "hmac"})
"""Query parameters whose values are digests that a platform makes; they are not patient data however they look."""

_NAME = re.compile(r"[A-Za-z_$][\w.$\[\]-]*", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{5,}")
_IPV4 = re.compile(r"((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}", re.ASCII)
_OF_CALLERS = "IP"
_LEAST_IDENTIFIER = 4  # shorter identifiers are left in texts: they would blank every other number
_HIDDEN = ("path", "user_agent", "message", "host", "request_id", "operation", "resource")
"""Texts in which the identifiers of their own access are replaced, as in the names of the query's parameters."""

_CLEANED = ("store", "method", "jurisdiction", "app")
_AS_TOLD = (
    "time", "offset_minutes", "environment", "surface", "act", "actor_type", "auth", "asn", "status", "bytes", "result",
    "subjects", "estimated", "severity",
)  # fmt: skip
_WAYS_TO_NUMBER = (
    re.compile(r"[0-9]+"),
    re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),  # RFC 9562, section 4
    re.compile(r"[^@\s]+@[^@\s]+"),
)
_SHOWN = frozenset({Auth.LOGIN, Auth.TOKEN, Auth.SIGNED})
_MILLISECOND = timedelta(milliseconds=1)

Strings = list[str]
Lists = list[Strings]
Hits = list[tuple[int, Hit]]


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One readable record and where it stood: the message, and its place among the message's records from 0."""

    message: Message
    index: int
    raw: Raw


def rows(records: Sequence[Record], *, pseudonyms: Pseudonyms, scanner: Scanner, known: Known | None = None) -> pa.RecordBatch:
    """The records as rows of `events.SCHEMA`, in their order, with nothing in them that names a person.

    known: whose data is told by a word in the column `phi`.
    """
    accesses = [record.raw.access for record in records]
    columns = (
        {name: list(map(attrgetter(name), accesses)) for name in _AS_TOLD}
        | _provenance(records, pseudonyms)
        | _pseudonymous(accesses, pseudonyms)
        | _redacted(accesses, pseudonyms, scanner, known)
    )
    columns["class_uid"], columns["activity_id"] = _classes(accesses)
    arrays = [pa.array(columns[field.name], field.type) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _provenance(records: Sequence[Record], pseudonyms: Pseudonyms) -> dict[str, list[Any]]:
    """Where each row comes from, and when it came."""
    return {
        "event_id": ["%012d-%05d" % (record.message.seq, record.index) for record in records],  # noqa: UP031  # half the time
        "learnt": [record.message.received_at for record in records],
        "source": [record.message.source for record in records],
        "skew_ms": [_skew(record.message, record.raw.access) for record in records],
        "raw_mac": [pseudonyms.mac(record.raw.raw) for record in records],
    }


def _skew(message: Message, access: Access) -> int | None:
    return (message.received_at - access.sent) // _MILLISECOND if access.sent else None


def _pseudonymous(accesses: Sequence[Access], pseudonyms: Pseudonyms) -> dict[str, list[Any]]:
    """Identifiers as pseudonyms, and addresses as their networks too."""

    def named(kind: str, values: Strings) -> Strings:
        return _each(pseudonyms.of_all(kind, set(values)), values)

    subjects = [access.subject for access in accesses]
    addresses = [_address(access.ip) for access in accesses]
    return {
        "subject": named("person", subjects),
        "subject_next": _each(pseudonyms.next_numbers("person", set(subjects)), subjects),
        "own": list(map(_own, accesses)),
        "src_ip": named("ip", [address for address, _ in addresses]),
        "src_net": [network for _, network in addresses],
        "token": named("token", [access.token for access in accesses]),
        "resource_id": named("resource", [access.resource_id for access in accesses]),
    }


def _own(access: Access) -> bool | None:
    """Is the caller the person whose data it is? None when that cannot be said.

    It can be said of a person who showed who he was. Two identifiers that differ are two people only when they are numbered in
    one way: an e-mail address and a number may be the same person's, and so may numbers of different length.
    """
    caller, subject = access.actor, access.subject
    if not caller or not subject or access.actor_type is not ActorType.PERSON or access.auth not in _SHOWN:
        return None
    if caller.casefold() == subject.casefold():
        return True
    alike = any(way.fullmatch(caller) and way.fullmatch(subject) for way in _WAYS_TO_NUMBER)
    return False if alike and ("@" in caller or len(caller) == len(subject)) else None


def _each(made: Mapping[str, str], words: Iterable[str]) -> Strings:
    return [made[word] for word in words]


def _classes(accesses: Sequence[Access]) -> tuple[list[int], list[int]]:
    """The OCSF class and activity of each access."""
    known: dict[str, tuple[int, int]] = {}
    found = []
    for access in accesses:
        word = access.act + " " + access.method
        if word not in known:
            known[word] = classify(access.act, method=access.method)
        found.append(known[word])
    return [one for one, _ in found], [one for _, one in found]


def _redacted(accesses: Sequence[Access], pseudonyms: Pseudonyms, scanner: Scanner, known: Known | None) -> dict[str, list[Any]]:
    """Texts without identifiers and patient data, and the entities that were found in them."""
    queries = [_query(access) for access in accesses]
    people = [access.actor if _is_person(access) else "" for access in accesses]
    told, keys = _hidden(accesses, people, [names for names, _ in queries], pseudonyms)
    told |= {name: list(map(attrgetter(name), accesses)) for name in _CLEANED}
    told["actor"] = ["" if person else access.actor for access, person in zip(accesses, people, strict=True)]
    values = [text for _, text in queries]
    elements, fields = [access.elements for access in accesses], [access.fields for access in accesses]
    show = _Showing(scanner, known, (values, *told.values(), *keys, *set(elements), *set(fields)))
    shown: dict[str, list[Any]] = {
        name: show.column(words, MOST_TEXT.get(name, MOST_TEXT["word"])) for name, words in told.items() if name != "request_id"
    }
    pseudonymous = pseudonyms.of_all("actor", set(people))
    return shown | {
        "actor": [pseudonymous[person] or app for person, app in zip(people, shown["actor"], strict=True)],
        "path": show.column(told["path"], MOST_TEXT["path"], numbered=True),
        "query_keys": show.keys(keys),
        "elements": show.lists(elements),
        "fields": show.lists(fields),
        "request_id": show.identifiers(told["request_id"], pseudonyms),
        "phi": show.entities(accesses, (told["path"], values, told["user_agent"], told["message"])),
    }


class _Showing:
    """What may be shown of texts, of which those in `columns` were scanned in one pass."""

    def __init__(self, scanner: Scanner, known: Known | None, columns: Iterable[Iterable[str]]) -> None:
        self._scanner = scanner
        self._known = known
        texts = list(set().union(*columns))
        cleaned = [inert(text, scanner) for text in texts]
        self._inert = {text: clean for text, clean in zip(texts, cleaned, strict=True) if clean is not text}
        scanned = scanner.scan_many(cleaned)
        self._found = {text: {match.entity for match in matches} for text, matches in zip(texts, scanned, strict=True) if matches}
        self._hits: dict[str, Hits] = {}
        """Of the texts in which somebody known may be."""
        if known:
            for text, clean, matches in zip(texts, cleaned, scanned, strict=True):
                if found := known.found(clean, matches):
                    self._hits[text] = [(one.place, one.hit) for one in found]
        self._misplaced = {text: misplaced for text, kinds in self._found.items() if (misplaced := kinds - {_OF_CALLERS})}

    def column(self, words: Sequence[str], most: int, *, numbered: bool = False) -> Strings:
        """Each text, masked, of at most `most` code points; with long numbers shown as such if `numbered`."""
        shown = {word: text for word in set(words) if (text := self._shown(word, most, numbered=numbered)) is not word}
        return [shown.get(word, word) for word in words] if shown else list(words)

    def lists(self, words: Sequence[tuple[str, ...]]) -> Lists:
        """Each text of each list."""
        shown = {few: self.column(few, MOST_TEXT["word"]) for few in set(words)}
        return [shown[few] for few in words]

    def keys(self, words: Sequence[tuple[str, ...]]) -> Lists:
        """The names of each query's parameters, once each."""
        shown = {few: self._keys(few) for few in set(words)}
        return [shown[few] for few in words]

    def identifiers(self, words: Sequence[str], pseudonyms: Pseudonyms) -> Strings:
        """Identifiers as they are, to join with other logs; pseudonyms of those that are long or look like patient data."""
        odd = {word for word in words if len(word) > MOST_TEXT["request_id"] or word in self._found or word in self._inert}
        if not odd:
            return list(words)
        return [self._identifier(word, pseudonyms) if word in odd else word for word in words]

    def entities(self, accesses: Sequence[Access], columns: Sequence[Strings]) -> Lists:
        """The entities in the texts of each row that must not be there, and whether they are of people who are known.

        Addresses of callers are not told: they stand in every log.
        """
        found = self._misplaced
        told: Lists = [[]] * len(accesses)
        for place in {place for column in columns for place, text in enumerate(column) if text in found} if found else ():
            told[place] = sorted(set().union(*(found.get(column[place], ()) for column in columns)))
        if self._known:
            for place, access in enumerate(accesses):
                if words := words_for(self._of_people(access, [column[place] for column in columns])):
                    told[place] = sorted({*told[place], *words})
        return told

    def _of_people(self, access: Access, texts: Strings) -> Hits:
        """What an event and its texts, one after the other, say of people who are known.

        In production the person whose data is asked for is in place; elsewhere nobody real is.
        """
        asked = self._known.identifier(access.subject) if self._known and access.environment != Environment.PRODUCTION else []
        hits, base = [(0, hit) for hit in asked], 0
        for text in texts:
            hits += [(base + place, hit) for place, hit in self._hits.get(text, ())]
            base += len(text)
        return hits

    def _shown(self, word: str, most: int, *, numbered: bool) -> str:
        """A text with what was found in it masked, and of that at most `most` code points, in which nothing is found."""
        text = self._inert.get(word, word)
        if word in self._found or len(text) > most:
            text = self._scanner.shortened(text, most)
        return _LONG_NUMBER.sub("{n}", text) if numbered else text

    def _keys(self, words: Sequence[str]) -> Strings:
        distinct = {self._inert.get(word, word): word for word in words}
        return self.column(list(distinct.values()), MOST_TEXT["query_key"], numbered=True)

    def _identifier(self, word: str, pseudonyms: Pseudonyms) -> str:
        text = self._inert.get(word, word)
        if len(text) <= MOST_TEXT["request_id"] and word not in self._found:
            return text
        return pseudonyms.of("request", text)


def _query(access: Access) -> tuple[tuple[str, ...], str]:
    """The names of the parameters, and their values as one text; what has no `=`, or is no name, counts as a value."""
    if not access.query:
        return (), ""
    parts = access.query.split("&")
    known = {access.subject, access.token}
    names: Strings = []
    values: Strings = []
    odd: Strings = []
    for key, value in query_pairs("&".join(part for part in parts if "=" in part)):
        (names if _NAME.fullmatch(key) else odd).append(key)
        if value and value not in known and key not in SIGNATURES:
            values.append(f"{key}={value}")
    bare = [unquote_plus(part) for part in parts if part and "=" not in part]
    return tuple(names), "; ".join([*values, *odd, *bare])


def _is_person(access: Access) -> bool:
    return access.actor_type is not ActorType.APP and access.actor_type is not ActorType.SYSTEM


def _hidden(
    accesses: Sequence[Access], people: Strings, keys: list[tuple[str, ...]], pseudonyms: Pseudonyms
) -> tuple[dict[str, Strings], list[tuple[str, ...]]]:
    """The texts of the accesses, and the names of their parameters, with pseudonyms for the identifiers of each very access.

    people: the actor of each access that is a person; "" of others.
    """
    told = {name: list(map(attrgetter(name), accesses)) for name in _HIDDEN}
    names = list(keys)
    together = map("\n".join, zip(*told.values(), map("\n".join, keys), strict=True))
    for place, (access, person, text) in enumerate(zip(accesses, people, together, strict=True)):
        own = (("person", access.subject), ("token", access.token), ("ip", access.ip), ("actor", person))
        for _, value in own:
            # One look through all texts of most accesses tells that none of them names anybody.
            if len(value) >= _LEAST_IDENTIFIER and value in text:
                for column in told.values():
                    column[place] = _hide(column[place], own, pseudonyms)
                names[place] = tuple(_hide(key, own, pseudonyms) for key in names[place])
                break
    return told, names


def _hide(text: str, own: Sequence[tuple[str, str]], pseudonyms: Pseudonyms) -> str:
    """A text with pseudonyms for identifiers that stand in it as words of their own."""
    for kind, value in own:
        if len(value) >= _LEAST_IDENTIFIER and value in text:
            text = _replaced(text, value, pseudonyms.of(kind, value))
    return text


def _replaced(text: str, value: str, word: str) -> str:
    """A text with `word` for `value` wherever no ASCII letter or digit stands right before or behind it."""
    pieces, done, place = [], 0, text.find(value)
    while place >= 0:
        end = place + len(value)
        if _is_letter(text[place - 1 : place]) or _is_letter(text[end : end + 1]):
            place = text.find(value, place + 1)
            continue
        pieces += [text[done:place], word]
        done, place = end, text.find(value, end)
    return "".join([*pieces, text[done:]])


def _is_letter(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def inert(text: str, scanner: Scanner) -> str:
    r"""The text with control characters, bidirectional overrides and lone surrogates spelled out, as `\x1b`: inert anywhere.

    Where such characters would hide patient data from the scanner they are left out, and odd spaces are plain ones.
    """
    if text.isprintable():
        return text
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
    return plain if scanner.scan(plain) else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@lru_cache(maxsize=8192)
def _address(text: str) -> tuple[str, str]:
    """An address in its one spelling, and its network: /24 of IPv4, /48 of IPv6, "" when it is no address."""
    if _IPV4.fullmatch(text):
        return text, f"{text.rpartition('.')[0]}.0/24"
    try:
        address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return text, ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address), str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))  # noqa: PLR2004  # IP version
