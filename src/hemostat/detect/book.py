"""All rules of a home: those that come with Hemostat and those in its own folder, each with what is known of it.

An own rule proves itself by its samples before it may alert anybody. Rules are read again when a file has changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .baselines import RULES as BASELINES
from .budget import Allowed, budgets
from .limits import limits
from .rules import CorrelationRule, Fault, Room, Rule, RuleSet, load, rule_files, shipped
from .samples import events_in, misjudged

MOST_FILES = 500
"""Files in a folder of own rules; more are left out, with a fault."""

MOST_OCTETS = 2_000_000
"""Bytes of own rules in all files together."""

MOST_RULES = 500
"""Own rules in all files together: each makes every batch a little slower."""

MOST_VALUES = 10_000
"""Values in all own rules together that events are compared with: they cost a batch of some thousand events a second or two."""

MOST_SAMPLES = 300_000
"""Events in the samples of all own rules together; rules beyond them are not judged, and so alert nobody."""

_TAKEN = (BASELINES, "monitoring-", "posture-", "back-tests")  # how what alerts without being a rule is called, and a page
_LONGEST_ID = 100  # letters: an id is a word of the database and of addresses
_START = datetime(2026, 3, 2, 14, tzinfo=UTC)  # of the events in samples; no rule may depend on the day
_KEPT = 4  # folders whose books are in memory


class State(StrEnum):
    """Whether a rule runs, and whether what it finds is told."""

    ACTIVE = "active"
    WATCH = "watch"
    TUNING = "tuning"
    RETIRED = "retired"

    @property
    def means(self) -> str:
        """What it means, in words."""
        return _MEANINGS[self]


_MEANINGS = {
    State.ACTIVE: "runs, and its findings are alerts",
    State.WATCH: "runs; its findings are kept, nobody is alerted",
    State.TUNING: "as watch: it was over its budget, and somebody must look",
    State.RETIRED: "does not run",
}


class Proof(NamedTuple):
    """What the samples of a rule say: why it may not alert anybody; and which of them it misjudges, None when that is unknown."""

    doubts: tuple[str, ...]
    wrong: frozenset[str] | None


class Known(NamedTuple):
    """One rule as its file stands. `place` is its file, as seen from its folder. Rules that ship are taken as proved."""

    id: str
    title: str
    level: str
    surface: str
    place: str
    own: bool
    said: State
    proof: Proof
    allowed: Allowed
    rule: Rule | CorrelationRule | None

    def state(self, decided: State | None) -> State:
        """How it stands, when a person or a budget decided so, or nobody did: a rule in doubt never alerts."""
        state = decided or self.said
        return State.WATCH if self.proof.doubts and state is State.ACTIVE else state


_PROVED = Proof((), frozenset())


class Book:
    """The rules of a home, with the faults of those that cannot be used. `rules`: all of them, in whatever state."""

    def __init__(self, rules: RuleSet, folder: Path) -> None:
        self.faults = rules.faults
        self.rules = rules
        own = [_known(one, folder, proved=proved) for one, proved in _judged(rules)]
        self.known: Mapping[str, Known] = {one.id: one for one in (*own, *map(_known, shipped().speaking), *_of_baselines())}

    def running(self, decided: Mapping[str, State]) -> RuleSet:
        """The rules that run when these states were decided: all but the retired ones."""
        return self.rules.only(
            {one.id for one in self.known.values() if one.rule and one.state(decided.get(one.id)) is not State.RETIRED}
        )

    def in_state(self, decided: Mapping[str, State], *states: State) -> frozenset[str]:
        """The ids of the rules in one of these states, baselines' among them."""
        return frozenset(one.id for one in self.known.values() if one.state(decided.get(one.id)) in states)


Mark = tuple[tuple[str, int, int], ...]
"""Names, sizes and times of the files of a folder: another mark, other rules."""


def mark_of(folder: Path) -> Mark:
    """How the folder of own rules stands; empty when there is none."""
    stats = []
    for path in rule_files(folder)[: MOST_FILES + 1] if folder.is_dir() else ():
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue  # it went while we looked, and the next look finds it gone
        stats.append((path.relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns))
    return tuple(stats)


def book_of(folder: Path) -> Book:
    """The rules that come with Hemostat and those of this folder, which need not exist; read again when a file has changed."""
    return _book(folder, mark_of(folder))


@lru_cache(maxsize=_KEPT)
def _book(folder: Path, mark: Mark) -> Book:
    return book_read(folder) if mark else Book(shipped(), folder)


def book_read(place: Path) -> Book:
    """The rules that come with Hemostat and those of this folder or file. Raises `BadInput` when it does not exist."""
    rules = load(place, beside=shipped(), room=Room(files=MOST_FILES, octets=MOST_OCTETS, rules=MOST_RULES, values=MOST_VALUES))
    return Book(named(rules), place if place.is_dir() else place.parent)


def named(rules: RuleSet) -> RuleSet:
    """The rules without those whose id is no word for an address, or is one of ours, which become faults."""
    bad = [one for one in rules.speaking if len(one.id) > _LONGEST_ID or "/" in one.id or one.id.startswith(_TAKEN)]
    if not bad:
        return rules
    reason = (
        f"its title stands for its id, and has a slash, more than {_LONGEST_ID} letters, or begins like an alert of ours;"
        " give it an id"
    )
    faults = (*rules.faults, *(Fault(one.path, one.title, reason) for one in bad))
    return rules.only({one.id for one in rules.speaking} - {one.id for one in bad})._replace(faults=faults)


def proof(rules: RuleSet, rule: Rule | CorrelationRule) -> Proof:
    """Whether a rule, one of these rules, proves itself by its samples."""
    if not rule.ours.samples.positive:
        return Proof(("it has no positive sample under `hemostat: samples:`",), None)
    try:
        wrong = misjudged(rules, rule, start=_START)
    except Exception as error:  # noqa: BLE001  # whatever is in a sample: it keeps no other rule from working
        words = " ".join(str(error).split())[:200] or type(error).__name__
        return Proof((f"its samples cannot be judged: {words}",), None)
    told = (f"its sample {name} was {'not ' if name.startswith('positive') else ''}found" for name in wrong)
    return Proof(tuple(told), frozenset(wrong))


@cache
def shipped_proof(rule: str) -> Proof:
    """What the samples of a speaking rule that ships say, by its id; judged once in a process."""
    return proof(shipped(), next(one for one in shipped().speaking if one.id == rule))


def _judged(rules: RuleSet) -> Iterator[tuple[Rule | CorrelationRule, Proof]]:
    """The rules that do not ship, each with its proof."""
    room, ship = MOST_SAMPLES, {one.id for one in shipped().speaking}
    for one in rules.speaking:
        if one.id in ship:
            continue
        room -= events_in(one)
        full = Proof((f"all own rules have more than {MOST_SAMPLES:,} events in samples",), None)
        yield one, proof(rules, one) if room >= 0 else full


def _known(one: Rule | CorrelationRule, folder: Path | None = None, *, proved: Proof = _PROVED) -> Known:
    return Known(
        id=one.id,
        title=one.title,
        level=one.level,
        surface=one.ours.surface,
        place=one.path.relative_to(folder).as_posix() if folder else one.path.name,
        own=folder is not None,
        said=State(one.ours.state or State.ACTIVE),
        proof=proved,
        allowed=budgets().of(one.level, one.ours.budget),
        rule=one,
    )


def _of_baselines() -> Iterable[Known]:
    """What compares actors with their own past, as rules: it has no file and no samples."""
    for one in limits().rules:
        allowed = budgets().of(one.level, None)
        yield Known(
            one.rule, one.title, one.level, "", "", own=False, said=State.ACTIVE, proof=_PROVED, allowed=allowed, rule=None
        )
