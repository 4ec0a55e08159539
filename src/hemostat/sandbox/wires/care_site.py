"""A twin of what a merchant of care shows to browsers: pages, routes, records, storage, a site for tests, and a Magento front.

It begins as it should be. Each flaw that a check of posture looks for is one switch; every answer that gives something holds a
value of an invented person, so that a test can look where it went.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs

import msgspec

from .loopback import Asked, Said

PLANTED = "Synthia Placeholder, member 000-SYNTHETIC"
"""Of nobody: it stands in all that is given, and must stand nowhere else."""

SIGNATURE = "right"
"""The signature that the site takes for the storefront's."""

_HTML = "text/html; charset=utf-8"
_PAGES = frozenset({"/", "/products/minoxidil", "/checkout", "/portal", "/booking", "/visit"})
_OF_PEOPLE = frozenset({"/portal", "/booking", "/visit"})


class Site(msgspec.Struct, kw_only=True):
    """How the site stands.

    people: the value of the header `authorization` of each person, and the number of the record that is his.
    kept: may caches keep pages about people? tags: what pages load besides. open: are routes answered without a login?
    unsigned: does the app answer calls that the storefront did not sign? mixed: may everybody who signed in read every record?
    public: is storage open? link: the address of a recording that the site signs. staging: status of the site for tests.
    rest: status of the Magento interface for strangers. carts: do carts of guests answer at plain numbers?
    files: paths that are served as files. admin: status of `/admin`.
    instead: what is said in place of everything.
    """

    people: Mapping[str, str] = {}
    kept: bool = False
    tags: str = ""
    open: bool = False
    unsigned: bool = False
    mixed: bool = False
    public: bool = False
    link: str = "https://files.example/visit.mp4?X-Amz-Expires=600&X-Amz-Signature=0"
    staging: int = 401
    rest: int = 401
    carts: bool = False
    files: frozenset[str] = frozenset()
    admin: int = 404
    instead: Said | None = None


class CareSite:
    """Answers as `site` says, and keeps what was asked."""

    def __init__(self, site: Site | None = None) -> None:
        self.site = site or Site()
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Said:
        """What the site says to one request."""
        self.asked.append(asked)
        if self.site.instead is not None:
            return self.site.instead
        path, _, query = asked.target.partition("?")
        if path in _PAGES:
            return self._page(path, asked)
        if path.startswith("/records/"):
            return self._record(path.removeprefix("/records/"), asked)
        return self._route(path, query, asked)

    def _page(self, path: str, asked: Asked) -> Said:
        if path == "/portal" and self._person(asked) is None:
            return Said(status=401)
        caches = "private, max-age=600" if self.site.kept else "no-store"
        text = f"<!doctype html><title>Care</title>{self.site.tags}<p>{PLANTED}</p>"
        return Said(
            body=text.encode(), content_type=_HTML, headers={"cache-control": caches if path in _OF_PEOPLE else "max-age=60"}
        )

    def _record(self, number: str, asked: Asked) -> Said:
        person = self._person(asked)
        if person is None:
            return Said(status=401)
        return _given() if person == number or self.site.mixed else Said(status=403)

    def _route(self, path: str, query: str, asked: Asked) -> Said:
        site, given = self.site, _given()
        signed = parse_qs(query).get("signature") == [SIGNATURE]
        answers = {
            "/api/closed": given if site.open else Said(status=401),
            "/api/session": given if signed or site.unsigned else Said(status=401),
            "/storage/visit.mp4": given if site.public else Said(status=403),
            "/api/link": _link(site.link) if self._person(asked) is not None else Said(status=401),
            "/staging": _of_status(site.staging),
            "/admin": _of_status(site.admin),
        }
        if path.startswith("/rest/V1/guest-carts/"):
            return given if site.carts else Said(status=404)
        if path.startswith("/rest/V1/"):
            return _of_status(site.rest)
        if path in site.files:
            return Said(body=PLANTED.encode(), content_type="text/plain")
        return answers.get(path, Said(status=404))

    def _person(self, asked: Asked) -> str | None:
        return self.site.people.get(asked.headers.get("authorization", ""))


def _given() -> Said:
    return Said(body=msgspec.json.encode({"name": PLANTED}))


def _of_status(status: int) -> Said:
    """Something that is given, or a refusal; 302 leads to the page that asks for a store's password."""
    if status == 200:  # noqa: PLR2004  # given
        return _given()
    return Said(status=status, headers={"location": "/password"} if status == 302 else {})  # noqa: PLR2004  # elsewhere


def _link(link: str) -> Said:
    return Said(body=msgspec.json.encode({"name": PLANTED, "url": link}))
