"""The page of receivers: how far each is, what is in its way, and what it refused."""

import msgspec

from hemostat.kernel import Home, Sink
from hemostat.lake.spool import Spool
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

    for words in ("failing", "stopped", "needs a person", "tried again by itself", "the key is not accepted", "2 of 3"):
        assert words in html
    assert "4 events were too old" in html
    assert made[0].event_id in html
    assert "\\u{202e}no &lt;b&gt;" in html


def test_only_who_sees_settings_sees_it(visit: Visit) -> None:
    """Others find no such page."""
    assert {Role.ENGINEER, Role.AUDITOR, Role.ADMIN} == {
        role for role in Role if visit(role).get("/settings/forwarding/").status_code == 200
    }
