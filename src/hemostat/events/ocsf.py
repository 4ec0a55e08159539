"""From our acts to OCSF 1.8.0 classes and activities, and from a row to an OCSF record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .schema import COLUMNS
from .vocabulary import Act

VERSION = "1.8.0"
WEB_RESOURCES, HTTP, API, DATASTORE = 6001, 4002, 6003, 6005

_HTTP_METHOD = {
    "CONNECT": 1,
    "DELETE": 2,
    "GET": 3,
    "HEAD": 4,
    "OPTIONS": 5,
    "POST": 6,
    "PUT": 7,
    "TRACE": 8,
    "PATCH": 9,
}
_VERB = {"create": 1, "mint": 1, "open": 1, "read": 2, "update": 3, "change": 3, "write": 3, "deploy": 3, "delete": 4}
_EXPORT, _OTHER = 7, 99


def classify(act: Act, *, method: str) -> tuple[int, int]:
    """The OCSF class and activity of an act; an act seen as an HTTP request is HTTP Activity, by method."""
    if act is Act.EXPORT_RUN:
        return WEB_RESOURCES, _EXPORT
    if method:
        return HTTP, _HTTP_METHOD.get(method.upper(), _OTHER)
    return API, _VERB.get(act.verb, _OTHER)


def to_ocsf(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the lake as a nested OCSF record; columns without a value are left out."""
    record: dict[str, Any] = {
        "category_uid": row["class_uid"] // 1000,
        "type_uid": row["class_uid"] * 100 + row["activity_id"],
        "severity_id": 1,
        "metadata": {"version": VERSION, "product": {"name": "Hemostat", "vendor_name": "Hemostat"}},
    }
    for column in COLUMNS:
        value = row[column.name]
        if value is None or value in ("", []):
            continue
        *folders, leaf = column.ocsf.split(".")
        place = record
        for folder in folders:
            place = place.setdefault(folder, {})
        # OCSF moments are integers in milliseconds since 1970
        place[leaf] = int(value.timestamp() * 1000) if isinstance(value, datetime) else value
    return record
