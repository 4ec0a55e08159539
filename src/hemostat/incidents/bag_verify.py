"""Checks this bag of evidence offline. Needs Python 3.9 or later and nothing else: `python3 verify.py`.

With the standard library alone it checks that every file is there with the SHA-256 that the manifests name and that there is no
other file (BagIt, RFC 8493), that custody and ledger name the same hashes, that the ledger's chain has no gap and no changed
entry, and that the signature is about its head. The Ed25519 signature itself (RFC 8032) is not in the standard library: it is
checked when the Python package `cryptography` or the program `openssl` (3.0 or later) is there, and this script says plainly
when it was not.

Whoever gave you this bag can give you the public key by another way: compare it with the one that is printed. Exit status: 0
when all that could be checked holds, 1 when something does not.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable  # noqa: UP035  # the bag is checked on Python 3.9 too

GENESIS = "0" * 64
# DER head of an Ed25519 public key (RFC 8410, section 4); the 32 bytes of the key follow.
DER_HEAD = bytes.fromhex("302a300506032b6570032100")


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: one value, one byte string."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def manifest(bag: Path, name: str) -> dict[str, str]:
    """File to hash, as a manifest of the bag lists them."""
    lines = (bag / name).read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def file_faults(bag: Path) -> list[str]:
    """Every file that is missing, changed, or not listed."""
    listed = {}
    for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        listed.update(manifest(bag, name))
    faults = []
    for path, digest in sorted(listed.items()):
        file = bag / path
        if ".." in Path(path).parts or Path(path).is_absolute():
            faults.append(path + ": leads out of the bag")
        elif not file.is_file():
            faults.append(path + ": is missing")
        elif sha256(file) != digest:
            faults.append(path + ": was changed")
    there = {file.relative_to(bag).as_posix() for file in bag.rglob("*") if file.is_file()}
    faults += [path + ": is not listed" for path in sorted(there - set(listed) - {"tagmanifest-sha256.txt"})]
    return faults


def custody_faults(bag: Path, entries: list[dict[str, Any]]) -> list[str]:
    """Every item whose custody, file and ledger do not name one hash."""
    sealed = {entry["subject"]: entry["payload"]["sha256"] for entry in entries if entry["act"] == "evidence:seal"}
    listed = manifest(bag, "manifest-sha256.txt")
    faults, items = [], json.loads((bag / "custody.json").read_text(encoding="utf-8"))
    for item in items:
        name, digest = item["item"], item["sha256"]
        if listed.get("data/" + name) != digest:
            faults.append(name + ": its custody names another hash than the manifest")
        if not any(subject.endswith("/evidence/" + name) and found == digest for subject, found in sealed.items()):
            faults.append(name + ": the ledger has no sealing with this hash")
        if not item["custody"] or item["custody"][0]["act"] != "collected":
            faults.append(name + ": its custody does not begin with its collection")
        if any(link["sha256"] != digest or not link["by"] for link in item["custody"]):
            faults.append(name + ": a link of its custody has another hash or no name")
    unknown = set(listed) - {"data/" + item["item"] for item in items}
    return [*faults, *(path + ": has no custody" for path in sorted(unknown))]


def chain_faults(entries: list[dict[str, Any]]) -> list[str]:
    """The first place where the ledger does not hold."""
    previous = GENESIS
    for number, entry in enumerate(entries, start=1):
        content = {key: value for key, value in entry.items() if key != "hash"}
        if entry["seq"] != number:
            return [f"ledger entry {number}: is missing or out of place"]
        if entry["prev_hash"] != previous:
            return [f"ledger entry {number}: does not continue the one before"]
        if hashlib.sha256(canonical(content)).hexdigest() != entry["hash"]:
            return [f"ledger entry {number}: was changed"]
        previous = entry["hash"]
    return []


def signature_check(statement: bytes, signature: bytes, key: bytes) -> bool | None:
    """True or False as the signature holds; None when nothing here can tell."""
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # may not be installed
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415  # same
    except ImportError:
        return signature_check_openssl(statement, signature, key)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, statement)
    except InvalidSignature:
        return False
    return True


def signature_check_openssl(statement: bytes, signature: bytes, key: bytes) -> bool | None:
    """The same by the program openssl."""
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": DER_HEAD + key, "signature": signature, "statement": statement}
        paths = {name: Path(folder) / name for name in files}
        for name, content in files.items():
            paths[name].write_bytes(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
        command += ["-inkey", str(paths["key"]), "-sigfile", str(paths["signature"]), "-in", str(paths["statement"])]
        try:
            done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # fixed words and our own files
        except OSError:
            return None
    if done.returncode == 0:
        return True
    return False if b"Verification Failure" in done.stdout + done.stderr else None


def signature_faults(bag: Path, entries: list[dict[str, Any]], say: Callable[[str], None]) -> list[str]:
    """What is wrong with the signature over the head of the ledger."""
    mark = json.loads((bag / "signature.json").read_text(encoding="utf-8"))
    if not entries or (mark["seq"], mark["hash"]) != (entries[-1]["seq"], entries[-1]["hash"]):
        return ["signature.json: is not about the last entry of the ledger"]
    statement = canonical({"seq": mark["seq"], "hash": mark["hash"]})
    holds = signature_check(statement, bytes.fromhex(mark["signature"]), bytes.fromhex(mark["public_key"]))
    if holds is None:
        say("NOT CHECKED: the Ed25519 signature. Install the Python package `cryptography` or openssl 3 and run this again.")
    elif holds:
        say("The signature holds for the public key " + mark["public_key"])
    return ["signature.json: the signature is not of this key and ledger"] if holds is False else []


def verify(bag: Path, say: Callable[[str], None] = print) -> list[str]:
    """All faults of the bag; what holds is said on the way."""
    try:
        faults = file_faults(bag)
        entries = [json.loads(line) for line in (bag / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
        faults += custody_faults(bag, entries) + chain_faults(entries) + signature_faults(bag, entries, say)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"the bag cannot be read: {type(error).__name__}: {error}"]
    say(f"{len(manifest(bag, 'manifest-sha256.txt'))} items, {len(entries)} ledger entries.")
    return faults


def main() -> int:
    """Prints what holds and what does not."""
    faults = verify(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent).resolve())
    lines = [*(f"FAULT {fault}" for fault in faults), "The bag does NOT hold." if faults else "The bag holds."]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
