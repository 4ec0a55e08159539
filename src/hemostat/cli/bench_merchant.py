"""The made-up merchant's home, and what looks at its batches, for the benches that send his messages the whole way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hemostat.kernel import Home

if TYPE_CHECKING:
    from hemostat.detect import Baselines, Detector
    from hemostat.lake.pipeline import Tools
    from hemostat.lake.spool import Incoming, Spool

SEED = 7
_EPOCH, _STEP = datetime(1970, 1, 1, tzinfo=UTC), timedelta(minutes=10)


class Way(NamedTuple):
    """All that a message goes through; `columns` are those of the lake that rules and baselines read."""

    home: Home
    tools: "Tools"
    spool: "Spool"
    detector: "Detector"
    baselines: "Baselines"
    columns: list[str]


@contextmanager
def way(path: Path) -> Iterator[Way]:
    """The merchant's home, made at `path`, with everything open until the end of the block."""
    from hemostat.detect import Baselines, Detector, limits  # noqa: PLC0415  # heavy
    from hemostat.detect.rules import shipped  # noqa: PLC0415  # same
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # same
    from hemostat.sandbox.merchant import STORE, settings  # noqa: PLC0415  # a bench of its own needs it
    from hemostat.sandbox.signing import client_secret  # noqa: PLC0415  # same

    home = Home(path)
    home.create(settings(environment="production"))
    home.keyring(home.settings()).put(f"shopify.{STORE}", [client_secret(SEED, 0)])
    tools, detector, baselines = Tools(home), Detector(shipped()), Baselines(home.baselines, limits())
    spool = tools.spool()
    try:
        yield Way(home, tools, spool, detector, baselines, sorted({*detector.columns, *Baselines.columns}))
    finally:
        detector.close()
        baselines.close()
        spool.close()


def step(message: "Incoming") -> datetime:
    """The beginning of the ten minutes in which a message arrives."""
    return message.received_at - (message.received_at - _EPOCH) % _STEP
