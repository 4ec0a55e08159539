"""What a GraphQL document asks of Shopify: which roots, which fields, of how many people at most. Names only, never a value.

The text was written by whoever called the interface, an attacker perhaps: its length, its depth and what it unfolds to are
bounded, and what cannot be read is said to be unread. Names of roots and connections: Admin GraphQL schema, version 2026-10.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from graphql import DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode

MOST_TEXT = 200_000
"""Code points of a document. Shopify takes 50,000 in a bulk query; nothing longer is looked at."""

_MOST_TOKENS = 20_000
_MOST_DEPTH = 40
_MOST_VISITS = 8_000
_MOST_FIELDS = 60
_MOST_ROOTS = 20
_MOST_SHAPES = 2_000
_MOST_PEOPLE = 2**40
_LONGEST_ID = 128
_PLAIN = re.compile(r"[A-Za-z0-9_.$:-]{1,40}")
_THROUGH = frozenset({"edges", "node", "nodes", "pageInfo", "cursor", "__typename"})
_SIZES = ("first", "last", "limit")

PEOPLE = frozenset(
    {
        "abandonedCheckouts", "abandonment", "companyContact", "contacts", "customer", "customerByIdentifier",
        "customerMergePreview", "customerPaymentMethod", "customerSegmentMembers", "customers", "draftOrder", "draftOrders",
        "giftCards", "mainContact", "order", "orderByIdentifier", "orders", "returns", "subscriptionContract",
        "subscriptionContracts",
    }
)  # fmt: skip
"""Fields whose records each belong to one person."""


_TYPES = {
    "Customer": "customer",
    "Order": "order",
    "DraftOrder": "draftOrder",
    "AbandonedCheckout": "abandonedCheckouts",
    "CompanyContact": "companyContact",
    "Metaobject": "metaobjects",
}
"""Types that a lookup by global id may name, and the roots under which they are else asked for."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """One way to people: the sizes of the pages on it, numbers or names of variables; `~name` is the length of a list."""

    sizes: tuple[int | str, ...]


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a document asks, whatever its variables.

    roots: the root fields, by their real names. writes: is there a mutation among the operations?
    fields: names under roots, like `customers.email`. reaches: the ways to people, the nearest on each path.
    bulk: the documents within, those of `bulkOperationRunQuery`; bulk_variables: names of variables that hold further ones.
    subject: number of the customer that is asked for by id, or `$name` of the variable that holds it; "" when there is none.
    read: was it read to its end?
    """

    roots: tuple[str, ...] = ()
    writes: bool = False
    fields: tuple[str, ...] = ()
    reaches: tuple[Reach, ...] = ()
    bulk: tuple["Shape", ...] = ()
    bulk_variables: tuple[str, ...] = ()
    subject: str = ""
    read: bool = True


_UNREAD = Shape(read=False)
_shapes: dict[bytes, Shape] = {}


def shape_of(text: str) -> Shape:
    """What the document asks; `read` is false when it is no GraphQL, or too much of it."""
    if len(text) > MOST_TEXT:
        return _UNREAD
    # Apps send the same few documents over and over. The text itself is not kept: it may hold a patient's name.
    name = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    found = _shapes.get(name)
    if found is None:
        if len(_shapes) >= _MOST_SHAPES:
            _shapes.clear()  # whoever sends ever new texts gains nothing: each is read anew, within its bounds
        found = _read(text)
        if not found.subject or found.subject.startswith("$"):
            _shapes[name] = found
    return found


def people(shape: Shape, variables: Mapping[str, Any]) -> int:
    """How many people's records the answer holds at most, by the sizes of its pages."""
    return min(sum(_product(reach.sizes, variables) for reach in shape.reaches), _MOST_PEOPLE)


def subject(shape: Shape, variables: Mapping[str, Any]) -> str:
    """The number of the customer who is asked for by id, "" when there is none."""
    if not shape.subject.startswith("$"):
        return shape.subject
    value = variables.get(shape.subject[1:])
    return value.rpartition("/")[2][:_LONGEST_ID] if isinstance(value, str) else ""


def _product(sizes: tuple[int | str, ...], variables: Mapping[str, Any]) -> int:
    product = 1
    for size in sizes:
        product = min(product * max(_number(size, variables), 0), _MOST_PEOPLE)
    return product


def _number(size: int | str, variables: Mapping[str, Any]) -> int:
    if isinstance(size, int):
        return size
    value = variables.get(size.removeprefix("~").partition("=")[0])
    if size.startswith("~"):
        return len(value) if isinstance(value, list) else 1
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    default = size.partition("=")[2]
    return int(default) if default else 1


def _read(text: str) -> Shape:
    # Loaded when the first document comes: most processes never see one.
    from graphql import GraphQLError, parse  # noqa: PLC0415  # heavy, and only here

    try:
        document = parse(text, no_location=True, max_lexical_tokens=_MOST_TOKENS, max_source_length=MOST_TEXT)
        return _Walk(document).shape()
    except (GraphQLError, RecursionError):
        return _UNREAD


class _Walk:
    """One pass over the operations of a document, with fragments unfolded where they are used."""

    def __init__(self, document: "DocumentNode") -> None:
        kinds = {"operation_definition": {}, "fragment_definition": {}}  # type: dict[str, dict[str, Any]]
        for number, node in enumerate(document.definitions):
            name = getattr(node, "name", None)
            kinds.get(node.kind, {})[name.value if name else str(number)] = node
        self._operations: list[OperationDefinitionNode] = list(kinds["operation_definition"].values())
        self._fragments = kinds["fragment_definition"]
        self._visits = 0
        self._roots: dict[str, None] = {}
        self._fields: dict[str, None] = {}
        self._reaches: list[Reach] = []
        self._bulk: list[Shape] = []
        self._bulk_variables: list[str] = []
        self._subject = ""
        self._defaults: dict[str, int] = {}

    def shape(self) -> Shape:
        """What was found."""
        for operation in self._operations:
            self._defaults = dict(_defaults(operation))
            for field in self._fields_of(operation.selection_set, depth=0):
                self._root(field)
        read = bool(self._operations) and self._visits <= _MOST_VISITS
        return Shape(
            roots=tuple(self._roots)[:_MOST_ROOTS],
            writes=any(operation.operation.value == "mutation" for operation in self._operations),
            fields=tuple(self._fields)[:_MOST_FIELDS],
            reaches=tuple(self._reaches),
            bulk=tuple(self._bulk),
            bulk_variables=tuple(self._bulk_variables),
            subject=self._subject,
            read=read,
        )

    def _root(self, field: "FieldNode") -> None:
        name = field.name.value
        self._roots[name] = None
        if name == "customer":
            self._subject = _text(field, "id").rpartition("/")[2][:_LONGEST_ID]
        if name == "bulkOperationRunQuery":
            text = _text(field, "query")
            if text.startswith("$"):
                self._bulk_variables.append(text[1:])
            else:
                self._bulk.append(shape_of(text))
            return
        self._visit(field, within=(), sizes=(), owned=self._by_id(field), depth=1)

    def _by_id(self, field: "FieldNode") -> bool:
        """Is it a lookup by global ids, `node` or `nodes`, that names a type whose records belong to people?"""
        if field.name.value not in {"node", "nodes"} or field.selection_set is None:
            return False
        types = {self._type(selection) for selection in field.selection_set.selections} & _TYPES.keys()
        for name in sorted(types):
            self._roots[_TYPES[name]] = None
        if types:
            size = self._size(field)
            self._reaches.append(Reach(sizes=() if size is None else (size,)))
        return bool(types)

    def _type(self, selection: Any) -> str:
        """The type that an inline fragment, or a named one, is on."""
        node = self._fragments.get(selection.name.value) if selection.kind == "fragment_spread" else selection
        condition = getattr(node, "type_condition", None)
        return condition.name.value if condition else ""

    def _visit(
        self, field: "FieldNode", *, within: tuple[str, ...], sizes: tuple[int | str, ...], owned: bool, depth: int
    ) -> None:
        """The field and what is under it. `owned`: does a field around it belong to people already?"""
        name = field.name.value
        size = self._size(field)
        sizes = sizes if size is None else (*sizes, size)
        within = within if name in _THROUGH and depth > 1 else (*within, name)
        if name in PEOPLE and not owned:
            self._reaches.append(Reach(sizes=sizes))
            owned = True
        if name.startswith("metafield") and depth > 1:
            self._fields[_metafield(field, within)] = None
        elif field.selection_set is None and name not in _THROUGH and len(within) > 1:
            self._fields[".".join((within[0], *within[1:][-2:]))] = None
        if field.selection_set is not None:
            for inner in self._fields_of(field.selection_set, depth=depth):
                self._visit(inner, within=within, sizes=sizes, owned=owned, depth=depth + 1)

    def _fields_of(self, selections: "SelectionSetNode", *, depth: int, seen: tuple[str, ...] = ()) -> "Iterator[FieldNode]":
        """The fields of a selection, with fragments unfolded; a fragment within itself ends there."""
        for selection in selections.selections:
            self._visits += 1
            if self._visits > _MOST_VISITS or depth + len(seen) > _MOST_DEPTH:
                self._visits = max(self._visits, _MOST_VISITS + 1)  # not read to its end
                return
            if selection.kind == "field":
                yield selection
                continue
            name = selection.name.value if selection.kind == "fragment_spread" else ""
            inner = self._fragments.get(name) if name else selection
            if inner is not None and name not in seen:
                yield from self._fields_of(inner.selection_set, depth=depth, seen=(*seen, name) if name else (*seen, "..."))

    def _size(self, field: "FieldNode") -> int | str | None:
        """The size of the field's page: a number, the name of a variable, or nothing when it has no pages."""
        for argument in field.arguments or ():
            name, value = argument.name.value, argument.value
            if name in _SIZES:
                if value.kind == "int_value":
                    return min(int(value.value[:12]), _MOST_PEOPLE)
                if value.kind == "variable":
                    variable = value.name.value
                    return f"{variable}={self._defaults.get(variable, 1)}"
            if name == "ids":
                if value.kind == "list_value":
                    return len(value.values)
                if value.kind == "variable":
                    return f"~{value.name.value}"
        return None


def _defaults(operation: "OperationDefinitionNode") -> Iterator[tuple[str, int]]:
    """The variables of an operation that have a whole number as their default."""
    for definition in operation.variable_definitions or ():
        value = definition.default_value
        if value is not None and value.kind == "int_value":
            yield definition.variable.name.value, min(int(value.value[:12]), _MOST_PEOPLE)


def _text(field: "FieldNode", wanted: str) -> str:
    """The text of an argument, or `$name` when a variable holds it."""
    for argument in field.arguments or ():
        if argument.name.value == wanted:
            if argument.value.kind == "string_value":
                return str(argument.value.value)
            if argument.value.kind == "variable":
                return f"${argument.value.name.value}"
    return ""


def _metafield(field: "FieldNode", within: tuple[str, ...]) -> str:
    """The field's name with namespace and key of the metafield, which name a kind of data and nobody's."""
    named = [text for text in (_text(field, "namespace"), _text(field, "key")) if _PLAIN.fullmatch(text)]
    return ".".join((within[0], *within[1:][-1:], *named))
