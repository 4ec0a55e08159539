"""The worked cases of `tests/laws/golden`, and what an answer gets wrong about one of them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hemostat.law import Assessment, Facts, rules_load

FOLDER = Path(__file__).parent / "golden"
Case = dict[str, Any]


@cache
def cases() -> list[Case]:
    """Every worked case of every file, in the order of the files."""
    return [case | {"file": path.name} for path in sorted(FOLDER.glob("*.yaml")) for case in _read(path)["cases"]]


def _read(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # the safe one, in C


def facts_of(short: dict[str, Any]) -> Facts:
    """The facts document that a worked case abbreviates: flags not given are readable data, acquired, harm likely."""
    given = dict(short)
    return msgspec.convert(
        {
            "entity": {
                "kinds": given.pop("kinds"),
                "agent_of_covered_entity": given.pop("agent", False),
                "dfs_licensee": given.pop("dfs_licensee", False),
                "listed_company": given.pop("listed_company", False),
            },
            "discovery": {
                "known_at": given.pop("known"),
                "should_have_known_at": given.pop("should_have_known", None),
                "determined_at": given.pop("determined", None),
            },
            "affected": given.pop("people"),
            "encrypted": False,
            "key_acquired": False,
            "accessed": True,
            "acquired": True,
            "harm_likely": True,
            **given,
        },
        Facts,
    )


def faults(case: Case, answer: Assessment, *, places: frozenset[str] | None = None) -> Iterator[str]:
    """What the answer gets wrong. With `places`, only the rows of these jurisdictions are looked at."""
    owed = {duty.id: duty for duty in answer.duties}
    not_owed = {row.id: row.because for row in answer.not_owed}

    def seen(names: Any) -> set[str]:
        return {name for name in names if places is None or _place(name) in places}

    for name in sorted(seen(case.get("duties", {}))):
        wanted = case["duties"][name]
        wanted = wanted if isinstance(wanted, dict) else {"due": wanted}
        found = {field: getattr(owed[name], field) if name in owed else "not owed" for field in wanted}
        if found != wanted:
            yield f"{name}: wanted {wanted}, found {found}"
    for key, found in _sets(case, answer):
        if seen(case[key]) != seen(found):
            yield f"{key}: missing {sorted(seen(case[key]) - found)}, too many {sorted(seen(found) - set(case[key]))}"
    if missing := seen(case.get("not_owed", [])) - not_owed.keys():
        yield f"not_owed: {sorted(missing)} are owed, or were not looked at"
    if silent := [name for name, because in not_owed.items() if not because]:
        yield f"not owed without a reason: {silent}"
    if case.get("holds", []) not in ([], [hold.ends for hold in answer.holds]):
        yield f"holds: wanted {case['holds']}, found {[hold.ends for hold in answer.holds]}"
    yield from _words(case, owed, seen)


def _sets(case: Case, answer: Assessment) -> Iterator[tuple[str, set[str]]]:
    """The keys that name all duties of a sort, with those that the answer has."""
    if case.get("exact"):
        yield "duties", {duty.id for duty in answer.duties}
    if "owed" in case:
        yield "owed", {duty.id for duty in answer.duties}
    if "met" in case:
        yield "met", {duty.id for duty in answer.duties if duty.met_by == "HIPAA-IND"}


def _words(case: Case, owed: dict[str, Any], seen: Any) -> Iterator[str]:
    for name in sorted(seen(case.get("media", {}))):
        states = f"these reach it: {case['media'][name]}."
        if name not in owed or not any(sentence.endswith(states) for sentence in owed[name].because):
            yield f"{name}: does not say {states!r}"
    for key in ("says", "wording"):
        for name in sorted(seen(case.get(key, {}))):
            text = "" if name not in owed else owed[name].wording if key == "wording" else " ".join(owed[name].because)
            if case[key][name] not in text:
                yield f"{name}: does not say {case[key][name]!r}"


@cache
def _place(name: str) -> str:
    return rules_load().row(name).place
