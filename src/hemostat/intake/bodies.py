"""From the bytes of a request to the lines that the spool keeps; whatever is sent, within bounds."""

import zlib
from collections.abc import Iterable

import msgspec

from hemostat.sources.base import lines

from .answers import Refused

JSON_TYPES = frozenset(
    {"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
TEXT_TYPE = "text/plain"
_GZIP = 16 + zlib.MAX_WBITS  # RFC 1952 with header and checksum
_DOCUMENT = msgspec.json.Decoder(msgspec.Raw)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_ANYTHING = msgspec.json.Decoder()
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


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

    Raises `Refused` (400) when nothing of it can be read; single bad lines of NDJSON are for the reader to judge.
    """
    start = body.lstrip()[:1]
    if start == b"[":
        return _array(body)
    if start == b"{" and (single := _document(body)):
        return single, 1
    kept = [line for _, line in lines(body)]
    if not any(_is_json(line) for line in kept):
        reason = "The body is neither JSON nor NDJSON in UTF-8, or it was cut short." if kept else "The body is empty."
        raise Refused(400, "not_json", reason, advice="Send a JSON array, or one JSON object a line.")
    return body, len(kept)


def text_lines(body: bytes) -> tuple[bytes, int]:
    """The body, and how many lines it has. Raises `Refused` (400) when it is empty or no line of it is text in UTF-8."""
    kept = [line for _, line in lines(body)]
    if not any(_is_text(line) for line in kept):
        reason = "No line of the body is text in UTF-8." if kept else "The body is empty."
        raise Refused(400, "not_text", reason, advice="Send log lines as text, one request a line.")
    return body, len(kept)


def json_document(body: bytes) -> None:
    """The body is one JSON object in UTF-8. Raises `Refused` (400) when it is not."""
    try:
        is_object = isinstance(_ANYTHING.decode(body), dict)
    except _UNREADABLE:
        is_object = False
    if not is_object:
        raise Refused(400, "not_json", "The body is not a JSON object in UTF-8.", advice="Send the body as Shopify made it.")


def _gunzip(body: bytes, limit: int) -> bytes:
    """All members of a gzip body (RFC 1952, section 2.2)."""
    out = bytearray()
    while body:
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
    return bytes(out)


def _array(body: bytes) -> tuple[bytes, int]:
    try:
        found = [_one_line(bytes(value)) for value in _ARRAY.decode(body)]
        _ANYTHING.decode(b"[" + b",".join(found) + b"]")
    except _UNREADABLE as error:
        reason = "The body is not a JSON array in UTF-8, or it was cut short."
        raise Refused(400, "not_json", reason, advice="Send a whole JSON array, or one JSON object a line.") from error
    if not found:
        raise Refused(400, "empty", "The array is empty.", advice="Send at least one event.")
    return b"\n".join(found), len(found)


def _document(body: bytes) -> bytes:
    """The body on one line if it is one JSON document in UTF-8, else nothing."""
    try:
        found = bytes(_DOCUMENT.decode(body))  # NDJSON stops here at its second line
        _ANYTHING.decode(found)
    except _UNREADABLE:
        return b""
    return _one_line(found)


def _one_line(value: bytes) -> bytes:
    """A JSON value without line ends: they can only stand between its parts, never in its strings (RFC 8259, section 7)."""
    return value.replace(b"\r", b" ").replace(b"\n", b" ").strip()


def _is_json(line: bytes) -> bool:
    try:
        _ANYTHING.decode(line)
    except _UNREADABLE:
        return False
    return True


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
