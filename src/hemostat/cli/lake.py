"""`hemostat lake`: is every event still there, can what is damaged be written again, and what must not be deleted?"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from hemostat.kernel import BadInput, Home, clock_for, parse_iso

from .acting import acting
from .django import database_ready

if TYPE_CHECKING:
    from hemostat.people.models import Person
    from hemostat.people.rights import Right

app = typer.Typer(no_args_is_help=True, help="Check and repair the lake's files, and hold what must not be deleted.")


@app.command()
def check(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Compare every file of the lake with the manifest; exits 1 when one is missing, cut short or changed."""
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # loads Arrow
    from hemostat.lake.repair import check as damage_of  # noqa: PLC0415  # same
    from hemostat.lake.repair import strays  # noqa: PLC0415  # same

    home = Home.from_environment()
    spool = Tools(home).spool()
    found, leftovers, files = damage_of(home, spool), strays(home, spool), len(spool.parts())
    spool.close()
    if json:
        _print({"files": files, "damaged": [{"path": one.part.path, "what": one.what} for one in found], "strays": leftovers})
    else:
        for one in found:
            typer.echo(one.what)
        typer.echo(
            f"{files:,} files, {len(found):,} damaged; {len(leftovers):,} leftovers of interrupted runs, which nobody reads."
        )
    if found:
        raise typer.Exit(1)


@app.command()
def repair(
    accept_loss: Annotated[bool, typer.Option("--accept-loss", help="Give up what cannot be written again.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write damaged files again from the spool, or say what is lost; exits 1 when something is lost and not given up."""
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # loads Arrow
    from hemostat.lake.repair import repair as repair_all  # noqa: PLC0415  # same

    home = Home.from_environment()
    spool = Tools(home).spool()
    done = repair_all(home, spool, accept_loss=accept_loss)
    spool.close()
    if json:
        _print([{"path": one.part.path, "rows": one.part.rows, "repaired": one.repaired, "what": one.what} for one in done])
    else:
        for one in done:
            typer.echo(f"{one.part.path}: {one.what}")
        typer.echo(f"{sum(one.repaired for one in done):,} of {len(done):,} damaged files repaired.")
    if not accept_loss and not all(one.repaired for one in done):
        raise typer.Exit(1)


@app.command()
def hold(
    *,
    reason: Annotated[str, typer.Option(help="Why the events must stay, without naming a patient.")],
    store: Annotated[str, typer.Option(help="Only events of this store.")] = "",
    source: Annotated[str, typer.Option(help="Only events of this source.")] = "",
    actor: Annotated[str, typer.Option(help="Only events of this actor: a pseudonym of the lake, or an app.")] = "",
    since: Annotated[str, typer.Option(help="Only events from this moment on, RFC 3339.")] = "",
    until: Annotated[str, typer.Option(help="Only events before this moment, RFC 3339.")] = "",
    incident: Annotated[str, typer.Option(help="The incident that it is for, like INC-0001.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Sign-in name of who places it.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Place a legal hold: nothing that it reaches is deleted until it is let go."""
    from hemostat.lake.holds import Reach, hold_place  # noqa: PLC0415  # loads Arrow
    from hemostat.people.rights import Right, Role  # noqa: PLC0415  # needs the database

    home = Home.from_environment()
    database_ready(home)
    person, now = acting(by, home, invented=Role.COMPLIANCE), clock_for(home.path).now()
    _demand_one(person, Right.PRESERVE, Right.DECIDE_LAW)
    if "@" in actor or actor.isdigit():
        raise BadInput(
            "The value of --actor is an identifier: only its pseudonym stands in the lake.",
            advice="Place the hold on the console's page, which makes the pseudonym of what is typed there.",
        )
    reach = Reach(
        store=store,
        source=source,
        actor=actor,
        since=parse_iso(since) if since else None,
        until=parse_iso(until) if until else None,
    )
    told = {name: str(value) for name, value in msgspec.to_builtins(reach).items() if value}
    from django.db import transaction  # noqa: PLC0415  # same

    # The hold comes last: when the ledger cannot be written there is no hold that nobody knows of.
    with transaction.atomic():
        _on_record("HOLD_PLACE", person, now, incident or "lake", told)
        placed = hold_place(home, reach, reason=reason, by=person.username, now=now, incident=incident)
    if json:
        _print(placed)
    else:
        typer.echo(f"Hold {placed.number} stands: nothing that it reaches is deleted.")


@app.command()
def release(
    number: Annotated[int, typer.Argument(help="Number of the hold.")],
    reason: Annotated[str, typer.Option(help="Who decided it, and why.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Sign-in name of who lets it go.")] = "",
) -> None:
    """Let a legal hold go: what has expired meanwhile is deleted within the hour."""
    from hemostat.lake.holds import hold_release  # noqa: PLC0415  # loads Arrow
    from hemostat.people.rights import Right, Role, demand  # noqa: PLC0415  # needs the database

    home = Home.from_environment()
    database_ready(home)
    person, now = acting(by, home, invented=Role.COMPLIANCE), clock_for(home.path).now()
    demand(person, Right.DECIDE_LAW)
    from django.db import transaction  # noqa: PLC0415  # same

    # The hold goes last: when there is none of this number the ledger does not say that it was let go.
    with transaction.atomic():
        _on_record("HOLD_RELEASE", person, now, "lake", {"hold": str(number)})
        hold_release(home, number, reason=reason, by=person.username, now=now)
    typer.echo(f"Hold {number} is let go.")


@app.command()
def holds(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Show the legal holds, how long each class of events stays, and what was deleted so far."""
    from hemostat.lake.holds import holds as holds_of  # noqa: PLC0415  # loads Arrow
    from hemostat.lake.retention import expired  # noqa: PLC0415  # same

    home = Home.from_environment()
    policy, found, gone = home.settings().retention, holds_of(home), expired(home)
    if json:
        _print({"retention_days": policy, "holds": found, "deleted": gone})
        return
    typer.echo(", ".join(f"{name} {days:,} days" for name, days in msgspec.to_builtins(policy).items()))
    for one in found:
        state = f"let go {one.released_at:%Y-%m-%d} by {one.released_by}" if one.released_at else "in force"
        reach = ", ".join(f"{name} {value}" for name, value in msgspec.to_builtins(one.reach).items() if value)
        typer.echo(f"{one.number}  {state}  {reach or 'everything'}  {one.incident}  {one.reason}")
    typer.echo(f"{sum(one.deleted for one in gone):,} events deleted so far; {len(found):,} holds on record.")


def _demand_one(person: "Person", *rights: "Right") -> None:
    """The person holds one of the rights. Raises `Refused`."""
    from hemostat.people.rights import demand  # noqa: PLC0415  # needs the database

    if not any(map(person.may, rights)):
        demand(person, rights[0])


def _on_record(act: str, person: "Person", now: datetime, subject: str, told: dict[str, str]) -> None:
    """The ledger says what is about to be done."""
    from hemostat.people.ledger import LedgerAct, record  # noqa: PLC0415  # needs the database

    record(act=LedgerAct[act], by=person, at=now, subject=subject, **told)


def _print(document: Any) -> None:
    typer.echo(msgspec.json.encode(document).decode())
