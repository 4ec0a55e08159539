"""`hemostat source check`: what a sample would become, without a value of it."""

from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from hemostat.cli import source_check
from hemostat.kernel import BadInput, BadSettings, Home, Settings, Source
from hemostat.sources.mapping import BadMapping

BOOK = "version: 1\nfields:\n  time: when\n  act: {path: do, table: {view: record:read}}\n  subject: who\n"
GOOD = '{"when":"2026-03-02T10:00:00Z","do":"view","who":"Jane-Sentinel"}\n'
BAD = '{"when":"2026-03-02T10:00:00Z","do":"Sentinel-steal","who":"Jane-Sentinel"}\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a mapped source and an access log."""
    home = Home(tmp_path / "home")
    mapped = Source(kind="mapped", store="fernhollow", options={"mapping": "emr.yaml"})
    home.create(Settings(sources={"emr": mapped, "edge": Source(kind="access-log", store="fernhollow")}))
    (home.path / "mappings").mkdir()
    (home.path / "mappings" / "emr.yaml").write_text(BOOK)
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    return home


def run(*words: object) -> tuple[int, str]:
    """Exit status and words of the command."""
    app = typer.Typer()
    app.command()(source_check.check)
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Two records that can be read."""
    path = tmp_path / "sample.ndjson"
    path.write_text(GOOD * 2)
    return path


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["emr", "emr.yaml"])
def test_a_sample_that_is_read(sample: Path, name: str) -> None:
    """By the source's name, or by the name of the mapping: how many, which acts, which fields; no value."""
    status, words = run(name, sample)

    assert (0, True) == (status, "2 records were read, 0 were not." in words)
    assert "record:read (2)" in words
    assert "subject (2)" in words
    assert "Touched: 2 subjects, 0 data fields\n" in words
    assert "Sentinel" not in words


@pytest.mark.usefixtures("home")
def test_a_mapping_by_its_path(sample: Path, tmp_path: Path) -> None:
    """Before it lies in the home."""
    book = tmp_path / "draft.yml"
    book.write_text(BOOK)

    assert 0 == run(book, sample)[0]


@pytest.mark.usefixtures("home")
def test_what_a_sample_touched(sample: Path, tmp_path: Path) -> None:
    """Subjects and data fields as numbers, kinds of patient data and surfaces by our words; as JSON for each record."""
    book = tmp_path / "draft.yaml"
    book.write_text(
        BOOK + "  surface: {value: patient-portal}\n  fields: who\n  elements: {path: do, table: {view: [name, diagnosis]}}\n"
    )

    words = run(book, sample)[1]
    told = msgspec.json.decode(run(book, sample, "--json")[1])["told"]

    assert "Surfaces: patient-portal (2)" in words
    assert "Touched: 2 subjects, 2 data fields; kinds of patient data: name (2), diagnosis (2)" in words
    assert (["name", "diagnosis"], 1, 1) == (told[0]["elements"], told[0]["fields"], told[0]["subjects"])
    assert "Sentinel" not in words


@pytest.mark.usefixtures("home")
def test_records_that_are_not_read_are_told_one_by_one(sample: Path) -> None:
    """Line, reason and way out of the first twenty, how many more there are, and exit status 1."""
    sample.write_text(GOOD + BAD * 25)

    status, words = run("emr", sample)

    assert (1, 20) == (status, words.count("The field `act` has a value"))
    assert "Line 2: " in words
    assert "And 5 more." in words
    assert "Sentinel" not in words


@pytest.mark.usefixtures("home")
def test_as_json(sample: Path) -> None:
    """One document: counts, and what each record or line came to."""
    sample.write_text(GOOD + BAD)

    status, words = run("emr", sample, "--json")
    told = msgspec.json.decode(words)

    assert (1, 1, 1) == (status, told["records"], told["rejected"])
    assert ("record:read", "2026-03-02T10:00:00Z") == (told["told"][0]["act"], told["told"][0]["time"][:19] + "Z")
    assert {"line", "reason", "advice"} == set(told["told"][1])


@pytest.mark.usefixtures("home")
def test_any_source_can_be_tried(tmp_path: Path) -> None:
    """An access log; and a sample without records fails."""
    log = tmp_path / "access.log"
    log.write_text('203.0.113.24 - - [02/Mar/2026:14:04:00 +0000] "GET / HTTP/1.1" 200 512 "-" "x"\n')
    assert 0 == run("edge", log)[0]

    log.write_text("")
    assert 1 == run("edge", log)[0]


def test_what_is_missing_is_named(home: Home, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such source, no such mapping, a broken mapping, a source whose file is gone, a sample that is too large."""
    with pytest.raises(BadSettings, match="name no source 'nobody'"):
        run("nobody", sample)
    with pytest.raises(BadInput, match=r"The mapping none\.yaml cannot be read"):
        run("none.yaml", sample)
    (home.path / "mappings" / "emr.yaml").write_text("version: 1\nfields: {}\n")
    with pytest.raises(BadMapping, match=r"emr\.yaml, line 2, at `fields`: `time` is missing"):
        run("emr.yaml", sample)
    (home.path / "mappings" / "emr.yaml").unlink()
    with pytest.raises(BadInput, match="The mapping of 'emr' is missing"):
        run("emr", sample)
    monkeypatch.setattr(source_check, "_MOST", 10)
    with pytest.raises(BadInput, match="more than 10 bytes"):
        run("emr", sample)
