"""From the spool to the alert, restartable at any point, each batch's findings counted once."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from hemostat.alerts.models import Alert, DetectCursor
from hemostat.alerts.selectors import last_detected_batch
from hemostat.kernel import ExerciseClock, Home, Source, log
from hemostat.lake import dead_letters
from hemostat.lake.reader import DamagedLake, read
from hemostat.lake.repair import check
from hemostat.lake.spool import Incoming, Plan, Spool
from hemostat.people.ledger import chain_verify
from hemostat.people.models import LedgerCheckpoint
from hemostat.phi import patients
from hemostat.phi.traits import Trait
from hemostat.worker.chores import Chore
from hemostat.worker.loop import Worker, run
from unit.lake.disks import small_disk, write_until_full
from unit.phi.enrolled import JANE

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)

Leak = Callable[..., None]


@pytest.fixture
def leak(spool: Spool) -> Leak:
    """Put unsigned calls for consecutive customers into the spool, one message, two seconds apart."""

    def leak(first: int, count: int) -> None:
        lines = [
            msgspec.json.encode(
                {
                    "time": (START + timedelta(seconds=2 * n)).isoformat(),
                    "ip": "203.0.113.24",
                    "asn": 64500,
                    "host": "care-app.fernhollow.example",
                    "request": f"GET /api/session?cid={7_000_000 + n} HTTP/1.1",
                    "status": 200 if n % 5 == 0 else 404,
                }
            )
            for n in range(first, first + count)
        ]
        received = START + timedelta(seconds=2 * (first + count))
        spool.append(
            [
                Incoming(
                    source="edge", key=str(first), received_at=received, content_type="", headers={}, body=b"\n".join(lines)
                )
            ]
        )  # fmt: skip

    return leak


def _work(worker: Worker) -> None:
    worker.drain()
    while worker.detect():
        pass


def _alerts() -> dict[str, tuple[int, int]]:
    return {alert.title: (alert.events, alert.people) for alert in Alert.objects.all()}


def test_a_leak_becomes_an_alert(worker: Worker, leak: Leak) -> None:
    """Thirty unsigned calls in a minute are noticed, and the alert names its rule, surface and playbook."""
    leak(0, 30)

    _work(worker)

    alert = Alert.objects.get(title__startswith="Session route answers callers")
    assert ("high", "storefront", "storefront-session-leak") == (alert.level, alert.surface, alert.playbook)
    assert 1 == last_detected_batch()


def test_a_leak_over_several_batches_is_one_alert(worker: Worker, leak: Leak) -> None:
    """What no batch shows alone is seen across batches, and joined."""
    for first in range(0, 60, 10):
        leak(first, 10)
        _work(worker)

    assert 1 == Alert.objects.filter(title__startswith="Session route answers callers").count()
    assert 6 == last_detected_batch()


def test_a_restart_changes_nothing(home: Home, leak: Leak) -> None:
    """A worker that starts anew before every batch raises the same alerts as one that runs through."""
    for first in range(0, 60, 10):
        leak(first, 10)
        worker = Worker(home)
        _work(worker)
        worker.close()
    restarted = _alerts()
    Alert.objects.all().delete()
    DetectCursor.objects.all().delete()

    worker = Worker(home)
    _work(worker)
    worker.close()

    assert restarted == _alerts()
    assert 60 == max(events for events, _ in restarted.values())


def test_a_batch_whose_alerts_were_not_kept_is_detected_again(
    worker: Worker, leak: Leak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database refuses, neither alert nor cursor moves; the next try gives what the first would have given."""
    leak(0, 30)
    worker.drain()

    def refuses(**_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("hemostat.worker.loop.alerts_raise", refuses)
        with pytest.raises(OSError):  # noqa: PT011  # its kind is all that matters
            worker.detect()
    worker.forget()
    assert (0, {}) == (last_detected_batch(), _alerts())

    worker.detect()

    assert 1 == last_detected_batch()
    assert 30 == next(events for title, (events, _) in _alerts().items() if title.startswith("Session route answers"))


def test_a_batch_without_events_moves_the_cursor(worker: Worker, spool: Spool) -> None:
    """A batch of unreadable lines is passed over, once."""
    spool.append([Incoming(source="edge", key="1", received_at=START, content_type="", headers={}, body=b"bad")])

    _work(worker)

    assert (1, {}) == (last_detected_batch(), _alerts())


def test_a_damaged_file_stops_detection_not_intake(home: Home, worker: Worker, leak: Leak) -> None:
    """Detection waits for the repair with its reason; the lake goes on filling."""
    leak(0, 5)
    worker.drain()
    (path,) = home.lake.rglob("*.parquet")
    content = path.read_bytes()
    path.write_bytes(content[:50])

    with pytest.raises(DamagedLake):
        worker.detect()
    leak(5, 5)
    worker.drain()
    path.write_bytes(content)
    worker.forget()
    while worker.detect():
        pass

    assert 2 == last_detected_batch()


def test_changed_settings_are_seen_without_a_restart(home: Home, worker: Worker, spool: Spool, leak: Leak) -> None:
    """A source that is added while the worker runs is read from its next message on."""
    leak(0, 1)
    worker.drain()
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, sources={**settings.sources, "new": Source(kind="events", store="fernhollow")}))
    body = b'{"time": "2026-03-02T14:00:00Z", "act": "page:read"}'
    spool.append([Incoming(source="new", key="1", received_at=START, content_type="", headers={}, body=body)])

    worker.drain()

    assert ["edge", "new"] == [part.source for part in spool.parts()]


def test_people_who_are_fingerprinted_are_recognized_without_a_restart(home: Home, worker: Worker, spool: Spool) -> None:
    """An event before the set and after it is forgotten has no word for them, one in between has."""
    keyring, request = home.keyring(home.settings()), f"GET /reset?mail={JANE[Trait.EMAIL][0]} HTTP/1.1"
    sent = msgspec.json.encode({"time": START, "ip": "203.0.113.24", "host": "care.example", "request": request, "status": 200})
    for key in ("before", "between", "after"):
        if key == "between":
            made = patients.builder(home, keyring)
            made.add(JANE)
            patients.keep(home, keyring, made, name="patients", of="patient", at=START)
        elif key == "after":
            patients.forget(home, keyring, "patients")
        spool.append([Incoming(source="edge", key=key, received_at=START, content_type="", headers={}, body=sent)])
        worker.drain()

    assert [["EMAIL"], ["EMAIL", "KNOWN_PATIENT"], ["EMAIL"]] == read(home, spool.parts())["phi"].to_pylist()


def test_the_stores_own_fields_are_masked_without_a_restart(home: Home, worker: Worker, spool: Spool) -> None:
    """What a field of the merchant's holds is masked from the next message on; a file that cannot be used holds up nothing."""
    body = msgspec.json.encode(
        {"time": "2026-03-02T14:00:00Z", "act": "log:write", "message": "chart ref 447122, calm nights kit"}
    )
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, sources={**settings.sources, "new": Source(kind="events", store="fernhollow")}))
    words = "fields: [{entity: MRN, prose: true, names: [chart ref]}]\nterms: [{entity: CONDITION, terms: [calm nights kit]}]"
    for key, text in (("before", ""), ("own", words), ("broken", "fields: 7"), ("after", "")):
        home.fields_file.write_text(text)
        if not text:
            home.fields_file.unlink()
        spool.append([Incoming(source="new", key=key, received_at=START, content_type="", headers={}, body=body)])
        worker.drain()

    told = read(home, spool.parts()).sort_by("event_id")
    plain = "chart ref 447122, calm nights kit"
    assert [plain, "chart ref [MRN], calm nights kit", plain, plain] == told["message"].to_pylist()
    assert [[], ["MRN"], [], []] == told["phi"].to_pylist()


def test_small_files_are_merged_and_swept(home: Home, worker: Worker, spool: Spool, leak: Leak) -> None:
    """After many small batches the lake has one file, and a sweep later nothing else lies there; detection goes on."""
    for first in range(20):
        leak(first, 1)
        _work(worker)

    for _ in range(2):
        worker.compact()
        worker.sweep()
    leak(20, 10)
    _work(worker)

    assert [20, 10] == [part.rows for part in spool.parts()]
    assert 2 == len(list(home.lake.rglob("*.parquet")))
    assert 30 == next(events for title, (events, _) in _alerts().items() if title.startswith("Session route answers"))


def test_old_messages_are_purged_when_their_days_are_over(worker: Worker, spool: Spool, leak: Leak) -> None:
    """Raw messages leave the spool after the days that the settings allow, by the clock of the home."""
    leak(0, 1)
    worker.drain()

    worker.purge()

    left = list(spool.messages(Plan(batch=1, first=1, last=1)))
    assert [] == left
    assert 1 == spool.parts()[0].rows


def test_old_letters_and_keys_go_as_well(home: Home, worker: Worker, spool: Spool) -> None:
    """Raw input has the same days in the dead letters as in the spool; keys are known for ninety, by the home's clock."""
    bad = Incoming(source="edge", key="1", received_at=START, content_type="", headers={}, body=b"bad")
    spool.append([bad])
    worker.drain()

    def letters_and_key(days: float) -> tuple[int, bool]:
        ExerciseClock(home.path / "clock.json").set(START + timedelta(days=days), factor=0)
        worker.purge()
        return len(list(home.dead_letters.iterdir())), spool.marks("edge", "1") is not None

    with sqlite3.connect(home.spool) as db:
        db.execute("INSERT INTO marks VALUES (1, x'00', 0)")
    db.close()
    assert [(1, True), (0, True), (0, False)] == [letters_and_key(days) for days in (29.9, 30.1, 90.1)]
    assert not spool.append([bad])[0].duplicate


def test_a_message_that_does_not_open_is_logged_and_passed(
    worker: Worker, home: Home, spool: Spool, leak: Leak, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log names the message and its source; the messages around it are in the lake."""
    log.configure("worker")
    for first in range(3):
        leak(first, 1)
    with sqlite3.connect(home.spool) as db:
        db.execute("UPDATE bodies SET sealed = x'00' WHERE seq = 2")
    db.close()

    worker.drain()

    assert [2] == [part.rows for part in spool.parts()]
    (told,) = [line for line in map(json.loads, capsys.readouterr().err.splitlines()) if line["event"] == "worker.unopened"]
    assert ("error", 1, 2, "edge") == (told["level"], told["batch"], told["seq"], told["source"])
    assert "does not open" in told["reason"]


def test_a_full_disk_is_told_and_loses_nothing(
    worker: Worker, home: Home, spool: Spool, leak: Leak, capsys: pytest.CaptureFixture[str]
) -> None:
    """While the disk of the lake is full the log says so and what helps; with room again everything is there, once."""
    log.configure("worker")
    leak(0, 200)
    spool.append([Incoming(source="edge", key="bad", received_at=START, content_type="", headers={}, body=b"bad")])
    watch = iter(range(0, 1000, 100))
    chore = Chore("drain", worker.drain, clock=lambda: next(watch))
    with small_disk() as disk:
        if disk is None:
            pytest.skip("needs a tmpfs, which only root may mount")
        home.lake.rmdir()
        home.lake.symlink_to(disk)
        write_until_full(disk / "ballast")

        for _ in range(2):
            assert chore.turn() is False
            assert (0, 2) == (spool.last_batch(), spool.lag().messages)
        (disk / "ballast").unlink()
        chore.turn()

        told = [
            line["error"] for line in map(json.loads, capsys.readouterr().err.splitlines()) if line["event"] == "worker.failed"
        ]
        assert 2 == len(told)
        assert all(text.startswith("The disk is full (OSError at ") and "Free some space" in text for text in told)
        assert (1, 0) == (spool.last_batch(), spool.lag().messages)
        assert 200 == read(home, spool.parts()).num_rows == len(set(read(home, spool.parts())["event_id"].to_pylist()))
        assert 1 == len(list(dead_letters.waiting(home.dead_letters, last_batch=1)))
        assert [] == check(home, spool)


def test_the_ledger_is_signed(worker: Worker, leak: Leak) -> None:
    """Upkeep signs the head of the chain, and the chain verifies."""
    leak(0, 30)
    _work(worker)

    worker.checkpoint()

    assert 1 == LedgerCheckpoint.objects.count() == chain_verify().checkpoints


def test_the_loop_works_until_it_is_told_to_stop(home: Home, spool: Spool, leak: Leak) -> None:
    """Started on a filled spool, the loop raises the alert and ends when asked."""
    leak(0, 30)
    stop = threading.Event()
    waiter = threading.Thread(target=lambda: _until(lambda: spool.last_batch() == 1, stop))
    waiter.start()

    run(home, stop=stop)

    waiter.join()
    assert 1 == spool.last_batch() == last_detected_batch()


def _until(holds: Callable[[], bool], stop: threading.Event) -> None:
    """Set `stop` soon after something holds, or after patience has ended."""
    for _ in range(2400):
        if holds():
            break
        time.sleep(0.05)
    stop.wait(1)
    stop.set()
