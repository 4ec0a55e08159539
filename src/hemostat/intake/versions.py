"""In which version Shopify's webhooks come, as far as one door has seen: told when it changes, not with each delivery."""

from datetime import UTC, datetime, timedelta

from hemostat.kernel import Source
from hemostat.sources import options_of
from hemostat.sources.shopify import API_VERSION, Options

_AGAIN, _CALM = timedelta(minutes=1), timedelta(hours=1)  # how long a word about the version holds for one source
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Versions:
    """Until when nothing more is told of webhooks that come in another version than the pinned one, or in that, by source."""

    def __init__(self) -> None:
        self._quiet: dict[tuple[str, bool], datetime] = {}
        self._pinned: dict[str, tuple[Source | None, str]] = {}

    def pinned(self, name: str, source: Source | None) -> str:
        """The version that the options of the source name; looked up again when the settings were read anew."""
        known = self._pinned.get(name)
        if known is None or known[0] is not source:
            version = options_of(name, source.options, Options).api_version if source else API_VERSION
            known = self._pinned[name] = source, version
        return known[1]

    def is_news(self, name: str, *, drifted: bool, now: datetime) -> bool:
        """Is it to be told, now, that a webhook came in another version, or in the pinned one? If so it counts as told.

        Subscriptions may differ: it is well only when an hour brought none of another version.
        """
        if now < self._quiet.get((name, drifted), _NEVER):
            return False
        self._quiet[name, False] = now + _CALM
        if drifted:
            self._quiet[name, True] = now + _AGAIN
        return True
