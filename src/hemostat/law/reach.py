"""Is a duty owed? Each question yields a sentence; a duty is owed when every answer is yes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .case import HEALTH, UNLISTED, Case
from .elements import Class
from .facts import FEDERAL
from .moments import Moments
from .reasons import Reason
from .rules import Row, Threshold

_CARD = {"payment_card_number", "card_security_code"}
EVERYONE = {"total", "persons_notified", "persons_notified_at_one_time", "consumers_notified_at_one_time", "patients"}
_OUTSIDE = {
    "service_provider": "It binds a vendor that holds data for somebody else; kinds name no such role.",
    "hipaa_covered_entity": "It binds HIPAA covered entities; kinds name none.",
    "hipaa_business_associate": "It binds business associates; kinds name none.",
    "phr_vendor": "It binds vendors of personal health records outside HIPAA; kinds name none.",
    "phr_service_provider": "It binds service providers of personal health record vendors; facts have no such kind.",
    "licensed_ca_clinic": "It binds clinics and health facilities licensed in California; kinds name none.",
    "dfs_licensee": "It binds licensees of the New York Department of Financial Services; the facts name no such license.",
    "listed_company": "It binds listed companies; the facts do not say that it is one.",
    "card_merchant": "No payment card number or code leaked.",
    "public_body": "It binds bodies that live on public funds; facts have no such kind.",
    "ny_hospital": "It binds general hospitals licensed in New York; facts have no such kind.",
    "nonbank_lender": "It binds financial institutions that are not banks; facts have no such kind.",
}


_BINDS = {
    "data_holder": "It binds whoever holds personal data of people there",
    "service_provider": "It binds a vendor that holds data for somebody else",
    "hipaa_covered_entity": "It binds HIPAA covered entities",
    "hipaa_business_associate": "It binds business associates",
    "phr_vendor": "It binds vendors of personal health records outside HIPAA",
    "licensed_ca_clinic": "It binds clinics and health facilities licensed in California",
    "dfs_licensee": "It binds licensees of the New York Department of Financial Services",
    "listed_company": "It binds listed companies",
    "card_merchant": "The card brands' contracts bind merchants whose card data leaked",
}
_OBLIGED = {
    "entity": "here the entity itself",
    "covered_entity": "here the covered entity, for which the business associate holds the data",
    "business_associate": "here the entity, as business associate",
    "vendor": "here the entity, as vendor of the owner of the data",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who owes the duty (empty when nobody does), and why."""

    obligor: str
    reasons: tuple[Reason, ...]


class Reach:
    """Decides, row by row, whether a case makes it a duty; each row once."""

    def __init__(self, case: Case, moments: Moments) -> None:
        self._case = case
        self._moments = moments
        self._known: dict[str, Verdict] = {}

    def verdict(self, row: Row) -> Verdict:
        """Who owes it and why, or why nobody does."""
        if row.id not in self._known:
            self._known[row.id] = self._verdict(row)
        return self._known[row.id]

    def _verdict(self, row: Row) -> Verdict:
        obligor = self._obligor(row)
        if reason := self._not_a_deadline(row):
            return Verdict("", (Reason("kind", reason, holds=False),))
        force = self._force(row, obligor)
        if not force.holds:
            return Verdict("", (force,))
        if not obligor:
            return Verdict("", (force, Reason("who", self._outside(row), holds=False)))
        who = Reason("who", f"{_BINDS[row.rule.applies_to]}, {_OBLIGED[obligor]}.", holds=True)
        reasons = (force, who, *self._answers(row, obligor))
        return Verdict("" if any(reason.holds is False for reason in reasons) else obligor, reasons)

    def _answers(self, row: Row, obligor: str) -> Iterator[Reason]:
        yield self._people(row)
        if row.rule.follows:
            yield self._followed(row)
            return
        if row.law.reaches is not None:
            yield self._elements(row, self._moments.discovered(row.place, obligor))
        if row.law.breach:
            yield self._breach(row)
        yield from self._encryption(row)
        yield from self._harm(row)

    def _not_a_deadline(self, row: Row) -> str:
        if row.rule.kind == "remedy":
            return "A remedy that people may claim, not a notice: it belongs to exposure."
        if row.rule.kind == "response_deadline":
            return "Not a breach deadline: it is the time to answer a consumer's request."
        return ""

    def _force(self, row: Row, obligor: str) -> Reason:
        day = self._moments.discovered(row.place, obligor)
        span = row.rule.effective
        if span.to and span.to < day:
            return Reason("force", f"No longer law on the day of discovery, {day}: it ended on {span.to}.", holds=False)
        if not span.holds(day):
            return Reason("force", f"Not yet law on the day of discovery, {day}: it begins on {span.from_}.", holds=False)
        since = f" since {span.from_}" if span.from_ else ""
        until = f" until {span.to}" if span.to else ""
        return Reason("force", f"It is in force{since}{until}, and the day of discovery, {day}, decides.", holds=True)

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

    def _people(self, row: Row) -> Reason:
        case, limit = self._case, row.rule.threshold
        if limit.scope == "no_count":
            return Reason("people", "It does not depend on a number of people.", holds=True)
        if not people_of(case, row, everyone=row.place == FEDERAL or limit.scope == "patients"):
            return Reason("people", f"Nobody in {row.place_name} is affected.", holds=False)
        if limit.scope == "residents_of_one_state":
            return self._one_state(row)
        everyone = limit.scope in EVERYONE
        people = people_of(case, row, everyone=everyone)
        counted = "People affected in all" if everyone else f"Residents of {row.place_name} affected"
        if limit.operator == "any":
            return Reason("people", f"{counted}: {people:,}; one is enough.", holds=True)
        return Reason("people", f"{counted}: {people:,}; it takes {asked(limit)}.", holds=limit.holds(people))

    def _one_state(self, row: Row) -> Reason:
        wanted = f"{asked(row.rule.threshold)} residents of one State"
        if not (places := self._case.places_above(row)):
            return Reason("people", f"No State reaches {wanted}.", holds=False)
        counts = ", ".join(f"{self._case.rules.names[place]} {self._case.people[place]:,}" for place in places)
        return Reason("people", f"It takes {wanted}; these reach it: {counts}.", holds=True)

    def _elements(self, row: Row, day: date) -> Reason:
        reaches = reached(row, day)
        hits = [label for kind, labels in self._case.leaked.items() if kind in reaches for label in labels]
        if not hits:
            sentence = "None of the leaked elements is one that this law reaches; contact data alone never is."
            return Reason("elements", sentence, holds=False)
        if row.place == "US-PR" and not self._case.is_hipaa and "medical" in self._case.leaked:
            self._case.warn("Puerto Rico counts the medical data that HIPAA protects; without HIPAA they are taken to count too.")
        for later in row.law.reaches_later:
            if not later.seen and later.since <= day and later.class_ in self._case.leaked:
                labels = " and ".join(self._case.leaked[later.class_])
                self._case.warn(
                    f"{row.place_name} is said to count {labels} since {later.since}, which was not seen in a source: "
                    "it is taken to count."
                )
        sentence = f"Leaked elements that it reaches: {', '.join(hits)}."
        if row.place == "US-TX" and HEALTH.intersection(self._case.leaked):
            sentence += " Health data counts here without a name."
        return Reason("elements", sentence, holds=True)

    def _breach(self, row: Row) -> Reason:
        if self._case.acquired:
            return Reason("data", "The data were acquired.", holds=True)
        if row.law.breach == "acquisition":
            return Reason("data", "The data were not acquired, and this law asks for acquisition.", holds=False)
        if not self._case.accessed:
            return Reason("data", "The data were neither accessed nor acquired.", holds=False)
        if not row.law.access_is_enough:
            self._case.warn(
                f"{row.place_name} asks for acquisition, release or use: data that were accessed are taken as used. "
                "Proof that they were only seen would lift the duty; counsel decides."
            )
            return Reason(
                "data", "The data were accessed, which is taken as use; this law asks for that or acquisition.", holds=True
            )
        return Reason("data", "The data were accessed, which is enough here.", holds=True)

    def _encryption(self, row: Row) -> Iterator[Reason]:
        if row.law.encryption is None:
            return
        if not self._case.encrypted:
            yield Reason("readable", "The data were not encrypted, so no safe harbor helps.", holds=True)
        elif not row.law.encryption.exempts:
            yield Reason("encryption", "The data were encrypted, but this law has no safe harbor for that.", holds=True)
        elif self._case.key_acquired:
            yield Reason("encryption", "The data were encrypted, but the key was taken too: the safe harbor is lost.", holds=True)
        else:
            yield Reason("encryption", "The data were encrypted and the key is safe.", holds=False)

    def _harm(self, row: Row) -> Iterator[Reason]:
        relied, harm = not self._case.is_harm_likely(row.place), row.law.harm
        if row.rule.when == "exemption_used":
            yield Reason("harm", "It is owed by those who rely on the exemption for want of harm.", holds=relied)
        elif harm is None:
            return
        elif not relied:
            word = f"Harm is likely, so no exemption is open. {harm.condition}" if harm.exempts else "This law has no harm test."
            yield Reason("harmful", word.rstrip(), holds=True)
        elif not harm.exempts:
            yield Reason("harm", "Harm is not likely, but this law has no harm test.", holds=True)
        elif not harm.alone:
            yield Reason("harm", f"Harm is not likely, but that alone does not lift the duty. {harm.condition}", holds=True)
        else:
            if row.place not in self._case.facts.harm_in:
                self._case.warn("`harm_likely` is false: it is taken as a documented finding that meets each law's own test.")
            yield Reason("harm", f"Harm is not likely, which lifts the duty. {harm.condition}".rstrip(), holds=False)

    def _followed(self, row: Row) -> Reason:
        leader = self._case.rules.row(row.rule.follows)
        if self.verdict(leader).obligor:
            return Reason("follows", f"It follows from {leader.id}, which is owed.", holds=True)
        return Reason("follows", f"It follows from {leader.id}, which is not owed.", holds=False)


def people_of(case: Case, row: Row, *, everyone: bool) -> int:
    """How many people count: all of them, or the residents of the row's place."""
    return case.total if everyone else case.people.get(row.place, 0)


def reached(row: Row, day: date) -> frozenset[Class]:
    """The classes of elements that the law of the row reaches on a day of discovery; none when it does not turn on elements."""
    unlisted = UNLISTED if row.law.regime == "state_breach_statute" else frozenset()
    later = {later.class_ for later in row.law.reaches_later if later.since <= day}
    return frozenset(row.law.reaches or ()) | later | unlisted


def asked(limit: Threshold) -> str:
    """The number of a threshold in words, such as `more than 500`."""
    return f"{limit.operator.replace('_', ' ')} {limit.count:,}"
