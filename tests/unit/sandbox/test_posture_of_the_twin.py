"""Checks of posture ask the twin over real HTTP: they see its flaw, and that it is closed, and its log shows that it was us."""

from hemostat.events.vocabulary import Environment
from hemostat.kernel import Home, clock_for
from hemostat.readiness.posture import Verdict, look
from hemostat.sandbox.homes import twin_folder
from hemostat.sandbox.patients import WATERMARK
from hemostat.sandbox.state import TwinState
from hemostat.sources import Message, Raw, context_of, read

from .conftest import Start


def verdicts(home: Home) -> dict[str, Verdict]:
    """What a look at the twin says, by check and surface."""
    return {one.key: one.answer.verdict for one in look(home, now=clock_for(home.path).now())}


def test_the_flaw_of_the_drill_is_seen_before_anybody_comes(home: Home, state: TwinState, start: Start) -> None:
    """The direct route fails until the edge asks for the signature; everything else of the twin is as it should be."""
    start("storefront")
    start("care")
    open_one = verdicts(home)
    state.change(require_signature=True)
    closed_one = verdicts(home)

    assert (Verdict.FAILS, Verdict.HOLDS) == (open_one["signed-proxy||storefront"], closed_one["signed-proxy||storefront"])
    for key in ("closed-routes||patient-portal", "trackers||storefront", "trackers||product-catalog"):
        assert Verdict.HOLDS is open_one[key]
    assert Verdict.UNKNOWN is open_one["ownership||patient-portal"]
    assert [] == [key for key, verdict in closed_one.items() if verdict is Verdict.FAILS]
    assert 0 == state.truth(now=clock_for(home.path).now())["attempts"]


def test_the_twins_log_shows_that_it_was_us(home: Home, start: Start) -> None:
    """Each line of a probe is of the environment `test` and about nobody, so that no rule counts it."""
    start("storefront")
    start("care")
    results = look(home, now=clock_for(home.path).now())
    settings = home.settings()
    source = settings.sources["edge"]
    body = (twin_folder(home) / "edge.log").read_bytes()
    message = Message(seq=1, source="edge", received_at=clock_for(home.path).now(), content_type="", headers={}, body=body)
    accesses = [one.access for one in read(message, source, context_of(home.keyring(settings), source)) if isinstance(one, Raw)]

    assert ["/api/session", "/api/session", "/api/portal/documents"] == sorted((one.path for one in accesses), reverse=True)
    assert {(Environment.TEST, "", 0)} == {(one.environment, one.subject, one.subjects) for one in accesses}
    assert WATERMARK not in repr(results)
