"""Facts that contradict themselves, or lie in the future, are warned of: the sentence names the field and what is assumed."""

import json
from datetime import date
from typing import Any

import pytest

from hemostat.law import assess, facts_decode

NOTICE = {"kind": "consumer_notice_sent", "on": "2026-03-20"}
HOLD = {"kind": "law_enforcement_hold", "form": "written", "from": "2026-03-05", "until": "2026-03-09"}


def warnings(today: date | None = None, **changes: Any) -> list[str]:
    """What is warned of when full and sound facts are changed in some places."""
    facts: dict[str, Any] = {
        "entity": {"kinds": ["hipaa_covered_entity"], "listed_company": False, "dfs_licensee": False},
        "discovery": {"known_at": "2026-03-02", "determined_at": "2026-03-04"},
        "affected": {"US-CA": 501},
        "elements": ["name", "diagnosis"],
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "harm_likely": True,
    }
    return assess(facts_decode(json.dumps(facts | changes)), today=today).warnings


def entity(*kinds: str, **more: bool) -> dict[str, Any]:
    """An entity about which everything is said."""
    return {"kinds": kinds, "listed_company": False, "dfs_licensee": False} | more


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"elements": ["name", "ssn", "ssn"]}, "`elements` names ssn 2 times: it counts once."),
        ({"entity": entity("merchant", "merchant")}, "`entity.kinds` names merchant 2 times: it counts once."),
        ({"key_acquired": True}, "`key_acquired` is true though `encrypted` is not"),
        ({"accessed": False}, "`accessed` is false though `acquired` is true"),
        ({"accessed": False, "acquired": False}, "`accessed` and `acquired` are both false"),
        ({"discovery": {"known_at": "2026-03-02", "determined_at": "2026-03-01"}}, "taken as known when it was determined"),
        (
            {"discovery": {"known_at": "2026-03-02", "determined_at": "2026-03-04", "should_have_known_at": "2026-03-03"}},
            "`discovery.should_have_known_at` lies after `known_at`",
        ),
        ({"events": [NOTICE | {"jurisdiction": "US-ME"}]}, "consumer_notice_sent of 2026-03-20 in US-ME: nobody in US-ME"),
        ({"events": [NOTICE | {"jurisdiction": "US"}]}, "it holds for federal duties only"),
        ({"events": [HOLD | {"jurisdiction": "US-ME"}]}, "law_enforcement_hold of 2026-03-05 in US-ME: nobody in US-ME"),
        ({"affected": {"US-CA": 1, "US-ME": 0}, "events": [NOTICE | {"jurisdiction": "US-ME"}]}, "nobody in US-ME is among"),
        ({"events": [NOTICE | {"on": "2026-03-01"}]}, "of 2026-03-01 lies before `known_at`, 2026-03-02: check the day."),
        ({"events": [NOTICE | {"form": "oral"}]}, "also has form, which belong to a hold and are left aside"),
        ({"events": [{"kind": "determination", "on": "2026-03-01"}]}, "taken as known when it was determined"),
        (
            {"events": [HOLD | {"from": "2026-03-01"}]},
            "lies before `known_at`, 2026-03-02: check the day; the hold is taken as given.",
        ),
        ({"events": [HOLD | {"on": "2026-03-05"}]}, "a hold begins at its `from`"),
        ({"events": [HOLD | {"requested_days": 9}]}, "the earlier end counts"),
        (
            {"entity": entity("merchant"), "events": [{"kind": "hhs_notice_sent", "on": "2026-04-01"}]},
            "`entity.kinds` names no role under HIPAA: it is taken to change nothing",
        ),
        (
            {"entity": entity("phr_vendor"), "events": [{"kind": "hipaa_individual_notice_sent", "on": "2026-04-01"}]},
            "`entity.kinds` names no role under HIPAA: it is taken to change nothing",
        ),
        ({"entity": entity("phr_vendor"), "acquired": False}, "the FTC presumes that accessed data were acquired"),
        ({"harm_in": {"US-ME": False}}, "`harm_in.US-ME`: nobody there is among `affected`"),
    ],
)
def test_a_contradiction_is_warned_of(changes: dict[str, Any], warning: str) -> None:
    """One contradiction makes one warning, which names the field and says what is assumed."""
    (found,) = warnings(**changes)
    assert warning in found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"events": [NOTICE, HOLD, {"kind": "hhs_notice_sent", "on": "2026-04-01", "jurisdiction": "US"}]},
        {"events": [NOTICE | {"jurisdiction": "US-CA"}, {"kind": "determination", "on": "2026-03-04"}]},
        {"events": [{"kind": "agent_knew", "on": "2026-02-20"}]},
        {"encrypted": True, "key_acquired": True},
        {"acquired": False},
        {"entity": entity("hipaa_covered_entity"), "acquired": False},
        {"harm_in": {"US": True, "US-CA": True}},
        {"entity": entity("licensed_ca_clinic"), "affected": {"US-TX": 1}, "events": [HOLD | {"jurisdiction": "US-CA"}]},
        {"entity": entity("merchant", dfs_licensee=True), "events": [HOLD | {"jurisdiction": "US-NY"}]},
    ],
)
def test_sound_facts_are_not_doubted(changes: dict[str, Any]) -> None:
    """What can well be is not warned of; a license binds a place also when nobody lives there."""
    assert [] == warnings(**changes)


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        (
            {"discovery": {"known_at": "2026-03-11", "determined_at": "2026-03-10"}},
            "`discovery.known_at`, 2026-03-11, lies after today",
        ),
        ({"discovery": {"known_at": "2026-03-02", "determined_at": "2026-03-11"}}, "`discovery.determined_at`, 2026-03-11"),
        ({"events": [NOTICE]}, "`events`: consumer_notice_sent of 2026-03-20 lies after today, 2026-03-10"),
        (
            {"events": [HOLD | {"from": "2026-03-12", "until": "2026-03-14"}]},
            "law_enforcement_hold of 2026-03-12 lies after today",
        ),
    ],
)
def test_a_day_that_has_not_come_is_warned_of(changes: dict[str, Any], warning: str) -> None:
    """It is counted as if it had come, and said; without a day of asking nothing lies in the future."""
    found = warnings(today=date(2026, 3, 10), **changes)
    assert 1 == len([sentence for sentence in found if "lies after today" in sentence])
    assert any(warning in sentence for sentence in found)
    assert not any("lies after today" in sentence for sentence in warnings(**changes))


def test_today_and_the_end_of_a_hold_are_not_in_the_future() -> None:
    """A leak found today is no doubt, and a hold may well end later."""
    assert [] == warnings(today=date(2026, 3, 5), events=[HOLD])
    assert [] == warnings(today=date(2026, 3, 4))


def test_several_doubts_come_at_once() -> None:
    """No doubt hides another."""
    assert 4 == len(
        warnings(today=date(2026, 3, 10), elements=["ssn", "ssn", "name"], key_acquired=True, accessed=False, events=[NOTICE])
    )
