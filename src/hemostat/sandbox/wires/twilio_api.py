"""A twin of Twilio's interfaces: Monitor Events, and the lists of recordings, video recordings and compositions.

As strict as https://www.twilio.com/docs says: HTTP Basic with a key of the account, dates of ISO 8601, 1000 records of a page at
most, the newest first, and the next page by the address that an answer names. The filters of the lists were not seen at work.
"""

import threading
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from hemostat.kernel import parse_iso

from .loopback import Asked, Said

_MOST = 1000


class TwilioAccount:
    """One account. `faults` are said once each before anything else is looked at: a status, and its header `Retry-After`.

    lists: the records of each list, by its path. refused: paths that the key may not read.
    address: where it is served, as the next pages have it.
    """

    def __init__(self, *, account: str, key: str, secret: str) -> None:
        self.faults: list[tuple[int, str]] = []
        self.address = ""
        self.asked: list[str] = []
        self.refused: set[str] = set()
        self.recordings = f"/2010-04-01/Accounts/{account}/Recordings.json"
        self.lists: dict[str, list[dict[str, Any]]] = {
            "/v1/Events": [],
            "/v1/Recordings": [],
            "/v1/Compositions": [],
            self.recordings: [],
        }
        self._proof = "Basic " + b64encode(f"{key}:{secret}".encode()).decode()
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Said:
        """What the service says."""
        with self._lock:
            parts = urlsplit(asked.target)
            self.asked.append(asked.target)
            if self.faults:
                status, wait = self.faults.pop(0)
                return _said({"code": status}, status, {"retry-after": wait} if wait else {})
            if asked.headers.get("authorization") != self._proof:
                return _said({"code": 20003, "message": "Authenticate"}, 401)
            if parts.path in self.refused:
                return _said({"code": 20003, "message": "Forbidden"}, 403)
            if parts.path not in self.lists or asked.method != "GET":
                return _said({"code": 20404, "message": "The requested resource was not found"}, 404)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            try:
                return self._page(parts.path, query)
            except (KeyError, ValueError):
                return _said({"code": 20001, "message": "Invalid parameter"}, 400)

    def _page(self, path: str, query: Mapping[str, str]) -> Said:
        """A page of what was made since a moment. Raises `KeyError`, `ValueError` for a query that is none."""
        size, page = int(query["PageSize"]), int(query.get("Page", "0"))
        if not 1 <= size <= _MOST:
            raise ValueError
        name = {"/v1/Events": "StartDate", self.recordings: "DateCreated>"}.get(path, "DateCreatedAfter")
        since = parse_iso(f"{query[name]}T00:00:00Z" if path == self.recordings else query[name])
        made = sorted(((_made(each), each) for each in self.lists[path]), key=lambda pair: pair[0], reverse=True)
        found = [each for moment, each in made if moment >= since]
        more = urlencode({**query, "Page": page + 1, "PageToken": f"P{page}"})
        following = f"{path}?{more}" if found[(page + 1) * size :] else None
        records = found[page * size : (page + 1) * size]
        member = "events" if path == "/v1/Events" else "compositions" if path == "/v1/Compositions" else "recordings"
        if path == self.recordings:
            return _said({member: records, "next_page_uri": following, "page_size": size})
        return _said({member: records, "meta": {"next_page_url": following and self.address + following, "key": member}})


def _made(record: Mapping[str, Any]) -> datetime:
    given = str(record.get("event_date") or record["date_created"])
    return parse_iso(given) if given[:1].isdigit() else parsedate_to_datetime(given)


def _said(what: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Said:
    return Said(status=status, body=msgspec.json.encode(what), headers=headers or {})
