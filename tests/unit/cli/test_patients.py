"""`hemostat patients`, `hemostat canary-patient`, and what `hemostat scan --patients` and the pipeline do with them."""

import csv
import io
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import Result

from hemostat.kernel import BadInput, Home, Settings
from unit.cli.running import ran

TABLE = """\
Mail,Who,Born,No
jane.roe@fernhollow.example,Jane Roe,2/3/1980,447122
john.doe@fernhollow.example,John Doe,6/7/1975,447123
,,,
"""
COLUMNS = "email=Mail,name=Who,dob=Born,mrn=No"
SENTINELS = ("jane", "roe", "doe", "1980", "447122")

Run = Callable[..., Result]


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    home.create(Settings())
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text(TABLE)
    return home


@pytest.fixture(name="run")
def _run(home: Home) -> Run:
    del home
    return ran


def test_a_set_is_made_told_and_forgotten(run: Run, home: Home) -> None:
    """The numbers are told with how likely chance is; no value is, not in what is printed, nor in any file of the home."""
    made = run("patients", "fingerprint", "people.csv", "--columns", COLUMNS)
    told = run("patients", "status")

    assert "2 of 3 rows are in the set 'patients', generation 1." in made.stdout
    assert "email: 2 values, chance fits one in 9.2e+18" in made.stdout
    assert "patients: 2 people, generation 1, made 20" in told.stdout
    assert "newest key" in told.stdout
    everything = (made.output + told.output).encode() + b"".join(path.read_bytes() for path in home.patients.iterdir())
    assert [] == [word for word in SENTINELS if word.encode() in everything.lower()]

    assert "is gone" in run("patients", "forget", "patients").stdout
    assert "recognizes nobody yet" in run("patients", "status").stdout


def test_json_tells_the_same(run: Run) -> None:
    """One document; the word that tells keys apart stays in the file."""
    made = json.loads(run("patients", "fingerprint", "-", "--columns", COLUMNS, "--json", stdin=TABLE).stdout)
    (told,) = json.loads(run("patients", "status", "--json").stdout)

    assert (2, 1, "patients") == (made["people"], made["rows_without_values"], made["name"])
    assert {**told, "rows_without_values": 1} == {**made, "key": "newest"}
    assert "check" not in told
    assert made["chance"]["email"] == 2 / 2**64


def test_crowded_and_shared_values_are_told(run: Run) -> None:
    """So that nobody wonders why they recognize nobody."""
    table = "mrn,phone\n" + "".join(f"{number:04d},202-555-0100\n" for number in range(20))

    told = run("patients", "fingerprint", "-", stdin=table).stdout

    assert "numbers of 4 digits are common and no proof alone" in told
    assert "phone: 0 values, chance fits one in none; 1 left out, which too many people share" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.csv",), "none.csv cannot be read: No such file"),
        (("people.csv", "--columns", "email=E-mail"), "no column 'E-mail'"),
        (("people.csv", "--columns", "shoe=Mail"), "'shoe' is nothing"),
        (("people.csv",), "No column is named"),
        (("people.csv", "--columns", COLUMNS, "--name", "Üser"), "cannot be the name"),
        (("people.csv", "--columns", "phone=Who"), "nobody to recognize"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_stands(run: Run, home: Home, arguments: tuple[str, ...], message: str) -> None:
    """A set is whole or not there."""
    with pytest.raises(BadInput, match=message) as raised:
        run("patients", "fingerprint", *arguments)

    assert raised.value.advice()
    assert [] == list(home.patients.glob("*"))


def test_rotation_step_by_step(run: Run, home: Home) -> None:
    """Canaries are made again at once, sets of patients when they come; the status tells which key each has, and what is lost."""
    assert "nothing needs the one before" in run("patients", "rotate").stdout
    run("patients", "fingerprint", "people.csv", "--columns", COLUMNS)
    run("canary-patient", "make", 2)

    assert "Make again with `hemostat patients fingerprint`: patients." in run("patients", "rotate").stdout
    keys = {one["name"]: (one["generation"], one["key"]) for one in json.loads(run("patients", "status", "--json").stdout)}
    assert {"canaries": (2, "newest"), "patients": (1, "older")} == keys

    run("patients", "fingerprint", "people.csv", "--columns", COLUMNS)
    run("patients", "forget", "patients")
    assert "nothing needs the one before" in run("patients", "rotate").stdout

    (home.path / "keys" / "patients.json").unlink()
    told = run("patients", "status")
    assert (1, True) == (told.exit_code, "missing key" in told.stdout)
    told = run("doctor", "--json")
    assert [True] == [
        "'patients' is missing" in one["fault"] for one in json.loads(told.stdout) if one["check"] == "patients to recognize"
    ]


def test_canaries_are_made_listed_and_forgotten(run: Run) -> None:
    """More are added to those that are there; the list is a table to import."""
    run("canary-patient", "make", 2)
    assert "1 made, 3 in all" in run("canary-patient", "make", 1).stdout

    rows = list(csv.DictReader(io.StringIO(run("canary-patient", "list").stdout)))
    assert json.loads(run("canary-patient", "list", "--json").stdout) == rows
    assert (3, {"SYNTHETIC"}) == (len(rows), {row["watermark"] for row in rows})
    with pytest.raises(BadInput, match="with their list"):
        run("patients", "forget", "canaries")
    assert "3 canary patients are forgotten" in run("canary-patient", "forget").stdout


def test_a_scan_tells_whose_it_is(run: Run) -> None:
    """Of a staging dump: what is of known patients and canaries, by which trait, and never of whom."""
    run("patients", "fingerprint", "people.csv", "--columns", COLUMNS)
    run("canary-patient", "make", 1)
    (canary,) = json.loads(run("canary-patient", "list", "--json").stdout)
    digest = sha256(b"jane.roe@fernhollow.example").hexdigest()
    Path("dump.csv").write_text(
        f"full_name,dob,email,pixel\nJane Roe,1980-02-03,x@x.example,\nQA Person,1990-01-01,{canary['email']},em={digest}\n"
    )

    told = run("scan", "--patients", "--json", "dump.csv")
    table = run("scan", "--patients", "dump.csv")

    assert (1, 1) == (told.exit_code, table.exit_code)
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert [
        (2, "NAME", True, "patient", "name"),
        (2, "DOB", True, "patient", "dob"),
        (2, "EMAIL", False, None, None),
        (3, "NAME", False, None, None),
        (3, "DOB", False, None, None),
        (3, "EMAIL", True, "canary", "email"),
        (3, "EMAIL", True, "patient", "hashed_email"),
    ] == [(one["line"], one["entity"], one["known"], one.get("known_as"), one.get("known_by")) for one in found]
    assert "Of these 3 are of known patients, 1 of canaries." in table.stdout
    assert "canary by email" in table.stdout
    assert "known" not in json.loads(run("scan", "--json", "dump.csv").stdout.splitlines()[0])


def test_a_scan_for_people_needs_people(run: Run) -> None:
    """A gate that recognizes nobody must not pass in silence."""
    with pytest.raises(BadInput, match="recognizes nobody yet"):
        run("scan", "--patients", "people.csv")
