"""Planted leaks: the people that the truth names, in rows that the readers read, at strengths that differ, without a hint."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from hemostat.kernel import BadInput
from hemostat.sandbox.merchant import ALL, SIZES, Kind, Leak, Quirk, Strength, Truth, planted, truth
from hemostat.sandbox.merchant.rhythm import date_of, day_of
from hemostat.sandbox.merchant.staff import STAFF, Staff
from hemostat.sandbox.merchant.truth import leaking
from hemostat.sandbox.merchant.world import World
from unit.sandbox.telling import SEED, days, leaked, rows

START = datetime(2026, 3, 7, 0, 30, tzinfo=UTC)
EVERY = [Leak(kind=kind, strength=strength, start=START) for kind in Kind for strength in Strength]
HIDDEN = Leak(kind=Kind.VENDOR, strength=Strength.MEDIUM, start=datetime(2026, 3, 8, 6, tzinfo=UTC))
PAGED = {Kind.CATALOG_MODULE, Kind.STOLEN_TOKEN, Kind.APPOINTMENT_LOGS}
"""Leaks whose rows name nobody: how many people they hold is told, or can be reckoned, at most."""


@pytest.fixture(scope="module", name="truths")
def _truths() -> dict[str, Truth]:
    return {one.campaign: one for one in truth(SEED, EVERY)}


@pytest.mark.parametrize("leak", EVERY, ids=lambda leak: f"{leak.kind}-{leak.strength}")
def test_a_leak_exposes_as_many_people_as_its_size_says(leak: Leak, truths: dict[str, Truth]) -> None:
    """People are counted each once and live somewhere; rows are another number; what it takes is about its hours."""
    found = truths[leak.campaign]
    people, hours = SIZES[leak.kind][list(Strength).index(leak.strength)]

    assert (people, hours) == leak.size
    assert people == len(found.people) == len(set(found.people)) == sum(found.by_state.values())
    assert people != found.rows
    assert found.begins <= found.exposes <= found.ends
    if leak.kind is not Kind.INSIDER:
        assert abs(found.begins - START) < timedelta(hours=1)
        assert timedelta(hours=hours * 0.8) < found.ends - found.begins < timedelta(hours=hours + 1)


@pytest.mark.parametrize("kind", Kind)
def test_strengths_are_ordered(kind: Kind, truths: dict[str, Truth]) -> None:
    """A loud leak exposes more people than a medium one, and that more than a slow one, in all and by the hour."""
    found = [truths[Leak(kind=kind, strength=strength, start=START).campaign] for strength in Strength]
    people = [len(one.people) for one in found]
    rates = [len(one.people) / (one.ends - one.begins).total_seconds() for one in found]

    assert people == sorted(people, reverse=True)
    assert rates == sorted(rates, reverse=True)
    assert 3 == len(set(people)) == len(set(rates))


@pytest.mark.parametrize("kind", Kind)
def test_what_is_marked_is_what_the_truth_says(kind: Kind, truths: dict[str, Truth]) -> None:
    """The marked rows of a run are all rows of the leak with all of its people, and who is named in one is one of them."""
    leak = Leak(kind=kind, strength=Strength.LOUD, start=START)
    found = truths[leak.campaign]
    marked_rows = leaked(leak)

    assert {leak.campaign} == {mark.campaign for _, mark in marked_rows}
    assert found.rows == len(marked_rows)
    assert set(found.people) == {person for _, mark in marked_rows for person in mark.people}
    assert abs(found.begins - min(access.time for access, _ in marked_rows)) < timedelta(seconds=1)
    assert abs(found.ends - max(access.time for access, _ in marked_rows)) < timedelta(seconds=1)
    named = [(access.subject, mark.people) for access, mark in marked_rows if access.subject and mark.people]
    assert all(int(subject) in people for subject, people in named)
    assert kind in {*PAGED, Kind.PAYMENT_LOGS} or len({subject for subject, _ in named}) > 0.1 * len(found.people)


def test_a_message_says_nothing_of_the_truth() -> None:
    """Neither the campaign nor that there is a truth stands in any message, or in its envelope."""
    hints = [HIDDEN.campaign.encode(), b"campaign", b"malicious", b"quirk", b"truth"]

    for message, _ in days(6, leaks=(HIDDEN,)):
        assert not [hint for hint in hints if hint in message.body]
        assert HIDDEN.campaign not in message.key
        assert not message.marks
        assert not set(message.headers.values()) & {HIDDEN.campaign, *Quirk}


def test_a_leak_adds_its_rows_and_changes_none() -> None:
    """The rows of a day without its leak are the rows of that day with it, less those that are marked."""
    plain = Counter(access.request_id for access, _ in rows(days(6)))
    leaky = Counter(access.request_id for access, mark in rows(days(6, leaks=(HIDDEN,))) if not (mark and mark.campaign))

    assert plain == leaky


def test_a_slow_leak_goes_over_days_and_is_whole() -> None:
    """What its days hold one by one is together all of it."""
    leak = Leak(kind=Kind.STAGING, strength=Strength.SLOW, start=START)
    (found,) = truth(SEED, [leak])
    by_day = [list(leaking(World(SEED), [leak], day)) for day in range(3, 12)]

    assert found.rows == sum(map(len, by_day))
    assert 5 == sum(map(bool, by_day))
    assert set(found.people) == {person for lines in by_day for line in lines for person in line.people}


def test_the_insider_is_somebody_who_was_there_before() -> None:
    """Each shift of hers is of one actor of the night shift, who works on that day, and her looks have no ticket."""
    hers = [access for access, _ in leaked(Leak(kind=Kind.INSIDER, strength=Strength.SLOW, start=START))]
    (name,) = {access.actor for access in hers}
    staff = Staff(SEED, ALL)
    (number,) = (one for one in range(STAFF) if staff.name(one) == name)
    worked = {day_of(access.time) for access in hers}

    assert 6 == len(worked)
    assert {""} == {access.query for access in hers}
    assert all(staff.is_at_work(number, day) and staff.role(number, day).name == "support-night" for day in worked)
    assert 0 == staff.joined(number)
    assert all(2 <= access.time.hour <= 10 for access in hers)


@pytest.mark.parametrize(
    ("kind", "source", "act", "field", "value"),
    [
        (Kind.STOREFRONT_SESSION, "edge", "session:read", "auth", "unsigned"),
        (Kind.STOREFRONT_SESSION, "edge", "session:read", "result", "not_found"),
        (Kind.STOREFRONT_SESSION, "care-app", "token:mint", "auth", "none"),
        (Kind.CATALOG_MODULE, "refill-shop", "customer:read", "subjects", 300),
        (Kind.CATALOG_MODULE, "refill-shop", "content:change", "method", "PUT"),
        (Kind.PAYMENT_LOGS, "workforce", "export:run", "subjects", 120),
        (Kind.PORTAL_PAPERS, "care-app", "document:read", "result", "not_found"),
        (Kind.APPOINTMENT_LOGS, "log-bucket", "config:change", "operation", "REST.PUT.BUCKETPOLICY"),
        (Kind.APPOINTMENT_LOGS, "log-bucket", "object:read", "auth", "none"),
        (Kind.RECORDINGS, "recordings", "object:read", "auth", "token"),
        (Kind.STAGING, "staging-edge", "customer:read", "environment", "staging"),
        (Kind.INSIDER, "care-app", "export:run", "subjects", 2_802),
        (Kind.PIXELS, "egress", "message:send", "host", "pixel.adnetwork.example"),
        (Kind.STOLEN_TOKEN, "admin-audit", "export:run", "actor", "app-4200"),
        (Kind.STOLEN_TOKEN, "fernhollow", "export:run", "operation", ""),
        (Kind.VENDOR, "clinic", "record:read", "actor", "Device/clearroom-video"),
    ],
)  # fmt: skip
def test_a_leak_is_told_by_the_sources_that_would_see_it(kind: Kind, source: str, act: str, field: str, value: object) -> None:
    """Each script shows at the places where the published cases of its kind would have shown."""
    leak = Leak(kind=kind, strength=Strength.LOUD, start=START)
    seen = [one for one, _ in leaked(leak) if (one.source, one.act) == (source, act)]

    assert any(getattr(one, field) == value for one in seen)


def test_the_portal_is_read_by_one_account_from_many_homes() -> None:
    """One patient reads what is others', with one token, from thirty-seven addresses."""
    leak = Leak(kind=Kind.PORTAL_PAPERS, strength=Strength.LOUD, start=START)
    seen = [one for one, _ in leaked(leak)]

    assert 1 == len({one.actor for one in seen}) == len({one.token for one in seen})
    assert 37 == len({one.ip for one in seen})
    assert all(one.actor != one.subject for one in seen)


def test_all_kinds_are_planted_at_all_strengths_within_the_days() -> None:
    """Thirty-three leaks, by their start, none in the days for learning, all over before the end."""
    leaks = planted(SEED, range(28), warm=7)

    assert {(kind, strength) for kind in Kind for strength in Strength} == {(leak.kind, leak.strength) for leak in leaks}
    assert [leak.start for leak in leaks] == sorted(leak.start for leak in leaks)
    assert all(7 <= day_of(leak.start) <= 18 for leak in leaks)
    assert leaks == planted(SEED, range(28), warm=7) != planted(SEED + 1, range(28), warm=7)
    assert max(one.ends for one in truth(SEED, leaks)).date() < date_of(36)


def test_too_few_days_are_said_to_be_too_few() -> None:
    """Whoever asks for leaks in a week is told how many days it takes."""
    with pytest.raises(BadInput, match="12 days are too few") as caught:
        planted(SEED, range(12), warm=7)

    assert "17 days" in caught.value.advice()


def test_a_leak_may_have_a_size_of_its_own() -> None:
    """People and hours that are said stand in place of those of the table."""
    leak = Leak(kind=Kind.PIXELS, strength=Strength.LOUD, start=START, people=30, hours=2)
    (found,) = truth(SEED, [leak], quirks=ALL)

    assert 30 == len(found.people)
    assert found.ends - found.begins < timedelta(hours=3)
