"""Paging: one short message to every channel of the home, each an address of the apprise library under the key `paging.<name>`.

A page says that something waits and where to look, never what happened: it lands on locked screens, at carriers and in the logs
of others. A sandbox pages nobody; what it would have sent is recorded by its caller as exercise.
"""

import logging
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Thread

import msgspec

from hemostat.kernel import BadSettings, Home, Settings

EXERCISE = "exercise"
"""Stands in place of the channels of a sandbox."""

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
        self._ended: SimpleQueue[tuple[Delivery, Sequence[int]]] = SimpleQueue()

    def sending(self) -> frozenset[str]:
        """The channels with a page on its way, or with one whose end nobody has asked for."""
        return frozenset(self._sending)

    def idle(self) -> list[str]:
        """The channels of the home that can take a page now."""
        return [name for name in channels(self._home.settings()) if name not in self._sending]

    def send(self, message: str, *, to: Sequence[str], about: Sequence[int] = ()) -> None:
        """The page is on its way to those of `to` that are idle; `about` comes back with its end. A sandbox sends nothing."""
        settings = self._home.settings()
        for name in [name for name in self.idle() if name in to]:
            self._sending.add(name)
            if settings.kind == "sandbox":
                self._ended.put((Delivery(channel=name, taken=True), about))
                continue
            # A daemon: a service that answers byte by byte must not keep the process from ending.
            Thread(target=self._deliver, args=(settings, name, message, about), name=f"page {name}", daemon=True).start()

    def ended(self, *, within: float = 0.0) -> list[tuple[Delivery, Sequence[int]]]:
        """Each page that came to its end since the last call; waits for those on their way `within` seconds at most."""
        found = []
        until = time.monotonic() + within
        while self._sending:
            try:
                left = until - time.monotonic()
                delivery, about = self._ended.get(timeout=left) if left > 0 else self._ended.get_nowait()
            except Empty:
                break
            self._sending.discard(delivery.channel)
            found.append((delivery, about))
        return found

    def _deliver(self, settings: Settings, name: str, message: str, about: Sequence[int]) -> None:
        try:
            delivery = _sent(self._home, settings, name, message)
        except Exception as error:  # noqa: BLE001  # the edge of the thread, whose words could hold the address: a secret
            delivery = Delivery(channel=name, taken=False, why=f"The channel could not be used: {type(error).__name__}.")
        self._ended.put((delivery, about))


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
