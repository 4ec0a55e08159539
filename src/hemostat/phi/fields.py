"""From the name of a field to its value, in JSON, query strings, key=value, `key: value`, XML and running text.

No document is parsed: the place where a field's name was seen is enough to read on from, so that a truncated or broken line, or
JSON within a log line within JSON, is read as well as a clean one.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import cast

from .database import Pattern
from .dictionary import Field, Term, spelled, split_words
from .match import MASK, Value, value_of

# What stands between the name of a field and its value, for Hyperscan. The second form is {"name": "phone", "value": "..."}.
# Then come PHP's s:3:"dob";s:10:"...", an attribute of XML, a part of a form sent as multipart, a row of an HTML table, and
# words in quotes side by side.
_TAIL = (
    r"""[\]\\"'`]*[ \t\x1f]*(?:[:=>#]|,[ ]?[\\"']*(?:value|text|answer)|;s:|value=|[\r\x0b]{2}"""
    r"""|</t[hd]>[^<>]{0,3}<t[hd]|["'][ ]["'])"""
)
_PROSE_TAIL = r"[^a-zA-Z0-9]"

_OPEN = re.compile(
    r"""(?:(?:(?<=value)|(?<=text)|(?<=answer))\\*["']\s*:)?(?:(?<=;s:)\d{1,4}:)?(?:(?:protected|private|[\w\\]{1,60}:private)\]\s*=(?=>))?(?:[>\s\x1f]|\+(?!\d))*(?P<list>\[\s*)?(?P<quote>\\{0,7}["'])?"""
)
_ANNOUNCED = re.compile(
    r"""(?:[\s\x1f+]|\\{0,7}["']|[\])({:=\#>.,_*`-]|(?ai:(?:to_|parse_|str_to_)?date\()|;s:\d{1,4}:|\?\s{1,3}(?:\[[\d:]{5,8}\]\s)?(?:[A-Za-z]\w{0,14}(?:\s[A-Z]\w{0,14})?:)?|(?:[\w\\]{1,60}:)?(?:private|protected)(?=\])|</t[hd]>[^<>]{0,3}<t[hd]>|<[A-Z]\w{1,11}>|(?ai:date|string)\)|must\sbe\s[\w\\]{1,20},\sstring(?=\s)|(?ai:numbers?|num|nbr|no|id|codes?|is|was|on|of|value|input|could\snot\sparse|cannot\sparse|for|are|cm)(?![A-Za-z0-9])|(?P<list>\[)){0,24}"""
)
_QUOTE_BEFORE = re.compile(r"""\\{0,7}["']\Z""")
_PLAIN_END = re.compile(r"""[&;|"<>{}\n\r\x0b]""")
_ESCAPED_QUOTES = {
    "\\" * depth + quote: re.compile(r"(?<!\\)" + re.escape("\\" * depth + quote)) for depth in range(1, 8) for quote in "\"'"
}
_INSIDE = {quote: re.compile(rf"(?:[^{quote}\\]|\\.)*", re.DOTALL) for quote in "\"'"}
_NEXT_ITEM = re.compile(r"""\s*,\s*(?P<quote>\\{0,7}["'])""")
_LONGEST = 4096
_MOST_ITEMS = 50
_APOSTROPHE = r"\u2019"  # to the database it is `?`
_TERM_SPACE = r"[ _+\x1f/-]?"
_OF_MANY = r"['?\u2019]?"
"""As in Graves' disease: the apostrophe may stand behind the s, too, where more words follow."""
_KEY = re.compile(r"\s?=|%5D")
"""What stands behind a name in brackets that is a key, as in PHP's `[DOB] => ...`, and no mask of ours."""

_CLEAR = "\"' ,.:;&?{(<\n\x0b"
"""What says at once that a name begins behind it: no word goes on, and no mask begins."""

_LETTERS_OF_A_PLURAL = 4
_HEADING = re.compile(r"[\"']?:")
_SHORT = 5
_TOKEN_GOES_ON = re.compile(r"(?=[A-Za-z+/]{0,7}[0-9])[A-Za-z0-9+/]{8}")
_SHORT_TAIL = 3
"""Code points behind most names, as `":` in JSON."""
_LONG_ENOUGH = 8
"""Characters of a name that needs no border before it."""


def pattern(field: Field) -> Pattern:
    """The pattern of a field: its name in any spelling, up to a separator or, in running text, to a border."""
    tail = _PROSE_TAIL if field.prose else _TAIL
    other = r"[^\x00-\x7f]"
    # `value` may stand in the tail as well: what is called so may begin in two places.
    named = _words_of(field.name)
    reach = 0 if "value" in spelled(field.name) else sum(map(len, named)) + 2 * len(named) + _SHORT_TAIL
    # `name` is whole in few places, and the end of a longer name in many; a letter of another script before it is seen later.
    border = r"\b" if field.whole and named[0][:1].isascii() and named[0][:1].isalnum() else ""
    return Pattern(
        f"{border}(?i:{_any_spelling(named, r'[?]')}){tail}",
        f"(?ai:{_any_spelling(named, other)}){tail}",
        reach,
        stands=partial(is_named, field),
        hides=True,
    )


def term_pattern(term: Term) -> Pattern:
    """The pattern of a term: its words in any spelling. Borders in it would make it slow to compile."""
    known = split_words(term.text)
    spelled_words = [
        rf"{re.escape(word[:-1])}['?\u2019]{{0,2}}s{_OF_MANY if number < len(known) else ''}"
        if len(word) > _LETTERS_OF_A_PLURAL and word.endswith("s")
        else re.escape(word) + (r"\.?" if len(word) == 1 and number < len(known) else "")
        for number, word in enumerate(known, start=1)
    ]
    told = _TERM_SPACE.join(spelled_words)
    seen = re.sub(r"[^\x00-\x7f]", "[?]", told.replace(_APOSTROPHE, ""))
    return Pattern(f"(?i:{seen})", f"(?ai:{told})", sum(map(len, known)) + 3 * len(known), stands=_begins)


def _begins(text: str, start: int, _end: int) -> bool:
    """Does a word begin here? There is no hiv in archive, and one in `hasHIV`."""
    before = text[start - 1 : start]
    return not before.isalnum() or (before.islower() and text[start].isupper())


def whole_term(text: str, start: int, end: int) -> int | None:
    """Where the word ends whose term was seen at its beginning, with the s of a plural; None when it goes on as another word.

    A short one may stand by chance within a signature or a token.
    """
    if end - start <= _SHORT and text[start - 1 : start].isalnum() and _TOKEN_GOES_ON.match(text, end):
        return None
    end += text[end : end + 1] == "s"
    after = text[end : end + 1]
    return None if after.isalpha() and not (text[end - 1].islower() and after.isupper()) else end


def is_heading(text: str, end: int) -> bool:
    """Does a word that ends here name a field, as in `ALLERGIES: none`?"""
    return _HEADING.match(text, end) is not None


def is_named(field: Field, text: str, start: int, end: int) -> bool:
    """Does the name that was seen here stand for this field, or is it the end of another word, or another word?

    `xfirst_name` is a first name, but `inside` is no `sid`; a field that must be named whole has nothing before it.
    """
    # To the database all letters outside ASCII are one.
    if not field.name.isascii() and not spelled(text[start:end]).startswith(spelled(field.name)):
        return False
    before = text[start - 1 : start]
    if before in _CLEAR:
        return True
    if field.whole:
        return not (before.isalnum() or before in "_-")
    return _begins(text, start, end) or len(field.name) >= _LONG_ENOUGH


def is_masked(text: str, start: int) -> bool:
    """Is what seems to be the name of a field here a mask of ours, behind its bracket?"""
    mask = MASK.match(text, start - 1) if text[start - 1] == "[" else None
    return mask is not None and not _KEY.match(text, mask.end())


def values_after(field: Field, text: str, end: int) -> Iterator[Value]:
    """Each value of a field, whose expression matched up to `end`."""
    # One character back there may be a quote, which is that of the value.
    start = end - (field.prose or text[end - 1] in "\"'")
    # Both patterns match the empty string, and so anywhere.
    opening = cast("re.Match[str]", (_ANNOUNCED if field.prose else _OPEN).match(text, start))
    place = opening.end()
    quote = _quote(text, opening, field)
    for _ in range(_MOST_ITEMS):
        last = _closing(text, place, quote)
        yield value_of(field, place, last, quoted=bool(quote))
        further = _NEXT_ITEM.match(text, last + len(quote)) if opening["list"] and quote else None
        if further is None:
            return
        place, quote = further.end(), further["quote"]


def value_from(text: str, value: Value, place: int) -> Value:
    """What is left of a value from a place on; without quotes it may go on behind what seemed to be its end."""
    return value._replace(start=place, end=value.end if value.quoted else _closing(text, place, ""))


def _quote(text: str, opening: re.Match[str], field: Field) -> str:
    if not field.prose:
        return opening["quote"] or ""
    before = _QUOTE_BEFORE.search(text, max(opening.start(), opening.end() - 8), opening.end())
    return before[0] if before else ""


def _closing(text: str, start: int, quote: str) -> int:
    """Where the value ends: at its quote, or for one without quotes at what cannot be part of it."""
    limit = min(len(text), start + _LONGEST)
    if not quote:
        end = _PLAIN_END.search(text, start, limit)
        return end.start() if end else limit
    if len(quote) > 1:
        end = _ESCAPED_QUOTES[quote].search(text, start, limit)
        return end.start() if end else limit
    closing = text.find(quote, start, limit)
    if closing >= 0 and text.find("\\", start, closing) < 0:
        return closing
    inside = _INSIDE[quote].match(text, start, limit)
    return inside.end() if inside else start


def _words_of(name: str) -> list[str]:
    return split_words(name) or [spelled(name)]


def _any_spelling(named: list[str], other: str) -> str:
    """An expression for the words of a name in all spellings, with `other` for each character outside ASCII."""
    return r"[.]?[ _\-'\x1f+]?".join(re.sub(r"[^A-Za-z0-9]", lambda _: other, word) for word in named)
