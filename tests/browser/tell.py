"""`python -m browser.tell HOME PORT`: a sandbox home whose database, lake and vault hold the story of the page tests."""

import sys
from datetime import timedelta
from pathlib import Path

import django
from django.core.management import call_command


def main(path: Path, port: int) -> None:
    """The home exists and an incident is at work in it."""
    from unit.console.home import NOW, home_made  # noqa: PLC0415  # the home comes before Django's settings, which read it

    home = home_made(path, port=port)
    django.setup()
    call_command("migrate", verbosity=0)
    from hemostat.incidents.services import notices_draft_owed  # noqa: PLC0415  # its models need Django
    from hemostat.people.rights import Role  # noqa: PLC0415  # same
    from hemostat.readiness.posture import Verdict, remember  # noqa: PLC0415  # same
    from unit.console.postures import results  # noqa: PLC0415  # same
    from unit.console.story import HOSTILE, Story  # noqa: PLC0415  # same

    remember(home, results(Verdict.HOLDS), now=NOW - timedelta(days=1))
    remember(home, results(Verdict.FAILS), now=NOW)
    story = Story(home)
    incident = story.incident_at_work()
    notices_draft_owed(incident=incident, by=story.person(Role.COMPLIANCE), now=NOW)
    story.alert(
        key="second",
        rule="token-two-networks",
        title="One care token used from two networks",
        level="medium",
        people=3,
        events=9,
        summary="A token that was given to one network was used from another.",
        rows=[{"message": HOSTILE, "user_agent": HOSTILE}] * 3,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
