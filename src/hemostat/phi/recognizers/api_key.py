"""Keys of the platforms' interfaces: by the prefixes that their makers gave them, or by field."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import Recognizer
from .secret import secret_at

_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<shopify>shp(?:at|ss|ca|pa)_[0-9a-fA-F]{24,64})|(?P<stripe>(?:[sr]k_(?:live|test)|whsec)_[0-9A-Za-z]{16,247})"
    r"|(?P<aws>A(?:KIA|SIA)[A-Z2-7]{16})|(?P<github>gh[pousr]_[0-9A-Za-z]{36,251})|(?P<slack>xox[abeoprs]-[0-9A-Za-z-]{20,250})"
    r"|(?P<google>AIza[0-9A-Za-z_-]{35})|(?P<sendgrid>SG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{32,64})"
    r"|(?P<mailgun>key-[0-9a-f]{32})|(?P<klaviyo>pk_[0-9a-f]{32,34})|(?P<npm>npm_[0-9A-Za-z]{36})"
    r"|(?P<gitlab>glpat-[0-9A-Za-z_-]{20,64})|(?P<digitalocean>do[opr]_v1_[0-9a-f]{64})|(?P<square>sq0[a-z]{3}-[0-9A-Za-z_-]{22,60})"
    r"|(?P<oauth>GOCSPX-[0-9A-Za-z_-]{28})|(?P<pypi>pypi-AgE[0-9A-Za-z_-]{50,250})|(?P<mailchimp>[0-9a-f]{32}-us\d{1,2}))(?![0-9A-Za-z])"
)
_SPOKEN = re.compile(
    r"(?ai:(?:the|your|our|my|production|live|sandbox|secret|store)[ ]key[ ](?:is[ ]|=[ ])?|secret[ ](?:is[ ]|=[ ])?)"
    r"(?P<key>[0-9A-Za-z/+]{32,64})(?![\w/+-])"
)
_MAKERS = {
    "shopify": "Shopify",
    "stripe": "Stripe",
    "aws": "AWS",
    "github": "GitHub",
    "slack": "Slack",
    "google": "Google",
    "sendgrid": "SendGrid",
    "mailgun": "Mailgun",
    "klaviyo": "Klaviyo",
    "npm": "npm",
    "gitlab": "GitLab",
    "digitalocean": "DigitalOcean",
    "square": "Square",
    "oauth": "Google OAuth",
    "pypi": "PyPI",
    "mailchimp": "Mailchimp",
}


class ApiKey(Recognizer):
    """API_KEY."""

    entity = "API_KEY"
    shapes = (
        r"shp(?:at|ss|ca|pa)_[0-9a-fA-F]{24}",
        r"(?:[sr]k_(?:live|test)|whsec)_[0-9A-Za-z]{16}",
        r"A(?:KIA|SIA)[A-Z2-7]{16}",
        r"gh[pousr]_[0-9A-Za-z]{36}",
        r"xox[abeoprs]-[0-9A-Za-z-]{20}",
        r"AIza[0-9A-Za-z_-]{35}",
        r"SG[.][0-9A-Za-z_-]{16,32}[.][0-9A-Za-z_-]{32}",
        r"\bkey-[0-9a-f]{32}",
        r"\bpk_[0-9a-f]{32}",
        r"npm_[0-9A-Za-z]{36}",
        r"glpat-[0-9A-Za-z_-]{20}",
        r"do[opr]_v1_[0-9a-f]{64}",
        r"sq0[a-z]{3}-[0-9A-Za-z_-]{22}",
        r"GOCSPX-[0-9A-Za-z_-]{28}",
        r"pypi-AgE[0-9A-Za-z_-]{50}",
        r"\b[0-9a-f]{32}-us[0-9]{1,2}\b",
        r"\b(?i:the|your|our|my|production|live|sandbox|secret|store)[ ]key[ ](?:is[ ]|=[ ])?[0-9A-Za-z]{32}",
        r"\b(?i:secret)[ ](?:is[ ]|=[ ])?[0-9A-Za-z/+]{32}",
    )

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """The key whose prefix was seen."""
        del end
        key = _PREFIXED.match(text, start)
        if spoken := _SPOKEN.match(text, start):
            first, last = spoken.span("key")
            value = Value(first, last, quoted=True, weight=0.6, weak=False, name="key")
            if secret_at(text, value):
                yield self.found(first, last, value.weight, "long and random, and called a key")
        elif key:
            yield self.found(start, key.end(), 0.97, f"the prefix and length of a {_MAKERS[key.lastgroup or '']} key")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """A long random word at the start of the field."""
        end = secret_at(text, value)
        if end:
            yield self.found(value.start, end, value.weight, f"field {value.name}; long and random")
