"""`hemostat law changes` and `hemostat law table`: what changed in the law, and the rows in force."""

from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from hemostat.kernel import BadInput, SystemClock
from hemostat.law import Change, Row, Rules, rules_load
from hemostat.law import changes as changes_of_the_law
from hemostat.law.limits import threshold_wording, wording

from .law import AsJson, is_narrow, print_json, print_reasons

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which the rows are in force; today by default.")]


def changes(
    *,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out what took effect before.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what changed in the law, newest first, and what is pending or watched."""
    found = changes_of_the_law(since.date() if since else None)
    if as_json:
        print_json(found)
        return
    out = Console()
    if is_narrow(out):
        for change in found:
            day, place, status, checked, sentence, rows = _change_cells(change)
            print_reasons(out, f"{day}  {place}  {status}, checked: {checked}", [sentence, *([rows] if rows else [])])
        return
    shown = Table(
        "day", "place", "status", "checked", Column("what", overflow="fold"), Column("rows", overflow="fold"), box=box.SIMPLE
    )
    for change in found:
        shown.add_row(*map(Text, _change_cells(change)))
    out.print(shown)


def table(
    *,
    state: Annotated[str, typer.Option(help="One jurisdiction: CA, US-CA or California; US is federal law.")] = "",
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """List the rows in force: whom to tell, by when, from how many people on, and whether a source was seen."""
    rules = rules_load()
    places = [place_of(state, rules)] if state else sorted(rules.names)
    day = (on or SystemClock().now()).date()
    rows = [row for place in places for row in rules.of(place) if row.rule.effective.holds(day)]
    if as_json:
        print_json([_row_shown(row) for row in rows])
        return
    out = Console()
    if is_narrow(out):
        for row in rows:
            name, place, tell, clock, many, checked = _row_cells(row)
            print_reasons(out, f"{name}  {place}", [f"Tell: {tell}.", clock, f"People: {many}. Checked: {checked}."])
        return
    shown = Table(Column("duty", no_wrap=True), "place", "tell", "clock", "people", "checked", box=box.SIMPLE)
    for row in rows:
        shown.add_row(*map(Text, _row_cells(row)))
    out.print(shown)


def place_of(name: str, rules: Rules) -> str:
    """The code of a jurisdiction by its code, the letters of the State, or its name. Raises `BadInput` with what is close."""
    names = {code: code for code in rules.names}
    names |= {code.removeprefix("US-"): code for code in rules.names}
    names |= {label.upper(): code for code, label in rules.names.items()}
    if found := names.get(name.upper().strip()):
        return found
    near = dict.fromkeys(names[close] for close in get_close_matches(name.upper(), names, n=3))
    advice = f"Is it {' or '.join(near)}?" if near else "Jurisdictions look like US-CA; US is federal law."
    raise BadInput(f"No jurisdiction is called {name[:40]!r}.", advice=advice)


def _change_cells(change: Change) -> list[str]:
    rows = ", ".join([*(f"{name} ended" for name in change.was), *change.now])
    checked = "yes" if change.verified.seen else "no"
    sentence = f"{change.sentence} {change.note}".strip()
    day = str(change.day or "not known")
    return [day, change.jurisdiction, change.status.replace("_", " "), checked, sentence, rows]


def _row_cells(row: Row) -> list[str]:
    rule = row.rule
    clock = (
        wording(row)
        if rule.kind not in {"remedy", "response_deadline"}
        else f"No breach deadline ({rule.kind.replace('_', ' ')})."
    )
    checked = "yes" if rule.verified.seen else "no"
    return [rule.id, row.place, rule.recipient_name, clock, threshold_wording(row.rule.threshold), checked]


def _row_shown(row: Row) -> dict[str, Any]:
    """The row as data: every field of its duty and of its law."""
    rule, law = row.rule, row.law
    return {
        "id": rule.id,
        "jurisdiction": row.place,
        "place": row.place_name,
        "regime": law.regime,
        "citation": law.citation,
        "sources": law.sources,
        "wording": wording(row),
        **{name: getattr(rule, name) for name in rule.__struct_fields__ if name != "id"},
        **{name: getattr(law, name) for name in law.__struct_fields__ if name not in {"citation", "regime", "sources", "duties"}},
    }
