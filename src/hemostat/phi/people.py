"""People told by their names alone: a first name that many have, and beside it what can be a family name.

In running text, and in tables whose columns nobody names, no field announces a person. What tells is a first name, of which
content/phi/names.yaml holds a few thousand, and what stands beside it: `Maria Lopez`, `LOPEZ, MARIA`, `|Maria|Lopez|1980-02-03|`.
A first name that is also a word, as Grace or Austin, needs a family name that is known.
"""

import re
from collections.abc import Iterator

from .database import Pattern
from .match import Candidate, Value
from .names import folded, names
from .recognizers.base import MARKS, SMALL_WORDS
from .recognizers.dob import Dob

_LETTER = r"[^\W\d_]"
_WORD = rf"{_LETTER}(?:{_LETTER}|[{MARKS}]|['\u2019\-](?={_LETTER}))*"
_SPACES = " \x1f\xa0+"
_SPACE = rf"[{_SPACES}]"
_SMALL = rf"(?:{SMALL_WORDS}|te|st\.?|san|mac|an)"
_FIRST = re.compile(rf"{_LETTER}(?:{_LETTER}|[{MARKS}]|['\u2019\-](?={_LETTER})(?!s(?![^\W_])))*")
_NEXT = re.compile(
    rf"{_SPACE}(?:(?P<initial>[A-Z])\.?(?={_SPACE})|(?P<small>(?ai:{_SMALL}{_SPACE})*)(?P<word>{_WORD})(?P<dot>\.?))(?![\w@=/])"
)
_INITIAL = re.compile(rf"{_SPACE}[A-Z](?![^\W_]|['\u2019-])")
_FAMILY_BEFORE = re.compile(
    rf"(?P<edge>^|[\n\x0b\"'|;\t:>({{\[]\s?|)(?P<name>(?ai:{_SMALL}{_SPACE})*(?P<word>{_WORD})),{_SPACE}?\Z"
)
_CUES = (
    r"spoke (?:w/|with|to)|talked (?:w/|with|to)|session \d{1,3} (?:w/|with)|w/|nurse|agent|rep|therapist|counselor|coach|midwife"
    r"|aide|caregiver|pharmacist|paramedic|interpreter|good (?:morning|afternoon|evening)|thx|ty|fyi|told|asked|ask|tell|called"
    r"|paged|met|partner|boyfriend|girlfriend|hubby|wife|husband|son|daughter|mom|dad|mother|father|sister|brother|baby|toddler"
    r"|kid|niece|nephew|aunt|uncle|grandma|grandpa|roommate|friend|neighbor|shoutout to|love,?"
    r"|talk to|speak (?:to|with)|[a-z]{3,12}ed by|i'm|i am|it'?s|this is|call|ping|text|notify|remind|contact|cc"
    r"|the (?:member|patient|caller),"
)
_CUED = re.compile(rf"(?<![^\W_])(?ai:{_CUES})[ ]\Z")
_GREETINGS = "hi|hello|hey|dear|hola|bonjour|hallo|thanks|thank you|regards|sincerely|cheers|hugs|xoxo|warmly|best wishes"
_GREETED = re.compile(rf"(?:(?<![^\W_])(?ai:{_GREETINGS})[,!]?|\s[\u2014\u2013~-]{{1,2}})[ \x1f+\n]{{1,2}}\Z")
_LEADING = (*sorted(set(re.findall(r"[a-z]{2,}|w/", f"{_CUES}|{_GREETINGS}"))), "'m", "its", "'s", *"\u2014\u2013~-")
"""What cues and greetings end with, but for marks: most words before a name are none of these, and are quickly told."""
_ADDRESSED = re.compile(
    r", (?:your|you|you're|we|we've|this is|please|thanks|thank you|just|it's|here|don't|did|can|are|is|i'm|how|time)(?![^\W_])"
)
_YOURS = re.compile(r", your? ")
_OPENING = "\"'>:\n\x0b"
_OWNS = re.compile(
    r"['\u2019]s (?:mother|mom|father|dad|wife|husband|son|daughter|parent|guardian|caregiver|appointment|prescription|refill"
    r"|visit|labs|lab results|chart|dob|insurance|medication|meds)(?![a-z])"
)
_TELLS = re.compile(
    r"['\u2019]s (?:place|house|account|order|records|file|results|birthday|phone|number|doctor|therapist|kids?)(?![a-z])"
    r"| (?:told (?:me|us|him|her|them)|said|says|asked|wants|would like|texted|pasted|posted|cancell?ed|confirmed|reports"
    r"|mentioned)(?![a-z])"
    r"| ?[(,] ?(?:DOB|dob|MRN|mrn|age \d|born|\d{1,3} ?(?:yo|y/o))(?![a-z])"
)
"""What stands behind the name of somebody who owns, acts, or is in a record."""
_SPOKEN_TO = re.compile(r"[?!](?=[\s\"'<]|\Z)")
_ASIDES = (" - ", " \u2013 ", " \u2014 ")
_SENTENCE_BEFORE = re.compile(r"(?:\A|[.!?>:\"\n\x0b] ?)[A-Z][a-z]+(?: [a-z']+){1,4}, \Z")
_SENTENCE = 40  # code points before a name in which the sentence begins that speaks to somebody
_MENTIONED = re.compile(r"(?:\A|\s)@\Z")
_SPEAKS = re.compile(r": [A-Za-z]")
_SPEAKER_BEFORE = re.compile(r"(?:\A|[\n\x0b]|\d\]? )\Z")
_SIGNED_BEFORE = re.compile(r"[.!?\d][ \n\x0b][\u2013\u2014~-]{1,2}\Z")
_DASHES = frozenset("-~\u2013\u2014")
_SIGNED = re.compile(r"\s*(?:[\"'\n\x0b]|\Z)")
_NAMED_BEFORE = re.compile(
    r"(?<![^\W_])(?ai:patient|pt|member|cust|customer|payee|client|caller|subscriber|by|for|name|re:|-) \Z"
)
_PLACE_BEFORE = re.compile(
    r"(?<![^\W_])(?ai:saint|st\.?|san|santa|mount|mt\.?|fort|ft\.?|lake|port|cape|new|north|south|east|west|los|las|the|our)"
    r"[ +\x1f]\Z"
)
_CELL = re.compile(rf"[\"']?(?P<word>{_WORD}(?: {_WORD}){{0,2}})[\"']?")
_SHORT_CELL = r"(?:[\"']?[A-Za-z]?[\"']?[,|;\t])?"
_BORN = re.compile(rf"(?:[\"']?[ ]?[,|;\t(/][ ]?{_SHORT_CELL}[\"']?| )(?=\d)")
_YEAR = re.compile(r"(?:19\d\d|200\d|201[0-2])|(?<!\d)\d{1,2}[/-]\d{1,2}[/-]\d\d\Z")
_BEFORE, _BEHIND = " +\x1f\n,", f"{_SPACES}|;\t,\"'\u2019"
"""One of these stands right before or behind the first name wherever a person is told, or a comma two before: most have none."""
_GLUES = frozenset("_@./-#$")
"""Signs that join a word to what stands before it."""
_SUFFIX = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "do", "np", "rn", "pa", "phd"})
_DELIMITERS = "|;\t,"
_SIGNS = re.compile(r"@|(?<!\d)(?:19|20)\d\d-?\d\d-?\d\d(?!\d)|(?<!\d)\d{1,2}/\d{1,2}/\d{2,4}(?!\d)")
_ROW = 160  # code points around a cell in which a sign of a person counts
_MOST_WORDS = 5
_LONGEST_DATE = 20
_KNOWN, _LIKELY, _HARDLY = 0.7, 0.6, 0.55


_OTHER = r"[^\x00-\x7f]"
ACCENTED = (
    Pattern(r"[A-Z][A-Za-z]{0,9}[?]", rf"[A-Z][A-Za-z]{{0,9}}{_OTHER}"),
    Pattern(r"[^A-Za-z0-9?/&=.][?][A-Za-z][A-Za-z]", rf"{_OTHER}[A-Za-z][A-Za-z]"),
)
"""The patterns, for the database, of where a word with letters outside ASCII stands, which are `?` to it."""


INITIALED = Pattern(
    r"\b[A-Z][.][ ]?(?:[a-z]{1,4}[ ]){0,2}[A-Z][A-Za-z?'-]",
    rf"\b[A-Z][.][ ]?(?:[a-z]{{1,4}}[ ]){{0,2}}[A-Z](?:[A-Za-z'-]|{_OTHER})",
)
"""The pattern, for the database, of an initial before a family name."""
_INITIALED = re.compile(rf"[A-Z]\.{_SPACE}?(?:[A-Z]\.{_SPACE}?)?(?ai:{_SMALL}{_SPACE})*(?P<word>{_WORD})")


def first_names() -> list[str]:
    """First names in the spellings in which they are looked for."""
    known = names()
    return [
        word
        for name in sorted(known.given | known.words)
        for word in dict.fromkeys((name.title(), name.capitalize(), name.upper()))
    ]


def told_by(text: str, start: int) -> Iterator[Candidate]:
    """The person whose first name stands here, in whatever order the names come, and the date of birth right behind."""
    before = text[start - 1 : start]
    if not text[start].isupper() or before.isalnum() or (before in _GLUES and not _may_follow(text, start)):
        return
    first = _FIRST.match(text, start)
    if first is None or (before == '"' and text[max(0, start - 2) : start] == ':"' and text.startswith('"', first.end())):
        return  # a value of JSON that is one word: its field tells what it is
    if text[first.end() : first.end() + 1] not in _BEHIND and before not in _BEFORE and text[start - 2 : start - 1] != ",":
        return
    found = list(_named(text, first))
    yield from found
    if found:
        yield from _born(text, max(one.end for one in found))


def initialed(text: str, start: int) -> Iterator[Candidate]:
    """The person whose initial stands here before a family name that is known and hardly anything else."""
    known = names()
    told = _INITIALED.match(text, start)
    before = text[start - 1 : start]
    if told is None or before.isalnum() or before in _GLUES:
        return
    family = folded(told["word"])
    is_family = known.is_family_alone(family) and f"{told[0][0].lower()} {family}" not in known.firms
    if is_family and told["word"][0].isupper() and not _is_thing(text, told.end()):
        yield Candidate(*told.span(), "NAME", _HARDLY, "an initial and a family name")


def _may_follow(text: str, start: int) -> bool:
    """Is the sign before a name that of a signature or a mention, as in `-Maria` and `@Maria can you`?"""
    return _is_signed(text, start) or _MENTIONED.search(text, max(0, start - 2), start) is not None


def _is_signed(text: str, start: int) -> bool:
    """Does the dash of a signature stand before?"""
    return _SIGNED_BEFORE.search(text, max(0, start - 4), start) is not None


def _named(text: str, first: re.Match[str]) -> Iterator[Candidate]:
    known = names()
    given = folded(first[0])
    is_given = given in known.given or given.partition("-")[0] in known.given
    if not is_given and given not in known.words:
        return
    start = first.start()
    if text[start - 1 : start] in _SPACES and _PLACE_BEFORE.search(text, max(0, start - 8), start):
        return
    for way in (_before_family, _behind_family, _in_row, _alone):
        if found := list(way(text, first, is_given=is_given)):
            yield from found
            return


def _before_family(text: str, first: re.Match[str], *, is_given: bool) -> Iterator[Candidate]:
    """`Maria Lopez`, `Maria J. de la Cruz Jr`."""
    if text[first.end() : first.end() + 1] not in _SPACES:
        return
    known = names()
    family, end = _family(text, first, is_given=is_given)
    if not family or _is_thing(text, end):
        return
    is_known = family in known.family
    if f"{folded(first[0])} {family}" in known.firms:
        return
    if is_given or (is_known and family not in known.everyday):
        score = _KNOWN if is_given and is_known else _HARDLY
        yield Candidate(first.start(), end, "NAME", score, "a first name and a family name")


def _family(text: str, first: re.Match[str], *, is_given: bool) -> tuple[str, int]:
    """The family name behind a first name, and where the names end; "" when there is none."""
    known = names()
    family, end = "", first.end()
    further_given = ("", end)
    place = end
    for _ in range(_MOST_WORDS):
        further = _NEXT.match(text, place)
        if further is None or (further["word"] and not _goes_on(first[0], further["word"])):
            break
        place = further.end("initial" if further["initial"] else "word")
        word = folded(further["initial"] or further["word"])
        if len(word) == 1:
            place += text.startswith(".", place)
            continue
        if word in _SUFFIX and family:
            end = place
        elif (word in known.things and not (is_given and not family and word in known.both)) or (
            family and word not in known.family
        ):
            break
        elif family or word in known.family or word not in known.given:
            family, end = family or word, place
        else:
            further_given = (word, place)
        if further["dot"]:
            break
    return (family, end) if family else further_given


def _behind_family(text: str, first: re.Match[str], *, is_given: bool) -> Iterator[Candidate]:
    """`LOPEZ, MARIA J`."""
    known = names()
    # Most first names have no comma before them, and the expression looks long for what it does not find.
    if "," not in text[max(0, first.start() - 2) : first.start()]:
        return
    before = _FAMILY_BEFORE.search(text, max(0, first.start() - 40), first.start())
    if before is None or not _goes_on(before["word"], first[0]) or not before["word"][0].isupper():
        return
    word = folded(before["word"])
    is_known = word in known.family and word not in known.things
    is_edge = before["edge"] or _NAMED_BEFORE.search(text, max(0, before.start("name") - 12), before.start("name"))
    is_likely = is_given and is_edge and word not in known.things and word not in known.given
    is_told = is_known and (is_given or word not in known.everyday)
    if _is_thing(text, first.end()) or not (is_told or is_likely):
        return
    initial = _INITIAL.match(text, first.end())
    end = initial.end() if initial else first.end()
    yield Candidate(before.start("name"), end, "NAME", _LIKELY if is_known else _HARDLY, "a family name and a first name")


def _in_row(text: str, first: re.Match[str], *, is_given: bool) -> Iterator[Candidate]:
    """`|Maria|Lopez|`, or the other way round, in a row where each cell holds one thing."""
    known = names()
    start, end = first.span()
    quote = text[start - 1 : start] if start and text[start - 1] in "\"'" else ""
    start, end = start - len(quote), end + (len(quote) if text.startswith(quote, end) else 0)
    delimiter = text[end : end + 1]
    if (
        delimiter not in _DELIMITERS
        or not (delimiter and is_given and folded(first[0]) not in known.things)
        or (start and text[start - 1] not in (delimiter, "\n", "\x0b"))
    ):
        return
    around = text[max(0, start - _ROW) : end + _ROW]
    if around.count(delimiter) < 3:  # noqa: PLR2004  # a row has cells
        return
    has_sign = bool(_SIGNS.search(around))
    for other in _neighbors(text, start, end, delimiter):
        word = folded(other["word"])
        is_known = word in known.family
        if not other["word"][0].isupper() or len(word) == 1 or word in known.things or word in _SUFFIX:
            continue
        if is_known or (has_sign and _goes_on(first[0], other["word"])):
            yield Candidate(*first.span(), "NAME", _LIKELY if is_known else _HARDLY, "a first name beside a family name")
            yield Candidate(*other.span("word"), "NAME", _LIKELY if is_known else _HARDLY, "a family name beside a first name")
            return


def _neighbors(text: str, start: int, end: int, delimiter: str) -> Iterator[re.Match[str]]:
    """The cells behind and before the one from `start` to `end`, if they hold words."""
    last = _end_of_cell(text, end + 1, delimiter)
    if behind := _CELL.fullmatch(text, end + 1, last):
        yield behind
    if start:
        begin = max(text.rfind(mark, max(0, start - 60), start - 1) for mark in (delimiter, "\n", "\x0b")) + 1
        if before := _CELL.fullmatch(text, begin, start - 1):
            yield before


def _end_of_cell(text: str, start: int, delimiter: str) -> int:
    ends = [place for mark in (delimiter, "\n", "\x0b") if (place := text.find(mark, start, start + 60)) >= 0]
    return min(ends, default=min(len(text), start + 60))


def _alone(text: str, first: re.Match[str], *, is_given: bool) -> Iterator[Candidate]:
    """`Hi Maria,` and `Maria's mother`, and where it is nothing but a first name `spoke w/ Maria` and `"Maria, your order`."""
    start, end = first.span()
    if _is_house(text, first):
        return
    before, is_led = text[start - 1 : start], _is_led(text, start)
    if is_led and _GREETED.search(text, max(0, start - 14), start):
        why = "a first name that is greeted"
    elif _OWNS.match(text, end):
        why = "a first name that owns"
    elif before in {'"', "'"} and _YOURS.match(text, end):
        why = "a first name that is spoken to"
    elif not is_given or _is_thing(text, end):
        return
    elif _tells_alone(text, start, end):
        why = "a first name of somebody who acts, owns or is spoken to"
    elif before == "@" or (is_led and _CUED.search(text, max(0, start - 24), start)):
        why = "a first name behind words about people"
    elif text.startswith(",", end) and _ADDRESSED.match(text, end) and _is_opening(text, start):
        why = "a first name that is spoken to"
    else:
        return
    yield Candidate(start, end, "NAME", _HARDLY, why)


def _is_led(text: str, start: int) -> bool:
    """May a cue or a greeting stand before this place?"""
    before = text[max(0, start - 24) : start]
    told = before.rstrip(" +\x1f\n")
    return len(told) < len(before) and told.rstrip(",!").lower().endswith(_LEADING)


def _is_house(text: str, first: re.Match[str]) -> bool:
    """Is the first name the beginning of the name of a house or a brand?"""
    further = _NEXT.match(text, first.end()) if text.startswith(" ", first.end()) else None
    return bool(further and further["word"] and f"{folded(first[0])} {folded(further['word'])}" in names().firms)


def _is_opening(text: str, start: int) -> bool:
    """Does a sentence, or what is said, begin here?"""
    return start == 0 or text[start - 1] in _OPENING or text.startswith(": ", max(0, start - 2))


def _tells_alone(text: str, start: int, end: int) -> bool:
    """Does what stands around a first name make of it somebody who acts, owns, speaks, signs or is spoken to?"""
    after = text[end : end + 1]
    if after == ":":
        return bool(_SPEAKS.match(text, end) and _SPEAKER_BEFORE.search(text, max(0, start - 3), start))
    if after and after in "'\u2019 ,(" and _TELLS.match(text, end):
        return True
    if after and after in "?! " and text.startswith(", ", max(0, start - 2)):
        if text.startswith(_ASIDES, end):
            return _SENTENCE_BEFORE.search(text, max(0, start - _SENTENCE), start) is not None
        return text[max(0, start - 3) : start - 2].islower() and _SPOKEN_TO.match(text, end) is not None
    return text[start - 1 : start] in _DASHES and _is_signed(text, start) and _SIGNED.match(text, end) is not None


def _born(text: str, end: int) -> Iterator[Candidate]:
    """A date right behind a name that is long past."""
    gap = _BORN.match(text, end)
    if gap:
        last = min(len(text), gap.end() + _LONGEST_DATE)
        value = Value(gap.end(), last, quoted=False, weight=_LIKELY, weak=True, name="")
        for one in Dob().fielded(text, value):
            if _YEAR.search(text[one.start : one.end]):
                yield one._replace(why="a date behind a name")


def _goes_on(first: str, further: str) -> bool:
    """Is the next word written as the first one, in capitals or with a capital letter?"""
    if not further[0].isupper():
        return False
    return len(first) == 1 or len(further) == 1 or first.isupper() == further.isupper()


def _is_thing(text: str, end: int) -> bool:
    """Does what follows make of the name a street, a house or a brand?"""
    further = _NEXT.match(text, end)
    if further is None or not further["word"]:
        return False
    word = folded(further["word"])
    return word in names().things and word not in names().plain
