"""What if: the same incident under other facts, compared with now. A GET form: its address can be handed to a colleague."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.incidents.local_days import local_day
from hemostat.incidents.selectors import incident_for
from hemostat.incidents.what_if import Changes, WhatIf, facts_now, what_if
from hemostat.kernel import BadInput
from hemostat.law.elements import Element, elements
from hemostat.law.facts import FEDERAL, Facts
from hemostat.law.rules import rules_load
from hemostat.people.rights import Right

_DIGITS = 9  # more people than live anywhere
_NEW_PLACES = 3
_SWITCHES = (
    ("encrypted", "Encrypted?"),
    ("key_acquired", "Key taken?"),
    ("accessed", "Accessed?"),
    ("acquired", "Acquired?"),
    ("harm", "Harm likely?"),
)
_ANSWERS = {"": None, "yes": True, "no": False}


@dataclass(frozen=True, kw_only=True)
class Place:
    """One line of the form: a place and how many people live there, now and if."""

    code: str
    name: str
    now: int
    given: int


@dataclass(frozen=True, kw_only=True)
class Switch:
    """One question of the form: what is so now, and what is asked."""

    name: str
    label: str
    now: str
    given: str


def show(request: HttpRequest, ref: str) -> HttpResponse:
    """The form, filled with what is so now or with what was asked, and the comparison when something was asked."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    asked = bool(request.GET)
    present = facts_now(incident)
    today = local_day(now())
    found: list[WhatIf] = []

    def compute() -> str:
        found.append(what_if(incident, _changes(request.GET, present), today=today))
        return ""

    if asked:
        attempt(request, compute)
    shown = found[0].facts if found else present
    words: dict[str, Any] = {
        "incident": incident,
        "found": found[0] if found else None,
        "places": _places(present, shown),
        "new_places": range(1, _NEW_PLACES + 1),
        "more_places": [(code, name) for code, name in sorted(_names().items()) if code not in shown.affected],
        "elsewhere": (present.affected_elsewhere, shown.affected_elsewhere),
        "known_at": (present.discovery.known_at, shown.discovery.known_at),
        "switches": [_switch(request.GET, present, name, label) for name, label in _SWITCHES],
        "elements": _elements(shown.elements),
        "leaked": len(shown.elements),
    }
    return render(request, "console/what_if.html", words)


def _changes(given: QueryDict, present: Facts) -> Changes:
    """What the form asks for; what an address leaves out stays as it is.

    Raises `BadInput` that names the first field that cannot be read.
    """
    people = {name.removeprefix("people-"): value for name, value in given.items() if name.startswith("people-")}
    places = {code: _count(code, str(value)) for code, value in people.items()}
    for number in range(1, _NEW_PLACES + 1):
        code, value = given.get(f"place-{number}", ""), given.get(f"add-{number}", "")
        if code and value:
            places[code] = _count(code, value)
    elsewhere = given.get("elsewhere", "")
    return Changes(
        affected={code: count for code, count in (present.affected | places).items() if count} if places else None,
        elsewhere=_count("elsewhere", elsewhere) if elsewhere else None,
        elements=given.getlist("element") if "elements" in given else None,
        known_at=_day(given.get("known", "")),
        **{name: _answer(name, given.get(name, "")) for name, _ in _SWITCHES},
    )


def _count(place: str, text: str) -> int:
    digits = text.strip()
    # The length first: Python refuses to read a number of thousands of digits.
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS):
        raise BadInput(f"Not a number of people for {place[:20]!r}: {text[:20]!r}.", advice="Write a whole number such as 501.")
    return int(digits)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"Not a day of discovery: {text[:20]!r}.", advice="Write it like 2026-03-02.") from error


def _answer(name: str, text: str) -> bool | None:
    if text not in _ANSWERS:
        raise BadInput(f"Not an answer for {name!r}: {text[:20]!r}.", advice="Choose yes, no, or as it is now.")
    return _ANSWERS[text]


def _names() -> dict[str, str]:
    return {code: name for code, name in rules_load().names.items() if code != FEDERAL}


def _places(present: Facts, shown: Facts) -> list[Place]:
    names = _names()
    return [
        Place(code=code, name=names[code], now=present.affected.get(code, 0), given=shown.affected.get(code, 0))
        for code in sorted({*present.affected, *shown.affected}, key=lambda code: names[code])
    ]


def _switch(given: QueryDict, present: Facts, name: str, label: str) -> Switch:
    value = _harm(present) if name == "harm" else getattr(present, name)
    so = {None: "not said", True: "yes", False: "no"}[value]
    text = given.get(name, "")
    return Switch(name=name, label=label, now=so, given=text if text in _ANSWERS else "")


def _harm(present: Facts) -> bool | None:
    """What is so everywhere; None when the findings differ by place, or there are none."""
    found = set(present.harm_in.values())
    return present.harm_likely if not found else found.pop() if len(found) == 1 else None


def _elements(chosen: Iterable[str]) -> list[tuple[str, list[tuple[Element, bool]]]]:
    """The elements by class, each with whether it leaked."""
    leaked = set(chosen)
    groups: dict[str, list[tuple[Element, bool]]] = {}
    for element in elements():
        groups.setdefault(element.class_, []).append((element, element.id in leaked))
    return list(groups.items())
