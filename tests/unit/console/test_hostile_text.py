"""Text that an attacker chose is shown, and does nothing, in every view that shows it."""

import pytest

from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.story import HOSTILE, Story, lake_filled

VIEWS = [
    "/",
    "/pulse/",
    "/alerts/",
    "/alerts/pulse/",
    "/alerts/ALR-0001/",
    "/alerts/ALR-0001/pulse/",
    "/incidents/",
    "/incidents/INC-0001/",
]


def assert_inert(html: str) -> None:
    """Nothing of the hostile text acts: no tag, no control character, no direction change."""
    assert "<script>alert" not in html
    assert "<?php" not in html
    assert not {"\x1b", "\x00", "\u202e"} & set(html)


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_alerts_are_inert(story: Story, visit: Visit, view: str) -> None:
    """Title, summary, group and events of an alert come from logs that anybody can write into."""
    rows = [dict.fromkeys(("message", "user_agent", "path", "host", "method"), HOSTILE) | {"query_keys": [HOSTILE]}]
    alert = story.alert(title=HOSTILE, summary=HOSTILE, group={"src": HOSTILE}, store=HOSTILE, rows=rows)
    engineer = visit(Role.ENGINEER)
    engineer.post(f"/alerts/{alert.ref}/incident/", {"severity": "1", "commander": "ada"})

    html = engineer.get(view).content.decode()

    assert_inert(html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_hostile_rows_of_an_answer_are_inert(story: Story, visit: Visit) -> None:
    """Hunting shows what stands in the lake, column names included, and the question itself when it is wrong."""
    lake_filled(story.home, {"message": HOSTILE})
    engineer = visit(Role.ENGINEER)

    for sql in (
        "SELECT message FROM events",
        'SELECT 1 AS "<script>alert(1)</script>"',
        "SELECT '<script>alert(1)</script>' FROM nowhere",
    ):
        assert_inert(engineer.post("/hunt/", {"sql": sql}).content.decode())


def test_what_people_type_is_inert(story: Story, visit: Visit) -> None:
    """A note, a reason and a report are text, whoever wrote them."""
    incident = story.incident_at_work()
    counsel = visit(Role.COUNSEL)
    counsel.post(f"/incidents/{incident.ref}/notes/", {"text": HOSTILE, "privileged": "on"})
    counsel.post(f"/incidents/{incident.ref}/report/", {"at": "2026-03-10T13:52:00", "how": HOSTILE})

    html = counsel.get(f"/incidents/{incident.ref}/").content.decode()

    assert_inert(html)
    assert 2 <= html.count("&lt;script&gt;")


def test_a_wrong_address_is_not_repeated(visit: Visit) -> None:
    """The page for what does not exist says nothing that came with the address."""
    html = visit(Role.ENGINEER).get("/alerts/<script>alert(1)<%2Fscript>/").content.decode()

    assert_inert(html)
