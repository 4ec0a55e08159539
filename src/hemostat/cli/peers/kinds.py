"""What the peers call the kinds of values that we look for, and how their words are read: wherever it is open, in their favor."""

from collections.abc import Mapping, Sequence

import msgspec

from hemostat.cli.corpora import Labelled, Span

_SHARED = 0.5  # intersection over union from which a match is of a value


class Kinds(msgspec.Struct, frozen=True, kw_only=True):
    """One peer: what it is, and for each of its words the entities of ours that the word may stand for, the likeliest first.

    What it tells under a word that is not listed is not counted at all, neither for nor against it.
    """

    title: str
    words: Mapping[str, tuple[str, ...]]

    @property
    def claimed(self) -> frozenset[str]:
        """The entities that it claims to know."""
        return frozenset(entity for entities in self.words.values() for entity in entities)


_SECRET = ("API_KEY", "SESSION_TOKEN", "JWT")

KINDS: Mapping[str, Kinds] = {
    "presidio": Kinds(
        title="Presidio without NER",
        words={
            "EMAIL_ADDRESS": ("EMAIL",),
            "PHONE_NUMBER": ("PHONE",),
            "US_SSN": ("SSN",),
            "CREDIT_CARD": ("PAN",),
            "IP_ADDRESS": ("IP",),
            "US_PASSPORT": ("PASSPORT",),
            "US_DRIVER_LICENSE": ("DRIVER_LICENSE",),
            "US_NPI": ("NPI",),
            "US_MBI": ("MEMBER_ID",),
            "US_HEALTH_INSURANCE_MEMBER_ID": ("MEMBER_ID",),
            "MEDICAL_LICENSE": ("DEA",),
        },
    ),
    "scrubadub": Kinds(
        title="scrubadub",
        words={
            "email": ("EMAIL",),
            "phone": ("PHONE",),
            "social_security_number": ("SSN",),
            "credit_card": ("PAN",),
        },
    ),
    "detect-secrets": Kinds(
        title="detect-secrets",
        words={
            "JSON Web Token": ("JWT",),
            **dict.fromkeys(
                (
                    "AWS Access Key", "Base64 High Entropy String", "GitHub Token", "Hex High Entropy String",
                    "Mailchimp Access Key", "OpenAI Token", "Secret Keyword", "SendGrid API Key", "Slack Token",
                    "Square OAuth Secret", "Stripe Access Key", "Telegram Bot Token", "Twilio API Key",
                ),
                _SECRET,
            ),
        },
    ),
}  # fmt: skip
"""The peers by name. Presidio's `DATE_TIME` is left out: it is any date, and counted as a date of birth it would only lose."""


def read_as(kinds: Kinds, text: Labelled, told: Sequence[tuple[int, int, str]]) -> list[Span]:
    """A peer's matches in a text as entities of ours.

    A word that may stand for several is read as that of the value which it covers by half of what both cover, if there is one.
    """
    found = []
    for start, end, word in told:
        entities = kinds.words.get(word)
        if entities:
            there = (span.entity for span in text.spans if span.entity in entities and _shares(span, start, end))
            found.append(Span(start, end, next(there, entities[0])))
    return found


def _shares(span: Span, start: int, end: int) -> bool:
    both = min(span.end, end) - max(span.start, start)
    return both >= _SHARED * (max(span.end, end) - min(span.start, start))
