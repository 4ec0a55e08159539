"""Whatever a source says and leaves out, the record that leaves validates against the release of OCSF that it names."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from hemostat.events import COLUMNS, SCHEMA, Act
from hemostat.events.ocsf import SCHEMA_FILE, VERSION, faults, to_ocsf
from hemostat.kernel import content
from unit.events.rows import METHODS, MOMENT, row, rows

FULL: dict[str, Any] = {
    "actor": "actor_a",
    "actor_type": "staff",
    "src_ip": "ip_a",
    "host": "shop.example",
    "path": "/a",
    "status": 403,
    "bytes": 12,
    "result": "denied",
    "operation": "GetObject",
    "app": "erp",
    "resource": "scans",
    "resource_id": "resource_a",
    "fields": ["read_orders"],
    "subject": "person_a",
    "store": "fernhollow",
    "token": "token_a",
}


@pytest.mark.parametrize("act", Act)
def test_every_act_validates_by_every_method_full_and_empty(act: Act) -> None:
    """No act and no method makes a record that another reader of OCSF would refuse, however much the source said."""
    made = [row(act, method, **given) for method in METHODS for given in ({}, FULL)]
    assert [] == [fault for one in made for fault in faults(to_ocsf(one))]


@given(made=rows())
@settings(max_examples=300)
def test_every_row_validates_and_loses_nothing(made: dict[str, Any]) -> None:
    """Each column may be filled or empty; the record is valid, and each value that was there stands in it."""
    record = to_ocsf(made)

    assert [] == faults(record)
    assert record["class_uid"] * 100 + record["activity_id"] == record["type_uid"]
    told = list(_leaves(record))
    for column in COLUMNS:
        value = made[column.name]
        if column.name in {"severity", "method"} or value in (None, "", []) or (column.name in {"status", "asn"} and value == 0):
            continue
        wanted = value if not isinstance(value, datetime) else 1773100800123
        assert wanted in told, column.name


@given(made=rows())
@settings(max_examples=100)
def test_no_record_shows_a_pseudonym_as_an_address(made: dict[str, Any]) -> None:
    """An address never left the lake, so no record claims one."""
    assert "ip" not in to_ocsf(made).get("src_endpoint", {})


def test_the_version_is_that_of_the_file() -> None:
    """The schema is swapped by its file alone: what records say of themselves is read from it, and its license lies beside it."""
    schema = msgspec.json.decode((content("ocsf") / SCHEMA_FILE).read_bytes())
    assert f"{VERSION}.json" == f"{schema['version']}.json" == SCHEMA_FILE
    assert "Apache License" in (content("ocsf") / "LICENSE").read_text()
    assert "OCSF" in (content("ocsf") / "NOTICE").read_text()


def test_a_row_becomes_a_nested_record_without_empty_places() -> None:
    """The record carries its class, type, version and milliseconds, and no column that the row leaves empty."""
    empty = dict.fromkeys(SCHEMA.names)
    own = {"event_id": "1-0", "class_uid": 4002, "activity_id": 3, "src_ip": "ip_x", "phi": [], "subject": ""}
    record = to_ocsf(empty | own | {"time": datetime(2026, 3, 10, tzinfo=UTC), "method": "get", "result": "denied"})

    assert (400203, 4) == (record["type_uid"], record["category_uid"])
    assert "1.8.0" == record["metadata"]["version"]
    assert "1-0" == record["metadata"]["uid"]
    assert 1773100800000 == record["time"]
    assert {"uid": "ip_x"} == record["src_endpoint"]
    assert {"name": "unknown", "type_id": 0, "type": "Unknown"} == record["actor"]["user"]
    assert {"http_method": "GET"} == record["http_request"]
    assert (2, "Failure", {"hemostat": {"result": "denied"}}) == (record["status_id"], record["status"], record["unmapped"])


PLACES = [
    (Act.OBJECT_READ, "databucket.name", "scans"),
    (Act.OBJECT_READ, "databucket.file.uid", "resource_a"),
    (Act.OBJECT_READ, "unmapped.api.operation", "GetObject"),
    (Act.QUERY_RUN, "table.uid", "resource_a"),
    (Act.API_READ, "api.operation", "GetObject"),
    (Act.API_READ, "resources", [{"uid": "resource_a", "type": "scans"}]),
    (Act.EXPORT_RUN, "web_resources", [{"uid": "resource_a", "type": "scans"}]),
    (Act.RECORDING_READ, "file.uid", "resource_a"),
    (Act.ACCOUNT_CHANGE, "user.uid", "resource_a"),
    (Act.ACCOUNT_LOGIN, "user.uid", "actor_a"),
    (Act.ACCOUNT_LOGIN, "service.name", "fernhollow"),
    (Act.ACCOUNT_IMPERSONATE, "account_switch_type_id", 2),
    (Act.ACCOUNT_IMPERSONATE, "user.uid", "resource_a"),
    (Act.ACCOUNT_IMPERSONATE, "actor.user.uid", "actor_a"),
    (Act.ACCESS_GRANT, "privileges", ["read_orders"]),
    (Act.CONFIG_CHANGE, "entity.type", "config"),
    (Act.LOG_WRITE, "unmapped.src_endpoint.ip", "ip_a"),
    (Act.LOG_WRITE, "activity_name", "log:write"),
    (Act.API_READ, "actor.app_name", "erp"),
    (Act.API_READ, "actor.user.type", "staff"),
    (Act.API_READ, "status", "Failure"),
    (Act.API_READ, "unmapped.hemostat.token", "token_a"),
]


@pytest.mark.parametrize(("act", "path", "wanted"), PLACES)
def test_values_stand_where_their_class_has_a_place(act: Act, path: str, wanted: object) -> None:
    """Each class shows what was touched and by whom in its own words; the rest is kept under `unmapped`."""
    found: Any = to_ocsf(row(act, "", **FULL))
    for step in path.split("."):
        found = found[step]
    assert wanted == found


def _without(record: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != key}


def test_the_schema_refuses_what_ocsf_refuses() -> None:
    """The check that all of this rests on can fail: by class, requirement, constraint, closed words, type, and unknown names."""
    good = to_ocsf(row(Act.API_READ, "", **FULL))
    assert faults(good | {"class_uid": 9999})
    assert ["record: required"] == faults(_without(good, "actor"))
    assert ["actor: anyOf"] == faults(good | {"actor": {}})
    assert ["activity_id: enum"] == faults(good | {"activity_id": 7})
    assert ["time: type"] == faults(good | {"time": "noon"})
    assert ["record: additionalProperties"] == faults(good | {"hemostat": {}})
    assert ["src_endpoint.ip: pattern"] == faults(good | {"src_endpoint": {"ip": "ip_a"}})
    page = to_ocsf(row(Act.PAGE_READ, "GET", **FULL))
    assert ["metadata: required"] == faults(page | {"metadata": _without(page["metadata"], "profiles")})


def _leaves(value: object) -> Iterator[object]:
    yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _leaves(one)


def test_milliseconds_are_whole() -> None:
    """A moment is cut to its millisecond exactly, not by way of a fraction."""
    assert 1773100800123 == to_ocsf(row(Act.PAGE_READ, "GET", time=MOMENT))["time"]
