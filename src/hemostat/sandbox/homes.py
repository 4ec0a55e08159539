"""Sandbox homes: the settings, keys, story clock and twin state that a drill starts from."""

import shutil
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from hemostat.kernel import (
    BadInput,
    BadSettings,
    Console,
    ExerciseClock,
    Home,
    Intake,
    Organization,
    Posture,
    Probe,
    Route,
    Settings,
    Source,
    Target,
)
from hemostat.sources.doors import has_own_key

from .admin import released
from .patients import CANARY, FOREIGN_CANARY
from .releases import DIRECT_ROUTE, PORTAL_ROUTE, PROXY_ROUTE
from .signing import SHOP, client_secret
from .state import LEAKY, SOUND, TwinState

STORE = "fernhollow"
STORY_BEGINS = datetime(2026, 3, 10, 14, tzinfo=UTC)
"""T+0:00 of the story: the first probe."""
CLOCK_SHOWS = STORY_BEGINS - timedelta(minutes=30)
"""What the clock of a new home shows, standing still."""
DEPLOYS = {SOUND: STORY_BEGINS - timedelta(days=30), LEAKY: STORY_BEGINS - timedelta(hours=6, minutes=12)}
"""When each release went live."""

_SESSION_ELEMENTS = [
    "customer_id", "name", "email", "phone", "order", "condition", "medication", "intake_answers", "session_token",
]  # fmt: skip
_PORTAL_ELEMENTS = ["name", "dob", "condition", "medication", "treatment", "clinical_note", "medical_document"]


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """The loopback ports of one sandbox."""

    intake: int
    console: int
    storefront: int
    care: int
    admin: int

    @classmethod
    def claimed(cls) -> "Ports":
        """The ports that the manual names, where they are free now, and free ones in place of the others.

        Until this process ends nobody who claims or looks for ports is given the same ones, however soon they ask.
        """
        ports, sockets = _free(_PREFERRED)
        for held in sockets:
            # Set after it was bound: the servers of this home can still listen here, and a second claim is refused
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _CLAIMED.extend(sockets)
        return ports

    @classmethod
    def free(cls) -> "Ports":
        """Five ports that were free a moment ago, all different."""
        ports, sockets = _free(dict.fromkeys(cls.__struct_fields__, 0))
        for held in sockets:
            held.close()
        return ports

    def numbers(self) -> frozenset[int]:
        """All of them: what the guard lets pass."""
        return frozenset(msgspec.structs.astuple(self))


_LOOPBACK = "127.0.0.1"
_PREFERRED = {"intake": 8610, "console": 8600, "storefront": 8620, "care": 8621, "admin": 8622}


_CLAIMED: list[socket.socket] = []


def _free(wanted: Mapping[str, int]) -> tuple[Ports, list[socket.socket]]:
    sockets = [_bound(number) for number in wanted.values()]
    return Ports(**{name: held.getsockname()[1] for name, held in zip(wanted, sockets, strict=True)}), sockets


def _bound(number: int) -> socket.socket:
    held = socket.socket()
    try:
        held.bind((_LOOPBACK, number))
    except OSError:
        held.bind((_LOOPBACK, 0))
    return held


def sandbox_home_create(path: Path, *, seed: int, ports: Ports | None) -> Home:
    """A sandbox home for the twin of `seed`, with free ports when none are given; its story clock stands at `CLOCK_SHOWS`.

    Raises `BadSettings` when there is a home already, `BadInput` when the folder holds anything else: it belongs to somebody.
    """
    home = Home(path)
    if home.exists():
        raise BadSettings(f"{path.name} is a Hemostat home already.", advice="Name a folder that does not exist yet.")
    if path.exists() and not _is_vacant(path):
        raise BadInput(
            f"{path} exists and is neither empty nor a Hemostat home.",
            advice="Name a folder that is empty or does not exist yet.",
        )
    return _furnished(home, seed=seed, ports=ports or Ports.free())


def sandbox_home_renew(home: Home, *, seed: int, ports: Ports) -> Home:
    """The sandbox home is as if newly made. What Hemostat did not put into its folder is still there."""
    for folder in (home.path / name for name in _FOLDERS):
        if folder.is_dir():
            shutil.rmtree(folder)
    # The settings go last: a renewal that was killed left a home, which can be renewed
    for name in (*_FILES, home.settings_file.name):
        for path in (home.path / f"{name}{suffix}" for suffix in _SUFFIXES):
            path.unlink(missing_ok=True)
    return _furnished(home, seed=seed, ports=ports)


_FOLDERS = ("lake", "dead-letter", "vault", "logs", "keys", "twin", "reports", "snapshots")
_PEOPLES = "rules"  # a folder that every home has and people fill: a renewal leaves what they wrote
_FILES = (
    "db.sqlite3", "spool.sqlite3", "sinks.sqlite3", "health.sqlite3", "baselines.sqlite3", "posture.sqlite3", "clock.json",
    "guard.ndjson", "hemostat.toml.before", "hemostat.toml.lock",
)  # fmt: skip
_SUFFIXES = ("", "-wal", "-shm", "-journal")


def _is_vacant(path: Path) -> bool:
    """Is this an empty folder, or one that a home was begun in and that holds no file yet?"""
    return path.is_dir() and all(
        entry.name in {*_FOLDERS, _PEOPLES} and entry.is_dir() and not any(entry.iterdir()) for entry in path.iterdir()
    )


def _furnished(home: Home, *, seed: int, ports: Ports) -> Home:
    settings = _settings(ports)
    home.create(settings, keyed=has_own_key)
    keyring = home.keyring(settings)
    keyring.ensure("target.twin")
    keyring.put(f"shopify.{STORE}", [client_secret(seed, 0)])
    ExerciseClock(home.path / "clock.json").set(CLOCK_SHOWS, factor=0)
    state = TwinState(twin_folder(home))
    state.begin(seed)
    for version, at in DEPLOYS.items():
        released(twin_folder(home), state, version, at=at, note="deploy")
    state.close()
    return home


def twin_folder(home: Home) -> Path:
    """Where the twin keeps its state and logs within the home."""
    return home.path / "twin"


def ports_of(settings: Settings) -> Ports:
    """The ports that these settings name. Raises `BadSettings` when the home has no twin."""
    try:
        storefront, care, admin = (urlsplit(settings.targets[name].url).port or 0 for name in ("storefront", "direct", "twin"))
    except KeyError as error:
        raise BadSettings(f"The home has no target {error}.", advice="Make a new sandbox home.") from error
    return Ports(intake=settings.intake.port, console=settings.console.port, storefront=storefront, care=care, admin=admin)


def client_secret_share(home: Home, secret: bytes) -> None:
    """Hemostat checks the store's webhooks with `secret` first, and still with the ones before it."""
    keyring = home.keyring(home.settings())
    older = [each for each in keyring.secrets(f"shopify.{STORE}") if each != secret]
    keyring.put(f"shopify.{STORE}", [secret, *older])


def _settings(ports: Ports) -> Settings:
    return Settings(
        kind="sandbox",
        organization=Organization(
            name="Fernhollow Health",
            kinds=["hipaa_covered_entity", "merchant"],
            address="100 Example Way, Suite 200, Springfield, NY 00000",
            phone="1-800-555-0100",
            email="privacy@fernhollow.example",
            website="https://fernhollow.example/notice",
            call_center_hours="Monday to Friday, 9 a.m. to 6 p.m. Eastern time",
        ),
        intake=Intake(port=ports.intake),
        console=Console(port=ports.console, demo=True),
        sources={
            "edge": Source(kind="access-log", store=STORE, environment="sandbox", routes=_routes()),
            "care-app": Source(kind="events", store=STORE, environment="sandbox"),
            STORE: Source(kind="shopify", store=STORE, environment="sandbox"),
        },
        shopify_stores={STORE: SHOP},
        canaries=[str(CANARY), str(FOREIGN_CANARY)],
        targets={
            "twin": Target(url=f"http://127.0.0.1:{ports.admin}"),
            "direct": Target(url=f"http://127.0.0.1:{ports.care}"),
            "storefront": Target(url=f"http://127.0.0.1:{ports.storefront}"),
        },
        posture=Posture(probes=_probes(ports)),
    )


def _probes(ports: Ports) -> list[Probe]:
    """What checks of posture ask the twin: as a stranger, about nobody."""
    shop, care = (f"http://127.0.0.1:{port}" for port in (ports.storefront, ports.care))
    return [
        Probe(kind="proxy", surface="storefront", url=f"{care}{DIRECT_ROUTE}?cid={CANARY}"),
        Probe(kind="closed", surface="patient-portal", url=f"{care}{PORTAL_ROUTE}"),
        Probe(kind="page", surface="storefront", url=f"{shop}/"),
        Probe(kind="page", surface="product-catalog", url=f"{shop}/products/minoxidil"),
    ]


def _routes() -> list[Route]:
    session = Route(
        prefix=DIRECT_ROUTE,
        surface="storefront",
        act="session:read",
        subject="cid",
        exposes=_SESSION_ELEMENTS,
        signed_by="signature",
    )
    return [
        session,
        msgspec.structs.replace(session, prefix=PROXY_ROUTE),
        Route(prefix=PORTAL_ROUTE, surface="patient-portal", act="document:read", exposes=_PORTAL_ELEMENTS),
    ]
