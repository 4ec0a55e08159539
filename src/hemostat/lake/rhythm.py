"""When the silence of a source means something, learnt from its own history alone.

The silence now is laid over the same hours of earlier weeks. While fewer than three weeks are known it is laid over the same
hours of earlier days instead: working days over working days, days of the weekend over days of the weekend. A source has fallen
silent when each of these windows had so many arrivals that none at all cannot be chance. With five windows or more the least of
them does not count, since it may have been a holiday, or a silence of its own.

`FEW` arrivals in the least window are enough: were they independent of one another, a window of that many on average would stay
empty once in 160,000 times. A source that speaks seldom and evenly, like a nightly file, is known after a day by `EVEN` arrivals
in each of seven windows or more, of which none has two more than another. Windows never overlap: each is evidence of its own.

Nothing is said within the first hour of a silence, nor before three comparable windows are known. A window ends a quarter of the
silence (at most six hours) before the present, so that what comes somewhat later than usual is not missed. So a source that is
silent every night, or every weekend, is never called silent for it; one that speaks all the time is called so after an hour.
Where clocks were put forward or back in between, the same hours are those of the sun and those of the clocks, and both windows
must have had arrivals: machines go by the one, people by the other. A public holiday may be taken for a silence, since nobody
told us of it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from hemostat.lake.beats import SLOT, Beat

FLOOR = timedelta(hours=1)
"""No silence is told that is shorter."""

FEW, EVEN = 12, 3
"""Arrivals that the least comparable window needs: from any source, and from one that is as even as a clock."""

HISTORY = timedelta(weeks=9)
"""How far back a rhythm is learnt: eight weeks before a silence of a few days."""

_SLACK = timedelta(hours=6)
_WEEK, _DAY = timedelta(weeks=1), timedelta(days=1)
_WEEKS, _DAYS = 8, 14
_LEAST_WINDOWS, _ROBUST, _MANY = 3, 5, 7
_SATURDAY = 5


def is_silent(beats: Sequence[Beat], *, now: datetime, zone: tzinfo = UTC) -> bool:
    """Has the source of these beats, in the order of their slots, fallen silent by `now`? People live by the clocks of `zone`."""
    if not beats:
        return False
    last = beats[-1].last
    length = now - last
    if length < FLOOR:
        return False
    until = now - min(length / 4, _SLACK)
    counts = sorted(
        min(_arrivals(beats, last - each, until - each) for each in _spellings(shift, last, zone))
        for shift in _shifts(beats[0].slot, last, until, zone)
    )
    if len(counts) < _LEAST_WINDOWS:
        return False
    told = counts[1:] if len(counts) >= _ROBUST else counts
    is_even = length >= _DAY and len(counts) >= _MANY and told[0] >= EVEN and told[-1] - told[0] <= 1
    return told[0] >= FEW or is_even


def _shifts(first: datetime, last: datetime, until: datetime, zone: tzinfo) -> list[timedelta]:
    """By how much earlier the comparable windows lie, each within what is known and before the silence."""

    def known(shift: timedelta) -> bool:
        return last - shift >= first and until - shift <= last

    step = -(-(until - last) // _WEEK) * _WEEK
    weeks = [shift for n in range(1, _WEEKS + 1) if known(shift := n * step)]
    if len(weeks) >= _LEAST_WINDOWS:
        return weeks
    step = -(-(until - last) // _DAY) * _DAY
    days = (n * step for n in range(1, _DAYS + 1))
    kept = [*(last + n * _DAY for n in range((until - last) // _DAY + 1)), until]
    return [shift for shift in days if known(shift) and all(_alike(moment, moment - shift, zone) for moment in kept)]


def _alike(one: datetime, other: datetime, zone: tzinfo) -> bool:
    return (one.astimezone(zone).weekday() >= _SATURDAY) == (other.astimezone(zone).weekday() >= _SATURDAY)


def _spellings(shift: timedelta, last: datetime, zone: tzinfo) -> set[timedelta]:
    """The shift by the sun and by the clocks of the zone: they differ when the clocks were put forward or back in between."""
    then = (last - shift).astimezone(zone).utcoffset() or timedelta()
    now = last.astimezone(zone).utcoffset() or timedelta()
    return {shift, shift - (now - then)}


def _arrivals(beats: Sequence[Beat], since: datetime, until: datetime) -> int:
    """Arrivals of the slots that lie wholly in between."""
    first = bisect_left(beats, since, key=_slot)
    end = bisect_left(beats, until - SLOT + timedelta(microseconds=1), key=_slot)
    return sum(beat.events + beat.duplicates for beat in beats[first:end])


def _slot(beat: Beat) -> datetime:
    return beat.slot
