"""The edge in front of the care app: it writes the access log and applies the rules that responders switch on."""

from pathlib import Path

from hemostat.kernel import iso

from .asgi import Reply, Request
from .care_app import HOST, CareApp, customer_number, is_canary, own_customer
from .logfile import LogFile
from .releases import DIRECT_ROUTE
from .signing import client_secret
from .state import TwinState


class Edge:
    """The one door of the care app, for the platform's proxy and for direct callers alike."""

    def __init__(self, folder: Path, state: TwinState) -> None:
        self._state = state
        self._app = CareApp(folder, state)
        self._log = LogFile(folder / "edge.log")
        # A number that no earlier request of this log can have had, also when the process before us was killed
        self._request = self._log.size

    async def handle(self, request: Request) -> Reply:
        """The answer of a rule or of the app; the access log has the call."""
        self._request += 1
        request_id = f"edge-{self._request:010d}"
        reply = self._rule(request) or self._app.answer(request, request_id)
        if request.path == DIRECT_ROUTE:
            self._count(request)
        caller = request.caller
        self._log.append(
            {
                "time": iso(caller.at),
                "remote_addr": caller.ip,
                "asn": caller.asn,
                "host": HOST,
                "method": request.method,
                "uri": request.uri,
                "status": reply.status,
                "bytes": len(reply.body),
                "user_agent": caller.agent,
                "request_id": request_id,
            }
        )
        return reply

    def _rule(self, request: Request) -> Reply | None:
        facts = self._state.facts
        if not facts.require_signature or not request.path.startswith(DIRECT_ROUTE):
            return None
        return own_customer(request, client_secret(facts.seed, facts.app_secret))

    def _count(self, request: Request) -> None:
        named = dict(request.parameters)
        if "signature" not in named and not is_canary(customer_number(named.get("cid", ""))):
            self._state.attempt_add(at=request.caller.at)
