"""Duties by day and by whom to tell."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest
from pytest_django import Settings as DjangoSettings

from hemostat.console.deadlines import addressee, days, deadlines, owed_by_others
from hemostat.incidents.selectors import Clock
from hemostat.kernel import Organization
from hemostat.kernel import Settings as HomeSettings

if TYPE_CHECKING:
    from hemostat.incidents.models import Duty

APRIL, MAY = date(2026, 4, 9), date(2026, 5, 9)


@dataclass
class Owed:
    """What a clock needs of a duty."""

    recipient: str
    jurisdiction: str
    due: date | None = APRIL
    recipient_name: str = "affected residents"


def clock(*owed: Any, urgency: str = "ok", days_left: int = 30) -> Clock:
    """A clock of a duty that is in no table."""
    return Clock(duty=cast("Duty", Owed(*owed)), days_left=days_left, urgency=urgency)


def test_one_mark_for_each_day_and_kind_of_recipient() -> None:
    """Five states with the same day are one mark that names them; people come before offices."""
    clocks = [
        clock("attorney_general", "US-FL"),
        clock("individuals", "US-FL"),
        clock("individuals", "US-CA"),
        clock("hhs", "US", None),
    ]

    assert ["residents CA FL", "attorney general FL"] == [mark.label for mark in deadlines(clocks)]


def test_the_whole_country_is_everybody() -> None:
    """The federal notice goes to everybody; a state beside it is still named."""
    clocks = [clock("individuals", "US", MAY), clock("individuals", "US-TX", MAY), clock("media", "US", MAY)]

    assert [("everybody affected, residents TX", "media")] == [due.told for due in days(clocks)]


def test_recipients_of_their_own_keep_their_name() -> None:
    """An office that no list names is called by its own name, with its place."""
    clocks = [clock("other_regulator", "US-NY", APRIL, "Division of State Police")]

    assert ["New York: Division of State Police"] == [mark.label for mark in deadlines(clocks)]


def test_what_is_met_is_no_deadline_any_more() -> None:
    """A met duty stays on the line, in its tone, and leaves the list of what is due."""
    clocks = [clock("individuals", "US-CA", urgency="met"), clock("individuals", "US-FL", MAY, urgency="late", days_left=-1)]

    assert [MAY] == [due.on for due in days(clocks)]
    assert ["ok", "late"] == [mark.tone for mark in deadlines(clocks)]


def test_the_place_is_said_once() -> None:
    """A name that already holds its place is left alone."""
    assert "Florida Department of Legal Affairs" == addressee("Florida Department of Legal Affairs", "US-FL")
    assert "California: affected residents" == addressee("affected residents", "US-CA")
    assert "Affected individuals" == addressee("affected individuals", "US")


@pytest.mark.parametrize(
    ("kinds", "others"),
    [
        (["hipaa_covered_entity", "merchant"], {"business_associate", "vendor"}),
        (["hipaa_business_associate"], {"covered_entity"}),
        (["hipaa_covered_entity", "hipaa_business_associate"], set()),
        (["merchant"], {"covered_entity", "business_associate", "vendor"}),
    ],
)
def test_whose_duty_it_is_hangs_on_what_the_organization_is(
    settings: DjangoSettings, kinds: list[str], others: set[str]
) -> None:  # fmt: skip
    """An associate sees the duties of the covered entity, and they are not his."""
    settings.HEMOSTAT = msgspec.structs.replace(HomeSettings(), organization=Organization(kinds=kinds))
    obligors = ("entity", "covered_entity", "business_associate", "vendor")

    assert others == {obligor for obligor in obligors if owed_by_others(obligor)}
