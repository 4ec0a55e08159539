"""Numbers of detection that people edit: YAML with a schema beside it, read into a frozen record."""

from pathlib import Path
from typing import TypeVar

import msgspec

from hemostat.kernel import BadInput

T = TypeVar("T")


def checked(path: Path, into: type[T], *, schema: Path) -> T:
    """What the YAML file holds, as a record of this type. Raises `BadInput` that names the place of the fault."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to import, and needed once
    from yaml import YAMLError, safe_load  # noqa: PLC0415  # same

    try:
        told = safe_load(path.read_text("utf-8"))
    except YAMLError as error:
        raise BadInput(f"{path.name} is not YAML.", advice="Quote texts that hold a colon and a space.") from error
    if fault := next(iter(Draft202012Validator(msgspec.json.decode(schema.read_bytes())).iter_errors(told)), None):
        raise BadInput(f"{path.name}: {fault.json_path}: {fault.message}", advice=f"Compare it with {schema.name}.")
    return msgspec.convert(told, into)
