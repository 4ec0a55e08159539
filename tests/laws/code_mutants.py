"""Small changes of the engine's code, one at a time, each tried in a process of its own.

Changed are comparisons, `and` and `or`, `not`, plus and minus, `min` and `max`, numbers, flags, and words that the code compares
with. Sentences for people are left alone: tests of the reasons read those.
"""

import ast
import importlib.abc
import importlib.util
import os
import re
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

import hemostat.law
from hemostat.kernel import content
from laws.worked import FOLDER

_load = yaml.load
SOURCES = Path(hemostat.law.__file__).parent
UNITS = Path(__file__).parents[1] / "unit" / "law"
# The modules that answers and dates come from.
MODULES = ("case", "days", "elements", "engine", "facts", "limits", "moments", "reach", "rules")
_QUICK = (
    "test_counting_days",
    "test_facts_decoding",
    "test_edges",
    "test_doubts",
    "test_explaining",
    "test_reasons_and_warnings",
    "test_table",
    "test_content_of_the_law",
)
_PATIENCE = 60  # seconds; a change that never ends is noticed too
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip
# How a record is built, not what it says.
_SHAPES = {"frozen", "slots", "kw_only", "forbid_unknown_fields", "rename"}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class CodeChange:
    """One change of one module: its label, and the source that results."""

    module: str
    label: str
    source: str


def code_changes(modules: tuple[str, ...] = MODULES) -> Iterator[CodeChange]:
    """Every change of these modules. Labels carry no line numbers; equal ones of one function are numbered."""
    for module in modules:
        tree = ast.parse((SOURCES / f"{module}.py").read_text())
        seen: dict[str, int] = {}
        for where, node, field, new in _places(tree):
            old = getattr(node, field)
            before = ast.unparse(node)
            setattr(node, field, new)
            label = f"{module}.py: {where}: {_short(before)} -> {_short(ast.unparse(node))}"
            seen[label] = seen.get(label, 0) + 1
            yield CodeChange(module, label if seen[label] == 1 else f"{label} #{seen[label]}", ast.unparse(tree))
            setattr(node, field, old)


def code_noticed(change: CodeChange) -> bool:
    """Does a worked case or a quick unit test notice the change? Both run in a fork, which ends with the answer."""
    _parsed()
    child = os.fork()
    if child == 0:
        os._exit(_tried(change))
    _, status = os.waitpid(child, 0)
    return status != 0


def _tried(change: CodeChange) -> int:
    """0 when nobody noticed. What a test prints is thrown away."""
    signal.alarm(_PATIENCE)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    sys.meta_path.insert(0, _Changed(change))
    known = _parsed()
    yaml.load = lambda text, Loader: known.get(text) or _load(text, Loader)  # noqa: N803  # as yaml calls it
    for name in [name for name in sys.modules if name.startswith(("hemostat.law", "laws."))]:
        del sys.modules[name]
    try:
        return _golden() or _units()
    except BaseException:  # noqa: BLE001  # whatever the change broke, it was noticed
        return 1


@cache
def _parsed() -> dict[bytes, Any]:
    """What the files of the law and of the cases hold, read once: most of the time of a fork went into reading them."""
    files = [*content("law").glob("*.yaml"), *FOLDER.glob("*.yaml")]
    return {text: _load(text, yaml.CSafeLoader) for text in (path.read_bytes() for path in files)}


def _golden() -> int:
    from hemostat.law import assess  # noqa: PLC0415  # the changed one
    from laws.worked import cases, facts_of, faults  # noqa: PLC0415

    quick = sorted(cases(), key=lambda case: len(case["facts"]["people"]))
    return int(any(any(faults(case, assess(facts_of(case["facts"])))) for case in quick))


def _units() -> int:
    import pytest  # noqa: PLC0415  # only for the few changes that no worked case notices

    # Without the options of the project: no database, no socket guard, nothing but the files below.
    options = ["-x", "-q", "-c", os.devnull, "--rootdir", str(UNITS), "--import-mode=importlib"]
    options += ["-k", "not schema and not any_bytes and not agrees_with"]  # slow, and about files, not code
    options += [f"-pno:{plugin}" for plugin in ("cacheprovider", "xdist", "django", "pytest_cov", "socket")]
    files = [str(path) for name in _QUICK if (path := UNITS / f"{name}.py").exists()]
    return int(pytest.main([*options, *files]))


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives out the changed module under its own name, and under no file's name: coverage never counts it."""

    def __init__(self, change: CodeChange) -> None:
        self._name = f"hemostat.law.{change.module}"
        self._source = change.source

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ARG002  # as importlib calls it
        """The changed module, and no other."""
        return importlib.util.spec_from_loader(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source as the module."""
        exec(compile(self._source, "<changed>", "exec"), module.__dict__)  # noqa: S102  # our own source


def _places(tree: ast.Module) -> Iterator[tuple[str, Any, str, Any]]:
    """Each place to change: the function around it, the node, its field, and the field's new value."""
    yield from _within(tree, "module")


def _within(node: ast.AST, where: str) -> Iterator[tuple[str, Any, str, Any]]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.ClassDef)
        inner = child.name if named and where == "module" else f"{where}.{child.name}" if named else where
        if _is_silent(child):
            continue
        yield from ((inner, child, field, new) for field, new in _new_values(child))
        yield from _within(child, inner)


def _is_silent(node: ast.AST) -> bool:
    """Is it a docstring, an annotation, a sentence for people, or a closed vocabulary that the files are checked against?"""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.keyword):
        return node.arg in _SHAPES
    if isinstance(node, ast.ImportFrom | ast.Import | ast.arg | ast.JoinedStr):
        return True
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal"


def _new_values(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """The fields of a node that can be changed, each with what it becomes."""
    match node:
        case ast.Compare(ops=operators):
            for number, operator in enumerate(operators):
                if swap := _SWAPS.get(type(operator)):
                    yield "ops", [swap() if nth == number else one for nth, one in enumerate(operators)]
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if swap := _SWAPS.get(type(operator)):
            yield "op", swap()
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "operand", ast.UnaryOp(op=ast.Not(), operand=operand)
        case ast.Name(id=name) if name in _NAMES:
            yield "id", _NAMES[name]
        case ast.Constant(value=value):
            yield from (("value", new) for new in _constants(value))


def _constants(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif isinstance(value, str) and _WORD.fullmatch(value):
        yield f"{value}_"


def _short(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:45]}...{text[-20:]}"
