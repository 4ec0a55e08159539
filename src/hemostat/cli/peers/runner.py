"""A peer in a process of its own: `python -I runner.py NAME`, in an environment that has the peers and nothing of ours.

Its first line is `{"version": ...}`. Each line that it is given is a JSON list of texts, and answered by one line,
`[seconds, [[[start, end, kind], ...] for each text]]`: processor seconds without reading and writing, offsets in code points,
kinds in the peer's own words. Whatever a peer prints itself goes to standard error.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

Found = Iterator[tuple[int, int, str]]
Finder = Callable[[str], Found]

_LEAST_SCORE = 0.4  # of Presidio: it tells guesses from 0.01 on, and leaves the cut to its caller
_RESERVED = ("example", "test", "invalid")  # RFC 2606
_OFF_BY_DEFAULT = (
    "UsNpiRecognizer", "UsMbiRecognizer", "MedicalLicenseRecognizer", "UsHealthInsuranceMemberIdRecognizer",
)  # fmt: skip


def presidio() -> Finder:
    """Presidio with all recognizers for English that work by patterns, and spaCy's tokens for the words around."""
    import spacy  # noqa: PLC0415  # each process loads one peer
    import tldextract  # noqa: PLC0415  # same
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers  # noqa: PLC0415  # same
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415  # same

    # It refuses addresses in top domains that nobody can register; ours are in no others. Nothing is fetched.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, extra_suffixes=_RESERVED)
    words = spacy.blank("en")
    spacy.Language.component("words_as_they_are", func=_words_as_they_are)
    words.add_pipe("words_as_they_are")
    engine = SpacyNlpEngine()
    engine.nlp = {"en": words}
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    known = {type(one).__name__ for one in registry.recognizers}
    for name in _OFF_BY_DEFAULT:
        if name not in known:
            registry.add_recognizer(getattr(predefined_recognizers, name)())
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])

    def find(text: str) -> Found:
        for one in analyzer.analyze(text, language="en", score_threshold=_LEAST_SCORE):
            yield one.start, one.end, one.entity_type

    return find


def _words_as_they_are(doc: Any) -> Any:
    """Presidio looks for the words around a value among lemmas, which only a model knows: each word is its own."""
    for word in doc:
        word.lemma_ = word.lower_
    return doc


def scrubadub() -> Finder:
    """The detectors that scrubadub has on by default for the United States."""
    import scrubadub as peer  # noqa: PLC0415  # each process loads one peer

    scrubber = peer.Scrubber(locale="en_US")

    def find(text: str) -> Found:
        for filth in scrubber.iter_filth(text):
            for one in getattr(filth, "filths", [filth]):
                yield one.beg, one.end, one.detector_name if one.type is None else one.type

    return find


def detect_secrets() -> Finder:
    """The default plugins and filters of detect-secrets, over a file for each text, as it reads repositories."""
    from detect_secrets.core.scan import scan_file  # noqa: PLC0415  # each process loads one peer
    from detect_secrets.settings import default_settings  # noqa: PLC0415  # same

    stay = ExitStack()  # until the process ends
    stay.enter_context(default_settings())
    place = Path(stay.enter_context(tempfile.TemporaryDirectory(prefix="hemostat-bench-"))) / "one.log"

    def find(text: str, _stay: object = stay) -> Found:
        place.write_text(text, encoding="utf-8", errors="replace", newline="")
        for secret in scan_file(str(place)):
            start = text.find(secret.secret_value)
            while start >= 0:
                yield start, start + len(secret.secret_value), secret.type
                start = text.find(secret.secret_value, start + 1)

    return find


PEERS: dict[str, tuple[str, Callable[[], Finder]]] = {
    "presidio": ("presidio-analyzer", presidio),
    "scrubadub": ("scrubadub", scrubadub),
    "detect-secrets": ("detect-secrets", detect_secrets),
}
"""By name: the package, and what makes its finder."""


def main() -> None:
    """Answers until there is nothing more to read."""
    package, make = PEERS[sys.argv[1]]
    answers, sys.stdout = sys.stdout, sys.stderr
    find = make()
    print(json.dumps({"version": version(package)}), file=answers, flush=True)
    for line in sys.stdin.buffer:
        texts = json.loads(line)
        began = time.process_time()
        found = [sorted(set(find(text))) for text in texts]
        print(json.dumps([time.process_time() - began, found]), file=answers, flush=True)


if __name__ == "__main__":
    main()
