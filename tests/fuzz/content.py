"""Targets of the documents that people write: facts, packs, lessons, rows of the law, playbooks, settings, snapshots."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hemostat.exercises.lesson import lesson_read
from hemostat.exercises.pack import pack_read
from hemostat.incidents import playbook
from hemostat.kernel import BadInput, BadSettings, Home
from hemostat.law import assess, facts_decode
from hemostat.law.exposure import penalties_read
from hemostat.law.files import file_read
from hemostat.law.remedies import RemedyFile
from hemostat.law.rules import Jurisdiction
from hemostat.stores.snapshot import snapshot_read


def facts(data: bytes) -> None:
    """Facts are assessed, or their faults are named."""
    try:
        told = facts_decode(data)
    except BadInput as error:
        assert error.advice()
        return
    answer = assess(told)
    assert all(duty.citation for duty in answer.duties)


def document(read: Callable[[Path], Any], name: str, data: bytes) -> None:
    """A document is what it should be, or its fault is named with the file."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            read(path)
        except BadInput as error:
            assert path.name in str(error)


def cacao(data: bytes) -> None:
    """A playbook is read, or the rules that it breaks are named."""
    try:
        playbook.decode(data, name="own")
    except playbook.BadPlaybook as error:
        assert error.faults
        json.dumps([str(fault) for fault in error.faults])


def settings(data: bytes) -> None:
    """The settings of a home are read, or their fault is named with the file."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.settings_file.write_bytes(data)
        try:
            home.settings()
        except BadSettings as error:
            assert home.settings_file.name in str(error)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "facts": facts,
    "pack": partial(document, pack_read, "pack.yaml"),
    "lesson": partial(document, lesson_read, "lesson.yaml"),
    "duties": partial(document, partial(file_read, record=Jurisdiction, schema="duty.schema.json"), "us-xx.yaml"),
    "remedies": partial(document, partial(file_read, record=RemedyFile, schema="remedies.schema.json"), "remedies.yaml"),
    "penalties": partial(document, penalties_read, "penalties.yaml"),
    "playbook": cacao,
    "settings": settings,
    "snapshot": partial(document, snapshot_read, "snapshot.json"),
}
