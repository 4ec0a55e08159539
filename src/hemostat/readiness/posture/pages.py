"""What a page loads, and how long a signed link lives: both read from an answer, of which nothing else is kept."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from .book import lists

_LOADING = {"script": "src", "img": "src", "iframe": "src", "embed": "src", "source": "src", "link": "href", "object": "data"}
_LINK = re.compile(r"""https?://[^\s"'<>\\]+""")


class _Page(HTMLParser):
    """The addresses that elements of a page load, and the text of its scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.loads: list[str] = []
        self.code: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if name := _LOADING.get(tag):
            self.loads += [value for attribute, value in attrs if attribute == name and value]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.code.append(data)


def trackers_of(body: bytes) -> dict[str, str]:
    """The domains of advertising networks that a page loads from, or that its own code names, each with whose it is."""
    page = _Page()
    page.feed(body.decode(errors="replace"))
    page.close()
    known = lists().trackers
    loaded = {lists().network(_host(address)) for address in page.loads} - {""}
    named = {name for text in page.code for name in known if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)}
    return {name: known[name] for name in sorted(loaded | named)}


def _host(address: str) -> str:
    try:
        return urlsplit(address.strip()).hostname or ""
    except ValueError:
        return ""


def links_of(told: bytes, location: str) -> list[str]:
    """The addresses in an answer, as JSON, HTML or text hold them, and that of its `Location`."""
    text = told.decode(errors="replace").replace("\\/", "/").replace("\\u0026", "&")
    return [location, *(unescape(found) for found in _LINK.findall(text))]


def lives(link: str, now: datetime) -> timedelta | None:
    """How long a signed link still opens: S3, CloudFront, Google Cloud Storage, Azure (SAS). None when it is not one of these.

    Sources: AWS Signature V4 query parameters, CloudFront canned policies, GCS V4 signing, Azure SAS `st` and `se`.
    """
    try:
        query = {name.lower(): values[-1] for name, values in parse_qs(urlsplit(link).query).items()}
    except ValueError:
        return None
    return next((span for span in _spans(query, now) if span is not None), None)


def _spans(query: dict[str, str], now: datetime) -> Iterator[timedelta | None]:
    for name in ("x-amz-expires", "x-goog-expires"):
        if (text := query.get(name, "")).isascii() and text.isdecimal() and len(text) <= 9:  # noqa: PLR2004  # 31 years
            yield timedelta(seconds=int(text))
    text = query.get("expires", "")
    if "signature" in query and text.isascii() and text.isdecimal() and len(text) <= 11:  # noqa: PLR2004  # year 5138
        yield datetime.fromtimestamp(int(text), UTC) - now
    if "sig" in query and "se" in query:
        end = _moment(query["se"])
        yield end - (_moment(query.get("st", "")) or now) if end else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
