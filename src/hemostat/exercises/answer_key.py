"""The answer key of the law: which duties the leak as it really was gives, whatever the responders took it for.

Who the merchant is and what went out come from the pack, whose people from the twin, the day of discovery from the first alert or
letter. Only what was done since comes from the responders: that they determined, and which notices they sent.
"""

from datetime import datetime
from typing import Any

import msgspec

from hemostat.incidents.local_days import local_day
from hemostat.incidents.models import Incident
from hemostat.incidents.services import facts_of
from hemostat.kernel import Entry, parse_iso
from hemostat.law.engine import assess
from hemostat.law.facts import facts_decode
from hemostat.people.acts import LedgerAct

from .models import Drill
from .pack import Pack


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What the law asks for the leak as it really was.

    facts: the document that the law read; days: the duties with their last days; unmet: those that no other notice meets.
    """

    facts: dict[str, Any] = {}
    days: dict[str, str | None] = {}
    unmet: tuple[str, ...] = ()


def duties_key(*, drill: Drill, pack: Pack, incident: Incident | None, truth: dict[str, Any], entries: tuple[Entry, ...]) -> Key:
    """The duties for the people truly exposed; none when nobody was."""
    if not truth["exposed_by_state"]:
        return Key()
    done: dict[str, Any] = facts_of(incident) if incident else {"discovery": {"determined_at": None}, "events": []}
    facts = {
        "entity": {"kinds": pack.posture.entity_kinds},
        "discovery": {
            "known_at": local_day(discovered_at(drill, truth, entries)).isoformat(),
            "determined_at": done["discovery"]["determined_at"],
        },
        "affected": truth["exposed_by_state"],
        "elements": pack.ground_truth.elements,
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "events": [event for event in done["events"] if event["kind"].endswith("_sent") or event["kind"] == "determination"],
    }
    duties = msgspec.to_builtins(assess(facts_decode(msgspec.json.encode(facts))))["duties"]
    days = {f"{duty['id']}@{duty['jurisdiction']}": duty["due"] for duty in duties}
    unmet = tuple(f"{duty['id']}@{duty['jurisdiction']}" for duty in duties if not duty["met_by"])
    return Key(facts=facts, days=days, unmet=unmet)


def discovered_at(drill: Drill, truth: dict[str, Any], entries: tuple[Entry, ...]) -> datetime:
    """When the merchant first knew: at the first alert or letter; without either, when its logs first showed the leak."""
    alerts = [entry.at for entry in entries if entry.act == LedgerAct.ALERT_RAISE and entry.at >= drill.leak_at]
    letters = [parse_iso(truth["reported"])] if truth["reported"] else []
    return min([*alerts, *letters], default=drill.leak_at)
