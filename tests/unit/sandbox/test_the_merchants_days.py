"""The made-up merchant's traffic: the same for the same seed, day by day, readable, and with a rhythm."""

import re
import tracemalloc
from collections import Counter
from functools import cache
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any

import pytest

from hemostat.events import ActorType, Auth, Environment
from hemostat.kernel import from_micros, to_micros
from hemostat.sandbox.merchant import ALL, WIRES, Quirk, merchant, settings
from hemostat.sandbox.merchant.apps import machines
from hemostat.sandbox.merchant.forwarder import forwarded
from hemostat.sandbox.merchant.peculiar import CANARY, peculiarities
from hemostat.sandbox.merchant.rhythm import DAY, HOUR, begins, date_of, day_of, is_holiday, runs, traffic
from hemostat.sandbox.merchant.shifts import workforce
from hemostat.sandbox.merchant.visits import visits
from hemostat.sandbox.merchant.world import World
from unit.sandbox.telling import SEED, SMALL, accesses, days, records, rows

MONDAY, SATURDAY, SUNDAY, SALES_DAY = 0, 5, 6, 10
RANGES = [ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")]


def test_the_same_seed_makes_the_same_bytes() -> None:
    """Two runs of a day are equal message by message; another seed makes other bytes."""
    again = list(merchant(SEED, range(SUNDAY, SUNDAY + 1), volume=SMALL))
    other = merchant(SEED + 1, range(SUNDAY, SUNDAY + 1), volume=SMALL)

    assert again == [message for message, _ in days(SUNDAY)]
    assert next(other).body != again[0].body


def test_a_day_does_not_need_the_days_before_it() -> None:
    """Two days in one run are the messages of each day made alone, in the order of their receipt."""
    alone = [sent for day in (SATURDAY, SUNDAY) for sent in days(day)]

    assert days(SATURDAY, 2) == sorted(alone, key=lambda sent: sent[0].received_at)


def test_messages_come_by_receipt_and_their_lines_by_time() -> None:
    """Receipts never go back, no record is received before it happened, and none lies outside its day."""
    messages = [message for message, _ in days(SUNDAY)]

    assert all(one.received_at <= other.received_at for one, other in pairwise(messages))
    assert len(messages) == len({message.key for message in messages})
    for message in messages:
        times = [record.access.time for record in records(message)]
        assert times == sorted(times)
        assert times[-1] <= message.received_at
        assert {SUNDAY} == {day_of(time) for time in times}


def test_every_record_is_read_and_each_source_speaks() -> None:
    """No line of any source is rejected, and those of all twelve become rows of their own environment."""
    found = Counter(access.source for access in accesses(MONDAY))

    assert set(WIRES) == set(found) == set(settings().sources)
    assert {Environment.STAGING} == {one.environment for one in accesses(MONDAY) if one.source == "staging-edge"}
    assert {Environment.SANDBOX} == {one.environment for one in accesses(MONDAY) if one.source != "staging-edge"}
    assert "production" == settings(environment="production").sources["clinic"].environment


@pytest.mark.parametrize(
    ("source", "act", "what"),
    [
        ("edge", "session:read", {"auth": Auth.SIGNED, "surface": "storefront"}),
        ("edge", "page:read", {"surface": "product-catalog"}),
        ("care-app", "customer:read", {"actor_type": ActorType.STAFF, "auth": Auth.LOGIN}),
        ("care-app", "document:read", {"actor_type": ActorType.PERSON, "surface": "patient-portal"}),
        ("care-app", "record:create", {"surface": "appointment-flow"}),
        ("admin-audit", "customer:read", {"actor_type": ActorType.STAFF, "app": "care-desk"}),
        ("admin-audit", "order:read", {"actor_type": ActorType.APP, "estimated": True}),
        ("admin-audit", "export:run", {"actor_type": ActorType.APP, "app": "calm-analytics"}),
        ("clinic", "record:read", {"actor_type": ActorType.STAFF, "subjects": 1}),
        ("clinic", "record:search", {"actor_type": ActorType.STAFF}),
        ("refill-shop", "order:read", {"surface": "checkout"}),
        ("recordings", "object:read", {"auth": Auth.SIGNED, "resource": "fh-recordings"}),
        ("log-bucket", "object:write", {"resource": "fh-applogs"}),
        ("fernhollow", "order:create", {"auth": Auth.SIGNED, "subjects": 1}),
        ("workforce", "account:login", {"actor_type": ActorType.STAFF}),
        ("egress", "message:send", {"host": "metrics.fernhollow.example"}),
        ("app-log", "log:write", {}),
        ("staging-edge", "customer:read", {"surface": "patient-portal"}),
    ],
)
def test_records_become_the_rows_that_they_are_meant_as(source: str, act: str, what: dict[str, object]) -> None:
    """Somewhere in a Monday each kind of row stands, with its caller and its surface."""
    found = [one for one in accesses(MONDAY) if one.source == source and one.act == act]

    assert any(all(getattr(one, name) == value for name, value in what.items()) for one in found)


def test_no_address_and_no_system_could_be_anybodys() -> None:
    """Addresses are those for documentation and benchmarks, system numbers those for documentation and private use."""
    addresses = {one.ip for one in accesses(MONDAY) if one.ip}

    assert len(addresses) > 500
    assert all(any(ip_address(address) in each for each in RANGES) for address in addresses)
    assert all(64496 <= one.asn <= 65534 for one in accesses(MONDAY) if one.asn)


def test_hosts_and_mail_are_under_example() -> None:
    """Every name of a host and every address of mail that stands in a message ends with `.example`."""
    body = b"\n".join(message.body for message, _ in days(MONDAY)).decode()
    mail = re.findall(r"[\w.+-]+@([\w.-]+)", body)

    assert mail
    assert {"fernhollow.example", "inbox.example"} == set(mail)
    assert all(one.host.endswith(".example") for one in accesses(MONDAY) if one.host)


def test_the_week_shows_in_the_work_of_staff() -> None:
    """On a Sunday far fewer sign in than on a Monday, and those who do look at about as much each."""
    signed_in, looks = Counter[int](), Counter[int]()
    for day in (MONDAY, SUNDAY):
        for line in workforce(World(SEED, quirks=frozenset()), day):
            signed_in[day] += b'"account:login"' in line.body
            looks[day] += b'"account:log' not in line.body

    assert 600 < signed_in[MONDAY] < 900
    assert signed_in[SUNDAY] < 0.4 * signed_in[MONDAY]
    assert looks[SUNDAY] / signed_in[SUNDAY] == pytest.approx(looks[MONDAY] / signed_in[MONDAY], rel=0.35)


def test_the_day_shows_in_what_patients_do() -> None:
    """They come from 15 to 19 UTC four times as much as from 4 to 8 UTC."""
    hours = Counter((line.time - begins(MONDAY)) // HOUR for line in visits(World(SEED, volume=0.01), MONDAY))

    assert sum(hours[hour] for hour in range(15, 19)) > 4 * sum(hours[hour] for hour in range(4, 8))


def test_traffic_is_one_on_average_and_four_times_as_much_on_sales_days() -> None:
    """The factor's mean over an ordinary week is 1; a sales day has four times what it had without the peculiarity."""
    minutes = [traffic(begins(day) + minute * DAY // 96, ALL) for day in range(7) for minute in range(96)]
    noon = begins(SALES_DAY) + 12 * HOUR

    assert sum(minutes) / len(minutes) == pytest.approx(1, rel=0.01)
    assert traffic(noon, ALL) == pytest.approx(4 * traffic(noon, ALL - {Quirk.SALES_DAYS}))
    assert is_holiday(84)
    assert traffic(begins(84), ALL) == pytest.approx(0.8 * traffic(begins(77), ALL))


def test_volume_changes_what_patients_do_and_nothing_of_staff() -> None:
    """Ten times the volume is about ten times the visits, and the very same lines of staff and apps."""
    small, large = World(SEED, volume=0.002), World(SEED, volume=0.02)
    came = [sum(1 for _ in visits(world, SUNDAY)) for world in (small, large)]

    assert came[1] == pytest.approx(10 * came[0], rel=0.2)
    assert list(workforce(small, SUNDAY)) == list(workforce(large, SUNDAY))
    assert list(machines(small, SUNDAY)) == list(machines(large, SUNDAY))


def test_probes_ask_for_nobody() -> None:
    """The number with which probes ask is no patient's, and the settings say that it is nobody's."""
    asked = [one for one in accesses(MONDAY) if one.subject == str(CANARY)]

    assert 288 == len(asked)
    assert {0} == {one.subjects for one in asked}
    assert [str(CANARY)] == settings().canaries


def test_a_day_does_not_fill_the_memory() -> None:
    """The second day holds no more at its worst than the first one did: what was sent is forgotten."""
    peaks = []
    tracemalloc.start()
    try:
        last = SATURDAY
        for message in merchant(SEED, range(SATURDAY, SUNDAY + 1), volume=0, quirks=frozenset()):
            if day_of(message.received_at) != last:
                last = day_of(message.received_at)
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.reset_peak()
        peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()

    assert 40_000_000 > peaks[0]
    assert peaks[1] < 1.25 * peaks[0]


@pytest.mark.parametrize(
    ("quirk", "seen"),
    [
        (Quirk.SALES_DAYS, {10, 11}),
        (Quirk.MIGRATION, set(range(14, 21))),
        (Quirk.AUDIT, {21, 22, 23, 24, 25}),
        (Quirk.MONTH_END, {0, 28, 29, 30}),
        (Quirk.MARKETING_EXPORTS, {1, 8, 15, 22, 29}),
        (Quirk.FLAKY_APP, {2, 9, 16, 23, 30}),
        (Quirk.CAMPAIGN, {16, 17}),
        (Quirk.RESET_WAVE, {18}),
        (Quirk.CLINIC_NAT, {day for day in range(31) if day % 7 < 5}),
        (Quirk.ERP_SYNC, set(range(31))),
    ],
)
def test_peculiarities_have_their_days(quirk: Quirk, seen: set[int]) -> None:
    """Within the first 31 days, 2 March to 1 April 2026, each is seen on the days of the calendar and on no other."""
    assert seen == {day for day in range(31) if runs(quirk, day)}


def test_books_are_closed_around_each_end_of_a_month() -> None:
    """In May 2026, whose last workday is a Friday, they are closed on the 28th, the 29th and 1 June."""
    closing = [date_of(day).isoformat() for day in range(70, 95) if runs(Quirk.MONTH_END, day)]

    assert ["2026-05-28", "2026-05-29", "2026-06-01"] == closing


def test_days_and_moments_agree() -> None:
    """A day begins with its date and ends a microsecond before the next."""
    assert "2026-03-12" == date_of(10).isoformat()
    assert 10 == day_of(from_micros(begins(10))) == day_of(from_micros(begins(11) - 1))
    assert begins(10) == to_micros(from_micros(begins(10)))


@cache
def lines(lane: Any, day: int, quirks: frozenset[Quirk]) -> list[Any]:
    """What a lane says on a day of a small shop with these peculiarities, made once for all of them."""
    return list(lane(World(SEED, volume=0.02, quirks=quirks), day))


@pytest.mark.parametrize(
    ("quirk", "day", "lane"),
    [
        (Quirk.MIGRATION, 20, peculiarities), (Quirk.AUDIT, 21, peculiarities), (Quirk.MONTH_END, 28, peculiarities),
        (Quirk.MARKETING_EXPORTS, 1, peculiarities), (Quirk.CRAWLERS, 5, peculiarities), (Quirk.PROBES, 5, peculiarities),
        (Quirk.RESET_WAVE, 18, peculiarities), (Quirk.ERP_SYNC, 5, machines), (Quirk.FLAKY_APP, 2, machines),
        (Quirk.BACKUPS, 5, machines), (Quirk.CAMPAIGN, 16, workforce), (Quirk.CLINIC_NAT, 1, visits), (Quirk.KIOSK, 1, visits),
        (Quirk.BROKEN_LINKS, 1, visits), (Quirk.CARERS, 1, visits),
    ],
)  # fmt: skip
def test_a_peculiarity_is_marked_for_the_judge_and_can_be_switched_off(quirk: Quirk, day: int, lane: Any) -> None:
    """On its day there are lines that carry its name, and none when it is switched off; each lane's lines come by time."""
    with_it, without = (lines(lane, day, quirks) for quirks in (ALL, ALL - {quirk}))

    assert quirk in {line.quirk for line in with_it}
    assert quirk not in {line.quirk for line in without}
    assert [line.time for line in with_it] == sorted(line.time for line in with_it)


def test_decoys_look_as_they_are_described() -> None:
    """The migration reads by pages, the auditors name a ticket, and the export of the month end has thousands of people."""
    migrated, audited, exported = (
        [access for access, mark in rows(forwarded(peculiarities(World(SEED, quirks=frozenset({quirk})), day), "decoy")) if mark]
        for quirk, day in ((Quirk.MIGRATION, 20), (Quirk.AUDIT, 21), (Quirk.MONTH_END, 28))
    )

    assert {250} == {one.subjects for one in migrated}
    assert 30_000 == sum(one.subjects for one in migrated)
    assert {400} == set(Counter(one.actor for one in audited).values())
    assert {"ticket=777001"} == {one.query for one in audited}
    assert {"export:run"} == {str(one.act) for one in exported}
    assert min(one.subjects for one in exported) >= 7_999
