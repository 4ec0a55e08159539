"""A twin of how Google tells a machine who it is: the metadata server, and the tokens of another service account.

https://cloud.google.com/compute/docs/metadata/overview: without its header nobody is answered, nor who was forwarded. Tokens of
another: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken.
"""

import secrets
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from hemostat.kernel import Clock, iso

from .loopback import Asked, Said

_TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token"  # noqa: S105  # a path
_LIFETIME = timedelta(hours=1)
_CLOUD = "https://www.googleapis.com/auth/cloud-platform"


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    scope: Annotated[list[str], msgspec.Meta(min_length=1)]
    lifetime: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,3}s\Z")] = "3600s"
    delegates: list[str] = []


class GoogleIdentity:
    """One machine that runs as a service account, or as none, which may have tokens of the accounts in `others`.

    machine, tokens: those that were given out for itself and for others, each until a moment.
    knows_keys: what looks signed by a key is taken for it, unseen.
    """

    def __init__(self, *, clock: Clock, others: frozenset[str] = frozenset()) -> None:
        self.is_account = True
        self.machine: dict[str, datetime] = {}
        self.tokens: dict[str, datetime] = {}
        self.knows_keys = False
        self.asked: list[str] = []
        self._clock = clock
        self._others = others
        self._scopes: dict[str, str] = {}

    def answer(self, asked: Asked) -> Said:
        """What the metadata server, or the service of credentials, says."""
        parts = urlsplit(asked.target)
        self.asked.append(parts.path)
        if parts.path.startswith("/computeMetadata/"):
            return self._metadata(asked, parts.path, parse_qs(parts.query).get("scopes", [_CLOUD])[0])
        account = unquote(parts.path.removeprefix("/v1/projects/-/serviceAccounts/").removesuffix(":generateAccessToken"))
        if asked.method != "POST" or not parts.path.endswith(":generateAccessToken"):
            return Said(status=404)
        return self._impersonated(asked, account)

    def _metadata(self, asked: Asked, path: str, scopes: str) -> Said:
        if asked.headers.get("metadata-flavor") != "Google" or "x-forwarded-for" in asked.headers:
            return Said(status=403)
        if asked.method != "GET" or path != _TOKEN or not self.is_account:
            return Said(status=404)
        token = f"ya29.{secrets.token_hex(8)}"
        self.machine[token] = self._clock.now() + _LIFETIME
        self._scopes[token] = scopes
        body = {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}
        return Said(body=msgspec.json.encode(body), headers={"metadata-flavor": "Google"})

    def _impersonated(self, asked: Asked, account: str) -> Said:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        is_key = self.knows_keys and token.count(".") == len("..")
        if not is_key and self.machine.get(token, self._clock.now()) <= self._clock.now():
            return Said(status=401)
        if account not in self._others or (not is_key and _CLOUD not in self._scopes[token].split(",")):
            return Said(status=403)
        try:
            msgspec.json.decode(asked.body, type=_Wanted)
        except msgspec.DecodeError:
            return Said(status=400)
        given = f"ya29.{secrets.token_hex(8)}"
        self.tokens[given] = self._clock.now() + _LIFETIME
        return Said(body=msgspec.json.encode({"accessToken": given, "expireTime": iso(self.tokens[given])}))
