"""Is every file of the lake what was written, and can a damaged one be written again?

A part is a function of its plans' messages and the settings. While the messages are still in the spool the same bytes come out,
and the manifest's SHA-256 proves it. Nothing else is ever put in place of a damaged file.
"""

import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake.manifest import plans
from hemostat.lake.pipeline import Tools, harvest
from hemostat.lake.reader import LOST, DamagedLake, given_up, standing, unchanged
from hemostat.lake.spool import Part, Spool
from hemostat.lake.writer import batches, keep, parts_of


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A part whose file is not what was written."""

    part: Part
    what: str


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one damaged part: written again, or lost and why."""

    part: Part
    repaired: bool
    what: str


def check(home: Home, spool: Spool) -> list[Damage]:
    """Every part whose file is missing, cut short or changed; given-up parts are left out."""
    found = ((part, _damage(home, part)) for part in standing(home, spool.parts()))
    return [Damage(part=part, what=what) for part, what in found if what]


def damaged(home: Home) -> list[str]:
    """Paths, within the lake, of the files that are not what was written."""
    spool = Tools(home).spool()
    try:
        return [one.part.path for one in check(home, spool)]
    finally:
        spool.close()


def strays(home: Home, spool: Spool) -> list[str]:
    """Parquet files and drafts in the lake that the manifest does not name: leftovers of interrupted runs, which nobody reads."""
    named = {part.path for part in spool.parts()}
    files = (path.relative_to(home.lake).as_posix() for path in home.lake.rglob("*batch-*") if path.is_file())
    return sorted(path for path in files if path not in named)


def repair(home: Home, spool: Spool, *, accept_loss: bool = False) -> list[Repair]:
    """Damaged parts whose messages are still in the spool are whole again.

    With `accept_loss` the others are given up: readers pass over them from now on, and the list of them stays in the lake.
    A part that was given up counts again when its file is what was written.
    """
    tools = Tools(home)
    before = given_up(home)
    found = [part for part in spool.parts() if part.path in before and not _damage(home, part)]
    done = [_repair(home, spool, tools, damage) for damage in check(home, spool)]
    lost = before - {part.path for part in found}
    if accept_loss:
        lost |= {one.part.path for one in done if not one.repaired}
    if lost != before:
        keep(home.lake / LOST, msgspec.json.encode(sorted(lost)))
    return [*(Repair(part=part, repaired=True, what="Whole again, and no longer given up.") for part in found), *done]


def _damage(home: Home, part: Part) -> str:
    try:
        unchanged(home.lake, part)
    except DamagedLake as error:
        return str(error)
    return ""


def _repair(home: Home, spool: Spool, tools: Tools, damage: Damage) -> Repair:
    part = damage.part
    for again, content in _again(home, spool, tools, part):
        if again.path == part.path and again.sha256 == part.sha256:
            keep(home.lake / part.path, content)
            return Repair(part=part, repaired=True, what="Written again from the spool; the SHA-256 is that of the manifest.")
    what = (
        f"{part.rows:,} events of {part.source} on {part.day} cannot be written again:"
        " their messages were purged from the spool, or the source's settings, whom this home recognizes, or Hemostat itself"
        " have changed since."
    )
    return Repair(part=part, repaired=False, what=what)


def _again(home: Home, spool: Spool, tools: Tools, part: Part) -> list[tuple[Part, bytes]]:
    """The files of the part's batches as their messages give them now."""
    first, last = batches(part)
    tables = [harvest(plan, spool, tools).table for plan in plans(home, first=first, last=last)]
    # Without a table, when even the plans were forgotten.
    return parts_of(batch=last, first=first, table=pa.concat_tables([SCHEMA.empty_table(), *tables]))
