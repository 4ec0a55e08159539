"""The sets of fingerprints of a home, and their keys: made, rotated, forgotten.

The key `patients` has at most two values. A set says by its `check` which of them it was made with; since nothing of the people
is kept, only who has their data can make it again under the newest.
"""

import re
import secrets
from datetime import datetime
from pathlib import Path

from hemostat.kernel import BadInput, Home, Keyring

from .fingerprints import Builder, Fingerprints, Header, Key, Of, read_header
from .known import Known

KEY = "patients"
CANARIES = "canaries"
"""Name of the set of planted people."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_ENDING = ".set"


def sets(home: Home) -> list[tuple[Path, Header]]:
    """The sets of a home by name, an older generation first. Raises `BadInput` for a damaged one."""
    found = [(path, read_header(path)) for path in _files(home)]
    return sorted(found, key=lambda one: (one[1].name, one[1].generation))


def known(home: Home, keyring: Keyring) -> Known | None:
    """Who is recognized here; None when there is no set. Raises `BadInput` for a set that cannot be used."""
    files = _files(home)
    if not files:
        return None
    values = keyring.secrets(KEY)
    return Known([Fingerprints.open(path, values) for path in files])


def builder(home: Home, keyring: Keyring) -> Builder:
    """A set in the making, under the newest key of the home; there is a key afterwards."""
    home.patients.mkdir(parents=True, exist_ok=True, mode=0o700)
    keyring.ensure(KEY)
    return Builder(keyring.secret(KEY))


def keep(home: Home, keyring: Keyring, made: Builder, *, name: str, of: Of, at: datetime) -> Header:
    """The set stands in the home in place of any before it of this name; a key that no set needs any more is gone.

    Raises `BadInput` for a name that is none, and when the set is empty.
    """
    if not _NAME.match(name) or (name == CANARIES) != (of == "canary"):
        raise BadInput(
            f"{name[:60]!r} cannot be the name of a set.", advice=f"Use small letters, digits and dashes, and not {CANARIES!r}."
        )
    generation = _generation(home, keyring)
    path = home.patients / f"{name}.{generation}{_ENDING}"
    header = made.write(path, name=name, of=of, generation=generation, made_at=at)
    for other in _files(home, name):
        if other != path:
            other.unlink()
    _drop_old_key(home, keyring)
    return header


def rotate(home: Home, keyring: Keyring) -> list[str]:
    """Sets are made with a new key from now on; those that stand count until they are made again. Answers with their names.

    Raises `BadInput` while sets of an earlier key still stand: two keys at most are live.
    """
    keyring.ensure(KEY)
    newest = keyring.secret(KEY)
    if old := [header.name for _, header in sets(home) if header.check != Key(newest).check]:
        raise BadInput(
            f"The set {old[0]!r} still stands under the key before.", advice="Make it again or forget it; then rotate."
        )
    keyring.put(KEY, [secrets.token_bytes(32), newest])
    return [header.name for _, header in sets(home)]


def forget(home: Home, keyring: Keyring, name: str) -> int:
    """Nobody of this set is recognized any more; answers with how many files went. With the last set its key goes.

    Raises `BadInput` when there is no such set.
    """
    gone = _files(home, name)
    if not gone:
        raise BadInput(f"There is no set {name[:60]!r}.", advice="See `hemostat patients status`.")
    for path in gone:
        path.unlink()
    _drop_old_key(home, keyring)
    return len(gone)


def _files(home: Home, name: str = "") -> list[Path]:
    """The files of the sets, or of the set of this name, whole or damaged."""
    files = sorted(home.patients.glob(f"*{_ENDING}"))
    return [path for path in files if path.name.partition(".")[0] == name] if name else files


def _checks(home: Home) -> list[tuple[str | None, int]]:
    """Of each set what tells its key, None when it is damaged, and its generation."""
    found: list[tuple[str | None, int]] = []
    for path in _files(home):
        try:
            header = read_header(path)
            found.append((header.check, header.generation))
        except BadInput:  # who makes it again or forgets it must be able to
            found.append((None, _number(path)))
    return found


def _number(path: Path) -> int:
    """The generation that the name of a file tells."""
    told = path.name.removesuffix(_ENDING).rpartition(".")[2]
    return int(told) if told.isdecimal() else 0


def _generation(home: Home, keyring: Keyring) -> int:
    """The number of the newest key: that of the sets made with it, or else the next one."""
    newest, found = Key(keyring.secret(KEY)).check, _checks(home)
    same = [generation for check, generation in found if check == newest]
    return same[0] if same else 1 + max((generation for _, generation in found), default=0)


def _drop_old_key(home: Home, keyring: Keyring) -> None:
    """An older key goes when no set needs it, and every key with the last set: a copy of that tells nothing then, even here."""
    checks = [check for check, _ in _checks(home)]
    newest, *older = keyring.secrets(KEY)
    # A damaged set may come back from a backup, under whichever key.
    needed = [value for value in older if None in checks or Key(value).check in checks]
    keyring.put(KEY, [newest, *needed] if checks else [secrets.token_bytes(32)])
