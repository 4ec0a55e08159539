"""Silence is told when it means something, and never when it is the source's way."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hemostat.kernel import from_micros
from hemostat.lake.beats import SLOT, Beat, slot_of
from hemostat.lake.rhythm import FLOOR, is_silent

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
AUTUMN = datetime(2026, 9, 7, 4, tzinfo=UTC)  # a Monday in New York, eight weeks before its clocks are put back
NEW_YORK = ZoneInfo("America/New_York")
DAY, WEEK, HOUR, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=1)
Rhythm = Callable[[datetime], bool]
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # a month is slow to make again, and no smaller one says more


def dice(seed: int) -> random.Random:
    """Chance that can be had again."""
    return random.Random(seed)  # noqa: S311  # made-up traffic


def pulse(moments: list[datetime]) -> list[Beat]:
    """The beats of arrivals at these moments, which come in their order."""
    made: dict[datetime, list[datetime]] = {}
    for moment in moments:
        made.setdefault(slot_of(moment), []).append(moment)
    return [
        Beat(
            source="edge",
            surface="storefront",
            slot=slot,
            events=len(own),
            duplicates=0,
            late=0,
            ahead=0,
            first=own[0],
            last=own[-1],
            newest=own[-1],
            skew_least=0,
            skew_usual=0,
        )
        for slot, own in made.items()
    ]


def arrivals(speaks: Rhythm, *, days: int, every: timedelta, chance: random.Random) -> list[datetime]:
    """Moments of a source that says something about as often as `every` while it speaks."""
    moment, found = MONDAY, []
    while moment < MONDAY + days * DAY:
        if speaks(moment):
            found.append(moment)
        moment += every * chance.uniform(0.5, 1.5)
    return found


def alarms(moments: list[datetime], *, since: datetime, until: datetime, zone: tzinfo = UTC) -> list[datetime]:
    """When the watch, which looks every half an hour, would have told a silence."""
    beats = pulse(moments)
    slots = [beat.last for beat in beats]
    found, known, now = [], 0, since
    while now < until:
        while known < len(slots) and slots[known] <= now:
            known += 1
        if known and now - slots[known - 1] >= FLOOR and is_silent(beats[:known], now=now, zone=zone):
            found.append(now)
        now += 2 * SLOT
    return found


def always(_moment: datetime) -> bool:
    """A shop that is open to all the world."""
    return True


def by_day(moment: datetime) -> bool:
    """A clinic's hours, every day."""
    return 8 <= moment.hour < 18


def on_working_days(moment: datetime) -> bool:
    """A clinic's hours on working days."""
    return moment.weekday() < 5 and by_day(moment)


WAYS = [always, by_day, on_working_days]


@pytest.mark.parametrize("speaks", WAYS)
@given(seed=st.integers(0, 2**32), minutes=st.sampled_from([1, 6, 25]))
@settings(max_examples=3, deadline=None, derandomize=True, phases=UNSHRUNK)
def test_no_source_is_called_silent_for_its_own_way(speaks: Rhythm, seed: int, minutes: int) -> None:
    """Nights and weekends of its own, from the first event on and for weeks, raise nothing."""
    moments = arrivals(speaks, days=30, every=minutes * MINUTE, chance=dice(seed))
    assert [] == alarms(moments, since=MONDAY, until=MONDAY + 28 * DAY)


@pytest.mark.parametrize("hours", [0.2, 0.5, 1.5, 4, 9, 40])
def test_chance_is_no_silence(hours: float) -> None:
    """A source that speaks at random, often or seldom, is not called silent while it lives (chance is fixed here)."""
    chance = dice(round(hours * 10))
    moment, moments = MONDAY, []
    while moment < MONDAY + 40 * DAY:
        moment += timedelta(hours=chance.expovariate(1 / hours))
        moments.append(moment)
    assert [] == alarms(moments, since=MONDAY, until=MONDAY + 40 * DAY)


@pytest.mark.parametrize(
    ("speaks", "stops", "most"),
    [
        (always, timedelta(days=9, hours=3), FLOOR + 2 * SLOT),
        (always, timedelta(days=33, hours=3), FLOOR + 2 * SLOT),
        (by_day, timedelta(days=9, hours=10), FLOOR + 2 * SLOT),
        (on_working_days, timedelta(days=30, hours=11), FLOOR + 2 * SLOT),
        (by_day, timedelta(days=9, hours=17.9), timedelta(hours=22)),
    ],
)
def test_a_source_that_dies_is_told(speaks: Rhythm, stops: timedelta, most: timedelta) -> None:
    """By the hour when it always speaks; by the next day when it dies as its night begins. It stays told until it speaks."""
    every = arrivals(speaks, days=40, every=MINUTE, chance=dice(7))
    moments = [moment for moment in every if moment < MONDAY + stops]

    found = alarms(moments, since=moments[-1], until=moments[-1] + 2 * DAY)

    assert found[0] - moments[-1] <= most
    assert not is_silent(pulse([*moments, found[0]]), now=found[0] + MINUTE)


def in_new_york(hours: Callable[[int, int], bool]) -> Rhythm:
    """A rhythm by weekday and hour on the wall clocks of New York."""

    def speaks(moment: datetime) -> bool:
        local = moment.astimezone(NEW_YORK)
        return hours(local.weekday(), local.hour)

    return speaks


LIVES = {
    "a shop": (in_new_york(lambda _day, _hour: True), 3),
    "a clinic, closed on Sundays": (in_new_york(lambda day, hour: day < 6 and 8 <= hour < 18), 3),
    "an office": (in_new_york(lambda day, hour: day < 5 and 9 <= hour < 17), 3),
    "visits in the evening": (in_new_york(lambda _day, hour: 17 <= hour < 22), 3),
    "two shifts, closed at noon": (in_new_york(lambda day, hour: day < 5 and (8 <= hour < 12 or 14 <= hour < 18)), 1),
    "a quiet portal": (in_new_york(lambda day, hour: day < 6 and 7 <= hour < 20), 45),
}


@pytest.mark.parametrize("life", LIVES)
def test_ninety_days_without_a_false_alarm(life: str) -> None:
    """People come at random within their hours, from the first day of a source to the weeks after the clocks are put back."""
    speaks, minutes = LIVES[life]
    chance, moment, moments = dice(len(life)), AUTUMN, []
    while moment < AUTUMN + 90 * DAY:
        moment += chance.expovariate(1) * minutes * MINUTE
        if speaks(moment):
            moments.append(moment)

    assert [] == alarms(moments, since=AUTUMN, until=AUTUMN + 90 * DAY, zone=NEW_YORK)
    assert AUTUMN < datetime(2026, 11, 1, 6, tzinfo=UTC) < AUTUMN + 90 * DAY, "the clocks are put back in between"


@pytest.mark.parametrize(
    ("life", "dies", "hours", "week"),
    [
        ("a shop", "Wed 04:00", 3, 2),
        ("a shop", "Wed 04:00", 3, 8),
        ("a clinic, closed on Sundays", "Wed 10:00", 3, 8),
        ("an office", "Wed 10:00", 3, 2),
        ("an office", "Wed 10:00", 3, 9),
        ("visits in the evening", "Wed 18:00", 3, 9),
        ("two shifts, closed at noon", "Wed 09:00", 2, 8),
        ("a clinic, closed on Sundays", "Sat 17:00", 46, 9),  # over the Sunday, into Monday
    ],
)
def test_how_soon_a_death_is_told(life: str, dies: str, hours: int, week: int) -> None:
    """Within hours when it happens during the hours of the source, else when these come again; also when clocks have changed."""
    speaks, minutes = LIVES[life]
    day = AUTUMN.astimezone(NEW_YORK) + week * WEEK
    at = datetime.combine(day.date() + (2 if dies.startswith("Wed") else 5) * DAY, time.fromisoformat(dies[4:]), NEW_YORK)
    chance, moment, moments = dice(week), AUTUMN, []
    while moment < at:
        moments += [moment] if speaks(moment) else []
        moment += chance.expovariate(1) * minutes * MINUTE

    found = alarms(moments, since=moments[-1], until=moments[-1] + 4 * DAY, zone=NEW_YORK)

    assert found[0] - moments[-1] <= hours * HOUR


def test_clocks_that_are_put_back_are_no_silence() -> None:
    """People come an hour later by the sun; machines do not. The silence of either at its own noon means nothing."""
    change = datetime(2026, 11, 1, 6, tzinfo=UTC)
    for speaks in (LIVES["two shifts, closed at noon"][0], lambda moment: moment.weekday() < 5 and 13 <= moment.hour < 17):
        moments = [one for n in range(40 * 24 * 60) if speaks(one := change - 33 * DAY + n * MINUTE)]
        assert [] == alarms(moments, since=change, until=change + 6 * DAY, zone=NEW_YORK)


def test_a_nightly_file_is_missed_within_days() -> None:
    """One arrival a day at two in the morning, a little early or late, is even enough to be known."""
    chance = dice(3)
    moments = [MONDAY + day * DAY + 2 * HOUR + chance.uniform(-30, 30) * MINUTE for day in range(60)]

    assert [] == alarms(moments, since=MONDAY, until=moments[-1])
    found = alarms(moments, since=moments[-1], until=moments[-1] + 7 * DAY)
    assert 2 * DAY < found[0] - moments[-1] < 5 * DAY


def test_a_holiday_in_the_past_hides_no_silence() -> None:
    """With five weeks or more one empty window does not count."""
    every = arrivals(always, days=42, every=MINUTE, chance=dice(1))
    moments = [one for one in every if not MONDAY + 14 * DAY < one < MONDAY + 15 * DAY and one < MONDAY + 35 * DAY + 12 * HOUR]
    assert is_silent(pulse(moments), now=moments[-1] + FLOOR)


@pytest.mark.parametrize("days", [0, 1, 2])
def test_what_is_not_known_is_not_told(days: int) -> None:
    """Before there are three windows to compare with, no silence means anything."""
    moments = arrivals(always, days=days, every=MINUTE, chance=dice(1)) or [MONDAY]
    assert not is_silent(pulse(moments), now=moments[-1] + 5 * HOUR)
    assert not is_silent([], now=MONDAY)


def test_duplicates_are_signs_of_life() -> None:
    """A source that only repeats itself is there."""
    moments = arrivals(always, days=9, every=MINUTE, chance=dice(1))
    (again,) = pulse([moments[-1] + 2 * HOUR])
    assert is_silent(pulse(moments), now=again.last)
    assert not is_silent([*pulse(moments), again], now=again.last + MINUTE)


def test_slots_begin_at_quarters() -> None:
    """A slot is a quarter of an hour of the clock."""
    assert from_micros(0) == slot_of(from_micros(899_999_999))
    assert MONDAY + SLOT == slot_of(MONDAY + SLOT)
