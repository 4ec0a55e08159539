r"""JSON that the bytes of a caller made unreadable, made readable again.

A caller chooses the bytes of his request. A server that writes them into JSON as they came, or as `\x22`, would let him take his
requests out of sight by making their lines unreadable.
"""

import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

NOT_UTF8 = "Bytes that are not UTF-8 are shown as \\xNN."
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are no JSON."""

_ODD = re.compile(
    rb"(?P<spelled>(?:\\x[0-9A-Fa-f]{2})+)"
    rb'|(?P<right>\\(?:["\\/bfnrt]|u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}'
    rb"|u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}))"
    rb"|(?P<slash>\\)|(?P<raw>[\x80-\xff]+)|(?P<control>[\x00-\x1f])"
)


def decode(decoder: msgspec.json.Decoder[T], text: bytes) -> tuple[T, str]:
    """What a JSON text says, mended if it must be, and a remark when bytes of it are not UTF-8.

    Raises what decoding raises when it cannot be mended, or does not say what the decoder wants.
    """
    try:
        return decoder.decode(text), ""
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        whole, is_utf8 = mended(text)
        return decoder.decode(whole), "" if is_utf8 else NOT_UTF8


def mended(text: bytes) -> tuple[bytes, bool]:
    r"""The text as valid JSON, as far as bytes and escapes go, and whether all its bytes are UTF-8.

    Bytes written as `\xNN` (nginx without `escape=json`, Apache) are the bytes they name; those that are not UTF-8 are shown as
    `\xNN`; a backslash that escapes nothing stands for itself; control characters are escaped, or a space between words.
    """
    is_utf8 = True

    def written(found: re.Match[bytes]) -> bytes:
        nonlocal is_utf8
        match found.lastgroup:
            case "right":
                return found[0]
            case "slash":
                return b"\\\\"
            case "control":
                return b" " if found[0] in b"\t\r\n" else b"\\u%04x" % found[0][0]
        plain = found[0] if found.lastgroup == "raw" else bytes.fromhex(found[0].replace(b"\\x", b"").decode())
        shown, clean = as_text(plain)
        is_utf8 = is_utf8 and clean
        return msgspec.json.encode(shown)[1:-1]

    return _ODD.sub(written, text), is_utf8


def as_text(plain: bytes) -> tuple[str, bool]:
    r"""Bytes as text, and whether they are UTF-8; those that are not are shown as `\xNN`."""
    try:
        return plain.decode(), True
    except UnicodeDecodeError:
        return plain.decode(errors="backslashreplace"), False
