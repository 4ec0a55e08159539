"""Our words have a place in OCSF, and the schema stays readable by other engines."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import COLUMNS, SCHEMA, Act, Result, classify


@pytest.mark.parametrize(
    ("act", "method", "expected"),
    [
        (Act.SESSION_READ, "GET", (4002, 3)),
        (Act.PAGE_WRITE, "post", (4002, 6)),
        (Act.PAGE_READ, "BREW", (4002, 99)),
        (Act.CUSTOMER_CREATE, "", (6003, 1)),
        (Act.ORDER_READ, "", (6003, 2)),
        (Act.ORDER_UPDATE, "", (6003, 3)),
        (Act.CUSTOMER_DELETE, "", (6003, 4)),
        (Act.PRIVACY_REQUEST, "", (6003, 99)),
        (Act.EXPORT_RUN, "GET", (6001, 7)),
        (Act.OBJECT_LIST, "GET", (6005, 8)),
        (Act.QUERY_RUN, "", (6005, 4)),
        (Act.RECORDING_DELETE, "", (6006, 4)),
        (Act.DOCUMENT_READ, "", (6006, 2)),
        (Act.DOCUMENT_READ, "GET", (4002, 3)),
        (Act.ACCOUNT_LOGIN, "POST", (3002, 1)),
        (Act.ACCOUNT_CHANGE, "", (3001, 99)),
        (Act.ACCESS_GRANT, "", (3005, 1)),
        (Act.CONFIG_CHANGE, "", (3004, 3)),
        (Act.MESSAGE_SEND, "", (6003, 1)),
        (Act.LOG_WRITE, "", (0, 99)),
    ],
)
def test_each_kind_of_act_has_its_class_and_activity(act: Act, method: str, expected: tuple[int, int]) -> None:
    """Its own class where OCSF has one; else HTTP Activity by method, or API Activity by verb (OCSF 1.8.0)."""
    assert expected == classify(act, method=method)


@pytest.mark.parametrize("act", Act)
def test_an_act_is_a_thing_and_a_verb(act: Act) -> None:
    """The word carries its structure."""
    assert act.value == f"{act.thing}:{act.verb}"


@given(status=st.integers(-10, 1000))
def test_every_status_has_a_result(status: int) -> None:
    """No status is an error of ours."""
    assert Result.of_status(status) in Result


@pytest.mark.parametrize(
    ("status", "result"),
    [
        *((status, "success") for status in (200, 304)),
        *((status, "denied") for status in (401, 403, 429)),
        *((status, "not_found") for status in (404, 410)),
        *((status, "error") for status in (400, 500)),
        *((status, "unknown") for status in (0, 700)),
    ],
)
def test_results_follow_the_status_classes(status: int, result: str) -> None:
    """A denial is not an error, and nothing found is not a leak."""
    assert result == Result.of_status(status)


def test_columns_and_ocsf_paths_are_unique() -> None:
    """One column, one place."""
    assert len(COLUMNS) == len({column.name for column in COLUMNS}) == len({column.ocsf for column in COLUMNS})


def test_the_schema_has_no_dictionary_and_wide_counters() -> None:
    """Other engines can read it: no dictionary columns, counters of 64 bits."""
    assert not any(pa.types.is_dictionary(field.type) for field in SCHEMA)
    assert all(pa.types.is_int64(SCHEMA.field(name).type) for name in ("bytes", "subjects", "asn"))
