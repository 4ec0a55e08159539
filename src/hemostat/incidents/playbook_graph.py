"""The graph of a CACAO workflow: does it hold, in which order do people read it, and what must be done before what.

A schema cannot see that a step is never reached or that a branch never ends; these checks can, and each names its rule.
Each step but the start is the successor of one step, and each branch of a parallel step has an end step of its own (CACAO 2.0,
parallel step), so that a workflow is a tree whose leaves are end steps.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

RUNS = frozenset({"start", "end", "action", "parallel"})
COMMANDS = frozenset({"manual", "http-api"})


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule: its name, where, and what is wrong."""

    rule: str
    place: str
    message: str


def graph_faults(document: Mapping[str, Any]) -> list[Fault]:
    """Every rule of the graph that the workflow breaks; empty when it holds. The form of the document must hold already."""
    workflow = document["workflow"]
    faults = [*_unsupported(workflow), *_entry(document), *_dangling(document)]
    return faults or [*_shape(document)]


def successors(step: Mapping[str, Any]) -> list[str]:
    """The steps that follow, branches first."""
    after = [step[word] for word in ("on_completion", "on_success", "on_failure") if word in step]
    return [*step.get("next_steps", []), *after]


def walk_order(document: Mapping[str, Any]) -> list[str]:
    """The steps as people read them: along each branch, and the branches of a parallel step one after the other."""
    order: list[str] = []
    queue = [document["workflow_start"]]
    while queue:
        key = queue.pop(0)
        if key not in order:
            order.append(key)
            queue = [*successors(document["workflow"][key]), *queue]
    return order


def needs(document: Mapping[str, Any], slugs: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For each action, the slugs of the actions right before it; after a parallel step, the last ones of all branches."""
    before: dict[str, tuple[str, ...]] = {}

    def follow(key: str, done: tuple[str, ...]) -> tuple[str, ...]:
        step = document["workflow"][key]
        if step["type"] == "end":
            return done
        if step["type"] == "action":
            before[key] = done
            done = (slugs[key],)
        if step["type"] == "parallel":
            done = tuple(dict.fromkeys(last for branch in step["next_steps"] for last in follow(branch, done)))
        return follow(_next(step), done)

    follow(document["workflow_start"], ())
    return before


def _next(step: Mapping[str, Any]) -> str:
    return str(step.get("on_completion") or step["on_success"])


def _unsupported(workflow: Mapping[str, Any]) -> Iterator[Fault]:
    for key, step in workflow.items():
        if step["type"] not in RUNS:
            yield Fault(rule="unsupported-step", place=key, message=f"steps of type {step['type']!r} are not run")
        if "on_failure" in step:
            yield Fault(
                rule="unsupported-step", place=key, message="on_failure is not followed: a failed step waits for a person"
            )
        for command in step.get("commands", []):
            if command["type"] not in COMMANDS:
                yield Fault(rule="unsupported-command", place=key, message=f"commands of type {command['type']!r} are not run")
            if "content_b64" in command or "command_b64" in command:
                yield Fault(rule="unsupported-command", place=key, message="base64 commands are not run: nobody can read them")


def _entry(document: Mapping[str, Any]) -> Iterator[Fault]:
    types = [step["type"] for step in document["workflow"].values()]
    start = document["workflow"].get(document["workflow_start"])
    if start is None:
        yield Fault(rule="dangling-reference", place="workflow_start", message="it names a step that does not exist")
    elif start["type"] != "start":
        yield Fault(rule="no-start", place="workflow_start", message="the step that it names is not a start step")
    if types.count("start") > 1:
        yield Fault(rule="no-start", place="workflow", message="there is more than one start step")
    if "end" not in types:
        yield Fault(rule="no-end", place="workflow", message="there is no end step")


def _dangling(document: Mapping[str, Any]) -> Iterator[Fault]:
    workflow = document["workflow"]
    agents, targets = document.get("agent_definitions", {}), document.get("target_definitions", {})
    for key, step in workflow.items():
        for following in successors(step):
            if following not in workflow:
                yield Fault(rule="dangling-reference", place=key, message=f"it leads to {following}, which does not exist")
        if step["type"] == "action" and step["agent"] not in agents:
            yield Fault(rule="undefined-agent", place=key, message=f"{step['agent']} is not among the agents")
        for target in step.get("targets", []):
            if target not in targets:
                yield Fault(rule="undefined-target", place=key, message=f"{target} is not among the targets")


def _shape(document: Mapping[str, Any]) -> Iterator[Fault]:
    workflow = document["workflow"]
    reached = walk_order(document)
    for key in workflow:
        if key not in reached:
            yield Fault(rule="unreachable-step", place=key, message="no path from the start leads to it")
    ends = _reach_an_end(workflow)
    for key in reached:
        if key not in ends:
            yield Fault(rule="cycle-without-exit", place=key, message="no path from it leads to an end step")
    entered = [following for key in reached for following in successors(workflow[key])]
    for key in reached:
        if entered.count(key) > 1 and key in ends:
            rule = "shared-end" if workflow[key]["type"] == "end" else "joined-step"
            yield Fault(rule=rule, place=key, message="more than one step leads to it; join branches with a parallel step")
        if key == document["workflow_start"] and key in entered:
            yield Fault(rule="joined-step", place=key, message="a step leads back to the start")


def _reach_an_end(workflow: Mapping[str, Any]) -> set[str]:
    ends = {key for key, step in workflow.items() if step["type"] == "end"}
    while grown := {k for k, step in workflow.items() if k not in ends and _follows_into(step, ends)}:
        ends |= grown
    return ends


def _follows_into(step: Mapping[str, Any], ends: set[str]) -> bool:
    """All branches of a parallel step must end, and so must what comes after it."""
    following = successors(step)
    return bool(following) and all(key in ends for key in following)
