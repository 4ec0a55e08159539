"""Channels of senders that ask later whether their requests were kept, as with Splunk's indexer acknowledgment."""

from collections import OrderedDict

_MOST = 10_000  # channels remembered; of one that was forgotten every number is unknown, and its sender sends again


class Channels:
    """How many requests of each channel are on disk. A number below that count was given to one that is."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()

    def kept(self, source: str, channel: str) -> int:
        """One more request is on disk; its number."""
        number = self._counts.pop((source, channel), 0)
        self._counts[source, channel] = number + 1
        if len(self._counts) > self._most:
            self._counts.popitem(last=False)
        return number

    def is_kept(self, source: str, channel: str, number: int) -> bool:
        """Is the request with this number on disk? False also when nobody knows any more."""
        return 0 <= number < self._counts.get((source, channel), 0)
