"""One test event for each door, signed as its vendor signs: what is sent, where to, and why some doors cannot be tested so.

Each carries our mark (`hemostat.sources.trials`), so that it counts for nobody wherever it arrives. Nobody is named in it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from hemostat.kernel import Home, Settings, Source, iso
from hemostat.sandbox.signing import webhook_signature
from hemostat.sandbox.wires import twilio, zoom
from hemostat.sources import KINDS, options_of, source_named
from hemostat.sources.doors import comes_in
from hemostat.sources.shopify import API_VERSION
from hemostat.sources.trials import mark, trial_key
from hemostat.sources.twilio import Options as TwilioOptions

from .setup_guides import guides

_JSON, _TEXT, _LINES = "application/json", "text/plain", "application/x-ndjson"


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One request: the path at the intake, headers and body."""

    path: str
    headers: dict[str, str]
    body: bytes


class _About(msgspec.Struct, frozen=True, kw_only=True):
    """What a test event is made from."""

    home: Home
    settings: Settings
    name: str
    now: datetime
    mark: str

    @property
    def source(self) -> Source:
        """The source that it is for."""
        return source_named(self.settings, self.name)

    @property
    def bearer(self) -> str:
        """The key of the source, as its sender shows it."""
        return self.home.keyring(self.settings).secret(f"source.{self.name}").hex()

    def secret(self, name: str) -> bytes:
        """A secret of the vendor's. Raises `BadSettings` when it is missing."""
        return self.home.keyring(self.settings).secret(name)


def trial_of(home: Home, settings: Settings, name: str, *, now: datetime) -> Trial | None:
    """The test event of a source; None when nobody but its system can send one. Raises `BadSettings` without its key."""
    source = source_named(settings, name)
    if not comes_in(source) or KINDS[source.kind].door not in _MADE:
        return None
    key = trial_key(home.keyring(settings).secret("pseudonym"))
    return _MADE[KINDS[source.kind].door](_About(home=home, settings=settings, name=name, now=now, mark=mark(name, now, key)))


def why_not(settings: Settings, name: str) -> str:
    """Why no test event can be sent to a source, in a sentence."""
    source = source_named(settings, name)
    door = KINDS[source.kind].door
    if not comes_in(source):
        return "Hemostat fetches these events itself: only something that really happens shows that it does."
    if door in {"adobe-events", "commerce-webhooks"}:
        return "Only Adobe holds the key that signs: nobody else can send what would be taken."
    return "What this source understands is for its system to say."


def _events(about: _About) -> Trial | None:
    kind = about.source.kind
    sample = guides().guides[kind].sample
    if not sample:
        return None
    line = sample.replace("{now}", iso(about.now)).replace("{mark}", about.mark)
    is_text = KINDS[kind].text and not line.startswith("{")
    headers = {"authorization": f"Bearer {about.bearer}", "content-type": _TEXT if is_text else _LINES}
    return Trial(path=f"/in/events/{about.name}", headers=headers, body=line.encode())


def _shopify(about: _About) -> Trial:
    """A change of the shop's settings that changes nothing."""
    store = about.source.store
    body = msgspec.json.encode({"id": 0, "hemostat": about.mark})
    facts = {
        "topic": "shop/update",
        "hmac-sha256": webhook_signature(body, about.secret(f"shopify.{store}")),
        "shop-domain": about.settings.shopify_stores.get(store, ""),
        "api-version": str(about.source.options.get("api_version", API_VERSION)),
        "webhook-id": about.mark,
        "event-id": about.mark,
        "triggered-at": iso(about.now),
    }
    headers = {f"x-shopify-{name}": value for name, value in facts.items()}
    return Trial(path=f"/in/shopify/{store}", headers=headers | {"content-type": _JSON}, body=body)


def _zoom(about: _About) -> Trial:
    payload = {"account_id": "hemostat", "object": {"uuid": about.mark, "id": 0}}
    made = zoom.delivery("meeting.started", payload, secret=about.secret(f"webhook.{about.name}"), at=about.now)
    return Trial(path=f"/in/zoom/{about.name}", headers=dict(made.headers), body=made.body)


def _twilio(about: _About) -> Trial:
    source = about.source
    path = f"/in/twilio/{about.name}"
    url = options_of(about.name, source.options, TwilioOptions).url
    url = url or f"https://{about.settings.intake.host}:{about.settings.intake.port}{path}"
    values = {"CallSid": f"CA{about.mark}", "CallStatus": "completed", "Hemostat": about.mark}
    made = twilio.form(url, values, token=about.secret(f"webhook.{about.name}"))
    return Trial(path=path, headers=dict(made.headers), body=made.body)


def _otlp(about: _About) -> Trial:
    nanoseconds = str(int(about.now.timestamp() * 1_000_000) * 1000)
    record: dict[str, Any] = {"timeUnixNano": nanoseconds, "body": {"stringValue": f"Test event {about.mark}"}}
    body = msgspec.json.encode({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    headers = {"authorization": f"Bearer {about.bearer}", "content-type": _JSON}
    return Trial(path=f"/in/otlp/{about.name}/v1/logs", headers=headers, body=body)


def _hec(about: _About) -> Trial:
    body = msgspec.json.encode({"time": about.now.timestamp(), "event": f"Test event {about.mark}"})
    channel = {"x-splunk-request-channel": "00000000-0000-4000-8000-000000000000"}
    headers = {"authorization": f"Splunk {about.bearer}", "content-type": _JSON, **channel}
    return Trial(path="/services/collector/event", headers=headers, body=body)


_MADE: Mapping[str, Callable[[_About], Trial | None]] = {
    "events": _events,
    "shopify": _shopify,
    "zoom": _zoom,
    "twilio": _twilio,
    "otlp": _otlp,
    "hec": _hec,
}
