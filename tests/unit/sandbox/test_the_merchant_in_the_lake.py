"""The made-up merchant's messages go the whole way: spool, readers, redaction, lake; and the truth is joined to the rows."""

from datetime import UTC, datetime
from pathlib import Path

from hemostat.kernel import Home
from hemostat.lake.pipeline import drain
from hemostat.lake.reader import read
from hemostat.lake.spool import Spool
from hemostat.sandbox.merchant import STORE, Kind, Leak, Strength, marked, settings, truth
from hemostat.sandbox.signing import client_secret

SEED, SUNDAY = 5, 6
FIRST_HOURS = datetime(2026, 3, 8, 7, tzinfo=UTC)
LEAK = Leak(kind=Kind.PORTAL_PAPERS, strength=Strength.LOUD, start=datetime(2026, 3, 8, 3, tzinfo=UTC), people=150)


def test_the_truth_is_joined_to_the_rows_of_the_lake(tmp_path: Path) -> None:
    """Nothing is rejected; the rows that the marks name hold as many pseudonyms as the truth has people, and one actor."""
    home = Home(tmp_path / "home")
    home.create(settings())
    keyring = home.keyring(home.settings())
    keyring.put(f"shopify.{STORE}", [client_secret(SEED, 0)])
    spool = Spool(home.spool, key=keyring.secret("spool"), limit=500_000_000)
    sent = marked(SEED, range(SUNDAY, SUNDAY + 1), volume=0.002, leaks=[LEAK])
    some = [one for one in sent if one[0].received_at < FIRST_HOURS]
    seqs = {message.key: receipt.seq for (message, _), receipt in zip(some, spool.append([m for m, _ in some]), strict=True)}
    drained = []
    while (one := drain(home, spool)) is not None:
        drained.append(one)
    rows = read(home, spool.parts(), columns=["event_id", "subject", "actor", "act", "auth", "jurisdiction"]).to_pylist()
    spool.close()

    marks = [mark for _, several in some for mark in several if mark.campaign]
    leaked = {f"{seqs[mark.key]:012d}-{mark.line - 1:05d}": mark for mark in marks}
    found = [row for row in rows if row["event_id"] in leaked]
    (true,) = truth(SEED, [LEAK])

    assert 0 == sum(one.rejected + one.duplicates for one in drained)
    assert true.rows == len(found) == len(marks)
    assert len(true.people) == len({row["subject"] for row in found if leaked[row["event_id"]].people})
    assert set(true.by_state) == {row["jurisdiction"] for row in found if row["jurisdiction"]}
    assert 1 == len({row["actor"] for row in found})
    assert {"forged"}.isdisjoint(row["auth"] for row in rows)
