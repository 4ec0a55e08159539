"""The facts as the engine uses them: defaults filled in strictly, each with a warning, and words turned into sets and counts."""

from datetime import date

from .doubts import doubts
from .elements import Class, leaked_classes, without_partner
from .facts import FEDERAL, Facts
from .rules import Row, Rules

HEALTH = frozenset({"medical", "medical_id", "health_insurance"})
# Government numbers besides SSN and driver license: the table does not say which statutes reach them, so all of them do.
UNLISTED: frozenset[Class] = frozenset({"government_id"})
# Classes that no law names: they identify or reach a person, and are never a breach element alone.
PLAIN = frozenset({"name", "contact", "card_detail", "access_token", "purchase", "identifier", "location"})
# What the table does not count as health data of HIPAA, though it says much about a patient.
_NOT_HEALTH = PLAIN | UNLISTED | {"date_of_birth", "biometric", "online_credentials"}
_PART_2_REPORTS = date(2026, 2, 16)
_GOVERNMENT_NUMBERS = frozenset({"passport", "tax_id", "military_id"})


class Case:
    """Facts with every open question answered to the safe side; `warnings` says which answers were taken."""

    def __init__(self, facts: Facts, rules: Rules, *, today: date | None = None) -> None:
        self.facts = facts
        self.rules = rules
        self.kinds = frozenset(facts.entity.kinds)
        self.people = {place: facts.affected[place] for place in sorted(facts.affected)}
        located = sum(self.people.values())
        self.total = located + facts.affected_elsewhere if facts.affected_total is None else facts.affected_total
        self.elsewhere = self.total - located
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
        self._harm_likely = facts.harm_likely is not False
        if self.elsewhere or not {FEDERAL, *self.people} <= set(facts.harm_in):
            self._harm_likely = self._default(
                given=facts.harm_likely, taken=True, why="`harm_likely` is missing: harm is taken as likely"
            )
        self._look_at_roles()
        self._look_at_elements()
        for doubt in doubts(facts, today=today):
            self.warn(doubt)

    @property
    def is_hipaa(self) -> bool:
        """Does HIPAA bind the entity for this data, itself or by contract?"""
        return bool(self.kinds & {"hipaa_covered_entity", "hipaa_business_associate"})

    @property
    def is_holder_only(self) -> bool:
        """Does the entity hold the data only for somebody else?"""
        return self.kinds == {"hipaa_business_associate"}

    def is_harm_likely(self, place: str) -> bool:
        """Is harm to people likely, by the finding for the place (`US` for federal rules) or else by the general one?"""
        return self.facts.harm_in.get(place, self._harm_likely)

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
                "`entity.kinds` names HIPAA and `phr_vendor` for the same data: HIPAA is applied and the FTC rule is not. "
                "Assess other data by itself."
            )
        if {"hipaa_covered_entity", "hipaa_business_associate"} <= self.kinds:
            self.warn("`entity.kinds` names covered entity and business associate for the same data: duties of both are listed.")
        elif "hipaa_business_associate" in self.kinds and not self.is_holder_only:
            self.warn(
                "`entity.kinds` names more than business associate for the same data: duties of the State to whoever owns data "
                "are taken as the entity's own. Name that kind alone if the data are held for somebody else only."
            )
        if "hipaa_business_associate" in self.kinds and self.facts.entity.agent_of_covered_entity is None:
            self.warn("`entity.agent_of_covered_entity` is missing: the associate is taken as an independent contractor.")
        if self.facts.entity.listed_company is None:
            self.warn("`entity.listed_company` is missing: the company is taken as not listed.")
        if self.facts.entity.dfs_licensee is None and "US-NY" in self.people:
            self.warn("`entity.dfs_licensee` is missing: the entity is taken as no licensee of New York's financial regulator.")

    def _look_at_elements(self) -> None:
        present = set(self.facts.elements)
        if not self.total:
            self.warn("Nobody is counted in `affected`: no duty that depends on people follows.")
        if self.elsewhere:
            field = "affected_elsewhere" if self.facts.affected_total is None else "affected_total"
            self.warn(
                f"`{field}`: {self.elsewhere:,} people count in totals only, since their home is not known. "
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
        if "substance_use" in present and self.is_hipaa and self.facts.discovery.known_at >= _PART_2_REPORTS:
            self.warn(
                "`elements` names substance_use: a breach of records under 42 CFR Part 2 is reported to HHS apart, in "
                "the periods of HIPAA. The table has no row for that second report."
            )
        if self.is_hipaa and present and set(self.leaked) <= _NOT_HEALTH:
            more = ", ".join(label for kind, labels in self.leaked.items() if kind not in PLAIN for label in labels)
            what = f"Contact data with {more}" if more else "Contact data alone"
            self.warn(f"{what} is not taken as PHI; if it shows that people are patients, name that too, such as condition.")
