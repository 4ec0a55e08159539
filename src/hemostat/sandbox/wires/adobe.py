"""Twins of Adobe's two senders: I/O Events with two keys on a host of their own, and the webhooks of a Commerce store."""

from base64 import b64encode
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .loopback import Asked, Said

_BITS = 2048


class Signer:
    """An RSA key, a new one if none is given, and what it signs (PKCS #1 v1.5, SHA-256)."""

    def __init__(self, key: RSAPrivateKey | None = None) -> None:
        self._key = key or generate_private_key(public_exponent=65537, key_size=_BITS)

    @property
    def pem(self) -> str:
        """The public key."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, text: bytes) -> str:
        """The signature over a text, in base64."""
        return b64encode(self._key.sign(text, PKCS1v15(), SHA256())).decode()


class AdobeEvents:
    """What Adobe I/O Events sends, and the host of its two public keys: new ones if none are given."""

    paths = ("/prod/keys/pub-key-one.pem", "/prod/keys/pub-key-two.pem")

    def __init__(self, client_id: str, signers: tuple[Signer, Signer] | None = None) -> None:
        self.client_id = client_id
        self.signers = signers or (Signer(), Signer())
        self.asked: list[str] = []
        self.down = False

    def keys(self, asked: Asked) -> Said:
        """What the host of the keys says to one request."""
        self.asked.append(asked.target)
        if self.down or asked.target not in self.paths:
            return Said(status=503 if self.down else 404)
        signer = self.signers[self.paths.index(asked.target)]
        return Said(body=signer.pem.encode(), content_type="application/x-pem-file")

    def event(self, number: str, code: str, value: dict[str, Any], *, time: str) -> bytes:
        """The body of one event, as Commerce makes it and I/O Events wraps it."""
        return msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": number,
                "source": "urn:uuid:1902bc50-12345-41e8-955b-af4a9667823f",
                "type": f"com.adobe.commerce.{code}",
                "datacontenttype": "application/json",
                "time": time,
                "eventid": number,
                "recipientclientid": self.client_id,
                "data": {"key": "k", "source": "merchant.env", "value": value},
            }
        )

    def headers(self, number: str, body: bytes, *, retry: int = 0) -> dict[str, str]:
        """The headers of a delivery."""
        return {
            "content-type": "application/json",
            "x-adobe-event-id": number,
            "x-adobe-delivery-id": f"{number}-{retry}",
            "x-adobe-retry-count": str(retry),
            "x-adobe-digital-signature-1": self.signers[0].sign(body),
            "x-adobe-digital-signature-2": self.signers[1].sign(body),
            "x-adobe-public-key1-path": self.paths[0],
            "x-adobe-public-key2-path": self.paths[1],
        }


class CommerceStore:
    """What a Commerce store sends to a webhook, signed over the base64 text of its body."""

    def __init__(self, signer: Signer | None = None) -> None:
        self.signer = signer or Signer()

    def regenerate(self) -> None:
        """The pair of keys is a new one: the old public key fits nothing from now on."""
        self.signer = Signer()

    def headers(self, body: bytes) -> dict[str, str]:
        """The headers of a delivery."""
        return {"content-type": "application/json", "x-adobe-commerce-webhook-signature": self.signer.sign(b64encode(body))}
