"""Interfaces of platforms that answer in JSON, asked page after page; what they say when they are busy, or refuse us.

Nothing that is sent to prove who we are goes to another host than the one of the settings: redirections are not followed.
"""

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from hemostat.sources.base import POLLED, Unreadable
from hemostat.sources.mending import UNREADABLE
from hemostat.sources.request import rfc3339

from .base import Item, Post
from .standing import CannotRead, FeedRefused

_CONNECT, _READ = 5.0, 60.0  # seconds
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_LONGEST = timedelta(days=1)
_ANY = msgspec.json.Decoder(dict[str, Any])


class Missing(CannotRead):
    """What was asked for does not exist, or does no longer."""


class Rest:
    """One platform, as the feed of a post asks it. `advice` says what a person must put right when we are refused.

    is_near: it is on this machine or beside it; no proxy of the environment's is asked.
    """

    def __init__(self, post: Post, *, advice: str, is_near: bool = False) -> None:
        self._post = post
        self._advice = advice
        self._until: datetime | None = None
        timeout = httpx.Timeout(_READ, connect=_CONNECT)
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not is_near)

    def close(self) -> None:
        """Connections are closed."""
        self._client.close()

    def get(self, address: str, headers: Mapping[str, str], query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The object that is there. Raises `CannotRead`, `FeedRefused`, `Missing`."""
        return self._asked("GET", address, headers, params=dict(query) if query else None)

    def post(self, address: str, headers: Mapping[str, str], form: Mapping[str, str]) -> dict[str, Any]:
        """What a form is answered with. Raises `CannotRead`, `FeedRefused`, `Missing`."""
        return self._asked("POST", address, headers, data=dict(form))

    def tell(self, address: str, headers: Mapping[str, str], document: Mapping[str, Any]) -> dict[str, Any]:
        """What a document of JSON, posted, is answered with. Raises `CannotRead`, `FeedRefused`, `Missing`."""
        return self._asked("POST", address, headers, json=dict(document))

    def _asked(self, method: str, address: str, headers: Mapping[str, str], **more: Any) -> dict[str, Any]:
        name = self._post.name
        if self._until and self._post.clock.now() < self._until:
            raise CannotRead(f"The service behind {name!r} asked us to wait.", advice="It is asked again by itself.")
        try:
            answer = self._client.request(method, address, headers=dict(headers), **more)
        except httpx.HTTPError as error:
            reason = f"The service behind {name!r} is not reached: {type(error).__name__}."
            raise CannotRead(reason, advice="Check the addresses of the feed, and the network.") from error
        if answer.status_code != httpx.codes.OK:
            raise self._refusal(answer)
        try:
            return _ANY.decode(answer.content)
        except UNREADABLE:
            reason = f"What answers for {name!r} is not what it should be."
            raise CannotRead(reason, advice="Check the addresses of the feed.") from None

    def _refusal(self, answer: httpx.Response) -> CannotRead:
        name, status = self._post.name, answer.status_code
        if status in _BUSY:
            self._until = self._wait(answer.headers.get("retry-after", ""))
            return CannotRead(f"The service behind {name!r} is busy: {status}.", advice="It is asked again by itself.")
        if status in {404, 410}:
            return Missing(f"The service behind {name!r} does not know what we ask for: {status}.", advice=self._advice)
        return FeedRefused(f"The service behind {name!r} refuses us: {status}.", advice=self._advice)

    def _wait(self, told: str) -> datetime | None:
        """Until when we are not to ask, as seconds or as a time say it, a day at most; None when neither does."""
        now = self._post.clock.now()
        if told.isascii() and told.isdecimal() and len(told) <= len("86400"):
            return now + min(timedelta(seconds=int(told)), _LONGEST)
        try:
            return min(rfc3339(told).time, now + _LONGEST)
        except Unreadable:
            return None


class Turns:
    """What is asked turn after turn, a page a step; a turn in which something failed begins again."""

    def __init__(self, steps: Callable[[], Iterator[None]]) -> None:
        self._steps = steps
        self._turn: Iterator[None] | None = None

    def step(self) -> bool:
        """One step is done; does more of this turn follow? Raises what the step raises."""
        turn, self._turn = self._turn or self._steps(), None
        try:
            next(turn)
        except StopIteration:
            return False
        self._turn = turn
        return True


class Parts:
    """What an account is asked for in parts, of which some may be refused us: each such is a gap, and holds up no other."""

    def __init__(self, post: Post, service: str) -> None:
        self._post = post
        self._service = service
        self._refused: dict[str, FeedRefused] = {}
        self._answered: set[str] = set()
        self._told: dict[str, bool] = {}

    def each(self, part: str, steps: Generator[None, None, bool]) -> Iterator[None]:
        """The steps of a part; they end where it is refused. They return whether anything was answered."""
        self._refused.pop(part, None)  # of a turn that broke off
        self._answered.discard(part)
        try:
            if (yield from steps):
                self._answered.add(part)
        except FeedRefused as error:
            self._refused[part] = error

    def over(self) -> None:
        """A turn is over: parts that were refused are gaps until they are answered. Raises `FeedRefused` when all were."""
        refused, answered = self._refused, self._answered
        self._refused, self._answered = {}, set()
        if refused and not answered:
            raise next(iter(refused.values()))
        for part, is_in in [*((part, False) for part in refused), *((part, True) for part in answered)]:
            if self._told.get(part) is not is_in:
                detail = f"{self._service} does not let us read the part `{part}`"
                (self._post.closed if is_in else self._post.gap)("refused", detail)
                self._told[part] = is_in


def record_item(feed: str, kind: str, record: Mapping[str, Any]) -> Item:
    """A record of a kind under what it says: lists give most of theirs no name, and one that has changed is another."""
    body = msgspec.json.encode(record, order="deterministic")
    return Item(key=f"{feed}:{kind}:{hashlib.sha256(body).hexdigest()}", body=body, headers={POLLED: kind})


def only(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The members of these names that are there."""
    return {name: given[name] for name in names if name in given}


def same_host(address: str, base: str) -> bool:
    """Does an address lead to where `base` does? A token is sent nowhere else."""
    one, other = urlsplit(address), urlsplit(base)
    return (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
