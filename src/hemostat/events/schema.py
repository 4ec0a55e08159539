"""The Arrow schema of the lake and the name that each column has in rules, which is its place in OCSF 1.8.0 where it has one.

Names under `hemostat.` are our extension; `ocsf.py` says where a value stands in a record that leaves.
`docs/reference/events.md` is drawn from this table.
"""

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from .vocabulary import Environment


class Column(NamedTuple):
    """One column: its Arrow type, the name by which rules call it (a path in OCSF or in our extension), and what it means."""

    name: str
    type: pa.DataType
    ocsf: str
    meaning: str


_MOMENT = pa.timestamp("us", tz="UTC")
_WORDS = pa.list_(pa.string())

COLUMNS = (
    Column("event_id", pa.string(), "metadata.uid", "Number of message and record; the same after a crash."),
    Column("class_uid", pa.int32(), "class_uid", "OCSF class."),
    Column("activity_id", pa.int32(), "activity_id", "OCSF activity within the class."),
    Column("time", _MOMENT, "time", "When it happened, as the source says."),
    Column("learnt", _MOMENT, "metadata.logged_time", "When we acknowledged it."),
    Column("offset_minutes", pa.int32(), "timezone_offset", "Zone in which the source wrote the time, minutes east of UTC."),
    Column("source", pa.string(), "metadata.log_name", "Name of the source in the settings."),
    Column("store", pa.string(), "hemostat.store", "Name of the store."),
    Column("environment", pa.string(), "hemostat.environment", "production, staging, sandbox, or test: sent by us."),
    Column("surface", pa.string(), "hemostat.surface", "One of the six surfaces."),
    Column("act", pa.string(), "hemostat.act", "What was done, as thing:verb."),
    Column("actor", pa.string(), "actor.user.uid", "Pseudonym of the caller, or the name of an app."),
    Column("actor_type", pa.string(), "actor.user.type", "person, app, staff, system or unknown."),
    Column("auth", pa.string(), "hemostat.auth", "How the caller showed who he was."),
    Column("src_ip", pa.string(), "src_endpoint.ip", "Pseudonym of the address."),
    Column("src_net", pa.string(), "src_endpoint.subnet_uid", "The address cut to its /24 or /48."),
    Column("asn", pa.int64(), "src_endpoint.autonomous_system.number", "Autonomous system of the address; 0 when unknown."),
    Column("user_agent", pa.string(), "http_request.user_agent", "Redacted."),
    Column("host", pa.string(), "http_request.url.hostname", "Host that was asked."),
    Column("method", pa.string(), "http_request.http_method", "HTTP method."),
    Column("path", pa.string(), "http_request.url.path", "Path, redacted, long numbers shown as {n}."),
    Column("query_keys", _WORDS, "hemostat.query_keys", "Names of the query parameters, never their values."),
    Column("status", pa.int32(), "http_response.code", "HTTP status; 0 when there was none."),
    Column("bytes", pa.int64(), "http_response.length", "Length of the answer."),
    Column("result", pa.string(), "status", "success, denied, not_found, error or unknown."),
    Column("subject", pa.string(), "hemostat.subject", "Pseudonym of the person whose data it is."),
    Column("subject_next", pa.string(), "hemostat.subject_next", "Pseudonym of the next number: shows runs, hides numbers."),
    Column("own", pa.bool_(), "hemostat.own", "Is the caller the person whose data it is? Empty when that cannot be said."),
    Column("jurisdiction", pa.string(), "hemostat.jurisdiction", "Where that person lives, ISO 3166-2, when the event says so."),
    Column("subjects", pa.int64(), "hemostat.subjects", "How many people the event concerns; 0 when none or unknown."),
    Column("estimated", pa.bool_(), "hemostat.estimated", "Are people or bytes reckoned from the request?"),
    Column("operation", pa.string(), "api.operation", "The source's own word for what was done, redacted."),
    Column("app", pa.string(), "actor.app_name", "Program that did it, redacted."),
    Column("resource", pa.string(), "hemostat.resource", "Kind of thing that was touched, redacted."),
    Column("resource_id", pa.string(), "hemostat.resource_id", "Pseudonym of the very thing."),
    Column("fields", _WORDS, "hemostat.fields", "Names of the data fields that were read or changed, never their values."),
    Column("severity", pa.int32(), "severity_id", "1 informational to 6 fatal."),
    Column("skew_ms", pa.int64(), "hemostat.skew_ms", "Receipt minus the source's own time of sending, if it tells one."),
    Column("token", pa.string(), "hemostat.token", "Pseudonym of the token that was used or made."),
    Column("request_id", pa.string(), "http_request.uid", "Identifier that the source gave the request."),
    Column("elements", _WORDS, "hemostat.elements", "Kinds of patient data in the answer, from the route map or the scan."),
    Column("phi", _WORDS, "hemostat.phi", "Entities found where they must not be, and whether of a known patient."),
    Column("message", pa.string(), "message", "Redacted text."),
    Column("raw_mac", pa.string(), "hemostat.raw_mac", "Keyed hash of the raw record: ties the row to sealed evidence."),
)  # fmt: skip

SCHEMA = pa.schema([(column.name, column.type) for column in COLUMNS])
"""The lake's schema: plain strings, no dictionary columns, 64-bit counters."""


def real(table: pa.Table) -> pa.Table:
    """The rows without test events of our own: those happened to nobody, and say nothing about whether a source speaks."""
    is_test = pc.fill_null(pc.equal(table["environment"], Environment.TEST.value), False)
    return table.filter(pc.invert(is_test)) if pc.any(is_test).as_py() else table
