"""E-mail addresses (RFC 5321, section 4.1.2, as people write them: no quoted local parts, no address literals)."""

import re
from collections.abc import Iterator
from typing import cast

from hemostat.phi.match import Candidate

from .base import END, MARKS, Recognizer

_LABEL = rf"[^\W_](?:[\w{MARKS}-]{{0,61}}(?:[^\W_]|[{MARKS}]))?"
_TOP = rf"(?:[xX][nN]--[A-Za-z0-9-]{{2,59}}|[^\W\d_](?:[^\W\d_]|[{MARKS}]){{1,23}})"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,8}}{_TOP}{END}")
_LONGEST_LOCAL = 64

# Names of files with a scale, as front ends have them: logo@2x.png.
_SCALED_FILE = re.compile(r"[0-9]+(?:\.[0-9]+)?[xX]\.[A-Za-z]{2,5}\Z")


class Email(Recognizer):
    """EMAIL, by its shape alone."""

    entity = "EMAIL"
    shapes = (r"[^\x00- @]@[^\x00- !-,./:->@]",)  # the ? is a letter outside ASCII

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """The address around the @ that was seen."""
        at = text.index("@", start, end)
        domain = _DOMAIN.match(text, at + 1)
        if domain is None or _SCALED_FILE.match(domain[0]):
            return
        first = _local_start(text, at)
        if first == at or _is_credentials(text, first) or _is_repository(text, first, at, domain.end()):
            return
        yield self.found(first, domain.end(), 0.95, "an address with a domain name")

    def mask(self, told: str) -> str:
        """The first character: `j***@***`."""
        return f"{told[0]}***@***"


def _local_start(text: str, at: int) -> int:
    """Where the local part before the @ begins."""
    low = max(0, at - _LONGEST_LOCAL)
    before = text[low:at]
    told = cast("re.Match[str]", _LOCAL.match(before[::-1]))
    # Marks may stand within a local part; at its start they are more likely quotes or a template around it.
    return cast("re.Match[str]", _MARKS_BEFORE.match(text, at - told.end(), at)).end()


# What mailboxes really have; the others that RFC 5322 allows separate fields in HL7, X12 and texts. Both match the empty string.
_LOCAL = re.compile(rf"[\w.+'&{MARKS}-]*")
_MARKS_BEFORE = re.compile(r"\W*")


def _is_repository(text: str, start: int, at: int, end: int) -> bool:
    """`git@github.com:owner/name` names no mailbox, nor does the `root@host.prod:~#` of a shell or of a copy."""
    return (text[start:at] == "git" and text[end : end + 1] in (":", "/")) or text[end : end + 2] in (":~", ":/")


def _is_credentials(text: str, start: int) -> bool:
    """`https://user:secret@host.example` names no mailbox."""
    return start > 0 and text[start - 1] == ":" and "://" in text[max(0, start - 80) : start]
