"""Session identifiers and bearer tokens: who holds one is the patient, for the server."""

from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import Recognizer
from .secret import secret_at


class SessionToken(Recognizer):
    """SESSION_TOKEN, by field or after the word Bearer."""

    entity = "SESSION_TOKEN"

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """A long random word at the start of the field."""
        end = secret_at(text, value)
        if end:
            yield self.found(value.start, end, value.weight, f"field {value.name}; long and random")
