"""The first events behind an alert, as they stand in the lake: pseudonyms and masked text only."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from hemostat.kernel import HemostatError
from hemostat.lake.hunt import Hunt

MOST = 12

_SQL = (
    "SELECT event_id, time, source, method, host, path, query_keys, status, auth, src_net, asn, subject, user_agent, message"
    " FROM events WHERE list_contains(string_split(?, ','), event_id) ORDER BY time, event_id"
)


def events_of(event_ids: Sequence[str]) -> tuple[list[dict[str, Any]], str]:
    """The first events of an alert, oldest first, and, when the lake cannot be read, what is wrong and what helps."""
    wanted = ",".join(event_ids[:MOST])
    if not wanted:
        return [], ""
    try:
        return Hunt(settings.HOME).query(_SQL, (wanted,)).to_pylist(), ""
    except HemostatError as error:
        return [], f"{error} {error.advice()}"
