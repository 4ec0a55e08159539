"""`hemostat law remedies` and `hemostat law exposure`: what is owed to people, and what laws could ask for."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table

from hemostat.law import facts_decode
from hemostat.law.exposure import Exposure, ExposureRange, exposure_answer
from hemostat.law.remedies import Remedies, Remedy, remedies_of

from .law import AsJson, FactsFile, print_json, print_reasons, read


def remedies(
    facts: FactsFile,
    *,
    cure_letter: Annotated[
        list[datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which a consumer's cure letter arrived; once for each letter."),
    ] = None,
    unreachable: Annotated[int | None, typer.Option(min=0, help="People on whom no letter can be delivered.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what is owed to people beside the notice, by date, each with its citation and reasons."""
    letters = {str(number) if number > 1 else "": day.date() for number, day in enumerate(cure_letter or [], start=1)}
    answer = remedies_of(facts_decode(read(facts)), cure_letters=letters, unreachable=unreachable)
    if as_json:
        print_json(answer)
    else:
        _print_remedies(Console(), answer)


def exposure(
    facts: FactsFile,
    *,
    violation: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the violation; without it that of discovery.")
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day up to which being late is counted; without it nothing is late."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what each law could ask for, as a range with its inputs and assumptions. No sum is made over laws."""
    answer = exposure_answer(facts_decode(read(facts)), violation_on=_day(violation), today=_day(today))
    if as_json:
        print_json(answer)
    else:
        _print_exposure(Console(), answer)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _print_remedies(out: Console, answer: Remedies) -> None:
    table = Table("by", Column("remedy", no_wrap=True), "months", "people", "place", "checked", box=box.SIMPLE)
    for one in answer.owed:
        table.add_row(*_remedy_cells(one))
    out.print(table)
    for one in answer.owed:
        print_reasons(out, f"{one.id}: {one.citation}", [f"{one.title}.", *one.because])
    out.print("\nLooked at, and not owed", style="bold")
    for row in answer.not_owed:
        print_reasons(out, row.id, row.because)


def _remedy_cells(one: Remedy) -> list[str]:
    months, checked = str(one.months or ""), "yes" if one.verified else "no"
    return [str(one.due or "no date"), one.id, months, f"{one.people:,}", one.jurisdiction, checked]


def _print_exposure(out: Console, answer: Exposure) -> None:
    for caution in answer.cautions:
        out.print(f"! {caution}", style="yellow", markup=False, highlight=False)
    table = Table(Column("law", no_wrap=True), "from, USD", "to, USD", "can become, USD", "checked", box=box.SIMPLE)
    for one in answer.ranges:
        table.add_row(*_range_cells(one))
    out.print(table)
    for one in answer.ranges:
        inputs = [f"who asks: {one.payee}", *(f"{item.label}: {item.value}" for item in one.inputs)]
        print_reasons(out, f"{one.id}: {one.title}, {one.citation}", [*inputs, *one.because, *([one.watch] if one.watch else [])])
    out.print("\nLooked at, and not open", style="bold")
    for row in answer.outside:
        print_reasons(out, row.id, row.because)


def _range_cells(one: ExposureRange) -> list[str]:
    more = "" if one.ceiling is None or one.ceiling <= one.high else f"{one.ceiling:,}"
    return [one.id, f"{one.low:,}", f"{one.high:,}", more, "yes" if one.verified else "no"]
