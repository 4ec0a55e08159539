"""What every page shows around its own content."""

from importlib.metadata import version
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from hemostat.people.rights import Right

from .moment import now


class Door(NamedTuple):
    """One entry of the main menu, for those who hold one of `rights`; for everybody when there is none."""

    name: str
    label: str
    rights: tuple[Right, ...] = ()


DOORS = (
    Door("today", "Today"),
    Door("alerts", "Alerts", (Right.SEE,)),
    Door("incidents", "Incidents", (Right.SEE, Right.RUN_DRILLS)),
    Door("law", "Law", (Right.SEE,)),
    Door("drills", "Exercises", (Right.SEE_EXERCISES,)),
    Door("coverage", "Coverage", (Right.SEE,)),
    Door("rules", "Rules", (Right.SEE,)),
    Door("posture", "Posture", (Right.SEE,)),
    Door("hunt", "Hunt", (Right.HUNT,)),
    Door("settings", "Settings", (Right.SEE_SETTINGS,)),
)


_VERSION = version("hemostat")


def is_sandbox() -> bool:
    """Is this the home of an exercise? Then every page says so."""
    return bool(settings.HEMOSTAT.kind == "sandbox")


def frame(request: HttpRequest) -> dict[str, Any]:
    """The organization, the doors that this person may open, the exercise band, and the time, read once."""
    person = getattr(request, "user", None)
    words: dict[str, Any] = {
        "organization": settings.HEMOSTAT.organization,
        "is_exercise": is_sandbox(),
        "version": _VERSION,
        "now": now(),
        "doors": [],
    }
    if person is not None and person.is_authenticated:
        here = f"/{request.path.split('/')[1]}"
        doors = [door for door in DOORS if not door.rights or any(map(person.may, door.rights))]
        words["doors"] = [
            (door.label, url, url.rstrip("/") == here.rstrip("/")) for door in doors for url in [reverse(door.name)]
        ]
        words["may_have_calendar"] = person.may(Right.SEE) or person.may(Right.RUN_DRILLS)
        words["role_words"] = ", ".join(sorted(role.label for role in person.roles)) or "no role yet"
    return words
