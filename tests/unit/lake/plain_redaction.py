"""Redaction as simple as it can be said: one row after another, one text after another, nothing remembered.

`hemostat.lake.redaction` builds columns and remembers what comes again; its rows must be these.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from hemostat.events import Access, ActorType, classify
from hemostat.lake.redaction import MOST_TEXT, SIGNATURES, Record, inert
from hemostat.phi import Pseudonyms, Scanner


def plain_rows(records: Sequence[Record], *, pseudonyms: Pseudonyms, scanner: Scanner) -> list[dict[str, Any]]:
    """The rows that redaction promises for these records."""
    return [_row(record, pseudonyms, scanner) for record in records]


def _row(record: Record, pseudonyms: Pseudonyms, scanner: Scanner) -> dict[str, Any]:
    access, message = record.raw.access, record.message

    def clean(text: str) -> str:
        return inert(text, scanner)

    def word(text: str, most: int = MOST_TEXT["word"]) -> str:
        return scanner.shortened(text, most)

    def found(text: str) -> set[str]:
        return {match.entity for match in scanner.scan(text)}

    hide = _hider(access, pseudonyms, clean)
    keys, values = _query(access)
    path, agent, text = hide(access.path), hide(access.user_agent), hide(access.message)
    request_id = hide(access.request_id)
    class_uid, activity_id = classify(access.act, method=access.method)
    address, network = _address(access.ip)
    is_app = access.actor_type in {ActorType.APP, ActorType.SYSTEM}
    as_told = ("time", "offset_minutes", "asn", "status", "bytes", "subjects", "estimated", "severity")
    return {
        **{name: getattr(access, name) for name in as_told},
        **{name: str(getattr(access, name)) for name in ("environment", "surface", "act", "actor_type", "auth", "result")},
        "event_id": f"{message.seq:012d}-{record.index:05d}",
        "class_uid": class_uid,
        "activity_id": activity_id,
        "learnt": message.received_at,
        "source": message.source,
        "store": word(clean(access.store)),
        "actor": word(clean(access.actor)) if is_app else pseudonyms.of("actor", access.actor),
        "src_ip": pseudonyms.of("ip", address),
        "src_net": network,
        "user_agent": word(agent, MOST_TEXT["user_agent"]),
        "host": word(hide(access.host), MOST_TEXT["host"]),
        "method": word(clean(access.method)),
        "path": re.sub(r"\d{5,}", "{n}", word(path, MOST_TEXT["path"])),
        "query_keys": [
            re.sub(r"\d{5,}", "{n}", word(key, MOST_TEXT["query_key"])) for key in dict.fromkeys(hide(key) for key in keys)
        ],
        "subject": pseudonyms.of("person", access.subject),
        "subject_next": pseudonyms.next_number("person", access.subject),
        "own": _own(access),
        "jurisdiction": word(clean(access.jurisdiction)),
        "operation": word(hide(access.operation)),
        "app": word(clean(access.app)),
        "resource": word(hide(access.resource)),
        "resource_id": pseudonyms.of("resource", access.resource_id),
        "fields": [word(clean(field)) for field in access.fields],
        "skew_ms": None if access.sent is None else (message.received_at - access.sent) // timedelta(milliseconds=1),
        "token": pseudonyms.of("token", access.token),
        "request_id": pseudonyms.of("request", request_id)
        if len(request_id) > MOST_TEXT["request_id"] or found(request_id)
        else request_id,
        "elements": [word(clean(element)) for element in access.elements],
        "phi": sorted((found(path) | found(clean(values)) | found(agent) | found(text)) - {"IP"}),
        "message": word(text, MOST_TEXT["message"]),
        "raw_mac": pseudonyms.mac(record.raw.raw),
    }


def _own(access: Access) -> bool | None:
    one, other = access.actor, access.subject
    if access.actor_type != "person" or access.auth not in {"login", "token", "signed"} or "" in {one, other}:
        return None
    kinds = (rf"[0-9]{{{len(one)}}}", r"[^@\s]+@[^@\s]+", r"(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
    if one.casefold() == other.casefold():
        return True
    return False if any(re.fullmatch(kind, one) and re.fullmatch(kind, other) for kind in kinds) else None


def _hider(access: Access, pseudonyms: Pseudonyms, clean: Callable[[str], str]) -> Callable[[str], str]:
    own = [("person", access.subject), ("token", access.token), ("ip", access.ip)]
    if access.actor_type not in {ActorType.APP, ActorType.SYSTEM}:
        own.append(("actor", access.actor))

    def hide(text: str) -> str:
        for kind, value in own:
            if len(value) >= 4:
                word = pseudonyms.of(kind, value)
                text = re.sub(rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])", word, text)
        return clean(text)

    return hide


def _query(access: Access) -> tuple[list[str], str]:
    name = re.compile(r"[A-Za-z_$][\w.$\[\]-]*", re.ASCII)
    parts = access.query.split("&")
    known = {access.subject, access.token}
    pairs = parse_qsl("&".join(part for part in parts if "=" in part), keep_blank_values=True, errors="replace")
    values = [f"{key}={value}" for key, value in pairs if value and value not in known and key not in SIGNATURES]
    odd = [key for key, _ in pairs if not name.fullmatch(key)]
    bare = [unquote_plus(part) for part in parts if part and "=" not in part]
    return [key for key, _ in pairs if name.fullmatch(key)], "; ".join([*values, *odd, *bare])


def _address(text: str) -> tuple[str, str]:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text, ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address), str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
