"""Secrets of a home, each in a file of its own that only its owner may read, and the sealing of bytes with them.

Every key says whether it belongs to a sandbox or to production. A keyring refuses keys of the other kind: real credentials
cannot be mounted into a drill, and a drill's keys cannot end up in front of real data.
"""

import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import BadInput, BadSettings, HemostatError

_NONCE = 12
_SECRET = 32
_LEAST = 16  # bytes: a shorter one can be guessed, or was cut
_RESTORE = "Restore it from the backup. A key shared with another system can be made again: remove the file, run `hemostat key`."
_MISSING = "Make it with `hemostat key new`, or give it with `hemostat key set`; the home's own keys come from the backup."


class DamagedSeal(HemostatError):
    """Sealed bytes do not open: they were changed, or belong to another key or place."""


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """One key on disk. `values` are base64, newest first: the older ones still verify while a secret rotates."""

    kind: str
    values: list[str]


class Keyring:
    """The keys of one home. Names are words like `spool` or `source.edge`."""

    def __init__(self, folder: Path, *, kind: str) -> None:
        self._folder = folder
        self._kind = kind

    @property
    def folder(self) -> Path:
        """Where the keys are; the other folders of the home lie beside it."""
        return self._folder

    def secret(self, name: str) -> bytes:
        """The newest value of a key. Raises `BadSettings` when there is none."""
        return self.secrets(name)[0]

    def secrets(self, name: str) -> Sequence[bytes]:
        """All values of a key that still count, newest first, at least one. Raises `BadSettings` when the file cannot be used."""
        path = self._path(name)
        try:
            key = msgspec.json.decode(path.read_bytes(), type=KeyFile)
        except FileNotFoundError as error:
            raise BadSettings(f"The key {name!r} is missing.", advice=_MISSING) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _damaged(name, path) from error
        if key.kind != self._kind:
            raise BadSettings(
                f"The key {name!r} is a {key.kind} key, this home is a {self._kind} home.",
                advice="Production keys never go into a sandbox, nor sandbox keys into production.",
            )
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadSettings(f"Others may read the key {name!r}.", advice="Run `chmod 600` on its file.")
        try:
            values = [b64decode(value, validate=True) for value in key.values]
        except ValueError as error:
            raise _damaged(name, path) from error
        # An empty value would let everybody in: whoever signs with nothing would fit.
        if not values or min(map(len, values)) < _LEAST:
            raise BadSettings(
                f"The key file {path.name} holds no value, or one of less than {_LEAST} bytes.",
                advice=_RESTORE,
            )
        return values

    def has(self, name: str) -> bool:
        """Is there a key of this name?"""
        return self._path(name).exists()

    def ensure(self, name: str) -> None:
        """There is a key of this name afterwards; an existing one stays as it is."""
        if not self.has(name):
            self.put(name, [secrets.token_bytes(_SECRET)])

    def put(self, name: str, values: Sequence[bytes]) -> None:
        """The key has these values, newest first; only its owner may read it. Raises `BadInput` for a short one."""
        if min(map(len, values), default=0) < _LEAST:
            raise BadInput(
                f"A value of {name!r} has less than {_LEAST} bytes.", advice="It was cut, or can be guessed: give the whole one."
            )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = msgspec.json.encode(KeyFile(kind=self._kind, values=[b64encode(v).decode() for v in values]))
        draft = self._folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(name))

    def signer(self, name: str) -> Ed25519PrivateKey:
        """The Ed25519 key (RFC 8032) whose seed is the key of this name."""
        return Ed25519PrivateKey.from_private_bytes(self.secret(name))

    def _path(self, name: str) -> Path:
        if not name or name.startswith(".") or not all(c.isalnum() or c in "._-" for c in name):
            raise BadSettings(f"Not a key name: {name!r}.", advice="Use letters, digits, dots and dashes.")
        return self._folder / f"{name}.json"


def _damaged(name: str, path: Path) -> BadSettings:
    return BadSettings(f"The key {name!r} is damaged: {path.name} is not what it should be.", advice=_RESTORE)


_cipher = lru_cache(maxsize=16)(AESGCM)  # to expand a key costs as much as to seal 2 KB


def seal(key: bytes, plain: bytes, *, place: bytes) -> bytes:
    """`plain` under AES-256-GCM (NIST SP 800-38D) with a fresh nonce in front; opens only with this key at this `place`."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, plain, place)


def unseal(key: bytes, sealed: bytes, *, place: bytes) -> bytes:
    """What was sealed. Raises `DamagedSeal` when key, place or bytes are not the ones of the sealing."""
    try:
        return _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
    except (InvalidTag, ValueError) as error:
        raise DamagedSeal("Sealed bytes do not open.", advice="Compare the file with its backup; keep both.") from error
