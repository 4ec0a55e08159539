"""The facts as the engine uses them: defaults filled in strictly, each with a warning, and words turned into sets and counts."""

from .elements import Class, leaked_classes, without_partner
from .facts import Facts
from .rules import Row, Rules

HEALTH = frozenset({"medical", "medical_id", "health_insurance"})
# Government numbers besides SSN and driver license: the table does not say which statutes reach them, so all of them do.
UNLISTED: frozenset[Class] = frozenset({"government_id"})
# Classes that no law names: they identify or reach a person, and are never a breach element alone.
PLAIN = frozenset({"name", "contact", "card_detail", "access_token", "purchase", "identifier", "location"})
_GOVERNMENT_NUMBERS = frozenset({"passport", "tax_id", "military_id"})


class Case:
    """Facts with every open question answered to the safe side; `warnings` says which answers were taken."""

    def __init__(self, facts: Facts, rules: Rules) -> None:
        self.facts = facts
        self.rules = rules
        self.kinds = frozenset(facts.entity.kinds)
        self.people = {place: facts.affected[place] for place in sorted(facts.affected)}
        self.total = sum(self.people.values()) + facts.affected_elsewhere
        self.leaked = leaked_classes(facts.elements)
        self.warnings: list[str] = []
        self.encrypted = self._default(
            given=facts.encrypted, taken=False, why="`encrypted` is missing: the data are taken as readable"
        )
        self.key_acquired = facts.key_acquired is True
        if self.encrypted:
            self.key_acquired = self._default(
                given=facts.key_acquired,
                taken=True,
                why="`key_acquired` is missing though the data were encrypted: the key is taken as lost",
            )
        self.acquired = self._default(
            given=facts.acquired, taken=True, why="`acquired` is missing: the data are taken as acquired"
        )
        self.accessed = self.acquired or self._default(
            given=facts.accessed, taken=True, why="`accessed` is missing: the data are taken as accessed"
        )
        self.harm_likely = self._default(
            given=facts.harm_likely, taken=True, why="`harm_likely` is missing: harm is taken as likely"
        )
        self._look_at_roles()
        self._look_at_elements()

    @property
    def is_hipaa(self) -> bool:
        """Does HIPAA bind the entity for this data, itself or by contract?"""
        return bool(self.kinds & {"hipaa_covered_entity", "hipaa_business_associate"})

    @property
    def is_holder_only(self) -> bool:
        """Does the entity hold the data only for somebody else?"""
        return self.kinds == {"hipaa_business_associate"}

    def places_above(self, row: Row) -> list[str]:
        """The jurisdictions whose residents alone meet the threshold of the row."""
        return [place for place, people in self.people.items() if row.rule.threshold.holds(people)]

    def warn(self, sentence: str) -> None:
        """`sentence` is among the warnings, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def _default(self, *, given: bool | None, taken: bool, why: str) -> bool:
        if given is not None:
            return given
        self.warn(f"{why}.")
        return taken

    def _look_at_roles(self) -> None:
        if "phr_vendor" in self.kinds and self.is_hipaa:
            self.warn(
                "`entity.kinds` names HIPAA and phr_vendor for the same data: HIPAA is applied and the FTC rule is not. "
                "Assess other data by itself."
            )
        if {"hipaa_covered_entity", "hipaa_business_associate"} <= self.kinds:
            self.warn("`entity.kinds` names covered entity and business associate for the same data: duties of both are listed.")
        if "hipaa_business_associate" in self.kinds and self.facts.entity.agent_of_covered_entity is None:
            self.warn("`entity.agent_of_covered_entity` is missing: the associate is taken as an independent contractor.")

    def _look_at_elements(self) -> None:
        present = set(self.facts.elements)
        if not self.total:
            self.warn("Nobody is counted in `affected`: no duty that depends on people follows.")
        if self.facts.affected_elsewhere:
            self.warn(
                f"`affected_elsewhere`: {self.facts.affected_elsewhere:,} people count in totals only. "
                "Find out where they live; the law of that place may ask for more."
            )
        if present and "name" not in present and not {"first_name", "last_name"} <= present:
            self.warn("No full name among `elements`: the people are taken as identifiable from the rest.")
        for element in without_partner(present):
            self.warn(
                f"{element.id} leaked without any of {', '.join(element.needs)}: it is not counted. "
                "Some statutes count it alone when it opens an account; counsel checks."
            )
        if unlisted := sorted(present & _GOVERNMENT_NUMBERS):
            self.warn(f"The table does not say which statutes reach {', '.join(unlisted)}: every state statute is taken to.")
        if self.is_hipaa and present and set(self.leaked) <= PLAIN:
            self.warn(
                "Contact data alone is not taken as PHI; if it shows that people are patients, name that too, such as condition."
            )
