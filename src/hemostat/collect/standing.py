"""Whether a feed lets us in: while it does not, a gap is on record, since what it holds may expire before it does again."""

from collections.abc import Iterator
from contextlib import contextmanager

from hemostat.kernel import HemostatError

from .base import Post

REFUSED = "the feed does not let us in"


class CannotRead(HemostatError):
    """A feed cannot be read now: it is busy, down, or not reached. It is asked again."""


class FeedRefused(CannotRead):
    """A feed does not let us in, or does not know what we ask for: a person must put it right."""


class Standing:
    """What the feed of a post said last."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._is_in = False

    @contextmanager
    def told(self) -> Iterator[None]:
        """A gap of kind `refused` is open while the feed refuses us, and closed once it no longer does."""
        try:
            yield
        except FeedRefused:
            self._is_in = False
            self._post.gap("refused", REFUSED)
            raise
        if not self._is_in:
            self._post.closed("refused", REFUSED)
            self._is_in = True
