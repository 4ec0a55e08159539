"""The closed list of what can be measured in a run, each read from the ledger and the twin's truth."""

from collections.abc import Callable, Mapping

from hemostat.kernel import Entry
from hemostat.people.acts import LedgerAct

from .facts import RunFacts
from .notices import notice_score
from .scoring import Measure

_SECONDS = "s"
_REQUESTS = frozenset({LedgerAct.STEP_REQUEST, LedgerAct.STEP_EXECUTE, LedgerAct.STEP_FAIL})
DETERMINATION = "four-factor-assessment"
"""The step of a playbook whose answer is the breach assessment."""


def time_to_detect(facts: RunFacts) -> Measure:
    """Seconds from the first planted event to the first alert."""
    alert = facts.first(LedgerAct.ALERT_RAISE)
    leak = facts.first(LedgerAct.EXERCISE_LEAK)
    if alert is None:
        return _never(_SECONDS, "no alert was raised")
    entries = (leak.seq, alert.seq) if leak else (alert.seq,)
    return Measure(value=(alert.at - facts.leak_at).total_seconds(), unit=_SECONDS, entries=entries)


def time_to_acknowledge(facts: RunFacts) -> Measure:
    """Seconds from the first alert to the first acknowledgment."""
    return _after_alert(facts, facts.first(LedgerAct.ALERT_ACKNOWLEDGE), "no alert was acknowledged")


def time_to_declare(facts: RunFacts) -> Measure:
    """Seconds from the first alert to the incident with its commander."""
    return _after_alert(facts, facts.first(LedgerAct.INCIDENT_OPEN), "no incident was opened")


def time_to_contain(facts: RunFacts) -> Measure:
    """Seconds from the first alert to the probe that found the path closed for good; a ticked box counts for nothing."""
    closed = facts.all(LedgerAct.INCIDENT_CONTAIN)
    if not closed or facts.leaks:
        return _never(_SECONDS, "the path was not closed for good")
    return _after_alert(facts, closed[-1], "")


def people_exposed(facts: RunFacts) -> Measure:
    """Distinct people whose data went out, as the twin knows it."""
    return Measure(value=float(facts.people_exposed), unit="people", entries=facts.known_by)


def documents_lost(facts: RunFacts) -> Measure:
    """Portal documents that were read with leaked tokens."""
    return Measure(value=float(facts.documents_lost), unit="documents", entries=facts.known_by)


def wrong_acts(facts: RunFacts) -> Measure:
    """Acts on the systems that the pack names as wrong."""
    return Measure(value=float(len(facts.wrong_acts)), unit="acts", entries=facts.known_by, note="; ".join(facts.wrong_acts))


def evidence_quality(facts: RunFacts) -> Measure:
    """Completeness, integrity, custody and order of the evidence, 0 to 1."""
    seals = facts.all(LedgerAct.EVIDENCE_SEAL)
    return Measure(value=facts.evidence_quality, unit="share", entries=tuple(seal.seq for seal in seals))


def time_to_evidence(facts: RunFacts) -> Measure:
    """Seconds from the decision to contain, which is the first request of a step that does, to the last mandatory item sealed.

    Items that were all sealed before it took no time.
    """
    asked = next((entry for entry in facts.entries if entry.act in _REQUESTS and _name(entry) in facts.containing), None)
    first_seals: dict[str, Entry] = {}
    for seal in facts.all(LedgerAct.EVIDENCE_SEAL):
        first_seals.setdefault(_name(seal), seal)
    if missing := facts.mandatory - first_seals.keys():
        return _never(_SECONDS, f"never sealed: {', '.join(sorted(missing))}")
    if asked is None:
        return _never(_SECONDS, "nobody decided to contain")
    last = max((first_seals[item] for item in facts.mandatory), key=lambda seal: seal.seq)
    return Measure(
        value=max(0.0, (last.at - asked.at).total_seconds()), unit=_SECONDS, entries=tuple(sorted((asked.seq, last.seq)))
    )


def count_error(facts: RunFacts) -> Measure:
    """How far the recorded count of people stands from the truth, as a share of the truth."""
    counts = facts.all(LedgerAct.SCOPE_RECORD)
    if facts.count_error is None or not counts:
        return _never("share", "no count was recorded")
    return Measure(value=round(facts.count_error, 4), unit="share", entries=(counts[-1].seq, *facts.known_by))


def time_to_determine(facts: RunFacts) -> Measure:
    """Seconds from the opened incident to the recorded breach assessment."""
    opened = facts.first(LedgerAct.INCIDENT_OPEN)
    decided = facts.first(LedgerAct.DECISION_RECORD, when=lambda entry: entry.payload.get("step") == DETERMINATION)
    if opened is None or decided is None:
        return _never(_SECONDS, "no breach assessment was recorded")
    return Measure(value=(decided.at - opened.at).total_seconds(), unit=_SECONDS, entries=(opened.seq, decided.seq))


def decision_quality(facts: RunFacts) -> Measure:
    """Mean credit of the decisions that the playbook asks for; an open one earns nothing."""
    made = facts.all(LedgerAct.DECISION_RECORD)
    share = sum(facts.credits) / facts.decisions if facts.decisions else 0.0
    return Measure(value=round(share, 4), unit="share", entries=tuple(entry.seq for entry in made))


def duties_correct(facts: RunFacts) -> Measure:
    """How right the duties, their days, their notices and the count behind them are; one missed weighs more than one too many."""
    computed = facts.computed
    if not computed:
        return _never("share", "no legal clock was computed")
    answer = notice_score(found=facts.duties_found, key=facts.duties_key, letters=facts.letters, count_error=facts.count_error)
    behind = tuple(sorted((computed[-1].seq, *facts.written, *facts.known_by)))
    return Measure(value=answer.score, unit="share", entries=behind, note=answer.words)


def path_open_at_end(facts: RunFacts) -> Measure:
    """1 when data still went out at the end of the story, by the path or with tokens that were still good, else 0."""
    note = "the path answers" if facts.path_open else f"{facts.tokens_live:,} tokens are still good" if facts.leaks else ""
    return Measure(value=float(facts.leaks), unit="", entries=facts.known_by, note=note)


def evidence_destroyed(facts: RunFacts) -> Measure:
    """Mandatory items that were gone before anybody sealed them."""
    gone = facts.evidence_destroyed
    return Measure(value=float(len(gone)), unit="items", entries=facts.known_by, note=", ".join(gone))


MEASURES: Mapping[str, Callable[[RunFacts], Measure]] = {
    measure.__name__: measure
    for measure in (
        time_to_detect,
        time_to_acknowledge,
        time_to_declare,
        time_to_contain,
        people_exposed,
        documents_lost,
        wrong_acts,
        evidence_quality,
        time_to_evidence,
        count_error,
        time_to_determine,
        decision_quality,
        duties_correct,
        path_open_at_end,
        evidence_destroyed,
    )
}


def measure_all(facts: RunFacts) -> dict[str, Measure]:
    """Every measure of a run, by name."""
    return {name: measure(facts) for name, measure in MEASURES.items()}


def _name(entry: Entry) -> str:
    """The step or item that an entry is about."""
    return entry.subject.rpartition("/")[2]


def _after_alert(facts: RunFacts, entry: Entry | None, missing: str) -> Measure:
    alert = facts.first(LedgerAct.ALERT_RAISE)
    if alert is None:
        return _never(_SECONDS, "no alert was raised")
    if entry is None:
        return _never(_SECONDS, missing)
    return Measure(value=(entry.at - alert.at).total_seconds(), unit=_SECONDS, entries=(alert.seq, entry.seq))


def _never(unit: str, why: str) -> Measure:
    return Measure(value=None, unit=unit, note=why)
