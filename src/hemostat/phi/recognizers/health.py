"""What conditions and medications have in common: they are words, of a vocabulary or in a field for them."""

import re
from collections.abc import Iterator

from hemostat.phi.dictionary import Term
from hemostat.phi.match import OWN, Candidate, Value

from .base import PSEUDONYM, REACH, Recognizer, near, words

_CARE_STEMS = """
patient diagnos dx condition symptom prescri rx medic treat therap clinic doctor provider health dose dosage refill pharmac visit
intake allerg histor suffer chart telehealth consult disease taking mg mcg tablet
"""
_CHART = (
    r"\b(?ai:hx|h/o|r/o|s/p|pmh|denies|reports|nurse|hospital|follow-?up|problems?|presenting|under my care|due to|manage|esi"
    r"|sick|i (?:got|have|had)|i've (?:got|had)|s?he has|living with|told me it's|told you have|worse|quiz|concern|oncall)\b"
)
"""Words of charts and of those who tell of themselves; whole words, for short ones begin others."""
_CARE = re.compile(f"{words(*_CARE_STEMS.split()).pattern}|{_CHART}")
"""Words of care: near them, words that stand on every shop's shelf tell of somebody's health."""
_TOLD = re.compile(r"\s*(?P<told>[^\W\d_][^\n\r=<>{}\[\]@|\\\"]{2,119})(?<=[\w).%])\s*")
_BARE = re.compile(
    r"\s*(?P<told>[^\W\d_][\w'\u2019%/.-]*(?:[ \x1f+](?!\w+[=:]|\([A-Z]\d[0-9A-Z])[\w'\u2019%/.()-]+){0,6})(?<=[\w).%])"
)
_NOTHING_WORDS = """
none null nil no n/a na nothing unknown undefined other false true yes new used refurbished good ok pending active inactive
approved completed test string required missing empty not
"""
_NOTHING = frozenset(_NOTHING_WORDS.split())
"""Words in fields for health that tell nothing of anybody's."""
_SPELLED = re.compile(r"[^\W\d_]{3}")  # codes and numbers are no words
_ID = re.compile(r"[0-9a-fA-F-]{16,}|[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")


class Health(Recognizer):
    """Words that tell of somebody's health."""

    def termed(self, text: str, start: int, end: int, term: Term) -> Iterator[Candidate]:
        """The words of a vocabulary that were seen; weak ones only where a word of care stands nearby, before or after."""
        own = OWN if term.own else ""
        if not term.weak:
            yield self.found(start, end, term.weight, f"a word of the vocabulary{own}")
        elif near(_CARE, text, start) or _CARE.search(text, end, end + REACH):
            yield self.found(start, end, term.weight, f"a word of the vocabulary, and a word of care nearby{own}")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The words in the field: all of a quoted value, or those up to a sign of another field."""
        told = (_TOLD if value.quoted else _BARE).match(text, value.start, value.end)
        if told is None or (value.quoted and told.end() != value.end) or _is_id(told["told"]):
            return
        first = re.split(r"[\s\x1f+,]", told["told"], maxsplit=1)[0].lower()
        if first not in _NOTHING and _SPELLED.search(told["told"]):
            yield self.found(*told.span("told"), value.weight, f"field {value.name}")


def _is_id(told: str) -> bool:
    return bool(PSEUDONYM.match(told) or _ID.fullmatch(told))
