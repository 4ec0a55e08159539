"""Mutes: new alerts of a rule that are kept back, for a reason and until a day, with all that they kept back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from hemostat.detect.budget import budgets
from hemostat.kernel import BadInput, NotFound, iso
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.rights import Right, demand

from .models import KEPT_IDS, Kept, Mute

if TYPE_CHECKING:
    from hemostat.detect.finding import Finding
    from hemostat.people.models import Person


@transaction.atomic
def mute_make(
    *,
    rule: str,
    by: "Person",
    now: datetime,
    until: datetime,
    reason: str,
    store: str = "",
    environment: str = "",
    group: Mapping[str, str] | None = None,
) -> Mute:
    """New alerts of the rule are kept back until then, those of this store, environment and group alone where they are named.

    Raises `Refused` for somebody who may not, and `BadInput` without a reason, for an end that is not ahead or too far.
    """
    demand(by, Right.TUNE)
    if not reason.strip():
        raise BadInput("A mute needs a reason.", advice="Say in a sentence why nobody has to be told.")
    if not now < until <= now + timedelta(days=budgets().mute_days_most):
        raise BadInput(
            f"A mute ends within {budgets().mute_days_most} days, and not in the past.",
            advice="Give an end that is ahead. A rule that should be silent for longer is changed or retired.",
        )
    mute = Mute.objects.create(
        rule=rule, store=store, environment=environment, group=dict(group or {}), reason=reason.strip(),
        made_by=by.username, made_at=now, until=until,
    )  # fmt: skip
    record(
        act=LedgerAct.MUTE_MAKE, by=by, at=now, subject=f"rule/{rule}", mute=mute.pk, store=store, environment=environment,
        group=mute.group, until=iso(until),
    )  # fmt: skip
    return mute


@transaction.atomic
def mute_end(*, mute: Mute, by: "Person", now: datetime) -> Mute:
    """The mute is over: the next finding alerts. Raises `Refused` for somebody who may not; one that is over stays as it is."""
    demand(by, Right.TUNE)
    mute = Mute.objects.select_for_update().get(pk=mute.pk)
    return mute if mute.ended_at or mute.until <= now else _ended(mute, by=by, at=now)


@transaction.atomic
def mutes_expire(*, now: datetime) -> list[Mute]:
    """Mutes whose end has come are over, at that moment; the ledger says so of each. They held nothing back since."""
    due = list(Mute.objects.select_for_update().filter(ended_at=None, until__lte=now).order_by("pk"))
    return [_ended(mute, by="worker", at=mute.until) for mute in due]


def mutes_in_force(now: datetime) -> list[Mute]:
    """The mutes that keep something back at this moment, the oldest first."""
    return list(Mute.objects.filter(ended_at=None, made_at__lte=now, until__gt=now).order_by("pk"))


def mute_over(finding: "Finding", mutes: Sequence[Mute]) -> Mute | None:
    """The first of these mutes that keeps the finding back."""
    return next((mute for mute in mutes if mute.holds_back(finding)), None)


def mutes_of(rule: str) -> list[Mute]:
    """All mutes of a rule, the newest first."""
    return list(Mute.objects.filter(rule=rule).order_by("-pk"))


def mute_for(rule: str, pk: int) -> Mute:
    """The mute of this rule with this number. Raises `NotFound`."""
    mute = Mute.objects.filter(rule=rule, pk=pk).first()
    if mute is None:
        raise NotFound("There is no such mute.", advice="The page of the rule lists them.")
    return mute


def keep(finding: "Finding", *, mute: Mute | None, now: datetime) -> Kept:
    """What was found stands in the row of its key and day, and is counted on the mute that kept it back."""
    if mute:
        mute.findings += 1
        mute.events += finding.events
        mute.save(update_fields=["findings", "events"])
    row, is_new = Kept.objects.get_or_create(
        key=finding.key,
        day=now.date(),
        mute=mute,
        defaults={
            "rule": finding.rule,
            "store": finding.store,
            "environment": finding.environment,
            "group": finding.group,
            "findings": 1,
            "events": finding.events,
            "people": finding.people,
            "event_ids": list(finding.event_ids[:KEPT_IDS]),
            "summary": finding.summary,
            "first_event_at": finding.first_time,
            "last_event_at": finding.last_time,
            "found_at": now,
        },
    )
    return row if is_new else _joined(row, finding, now=now)


def _joined(row: Kept, finding: "Finding", *, now: datetime) -> Kept:
    row.findings += 1
    row.events += finding.events
    row.people = max(row.people, finding.people)
    row.event_ids = list(dict.fromkeys([*row.event_ids, *finding.event_ids]))[:KEPT_IDS]
    row.first_event_at = min(row.first_event_at, finding.first_time)
    row.last_event_at = max(row.last_event_at, finding.last_time)
    row.found_at = now
    row.save(update_fields=["findings", "events", "people", "event_ids", "first_event_at", "last_event_at", "found_at"])
    return row


def _ended(mute: Mute, *, by: "Person | str", at: datetime) -> Mute:
    mute.ended_at, mute.ended_by = at, by if isinstance(by, str) else by.username
    mute.save(update_fields=["ended_at", "ended_by"])
    record(act=LedgerAct.MUTE_END, by=by, at=at, subject=f"rule/{mute.rule}", mute=mute.pk, findings=mute.findings)
    return mute
