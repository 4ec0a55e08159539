"""Rules as people read them: one row for each, with how it stands and why, what it did, and what it may cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.conf import settings

from hemostat.alerts.models import RuleDecision
from hemostat.alerts.mutes import mutes_in_force
from hemostat.alerts.standing import budget_words, decisions, figures, last_found, stays
from hemostat.detect import Book, Known, State, book_of
from hemostat.detect.book import shipped_proof
from hemostat.detect.budget import Figures, budgets
from hemostat.kernel import NotFound, content

_LEVELS = ("critical", "high", "medium", "low", "informational")
_ORDER = (State.TUNING, State.WATCH, State.ACTIVE, State.RETIRED)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule in the list. over: in words, how it is over its budget. why: why it is in this state."""

    known: Known
    state: State
    why: str
    figures: Figures
    over: str
    stays: bool
    last: datetime | None
    mutes: int

    @property
    def needs_somebody(self) -> bool:
        """Must somebody look at it: is it in tuning, or over a budget that does not move it?"""
        return self.state is State.TUNING or (self.stays and bool(self.over))


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One sample of a rule: its events as text, and whether the rule judges it rightly. None when that cannot be told."""

    name: str
    text: str
    is_right: bool | None


def own_book() -> Book:
    """The rules of the console's home."""
    return book_of(settings.HOME.rules)


def rows(found: Book, *, now: datetime) -> list[Row]:
    """All rules: those that somebody must look at first, then by state, alerts, level and title."""
    decided = decisions()
    counted, last = figures(decided, now=now), last_found()
    muted: dict[str, int] = {}
    for mute in mutes_in_force(now):
        muted[mute.rule] = muted.get(mute.rule, 0) + 1
    made = [
        _row(one, decided, counted.get(one.id), last=last.get(one.id), mutes=muted.get(one.id, 0)) for one in found.known.values()
    ]
    return sorted(made, key=_place)


def row_of(found: Book, rule: str, *, now: datetime) -> Row:
    """One rule. Raises `NotFound` when there is none of this id."""
    if rule not in found.known:
        raise NotFound(
            f"There is no rule {rule[:60]!r}.", advice="Its file may have been taken away. The list shows those there are."
        )
    return next(row for row in rows(found, now=now) if row.known.id == rule)


def samples_of(known: Known) -> list[Sample]:
    """The samples of a rule with their verdicts."""
    if known.rule is None:
        return []
    wrong = (known.proof if known.own else shipped_proof(known.id)).wrong
    runs = [("positive", number, run) for number, run in enumerate(known.rule.ours.samples.positive, start=1)]
    runs += [("negative", number, run) for number, run in enumerate(known.rule.ours.samples.negative, start=1)]
    return [
        Sample(
            name=f"{kind} {number}",
            text="\n".join(msgspec.json.encode(event).decode() for event in run),
            is_right=None if wrong is None else f"{kind} {number}" not in wrong,
        )
        for kind, number, run in runs
    ]


def text_of(known: Known) -> str:
    """The file in which a rule stands, as it is; empty when it went a moment ago."""
    path = settings.HOME.rules / known.place if known.own else content("rules") / known.place
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def days() -> int:
    """How many days the figures are about."""
    return budgets().days


def _row(known: Known, decided: Mapping[str, RuleDecision], counted: Figures | None, *, last: datetime | None, mutes: int) -> Row:
    decision, numbers = decided.get(known.id), counted or Figures(days=budgets().days)
    state = known.state(State(decision.state) if decision else None)
    if known.proof.doubts and state is State.WATCH:
        why = f"It alerts nobody until it proves itself: {known.proof.doubts[0]}."
    elif decision:
        why = decision.reason
    else:
        why = "Its file says so." if state is not State.ACTIVE else ""
    over = budget_words(known, numbers)
    return Row(known=known, state=state, why=why, figures=numbers, over=over, stays=stays(known, numbers), last=last, mutes=mutes)


def _place(row: Row) -> tuple[bool, int, int, int, str]:
    level = _LEVELS.index(row.known.level)
    return not row.needs_somebody, _ORDER.index(row.state), -row.figures.alerts, level, row.known.title
