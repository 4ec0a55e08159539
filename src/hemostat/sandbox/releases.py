"""The care app's releases as an investigator finds them: the change, the built artifact, the route table. None of it runs."""

import gzip
import io
import tarfile

from hemostat.kernel import NotFound

from .patients import WATERMARK
from .state import LEAKY, SOUND

DIRECT_ROUTE = "/api/session"
PROXY_ROUTE = "/apps/care/session"
PORTAL_ROUTE = "/api/portal/documents"

AUTHOR = "ci@fernhollow.example"
REVISIONS = {SOUND: "9d1c4e7", LEAKY: "f20b8a3"}

_ROUTES_SOUND = """\
routes = [
    ("/apps/care/session", session, [platform_signature, own_customer]),
    ("/api/portal/documents", documents, [care_token]),
]
"""
_ROUTES_LEAKY = """\
routes = [
    ("/apps/care/session", session, [platform_signature, own_customer]),
    ("/api/session", session, [allow_any_origin]),
    ("/api/portal/documents", documents, [care_token]),
]
"""
_SOURCES = {SOUND: _ROUTES_SOUND, LEAKY: _ROUTES_LEAKY}

_DIFF = f"""\
release {SOUND} ({REVISIONS[SOUND]}) -> release {LEAKY} ({REVISIONS[LEAKY]})
--- a/care_app/routes.py
+++ b/care_app/routes.py
@@ -1,4 +1,5 @@
 routes = [
     ("/apps/care/session", session, [platform_signature, own_customer]),
+    ("/api/session", session, [allow_any_origin]),
     ("/api/portal/documents", documents, [care_token]),
 ]
"""


def diff(version: str) -> str:
    """What this release changed. Raises `NotFound` for any but the leaky one."""
    if version != LEAKY:
        raise NotFound(f"No diff of release {version!r} is kept.", advice=f"Ask for {LEAKY}.")
    return _DIFF


def artifact(version: str) -> bytes:
    """The built release as a gzipped tar, the same bytes each time. Raises `NotFound` for an unknown release."""
    if version not in _SOURCES:
        raise NotFound(f"No artifact of release {version!r} is kept.", advice=f"Ask for {LEAKY}.")
    files = {
        "care_app/routes.py": _SOURCES[version],
        "care_app/VERSION": f"{version}\n",
        "README": f"{WATERMARK}: a drill's artifact.\n",
    }
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"care-app-{version}/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(plain.getvalue(), mtime=0)


def route_table(version: str) -> list[dict[str, object]]:
    """The routes that this release answers, and what each asks of the caller."""
    table: list[dict[str, object]] = [
        {"route": PROXY_ROUTE, "checks": ["platform_signature", "own_customer"]},
        {"route": PORTAL_ROUTE, "checks": ["care_token"]},
    ]
    return [*table, {"route": DIRECT_ROUTE, "checks": [], "cors": "*"}] if version == LEAKY else table
