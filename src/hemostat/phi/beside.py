"""People told by what stands right behind their names: a degree, an address of mail, age and sex, a number of a record, a date.

No list holds all names. `Yared Achebe, RN`, `Yared Achebe <ya@clinic.example>` and `ACHEBE, YARED (52F)` tell of a person all the
same: two words and more that begin with a capital letter, in front of what only people have.
"""

import re
from collections.abc import Iterator

from .database import Pattern
from .match import Candidate
from .names import folded, names
from .recognizers.base import MARKS, SMALL_WORDS

_DEGREES = (
    "RN|LPN|LVN|CNA|MD|DO|NP|FNP|PA-C|APRN|CRNP|PharmD|RPh|CPhT|MSW|LCSW|LICSW|LMFT|LPC|PsyD|PhD|RDN?|DPT|OTR|DDS|DMD|CCC-SLP"
)
_STRONG = (
    rf"(?:,[ ]?|[ ])(?:{_DEGREES})\b",
    r"[\"']?[ ]?[<(\[](?:mailto:)?[A-Za-z0-9._%+?-]{1,64}@",
    r"(?:,[ ]?|[ ])[(]?\d{1,3}[ ]?(?:[FM]|yo|y/o|yrs?|year)\b",
    r"[ ]?[ ,;|([-][ ]?(?:DOB|D[.]O[.]B|dob|d[.]o[.]b|born|MRN|MR#|mrn|NPI|SSN)\b",
)
_WEAK = (r"[ ]?[ ,;|([-][ ]{0,2}(?:19|20)?\d\d?[/-]\d\d?[/-]\d\d",)
HINTS = tuple(Pattern(rf"[A-Za-z?.]{sign}", rf"[^\W\d_.]?\.?{sign}") for sign in (*_STRONG, *_WEAK))
"""The patterns, for the database, of a sign of a person behind a letter."""

_STRONG_SIGN = re.compile("|".join(_STRONG))
_LETTER = r"[^\W\d_]"
_CAPITAL = rf"(?=[^\W\d_])(?![a-z])(?>{_LETTER}(?:{_LETTER}|[{MARKS}]|['\u2019\-](?={_LETTER}))*)\.?"
_SMALL = rf"(?:(?:{SMALL_WORDS}|mac|an|y)[ ])*"
_BEFORE = re.compile(rf"(?<![^\W_])(?<![@_/\\#$.\-])(?P<name>{_CAPITAL}(?:,?[ ]{_SMALL}{_CAPITAL}){{1,4}})\Z")
_WORDS = re.compile(rf"{_CAPITAL}")
_LEADING = """
re from to cc for by with dr mr mrs ms mx prof nurse pt patient member subscriber enrollee insured client called spoke case attn
dear agent provider pcp hi hello hey name names contact person user customer author owner sender recipient resident seen
"""
_LEAD = frozenset(_LEADING.split())
"""What may stand with a capital letter in front of a name."""

_REACH, _FEWEST = 80, 2
_TOLD, _LIKELY = 0.65, 0.6


def told_by(text: str, start: int) -> Iterator[Candidate]:
    """The person whose name ends at the letter, or the dot, that stands here."""
    end = start + (text[start : start + 1].isalpha())
    end += text.startswith(".", end)
    before = _BEFORE.search(text, max(0, end - _REACH), end)
    if before is None:
        return
    is_strong = bool(_STRONG_SIGN.match(text, end))
    words = list(_WORDS.finditer(text, before.start("name"), end))
    while words and folded(words[0][0].rstrip(".")) in _LEAD:
        words.pop(0)
    if begin := _beginning(words, is_strong=is_strong):
        score = _TOLD if is_strong else _LIKELY
        yield Candidate(begin.start(), end, "NAME", score, "a name in front of what people have")


def _beginning(words: list[re.Match[str]], *, is_strong: bool) -> re.Match[str] | None:
    """The first word of the name, if these words are one."""
    known = names()
    plain = [folded(word[0].rstrip(".")) for word in words]
    if len(words) < _FEWEST or not known.things.isdisjoint(plain):
        return None
    is_known = [word in known.given or word in known.words or word in known.family for word in plain]
    is_told = is_strong or any(word in known.given for word in plain)
    if is_told and any(is_known):
        return words[min(is_known.index(True), len(words) - _FEWEST)]
    return words[-_FEWEST] if is_strong else None
