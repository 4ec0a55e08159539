"""`hemostat init` and `hemostat doctor`: make a home, and say what is wrong with one."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hemostat.kernel import BadInput, HemostatError, Home, Settings, clock_for

from .django import database_ready


def init() -> None:
    """Make a production home: folders, settings, keys, database, and the one-time token of the first sign-in."""
    home = Home.from_environment()
    if home.exists():
        raise BadInput(f"{home.path} is a home already.", advice="Look at it with `hemostat doctor`.")
    home.create(Settings())
    database_ready(home)
    from hemostat.people.services import setup_token_create  # noqa: PLC0415  # needs the database above

    token = setup_token_create(home)
    typer.echo(f"A home stands at {home.path}. Start it with `hemostat up`.")
    typer.echo(f"The first sign-in asks for the token in {token}.")


def doctor(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Check the home: settings, keys, databases, lake files, ledger. Exits 1 when something is wrong."""
    home = Home.from_environment()
    checks = list(_checks(home))
    if json:
        typer.echo(_as_json(checks))
    else:
        words = Console(highlight=False)
        for name, fault in checks:
            words.print(f"{'ok   ' if not fault else 'WRONG'} {name}{': ' + fault if fault else ''}", markup=False)
    if any(fault for _, fault in checks):
        raise typer.Exit(1)


def _as_json(checks: list[tuple[str, str]]) -> str:
    import msgspec  # noqa: PLC0415  # only here

    return msgspec.json.encode([{"check": name, "ok": not fault, "fault": fault} for name, fault in checks]).decode()


def _checks(home: Home) -> Iterator[tuple[str, str]]:
    yield "settings and keys", _fault(lambda: _keys(home))
    yield "clock", _fault(lambda: clock_for(home.path).now())
    for path in (home.database, home.spool):
        yield f"database {path.name}", _fault(lambda path=path: _database(path))
    yield "lake files", _fault(lambda: _lake(home))
    yield "ledger", _fault(lambda: _ledger(home))
    if home.patients.exists():
        yield "patients to recognize", _fault(lambda: _patients(home))
    if _forwards(home):
        yield "forwarding", _fault(lambda: _forwarding(home))


def _fault(check: object) -> str:
    try:
        check()  # type: ignore[operator]
    except HemostatError as error:
        return f"{error} {error.advice()}".strip()
    except (OSError, sqlite3.Error) as error:
        return type(error).__name__
    return ""


def _keys(home: Home) -> None:
    keyring = home.keyring(home.settings())
    for name in ("spool", "vault", "pseudonym", "ledger", "console"):
        keyring.secret(name)


def _database(path: Path) -> None:
    if not path.exists():
        return
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        (answer,) = database.execute("PRAGMA quick_check").fetchone()
    database.close()
    if answer != "ok":
        raise BadInput(f"{path.name} is damaged: {answer}", advice="Stop Hemostat and restore the backup.")


def _lake(home: Home) -> None:
    from hemostat.lake.repair import damaged  # noqa: PLC0415  # loads Arrow

    if names := damaged(home):
        raise BadInput(f"{len(names)} damaged: {names[0]}", advice="Run `hemostat lake repair`.")


def _patients(home: Home) -> None:
    from hemostat.phi import patients  # noqa: PLC0415  # only where people are recognized

    patients.known(home, home.keyring(home.settings()))


def _forwards(home: Home) -> bool:
    try:
        return bool(home.settings().sinks)
    except HemostatError:
        return False  # the first check has said so


def _forwarding(home: Home) -> None:
    """Every sink looks after itself. Raises `BadInput` with the first that does not."""
    from hemostat.lake.spool import Spool  # noqa: PLC0415  # only where something is forwarded
    from hemostat.sinks.status import states  # noqa: PLC0415  # same: loads Arrow

    settings = home.settings()
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    try:
        troubled = [one for one in states(home, settings, spool, now=clock_for(home.path).now()) if one.trouble]
    finally:
        spool.close()
    if troubled:
        first = troubled[0]
        count = f"{len(troubled)} of {len(settings.sinks)} sinks"
        raise BadInput(f"{count}: {first.name}: {first.trouble}", advice="See `hemostat sink list`.")


def _ledger(home: Home) -> None:
    if not home.database.exists():
        return
    database_ready(home)
    from hemostat.people.ledger import chain_verify  # noqa: PLC0415  # needs the database above

    chain_verify()
