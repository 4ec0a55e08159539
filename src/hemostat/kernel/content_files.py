"""Reading a YAML file of the content that has a JSON Schema beside it."""

from pathlib import Path
from typing import Any

import msgspec

from .errors import BadInput


def checked(path: Path, *, schema: Path) -> Any:
    """What the file holds, as the schema wants it. Raises `BadInput` naming file and place of the first thing that is not so."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to load, and not every process reads such files
    from yaml import YAMLError  # noqa: PLC0415  # same

    from .yamls import yaml_document  # noqa: PLC0415  # same

    try:
        told = yaml_document(path.read_bytes())
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f": line {mark.line + 1}" if mark else ""
        raise BadInput(f"{path.name} is not YAML{place}.", advice="Quote texts that hold a colon and a space.") from error
    wanted = msgspec.json.decode(schema.read_bytes())
    if fault := next(iter(Draft202012Validator(wanted).iter_errors(told)), None):
        raise BadInput(f"{path.name}: {fault.json_path}: {fault.message}", advice=f"Compare it with {schema.name} beside it.")
    return told
