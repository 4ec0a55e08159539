"""Paging: one short message to every channel of the home, each an address of the apprise library under the key `paging.<name>`.

A page says that something waits and where to look, never what happened: it lands on locked screens, at carriers and in the logs
of others. A sandbox pages nobody; what it would have sent is recorded by its caller as exercise.
"""

import logging
import time
from collections.abc import Collection, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

import msgspec

from hemostat.kernel import BadSettings, Home, Settings, log

EXERCISE = "exercise"
"""Stands in place of the channels of a sandbox."""

CLOCKS, GAPS, PRIVACY = "clocks", "gaps", "privacy"
"""What pages are about: who asks for the end of pages hears of his own."""

PATIENCE = 8
"""Seconds that somebody who waits for a page waits; a service that takes it and says nothing is given up a little earlier."""

_FROM = "Hemostat"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a page on one channel; `why` says in a few words why a channel did not take it."""

    channel: str
    taken: bool
    why: str = ""


class Pager:
    """Pages on their way, each in a thread of its own: who sends one never waits for it.

    A channel has one page on its way at a time, so a service that hangs holds up nothing but its own channel. The threads end
    with the process; what was on its way then is on no record, and is sent again by whoever keeps one.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._sending: set[str] = set()
        self._ended: SimpleQueue[tuple[str, Delivery, Sequence[int]]] = SimpleQueue()
        self._for_others: dict[str, list[tuple[Delivery, Sequence[int]]]] = {}

    def sending(self) -> frozenset[str]:
        """The channels with a page on its way, or with one whose end nobody has asked for."""
        return frozenset(self._sending)

    def idle(self) -> list[str]:
        """The channels of the home that can take a page now."""
        return [name for name in channels(self._home.settings()) if name not in self._sending]

    def send(self, message: str, *, to: Sequence[str], about: Sequence[int] = (), topic: str = CLOCKS) -> None:
        """The page is on its way to those of `to` that are idle; `about` comes back with its end. A sandbox sends nothing."""
        settings = self._home.settings()
        for name in [name for name in self.idle() if name in to]:
            self._sending.add(name)
            if settings.kind == "sandbox":
                self._ended.put((topic, Delivery(channel=name, taken=True), about))
                continue
            # A daemon: a service that answers byte by byte must not keep the process from ending.
            about_what = (settings, name, message, topic, about)
            Thread(target=self._deliver, args=about_what, name=f"page {name}", daemon=True).start()

    def ended(self, *, within: float = 0.0, topic: str = CLOCKS) -> list[tuple[Delivery, Sequence[int]]]:
        """Each page of the topic that ended since the last call; waits for those on their way `within` seconds at most."""
        found = self._for_others.pop(topic, [])
        until = time.monotonic() + within
        while self._sending:
            try:
                left = until - time.monotonic()
                its, delivery, about = self._ended.get(timeout=left) if left > 0 else self._ended.get_nowait()
            except Empty:
                break
            self._sending.discard(delivery.channel)
            (found if its == topic else self._for_others.setdefault(its, [])).append((delivery, about))
        return found

    def _deliver(self, settings: Settings, name: str, message: str, topic: str, about: Sequence[int]) -> None:
        try:
            delivery = _sent(self._home, settings, name, message)
        except Exception as error:  # noqa: BLE001  # the edge of the thread, whose words could hold the address: a secret
            delivery = Delivery(channel=name, taken=False, why=f"The channel could not be used: {type(error).__name__}.")
        self._ended.put((topic, delivery, about))


def rounds(told: Sequence[Collection[str]], names: Sequence[str]) -> list[tuple[list[str], list[int]]]:
    """Which channels of `names` still lack which things, by their places in `told`: that names for each who has had it.

    Channels that lack the same things are together, so that each gets one page.
    """
    found: dict[tuple[int, ...], list[str]] = {}
    for name in names:
        if lacking := tuple(place for place, had in enumerate(told) if name not in had):
            found.setdefault(lacking, []).append(name)
    return [(together, list(lacking)) for lacking, together in found.items()]


def ends(pager: Pager, topic: str) -> list[tuple[Sequence[int], list[str]]]:
    """What pages of the topic that ended were about, and the channels that took them; the log names those that did not."""
    found: dict[tuple[int, ...], list[str]] = {}
    for delivery, about in pager.ended(topic=topic):
        taken = found.setdefault(tuple(about), [])
        if delivery.taken:
            taken.append(delivery.channel)
        else:
            log.get().error("paging.failed", source=delivery.channel, reason=delivery.why, count=len(about))
    return [(about, taken) for about, taken in found.items() if taken]


def channels(settings: Settings) -> list[str]:
    """The names of all channels that a page goes to; in a sandbox `exercise` alone, which sends nothing."""
    return [EXERCISE] if settings.kind == "sandbox" else list(dict.fromkeys(settings.paging.channels))


def page(home: Home, message: str, *, to: Sequence[str] | None = None) -> list[Delivery]:
    """`message` was offered to every channel, or to those of `to` that the home has, at the same time.

    It returns after `PATIENCE` seconds at the latest. A channel without a key, or with one that is no address of apprise, is a
    failed delivery like one that does not answer: the others get their page. In a sandbox nothing is sent.
    """
    pager = Pager(home)
    names = [name for name in pager.idle() if to is None or name in to]
    pager.send(message, to=names)
    found = {delivery.channel: delivery for delivery, _ in pager.ended(within=PATIENCE)}
    silent = f"The channel did not answer within {PATIENCE} seconds."
    return [found.get(name) or Delivery(channel=name, taken=False, why=silent) for name in names]


def _sent(home: Home, settings: Settings, name: str, message: str) -> Delivery:
    try:
        address = home.keyring(settings).secret(f"paging.{name}").decode()
    except BadSettings as error:
        return Delivery(channel=name, taken=False, why=str(error))
    except UnicodeDecodeError:
        return Delivery(channel=name, taken=False, why=f"The key 'paging.{name}' is not text.")
    return _offered(name, address, message)


def _offered(name: str, address: str, message: str) -> Delivery:
    from apprise import Apprise, AppriseAsset, AppriseResultStatus  # noqa: PLC0415  # only a home with channels pays for it

    # The lines of these libraries would carry addresses, and an address holds the secret of its channel.
    for library in ("apprise", "urllib3.connectionpool", "requests"):
        logging.getLogger(library).disabled = True
    # No time limit of the library's: it would only leave its own thread behind, which keeps the process from ending.
    service = Apprise(asset=AppriseAsset(app_id=_FROM, app_desc=_FROM, service_timeout=0))
    if not service.add(address) or len(service) != 1:
        return Delivery(channel=name, taken=False, why=f"The key 'paging.{name}' is no address that apprise knows.")
    status = service.notify(body=message).status
    taken = status == AppriseResultStatus.SUCCESS
    return Delivery(channel=name, taken=taken, why="" if taken else f"The channel did not take it: {status.name.lower()}.")
