"""Duties as people look for them: by day, then by whom to tell. The law's own words stay in the table of clocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings

from hemostat.drawings import Deadline
from hemostat.incidents.selectors import Clock
from hemostat.law.rules import rules_load

_RECIPIENTS = {
    "individuals": "residents",
    "attorney_general": "attorney general",
    "media": "media",
    "hhs": "HHS",
    "ftc": "FTC",
    "consumer_reporting_agencies": "credit bureaus",
    "covered_entity": "covered entity",
}
_TONES = ("late", "near", "plain", "ok")
_TONE_OF_URGENCY = {"met": "ok", "late": "late", "near": "near"}


@dataclass(frozen=True, kw_only=True)
class Due:
    """One day on which duties end: those to tell, in words, and the most pressing tone among them."""

    on: date
    days_left: int
    urgency: str
    told: tuple[str, ...]
    duties: int


@cache
def _names() -> dict[str, str]:
    return dict(rules_load().names)


def addressee(recipient_name: str, jurisdiction: str) -> str:
    """Whom a duty tells, with the place when the name does not say it already."""
    place = _names().get(jurisdiction, jurisdiction)
    if jurisdiction in {"", "US"} or place in recipient_name:
        return recipient_name[:1].upper() + recipient_name[1:]
    return f"{place}: {recipient_name}"


def owed_by_others(obligor: str) -> bool:
    """Is a duty of this obligor not the organization's own? An associate that holds data for others sees theirs too."""
    kinds = set(settings.HEMOSTAT.organization.kinds)
    own = {"entity"}
    own |= {"covered_entity"} if "hipaa_covered_entity" in kinds else set()
    own |= {"business_associate", "vendor"} if "hipaa_business_associate" in kinds else set()
    return obligor not in own


def deadlines(clocks: Iterable[Clock]) -> list[Deadline]:
    """The marks of the line of clocks: one for each day and kind of recipient, with the places in short."""
    groups: dict[tuple[date, str, str], list[Clock]] = {}
    for clock in clocks:
        if clock.duty.due:
            tone = _TONE_OF_URGENCY.get(clock.urgency, "plain")
            groups.setdefault((clock.duty.due, clock.duty.recipient, tone), []).append(clock)
    order = sorted(groups, key=lambda key: (key[0], _TONES.index(key[2]), _rank(key[1])))
    return [Deadline(on=on, label=_label(recipient, groups[on, recipient, tone]), tone=tone) for on, recipient, tone in order]


def days(clocks: Iterable[Clock]) -> list[Due]:
    """The days on which unmet duties end, the next one first."""
    groups: dict[date, list[Clock]] = {}
    for clock in clocks:
        if clock.duty.due and clock.urgency != "met":
            groups.setdefault(clock.duty.due, []).append(clock)
    return [_due(on, groups[on]) for on in sorted(groups)]


def _due(on: date, clocks: Sequence[Clock]) -> Due:
    kinds: dict[str, list[Clock]] = {}
    for clock in clocks:
        kinds.setdefault(clock.duty.recipient, []).append(clock)
    told = tuple(_label(recipient, found) for recipient, found in sorted(kinds.items(), key=lambda kind: _rank(kind[0])))
    return Due(on=on, days_left=clocks[0].days_left or 0, urgency=clocks[0].urgency, told=told, duties=len(clocks))


def _rank(recipient: str) -> int:
    """People come before offices, and offices before those that the table does not name."""
    known = list(_RECIPIENTS)
    return known.index(recipient) if recipient in _RECIPIENTS else len(known)


def _label(recipient: str, clocks: Sequence[Clock]) -> str:
    codes = sorted({clock.duty.jurisdiction.removeprefix("US-") for clock in clocks} - {"US", ""})
    if recipient not in _RECIPIENTS:
        return ", ".join(dict.fromkeys(addressee(clock.duty.recipient_name, clock.duty.jurisdiction) for clock in clocks))
    named = f"{_RECIPIENTS[recipient]} {' '.join(codes)}" if codes else ""
    whole = any(clock.duty.jurisdiction in {"US", ""} for clock in clocks)
    everybody = "everybody affected" if recipient == "individuals" else _RECIPIENTS[recipient]
    return ", ".join(part for part in (everybody if whole else "", named) if part)
