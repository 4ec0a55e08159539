"""Checks this bag of evidence offline. Needs Python 3.9 or later and nothing else: `python3 verify.py`.

It checks that every file is there with the SHA-256 that the manifests name and that there is no other file (BagIt, RFC 8493);
that the ledger has no gap and no changed entry, and that the key printed below signed its last one (Ed25519, RFC 8032); and that
items and custody are those of the incident named in bag-info.txt, as this ledger tells of them.

Whoever gave you this bag can give you the public key by another way: compare it with the one that is printed. Exit status: 0
when everything holds, 1 when something does not.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Json = dict[str, Any]
    Point = tuple[int, int, int, int]

GENESIS = "0" * 64
PAYLOAD, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
PAPERS = {"bagit.txt", "bag-info.txt", "custody.json", "ledger.jsonl", "signature.json", "verify.py", PAYLOAD, TAGS}
# An act of the ledger, and the act of custody that it stands for.
LINKS = {"evidence:seal": "collected", "evidence:open": "opened", "evidence:export": "exported", "evidence:verify": "verified"}


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: one value, one byte string."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256, in hex, over the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


# --- files ----------------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            found.update(part)
    return found.hexdigest()


def manifest(bag: Path, name: str) -> dict[str, str]:
    """File to hash, as a manifest of the bag lists them."""
    lines = (bag / name).read_text(encoding="utf-8").splitlines()
    return {path: found for found, path in (line.split("  ", 1) for line in lines)}


def info(bag: Path) -> dict[str, str]:
    """What bag-info.txt says. Raises `ValueError` when it says a thing twice."""
    lines = (bag / "bag-info.txt").read_text(encoding="utf-8").splitlines()
    found = dict(line.split(": ", 1) for line in lines)
    if len(found) != len(lines):
        raise ValueError("bag-info.txt says a thing twice")
    return found


def load(text: bytes) -> Any:
    """The value of a JSON text. Raises `ValueError` when an object has a name twice: readers differ on which one counts."""

    def single(pairs: list[tuple[str, Any]]) -> Json:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("an object has a name twice")
        return found

    return json.loads(text, object_pairs_hook=single)


def file_faults(bag: Path) -> list[str]:
    """Every file that is missing, changed, not in the manifest of its kind, or not a plain file of this bag."""
    plain, odd = walk(bag)
    faults = [path + ": is not a plain file" for path in odd]
    for name, is_payload in ((TAGS, False), (PAYLOAD, True)):
        listed = manifest(bag, name)
        for path, found in sorted(listed.items()):
            if ".." in Path(path).parts or Path(path).is_absolute():
                faults.append(path + ": leads out of the bag")
            elif path not in plain:
                faults.append(path + ": is missing")
            elif sha256(bag / path) != found:
                faults.append(path + ": was changed")
        there = {path for path in plain if path.startswith("data/") is is_payload}
        faults += [path + ": is not listed in " + name for path in sorted(there - set(listed) - {TAGS})]
    strange = {path for path in plain if not path.startswith("data/")} - PAPERS
    return faults + [path + ": is no paper of a bag of evidence" for path in sorted(strange)]


def walk(bag: Path) -> tuple[set[str], list[str]]:
    """The plain files of the bag; and what is neither plain file nor folder, like a symbolic link, which leads elsewhere."""
    plain, odd = set(), []
    for folder, folders, names in os.walk(bag):
        for path in (Path(folder) / name for name in folders + names):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                odd.append(path.relative_to(bag).as_posix())
            elif path.is_file():
                plain.add(path.relative_to(bag).as_posix())
    return plain, sorted(odd)


# --- custody --------------------------------------------------------------------------------------


def custody_faults(ref: str, items: list[Json], entries: list[Json]) -> list[tuple[str, str]]:
    """Items of an incident that are not what the ledger tells of them, or that it tells of and are not here; each with a reason.

    items: as in custody.json; entries: of the ledger, oldest first, at least those about the incident.
    """
    about = [row for row in entries if row["act"] in LINKS and (row["subject"] + "/").startswith(ref + "/")]
    names = [item["item"] for item in items]
    faults = [(name, "is listed twice") for name in sorted(set(names)) if names.count(name) > 1]
    for item in items:
        told = links_told(ref, item["item"], about)
        reasons = seal_faults(item, told[0]) + link_faults(item, told) if told else ["the ledger has no entry of its sealing"]
        faults += [(item["item"], reason) for reason in reasons]
    sealed = {row["subject"] for row in about if row["act"] == "evidence:seal"}
    lost = sealed - {f"{ref}/evidence/{name}" for name in names}
    return faults + [(subject.rpartition("/")[2], "was sealed and is not here") for subject in sorted(lost)]


def links_told(ref: str, name: str, about: list[Json]) -> list[Json]:
    """The entries that stand for the links of an item's custody, from its sealing on."""

    def is_one(row: Json) -> bool:
        if row["subject"] != ref:
            return bool(row["subject"] == f"{ref}/evidence/{name}")
        if row["act"] == "evidence:export":
            return name in row["payload"]["items"]
        return not any(fault.startswith(name + ": ") for fault in row["payload"]["faults"])

    return list(dropwhile(lambda row: row["act"] != "evidence:seal", filter(is_one, about)))


def seal_faults(item: Json, seal: Json) -> list[str]:
    """What the ledger tells otherwise of an item's sealing."""
    told, row = seal["payload"], digest({key: value for key, value in item.items() if key != "custody"})
    if told["sha256"] != item["sha256"]:
        return ["the ledger names another hash"]
    if (seal["actor"], seal["at"], told["size"]) != (item["collected_by"], item["collected_at"], item["size"]):
        return ["the ledger names another person, moment or size of its sealing"]
    # Entries written before the ledger kept this digest cannot speak about title, media type and manner.
    return [] if told.get("row", row) == row else ["the ledger was told of another title, media type or manner of collection"]


def link_faults(item: Json, told: list[Json]) -> list[str]:
    """What is wrong with an item's custody, in itself and against the ledger."""
    links = item["custody"]
    if not links or links[0]["act"] != "collected":
        return ["its custody does not begin with its collection"]
    faults = []
    if any(link["sha256"] != item["sha256"] for link in links):
        faults.append("a link of its custody names another hash")
    if any(not link["by"] or not link["why"] for link in links):
        faults.append("a link of its custody says not who or why")
    if any(links[number]["recorded_at"] < links[number - 1]["recorded_at"] for number in range(1, len(links))):
        faults.append("its custody goes back in time")
    if len(links) != len(told):
        faults.append(f"links of its custody: {len(links)}; as the ledger tells: {len(told)}")
    pairs = zip(links, told)  # noqa: B905  # `strict` is not in Python 3.9, and the lengths were compared
    wrong = [number for number, (link, row) in enumerate(pairs, start=1) if not is_told(item["item"], link, row)]
    return faults + [f"the ledger tells otherwise of link {number} of its custody" for number in wrong[:1]]


def is_told(name: str, link: Json, row: Json) -> bool:
    """Does this entry stand for this link: act, person, moment, and all the rest where the ledger kept its digest?"""
    told = row["payload"]
    if (link["act"], link["by"], link["at"]) != (LINKS[row["act"]], row["actor"], row["at"]):
        return False
    if row["act"] == "evidence:seal" and link["why"] != (told["step"] or "by hand"):
        return False
    return bool(told.get("links", {}).get(name, digest(link)) == digest(link))


def content_faults(bag: Path, items: list[Json], entries: list[Json], say: Callable[[str], None]) -> list[str]:
    """Where payload, custody and the last export that the ledger tells of are not of the same items."""
    about = info(bag)
    ref, listed = about["External-Identifier"], manifest(bag, PAYLOAD)
    faults = [f"{name}: {reason}" for name, reason in custody_faults(ref, items, entries)]
    changed = [item["item"] for item in items if listed.get("data/" + item["item"]) != item["sha256"]]
    faults += [name + ": its custody names another hash than the manifest" for name in changed]
    faults += [path + ": has no custody" for path in sorted(set(listed) - {"data/" + item["item"] for item in items})]
    seals = [row for row in entries if row["act"] == "evidence:seal" and row["subject"].startswith(ref + "/")]
    if older := sum("row" not in row["payload"] for row in seals):
        say(f"NOT CHECKED: title, media type and manner of {older} items, which the ledger did not keep when they were sealed.")
    exports = [row for row in entries if row["act"] == "evidence:export" and row["subject"] == ref]
    if not exports:
        return [*faults, f"bag-info.txt: the ledger tells of no export of {ref}"]
    if about["Bagging-Date"] != exports[-1]["at"][:10]:
        faults.append(f"bag-info.txt: the ledger names another day of the last export of {ref}")
    if {"data/" + name for name in exports[-1]["payload"]["items"]} != set(listed):
        faults.append(f"{PAYLOAD}: the last export of {ref} was of other items, as the ledger tells")
    return faults


# --- ledger and signature -------------------------------------------------------------------------


def chain_faults(entries: list[Json]) -> list[str]:
    """The first place where the ledger does not hold."""
    previous = GENESIS
    for number, entry in enumerate(entries, start=1):
        if entry["seq"] != number:
            return [f"ledger entry {number}: is missing or out of place"]
        if entry["prev_hash"] != previous:
            return [f"ledger entry {number}: does not continue the one before"]
        if digest({key: value for key, value in entry.items() if key != "hash"}) != entry["hash"]:
            return [f"ledger entry {number}: was changed"]
        previous = entry["hash"]
    return []


def signature_faults(bag: Path, entries: list[Json], say: Callable[[str], None]) -> list[str]:
    """What is wrong with the signature over the head of the ledger."""
    mark = load((bag / "signature.json").read_bytes())
    if not entries or (mark["seq"], mark["hash"]) != (entries[-1]["seq"], entries[-1]["hash"]):
        return ["signature.json: is not about the last entry of the ledger"]
    key, signature = bytes.fromhex(mark["public_key"]), bytes.fromhex(mark["signature"])
    if not signature_holds(key, signature, canonical({"seq": mark["seq"], "hash": mark["hash"]})):
        return ["signature.json: the signature is not of this key and ledger"]
    say(f"The signature holds for the public key {key.hex()}")
    return []


# The curve edwards25519 and its points, as (X, Y, Z, T) with x = X/Z, y = Y/Z and x*y = T/Z (RFC 8032, section 5.1).
# Nothing here is secret, so that nothing needs to take the same time.
FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, FIELD) % FIELD
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 4 * pow(5, -1, FIELD) % FIELD
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % FIELD)
KEY_SIZE, SIGNATURE_SIZE = 32, 64


def signature_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Is this an Ed25519 signature of the message by the key (RFC 8032, section 5.1.7)?"""
    if (len(key), len(signature)) != (KEY_SIZE, SIGNATURE_SIZE):
        return False
    public, commitment = point(key), point(signature[:KEY_SIZE])
    scalar = int.from_bytes(signature[KEY_SIZE:], "little")
    if public is None or commitment is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:KEY_SIZE] + key + message).digest(), "little") % ORDER
    left, right = times(scalar, BASE), add(commitment, times(challenge, public))
    return all((left[axis] * right[2] - right[axis] * left[2]) % FIELD == 0 for axis in (0, 1))


def point(encoded: bytes) -> Point | None:
    """The point of 32 bytes, or None when they are not of one (RFC 8032, section 5.1.3)."""
    both = int.from_bytes(encoded, "little")
    y, is_odd = both % 2**255, both >> 255
    if y >= FIELD:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if (x * x - square) % FIELD:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    if (x * x - square) % FIELD or (is_odd and not x):
        return None
    x = x if x % 2 == is_odd else FIELD - x
    return x, y, 1, x * y % FIELD


def add(one: Point, two: Point) -> Point:
    """The sum of two points (RFC 8032, section 5.1.4)."""
    a = (one[1] - one[0]) * (two[1] - two[0])
    b = (one[1] + one[0]) * (two[1] + two[0])
    c = 2 * one[3] * two[3] * CURVE
    d = 2 * one[2] * two[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD


def times(factor: int, one: Point) -> Point:
    """A point added up so many times, by doubling."""
    total = (0, 1, 1, 0)
    while factor:
        if factor % 2:
            total = add(total, one)
        one, factor = add(one, one), factor // 2
    return total


# --- all of it ------------------------------------------------------------------------------------


def verify(bag: Path, say: Callable[[str], None] = print) -> list[str]:
    """All faults of the bag; what holds is said on the way."""
    try:
        faults = file_faults(bag)
        # Bytes, since a line of text also ends at characters that JSON leaves within a string.
        entries = [load(line) for line in (bag / "ledger.jsonl").read_bytes().splitlines()]
        items = load((bag / "custody.json").read_bytes())
        faults += content_faults(bag, items, entries, say)
        faults += chain_faults(entries) + signature_faults(bag, entries, say)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return [f"the bag cannot be read: {type(error).__name__}: {error}"]
    say(f"{len(items)} items, {len(entries)} ledger entries.")
    return faults


def main() -> int:
    """Prints what holds and what does not."""
    faults = verify(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent).resolve())
    lines = [*(f"FAULT {fault}" for fault in faults), "The bag does NOT hold." if faults else "The bag holds."]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
