"""`hemostat source`: the systems whose events come in."""

import typer

from .snapshot import snapshot
from .source_add import add, kinds, list_, remove, rotate
from .source_check import check
from .source_test import arrival

app = typer.Typer(no_args_is_help=True, help="Try out and set up the systems whose events come in.")
app.command("check")(check)
app.command("add")(add)
app.command("kinds")(kinds)
app.command("list")(list_)
app.command("test")(arrival)
app.command("rotate")(rotate)
app.command("remove")(remove)
app.command("snapshot")(snapshot)
