"""The answer key of the law: which duties the leak as it really was gives, whatever the responders took it for.

Who the merchant is and what went out come from the pack, whose people from the twin, the day of discovery from the first alert or
letter. Only what was done since comes from the responders: that they determined, and which notices they sent.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from hemostat.incidents.models import Incident
from hemostat.incidents.services import facts_of
from hemostat.kernel import Entry, parse_iso
from hemostat.law.engine import assess
from hemostat.law.facts import facts_decode
from hemostat.people.acts import LedgerAct

from .models import Drill
from .notices import Days
from .pack import Pack


def duties_key(*, drill: Drill, pack: Pack, incident: Incident | None, truth: dict[str, Any], entries: tuple[Entry, ...]) -> Days:
    """The duties for the people truly exposed, with their days; none when nobody was."""
    if not truth["exposed_by_state"]:
        return {}
    zone = ZoneInfo(settings.HOME.settings().organization.zone)
    done: dict[str, Any] = facts_of(incident) if incident else {"discovery": {"determined_at": None}, "events": []}
    facts = {
        "entity": {"kinds": pack.posture.entity_kinds},
        "discovery": {
            "known_at": discovered_at(drill, truth, entries).astimezone(zone).date().isoformat(),
            "determined_at": done["discovery"]["determined_at"],
        },
        "affected": truth["exposed_by_state"],
        "elements": pack.ground_truth.elements,
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "events": done["events"],
    }
    duties = msgspec.to_builtins(assess(facts_decode(msgspec.json.encode(facts))))["duties"]
    return {f"{duty['id']}@{duty['jurisdiction']}": duty["due"] for duty in duties}


def discovered_at(drill: Drill, truth: dict[str, Any], entries: tuple[Entry, ...]) -> datetime:
    """When the merchant first knew: at the first alert or letter; without either, when its logs first showed the leak."""
    alerts = [entry.at for entry in entries if entry.act == LedgerAct.ALERT_RAISE and entry.at >= drill.leak_at]
    letters = [parse_iso(truth["reported"])] if truth["reported"] else []
    return min([*alerts, *letters], default=drill.leak_at)
