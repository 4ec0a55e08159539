"""The worker learns what is normal, batch by batch, and raises what is not, once, whatever happens to it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from hemostat.alerts.models import Alert, AlertState, DetectCursor
from hemostat.alerts.selectors import last_detected_batch
from hemostat.alerts.services import alert_dismiss
from hemostat.detect.rules import NOTHING
from hemostat.kernel import Home, Source
from hemostat.lake.spool import Incoming, Spool
from hemostat.people.models import Person
from hemostat.worker.loop import Worker
from hemostat.worker.rules import Rulebook

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, tzinfo=UTC)

Reads = Callable[..., None]


@pytest.fixture(autouse=True)
def desk(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home hears a support desk, and has no rules: many workers start here, and nothing but baselines is to alarm."""
    monkeypatch.setattr(Rulebook, "running", lambda _: NOTHING)
    home.write(
        msgspec.structs.replace(
            home.settings(), sources={"desk": Source(kind="events", store="fernhollow", environment="sandbox")}
        )
    )


@pytest.fixture
def reads(spool: Spool) -> Reads:
    """Somebody of the desk reads the records of so many customers from a moment on, a second each, in one message."""

    def reads(moment: datetime, count: int, *, first: int = 0) -> None:
        lines = [
            msgspec.json.encode(
                {
                    "time": (moment + timedelta(seconds=n)).isoformat(),
                    "act": "customer:read",
                    "actor": "r.okafor",
                    "actor_type": "staff",
                    "subject": 7_000_000 + n,
                    "status": 200,
                    "path": "/customers",
                }
            )
            for n in range(first, first + count)
        ]
        spool.append(
            [
                Incoming(
                    source="desk", key=f"{moment}{first}", received_at=moment + timedelta(seconds=first + count), content_type="",
                    headers={}, body=b"\n".join(lines),
                )
            ]
        )  # fmt: skip

    return reads


def _work(home: Home) -> None:
    """A worker starts, does all that waits, and ends."""
    worker = Worker(home)
    _through(worker)
    worker.close()


def _through(worker: Worker) -> None:
    worker.drain()
    while worker.detect():
        pass


def _days(home: Home, reads: Reads, days: int = 14, *, first: int = 0, count: int = 3) -> None:
    """A worker sees so many days, a batch for each."""
    worker = Worker(home)
    for day in range(first, first + days):
        reads(START + timedelta(days=day), count)
        _through(worker)
    worker.close()


def _alerts() -> list[tuple[str, int, int, str]]:
    told = Alert.objects.order_by("pk").values_list("rule", "events", "people", "summary")
    return [(rule, events, people, summary) for rule, events, people, summary in told if rule.startswith("baseline-")]


def test_what_is_not_normal_becomes_an_alert(home: Home, reads: Reads) -> None:
    """After two weeks of three patients a day, sixty in a minute are one alert that says so, and names nobody."""
    _days(home, reads)
    for first in range(0, 60, 12):
        reads(START + timedelta(days=14), 12, first=first)
        _work(home)

    ((rule, events, people, summary),) = _alerts()
    assert ("baseline-many-patients", 60, 60) == (rule, events, people)
    assert "reached 24 patients in the hour from 2026-03-16 00:00 UTC: 3 is usual" in summary
    assert "okafor" not in summary


def test_a_worker_that_starts_before_each_batch_raises_the_same(home: Home, reads: Reads) -> None:
    """Six starts and one start give the same alerts in the same words."""
    _days(home, reads)
    for first in range(0, 60, 12):
        reads(START + timedelta(days=14), 12, first=first)
        _work(home)
    restarted = _alerts()
    Alert.objects.all().delete()
    DetectCursor.objects.all().delete()
    for path in home.path.glob("baselines.sqlite3*"):
        path.unlink()

    _work(home)

    assert 1 == len(restarted)
    assert restarted == _alerts()


def test_killed_between_what_was_found_and_its_alert(home: Home, reads: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the database did not take the alert, the next worker raises it, with each event counted once."""
    _days(home, reads)
    reads(START + timedelta(days=14), 60)

    def refuses(**_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("hemostat.worker.loop.alerts_raise", refuses)
        with pytest.raises(OSError):  # noqa: PT011  # its kind is all that matters
            _work(home)
    assert (14, []) == (last_detected_batch(), _alerts())
    _work(home)

    assert [("baseline-many-patients", 60, 60)] == [alert[:3] for alert in _alerts()]


def test_a_lost_file_is_made_again_from_the_lake(home: Home, reads: Reads) -> None:
    """Without its file the worker reads what the lake holds: it raises nothing again, and knows what was normal before."""
    _days(home, reads)
    reads(START + timedelta(days=14), 60)
    _work(home)
    before = _alerts()
    for path in home.path.glob("baselines.sqlite3*"):
        path.unlink()

    reads(START + timedelta(days=15), 3)
    _work(home)
    assert before == _alerts()
    reads(START + timedelta(days=16), 30)
    _work(home)

    assert [(60 + 30, 60)] == [alert[1:3] for alert in _alerts()]


@pytest.mark.parametrize(("outcome", "raised"), [("expected_activity", 1), ("false_positive", 1), ("test", 2)])
def test_a_dismissal_teaches_when_it_says_that_this_is_normal(home: Home, reads: Reads, outcome: str, raised: int) -> None:
    """Sixty a day are not learned while the alert is open; dismissed as normal they are, dismissed as a test they are not."""
    _days(home, reads)
    _days(home, reads, 16, first=14, count=60)
    (alert,) = Alert.objects.filter(rule="baseline-many-patients")
    assert (AlertState.NEW, 16 * 60) == (alert.state, alert.events)
    Alert.objects.exclude(pk=alert.pk).delete()

    by = Person.objects.create_user(username="engineer")
    alert_dismiss(alert=alert, by=by, now=START + timedelta(days=29, hours=1), outcome=outcome, note="New duties.")
    _days(home, reads, 1, first=30, count=60)

    assert raised == Alert.objects.filter(rule="baseline-many-patients").count()
