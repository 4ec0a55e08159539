"""The page of receivers: how far each is, what is in its way, and what it refused."""

import msgspec
import pytest

from hemostat.kernel import Home, Sink
from hemostat.lake.spool import Spool
from hemostat.people.ledger import entries
from hemostat.people.rights import Role
from hemostat.sinks.base import Refused, Taken
from hemostat.sinks.journal import Journal
from hemostat.sinks.tail import Place
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.sinks.made import filled, records


def test_without_a_receiver_the_page_says_how_to_set_one_up(visit: Visit) -> None:
    """And settings lead to it."""
    html = visit(Role.ENGINEER).get("/settings/forwarding/").content.decode()

    assert "No receiver is set up" in html
    assert 'href="/settings/forwarding/"' in visit(Role.ENGINEER).get("/settings/").content.decode()


def test_each_receiver_says_how_it_is(home: Home, visit: Visit, settings: object) -> None:
    """One that is behind, one that needs a person, with what it refused and why; text from outside is inert."""
    sinks = {"siem": Sink(kind="splunk", url="http://127.0.0.1:8088"), "dog": Sink(kind="datadog", url="http://127.0.0.1:9")}
    home.write(msgspec.structs.replace(home.settings(), sinks=sinks))
    settings.HEMOSTAT = home.settings()  # type: ignore[attr-defined]  # Django's settings
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=100_000_000)
    filled(home, spool, batches=1, each=7)
    spool.close()
    journal = Journal(home)
    made = records(3)
    refused = Refused(records=tuple(made), count=2, reason="OTLP: \u202eno <b>")
    taken = Taken(position=made[2].position, sent=1, refused=(refused,), late=4)
    journal.taken("siem", 0, taken, place=Place(position=5), time=NOW, now=NOW)
    journal.failed("dog", "127.0.0.1:9: the key is not accepted (403).", stopped=True, now=NOW)
    journal.failed("siem", "It is busy.", stopped=False, now=NOW)
    journal.close()

    html = visit(Role.AUDITOR).get("/settings/forwarding/").content.decode()

    for words in ("failing", "stopped", "needs a person", "Tried again by itself", "the key is not accepted", "2 of 3"):
        assert words in html
    assert "4 events were too old" in html
    assert made[0].event_id in html
    assert "\\u{202e}no &lt;b&gt;" in html


def with_a_refusal(home: Home, settings: object) -> Journal:
    """A sink that refused three events; its journal."""
    home.write(msgspec.structs.replace(home.settings(), sinks={"siem": Sink(kind="splunk", url="http://127.0.0.1:8088")}))
    settings.HEMOSTAT = home.settings()  # type: ignore[attr-defined]  # Django's settings
    journal = Journal(home)
    refused = Refused(records=tuple(records(3)), count=3, reason="Splunk: invalid data format.")
    journal.taken("siem", 0, Taken(position=9, sent=0, refused=(refused,)), place=Place(position=9), time=None, now=NOW)
    return journal


@pytest.mark.parametrize("role", list(Role))
def test_what_was_refused_and_a_period_are_sent_again_by_a_button(home: Home, visit: Visit, settings: object, role: Role) -> None:
    """Engineers and administrators ask for it, the ledger says who, and the worker does it; others find no such button."""
    journal = with_a_refusal(home, settings)
    may = role in {Role.ENGINEER, Role.ADMIN}
    client = visit(role)
    shown = client.get("/settings/forwarding/").content.decode()
    said = client.post("/settings/forwarding/retry/", {"sink": "siem"}, follow=True).content.decode()
    period = {"sink": "siem", "since": "2026-03-01T00:00", "until": "2026-03-02T00:00"}
    answer = client.post("/settings/forwarding/replay/", period)

    assert may == ("Offer them to siem again" in shown) == ("once more, within seconds: 1" in said)
    assert may == (answer.status_code == 302)
    assert [may] == [kept.again for kept in journal.kept("siem")]
    assert may == bool(journal.streams("siem"))
    acts = [(entry.act, entry.subject, entry.actor == role.value) for entry in entries("sink.siem")]
    assert ([("sink:retry", "sink.siem"), ("sink:replay", "sink.siem")] if may else []) == [one[:2] for one in acts]
    journal.close()


def test_a_period_that_is_none_is_named_and_nothing_is_sent(home: Home, visit: Visit, settings: object) -> None:
    """Backwards, no date, no such sink."""
    journal = with_a_refusal(home, settings)
    client = visit(Role.ENGINEER)
    for sink, since, until, words in (
        ("siem", "2026-03-02T00:00", "2026-03-01T00:00", "ends before it begins"),
        ("siem", "yesterday", "2026-03-01T00:00", "not given as dates"),
    ):
        form = {"sink": sink, "since": since, "until": until}
        assert words in client.post("/settings/forwarding/replay/", form, follow=True).content.decode()
    form = {"sink": "nobody", "since": "2026-03-01T00:00", "until": "2026-03-02T00:00+00:00"}
    assert 404 == client.post("/settings/forwarding/replay/", form).status_code
    assert [] == journal.streams("siem")
    assert not entries("sink.siem")
    journal.close()


def test_the_page_tells_what_was_lost_and_stays_true(home: Home, visit: Visit, settings: object) -> None:
    """It asks what changed; a repetition under way is shown, and so are events that never arrived."""
    journal = with_a_refusal(home, settings)
    client = visit(Role.ENGINEER)
    first = client.get("/settings/forwarding/pulse/")
    seen = {"If-None-Match": first.headers["ETag"]}
    assert 304 == client.get("/settings/forwarding/pulse/", headers=seen).status_code
    journal.lost("siem", mark="x", first="000000000001-00000", last="000000000001-00003", events=4, now=NOW)
    journal.replay("siem", since=NOW, until=NOW, now=NOW)

    changed = client.get("/settings/forwarding/pulse/", headers=seen).content.decode()

    assert "Never arrived: 4 events." in changed
    assert "under way" in changed
    journal.close()


def test_only_who_sees_settings_sees_it(visit: Visit) -> None:
    """Others find no such page."""
    assert {Role.ENGINEER, Role.AUDITOR, Role.ADMIN} == {
        role for role in Role if visit(role).get("/settings/forwarding/").status_code == 200
    }
