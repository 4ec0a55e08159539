"""All commands in one place, and the one door where errors become words."""

import logging
import os
import sys
from collections.abc import Callable

import typer
from rich.console import Console

from hemostat.kernel import HemostatError, log
from hemostat.kernel.supervise import memory_modest

from . import (
    backtest,
    bench,
    canary_patient,
    content,
    coverage,
    dead_letter,
    detect,
    drill,
    evidence,
    exposure,
    home,
    hunt,
    incident,
    ingest,
    key,
    lake,
    law,
    law_table,
    ledger,
    page,
    patients,
    playbook,
    posture,
    rules,
    scan,
    serve,
    sink,
    source,
    up,
    vocabulary,
)

app = typer.Typer(
    name="hemostat",
    help="Notice, contain, report and rehearse leaks of patient data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with local values could show a patient's data
    rich_markup_mode=None,
)
_COMMANDS: dict[str, Callable[..., None]] = {
    "init": home.init,
    "doctor": home.doctor,
    "up": up.up,
    "ingest": ingest.ingest,
    "scan": scan.scan,
    "detect": detect.detect,
    "hunt": hunt.hunt,
    "backtest": backtest.backtest,
    "coverage": coverage.coverage,
    "posture": posture.posture,
    "page": page.page,
    "bench": bench.bench,
}
_GROUPS: dict[str, typer.Typer] = {
    "serve": serve.app,
    "law": law.app,
    "playbook": playbook.app,
    "drill": drill.app,
    "evidence": evidence.app,
    "incident": incident.app,
    "ledger": ledger.app,
    "key": key.app,
    "patients": patients.app,
    "canary-patient": canary_patient.app,
    "lake": lake.app,
    "source": source.app,
    "dead-letter": dead_letter.app,
    "content": content.app,
    "rules": rules.app,
    "sink": sink.app,
    "vocabulary": vocabulary.app,
}
law.app.command("changes")(law_table.changes)
law.app.command("table")(law_table.table)
law.app.command("remedies")(exposure.remedies)
law.app.command("exposure")(exposure.exposure)
for name, command in _COMMANDS.items():
    app.command(name)(command)
for name, group in _GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run one command; an error we raised on purpose becomes two lines and exit status 2."""
    memory_modest()
    # what a command prints is its answer; the log goes beside it
    log.configure("command", level=logging.WARNING)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hemostat.console.settings")
    try:
        app()
    except HemostatError as error:
        words = Console(stderr=True, highlight=False, markup=False)
        words.print(f"hemostat: {error}", style="bold")
        if error.advice():
            words.print(error.advice())
        sys.exit(2)
