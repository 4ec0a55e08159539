"""An exercise as data: what happens, what is expected of whom, and what the truth is."""

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import jsonschema
import msgspec
import yaml

from hemostat.kernel import BadInput, NotFound, content
from hemostat.kernel.yamls import yaml_document, yaml_fault
from hemostat.law.elements import elements
from hemostat.law.facts import KINDS

Capability = Literal["detect", "contain", "evidence", "scope", "determine", "notify", "coordinate"]
PlayerRole = Literal["engineer", "compliance", "counsel", "commander"]


class Objective(msgspec.Struct, frozen=True):
    """What the exercise is to show."""

    id: str
    text: str


class Agreement(msgspec.Struct, frozen=True):
    """A contract of the merchant, invented like everybody in the story, that asks for word of a leak.

    value, unit: the period; neither when it gives no number. elements: it binds only when one of them leaks.
    """

    kind: str
    counterparty: str
    clause: str
    value: int | None = None
    unit: str = ""
    elements: list[str] = []
    note: str = ""


class Posture(msgspec.Struct, frozen=True):
    """Who the merchant is in law, and what it has signed, for this story."""

    id: str
    entity_kinds: list[str]
    agreements: list[Agreement] = []


class Story(msgspec.Struct, frozen=True):
    """The times of the story. `start` is the first planted event; steps are seconds of the story.

    end_minutes: when a played story ends; unanswered_minutes: when the leak has run its course with nobody responding.
    """

    start: datetime
    prelude_minutes: int
    end_minutes: int
    unanswered_minutes: int
    watch_seconds: int
    step_seconds: int
    live_factor: float


class GroundTruth(msgspec.Struct, frozen=True):
    """What is lost when nobody does anything, and within how many minutes of the story."""

    minutes: int
    attempts: int
    people: int
    by_jurisdiction: dict[str, int]
    elements: list[str]


class Planned(msgspec.Struct, frozen=True):
    """One line of the planned timeline; `at` in minutes from the start.

    event: the fact of the twin's truth that shows whether and when it came to pass. An exposure counts from `at` on.
    """

    at: float
    text: str
    event: Literal["deployed", "exposure", "document_read", "reported", "last_attempt"]


class Expectation(msgspec.Struct, frozen=True):
    """Something measurable that should come to pass: full marks at `target`, none at `limit`, in the unit of the measure."""

    id: str
    text: str
    capability: Capability
    objective: str
    who: list[PlayerRole]
    measure: str
    target: float
    limit: float
    weight: int
    critical: bool = False


class RedLine(msgspec.Struct, frozen=True):
    """Something that must not come to pass: a measure that must be 0."""

    id: str
    text: str
    measure: str


class WrongAct(msgspec.Struct, frozen=True):
    """An act on the twin that is wrong in this story.

    truth: the flag of the twin's truth that shows it; destroys: items of evidence that are gone with it.
    """

    truth: str
    why: str
    destroys: list[str] = []


class EvidenceItem(msgspec.Struct, frozen=True):
    """One mandatory item of the evidence manifest."""

    item: str
    text: str


class ReportedCase(msgspec.Struct, frozen=True):
    """A public case that the story learns from."""

    title: str
    about: str


class Autopilot(msgspec.Struct, frozen=True):
    """Minutes that the scripted responder waits before each kind of act.

    answers: what they fill into the fields of notices, by field; a field of `hemostat.law.notices` that is not named stays empty.
    """

    acknowledge: float
    declare: float
    seal: float
    act: float
    second: float
    decide: float
    probe: float
    scope: float
    answers: dict[str, str] = {}


class Pack(msgspec.Struct, frozen=True, dict=True):
    """One exercise, immutable once published."""

    id: str
    version: str
    status: Literal["draft", "reviewed", "published", "retired"]
    kind: Literal["drill"]
    surface: str
    title: str
    summary: str
    minutes: int
    difficulty: int
    posture: Posture
    objectives: list[Objective]
    story: Story
    ground_truth: GroundTruth
    timeline: list[Planned]
    expectations: list[Expectation]
    red_lines: list[RedLine]
    wrong_acts: list[WrongAct]
    evidence: list[EvidenceItem]
    autopilot: Autopilot
    sources: list[ReportedCase]

    @cached_property
    def sha256(self) -> str:
        """Hash of the pack's content: what a result was scored against."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


def pack_names() -> list[str]:
    """All packs that are installed, by name."""
    return sorted(path.parent.name for path in content("packs").glob("*/pack.yaml"))


def pack_load(name: str) -> Pack:
    """The installed pack of this name. Raises `NotFound`, or `BadInput` with every fault of the file."""
    path = content("packs") / name / "pack.yaml"
    if name not in pack_names():
        raise NotFound(f"There is no drill {name!r}.", advice=f"These exist: {', '.join(pack_names())}.")
    return pack_read(path)


def pack_read(path: Path) -> Pack:
    """The pack in a file. Raises `BadInput` that names the file and every fault."""
    try:
        raw = yaml_document(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}.", advice="Check the path.") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{path.name} cannot be read as YAML: {yaml_fault(error)}.", advice="Correct the file.") from error
    faults = [f"{'.'.join(map(str, fault.absolute_path)) or 'top'}: {fault.message}" for fault in _schema().iter_errors(raw)]
    if faults:
        raise BadInput(f"{path.parent.name}/{path.name}: {'; '.join(sorted(faults))}", advice="Correct these places.")
    try:
        pack = msgspec.convert(raw, Pack)
    except msgspec.ValidationError as error:  # what the schema does not see, such as a 13th month
        raise BadInput(f"{path.parent.name}/{path.name}: {error}", advice="Correct this place.") from error
    if faults := list(pack_faults(pack)):
        raise BadInput(f"{path.parent.name}/{path.name}: {'; '.join(faults)}", advice="Correct these places.")
    return pack


def pack_faults(pack: Pack) -> Iterator[str]:
    """What makes a well-formed pack unplayable, one sentence each."""
    yield from _expectation_faults(pack)
    measured = {expectation.objective for expectation in pack.expectations}
    yield from (f"objective {objective.id} is never measured" for objective in pack.objectives if objective.id not in measured)
    for line in pack.red_lines:
        if line.measure not in _measures():
            yield f"red line {line.id} wants a measure that does not exist: {line.measure}"
    known = {element.id for element in elements()}
    named = [*pack.ground_truth.elements, *(element for signed in pack.posture.agreements for element in signed.elements)]
    yield from (f"the law knows no element {element}" for element in named if element not in known)
    yield from (f"the law knows no kind of entity {kind}" for kind in pack.posture.entity_kinds if kind not in KINDS)
    if sum(pack.ground_truth.by_jurisdiction.values()) != pack.ground_truth.people:
        yield "the people by jurisdiction do not add up to the people"
    if pack.story.start.astimezone(UTC).second:
        yield "the story does not start on a full minute"


def _expectation_faults(pack: Pack) -> Iterator[str]:
    objectives = {objective.id for objective in pack.objectives}
    ids = [expectation.id for expectation in pack.expectations]
    if len(set(ids)) != len(ids):
        yield "two expectations share an id"
    for expectation in pack.expectations:
        if expectation.objective not in objectives:
            yield f"expectation {expectation.id} serves an objective that does not exist: {expectation.objective}"
        if expectation.measure not in _measures():
            yield f"expectation {expectation.id} wants a measure that does not exist: {expectation.measure}"
        if expectation.target == expectation.limit:
            yield f"expectation {expectation.id} has its target at its limit"


def _measures() -> Collection[str]:
    from .measures import MEASURES  # noqa: PLC0415  # measures know packs

    return MEASURES


def _schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((content("packs") / "pack.schema.json").read_text()))
