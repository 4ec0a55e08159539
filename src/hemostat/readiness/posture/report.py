"""How checks stand, for people and programs: one row for each check, one cell for each surface."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hemostat.events import Surface

from .book import Check, checks
from .history import Standing
from .verdicts import Verdict

ORDER = (Verdict.FAILS, Verdict.UNKNOWN, Verdict.HOLDS)
"""Verdicts, the one that matters most first."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One check with the worst verdict on each surface, in the order of the vocabulary; None where it is not asked."""

    check: Check
    cells: tuple[Verdict | None, ...]


def matrix(standings: Sequence[Standing]) -> list[Row]:
    """The checks that were asked, by how they stand on each surface."""
    asked = {one.result.check for one in standings}
    return [
        Row(check=check, cells=tuple(_worst(standings, check.id, surface) for surface in Surface))
        for check in checks().values()
        if check.id in asked
    ]


def _worst(standings: Sequence[Standing], check: str, surface: str) -> Verdict | None:
    said = {one.result.answer.verdict for one in standings if one.result.check == check and surface in one.result.surfaces}
    return next((verdict for verdict in ORDER if verdict in said), None)


def of_surface(standings: Sequence[Standing], surface: str) -> list[Standing]:
    """Those about a surface, or all of them for ""; what fails stands first, then what is unknown."""
    found = [one for one in standings if one.result.check in checks() and surface in {"", *one.result.surfaces}]
    return sorted(found, key=lambda one: ORDER.index(one.result.answer.verdict))


def document(standings: Sequence[Standing], *, looked_at: datetime | None) -> dict[str, Any]:
    """The same as JSON has it."""
    return {"looked_at": looked_at, "checks": [_entry(one, checks()[one.result.check]) for one in standings]}


def _entry(one: Standing, check: Check) -> dict[str, Any]:
    told = {"check": check.id, "store": one.result.store, "surfaces": one.result.surfaces, "since": one.since}
    words = {name: getattr(check, name) for name in ("title", "case", "level", "why", "remedy", "known_by", "watched_by")}
    answer: dict[str, Any] = msgspec.to_builtins(one.result.answer, builtin_types=(datetime,))
    return {**told, **words, **answer}
