"""`hemostat content check`: is the data that people edit well-formed and whole?"""

from collections.abc import Callable, Iterator
from typing import Annotated

import msgspec
import typer

from hemostat.kernel import HemostatError, content

app = typer.Typer(no_args_is_help=True, help="Check the law, rules, playbooks, packs, courses and saved hunts.")


@app.callback()
def group() -> None:
    """Check the law, rules, playbooks, packs, courses and saved hunts."""


@app.command()
def check(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Check every file of content; exits 1 and names each fault when one is wrong."""
    faults = list(_faults())
    if json:
        typer.echo(msgspec.json.encode({"faults": faults}).decode())
    else:
        typer.echo("\n".join(faults) or "all content is well-formed")
    if faults:
        raise typer.Exit(1)


def _faults() -> Iterator[str]:
    for kind, load in _CHECKS.items():
        try:
            yield from (f"{kind}: {fault}" for fault in load())
        except HemostatError as error:
            yield f"{kind}: {error}"


def _law() -> Iterator[str]:
    from hemostat.law import elements, rules_load  # noqa: PLC0415  # each kind loads its own room
    from hemostat.law.assessment import questions  # noqa: PLC0415  # same
    from hemostat.law.changes import untold  # noqa: PLC0415  # same

    rules_load()
    questions()
    yield from untold()
    if not elements():
        yield "there are no elements"


def _remedies() -> Iterator[str]:
    from hemostat.law.remedies import remedy_rows  # noqa: PLC0415  # same

    remedy_rows()
    yield from ()


def _penalties() -> Iterator[str]:
    from hemostat.law.exposure import penalty_rows  # noqa: PLC0415  # same

    penalty_rows()
    yield from ()


def _notices() -> Iterator[str]:
    from hemostat.law.notices import library, notices_faults  # noqa: PLC0415  # same

    yield from notices_faults(library())


def _rules() -> Iterator[str]:
    from hemostat.detect.book import shipped_proof  # noqa: PLC0415  # same
    from hemostat.detect.rules import shipped  # noqa: PLC0415  # same

    yield from (str(fault) for fault in shipped().faults)
    for rule in shipped().speaking:
        yield from (f"{rule.path.name}: rule {rule.title!r}: {doubt}" for doubt in shipped_proof(rule.id).doubts)


def _budgets() -> Iterator[str]:
    from hemostat.detect.budget import budgets  # noqa: PLC0415  # same

    budgets()
    yield from ()


def _baselines() -> Iterator[str]:
    from hemostat.detect.limits import limits  # noqa: PLC0415  # same

    limits()
    yield from ()


def _playbooks() -> Iterator[str]:
    from hemostat.incidents import playbook  # noqa: PLC0415  # same

    for name in playbook.names():
        playbook.load(name)
    yield from ()


def _packs() -> Iterator[str]:
    from hemostat.exercises.pack import pack_load, pack_names  # noqa: PLC0415  # same

    for name in pack_names():
        pack_load(name)
    yield from ()


def _courses() -> Iterator[str]:
    from hemostat.exercises.lesson import lesson_load, lesson_names  # noqa: PLC0415  # same

    for name in lesson_names():
        lesson_load(name)
    yield from ()


def _hunts() -> Iterator[str]:
    from hemostat.lake.hunt import saved_query  # noqa: PLC0415  # same

    for path in sorted(content("hunts").glob("*.sql")):
        saved_query(path)
    yield from ()


def _coverage() -> Iterator[str]:
    from hemostat.readiness.coverage_rules import rule_books  # noqa: PLC0415  # same

    rule_books()
    yield from ()


def _posture() -> Iterator[str]:
    from hemostat.readiness.posture.book import checks, lists  # noqa: PLC0415  # same
    from hemostat.readiness.posture.looking import every  # noqa: PLC0415  # same

    lists()
    for check in sorted(checks().keys() ^ every()):
        yield f"the check {check!r} is {'in no file' if check in every() else 'in a file, and nobody asks it'}"


def _setup() -> Iterator[str]:
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # same

    guides()
    yield from ()


def _fields() -> Iterator[str]:
    from hemostat.phi.dictionary import Dictionary  # noqa: PLC0415  # same

    Dictionary.default()
    yield from ()


_CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "law": _law,
    "notices": _notices,
    "remedies": _remedies,
    "penalties": _penalties,
    "rules": _rules,
    "baselines": _baselines,
    "budgets": _budgets,
    "playbooks": _playbooks,
    "packs": _packs,
    "courses": _courses,
    "hunts": _hunts,
    "coverage": _coverage,
    "posture": _posture,
    "setup": _setup,
    "fields": _fields,
}
