"""The acts of a response as sentences: what the ledger keeps as `thing:verb`, a timeline says in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hemostat.incidents.answers import answer_words
from hemostat.incidents.questions import EVENT_KINDS, QUESTIONS
from hemostat.incidents.selectors import Moment
from hemostat.incidents.vocabulary import LegalQuestion

_SYSTEMS = {
    "playbook": "Playbook",
    "law": "Law table",
    "probe": "Probe",
    "clocks": "Clocks",
    "detect": "Detection",
    "": "",
    "sandbox": "Sandbox",
}


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


def _paged(detail: Mapping[str, Any]) -> str:
    clocks = _count(sum(detail["points"].values()), "clock")
    if "exercise" in detail["channels"]:
        return f"would have paged about {clocks}; in an exercise nothing leaves"
    return f"paged about {clocks}, by {', '.join(detail['channels'])}"


def _assessed(detail: Mapping[str, Any]) -> str:
    who = "everybody" if detail["whole"] else "a part of the people"
    place = "HIPAA" if detail["place"] == "US" else detail["place"]
    return f"{detail['conclusion'].replace('_', ' ')} for {who} under {place}"


def _answered(detail: Mapping[str, Any]) -> str:
    return f"answered: {QUESTIONS[LegalQuestion(detail['question'])].text} {answer_words(detail['value'])}"


def _withdrawn(detail: Mapping[str, Any]) -> str:
    return "withdrew a report; discovery moves" if detail["moves_discovery"] else "withdrew a report"


def _reported_by(detail: Mapping[str, Any]) -> str:
    withdrawn = f" (withdrawn: {detail['withdrawn']})" if detail.get("withdrawn") else ""
    return f"reported: {detail['how']}{withdrawn}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "incident:open": lambda detail: f"opened the incident, severity {detail['severity']}",
    "incident:contain": lambda _: "closed the last open way: contained",
    "incident:reopen": lambda _: "found a way open again",
    "incident:close": lambda detail: f"closed the incident: {detail['outcome'].replace('_', ' ')}",
    "incident:handover": lambda detail: f"handed the command from {detail['before']} to {detail['after']}",
    "incident:export": lambda detail: f"exported the {'burden-of-proof file' if detail.get('format') == 'burden' else 'record'}",
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
    "discovery:withdraw": _withdrawn,
    "fact:answer": _answered,
    "fact:event": lambda detail: f"recorded an event: {EVENT_KINDS[detail['kind']].text}, {detail['on']}",
    "fact:withdraw": lambda detail: f"withdrew an event: {EVENT_KINDS[detail['kind']].text}, {detail['on']}",
    "law:change": lambda detail: f"changed in {_count(len(detail['rows']), 'row')}",
    "clocks:compute": lambda detail: f"computed the clocks: {len(detail['owed'])} duties owed",
    "clock:alarm": lambda detail: f"reached {_count(len(detail['reached']), 'point')} of clocks",
    "clock:acknowledge": lambda detail: f"acknowledged {_count(len(detail['alarms']), 'clock alarm')}",
    "page:send": _paged,
    "assessment:submit": lambda detail: f"wrote an assessment: {_assessed(detail)}",
    "assessment:decide": lambda detail: f"{detail['state']} the assessment: {_assessed(detail)}",
    "notice:draft": lambda detail: f"drafted “{detail['title']}”",
    "notice:edit": lambda detail: f"edited “{detail['title']}”" + (", which voids its approvals" if detail["voided"] else ""),
    "notice:approve": lambda detail: f"approved “{detail['title']}” for {detail['role']}",
    "notice:send": lambda detail: f"recorded that “{detail['title']}” went to {detail['people']:,} on {detail['on']}",
    "notice:withdraw": lambda detail: f"withdrew “{detail['title']}”",
    "notice:export": lambda detail: f"took “{detail['title']}” out as {detail['form'].upper()}",
    "duty:mark": lambda detail: f"marked {detail['duty']} {detail['state'].replace('_', ' ')}",
    "alert:raise": lambda detail: f"raised {detail['subject']} over {detail['events']:,} events",
    "alert:acknowledge": lambda detail: f"acknowledged {detail['subject']}",
    "event:first": lambda detail: f"The first event behind {detail['alert']} happened: {detail['title']}",
    "report:received": _reported_by,
    "remedy:done": lambda detail: f"marked the remedy {detail['remedy']} done for {detail['people']:,} people",
    "note:add": lambda _: "wrote",
}
_TONES = {
    "alert:raise": "late", "event:first": "late", "step:fail": "late", "incident:reopen": "late", "incident:contain": "ok",
    "incident:close": "ok",
}  # fmt: skip


def lines(moments: Iterable[Moment], *, steps: Mapping[str, str], names: Mapping[str, str]) -> list[Line]:
    """A timeline in words. `steps` maps the short names of steps to their names, `names` those to sign in with to people's."""
    return [_line(moment, steps, names) for moment in moments]


def _line(moment: Moment, steps: Mapping[str, str], names: Mapping[str, str]) -> Line:
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
