"""How rules stand: what people decide about them, and what their budgets do."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from hemostat.alerts.models import Alert, RuleDecision
from hemostat.alerts.services import alert_dismiss, alerts_close, alerts_raise, alerts_take
from hemostat.alerts.standing import (
    budgets_keep,
    decisions,
    decisions_of,
    figures,
    kept_of,
    last_found,
    rule_decide,
    states,
)
from hemostat.detect import Finding, Known, State
from hemostat.detect.book import Proof
from hemostat.detect.budget import Figures, budgets
from hemostat.kernel import BadInput
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)

Raise = Callable[..., list[Alert]]


def known(rule: str = "rule", *, level: str = "high", doubts: tuple[str, ...] = ()) -> Known:
    """A rule as its file stands."""
    return Known(
        id=rule, title="A rule", level=level, surface="storefront", place="rule.yml", own=True, said=State.ACTIVE,
        proof=Proof(doubts, None), allowed=budgets().of(level, None), rule=None,
    )  # fmt: skip


@pytest.fixture
def raised(finding: Callable[..., Finding], now: datetime) -> Raise:
    """So many alerts of a rule, each of its own key, so many days ago; dismissed with an outcome when one is told."""
    batch = 0

    def make(count: int, *, ago: float = 0, rule: str = "rule", outcome: str = "") -> list[Alert]:
        nonlocal batch
        batch += 1
        at = now - ago * DAY
        found = [finding(f"{rule}|{batch}|{n}", rule=rule) for n in range(count)]
        alerts = alerts_raise(findings=found, batch=batch, now=at)
        if outcome:
            by = Person.objects.first() or Person.objects.create_user(username="somebody")
            for alert in alerts:
                alert_dismiss(alert=alert, by=by, now=at, outcome=outcome, note="Looked at.")
        return alerts

    return make


def test_a_person_decides_with_a_reason(person: Callable[[str], Person], now: datetime) -> None:
    """The last decision counts, all of them stay, and the ledger has who, what and when, never the words."""
    engineer = person("engineer")

    for state, reason in ((State.WATCH, " Release 2.14 calls it all day. "), (State.ACTIVE, "Corrected.")):
        rule_decide(known=known(), state=state, reason=reason, by=engineer, now=now)

    assert {"rule": State.ACTIVE} == states()
    assert ["Corrected.", "Release 2.14 calls it all day."] == [one.reason for one in decisions_of("rule")]
    assert "rule active" == str(decisions()["rule"])
    told = [(entry.act, entry.actor, entry.payload) for entry in entries("rule/rule")]
    assert [("rule:decide", "engineer", {"state": "watch"}), ("rule:decide", "engineer", {"state": "active"})] == told


@pytest.mark.parametrize(
    ("state", "reason", "doubts", "words"),
    [
        ("tuning", "Why not.", (), "Choose active, watch or retired"),
        ("asleep", "Why not.", (), "Choose active, watch or retired"),
        ("watch", "  ", (), "Say in a sentence why"),
        ("active", "It is fine.", ("its sample positive 1 was not found",), "Correct rule.yml"),
    ],
)
def test_a_decision_that_cannot_be(
    person: Callable[[str], Person], now: datetime, state: str, reason: str, doubts: tuple[str, ...], words: str
) -> None:
    """It is refused with the way out, and nothing is on record."""
    with pytest.raises(BadInput) as caught:
        rule_decide(known=known(doubts=doubts), state=state, reason=reason, by=person("engineer"), now=now)

    assert words in caught.value.advice()
    assert not RuleDecision.objects.exists()
    assert not entries("rule/rule").exists()


def test_a_rule_in_doubt_may_be_retired(person: Callable[[str], Person], now: datetime) -> None:
    """Doubts are in the way of alerts alone."""
    rule_decide(known=known(doubts=("none",)), state="retired", reason="Too slow.", by=person("engineer"), now=now)

    assert {"rule": State.RETIRED} == states()


@pytest.mark.parametrize("role", ["compliance", "auditor", "admin", ""])
def test_who_may_not_decide(person: Callable[[str], Person], now: datetime, role: str) -> None:
    """Only engineers and commanders do."""
    with pytest.raises(Refused):
        rule_decide(known=known(), state="watch", reason="Too loud.", by=person(role), now=now)


def test_the_figures_of_the_last_days(raised: Raise, person: Callable[[str], Person], now: datetime) -> None:
    """Alerts, those of the last day, leaks, false alarms and incidents at work are counted, older ones are not."""
    raised(3, ago=31)
    raised(2, ago=20, outcome="false_positive")
    raised(1, ago=10, outcome="expected_activity")
    first, second, *_ = raised(4)
    engineer = person("engineer")
    alerts_take(alerts=[first, second], by=engineer, now=now)
    alerts_close(alerts=[first])
    raised(1, rule="other")

    counted = figures({}, now=now)

    assert Figures(alerts=7, days=30, last_day=4, leaks=2, false_alarms=2, at_work=1) == counted["rule"]
    assert (Figures(alerts=1, days=30, last_day=1), 0.5) == (counted["other"], counted["rule"].precision)


@pytest.mark.parametrize(("ago", "days", "alerts"), [(2, 7, 1), (10, 10, 3), (40, 30, 6)])
def test_figures_begin_anew_when_a_rule_is_active_again(
    raised: Raise, person: Callable[[str], Person], now: datetime, ago: int, days: int, alerts: int
) -> None:
    """They count from then, over seven days at least and thirty at most."""
    for when, count in ((1, 1), (5, 2), (20, 3)):
        raised(count, ago=when)
    rule_decide(known=known(), state="active", reason="Corrected.", by=person("engineer"), now=now - ago * DAY)

    counted = figures(decisions(), now=now)["rule"]

    assert (days, alerts) == (counted.days, counted.alerts)


def test_a_loud_rule_goes_to_tuning(raised: Raise, now: datetime) -> None:
    """Once, with the reason in words, as the ledger says too; rules within their budget stay."""
    raised(91, ago=3)
    raised(90, ago=3, rule="quiet")

    moved = budgets_keep([known(), known("quiet"), known("silent")], now=now, daily=True)
    again = budgets_keep([known(), known("quiet"), known("silent")], now=now, daily=True)

    assert ({"rule": State.TUNING}, []) == (states(), again)
    words = "It raised 3.0 alerts a day in 30 days; its budget is 3."
    assert [("rule", "budget", words, now)] == [(one.rule, one.by, one.reason, one.at) for one in moved]
    (entry,) = entries("rule/rule")
    assert ("rule:decide", "budget", {"state": "tuning", "reason": words}) == (entry.act, entry.actor, entry.payload)


def test_a_rule_that_is_mostly_wrong_goes_to_tuning(raised: Raise, now: datetime) -> None:
    """Five false alarms and no leak are enough; four say nothing."""
    raised(4, ago=2, outcome="false_positive")
    assert [] == budgets_keep([known()], now=now, daily=True)

    raised(1, ago=1, outcome="false_positive")

    (moved,) = budgets_keep([known()], now=now, daily=True)
    assert "a precision of 0%" in moved.reason


def test_what_is_far_over_does_not_wait_for_the_day(raised: Raise, now: datetime) -> None:
    """Within the day only ten times the budget counts; the average waits for the daily look."""
    raised(30)
    raised(91, ago=3, rule="average")
    assert [] == budgets_keep([known(), known("average")], now=now, daily=False)

    raised(1)

    (moved,) = budgets_keep([known(), known("average")], now=now, daily=False)
    assert ("rule", True) == (moved.rule, "more than 10 times" in moved.reason)


def test_a_critical_rule_is_never_moved(raised: Raise, now: datetime) -> None:
    """However loud it is."""
    raised(500)

    assert [] == budgets_keep([known(level="critical")], now=now, daily=True)


def test_a_rule_with_an_incident_at_work_is_not_moved(raised: Raise, person: Callable[[str], Person], now: datetime) -> None:
    """A flood of alerts may be the leak itself, and must not silence the rule. When the incident is closed it counts."""
    first, *_ = raised(100)
    alerts_take(alerts=[first], by=person("engineer"), now=now)
    assert [] == budgets_keep([known()], now=now, daily=True)

    alerts_close(alerts=[first])

    assert ["rule"] == [one.rule for one in budgets_keep([known()], now=now, daily=True)]


@pytest.mark.parametrize("state", [State.WATCH, State.RETIRED])
def test_what_alerts_nobody_has_no_budget(raised: Raise, person: Callable[[str], Person], now: datetime, state: State) -> None:
    """A rule that a person took back stays where that person put it."""
    raised(100)
    rule_decide(known=known(), state=state, reason="Too loud.", by=person("engineer"), now=now)

    assert [] == budgets_keep([known()], now=now, daily=True)


def test_a_rule_that_a_person_returns_begins_anew(raised: Raise, person: Callable[[str], Person], now: datetime) -> None:
    """What it did before is not held against it."""
    raised(100)
    budgets_keep([known()], now=now, daily=True)

    rule_decide(known=known(), state="active", reason="The number is right now.", by=person("engineer"), now=now)

    assert [] == budgets_keep([known()], now=now + DAY, daily=True)
    assert {"rule": State.ACTIVE} == states()


def test_when_a_rule_last_found_something(raised: Raise, finding: Callable[..., Finding], now: datetime) -> None:
    """By the time of the event, of alerts and of what was kept, whichever is later."""
    raised(1, rule="alerted")
    alerts_raise(findings=[finding("b", rule="both", at=9), finding("k", rule="kept", at=7)], batch=10, now=now, watched={"kept"})
    alerts_raise(findings=[finding("b2", rule="both", at=3)], batch=11, now=now, watched={"both"})

    minutes = {rule: (now - at).total_seconds() / 60 for rule, at in last_found().items()}

    assert {"alerted": 5, "kept": 7, "both": 3} == minutes
    assert [["k"], ["b2"], []] == [[row.key for row in kept_of(rule, most=5)] for rule in ("kept", "both", "alerted")]
