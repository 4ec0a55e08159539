"""Reading a YAML file of `content/law` into the record that it holds: a fault is one error that names the file and the place."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from hemostat.kernel import BadInput
from hemostat.kernel.yamls import Loader, yaml_document

T = TypeVar("T")


class _Loader(Loader):
    """A name that stands twice in a mapping is a fault, not the loss of the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # PyYAML's
        seen: set[str] = set()
        for name, _ in node.value:
            if isinstance(name, yaml.ScalarNode):
                if name.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"{name.value!r} stands twice", problem_mark=name.start_mark)
                seen.add(name.value)
        return super().construct_mapping(node, deep=deep)


def file_read(path: Path, record: type[T], *, schema: str) -> T:
    """What the file holds. Raises `BadInput` that names the file, the place in it, and the schema to compare it with."""
    try:
        return msgspec.convert(yaml_document(path.read_bytes(), loader=_Loader), record)
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        why = f"cannot be used: {' '.join(str(error).split())}"
    raise BadInput(f"The file {path.name} {why}.", advice=f"Compare it with {schema}.")
