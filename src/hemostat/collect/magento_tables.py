"""Feed `magento-tables`: who did what in a Magento store, from its database, through an account that can only read.

Each row is one message, named by its table, its key and its content, so that it may be read twice and counts once. A row that was
written late, with a smaller number than one already read, is still found: the last minutes are read again each time.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any

import msgspec

from hemostat.kernel import Keyring, iso, parse_iso
from hemostat.sources import options_of
from hemostat.sources.magento_content import content_of
from hemostat.sources.magento_schema import CHANGES, CONFIG_PATHS, CONTENT_PATHS, TABLES, Table
from hemostat.stores.magento_database import Database, Row, Tls, text_of

from .base import Item, Post

_AGAIN = timedelta(minutes=10)
"""How long a row may take to show up after one with a greater number: transactions are not committed in the order they began."""

_RECENT = timedelta(days=1)  # with how much of the past watching begins where there is a row for each customer
_BATCH = 500  # rows a table and poll
_MOST_WHOLE = 20_000  # rows of a table that is compared as a whole
_ADMIN = 2  # of Magento's user types: 1 integration, 2 admin, 3 customer, 4 guest
_OF_STAFF = frozenset(
    {"admin_user_session", "admin_user_expiration", "oauth_token", "jwt_auth_revoked", "authorization_role", "magento_bulk"}
)
_FIRST: dict[str, int | str] = {"appended": 0, "changed": "1970-01-01T00:00:01Z"}


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the database is reached; the password is the key `feed.<source>`. every: seconds between polls."""

    host: str
    user: str
    database: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 3306
    prefix: str = ""
    tls: Tls = True
    ca: str = ""
    every: Annotated[float, msgspec.Meta(ge=1, le=86_400)] = 30.0


class _Place(msgspec.Struct, kw_only=True):
    """How far a table was read: up to `low` all is settled, up to `mark` it was seen at `marked_at`; `high` is the greatest."""

    low: int | str
    mark: int | str
    high: int | str
    marked_at: str


def collector(post: Post, options: Mapping[str, Any]) -> "MagentoTables":
    """The reader of a store's tables. Raises `BadSettings` for wrong options."""
    every = options_of(post.name, options, Options).every
    return MagentoTables(post, lambda: database_of(post.name, options, post.keyring), every=every)


def database_of(name: str, given: Mapping[str, Any], keyring: Keyring) -> Database:
    """The database of the source of this name, whose feed has these options. Raises `BadSettings`."""
    options = options_of(name, given, Options)
    password = keyring.secret(f"feed.{name}").decode(errors="replace")
    return Database(
        host=options.host,
        port=options.port,
        user=options.user,
        password=password,
        database=options.database,
        prefix=options.prefix,
        tls=options.tls,
        ca=options.ca,
    )


class MagentoTables:
    """Reads all tables in turn. `reached` gives the database with the password that is in the keyring now."""

    def __init__(self, post: Post, reached: Callable[[], Database], *, every: float) -> None:
        self.every = every
        self._post = post
        self._reached = reached
        self._database = reached()
        self._is_lost = False
        self._columns: dict[str, frozenset[str]] | None = None
        self._names: dict[int, str] = {}

    def poll(self) -> bool:
        """News of every table is in the spool. Raises `Unreachable`, `BadSettings`, `SpoolFull`."""
        if self._is_lost:  # the password may be another one by now
            self._database.close()
            self._database = self._reached()
        self._is_lost = True
        more = self._polled()
        self._is_lost = False
        return more

    def _polled(self) -> bool:
        if self._columns is None:
            self._columns = self._database.columns()
            self._tell_missing(self._columns)
        if {"user_id", "username"} <= self._columns.get("admin_user", frozenset()):
            staff = self._database.rows(f"SELECT `user_id`, `username` FROM {self._database.table('admin_user')}")  # noqa: S608  # our own words
            self._names = {_number(row, "user_id"): str(row["username"]) for row in staff}
        more = False
        for table in TABLES:
            if _is_readable(table, self._columns):
                columns = tuple(column for column in table.columns if column in self._columns[table.name])
                more = self._read(table, columns) or more
        return more

    def close(self) -> None:
        """The connection is closed."""
        self._database.close()

    def _tell_missing(self, columns: Mapping[str, frozenset[str]]) -> None:
        """Tables that both editions have and that cannot be read are gaps; those of Adobe Commerce alone may be missing."""
        for table in TABLES:
            detail = f"{table.part}: the account cannot read it, or this version of the store has no such table"
            if _is_readable(table, columns):
                self._post.closed("table", detail)
            elif table.edition == "both" or table.name in columns:
                self._post.gap("table", detail)

    def _read(self, table: Table, columns: tuple[str, ...]) -> bool:
        return self._whole(table, columns) if table.way == "whole" else self._news(table, columns)

    def _news(self, table: Table, columns: tuple[str, ...]) -> bool:
        """Rows that are new, or changed, since last time; True when a whole batch came."""
        place = self._place(table)
        if table.way == "appended":
            place = self._unbroken(table, place)
        where = f" AND {table.only}" if table.only else ""
        keys = ", ".join(f"`{key}`" for key in table.key)
        sql = (
            f"SELECT {_selected(columns)} FROM {self._database.table(table.name)}"  # noqa: S608  # names of our own table of tables
            f" WHERE `{table.order}` > %s{where} ORDER BY `{table.order}`, {keys} LIMIT {_BATCH}"
        )
        rows = self._database.rows(sql, [_asked(place.low)])
        if len(rows) == _BATCH and table.way == "changed":
            rows += self._same_moment(table, columns, rows[-1])
        changes = self._changes(table, rows)
        items = [self._item(table, row, changes.get(_number(row, table.key[0]), [])) for row in rows]
        full = len(rows) >= _BATCH
        moved = self._moved(place, rows, table.order, full=full)
        self._post.deliver(items, place=msgspec.json.encode(moved).decode(), part=table.part)
        return full and moved.low != place.low

    def _same_moment(self, table: Table, columns: tuple[str, ...], last: Row) -> list[Row]:
        """The rows of the same second as the last one of a full batch: the next batch begins after that second."""
        where = f" AND {table.only}" if table.only else ""
        sql = (
            f"SELECT {_selected(columns)} FROM {self._database.table(table.name)}"  # noqa: S608  # names of our own table of tables
            f" WHERE `{table.order}` = %s{where} LIMIT {_MOST_WHOLE}"
        )
        known = {_name(table, last)}
        return [row for row in self._database.rows(sql, [last[table.order]]) if _name(table, row) not in known]

    def _place(self, table: Table) -> _Place:
        text = self._post.place(table.part)
        if text:
            return msgspec.json.decode(text, type=_Place)
        now = self._post.clock.now()
        first = iso(now - _RECENT) if table.recent else _FIRST[table.way]
        return _Place(low=first, mark=first, high=first, marked_at=iso(now))

    def _moved(self, place: _Place, rows: list[Row], order: str, *, full: bool) -> _Place:
        """The place after these rows. What was seen `_AGAIN` ago is settled; in a backlog all that was read is."""
        now = self._post.clock.now()
        latest = iso(now + _AGAIN)  # a moment that has not come yet would hide all that happens before it
        values = [text_of(row[order]) for row in rows]
        if isinstance(place.high, int):
            high: int | str = max([place.high, *(value for value in values if isinstance(value, int))])
        else:
            high = max([place.high, *(value for value in values if isinstance(value, str) and value <= latest)])
        if full:
            return _Place(low=high, mark=high, high=high, marked_at=iso(now))
        if now - parse_iso(place.marked_at) >= _AGAIN:
            return _Place(low=place.mark, mark=high, high=high, marked_at=iso(now))
        return _Place(low=place.low, mark=place.mark, high=high, marked_at=place.marked_at)

    def _unbroken(self, table: Table, place: _Place) -> _Place:
        """The place, or the beginning when the numbers began again; a gap when rows were removed before they were read."""
        order = f"`{table.order}`"
        sql = f"SELECT MIN({order}) AS least, MAX({order}) AS most FROM {self._database.table(table.name)}"  # noqa: S608  # as above
        found = self._database.rows(sql)[0]
        least, most, high = found["least"], found["most"], place.high
        if not isinstance(least, int) or not isinstance(most, int) or not isinstance(high, int) or not high:
            return place
        if most < high:
            self._post.gap("sequence", f"{table.name}: the table ends at {most}, and was read up to {high} before")
            return _Place(low=0, mark=0, high=0, marked_at=iso(self._post.clock.now()))
        if least > high + 1:
            self._post.gap("sequence", f"{table.name}: rows {high + 1} to {least - 1} were removed before they were read")
        return place

    def _changes(self, table: Table, rows: list[Row]) -> dict[int, list[Row]]:
        """What each act of the action log changed, by the act's number."""
        columns = tuple(c for c in CHANGES.columns if c in (self._columns or {}).get(CHANGES.name, ()))
        if table.name != "magento_logging_event" or not rows or "event_id" not in columns:
            return {}
        numbers = [_number(row, "log_id") for row in rows]
        holes = ", ".join(["%s"] * len(numbers))
        sql = (
            f"SELECT {_selected(columns)} FROM {self._database.table(CHANGES.name)}"  # noqa: S608  # names of our own table of tables
            f" WHERE `event_id` IN ({holes}) ORDER BY `id` LIMIT {_MOST_WHOLE}"
        )
        rows = self._database.rows(sql, numbers)
        if len(rows) == _MOST_WHOLE:
            self._post.gap("table", f"{CHANGES.name}: acts {numbers[0]} to {numbers[-1]} changed more than we take in")
        found: dict[int, list[Row]] = {}
        for row in rows:
            found.setdefault(_number(row, "event_id"), []).append(row)
        return found

    def _whole(self, table: Table, columns: tuple[str, ...]) -> bool:
        """Rows of a small table that are new, differ from last time, or are gone."""
        where = f" WHERE {table.only}" if table.only else ""
        keys = ", ".join(f"`{key}`" for key in table.key)
        sql = (
            f"SELECT {_selected(columns)} FROM {self._database.table(table.name)}{where}"  # noqa: S608  # names of our own table
            f" ORDER BY {keys} LIMIT {_MOST_WHOLE + 1}"
        )
        rows = self._database.rows(sql)
        detail = f"{table.name}: it has more than {_MOST_WHOLE:,} rows, and only the first are compared"
        (self._post.gap if len(rows) > _MOST_WHOLE else self._post.closed)("table", detail)
        place = self._post.place(table.part)
        before = msgspec.json.decode(place or "{}", type=dict[str, str])
        now = {_name(table, row): _digest(row) for row in rows[:_MOST_WHOLE]}
        if place and now == before:
            return False
        changed = [row for row in rows[:_MOST_WHOLE] if before.get(name := _name(table, row)) != now[name]]
        seen_at = iso(self._post.clock.now())
        items = [self._item(table, row, [], seen_at=seen_at) for row in changed]
        items += [self._gone(table, name, seen_at) for name in sorted(before.keys() - now.keys())]
        # What was there when watching began is no news: the snapshot of the store shows it.
        self._post.deliver(items if place else [], place=msgspec.json.encode(now).decode(), part=table.part)
        return False

    def _item(self, table: Table, row: Row, changes: list[Row], *, seen_at: str = "") -> Item:
        """One row as a message. The content of pages stays in the store: what it is made of goes instead."""
        name = f"{table.name}:{_name(table, row)}"
        plain: dict[str, Any] = {column: text_of(value) for column, value in row.items()}
        content = plain.get("content") if "content" in plain else _page_part(plain)
        if isinstance(content, str):
            plain["content"] = msgspec.to_builtins(content_of(content))
            plain.pop("value", None)
        body: dict[str, Any] = {"table": table.name, "row": plain} | ({"seen_at": seen_at} if seen_at else {})
        if (staff := self._names.get(_staff_number(table, row))) is not None:
            body["staff"] = staff
        if changes:
            body["changes"] = [{column: text_of(value) for column, value in change.items()} for change in changes]
        return Item(key=name if table.way == "appended" else f"{name}:{_digest(row)}", body=msgspec.json.encode(body))

    def _gone(self, table: Table, name: str, seen_at: str) -> Item:
        """A row that was there last time, and is no longer."""
        keys: Row = dict(zip(table.key, name.split("-"), strict=True))
        body: dict[str, Any] = {"table": table.name, "row": keys, "gone": True, "seen_at": seen_at}
        if table.key == ("user_id",) and (staff := self._names.get(int(keys["user_id"]))) is not None:
            body["staff"] = staff
        return Item(key=f"{table.name}:{name}:gone:{seen_at}", body=msgspec.json.encode(body))


def _is_readable(table: Table, columns: Mapping[str, frozenset[str]]) -> bool:
    """May the account read what names a row of the table, and tells which rows are news?"""
    return {*table.key, table.order} <= columns.get(table.name, frozenset())


def _selected(columns: tuple[str, ...]) -> str:
    """The columns of a SELECT. Of settings only those values are read that guard the data, or that pages are made of."""
    return ", ".join(_value_column() if column == "value" else f"`{column}`" for column in columns)


def _value_column() -> str:
    allowed = ", ".join(f"'{path}'" for path in (*CONFIG_PATHS, *CONTENT_PATHS))
    # The pattern's sign is doubled: the driver puts arguments in place of single ones.
    return f"CASE WHEN `path` IN ({allowed}) OR `path` LIKE 'payment/%%/debug' THEN `value` END AS `value`"


def _asked(value: int | str) -> int | str:
    """A place as the database understands it."""
    return value if isinstance(value, int) else f"{parse_iso(value):%Y-%m-%d %H:%M:%S}"


def _number(row: Row, column: str) -> int:
    value = row[column]
    return value if isinstance(value, int) else 0


def _name(table: Table, row: Row) -> str:
    return "-".join(str(row[key]) for key in table.key)


def _digest(row: Row) -> str:
    plain = {name: text_of(value) for name, value in row.items()}
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()[:20]


def _staff_number(table: Table, row: Row) -> int:
    """The number of the admin user whose row it is; 0 when it is nobody's, or another kind of user's."""
    kind = row.get("user_type_id", row.get("user_type", _ADMIN))
    column = "admin_id" if "admin_id" in row else "user_id"
    return _number(row, column) if column in row and table.name in _OF_STAFF and str(kind) == str(_ADMIN) else 0


def _page_part(plain: Mapping[str, Any]) -> object:
    """The value of a setting that ends up in pages; None for all others."""
    return plain.get("value") if plain.get("path") in CONTENT_PATHS else None
