"""The rows of `content/law` as frozen records: one YAML file a jurisdiction, laws in it, duties in those."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from hemostat.kernel import BadInput, content

from .elements import Class
from .files import file_read

# How many ids are offered in place of one that does not exist.
_MOST_NEAR = 3
Kind = Literal["notice_duty", "conditional_filing", "contract_duty", "response_deadline", "remedy"]
Who = Literal[
    "data_holder",
    "service_provider",
    "hipaa_covered_entity",
    "hipaa_business_associate",
    "phr_vendor",
    "phr_service_provider",
    "licensed_ca_clinic",
    "dfs_licensee",
    "listed_company",
    "card_merchant",
    "public_body",
    "ny_hospital",
    "nonbank_lender",
    "ccpa_business",
    "cmia_provider",
]
Recipient = Literal[
    "individuals",
    "attorney_general",
    "consumer_reporting_agencies",
    "other_regulator",
    "covered_entity",
    "ftc",
    "media",
    "hhs",
]
Trigger = Literal[
    "discovery",
    "determination",
    "awareness",
    "confirmation",
    "detection",
    "consumer_notice_sent",
    "hhs_notice_sent",
    "calendar_year_end",
    "materiality_determination",
    "request_received",
    "consumer_cure_notice",
    "negligent_release",
    "unlawful_disclosure",
]
Relation = Literal["after", "no_later_than_event", "before_event"]
Unit = Literal["calendar_days", "business_days", "hours"]
Standard = Literal["numeric", "without_unreasonable_delay", "most_expedient", "immediate"]
Operator = Literal["any", "more_than", "at_least", "fewer_than"]
Scope = Literal[
    "residents",
    "residents_notified",
    "individuals_affected",
    "consumers_notified",
    "consumers_notified_at_one_time",
    "persons_notified",
    "persons_notified_at_one_time",
    "total",
    "residents_of_one_state",
    "patients",
    "no_count",
]
# Topics of reasons (`reasons.py`) that may stand in a clause of their own.
Clause = Literal["who", "data", "encryption", "harm", "start", "hold", "deemed"]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record of the files: a field that nobody knows is an error, not a guess."""


class Clock(Record, frozen=True):
    """From when to when: `value` in `unit` after `trigger`, or bound to an event.

    inherits_from: id of the duty whose last day caps this one too; the earlier of the two counts.
    not_after_notice: the day on which residents are told caps it as well. True of every relation but `after`.
    """

    trigger: Trigger
    relation: Relation
    value: int | None = None
    unit: Unit | None = None
    standard: Standard | None = None
    inherits_from: str = ""
    not_after_notice: bool = False


class Threshold(Record, frozen=True):
    """How many people make it a duty, and which people are counted."""

    operator: Operator
    scope: Scope
    count: int = 0

    def holds(self, people: int) -> bool:
        """Is this number of people enough?"""
        return {
            "any": people > 0 or self.scope == "no_count",
            "more_than": people > self.count,
            "at_least": people >= self.count,
            "fewer_than": 0 < people < self.count,
        }[self.operator]


class Effective(Record, frozen=True, rename={"from_": "from"}):
    """Both days inclusive; None is open."""

    from_: date | None = None
    to: date | None = None

    def holds(self, day: date) -> bool:
        """Was the row law on this day?"""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


class AfterHold(Record, frozen=True):
    """What a law-enforcement hold does to the limit.

    moves: a hold that outlasts the limit moves it.
    then, unit: days granted after the hold ends.
    restarts: those days start anew even when the limit had time left.
    """

    moves: bool = False
    then: int = 0
    unit: Unit = "calendar_days"
    restarts: bool = False


class Verified(Record, frozen=True):
    """Was the row's deadline, recipient and threshold seen in a source, and in which kind of source?"""

    seen: bool
    basis: Literal["statute_text", "regulator_page", "two_secondary", "one_secondary", "none"]


class Amount(Record, frozen=True):
    """US dollars of a remedy."""

    min: int | None = None
    max: int | None = None


class Harm(Record, frozen=True):
    """The harm test of a law. `alone`: a finding of no harm lifts the duty without any further condition."""

    exempts: bool
    alone: bool = True
    condition: str = ""


class Encryption(Record, frozen=True):
    """Does encryption, with the key safe, lift the duty?"""

    exempts: bool
    condition: str = ""


class Deemed(Record, frozen=True):
    """How far notice under HIPAA counts as notice under this law."""

    deemed: Literal["none", "partial", "full", "not_applicable"]
    health_data_only: bool = False
    note: str = ""


class PrivateAction(Record, frozen=True):
    """May people sue?"""

    allowed: Literal["yes", "no", "unclear"]
    condition: str = ""


class Rule(Record, frozen=True):
    """One duty, remedy or response deadline.

    met_by_hipaa_notice: a HIPAA letter that was really sent in time meets it.
    when: owed only under this condition. follows: owed only when that duty is.
    sent_with: goes at the same time as that duty's notice.
    """

    id: str
    kind: Kind
    applies_to: Who
    recipient: Recipient
    recipient_name: str
    clock: Clock
    threshold: Threshold
    effective: Effective
    verified: Verified
    met_by_hipaa_notice: bool = False
    hold: AfterHold = AfterHold()
    when: Literal["", "exemption_used"] = ""
    follows: str = ""
    sent_with: str = ""
    amount_usd: Amount | None = None
    note: str = ""


class Later(Record, frozen=True, rename={"class_": "class"}):
    """A class of elements that a law took up after its rows began.

    since: the first day of discovery on which it counts. seen: was that seen in a source?
    """

    class_: Class
    since: date
    seen: bool


class Law(Record, frozen=True):
    """What all duties of one law share.

    reaches: classes of elements (`content/law/elements.yaml`), or None when the law does not turn on elements.
    reaches_later: classes that came to it within the time of its rows.
    breach: what must have happened to the data, or None when the law does not say.
    access_is_enough: does `either` mean access or acquisition? False where it means acquisition, release or use.
    clauses: where in the law an answer stands, by topic, when it is not the citation itself.
    """

    citation: str
    regime: str
    sources: list[str]
    duties: list[Rule]
    reaches: list[Class] | None = None
    reaches_later: list[Later] = []
    reaches_medical_verified: bool | None = None
    breach: Literal["access", "acquisition", "either"] | None = None
    access_is_enough: bool = True
    clauses: dict[Clause, str] = {}
    harm: Harm | None = None
    encryption: Encryption | None = None
    hipaa: Deemed | None = None
    private_action: PrivateAction | None = None
    credit_monitoring_months: int | None = None


class Jurisdiction(Record, frozen=True):
    """One file: a jurisdiction by its ISO 3166-2 code, its name, and the day on which the text was last compared."""

    jurisdiction: str
    name: str
    as_of: date
    laws: list[Law]


@dataclass(frozen=True, slots=True)
class Row:
    """A rule with the law and the place that it belongs to."""

    place: str
    place_name: str
    law: Law
    rule: Rule

    @property
    def id(self) -> str:
        """The id of the rule."""
        return self.rule.id


class Rules:
    """All rows, by id and by place."""

    def __init__(self, files: Iterable[Jurisdiction]) -> None:
        self.names: dict[str, str] = {}
        self.rows: dict[str, Row] = {}
        self._places: dict[str, list[Row]] = {}
        for file in files:
            self.names[file.jurisdiction] = file.name
            self._places[file.jurisdiction] = [
                self._add(Row(file.jurisdiction, file.name, law, rule)) for law in file.laws for rule in law.duties
            ]
        for row in self.rows.values():
            self._check_links(row)

    def row(self, name: str) -> Row:
        """The row of this id. Raises `BadInput` when there is none."""
        if name not in self.rows:
            typed = name.upper()
            begun = [other for other in self.rows.values() if typed and other.id.startswith(typed)]
            in_force_first = [row.id for row in sorted(begun, key=lambda row: row.rule.effective.to is not None)]
            near = list(dict.fromkeys([*in_force_first, *get_close_matches(typed, self.rows)]))[:_MOST_NEAR]
            raise BadInput(
                f"No duty is called {name[:40]!r}.",
                advice=f"Is it {' or '.join(near)}?" if near else "Ids look like CA-IND-2026; `hemostat law table` lists them.",
            )
        return self.rows[name]

    def of(self, place: str) -> list[Row]:
        """The rows of one jurisdiction, in the order of its file."""
        return self._places.get(place, [])

    def _add(self, row: Row) -> Row:
        if row.id in self.rows:
            raise BadInput(f"The duty {row.id} stands in content/law twice.", advice="Give each version its own id.")
        self.rows[row.id] = row
        return row

    def _check_links(self, row: Row) -> None:
        links = [row.rule.clock.inherits_from, row.rule.follows, row.rule.sent_with]
        if missing := [name for name in links if name and name not in self.rows]:
            raise BadInput(
                f"The duty {row.id} points to {missing[0]}, which does not exist.", advice="Correct the id in its file."
            )


def rules_read(folder: Path) -> Rules:
    """The rows of a folder. Raises `BadInput` that names the file and the place of the first fault."""
    files = sorted(folder.glob("us*.yaml"))
    return Rules(file_read(path, Jurisdiction, schema="duty.schema.json") for path in files)


@cache
def rules_load() -> Rules:
    """The rows that Hemostat ships, read once a process."""
    return rules_read(content("law"))
