"""The rules of a home in its worker: own files come into force by themselves, and what was decided about rules is heeded."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.alerts.models import Alert, DetectCursor, Kept, RuleDecision
from hemostat.alerts.mutes import keep, mute_make
from hemostat.alerts.selectors import last_detected_batch
from hemostat.alerts.services import alerts_raise
from hemostat.alerts.standing import rule_decide, states
from hemostat.detect import State, book_of
from hemostat.kernel import ExerciseClock, Home, Retention, Source
from hemostat.lake.spool import Incoming, Spool
from hemostat.people.ledger import entries
from hemostat.people.models import Person, RoleGrant
from hemostat.worker.loop import Worker
from hemostat.worker.rules import LOOK, Rulebook
from unit.console.story import finding
from unit.detect.own import PAGE_READ, rule_text

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
MANY = "c3d2f9a0-6b1e-4a52-9c3b-0c1f5f0f7e03"
COUNTED = f"""title: Many pages
id: {MANY}
correlation: {{type: event_count, rules: [page_read], group-by: [actor.user.uid], timespan: 1h, condition: {{gte: 5}}}}
level: high
hemostat:
  samples:
    positive: [[{{act: 'page:read', actor: a, repeat: 5}}]]
"""
BOTH = f"{rule_text(id='', title='Page read', found='', more=f'name: page_read{chr(10)}')}---\n{COUNTED}"

Reads = Callable[..., None]


@pytest.fixture(autouse=True)
def desk(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home hears one source, its clock stands, and its worker looks at the rules whenever it can."""
    monkeypatch.setattr("hemostat.worker.rules.LOOK", 0.0)
    ExerciseClock(home.path / "clock.json").set(START + timedelta(minutes=30), factor=0)
    home.write(msgspec.structs.replace(home.settings(), sources={"desk": Source(kind="events", store="fernhollow")}))


@pytest.fixture
def reads(spool: Spool) -> Reads:
    """Somebody reads so many pages, ten seconds apart, in one message; the message is in the spool."""
    sent = 0

    def read(count: int = 1, *, actor: str = "somebody") -> None:
        nonlocal sent
        moments = [START + timedelta(seconds=10 * n) for n in range(sent, sent + count)]
        lines = [msgspec.json.encode({"time": at, "act": "page:read", "actor": actor, "status": 200}) for at in moments]
        spool.append(
            [
                Incoming(
                    source="desk", key=f"k{sent}", received_at=moments[-1], content_type="", headers={}, body=b"\n".join(lines)
                )
            ]
        )  # fmt: skip
        sent += count

    return read


@pytest.fixture
def engineer(db: None) -> Person:  # noqa: ARG001  # it is there for its effect
    """Somebody who may tune rules."""
    made = Person.objects.create_user(username="engineer")
    RoleGrant.objects.create(person=made, role="engineer", granted_at=START, granted_by="test")
    return made


def _work(worker: Worker) -> None:
    worker.drain()
    while worker.detect():
        pass


def _own_alerts() -> dict[str, int]:
    return {alert.title: alert.events for alert in Alert.objects.filter(rule__in=[PAGE_READ, MANY])}


def test_the_folder_is_part_of_a_new_home(home: Home) -> None:
    """It is there, empty, for its owner to use."""
    assert home.rules.is_dir()
    assert [] == list(home.rules.iterdir())


def test_a_file_comes_into_force_without_a_restart(home: Home, worker: Worker, reads: Reads) -> None:
    """What comes after it is saved is judged by it; what came before is not alerted again."""
    reads()
    _work(worker)
    (home.rules / "pages.yml").write_text(rule_text())
    _work(worker)
    assert {} == _own_alerts()

    reads(2)
    _work(worker)

    assert {"Somebody reads a page": 2} == _own_alerts()


def test_a_file_that_is_saved_by_halves_comes_into_force_when_it_is_whole(
    home: Home, worker: Worker, reads: Reads, capsys: Any
) -> None:
    """Half of it is named in the log, once, and keeps no other from working; the whole of it works from the next batch on."""
    path, text = home.rules / "pages.yml", rule_text()
    (home.rules / "good.yml").write_text(rule_text(id=MANY, title="Also reads"))
    path.write_text(text[: text.index("condition")])
    for _ in range(2):
        reads()
        _work(worker)
    assert {"Also reads": 2} == _own_alerts()
    assert 1 == capsys.readouterr().out.count("pages.yml")

    path.write_text(text)
    reads()
    _work(worker)

    assert {"Also reads": 3, "Somebody reads a page": 1} == _own_alerts()


def test_a_file_that_goes_is_in_force_no_more(home: Home, worker: Worker, reads: Reads) -> None:
    """Its alert stays as it is."""
    path = home.rules / "pages.yml"
    path.write_text(rule_text())
    reads()
    _work(worker)

    path.unlink()
    reads()
    _work(worker)

    assert {"Somebody reads a page": 1} == _own_alerts()


def test_restarts_and_reloads_in_between_change_nothing(home: Home, reads: Reads) -> None:
    """A worker that starts anew before every batch raises the same alerts as one that ran on and read the rules anew."""

    def story(*, restarts: bool) -> tuple[dict[str, int], list[tuple[str, int, int]]]:
        worker, path = Worker(home), home.rules / "pages.yml"
        for number in range(last_detected_batch(), last_detected_batch() + 6):
            if number % 6 == 2:
                path.write_text(BOTH)
            elif number % 6 == 4:
                path.write_text(f"{BOTH}---\n{rule_text(ours='  state: watch' + chr(10))}")
            if restarts:
                worker.close()
                worker = Worker(home)
            reads(2, actor=f"restarts {restarts}")
            _work(worker)
        worker.close()
        path.unlink()
        kept = [(row.rule, row.findings, row.events) for row in Kept.objects.order_by("pk")]
        told = _own_alerts(), kept
        Alert.objects.all().delete()
        Kept.objects.all().delete()
        return told

    ran_on, restarted = story(restarts=False), story(restarts=True)

    assert ({"Many pages": 12}, [(PAGE_READ, 2, 4)]) == ran_on == restarted


def test_a_decision_is_heeded_without_a_restart(home: Home, worker: Worker, reads: Reads, engineer: Person) -> None:
    """Watched, a rule keeps what it finds; retired, it finds nothing; active, it alerts."""
    (home.rules / "pages.yml").write_text(rule_text())
    reads()
    _work(worker)
    Alert.objects.update(state="closed")

    for state in ("watch", "retired", "active"):
        known = book_of(home.rules).known[PAGE_READ]
        rule_decide(known=known, state=state, reason="Release 2.14.", by=engineer, now=START)
        reads()
        _work(worker)

    assert [(PAGE_READ, 1, 1)] == [(row.rule, row.findings, row.events) for row in Kept.objects.all()]
    assert ["closed", "new"] == [alert.state for alert in Alert.objects.filter(rule=PAGE_READ).order_by("pk")]


def test_a_rule_in_doubt_alerts_nobody(home: Home, worker: Worker, reads: Reads, capsys: Any) -> None:
    """It is watched, and the log says why."""
    (home.rules / "pages.yml").write_text(rule_text(found=""))
    reads()
    _work(worker)

    assert ({}, 1) == (_own_alerts(), Kept.objects.filter(rule=PAGE_READ).count())
    assert "alerts nobody: it has no positive sample" in capsys.readouterr().out


def test_what_is_watched_is_kept_with_the_cursor_or_not_at_all(
    home: Home, worker: Worker, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database refuses, nothing is kept; the next try keeps it once."""
    (home.rules / "pages.yml").write_text(rule_text(ours="  state: watch\n"))
    reads(3)
    worker.drain()

    def refuses(_: DetectCursor, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(DetectCursor, "save", refuses)
        with pytest.raises(OSError):  # noqa: PT011  # its kind is all that matters
            worker.detect()
    worker.forget()
    assert (0, 0) == (last_detected_batch(), Kept.objects.count())

    worker.detect()

    assert (1, 3) == (last_detected_batch(), Kept.objects.get(rule=PAGE_READ).events)


def test_the_folder_is_looked_at_once_in_a_while(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look is due each second; in between nothing is asked."""
    monkeypatch.setattr("hemostat.worker.rules.LOOK", LOOK)
    moments = iter([0.0, 0.0, 0.0, 0.5 * LOOK, 0.999 * LOOK, LOOK, LOOK])
    rulebook = Rulebook(home, clock=lambda: next(moments))
    assert rulebook.turned()
    (home.rules / "pages.yml").write_text(rule_text())

    assert [False, False, True] == [rulebook.turned() for _ in range(3)]


def test_baselines_can_be_retired(home: Home, engineer: Person) -> None:
    """What is learned goes on; what is found of a retired one is not told."""
    rule_decide(
        known=book_of(home.rules).known["baseline-many-routes"], state="retired", reason="No use here.", by=engineer, now=START
    )
    rulebook = Rulebook(home)
    rulebook.turned()

    told = rulebook.told([finding(rule="baseline-many-routes"), finding(rule="baseline-many-patients")])

    assert ["baseline-many-patients"] == [one.rule for one in told]


def _flood(rule: str, count: int, *, at: datetime) -> None:
    found = [finding(key=f"{rule}|{n}", rule=rule) for n in range(count)]
    alerts_raise(findings=found, batch=last_detected_batch() + 1, now=at)


def test_a_noisy_rule_goes_to_tuning_and_alerts_nobody(home: Home, worker: Worker, reads: Reads, capsys: Any) -> None:
    """The log says why, and from the next batch on its findings are kept."""
    (home.rules / "pages.yml").write_text(rule_text())
    _flood(PAGE_READ, 31, at=START + timedelta(minutes=20))
    DetectCursor.objects.update(batch=0)

    worker.budgets()
    reads()
    _work(worker)

    assert {PAGE_READ: State.TUNING} == states()
    assert "more than 10 times its budget of 3 a day" in capsys.readouterr().out
    assert (31, 1) == (Alert.objects.filter(rule=PAGE_READ).count(), Kept.objects.filter(rule=PAGE_READ).count())


def test_the_average_is_looked_at_once_a_day(home: Home, worker: Worker) -> None:
    """After the first look of a day, a rule that comes over its average waits for the next day."""
    (home.rules / "pages.yml").write_text(rule_text())
    worker.budgets()
    _flood(PAGE_READ, 91, at=START - timedelta(days=3))
    worker.budgets()
    assert {} == states()

    ExerciseClock(home.path / "clock.json").set(START + timedelta(days=1), factor=0)
    worker.budgets()

    assert [PAGE_READ] == [one.rule for one in RuleDecision.objects.all()]


def test_a_mute_ends_by_itself(home: Home, worker: Worker, reads: Reads, engineer: Person) -> None:
    """While it lasts findings are kept; after its end they alert, and the worker puts the end on record."""
    (home.rules / "pages.yml").write_text(rule_text())
    now = START + timedelta(minutes=30)
    mute = mute_make(rule=PAGE_READ, by=engineer, now=now, until=now + timedelta(hours=1), reason="A load test.")
    reads(2)
    _work(worker)
    worker.budgets()
    assert ({}, 2) == (_own_alerts(), Kept.objects.get(mute=mute).events)

    ExerciseClock(home.path / "clock.json").set(now + timedelta(hours=2), factor=0)
    reads(3)
    _work(worker)
    worker.budgets()

    assert {"Somebody reads a page": 3} == _own_alerts()
    assert ["mute:make", "mute:end"] == [entry.act for entry in entries(f"rule/{PAGE_READ}")]


def test_what_was_found_without_an_alert_goes_with_its_events(home: Home, worker: Worker, capsys: Any) -> None:
    """It stays as long as some class of events does, and an hour later it is gone; the log counts it."""
    days = {"access": 30, "account": 20, "traffic": 10, "log": 5}
    home.write(msgspec.structs.replace(home.settings(), retention=Retention(**days)))
    for age in (29, 31):
        keep(finding(key=f"rule|{age}"), mute=None, now=START - timedelta(days=age))

    for _ in range(2):
        worker.kept()

    assert ["rule|29"] == [row.key for row in Kept.objects.all()]
    assert 1 == capsys.readouterr().out.count("worker.kept_forgotten")


def test_shipped_rules_are_read_once_for_all_workers(home: Home, tmp_path: Path) -> None:
    """Another worker of the same process takes them as they were read."""
    one, other = book_of(home.rules), book_of(tmp_path / "other")

    known = next(known for known in one.known.values() if known.rule)
    assert known.rule is other.known[known.id].rule
