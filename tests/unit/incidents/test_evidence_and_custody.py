"""Evidence is sealed once, opens to its hash, and every change is found and named."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.incidents import bag_verify
from hemostat.incidents.bag import evidence_export
from hemostat.incidents.evidence import evidence_verify
from hemostat.incidents.models import Custody, Evidence, Incident
from hemostat.incidents.services import custody_verify, evidence_open, evidence_seal
from hemostat.incidents.vault import Vault
from hemostat.kernel import BadInput, DamagedSeal, Home
from hemostat.people.ledger import LedgerAct, entries, public_key
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]


@pytest.fixture
def sealed(incident: Incident, person: People, now: datetime) -> Incident:
    """An incident with two items in the vault."""
    for item, content in (("edge-log", b"line one\nline two\n"), ("app-log", b"")):
        evidence_seal(
            incident=incident, item=item, content=content, how="by hand", by=person(Role.ENGINEER), now=now, title=item.title()
        )
    return incident


def flip(path: Path, at: int) -> None:
    """One bit of a file is another."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_an_item_is_encrypted_and_opens_to_what_was_sealed(sealed: Incident, home: Home, person: People, now: datetime) -> None:
    """The file shows nothing of its content; who opens it and why is on record."""
    path = Vault(home).path(sealed.ref, "edge-log")
    assert b"line one" not in path.read_bytes()
    item = sealed.evidence.get(item="edge-log")

    for by in (person(Role.COMPLIANCE), person(Role.COUNSEL)):
        assert b"line one\nline two\n" == evidence_open(evidence=item, by=by, now=now, why="count the answers")

    assert ["collected", "opened", "opened"] == list(item.custody.values_list("act", flat=True))
    assert 2 == entries(f"{sealed.ref}/evidence/edge-log").filter(act=LedgerAct.EVIDENCE_OPEN).count()
    assert [] == custody_verify(sealed)
    with pytest.raises(Refused):
        evidence_open(evidence=item, by=person(Role.ENGINEER), now=now, why="curious")
    with pytest.raises(BadInput, match="needs a reason"):
        evidence_open(evidence=item, by=person(Role.COUNSEL), now=now, why=" ")


def test_evidence_is_never_replaced(sealed: Incident, person: People, now: datetime) -> None:
    """A second item of one name is refused with the name of who sealed the first."""
    with pytest.raises(BadInput, match="already sealed by Engineer"):
        evidence_seal(incident=sealed, item="edge-log", content=b"new", how="again", by=person(Role.COMPLIANCE), now=now)
    with pytest.raises(Refused):
        evidence_seal(incident=sealed, item="other", content=b"new", how="again", by=person(Role.AUDITOR), now=now)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "Edge-Log", ".hidden", "a/b", "a" * 61, "é"])
def test_a_name_that_could_leave_the_vault_is_refused(incident: Incident, person: People, now: datetime, name: str) -> None:
    """Names are small letters, digits, dots and dashes."""
    with pytest.raises(BadInput, match="Not a name"):
        evidence_seal(incident=incident, item=name, content=b"x", how="x", by=person(Role.ENGINEER), now=now)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(data=st.data())
def test_any_changed_bit_in_the_vault_is_found_and_named(sealed: Incident, home: Home, data: st.DataObject) -> None:
    """Wherever one bit of a sealed file changes, the item is named, and no other."""
    path = Vault(home).path(sealed.ref, "edge-log")
    at = data.draw(st.integers(0, len(path.read_bytes()) - 1))

    flip(path, at)
    faults = custody_verify(sealed)
    flip(path, at)

    assert [("edge-log", True)] == [(fault.item, "was changed in the vault" in fault.reason) for fault in faults]


def test_every_other_fault_is_named_too(sealed: Incident, home: Home, person: People, now: datetime) -> None:
    """A missing file, a swapped file, a changed row, a gap in custody: each is found, and the check is on record."""
    vault = Vault(home)
    kept = vault.path(sealed.ref, "edge-log").read_bytes()
    shutil.copy(vault.path(sealed.ref, "app-log"), vault.path(sealed.ref, "edge-log"))
    assert ["edge-log"] == [fault.item for fault in custody_verify(sealed)]
    vault.path(sealed.ref, "edge-log").unlink()
    assert "is missing from the vault" in custody_verify(sealed)[0].reason
    with pytest.raises(DamagedSeal):
        evidence_open(evidence=sealed.evidence.get(item="edge-log"), by=person(Role.COUNSEL), now=now, why="look")
    vault.path(sealed.ref, "edge-log").write_bytes(kept)
    assert [] == custody_verify(sealed)

    app_log = sealed.evidence.get(item="app-log")
    Evidence.objects.filter(pk=app_log.pk).update(size=9)
    assert ["its size is not that of its row"] == [fault.reason for fault in custody_verify(sealed)]
    Evidence.objects.filter(pk=app_log.pk).update(size=0)
    Custody.objects.filter(evidence=app_log).update(sha256="0" * 64, why="")
    assert 2 == len(custody_verify(sealed))
    Custody.objects.filter(evidence=app_log).delete()
    faults = evidence_verify(incident=sealed, by=person(Role.AUDITOR), now=now)
    assert ["its custody does not begin with its collection"] == [fault.reason for fault in faults]
    assert ["app-log: its custody does not begin with its collection"] == entries(sealed.ref).last().payload["faults"]  # type: ignore[union-attr]
    assert ["collected", "verified"] == list(sealed.evidence.get(item="edge-log").custody.values_list("act", flat=True))


def test_custody_that_goes_back_in_time_is_named(sealed: Incident, person: People, now: datetime) -> None:
    """The machine's clock of each link is never before that of the link before."""
    evidence_open(evidence=sealed.evidence.get(item="edge-log"), by=person(Role.COUNSEL), now=now, why="look")
    Custody.objects.filter(act="opened").update(recorded_at=now.replace(year=2000))

    assert ["its custody goes back in time"] == [fault.reason for fault in custody_verify(sealed)]


def test_a_row_that_the_ledger_does_not_know_is_named(sealed: Incident) -> None:
    """A sealed file with a fitting row is not enough: the ledger must tell of the same hash."""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER people_ledgerentry_no_{verb}")
        cursor.execute(
            "UPDATE people_ledgerentry SET payload = json_set(payload, '$.sha256', 'x') WHERE subject LIKE '%/edge-log'"
        )
        cursor.execute("DELETE FROM people_ledgerentry WHERE subject LIKE '%/app-log'")

    assert {
        ("edge-log", "the ledger names another hash"),
        ("app-log", "the ledger has no entry of its sealing"),
    } == {(fault.item, fault.reason) for fault in custody_verify(sealed)}


@pytest.fixture
def bag(sealed: Incident, person: People, now: datetime, tmp_path: Path) -> Path:
    """The evidence as a bag."""
    return evidence_export(incident=sealed, folder=tmp_path / "bag", by=person(Role.COMPLIANCE), now=now)


def stranger(bag: Path, *flags: str) -> tuple[int, str]:
    """What the bag's own script says when a stranger runs it."""
    done = subprocess.run(
        [sys.executable, *flags, str(bag / "verify.py")], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def test_a_stranger_checks_the_bag_with_its_own_script(bag: Path, sealed: Incident) -> None:
    """The bag holds the items, custody, ledger and signature; its script needs no Hemostat."""
    code, said = stranger(bag)

    assert (0, True) == (code, "The bag holds." in said)
    assert f"The signature holds for the public key {public_key()}" in said
    assert b"line one\nline two\n" == (bag / "data" / "edge-log").read_bytes()
    assert "Payload-Oxum: 18.2" in (bag / "bag-info.txt").read_text()
    assert "BagIt-Version: 1.0" in (bag / "bagit.txt").read_text()
    assert ["collected", "exported"] == [link["act"] for link in json.loads((bag / "custody.json").read_text())[1]["custody"]]
    assert LedgerAct.EVIDENCE_EXPORT in {entry.act for entry in entries(sealed.ref)}


def test_without_the_package_the_signature_is_left_to_openssl_and_said_so_when_there_is_none(
    bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Isolated from installed packages, openssl checks it; without openssl the script says plainly that it did not."""
    code, said = stranger(bag, "-I", "-S")
    assert 0 == code
    assert ("The signature holds" in said) != ("NOT CHECKED" in said)

    monkeypatch.setenv("PATH", "/nonexistent")
    code, said = stranger(bag, "-I", "-S")
    assert (0, True) == (code, "NOT CHECKED" in said)


def rewrite(path: Path, old: str, new: str) -> None:
    """One word of a text file is another."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda bag: flip(bag / "data" / "edge-log", 3), "data/edge-log: was changed"),
        (lambda bag: (bag / "data" / "edge-log").unlink(), "data/edge-log: is missing"),
        (lambda bag: (bag / "data" / "planted").write_bytes(b""), "data/planted: is not listed"),
        (lambda bag: flip(bag / "manifest-sha256.txt", 3), "manifest-sha256.txt: was changed"),
        (lambda bag: rewrite(bag / "ledger.jsonl", "engineer", "somebody"), "was changed"),
        (lambda bag: rewrite(bag / "custody.json", '"collected"', '"opened"'), "does not begin with its collection"),
        (lambda bag: rewrite(bag / "signature.json", '"seq": ', '"seq": 1'), "is not about the last entry"),
        (lambda bag: rewrite(bag / "signature.json", '"signature": "', '"signature": "00'), "signature.json: was changed"),
        (lambda bag: rewrite(bag / "tagmanifest-sha256.txt", "bagit.txt", "../bagit.txt"), "leads out of the bag"),
        (lambda bag: (bag / "ledger.jsonl").unlink(), "cannot be read"),
        (lambda bag: (bag / "ledger.jsonl").write_text("[]"), "cannot be read"),
    ],
)
def test_every_change_to_a_bag_is_found_and_named(bag: Path, spoil: Callable[[Path], object], named: str) -> None:
    """Whatever is changed, the check fails and names it, with the script and with the command."""
    spoil(bag)

    code, said = stranger(bag)
    assert 1 == code
    assert named in said
    assert any(named in fault for fault in bag_verify.verify(bag, lambda _: None))


def test_a_chain_that_was_cut_or_moved_is_named(bag: Path) -> None:
    """A missing and an exchanged ledger entry are named by number, whatever the manifests say."""
    lines = (bag / "ledger.jsonl").read_text().splitlines()
    entries_ = [json.loads(line) for line in lines]

    assert [] == bag_verify.chain_faults(entries_)
    assert ["ledger entry 2: is missing or out of place"] == bag_verify.chain_faults([entries_[0], *entries_[2:]])
    assert ["ledger entry 2: does not continue the one before"] == bag_verify.chain_faults(
        [entries_[0], entries_[1] | {"prev_hash": "0" * 64}]
    )


def test_a_signature_of_another_key_is_refused_by_both_ways(bag: Path) -> None:
    """The package and openssl agree on a wrong signature."""
    mark = json.loads((bag / "signature.json").read_text())
    statement = bag_verify.canonical({"seq": mark["seq"], "hash": mark["hash"]})
    key, right = bytes.fromhex(mark["public_key"]), bytes.fromhex(mark["signature"])
    wrong = bytes([right[0] ^ 1]) + right[1:]

    assert bag_verify.signature_check(statement, right, key) is True
    assert bag_verify.signature_check(statement, wrong, key) is False
    if shutil.which("openssl"):
        assert bag_verify.signature_check_openssl(statement, right, key) is True
        assert bag_verify.signature_check_openssl(statement, wrong, key) is not True


def test_items_whose_custody_disagrees_are_named(bag: Path) -> None:
    """Custody, manifest and ledger must name one hash; an item without custody is a fault."""
    rows = [json.loads(line) for line in (bag / "ledger.jsonl").read_text().splitlines()]
    custody = json.loads((bag / "custody.json").read_text())
    custody[0]["sha256"] = "0" * 64
    (bag / "custody.json").write_text(json.dumps(custody[:1]))

    assert {
        "edge-log: its custody names another hash than the manifest", "edge-log: the ledger has no sealing with this hash",
        "edge-log: a link of its custody has another hash or no name", "data/app-log: has no custody",
    } == set(bag_verify.custody_faults(bag, rows))  # fmt: skip


def test_who_may_take_evidence_out_and_only_whole(
    sealed: Incident, home: Home, person: People, now: datetime, tmp_path: Path
) -> None:
    """An existing folder, a person without the right and a damaged item each leave no bag behind."""
    with pytest.raises(BadInput, match="exists already"):
        evidence_export(incident=sealed, folder=tmp_path, by=person(Role.COUNSEL), now=now)
    with pytest.raises(Refused):
        evidence_export(incident=sealed, folder=tmp_path / "bag", by=person(Role.AUDITOR), now=now)
    flip(Vault(home).path(sealed.ref, "edge-log"), 30)
    with pytest.raises(DamagedSeal, match="INC-0001/edge-log"):
        evidence_export(incident=sealed, folder=tmp_path / "bag", by=person(Role.COUNSEL), now=now)
    assert not (tmp_path / "bag").exists()


@pytest.mark.parametrize("is_whole", [True, False])
def test_the_script_says_what_it_found_and_exits_so(
    bag: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_whole: bool,  # noqa: FBT001  # a state
) -> None:
    """Exit status 0 and a plain sentence for a whole bag, 1 and every fault for another."""
    if not is_whole:
        (bag / "data" / "planted").write_bytes(b"")
    monkeypatch.setattr(sys, "argv", ["verify.py", str(bag)])

    assert (0 if is_whole else 1) == bag_verify.main()
    said = capsys.readouterr().out
    assert ("The bag holds." if is_whole else "FAULT data/planted: is not listed\nThe bag does NOT hold.") in said


def test_without_package_and_without_openssl_nothing_is_claimed(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing tools leave the signature unchecked, which is said and is no fault; a program that cannot do it neither."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    said: list[str] = []
    assert [] == bag_verify.verify(bag, said.append)
    assert any("signature" in line.lower() for line in said)

    for folder in ("none", "old"):
        path = bag.parent / folder
        path.mkdir()
        if folder == "old":
            (path / "openssl").write_text("#!/bin/sh\necho unknown option >&2\nexit 1\n")
            (path / "openssl").chmod(0o755)
        monkeypatch.setenv("PATH", str(path))
        said.clear()
        assert [] == bag_verify.verify(bag, said.append)
        assert any("NOT CHECKED" in line for line in said)
    (bag.parent / "old" / "openssl").write_text("#!/bin/sh\necho Signature Verification Failure\nexit 1\n")
    assert ["signature.json: the signature is not of this key and ledger"] == bag_verify.verify(bag, said.append)
