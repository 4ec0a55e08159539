"""The merchant's care app: a customer's session, the patient portal, the token ledger and the app's own log.

Release 2.13 asks every caller for the platform's signature and for her own number. Release 2.14 answers the same session on a
direct route without asking either, and with all that it knows: that is the flaw of the drill. Every answer holds synthetic people
only and says so.
"""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from hemostat.kernel import iso

from .asgi import Reply, Request, refusal
from .logfile import LogFile
from .patients import CANARY, FOREIGN_CANARY, Person, Population
from .records import documents_body, session_card, session_record
from .releases import DIRECT_ROUTE, PORTAL_ROUTE, PROXY_ROUTE
from .signing import Claims, client_secret, proxy_check, token_key, token_make, token_read
from .state import LEAKY, Minted, TwinState

HOST = "care-app.fernhollow.example"
TOKEN_SECONDS = 24 * 3600
_CORS = ((b"access-control-allow-origin", b"*"),)
_LONGEST_NUMBER = 18


class CareApp:
    """The app behind the edge. `folder` is the twin's folder within the home."""

    def __init__(self, folder: Path, state: TwinState) -> None:
        self._state = state
        self._log = LogFile(folder / "app.log")
        self._people = Population(state.facts.seed)

    def answer(self, request: Request, request_id: str) -> Reply:
        """What the app answers; its log and ledger have it."""
        if request.path == DIRECT_ROUTE and self._state.facts.release == LEAKY:
            return self._session(request, request_id, login=False)
        if request.path == PORTAL_ROUTE:
            return self._documents(request, request_id)
        denied = own_customer(request, client_secret(self._state.facts.seed, self._state.facts.app_secret))
        if denied is not None:
            return denied
        return self._session(request, request_id, login=True) if request.path == PROXY_ROUTE else refusal(404, "no such route")

    def _session(self, request: Request, request_id: str, *, login: bool) -> Reply:
        person = self._person(dict(request.parameters).get("cid", ""))
        if person is None:
            return refusal(404, "no such customer")
        facts, caller = self._state.facts, request.caller
        jti = blake2b(
            f"{person.id}.{request_id}".encode(), key=token_key(facts.seed, facts.token_key), digest_size=10
        ).hexdigest()
        ends = int(caller.at.timestamp()) + TOKEN_SECONDS
        token = Minted(jti=jti, customer=str(person.id), at=caller.at, ends=ends, login=login, ip=caller.ip, asn=caller.asn)
        exposed = "" if login or is_canary(person.id) else person.jurisdiction
        self._state.token_add(token, exposed=exposed)
        self._note(request, request_id, act="token:mint", auth="login" if login else "none", subject=token.customer, token=jti)
        claims = Claims(jti=jti, sub=token.customer, exp=ends, kid=facts.token_key)
        care_token = token_make(claims, token_key(facts.seed, facts.token_key))
        if login:
            return Reply(body=session_card(person, care_token=care_token))
        return Reply(body=session_record(person, care_token=care_token), headers=_CORS)

    def _documents(self, request: Request, request_id: str) -> Reply:
        facts = self._state.facts
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        claims = token_read(given, token_key(facts.seed, facts.token_key), now=request.caller.at)
        if claims is None:
            return refusal(401, "care token missing, ended or revoked")
        person = self._person(claims.sub)
        has_some = person is not None and person.has_documents
        said: dict[str, Any] = {
            "auth": "token",
            "subject": claims.sub,
            "token": claims.jti,
            "surface": "patient-portal",
            "path": request.path,
        }
        said |= {"status": 200, "result": "success"} if has_some else {"status": 404, "result": "not_found"}
        self._note(request, request_id, act="document:read", **said)
        if person is None or not has_some:
            return refusal(404, "no documents")
        self._state.document_add(person.id, at=request.caller.at)
        return Reply(body=documents_body(person))

    def _person(self, number: str) -> Person | None:
        digits = customer_number(number)
        return None if digits is None else self._people.person(digits)

    def _note(self, request: Request, request_id: str, **fields: Any) -> None:
        # An uninstalled app writes no log: the platform has taken its storage back
        if self._state.facts.installed:
            caller = request.caller
            self._log.append(
                {"time": iso(caller.at), "host": HOST, "request_id": request_id, "ip": caller.ip, "asn": caller.asn, **fields}
            )


def own_customer(request: Request, secret: bytes) -> Reply | None:
    """None when the platform signed the call for the very customer it asks for; else the refusal, 401 or 403."""
    parameters = request.parameters
    signing = proxy_check(parameters, secret)
    if signing != "signed":
        return refusal(401, f"the call is {signing}")
    named = dict(parameters)
    customer = named.get("logged_in_customer_id", "")
    if not customer:
        return refusal(401, "nobody is logged in")
    return None if named.get("cid") == customer else refusal(403, "not your own session")


def customer_number(text: str) -> int | None:
    """The customer number that this text writes in plain digits, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def is_canary(number: int | None) -> bool:
    """Whether this customer exists for probes only."""
    return number in {CANARY, FOREIGN_CANARY}
