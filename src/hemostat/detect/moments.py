"""The moment that a text tells: in Python for the time of an event, in SQL for the fields that rules ask about."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hemostat.kernel import to_micros
from hemostat.sources.base import Unreadable
from hemostat.sources.request import moment

from .fields import MICROS

_SCALES = ((10**16, 10**-3), (10**13, 1), (10**10, 10**3), (0, 10**6))  # from this number on: nano-, micro-, milli-, seconds
_LAST = 4 * 10**18  # no moment beyond this fits 64 bits as microseconds
_COMPACT = re.compile("(19[7-9][0-9]|2[01][0-9]{2})[0-9]{4}([0-9]{6})?")  # as seconds or microseconds these lie in 1970 to 1973
_FRACTION = re.compile(r"(\.\d{6})\d+")
_ZULU = re.compile(" ?(UTC|GMT)$")
_LEAP = re.compile(r"([T :]\d\d:?\d\d:?)60(?!\d)")
_COMPACT_FORMS = ["%Y%m%d", "%Y%m%d%H%M%S"]
_MAIL = "%d %b %Y %H:%M:%S"
_FORMS = ["%d/%b/%Y:%H:%M:%S %z", *(f"{day}{_MAIL} {zone}" for day in ("%a, ", "") for zone in ("%z", "GMT", "UTC"))]


def micros(value: str | list[str] | None) -> int | None:
    """The moment that a text tells, in microseconds since 1970; None when it tells none.

    RFC 3339 and its looser forms, RFC 2822 and the common log format, taken as UTC when they have no zone; or a number of
    seconds, milli-, micro- or nanoseconds. Eight or fourteen digits that read as a date are one. A leap second is the second
    after it.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _COMPACT.fullmatch(text) and (found := _written(f"{text[:8]}T{text[8:] or '00'}")) is not None:
        return found
    try:
        number = float(text)
    except ValueError:
        return _written(text)
    if not 0 <= number < _LAST:
        return None
    scale = next(scale for least, scale in _SCALES if number >= least)
    return (
        int(text) * scale if scale >= 1 and text.isascii() and text.isdigit() and isinstance(scale, int) else int(number * scale)
    )


def moment_sql(value: str) -> str:
    """SQL for the moment that a text tells, in UTC; NULL when it tells none. It knows what `micros` knows, save leap seconds."""
    number = f"TRY_CAST({value} AS DOUBLE)"
    scaled = " ".join(f"WHEN {number} >= {least} THEN {number} * {scale}" for least, scale in _SCALES)
    readings = [
        f"CASE WHEN regexp_full_match({value}, '{_COMPACT.pattern}') THEN epoch_us(try_strptime({value}, {_COMPACT_FORMS})) END",
        # NaN, which DuckDB sorts above all numbers, goes with those that are too large
        f"CAST(CASE WHEN {number} >= {_LAST} THEN NULL {scaled} END AS BIGINT)",
        f"epoch_us(TRY_CAST({value} AS TIMESTAMPTZ))",
        f"epoch_us(try_strptime({value}, {_FORMS}))",
    ]
    return f"make_timestamp(COALESCE({', '.join(readings)}))"


def _written(text: str) -> int | None:
    calm, leaps = _LEAP.subn(r"\g<1>59", text, count=1)
    for read in (_iso, parsedate_to_datetime, _logged):
        with suppress(ValueError, OverflowError, Unreadable):
            found = read(calm)
            return to_micros(found if found.tzinfo else found.replace(tzinfo=UTC)) + leaps * MICROS
    return None


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(_FRACTION.sub(r"\1", _ZULU.sub("Z", text)))


def _logged(text: str) -> datetime:
    return moment(text).time
