"""`hemostat bench scan`: megabytes a second that the scanner reads on one core, with spans and validators, beside peers.

Two kinds of lines: those of the bench mix, which are what a store's logs are made of, and the labelled texts of the bench
`accuracy`, of which every other one holds values. The peers read the same lines:

* Hyperscan, called from C once for each 128 lines, with the same compiled patterns and words that the scanner has. It is handed
  no callback, and then calls an empty one of its own, in C, for each match: it does all of its work, and nobody that of Python.
* Presidio without NER, in a process of its own, a few of the lines in each round.
* `re` of the standard library with five patterns.

All take turns. Processor time is counted, and a ratio is the median of those of the rounds.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any

from . import peers
from .bench_accuracy import CORPORA
from .bench_mix import messages

if TYPE_CHECKING:
    from hemostat.phi import Scanner

_LINES, _OF_CORPUS = 16_000, 2_000
_ROUNDS = 5
_AT_A_TIME = 100  # lines of a round that Presidio reads
_TOGETHER = 128  # lines that Hyperscan reads at once, as within the scanner
_SEED = 2026
_LEAST_OF_HYPERSCAN, _LEAST_OF_PRESIDIO = 0.3, 250
_FIVE = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|\b\d{3}-\d{2}-\d{4}\b|\b(?:\d[ -]?){13,16}\b"
    r"|\(?\d{3}\)?[ -.]\d{3}[ -.]\d{4}|eyJ[\w-]+\.[\w-]+\.[\w-]+"
)
_PRESIDIO = "presidio"


def scan(lines: int = _LINES, *, of_corpus: int = _OF_CORPUS, rounds: int = _ROUNDS) -> dict[str, Any]:
    """Megabytes a second of the scanner and of each peer, and their ratios, over both kinds of lines."""
    from hemostat.phi import Dictionary, Scanner  # noqa: PLC0415  # compiles its patterns

    scanner = Scanner(Dictionary.complete())
    kinds = {
        "the mix": _mixed(lines),
        "labelled texts": [one.text for corpus in CORPORA.values() for one in corpus(of_corpus, seed=_SEED)],
    }
    figures: dict[str, Any] = {"rounds": rounds}
    with ExitStack() as stack:
        presidio, figures["Presidio"] = _presidio(stack)
        for name, texts in kinds.items():
            measured = _measured(scanner, presidio, texts, rounds)
            figures |= {f"{name}: {figure}": value for figure, value in measured.items()}
    return figures


def _mixed(lines: int) -> list[str]:
    """So many lines of the mix, as they arrive."""
    told = (line for message in messages(lines, seed=_SEED) for line in message.body.decode().split("\n"))
    return list(islice(told, lines))


def _presidio(stack: ExitStack) -> tuple[peers.Peer | None, str]:
    interpreter = peers.python()
    if interpreter is None:
        return None, f"not run: {peers.INSTALL}"
    peer = stack.enter_context(peers.started(_PRESIDIO, interpreter))
    return peer, f"without NER, {peer.version}"


def _measured(scanner: "Scanner", presidio: peers.Peer | None, texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """The rates of all over the same texts."""
    size = _megabytes(texts)
    bare = _bare(scanner, texts)
    ours = _Rates(lambda: scanner.scan_many(texts), size)
    patterns, words = (_Rates(work, size) for work in bare)
    five = _Rates(lambda: [_FIVE.findall(text) for text in texts], size)
    theirs: list[float] = []
    for number in range(rounds):
        for one in (ours, patterns, words, five):
            one.again()
        if presidio:
            some = [texts[(number * _AT_A_TIME + place) * 7919 % len(texts)] for place in range(_AT_A_TIME)]
            theirs.append(_megabytes(some) / presidio.scan(some).seconds)
    both = [1 / (1 / one + 1 / other) for one, other in zip(patterns.told, words.told, strict=True)]
    of_hyperscan = _ratio(ours.told, both)
    figures: dict[str, Any] = {
        "lines": len(texts),
        "megabytes": size,
        "matches": sum(map(len, scanner.scan_many(texts))),
        "scanner MB/s": median(ours.told),
        "Hyperscan from C, patterns and words, MB/s": median(both),
        "Hyperscan from C, patterns alone, MB/s": median(patterns.told),
        "times Hyperscan": of_hyperscan,
        "share of the goal of 0.3 times": of_hyperscan / _LEAST_OF_HYPERSCAN,
        "re, five patterns, MB/s": median(five.told),
        "times re": _ratio(ours.told, five.told),
    }
    if theirs:
        of_presidio = _ratio(ours.told, theirs)
        figures |= {
            "Presidio MB/s": median(theirs),
            "times Presidio": of_presidio,
            "share of the goal of 250 times": of_presidio / _LEAST_OF_PRESIDIO,
        }
    return figures


class _Rates:
    """Megabytes a processor second of some work, run after run."""

    def __init__(self, work: Callable[[], object], megabytes: float) -> None:
        self._work, self._megabytes = work, megabytes
        self.told: list[float] = []
        work()  # the first run warms everything up

    def again(self) -> None:
        """One run more is counted."""
        began = time.process_time()
        self._work()
        self.told.append(self._megabytes / (time.process_time() - began))


def _bare(scanner: "Scanner", texts: Sequence[str]) -> tuple[Callable[[], None], Callable[[], None]]:
    """Hyperscan alone over the texts: with the scanner's patterns, and with its words."""
    scanner.scan("ready")
    database = scanner._patterns.database  # noqa: SLF001  # what lies below the scanner is what is compared
    buffers = list(_buffers(texts))

    def over(compiled: Any) -> Callable[[], None]:
        def run() -> None:
            for buffer in buffers:
                compiled.scan(buffer, match_event_handler=None)

        return run

    return over(database._compiled), over(database._word_list)  # noqa: SLF001  # same


def _buffers(texts: Sequence[str]) -> Iterator[bytes]:
    for first in range(0, len(texts), _TOGETHER):
        yield "\n".join(texts[first : first + _TOGETHER]).encode("ascii", "replace")


def _megabytes(texts: Sequence[str]) -> float:
    return sum(len(text.encode(errors="replace")) for text in texts) / 1e6


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(one / other for one, other in zip(ours, theirs, strict=True))
