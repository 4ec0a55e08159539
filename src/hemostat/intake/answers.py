"""What the door says. Refusals name the fault and the way out, and never repeat what was sent."""

from collections.abc import Mapping

import msgspec


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP answer. Header names are lowercase."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """The request is not taken: `error` is a word for machines, reason and advice are for people."""

    def __init__(self, status: int, error: str, reason: str, *, advice: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.error = error
        self.reason = reason
        self.advice = advice
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        """The refusal as JSON."""
        return Answer(
            status=self.status,
            body=msgspec.json.encode({"error": self.error, "reason": self.reason, "advice": self.advice}),
            headers=tuple(self.headers.items()),
        )


def accepted(*, records: int, duplicate: bool, seq: int) -> Answer:
    """The message is on disk under `seq`; a duplicate added nothing."""
    return Answer(status=200, body=msgspec.json.encode({"accepted": records, "duplicate": duplicate, "seq": seq}))


def try_later(error: str, reason: str, *, advice: str, seconds: int) -> Refused:
    """The request may come again after `seconds`."""
    return Refused(503, error, reason, advice=advice, headers={"retry-after": str(seconds)})
