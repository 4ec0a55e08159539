"""On their way into the lake events of known patients get a word, where nobody real may be; who it is stays unsaid."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from hemostat.events import Access, Act, Environment
from hemostat.kernel import Home, Settings
from hemostat.lake.gathering import Tools
from hemostat.lake.redaction import Record, rows
from hemostat.phi import Pseudonyms, Scanner, patients
from hemostat.phi.known import Known
from hemostat.phi.traits import Trait
from hemostat.sources import Message, Raw
from unit.lake.made import NOON
from unit.lake.test_redaction_by_columns import ACCESSES
from unit.phi.enrolled import JANE, KEY, made

PSEUDONYMS = Pseudonyms(KEY)
SCANNER = Scanner()
EMAIL = JANE[Trait.EMAIL][0]
MESSAGE = Message(seq=7, source="edge", received_at=NOON + timedelta(hours=1), content_type="", headers={}, body=b"")


@pytest.fixture(name="known", scope="module")
def _known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    folder = tmp_path_factory.mktemp("sets")
    return Known(
        [made(folder), made(folder, [{Trait.EMAIL: ["canary@inbox.example"], Trait.MRN: ["HC12345678901234"]}], of="canary")]
    )


def _rows(accesses: list[Access], known: Known | None) -> list[dict[str, Any]]:
    records = [Record(message=MESSAGE, index=n, raw=Raw(line=n + 1, raw=b"raw", access=one)) for n, one in enumerate(accesses)]
    told: list[dict[str, Any]] = rows(records, pseudonyms=PSEUDONYMS, scanner=SCANNER, known=known).to_pylist()
    return told


@pytest.mark.parametrize(
    ("environment", "given_", "expected"),
    [
        ("staging", {"message": f"login of {EMAIL}"}, ["EMAIL", "KNOWN_PATIENT"]),
        ("production", {"message": f"login of {EMAIL}"}, ["EMAIL", "KNOWN_PATIENT"]),
        ("staging", {"message": "login of stranger@x.example"}, ["EMAIL"]),
        ("staging", {"path": "/reset", "query": f"mail={EMAIL}"}, ["EMAIL", "KNOWN_PATIENT"]),
        ("production", {"query": f"em={sha256(EMAIL.encode()).hexdigest()}"}, ["KNOWN_PATIENT"]),
        ("staging", {"message": "mrn: HC12345678901234"}, ["CANARY_PATIENT", "MRN"]),
        ("staging", {"message": f"to canary@inbox.example, cc {EMAIL}"}, ["CANARY_PATIENT", "EMAIL", "KNOWN_PATIENT"]),
        ("staging", {"subject": EMAIL}, ["KNOWN_PATIENT"]),
        ("staging", {"subject": "FH-447122"}, ["KNOWN_PATIENT"]),
        ("production", {"subject": EMAIL}, []),
        ("staging", {"subject": "7000001"}, []),
        ("staging", {"subject": "7000001", "message": "full_name=Jane Roe"}, ["KNOWN_PATIENT", "NAME"]),
        ("production", {"subject": "7000001", "message": "full_name=Jane Roe"}, ["NAME"]),
        ("production", {"query": "full_name=Jane+Roe", "message": "dob: 1980-02-03"}, ["DOB", "KNOWN_PATIENT", "NAME"]),
    ],
)
def test_events_of_known_patients_say_so(environment: str, given_: dict[str, Any], expected: list[str], known: Known) -> None:
    """Texts are looked at everywhere, and who is asked for where that is not production: there nobody real is."""
    access = Access(time=NOON, act=Act.PAGE_READ, environment=Environment(environment), **given_)
    clean = Access(time=NOON, act=Act.PAGE_READ, environment=Environment(environment), path="/clean")

    assert [[], expected, []] == [row["phi"] for row in _rows([clean, access, clean], known)]


@given(ACCESSES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_the_words_are_new(known: Known, access: Access) -> None:
    """Whatever a record holds, its row is that of a home that knows nobody but for the two words."""
    (without,), (with_,) = _rows([access], None), _rows([access], known)

    assert {*with_.pop("phi")} - {"KNOWN_PATIENT", "CANARY_PATIENT"} == {*without.pop("phi")}
    assert without == with_


def test_a_home_recognizes_its_patients_and_events_do_not_wait_for_a_damaged_set(tmp_path: Path) -> None:
    """Without sets nobody is looked for; a set that cannot be used is in the log, and the row comes without the word."""
    home = Home(tmp_path / "home")
    home.create(Settings())
    keyring = home.keyring(home.settings())
    assert Tools(home).known is None

    builder = patients.builder(home, keyring)
    builder.add(JANE)
    patients.keep(home, keyring, builder, name="patients", of="patient", at=NOON)
    known = Tools(home).known
    assert known
    assert known.value(Trait.EMAIL, EMAIL)

    for path, _ in patients.sets(home):
        path.write_bytes(b"damaged")
    assert Tools(home).known is None
