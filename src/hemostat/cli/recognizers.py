"""Recognizers of other people for `hemostat scan`: a file of Presidio's, or code that its user names."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import typer

from hemostat.kernel import BadInput
from hemostat.phi.foreign import Analyzer, Foreign, Sheet, sheet_read

_LIST = "RECOGNIZERS"
_ADVICE = f"Name a YAML file, a Python file or a module with classes that have `analyze`, or a list {_LIST} of recognizers."


def foreign(given: Sequence[str]) -> Foreign | None:
    """The recognizers in all files and modules that are named; None when none is. What in them cannot be used is said.

    Raises `BadInput` when nothing of one can be used.
    """
    if not given:
        return None
    analyzers: list[tuple[str, Analyzer]] = []
    for name in given:
        sheet = sheet_read(Path(name)) if Path(name).suffix in {".yaml", ".yml"} else _of_code(name)
        for left_out in sheet.left_out:
            typer.echo(f"recognizer left out: {left_out}", err=True)
        if not sheet.analyzers:
            raise BadInput(f"There is no recognizer in {name} that can be used.", advice=_ADVICE)
        analyzers += sheet.analyzers
    return Foreign(analyzers)


def _of_code(name: str) -> Sheet:
    """The recognizers of a module: those in its list, or one of each of its own classes that can be made without more."""
    try:
        module = _loaded(name)
        made = getattr(module, _LIST, None)
        if made is None:
            made = [kind() for kind in vars(module).values() if isinstance(kind, type) and _is_of(kind, module)]
        return Sheet([(_name(one), one) for one in made], [])
    except Exception as error:  # code of somebody else: it may raise anything
        told = f"{type(error).__name__}: {str(error)[:200]}"
        raise BadInput(f"The recognizers in {name} cannot be loaded: {told}.", advice=_ADVICE) from error


def _loaded(name: str) -> ModuleType:
    if not name.endswith(".py"):
        return import_module(name)
    spec = spec_from_file_location(Path(name).stem, name)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _is_of(kind: type, module: ModuleType) -> bool:
    return kind.__module__ == module.__name__ and callable(getattr(kind, "analyze", None))


def _name(recognizer: Any) -> str:
    return str(getattr(recognizer, "name", "") or type(recognizer).__name__)
