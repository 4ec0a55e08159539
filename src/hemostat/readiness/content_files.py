"""Reading a YAML file of the content that has a JSON Schema beside it."""

from pathlib import Path
from typing import Any

import msgspec

from hemostat.kernel import BadInput


def checked(path: Path, *, schema: Path) -> Any:
    """What the file holds, as the schema wants it. Raises `BadInput` naming file and place of the first thing that is not so."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to load, and only this room needs it
    from yaml import YAMLError, safe_load  # noqa: PLC0415  # same

    try:
        told = safe_load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise BadInput(f"{path.name}{place} is not YAML.", advice="Quote texts that hold a colon and a space.") from error
    wanted = msgspec.json.decode(schema.read_bytes())
    if fault := next(iter(Draft202012Validator(wanted).iter_errors(told)), None):
        raise BadInput(f"{path.name}: {fault.json_path}: {fault.message}", advice=f"Compare it with {schema.name} beside it.")
    return told
