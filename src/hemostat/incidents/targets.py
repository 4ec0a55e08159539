"""The systems that playbook steps may call: their addresses, keys, and the limits of every call."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from hemostat.kernel import BadSettings, HemostatError, Home, Settings
from hemostat.kernel.listening import is_loopback

TIMEOUT = httpx.Timeout(15.0, connect=3.0)


class TargetDown(HemostatError):
    """A system did not answer in time, or could not be reached. Whether it acted is not known."""


class OutsideSandbox(HemostatError):
    """A sandbox tried to call something that is not on this machine. The call was not made."""


class Targets:
    """Makes one client per system of the settings, with its bearer key if it has one.

    A sandbox home reaches loopback addresses only. Proxies of the environment are ignored, redirects are not followed: a step
    calls what its playbook names, or nothing.
    """

    def __init__(self, home: Home, settings: Settings) -> None:
        self._settings = settings
        self._keyring = home.keyring(settings)

    @classmethod
    def of(cls, home: Home) -> "Targets":
        """The targets of a home, from its settings on disk."""
        return cls(home, home.settings())

    def url(self, name: str) -> str:
        """The base address of a system. Raises `BadSettings` when the settings do not name it."""
        try:
            return self._settings.targets[name].url
        except KeyError as error:
            raise BadSettings(
                f"The settings name no target {name!r}.", advice=f"Add [targets.{name}] with its url to hemostat.toml."
            ) from error

    def variables(self) -> dict[str, str]:
        """`__<name>_url__` for each system: the external variables of a playbook."""
        return {f"__{name.replace('-', '_')}_url__": target.url for name, target in self._settings.targets.items()}

    @contextmanager
    def client(self, name: str) -> Iterator[httpx.Client]:
        """A client that calls this system. Raises `OutsideSandbox` before a sandbox leaves the machine."""
        url = self.url(name)
        if self._settings.kind == "sandbox" and not is_loopback(url):
            raise OutsideSandbox(
                f"The target {name!r} is not on this machine.", advice="A sandbox may call loopback addresses only."
            )
        headers = {"User-Agent": "hemostat"}
        if self._keyring.has(f"target.{name}"):
            headers["Authorization"] = f"Bearer {self._keyring.secret(f'target.{name}').hex()}"
        with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            yield client
