"""An event of Adobe that comes by webhook and again in the journal counts once; one that the webhook missed is not lost."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from hemostat.collect import collector_of
from hemostat.kernel import Feed, SystemClock
from hemostat.lake.pipeline import Tools, drain
from hemostat.phi import Scanner
from hemostat.sandbox.wires.adobe_journal import PATH, AdobeJournal
from hemostat.sandbox.wires.loopback import served

from .adobe_desk import CLIENT, AdobeDesk

SECRET, ORGANIZATION = "p8e-a-secret-of-this-test", "4CC7D9704674CFB2138A2C54@AdobeOrg"


def test_both_ways_give_one_event_and_the_journal_what_the_webhook_missed(tmp_path: Path) -> None:
    """One came alone, under its own name; two in a batch, known by what names them within; one came by the journal only."""
    with ExitStack() as stack:
        desk = AdobeDesk(tmp_path)
        stack.callback(desk.close)
        journal = AdobeJournal(client_id=CLIENT, secret=SECRET, organization=ORGANIZATION, clock=SystemClock())
        desk.keys_at(stack.enter_context(served(desk.adobe.keys)))
        address = stack.enter_context(served(journal.answer))
        events = [made(desk, f"e-{number}") for number in range(4)]

        assert 200 == desk.event("e-0", events[0]).status
        assert 200 == desk.event("e-1", b"[" + b",".join(events[1:3]) + b"]").status
        journal.write(*(msgspec.json.decode(event) for event in events))
        fed(desk, address)

        tools, rows, again = Tools(desk.home, scanner=Scanner()), 0, 0
        while done := drain(desk.home, desk.spool, tools=tools):
            rows, again = rows + done.rows, again + done.duplicates

    assert (4, 2) == (rows, again)


def made(desk: AdobeDesk, number: str) -> bytes:
    """An event as Adobe sends it, and keeps it."""
    return desk.adobe.event(number, "observer.customer_save_commit_after", {"entity_id": 4}, time="2026-11-24T02:10:11Z")


def fed(desk: AdobeDesk, address: str) -> None:
    """What the journal has is in the spool, under the source that the webhook has."""
    options: dict[str, Any] = {"url": f"{address}{PATH}", "ims": address, "organization": ORGANIZATION}
    source = msgspec.structs.replace(desk.home.settings().sources["io"], feed=Feed(kind="adobe-journal", options=options))
    desk.home.keyring(desk.home.settings()).put("feed.io", [SECRET.encode()])
    collector = collector_of("io", source, home=desk.home, spool=desk.spool, clock=SystemClock())
    while collector.poll():
        pass
    collector.close()
