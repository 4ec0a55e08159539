"""Reading rules: YAML documents become rules, correlations and faults. One bad rule never keeps the others from working."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
import msgspec
import yaml
from sigma.collection import SigmaCollection
from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionItem
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.filters import SigmaFilter
from sigma.rule import SigmaDetection, SigmaDetectionItem, SigmaRule, SigmaStatus
from sigma.types import SigmaFieldReference, SigmaRegularExpression

from hemostat.kernel import BadInput, content

from .budget import Budget
from .compile import EVERYTHING, FOLDED, condition_sql
from .correlation import Correlation, plan
from .documents import MOST_COPIES, TooLarge, copies, documents, together
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
    state: whether it runs and alerts, until a person says otherwise; without it, what Sigma calls deprecated or unsupported is
    retired, and the rest is active. budget: how loud and how wrong it may be; without it, what is usual for its level.
    """

    surface: str = ""
    playbook: str = ""
    why: str = ""
    alert_by: list[str] | None = None
    state: Literal["active", "watch", "retired"] | None = None
    budget: Budget | None = None
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

    @property
    def everywhere(self) -> bool:
        """Does it look into every text?"""
        return any(name is None for name in _asked(self.sigma))


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

    def renumbered(self, places: Mapping[int, int]) -> "CorrelationRule":
        """The same correlation in a set in which its rules have other numbers."""
        rules = tuple(places[number] for number in self.plan.rules)
        keys, values = ({places[n]: names for n, names in one.items()} for one in (self.plan.keys, self.plan.values))
        return self._replace(plan=self.plan._replace(rules=rules, keys=keys, values=values))


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
        return any(rule.everywhere for rule in self.rules)

    @property
    def speaking(self) -> "tuple[Rule | CorrelationRule, ...]":
        """The rules and correlations that find something themselves, those that only feed correlations left out."""
        return (*(rule for rule in self.rules if rule.alerts), *self.correlations)

    def only(self, ids: Collection[str]) -> "RuleSet":
        """The speaking ones of these ids, with what their correlations are made of; the faults are left out."""
        correlations = [one for one in self.correlations if one.id in ids]
        fed = {number for one in correlations for number in one.plan.rules}
        kept = [n for n, rule in enumerate(self.rules) if n in fed or (rule.alerts and rule.id in ids)]
        places = {number: place for place, number in enumerate(kept)}
        rules = (self.rules[number] for number in kept)
        return RuleSet(
            rules=tuple(rule._replace(alerts=rule.alerts and rule.id in ids) for rule in rules),
            correlations=tuple(one.renumbered(places) for one in correlations),
            faults=(),
        )


NOTHING = RuleSet((), (), ())
"""No rules."""


class Room:
    """How much may be read of rules that somebody brings: so many files; in all of them so many bytes, rules and values."""

    def __init__(self, *, files: int, octets: int, rules: int, values: int) -> None:
        self._files, self._octets, self._rules, self._values = files, octets, rules, values

    def take(self, path: Path) -> None:
        """The file takes its part. Raises `TooLarge` when there is no room left for it, and `OSError`."""
        self._files -= 1
        self._octets -= path.stat().st_size
        if self._files < 0 or self._octets < 0:
            raise TooLarge("there is no room for it: too many files of rules, or too many bytes in them together")

    def take_rule(self, values: int) -> None:
        """One rule with so many values takes its place. Raises `TooLarge` when there is none left."""
        self._rules -= 1
        self._values -= values
        if self._rules < 0:
            raise TooLarge("there is no room for it and those after it: too many rules")
        if self._values < 0:
            raise TooLarge(f"there is no room for it and those after it: with its {values:,} values there are too many")


class _Read(NamedTuple):
    """One item of a file. `place` says where it stands, in words that do not depend on the machine."""

    path: Path
    place: str
    item: SigmaRule | SigmaCorrelationRule | SigmaFilter


class _Ids:
    """What rules are called: by their own id, else by their title, with their place in the files when others have that title.

    Ids and names of the rules beside which they are read are taken.
    """

    def __init__(self, read: Sequence[_Read], beside: RuleSet) -> None:
        called = Counter(_called(each) for each in read if not isinstance(each.item, SigmaFilter))
        self._shared = {name for name, count in called.items() if count > 1}
        self._taken = {rule.id: rule.path.name for rule in beside.rules} | {one.id: one.path.name for one in beside.correlations}
        self.theirs = {key: rule.title for rule in beside.rules for key in _names(rule.sigma)}

    def take(self, each: _Read) -> str:
        """The id of a rule that can be used. Raises `BadInput` when another such rule has it."""
        name = _called(each)
        mine = f"{name} ({each.place})" if name in self._shared and not each.item.id else name
        if mine in self._taken:
            raise BadInput(f"its id {mine} is already that of a rule in {self._taken[mine]}")
        if each.item.name in self.theirs:
            raise BadInput(f"its name {each.item.name} is already that of {self.theirs[each.item.name]!r}; choose another")
        self._taken[mine] = each.path.name
        return mine


def load(*places: Path, beside: RuleSet = NOTHING, room: Room | None = None) -> RuleSet:
    """The rules of files and folders (`*.yml` and `*.yaml`, also in folders below), in the order of their names.

    beside: rules that stand already. They come first and stay as they are: correlations may be made of them, but nothing takes
    their ids or names, narrows or silences them. room: how much is read; without it, as much as there is.
    Raises `BadInput` when a place does not exist. What is wrong inside a file is a fault of the set.
    """
    faults: list[Fault] = []
    read = [each for path, name in _files(places) for each in _read(path, name, faults, room)]
    ids = _Ids(read, beside)
    filters = list(_filters(read, ids, faults))
    with opened() as judge:  # one for all: to open one takes longer than to judge a rule
        rules = [
            rule
            for each in read
            if isinstance(each.item, SigmaRule)
            if (rule := _rule(each, each.item, ids, filters, faults, judge))
        ]
    known = {key: number for number, rule in enumerate([*beside.rules, *rules]) for key in _names(rule.sigma)}
    correlations = [
        correlation
        for each in read
        if isinstance(each.item, SigmaCorrelationRule)
        if (correlation := _correlation(each, each.item, ids, known, faults))
    ]
    silent = {number for each in correlations if not each.plan.generate for number in each.plan.rules}
    spoken = {number for each in correlations if each.plan.generate for number in each.plan.rules}
    loud = [
        rule._replace(alerts=number in spoken or number not in silent) for number, rule in enumerate(rules, len(beside.rules))
    ]
    return RuleSet(
        rules=(*beside.rules, *loud), correlations=(*beside.correlations, *correlations), faults=(*beside.faults, *faults)
    )


@cache
def shipped() -> RuleSet:
    """The rules that come with Hemostat, read once in a process."""
    return load(content("rules"))


def rule_files(place: Path) -> list[Path]:
    """The files of rules in a folder and in those below, in the order of their names."""
    return sorted(path for path in place.rglob("*") if path.suffix in {".yml", ".yaml"} and path.is_file())


def _files(places: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The files of rules, each with its name as seen from its place."""
    for place in places:
        if not place.exists():
            raise BadInput(f"There are no rules at {place}.", advice="Name a folder or a file of Sigma rules.")
        if place.is_dir():
            yield from ((path, path.relative_to(place).as_posix()) for path in rule_files(place))
        else:
            yield place, place.name


def _read(path: Path, name: str, faults: list[Fault], room: Room | None) -> Iterator[_Read]:
    """The rules of one file; each document stands alone, unless the file uses the older `action` documents."""
    try:
        if room:
            room.take(path)
        found = documents(path)
    except TooLarge as error:
        faults.append(Fault(path, path.stem, str(error)))
        return
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        faults.append(Fault(path, path.stem, f"not YAML: {_short(error)}"))
        return
    chunks = [found] if together(found) else [[document] for document in found]
    for number, chunk in enumerate(chunks, start=1):
        for each in _items(path, f"{name}, ", number, chunk, faults):
            try:
                if room:
                    room.take_rule(_values(each.item))
            except TooLarge as error:
                faults.append(Fault(path, each.item.title or path.stem, str(error)))
                return
            yield each


def _items(path: Path, place: str, number: int, chunk: list[Any], faults: list[Fault]) -> Iterator[_Read]:
    """The rules of documents that belong together; `number` is that of the first one in the file."""
    title = next((str(d["title"]) for d in chunk if isinstance(d, dict) and d.get("title")), path.stem)
    if not all(isinstance(document, dict) for document in chunk):
        faults.append(Fault(path, title, "a rule is a map of keys, this document is not"))
        return
    try:
        found = SigmaCollection.from_dicts(
            [_exact(document) for document in chunk], collect_errors=True, collect_filters=True, resolve_references=False
        )
    except Exception as error:  # noqa: BLE001  # pySigma raises anything on a hostile rule; the rule becomes a fault
        faults.append(Fault(path, title, _short(error)))
        return
    items = [*found.rules, *found.filters]
    told = {id(error) for item in items for error in item.errors}
    faults.extend(Fault(path, title, _short(error)) for error in found.errors if id(error) not in told)
    for own, item in enumerate(items, start=number):
        if item.errors:
            faults.append(Fault(path, item.title or title, _short(item.errors[0])))
        else:
            yield _Read(path, f"{place}{own}", item)


def _values(item: SigmaRule | SigmaCorrelationRule | SigmaFilter | SigmaDetection | SigmaDetectionItem) -> int:
    """With how many values the rule compares an event."""
    if isinstance(item, SigmaDetectionItem):
        return len(item.value)
    if isinstance(item, SigmaDetection):
        return sum(_values(part) for part in item.detection_items)
    return sum(_values(part) for part in item.detection.detections.values()) if isinstance(item, SigmaRule) else 0


def _filters(read: Iterable[_Read], ids: _Ids, faults: list[Fault]) -> Iterator[SigmaFilter]:
    """The filters of what was read. One that names a rule beside it is a fault: nobody would see that the rule looks away."""
    for each in read:
        if not isinstance(each.item, SigmaFilter):
            continue
        named = [] if isinstance(each.item.filter.rules, str) else [str(one.reference) for one in each.item.filter.rules]
        theirs = [ids.theirs[name] for name in named if name in ids.theirs]
        if theirs:
            reason = f"it would narrow {theirs[0]!r}, which is not yours; mute that rule, or retire it and write your own"
            faults.append(Fault(each.path, each.item.title or each.path.stem, reason))
        else:
            yield each.item


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
    for pattern in (value for _, value in _leaves(item) if isinstance(value, SigmaRegularExpression)):
        if copies(str(pattern.regexp)) > MOST_COPIES:
            raise TooLarge(f"a pattern repeats by count to more than {MOST_COPIES:,} further steps; write it shorter")
    names = set(_asked(item)) - {None}
    fields = {str(name): Field("value", Kind.TEXT) for name in names} or {"": Field("value", Kind.TEXT)}
    judge.execute(f"SELECT {condition_sql(item, fields)} FROM (SELECT '' AS value, '' AS {EVERYTHING}, '' AS {FOLDED})")  # noqa: S608  # the backend quotes


def _asked(item: SigmaRule) -> Iterator[str | None]:
    """The fields of a rule; None for a value that is looked for everywhere."""
    for field, value in _leaves(item):
        yield field
        if isinstance(value, SigmaFieldReference):
            yield value.field


def _leaves(item: SigmaRule) -> Iterator[tuple[str | None, Any]]:
    """The fields and values that a rule asks for; the field is None for a value that is looked for everywhere."""
    for condition in item.detection.parsed_condition:
        yield from _named(condition.parsed)


def _named(item: Any) -> Iterator[tuple[str | None, Any]]:
    """The fields and values of a condition."""
    if isinstance(item, ConditionItem):
        for part in item.args:
            yield from _named(part)
    elif isinstance(item, ConditionFieldEqualsValueExpression):
        yield item.field, item.value
    else:
        yield None, item.value


def _ours(item: SigmaRule | SigmaCorrelationRule) -> Ours:
    ours = msgspec.convert(item.custom_attributes.get("hemostat", {}), Ours)
    given_up = item.status in (SigmaStatus.DEPRECATED, SigmaStatus.UNSUPPORTED)
    return msgspec.structs.replace(ours, state="retired") if given_up and ours.state is None else ours


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
