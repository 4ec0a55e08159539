"""The record of an access: its words, its Arrow schema, its place in OCSF.

The words are here at once; what needs Arrow is loaded when it is first asked for, so that the hot door stays small.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .access import Access
from .vocabulary import Act, ActorType, Auth, Environment, Result, Surface

if TYPE_CHECKING:
    from .ocsf import classify, to_ocsf
    from .schema import COLUMNS, SCHEMA, Column, real

__all__ = [
    "COLUMNS",
    "SCHEMA",
    "Access",
    "Act",
    "ActorType",
    "Auth",
    "Column",
    "Environment",
    "Result",
    "Surface",
    "classify",
    "real",
    "to_ocsf",
]

_LATER = {
    "COLUMNS": ".schema", "SCHEMA": ".schema", "Column": ".schema", "real": ".schema", "classify": ".ocsf", "to_ocsf": ".ocsf",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """A name that needs Arrow, loaded now."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name], __name__), name)
