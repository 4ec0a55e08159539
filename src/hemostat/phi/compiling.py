"""Compiled patterns, kept for the next process: compiling all of them takes seconds, reading them back a millisecond.

What is kept is a matter of this machine, this user and these patterns alone. Whoever may write a file here is the user, who may
run anything anyway: files of others, and such that others may write, are not read. Nothing depends on a file being there.
"""

import hashlib
import os
import platform
import stat
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hemostat.kernel import replace_file

_MOST_KEPT = 12  # files; whoever changes a dictionary leaves some behind
_PROOF = hashlib.sha256().digest_size
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def folder() -> Path:
    """Where compiled patterns of this user are kept (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hemostat" / "patterns"


def compiled(expressions: Sequence[str], tell_start: Sequence[bool], *, literal: bool = False) -> Any:
    """The expressions as one Hyperscan database; `tell_start` says of each whether matches have a beginning."""
    import hyperscan  # noqa: PLC0415  # compiled code that only scanning needs

    path = folder() / _name(version("hyperscan"), expressions, tell_start, literal=literal)
    content = _kept(path)
    if content:
        # Hyperscan refuses what another version, or another kind of processor, has made.
        with suppress(hyperscan.error):
            found = hyperscan.loadb(content, hyperscan.HS_MODE_BLOCK)
            found.scratch = hyperscan.Scratch(found)
            return found
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    made.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(len(expressions))),
        flags=[hyperscan.HS_FLAG_SOM_LEFTMOST if told else 0 for told in tell_start],
        literal=literal,
    )
    _keep(path, hyperscan.dumpb(made))
    return made


def _name(library: str, expressions: Sequence[str], tell_start: Sequence[bool], *, literal: bool) -> str:
    told = repr((library, platform.machine(), literal, *zip(expressions, tell_start, strict=True)))
    return f"{hashlib.sha256(told.encode()).hexdigest()}.hsdb"


def _kept(path: Path) -> bytes:
    """What the file holds, if it is whole and nobody else could have written it; else nothing."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE:
                return b""
            content = file.read()
    except OSError:
        return b""
    proof, content = content[:_PROOF], content[_PROOF:]
    # A damaged database would take the process with it.
    return content if hashlib.sha256(content).digest() == proof else b""


def _keep(path: Path, content: bytes) -> None:
    """The file holds the content, if it can; of older files only the newest are left."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, hashlib.sha256(content).digest() + content, mode=0o600)
        kept = sorted(path.parent.glob("*.hsdb"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in kept[_MOST_KEPT:]:
            old.unlink(missing_ok=True)
