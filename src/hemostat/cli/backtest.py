"""`hemostat backtest`: what rules would have found in the lake."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from hemostat.kernel import BadInput, Home, clock_for

from .django import database_ready

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hemostat.detect.backtest import Compared, Group, Judged, Known, Result
    from hemostat.detect.trials import Report, Trial, Version

_TURN = 0.2  # seconds from one look at the progress to the next
_SHOWN = 10  # groups of each kind; --json tells more


def backtest(
    rule: Annotated[
        str,
        typer.Argument(metavar="[RULE|FILE]", help="Id, title or file name of a rule of Hemostat, or a file; without it, all."),
    ] = "",
    against: Annotated[
        str, typer.Option("--against", metavar="FILE|RULE", help="A second version, to be compared with the first.")
    ] = "",
    days: Annotated[int, typer.Option(help="Days until the end of today, in UTC.")] = 30,
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, like 2026-03-02, instead of --days.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, with --from; without it, today.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Replay rules over the lake and tell the alarms that they would have raised, day by day. Nothing is raised.

    Batches come in the order in which they were written, as detection saw them. An alarm is one group of a rule on one day.
    """
    from hemostat.detect import book_of  # noqa: PLC0415  # loads pySigma and DuckDB
    from hemostat.detect.trials import Trial, rules_of  # noqa: PLC0415  # loads pySigma, DuckDB and Arrow
    from hemostat.lake.spool import Spool  # noqa: PLC0415  # same

    home = Home.from_environment()
    settings = home.settings()
    since, until = _period(days, from_, to, now=clock_for(home.path).now())
    names = [rule, against] if against else [rule]
    rulesets = [rules_of(_version(name), book_of(home.rules).rules) for name in names]
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    try:
        trial = Trial(home, spool, rulesets, since=since, until=until, clock=time.monotonic)
        _run(trial)
        report = trial.report(_outcomes(home, trial))
        trial.close()
    finally:
        spool.close()
    if json:
        import msgspec  # noqa: PLC0415  # only here

        typer.echo(msgspec.json.encode(report).decode())
    else:
        _show(report, [name or "all rules" for name in names])


def _version(name: str) -> "Version":
    """The version that a word of the command names: a file's text, or the rule of an id."""
    from hemostat.detect.trials import MOST_TEXT, Version  # noqa: PLC0415  # loads pySigma and DuckDB

    path = Path(name)
    if not name or not path.is_file():
        return Version(rule=name)
    try:
        text = path.read_text("utf-8") if path.stat().st_size <= MOST_TEXT else ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} cannot be read as text.", advice="Name a file of Sigma rules in YAML.") from error
    if not text.strip():
        raise BadInput(
            f"{name} is empty, or has more than {MOST_TEXT:,} bytes.",
            advice="Name a file with the rules to be tried, and no others.",
        )
    return Version(text=text)


def _period(days: int, first: str, last: str, *, now: datetime) -> tuple[datetime, datetime]:
    """From the first day until the end of the last one, in UTC."""
    from hemostat.detect.trials import last_days  # noqa: PLC0415  # loads pySigma and DuckDB

    if not first and not last:
        return last_days(days, now=now)
    if not first:
        raise BadInput("--to without --from.", advice="Give the first day too, or --days.")
    try:
        since, until = (
            datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) for day in (first, last or f"{now:%Y-%m-%d}")
        )
        return since, until + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"Not a day: {first!r} or {last!r}.", advice="Write it like 2026-03-02.") from error


def _run(trial: "Trial") -> None:
    """The trial has come to its end; how far it is stands on standard error, when somebody looks."""
    words = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=words, transient=True, disable=not words.is_terminal) as progress:
        task = progress.add_task("replayed", total=1.0)
        while trial.turn(_TURN):
            progress.update(task, completed=trial.share)


def _outcomes(home: Home, trial: "Trial") -> "list[Known]":
    """What became of alerts, if the home has a database of them."""
    if not home.database.exists():
        return []
    database_ready(home)
    from hemostat.alerts.selectors import outcomes  # noqa: PLC0415  # needs the database

    return outcomes(trial.rules, since=trial.since, until=trial.until)


def _show(report: "Report", names: "Sequence[str]") -> None:
    out = Console(markup=False, highlight=False)
    for name, result, judged in zip(names, report.versions, report.judged, strict=True):
        _show_version(out, name, result, judged)
    _show_days(out, report)
    if report.compared:
        _show_compared(out, report.compared)
    told = f"{report.rows:,} rows in {report.batches:,} batches, {report.seconds:.1f} s."
    if report.unsure:
        told += f" Of {report.unsure:,} rows the batch is no longer known: what came late among them may be judged otherwise."
    Console(stderr=True, highlight=False).print(told)


def _show_version(out: Console, name: str, result: "Result", judged: "Judged") -> None:
    days = len(result.days)
    out.print(
        f"{name}: {'' if result.is_exact else 'at most '}{result.alarms:,} alarms in {days:,} days"
        f" ({result.alarms / days:.1f} a day), {result.findings:,} findings, {result.events:,} events,"
        f" {result.keys:,} groups.{_told(judged)}"
    )
    for rule, seconds in result.shortened.items():
        out.print(f"The window of {rule} was cut to {seconds:,} s for want of memory: it may have missed some.")
    _show_groups(out, "Who", result.groups)
    for title, counts in (("Acts", result.acts), ("Surfaces", result.surfaces), ("Sources", result.sources)):
        told = ", ".join(f"{count.word or 'not told'} {count.events:,}" for count in counts)
        out.print(f"{title}: {told or 'none'}.")


def _show_compared(out: Console, found: "Compared") -> None:
    for title, judged in (("Only the first", found.only_a), ("Only the second", found.only_b), ("Both", found.both)):
        out.print(f"{title}: {judged.alarms:,} alarms.{_told(judged)}")
    _show_groups(out, "Only the first", found.groups_a)
    _show_groups(out, "Only the second", found.groups_b)


def _told(judged: "Judged") -> str:
    """What is known of alarms, in a sentence; "" when nothing is."""
    if judged.precision is None:
        return ""
    return (
        f" {judged.incident:,} belong to incidents, {judged.dismissed:,} were dismissed as normal: {judged.precision:.0%} right."
    )


def _show_groups(out: Console, title: str, groups: "Sequence[Group]") -> None:
    if not groups:
        return
    table = Table(title, "Alarms", "Findings", "Events", "First events")
    for group in groups[:_SHOWN]:
        who = ", ".join(f"{name} {value}" for name, value in group.group.items())
        table.add_row(
            f"{group.title}: {who or group.store}",
            *(f"{number:,}" for number in (group.alarms, group.findings, group.events)),
            " ".join(group.event_ids[:2]),
        )
    out.print(table)


def _show_days(out: Console, report: "Report") -> None:
    first, *others = (result.days for result in report.versions)
    table = Table("Day (UTC)", "Alarms", *(["Of the second"] if others else ["Findings", "Events", "People"]))
    for place, day in enumerate(first):
        told = [others[0][place].alarms] if others else [day.findings, day.events, day.people]
        table.add_row(day.day.isoformat(), *(f"{number:,}" for number in (day.alarms, *told)))
    out.print(table)
