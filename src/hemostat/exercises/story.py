"""The story of a run: what was planned against what really happened, and what people did, in one order of the story's time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hemostat.kernel import Entry, parse_iso
from hemostat.people.acts import LedgerAct

from .models import Drill
from .pack import Pack, Planned

_MINUTE = 60.0
_TOLD = {
    LedgerAct.ALERT_RAISE: "alert {subject} was raised",
    LedgerAct.ALERT_ACKNOWLEDGE: "{subject} acknowledged",
    LedgerAct.INCIDENT_OPEN: "incident {subject} opened",
    LedgerAct.STEP_REQUEST: "asked for a second person: {step}",
    LedgerAct.STEP_SECOND: "confirmed as second person: {step}",
    LedgerAct.STEP_EXECUTE: "done: {step}",
    LedgerAct.STEP_COMPLETE: "done: {step}",
    LedgerAct.STEP_FAIL: "failed: {step}",
    LedgerAct.INCIDENT_CONTAIN: "the path is closed, shown by probe",
    LedgerAct.INCIDENT_REOPEN: "the path is open again",
    LedgerAct.SCOPE_RECORD: "people counted: {total}",
    LedgerAct.NOTICE_DRAFT: "notice drafted: {title}",
    LedgerAct.NOTICE_SEND: "notice on record as sent: {title}",
    LedgerAct.EXERCISE_END: "the exercise ended",
}
TWIN = "sandbox"
"""Who records what the twin knows when a person, who cannot ask it, ended the drill."""


def timeline(*, pack: Pack, drill: Drill, truth: dict[str, Any], known_by: int, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Planned lines and acts. An act names its ledger entry, a planned line what became of it and the entry that knows it."""
    planned = [
        {
            "minute": line.at,
            "text": line.text,
            "kind": "story",
            "by": "",
            "entry": known_by,
            "real": real(line, pack, drill, truth),
        }
        for line in pack.timeline
    ]
    acts = [
        {
            "minute": minute(entry.at, drill),
            "text": _words(entry),
            "kind": "act",
            "by": entry.actor,
            "entry": entry.seq,
            "real": None,
        }
        for entry in entries
        if entry.act in set(_TOLD) and entry.at >= drill.leak_at and entry.actor != TWIN
    ]
    # What was planned for a minute stands before what people did in it
    return sorted([*planned, *acts], key=lambda line: (line["minute"], line["kind"] == "act", line["entry"]))


def real(line: Planned, pack: Pack, drill: Drill, truth: dict[str, Any]) -> dict[str, Any]:
    """Whether and when a planned line really happened; if not, why."""
    moment = _moment(line, pack, drill, truth)
    if moment is not None:
        return {"happened": True, "minute": minute(moment, drill), "words": f"happened at minute {minute(moment, drill):.1f}"}
    return {"happened": False, "minute": None, "words": _why_not(line, drill, truth)}


def minute(moment: datetime, drill: Drill) -> float:
    """Minutes of the story since the first planted event."""
    return round((moment - drill.leak_at).total_seconds() / _MINUTE, 2)


def _moment(line: Planned, pack: Pack, drill: Drill, truth: dict[str, Any]) -> datetime | None:
    match line.event:
        case "exposure":
            minutes = (moment for moment, _ in truth["curve"] if minute(parse_iso(moment), drill) >= line.at)
            first = next(minutes, None)
        case "last_attempt":
            first = truth["last_attempt"] if truth["attempts"] >= pack.ground_truth.attempts else None
        case _:
            first = truth[line.event]
    return parse_iso(first) if first else None


def _why_not(line: Planned, drill: Drill, truth: dict[str, Any]) -> str:
    if line.at > minute(drill.ended_at or drill.step_at, drill):
        return "the drill ended before"
    return "did not happen" if truth["path_open"] or truth["tokens_live"] else "the leak was closed before"


def _words(entry: Entry) -> str:
    step = entry.subject.rpartition("/")[2].replace("-", " ")
    return _TOLD[LedgerAct(entry.act)].format_map({"subject": entry.subject, "step": step, **entry.payload})
