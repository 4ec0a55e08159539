"""What checks said is kept: since when, what changed, and what fell; and it is told to people, programs and alerts alike."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.events import Surface
from hemostat.kernel import Home
from hemostat.readiness.posture import changes, checks, kept, last_look, remember
from hemostat.readiness.posture.alarms import fallen
from hemostat.readiness.posture.history import Standing
from hemostat.readiness.posture.report import document, matrix, of_surface
from hemostat.readiness.posture.verdicts import Answer, Fault, Result, Verdict, judged, together, unknown

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
HOLDS, FAILS, UNKNOWN = Verdict.HOLDS, Verdict.FAILS, Verdict.UNKNOWN


def answer(verdict: Verdict) -> Answer:
    """An answer with this verdict."""
    if verdict is UNKNOWN:
        return unknown("It is away.")
    faults = [Fault(where="care.example/x", what="It answers.")] if verdict is FAILS else []
    return judged(faults, "It was asked.", at=NOON)


def result(verdict: Verdict, check: str = "closed-routes", surface: str = "checkout", store: str = "") -> Result:
    """The result of a check on one surface."""
    return Result(check=check, store=store, surfaces=(surface,), answer=answer(verdict), apart=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of which only the folder is there."""
    return Home(tmp_path)


def story(home: Home, *verdicts: Verdict) -> Standing:
    """How the check stands after these verdicts, a day apart."""
    for day, verdict in enumerate(verdicts):
        remember(home, [result(verdict)], now=NOON + timedelta(days=day))
    return kept(home)[0]


def test_before_the_first_look_nothing_is_known(home: Home) -> None:
    """And no file is made by asking."""
    assert ([], None, []) == (kept(home), last_look(home), changes(home))
    assert not home.posture.exists()


def test_a_look_is_remembered(home: Home) -> None:
    """Each result whole and in its order; the file is its owner's alone."""
    results = [result(HOLDS), result(UNKNOWN, surface="patient-portal"), result(FAILS, "debug-off", store="oak")]
    remember(home, results, now=NOON)

    assert results == [one.result for one in kept(home)]
    assert NOON == last_look(home)
    assert 0o600 == home.posture.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("verdicts", "since", "fell"),
    [
        ((HOLDS, HOLDS), 0, None),
        ((HOLDS, FAILS), 1, 1),
        ((HOLDS, FAILS, FAILS), 1, 1),
        ((HOLDS, UNKNOWN, FAILS), 2, 2),
        ((HOLDS, FAILS, UNKNOWN), 2, 1),
        ((HOLDS, FAILS, UNKNOWN, FAILS), 3, 1),
        ((HOLDS, FAILS, HOLDS), 2, None),
        ((HOLDS, FAILS, HOLDS, FAILS), 3, 3),
        ((FAILS,), 0, None),
        ((UNKNOWN, FAILS), 1, None),
        ((FAILS, UNKNOWN, FAILS), 2, None),
    ],
)
def test_a_check_falls_when_it_held_and_fails(home: Home, verdicts: tuple[Verdict, ...], since: int, fell: int | None) -> None:
    """What is unknown in between neither falls nor holds again; what never held did not fall."""
    stands = story(home, *verdicts)
    assert (since, fell) == ((stands.since - NOON).days, (stands.fell_at - NOON).days if stands.fell_at else None)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=8))
def test_changes_tell_the_whole_story(tmp_path_factory: pytest.TempPathFactory, verdicts: list[Verdict]) -> None:
    """From the first verdict to the last, each change once; it has fallen when its last decision is to fail after a hold."""
    home = Home(tmp_path_factory.mktemp("home"))
    stands = story(home, *verdicts)
    told = changes(home)[::-1]

    assert [""] + [one.verdict for one in told[:-1]] == [one.was for one in told]
    assert verdicts[-1] == told[-1].verdict
    assert ["closed-routes"] * len(told) == [one.check for one in told]
    decided = [verdict for verdict in verdicts if verdict is not UNKNOWN]
    assert (bool(decided) and decided[-1] is FAILS and HOLDS in decided) == (stands.fell_at is not None)


def test_what_is_not_looked_at_any_more_is_forgotten(home: Home) -> None:
    """A store or a surface that the settings no longer name stands nowhere; that it changed once stays on record."""
    remember(home, [result(HOLDS), result(HOLDS, store="oak")], now=NOON)
    remember(home, [result(HOLDS)], now=NOON + timedelta(days=1))
    assert [""] == [one.result.store for one in kept(home)]
    assert 2 == len(changes(home))


def test_what_fell_is_a_finding(home: Home) -> None:
    """With the rule, the surface, the store and the first places; the key stays until it holds again, and is another then."""
    check = checks()["closed-routes"]
    (first,) = fallen([story(home, HOLDS, FAILS)], environment="production")
    (again,) = fallen([story(home, FAILS, UNKNOWN)], environment="production")

    assert ("posture-closed-routes", check.level, "checkout", "production") == (
        first.rule,
        first.level,
        first.surface,
        first.environment,
    )
    assert f"No longer so: {check.title}" == first.title
    assert "care.example/x: It answers." in first.summary
    assert first.key == again.key
    assert NOON + timedelta(days=1) == first.first_time
    assert [] == fallen([story(home, HOLDS)], environment="production")
    remember(home, [result(FAILS)], now=NOON + timedelta(days=9))
    (later,) = fallen(kept(home), environment="production")
    assert later.key != first.key
    gone = msgspec.structs.replace(story(home, HOLDS, FAILS), result=result(FAILS, "a-check-that-is-gone"))
    assert [] == fallen([gone], environment="production")


def test_the_matrix_shows_the_worst_of_each_surface(home: Home) -> None:
    """One row for each check that was asked, in the order of the content; a dash where it is not asked."""
    results = [
        result(HOLDS, "no-store", "patient-portal"),
        result(UNKNOWN, "no-store", "appointment-flow"),
        Result(check="debug-off", store="oak", surfaces=("checkout",), answer=answer(HOLDS)),
        Result(check="debug-off", store="elm", surfaces=("checkout",), answer=answer(FAILS)),
    ]
    remember(home, results, now=NOON)
    rows = {row.check.id: dict(zip(Surface, row.cells, strict=True)) for row in matrix(kept(home))}

    assert {"no-store", "debug-off"} == rows.keys()
    assert FAILS is rows["debug-off"][Surface.CHECKOUT]
    assert (HOLDS, UNKNOWN, None) == tuple(
        rows["no-store"][one] for one in (Surface.PATIENT_PORTAL, Surface.APPOINTMENT_FLOW, Surface.STOREFRONT)
    )


def test_what_fails_stands_first(home: Home) -> None:
    """On the page, and in the document; a surface shows what is about it."""
    remember(
        home,
        [result(HOLDS), result(UNKNOWN, store="b"), result(FAILS, store="a"), result(FAILS, surface="patient-portal")],
        now=NOON,
    )
    found = of_surface(kept(home), "checkout")
    told = document(found, looked_at=last_look(home))

    assert ["fails", "unknown", "holds"] == [one["verdict"] for one in told["checks"]]
    assert {"check", "title", "remedy", "watched_by", "faults", "reason", "evidence", "since", "surfaces"} <= told["checks"][
        0
    ].keys()
    assert 4 == len(of_surface(kept(home), ""))


def test_some_answers_together() -> None:
    """The worst counts; the evidence is as old as its oldest part, and what nobody knows has no part in it."""
    old = judged([], "A was asked.", at=NOON - timedelta(days=1))
    both = together([answer(HOLDS), old, unknown("B is away.")])
    assert (UNKNOWN, "It was asked. A was asked.", "B is away.", NOON - timedelta(days=1)) == (
        both.verdict, both.evidence, both.reason, both.taken_at,
    )  # fmt: skip
    assert None is together([unknown("B is away.")]).taken_at
