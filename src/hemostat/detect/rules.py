"""Reading rules: YAML documents become rules, correlations and faults. One bad rule never keeps the others from working."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import msgspec
import yaml
from sigma.collection import SigmaCollection
from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionItem
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.filters import SigmaFilter
from sigma.rule import SigmaRule
from sigma.types import SigmaFieldReference

from hemostat.kernel import BadInput
from hemostat.kernel.yamls import yaml_documents

from .compile import condition_sql
from .correlation import Correlation, plan
from .duck import opened
from .fields import Field, Kind


class Fault(BadInput):
    """A rule that cannot be used: which file, which rule, what is wrong. The other rules work on."""

    def __init__(self, path: Path, title: str, reason: str) -> None:
        super().__init__(
            f"{path.name}: rule {title!r}: {reason}",
            advice="Correct the rule, or take its file out of the folder; the others run.",
        )
        self.path = path
        self.title = title
        self.reason = reason


class Samples(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Events by which a rule proves itself. Each sample is a list of events; `repeat` in an event multiplies it."""

    positive: list[list[dict[str, Any]]] = []
    negative: list[list[dict[str, Any]]] = []


class Ours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule says under `hemostat:`: where it belongs, what to do, why it matters, and its samples.

    alert_by: the names of a correlation's group that tell one alert from another; without it, each group has an alert of its own.
    """

    surface: str = ""
    playbook: str = ""
    why: str = ""
    alert_by: list[str] | None = None
    samples: Samples = Samples()


class Rule(NamedTuple):
    """One rule over single events. `alerts` is false for a rule that only feeds correlations. No two rules share an id."""

    id: str
    title: str
    level: str
    ours: Ours
    sigma: SigmaRule
    path: Path
    alerts: bool


class CorrelationRule(NamedTuple):
    """One rule over several events, and the plan of its arithmetic."""

    id: str
    title: str
    level: str
    ours: Ours
    plan: Correlation
    path: Path

    @property
    def alert_by(self) -> tuple[str, ...]:
        """The names of the group that tell one alert from another."""
        return self.plan.group_by if self.ours.alert_by is None else tuple(self.ours.alert_by)


class RuleSet(NamedTuple):
    """Rules that can be used, and the faults of those that cannot."""

    rules: tuple[Rule, ...]
    correlations: tuple[CorrelationRule, ...]
    faults: tuple[Fault, ...]

    def fields(self) -> frozenset[str]:
        """The fields that some rule names."""
        asked = {name for rule in self.rules for name in _asked(rule.sigma) if name is not None}
        return frozenset(asked.union(*(correlation.plan.fields() for correlation in self.correlations)))

    @property
    def everywhere(self) -> bool:
        """Does some rule look into every text?"""
        return any(name is None for rule in self.rules for name in _asked(rule.sigma))


class _Read(NamedTuple):
    """One item of a file. `place` says where it stands, in words that do not depend on the machine."""

    path: Path
    place: str
    item: SigmaRule | SigmaCorrelationRule | SigmaFilter


class _Ids:
    """What rules are called: by their own id, else by their title, with their place in the files when others have that title."""

    def __init__(self, read: Sequence[_Read]) -> None:
        called = Counter(_called(each) for each in read if not isinstance(each.item, SigmaFilter))
        self._shared = {name for name, count in called.items() if count > 1}
        self._taken: dict[str, str] = {}

    def take(self, each: _Read) -> str:
        """The id of a rule that can be used. Raises `BadInput` when another such rule has it."""
        name = _called(each)
        mine = f"{name} ({each.place})" if name in self._shared and not each.item.id else name
        if mine in self._taken:
            raise BadInput(f"its id {mine} is already that of a rule in {self._taken[mine]}")
        self._taken[mine] = each.path.name
        return mine


def load(*places: Path) -> RuleSet:
    """The rules of files and folders (`*.yml` and `*.yaml`, also in folders below), in the order of their names.

    Raises `BadInput` when a place does not exist. What is wrong inside a file is a fault of the set.
    """
    faults: list[Fault] = []
    read = [each for path, name in _files(places) for each in _read(path, name, faults)]
    ids = _Ids(read)
    filters = [each.item for each in read if isinstance(each.item, SigmaFilter)]
    with opened() as judge:  # one for all: to open one takes longer than to judge a rule
        rules = [
            rule
            for each in read
            if isinstance(each.item, SigmaRule)
            if (rule := _rule(each, each.item, ids, filters, faults, judge))
        ]
    known = {key: number for number, rule in enumerate(rules) for key in _names(rule.sigma)}
    correlations = [
        correlation
        for each in read
        if isinstance(each.item, SigmaCorrelationRule)
        if (correlation := _correlation(each, each.item, ids, known, faults))
    ]
    silent = {number for each in correlations if not each.plan.generate for number in each.plan.rules}
    spoken = {number for each in correlations if each.plan.generate for number in each.plan.rules}
    loud = [rule._replace(alerts=number in spoken or number not in silent) for number, rule in enumerate(rules)]
    return RuleSet(rules=tuple(loud), correlations=tuple(correlations), faults=tuple(faults))


def _files(places: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The files of rules, each with its name as seen from its place."""
    for place in places:
        if not place.exists():
            raise BadInput(f"There are no rules at {place}.", advice="Name a folder or a file of Sigma rules.")
        if place.is_dir():
            found = sorted(path for path in place.rglob("*") if path.suffix in {".yml", ".yaml"} and path.is_file())
            yield from ((path, path.relative_to(place).as_posix()) for path in found)
        else:
            yield place, place.name


def _read(path: Path, name: str, faults: list[Fault]) -> Iterator[_Read]:
    """The rules of one file; each document stands alone, unless the file uses the older `action` documents."""
    try:
        documents = [document for document in yaml_documents(path.read_text("utf-8")) if document is not None]
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        faults.append(Fault(path, path.stem, f"not YAML: {_short(error)}"))
        return
    together = any(isinstance(document, dict) and "action" in document for document in documents)
    for number, chunk in enumerate([documents] if together else [[document] for document in documents], start=1):
        title = next((str(d["title"]) for d in chunk if isinstance(d, dict) and d.get("title")), path.stem)
        if not all(isinstance(document, dict) for document in chunk):
            faults.append(Fault(path, title, "a rule is a map of keys, this document is not"))
            continue
        try:
            found = SigmaCollection.from_dicts(
                [_exact(document) for document in chunk], collect_errors=True, collect_filters=True, resolve_references=False
            )
        except Exception as error:  # noqa: BLE001  # pySigma raises anything on a hostile rule; the rule becomes a fault
            faults.append(Fault(path, title, _short(error)))
            continue
        items = [*found.rules, *found.filters]
        told = {id(error) for item in items for error in item.errors}
        faults.extend(Fault(path, title, _short(error)) for error in found.errors if id(error) not in told)
        for place, item in enumerate(items, start=number):
            if item.errors:
                faults.append(Fault(path, item.title or title, _short(item.errors[0])))
            else:
                yield _Read(path, f"{name}, {place}", item)


def _exact(node: Any) -> Any:
    """Integers beyond 2^53 become text, which pySigma keeps exact; those under a modifier stay, for comparisons want numbers."""
    if isinstance(node, dict):
        return {key: value if "|" in str(key) else _exact(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_exact(item) for item in node]
    return str(node) if isinstance(node, int) and abs(node) > 2**53 else node


def _rule(
    each: _Read,
    item: SigmaRule,
    ids: _Ids,
    filters: Sequence[SigmaFilter],
    faults: list[Fault],
    judge: duckdb.DuckDBPyConnection,
) -> Rule | None:
    try:
        for narrowing in filters:
            item = narrowing.apply_on_rule(item)
        ours = _ours(item)
        _try_out(item, judge)
        return Rule(ids.take(each), item.title, _level(item), ours, item, each.path, alerts=True)
    except Exception as error:  # noqa: BLE001  # pySigma raises anything on a hostile rule; the rule becomes a fault
        faults.append(Fault(each.path, item.title or each.path.stem, _short(error)))
        return None


def _correlation(
    each: _Read, item: SigmaCorrelationRule, ids: _Ids, known: Mapping[str, int], faults: list[Fault]
) -> CorrelationRule | None:
    try:
        arithmetic, ours = plan(item, known), _ours(item)
        _demand_known(ours.alert_by or [], arithmetic.group_by)
        return CorrelationRule(ids.take(each), item.title, _level(item), ours, arithmetic, each.path)
    except (BadInput, SigmaError, msgspec.ValidationError) as error:
        faults.append(Fault(each.path, item.title or each.path.stem, _short(error)))
        return None


def _demand_known(alert_by: Sequence[str], group_by: Sequence[str]) -> None:
    if unknown := set(alert_by) - set(group_by):
        raise BadInput(f"alert_by names {min(unknown)!r}, which is not in group-by")


def _try_out(item: SigmaRule, judge: duckdb.DuckDBPyConnection) -> None:
    """Compile the rule for a row that has every field that it names, and let DuckDB judge it. Raises whatever is wrong."""
    names = set(_asked(item)) - {None}
    fields = {str(name): Field("value", Kind.TEXT) for name in names} or {"": Field("value", Kind.TEXT)}
    judge.execute(f"SELECT {condition_sql(item, fields)} FROM (SELECT '' AS value)")  # noqa: S608  # the backend quotes


def _asked(item: SigmaRule) -> Iterator[str | None]:
    """The fields of a rule; None for a value that is looked for everywhere."""
    for condition in item.detection.parsed_condition:
        yield from _named(condition.parsed)


def _named(item: Any) -> Iterator[str | None]:
    """The fields of a condition; None for a value that is looked for everywhere."""
    if isinstance(item, ConditionItem):
        for part in item.args:
            yield from _named(part)
    elif isinstance(item, ConditionFieldEqualsValueExpression):
        yield item.field
        if isinstance(item.value, SigmaFieldReference):
            yield item.value.field
    else:
        yield None


def _ours(item: SigmaRule | SigmaCorrelationRule) -> Ours:
    return msgspec.convert(item.custom_attributes.get("hemostat", {}), Ours)


def _names(item: SigmaRule) -> list[str]:
    """By what correlations call a rule."""
    return [str(key) for key in (item.id, item.name) if key]


def _called(each: _Read) -> str:
    return str(each.item.id or each.item.title or each.item.name or each.path.stem)


def _level(item: SigmaRule | SigmaCorrelationRule) -> str:
    return item.level.name.lower() if item.level else "medium"


def _short(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return " ".join(text.split())[:300]
