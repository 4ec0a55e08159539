"""Shopify's two signatures. Secrets come as a list, newest first: for an hour after a rotation the old one still signs.

Webhooks: https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook
App proxies: https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from urllib.parse import parse_qsl


def webhook_signed(body: bytes, signature: str, secrets: Sequence[bytes]) -> bool:
    """Was `body`, the raw bytes of the request, signed with one of `secrets`? All are tried, in constant time."""
    given = signature.strip().encode(errors="replace")
    return _any_of([b64encode(hmac.digest(secret, body, "sha256")) for secret in secrets], given)


def proxy_signed(query: str, secrets: Sequence[bytes], *, parameter: str = "signature") -> bool:
    """Was the query of an app-proxy request signed with one of `secrets`?

    Signed is every parameter but the signature: decoded, values of one name joined by commas, the pairs sorted and joined
    without a separator; HMAC-SHA256 in hex.
    """
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        values.setdefault(name, []).append(value)
    given = values.pop(parameter, [""])
    message = "".join(sorted(f"{name}={','.join(each)}" for name, each in values.items()))
    signed = message.encode(errors="surrogateescape")
    digests = [hmac.digest(secret, signed, "sha256").hex().encode() for secret in secrets]
    return _any_of(digests, given[0].encode(errors="replace")) and len(given) == 1


def _any_of(expected: Sequence[bytes], given: bytes) -> bool:
    return any([hmac.compare_digest(one, given) for one in expected])  # noqa: C419  # a list: each is compared, also after a hit
