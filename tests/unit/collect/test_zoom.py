"""An account of Zoom's, as its strict twin plays it: what a webhook missed is found; what lets somebody in is not kept."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.collect.standing import CannotRead, FeedRefused
from hemostat.events import Act
from hemostat.kernel import BadSettings, iso
from hemostat.lake.pipeline import drain
from hemostat.lake.reader import read as lake_read
from hemostat.lake.spool import Incoming, SpoolFull
from hemostat.sandbox.wires import zoom as sender
from hemostat.sandbox.wires.loopback import Asked, Said
from hemostat.sandbox.wires.zoom_api import ZoomAccount
from hemostat.sources import Message, Raw, ReaderContext, read
from unit.collect.accounts import Account, accounts
from unit.collect.feeding import Hand

KEY = {"account_id": "acc-1", "client_id": "app-1", "client_secret": "app-secret-of-a-test"}
SECRET = "lets-somebody-in"


class Zoom(Account):
    """An account of Zoom's."""

    def __init__(self, folder: Path, address: str, **more: Any) -> None:
        options = {"base": f"{address}/v2", "token": f"{address}/oauth/token", "every": 60, **more}
        super().__init__(folder, "zoom", key=KEY, secret=SECRET, **options)
        self.twin = ZoomAccount(clock=self.hand, account="acc-1", client="app-1", secret="app-secret-of-a-test", page=3)

    def record(self, number: int, *, days: int = 0, uuid: str = "", **settings: Any) -> dict[str, Any]:
        """A recording of so many days ago, with all that must not be kept."""
        start = self.hand.now() - timedelta(days=days, hours=2)
        thing = {
            **sender.recording(number, host="h1", size=9)["object"],
            "uuid": uuid or f"u{number}==",
            "start_time": iso(start),
            "share_url": SECRET,
            "password": SECRET,
            "topic": SECRET,
            "recording_files": [{"id": "f", "recording_start": iso(start), "download_url": SECRET, "play_url": SECRET}],
        }
        self.twin.lists["meetings"].append(thing)
        self.twin.settings[thing["uuid"]] = {"share_recording": "internally", "password": SECRET, "topic": SECRET, **settings}
        return thing


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes the two; there is one account at a time."""
    with accounts(partial(Zoom, tmp_path)) as make:
        yield make


def test_a_recording_that_no_webhook_told_of_is_found(made: Any) -> None:
    """Of eight recordings on three pages two webhooks came; each recording has one name, whoever told of it first."""
    zoom = made(parts=[])
    things = [zoom.record(number, days=number) for number in range(8)]
    hooks = [
        sender.delivery("recording.completed", {"object": thing}, secret=b"s" * 20, at=zoom.hand.now()).body
        for thing in things[:2]
    ]

    listed = zoom.turn()
    told = [
        one.access.unique
        for body in hooks
        for one in read(
            Message(seq=1, source="cloud", received_at=zoom.hand.now(), content_type="", headers={}, body=body),
            zoom.fed.source, ReaderContext(),
        )
        if isinstance(one, Raw)
    ]  # fmt: skip

    assert [f"u{number}==" for number in range(8)] == [each.resource_id for each in listed]
    assert 8 == len({each.unique for each in listed})
    assert told == [each.unique for each in listed[:2]]
    assert [] == zoom.fed.gaps()


def test_in_the_lake_a_recording_stands_once(made: Any) -> None:
    """One that a webhook told of before it was listed, one after, one that no webhook told of."""
    zoom = made(parts=[])
    things = [zoom.record(number) for number in range(3)]

    def hooked(number: int) -> None:
        body = sender.delivery("recording.completed", {"object": things[number]}, secret=b"s" * 20, at=zoom.hand.now()).body
        now = zoom.hand.now()
        message = Incoming(source="cloud", key=f"zoom:{number}", received_at=now, content_type="", headers={}, body=body)
        zoom.fed.spool.append([message])

    hooked(0)
    collector = zoom.collector()
    while collector.poll():
        pass
    hooked(1)
    while drain(zoom.fed.home, zoom.fed.spool):
        pass

    rows = lake_read(zoom.fed.home, zoom.fed.spool.parts()).to_pylist()
    assert ["recording.completed", "recording.listed", "recording.listed"] == sorted(row["operation"] for row in rows)
    assert SECRET not in str(rows)


def test_the_next_turn_looks_back_some_days(made: Any) -> None:
    """What Zoom takes long to make is listed under the day of its meeting; what was there before adds nothing."""
    zoom = made(parts=[], days=3)
    zoom.record(1)
    assert ["u1=="] == [each.resource_id for each in zoom.turn()]

    zoom.hand.move(86_400)
    zoom.record(2, days=3)  # made late
    zoom.record(3, days=9)  # too late for this feed, by its settings
    assert ["u2=="] == [each.resource_id for each in zoom.turn()]
    assert [] == zoom.turn()


def test_a_new_feed_reads_month_after_month(made: Any) -> None:
    """Zoom answers for a month at most; a place in the future, by a clock that was wrong, is no reason not to ask."""
    zoom = made(parts=[], since=100)
    for number, days in enumerate((99, 64, 33, 1)):
        zoom.record(number, days=days)
    assert 4 == len(zoom.turn())

    zoom.fed.spool.append([], places={"cloud/recordings": ("2027-01-01", zoom.hand.now())})
    zoom.record(9)
    assert ["u9=="] == [each.resource_id for each in zoom.turn()]


def test_recordings_that_are_open(made: Any) -> None:
    """Asked once a day for each of the last month; only those that are open are told, each day anew, without its passcode."""
    zoom = made(parts=["settings"], watched=30)
    zoom.record(1, days=20, share_recording="publicly", password="")
    zoom.record(2, uuid="/a//b==", share_recording="publicly", viewer_download=True)
    zoom.record(3)

    first = [each for each in zoom.turn() if each.act is Act.ACCESS_GRANT]
    assert {("u1==", 4), ("/a//b==", 3)} == {(each.resource_id, each.severity) for each in first}
    collector = zoom.collector()
    while collector.poll():
        pass
    zoom.twin.asked.clear()
    while collector.poll():
        pass
    assert not [path for path in zoom.twin.asked if path.endswith("settings")]
    assert [] == zoom.read()

    zoom.record(4, share_recording="publicly")
    zoom.hand.move(86_400)
    while collector.poll():
        pass
    assert {"u1==", "/a//b==", "u4=="} == {each.resource_id for each in zoom.read() if each.act is Act.ACCESS_GRANT}


def test_who_saw_a_recording(made: Any) -> None:
    """Views and downloads, page after page, each once; a recording that is gone by now holds up nobody."""
    zoom = made(parts=["views"])
    zoom.record(1)
    zoom.record(2)
    zoom.record(3)["uuid"] = ""  # it cannot be asked for
    del zoom.twin.settings["u1=="]
    at = iso(zoom.hand.now())
    zoom.twin.views["u2==", "by_view"] = [{"date_time": at, "email": f"p{n}@x.example", "name": "n"} for n in range(4)]
    zoom.twin.views["u2==", "by_download"] = [{"date_time": at, "email": "p0@x.example"}]

    seen = [each.operation for each in zoom.turn() if each.act is Act.RECORDING_READ]

    assert {"recording.viewed": 4, "recording.downloaded": 1} == {word: seen.count(word) for word in seen}
    assert [] == zoom.turn()


def test_who_joined_a_meeting_that_was_recorded(made: Any) -> None:
    """Of whom no webhook told; one of whom it did has the same name; names and addresses are not kept."""
    zoom = made(parts=["participants"])
    zoom.record(1)
    time = iso(zoom.hand.now())
    people = [{"user_id": str(n), "id": f"p{n}", "join_time": time, "name": SECRET, "user_email": SECRET} for n in range(4)]
    zoom.twin.participants["u1=="] = people
    thing = {"uuid": "u1==", "participant": {"user_id": "2", "join_time": time, "user_name": SECRET}}
    hook = sender.delivery("meeting.participant_joined", {"object": thing}, secret=b"s" * 20, at=zoom.hand.now()).body

    joined = [each for each in zoom.turn() if each.act is Act.MEETING_JOIN]
    message = Message(seq=1, source="cloud", received_at=zoom.hand.now(), content_type="", headers={}, body=hook)
    (told,) = read(message, zoom.fed.source, ReaderContext())

    assert [f"p{n}" for n in range(4)] == [each.actor for each in joined]
    assert isinstance(told, Raw)
    assert told.access.unique == joined[2].unique


def test_operations_and_sign_ins(made: Any) -> None:
    """What administrators did, without its sentences; who signed in, if that is wanted."""
    zoom = made(parts=["operations", "sign-ins"])
    time = iso(zoom.hand.now() - timedelta(days=1))
    zoom.twin.lists["operation_logs"] = [
        {"time": time, "operator": f"a{n}@x.example", "category_type": "User", "action": "Add", "operation_detail": SECRET}
        for n in range(4)
    ]
    zoom.twin.lists["activity_logs"] = [{"time": time, "email": "kim@x.example", "type": "Sign in", "ip_address": "203.0.113.9"}]

    acts = [each.act for each in zoom.turn()]

    assert [Act.ACCOUNT_CHANGE] * 4 + [Act.ACCOUNT_LOGIN] == acts
    assert [] == zoom.turn()


def test_a_turn_that_breaks_off_begins_again(made: Any) -> None:
    """At the second page the service fails: what came is kept, the place has not moved, nothing is lost and nothing twice."""
    zoom = made(parts=["settings"])
    for number in range(5):
        zoom.record(number, share_recording="publicly")
    collector = zoom.collector()
    assert collector.poll()
    zoom.twin.faults = [(503, "")]
    with pytest.raises(CannotRead, match="busy: 503"):
        collector.poll()
    assert "" == collector._post.place("recordings")
    asked = 0
    while collector.poll():
        asked += 1
        if asked == 4:  # among the settings
            zoom.twin.faults = [(500, "")]
            with pytest.raises(CannotRead, match="busy: 500"):
                collector.poll()

    found = zoom.read()
    assert 5 == len({each.resource_id for each in found if each.act is Act.RECORDING_CREATE})
    assert 5 == len([each for each in found if each.act is Act.ACCESS_GRANT])
    assert 10 == len(found)


def test_a_full_spool_moves_no_place(made: Any) -> None:
    """It is asked for again."""
    zoom = made(parts=[], limit=1)
    zoom.record(1)
    collector = zoom.collector()
    with pytest.raises(SpoolFull):
        collector.poll()
    assert "" == collector._post.place("recordings")


@pytest.mark.parametrize(
    ("wait", "seconds"), [("30", 31), ("2026-03-20T12:05:00Z", 301), ("2027-01-01T00:00:00Z", 86_401), ("", 0), ("soon", 0)]
)
def test_who_asks_too_often_waits(made: Any, wait: str, seconds: int) -> None:
    """As long as the service says, a day at most, it is not asked."""
    zoom = made(parts=[])
    collector = zoom.collector()
    zoom.twin.faults = [(429, wait)]
    with pytest.raises(CannotRead, match="busy: 429"):
        collector.poll()
    before = len(zoom.twin.asked)
    if seconds:
        zoom.hand.move(seconds - 2)
        with pytest.raises(CannotRead, match="asked us to wait"):
            collector.poll()
        assert before == len(zoom.twin.asked)
    zoom.hand.move(2)
    assert collector.poll()


def test_tokens(made: Any) -> None:
    """One lasts for an hour; one that no longer counts is a refusal, after which there is a new one."""
    zoom = made(parts=[])
    collector = zoom.collector()
    while collector.poll():
        pass
    zoom.hand.move(3_500)
    while collector.poll():
        pass
    assert 1 == zoom.twin.asked.count("/oauth/token")
    zoom.hand.move(100)
    while collector.poll():
        pass
    assert 2 == zoom.twin.asked.count("/oauth/token")

    zoom.twin.forget()
    while collector.poll():
        pass
    assert 3 == zoom.twin.asked.count("/oauth/token")
    assert [] == zoom.fed.gaps()


REFUSED = "Zoom does not let us read the part `{}`"


def test_a_scope_that_is_missing_holds_up_nobody(made: Any) -> None:
    """The part is a gap until the scope is there; the others go on; after three refusals no further recording is asked for."""
    zoom = made(parts=["operations", "settings"])
    for number in range(5):
        zoom.record(number, share_recording="publicly")
    zoom.twin.refused = {"settings"}
    collector = zoom.collector()
    for _ in range(2):
        while collector.poll():
            pass
        assert [REFUSED.format("settings")] == [gap.detail for gap in zoom.fed.gaps()]
    assert 5 == len(zoom.read())
    assert 2 * 3 * 2 >= sum(path.endswith("settings") for path in zoom.twin.asked)

    zoom.twin.refused = {"operationlogs"}
    while collector.poll():
        pass
    assert [REFUSED.format("operations")] == [gap.detail for gap in zoom.fed.gaps()]
    assert 5 == len(zoom.read())
    while collector.poll():  # nothing is left to ask for by itself: that says nothing about the part
        pass
    assert [REFUSED.format("operations")] == [gap.detail for gap in zoom.fed.gaps()]


def test_one_recording_that_is_refused_hides_no_other(made: Any) -> None:
    """The others are asked for all the same; the part is a gap, for there may be something that we do not see."""
    zoom = made(parts=["settings"])
    for number in range(6):
        zoom.record(number, share_recording="publicly")
    zoom.twin.refused = {"u3%3D%3D/recordings/settings"}

    opened = {each.resource_id for each in zoom.turn() if each.act is Act.ACCESS_GRANT}

    assert {f"u{number}==" for number in range(6)} - {"u3=="} == opened
    assert [REFUSED.format("settings")] == [gap.detail for gap in zoom.fed.gaps()]


def test_an_app_that_is_not_known_is_refused(made: Any) -> None:
    """Another secret, another account; and an account that has no such list."""
    zoom = made(parts=[])
    for wrong in ({"client_secret": "another-secret-of-a-test"}, {"account_id": "acc-2"}):
        zoom.fed.put_key({**KEY, **wrong})
        with pytest.raises(FeedRefused, match="refuses us: 40"):
            zoom.collector().poll()
    zoom.fed.put_key(KEY)
    zoom.twin.faults = [(404, "")]
    with pytest.raises(FeedRefused, match="404"):
        zoom.collector().poll()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"access_token": 7}', b'{"access_token": "t", "expires_in": "x"}'])
def test_answers_that_are_none(made: Any, body: bytes) -> None:
    """What is no JSON is told; a token that is none is asked for again."""
    zoom = made(parts=[])
    zoom.twin.answer = lambda _: Said(body=body)
    collector = zoom.collector()
    if body.startswith(b"{"):
        collector.poll()
    else:
        with pytest.raises(CannotRead, match="is not what it should be"):
            collector.poll()
    zoom.fed.close()


def test_a_service_that_is_not_reached_is_told(made: Any) -> None:
    """A closed port is no refusal."""
    zoom = made(parts=[], token="http://127.0.0.1:9/oauth/token")
    with pytest.raises(CannotRead, match="not reached: ConnectError"):
        zoom.collector().poll()
    assert [] == zoom.fed.gaps()


def test_a_list_without_an_end_is_none(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that names itself ends the list, and so do more pages than any list has."""
    monkeypatch.setattr("hemostat.collect.zoom._PAGES", 3)
    zoom = made(parts=[])
    answers: list[bytes] = []

    def answer(asked: Asked) -> Said:
        if asked.target == "/oauth/token":
            return Said(body=b'{"access_token": "t", "expires_in": 3599}')
        answers.append(b"")
        return Said(body=msgspec.json.encode({"meetings": [], "next_page_token": f"p{len(answers)}"}))

    zoom.twin.answer = answer
    collector = zoom.collector()
    while collector.poll():
        pass
    assert 3 == len(answers)


@pytest.mark.parametrize(
    ("options", "key", "reason"),
    [
        ({"parts": ["chats"]}, KEY, "The options of 'cloud'"),
        ({"base": "ftp://x"}, KEY, "The options of 'cloud'"),
        ({}, {"account_id": "a-shown-account", "client": "x"}, "is no app of Zoom's"),
        ({}, b"no json, but long enough", "is no app of Zoom's"),
    ],
)
def test_wrong_settings_are_named(made: Any, options: dict[str, Any], key: Any, reason: str) -> None:
    """Before anything is asked, and without a part of the key."""
    zoom = made(**options)
    zoom.fed.put_key(key)
    with pytest.raises(BadSettings, match=reason) as caught:
        zoom.collector()
    assert "shown" not in str(caught.value) + caught.value.advice()


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/v2/accounts/me/recordings?from=2026-01-01&to=2026-03-01&page_size=1", "GET", 400),
        ("/v2/accounts/me/recordings?from=2026-03-02&to=2026-03-01&page_size=1", "GET", 400),
        ("/v2/accounts/me/recordings?from=yesterday&to=2026-03-01&page_size=1", "GET", 400),
        ("/v2/accounts/me/recordings?from=2026-03-01&to=2026-03-01&page_size=301", "GET", 400),
        ("/v2/accounts/me/recordings?from=2026-03-01&to=2026-03-01&page_size=1&next_page_token=x", "GET", 400),
        ("/v2/meetings/%2Fa%2F%2Fb%3D%3D/recordings/settings", "GET", 404),
        ("/v2/meetings/%252Fa%252F%252Fb%253D%253D/recordings/settings", "GET", 200),
        ("/v2/accounts/me/recordings?from=2026-03-01&to=2026-03-01&page_size=x", "GET", 400),
        ("/v2/report/meetings/u1%3D%3D/participants?page_size=0", "GET", 400),
        ("/v2/report/meetings/none/participants?page_size=1", "GET", 404),
        ("/v2/meetings/none/recordings/settings", "GET", 404),
        ("/v2/meetings/u1%3D%3D/recordings/transcript", "GET", 404),
        ("/v2/users", "GET", 404),
        ("/v2/users", "POST", 405),
    ],
)
def test_the_twin_is_strict(target: str, method: str, status: int) -> None:
    """It refuses what the service refuses."""
    twin = ZoomAccount(clock=Hand(), account="a", client="c", secret="s")
    twin.settings = {"u1==": {}, "/a//b==": {}}
    twin.participants = {"u1==": []}
    proof = {"authorization": "Basic Yzpz"}
    form = b"grant_type=account_credentials&account_id=a"
    token = msgspec.json.decode(twin.answer(Asked(method="POST", target="/oauth/token", headers=proof, body=form)).body)[
        "access_token"
    ]

    said = twin.answer(Asked(method=method, target=target, headers={"authorization": f"Bearer {token}"}, body=b""))

    assert status == said.status
    assert 401 == twin.answer(Asked(method=method, target=target, headers={}, body=b"")).status
