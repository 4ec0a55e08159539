"""Starting, moving and ending a drill. Each service is one transaction with its ledger entries."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Q

from hemostat.kernel import BadInput, SystemClock
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import record
from hemostat.people.models import Person

from .models import Drill, DrillMode, DrillState
from .pack import Pack
from .selectors import drill_truth
from .story import TWIN


@transaction.atomic
def drill_start(*, pack: Pack, seed: int, mode: DrillMode, by: Person | str) -> Drill:
    """A run of the pack stands open: a new one, or the one that was interrupted before its score.

    Raises `BadInput` when another one runs here.
    """
    running = Drill.objects.filter(Q(state=DrillState.RUNNING) | Q(result={})).first()
    if running is not None:
        if (running.pack, running.seed, running.mode) != (pack.id, seed, mode.value):
            raise BadInput(f"{running.ref} still runs in this sandbox.", advice="End it, or choose another --home.")
        return running
    opens = pack.story.start - timedelta(minutes=pack.story.prelude_minutes)
    drill = Drill.objects.create(
        ref=f"DRL-{Drill.objects.count() + 1:04d}",
        pack=pack.id,
        pack_version=pack.version,
        pack_sha256=pack.sha256,
        title=pack.title,
        surface=pack.surface,
        seed=seed,
        mode=mode.value,
        started_at=opens,
        leak_at=pack.story.start,
        step_at=opens,
        recorded_at=SystemClock().now(),
    )
    record(
        act=LedgerAct.EXERCISE_START,
        by=by,
        at=opens,
        subject=drill.ref,
        pack=pack.id,
        version=pack.version,
        sha256=pack.sha256,
        seed=seed,
        mode=mode.value,
    )
    return drill


@transaction.atomic
def drill_prelude_done(*, drill: Drill) -> None:
    """The ordinary life before the story has been played and need not be played again."""
    drill.prelude_done = True
    drill.save(update_fields=["prelude_done"])


@transaction.atomic
def drill_advance(*, drill: Drill, to: datetime) -> None:
    """The story has been played up to `to`; passing the first planted event is written down."""
    if drill.step_at < drill.leak_at <= to:
        record(act=LedgerAct.EXERCISE_LEAK, by="sandbox", at=drill.leak_at, subject=drill.ref)
    drill.step_at = to
    drill.save(update_fields=["step_at"])


@transaction.atomic
def drill_end(*, drill: Drill, by: Person | str, now: datetime, truth: dict[str, Any] | None = None) -> None:
    """The story is over, and what the twin knows of it is written down once it is given. Ending it twice changes nothing.

    A person ends a drill without asking the twin: then its truth follows in an entry of its own.
    """
    row = Drill.objects.select_for_update().get(pk=drill.pk)
    known = {} if truth is None else {"truth": truth}
    if row.state == DrillState.RUNNING:
        row.state = DrillState.ENDED.value
        row.ended_at = now
        row.ended_by = str(by)
        row.save(update_fields=["state", "ended_at", "ended_by"])
        record(act=LedgerAct.EXERCISE_END, by=by, at=now, subject=row.ref, **known)
    elif known and drill_truth(row) is None:
        record(act=LedgerAct.EXERCISE_END, by=TWIN, at=row.ended_at or now, subject=row.ref, **known)
    drill.refresh_from_db()


@transaction.atomic
def drill_score(*, drill: Drill, truth: dict[str, Any], result: dict[str, Any]) -> None:
    """The run carries its truth and its result, and the ledger carries the score. Scoring again replaces both."""
    drill.truth = msgspec.to_builtins(truth)
    drill.result = msgspec.to_builtins(result)
    drill.save(update_fields=["truth", "result"])
    record(
        act=LedgerAct.EXERCISE_SCORE,
        by="system",
        at=drill.ended_at or drill.step_at,
        subject=drill.ref,
        score=result["score"]["overall"]["score"],
        rating=result["score"]["overall"]["rating"],
    )
