"""How detection opens DuckDB: alone in memory, on one thread, without extensions."""

import duckdb

_ALONE: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # What planning takes is the system's again at once; the allocator would keep a dozen megabytes of it.
    "allocator_bulk_deallocation_flush_threshold": "100KB",
}


def opened() -> duckdb.DuckDBPyConnection:
    """An empty database of our own; its times are in UTC."""
    connection = duckdb.connect(":memory:", config=_ALONE)
    connection.execute("SET TimeZone = 'UTC'")
    return connection
