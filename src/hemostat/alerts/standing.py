"""How rules stand: what people and budgets decided about them, and the figures that the budgets go by."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Max, Q

from hemostat.detect.book import Known, State
from hemostat.detect.budget import Figures, budgets, far_over_budget, over_budget
from hemostat.kernel import BadInput
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.rights import Right, demand

from .models import Alert, AlertOutcome, AlertState, Kept, RuleDecision

if TYPE_CHECKING:
    from hemostat.people.models import Person

BUDGET = "budget"
"""Who decided, when nobody did: the budget of the rule."""

_LEAKS = (AlertState.INCIDENT, AlertState.CLOSED)  # only what an incident took is closed, gaps in monitoring aside


@transaction.atomic
def rule_decide(*, known: Known, state: str, reason: str, by: "Person", now: datetime) -> RuleDecision:
    """The rule stands as this person says, from the worker's next look on; its budget counts from now when it is active again.

    Raises `Refused` for somebody who may not, and `BadInput` without a reason, for a state that a person cannot choose, and when
    a rule that has not proved itself should be active.
    """
    demand(by, Right.TUNE)
    if state not in {State.ACTIVE, State.WATCH, State.RETIRED}:
        raise BadInput(f"Not a state that can be chosen: {state[:40]!r}.", advice="Choose active, watch or retired.")
    if not reason.strip():
        raise BadInput(f"{known.title} stays as it is without a reason.", advice="Say in a sentence why.")
    if known.proof.doubts and state == State.ACTIVE:
        raise BadInput(
            f"{known.title} alerts nobody before it has proved itself: {known.proof.doubts[0]}.", advice=f"Correct {known.place}."
        )
    return _decided(known.id, State(state), reason=reason.strip(), by=by, now=now)


def decisions() -> dict[str, RuleDecision]:
    """The last decision about each rule, by its id."""
    last = RuleDecision.objects.values("rule").annotate(last=Max("pk")).values("last")
    return {one.rule: one for one in RuleDecision.objects.filter(pk__in=last)}


def states() -> dict[str, State]:
    """How rules were decided to stand, by their ids; those about which nothing was decided are left out."""
    return {rule: State(one.state) for rule, one in decisions().items()}


def decisions_of(rule: str) -> list[RuleDecision]:
    """All decisions about a rule, the newest first."""
    return list(RuleDecision.objects.filter(rule=rule).order_by("-pk"))


def kept_of(rule: str, *, most: int) -> list[Kept]:
    """What a rule found without an alert, the last first."""
    return list(Kept.objects.filter(rule=rule).select_related("mute").order_by("-found_at", "-pk")[:most])


def kept_forget(before: datetime) -> int:
    """What was found without an alert before that moment is gone; so many rows were. The mutes keep their counts."""
    forgotten, _ = Kept.objects.filter(found_at__lt=before).delete()
    return forgotten


def figures(decided: Mapping[str, RuleDecision], *, now: datetime) -> dict[str, Figures]:
    """What each rule did in the days that its budget goes by; rules without an alert in them are left out.

    The days of a rule that was made active again count from then, but are never fewer than the budgets say.
    """
    told = budgets()
    begun = now - timedelta(days=told.days)
    since = {rule: one.at for rule, one in decided.items() if one.state == State.ACTIVE and one.at > begun}
    found = _counted(Q(raised_at__gt=begun) & ~Q(rule__in=since), now=now)
    for rule, at in since.items():
        found |= _counted(Q(rule=rule, raised_at__gt=at), now=now)
    return {
        rule: Figures(days=max(told.least_days, min(told.days, (now - since.get(rule, begun)).days)), **counts)
        for rule, counts in found.items()
    }


def last_found() -> dict[str, datetime]:
    """When each rule last found something, whether it alerted or was kept back; by the time of the event."""
    alerted = Alert.objects.values_list("rule").annotate(Max("last_event_at"))
    found: dict[str, datetime] = dict(alerted)
    for rule, at in Kept.objects.values_list("rule").annotate(Max("last_event_at")):
        found[rule] = max(at, found.get(rule, at))
    return found


@transaction.atomic
def budgets_keep(known: Iterable[Known], *, now: datetime, daily: bool) -> list[RuleDecision]:
    """Rules over their budget are in tuning, with the reason on record; the decisions are returned.

    daily: the average and the outcomes of the last days count too, not only what is far over within a day.
    Rules that are critical stay, and rules with an incident at work: their page says that they are over their budget.
    """
    decided = decisions()
    counted = figures(decided, now=now)
    moved = []
    for one in known:
        state = one.state(State(decided[one.id].state) if one.id in decided else None)
        numbers = counted.get(one.id)
        if numbers is None or state is not State.ACTIVE or stays(one, numbers):
            continue
        if reason := budget_words(one, numbers, daily=daily):
            moved.append(_decided(one.id, State.TUNING, reason=reason, by=BUDGET, now=now))
    return moved


def stays(known: Known, numbers: Figures) -> bool:
    """Is this a rule that no budget moves: a critical one, or one with an incident at work?"""
    return known.level == "critical" or numbers.at_work > 0


def budget_words(known: Known, numbers: Figures, *, daily: bool = True) -> str:
    """In words, how a rule is over its budget; empty when it is not. `daily` as for `budgets_keep`."""
    far = far_over_budget(numbers, known.allowed, budgets())
    return far or (over_budget(numbers, known.allowed, budgets()) if daily else "")


def _counted(which: Q, *, now: datetime) -> dict[str, dict[str, int]]:
    """What is counted of the alerts of each rule, by the names of the figures."""
    counts = {
        "alerts": Count("pk"),
        "last_day": Count("pk", filter=Q(raised_at__gt=now - timedelta(days=1))),
        "leaks": Count("pk", filter=Q(state__in=_LEAKS)),
        "false_alarms": Count("pk", filter=Q(outcome=AlertOutcome.FALSE_POSITIVE)),
        "at_work": Count("pk", filter=Q(state=AlertState.INCIDENT)),
    }
    rows = Alert.objects.filter(which).values_list("rule").annotate(**counts)
    return {rule: dict(zip(counts, numbers, strict=True)) for rule, *numbers in rows}


def _decided(rule: str, state: State, *, reason: str, by: "Person | str", now: datetime) -> RuleDecision:
    who = by if isinstance(by, str) else by.username
    # What a person typed stays in the table: the chain, which nobody can take anything out of, keeps words of our own only.
    told = {"reason": reason} if isinstance(by, str) else {}
    record(act=LedgerAct.RULE_DECIDE, by=by, at=now, subject=f"rule/{rule}", state=state.value, **told)
    return RuleDecision.objects.create(rule=rule, state=state.value, reason=reason, by=who, at=now)
