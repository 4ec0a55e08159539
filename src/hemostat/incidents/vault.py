"""The vault: sealed files, one per item of evidence, and nothing else. Rows and custody are the work of `evidence`."""

import hashlib
import re
from pathlib import Path

from hemostat.kernel import BadInput, DamagedSeal, Home, replace_file, seal, unseal

_ITEM = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")


class Vault:
    """The sealed items of a home. Each is bound to its incident, its name and its content: it opens nowhere else."""

    def __init__(self, home: Home) -> None:
        self._folder = home.vault
        self._key = home.keyring(home.settings()).secret("vault")

    def put(self, ref: str, item: str, content: bytes) -> str:
        """The content is sealed and on disk, whole; its SHA-256 is returned. Raises `BadInput` for an unfit name."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(ref, item)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, seal(self._key, content, place=_place(ref, item, digest)))
        return digest

    def get(self, ref: str, item: str, digest: str) -> bytes:
        """The content as it was sealed. Raises `DamagedSeal` naming the item when it is missing or was changed."""
        try:
            sealed = self.path(ref, item).read_bytes()
        except FileNotFoundError as error:
            raise DamagedSeal(f"{ref}/{item} is missing from the vault.", advice="Restore it from the backup.") from error
        try:
            return unseal(self._key, sealed, place=_place(ref, item, digest))
        except DamagedSeal as error:
            raise DamagedSeal(
                f"{ref}/{item} was changed in the vault, or its row was.", advice="Compare it with the backup; keep both."
            ) from error

    def path(self, ref: str, item: str) -> Path:
        """Where an item lies. Raises `BadInput` for a name that is not made of small letters, digits, dots and dashes."""
        if not _ITEM.fullmatch(item):
            raise BadInput(f"Not a name for evidence: {item[:60]!r}.", advice="Use small letters, digits, dots and dashes.")
        return self._folder / ref / f"{item}.sealed"


def _place(ref: str, item: str, digest: str) -> bytes:
    return f"{ref}/{item}/{digest}".encode()
