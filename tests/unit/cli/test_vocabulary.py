"""`hemostat vocabulary`: what a store's own words could be, and whether the file of them can be used."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from typer.testing import Result

from hemostat.kernel import BadInput, Home, Settings
from hemostat.phi import Dictionary
from hemostat.stores.snapshot import Item, Snapshot, snapshot_save
from unit.cli.running import ran

Run = Callable[..., Result]
EXPORT = """\
Handle,Title,Collection,Variant SKU
dream-kit,Dream Kit,Sleep apnea,DRM-0031
mug,Blue Mug,Kitchen,MUG-0001
"""


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    home.create(Settings())
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    monkeypatch.chdir(tmp_path)
    Path("products.csv").write_text(EXPORT)
    return home


@pytest.fixture(name="run")
def _run(home: Home) -> Run:
    del home
    return partial(ran, "vocabulary")


def test_proposals_are_a_file_that_can_be_taken(home: Home, run: Run) -> None:
    """From an export and the newest snapshot; what is printed, put into the home, can be checked and read."""
    fields = (Item(kind="field", id="customer.health.sleep_score", title="Sleep score"), Item(kind="theme", id="1"))
    taken_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    snapshot_save(home, Snapshot(store="fernhollow", platform="shopify", taken_at=taken_at, items=fields))

    told = run("suggest", "products.csv", "--store", "fernhollow", "--marked", "kitchen").stdout

    home.fields_file.write_text(told)
    own = Dictionary.read(home.fields_file)
    assert ["sleep score"] == [field.name for field in own.fields]
    assert {"kitchen", "mug", "Dream Kit", "DRM-0031", "Blue Mug", "MUG-0001"} == {term.text for term in own.terms}
    assert ["kitchen", "mug"] == [term.text for term in own.terms if term.weak]
    assert "# in Kitchen, which is marked" in told
    assert "fields.yaml: 1 names of fields and 6 terms can be looked for.\n" == run("check").stdout


def test_a_file_that_cannot_be_used_is_named(run: Run) -> None:
    """The check says what is wrong with the file of the home, or with another one."""
    Path("own.yaml").write_text("terms: 7")

    with pytest.raises(BadInput, match=r"own\.yaml: \$\.terms"):
        run("check", "own.yaml")
    with pytest.raises(BadInput, match=r"fields\.yaml cannot be read"):
        run("check")


def test_what_cannot_be_looked_at_is_named(run: Run) -> None:
    """Nothing given, a store without a snapshot, an export that is not there or is none."""
    Path("broken.csv").write_bytes(b"Title\n\xff\n")

    for arguments, words in (
        ((), "nothing to look at"),
        (("--store", "fernhollow"), "No snapshot of 'fernhollow'"),
        (("gone.csv",), r"gone\.csv cannot be read"),
        (("broken.csv",), "Line 2 is not UTF-8"),
    ):
        with pytest.raises(BadInput, match=words):
            run("suggest", *arguments)
