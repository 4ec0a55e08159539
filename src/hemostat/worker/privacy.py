"""Privacy requests among the events of a batch are on record before the batch counts as seen."""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from hemostat.events.vocabulary import Act
from hemostat.incidents.privacy import TOPICS, Arrived, privacy_record
from hemostat.kernel import Home, Settings
from hemostat.lake.reader import read
from hemostat.lake.spool import Part

_COLUMNS = ("event_id", "act", "store", "subject", "message", "learnt")
_KINDS = frozenset({"shopify", "shopify-audit"})


def privacy_find(home: Home, parts: Sequence[Part], *, settings: Settings, now: datetime) -> int:
    """The requests in these parts are on record, each once; how many were new."""
    other = {name for name, source in settings.sources.items() if source.kind not in _KINDS}
    asked = [part for part in parts if part.source not in other]
    if not asked:
        return 0
    table = read(home, asked, columns=_COLUMNS)
    return len(privacy_record(arrived=_arrived(table), now=now))


def _arrived(table: pa.Table) -> list[Arrived]:
    found = table.filter(pc.and_(pc.equal(table["act"], Act.PRIVACY_REQUEST.value), pc.is_in(table["message"], pa.array(TOPICS))))
    return [
        Arrived(
            event_id=row["event_id"],
            store=row["store"],
            topic=row["message"],
            subject=row["subject"] or "",
            received_at=row["learnt"],
        )
        for row in found.to_pylist()
    ]
