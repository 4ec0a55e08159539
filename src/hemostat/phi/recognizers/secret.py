"""Telling a secret from a word: secrets are long and mix their characters."""

import re

from hemostat.phi.match import Value

from .base import PSEUDONYM

_DIGIT = re.compile(r"[0-9]")
_RUN = re.compile(r"[A-Za-z0-9._~+/=:|%-]{16,4096}")
_WORDS = re.compile(r"[a-z]+(?:[-_./:][a-z]+)*|[A-Z]+(?:[-_./:][A-Z]+)*|https?:.*")
_RESOURCE = re.compile(r"(?!SK)[A-Z]{2}[0-9a-f]{32}(?![0-9A-Za-z])")  # Twilio's name of a message or call; SK is a key's
_FEWEST_DIFFERENT = 8


def secret_at(text: str, value: Value) -> int | None:
    """Where the secret that begins the value ends; None when there is none."""
    run = _RUN.match(text, value.start, value.end)
    if run is None:
        return None
    told = run[0].rstrip(".:=/") or run[0]
    if _WORDS.fullmatch(told) or PSEUDONYM.match(told) or _RESOURCE.match(told) or len(set(told)) < _FEWEST_DIFFERENT:
        return None
    kinds = bool(_DIGIT.search(told)) + (told != told.upper()) + (told != told.lower())
    return run.end() if kinds > 1 else None
