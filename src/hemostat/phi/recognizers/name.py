"""Names of people, by the field that holds them. A name in free text is not looked for: too many words look like one."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import REACH, Recognizer, near, words

_WORD = r"[^\W\d_](?:[^\W\d_]|['\u2019.\-](?=[^\W\d_]))*\.?"
_GAP = r"(?:[ \x1f\xa0+]{1,2}|,[ \x1f\xa0+]?|\^)"
_QUOTED = re.compile(rf"\s*({_WORD}(?:{_GAP}{_WORD}){{0,5}})\s*")
_FIRST = re.compile(_WORD)
_FURTHER = re.compile(rf"(?:[ \x1f\xa0+]{{1,2}}|\^)({_WORD})(?![\w]*[ \t]*[=:\"'\]_\d])")
_MOST_WORDS = 4
_LONGEST = 80

_NOBODY_WORDS = """
null none nil undefined unknown true false na anonymous guest redacted removed hidden masked string required missing invalid empty
default admin administrator system user users customer customers patient patients member name names is are was not has have must
cannot value blank optional too please enter your the and with from checkout test bot api app service server online store id email
phone number type update updated created deleted where varchar object array json
"""
_THING_WORDS = """
shipping standard express free delivery pickup card credit gift order orders line item items product variant tax sales state
county city payment gateway discount fulfillment warehouse location company inc llc ltd corp co health clinic care pharmacy
medical center portal service theme page blog main desktop mobile chrome safari firefox windows android mac session web
vitamin pack kit size small medium large black white blue red green oral tablet capsule cream gel spray serum report import
export job task queue worker cron daily weekly monthly basic pro plus premium plan subscription visit intake form
"""
_NOBODY = frozenset(_NOBODY_WORDS.split())
"""Words that stand in fields for names and name nobody."""
_THING = _NOBODY | frozenset(_THING_WORDS.split())
"""Words of names of things, where a field is called no more than `name`."""
_PERSON = words(
    "customer",
    "patient",
    "person",
    "member",
    "recipient",
    "contact",
    "billing",
    "guardian",
    "dependent",
    "subscriber",
    "holder",
    "address",
    "dob",
    "birth",
    "ssn",
    "mrn",
    "phone",
    "email",
)


class Name(Recognizer):
    """NAME."""

    entity = "NAME"

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The name in the field: all of a quoted value, or the word and the capitalised words after it."""
        span = _quoted(text, value) if value.quoted else _bare(text, value)
        if span is None:
            return
        start, end = span
        told = [word.strip(".,").lower() for word in re.split(r"[\s+\x1f\xa0,^]+", text[start:end])]
        # Mr. Fields and Mrs. Post exist: a quoted value is nobody only when each of its words is.
        nobody = told[0] in _NOBODY and (not value.quoted or _NOBODY.issuperset(told))
        if nobody or end - start > _LONGEST or all(len(word) == 1 for word in told):
            return
        score, why = value.weight, f"field {value.name}"
        if value.weak:
            if len(told) == 1 or not _THING.isdisjoint(told) or not _is_written_as_name(text[start:end]):
                return
            score, why = (
                (score + 0.1, f"{why}; a person is named nearby") if _is_of_person(text, start, end) else (score - 0.2, why)
            )
        yield self.found(start, end, score, why)

    def mask(self, told: str) -> str:
        """The first character: `J***`."""
        return f"{told[0]}***"


def _quoted(text: str, value: Value) -> tuple[int, int] | None:
    told = _QUOTED.match(text, value.start, value.end)
    return told.span(1) if told and told.end() == value.end else None


def _bare(text: str, value: Value) -> tuple[int, int] | None:
    first = _FIRST.match(text, value.start, value.end)
    if first is None or (first.end() < len(text) and text[first.end()] in "_@=:/\\0123456789("):
        return None
    end = first.end()
    for _ in range(_MOST_WORDS - 1):
        further = _FURTHER.match(text, end, value.end)
        if further is None or not further[1][0].isupper():
            break
        end = further.end()
    return value.start, end


def _is_of_person(text: str, start: int, end: int) -> bool:
    """Do the words before tell of a person, or the title, or the fields after?"""
    return near(_PERSON, text, start) or bool(_TITLE.match(text, start, end) or _PERSONAL.search(text, end, end + REACH))


_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.?(?![A-Za-z])")
_PERSONAL = words("dob", "birth", "ssn", "mrn", "phone", "email", "patient")


def _is_written_as_name(told: str) -> bool:
    """Does each word begin with a capital letter, but for the small ones within?"""
    return all(word[0].isupper() or word in _PARTICLES for word in re.split(r"[\s+\x1f\xa0,^]+", told) if word)


_PARTICLES = {"de", "del", "della", "der", "den", "di", "da", "dos", "la", "le", "van", "von", "bin", "al", "el", "y", "e"}
