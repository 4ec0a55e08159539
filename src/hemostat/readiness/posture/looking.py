"""One look: every check is asked once, each on its own, and answers with a verdict and its evidence."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TypeVar

from hemostat.events import Surface
from hemostat.kernel import BadSettings, HemostatError, Home, Settings, log
from hemostat.readiness.coverage import stores
from hemostat.sources.probes import probe_mark
from hemostat.sources.trials import trial_key
from hemostat.stores.snapshot import Snapshot, snapshot_latest

from . import magento, shopify
from .across import ACROSS, Around, query_log_off
from .book import checks
from .configured import Judge, Look
from .prober import Prober
from .probes import MAGENTO, PROBES, Asking, probed
from .verdicts import Answer, Result, unknown

T = TypeVar("T", Answer, Answer | None)

_OF_PLATFORM = {"shopify": shopify.CHECKS, "magento": magento.CHECKS}
_QUERY_LOG = "query-log-off"


def look(home: Home, *, now: datetime, prober: Prober | None = None) -> list[Result]:
    """What every check says now. A check that cannot be asked is unknown, with the reason, and hides no other.

    Raises `BadSettings` when the settings use a word that is none of ours, or the home has no key for marks.
    """
    settings = home.settings()
    _check(settings)
    keyring = home.keyring(settings)
    platforms = {store: platform for store, platform in stores(settings).items() if platform}
    snapshots = {store: _snapshot(home, store) for store in platforms}
    asking = Asking(settings, keyring, prober or _prober(home, settings, now), now)
    around = Around(home, settings, {store: one for store, (one, _) in snapshots.items()}, platforms, now)
    return [
        *_of_stores(around, {store: fault for store, (_, fault) in snapshots.items()}),
        *_of_addresses(asking),
        *(_result(check, "", partial(ask, around)) for check, ask in ACROSS.items()),
    ]


def every() -> set[str]:
    """The ids of all checks that can be asked."""
    return {*shopify.CHECKS, *magento.CHECKS, *MAGENTO, *PROBES, *ACROSS, _QUERY_LOG}


def _of_stores(around: Around, damaged: dict[str, str]) -> Iterator[Result]:
    for store, platform in around.platforms.items():
        seen = Look(store, around.settings, around.snapshots[store], around.now)
        for check, judge in _OF_PLATFORM[platform].items():
            if (found := _judged(check, judge, seen, damaged[store])) is not None:
                yield Result(check=check, store=store, surfaces=checks()[check].surfaces, answer=found)
        if platform == "magento":
            yield _result(_QUERY_LOG, store, partial(query_log_off, around, store))


def _judged(check: str, judge: Judge, seen: Look, damaged: str) -> Answer | None:
    return unknown(damaged) if damaged else _isolated(check, partial(judge, seen))


def _of_addresses(asking: Asking) -> Iterator[Result]:
    for store, base in asking.settings.magento_stores.items():
        for check, ask in MAGENTO.items():
            yield _result(check, store, partial(ask, asking, base.rstrip("/")))
    for check in PROBES:
        for surface in checks()[check].surfaces:
            answer = _isolated(check, partial(probed, asking, check, surface))
            yield Result(check=check, store="", surfaces=(surface,), answer=answer, apart=True)


def _result(check: str, store: str, ask: Callable[[], Answer]) -> Result:
    return Result(check=check, store=store, surfaces=checks()[check].surfaces, answer=_isolated(check, ask))


def _isolated(check: str, ask: Callable[[], T]) -> T | Answer:
    """The answer of a check; one that breaks is unknown, and keeps no other from its answer."""
    try:
        return ask()
    except HemostatError as error:
        return unknown(f"{error} {error.advice()}".strip())
    except Exception as error:  # noqa: BLE001  # what a strange snapshot or answer brings about ends no look; its words may hold anything
        log.get().error("posture.failed", step=check, error=type(error).__name__)
        return unknown(f"The check itself failed ({type(error).__name__}): report the fault.")


def _snapshot(home: Home, store: str) -> tuple[Snapshot | None, str]:
    """The newest snapshot of a store, and what is wrong with its file, if anything is."""
    try:
        return snapshot_latest(home, store), ""
    except HemostatError as error:
        return None, f"{error} {error.advice()}".strip()


def _prober(home: Home, settings: Settings, now: datetime) -> Prober:
    key = trial_key(home.keyring(settings).secret("pseudonym"))
    return Prober(inside=settings.kind == "sandbox", mark=lambda target: probe_mark(target, now, key))


def _check(settings: Settings) -> None:
    for probe in settings.posture.probes:
        if probe.surface not in set(Surface):
            raise BadSettings(
                f"A probe of posture is for the surface {probe.surface!r}, which is none.",
                advice=f"Use one of: {', '.join(Surface)}.",
            )
        if (probe.kind == "owned") != bool(probe.other):
            raise BadSettings(
                f"A probe of posture of kind {probe.kind!r} has {'an' if probe.other else 'no'} `other`.",
                advice="Of kind `owned` name a record of each person, as `url` and `other`; other kinds have one address.",
            )
