"""Names of people: in fields for them, and in running text after a title or words that announce somebody.

Elsewhere in running text a name is not looked for: too many words look like one.
"""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value
from hemostat.phi.names import folded, names

from .base import CLOSE, MARKS, REACH, SMALL_WORDS, Recognizer, near, words

_SMALL_WORDS = f"{SMALL_WORDS}|te|y|e"
_PARTICLES = frozenset(_SMALL_WORDS.split("|"))
"""Small words within names."""

_WORD = rf"[^\W\d_](?:[^\W\d_]|[{MARKS}]|['\u2019.\-](?=[^\W\d_]))*\.?"
_SPACE = r"[ \x1f\xa0+]{1,2}"
_ORDINAL = r"(?:2nd|3rd|[4-9]th)(?![^\W_])"
_NICKNAME = rf"""\({_WORD}\)|\\*["']{_WORD}\\*["']"""
_QUOTED = re.compile(rf"\s*({_WORD}(?:(?:{_SPACE}|,[ \x1f\xa0+]?|\^)(?:{_WORD}|{_ORDINAL}|{_NICKNAME})){{0,5}})\s*")
_WORDS_ALONE = re.compile(rf"\s*({_WORD}(?:[^\d@/:=<>{{}}\[\]$%\#_|\\]|\\[\"']|{_ORDINAL})*)")
_FIRST = re.compile(_WORD)
# A word before a sign of a field is a field's name.
_NO_FIELD = rf"(?![ \t]*(?!{_ORDINAL})[=:\"'\]_\d])"
_SMALL = rf"(?P<small>(?:(?:{_SMALL_WORDS}){_SPACE})*)"
_FURTHER = re.compile(rf"(?:{_SPACE}|\^)(?:(?!HTTP/){_SMALL}(?P<word>(?>{_WORD})){_NO_FIELD}|\({_WORD}\)|{_ORDINAL})")
_LABEL = r"(?!\s(?i:name|number|no|id|date|of|type|code|status)(?![^\W_]))"
_GIVEN = re.compile(rf",{_SPACE}(?P<word>(?>{_WORD})){_NO_FIELD}{_LABEL}")
_ENCODED = re.compile(rf"(?:[+\x1f]{{1,2}}|,[+\x1f]{{0,2}}|\^)(?:(?>{_WORD})|\({_WORD}\)|{_ORDINAL})(?!\w*=)")
_BREAKS = re.compile(r"[\s+\x1f\xa0,^()\"\\]+")
_ONE_MORE = re.compile(rf"{_SPACE}[^\W\d_]")
_ONE_MORE_SMALL = re.compile(r"[ ][a-z]")
_MOST_WORDS = 6
_LONGEST = 80

_NOBODY_WORDS = """
null none nil undefined unknown true false na anonymous guest redacted removed hidden masked string required missing invalid empty
default admin administrator system user users customer customers patient patients member name names is are was not has have must
cannot value blank optional too please enter your the and with from checkout test bot api app service server online store id email
filtered protected xxx xxxx xxxxx xxxxxx
okay ok yes no yeah sure thanks thank hello hi well good fine great sorry right
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
    "subject",
    "beneficiary",
    "practitioner",
    "requester",
    "performer",
    "prescriber",
    "physician",
    "holder",
    "address",
    "dob",
    "birth",
    "ssn",
    "mrn",
    "phone",
    "email",
)


_BRANDS_WORDS = """
martens pepper scholl scholls squatch bronner bronners seuss dre jart clean coffee meyer meyers potato bean peanut
"""
_BRANDS = frozenset(_BRANDS_WORDS.split())
"""Words that follow a title in names of brands."""
_ANNOUNCE = (
    "patient|pt|caller|member|subscriber|insured|enrollee|policyholder|payee|mother|father|guardian|husband|wife|spouse|daughter|son|sister|brother|parent|caregiver|signature|/s/"
    "|signed by|seen by|spoke with|spoke to|my name is|this is|name is|emergency contact|attn|soy|me llamo|mi nombre es|je suis"
    "|ich bin"
)
_TITLED = re.compile(rf"(?P<title>(?ai:mr|mrs|ms|miss|mx|dr|prof))(?:\.{_SPACE}?|{_SPACE})(?=[^\W\d_])")
_ANNOUNCED = re.compile(
    rf"(?ai:{_ANNOUNCE})(?:[ \x1f+]?[:=,][ \x1f+]?|[ \x1f+]|[ \x1f+]?[(\"'][ \x1f+]?)(?:(?ai:self|is)[ \x1f+])?"
    r"(?=[^\W\d_])"
)
_CAPITAL = rf"(?=[^\W\d_])(?:(?![a-z]){_WORD})"
_WHOLE_NAME = re.compile(rf"{_CAPITAL}(?:{_SPACE}(?:(?:{_SMALL_WORDS}){_SPACE})*{_CAPITAL}(?![\w=])){{0,4}}")
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})\.(?=\s|\Z)")
_STREET_BEFORE = re.compile(r"[A-Z][a-z]+[ \x1f+]\Z")


class Name(Recognizer):
    """NAME."""

    entity = "NAME"
    shapes = (
        r"\b(?i:mr|mrs|ms|miss|mx|dr|prof)(?:[.][ +\x1f]?|[ +\x1f])[A-Z?]",
        rf"(?i:{_ANNOUNCE})[ :=,+\x1f(\"']{{1,3}}(?:(?i:self|is)[ +\x1f])?[A-Z?][A-Za-z?'.-]{{0,30}}[ +\x1f][A-Za-z?]",
    )

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """The name after a title, or of two words and more after words that announce a person."""
        titled = _TITLED.match(text, start)
        place = titled or _ANNOUNCED.match(text, start)
        name = _WHOLE_NAME.match(text, place.end()) if place else None
        if place is None or name is None or (start and text[start - 1].isalnum()):
            return
        sentence = _SENTENCE_END.search(name[0])
        end = name.start() + sentence.start() if sentence else name.end()
        told = _words(text[name.start() : end])
        if not told or not _THING.isdisjoint(told) or told[0].removesuffix("'s").removesuffix("\u2019s") in _BRANDS:
            return
        if " ".join(told) in names().firms:
            return
        if titled:
            if titled["title"] == "ms" and text[max(0, start - 2) : start - 1].isdigit():
                return  # Duration: 3.94 ms Billed
            if titled["title"] == "Dr" and _STREET_BEFORE.search(text, max(0, start - 24), start):
                return  # Park Dr Springfield
            yield self.found(name.start(), end, 0.75, "after a title")
        elif len(told) > 1 and not _TITLED.match(text, name.start()):
            yield self.found(name.start(), end, 0.6, "after words that announce a person")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The name in the field: all of a quoted or encoded value, or the word and the capitalized words after it."""
        span = _quoted(text, value) if value.quoted else _bare(text, value)
        if span is None:
            return
        start, end = span
        if value.weak and not _is_written_as_name(text[start:end]):
            return
        told = _words(text[start:end])
        # Mr. Fields and Mrs. Post exist: a quoted value is nobody only when each of its words is.
        nobody = told[0] in _NOBODY and (not value.quoted or _NOBODY.issuperset(told))
        nobody = nobody or (not value.quoted and told[0] in names().things and not _TITLE.match(text, start))
        if (
            nobody
            or _is_said(text, value, told[0], start, end)
            or end - start > _LONGEST
            or all(len(word) == 1 and word.isascii() for word in told)
        ):
            return
        score, why = value.weight, f"field {value.name}"
        if value.weak:
            if len(told) == 1 and not (_is_known(told[0]) or _is_half(value, text, start, end)):
                return
            words_of_name = told[1:] if _TITLE.match(text, start) else told
            # A union of both sets would be made anew each time.
            if not _THING.isdisjoint(words_of_name) or not names().things.isdisjoint(words_of_name):
                return
            if " ".join(told) in names().firms:
                return
            score, why = (
                (score + 0.1, f"{why}; a person is named nearby") if _is_of_person(text, start, end) else (score - 0.2, why)
            )
        yield self.found(start, end, score, why)

    def mask(self, told: str) -> str:
        """The first character: `J***`."""
        return f"{told[0]}***"


def _is_said(text: str, value: Value, first: str, start: int, end: int) -> bool:
    """Is it a word that somebody says, as in `patient: can you hear me`, and no name?"""
    if value.quoted or not text[start].islower() or not _ONE_MORE_SMALL.match(text, end):
        return False
    known, plain = names(), folded(first)
    return not (plain in known.given or plain in known.words or plain in known.family)


def _quoted(text: str, value: Value) -> tuple[int, int] | None:
    told = _QUOTED.match(text, value.start, value.end)
    if told and told.end() == value.end:
        return told.span(1)
    return None if value.weak else _beginning(text, value)


def _beginning(text: str, value: Value) -> tuple[int, int] | None:
    """What begins as a name: all of it when it is words alone, and otherwise the name before something else."""
    told = _WORDS_ALONE.match(text, value.start, value.end)
    if told and told.end() == value.end and not told[1][0].islower() and _words(told[1])[0] not in _THING:
        return told.start(1), told.start(1) + len(told[1].rstrip())
    lead = _bare(text, value)
    if lead is None or not _THING.isdisjoint(_words(text[slice(*lead)])) or _ONE_MORE.match(text, lead[1], value.end):
        return None
    return lead


def _bare(text: str, value: Value) -> tuple[int, int] | None:
    first = _FIRST.match(text, value.start, value.end)
    if first is None or (first.end() < len(text) and text[first.end()] in "_@=:/\\0123456789("):
        return None
    end = first.end()
    for _ in range(_MOST_WORDS - 1):
        further = _further(text, value, end)
        if further is None or further - value.start > _LONGEST:
            break
        end = further
    return value.start, end


def _further(text: str, value: Value, end: int) -> int | None:
    """Where the name ends that a word after this place goes on with; None when it ends here."""
    if not value.weak and text.endswith("=", 0, value.start):
        # In a form a space is written otherwise, and so every word up to a plain one is of the value.
        encoded = _ENCODED.match(text, end, value.end)
        if encoded:
            return encoded.end()
    further = _FURTHER.match(text, end, value.end)
    so_far = text[value.start : end]
    if further:
        small = not value.weak and (further["small"] or so_far in _PARTICLES)
        return further.end() if small or not (further["word"] or "-")[0].islower() else None
    given = _GIVEN.match(text, end, value.end) if _is_surname(so_far) else None
    if given and not given["word"][0].islower() and given["word"].lower() not in _THING:
        return given.end()
    return None


def _is_surname(told: str) -> bool:
    """Is this one word, but for the small ones before it? A given name may follow after a comma."""
    return len([word for word in _BREAKS.split(told) if word not in _PARTICLES]) == 1


def _words(told: str) -> list[str]:
    return [word.strip(".,").lower() for word in _BREAKS.split(told) if word]


def _is_half(value: Value, text: str, start: int, end: int) -> bool:
    """Is it the first or the last name alone, among other fields of a person?"""
    return value.name in _HALVES and _is_of_person(text, start, end)


def _is_known(word: str) -> bool:
    """Is it a name, and hardly anything else?"""
    known, plain = names(), folded(word)
    return plain in known.given or known.is_family_alone(plain)


def _is_of_person(text: str, start: int, end: int) -> bool:
    """Do the words before tell of a person, or the title, or the fields after?"""
    return (
        near(_PERSON, text, start)
        or "@" in text[max(0, start - CLOSE) : start]
        or bool(_TITLE.match(text, start, end) or _PERSONAL.search(text, end, end + REACH))
    )


_HALVES = frozenset({"first", "last", "fn", "ln", "sn"})
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.?(?![A-Za-z])")
_PERSONAL = words("dob", "birth", "ssn", "mrn", "phone", "email", "patient")


def _is_written_as_name(told: str) -> bool:
    """Does each word begin with a capital letter, but for the small ones within?"""
    return all(word[0].isupper() or word[0].isdigit() or word in _PARTICLES for word in _BREAKS.split(told) if word)
