"""A CACAO 2.0 playbook as this product uses it: read, checked rule by rule, and laid out as steps that know what they need.

Steps that run: `start`, `end`, `action`, `parallel`; commands that run: `manual`, `http-api`. Everything else of the standard is
refused by name when a playbook is read, never skipped in silence. What CACAO has no word for (lane, why, which evidence a step
seals or needs, two persons, decisions) stands in one step extension, see `playbook.schema.json`.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from hemostat.kernel import BadInput, content

from .playbook_graph import Fault, graph_faults, needs, walk_order
from .vocabulary import Lane, StepKind

VARIABLE = re.compile(r"(__[a-zA-Z_][a-zA-Z0-9_-]{0,199}?__):value")


class BadPlaybook(BadInput):
    """A playbook breaks a rule; `faults` are all of them."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        first = faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(
            f"Playbook {name}: rule {first.rule!r} fails at {first.place}: {first.message}{more}.",
            advice="Run `hemostat playbook check` on the file to see every fault.",
        )
        self.faults = faults


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer of a decision. `credit` from 0 to 1; `because` says after the fact why."""

    key: str
    text: str
    credit: float = 0.0
    best: bool = False
    because: str = ""


class CommandPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What our extension adds to one command of a step.

    target: name of the one of the step's targets that it calls, the first when empty;
    seals, title: the item of evidence that its answer becomes; expects: statuses that count as passed (200 to 299 when empty);
    path: the way out of the data that the command probes; captures: variable to member of the JSON answer. A captured value
    serves the later commands of the same step and is forgotten with it: it may be a token.
    """

    target: str = ""

    seals: str = ""
    title: str = ""
    expects: tuple[int, ...] = ()
    path: str = ""
    captures: dict[str, str] = {}


class StepPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What our extension adds to one step."""

    slug: str
    kind: StepKind
    lane: Lane
    role: str
    why: str
    done_when: str
    undo: str = ""
    destructive: bool = False
    reversible: bool = True
    two_person: bool = False
    needs: tuple[str, ...] = ()
    needs_sealed: tuple[str, ...] = ()
    commands: tuple[CommandPart, ...] = ()
    question: str = ""
    options: tuple[Option, ...] = ()
    records: str = ""
    hunts: tuple[str, ...] = ()
    hunt_values: dict[str, str] = {}


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command of a step: `command` is an HTTP start line, or words for a person."""

    type: str
    command: str
    headers: dict[str, list[str]] = {}
    content: str = ""
    part: CommandPart = CommandPart()


class StepSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One action of the playbook, with the slugs of the steps that must be done before it and the targets that it may call."""

    key: str
    name: str
    what: str
    needs: tuple[str, ...]
    targets: tuple[str, ...]
    commands: tuple[Command, ...]
    part: StepPart

    @property
    def slug(self) -> str:
        """The short name of the step."""
        return self.part.slug

    @property
    def seals(self) -> tuple[str, ...]:
        """The items of evidence that the step puts into the vault."""
        named = tuple(command.part.seals for command in self.commands if command.part.seals)
        return named or tuple(f"hunt-{hunt.replace('_', '-')}" for hunt in self.part.hunts)

    @property
    def best(self) -> Option | None:
        """The best answer of a decision."""
        return next((option for option in self.part.options if option.best), None)


class Playbook(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook that passed every check; `steps` in the order in which people read them."""

    id: str
    name: str
    title: str
    description: str
    variables: dict[str, str]
    steps: tuple[StepSpec, ...]

    def step(self, slug: str) -> StepSpec:
        """The step of this name. Raises `BadInput` when there is none."""
        for step in self.steps:
            if step.slug == slug:
                return step
        raise BadInput(f"Playbook {self.name} has no step {slug!r}.", advice=f"It has: {', '.join(s.slug for s in self.steps)}.")

    @property
    def required_items(self) -> tuple[str, ...]:
        """All items of evidence that the playbook wants in the vault."""
        return tuple(dict.fromkeys(item for step in self.steps for item in step.seals))


@cache
def load(name: str) -> Playbook:
    """The playbook of this name among the content; for no name, one without steps: rules of other people name none.

    Raises `BadInput` when there is none of this name, `BadPlaybook` when it is faulty.
    """
    if not name:
        return Playbook(id="", name="", title="No playbook", description="", variables={}, steps=())
    path = content("playbooks") / f"{name}.json"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise BadInput(f"There is no playbook {name[:60]!r}.", advice=f"There are: {', '.join(names())}.")
    return decode(path.read_bytes(), name=name)


def names() -> list[str]:
    """The playbooks among the content."""
    return sorted(p.stem for p in content("playbooks").glob("*.json") if not p.name.endswith(".schema.json"))


def decode(data: bytes, *, name: str) -> Playbook:
    """The playbook in `data`. Raises `BadPlaybook` with every fault."""
    document, faults = parse(data)
    if faults:
        raise BadPlaybook(name, faults)
    parts = _parts(document)
    before = needs(document, {key: part.slug for key, part in parts.items()})
    steps = tuple(_step(document, key, parts[key], before[key]) for key in walk_order(document) if key in parts)
    return Playbook(
        id=document["id"],
        name=name,
        title=document["name"],
        description=document.get("description", ""),
        variables={k: v["value"] for k, v in document.get("playbook_variables", {}).items() if v.get("value") is not None},
        steps=steps,
    )


def parse(data: bytes) -> tuple[dict[str, Any], list[Fault]]:
    """The document, and every rule that it breaks: first the form, then, when the form holds, the graph and our own rules."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:  # among them a number of thousands of digits
        return {}, [Fault(rule="json", place="file", message=f"not JSON: {error}")]
    faults = _form_faults(document)
    if not faults:
        faults = graph_faults(document)
    if not faults:
        faults = _extension_faults(document)
    if not faults:
        faults = _meaning_faults(document, _parts(document))
    return document, faults


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to load, and only a check needs it

    return Draft202012Validator(json.loads((content("playbooks") / "playbook.schema.json").read_bytes()))


def _form_faults(document: Any) -> list[Fault]:
    return [
        Fault(rule="schema", place="/".join(str(p) for p in error.absolute_path) or "playbook", message=error.message[:200])
        for error in sorted(_validator().iter_errors(document), key=lambda e: [str(p) for p in e.absolute_path])
    ]


def extension_id(document: Mapping[str, Any]) -> str:
    """The id under which the playbook declares our step extension; "" when it does not."""
    for key, definition in document.get("extension_definitions", {}).items():
        if definition["name"] == "hemostat-step":
            return str(key)
    return ""


def _raw_parts(document: Mapping[str, Any]) -> dict[str, Any]:
    extension = extension_id(document)
    return {
        key: step.get("step_extensions", {}).get(extension)
        for key, step in document["workflow"].items()
        if step["type"] == "action"
    }


def _parts(document: Mapping[str, Any]) -> dict[str, StepPart]:
    return {key: msgspec.convert(raw, StepPart) for key, raw in _raw_parts(document).items()}


def _extension_faults(document: Mapping[str, Any]) -> list[Fault]:
    checker = _validator().evolve(schema={"$ref": "#/$defs/hemostat-step", "$defs": _validator().schema["$defs"]})
    faults = []
    for key, raw in _raw_parts(document).items():
        if raw is None:
            faults.append(Fault(rule="missing-extension", place=key, message="the step has no hemostat-step extension"))
            continue
        faults += [
            Fault(rule="extension", place="/".join([key, *map(str, error.absolute_path)]), message=error.message[:200])
            for error in checker.iter_errors(raw)
        ]
    return faults


def _meaning_faults(document: Mapping[str, Any], parts: dict[str, StepPart]) -> list[Fault]:
    """Rules of order and reference that only make sense once the form and the graph hold."""
    slugs = [part.slug for part in parts.values()]
    sealed = {item for key, part in parts.items() for item in _step(document, key, part, ()).seals}
    variables = set(document.get("playbook_variables", {}))
    faults = []
    for key, part in parts.items():
        step = _step(document, key, part, ())
        if slugs.count(part.slug) > 1:
            faults.append(Fault(rule="duplicate-slug", place=key, message=f"another step is called {part.slug!r} too"))
        faults += [
            Fault(rule="unknown-need", place=key, message=f"no step is called {n!r}") for n in part.needs if n not in slugs
        ]
        faults += [
            Fault(rule="unknown-item", place=key, message=f"no step seals {item!r}")
            for item in part.needs_sealed
            if item not in sealed
        ]
        faults += _step_faults(step)
        faults += [
            Fault(rule="undefined-variable", place=key, message=f"{name} is not among the playbook's variables")
            for name in sorted(_variables(step) - variables)
        ]
    return faults or _need_cycles(document, parts)


def _step_faults(step: StepSpec) -> list[Fault]:
    part = step.part
    calls = part.kind in {StepKind.HTTP, StepKind.EVIDENCE, StepKind.PROBE}
    rules = (
        ("destructive-without-evidence", part.destructive and not part.needs_sealed,
         "a destructive step names the items that must be sealed before it"),
        ("decision-without-best", part.kind is StepKind.DECISION and not (part.question and step.best),
         "a decision has a question and a best answer"),
        ("scope-without-hunt", part.kind is StepKind.SCOPE and not part.hunts, "a scope step names at least one saved hunt"),
        ("command-parts", bool(part.commands) and len(part.commands) != len(step.commands),
         "the extension describes as many commands as the step has"),
        ("undefined-target", calls and not step.targets, "a step that calls a system names its target"),
        ("undefined-target", any(c.part.target and c.part.target not in step.targets for c in step.commands),
         "a command calls a target that is not among those of its step"),
        ("unsupported-command", calls and any(c.type != "http-api" for c in step.commands),
         "a step that calls a system has http-api commands only"),
        ("capture-changes", any(c.part.captures and not c.command.startswith("GET ") for c in step.commands),
         "only a GET may capture a variable: a probe repeats it"),
        ("evidence-without-item", part.kind is StepKind.EVIDENCE and not all(c.part.seals for c in step.commands),
         "each command of an evidence step names the item that it seals"),
    )  # fmt: skip
    return [Fault(rule=rule, place=step.key, message=message) for rule, is_broken, message in rules if is_broken]


def _need_cycles(document: Mapping[str, Any], parts: dict[str, StepPart]) -> list[Fault]:
    before = needs(document, {key: part.slug for key, part in parts.items()})
    waiting = {part.slug: set(before[key]) | set(part.needs) for key, part in parts.items()}
    while free := [slug for slug, needed in waiting.items() if not needed & waiting.keys()]:
        for slug in free:
            del waiting[slug]
    return [
        Fault(rule="need-cycle", place=slug, message="the step waits for itself through its needs") for slug in sorted(waiting)
    ]


def _variables(step: StepSpec) -> set[str]:
    used = set()
    for command in step.commands:
        texts = [command.command, command.content, *(v for values in command.headers.values() for v in values)]
        used |= {name for text in texts for name in VARIABLE.findall(text)}
        used |= set(command.part.captures)
    return used


def _step(document: Mapping[str, Any], key: str, part: StepPart, before: tuple[str, ...]) -> StepSpec:
    raw = document["workflow"][key]
    count = len(raw["commands"])
    described = (*part.commands, *(CommandPart(),) * count)[:count]
    return StepSpec(
        key=key,
        name=raw["name"],
        what=raw.get("description", ""),
        needs=tuple(dict.fromkeys((*before, *part.needs))),
        targets=tuple(document["target_definitions"][target]["name"] for target in raw.get("targets", [])),
        commands=tuple(
            Command(
                type=command["type"],
                command=command.get("command", ""),
                headers=command.get("headers", {}),
                content=command.get("content", ""),
                part=extra,
            )
            for command, extra in zip(raw["commands"], described, strict=True)
        ),
        part=part,
    )
