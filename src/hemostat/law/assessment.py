"""What an assessment of a breach asks, which laws listen to it, and what its conclusion changes.

The questions are data in `content/law/assessment.yaml`; the harm tests of the states stand with their laws.
"""

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from hemostat.kernel import BadInput, content

from .engine import Duty, assess
from .facts import FEDERAL, Facts
from .files import file_read
from .rules import Record, Row, Rules, rules_load

HIPAA = frozenset({"hipaa_covered_entity", "hipaa_business_associate"})


class Question(Record, frozen=True):
    """One thing that a person answers. An element of an exception is a statement that must hold."""

    id: str
    question: str
    help: str = ""
    citation: str = ""


class Exemption(Record, frozen=True):
    """One exception to the definition of a breach, 45 CFR 164.402(1), with every element that it takes."""

    id: str
    title: str
    help: str
    citation: str
    elements: list[Question]


class StateAsk(Record, frozen=True):
    """What a state asks beside its harm test: `ask` is answered before the finding counts, `then` follows it."""

    place: str
    ask: str = ""
    then: str = ""
    keep_years: int | None = None


class Questions(Record, frozen=True):
    """What `content/law/assessment.yaml` holds. keep_years, kept_under: how long each assessment is kept, and the rule."""

    keep_years: int
    kept_under: str
    factors: list[Question]
    exceptions: list[Exemption]
    states: list[StateAsk]

    def exception(self, name: str) -> Exemption | None:
        """The exception of this id; None when there is none."""
        return next((found for found in self.exceptions if found.id == name), None)

    def state(self, place: str) -> StateAsk:
        """What a state asks; nothing beside its test when the file does not name it."""
        return next((found for found in self.states if found.place == place), StateAsk(place=place))


class HarmTest(msgspec.Struct, frozen=True, kw_only=True):
    """The test of one place: what must be shown there, under which law.

    ask, then: what the state asks beside it. keep_years: how long the finding is kept, None where the row names no time.
    verified: a source was seen for every row that it can lift.
    """

    place: str
    place_name: str
    citation: str
    condition: str
    ask: str
    then: str
    keep_years: int | None
    verified: bool


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a documented finding of no harm changes: the duties that fall away, that stay, and that only it brings."""

    falls: list[Duty]
    stays: list[Duty]
    comes: list[Duty]


@cache
def questions() -> Questions:
    """What Hemostat asks, read once a process. Raises `BadInput` that names the fault of the file."""
    return file_read(content("law") / "assessment.yaml", Questions, schema="assessment.schema.json")


def effects(facts: Facts, *, rules: Rules | None = None) -> dict[str, Effect]:
    """For `US` and each place with a duty: what a finding of no harm there would change, by itself.

    The federal finding is compared over all duties, because a state's copy of a federal notice falls with that notice; the
    finding of a state over the duties of that state. Raises what the engine raises about the facts.
    """
    rules = rules or rules_load()
    places = [FEDERAL, *sorted(rules.names.keys() - {FEDERAL})]
    likely = dict.fromkeys(places, True)
    owed = _owed(facts, likely, rules)
    without_federal = _owed(facts, likely | {FEDERAL: False}, rules)
    without_states = _owed(facts, dict.fromkeys(places, False) | {FEDERAL: True}, rules)
    found = {FEDERAL: _effect(owed, without_federal)}
    for place in dict.fromkeys(duty.jurisdiction for duty in [*owed, *without_states]):
        if place != FEDERAL:
            found[place] = _effect(_of(owed, place), _of(without_states, place))
    return found


def harm_test(facts: Facts, place: str, *, rules: Rules | None = None, found: Mapping[str, Effect] | None = None) -> HarmTest:
    """The test of a place, when a finding there can lift a duty. Raises `BadInput` that says why it cannot.

    found: what `effects` gave for these facts, when it is at hand.
    """
    rules = rules or rules_load()
    if place == FEDERAL:
        return _federal(facts, rules)
    name = rules.names.get(place)
    if name is None:
        raise BadInput(f"No law is known of {place[:40]!r}.", advice="Jurisdictions look like US-FL, or US for HIPAA.")
    effect = (effects(facts, rules=rules) if found is None else found).get(place)
    if effect is None:
        raise BadInput(
            f"{name} asks for no notice on these facts, so a finding there lifts nothing.",
            advice="Count the people of the place first, and check which data leaked.",
        )
    if not effect.falls:
        raise BadInput(
            _no_test(name, [rules.row(duty.id) for duty in effect.stays]),
            advice="Its notices stay owed, whatever is found for other places.",
        )
    return _state(name, place, [rules.row(duty.id) for duty in effect.falls])


def harm_tests(found: Mapping[str, Effect], *, rules: Rules | None = None) -> list[HarmTest]:
    """The tests of all states in which a finding lifts a duty, by the name of the place; `found` is what `effects` gave."""
    rules = rules or rules_load()
    tests = [
        _state(rules.names[place], place, [rules.row(duty.id) for duty in effect.falls])
        for place, effect in found.items()
        if place != FEDERAL and effect.falls
    ]
    return sorted(tests, key=lambda test: test.place_name)


def untested(found: Mapping[str, Effect], *, rules: Rules | None = None) -> dict[str, str]:
    """The places whose notices stay owed whatever is found there, by name, each with the reason; `found` as `effects` gave it."""
    rules = rules or rules_load()
    reasons = {
        rules.names[place]: _no_test(rules.names[place], [rules.row(duty.id) for duty in effect.stays])
        for place, effect in found.items()
        if place != FEDERAL and not effect.falls
    }
    return dict(sorted(reasons.items()))


def _owed(facts: Facts, harm_in: dict[str, bool], rules: Rules) -> list[Duty]:
    return assess(msgspec.structs.replace(facts, harm_in=harm_in), rules=rules).duties


def _of(duties: Iterable[Duty], place: str) -> list[Duty]:
    return [duty for duty in duties if duty.jurisdiction == place]


def _effect(owed: list[Duty], without: list[Duty]) -> Effect:
    before, after = {duty.id for duty in owed}, {duty.id for duty in without}
    return Effect(
        falls=[duty for duty in owed if duty.id not in after],
        stays=[duty for duty in owed if duty.id in after],
        comes=[duty for duty in without if duty.id not in before],
    )


def _federal(facts: Facts, rules: Rules) -> HarmTest:
    if not HIPAA.intersection(facts.entity.kinds):
        raise BadInput(
            "HIPAA does not bind the organization for this data, so its four factors lift nothing.",
            advice="Assess the places whose own law has a harm test.",
        )
    row = rules.row("HIPAA-IND")
    return HarmTest(
        place=FEDERAL,
        place_name="HIPAA",
        citation="45 CFR 164.402",
        condition=row.law.harm.condition if row.law.harm else "",
        ask="",
        then="",
        keep_years=questions().keep_years,
        verified=row.rule.verified.seen,
    )


def _state(name: str, place: str, rows: list[Row]) -> HarmTest:
    state = questions().state(place)
    return HarmTest(
        place=place,
        place_name=name,
        citation="; ".join(dict.fromkeys(row.law.citation for row in rows)),
        condition=" ".join(dict.fromkeys(row.law.harm.condition for row in rows if row.law.harm and row.law.harm.condition)),
        ask=state.ask,
        then=state.then,
        keep_years=state.keep_years,
        verified=all(row.rule.verified.seen for row in rows),
    )


def _no_test(name: str, rows: list[Row]) -> str:
    """Why no finding lifts a duty here: its laws have no harm test, or one that takes more than a finding."""
    if more := next((row.law.harm.condition for row in rows if row.law.harm and row.law.harm.exempts), ""):
        return f"In {name} a finding of no harm alone lifts nothing. {more}"
    cited = "; ".join(dict.fromkeys(row.law.citation for row in rows))
    return f"{name} has no harm test: its notices are owed whether harm is likely or not ({cited})."
