"""What the twin signs and how: app-proxy queries, webhooks, care tokens and storefront logins.

The app-proxy and webhook signatures are those of the platform, so that what checks them here also checks the real ones. The
secrets come from the seed: they guard nothing but synthetic people, and the same seed gives the same logs.
"""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import msgspec

SHOP = "fernhollow.myshopify.example"
PROXY_PREFIX = "/apps/care"
_SIGNATURE = "signature"
_TOKEN_HEADER = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()

Signing = Literal["signed", "forged", "unsigned"]


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a care token says.

    jti: its number. sub: whose it is. exp: when it ends, in seconds since 1970. kid: number of the key that signed it.
    """

    jti: str
    sub: str
    exp: int
    kid: int


def client_secret(seed: int, number: int) -> bytes:
    """The app's client secret after `number` rotations, as the platform shows it."""
    return f"shpss_{_derived(seed, f'client-secret.{number}').hex()}".encode()


def token_key(seed: int, number: int) -> bytes:
    """The key that signs care tokens after `number` rotations."""
    return _derived(seed, f"token-key.{number}")


def proxy_signature(parameters: Iterable[tuple[str, str]], secret: bytes) -> str:
    """Hex HMAC-SHA256 over the decoded parameters, sorted, joined without a mark, values of one name joined by commas."""
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        if name != _SIGNATURE:
            values.setdefault(name, []).append(value)
    text = "".join(sorted(f"{name}={','.join(several)}" for name, several in values.items()))
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def proxy_query(query: str, *, secret: bytes, customer: str, at: datetime) -> str:
    """The query as the platform forwards it: the caller's own parameters, then the platform's, then the signature."""
    own = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _PLATFORM]
    signed = [
        *own,
        ("shop", SHOP),
        ("logged_in_customer_id", customer),
        ("path_prefix", PROXY_PREFIX),
        ("timestamp", str(int(at.timestamp()))),
    ]
    return urlencode([*signed, (_SIGNATURE, proxy_signature(signed, secret))])


_PLATFORM = frozenset({"shop", "logged_in_customer_id", "path_prefix", "timestamp", _SIGNATURE})


def proxy_check(parameters: list[tuple[str, str]], secret: bytes) -> Signing:
    """Whether the platform signed these parameters."""
    given = dict(parameters).get(_SIGNATURE)
    if given is None:
        return "unsigned"
    return "signed" if hmac.compare_digest(given.encode(), proxy_signature(parameters, secret).encode()) else "forged"


def webhook_signature(body: bytes, secret: bytes) -> str:
    """Base64 HMAC-SHA256 over the raw body: the header X-Shopify-Hmac-SHA256."""
    return b64encode(hmac.digest(secret, body, "sha256")).decode()


def token_make(claims: Claims, key: bytes) -> str:
    """A care token: a JSON Web Token (RFC 7519) under HMAC-SHA256."""
    signed = f"{_TOKEN_HEADER}.{urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b'=').decode()}"
    return f"{signed}.{_mac(signed, key)}"


def token_read(token: str, key: bytes, *, now: datetime) -> Claims | None:
    """The claims of a care token that this key signed and that has not ended; None for any other text."""
    signed, _, mac = token.rpartition(".")
    if not hmac.compare_digest(mac.encode(), _mac(signed, key).encode()):
        return None
    body = signed.partition(".")[2]
    claims = msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Claims)
    return claims if claims.exp > now.timestamp() else None


def login_cookie(seed: int, customer: int) -> str:
    """The cookie of a browser in which this customer is logged in to the storefront."""
    return f"customer={customer}.{_login_mac(seed, str(customer))}"


def login_customer(seed: int, cookies: str) -> str:
    """The customer who is logged in by these cookies, or "" when nobody is."""
    for cookie in cookies.split("; "):
        name, _, value = cookie.partition("=")
        customer, _, mac = value.partition(".")
        if name == "customer" and hmac.compare_digest(mac.encode(), _login_mac(seed, customer).encode()):
            return customer
    return ""


def _login_mac(seed: int, customer: str) -> str:
    return hmac.new(_derived(seed, "login"), customer.encode(), hashlib.sha256).hexdigest()[:32]


def _mac(text: str, key: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")).rstrip(b"=").decode()


def _derived(seed: int, name: str) -> bytes:
    return hashlib.blake2b(name.encode(), key=str(seed).encode()[:64], digest_size=16, person=b"hemostat-twin").digest()
