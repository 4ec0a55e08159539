"""`python -m browser.tell HOME PORT`: a sandbox home whose database, lake and vault hold the story of the page tests."""

import sys
from pathlib import Path

import django
from django.core.management import call_command


def main(path: Path, port: int) -> None:
    """The home exists and an incident is at work in it."""
    from unit.console.home import NOW, home_made  # noqa: PLC0415  # the home comes before Django's settings, which read it

    home = home_made(path, port=port)
    django.setup()
    call_command("migrate", verbosity=0)
    from hemostat.detect.trials import Version  # noqa: PLC0415  # same
    from hemostat.incidents.services import notices_draft_owed  # noqa: PLC0415  # its models need Django
    from hemostat.people.rights import Role  # noqa: PLC0415  # same
    from unit.console.story import HOSTILE, Story  # noqa: PLC0415  # same
    from unit.console.trying import ONLY_CARE, UNSIGNED, asked, past_filled, run  # noqa: PLC0415  # same

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
    past_filled(home)
    asked(home, story.person(Role.ENGINEER), Version(text=UNSIGNED), Version(text=ONLY_CARE))
    run(home)
    asked(home, story.person(Role.ENGINEER), Version())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
