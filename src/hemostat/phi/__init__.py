"""What patient data looks like: recognizers, the scanner, redaction, pseudonyms.

Importing this package compiles nothing: the pattern database is built when the first text is scanned, once per dictionary.
"""

from .dictionary import Dictionary, Field
from .match import Match, Redacted
from .pseudonyms import Pseudonyms
from .recent import Recent
from .scanner import Scanner

__all__ = ["Dictionary", "Field", "Match", "Pseudonyms", "Recent", "Redacted", "Scanner"]
