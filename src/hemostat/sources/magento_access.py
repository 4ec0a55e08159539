"""The access log of a Magento store: the lines of any web access log, with what Magento's own addresses mean.

The edge may add two things that the log of a web server does not have: `graphql_operation`, the root field of a GraphQL request,
and `credential_hash`, the first digits of the SHA-256 of the token that was sent. Both stand in the line as `name=value` or as
fields of its JSON object.
"""

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Surface
from hemostat.kernel import Source

from . import access_log
from .base import Message, Raw, ReaderContext, Rejected, options_of
from .magento_routes import ADMIN, GRAPHQL, GRIDS, PAGES, REST, REST_PATH, SHOP, Grid, Known, Routes
from .request import joined


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """admin: the first part of the admin's address, as `app/etc/env.php` names it under `backend/frontName`."""

    admin: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")] = "admin"


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What an address says beyond the line itself. item: bytes of one person's item, 0 when the answer holds no list."""

    act: Act
    surface: Surface
    resource: str
    operation: str
    elements: tuple[str, ...] = ()
    subject: str = ""
    resource_id: str = ""
    token: str = ""
    item: int = 0
    remark: str = ""
    is_admin: bool = False


_MOST_PAGE = 300
"""The largest page that Magento allows once its limit is switched on: https://developer.adobe.com/commerce/webapi/get-started/api-security/"""

_ENVELOPE = 120  # bytes of an empty search result: brackets, criteria and count
_SIZES = frozenset(
    {"searchcriteria[pagesize]", "searchcriteria[page_size]", "search_criteria[page_size]", "search_criteria[pagesize]"}
)
_PLACES = frozenset(
    {
        "searchcriteria[currentpage]",
        "searchcriteria[current_page]",
        "search_criteria[current_page]",
        "search_criteria[currentpage]",
    }
)
_EXTRA = re.compile(rb'"?(graphql_operation|credential_hash)"?\s{0,2}[:=]\s{0,2}"?([A-Za-z0-9_]{1,64})(?![A-Za-z0-9_])')
_EXPORT = re.compile(r"/mui/export/gridTo(Csv|Xml)(/|\Z)", re.IGNORECASE)
_RENDER = re.compile(r"/mui/index/render(/|\Z)", re.IGNORECASE)
_OLD_EXPORT = re.compile(r"/([a-z_]{1,60})/([a-z_]{1,60})/(export[a-z]{1,60}|pdf[a-z]{1,60})(?=/|\Z)", re.IGNORECASE)
_SECRET_KEY = re.compile(r"/key/([0-9a-f]{32,64})(?=/|\Z)")
_NAMESPACE = re.compile(r"[a-z0-9_]{1,80}")
_XML_WEIGHT = 4  # a row of an XML export has about four times the bytes of the same row in CSV


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The requests of a message. Raises `BadSettings` for a route map or options that are none of ours."""
    admin = options_of(message.source, source.options, Options).admin
    own = tuple(route.prefix for route in source.routes)
    for record in access_log.read(message, source, context):
        yield replace(record, access=_meant(record, admin, own)) if isinstance(record, Raw) else record


def _meant(record: Raw, admin: str, own: tuple[str, ...]) -> Access:
    """The access with what Magento's address adds; what the merchant's own route map says stays as it says."""
    access = record.access
    path = re.sub(r"^/index\.php(?=/|\Z)", "", access.path, flags=re.IGNORECASE) or "/"
    extras = {name.decode(): value.decode() for name, value in _EXTRA.findall(record.raw)}
    seen = _seen(access, path, admin, extras.get("graphql_operation", ""))
    if seen is None:
        token = access.token or extras.get("credential_hash", "")
        return replace(access, token=token, auth=_auth(access, token))
    token = access.token or seen.token or extras.get("credential_hash", "")
    subjects, estimated = _subjects(access, seen)
    answered = _answered(access)
    staff = {"actor_type": ActorType.STAFF} if seen.is_admin and answered else {}
    access = replace(
        access,
        operation=seen.operation,
        resource=seen.resource,
        resource_id=seen.resource_id,
        token=token,
        auth=_auth(access, token),
        message=joined(access.message, seen.remark),
        **staff,
    )
    if own and access.path.startswith(own):
        return access
    return replace(
        access,
        act=seen.act,
        surface=seen.surface,
        subject=access.subject or seen.subject,
        subjects=subjects,
        estimated=estimated,
        elements=seen.elements if answered else (),
        fields=tuple(f"{seen.resource}.{element}" for element in seen.elements) if answered else (),
    )


def _answered(access: Access) -> bool:
    """Was what was asked for sent? A redirect is none: Magento sends callers without a session to the sign-in page."""
    return 200 <= access.status < 300 and access.method != "HEAD"  # noqa: PLR2004  # the class of RFC 9110


def _auth(access: Access, token: str) -> Auth:
    return Auth.TOKEN if token and access.auth is Auth.UNKNOWN else access.auth


def _seen(access: Access, path: str, admin: str, operation: str) -> _Seen | None:
    """What an address means; None when it is none of Magento's that we know."""
    if found := REST_PATH.fullmatch(path):
        return _rest(access, found)
    segments = path.strip("/").split("/")
    if segments[-1].lower() == "graphql" and len(segments) <= 2:  # noqa: PLR2004  # a store view may stand in front
        return _graphql(access, operation)
    if segments[0] == admin:
        return _admin(access, path.removeprefix(f"/{admin}"))
    return _of_table(PAGES, access, path) or (_of_table(PAGES, access, "/".join(segments[1:])) if len(segments) > 1 else None)


def _rest(access: Access, found: re.Match[str]) -> _Seen:
    bulk = (found["bulk"] or "").lower()
    known = _of_table(REST, access, found["route"], front=bulk)
    if known is None:
        writes = access.method not in {"GET", "HEAD", "OPTIONS", ""}
        first = re.match(r"/V\d+/([A-Za-z-]{1,60})(?=/|\Z)", found["route"], re.IGNORECASE)
        name = first[1] if first else "other"
        known = _Seen(
            act=Act.API_WRITE if writes else Act.API_READ,
            surface=SHOP,
            resource=name,
            operation=f"{access.method} {bulk}/V1/{name}".strip(),
        )
    remark = "Runs later, as a bulk job." if bulk.endswith("bulk") else "Runs later." if bulk else ""
    return replace(known, remark=joined(known.remark, remark, _paging(access) if known.item else ""))


def _of_table(table: Routes, access: Access, path: str, *, front: str = "") -> _Seen | None:
    found = table.find(access.method, path)
    if found is None:
        return None
    known, holes = found
    return _Seen(
        act=known.act,
        surface=known.surface,
        resource=known.resource,
        operation=_operation(access, known, front),
        elements=known.elements,
        subject=holes.get("id", "") if re.fullmatch(r"[0-9]{1,20}", holes.get("id", "")) else "",
        resource_id=holes.get("thing", ""),
        token=holes.get("token", ""),
        item=known.item,
    )


def _operation(access: Access, known: Known, front: str) -> str:
    """The route as the code names it, and the permission that guards it."""
    permission = f" [{known.acl}]" if known.acl else ""
    return f"{access.method} {front}{known.template}{permission}"


def _graphql(access: Access, operation: str) -> _Seen:
    """A GraphQL request. A log shows what was asked only when the edge adds it, or when it stands in the query of a GET."""
    root = operation or next((field for field in _roots(access.query)), "")
    act, surface, elements = GRAPHQL.get(root, (Act.API_READ if access.method == "GET" else Act.QUERY_RUN, SHOP, ()))
    return _Seen(act=act, surface=surface, resource="graphql", operation=root, elements=elements)


def _roots(query: str) -> Iterator[str]:
    """The root fields of the query of a GET that we know, those that touch people first."""
    for name, value in _pairs(query):
        if name == "query":
            words = set(re.findall(r"[A-Za-z0-9_]{1,64}", value[:20_000]))
            yield from (field for field in GRAPHQL if field in words)


def _admin(access: Access, path: str) -> _Seen | None:
    key = _SECRET_KEY.search(path)
    token = key[1] if key else ""
    path = _SECRET_KEY.sub("", path) or "/"
    if found := _EXPORT.search(path):
        name, grid = _grid(access)
        item = grid.item * (_XML_WEIGHT if found[1].lower() == "xml" else 1)
        operation = f"mui/export/gridTo{found[1].capitalize()} {name}".strip()
        return _of_grid(grid, Act.EXPORT_RUN, operation, item, token)
    if _RENDER.search(path):
        name, grid = _grid(access)
        return _of_grid(grid, grid.act, f"mui/index/render {name}".strip(), grid.item * _XML_WEIGHT, token)
    if found := _OLD_EXPORT.search(path):
        what = f"{found[1]}/{found[2]}/{found[3]}"
        return _Seen(act=Act.EXPORT_RUN, surface=SHOP, resource=found[1].lower(), operation=what, token=token, is_admin=True)
    known = _of_table(ADMIN, access, path)
    if known is not None:
        return replace(known, token=token, is_admin=True)
    writes = access.method not in {"GET", "HEAD", "OPTIONS", ""}
    return _Seen(act=Act.PAGE_WRITE if writes else Act.PAGE_READ, surface=SHOP, resource="admin", operation="", token=token)


def _grid(access: Access) -> tuple[str, Grid]:
    """The grid that a query or a path names, and what it shows."""
    names = [value for name, value in _pairs(access.query) if name == "namespace" and _NAMESPACE.fullmatch(value)]
    if not names:
        found = re.search(r"/namespace/([a-z0-9_]{1,80})(?=/|\Z)", access.path)
        names = [found[1]] if found else []
    if not names:
        return "", Grid(Act.API_READ, SHOP, "grid")
    return names[-1], GRIDS.get(names[-1], Grid(Act.API_READ, SHOP, names[-1]))


def _of_grid(grid: Grid, act: Act, operation: str, item: int, token: str) -> _Seen:
    return _Seen(
        act=act,
        surface=grid.surface,
        resource=grid.resource,
        operation=operation,
        elements=grid.elements,
        item=item if grid.elements else 0,
        token=token,
        is_admin=True,
    )


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, errors="replace")


def _page_size(access: Access) -> int:
    """The page that was asked for; 0 when none was, or one that limits nothing."""
    sizes = [value for name, value in _pairs(access.query) if name.lower() in _SIZES]
    return int(sizes[-1]) if sizes and re.fullmatch(r"[0-9]{1,3}", sizes[-1]) and int(sizes[-1]) <= _MOST_PAGE else 0


def _paging(access: Access) -> str:
    """What the search says about its pages, in words: numbers of the request, never of a person."""
    pages = [value for name, value in _pairs(access.query) if name.lower() in _PLACES and re.fullmatch(r"[0-9]{1,9}", value)]
    size = _page_size(access)
    asked = f"Asked for {size} a page." if size else "Asked for everything on one page."
    return joined(asked, f"Page {pages[-1]}." if pages else "")


def _subjects(access: Access, seen: _Seen) -> tuple[int, bool]:
    """How many people the answer concerns, and whether that was reckoned: from its bytes, and at most the page asked for."""
    if not _answered(access):
        return 0, False
    if access.subject or seen.subject:
        return 1, False
    if seen.item and access.bytes > _ENVELOPE:
        reckoned = max(1, (access.bytes - _ENVELOPE) // seen.item)
        size = _page_size(access)
        return (min(reckoned, size) if size and seen.act is not Act.EXPORT_RUN else reckoned), True
    return 0, False
