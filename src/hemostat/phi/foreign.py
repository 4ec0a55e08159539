"""Recognizers that somebody wrote for Presidio, beside ours in a scan of files.

One is anything with Presidio's `analyze(text, entities, nlp_artifacts)`; or it stands in a file of Presidio's, as expressions
and words, for which Presidio need not be there: https://microsoft.github.io/presidio/analyzer/adding_recognizers/. Expressions
are run by RE2, whose time grows with the text alone; those that need what RE2 does not know, such as a look back, are left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from hemostat.kernel import BadInput

from .match import Candidate, Match, resolve
from .recognizers.base import REACH
from .scanner import THRESHOLD

_OURS = {
    "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "US_SSN": "SSN", "CREDIT_CARD": "PAN", "PERSON": "NAME",
    "LOCATION": "ADDRESS", "IP_ADDRESS": "IP", "US_PASSPORT": "PASSPORT", "US_DRIVER_LICENSE": "DRIVER_LICENSE", "US_NPI": "NPI",
    "US_MBI": "MEMBER_ID",
}  # fmt: skip
"""What Presidio calls a kind of data for which we have a word."""

_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}
_USUAL_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL
_GAIN, _LEAST = 0.35, 0.4  # what a word of the context adds, and what it makes a score at least: those of Presidio
_ADVICE = "Compare it with docs/how-to/scan-with-presidio.md."


class Result(Protocol):
    """What a recognizer of Presidio's answers: a kind of data, where it stands in code points, and how sure it is, 0 to 1."""

    @property
    def entity_type(self) -> str:
        """What it is, in the recognizer's words."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def score(self) -> float:
        """How sure it is."""


class Analyzer(Protocol):
    """A recognizer of Presidio's, as far as a scan needs it."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: None) -> Sequence[Result] | None:
        """What is in the text."""


class Sheet(NamedTuple):
    """The recognizers of a file or module by their names, and what in it cannot be used, each with the reason."""

    analyzers: list[tuple[str, Analyzer]]
    left_out: list[str]


class Foreign:
    """Recognizers of other people. Whatever they do, the scan goes on; `faults` counts what they did, by their names."""

    def __init__(self, analyzers: Sequence[tuple[str, Analyzer]]) -> None:
        self._analyzers = analyzers
        self.faults: Counter[str] = Counter()

    def added(self, text: str, matches: Sequence[Match]) -> list[Match]:
        """Our matches in a text with theirs; of those that overlap the surer one stays, as among ours."""
        known = {Candidate(one.start, one.end, one.entity, one.score, one.why): one for one in matches}
        for name, analyzer in self._analyzers:
            for found in self._found(name, analyzer, text):
                known.setdefault(found, Match(found.start, found.end, found.entity, found.score, "***", found.why))
        return [known[one] for one in resolve(list(known))]

    def _found(self, name: str, analyzer: Analyzer, text: str) -> list[Candidate]:
        try:
            told = analyzer.analyze(text, list(getattr(analyzer, "supported_entities", ())), None)
            return [_candidate(name, one, len(text)) for one in told or () if one.score >= THRESHOLD]
        except Exception as error:  # noqa: BLE001  # code of somebody else; what it says of its error may hold what it read
            self.faults[f"{name}: {type(error).__name__}"] += 1
            return []


class _Found(NamedTuple):
    """A result of a recognizer that was written down."""

    entity_type: str
    start: int
    end: int
    score: float


class Written:
    """A recognizer that was written down: expressions and words, each with its score, and words of context that add to it."""

    def __init__(self, entity: str, *, expressions: Sequence[tuple[Any, float]], words: Any | None, told: "_Told") -> None:
        self._entity = entity
        self._expressions = expressions
        self._words = words
        self._word_score = told.deny_list_score
        self._context = [word.casefold() for word in told.contexts()]

    def analyze(self, text: str, entities: list[str], nlp_artifacts: None) -> list[Result]:
        """What is in the text, in no order; expressions that match nothing but emptiness find nothing."""
        del entities, nlp_artifacts
        text = text if text.isascii() else text.encode(errors="replace").decode()
        spans = [(*found.span(), score) for expression, score in self._expressions for found in expression.finditer(text)]
        if self._words:
            spans += [(*found.span(), self._word_score) for found in self._words.finditer(text) if _is_whole(text, *found.span())]
        return [_Found(self._entity, start, end, self._scored(text, start, score)) for start, end, score in spans if start < end]

    def _scored(self, text: str, start: int, score: float) -> float:
        before = text[max(0, start - REACH) : start].casefold()
        return min(max(score + _GAIN, _LEAST), 1.0) if any(word in before for word in self._context) else score


def sheet_read(path: Path) -> Sheet:
    """The recognizers in a file of Presidio's. Raises `BadInput` that names the file and the place of the fault."""
    import yaml  # noqa: PLC0415  # only a scan with such a file needs it

    from hemostat.kernel.yamls import yaml_document, yaml_fault  # noqa: PLC0415  # same

    try:
        file = msgspec.convert(yaml_document(path.read_bytes()), _File)
    except OSError as error:
        raise BadInput(f"The recognizers in {path.name} cannot be read: {error.strerror}.", advice=_ADVICE) from error
    except yaml.YAMLError as error:
        raise BadInput(f"The recognizers in {path.name} are not YAML: {yaml_fault(error)}.", advice=_ADVICE) from error
    except msgspec.ValidationError as error:
        raise BadInput(f"The recognizers in {path.name}: {error}.", advice=_ADVICE) from error
    analyzers: list[tuple[str, Analyzer]] = []
    left_out: list[str] = []
    for number, told in enumerate(file.recognizers, start=1):
        name = told if isinstance(told, str) else told.name or f"recognizer {number}"
        if isinstance(told, str) or told.type == "predefined" or not (told.patterns or told.deny_list):
            left_out.append(f"{name}: it is code of Presidio's, and none is written down here")
        elif not _ENTITY.fullmatch(_OURS.get(told.supported_entity, told.supported_entity)):
            left_out.append(f"{name}: {told.supported_entity[:40]!r} is no kind of data, such as CHART_NUMBER")
        elif told.enabled:
            written, faults = _written(told, file.global_regex_flags)
            analyzers.append((name, written))
            left_out += [f"{name}: {fault}" for fault in faults]
    return Sheet(analyzers, left_out)


class _Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """One expression."""

    regex: str
    score: float
    name: str = ""


class _Language(msgspec.Struct, frozen=True, kw_only=True):
    """A language, with words of context of its own."""

    language: str
    context: list[str] | None = None


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """One recognizer. What else stands there is Presidio's affair."""

    name: str = ""
    type: str = "custom"
    enabled: bool = True
    supported_entity: str = ""
    patterns: list[_Pattern] = []
    deny_list: list[str] = []
    deny_list_score: float = 1.0
    context: list[str] | None = None
    supported_languages: list[str | _Language] | None = None

    def contexts(self) -> list[str]:
        """The words of context, of all its languages."""
        languages = [one.context or [] for one in self.supported_languages or [] if isinstance(one, _Language)]
        return [word for words in (self.context or [], *languages) for word in words if word]


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    recognizers: list[_Told | str]
    global_regex_flags: int = int(_USUAL_FLAGS)


def _written(told: _Told, flags: int) -> tuple[Written, list[str]]:
    """The recognizer, and which of its expressions RE2 does not know."""
    inline = "".join(letter for flag, letter in _FLAGS.items() if flags & flag)
    expressions, faults = [], []
    for number, pattern in enumerate(told.patterns, start=1):
        if compiled := _compiled(f"(?{inline}){pattern.regex}" if inline else pattern.regex):
            expressions.append((compiled, pattern.score))
        else:
            faults.append(f"the expression {pattern.name or number!r} is none that RE2 knows")
    # The longest first: `Mr.` is tried before `Mr`.
    words = "|".join(re.escape(word) for word in sorted(filter(None, told.deny_list), key=len, reverse=True))
    whole = _compiled(f"(?i){words}" if flags & re.IGNORECASE else words) if words else None
    return Written(told.supported_entity, expressions=expressions, words=whole, told=told), faults


def _compiled(expression: str) -> Any | None:
    import re2  # noqa: PLC0415  # only a scan with such a file needs it

    options = re2.Options()
    options.log_errors = False
    with suppress(re2.error):
        return re2.compile(expression, options)
    return None


def _candidate(name: str, found: Result, length: int) -> Candidate:
    """A result as a candidate. Raises `ValueError` for one that is none."""
    entity = _OURS.get(found.entity_type, found.entity_type)
    if not _ENTITY.fullmatch(entity) or not 0 <= found.start < found.end <= length or found.score > 1:
        raise ValueError
    return Candidate(int(found.start), int(found.end), entity, round(float(found.score), 2), f"recognizer {name}")


def _is_whole(text: str, start: int, end: int) -> bool:
    """Is what stands here no part of a longer word?"""
    return not (_is_of_word(text[start - 1 : start]) or _is_of_word(text[end : end + 1]))


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
