"""What checks of posture said, as pages show it: one that fails or holds, one that nobody knows, and one that holds."""

from datetime import timedelta

from hemostat.readiness.posture.verdicts import Fault, Result, Verdict, judged, unknown
from unit.console.home import NOW

EVIDENCE = "It was asked, and answered <b>\u202e"


def results(verdict: Verdict) -> list[Result]:
    """The first of them says this; what it names came from a stranger."""
    fault = Fault(where="<script>alert(1)</script>", what="It `answers` a stranger.")
    said = judged([fault] if verdict is Verdict.FAILS else [], EVIDENCE, at=NOW - timedelta(minutes=5))
    return [
        Result(check="closed-routes", store="", surfaces=("patient-portal",), answer=said, apart=True),
        Result(check="no-store", store="", surfaces=("appointment-flow",), answer=unknown("No address is named."), apart=True),
        Result(check="debug-off", store="oak", surfaces=("checkout",), answer=judged([], "12 settings were read.", at=NOW)),
    ]
