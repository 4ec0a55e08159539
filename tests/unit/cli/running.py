"""Commands, run in this process as somebody types them."""

from typer.testing import CliRunner, Result

from hemostat.cli.main import app


def ran(*arguments: object, stdin: str | None = None) -> Result:
    """What a command did. Raises what it raises, but for its end."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
