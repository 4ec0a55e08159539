"""What changed in the law, and what may change: a dated list, each entry with the rows that it closed, began or touched."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from hemostat.kernel import BadInput, content

from .files import file_read
from .rules import Record, Rules, Verified, rules_load

# The list is whole from this day on.
_SINCE = date(2022, 1, 1)
_ONE = timedelta(days=1)
# `content_only`: law, though no date, number or recipient of the table moved. `watched`: expected, or doubted by some source.
Status = Literal["in_force", "content_only", "pending", "watched", "died"]


class Change(Record, frozen=True):
    """One change of the law in a plain sentence.

    day: its first day as law, or the day that is expected; None where nobody knows it.
    was, now: ids of the rows that it closed, and of those that it began or touched.
    sources: where to check, those of its rows included.
    """

    id: str
    jurisdiction: str
    status: Status
    sentence: str
    verified: Verified
    day: date | None = None
    was: list[str] = msgspec.field(default_factory=list)
    now: list[str] = msgspec.field(default_factory=list)
    sources: list[str] = msgspec.field(default_factory=list)
    note: str = ""


class ChangeFile(Record, frozen=True):
    """What `content/law/changes.yaml` holds, and the day on which it was last compared."""

    as_of: date
    changes: list[Change]


def changes(since: date | None = None) -> list[Change]:
    """The changes from the day `since` on, newest first; those whose day nobody knows come first, whatever the day.

    Raises `BadInput` when the file is damaged or names a row that does not exist.
    """
    kept = [change for change in _all() if since is None or change.day is None or change.day >= since]
    return sorted(kept, key=lambda change: change.day or date.max, reverse=True)


def changes_of(row: str) -> list[Change]:
    """The changes that name the row, newest first."""
    return [change for change in changes() if row in {*change.was, *change.now}]


def untold() -> list[str]:
    """Rows that began since the list begins, or ended, on a day of which the list does not tell; each a sentence."""
    begun = {(name, change.day) for change in changes() for name in change.now}
    ended = {(name, change.day) for change in changes() for name in change.was}
    return [
        *(
            f"changes.yaml does not tell that {row.id} began on {begins}"
            for row in rules_load().rows.values()
            if (begins := row.rule.effective.from_) and begins >= _SINCE and (row.id, begins) not in begun
        ),
        *(
            f"changes.yaml does not tell that {row.id} ended on {last}"
            for row in rules_load().rows.values()
            if (last := row.rule.effective.to) and (row.id, last + _ONE) not in ended
        ),
    ]


def changes_read(path: Path, rules: Rules) -> ChangeFile:
    """The file, each change with the sources of its rows. Raises `BadInput` that names the file and its fault."""
    file = file_read(path, ChangeFile, schema="changes.schema.json")
    return msgspec.structs.replace(file, changes=[_sourced(change, rules) for change in file.changes])


@cache
def _all() -> list[Change]:
    return changes_read(content("law") / "changes.yaml", rules_load()).changes


def _sourced(change: Change, rules: Rules) -> Change:
    if change.jurisdiction not in rules.names:
        raise BadInput(
            f"The change {change.id} names {change.jurisdiction}, which has no file.", advice="Correct its jurisdiction."
        )
    rows = [rules.row(name) for name in (*change.was, *change.now)]
    sources = dict.fromkeys([*change.sources, *(source for row in rows for source in row.law.sources)])
    return msgspec.structs.replace(change, sources=list(sources))
