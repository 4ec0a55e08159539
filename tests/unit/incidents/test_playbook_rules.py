"""Playbooks are read whole or refused with the rule that failed."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.incidents import playbook as playbooks
from hemostat.incidents.playbook import BadPlaybook, decode, parse
from hemostat.incidents.playbook_graph import successors, walk_order
from hemostat.incidents.vocabulary import StepKind
from hemostat.kernel import BadInput, content

PATH = content("playbooks") / "storefront-session-leak.json"
Document = dict[str, Any]


@pytest.fixture
def document() -> Document:
    """The playbook of S1 as a document that a test may spoil."""
    found: Document = json.loads(PATH.read_bytes())
    return found


def rules(document: Document) -> set[str]:
    """The rules that a document breaks."""
    return {fault.rule for fault in parse(json.dumps(document).encode())[1]}


def key_of(document: Document, slug: str) -> str:
    """The id of the step of this name."""
    return next(key for key, step in document["workflow"].items() if extension(step).get("slug") == slug)


def extension(step: Document) -> Document:
    """Our part of a step; empty for steps that have none."""
    return next(iter(step.get("step_extensions", {}).values()), {})


def step_of(document: Document, slug: str) -> Document:
    """The step of this name."""
    found: Document = document["workflow"][key_of(document, slug)]
    return found


def first(document: Document, kind: str) -> Document:
    """The first step of a CACAO type."""
    return next(step for step in document["workflow"].values() if step["type"] == kind)


def unused(kind: str) -> str:
    """An id that no playbook uses."""
    return f"{kind}--00000000-0000-4000-8000-000000000000"


def test_every_playbook_of_the_content_holds() -> None:
    """What we ship breaks no rule."""
    assert ["storefront-session-leak"] == playbooks.names()
    for name in playbooks.names():
        assert [] == parse((content("playbooks") / f"{name}.json").read_bytes())[1]


def test_the_playbook_preserves_before_it_contains_and_proves_afterwards() -> None:
    """The order of S1: logs, block, proof; artifact before roll-back, ledger before rotation; three proofs after both."""
    playbook = playbooks.load("storefront-session-leak")

    assert ("edge-log", "app-log") == playbook.step("block-direct-host").part.needs_sealed
    assert "app-artifact" in playbook.step("roll-back").part.needs_sealed
    assert ("token-ledger",) == playbook.step("rotate-token-key").part.needs_sealed
    assert playbook.step("rotate-token-key").part.two_person
    assert [(401,), (403,), (401,)] == [c.part.expects for c in playbook.step("probe-all-paths").commands if c.part.path]
    assert {"edge-log", "app-log", "token-ledger", "support-tickets", "time-sync"} <= set(playbook.required_items)
    best = playbook.step("decide-client-secret").best
    assert best is not None
    assert "no" == best.key
    assert playbook.step("seal-logs").best is None


def test_a_step_or_playbook_that_does_not_exist_is_named() -> None:
    """A wrong name is answered with the right ones; no name is a playbook without steps."""
    with pytest.raises(BadInput, match="no step 'dance'") as wrong:
        playbooks.load("storefront-session-leak").step("dance")
    assert "seal-logs" in wrong.value.advice()
    for name in ("nothing", "../../etc/passwd", "Playbook"):
        with pytest.raises(BadInput, match="no playbook"):
            playbooks.load(name)
    assert () == playbooks.load("").steps


Spoil = Callable[[Document], object]


def put(where: Callable[[Document], Document], **changes: Any) -> Spoil:
    """Changes members of a part of the document."""
    return lambda document: where(document).update(changes)


def of(slug: str) -> Callable[[Document], Document]:
    """The step of this name."""
    return lambda document: step_of(document, slug)


def ours(slug: str) -> Callable[[Document], Document]:
    """Our part of the step of this name."""
    return lambda document: extension(step_of(document, slug))


def back_to_start(document: Document) -> None:
    """The proof of the block leads back to the block."""
    step_of(document, "probe-direct-host")["on_completion"] = key_of(document, "block-direct-host")


def to_the_beginning(document: Document) -> None:
    """A branch leads back to the start step instead of its end."""
    step_of(document, "seal-report")["on_completion"] = document["workflow_start"]


def shared_end(document: Document) -> None:
    """Two branches end in one step."""
    step_of(document, "seal-report")["on_completion"] = step_of(document, "probe-direct-host")["on_completion"]


def joined(document: Document) -> None:
    """Two steps lead to one action."""
    step_of(document, "seal-report")["on_completion"] = key_of(document, "probe-direct-host")


def an_island(document: Document) -> None:
    """Two steps that nothing leads to."""
    end, action = unused("end"), unused("action")
    document["workflow"][end] = {"type": "end"}
    document["workflow"][action] = copy.deepcopy(step_of(document, "seal-report")) | {"on_completion": end}


def no_ends(document: Document) -> None:
    """All end steps are gone."""
    document["workflow"] = {key: step for key, step in document["workflow"].items() if step["type"] != "end"}


def two_starts(document: Document) -> None:
    """A second start step."""
    document["workflow"][unused("start")] = {"type": "start", "on_completion": document["workflow_start"]}


def no_extension(document: Document) -> None:
    """A step without our part."""
    del step_of(document, "seal-logs")["step_extensions"]


def no_definition(document: Document) -> None:
    """Our extension is not declared at all."""
    document["extension_definitions"] = {}


def with_failure_branch(document: Document) -> None:
    """A step that names another one for its failure."""
    step = step_of(document, "seal-logs")
    step["on_success"], step["on_failure"] = step.pop("on_completion"), key_of(document, "seal-report")


def wrong_line(document: Document) -> None:
    """A command that is no HTTP start line."""
    step_of(document, "roll-back")["commands"][0]["command"] = "please roll back"


@pytest.mark.parametrize(
    ("rule", "spoil"),
    [
        ("schema", put(lambda d: d, type="recipe")),
        ("schema", put(lambda d: d, spec_version="cacao-1.1")),
        ("schema", put(of("seal-logs"), on_success=unused("end"))),
        ("schema", wrong_line),
        ("dangling-reference", put(of("seal-logs"), on_completion=unused("action"))),
        ("dangling-reference", put(lambda d: d, workflow_start=unused("start"))),
        ("no-start", lambda d: d.update(workflow_start=key_of(d, "seal-logs"))),
        ("no-start", two_starts),
        ("no-end", no_ends),
        ("unreachable-step", an_island),
        ("cycle-without-exit", back_to_start),
        ("joined-step", to_the_beginning),
        ("joined-step", joined),
        ("shared-end", shared_end),
        ("undefined-agent", put(of("seal-logs"), agent=unused("individual"))),
        ("undefined-target", put(of("seal-logs"), targets=[unused("http-api")])),
        ("undefined-target", lambda d: step_of(d, "seal-logs").pop("targets")),
        ("undefined-target", lambda d: extension(step_of(d, "probe-all-paths"))["commands"][0].update(target="moon")),
        ("undefined-variable", put(lambda d: d, playbook_variables={})),
        ("unsupported-step", put(lambda d: first(d, "parallel"), type="while-condition")),
        ("unsupported-step", with_failure_branch),
        ("unsupported-command", lambda d: step_of(d, "seal-logs")["commands"][0].update(type="ssh")),
        ("unsupported-command", lambda d: step_of(d, "seal-logs")["commands"][0].update(content_b64="e30=")),
        ("unsupported-command", lambda d: step_of(d, "roll-back")["commands"][0].update(type="manual")),
        ("missing-extension", no_extension),
        ("missing-extension", no_definition),
        ("extension", put(ours("seal-logs"), lane="marketing")),
        ("extension", put(ours("seal-logs"), colour="red")),
        ("duplicate-slug", put(ours("seal-logs"), slug="roll-back")),
        ("unknown-need", put(ours("roll-back"), needs=["make-coffee"])),
        ("unknown-item", put(ours("roll-back"), needs_sealed=["crown-jewels"])),
        ("need-cycle", put(ours("seal-logs"), needs=["probe-direct-host"])),
        ("destructive-without-evidence", put(ours("roll-back"), needs_sealed=[])),
        ("decision-without-best", lambda d: extension(step_of(d, "decide-client-secret"))["options"][0].update(best=False)),
        ("scope-without-hunt", lambda d: extension(step_of(d, "count-people")).pop("hunts")),
        ("command-parts", lambda d: extension(step_of(d, "probe-direct-host"))["commands"].pop()),
        ("evidence-without-item", lambda d: extension(step_of(d, "seal-logs"))["commands"][0].pop("seals")),
        ("capture-changes", lambda d: extension(step_of(d, "roll-back")).update(commands=[{"captures": {"__old_token__": "x"}}])),
    ],
)  # fmt: skip
def test_the_broken_rule_is_named(document: Document, rule: str, spoil: Spoil) -> None:
    """Each way to spoil a playbook breaks exactly the rule that forbids it, and the playbook is not read."""
    spoil(document)

    assert rule in rules(document)
    with pytest.raises(BadPlaybook, match="rule") as refused:
        decode(json.dumps(document).encode(), name="spoiled")
    assert refused.value.faults
    assert "playbook check" in refused.value.advice()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'"text"', b"[]", b"[" * 100_000, b"9" * 5000])
def test_what_is_no_playbook_is_refused_in_words(data: bytes) -> None:
    """A file that is not JSON, or not an object, is a fault with a place, never a crash."""
    assert {"json", "schema"} >= {fault.rule for fault in parse(data)[1]} != set()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)))
def test_no_json_crashes_the_check(value: object) -> None:
    """Whatever JSON is given, the answer is a list of faults."""
    assert parse(json.dumps(value).encode())[1]


def test_the_reading_order_visits_every_step_once(document: Document) -> None:
    """Each step of the workflow is reached, and no successor is outside it."""
    order = walk_order(document)

    assert len(order) == len(set(order)) == len(document["workflow"])
    assert all(key in document["workflow"] for step in document["workflow"].values() for key in successors(step))


def test_needs_follow_the_graph_through_parallel_steps() -> None:
    """After a parallel step, a step needs the last steps of all branches; within a branch, the one before."""
    playbook = playbooks.load("storefront-session-leak")

    assert ("seal-release", "seal-route-config", "seal-token-ledger", "block-direct-host") == playbook.step("roll-back").needs
    assert ("seal-logs",) == playbook.step("block-direct-host").needs
    assert () == playbook.step("discovery-day").needs


def test_steps_without_commands_of_ours_have_empty_parts() -> None:
    """A person's step carries the words of its command and nothing to call."""
    review = playbooks.load("storefront-session-leak").step("review-notices")

    assert (StepKind.MANUAL, (), "manual") == (review.part.kind, review.targets, review.commands[0].type)
    assert review.part.kind.is_human


def test_extensions_of_other_people_are_left_alone(document: Document) -> None:
    """A playbook may carry further extensions; ours is found by its name."""
    other = unused("extension-definition")
    theirs = {"type": "extension-definition", "name": "theirs", "created_by": unused("identity"), "schema": "x", "version": "1"}
    document["extension_definitions"] = {other: theirs} | document["extension_definitions"]
    step_of(document, "seal-logs")["step_extensions"][other] = {"anything": 1}

    assert set() == rules(document)
