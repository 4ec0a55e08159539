"""One frozen record of settings, read from the home's `hemostat.toml`, that every process shares."""

import fcntl
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli_w

from .errors import BadSettings
from .files import replace_file
from .keys import Keyring

HomeKind = Literal["production", "sandbox"]


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a path of the store answers with: one line of the merchant's own map of patient data.

    prefix: start of the URL path.
    surface, act: words of `hemostat.events`.
    subject: query parameter that names the person, or "" when the path does not name one.
    exposes: elements in a successful answer, words of `hemostat law elements`.
    signed_by: query parameter that carries the signature, or "" when none is expected.
    token: query parameter that carries a bearer token, or "".
    """

    prefix: str
    surface: str
    act: str
    subject: str = ""
    exposes: list[str] = []
    signed_by: str = ""
    token: str = ""


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where Hemostat fetches a source's events itself. `kind` names the collector in `hemostat.collect`.

    options: what only this kind of feed needs, like the address of a queue; never a secret.
    """

    kind: str
    options: dict[str, Any] = {}


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A system that sends us events. `kind` names the reader in `hemostat.sources`; its key is `source.<name>`.

    options: what only this kind of source needs; never a secret.
    feed: where its events are fetched; None when the system sends them.
    """

    kind: str
    store: str
    environment: str = "production"
    surface: str = "storefront"
    routes: list[Route] = []
    options: dict[str, Any] = {}
    feed: Feed | None = None


class Sink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A system that events are forwarded to. `kind` names the sender in `hemostat.sinks`; its key is `sink.<name>`.

    options: what only this kind of sink needs; never a secret.
    stalled_minutes: how long it may take nothing while events wait, before somebody is told.
    quarantine_days: how long events that it refused are kept.
    """

    kind: str
    url: str = ""
    options: dict[str, Any] = {}
    stalled_minutes: Annotated[int, msgspec.Meta(ge=1)] = 15
    quarantine_days: Annotated[int, msgspec.Meta(ge=1)] = 30


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A system that playbook steps may call; its bearer key is `target.<name>`, if it has one."""

    url: str


class SyslogPort(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port that takes syslog for the source called `source`.

    framing: how messages are told apart (RFC 6587, section 3.4); it must be said, since a wrong guess joins messages.
    certificate, private_key: PEM files for TLS, in the home or absolute; "" for plain TCP.
    clients: PEM file of the authorities whose certificates senders must show; "" when they need not.
    """

    port: int
    source: str
    framing: Literal["octet-counting", "lf"]
    host: str = "127.0.0.1"
    certificate: str = ""
    private_key: str = ""
    clients: str = ""


class Intake(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hot door. Sizes in bytes.

    public: the address under which other systems reach it; "" until somebody says it.
    canary_minutes: how often we try our own doors out, in a production home; 0 for never.
    proxies: addresses of proxies in front, whose word on who sends is taken: the last address of X-Forwarded-For.
    """

    host: str = "127.0.0.1"
    port: int = 8610
    public: str = ""
    max_body: int = 5_000_000
    spool_limit: int = 2_000_000_000
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    canary_minutes: Annotated[int, msgspec.Meta(ge=0)] = 5
    syslog: list[SyslogPort] = []


class Console(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The web console.

    hosts: further names under which browsers may ask for it, behind a proxy or a tunnel.
    demo: one sign-in per role on the entrance page; refused outside a sandbox.
    """

    host: str = "127.0.0.1"
    port: int = 8600
    hosts: list[str] = []
    demo: bool = False


class Organization(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who owns the data; `kinds` are those of `hemostat law assess`.

    address, phone, email, website, call_center_hours: how people reach the organization, as notices print it; "" until given.
    """

    name: str = "Your organization"
    kinds: list[str] = msgspec.field(default_factory=lambda: ["hipaa_covered_entity", "merchant"])
    zone: str = "America/New_York"
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    call_center_hours: str = ""


class Paging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people on call are reached.

    channels: names, each with an address of the apprise library under the key `paging.<name>`.
    again_minutes: after how many minutes a clock that escalates, and that nobody has acknowledged, is paged again.
    gap_minutes: how long a gap in what we see stays open before somebody is paged about it.
    """

    channels: list[str] = []
    again_minutes: Annotated[int, msgspec.Meta(ge=1)] = 60
    gap_minutes: Annotated[int, msgspec.Meta(ge=0)] = 10


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days events stay in the lake, by class; a legal hold keeps them longer.

    access: who touched whose data. Six years with two leap days: 45 CFR 164.316(b)(2)(i), read as it is safe.
    account: sign-ins, grants of access and changes of configuration; the same reason.
    traffic: calls and pages that concern nobody. Twelve months, PCI DSS 10.5.1, and a month over.
    log: lines of logs; the same reason.
    """

    access: Annotated[int, msgspec.Meta(ge=1)] = 2192
    account: Annotated[int, msgspec.Meta(ge=1)] = 2192
    traffic: Annotated[int, msgspec.Meta(ge=1)] = 400
    log: Annotated[int, msgspec.Meta(ge=1)] = 400


class Probe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address that checks of posture ask; only what makes it what it is, and never a secret.

    kind: page is looked at as a browser gets it; closed and object must refuse whoever shows nothing; proxy must refuse calls
        that the storefront did not sign; link answers with a signed link; owned is a record of the first synthetic person and
        `other` one of the second; staging must not answer the public.
    surface: a word of `hemostat.events`. signed_in: a page is asked for as the first synthetic person.
    """

    kind: Literal["page", "closed", "proxy", "object", "link", "owned", "staging"]
    surface: str
    url: str
    other: str = ""
    signed_in: bool = False


class Posture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What checks of posture ask, how often, and what they take as right.

    minutes: from one look to the next, 0 for never; None for a day, in a sandbox for an hour.
    header: in which the synthetic persons show the keys `posture.a` and `posture.b`.
    token_days: how old a token may be. link_minutes: how long a link to a recording or document may live.
    exporters: how many members of staff may export lists of people.
    hosts: beside our own intake, those that webhooks may go to. vendors: those with whom an agreement is on file.
    staging: stores that are for tests.
    """

    minutes: Annotated[int, msgspec.Meta(ge=0)] | None = None
    header: Literal["authorization", "cookie"] = "authorization"
    token_days: Annotated[int, msgspec.Meta(ge=1)] = 90
    link_minutes: Annotated[int, msgspec.Meta(ge=1)] = 15
    exporters: Annotated[int, msgspec.Meta(ge=0)] = 3
    hosts: list[str] = []
    vendors: list[str] = []
    staging: list[str] = []
    probes: list[Probe] = []


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of one home.

    shopify_stores: name of a store to its myshopify domain; its webhook secrets are the key `shopify.<name>`, newest first.
    magento_stores: name of a store to the address of its site.
    canaries: identifiers of nobody, with which probes ask; they are not counted as people.
    raw_days: how long raw messages stay, sealed, in the spool and in the dead letters.
    retention: how long events stay in the lake.
    systems: systems beside the stores that hold patient data, words of `hemostat coverage --systems`.
    posture: what is looked at before it leaks.
    """

    kind: HomeKind = "production"
    organization: Organization = msgspec.field(default_factory=Organization)
    intake: Intake = msgspec.field(default_factory=Intake)
    console: Console = msgspec.field(default_factory=Console)
    paging: Paging = msgspec.field(default_factory=Paging)
    sources: dict[str, Source] = {}
    sinks: dict[str, Sink] = {}
    shopify_stores: dict[str, str] = {}
    magento_stores: dict[str, str] = {}
    targets: dict[str, Target] = {}
    canaries: list[str] = []
    raw_days: int = 30
    retention: Retention = msgspec.field(default_factory=Retention)
    systems: list[str] = []
    posture: Posture = msgspec.field(default_factory=Posture)


class Home:
    """The one directory that holds all state of an installation."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def from_environment(cls) -> "Home":
        """The home that `HEMOSTAT_HOME` names, or `home` in the working directory."""
        return cls(Path(os.environ.get("HEMOSTAT_HOME", "home")).resolve())

    @property
    def database(self) -> Path:
        """Cases, people and the ledger (SQLite)."""
        return self.path / "db.sqlite3"

    @property
    def spool(self) -> Path:
        """Raw messages, sealed, and the manifest of the lake (SQLite)."""
        return self.path / "spool.sqlite3"

    @property
    def baselines(self) -> Path:
        """What is usual for each actor."""
        return self.path / "baselines.sqlite3"

    @property
    def lake(self) -> Path:
        """Events as Parquet files, by day and source."""
        return self.path / "lake"

    @property
    def dead_letters(self) -> Path:
        """Input that could not be read, sealed, each with its reason."""
        return self.path / "dead-letter"

    @property
    def vault(self) -> Path:
        """Evidence, encrypted."""
        return self.path / "vault"

    @property
    def patients(self) -> Path:
        """Keyed fingerprints of the merchant's patients, and the invented ones that were planted."""
        return self.path / "patients"

    @property
    def rules(self) -> Path:
        """Rules of the merchant's own, beside those that come with Hemostat."""
        return self.path / "rules"

    @property
    def posture(self) -> Path:
        """What checks of posture found, and when it changed."""
        return self.path / "posture.sqlite3"

    @property
    def fields_file(self) -> Path:
        """The merchant's own names of fields and words of health; it need not be there."""
        return self.path / "fields.yaml"

    @property
    def logs(self) -> Path:
        """What our own processes say: words and ids, never a record."""
        return self.path / "logs"

    @property
    def settings_file(self) -> Path:
        """The settings of this home."""
        return self.path / "hemostat.toml"

    def exists(self) -> bool:
        """Has this home been made?"""
        return self.settings_file.exists()

    def settings(self) -> Settings:
        """The settings as they are on disk, also when somebody edited the file by hand a moment ago; they are to be read only.

        Raises `BadSettings` with the place of the fault.
        """
        try:
            return _understood(self.settings_file.read_bytes())
        except FileNotFoundError as error:
            raise BadSettings(f"{self.path} is not a Hemostat home.", advice="Make one with `hemostat init`.") from error
        except (msgspec.DecodeError, ValueError, RecursionError) as error:  # not UTF-8, no date of the calendar, too deep
            raise BadSettings(f"{self.settings_file.name}: {error}", advice="Correct the line and start again.") from error

    def keyring(self, settings: Settings) -> Keyring:
        """The keys of this home."""
        return Keyring(self.path / "keys", kind=settings.kind)

    def create(self, settings: Settings, *, keyed: Callable[[Source], bool] = lambda _: True) -> None:
        """The home exists, with its folders, settings and the keys that every home has; existing keys stay.

        keyed: which sources have a bearer key of their own; all of them when nobody says it.
        """
        for folder in (self.path, self.lake, self.dead_letters, self.vault, self.rules, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.write(settings)
        keyring = self.keyring(settings)
        for name in ("spool", "vault", "pseudonym", "ledger", "console"):
            keyring.ensure(name)
        for name, source in settings.sources.items():
            if keyed(source):
                keyring.ensure(f"source.{name}")

    def change(self, made: Callable[[Settings], Settings]) -> Settings:
        """The settings are what `made` makes of them as they are now; a copy of the file as it was lies beside it.

        Nobody else changes them in between. Comments in the file are lost. Raises what `made` raises; then nothing has changed.
        """
        with (self.path / "hemostat.toml.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            settings = made(self.settings())
            before = self.settings_file.with_suffix(".toml.before")
            replace_file(before, self.settings_file.read_bytes())
            self.write(settings)
        return settings

    def write(self, settings: Settings) -> None:
        """The settings file holds `settings`. A table without entries is left out, so that a person can add it at the end."""
        tables = {name: value for name, value in msgspec.to_builtins(settings).items() if value != {}}
        replace_file(self.settings_file, tomli_w.dumps(_without_nothing(tables)).encode())


@lru_cache(maxsize=4)
def _understood(content: bytes) -> Settings:
    """What these bytes say. They are read each time and compared, since neither an mtime nor an inode tells of every change."""
    return msgspec.toml.decode(content, type=Settings)


def _without_nothing(value: Any) -> Any:
    """The value without what is None: TOML has no word for it."""
    if isinstance(value, dict):
        return {name: _without_nothing(inner) for name, inner in value.items() if inner is not None}
    return value
