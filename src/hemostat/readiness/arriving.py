"""A test event on its way: sent through the door, seen in the lake with its time, or what is in its way."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec

from hemostat.kernel import HemostatError, Home, Settings, parse_iso
from hemostat.lake import dead_letters
from hemostat.lake.hunt import Hunt, Value
from hemostat.lake.spool import Spool

from .reaching import fault_of, is_here
from .trial_events import Trial, trial_of, why_not

_SQL = """
SELECT time, learnt, source, store, environment, surface, act, actor, app, result, path, resource, operation
FROM events
WHERE source = $source AND learnt >= CAST($since AS TIMESTAMPTZ) AND (environment = 'test') = ($kind = 'test')
ORDER BY learnt DESC, event_id DESC
LIMIT 1
"""
_SECONDS = 15.0
_SLACK = timedelta(minutes=1)
_LONGEST = 300  # characters of an answer that are shown
_STALE = ("stale_signature", "stale")


class NotTaken(HemostatError):
    """The intake did not take the test event; the text says what is wrong."""


class CannotSend(HemostatError):
    """No test event of ours can stand for one of this system."""


def send(home: Home, settings: Settings, name: str, *, now: datetime, base: str = "") -> None:
    """The intake has the test event of a source on its disk.

    base: the address that it is sent to, the public one for instance; "" is the intake of this machine.
    Raises `CannotSend` when only its system can, `NotTaken` with what is in the way, `BadSettings` when its key is missing.
    """
    trial = trial_of(home, settings, name, now=now)
    if trial is None:
        raise CannotSend(why_not(settings, name), advice="Do in the system what it tells of, and wait for it here.")
    here = f"http://{settings.intake.host}:{settings.intake.port}"
    if base and settings.kind == "sandbox" and not is_here(base):
        raise NotTaken(
            "This home is a sandbox: it reaches this machine only.", advice="Send the test event to the intake itself."
        )
    try:
        with httpx.Client(trust_env=False, timeout=_SECONDS, follow_redirects=False) as http:
            answer = http.post(f"{base.rstrip('/') or here}{trial.path}", content=trial.body, headers=trial.headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        advice = "Is the address right, and does the proxy hand it to the intake?" if base else "Start it with `hemostat up`."
        raise NotTaken(f"The intake is not reached at {base or here}: {fault_of(error)}", advice=advice) from None
    if not answer.is_success:
        raise _refusal(name, trial, answer)


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Real events of a source: when the last was received, and which surfaces they were about."""

    last: datetime
    surfaces: tuple[str, ...]


def received(home: Home, name: str, *, since: datetime) -> Received | None:
    """The real events of a source that were received since, as its pulse tells them; None when there are none.

    The lake is not asked: this may be asked every few seconds.
    """
    spool = _spool(home)
    try:
        beats = {surface: last for (source, surface), last in spool.heard().items() if source == name and last >= since}
    finally:
        spool.close()
    return Received(last=max(beats.values()), surfaces=tuple(sorted(beats))) if beats else None


def found(home: Home, name: str, *, since: datetime, test: bool) -> dict[str, Any] | None:
    """The newest row of a source that was received since: a test event of ours, or a real one; None when there is none."""
    if not test and received(home, name, since=since) is None:
        return None
    values: dict[str, Value] = {"source": name, "since": since, "kind": "test" if test else "real"}
    # A test tells of the moment of its sending: older files need not be read. A real event may be late.
    rows = Hunt(home).query(_SQL, values, since=since - _SLACK if test else None).to_pylist()
    return dict(rows[0]) if rows else None


def in_the_way(home: Home, name: str, *, since: datetime) -> HemostatError | None:
    """Why nothing is seen: a letter that could not be read, or messages that the worker has not taken; None when nothing came."""
    spool = _spool(home)
    try:
        lag, last = spool.lag(), spool.last_batch()
    finally:
        spool.close()
    letters = dead_letters.waiting(home.dead_letters, last_batch=last)
    for one in (one for one in letters if one.source == name and parse_iso(one.learnt) >= since):
        return NotTaken(f"Something came, and could not be read: {one.reason}", advice=one.advice)
    if lag.messages:
        reason = f"{lag.messages:,} messages are on disk and wait for the worker."
        return NotTaken(reason, advice="Does it run? `hemostat up` starts it; the page Sources shows how far it is behind.")
    return None


def _spool(home: Home) -> Spool:
    settings = home.settings()
    return Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)


def _refusal(name: str, trial: Trial, answer: httpx.Response) -> NotTaken:
    """What the intake's answer means for whoever set the source up."""
    code = answer.status_code
    told = _told(answer)
    if code == httpx.codes.UNAUTHORIZED and any(word in answer.text for word in _STALE):
        return NotTaken("The intake says that the signature is old: its clock is not ours.", advice="Set the clocks right (NTP).")
    if code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        advice = "Does the intake of another home answer at this address? Both must see the same folder of keys."
        return NotTaken(f"The intake does not take the key of {name}: {told}", advice=advice)
    if code == httpx.codes.NOT_FOUND:
        advice = "Does the intake of another home, or something else, answer at this address?"
        return NotTaken(f"Nothing is received at {trial.path}: {told}", advice=advice)
    if code in {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS}:
        return NotTaken(f"The intake has no room now: {told}", advice="Is the worker running? Is the disk full? Try again.")
    return NotTaken(f"The intake answered {code}: {told}", advice="Compare the source's settings with its guide.")


def _told(answer: httpx.Response) -> str:
    """The reason in an answer of ours, on one line; nothing of what another server may have written."""
    try:
        record = msgspec.json.decode(answer.content[:65_536], type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"{answer.status_code} without a reason of ours."
    words = [str(record.get(name, "")) for name in ("reason", "message", "text") if record.get(name)]
    return " ".join(words)[:_LONGEST] or f"{answer.status_code}."
