"""The acts of a response as sentences: what the ledger keeps as `thing:verb`, a timeline says in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hemostat.incidents.selectors import Room

_QUIET = frozenset({"step:ready"})
_SYSTEMS = {"playbook": "Playbook", "law": "Law table", "probe": "Probe", "detect": "Detection", "": "", "sandbox": "Sandbox"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline. `gap` says that we learned of it only later; `text` was typed by a person."""

    at: datetime
    learned_at: datetime
    recorded_at: datetime
    who: str
    words: str
    text: str
    tone: str
    is_privileged: bool
    ledger: int | None

    @property
    def is_late_news(self) -> bool:
        """Did we learn of it a second or more after it happened?"""
        return (self.learned_at - self.at).total_seconds() >= 1


def _probe(detail: Mapping[str, Any]) -> str:
    return f"finds the path {detail['state']}"


def _verified(detail: Mapping[str, Any]) -> str:
    faults = len(detail["faults"])
    return f"verified {detail['items']} items of evidence: {'no fault' if not faults else f'{faults} faults'}"


def _reported(detail: Mapping[str, Any]) -> str:
    return "recorded an earlier report; discovery moves to it" if detail["moves_discovery"] else "recorded a report"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "incident:open": lambda detail: f"opened the incident, severity {detail['severity']}",
    "incident:contain": lambda _: "closed the last open way: contained",
    "incident:reopen": lambda _: "found a way open again",
    "incident:close": lambda detail: f"closed the incident: {detail['outcome'].replace('_', ' ')}",
    "incident:handover": lambda detail: f"handed the command from {detail['before']} to {detail['after']}",
    "incident:export": lambda _: "exported the record",
    "step:complete": lambda detail: f"completed “{detail['step']}”",
    "step:execute": lambda detail: f"ran “{detail['step']}”",
    "step:fail": lambda detail: f"tried “{detail['step']}”: {detail.get('reason', 'it failed')}",
    "step:request": lambda detail: f"asks for a second person for “{detail['step']}”",
    "step:second": lambda detail: f"confirmed “{detail['step']}” as the second person",
    "evidence:seal": lambda detail: f"sealed {detail['item']} into the vault",
    "evidence:open": lambda detail: f"opened {detail['item']}",
    "evidence:verify": _verified,
    "evidence:export": lambda detail: f"exported {len(detail['items'])} items of evidence",
    "probe:result": _probe,
    "scope:record": lambda detail: f"counted {detail['total']:,} people in {len(detail['people'])} places",
    "discovery:report": _reported,
    "decision:record": lambda detail: f"decided: {detail['choice']}",
    "clocks:compute": lambda detail: f"computed the clocks: {len(detail['owed'])} duties owed",
    "duty:mark": lambda detail: f"marked {detail['duty']} {detail['state'].replace('_', ' ')}",
    "alert:raise": lambda detail: f"raised {detail['subject']} over {detail['events']:,} events",
    "alert:acknowledge": lambda detail: f"acknowledged {detail['subject']}",
    "event:first": lambda detail: f"The first event behind {detail['alert']} happened: {detail['title']}",
    "report:received": lambda detail: f"reported: {detail['how']}",
    "note:add": lambda _: "wrote",
}
_TONES = {
    "alert:raise": "late", "event:first": "late", "step:fail": "late", "incident:reopen": "late", "incident:contain": "ok",
    "incident:close": "ok",
}  # fmt: skip


def lines(room: Room, *, names: Mapping[str, str]) -> list[Line]:
    """The timeline of a room in words, the latest first; `names` maps names to sign in with to those that people use."""
    steps = {task.slug: task.name for lane in room.lanes for task in lane.tasks}
    return [_line(moment, steps, names) for moment in room.timeline if moment.what not in _QUIET]


def _line(moment: Any, steps: Mapping[str, str], names: Mapping[str, str]) -> Line:
    detail = dict(moment.detail)
    _, _, part = str(detail.get("subject", "")).partition("/")
    kind, _, name = part.partition("/")
    # a ledger entry names a step or an item in its subject; a decision and a probe name their step in the payload
    detail |= {"step": steps.get(name, name)} if kind == "step" else {"item": name} if kind == "evidence" else {}
    sentence = _SENTENCES.get(moment.what)
    return Line(
        at=moment.at,
        learned_at=moment.learned_at,
        recorded_at=moment.recorded_at,
        who=names.get(moment.who, _SYSTEMS.get(moment.who, moment.who)),
        words=sentence(detail) if sentence else moment.what.replace(":", " "),
        text=str(detail.get("text", "")) if moment.what == "note:add" else "",
        tone=_TONES.get(moment.what, "by-person" if moment.who in names else "plain"),
        is_privileged=bool(detail.get("privileged", False)),
        ledger=moment.ledger,
    )


def names_of(people: Iterable[Any]) -> dict[str, str]:
    """Names to sign in with, and the names that people use."""
    return {person.username: person.full_name for person in people}
