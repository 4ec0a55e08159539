"""Checks that held and fail now, as findings: what alerts are made of."""

from collections.abc import Iterator, Sequence

from hemostat.alerts.postures import POSTURE
from hemostat.detect.finding import Finding, place_of
from hemostat.kernel import iso

from .book import checks
from .history import Standing

_NAMED = 3


def fallen(standings: Sequence[Standing], *, environment: str) -> list[Finding]:
    """One finding for each check that held once and does not any more; it has the same key until it holds again."""
    return list(_fallen(standings, environment))


def _fallen(standings: Sequence[Standing], environment: str) -> Iterator[Finding]:
    for one in standings:
        check = checks().get(one.result.check)
        if one.fell_at is None or check is None:
            continue
        answer = one.result.answer
        places = " ".join(f"{fault.where}: {fault.what}" for fault in answer.faults[:_NAMED])
        yield Finding(
            key=f"{POSTURE}{place_of(check.id, one.result.store, one.result.surfaces[0], iso(one.fell_at))}"[:500],
            rule=f"{POSTURE}{check.id}",
            title=f"No longer so: {check.title}",
            level=check.level,
            surface=one.result.surfaces[0],
            playbook="",
            store=one.result.store,
            environment=environment,
            group={"check": check.id, "surface": one.result.surfaces[0]},
            events=0,
            people=0,
            event_ids=(),
            first_time=one.fell_at,
            last_time=one.fell_at,
            summary=f"{places} {check.why} {check.remedy}".strip(),
        )
