"""Which state of the law's table a computation used: a digest of every row, so that a changed one can be named."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from hemostat.kernel import BadInput, canonical, content, log
from hemostat.law.elements import elements, elements_read
from hemostat.law.remedies import remedies_read, remedy_rows
from hemostat.law.rules import Row, Rules, rules_load, rules_read

from .models import LawVersion

_Mark = tuple[tuple[str, int], ...]


class _Shelf:
    """The rows as the files held them when they could last be read."""

    def __init__(self) -> None:
        self._mark: _Mark = ()

    def rules(self) -> Rules:
        """The rows; they are read anew when a file was changed. Files that cannot be used leave the last good rows in force."""
        folder = content("law")
        if (mark := _mark_of(folder)) != self._mark:
            self._mark = mark
            self._renew(folder)
        return rules_load()

    @staticmethod
    def _renew(folder: Path) -> None:
        try:
            rules_read(folder)
            elements_read(folder / "elements.yaml")
            remedies_read(folder / "remedies.yaml")
        except BadInput as error:
            log.get().error("law.unreadable", error=str(error))
            return
        for kept in (elements, remedy_rows, rules_load):
            kept.cache_clear()


_SHELF = _Shelf()


def rules_now() -> Rules:
    """The rows that clocks are computed with: as the files hold them now, so that a corrected row needs no restart."""
    return _SHELF.rules()


def law_version(rules: Rules, *, now: datetime) -> LawVersion:
    """The row that stands for these rules; a state of the table that was never seen before is kept from `now` on."""
    rows = row_digests(rules)
    whole = hashlib.sha256(canonical(rows)).hexdigest()
    return LawVersion.objects.get_or_create(sha256=whole, defaults={"seen_at": now, "rows": rows})[0]


@lru_cache(maxsize=4)
def row_digests(rules: Rules) -> dict[str, str]:
    """SHA-256 of each row with its law and place, by its id, of each remedy, and of the definitions of all elements together."""
    rows = {row.id: _digest(_content(row)) for row in rules.rows.values()}
    remedies = {row.id: _digest(msgspec.to_builtins(row)) for row in remedy_rows()}
    return rows | remedies | {"elements": _digest(msgspec.to_builtins(elements()))}


def rows_changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Ids of the rows that were added, dropped or changed between two states of the table, in order."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _mark_of(folder: Path) -> _Mark:
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.yaml")))


def _content(row: Row) -> object:
    law = msgspec.to_builtins(row.law)
    return {"place": row.place, "law": law | {"duties": []}, "rule": msgspec.to_builtins(row.rule)}


def _digest(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
