"""Is a duty owed? Each question yields a sentence; a duty is owed when every answer is yes."""

from collections.abc import Iterator
from dataclasses import dataclass

from .case import HEALTH, UNLISTED, Case
from .facts import FEDERAL
from .moments import Moments
from .rules import Row

_CARD = {"payment_card_number", "card_security_code"}
_EVERYONE = {"total", "persons_notified", "persons_notified_at_one_time", "consumers_notified_at_one_time", "patients"}
_OUTSIDE = {
    "service_provider": "It binds a vendor that holds data for somebody else; kinds name no such role.",
    "hipaa_covered_entity": "It binds HIPAA covered entities; kinds name none.",
    "hipaa_business_associate": "It binds business associates; kinds name none.",
    "phr_vendor": "It binds vendors of personal health records outside HIPAA; kinds name none.",
    "phr_service_provider": "It binds service providers of personal health record vendors; facts have no such kind.",
    "licensed_ca_clinic": "It binds clinics and health facilities licensed in California; kinds name none.",
    "dfs_licensee": "It binds licensees of the New York Department of Financial Services; entity.dfs_licensee is not set.",
    "listed_company": "It binds listed companies; entity.listed_company is not set.",
    "card_merchant": "No payment card number or code leaked.",
    "public_body": "It binds bodies that live on public funds; facts have no such kind.",
    "ny_hospital": "It binds general hospitals licensed in New York; facts have no such kind.",
    "nonbank_lender": "It binds financial institutions that are not banks; facts have no such kind.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who owes the duty (empty when nobody does), and why."""

    obligor: str
    because: tuple[str, ...]


class Reach:
    """Decides, row by row, whether a case makes it a duty."""

    def __init__(self, case: Case, moments: Moments) -> None:
        self._case = case
        self._moments = moments

    def verdict(self, row: Row) -> Verdict:
        """Who owes it and why, or why nobody does."""
        obligor = self._obligor(row)
        if reason := self._not_a_deadline(row) or self._not_in_force(row, obligor):
            return Verdict("", (reason,))
        if not obligor:
            return Verdict("", (self._outside(row),))
        answers = list(self._answers(row))
        if failed := tuple(sentence for holds, sentence in answers if not holds):
            return Verdict("", failed)
        return Verdict(obligor, tuple(sentence for _, sentence in answers))

    def _answers(self, row: Row) -> Iterator[tuple[bool, str]]:
        yield self._people(row)
        if row.rule.follows:
            yield self._followed(row)
            return
        if row.law.reaches is not None:
            yield self._elements(row)
        if row.law.breach is not None:
            yield self._breach(row)
        yield from self._encryption(row)
        yield from self._harm(row)

    def _not_a_deadline(self, row: Row) -> str:
        if row.rule.kind == "remedy":
            return "A remedy that people may claim, not a notice: it belongs to exposure."
        if row.rule.kind == "response_deadline":
            return "Not a breach deadline: it is the time to answer a consumer's request."
        return ""

    def _not_in_force(self, row: Row, obligor: str) -> str:
        day = self._moments.discovered(row.place, obligor)
        span = row.rule.effective
        if span.holds(day):
            return ""
        if span.to and span.to < day:
            return f"No longer law on the day of discovery, {day}: it ended on {span.to}."
        return f"Not yet law on the day of discovery, {day}: it begins on {span.from_}."

    def _obligor(self, row: Row) -> str:
        case, who = self._case, row.rule.applies_to
        entity = case.facts.entity
        associate = "hipaa_business_associate" in case.kinds
        if who == "data_holder":
            return "covered_entity" if case.is_holder_only else "entity"
        if who == "hipaa_covered_entity":
            return "entity" if "hipaa_covered_entity" in case.kinds else "covered_entity" if associate else ""
        others = {
            "service_provider": (associate, "vendor"),
            "hipaa_business_associate": (associate, "business_associate"),
            "phr_vendor": ("phr_vendor" in case.kinds and not case.is_hipaa, "entity"),
            "licensed_ca_clinic": ("licensed_ca_clinic" in case.kinds, "entity"),
            "dfs_licensee": (entity.dfs_licensee is True, "entity"),
            "listed_company": (entity.listed_company is True, "entity"),
            "card_merchant": (bool(_CARD.intersection(case.facts.elements)), "entity"),
        }
        applies, obligor = others.get(who, (False, ""))
        return obligor if applies else ""

    def _outside(self, row: Row) -> str:
        if row.rule.applies_to == "phr_vendor" and self._case.is_hipaa:
            return "HIPAA governs this data, and the FTC rule never applies beside it."
        return _OUTSIDE[row.rule.applies_to]

    def _people(self, row: Row) -> tuple[bool, str]:
        case, limit = self._case, row.rule.threshold
        if limit.scope == "no_count":
            return True, "It does not depend on a number of people."
        here = case.total if row.place == FEDERAL or limit.scope == "patients" else case.people.get(row.place, 0)
        if not here:
            return False, f"Nobody in {row.place_name} is affected."
        if limit.scope == "residents_of_one_state":
            return self._one_state(row)
        people, counted = (
            (case.total, "People affected in all")
            if limit.scope in _EVERYONE
            else (here, f"Residents of {row.place_name} affected")
        )
        if limit.operator == "any":
            return True, f"{counted}: {people:,}; one is enough."
        return limit.holds(people), f"{counted}: {people:,}; it takes {limit.operator.replace('_', ' ')} {limit.count:,}."

    def _one_state(self, row: Row) -> tuple[bool, str]:
        limit = row.rule.threshold
        asked = f"{limit.operator.replace('_', ' ')} {limit.count:,} residents of one State"
        if not (places := self._case.places_above(row)):
            return False, f"No State reaches {asked}."
        counts = ", ".join(f"{self._case.rules.names[place]} {self._case.people[place]:,}" for place in places)
        return True, f"It takes {asked}; these reach it: {counts}."

    def _elements(self, row: Row) -> tuple[bool, str]:
        reaches = set(row.law.reaches or ())
        if row.law.regime == "state_breach_statute":
            reaches |= UNLISTED
        hits = [label for kind, labels in self._case.leaked.items() if kind in reaches for label in labels]
        if not hits:
            return False, "None of the leaked elements is one that this law reaches; contact data alone never is."
        sentence = f"Leaked elements that it reaches: {', '.join(hits)}."
        if row.place == "US-TX" and HEALTH.intersection(self._case.leaked):
            sentence += " Health data counts here without a name."
        return True, sentence

    def _breach(self, row: Row) -> tuple[bool, str]:
        if self._case.acquired:
            return True, "The data were acquired."
        if row.law.breach == "acquisition":
            return False, "The data were not acquired, and this law asks for acquisition."
        if self._case.accessed:
            return True, "The data were accessed, which is enough here."
        return False, "The data were neither accessed nor acquired."

    def _encryption(self, row: Row) -> Iterator[tuple[bool, str]]:
        if not self._case.encrypted or row.law.encryption is None:
            return
        if self._case.key_acquired:
            yield True, "The data were encrypted, but the key was taken too: the safe harbor is lost."
        else:
            yield False, "The data were encrypted and the key is safe."

    def _harm(self, row: Row) -> Iterator[tuple[bool, str]]:
        relied = not self._case.harm_likely
        if row.rule.when == "exemption_used":
            yield relied, "It is owed by those who rely on the exemption for want of harm."
            return
        if not relied or row.law.harm is None:
            return
        harm = row.law.harm
        if not harm.exempts:
            yield True, "Harm is not likely, but this law has no harm test."
        elif not harm.alone:
            yield True, f"Harm is not likely, but that alone does not lift the duty. {harm.condition}"
        else:
            self._case.warn("`harm_likely` is false: it is taken as a documented finding that meets each law's own test.")
            yield False, f"Harm is not likely, which lifts the duty. {harm.condition}".rstrip()

    def _followed(self, row: Row) -> tuple[bool, str]:
        leader = self._case.rules.row(row.rule.follows)
        if self.verdict(leader).obligor:
            return True, f"It follows from {leader.id}, which is owed."
        return False, f"It follows from {leader.id}, which is not owed."
