"""One request to a receiver: a whole answer, or `Unavailable`. No redirects, no proxies from outside, bounds on all."""

import gzip
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
import msgspec

from hemostat.kernel import BadSettings

from .base import Misconfigured, Unavailable

_LONGEST_ANSWER = 1_000_000  # bytes; what a receiver says is a few lines
_LONGEST_PAUSE = 3600.0  # seconds; a receiver that asks for more is asked again after this
_NO_KEY, _NO_RIGHT, _NOT_NOW = 401, 403, 503


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver said. Header names are lowercase."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def after(self, name: str = "retry-after") -> float | None:
        """The seconds that a header asks to wait, or None; a date there (RFC 9110, 10.2.3) counts as None."""
        text = self.headers.get(name, "")
        return min(float(text), _LONGEST_PAUSE) if text.isascii() and text.isdigit() else None


class Wire:
    """Connections to one receiver. `seconds` bound each step of a request, and four times as many the whole of it."""

    def __init__(self, url: str, *, seconds: float, ca: str = "") -> None:
        self._url = checked(url).rstrip("/")
        self._seconds = seconds
        self._host = urlsplit(url).netloc
        try:
            trusted = ssl.create_default_context(cafile=ca or None) if self._url.startswith("https:") else False
        except (OSError, ssl.SSLError) as error:
            raise BadSettings(f"The option ca names no readable certificates: {ca}.", advice="Name a PEM file.") from error
        self._client = httpx.Client(timeout=seconds, verify=trusted, trust_env=False, follow_redirects=False)

    def post(self, path: str, body: bytes, *, headers: Mapping[str, str], compress: bool = True) -> Answer:
        """The whole answer. Raises `Unavailable` when there was none: then nobody knows whether the body arrived."""
        sent = {**headers, "content-encoding": "gzip"} if compress else dict(headers)
        content = gzip.compress(body, compresslevel=5, mtime=0) if compress else body
        return self._asked("POST", path, content, headers=sent)

    def get(self, path: str, *, headers: Mapping[str, str]) -> Answer:
        """The whole answer to a question. Raises `Unavailable` when there was none."""
        return self._asked("GET", path, None, headers=headers)

    def _asked(self, method: str, path: str, content: bytes | None, *, headers: Mapping[str, str]) -> Answer:
        began = time.monotonic()
        try:
            with self._client.stream(method, self._url + path, content=content, headers=dict(headers)) as response:
                read = bytearray()
                for piece in response.iter_bytes():
                    read += piece
                    if len(read) > _LONGEST_ANSWER or time.monotonic() - began > 4 * self._seconds:
                        raise Unavailable(f"{self._host} does not come to the end of its answer.")
                return Answer(status=response.status_code, headers=dict(response.headers), body=bytes(read))
        except httpx.TimeoutException as error:
            untouched = isinstance(error, httpx.ConnectTimeout)
            raise Unavailable(f"{self._host} did not answer within {self._seconds:g} seconds.", untouched=untouched) from error
        except httpx.ConnectError as error:
            raise Unavailable(f"{self._host} cannot be reached{_why(error)}.", untouched=True) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise Unavailable(f"The connection to {self._host} broke off.") from error

    def close(self) -> None:
        """The connections are closed."""
        self._client.close()


def checked(url: str) -> str:
    """The address. Raises `BadSettings` when it is none of http or https."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise BadSettings(
            f"Not the address of a receiver: {url[:100]!r}.", advice="Write it like https://splunk.example:8088, without a key."
        )
    return url


def elsewhere(answer: Answer, host: str) -> Misconfigured | Unavailable:
    """What an answer means that no receiver of the kind gives: by its class alone (RFC 9110, section 15).

    After 500, 502, 504 or an odd success nobody knows what was kept; every other answer says that nothing was.
    """
    untouched = 300 <= answer.status < 500 or answer.status == _NOT_NOW  # noqa: PLR2004  # redirects and refusals
    if answer.status in {408, 425, 429} or answer.status >= 500:  # noqa: PLR2004  # server errors
        return Unavailable(f"{host} answered {answer.status}.", after=answer.after(), untouched=untouched)
    if answer.status in {_NO_KEY, _NO_RIGHT}:
        words = f"{host} does not accept the key ({answer.status})."
        return Misconfigured(words, advice="Correct the key with `hemostat key set`.", untouched=untouched)
    return Misconfigured(
        f"{host} answered {answer.status}, as no such receiver does.",
        advice="Check `url`: something else answers there.",
        untouched=untouched,
    )


def _why(error: Exception) -> str:
    """A certificate that is not trusted is a fault of the settings rather than of the network; it is told apart."""
    return ": its certificate is not trusted; name its issuer with the option ca" if "CERTIFICATE_VERIFY" in str(error) else ""
