"""The evidence of an incident as a BagIt bag (RFC 8493) that a stranger checks offline, with nothing but Python."""

import hashlib
import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction

from hemostat.kernel import BadInput, canonical, iso
from hemostat.people.ledger import checkpoint, entries
from hemostat.people.models import LedgerCheckpoint, LedgerEntry, Person

from .evidence import evidence_taken_out
from .models import Evidence, Incident

VERIFIER = "verify.py"


@transaction.atomic
def evidence_export(*, incident: Incident, folder: Path, by: Person, now: datetime) -> Path:
    """`folder` is a bag: the items, their custody, the whole ledger with a fresh signature, and the script that checks it.

    The whole ledger goes along because a chain cannot be checked in parts; it holds words, hashes and references only.
    Raises `BadInput` when the folder exists, `Refused` without the right, `DamagedSeal` when an item is not what was sealed.
    """
    if folder.exists():
        raise BadInput(f"{folder.name} exists already.", advice="Name a folder that does not exist yet.")
    # First the items leave the vault, which is itself an act on record.
    contents = evidence_taken_out(incident=incident, by=by, now=now, why=f"bag {folder.name}")
    # Then the ledger is signed as it stands with that act.
    mark = checkpoint(now)
    if mark is None:
        raise AssertionError("taking evidence out is an entry")
    # Last come payload, tag files, and the manifests over both (RFC 8493, sections 2.1 and 2.2).
    folder.mkdir(parents=True, mode=0o700)
    payload = {f"data/{item.item}": content for item, content in contents.items()}
    tags = _tags(incident, contents, mark, now=now)
    for name, content in (payload | tags).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "manifest-sha256.txt").write_bytes(manifest := _manifest(payload))
    (folder / "tagmanifest-sha256.txt").write_bytes(_manifest(tags | {"manifest-sha256.txt": manifest}))
    return folder


def _tags(incident: Incident, contents: dict[Evidence, bytes], mark: LedgerCheckpoint, *, now: datetime) -> dict[str, bytes]:
    size = sum(map(len, contents.values()))
    info = {
        "Source-Organization": "Hemostat",
        "External-Identifier": incident.ref,
        "External-Description": "Evidence of an incident, with custody and ledger",
        "Bagging-Date": now.date().isoformat(),
        "Payload-Oxum": f"{size}.{len(contents)}",
    }
    return {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{name}: {value}\n" for name, value in info.items()).encode(),
        "custody.json": _pretty([_custody(item) for item in contents]),
        "ledger.jsonl": b"".join(canonical(_entry(row)) + b"\n" for row in entries().filter(seq__lte=mark.seq)),
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


def _custody(item: Evidence) -> dict[str, Any]:
    return {
        "item": item.item,
        "title": item.title,
        "sha256": item.sha256,
        "size": item.size,
        "media_type": item.media_type,
        "how": item.how,
        "collected_at": iso(item.collected_at),
        "recorded_at": iso(item.recorded_at),
        "collected_by": item.collected_by.username,
        "custody": [
            {
                "act": link.act,
                "at": iso(link.at),
                "recorded_at": iso(link.recorded_at),
                "by": link.by,
                "why": link.why,
                "sha256": link.sha256,
            }
            for link in item.custody.all()
        ],
    }


def _entry(row: LedgerEntry) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": iso(row.at),
        "recorded_at": iso(row.recorded_at),
        "actor": row.actor,
        "act": row.act,
        "subject": row.subject,
        "payload": row.payload,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }


def _manifest(members: dict[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(members.items()))
    return "".join(lines).encode()


def _pretty(value: Any) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True).encode() + b"\n"
