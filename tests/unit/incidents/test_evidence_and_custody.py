"""Evidence is sealed once, opens to its hash, and every change is found and named."""

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
from hemostat.people.ledger import LedgerAct, entries, public_key, record
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
    assert "its size is not that of its row" in {fault.reason for fault in custody_verify(sealed)}
    Evidence.objects.filter(pk=app_log.pk).update(size=0)
    Custody.objects.filter(evidence=app_log).update(sha256="0" * 64, why="")
    assert {"a link of its custody names another hash", "a link of its custody says not who or why"} < {
        fault.reason for fault in custody_verify(sealed)
    }
    Custody.objects.filter(evidence=app_log).delete()
    faults = evidence_verify(incident=sealed, by=person(Role.AUDITOR), now=now)
    assert ["its custody does not begin with its collection"] == [fault.reason for fault in faults]
    assert ["app-log: its custody does not begin with its collection"] == entries(sealed.ref).last().payload["faults"]  # type: ignore[union-attr]
    assert ["collected", "verified"] == list(sealed.evidence.get(item="edge-log").custody.values_list("act", flat=True))


def test_custody_that_goes_back_in_time_is_named(sealed: Incident, person: People, now: datetime) -> None:
    """The machine's clock of each link is never before that of the link before."""
    evidence_open(evidence=sealed.evidence.get(item="edge-log"), by=person(Role.COUNSEL), now=now, why="look")
    Custody.objects.filter(act="opened").update(recorded_at=now.replace(year=2000))

    assert "its custody goes back in time" in {fault.reason for fault in custody_verify(sealed)}


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


def test_an_item_that_was_removed_with_all_its_traces_is_missed(sealed: Incident, home: Home) -> None:
    """Row, custody and file are gone; the ledger still tells that it was sealed."""
    Custody.objects.filter(evidence__item="edge-log").delete()
    Evidence.objects.filter(item="edge-log").delete()
    Vault(home).path(sealed.ref, "edge-log").unlink()

    assert [("edge-log", "was sealed and is not here")] == [(fault.item, fault.reason) for fault in custody_verify(sealed)]


def test_an_item_that_was_sealed_anew_under_its_name_is_found_out(sealed: Incident, person: People, now: datetime) -> None:
    """Who removes an item and seals another in its place leaves two sealings in the ledger."""
    Custody.objects.filter(evidence__item="edge-log").delete()
    Evidence.objects.filter(item="edge-log").delete()
    evidence_seal(incident=sealed, item="edge-log", content=b"other", how="by hand", by=person(Role.COMPLIANCE), now=now)

    assert "the ledger names another hash" in {fault.reason for fault in custody_verify(sealed)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"by": "mallory"}, "the ledger tells otherwise of link 2 of its custody"),
        ({"at": datetime(2020, 1, 1, tzinfo=UTC)}, "the ledger tells otherwise of link 2 of its custody"),
        ({"why": "as agreed"}, "the ledger tells otherwise of link 2 of its custody"),
        ({"recorded_at": datetime(2100, 1, 1, tzinfo=UTC)}, "the ledger tells otherwise of link 2 of its custody"),
        ({"act": "exported"}, "the ledger tells otherwise of link 2 of its custody"),
        (None, "links of its custody: 3; as the ledger tells: 4"),
    ],
)
def test_custody_that_was_rewritten_is_named(
    sealed: Incident, person: People, now: datetime, change: dict[str, object] | None, reason: str
) -> None:
    """Each link must be what the ledger tells of it, and none may be gone; the other item is not blamed."""
    item = sealed.evidence.get(item="edge-log")
    evidence_open(evidence=item, by=person(Role.COUNSEL), now=now, why="look")
    for name in ("june", "priya"):
        assert [] == evidence_verify(incident=sealed, by=person(Role.AUDITOR, username=name), now=now)
    opened = Custody.objects.filter(evidence=item, act="opened")
    if change is None:
        opened.delete()
    else:
        opened.update(**change)

    faults = custody_verify(sealed)

    assert {"edge-log"} == {fault.item for fault in faults}
    assert reason in {fault.reason for fault in faults}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"how": "found on the street"}, "the ledger was told of another title, media type or manner of collection"),
        ({"title": "Log of somebody else"}, "the ledger was told of another title, media type or manner of collection"),
        ({"collected_at": datetime(2020, 1, 1, tzinfo=UTC)}, "the ledger names another person, moment or size of its sealing"),
        ({"collected_by": "mallory"}, "the ledger names another person, moment or size of its sealing"),
    ],
)
def test_a_row_that_was_rewritten_is_named(sealed: Incident, person: People, change: dict[str, object], reason: str) -> None:
    """Who collected an item, when, how and what it is called cannot be changed afterwards."""
    if name := change.get("collected_by"):
        change = {"collected_by": person(username=str(name))}
    Evidence.objects.filter(item="edge-log").update(**change)

    assert [("edge-log", reason)] == [(fault.item, fault.reason) for fault in custody_verify(sealed)]


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


def test_the_signature_is_checked_without_any_package_or_program(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Isolated from installed packages and programs, the script still checks everything."""
    monkeypatch.setenv("PATH", "/nonexistent")

    code, said = stranger(bag, "-I", "-S")

    assert (0, False) == (code, "NOT CHECKED" in said)
    assert f"The signature holds for the public key {public_key()}" in said


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
        (lambda bag: (bag / "data" / "planted").write_bytes(b""), "data/planted: is not listed in manifest"),
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


def test_a_line_of_the_ledger_ends_where_json_says(sealed: Incident, person: People, now: datetime, tmp_path: Path) -> None:
    """A separator of lines that is none to JSON does not tear an entry apart."""
    record(act=LedgerAct.SOURCE_FAULT, by="system", at=now, subject="source/edge", reason="one\u2028two\x85three")

    bag = evidence_export(incident=sealed, folder=tmp_path / "bag", by=person(Role.COMPLIANCE), now=now)

    assert [] == bag_verify.verify(bag, lambda _: None)


def papers(bag: Path) -> tuple[Any, list[Any]]:
    """Custody and ledger of a bag."""
    rows = [json.loads(line) for line in (bag / "ledger.jsonl").read_text().splitlines()]
    return json.loads((bag / "custody.json").read_text()), rows


def remake(bag: Path) -> None:
    """The manifests fit what is there now, as whoever changes a bag would see to."""
    there = sorted(path.relative_to(bag).as_posix() for path in bag.rglob("*") if path.is_file() and not path.is_symlink())
    for name, is_payload in (("manifest-sha256.txt", True), ("tagmanifest-sha256.txt", False)):
        listed = [path for path in there if path.startswith("data/") is is_payload and path != "tagmanifest-sha256.txt"]
        lines = [f"{hashlib.sha256((bag / path).read_bytes()).hexdigest()}  {path}\n" for path in listed]
        (bag / name).write_text("".join(lines))


def recast(bag: Path, change: Callable[[Any], object]) -> None:
    """The custody was rewritten."""
    items, _ = papers(bag)
    change(items)
    (bag / "custody.json").write_text(json.dumps(items))


def row(**change: object) -> Callable[[Path], None]:
    """What the custody says of the first item was rewritten."""
    return lambda bag: recast(bag, lambda items: items[0].update(change))


def link(number: int, **change: object) -> Callable[[Path], None]:
    """What it says of one link of the first item was rewritten."""
    return lambda bag: recast(bag, lambda items: items[0]["custody"][number].update(change))


def drop(bag: Path) -> None:
    """One item is gone, from the custody too."""
    (bag / "data" / "edge-log").unlink()
    recast(bag, lambda items: items.pop(0))


def double(bag: Path) -> None:
    """A name stands twice: one reader sees the first value, another the second."""
    rewrite(bag / "custody.json", '"how": "by hand"', '"how": "from the street", "how": "by hand"')


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (drop, "edge-log: was sealed and is not here"),
        (drop, "manifest-sha256.txt: the last export of INC-0001 was of other items"),
        (row(collected_by="mallory"), "edge-log: the ledger names another person"),
        (row(collected_at="2020"), "edge-log: the ledger names another person"),
        (row(size=9), "edge-log: the ledger names another person, moment or size"),
        (row(how="found"), "edge-log: the ledger was told of another title"),
        (link(0, by="mallory"), "otherwise of link 1 of its custody"),
        (link(0, why="agreed"), "otherwise of link 1 of its custody"),
        (link(1, at="2020"), "otherwise of link 2 of its custody"),
        (link(1, why="agreed"), "otherwise of link 2 of its custody"),
        (lambda bag: recast(bag, lambda items: items[0]["custody"].pop()), "edge-log: links of its custody: 1;"),
        (lambda bag: recast(bag, lambda items: items.append(items[0])), "edge-log: is listed twice"),
        (double, "cannot be read"),
        (lambda bag: rewrite(bag / "bag-info.txt", "INC-0001", "INC-0777"), "edge-log: the ledger has no entry of its sealing"),
        (lambda bag: rewrite(bag / "bag-info.txt", "INC-0001", "INC-0777"), "the ledger tells of no export of INC-0777"),
        (lambda bag: rewrite(bag / "bag-info.txt", "INC-0001", "INC-0001\nExternal-Identifier: INC-2"), "cannot be read"),
        (lambda bag: rewrite(bag / "bag-info.txt", "Date: 2026", "Date: 2025"), "bag-info.txt: the ledger names another day"),
        (lambda bag: (bag / "data" / "planted").touch(), "data/planted: has no custody"),
        (lambda bag: (bag / "notes.txt").touch(), "notes.txt: is no paper of a bag of evidence"),
        (lambda bag: (bag / "data" / "etc").symlink_to("/etc"), "data/etc: is not a plain file"),
        (lambda bag: os.mkfifo(bag / "data" / "pipe"), "data/pipe: is not a plain file"),
    ],
)  # fmt: skip
def test_who_remakes_the_manifests_is_still_found_out(bag: Path, spoil: Callable[[Path], object], named: str) -> None:
    """Manifests that fit are not enough: incident, items and custody must be those that the signed ledger tells of."""
    spoil(bag)
    remake(bag)

    code, said = stranger(bag, "-I", "-S")

    assert 1 == code
    assert any(line.startswith("FAULT ") and named in line for line in said.splitlines()), said
    assert any(named in fault for fault in bag_verify.verify(bag, lambda _: None))


def test_a_payload_file_that_only_the_tagmanifest_lists_is_named(bag: Path) -> None:
    """What lies under data/ must be in the manifest of the payload."""
    (bag / "data" / "planted").write_bytes(b"x")
    with (bag / "tagmanifest-sha256.txt").open("a") as listed:
        listed.write(f"{hashlib.sha256(b'x').hexdigest()}  data/planted\n")

    assert ["data/planted: is not listed in manifest-sha256.txt"] == bag_verify.verify(bag, lambda _: None)


def test_a_file_seen_through_a_link_is_not_a_file_of_the_bag(bag: Path, tmp_path: Path) -> None:
    """A payload that lies elsewhere can be exchanged after the check, whatever its hash is now."""
    (bag / "data").rename(tmp_path / "elsewhere")
    (bag / "data").symlink_to(tmp_path / "elsewhere")

    assert {"data: is not a plain file", "data/app-log: is missing", "data/edge-log: is missing"} == set(
        bag_verify.verify(bag, lambda _: None)
    )


def test_an_item_of_the_same_name_from_another_incident_does_not_fit(
    sealed: Incident, person: People, now: datetime, tmp_path: Path
) -> None:
    """The ledger knows both items: each is looked up under its own incident."""
    other = Incident.objects.get(pk=sealed.pk)
    other.pk, other.ref = None, "INC-0002"
    other.save()
    foreign = evidence_seal(
        incident=other,
        item="edge-log",
        content=b"of another leak",
        how="by hand",
        by=person(Role.ENGINEER, username="ed"),
        now=now,
    )
    bag = evidence_export(incident=sealed, folder=tmp_path / "bag", by=person(Role.COMPLIANCE), now=now)

    def exchange(items: Any) -> None:
        for part in (items[0], *items[0]["custody"]):
            part["sha256"] = foreign.sha256
        items[0] |= {"size": foreign.size, "collected_by": "ed"}
        items[0]["custody"][0]["by"] = "ed"

    recast(bag, exchange)
    (bag / "data" / "edge-log").write_bytes(b"of another leak")
    remake(bag)

    assert "edge-log: the ledger names another hash" in bag_verify.verify(bag, lambda _: None)


@pytest.mark.parametrize(
    "forged", [{"public_key": ""}, {"public_key": "00" * 31}, {"public_key": "ff" * 32}, {"signature": "00"}]
)
def test_a_forged_ledger_does_not_pass_for_want_of_a_key(bag: Path, forged: dict[str, str]) -> None:
    """A key or signature that nobody could check is a fault, not an excuse."""
    _, rows = papers(bag)
    rows[0]["actor"], previous = "mallory", "0" * 64
    for row in rows:
        row["prev_hash"] = previous
        row["hash"] = previous = bag_verify.digest({key: value for key, value in row.items() if key != "hash"})
    (bag / "ledger.jsonl").write_bytes(b"".join(bag_verify.canonical(row) + b"\n" for row in rows))
    mark = json.loads((bag / "signature.json").read_text())
    (bag / "signature.json").write_text(json.dumps(mark | {"hash": previous} | forged))
    remake(bag)

    code, said = stranger(bag, "-I", "-S")

    assert 1 == code
    assert "FAULT signature.json: the signature is not of this key and ledger" in said
    assert "The signature holds" not in said


def test_what_an_older_ledger_did_not_keep_is_said_to_be_unchecked(bag: Path) -> None:
    """Items sealed before the ledger kept a digest of their row and links: person and moment are checked, the rest is not."""
    items, rows = papers(bag)
    for row in rows:
        for name in ("row", "links"):
            row["payload"].pop(name, None)
    items[0]["how"] = items[0]["custody"][1]["why"] = "whatever"
    said: list[str] = []

    assert [] == bag_verify.content_faults(bag, items, rows, said.append)
    assert ["NOT CHECKED: title, media type and manner of 2 items, which the ledger did not keep when they were sealed."] == said
    items[0]["custody"][0]["why"] = items[1]["custody"][1]["by"] = "mallory"
    assert [
        "edge-log: the ledger tells otherwise of link 1 of its custody",
        "app-log: the ledger tells otherwise of link 2 of its custody",
    ] == bag_verify.content_faults(bag, items, rows, said.append)


def test_a_chain_that_was_cut_or_moved_is_named(bag: Path) -> None:
    """A missing and an exchanged ledger entry are named by number, whatever the manifests say."""
    _, entries_ = papers(bag)

    assert [] == bag_verify.chain_faults(entries_)
    assert ["ledger entry 2: is missing or out of place"] == bag_verify.chain_faults([entries_[0], *entries_[2:]])
    assert ["ledger entry 2: does not continue the one before"] == bag_verify.chain_faults(
        [entries_[0], entries_[1] | {"prev_hash": "0" * 64}]
    )


def test_items_whose_custody_disagrees_are_named(bag: Path) -> None:
    """Custody, manifest and ledger must name one hash; an item without custody is a fault."""
    items, rows = papers(bag)
    items[0]["sha256"] = "0" * 64

    assert {
        "edge-log: the ledger names another hash", "edge-log: a link of its custody names another hash",
        "edge-log: its custody names another hash than the manifest",
        "app-log: was sealed and is not here", "data/app-log: has no custody",
    } == set(bag_verify.content_faults(bag, items[:1], rows, print))  # fmt: skip


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


def test_a_place_where_no_bag_can_be_made_is_named(sealed: Incident, person: People, now: datetime, tmp_path: Path) -> None:
    """A folder below a file cannot be made; the error names it, and nothing was taken out."""
    (tmp_path / "file").touch()

    with pytest.raises(BadInput, match=re.escape(f"{tmp_path / 'file' / 'bag'} cannot be made: Not a directory.")):
        evidence_export(incident=sealed, folder=tmp_path / "file" / "bag", by=person(Role.COUNSEL), now=now)

    assert not entries(sealed.ref).filter(act=LedgerAct.EVIDENCE_EXPORT).exists()


def test_a_bag_that_does_not_fit_on_the_disk_is_removed(
    sealed: Incident, person: People, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence that the ledger does not know to be out is not left lying about."""
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "custody.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BadInput, match="cannot be written: No space left on device"):
        evidence_export(incident=sealed, folder=tmp_path / "bag", by=person(Role.COUNSEL), now=now)

    assert not (tmp_path / "bag").exists()
    assert not entries(sealed.ref).filter(act=LedgerAct.EVIDENCE_EXPORT).exists()


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
    assert (
        "The bag holds." if is_whole else "FAULT data/planted: is not listed in manifest-sha256.txt\nThe bag does NOT hold."
    ) in said
