"""The evidence of an incident as a BagIt bag (RFC 8493) that a stranger checks offline, with nothing but Python."""

import hashlib
import json
import shutil
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction

from hemostat.kernel import BadInput, canonical, iso
from hemostat.people.ledger import checkpoint, entries
from hemostat.people.models import LedgerCheckpoint, Person

from .evidence import entry_papers, evidence_taken_out, item_papers
from .models import Evidence, Incident

VERIFIER = "verify.py"


@transaction.atomic
def evidence_export(*, incident: Incident, folder: Path, by: Person, now: datetime) -> Path:
    """`folder` is a bag: the items, their custody, the whole ledger with a fresh signature, and the script that checks it.

    The whole ledger goes along because a chain cannot be checked in parts; it holds words, hashes and references only.
    Raises `Refused` without the right, `DamagedSeal` when an item is not what was sealed, `BadInput` when the folder exists or
    cannot be made; in none of these cases is there a folder or an entry about it.
    """
    # First the items leave the vault, which is itself an act on record.
    contents = evidence_taken_out(incident=incident, by=by, now=now, why=f"bag {folder.name}")
    # Then the ledger is signed as it stands with that act.
    mark = checkpoint(now)
    if mark is None:
        raise AssertionError("taking evidence out is an entry")
    # Last come payload, tag files, and the manifests over both (RFC 8493, sections 2.1 and 2.2).
    payload = {f"data/{item.item}": content for item, content in contents.items()}
    tags = _tags(incident, contents, mark, now=now) | {"manifest-sha256.txt": _manifest(payload)}
    members_write(folder, payload | tags | {"tagmanifest-sha256.txt": _manifest(tags)})
    return folder


def members_write(folder: Path, members: dict[str, bytes]) -> None:
    """The new folder holds these files, or does not exist: half a bag would be evidence outside of every custody.

    Raises `BadInput` when the folder exists or cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError as error:
        raise BadInput(f"{folder} exists already.", advice="Name a folder that does not exist yet.") from error
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}.", advice="Name a folder where you may write.") from error
    try:
        for name, content in members.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise BadInput(f"{folder} cannot be written: {error.strerror}.", advice="Name a folder with enough room.") from error


def _tags(incident: Incident, contents: dict[Evidence, bytes], mark: LedgerCheckpoint, *, now: datetime) -> dict[str, bytes]:
    size = sum(map(len, contents.values()))
    info = {
        "Source-Organization": "Hemostat",
        "External-Identifier": incident.ref,
        "External-Description": "Evidence of an incident, with custody and ledger",
        "Bagging-Date": iso(now)[:10],
        "Payload-Oxum": f"{size}.{len(contents)}",
    }
    return {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{name}: {value}\n" for name, value in info.items()).encode(),
        "custody.json": _pretty([item_papers(item) for item in contents]),
        "ledger.jsonl": b"".join(canonical(entry_papers(row)) + b"\n" for row in entries().filter(seq__lte=mark.seq)),
        "signature.json": _pretty(
            {
                "seq": mark.seq,
                "hash": mark.hash,
                "signature": mark.signature,
                "public_key": mark.public_key,
                "algorithm": "Ed25519",
            }
        ),
        VERIFIER: verifier().encode(),
    }


def verifier() -> str:
    """The script that goes into every bag: standard library only, so that it needs no Hemostat."""
    return (files("hemostat.incidents") / "bag_verify.py").read_text(encoding="utf-8")


def _manifest(members: dict[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(members.items()))
    return "".join(lines).encode()


def _pretty(value: Any) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True).encode() + b"\n"
