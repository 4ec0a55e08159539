"""JSON Web Tokens (RFC 7519): three parts, the first of which is JSON that names an algorithm."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator

import msgspec

from hemostat.phi.match import Candidate

from .base import Recognizer

_TOKEN = re.compile(r"(?<![\w.-])(eyJ[A-Za-z0-9_-]{8,2000})\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+){0,2}")


class Jwt(Recognizer):
    """JWT."""

    entity = "JWT"
    shapes = (r"\beyJ[A-Za-z0-9_-]{8}",)

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """The token whose first letters were seen, if its header can be read."""
        del end
        token = _TOKEN.match(text, start)
        if token and _names_algorithm(token[1]):
            yield self.found(start, token.end(), 0.99, "its header names an algorithm")


def _names_algorithm(part: str) -> bool:
    """Is this base64url of a JSON object with `alg`, as RFC 7515, section 4.1.1 asks?"""
    try:
        header = msgspec.json.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header
