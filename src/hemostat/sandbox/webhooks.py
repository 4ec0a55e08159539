"""The platform's webhooks: signed with the client secret that counts at the moment, sent over several connections at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from hemostat.kernel import Home, iso
from hemostat.sources.shopify import API_VERSION

from .feed import Webhook
from .homes import STORE, ports_of, twin_folder
from .signing import SHOP, client_secret, webhook_signature
from .state import TwinState
from .wire import Answer, Line, message

_LINES = 16
_DEPTH = 8


class WebhookSender:
    """Tells intake what the platform knows. `patience` is how many seconds of silence are borne."""

    def __init__(self, home: Home, *, patience: float = 30.0) -> None:
        self._state = TwinState(twin_folder(home))
        port = ports_of(home.settings()).intake
        self._lines = [Line(port, patience=patience) for _ in range(_LINES)]
        self._threads = ThreadPoolExecutor(_LINES, thread_name_prefix="webhooks")

    def send(self, webhooks: Sequence[Webhook]) -> list[Answer]:
        """Intake's answers, in order; none at all when the app is uninstalled, for then it has no webhooks left.

        Raises `Unreachable` when intake does not answer.
        """
        facts = self._state.facts
        if not facts.installed:
            return []
        secret = client_secret(facts.seed, facts.platform_secret)
        answers: list[Answer] = []
        for begin in range(0, len(webhooks), _LINES * _DEPTH):
            round_ = [_message(webhook, secret) for webhook in webhooks[begin : begin + _LINES * _DEPTH]]
            shares = [round_[at : at + _DEPTH] for at in range(0, len(round_), _DEPTH)]
            for several in self._threads.map(Line.deliver, self._lines, shares):
                answers += several
        return answers

    def close(self) -> None:
        """All connections are closed."""
        self._threads.shutdown()
        for line in self._lines:
            line.close()
        self._state.close()


def _message(webhook: Webhook, secret: bytes) -> bytes:
    headers = {
        "content-type": "application/json",
        "x-shopify-topic": webhook.topic,
        "x-shopify-hmac-sha256": webhook_signature(webhook.body, secret),
        "x-shopify-shop-domain": SHOP,
        "x-shopify-api-version": API_VERSION,
        "x-shopify-webhook-id": webhook.ref,
        "x-shopify-triggered-at": iso(webhook.time),
    }
    return message("POST", f"/in/shopify/{STORE}", headers, webhook.body)
