"""From raw accesses to rows of the lake: identifiers become pseudonyms, texts are scanned and masked, query values are dropped.

This is the only way into the lake. What leaves here holds nothing that names a person: our own scanner finds nothing in it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA, Access, ActorType, classify
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources.base import Message, Raw

MOST_TEXT = {"path": 2048, "user_agent": 512, "host": 255, "message": 8192, "request_id": 128, "query_key": 64, "word": 64}
"""Longest text, in code points, that a column keeps; the rest stays in the sealed message only."""

SIGNATURES = frozenset({"signature", "hmac"})
"""Query parameters whose values are digests that a platform makes; they are not patient data however they look."""

_NAME = re.compile(r"[A-Za-z_$][\w.$\[\]-]*", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{5,}")
_LEAST_IDENTIFIER = 4  # shorter identifiers are left in texts: they would blank every other number


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One readable record and where it stood: the message, and its place among the message's records from 0."""

    message: Message
    index: int
    raw: Raw


class _Texts(msgspec.Struct, frozen=True, kw_only=True):
    """The free texts of one access, cleaned but not yet redacted."""

    path: str
    values: str
    keys: tuple[str, ...]
    user_agent: str
    message: str
    elements: tuple[str, ...]
    fields: tuple[str, ...]
    words: tuple[str, ...]  # host, request_id, store, actor name, method, jurisdiction, operation, app, resource


def rows(records: Sequence[Record], *, pseudonyms: Pseudonyms, scanner: Scanner) -> pa.RecordBatch:
    """The records as rows of `events.SCHEMA`, in their order, with nothing in them that names a person."""
    texts = [_texts(record.raw.access, pseudonyms, scanner) for record in records]
    redact = _Redaction(scanner, (text for one in texts for text in _every(one)))
    built = [_row(record, text, pseudonyms, redact) for record, text in zip(records, texts, strict=True)]
    return pa.RecordBatch.from_pylist(built, schema=SCHEMA)


class _Redaction:
    """The redacted form of a set of texts, found in one pass over those that differ."""

    def __init__(self, scanner: Scanner, texts: Iterable[str]) -> None:
        distinct = sorted({text for text in texts if text})
        self._scanner = scanner
        self._found = {
            text: tuple(sorted({match.entity for match in matches}))
            for text, matches in zip(distinct, scanner.scan_many(distinct), strict=True)
            if matches
        }

    def found(self, text: str) -> tuple[str, ...]:
        """Entities in a text."""
        return self._found.get(text, ())

    def shown(self, text: str, most: int) -> str:
        """A text with what was found in it masked, and of that at most `most` code points, in which nothing is found."""
        return self._scanner.shortened(text, most) if text in self._found or len(text) > most else text


def _texts(access: Access, pseudonyms: Pseudonyms, scanner: Scanner) -> _Texts:
    def clean(text: str) -> str:
        return inert(text, scanner)

    hide = _hider(access, pseudonyms, clean)
    keys, values = _query(access)
    name = "" if _is_person(access) else access.actor
    return _Texts(
        path=hide(access.path),
        values=clean(values),
        keys=tuple(dict.fromkeys(hide(key) for key in keys)),
        user_agent=hide(access.user_agent),
        message=hide(access.message),
        elements=tuple(map(clean, access.elements)),
        fields=tuple(map(clean, access.fields)),
        words=(
            hide(access.host),
            hide(access.request_id),
            clean(access.store),
            clean(name),
            clean(access.method),
            clean(access.jurisdiction),
            hide(access.operation),
            clean(access.app),
            hide(access.resource),
        ),
    )


def _query(access: Access) -> tuple[list[str], str]:
    """The names of the parameters, and their values as one text; what has no `=`, or is no name, counts as a value."""
    parts = access.query.split("&")
    known = {access.subject, access.token}
    pairs = parse_qsl("&".join(part for part in parts if "=" in part), keep_blank_values=True, errors="replace")
    values = [f"{key}={value}" for key, value in pairs if value and value not in known and key not in SIGNATURES]
    odd = [key for key, _ in pairs if not _NAME.fullmatch(key)]
    bare = [unquote_plus(part) for part in parts if part and "=" not in part]
    return [key for key, _ in pairs if _NAME.fullmatch(key)], "; ".join([*values, *odd, *bare])


def _every(texts: _Texts) -> Iterator[str]:
    yield from (texts.path, texts.values, texts.user_agent, texts.message)
    yield from texts.keys
    yield from texts.elements
    yield from texts.fields
    yield from texts.words


def _row(record: Record, texts: _Texts, pseudonyms: Pseudonyms, redact: _Redaction) -> dict[str, Any]:
    access, message = record.raw.access, record.message
    class_uid, activity_id = classify(access.act, method=access.method)
    host, request_id, store, name, method, jurisdiction, operation, app, resource = texts.words
    address, network = _address(access.ip)
    found = {entity for text in (texts.path, texts.values, texts.user_agent, texts.message) for entity in redact.found(text)}
    return {
        "event_id": f"{message.seq:012d}-{record.index:05d}",
        "class_uid": class_uid,
        "activity_id": activity_id,
        "time": access.time,
        "learnt": message.received_at,
        "offset_minutes": access.offset_minutes,
        "source": message.source,
        "store": redact.shown(store, MOST_TEXT["word"]),
        "environment": str(access.environment),
        "surface": str(access.surface),
        "act": str(access.act),
        "actor": redact.shown(name, MOST_TEXT["word"]) if name else pseudonyms.of("actor", access.actor),
        "actor_type": str(access.actor_type),
        "auth": str(access.auth),
        "src_ip": pseudonyms.of("ip", address),
        "src_net": network,
        "asn": access.asn,
        "user_agent": redact.shown(texts.user_agent, MOST_TEXT["user_agent"]),
        "host": redact.shown(host, MOST_TEXT["host"]),
        "method": redact.shown(method, MOST_TEXT["word"]),
        "path": _LONG_NUMBER.sub("{n}", redact.shown(texts.path, MOST_TEXT["path"])),
        "query_keys": [_LONG_NUMBER.sub("{n}", redact.shown(key, MOST_TEXT["query_key"])) for key in texts.keys],
        "status": access.status,
        "bytes": access.bytes,
        "result": str(access.result),
        "subject": pseudonyms.of("person", access.subject),
        "subject_next": pseudonyms.next_number("person", access.subject),
        "jurisdiction": redact.shown(jurisdiction, MOST_TEXT["word"]),
        "subjects": access.subjects,
        "estimated": access.estimated,
        "operation": redact.shown(operation, MOST_TEXT["word"]),
        "app": redact.shown(app, MOST_TEXT["word"]),
        "resource": redact.shown(resource, MOST_TEXT["word"]),
        "resource_id": pseudonyms.of("resource", access.resource_id),
        "fields": [redact.shown(field, MOST_TEXT["word"]) for field in texts.fields],
        "severity": access.severity,
        "skew_ms": None if access.sent is None else (message.received_at - access.sent) // timedelta(milliseconds=1),
        "token": pseudonyms.of("token", access.token),
        "request_id": _identifier(request_id, pseudonyms, redact),
        "elements": [redact.shown(element, MOST_TEXT["word"]) for element in texts.elements],
        "phi": sorted(found),
        "message": redact.shown(texts.message, MOST_TEXT["message"]),
        "raw_mac": pseudonyms.mac(record.raw.raw),
    }


def _is_person(access: Access) -> bool:
    return access.actor_type not in {ActorType.APP, ActorType.SYSTEM}


def _identifier(text: str, pseudonyms: Pseudonyms, redact: _Redaction) -> str:
    """An identifier as it is, so that it joins with other logs; a pseudonym when it is long or looks like patient data."""
    if len(text) <= MOST_TEXT["request_id"] and not redact.found(text):
        return text
    return pseudonyms.of("request", text)


def _hider(access: Access, pseudonyms: Pseudonyms, clean: Callable[[str], str]) -> Callable[[str], str]:
    """A function that cleans a text and puts pseudonyms for the identifiers of this very access."""
    own = [("person", access.subject), ("token", access.token), ("ip", access.ip)]
    if _is_person(access):
        own.append(("actor", access.actor))
    known = [(kind, value) for kind, value in own if len(value) >= _LEAST_IDENTIFIER]

    def hide(text: str) -> str:
        for kind, value in known:
            if value in text:
                text = re.sub(rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])", pseudonyms.of(kind, value), text)
        return clean(text)

    return hide


def inert(text: str, scanner: Scanner) -> str:
    r"""The text with control characters, bidirectional overrides and lone surrogates spelled out, as `\x1b`: inert anywhere.

    Where such characters would hide patient data from the scanner they are left out, and odd spaces are plain ones.
    """
    if text.isprintable():
        return text
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
    return plain if scanner.scan(plain) else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@lru_cache(maxsize=50_000)
def _address(text: str) -> tuple[str, str]:
    """An address in its one spelling, and its network: /24 of IPv4, /48 of IPv6, "" when it is no address."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return text, ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address), str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))  # noqa: PLR2004  # IP version
