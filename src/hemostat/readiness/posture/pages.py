"""What a page loads, and how long a signed link lives: both read from an answer, of which nothing else is kept."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

from .book import lists

_ATTRIBUTE = r"""[\s"'/]{}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_LOADING = {
    tag: re.compile(_ATTRIBUTE.format(name), re.IGNORECASE)
    for tag, name in {
        "script": "src", "img": "src", "iframe": "src", "embed": "src", "source": "src", "link": "href", "object": "data",
    }.items()
}  # fmt: skip
_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9-]*")
_LINK = re.compile(r"""https?://[^\s"'<>\\]+""")


def trackers_of(body: bytes) -> dict[str, str]:
    """The domains of advertising networks that a page loads from, or that its own code names, each with whose it is.

    The time that it takes grows with the length of the page, whatever the page is.
    """
    loads, code = _read(body.decode(errors="replace"))
    known = lists().trackers
    loaded = {lists().network(_host(address)) for address in loads} - {""}
    named = {name for name in known if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code)}
    return {name: known[name] for name in sorted(loaded | named)}


def _read(page: str) -> tuple[list[str], str]:
    """The addresses that elements load, and the text of scripts, between one `<` and the next. Comments count for nothing."""
    loads: list[str] = []
    code: list[str] = []
    within, tag = "", ""
    for part in page.split("<")[1:]:
        if within == "comment":
            within = "" if "-->" in part else within
        elif within == "script" and part[:7].lower() != "/script":
            code.append(part)
        elif part.startswith("!--"):
            within = "" if "-->" in part else "comment"
        else:
            # What does not begin as a tag goes on with the one before: a value may hold a `<`.
            tag = name[0].lower() if (name := _NAME.match(part)) else tag
            loads += _loaded(tag, part)
            within = "script" if tag == "script" else ""
            if within:
                code.append(part.partition(">")[2])
    return loads, "<".join(code)


def _loaded(tag: str, part: str) -> Iterator[str]:
    pattern = _LOADING.get(tag)
    for found in pattern.finditer(part) if pattern else ():
        yield unescape(found[1] or found[2] or found[3] or "")


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
