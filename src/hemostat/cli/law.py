"""`hemostat law`: duties from facts and why each is owed or not, the elements that facts may name, one row with its sources."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from hemostat.kernel import BadInput, SystemClock
from hemostat.law import Assessment, Duty, Explanation, Row, assess, elements, explain, facts_decode, rules_load
from hemostat.law.limits import threshold_wording

app = typer.Typer(no_args_is_help=True, help="Who must be told of a leak, by when, under which law, and why.")

FactsFile = Annotated[Path, typer.Argument(help="Facts of the incident as JSON; - reads standard input.", metavar="FACTS.json")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Today = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day after which a day of the facts lies in the future; the present one by default."),
]
# Fewer columns than these would break the sentences of a table into single words.
_WIDE = 120
_MARKS = {True: "+", False: "-", None: " "}


@app.command("assess")
def assess_facts(facts: FactsFile, *, today: Today = None, as_json: AsJson = False) -> None:
    """List every duty that the facts give rise to, by date, each with its citation and reasons."""
    answer = assess(facts_decode(read(facts)), today=_day(today))
    if as_json:
        print_json(answer)
    else:
        _print_assessment(Console(), answer)


@app.command("explain")
def explain_duty(
    duty: Annotated[str, typer.Argument(help="Id of a duty, such as CA-AG-2026, owed or not.", metavar="DUTY")],
    *,
    facts: Annotated[Path, typer.Option(help="Facts of the incident as JSON; - reads standard input.", metavar="FACTS.json")],
    today: Today = None,
    as_json: AsJson = False,
) -> None:
    """Tell why one duty is owed or not: each reason with its clause, what would change the answer, where to check."""
    answer = explain(facts_decode(read(facts)), duty, today=_day(today))
    if as_json:
        print_json(answer)
    else:
        _print_explanation(Console(), answer)


@app.command("elements")
def list_elements(*, as_json: AsJson = False) -> None:
    """List the elements of information that facts may name."""
    if as_json:
        print_json(elements())
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


def read(path: Path) -> bytes:
    """What the file, or standard input, holds. Raises `BadInput` when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise BadInput(f"The facts file {path.name} cannot be read: {error.strerror}.", advice="Check the path.") from error


def _day(given: datetime | None) -> date:
    return (given or SystemClock().now()).date()


def print_json(value: object) -> None:
    """The value stands on standard output as one JSON document."""
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
        print_reasons(out, f"{duty.id}: {duty.citation}", [duty.wording, *duty.because])
    out.print("\nLooked at, and not owed", style="bold")
    for row in answer.not_owed:
        print_reasons(out, row.id, row.because)
    for hold in answer.holds:
        print_reasons(out, f"{hold.form} hold until {hold.ends or 'further notice'}", hold.because)


def _print_explanation(out: Console, answer: Explanation) -> None:
    for warning in answer.warnings:
        out.print(f"! {warning}", style="yellow", markup=False, highlight=False)
    out.print(f"{answer.id}: {answer.title}", style="bold", markup=False, highlight=False)
    out.print(answer.answer, markup=False, highlight=False)
    table = Table("", "", Column("why", overflow="fold"), Column("clause", overflow="fold"), box=box.SIMPLE)
    for step in answer.steps:
        table.add_row(str(step.number), _MARKS[step.holds], Text(step.sentence), Text(step.citation))
    out.print(table)
    print_reasons(out, "What would change the answer", [f"{other.when}, {other.then}" for other in answer.otherwise])
    print_reasons(
        out, "What changed in the law", [f"{change.day or 'no day yet'}: {change.sentence}" for change in answer.changes]
    )
    out.print(f"\n{answer.check}", markup=False, highlight=False)


def _duty_cells(duty: Duty) -> list[str]:
    return [
        str(duty.due or "no date"),
        str(duty.advised or ""),
        duty.id,
        duty.recipient_name,
        f"met by {duty.met_by}" if duty.met_by else duty.obligor.replace("_", " "),
        "yes" if duty.verified else "no",
    ]


def is_narrow(out: Console) -> bool:
    """Is there too little room for columns of sentences, so that a list reads better?"""
    return out.width < _WIDE


def print_reasons(out: Console, title: str, because: list[str]) -> None:
    """A title and its reasons, a line each, stand on `out`."""
    out.print(f"\n{title}", style="bold", markup=False, highlight=False)
    for sentence in because:
        out.print(Padding.indent(Text(sentence), 2))


def _row_facts(row: Row) -> dict[str, str]:
    rule, law = row.rule, row.law
    clock, span = rule.clock, rule.effective
    period = f"{clock.value} {clock.unit} {clock.relation}" if clock.value else f"{clock.relation.replace('_', ' ')}, no number:"
    bound = [f"{word} {other}" for word, other in (("follows", rule.follows), ("goes with", rule.sent_with)) if other]
    return {
        "duty": rule.id,
        "place": f"{row.place_name} ({row.place})",
        "law": f"{law.citation} ({law.regime})",
        "kind": rule.kind.replace("_", " "),
        "binds": rule.applies_to.replace("_", " "),
        "tell": f"{rule.recipient_name} ({rule.recipient})",
        "clock": f"{period} {clock.trigger}".replace("_", " "),
        "capped by": " and ".join(_caps(row)) or "nothing",
        "bound to": ", ".join(bound) or "nothing",
        "law-enforcement hold": _hold(row),
        "people": threshold_wording(rule.threshold),
        "reaches": _reaches(row),
        "breach": (law.breach or "not said") + ("" if law.access_is_enough else ", where either is acquisition, release or use"),
        **_exceptions(row),
        "in force": f"{span.from_ or 'always'} to {span.to or 'now'}",
        "verified": f"{'yes' if rule.verified.seen else 'no'} ({rule.verified.basis.replace('_', ' ')})",
        "medical element verified": {True: "yes", False: "no", None: "not in question"}[law.reaches_medical_verified],
        "sources": "\n".join(law.sources) or "none",
        "note": rule.note or "none",
    }


def _reaches(row: Row) -> str:
    """The classes of elements; those that the law took up later have their day, and say so when no source was seen."""
    if row.law.reaches is None:
        return "does not turn on elements"
    later = [f"{one.class_} since {one.since}{'' if one.seen else ' (not seen in a source)'}" for one in row.law.reaches_later]
    return ", ".join([*row.law.reaches, *later]).replace("_", " ")


def _caps(row: Row) -> list[str]:
    clock = row.rule.clock
    return [clock.inherits_from] * bool(clock.inherits_from) + ["the day residents are told"] * clock.not_after_notice


def _hold(row: Row) -> str:
    after = row.rule.hold
    if not after.moves:
        return "does not move it"
    then = f", and {after.then} {after.unit.replace('_', ' ')} follow its end" if after.then else ""
    return f"moves it{then}{' anew' if after.restarts else ''}"


def _exceptions(row: Row) -> dict[str, str]:
    """What lifts the duty, and what it may cost: harm test, safe harbor, HIPAA, suits, monitoring, amounts."""
    law, amount = row.law, row.rule.amount_usd
    harm, safe, deemed, suit = law.harm, law.encryption, law.hipaa, law.private_action
    dollars = f"USD {amount.min or 0:,} to {amount.max or 0:,}" if amount else "none in the table"
    return {
        "harm test": "not said" if harm is None else f"{'yes' if harm.exempts else 'none'}. {harm.condition}".strip(),
        "encryption": "not said" if safe is None else "lifts it while the key is safe",
        "HIPAA notice": "not said" if deemed is None else f"{deemed.deemed.replace('_', ' ')}. {deemed.note}".strip(),
        "private action": "not said" if suit is None else f"{suit.allowed} {suit.condition}".strip(),
        "monitoring": "not said" if law.credit_monitoring_months is None else f"{law.credit_monitoring_months} months",
        "amounts": dollars,
    }
