"""Rows of the lake with every column filled or empty, as tests of OCSF need them."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from hemostat.events import SCHEMA, Act, ActorType, Result, classify

MOMENT = datetime(2026, 3, 10, 0, 0, 0, 123000, tzinfo=UTC)
METHODS = ("", "GET", "post", "PATCH", "BREW", "[EMAIL]")
NEVER_EMPTY = {"event_id", "time", "act", "class_uid", "activity_id"}

_WORDS = {"result": [*Result], "actor_type": [*ActorType]}


def row(act: Act, method: str, **given: Any) -> dict[str, Any]:
    """A row of this act and method in which all else is empty, as an old file leaves it, but for what is given."""
    class_uid, activity_id = classify(act, method=method)
    empty: dict[str, Any] = dict.fromkeys(SCHEMA.names)
    own = {"event_id": "1-0", "time": MOMENT, "act": str(act), "method": method, "class_uid": class_uid}
    return empty | own | {"activity_id": activity_id} | given


def filled(name: str, kind: pa.DataType) -> st.SearchStrategy[Any]:
    """Values that a column holds when the source said something."""
    if name in _WORDS:
        return st.sampled_from([str(word) for word in _WORDS[name]])
    if pa.types.is_list(kind):
        return st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=2)
    if pa.types.is_boolean(kind):
        return st.booleans()
    if pa.types.is_integer(kind):
        return st.integers(-1, 2**31 - 1)
    return st.just(MOMENT) if pa.types.is_timestamp(kind) else st.text(min_size=1, max_size=4)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Any act by any method, each column filled, or empty in one of the ways of being empty."""
    made = row(draw(st.sampled_from(Act)), draw(st.sampled_from(METHODS)))
    for field in SCHEMA:
        if field.name not in NEVER_EMPTY | {"method"}:
            made[field.name] = draw(st.one_of(filled(field.name, field.type), st.sampled_from(empties(field.type))))
    return made


def empties(kind: pa.DataType) -> list[Any]:
    """How a column of this type is empty: absent in the file, or of no length."""
    return [None, ""] if pa.types.is_string(kind) else [None, []] if pa.types.is_list(kind) else [None]
