"""An explanation says what the assessment says, link by link, and which other facts would change it."""

import json
import re
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.kernel import BadInput
from hemostat.law import Explanation, Facts, assess, elements, explain, facts_decode, rules_load
from hemostat.law.facts import KINDS
from hemostat.law.otherwise import Otherwise

ROWS = rules_load().rows
PLACES = sorted(set(rules_load().names) - {"US"})


def facts(**changes: Any) -> Facts:
    """Full facts of a leak in California, with some of them changed."""
    plain: dict[str, Any] = {
        "entity": {"kinds": ["hipaa_covered_entity"], "listed_company": False, "dfs_licensee": False},
        "discovery": {"known_at": "2026-03-02", "determined_at": "2026-03-04"},
        "affected": {"US-CA": 501},
        "elements": ["name", "diagnosis"],
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "harm_likely": True,
    }
    return facts_decode(json.dumps(plain | changes))


def other(answer: Explanation, when: str) -> Otherwise:
    """The state of the facts that begins so."""
    return next(one for one in answer.otherwise if one.when.startswith(when))


def said(answer: Explanation, topic: str) -> str:
    """What the chain says about a topic."""
    return " ".join(step.sentence for step in answer.steps if step.topic == topic)


def sentences(shown: Explanation) -> list[str]:
    """All that an explanation says."""
    steps = [step.sentence for step in shown.steps]
    return [*steps, shown.answer, shown.wording, shown.check, *(f"{other.when}, {other.then}" for other in shown.otherwise)]


def is_plain(text: str) -> bool:
    """Does it begin and end as a sentence, with no word of a program and no gap in it?"""
    words = re.sub(r"https?://[^\s,]+", "source", text)
    bad = re.search(r"  | [.,;]|\.\.|\bNone\b(?! of)|[a-z]_[a-z]", words)
    return text.endswith(".") and not text[0].islower() and not bad


@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, unique=True),
    people=st.dictionaries(st.sampled_from(PLACES), st.integers(0, 1200), min_size=1, max_size=4),
    leaked=st.lists(st.sampled_from([one.id for one in elements()]), max_size=5, unique=True),
    switches=st.fixed_dictionaries(
        {name: st.sampled_from([None, True, False]) for name in ("encrypted", "acquired", "harm_likely")}
    ),
    known=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
@settings(max_examples=25, deadline=None)
def test_it_agrees_with_the_assessment(
    kinds: list[str], people: dict[str, int], leaked: list[str], switches: dict[str, bool | None], known: date
) -> None:
    """Whatever the facts, each row is explained as it was assessed: owed or not, on the same day, with the same sentences."""
    given_facts = facts(entity={"kinds": kinds}, discovery={"known_at": str(known)}, affected=people, elements=leaked, **switches)
    answer = assess(given_facts)
    for duty in answer.duties:
        shown = explain(given_facts, duty.id)
        assert (True, duty.due, duty.advised, duty.met_by, duty.trigger_on, duty.obligor, duty.wording) == (
            shown.owed, shown.due, shown.advised, shown.met_by, shown.trigger_on, shown.obligor, shown.wording,
        )  # fmt: skip
        assert set(duty.because) <= {step.sentence for step in shown.steps}
        assert [] == [text for text in sentences(shown) if not is_plain(text)]
    for row in answer.not_owed:
        shown = explain(given_facts, row.id)
        assert not shown.owed
        assert row.because == [step.sentence for step in shown.steps if step.holds is False]
        assert [] == [text for text in sentences(shown) if not is_plain(text)]


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_row_can_be_explained(name: str) -> None:
    """Owed or not, each row has an answer, numbered reasons, a clause where a law speaks, and where to check."""
    shown = explain(facts(affected=dict.fromkeys(PLACES, 600), elements=["name", "diagnosis", "ssn"]), name)

    assert shown.answer.startswith("Owed by the " if shown.owed else "Not owed. ")
    assert list(range(1, len(shown.steps) + 1)) == [step.number for step in shown.steps]
    assert all(step.citation or step.topic in {"kind", "note", "advised"} for step in shown.steps)
    assert [] == [text for text in sentences(shown) if not is_plain(text)]
    assert shown.check.startswith("Verified: " if shown.verified else "Not verified: ")
    assert set(shown.sources) == set(ROWS[name].law.sources)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_what_would_change_the_answer_does_change_it(name: str) -> None:
    """No other state of the facts that is named leaves the answer as it is, and none is named twice."""
    shown = explain(facts(affected={"US-CA": 499, "US-NY": 40, "US-TX": 250}, elements=["name", "diagnosis", "ssn"]), name)
    found = [(one.owed, one.due, one.met_by) for one in shown.otherwise]
    assert (shown.owed, shown.due, shown.met_by) not in found
    assert len({one.when for one in shown.otherwise}) == len(shown.otherwise)
    assert all(one.then.endswith(".") for one in shown.otherwise)


def test_a_chain_goes_from_the_entity_to_the_day() -> None:
    """The links come in the order in which a lawyer asks: in force, who, whose residents, what, harm, from when, until when."""
    shown = explain(facts(discovery={"known_at": "2026-03-02", "should_have_known_at": "2026-02-27"}), "CA-IND-2026")
    topics = ["force", "who", "people", "elements", "data", "encryption", "harm", "start", "count", "advised", "deemed", "note"]
    assert topics == [step.topic for step in shown.steps]
    wanted = (
        "Discovered on 2026-02-27: the day reasonable diligence would have shown it, and before the day it was known, 2026-03-02."
    )
    assert wanted == said(shown, "start")
    assert "30 calendar days after 2026-02-27: day 1 is 2026-02-28, day 30 is 2026-03-29." == said(shown, "count")
    assert "Owed by the entity, on 2026-03-29 at the latest; plan for 2026-03-27." == shown.answer
    assert "affected residents, California: Cal. Civ. Code 1798.82" == shown.title


def test_a_link_has_the_clause_that_settles_it() -> None:
    """HIPAA's words on discovery, compromise and holds stand elsewhere than its duty to tell; a remark has no clause."""
    hold = {"kind": "law_enforcement_hold", "form": "written", "from": "2026-03-05", "until": "2026-06-01"}
    clauses = {step.topic: step.citation for step in explain(facts(events=[hold]), "HIPAA-IND").steps}
    assert "45 CFR 164.404" == clauses["people"]
    assert "45 CFR 164.404(a)(2)" == clauses["start"]
    assert "45 CFR 164.402" == clauses["data"] == clauses["encryption"]
    assert "45 CFR 164.412" == clauses["hold"]
    assert not clauses["note"]
    assert "45 CFR 164.410(a)(2)" == next(
        step.citation
        for step in explain(facts(entity={"kinds": ["hipaa_business_associate"]}), "HIPAA-BA-CE").steps
        if step.topic == "start"
    )


@pytest.mark.parametrize(
    ("name", "changes", "when", "then"),
    [
        (
            "CA-AG-2026",
            {"affected": {"US-CA": 500}},
            "With 501 residents of California",
            "it is owed, and there is no date: its trigger",
        ),
        ("CA-AG-2026", {}, "With 500 residents of California", "it is not owed. Residents of California affected: 500"),
        ("CA-AG-2026", {}, "Were residents told on 2026-03-12", "the last day is 2026-03-27."),
        ("CA-IND-2026", {}, "Had the data been encrypted with the key safe", "it is not owed. The data were encrypted"),
        (
            "CA-IND-2026",
            {"encrypted": True, "key_acquired": False},
            "If the key was taken too",
            "it is owed, and the last day is 2026-04-01.",
        ),
        ("CA-IND-2026", {}, "With no residents of California", "it is not owed. Nobody in California"),
        ("CA-IND-2026", {}, "Had diagnosis not leaked", "it is not owed."),
        ("CA-IND-2026", {"elements": ["name"]}, "Had diagnosis, health insurance number, Social", "it is owed"),
        ("CA-IND-2026", {}, "Had reasonable diligence shown it a day earlier", "the last day is 2026-03-31."),
        ("CA-IND-2026", {}, "If it is proven that the data were seen and not taken", "it is not owed."),
        ("CA-IND-2026", {"acquired": False}, "If the data were taken after all", "it is owed"),
        ("CA-IND-2026", {}, "With a law-enforcement hold in writing until 2026-04-11", "the last day is 2026-04-11."),
        ("CA-IND-2025", {}, "Had it been discovered on 2025-12-31", "it is owed, and there is no date: the law gives no number."),
        (
            "CA-IND-2026",
            {"discovery": {"known_at": "2025-06-01"}},
            "Had it been discovered on 2026-01-01",
            "it is owed, and the last day is",
        ),
        ("CA-1280-CDPH", {}, "Were the entity a clinic licensed in California", "it is owed, and the last day is 2026-03-23."),
        ("FTC-IND", {}, "Were the entity a vendor of personal health records", "it is owed, and the last day is 2026-05-01."),
        ("HIPAA-BA-CE", {}, "Did the entity hold these data as business associate", "it is owed"),
        ("SEC-8K-105", {}, "Were the entity a listed company", "it is owed, and there is no date: its trigger has not happened."),
        ("NY-DFS-72H", {}, "Were the entity a licensee of the New York", "it is owed, and the last day is 2026-03-07."),
        ("HIPAA-IND", {}, "Had the entity no such role", "it is not owed."),
        ("HIPAA-IND", {}, "With a documented finding that harm is not likely", "it is not owed. Harm is not likely"),
        ("HIPAA-IND", {"harm_in": {"US": False}}, "Without a finding that harm is not likely", "it is owed, and the last day"),
        ("HIPAA-HHS-500", {}, "With a total of 499 affected", "it is not owed."),
        ("HIPAA-HHS-LT500", {}, "With a total of 499 affected", "it is owed, and the last day is 2027-03-01."),
        ("HIPAA-MEDIA", {}, "With 500 residents of the State with most people", "it is not owed."),
        ("TX-IND", {"affected": {"US-TX": 1}}, "With the determination recorded a day later", "the last day is 2026-05-04."),
        ("AZ-IND", {"affected": {"US-AZ": 1}}, "Once the HIPAA letters have gone out, by 2026-05-01", "it is met by HIPAA-IND."),
        ("CO-CRA", {"affected": {"US-CO": 1000}}, "With a total of 1,001 affected", "it is owed"),
        (
            "HIPAA-IND",
            {"entity": {"kinds": ["hipaa_business_associate"]}},
            "Once the covered entity is told, say on 2026-03-12",
            "the last day is 2026-05-11.",
        ),
        (
            "CA-AG-2026",
            {"events": [{"kind": "consumer_notice_sent", "on": "2026-03-20"}]},
            "Were residents not told yet",
            "there is no date: its trigger has not happened.",
        ),
    ],
)
def test_other_facts_that_would_change_it(name: str, changes: dict[str, Any], when: str, then: str) -> None:
    """Each question that a lawyer would ask next has its answer."""
    assert other(explain(facts(**changes), name), when).then.startswith(then)


def test_one_resident_is_one_resident() -> None:
    """The sentence is said of one person as people say it."""
    assert "With 1 resident of Ohio affected" in {
        one.when for one in explain(facts(elements=["name", "ssn"]), "OH-IND").otherwise
    }


def test_facts_that_change_nothing_are_not_named() -> None:
    """A hold that moves no regulator and a determination that starts nothing are left out, and so is all of a remedy."""
    shown = explain(facts(), "CA-AG-2026")
    assert not [one.when for one in shown.otherwise if "hold" in one.when or "determination" in one.when]
    assert [] == explain(facts(), "CA-CCPA-45").otherwise == explain(facts(), "CA-150-2025").otherwise


def test_the_answer_of_a_duty_that_is_met_or_has_no_date() -> None:
    """It names the letter that meets it, or the words that stand instead of a number."""
    letter = {"kind": "hipaa_individual_notice_sent", "on": "2026-03-10"}
    arizona = facts(affected={"US-AZ": 1, "US-IL": 1}, events=[letter])
    assert "Owed by the entity, and met by HIPAA-IND." == explain(arizona, "AZ-IND").answer
    assert "Owed by the entity, without a date. " in explain(facts(affected={"US-IL": 1}), "IL-IND").answer


@pytest.mark.parametrize(
    ("name", "hold", "events", "why"),
    [
        ("TX-AG", {"until": "2026-06-01"}, [], "it holds back no notice to attorney general"),
        ("HIPAA-IND", {"until": "2026-06-01"}, [("consumer_notice_sent", "2026-03-20")], "residents were told on 2026-03-20"),
        ("HIPAA-IND", {}, [], "its end is not known"),
        ("HIPAA-IND", {"from": "2026-06-01", "until": "2026-06-02"}, [], "it begins on 2026-06-01, after the limit"),
        ("HIPAA-IND", {"until": "2026-05-01"}, [], "it ends on 2026-05-01, and the limit has not passed by then"),
    ],
)
def test_a_hold_that_moves_nothing_says_why(name: str, hold: dict[str, str], events: list[tuple[str, str]], why: str) -> None:
    """Whoever expects more time reads why there is none, in the explanation; the short reasons leave it out."""
    asked = {"kind": "law_enforcement_hold", "form": "written", "from": "2026-03-05"} | hold
    given_facts = facts(affected={"US-TX": 600}, events=[asked, *({"kind": kind, "on": on} for kind, on in events)])
    sentence = f"The written law-enforcement hold moves nothing here: {why}."
    assert sentence == said(explain(given_facts, name), "hold")
    assert sentence not in next(duty.because for duty in assess(given_facts).duties if duty.id == name)


def test_a_hold_of_another_place_is_not_spoken_of() -> None:
    """A hold for Texas says nothing about a federal duty."""
    asked = {"kind": "law_enforcement_hold", "form": "oral", "from": "2026-03-05", "jurisdiction": "US-TX"}
    given_facts = facts(affected={"US-TX": 600}, events=[asked])
    assert not said(explain(given_facts, "HIPAA-IND"), "hold")
    assert said(explain(given_facts, "TX-IND"), "hold")


def test_the_clinics_fifteen_days_start_anew_only_when_that_gives_more() -> None:
    """A hold that ended long before the limit gives nothing and takes nothing."""
    clinic = {"kinds": ["licensed_ca_clinic"], "listed_company": False}
    early = {"kind": "law_enforcement_hold", "form": "written", "from": "2026-02-01", "until": "2026-02-02"}
    assert date(2026, 3, 23) == explain(facts(entity=clinic, events=[early]), "CA-1280-CDPH").due
    later = early | {"from": "2026-03-03", "until": "2026-03-06"}
    assert date(2026, 3, 27) == explain(facts(entity=clinic, events=[later]), "CA-1280-CDPH").due


def test_changes_of_the_law_stand_beside_the_row() -> None:
    """A row that a new one replaced, and the new one, tell when and by what."""
    for name in ("CA-IND-2025", "CA-IND-2026"):
        assert ["us-ca-2026-01"] == [change.id for change in explain(facts(), name).changes]


def test_warnings_stand_there_too() -> None:
    """What was assumed for the assessment was assumed for the explanation; days after `today` are named."""
    shown = explain(facts(encrypted=None), "CA-IND-2026", today=date(2026, 3, 1))
    assert any("`encrypted` is missing" in warning for warning in shown.warnings)
    assert any("lies after today, 2026-03-01" in warning for warning in shown.warnings)


def test_an_unknown_duty_is_named_with_what_is_close() -> None:
    """Whoever mistypes an id sees the ids that look like it."""
    with pytest.raises(BadInput, match="CA-AG-206") as caught:
        explain(facts(), "CA-AG-206")
    assert "CA-AG-2026" in caught.value.advice()


def test_it_can_be_written_as_json() -> None:
    """The whole explanation is plain data."""
    shown = json.loads(msgspec.json.encode(explain(facts(), "CA-IND-2026")))
    assert "2026-04-01" == shown["due"]
    assert {"number", "topic", "sentence", "citation", "holds"} == set(shown["steps"][0])
