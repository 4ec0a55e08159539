"""What a person is recognized by, and the one form in which each value is compared however it is written."""

import re
import unicodedata
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from hashlib import md5, sha1, sha256

from .recognizers.base import digits
from .recognizers.dob import day_of
from .recognizers.phone import is_valid


class Trait(StrEnum):
    """One thing by which a person is recognized. `hashed_` are the digests that advertising networks are sent."""

    EMAIL = "email"
    PHONE = "phone"
    MRN = "mrn"
    MEMBER_ID = "member_id"
    HASHED_EMAIL = "hashed_email"
    HASHED_PHONE = "hashed_phone"
    NAME = "name"
    DOB = "dob"
    ADDRESS = "address"
    CUSTOMER_ID = "customer_id"


ALONE = frozenset({Trait.EMAIL, Trait.PHONE, Trait.HASHED_EMAIL, Trait.HASHED_PHONE})
"""What recognizes a person without more."""

IDENTIFIERS = frozenset({Trait.MRN, Trait.MEMBER_ID})
"""What does so where numbers of its form are rare; in a crowded range only beside another trait of the same person."""

_MARKS_WITHIN = re.compile(r"['\u2018\u2019`\u00b4]")
_NO_WORD = re.compile(r"[\W_]+")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "jr", "sr", "ii", "iii", "iv"})
_EXTENSION = re.compile(r"(?i)(?:x|ext|#).*\Z", re.DOTALL)
_STREETS = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "lane": "ln", "boulevard": "blvd", "court": "ct",
    "place": "pl", "terrace": "ter", "circle": "cir", "parkway": "pkwy", "highway": "hwy", "square": "sq", "trail": "trl",
}  # fmt: skip
_STREET_TYPES = frozenset({*_STREETS.values(), "way", "loop", "row"})
_FEWEST, _MOST_DIGITS = 8, 15  # ITU-T E.164
_NATIONAL, _WITH_COUNTRY = 10, 11
_LEAST_IDENTIFIER = 4
_OF_BASE64 = 43
"""Letters of a SHA-256 in base64."""


def forms(trait: Trait, value: str) -> tuple[str, ...]:
    """The forms by which a value is compared, the one that says most first; none when it is no such value.

    An address with a tag (`jane+news@`) is also the one without it, and a name is also its first and its last word.
    """
    return tuple(dict.fromkeys(form for form in _FORMS[trait](value) if form))


def digests(trait: Trait, form: str) -> Iterator[str]:
    """The hexadecimal digests under which networks are sent an e-mail address or a telephone number, in this form.

    SHA-256, SHA-1 and MD5 of the trimmed lowercase address; of the number with country code, with and without the plus,
    and without the country code.
    """
    written = [form] if trait is Trait.EMAIL else [form, f"+{form}", *([form[1:]] if _is_national(form) else [])]
    for text in written:
        told = text.encode("utf-8", "surrogatepass")
        yield sha256(told).hexdigest()
        # What others send; nothing of ours rests on these two.
        yield sha1(told, usedforsecurity=False).hexdigest()
        yield md5(told, usedforsecurity=False).hexdigest()


def _email(value: str) -> Iterator[str]:
    told = unicodedata.normalize("NFKC", value).strip().lower()
    local, _, domain = told.rpartition("@")
    if local and "." in domain and " " not in told:
        yield told
        bare = local.partition("+")[0]
        yield f"{bare}@{domain}" if bare else ""


def _phone(value: str) -> Iterator[str]:
    body = _EXTENSION.sub("", value).strip()
    told = digits(body)
    if len(told) == _NATIONAL and not body.startswith("+") and is_valid(told):
        yield f"1{told}"
    elif len(told) == _WITH_COUNTRY and told[0] == "1":
        yield told if is_valid(told[1:]) else ""
    elif body.startswith("+") and _FEWEST <= len(told) <= _MOST_DIGITS:
        yield told


def _name(value: str) -> Iterator[str]:
    """Words by the alphabet, so that `Roe, Jane` and HL7's `ROE^JANE` are Jane Roe; initials and titles are left out."""
    mark = next((mark for mark in "^," if mark in value), "")
    last, _, given = value.partition(mark) if mark else ("", "", value)
    words = [word for word in _words(f"{given} {last}") if len(word) > 1 and word not in _TITLES]
    if len(words) > 1:
        yield " ".join(sorted(words))
        yield " ".join(sorted((words[0], words[-1])))


def _address(value: str) -> Iterator[str]:
    """Number and street, up to the kind of street."""
    words = [_STREETS.get(word, word) for word in _words(value.partition(",")[0])]
    end = next((place for place, word in enumerate(words) if place > 1 and word in _STREET_TYPES), len(words))
    if len(words) > 1 and words[0][0].isdigit():
        yield " ".join(words[: end + 1])


def _identifier(value: str) -> Iterator[str]:
    told = "".join(_words(value)).upper()
    if len(told) >= _LEAST_IDENTIFIER and any(map(str.isdigit, told)):
        yield told


def _hashed(value: str) -> Iterator[str]:
    """A digest in hexadecimal; SHA-256 also from base64, in either alphabet (RFC 4648)."""
    told = value.rstrip("=")
    yield urlsafe_b64decode(f"{told.translate(_URL_SAFE)}=").hex() if len(told) == _OF_BASE64 else told.lower()


def _words(value: str) -> list[str]:
    """Words in lowercase letters without accents."""
    plain = unicodedata.normalize("NFKD", _MARKS_WITHIN.sub("", value)).casefold()
    return _NO_WORD.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).split()


def _is_national(form: str) -> bool:
    return len(form) == _WITH_COUNTRY and form[0] == "1"


def _dob(value: str) -> Iterator[str]:
    yield day_of(value.strip())


_URL_SAFE = str.maketrans("+/", "-_")
_FORMS: Mapping[Trait, Callable[[str], Iterator[str]]] = {
    Trait.EMAIL: _email,
    Trait.PHONE: _phone,
    Trait.MRN: _identifier,
    Trait.MEMBER_ID: _identifier,
    Trait.HASHED_EMAIL: _hashed,
    Trait.HASHED_PHONE: _hashed,
    Trait.NAME: _name,
    Trait.DOB: _dob,
    Trait.ADDRESS: _address,
    Trait.CUSTOMER_ID: _identifier,
}
