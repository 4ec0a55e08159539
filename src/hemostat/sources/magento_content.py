"""What a piece of a page's content is made of, without the content: enough to see that a script was put in."""

import hashlib
import re
from urllib.parse import urlsplit

import msgspec

_MOST = 2_000_000  # characters that are searched
_SOURCE = re.compile(r"(?:src|href|action)\s{0,4}=\s{0,4}[\"']?((?:https?:|wss?:)?//[^\"'\s<>]{1,300})", re.IGNORECASE)
_SOCKET = re.compile(r"(?:wss?|https?)://[^\"'\s<>)\\]{1,300}", re.IGNORECASE)
_CODE = re.compile(
    r"<script\b|javascript:|\beval\s{0,4}\(|\batob\s{0,4}\(|\bWebSocket\b|\bfromCharCode\b|\bon\w{3,20}\s{0,4}=", re.IGNORECASE
)
_HOST = re.compile(r"[a-z0-9.-]{1,253}")
_MOST_HOSTS = 50


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """sha256: of the content in UTF-8. code: does it hold a script, or what hides one? hosts: which it names, sorted."""

    sha256: str
    bytes: int
    code: bool
    hosts: list[str]


def content_of(text: str) -> Content:
    """What a content is made of."""
    plain = text.encode(errors="surrogatepass")
    part = text[:_MOST]
    found = {_host(address) for pattern in (_SOURCE, _SOCKET) for address in pattern.findall(part)}
    return Content(
        sha256=hashlib.sha256(plain).hexdigest(),
        bytes=len(plain),
        code=_CODE.search(part) is not None,
        hosts=sorted(host for host in found if host)[:_MOST_HOSTS],
    )


def _host(address: str) -> str:
    """The host of an address; "" when it has none that could be one."""
    try:
        host = urlsplit(address if "//" in address[:8] else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""
