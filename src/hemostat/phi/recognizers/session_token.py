"""Session identifiers and bearer tokens: who holds one is the patient, for the server."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import Recognizer
from .secret import secret_at

_PAIR = re.compile(r"_?[A-Za-z][\w-]{0,30}=[^=]")
"""A name and its value: a cookie that has a name of its own."""


class SessionToken(Recognizer):
    """SESSION_TOKEN, by field or after the word Bearer."""

    entity = "SESSION_TOKEN"

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """A long random word at the start of the field."""
        end = secret_at(text, value)
        if end and not _PAIR.match(text, value.start, end):
            yield self.found(value.start, end, value.weight, f"field {value.name}; long and random")
