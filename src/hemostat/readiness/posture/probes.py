"""Checks that ask addresses: those that the settings name for a surface, and those that every Magento store has."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from hemostat.kernel import BadSettings, Keyring, Probe, Settings

from .book import lists
from .pages import links_of, lives, trackers_of
from .prober import Heard, Prober, place_of
from .verdicts import Answer, Fault, judged, together, unknown

_FORGED = "signature=0000000000000000000000000000000000000000000000000000000000000000"
_PASSWORD_PAGE = "/password"  # noqa: S105  # where Shopify sends visitors of a store that is closed
_REDIRECTS = range(300, 400)
_DIRECTIVES = frozenset({"no-store", "no-cache", "private", "public", "max-age", "s-maxage", "must-revalidate", "immutable"})


class Asking(NamedTuple):
    """One look at addresses, at `now`."""

    settings: Settings
    keyring: Keyring
    prober: Prober
    now: datetime

    def person(self, which: str) -> dict[str, str]:
        """The header that lets a synthetic person in. Raises `BadSettings` without the key, or when it is no header."""
        try:
            value = self.keyring.secret(f"posture.{which}").decode("ascii").strip()
        except UnicodeDecodeError as error:
            raise BadSettings(f"The key 'posture.{which}' is no header.", advice="Give it as the site sends it.") from error
        return {self.settings.posture.header: value}

    def judged(self, faults: Sequence[Fault], evidence: str) -> Answer:
        """It fails when there is a fault; the evidence is of now."""
        return judged(faults, evidence, at=self.now)


def _about(probe_url: str, heard: Heard) -> str:
    return f"{place_of(probe_url)}: {heard.why}"


def _no_store(asking: Asking, probe: Probe) -> Answer:
    heard = _page(asking, probe)
    if heard.stand != "given":
        return unknown(f"{_about(probe.url, heard)} Only a page that is shown tells.")
    # The names of directives alone: what stands behind them is the site's, and nobody knows what it holds.
    said_of_caches = _DIRECTIVES & {
        word.partition("=")[0].strip().lower() for word in heard.headers.get("cache-control", "").split(",")
    }
    said = f"It says `Cache-Control: {', '.join(sorted(said_of_caches))}`." if said_of_caches else "It says nothing of caches."
    faults = [] if "no-store" in said_of_caches else [Fault(where=place_of(probe.url), what=said)]
    return asking.judged(faults, f"{place_of(probe.url)} answered {heard.status}. {said}")


def _trackers(asking: Asking, probe: Probe) -> Answer:
    heard = _page(asking, probe)
    if heard.stand != "given":
        return unknown(f"{_about(probe.url, heard)} Only a page that is shown tells.")
    if "html" not in heard.headers.get("content-type", ""):
        return unknown(f"{place_of(probe.url)}: It answers with something that is no page.")
    found = trackers_of(heard.body)
    faults = [Fault(where=place_of(probe.url), what=f"It loads from {network}: {owner}.") for network, owner in found.items()]
    return asking.judged(faults, f"{place_of(probe.url)} was read, {len(heard.body):,} bytes, without running its code.")


def _page(asking: Asking, probe: Probe) -> Heard:
    headers = asking.person("a") if probe.signed_in else {}
    return asking.prober.ask(probe.url, headers=headers, whole=True)


def _closed(asking: Asking, probe: Probe) -> Answer:
    return _refuses(asking, probe.url, asking.prober.ask(probe.url), "It answers a stranger with what it guards.")


def _signed_proxy(asking: Asking, probe: Probe) -> Answer:
    mark = "&" if "?" in probe.url else "?"
    ways = {"without a signature": probe.url, "with a wrong signature": f"{probe.url}{mark}{_FORGED}"}
    return together([_refuses(asking, url, asking.prober.ask(url), f"It answers a call {how}.") for how, url in ways.items()])


def _refuses(asking: Asking, url: str, heard: Heard, otherwise: str) -> Answer:
    """It holds when the address refuses, fails when it gives. Where nothing is, nothing could be refused."""
    if heard.stand == "nothing":
        return unknown(f"{place_of(url)}: Nothing is there ({heard.status}): name an address that exists.")
    if heard.stand == "unknown":
        return unknown(_about(url, heard))
    faults = [Fault(where=place_of(url), what=otherwise)] if heard.stand == "given" else []
    return asking.judged(faults, f"{place_of(url)} answered {heard.status}.")


def _owned(asking: Asking, probe: Probe) -> Answer:
    """Each has his own, and neither has the other's: a refusal proves nothing while the key of who was refused opens nothing."""
    people = {"a": (probe.url, probe.other), "b": (probe.other, probe.url)}
    faults = []
    for which, (own, foreign) in people.items():
        header = asking.person(which)
        heard = asking.prober.ask(own, headers=header)
        if heard.stand != "given":
            return unknown(f"{_about(own, heard)} It is the record of person {which} himself, so the key may have ended.")
        heard = asking.prober.ask(foreign, headers=header)
        if heard.stand == "unknown":
            return unknown(_about(foreign, heard))
        if heard.stand == "given":
            faults.append(Fault(where=place_of(foreign), what=f"Person {which} was given the record of the other."))
    return asking.judged(faults, f"Two synthetic people were given their own records, at {place_of(probe.url)} and the like.")


def _object(asking: Asking, probe: Probe) -> Answer:
    heard = asking.prober.ask(probe.url, method="HEAD")
    return _refuses(asking, probe.url, heard, "It is given to whoever asks.")


def _link(asking: Asking, probe: Probe) -> Answer:
    heard = asking.prober.ask(probe.url, headers=asking.person("a"), whole=True)
    if heard.stand != "given" and heard.status not in _REDIRECTS:
        return unknown(_about(probe.url, heard))
    spans = [span for link in links_of(heard.body, heard.headers.get("location", "")) if (span := lives(link, asking.now))]
    if not spans:
        return unknown(f"{place_of(probe.url)}: Its answer holds no signed link of S3, CloudFront, Google or Azure.")
    longest, most = max(spans), timedelta(minutes=asking.settings.posture.link_minutes)
    said = f"The link lives for {_span(longest)}"
    faults = [Fault(where=place_of(probe.url), what=f"{said}; {_span(most)} are allowed.")] if longest > most else []
    return asking.judged(faults, f"{place_of(probe.url)} made a link. {said}.")


def _span(duration: timedelta) -> str:
    hours = duration.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 24 else f"{hours * 60:,.0f} minutes"  # noqa: PLR2004  # hours of a day


def _staging(asking: Asking, probe: Probe) -> Answer:
    heard = asking.prober.ask(probe.url)
    leads_to = urlsplit(heard.headers.get("location", ""))
    is_own = leads_to.hostname in {None, urlsplit(probe.url).hostname}
    if heard.status in _REDIRECTS and is_own and leads_to.path.rstrip("/") == _PASSWORD_PAGE:
        return asking.judged([], f"{place_of(probe.url)} leads to the page that asks for the store's password.")
    return _refuses(asking, probe.url, heard, "It answers the public.")


PROBES: Mapping[str, tuple[str, Callable[[Asking, Probe], Answer]]] = {
    "no-store": ("page", _no_store),
    "trackers": ("page", _trackers),
    "closed-routes": ("closed", _closed),
    "signed-proxy": ("proxy", _signed_proxy),
    "ownership": ("owned", _owned),
    "objects-closed": ("object", _object),
    "link-lifetime": ("link", _link),
    "staging-closed": ("staging", _staging),
}
"""The checks of addresses that the settings name: the kind of address that each asks, and how."""


def probed(asking: Asking, check: str, surface: str) -> Answer:
    """The answer of a check about the addresses of a surface."""
    kind, ask = PROBES[check]
    named = [probe for probe in asking.settings.posture.probes if probe.kind == kind and probe.surface == surface]
    if check == "trackers":
        named = named or _own_pages(asking.settings, surface)
    if not named:
        return unknown(f"No address of kind `{kind}` is named for {surface} under `posture.probes`.")
    return together([_tried(asking, probe, ask) for probe in named])


def _own_pages(settings: Settings, surface: str) -> list[Probe]:
    """Pages that every Magento store has, in which trackers are looked for where nobody named a page."""
    return [
        Probe(kind="page", surface=surface, url=f"{base.rstrip('/')}{path}")
        for base in settings.magento_stores.values()
        for path, of in lists().magento_pages.items()
        if of == surface
    ]


def _tried(asking: Asking, probe: Probe, ask: Callable[[Asking, Probe], Answer]) -> Answer:
    try:
        return ask(asking, probe)
    except BadSettings as error:
        return unknown(f"{place_of(probe.url)}: {error}")


def _rest_closed(asking: Asking, base: str) -> Answer:
    """Routes with a permission refuse; a cart of a guest has a long name, so that at a plain number there is nothing."""
    routes = [f"{base}{route}" for route in lists().magento_routes]
    carts = [f"{base}{route}" for route in lists().magento_numbers]
    return together(
        [
            *(_refuses(asking, url, asking.prober.ask(url), "It answers a stranger.") for url in routes),
            *(_absent(asking, url, asking.prober.ask(url), "It answers a stranger at a plain number.") for url in carts),
        ]
    )


def _files_closed(asking: Asking, base: str) -> Answer:
    return together([_file(asking, f"{base}{path}") for path in lists().magento_files])


def _file(asking: Asking, url: str) -> Answer:
    heard = asking.prober.ask(url, method="HEAD")
    if heard.stand == "given" and "html" in heard.headers.get("content-type", ""):
        return unknown(f"{place_of(url)}: It answers with a page, as some sites do for whatever is asked.")
    return _absent(asking, url, heard, "It is given to whoever asks.")


def _admin_path(asking: Asking, base: str) -> Answer:
    url = f"{base}/admin"
    return _absent(asking, url, asking.prober.ask(url, method="HEAD"), "The admin answers where everybody looks first.")


def _absent(asking: Asking, url: str, heard: Heard, otherwise: str) -> Answer:
    """It holds when nothing is there, or it is refused; it fails when something is given."""
    if heard.stand == "unknown":
        return unknown(_about(url, heard))
    faults = [Fault(where=place_of(url), what=otherwise)] if heard.stand == "given" else []
    return asking.judged(faults, f"{place_of(url)} answered {heard.status}.")


MAGENTO: Mapping[str, Callable[[Asking, str], Answer]] = {
    "rest-closed": _rest_closed,
    "files-closed": _files_closed,
    "admin-path": _admin_path,
}
"""The checks of addresses that every Magento store has."""
