"""Whatever a test of this folder reads from a source also becomes rows whose OCSF records validate."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from hemostat.events.ocsf import faults, to_ocsf
from hemostat.lake.redaction import Record, rows
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources import Message, Raw, Rejected
from hemostat.sources.kinds import KINDS

_MOST = 40  # records of one test that are looked at: fuzz makes thousands alike
_PSEUDONYMS = Pseudonyms(b"k" * 32)


@pytest.fixture(scope="session")
def scanner() -> Scanner:
    """One for all of them: it takes a moment to make."""
    return Scanner()


@pytest.fixture(autouse=True)
def validated(monkeypatch: pytest.MonkeyPatch, scanner: Scanner) -> Iterator[None]:
    """After the test, each access that a reader gave was seen to make a valid record of OCSF."""
    seen: list[Raw] = []

    def watched(read: Any) -> Any:
        def reading(*given: Any) -> Iterator[Raw | Rejected]:
            for one in read(*given):
                if isinstance(one, Raw) and len(seen) < _MOST:
                    seen.append(one)
                yield one

        return reading

    for kind in KINDS.values():
        module = import_module(f"hemostat.sources.{kind.module}")
        monkeypatch.setattr(module, "read", watched(module.read))
    yield
    message = Message(seq=1, source="x", received_at=datetime(2026, 3, 2, tzinfo=UTC), content_type="", headers={}, body=b"")
    for raw in seen:
        made = rows([Record(message=message, index=0, raw=raw)], pseudonyms=_PSEUDONYMS, scanner=scanner)
        assert [] == faults(to_ocsf(made.to_pylist()[0]))
