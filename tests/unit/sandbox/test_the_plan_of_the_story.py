"""The story as a plan: the same for every cut of the time, with the figures of the drill, from nobody's addresses."""

import ipaddress
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.sandbox.feed import ATTACKER, PEAK, REPLAY_BEGINS, Feed, PlannedCall
from hemostat.sandbox.homes import STORY_BEGINS
from hemostat.sandbox.patients import FIRST_TRIED, ORDINARY, PEOPLE, REPLAYED, TRIED, Population

T0 = STORY_BEGINS
FEED = Feed(7, T0)
MOMENTS = st.integers(min_value=-400 * 60_000_000, max_value=200 * 60_000_000).map(
    lambda micros: T0 + timedelta(microseconds=micros)
)


def minutes(number: float) -> timedelta:
    """A stretch of the story."""
    return timedelta(minutes=number)


@settings(max_examples=40, deadline=None)
@given(begin=MOMENTS, first=st.integers(0, 10**9), second=st.integers(0, 10**9), seed=st.integers(0, 99))
def test_two_neighboring_stretches_are_the_whole(begin: datetime, first: int, second: int, seed: int) -> None:
    """However the conductor cuts the time, each call is planned once, in order."""
    feed = Feed(seed, T0)
    middle = begin + timedelta(microseconds=first)
    end = middle + timedelta(microseconds=second)

    parts = [*feed.between(begin, middle), *feed.between(middle, end)]
    assert parts == list(feed.between(begin, end))
    assert all(earlier.time <= later.time for earlier, later in pairwise(parts))
    assert all(begin <= call.time < end for call in parts)


def test_the_leak_has_the_figures_of_the_story() -> None:
    """38,420 numbers, each once and in order, 202 a minute, over three hours and ten minutes; 6,914 of them are people."""
    calls = list(FEED.leak(T0 - minutes(60), FEED.ends + minutes(60)))
    people = Population(7)

    assert [f"/api/session?cid={FIRST_TRIED + index}" for index in range(TRIED)] == [call.target for call in calls]
    assert T0 == calls[0].time
    assert FEED.ends == calls[-1].time
    assert minutes(190) < FEED.ends - T0 < minutes(191)
    assert PEOPLE == sum(people.place(FIRST_TRIED + index) is not None for index in range(TRIED))
    assert {("direct", ATTACKER, 64500)} == {(call.to, call.ip, call.asn) for call in calls}


@pytest.mark.parametrize(("after", "tried", "people"), [(5, 1_010, 182), (60, 12_120, 2_181)])
def test_the_leak_grows_as_the_story_says(after: float, tried: int, people: int) -> None:
    """About 182 people in five minutes, about 2,180 in an hour."""
    calls = list(FEED.leak(T0, T0 + minutes(after)))
    lost = sum(Population(7).place(int(call.target.partition("=")[2])) is not None for call in calls)

    assert tried == len(calls)
    assert abs(people - lost) <= 1


def test_the_first_three_tries_are_made_by_hand() -> None:
    """Two find nobody, one finds someone; then a browser without a window goes on."""
    calls = list(FEED.leak(T0, T0 + minutes(1)))
    found = [Population(7).place(int(call.target.partition("=")[2])) is not None for call in calls[:3]]

    assert [False, False, True] == sorted(found)
    assert {"curl/8.5.0"} == {call.agent for call in calls[:3]}
    assert 1 == len({call.agent for call in calls[3:]})


def test_ordinary_customers_ask_for_themselves() -> None:
    """All of them through the storefront, logged in as the one they ask for, each from an address of her own."""
    calls = list(FEED.ordinary(T0, T0 + minutes(60)))

    assert 60 * PEAK == len(calls)
    assert all(call.to == "storefront" and call.target == f"/apps/care/session?cid={call.login}" for call in calls)
    pairs = {(call.ip, call.login) for call in calls}
    assert len({ip for ip, _ in pairs}) == len(pairs) == len({customer for _, customer in pairs})


def test_every_browser_has_an_address_of_its_own() -> None:
    """Two thousand customers, two thousand addresses."""
    visits = [FEED._visit("", T0, browser) for browser in range(ORDINARY)]

    assert ORDINARY == len({visit.ip for visit in visits})


def test_nights_are_quiet() -> None:
    """Fewest calls before dawn in New York, most in the middle of the morning."""
    night, morning = (len(list(FEED.ordinary(begin, begin + minutes(60)))) for begin in (T0 - minutes(480), T0 + minutes(60)))

    assert night * 10 < morning == 60 * PEAK


def test_stolen_tokens_are_replayed_from_another_network() -> None:
    """212 tries from the 55th minute, for people whom the leak has met by then."""
    calls = list(FEED.replay(T0, FEED.ends))
    people = Population(7)

    assert REPLAYED == len(calls)
    assert T0 + REPLAY_BEGINS == calls[0].time
    assert {("198.51.100.40", 64502, "/api/portal/documents")} == {(call.ip, call.asn, call.target) for call in calls}
    assert [people.number(place) for place in range(REPLAYED)] == [call.token_of for call in calls]


def test_a_customer_writes_at_half_past_two() -> None:
    """Ticket 5521 comes two and a half hours after the first call."""
    (call,) = [call for call in FEED.between(T0 + minutes(149), T0 + minutes(151)) if call.to == "admin"]

    assert T0 + minutes(150) == call.time
    assert "5521" == msgspec.json.decode(call.body)["ref"]


def test_every_call_has_a_reference_of_its_own() -> None:
    """A player that was killed knows by it what was done."""
    calls = list(FEED.between(T0 - minutes(20), FEED.ends + minutes(5)))

    assert len(calls) == len({call.ref for call in calls})
    assert calls == list(Feed(7, T0).between(T0 - minutes(20), FEED.ends + minutes(5)))
    assert {"storefront", "direct", "admin"} == {call.to for call in calls}


def test_no_address_can_belong_to_anybody() -> None:
    """Documentation, benchmark and private ranges only."""
    nets = [
        ipaddress.ip_network(net)
        for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")
    ]

    def is_reserved(call: PlannedCall) -> bool:
        address = ipaddress.ip_address(call.ip)
        return any(address in net for net in nets if net.version == address.version) and 64496 <= call.asn <= 65534

    assert all(is_reserved(call) for call in FEED.between(T0 - minutes(5), T0 + minutes(160)))


def test_the_platform_tells_where_everybody_lives() -> None:
    """One webhook for each customer, on the day before, with the state in the default address and no number twice."""
    webhooks = list(FEED.customers())
    told = Counter(msgspec.json.decode(webhook.body)["default_address"]["province_code"] for webhook in webhooks[ORDINARY:])

    assert PEOPLE + ORDINARY == len(webhooks) == len({webhook.ref for webhook in webhooks})
    assert (1842, 811) == (told["CA"], told["TX"])
    assert T0 - timedelta(days=1) <= webhooks[0].time < webhooks[-1].time < T0
    assert {"customers/create"} == {webhook.topic for webhook in webhooks}
    assert webhooks[:9] == list(Feed(7, T0).customers())[:9]
