"""From the bytes of a request to the lines that the spool keeps; whatever is sent, within bounds."""

import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable

import msgspec

from hemostat.sources import mending
from hemostat.sources.base import lines

from .answers import Refused

JSON_TYPES = frozenset(
    {"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
TEXT_TYPE = "text/plain"
_GZIP = 16 + zlib.MAX_WBITS  # RFC 1952 with header and checksum
_DOCUMENT = msgspec.json.Decoder(msgspec.Raw)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])  # its values are looked through, which costs a quarter of reading them
_ANYTHING = msgspec.json.Decoder()
_MOST_MEMBERS = 256  # of a gzip body: each costs a walk over the rest of it


def media_type(content_type: str, *, known: Iterable[str]) -> str:
    """The media type without its parameters. Raises `Refused` (415) when it is not one of `known`, or not in UTF-8."""
    name, *parameters = [part.strip().lower() for part in content_type.split(";")]
    known = sorted(known)
    if name not in known:
        reason = f"The content type is {'missing' if not name else 'not one that this door reads'}."
        raise Refused(415, "content_type", reason, advice=f"Set Content-Type to one of: {', '.join(known)}.")
    charset = next(
        (value.strip('"') for key, _, value in (part.partition("=") for part in parameters) if key == "charset"), "utf-8"
    )
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise Refused(415, "charset", "The character set is not UTF-8.", advice="Send UTF-8.")
    return name


def plain(body: bytes, encoding: str, *, limit: int) -> bytes:
    """The body without its compression, never more than `limit` bytes in memory.

    Raises `Refused`: 415 for an encoding we do not read, 400 for a damaged or truncated one, 413 when it holds more than `limit`.
    """
    if encoding in ("", "identity"):
        return body
    if encoding not in {"gzip", "x-gzip"}:
        reason = "The content encoding is not gzip."
        raise Refused(415, "content_encoding", reason, advice="Use gzip, or none.", headers={"accept-encoding": "gzip"})
    return _gunzip(body, limit)


def too_large(limit: int) -> Refused:
    """The refusal of a body of more than `limit` bytes."""
    return Refused(413, "too_large", f"The body has more than {limit:,} bytes, plain.", advice="Send fewer events a request.")


def json_lines(body: bytes) -> tuple[bytes, int]:
    """One JSON value a line, and how many: from a JSON array, from one document, or from NDJSON, which stays as it is.

    Raises `Refused` (400) when it is empty, or nothing of it can be read; single bad values are for the reader to judge.
    """
    body = body.removeprefix(BOM_UTF8)
    start = body.lstrip()[:1]
    if start == b"[":
        return _array(body)
    if start == b"{" and (single := _document(body)):
        return single, 1
    kept = _kept(body)
    if any(_is_json(line) for line in kept):
        return body, len(kept)
    if not (single := _document(mending.mended(body)[0])):
        reason = "The body is neither JSON nor NDJSON, or it was cut short."
        raise Refused(400, "not_json", reason, advice="Send a JSON array, or one JSON object a line.")
    return single, 1


def text_lines(body: bytes) -> tuple[bytes, int]:
    """The body, and how many lines it has. Raises `Refused` (400) when it is empty; what its bytes say is for the reader."""
    return body, len(_kept(body))


def json_document(body: bytes) -> None:
    """The body is one JSON object in UTF-8. Raises `Refused` (400) when it is not; what its numbers say is for the reader."""
    try:
        body.decode()
        _OBJECT.decode(body)
    except mending.UNREADABLE as error:
        reason = "The body is not a JSON object in UTF-8."
        raise Refused(400, "not_json", reason, advice="Send the body as Shopify made it.") from error


def _gunzip(body: bytes, limit: int) -> bytes:
    """All members of a gzip body (RFC 1952, section 2.2)."""
    out = bytearray()
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(_GZIP)
        try:
            out += member.decompress(body, limit + 1 - len(out))
        except zlib.error as error:
            raise Refused(400, "bad_gzip", "The gzip body is damaged.", advice="Compress it again and resend it.") from error
        if len(out) > limit:
            raise too_large(limit)
        if not member.eof:
            raise Refused(400, "truncated", "The gzip body was cut short.", advice="Send the whole body; nothing of it was kept.")
        body = member.unused_data.lstrip(b"\0")  # RFC 1952 allows zero padding between members in practice
        if not body:
            return bytes(out)
    reason = f"The gzip body has more than {_MOST_MEMBERS} members."
    raise Refused(400, "bad_gzip", reason, advice="Compress it as a whole, and resend it.")


def _array(body: bytes) -> tuple[bytes, int]:
    try:
        found = [_one_line(bytes(value)) for value in _values(body)]
    except mending.UNREADABLE as error:
        reason = "The body is not a JSON array, or it was cut short."
        raise Refused(400, "not_json", reason, advice="Send a whole JSON array, or one JSON object a line.") from error
    if not found:
        raise Refused(400, "empty", "The array is empty.", advice="Send at least one event.")
    return b"\n".join(found), len(found)


def _document(body: bytes) -> bytes:
    """The body on one line if it is one JSON document, else nothing."""
    try:
        return _one_line(bytes(_DOCUMENT.decode(body)))  # NDJSON stops here at its second line
    except mending.UNREADABLE:
        return b""


def _values(body: bytes) -> list[msgspec.Raw]:
    """The values of an array as they came; mended where their escapes hide where they end. Raises what decoding raises."""
    try:
        return _ARRAY.decode(body)
    except msgspec.DecodeError:
        return _ARRAY.decode(mending.mended(body)[0])


def _kept(body: bytes) -> list[bytes]:
    """The lines of a body. Raises `Refused` (400) when it has none."""
    kept = [line for _, line in lines(body)]
    if not kept:
        raise Refused(400, "empty", "The body is empty.", advice="Send at least one line or event.")
    return kept


def _one_line(value: bytes) -> bytes:
    """A JSON value without line ends: they can only stand between its parts, never in its strings (RFC 8259, section 7)."""
    return value.replace(b"\r", b" ").replace(b"\n", b" ").strip()


def _is_json(line: bytes) -> bool:
    try:
        mending.decode(_ANYTHING, line)
    except mending.UNREADABLE:
        return False
    return True
