"""`python -m browser.tell HOME PORT`: a sandbox home whose database, lake and vault hold the story of the page tests."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

if TYPE_CHECKING:
    from unit.console.story import Story


def main(path: Path, port: int) -> None:
    """The home exists and an incident is at work in it."""
    from unit.console.home import NOW, home_made  # noqa: PLC0415  # the home comes before Django's settings, which read it

    home = home_made(path, port=port)
    django.setup()
    call_command("migrate", verbosity=0)
    from hemostat.detect.trials import Version  # noqa: PLC0415  # same
    from hemostat.incidents.services import notices_draft_owed  # noqa: PLC0415  # its models need Django
    from hemostat.people.rights import Role  # noqa: PLC0415  # same
    from hemostat.readiness.posture import Verdict, remember  # noqa: PLC0415  # same
    from unit.console.postures import results  # noqa: PLC0415  # same
    from unit.console.story import HOSTILE, Story  # noqa: PLC0415  # same
    from unit.console.trying import ONLY_CARE, UNSIGNED, asked, past_filled, run  # noqa: PLC0415  # same

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
    past_filled(home)
    asked(home, story.person(Role.ENGINEER), Version(text=UNSIGNED), Version(text=ONLY_CARE))
    run(home)
    asked(home, story.person(Role.ENGINEER), Version())
    rules_told(story)


def rules_told(story: "Story") -> None:
    """A shipped rule has alerted, is muted and in tuning; own rules are watched, in doubt and broken."""
    from hemostat.alerts.mutes import mute_make  # noqa: PLC0415  # its models need Django
    from hemostat.alerts.services import alerts_raise  # noqa: PLC0415  # same
    from hemostat.alerts.standing import budgets_keep  # noqa: PLC0415  # same
    from hemostat.detect import book_of  # noqa: PLC0415  # same
    from hemostat.people.rights import Role  # noqa: PLC0415  # same
    from unit.console.home import NOW  # noqa: PLC0415  # same
    from unit.console.story import finding  # noqa: PLC0415  # same
    from unit.detect.own import PAGE_READ, rule_text  # noqa: PLC0415  # same

    staff = "9ce9c725-3339-450d-a3ec-cba96da5b4b8"
    (story.home.rules / "pages.yml").write_text(rule_text(ours="  state: watch\n"))
    (story.home.rules / "doubt.yml").write_text(rule_text(id="", title="Proves nothing", found="page:write"))
    (story.home.rules / "broken.yml").write_text("title: Broken <b>rule</b>\nlogsource: {}\ndetection: {condition: nothing}\n")
    title = "One member of staff opens a customer a minute"
    found = [finding(key=f"staff|{n}", rule=staff, title=title, group={"actor.user.uid": f"actor_{n:016d}"}) for n in range(31)]
    alerts_raise(findings=[*found, finding(key="page", rule=PAGE_READ)], batch=3, now=NOW, watched={PAGE_READ})
    given = {"store": "fernhollow", "group": {"actor.user.uid": "actor_0000000000000000"}}
    engineer = story.person(Role.ENGINEER)
    mute_make(rule=staff, by=engineer, now=NOW, until=NOW.replace(day=20), reason="The recall of lot 7, until the 20th.", **given)
    alerts_raise(findings=[finding(key="muted", rule=staff, group=given["group"])], batch=4, now=NOW)
    budgets_keep(book_of(story.home.rules).known.values(), now=NOW, daily=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
