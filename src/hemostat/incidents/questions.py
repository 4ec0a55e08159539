"""What the law asks and only people can answer: the questions and events, in words, with what is assumed meanwhile."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from hemostat.law.facts import HOLD

from .vocabulary import LegalQuestion

CURE_NOTICE = "consumer_cure_notice"
"""The letter that opens the 30 days in which a business may cure, Cal. Civ. Code 1798.150(b): no word of the facts, a task."""

KNOWING = frozenset({"workforce_member_knew", "agent_knew", "covered_entity_told"})
"""Events of the facts that say that somebody whose knowledge counts knew."""

KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "hipaa_covered_entity": "HIPAA covered entity",
        "hipaa_business_associate": "HIPAA business associate",
        "phr_vendor": "vendor of personal health records outside HIPAA",
        "licensed_ca_clinic": "clinic licensed in California",
        "merchant": "merchant",
    }
)
"""The roles of the facts document as people call them."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question.

    assumed: what the clocks take for true while nobody has answered. lifts: the answer that can lift duties.
    """

    text: str
    kind: Literal["yes_no", "day", "kinds", "elements"]
    help: str
    assumed: str
    lifts: bool | None = None


class EventKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of event that people record."""

    text: str
    help: str


QUESTIONS: Mapping[LegalQuestion, Question] = MappingProxyType(
    {
        LegalQuestion.KINDS: Question(
            text="Who are we for this data?",
            kind="kinds",
            help="HIPAA binds those who give care and those who work for them; a health app outside HIPAA falls under the FTC's "
            "rule; state law binds everybody. One leak may touch data that we hold in several roles.",
            assumed="what the settings say about the organization",
        ),
        LegalQuestion.AGENT_OF_COVERED_ENTITY: Question(
            text="As a business associate, do we act as the agent of the covered entity?",
            kind="yes_no",
            help="Under its control, by the federal common law of agency: then it discovers when we do, 45 CFR 164.404(a)(2).",
            assumed="no, an independent contractor",
        ),
        LegalQuestion.DFS_LICENSEE: Question(
            text="Are we licensed by the New York Department of Financial Services?",
            kind="yes_no",
            help="It asks its licensees for notice of its own, 23 NYCRR 500.17.",
            assumed="no",
        ),
        LegalQuestion.LISTED_COMPANY: Question(
            text="Are we a listed company?",
            kind="yes_no",
            help="A material incident is reported on Form 8-K, item 1.05.",
            assumed="no",
        ),
        LegalQuestion.SHOULD_HAVE_KNOWN_AT: Question(
            text="On which day would reasonable diligence have shown it?",
            kind="day",
            help="Clocks that count from discovery count from this day when it is earlier than the day on which it was known.",
            assumed="not before it was known",
        ),
        LegalQuestion.ELEMENTS: Question(
            text="Which kinds of data leaked?",
            kind="elements",
            help="What the surface could answer with is the start; evidence says what it did answer with.",
            assumed="what the settings say that this surface answers with",
        ),
        LegalQuestion.ENCRYPTED: Question(
            text="Were the data encrypted as they leaked?",
            kind="yes_no",
            help="Unreadable to whoever got them, by a method that HHS or the state accepts. An encrypted disk or line is no "
            "help when the application hands the data out.",
            assumed="no, readable",
            lifts=True,
        ),
        LegalQuestion.KEY_ACQUIRED: Question(
            text="If they were encrypted, was the key taken too?",
            kind="yes_no",
            help="With the key the safe harbor is lost.",
            assumed="yes, if the data were encrypted",
            lifts=False,
        ),
        LegalQuestion.ACCESSED: Question(
            text="Did anybody get at the data?",
            kind="yes_no",
            help="Access alone is enough under HIPAA and in several states.",
            assumed="yes",
            lifts=False,
        ),
        LegalQuestion.ACQUIRED: Question(
            text="Did anybody take the data?",
            kind="yes_no",
            help="Most state laws ask for acquisition: downloads, exports and copies show it, views alone may not.",
            assumed="yes",
            lifts=False,
        ),
    }
)

EVENT_KINDS: Mapping[str, EventKind] = MappingProxyType(
    {
        HOLD: EventKind(
            text="Law enforcement asked to wait",
            help="By word of mouth it holds 30 days at most; in writing for the time it states, 45 CFR 164.412.",
        ),
        "covered_entity_told": EventKind(
            text="A vendor told us, or we told the covered entity",
            help="The day on which the notice arrived: the discovery of whoever was told, unless the vendor is its agent.",
        ),
        "workforce_member_knew": EventKind(
            text="Somebody of our workforce knew",
            help="Anybody but the wrongdoer: it counts as our knowledge.",
        ),
        "agent_knew": EventKind(
            text="An agent of ours knew",
            help="Who acts under our control: it counts as our knowledge.",
        ),
        "determination": EventKind(
            text="It was determined to be a breach",
            help="For a determination that the playbook's decision does not record, such as one for a single state.",
        ),
        CURE_NOTICE: EventKind(
            text="A consumer's notice to cure arrived",
            help="California gives 30 days to answer it, Cal. Civ. Code 1798.150(b).",
        ),
    }
)
