"""Is our own intake reached, on this machine and from outside? And what is wrong with a connection, in words."""

from urllib.parse import urlsplit

import httpx

from hemostat.kernel import Settings
from hemostat.stores.checks import Check

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECONDS = 10.0


def door_checked(settings: Settings) -> list[Check]:
    """Is the intake there, on this machine and under its public address?"""
    here = f"http://{settings.intake.host}:{settings.intake.port}"
    found = [_door("The intake answers on this machine", here, "Start it: `hemostat up`.")]
    public = settings.intake.public
    if not public or (settings.kind == "sandbox" and not is_here(public)):
        return found
    advice = "Let your proxy hand https://HOST/in/, /v1/logs and /services/collector to the intake."
    return [*found, _door(f"The intake answers under {public}", public, advice)]


def is_here(address: str) -> bool:
    """Is it an address of this machine?"""
    return urlsplit(address).hostname in _LOOPBACK


def _door(title: str, base: str, advice: str) -> Check:
    try:
        answer = httpx.get(f"{base}/healthz", timeout=_SECONDS, trust_env=False, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Check(title=title, good=False, reason=f"{fault_of(error)} {advice}")
    if answer.status_code == httpx.codes.OK and b'"ok"' in answer.content[:100]:
        return Check(title=title, good=True)
    return Check(title=title, good=False, reason=f"It answers {answer.status_code}, and not as our intake does. {advice}")


def fault_of(error: Exception) -> str:
    """What is wrong with a connection, in a sentence: its text is looked at for TLS only, since it may hold what was sent."""
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        if "expired" in text:
            return "The TLS certificate has expired."
        if "not yet valid" in text:
            return "The TLS certificate is not valid yet: is a clock wrong?"
        return "The TLS certificate is not one that others trust, or is for another name."
    if "SSL" in text or "TLS" in text:
        return "What answers does not speak TLS as it should."
    if isinstance(error, httpx.ConnectTimeout | httpx.ReadTimeout):
        return "Nothing answers in time."
    return "Nothing answers there."
