"""What if, from the page: a question in an address, an answer beside it, nothing kept."""

import pytest

from hemostat.incidents.models import Duty, Incident
from hemostat.people.ledger import entries
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.story import PEOPLE, Story


@pytest.fixture
def incident(story: Story) -> Incident:
    """The incident at work."""
    return story.incident_at_work()


def asked(visit: Visit, incident: Incident, **given: object) -> str:
    """The page for a question: the counts as they are now, but for what is given."""
    fields = {f"people-{place}": count for place, count in PEOPLE.items()} | {"elsewhere": 3} | given
    response = visit(Role.COUNSEL).get(
        f"/incidents/{incident.ref}/what-if/", {k.replace("__", "-"): v for k, v in fields.items()}
    )
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_form_is_filled_with_what_is_so_now(visit: Visit, incident: Incident) -> None:
    """Counts, day of discovery, elements; no answer before there is a question."""
    html = visit(Role.COUNSEL).get(f"/incidents/{incident.ref}/what-if/").content.decode()

    for words in ('value="1842"', "now 1,842", 'value="2026-03-10"', "5 kinds of data leaked", "Nothing is kept"):
        assert words in html
    assert "What would follow" not in html


def test_what_appears_disappears_and_moves(visit: Visit, incident: Incident) -> None:
    """Each with its day, and the reason of what is lifted."""
    html = asked(
        visit, incident, **{"people-US-CA": 500, "people-US-OR": 0, "known": "2026-03-01", "place-1": "US-OR", "add-1": 251}
    )

    for words in (
        "Appear", "Oregon", "Disappear", "Residents of California affected: 500; it takes more than 500.", "Move",
        "9 Apr 2026 → <b>31 Mar 2026</b>", "California: 500 is at a threshold.", "With one more, owed too",
    ):  # fmt: skip
        assert words in html


def test_what_an_address_leaves_out_stays_as_it_is(visit: Visit, incident: Incident) -> None:
    """A hand-written address asks about one place."""
    html = visit(Role.COUNSEL).get(f"/incidents/{incident.ref}/what-if/?people-US-CA=500").content.decode()

    assert "CA-AG-2026" in html
    assert "Nobody in" not in html
    assert 'name="people-US-TX" inputmode="numeric" pattern="[0-9]*" value="811"' in html


def test_switches_and_elements(visit: Visit, incident: Incident) -> None:
    """Encrypted with the key safe lifts what it lifts; the form keeps what was asked."""
    html = asked(visit, incident, encrypted="yes", key_acquired="no", elements="given", element=["name", "ssn"])

    assert "The data were encrypted and the key is safe." in html
    assert '<option value="yes" selected>' in html
    assert "2 kinds of data leaked" in html


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"people-US-CA": "many"}, "Not a number of people"),
        ({"people-US-CA": "-1"}, "Not a number of people"),
        ({"people-US-CA": "9999999999"}, "Not a number of people"),
        ({"people-US-CA": "9" * 5000}, "Not a number of people"),
        ({"elsewhere": "\N{ARABIC-INDIC DIGIT THREE}"}, "Not a number of people"),
        ({"people-US-XX": "5"}, "US-XX"),
        ({"known": "yesterday"}, "Not a day of discovery"),
        ({"known": "1900-01-01"}, "known_at"),
        ({"encrypted": "perhaps"}, "Not an answer for"),
        ({"elements": "given", "element": ["shoe_size"]}, "shoe_size"),
        ({"elsewhere": "x"}, "Not a number of people"),
        ({"place-1": "US-OR", "add-1": "x"}, "Not a number of people"),
    ],
)
def test_a_question_that_cannot_be_read_is_named(
    visit: Visit, incident: Incident, given: dict[str, object], said: str
) -> None:  # fmt: skip
    """The page says which field, and shows the form again."""
    html = asked(visit, incident, **given)

    assert said in html
    assert "What would follow" not in html
    assert "See what follows" in html


def test_hostile_text_in_the_address_is_inert(visit: Visit, incident: Incident) -> None:
    """Whoever hands over an address hands over words, not markup."""
    html = asked(visit, incident, known="<script>alert(1)</script>", **{"people-<b>": "<i>"})

    assert "<script>alert" not in html
    assert "<i>" not in html


def test_nothing_is_kept(visit: Visit, incident: Incident) -> None:
    """The duties, the count and the ledger are as before."""
    before = (list(Duty.objects.values()), entries().count())
    asked(visit, incident, **{"people-US-CA": 9, "known": "2026-01-01"})

    assert before == (list(Duty.objects.values()), entries().count())


def test_before_anybody_is_counted_it_can_be_asked(story: Story, visit: Visit) -> None:
    """The question that people ask first: what if it is 600 in California?"""
    incident = story.incident()
    Incident.objects.filter(pk=incident.pk).update(elements=["name", "diagnosis"])
    page = visit(Role.ENGINEER).get(f"/incidents/{incident.ref}/what-if/", {"place-1": "US-CA", "add-1": "600"}).content.decode()

    assert "California: affected residents" in page
