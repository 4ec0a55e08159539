"""The feed `adobe-journal` against a twin of Adobe: nothing lost while a webhook is off, nothing twice, what is gone is told."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hemostat.collect import Post, adobe_journal, collector_of
from hemostat.collect.adobe_journal import Journal
from hemostat.collect.standing import CannotRead, FeedRefused
from hemostat.kernel import BadSettings, Feed, Source
from hemostat.sandbox.wires.adobe_journal import PATH, AdobeJournal
from hemostat.sandbox.wires.loopback import Asked, Said, served
from unit.collect.feeding import Fed, Hand

if TYPE_CHECKING:
    from datetime import datetime

CLIENT, SECRET, ORGANIZATION = "0123456789abcdef", "p8e-a-secret-of-this-test", "4CC7D9704674CFB2138A2C54@AdobeOrg"


def event(number: int) -> dict[str, Any]:
    """A change of a customer, as Commerce tells it."""
    return {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "urn:uuid:1902bc50-0000-41e8-955b-af4a9667823f",
        "type": "com.adobe.commerce.observer.customer_save_commit_after",
        "time": "2026-11-24T02:10:11Z",
        "eventid": f"e-{number}",
        "recipientclientid": CLIENT,
        "data": {"value": {"entity_id": number}},
    }


class Reading:
    """A home that reads a journal, and a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = Hand()
        self.adobe = AdobeJournal(client_id=CLIENT, secret=SECRET, organization=ORGANIZATION, clock=self.clock)
        self.fed = Fed(folder, "adobe-journal", reader="adobe-events")
        self.fed.put_key(SECRET.encode())
        self.address = ""
        self._feed: Journal | None = None

    def source(self, **options: Any) -> Source:
        """The source as the settings name it."""
        given = {"url": f"{self.address}{PATH}", "ims": self.address, "organization": ORGANIZATION, "batch": 2, **options}
        return Source(
            kind="adobe-events", store="fernhollow", options={"client_id": CLIENT}, feed=Feed(kind="adobe-journal", options=given)
        )

    def feed(self, **options: Any) -> Journal:
        """What reads the journal; made anew for other options, as after a restart."""
        if self._feed is None or options:
            self.close()
            source = self.source(**options)
            assert source.feed
            post = Post("cloud", source, home=self.fed.home, spool=self.fed.spool, clock=self.clock)
            made = adobe_journal.collector(post, source.feed.options)
            assert isinstance(made, Journal)
            self._feed = made
        return self._feed

    def poll(self, *, seconds: float = 60.0, **options: Any) -> list[str]:
        """The numbers of the events that came until the journal had no more, so many seconds later."""
        self.clock.move(seconds)
        feed = self.feed(**options)
        while feed.poll():
            pass
        return [msgspec.json.decode(message.body)["id"] for message in self.fed.kept()]

    def gaps(self) -> list[tuple[str, str]]:
        """Kind and detail of each open gap."""
        return [(gap.kind, gap.detail) for gap in self.fed.gaps()]

    def close(self) -> None:
        """The feed has ended; a new one knows nothing but what is on disk."""
        if self._feed:
            self._feed.close()
        self._feed = None


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Reading]:
    """An empty journal."""
    made = Reading(tmp_path)
    with served(made.adobe.answer) as address:
        made.address = address
        yield made
        made.close()
        made.fed.close()


def test_the_journal_is_read_from_its_oldest_event_on_and_each_comes_once(reading: Reading) -> None:
    """Batch after batch by the journal's own link, across restarts, whatever the size of its units."""
    reading.adobe.write(*map(event, range(7)))

    assert [f"e-{number}" for number in range(7)] == reading.poll()
    assert [] == reading.poll()
    reading.close()
    reading.adobe.write(event(7))

    assert ["e-7"] == reading.poll()
    assert any("limit=2" in call and "since=camel" in call for call in reading.adobe.calls)
    assert [] == reading.gaps()


def test_an_answer_without_a_link_is_followed_by_its_last_position(reading: Reading) -> None:
    """The contract has both; what the body says is enough."""
    reading.adobe.link = False
    reading.adobe.write(*map(event, range(5)))

    assert [f"e-{number}" for number in range(5)] == reading.poll()
    assert [] == reading.poll()


def test_a_kill_between_answers_loses_and_doubles_nothing(reading: Reading) -> None:
    """Events and place are on disk together: killed before that, they are asked for again; after it, they are not."""
    reading.adobe.write(*map(event, range(6)))
    assert reading.feed().poll()
    killed(reading, after=False)
    killed(reading, after=True)

    assert [f"e-{number}" for number in range(6)] == reading.poll()


def test_at_the_end_we_rest_as_long_as_adobe_asks(reading: Reading) -> None:
    """An empty answer says when to ask again; until then nobody is asked."""
    reading.adobe.rest = 300
    reading.poll()
    calls = len(reading.adobe.calls)
    reading.adobe.write(event(1))

    assert [] == reading.poll(seconds=100)
    assert calls == len(reading.adobe.calls)
    assert ["e-1"] == reading.poll(seconds=201)


def test_a_week_of_silence_is_no_gap(reading: Reading) -> None:
    """Our position expires with the last event, though nothing was missed: the journal is read from its beginning."""
    reading.adobe.write(event(1))
    assert ["e-1"] == reading.poll()
    for _ in range(10):
        assert [] == reading.poll(seconds=86_400)
    reading.adobe.write(event(2))

    assert ["e-2"] == reading.poll(seconds=600)
    assert [] == reading.gaps()


def test_what_expired_unread_is_a_gap_with_its_period(reading: Reading) -> None:
    """Ten days away: what Adobe threw away meanwhile is named, and what it still has is read."""
    reading.adobe.write(event(1))
    reading.poll()
    begin = reading.clock.now()
    reading.adobe.write(event(2))
    reading.clock.move(9 * 86_400)
    reading.adobe.write(event(3))

    assert ["e-3"] == reading.poll(seconds=86_400)
    (gap,) = reading.fed.gaps()
    until = reading.clock.now()
    assert ("sequence", begin) == (gap.kind, gap.since)
    assert f"{begin:%Y-%m-%d %H:%M} to " in gap.detail
    assert f"{begin:%Y-%m-%d}" < gap.detail.split(" to ")[1][:10] < f"{until:%Y-%m-%d}"


def test_a_backlog_that_was_cut_short_is_not_taken_for_read(reading: Reading) -> None:
    """We read the first batch of many and were away for ten days: the rest of it is in the gap."""
    reading.adobe.write(*map(event, range(9)))
    begin = reading.clock.now()
    assert reading.feed().poll()

    reading.poll(seconds=10 * 86_400)

    (gap,) = reading.fed.gaps()
    assert gap.since < begin


def test_a_place_that_expired_while_we_were_away_twice_is_one_whole_gap(reading: Reading) -> None:
    """Told to begin anew, we were away again before we did: what expired meanwhile is in the gap too."""
    reading.adobe.write(event(1))
    reading.poll()
    begin = reading.clock.now()
    reading.clock.move(9 * 86_400)
    assert reading.feed().poll()  # the place is given up
    reading.adobe.write(event(2))
    reading.close()
    lost_at = reading.clock.now()

    assert [] == reading.poll(seconds=8 * 86_400)
    (gap,) = reading.fed.gaps()
    assert gap.since == begin
    assert f"{lost_at:%Y-%m-%d %H:%M}" <= gap.detail.split(" to ")[1][:16]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 5)),
        st.tuples(st.just("poll"), st.integers(1, 4)),
        st.tuples(st.just("away"), st.integers(1, 250)),
        st.tuples(st.just("kill"), st.booleans()),
        st.tuples(st.just("revoke"), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("write", 5), ("poll", 1), ("away", 240), ("kill", False), ("write", 1), ("away", 200), ("poll", 4)])
def test_every_event_comes_once_or_is_in_a_gap(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Any]]) -> None:
    """From the first look on: whatever is written, read, killed before or after a commit, revoked, however long we are away."""
    reading = Reading(tmp_path_factory.mktemp("journal"))
    written: dict[str, datetime] = {}
    came: list[str] = []
    with served(reading.adobe.answer) as address:
        reading.address = address
        for what, much in [("poll", 1), *steps, ("poll", 50)]:
            reading.clock.move(30)
            if what == "write":
                for _ in range(much):
                    written[f"e-{len(written)}"] = reading.clock.now()
                    reading.adobe.write(event(len(written) - 1))
            elif what == "away":
                reading.close()
                reading.clock.move(much * 3600)
            elif what == "revoke":
                reading.adobe.tokens.clear()
            elif what == "kill":
                killed(reading, after=much)
            else:
                for _ in range(much):
                    reading.feed().poll()
            came += [msgspec.json.decode(message.body)["id"] for message in reading.fed.kept()]
        gaps = [(gap.since, gap.detail.split(" to ")[1][:16]) for gap in reading.fed.gaps()]
        reading.close()
        reading.fed.close()

    assert len(came) == len(set(came))
    for number in written.keys() - set(came):
        at = written[number]
        assert any(since <= at and f"{at:%Y-%m-%d %H:%M}" <= until for since, until in gaps)


def killed(reading: Reading, *, after: bool) -> None:
    """One look that ends before its commit, or right after it; what reads the journal is gone."""
    spool = reading.fed.spool
    append = spool.append

    def dying(*given: Any, **named: Any) -> None:
        if after:
            append(*given, **named)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "append", dying)
        with suppress(KeyboardInterrupt):
            reading.feed().poll()
    reading.close()


def test_another_registration_is_read_from_its_beginning(reading: Reading) -> None:
    """A place counts in its own journal only."""
    reading.adobe.write(event(1))
    reading.poll()
    other = PATH.replace("f89067f2", "a0000000")
    twin = AdobeJournal(client_id=CLIENT, secret=SECRET, organization=ORGANIZATION, clock=reading.clock)
    twin.write(event(5))

    def answer(asked: Asked) -> Said:
        said = twin.answer(msgspec.structs.replace(asked, target=asked.target.replace(other, PATH)))
        return msgspec.structs.replace(said, headers={k: v.replace(PATH, other) for k, v in said.headers.items()})

    with served(answer) as address:
        assert ["e-5"] == reading.poll(url=f"{address}{other}", ims=address)


def test_a_token_serves_until_it_ends(reading: Reading) -> None:
    """One token for many calls; a new one before it ends; and one that Adobe ended early is replaced at once."""
    reading.adobe.lives = 3600
    reading.poll()
    reading.poll()
    assert 1 == len(reading.adobe.tokens)
    reading.poll(seconds=3400)
    assert 2 == len(reading.adobe.tokens)
    reading.adobe.tokens.clear()
    reading.adobe.write(event(1))

    assert ["e-1"] == reading.poll()
    assert [] == reading.gaps()


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        ("secret", "another", "no token"),
        ("client_id", "fedcba9876543210", "no token"),
        ("organization", "OTHER@AdobeOrg", "refuses the journal"),
    ],
)
def test_whoever_is_not_let_in_is_told_without_the_secret(reading: Reading, attribute: str, value: str, words: str) -> None:
    """A gap stays open until we are let in again."""
    was = getattr(reading.adobe, attribute)
    setattr(reading.adobe, attribute, value)

    with pytest.raises(FeedRefused, match=words) as caught:
        reading.poll()

    assert SECRET not in f"{caught.value}{caught.value.advice()}"
    assert [("refused", "the feed does not let us in")] == reading.gaps()
    setattr(reading.adobe, attribute, was)
    reading.adobe.write(event(1))
    assert ["e-1"] == reading.poll()
    assert [] == reading.gaps()


def test_a_new_secret_counts_without_a_restart(reading: Reading) -> None:
    """Adobe lets two secrets stand side by side; ours is read for each token."""
    reading.poll()
    reading.adobe.secret = "p8e-the-next-secret-of-this-test"
    reading.fed.put_key(reading.adobe.secret.encode())
    reading.adobe.tokens.clear()
    reading.adobe.write(event(1))

    assert ["e-1"] == reading.poll()


def test_a_token_that_never_counts_is_a_refusal(reading: Reading) -> None:
    """Two in a row that are not taken are no accident."""
    reading.adobe.lives = 0

    with pytest.raises(FeedRefused, match="401"):
        reading.poll()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_adobe_is_asked_again_when_it_says(reading: Reading, status: int) -> None:
    """Nothing is lost, and nobody is asked before the time."""
    reading.adobe.faults, reading.adobe.rest = [status], 120
    reading.adobe.write(event(1))

    with pytest.raises(CannotRead, match=str(status)):
        reading.poll()
    assert [] == reading.poll(seconds=60)
    assert ["e-1"] == reading.poll(seconds=61)
    assert [] == reading.gaps()


@pytest.mark.parametrize("status", [400, 403, 404, 302])
def test_other_answers_are_refusals(reading: Reading, status: int) -> None:
    """A registration that is gone, a request that is none; redirects are not followed with our token."""
    reading.adobe.faults = [status]

    with pytest.raises(FeedRefused, match=str(status)):
        reading.poll()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(body=b"<html>"), CannotRead),
        (Said(body=b"[" * 5000), CannotRead),
        (Said(body=b'{"events":[{"position":"x"}]}'), CannotRead),
        (Said(body=b'{"events":5}'), CannotRead),
        (Said(body=b"\xff"), CannotRead),
        (Said(body=b"{}", headers={"link": '<https://evil.example/x?since=1>; rel="next"'}), FeedRefused),
        (Said(body=b"{}", headers={"link": f'<{PATH}?latest=true>; rel="next"'}), FeedRefused),
        (Said(status=410), FeedRefused),
    ],
)
def test_an_answer_that_is_none_is_told(reading: Reading, said: Said, error: type[Exception]) -> None:
    """And the token goes to no other address than that of the journal."""
    with served(lambda asked: said if asked.method == "GET" else reading.adobe.answer(asked)) as address, pytest.raises(error):
        reading.poll(url=f"{address}{PATH}", ims=address)


def test_an_event_of_any_shape_is_kept(reading: Reading) -> None:
    """What names itself is kept under its name, what does not under its bytes: the reader decides what it is."""
    body = b'{"events":[{"event":{"eventid":"x y"}},{"event":[1]},{"event":"odd"},{"event":{"event_id":"n-1"}}]}'
    answers = iter([Said(body=body), *[Said(status=204)] * 3])
    with served(lambda asked: next(answers) if asked.method == "GET" else reading.adobe.answer(asked)) as address:
        feed = reading.feed(url=f"{address}{PATH}", ims=address)
        assert feed.poll()
        assert not feed.poll()

    assert [b'{"eventid":"x y"}', b"[1]", b'"odd"', b'{"event_id":"n-1"}'] == [message.body for message in reading.fed.kept()]


@pytest.mark.parametrize(
    "said",
    [
        Said(status=503), Said(body=b"no json"), Said(body=b'{"access_token":"a\\nb"}'), Said(body=b'{"access_token":5}'),
        Said(body=b'{"access_token":"x","expires_in":-1}'),
    ],
)  # fmt: skip
def test_a_token_that_is_none_is_told(reading: Reading, said: Said) -> None:
    """Whatever the server of the tokens says."""
    with served(lambda _: said) as address, pytest.raises(CannotRead):
        reading.poll(ims=address)


def test_an_adobe_that_is_away_is_asked_again(reading: Reading) -> None:
    """The error names neither address nor secret."""
    with pytest.raises(CannotRead, match="ConnectError"):
        reading.poll(ims="http://127.0.0.1:9")


def test_a_huge_answer_is_not_read_to_its_end(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has a bound."""
    monkeypatch.setattr(adobe_journal, "_MOST_BYTES", 1000)
    reading.adobe.write(event(1) | {"data": "x" * 5000})

    with pytest.raises(CannotRead, match="too large"):
        reading.poll()


@pytest.mark.parametrize(
    "options",
    [
        {"url": "https://journal.evil.example/x"},
        {"url": "http://events.adobe.io/x"},
        {"ims": "https://adobelogin.com.evil.example"},
        {"organization": "me"},
        {"batch": 0},
        {"other": 1},
    ],
)
def test_wrong_options_are_told(reading: Reading, options: dict[str, Any]) -> None:
    """Secrets go to Adobe by https, or to a twin on this machine."""
    with pytest.raises(BadSettings):
        reading.feed(**options)


def test_the_source_must_be_one_of_adobes_events(reading: Reading) -> None:
    """It holds the client ID; and the key must be text."""
    source = msgspec.structs.replace(reading.source(), options={})
    with pytest.raises(BadSettings, match="client_id"):
        collector_of("cloud", source, home=reading.fed.home, spool=reading.fed.spool, clock=reading.clock)
    reading.fed.put_key(b"\xff" * 32)
    with pytest.raises(BadSettings, match="no client secret"):
        reading.feed()


def test_the_twin_refuses_what_adobe_refuses(reading: Reading) -> None:
    """Other addresses, other methods, tokens without a scope or a form, limits that are none, and strange positions."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    body = f"grant_type=client_credentials&client_id={CLIENT}&client_secret={SECRET}".encode()
    token = {"authorization": "Bearer token-0", "x-api-key": CLIENT, "x-ims-org-id": ORGANIZATION}

    def status(method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> int:
        return reading.adobe.answer(Asked(method=method, target=target, headers=headers or {}, body=body)).status

    assert [400, 400, 200] == [
        status("POST", "/ims/token/v3", body=body),
        status("POST", "/ims/token/v3", form, body),
        status("POST", "/ims/token/v3", form, body + b"&scope=adobeio_api"),
    ]
    assert [404, 404, 401] == [status("GET", "/else"), status("POST", PATH, token), status("GET", PATH)]
    queries = ("limit=0", "limit=x", "after=1", "since=camel:none", "latest=true")
    assert [400, 400, 400, 404, 204] == [status("GET", f"{PATH}?{query}", token) for query in queries]
