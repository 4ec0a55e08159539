"""Counting people by saved questions to the lake: the answer, the exact query and its hash, so that a count can be repeated."""

from typing import Any

import msgspec
from django.conf import settings

from hemostat.kernel import BadInput
from hemostat.lake.hunt import Hunt

from .playbook import StepSpec


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one saved question. `people` by jurisdiction, when it counts them so; `document` is what evidence keeps."""

    hunt: str
    title: str
    query_sha256: str
    rows: int
    people: dict[str, int]
    unknown: int
    document: bytes

    def record(self) -> dict[str, Any]:
        """What may be written down."""
        return {
            "hunt": self.hunt,
            "query_sha256": self.query_sha256,
            "rows": self.rows,
            "people": self.people,
            "unknown": self.unknown,
        }


def counted(spec: StepSpec) -> list[Count]:
    """The answers to all questions of a scope step, in order. Raises what the lake raises about a question that fails."""
    hunt = Hunt(settings.HOME)
    return [_count(hunt, name, spec) for name in spec.part.hunts]


def _count(hunt: Hunt, name: str, spec: StepSpec) -> Count:
    saved = hunt.saved(name)
    known = {parameter.name for parameter in saved.parameters}
    answer = hunt.run(name, **{key: value for key, value in spec.part.hunt_values.items() if key in known})
    rows = answer.table.to_pylist()
    people = _by_place(name, rows) if name == spec.part.records else {}
    return Count(
        hunt=name,
        title=saved.title,
        query_sha256=answer.sha256,
        rows=len(rows),
        people={place: count for place, count in people.items() if place},
        unknown=people.get("", 0),
        document=msgspec.json.format(
            msgspec.json.encode(
                {
                    "question": saved.question,
                    "sql": answer.sql,
                    "query_sha256": answer.sha256,
                    "values": answer.values,
                    "rows": rows,
                }
            )
        ),
    )


def _by_place(name: str, rows: list[dict[str, Any]]) -> dict[str, int]:
    try:
        return {str(row["jurisdiction"]): int(row["people"]) for row in rows}
    except KeyError as error:
        raise BadInput(
            f"The saved hunt {name!r} has no column {error}.", advice="It gives `jurisdiction` and `people`."
        ) from error
