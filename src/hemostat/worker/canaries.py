"""Canaries: every few minutes a sign of our own goes through the door of each source, as its sender would bring it.

It takes the address that senders know (`intake.public`), is signed with the source's own key, and ends before it becomes an
event. When it is not seen in the lake soon after, `lake.watch` opens a gap: a proxy, a certificate, a key or a process of ours is
broken.

What a sender signs with a key that only it holds (Adobe's) cannot be tried as far: there the door is asked for a source that it
does not know, and its refusal is the proof, of the way to the door only.
"""

import hashlib
import hmac
import secrets
import socket
import ssl
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx
import msgspec

from hemostat.kernel import Clock, HemostatError, Home, Keyring, Settings, Source, SyslogPort, iso
from hemostat.lake import life
from hemostat.lake.life import Arrived
from hemostat.sources import KINDS, options_of, shopify_source_name, sources_of
from hemostat.sources.doors import comes_in
from hemostat.sources.signs import Sign, canary, canary_object
from hemostat.sources.twilio import Options as TwilioOptions
from hemostat.sources.twilio_signature import signature_of as twilio_signature
from hemostat.sources.zoom_signature import signature_of as zoom_signature

_TURN = 10.0  # seconds between two looks at what is due
_AGAIN = 60.0  # seconds after a canary that was not taken
_PATIENCE = 10.0  # seconds that a door has
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # where to knock when it listens everywhere
_JSON = "application/json"
_NOBODY = "hemostat.canary"  # a source of this name is none


class Knock(msgspec.Struct, frozen=True, kw_only=True):
    """One request through a door. `answer` is the status that shows that the door has it, `says` a part of what it says then."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    answer: int = 200
    says: bytes = b""


class NotTaken(Exception):
    """The door did not take a canary, for the reason that the text says: words of ours only."""


class Canaries:
    """The canaries of a home, one source after the other. `poll` sends those that are due."""

    every = _TURN

    def __init__(self, home: Home, *, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._due: dict[str, float] = {}
        # The system's own authorities, and no proxy of the environment: the way of a sender, as far as we can go it.
        self._client = httpx.Client(trust_env=False, timeout=_PATIENCE, verify=ssl.create_default_context())

    def poll(self) -> bool:
        """A canary went through each door that was due; False."""
        settings = self._home.settings()
        tried = tried_sources(settings, self._home.keyring(settings))
        life.canaries_forget(self._home, but=tried)
        for name in tried:
            if time.monotonic() >= self._due.get(name, 0.0):
                is_taken = self._try(name, settings)
                self._due[name] = time.monotonic() + (60.0 * settings.intake.canary_minutes if is_taken else _AGAIN)
        return False

    def close(self) -> None:
        """Connections are closed."""
        self._client.close()

    def _try(self, name: str, settings: Settings) -> bool:
        token, now = secrets.token_hex(16), self._clock.now()
        # On record before it is sent, so that whoever sees it knows it.
        life.canary_sent(self._home, source=name, token=token, now=now)
        try:
            is_proof = self._send(name, token, settings)
        except (NotTaken, HemostatError) as error:
            life.canary_sent(self._home, source=name, token=token, now=now, fault=str(error))
            return False
        if is_proof:
            life.signs_arrived(self._home, [Arrived(source=name, at=now, sign=Sign(token=token))])
        return True

    def _send(self, name: str, token: str, settings: Settings) -> bool:
        """The door has it; True when nothing further will be seen of it. Raises `NotTaken`, or `BadSettings` without a key."""
        if ports := [port for port in settings.intake.syslog if port.source == name]:
            _say(self._home, ports[0], _syslog_text(settings.sources[name].kind, token, iso(self._clock.now())))
            return False
        keyring = self._home.keyring(settings)
        at = int(self._clock.now().timestamp())
        knock = knock_for(name, sources_of(settings)[name], token=token, settings=settings, keyring=keyring, at=at)
        self._answer(knock)
        return knock.answer != 200  # noqa: PLR2004  # taken

    def _answer(self, knock: Knock) -> None:
        try:
            answered = self._client.post(knock.url, content=knock.body, headers=dict(knock.headers))
        except httpx.TimeoutException as error:
            raise NotTaken(f"the door did not answer within {_PATIENCE:g} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            is_certificate = "CERTIFICATE" in str(error).upper()
            raise NotTaken("its certificate is not trusted" if is_certificate else "the door cannot be reached") from error
        if answered.status_code != knock.answer or knock.says not in answered.content:
            raise NotTaken(f"the door answered {answered.status_code}")


def tried_sources(settings: Settings, keyring: Keyring) -> list[str]:
    """The sources whose doors are tried: all that are sent to us, but for syslog whose senders must show certificates.

    A source that we fetch, and a store without an entry of its own, need not send: they are tried when their secret is there.
    """
    closed = {port.source for port in settings.intake.syslog if port.clients}
    return [
        name
        for name, source in sources_of(settings).items()
        if name not in closed and _has_door(name, source, settings) and _may_send(name, source, settings, keyring)
    ]


def _has_door(name: str, source: Source, settings: Settings) -> bool:
    if source.kind not in KINDS or not comes_in(source):
        return False
    # Of two entries for one store's webhooks the first has them all.
    return source.kind != "shopify" or shopify_source_name(settings, source.store) == name


def _may_send(name: str, source: Source, settings: Settings, keyring: Keyring) -> bool:
    if source.feed is None and name in settings.sources:
        return True
    secrets_of = {"shopify": f"shopify.{source.store}", "zoom": f"webhook.{name}", "twilio": f"webhook.{name}"}
    door = KINDS[source.kind].door
    return door not in secrets_of or keyring.has(secrets_of[door])


def knock_for(name: str, source: Source, *, token: str, settings: Settings, keyring: Keyring, at: int) -> Knock:
    """The request that carries a canary to a source, signed at `at`, in seconds since 1970. Raises `BadSettings` without a key.

    The door must be one of HTTP.
    """
    door = KINDS[source.kind].door
    host, port = _ANYWHERE.get(settings.intake.host, settings.intake.host), settings.intake.port
    base = settings.intake.public.rstrip("/") or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    way = _Way(name=name, source=source, token=token, settings=settings, keyring=keyring, at=at, base=base)
    return _KNOCKS[door](way)


@dataclass(frozen=True, kw_only=True)
class _Way:
    """All that the request of a canary is made of."""

    name: str
    source: Source
    token: str
    settings: Settings
    keyring: Keyring
    at: int
    base: str

    def key(self) -> str:
        """The source's bearer key, as its sender shows it."""
        return self.keyring.secret(f"source.{self.name}").hex()


def _events(way: _Way) -> Knock:
    headers = {"authorization": f"Bearer {way.key()}", "content-type": "application/x-ndjson"}
    return Knock(url=f"{way.base}/in/events/{way.name}", headers=headers, body=canary_object(way.token))


def _otlp(way: _Way) -> Knock:
    record = {"timeUnixNano": str(way.at * 10**9), "body": {"stringValue": canary(way.token)}}
    body = msgspec.json.encode({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    return Knock(url=f"{way.base}/v1/logs", headers={"authorization": f"Bearer {way.key()}", "content-type": _JSON}, body=body)


def _hec(way: _Way) -> Knock:
    headers = {"authorization": f"Splunk {way.key()}", "x-splunk-request-channel": str(uuid.uuid4())}
    body = msgspec.json.encode({"time": way.at, "event": canary(way.token)})
    return Knock(url=f"{way.base}/services/collector/event", headers=headers, body=body)


def _shopify(way: _Way) -> Knock:
    body, store = canary_object(way.token), way.source.store
    secret = way.keyring.secret(f"shopify.{store}")
    headers = {
        "content-type": _JSON,
        "x-shopify-topic": "hemostat/canary",
        "x-shopify-webhook-id": way.token,
        "x-shopify-shop-domain": way.settings.shopify_stores.get(store, ""),
        "x-shopify-hmac-sha256": b64encode(hmac.digest(secret, body, "sha256")).decode(),
    }
    return Knock(url=f"{way.base}/in/shopify/{store}", headers=headers, body=body)


def _zoom(way: _Way) -> Knock:
    body, stamp = canary_object(way.token), str(way.at)
    signature = zoom_signature(body, timestamp=stamp, secret=way.keyring.secret(f"webhook.{way.name}"))
    headers = {"content-type": _JSON, "x-zm-request-timestamp": stamp, "x-zm-signature": signature}
    return Knock(url=f"{way.base}/in/zoom/{way.name}", headers=headers, body=body)


def _twilio(way: _Way) -> Knock:
    body = canary_object(way.token)
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    path = f"/in/twilio/{way.name}"
    told = options_of(way.name, way.source.options, TwilioOptions).url
    host = way.base.partition("://")[2]
    signature = twilio_signature(
        f"{told or f'https://{host}{path}'}?{query}", form=b"", token=way.keyring.secret(f"webhook.{way.name}")
    )
    url = told if told and way.settings.intake.public else f"{way.base}{path}"
    return Knock(url=f"{url}?{query}", headers={"content-type": _JSON, "x-twilio-signature": signature}, body=body)


def _asked(way: _Way) -> Knock:
    # An unsigned delivery under the source's own name would be taken for what it looks like: a sender with a wrong key.
    url = f"{way.base}/in/{KINDS[way.source.kind].door}/{_NOBODY}"
    return Knock(url=url, headers={"content-type": _JSON}, body=b"{}", answer=404, says=b"unknown_source")


_KNOCKS: Mapping[str, Callable[[_Way], Knock]] = {
    "events": _events,
    "otlp": _otlp,
    "hec": _hec,
    "shopify": _shopify,
    "zoom": _zoom,
    "twilio": _twilio,
    "adobe-events": _asked,
    "commerce-webhooks": _asked,
}


def _syslog_text(kind: str, token: str, time_: str) -> bytes:
    """A canary as the reader of a kind knows it: whole messages for syslog, bare text for those that read lines."""
    return f"<14>1 {time_} hemostat hemostat - canary - {canary(token)}".encode() if kind == "syslog" else canary(token).encode()


def _say(home: Home, port: SyslogPort, text: bytes) -> None:
    """The text went to a syslog port, which answers nothing. Raises `NotTaken`."""
    frame = b"%d %s" % (len(text), text) if port.framing == "octet-counting" else text + b"\n"
    host = _ANYWHERE.get(port.host, port.host)
    try:
        with socket.create_connection((host, port.port), timeout=_PATIENCE) as bare:
            if not port.certificate:
                bare.sendall(frame)
                return
            with _context(home, port).wrap_socket(bare, server_hostname=host) as wrapped:
                wrapped.sendall(frame)
                with suppress(OSError):  # that it hangs up in its own way is no fault
                    wrapped.unwrap()
    except ssl.SSLCertVerificationError as error:
        raise NotTaken("its certificate is not trusted") from error
    except OSError as error:
        raise NotTaken("the port of syslog cannot be reached") from error


def _context(home: Home, port: SyslogPort) -> ssl.SSLContext:
    """Who listens must be who the settings say, with a certificate that is in force; its name is for senders to check."""
    context = ssl.create_default_context(cafile=str(home.path / port.certificate))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context
