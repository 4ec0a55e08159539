"""`hemostat law`: duties from facts, the elements that facts may name, one row with its sources."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table

from hemostat.kernel import BadInput
from hemostat.law import Assessment, Duty, Row, assess, elements, facts_decode, rules_load

app = typer.Typer(no_args_is_help=True, help="Who must be told of a leak, by when, under which law, and why.")

FactsFile = Annotated[Path, typer.Argument(help="Facts of the incident as JSON; - reads standard input.", metavar="FACTS.json")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("assess")
def assess_facts(facts: FactsFile, *, as_json: AsJson = False) -> None:
    """List every duty that the facts give rise to, by date, each with its citation and reasons."""
    answer = assess(facts_decode(_read(facts)))
    if as_json:
        _print_json(answer)
    else:
        _print_assessment(Console(), answer)


@app.command("elements")
def list_elements(*, as_json: AsJson = False) -> None:
    """List the elements of information that facts may name."""
    if as_json:
        _print_json(elements())
        return
    table = Table("element", "meaning", "class", "counts only with one of", box=box.SIMPLE)
    for element in elements():
        table.add_row(element.id, element.label, element.class_, ", ".join(element.needs))
    Console().print(table)


@app.command("show")
def show_duty(duty: Annotated[str, typer.Argument(help="Id of a duty, such as CA-IND-2026.", metavar="ID")]) -> None:
    """Show one duty as the table holds it, with its sources and whether it was verified."""
    row = rules_load().row(duty)
    table = Table("", Column(overflow="fold"), box=box.SIMPLE, show_header=False)
    for name, value in _row_facts(row).items():
        table.add_row(name, value)
    Console().print(table)


def _read(path: Path) -> bytes:
    """What the file, or standard input, holds. Raises `BadInput` when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise BadInput(f"The facts file {path.name} cannot be read: {error.strerror}.", advice="Check the path.") from error


def _print_json(value: object) -> None:
    typer.echo(msgspec.json.format(msgspec.json.encode(value)).decode())


def _print_assessment(out: Console, answer: Assessment) -> None:
    for warning in answer.warnings:
        out.print(f"! {warning}", style="yellow", markup=False, highlight=False)
    table = Table(box=box.SIMPLE)
    for name in ("due", "plan for", "duty", "tell", "owed by", "checked"):
        table.add_column(name, no_wrap=name in {"due", "plan for", "duty"})
    for duty in answer.duties:
        table.add_row(*_duty_cells(duty))
    out.print(table)
    for duty in answer.duties:
        _print_reasons(out, f"{duty.id}: {duty.citation}", [duty.wording, *duty.because])
    out.print("\nLooked at, and not owed", style="bold")
    for row in answer.not_owed:
        _print_reasons(out, row.id, row.because)
    for hold in answer.holds:
        _print_reasons(out, f"{hold.form} hold until {hold.ends or 'further notice'}", hold.because)


def _duty_cells(duty: Duty) -> list[str]:
    return [
        str(duty.due or "no date"),
        str(duty.advised or ""),
        duty.id,
        duty.recipient_name,
        f"met by {duty.met_by}" if duty.met_by else duty.obligor.replace("_", " "),
        "yes" if duty.verified else "no",
    ]


def _print_reasons(out: Console, title: str, because: list[str]) -> None:
    out.print(f"\n{title}", style="bold", markup=False, highlight=False)
    for sentence in because:
        out.print(f"  {sentence}", markup=False, highlight=False)


def _row_facts(row: Row) -> dict[str, str]:
    rule, law = row.rule, row.law
    clock, limit, span = rule.clock, rule.threshold, rule.effective
    period = f"{clock.value} {clock.unit} {clock.relation}" if clock.value else f"{clock.relation.replace('_', ' ')}, no number:"
    return {
        "duty": rule.id,
        "place": f"{row.place_name} ({row.place})",
        "law": f"{law.citation} ({law.regime})",
        "kind": rule.kind,
        "binds": rule.applies_to,
        "tell": f"{rule.recipient_name} ({rule.recipient})",
        "clock": f"{period} {clock.trigger}".replace("_", " "),
        "capped by": clock.inherits_from or "nothing",
        "people": f"{limit.operator} {limit.count or ''} {limit.scope}".replace("_", " "),
        "reaches": ", ".join(law.reaches or ["does not turn on elements"]),
        "in force": f"{span.from_ or 'always'} to {span.to or 'now'}",
        "verified": f"{'yes' if rule.verified.seen else 'no'} ({rule.verified.basis.replace('_', ' ')})",
        "medical element verified": {True: "yes", False: "no", None: "not in question"}[law.reaches_medical_verified],
        "sources": "\n".join(law.sources) or "none",
        "note": rule.note or "none",
    }
