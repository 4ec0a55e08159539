"""An account of Twilio's, as its strict twin plays it: changes and missed recordings are found, without links and numbers."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hemostat.collect.standing import CannotRead, FeedRefused
from hemostat.events import Act
from hemostat.kernel import BadSettings, iso
from hemostat.lake.spool import SpoolFull
from hemostat.sandbox.wires.loopback import Asked, Said
from hemostat.sandbox.wires.twilio_api import TwilioAccount
from unit.collect.accounts import Account, accounts

KEY = {"account_sid": "AC1", "key_sid": "SK1", "secret": "secret-of-an-api-key"}
SECRET = "+14155550132"


class Twilio(Account):
    """An account of Twilio's."""

    def __init__(self, folder: Path, address: str, **more: Any) -> None:
        options = {"api": address, "monitor": address, "video": address, "page": 3, **more}
        super().__init__(folder, "twilio", key=KEY, secret=SECRET, **options)
        self.twin = TwilioAccount(account="AC1", key="SK1", secret="secret-of-an-api-key")
        self.twin.address = address

    def event(self, number: int, **ago: float) -> None:
        """A change of so long ago, with values that must not be kept."""
        change = {"previous": SECRET, "updated": SECRET}
        self.twin.lists["/v1/Events"].append(
            {
                "sid": f"AE{number}", "event_type": "recording.deleted", "event_date": iso(self.hand.now() - timedelta(**ago)),
                "resource_sid": "RE1", "resource_type": "recording", "description": SECRET, "actor_sid": "US1",
                "event_data": {"resource_properties": {"friendly_name": change}}, "actor_type": "user",
            }
        )  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes the two; there is one account at a time."""
    with accounts(partial(Twilio, tmp_path)) as make:
        yield make


def test_changes_page_after_page_each_once(made: Any) -> None:
    """Seven events are three pages; the next turn asks from the overlap on, and what becomes visible late is found."""
    twilio = made(parts=["events"], overlap=3600)
    for number in range(7):
        twilio.event(number, days=number)
    assert {f"AE{number}" for number in range(7)} == {each.unique for each in twilio.turn()}

    twilio.hand.move(1800)
    twilio.event(8, minutes=50)
    twilio.event(9, hours=2)  # later than this feed's overlap allows
    (found,) = twilio.turn()
    assert ("AE8", Act.RECORDING_DELETE, ("friendly_name",)) == (found.unique, found.act, found.fields)
    assert [] == twilio.fed.gaps()


def test_recordings_of_which_no_callback_told(made: Any) -> None:
    """Voice, video and compositions, in both forms of paging and of times; one that changes its state is told again."""
    twilio = made(parts=["recordings", "video", "compositions"])
    now = twilio.hand.now()
    for number in range(4):
        thing = {"sid": f"RE{number}", "status": "completed", "date_created": format_datetime(now), "uri": SECRET}
        twilio.twin.lists[twilio.twin.recordings].append(thing)
        room = {"sid": f"RT{number}", "status": "processing", "date_created": iso(now), "size": 9, "links": {"media": SECRET}}
        twilio.twin.lists["/v1/Recordings"].append(room)
    twilio.twin.lists["/v1/Compositions"].append({"sid": "CJ1", "status": "completed", "date_created": iso(now)})

    assert 9 == len({each.unique for each in twilio.turn()})
    twilio.twin.lists["/v1/Recordings"][0]["status"] = "completed"
    assert ["RT0\ncompleted"] == [each.unique for each in twilio.turn()]
    assert any("DateCreated%3E=2026-02-18" in target for target in twilio.twin.asked)


def test_a_turn_that_breaks_off_begins_again(made: Any) -> None:
    """At the second page the service fails; the place has not moved; nothing is lost, nothing comes twice."""
    twilio = made(parts=["events"])
    for number in range(5):
        twilio.event(number, hours=1)
    collector = twilio.collector()
    assert collector.poll()
    twilio.twin.faults = [(429, "60")]
    with pytest.raises(CannotRead, match="busy: 429"):
        collector.poll()
    assert "" == collector._post.place("events")
    with pytest.raises(CannotRead, match="asked us to wait"):
        collector.poll()
    twilio.hand.move(61)
    while collector.poll():
        pass
    assert 5 == len(twilio.read())


def test_a_full_spool_moves_no_place(made: Any) -> None:
    """It is asked for again."""
    twilio = made(parts=["events"], limit=1)
    twilio.event(1)
    collector = twilio.collector()
    with pytest.raises(SpoolFull):
        collector.poll()
    assert "" == collector._post.place("events")


def test_a_place_in_the_future_is_no_reason_not_to_ask(made: Any) -> None:
    """A clock was wrong once."""
    twilio = made(parts=["events"])
    twilio.fed.spool.append([], places={"cloud/events": ("2027-01-01T00:00:00.000000Z", twilio.hand.now())})
    twilio.event(1, minutes=1)
    assert 1 == len(twilio.turn())


def test_our_key_goes_to_no_other_host(made: Any) -> None:
    """A next page elsewhere is refused and told; what came is kept."""
    twilio = made(parts=["events"])
    for number in range(4):
        twilio.event(number)
    twilio.twin.address = "https://elsewhere.example"
    collector = twilio.collector()
    assert collector.poll()

    with pytest.raises(FeedRefused, match="sends us to another host"):
        collector.poll()
    assert 3 == len(twilio.read())
    assert ["refused"] == [gap.kind for gap in twilio.fed.gaps()]


def test_a_part_that_is_refused_holds_up_no_other(made: Any) -> None:
    """It is a gap until it is answered, also over a turn that broke off in between."""
    twilio = made(parts=["recordings", "events"])
    twilio.event(1)
    twilio.twin.refused = {twilio.twin.recordings}
    assert 1 == len(twilio.turn())
    detail = "Twilio does not let us read the part `recordings`"
    assert [detail] == [gap.detail for gap in twilio.fed.gaps()]

    collector = twilio.collector()
    answer = twilio.twin.answer
    twilio.twin.answer = lambda asked: answer(asked) if "Recordings" in asked.target else Said(status=503)
    with pytest.raises(CannotRead, match="busy"):
        collector.poll()
    twilio.twin.answer = answer
    twilio.twin.refused = set()
    while collector.poll():
        pass
    assert [] == twilio.fed.gaps()


def test_a_list_without_an_end_is_none(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that names itself ends the list, and so do more pages than any list has."""
    twilio = made(parts=["events"], page=1)
    for number in range(4):
        twilio.event(number)
    monkeypatch.setattr("hemostat.collect.twilio._PAGES", 2)
    assert 2 == len(twilio.turn())

    answer = twilio.twin.answer

    def itself(asked: Asked) -> Any:
        said = answer(asked)
        here = f"{twilio.twin.address}{asked.target}"
        return type(said)(body=said.body.replace(b'"next_page_url":"', b'"next_page_url":"' + here.encode() + b'","x":"'))

    monkeypatch.undo()
    twilio.twin.answer = itself
    twilio.twin.asked.clear()
    twilio.turn()
    assert 2 >= len(twilio.twin.asked)


def test_a_key_that_is_not_known_is_refused(made: Any) -> None:
    """A gap is open until we are let in; the account itself may be the user."""
    twilio = made(parts=["events"])
    twilio.fed.put_key({"account_sid": "AC1", "secret": "another-secret-of-a-test"})
    with pytest.raises(FeedRefused, match="refuses us: 401"):
        twilio.collector().poll()
    assert ["refused"] == [gap.kind for gap in twilio.fed.gaps()]
    twilio.fed.put_key(KEY)
    twilio.turn()
    assert [] == twilio.fed.gaps()


@pytest.mark.parametrize(
    ("options", "key", "reason"),
    [
        ({"parts": ["calls"]}, KEY, "The options of 'cloud'"),
        ({"page": 1001}, KEY, "The options of 'cloud'"),
        ({}, {"account_sid": "AC/../shown", "secret": "secret-of-an-api-key"}, "is no key of Twilio's"),
        ({}, b"no json, but long enough", "is no key of Twilio's"),
    ],
)
def test_wrong_settings_are_named(made: Any, options: dict[str, Any], key: Any, reason: str) -> None:
    """Before anything is asked, and without a part of the key."""
    twilio = made(**options)
    twilio.fed.put_key(key)
    with pytest.raises(BadSettings, match=reason) as caught:
        twilio.collector()
    assert "shown" not in str(caught.value) + caught.value.advice()


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/v1/Events?PageSize=50&StartDate=2026-03-01T00%3A00%3A00Z", "GET", 200),
        ("/v1/Events?PageSize=1001&StartDate=2026-03-01T00%3A00%3A00Z", "GET", 400),
        ("/v1/Events?PageSize=x&StartDate=2026-03-01T00%3A00%3A00Z", "GET", 400),
        ("/v1/Events?PageSize=50", "GET", 400),
        ("/v1/Compositions?PageSize=50&StartDate=2026-03-01T00%3A00%3A00Z", "GET", 400),
        ("/v1/Events?PageSize=50&StartDate=2026-03-01T00%3A00%3A00Z", "POST", 404),
        ("/2010-04-01/Accounts/AC2/Recordings.json", "GET", 404),
    ],
)
def test_the_twin_is_strict(target: str, method: str, status: int) -> None:
    """It refuses what the service refuses."""
    twin = TwilioAccount(account="AC1", key="k", secret="s")

    assert status == twin.answer(Asked(method=method, target=target, headers={"authorization": "Basic azpz"}, body=b"")).status
    assert 401 == twin.answer(Asked(method=method, target=target, headers={}, body=b"")).status
