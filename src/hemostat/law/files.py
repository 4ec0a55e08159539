"""Reading a YAML file of `content/law` into the record that it holds: a fault is one error that names the file and the place."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from hemostat.kernel import BadInput

T = TypeVar("T")
_DEEPEST = 50


class _Loader(yaml.CSafeLoader):
    """The safe loader of PyYAML, every fault with its line; a name that stands twice is one, not the loss of the first."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002  # PyYAML's
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError, TypeError) as error:  # such as a 13th month, or !!int of a word
            raise yaml.MarkedYAMLError(problem=f"{node.tag.rpartition(':')[2]}: {error}", problem_mark=node.start_mark) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # PyYAML's
        seen: set[str] = set()
        for name, _ in node.value:
            if isinstance(name, yaml.ScalarNode):
                if name.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"{name.value!r} stands twice", problem_mark=name.start_mark)
                seen.add(name.value)
        return super().construct_mapping(node, deep=deep)


def _is_deep(text: bytes) -> bool:
    """Does the text nest deeper than any file of the content? The loader in C has no limit of its own but the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return True
    return False


def file_read(path: Path, record: type[T], *, schema: str) -> T:
    """What the file holds. Raises `BadInput` that names the file, the place in it, and the schema to compare it with."""
    try:
        text = path.read_bytes()
        if not _is_deep(text):
            return msgspec.convert(yaml.load(text, Loader=_Loader), record)  # noqa: S506  # a safe loader
        why = f"cannot be used: its brackets and lists nest deeper than {_DEEPEST}"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        why = f"cannot be used: {' '.join(str(error).split())}"
    raise BadInput(f"The file {path.name} {why}.", advice=f"Compare it with {schema}.")
