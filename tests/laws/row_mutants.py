"""Small changes of the rows of the law, one at a time, and whether any worked case notices.

Left out are changes that by their place in the row cannot change an answer: a hold on a row without a number, days that follow a
hold that moves nothing, a scope where one person is enough, a count where nobody is counted, a condition of a row that follows
another, what a HIPAA letter meets under a law that knows no such letter.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import yaml

from hemostat.kernel import BadInput, content
from hemostat.law import Rules, assess
from hemostat.law import rules as rules_module
from hemostat.law.rules import Jurisdiction
from laws.doubled import differences
from laws.worked import Case, cases, facts_of, faults

_CLASSES = ("ssn", "driver_license", "financial", "medical", "medical_id", "health_insurance", "online_credentials", "biometric")
_ROLES = ("data_holder", "service_provider", "hipaa_covered_entity", "phr_vendor", "licensed_ca_clinic")
_FEDERAL = "US"
# Rows of these follow federal ones, or are met by them.
_NEIGHBORS = frozenset({"US", "US-NY", "US-IL", "US-AZ"})
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """One change of one file: the path to the value in it, and the new value; None removes it."""

    place: str
    name: str
    path: tuple[str | int, ...]
    value: Any

    @property
    def label(self) -> str:
        """The file, the row or the law, the field, and what becomes of it."""
        field = ".".join(part for part in self.path[2 if "duties" not in self.path else 4 :] if isinstance(part, str))
        shown = " ".join(map(str, self.value)) if isinstance(self.value, list) else self.value
        return f"{self.place.lower()}.yaml: {self.name}: {field} -> {shown}"

    def applied(self) -> Jurisdiction:
        """The file with this change. Raises `msgspec.ValidationError` when no file could say so."""
        text = copy.deepcopy(_plain()[self.place])
        at = text
        for part in self.path[:-1]:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at[part]
        if self.value is None:
            at.pop(self.path[-1], None)
        else:
            at[self.path[-1]] = self.value
        return msgspec.convert(text, Jurisdiction)


@cache
def _plain() -> dict[str, Any]:
    files = (yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in sorted(_folder().glob("us*.yaml")))
    return {file["jurisdiction"]: file for file in files}


def _folder() -> Path:
    return content("law")


@cache
def _files() -> dict[str, Jurisdiction]:
    return {place: msgspec.convert(text, Jurisdiction) for place, text in _plain().items()}


def changes() -> Iterator[Change]:
    """Every change of every file."""
    for place, text in _plain().items():
        for number, law in enumerate(text["laws"]):
            name = f"{law['duties'][0]['id']} and its law"
            for path, value in _of_law(law):
                yield Change(place, name, ("laws", number, *path), value)
            for nth, duty in enumerate(law["duties"]):
                for path, value in _of_duty(duty, law):
                    yield Change(place, duty["id"], ("laws", number, "duties", nth, *path), value)


def noticed(change: Change) -> bool:
    """Does the second entry, or any worked case that touches the place, notice the change?"""
    try:
        file = change.applied()
        looked_at = _NEIGHBORS if change.place == _FEDERAL else frozenset({_FEDERAL, change.place})
        rules = Rules(
            file if place == change.place else other if place in looked_at else msgspec.structs.replace(other, laws=[])
            for place, other in _files().items()
        )
    except (BadInput, msgspec.ValidationError):
        return True
    return any(differences(rules.of(change.place))) or any(_wrong(case, rules, looked_at) for case in _touching(change.place))


def _wrong(case: Case, rules: Rules, looked_at: frozenset[str]) -> bool:
    return any(faults(case, assess(facts_of(case["facts"]), rules=rules), places=looked_at))


@cache
def _touching(place: str) -> list[Case]:
    """The cases whose facts lead to rows of this place, quick ones first."""

    def touches(facts: dict[str, Any]) -> bool:
        licensed = place == "US-CA" and "licensed_ca_clinic" in facts["kinds"]
        return place == _FEDERAL or place in facts["people"] or licensed or (place == "US-NY" and "dfs_licensee" in facts)

    return sorted((case for case in cases() if touches(case["facts"])), key=lambda case: len(case["facts"]["people"]))


def _words(kind: str, now: str | None) -> list[str]:
    """The other words of a closed vocabulary of `hemostat.law.rules`."""
    return [word for word in get_args(getattr(rules_module, kind)) if word != now]


def _of_law(law: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield ("regime",), "another"
    yield from _of_data(law)
    yield from _of_relief(law)
    if "private_action" in law:
        allowed = law["private_action"]["allowed"]
        yield from ((("private_action", "allowed"), word) for word in ("yes", "no", "unclear") if word != allowed)
    if law.get("credit_monitoring_months") is not None:
        yield from ((("credit_monitoring_months",), law["credit_monitoring_months"] + step) for step in (-1, 1))


def _of_data(law: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Which data the law reaches, and what must have happened to them."""
    reaches = law.get("reaches")
    if reaches is not None:
        yield from ((("reaches",), [other for other in reaches if other != one]) for one in reaches)
        yield from ((("reaches",), [*reaches, one]) for one in _CLASSES if one not in reaches)
    for number, later in enumerate(law.get("reaches_later", [])):
        yield from ((("reaches_later", number, "since"), later["since"] + step) for step in (-_DAY, _DAY))
        yield ("reaches_later", number, "class"), "identifier"
    if law.get("reaches_medical_verified") is not None:
        yield ("reaches_medical_verified",), not law["reaches_medical_verified"]
    if "breach" in law:
        yield from ((("breach",), word) for word in ("access", "acquisition", "either") if word != law["breach"])
    if law.get("breach") == "either":
        yield ("access_is_enough",), not law.get("access_is_enough", True)


def _of_relief(law: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """What lifts duties of the law: want of harm, encryption, a HIPAA letter."""
    for field in ("harm", "encryption"):
        if field in law:
            yield (field, "exempts"), not law[field]["exempts"]
    if law.get("harm", {}).get("exempts"):
        yield ("harm", "alone"), not law["harm"].get("alone", True)
    if "hipaa" in law:
        deemed = law["hipaa"]["deemed"]
        yield from ((("hipaa", "deemed"), word) for word in ("none", "partial", "full", "not_applicable") if word != deemed)
        if deemed in {"partial", "full"} and any(duty.get("met_by_hipaa_notice") for duty in law["duties"]):
            yield ("hipaa", "health_data_only"), not law["hipaa"].get("health_data_only", False)


def _of_duty(duty: dict[str, Any], law: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield from ((("kind",), word) for word in _words("Kind", duty["kind"]))
    yield from ((("applies_to",), word) for word in _ROLES if word != duty["applies_to"])
    yield from ((("recipient",), word) for word in _words("Recipient", duty["recipient"]))
    yield from _of_clock(duty["clock"])
    yield from _of_threshold(duty["threshold"])
    for end in ("from", "to"):
        if day := duty["effective"].get(end):
            yield from ((("effective", end), day + step) for step in (-_DAY, _DAY))
    yield ("verified", "seen"), not duty["verified"]["seen"]
    yield from (
        (("verified", "basis"), word)
        for word in ("statute_text", "regulator_page", "two_secondary", "one_secondary", "none")
        if word != duty["verified"]["basis"]
    )
    if law.get("hipaa", {}).get("deemed") in {"partial", "full"}:
        yield ("met_by_hipaa_notice",), not duty.get("met_by_hipaa_notice", False)
    yield from _of_hold(duty.get("hold", {}), numeric="value" in duty["clock"])
    if not duty.get("follows"):
        yield ("when",), "" if duty.get("when") else "exemption_used"
    yield from (((field,), None) for field in ("follows", "sent_with") if duty.get(field))
    for end, amount in duty.get("amount_usd", {}).items():
        if amount is not None:
            yield from ((("amount_usd", end), amount + step) for step in (-1, 1))


def _of_clock(clock: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield from ((("clock", "trigger"), word) for word in _words("Trigger", clock["trigger"]))
    yield from ((("clock", "relation"), word) for word in _words("Relation", clock["relation"]))
    yield from ((("clock", "standard"), word) for word in _words("Standard", clock.get("standard")))
    if "value" in clock:
        yield from ((("clock", "value"), clock["value"] + step) for step in (-1, 1))
        yield from ((("clock", "unit"), word) for word in _words("Unit", clock["unit"]))
    if clock.get("inherits_from"):
        yield ("clock", "inherits_from"), None
    if clock["relation"] == "after":
        yield ("clock", "not_after_notice"), not clock.get("not_after_notice", False)


def _of_threshold(limit: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if limit["scope"] == "no_count":
        return
    if limit["operator"] == "any":
        yield ("threshold",), limit | {"operator": "more_than", "count": 1}
        yield ("threshold",), limit | {"operator": "fewer_than", "count": 1}
        return
    yield from ((("threshold", "operator"), word) for word in _words("Operator", limit["operator"]))
    yield from ((("threshold", "count"), limit["count"] + step) for step in (-1, 1))
    everyone = {"persons_notified", "persons_notified_at_one_time", "consumers_notified_at_one_time", "total", "patients"}
    yield ("threshold", "scope"), "residents_of_one_state" if limit["scope"] == "total" else "no_count"
    if limit["scope"] != "total":
        yield ("threshold", "scope"), "residents" if limit["scope"] in everyone else "persons_notified"


def _of_hold(hold: dict[str, Any], *, numeric: bool) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if not numeric:
        return
    yield ("hold", "moves"), not hold.get("moves", False)
    if days := hold.get("then"):
        yield from ((("hold", "then"), days + step) for step in (-1, 1))
        yield from ((("hold", "unit"), word) for word in _words("Unit", hold.get("unit", "calendar_days")) if word != "hours")
        yield ("hold", "restarts"), not hold.get("restarts", False)
