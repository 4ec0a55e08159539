"""From facts and answers to a draft: dates, offers, merge fields, languages, what is asked for and what never."""

import re
from datetime import date

import msgspec
import pytest

from hemostat.kernel import BadInput
from hemostat.law.notices import (
    NoticeFacts,
    OfferedRemedy,
    long_date,
    merge_fields,
    notice_draft,
    notice_fields,
    notice_missing,
    template_for,
    templates,
)
from hemostat.law.notices.drafting import FALLBACK, lines_of
from hemostat.law.notices.files import library
from hemostat.law.rules import rules_load
from hemostat.phi import Scanner
from unit.law.notices.demo import FACTS, VENDOR, answers, drafted, versions


def text(name: str, place: str = "US", **more: object) -> str:
    """The whole text of a draft."""
    draft = drafted(name, place, **more)  # type: ignore[arg-type]
    return "\n".join(line for section in draft.sections for line in (section.heading, *lines_of(section)))


def with_facts(**more: object) -> NoticeFacts:
    """The facts with some changed."""
    return msgspec.structs.replace(FACTS, **more)


def test_every_duty_of_the_law_table_has_a_template_of_its_own() -> None:
    """No row of the table falls back on the plain notice, and the template is made for its recipient."""
    for row in rules_load().rows.values():
        name = template_for(
            duty=row.id, regime=row.law.regime, recipient=row.rule.recipient, jurisdiction=row.place, obligor="entity"
        )
        assert name != FALLBACK, row.id


@pytest.mark.parametrize(
    ("duty", "template"),
    [
        ("HIPAA-IND", "hipaa-individual"),
        ("HIPAA-MEDIA", "hipaa-media"),
        ("HIPAA-HHS-LT500", "hhs-portal"),
        ("HIPAA-BA-CE", "associate-to-covered-entity"),
        ("CA-IND-2026", "california-form"),
        ("CA-AG-2026", "ag-california"),
        ("CA-1280-CDPH", "ca-cdph"),
        ("CA-VEND-2026", "data-owner"),
        ("NY-IND-2025", "state-letter"),
        ("NY-POLICE-2025", "new-york-portal"),
        ("NY-DFS-72H", "ny-dfs"),
        ("NJ-POLICE", "police-nj"),
        ("MA-OCABR", "massachusetts-report"),
        ("AL-CRA", "credit-bureaus"),
        ("UT-CYBER", "state-agency"),
        ("FTC-FTC-2024", "ftc-form"),
        ("FTC-MEDIA", "ftc-media"),
        ("FTC-VEND", "data-owner"),
        ("SEC-8K-105", "sec-8k"),
        ("PCI-BRAND", "card-acquirer"),
    ],
)
def test_duties_take_the_template_made_for_them(duty: str, template: str) -> None:
    """A sample of the table, by hand."""
    row = rules_load().rows[duty]
    assert template == template_for(
        duty=duty, regime=row.law.regime, recipient=row.rule.recipient, jurisdiction=row.place, obligor="entity"
    )


@pytest.mark.parametrize(
    ("kind", "template"),
    [
        ("insurer", "insurer"),
        ("card_brand", "card-acquirer"),
        ("platform", "platform"),
        ("business_associate", "associate-contract"),
        ("customer", "contract-party"),
        ("other", "contract-party"),
    ],
)
def test_contracts_take_the_template_of_their_kind(kind: str, template: str) -> None:
    """Each kind of contract has a notice; a kind without its own takes the general one."""
    assert template == template_for(duty="CONTRACT-7", regime="contract", recipient=kind, jurisdiction="US", obligor="entity")


def test_a_duty_that_nobody_knows_takes_the_plain_notice() -> None:
    """There is always a template."""
    assert FALLBACK == template_for(duty="X", regime="x", recipient="x", jurisdiction="", obligor="")


def test_no_two_templates_fit_a_duty_equally_well() -> None:
    """The choice does not hang on the order of files: whatever is served twice is served with different care."""
    serves = [(plan.id, msgspec.to_builtins(one)) for plan in library().plans.values() for one in plan.serves]
    words = [tuple(sorted(one.items())) for _, one in serves]

    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("begun", "ended", "en", "es"),
    [
        (
            date(2026, 1, 3),
            date(2026, 3, 1),
            "between January 3, 2026 and March 1, 2026",
            "entre el 3 de enero de 2026 y el 1 de marzo de 2026",
        ),
        (date(2026, 3, 2), date(2026, 3, 2), "on March 2, 2026", "el 2 de marzo de 2026"),
        (date(2026, 3, 2), None, "on or after March 2, 2026", "el 2 de marzo de 2026 o después"),
        (None, date(2026, 3, 2), "on or before March 2, 2026", "el 2 de marzo de 2026 o antes"),
    ],
)
def test_the_time_of_the_breach_is_said_as_far_as_it_is_known(begun: date | None, ended: date | None, en: str, es: str) -> None:
    """A range, a day, or an open end, in both languages."""
    facts = with_facts(happened_from=begun, happened_until=ended)

    assert f"It took place {en}." in text("hipaa-individual", facts=facts)
    assert f"Ocurrió {es}." in text("hipaa-individual", facts=facts, language="es")


def test_what_facts_give_is_never_asked_for() -> None:
    """With all facts no field of a fact is asked for; without them each is."""
    bare = with_facts(phone="", email="", website="", address="", call_center_hours="", happened_from=None, happened_until=None)
    asked = {field.id for field in notice_fields("hipaa-individual", jurisdiction="US", facts=FACTS, answers={})}
    without = {field.id for field in notice_fields("hipaa-individual", jurisdiction="US", facts=bare, answers={})}

    assert {"reader", "how", "investigated", "mitigated", "prevented", "enroll"} == asked
    assert asked | {"phone", "address", "call_center_hours", "happened"} == without
    assert not {field.id for field in templates()["hipaa-individual"].fields} & {"phone", "address", "happened"}


def test_a_fact_goes_before_an_answer_and_an_answer_before_a_mark() -> None:
    """Who has answered a field that a fact gives now sees the fact."""
    bare = with_facts(phone="")

    assert "Call us at 1-866-555-0100." in text("hipaa-individual", facts=bare, given={"phone": "1-866-555-0100"})
    assert "Call us at 1-800-555-0142." in text("hipaa-individual", given={"phone": "1-866-555-0100"})
    assert "Call us at «fill in: your phone number for questions, free of charge for the caller»." in text(
        "hipaa-individual", facts=bare, given={"phone": "  "}
    )


def test_a_choice_brings_its_own_fields_and_stays_asked_for() -> None:
    """The name of a business associate is asked for only when one was involved, and the choice itself can be changed."""
    for answer, expected in (("yes", True), ("no", False)):
        given = {"associate_involved": answer}
        asked = {field.id for field in notice_fields("hhs-portal", jurisdiction="US", facts=FACTS, answers=given)}
        assert expected == ("associate_name" in asked)
        assert "associate_involved" in asked
    asked = {one.id for one in notice_fields("california-form", jurisdiction="US-CA", facts=FACTS, answers={"delayed": "no"})}
    assert "delayed" in asked


def test_days_in_answers_are_written_out_and_others_refused() -> None:
    """An answer of the kind date is a day as 2026-03-02."""
    facts = with_facts(sent={})

    assert "Individual notice: start date: March 25, 2026" in text("hhs-portal", facts=facts)
    with pytest.raises(BadInput, match="is no day: 'tomorrow'"):
        text("hhs-portal", facts=facts, given={"told_on": "tomorrow"})


def test_offers_are_those_of_the_place() -> None:
    """A resident reads of the own offer; a letter to everybody names the places whose residents get it."""
    facts = with_facts(
        remedies=[
            OfferedRemedy(title="Monitoring", months=24, jurisdiction="US-CT"),
            OfferedRemedy(title="Monitoring", months=12, jurisdiction="US-CA"),
            OfferedRemedy(title="Call center", months=0, jurisdiction="US"),
        ]
    )

    assert "24 months of free credit monitoring" in text("state-letter", "US-CT", facts=facts)
    assert "12 months" not in text("state-letter", "US-CT", facts=facts)
    assert "People in California: 12 months" in text("hipaa-individual", facts=facts)
    assert "0 months" not in text("hipaa-individual", facts=facts)


def test_an_offer_that_the_law_wants_and_nobody_set_up_is_asked_for() -> None:
    """California wants an offer for Social Security numbers: without one the letter has a mark to fill in."""
    facts = with_facts(remedies=[])
    asked = {field.id for field in notice_fields("california-form", jurisdiction="US-CA", facts=facts, answers={})}

    assert "offered_service" in asked
    assert "enroll" not in asked


def test_one_letter_serves_the_place_and_the_federal_rule() -> None:
    """A letter of a covered entity to New York holds the items of HIPAA and the offices that New York wants."""
    found = text("hipaa-individual", "US-NY")

    assert "To look into this: We saved the logs" in found
    assert "ag.ny.gov" in found
    assert "ag.ny.gov" not in text("hipaa-individual", "US")
    assert ["place"] == templates()["hipaa-individual"].also


@pytest.mark.parametrize(
    ("reader", "line"),
    [
        ("parent or guardian", "To the parent or guardian of «First name» «Last name»"),
        ("next of kin or representative", "To the next of kin or representative of «First name» «Last name»"),
    ],
)
def test_a_letter_about_a_child_or_a_person_who_died_says_whom_it_means(reader: str, line: str) -> None:
    """It is addressed to those who may read it, greets nobody by the patient's name, and explains its `you`."""
    found = text("hipaa-individual", given={"reader": reader})

    assert line in found
    assert "it means that person" in found
    assert "Dear" not in found


def test_an_optional_field_may_stay_empty() -> None:
    """It leaves no mark in the text and nothing to report."""
    draft = drafted("hhs-portal", given={name: text for name, text in answers().items() if name != "other_actions"})

    assert ("Other actions", "") in [row for section in draft.sections for block in section.blocks for row in block.rows]
    assert [] == notice_missing("hhs-portal", jurisdiction="US", sections=draft.sections, facts=FACTS)


def test_a_health_app_says_who_got_the_data() -> None:
    """The FTC rule wants the third parties named, also in the letter that a state asks for."""
    assert "Adland Media" in text("state-letter", "US-OH", facts=VENDOR)
    assert "Adland Media" not in text("state-letter", "US-OH")


def test_merge_fields_are_counted_and_marks_are_none() -> None:
    """What the mail house fills in is listed with how often it stands; what people must fill in is not."""
    draft = drafted("hipaa-individual", given={})

    assert {"First name": 2, "Last name": 2, "Address": 1, "Reference code": 1} == draft.merge_fields
    assert draft.merge_fields == merge_fields(draft.sections)
    assert {} == drafted("hhs-portal", given={}).merge_fields


def test_spanish_and_english_have_the_same_structure_and_the_same_facts() -> None:
    """Same sections, same kinds of blocks, same length of lists, same phone numbers, addresses and counts."""
    numbers = re.compile(r"\d[\d,-]{3,}\d|\S+@\S+|www\.\S+")
    for name, place, language in versions():
        if language != "es":
            continue
        en, es = drafted(name, place), drafted(name, place, language="es")
        shapes = [
            [[(block.kind, len(block.items), len(block.rows)) for block in section.blocks] for section in one.sections]
            for one in (en, es)
        ]
        assert shapes[0] == shapes[1], (name, place)
        facts = [sorted(numbers.findall("\n".join(line for s in one.sections for line in lines_of(s)))) for one in (en, es)]
        assert facts[0] == facts[1], (name, place)
        assert en.merge_fields == es.merge_fields


def test_opening_hours_are_said_in_spanish() -> None:
    """The words of the settings are English; a Spanish letter turns days and zones into Spanish."""
    assert "Horario: lunes a viernes, 9 a.m. a 9 p.m. hora del Este" in text("hipaa-individual", language="es")


@pytest.mark.parametrize("place", ["US", "US-CA"])
def test_the_day_on_which_people_were_told_comes_from_the_record(place: str) -> None:
    """A report to an authority names the earliest notice to people that went out there or everywhere."""
    facts = with_facts(
        sent={
            "CA-IND-2026": date(2026, 3, 18),
            "HIPAA-IND": date(2026, 3, 20),
            "NY-IND-2025": date(2026, 3, 1),
            "X": date(2026, 1, 1),
        }
    )
    expected = {"US": "March 1, 2026", "US-CA": "March 18, 2026"}[place]

    assert f"Date on which people are told: {expected}" in text("attorney-general", place, facts=facts)


def test_media_are_told_where_more_than_500_live() -> None:
    """The sheet for HHS names the places with more than 500 residents: 500 is not more."""
    facts = with_facts(people={"US-CA": 501, "US-TX": 500})

    assert "Was media notice required: Yes: California\n" in text("hhs-portal", facts=facts)
    assert "Was media notice required: No\n" in text("hhs-portal", facts=with_facts(people={"US-TX": 500}))


@pytest.mark.parametrize(("total", "line"), [(500, "500 or more individuals"), (499, "Fewer than 500 individuals")])
def test_the_hhs_sheet_knows_which_form_it_is(total: int, line: str) -> None:
    """Exactly 500 people belong on the form for 500 or more."""
    assert f"Breach affecting: {line}" in text("hhs-portal", facts=with_facts(total=total))


def test_rows_of_one_place_stand_only_there() -> None:
    """Oklahoma asks for the monetary impact; no other office does."""
    assert "Estimated monetary impact" in text("attorney-general", "US-OK")
    assert "Estimated monetary impact" not in text("attorney-general", "US-VT")


def test_sheets_for_authorities_are_in_english_only() -> None:
    """Spanish is refused with the languages that there are."""
    with pytest.raises(BadInput, match="no version in 'es'"):
        notice_draft("hhs-portal", language="es", jurisdiction="US", facts=FACTS, answers={})


def test_an_unknown_template_is_refused() -> None:
    """The error names what there is."""
    with pytest.raises(BadInput, match="No notice is called 'letter'") as caught:
        notice_draft("letter", language="en", jurisdiction="US", facts=FACTS, answers={})
    assert "hipaa-individual" in caught.value.advice()


def test_california_wants_ten_points_and_its_headings_in_both_languages() -> None:
    """The form carries the prescribed headings in English, and beside them in Spanish."""
    headings = [section.heading for section in drafted("california-form", "US-CA").sections]
    spanish = [section.heading for section in drafted("california-form", "US-CA", language="es").sections]

    assert [
        "",
        "What Happened",
        "What Information Was Involved",
        "What We Are Doing",
        "What You Can Do",
        "For More Information",
    ] == headings
    assert all(one.startswith(f"{heading} / ") for heading, one in zip(headings[1:], spanish[1:], strict=True))
    assert 10 == templates()["california-form"].least_points
    assert "Notice of Data Breach" == drafted("california-form", "US-CA").title
    assert drafted("hipaa-individual", "US-CA", language="es").title.startswith("Notice of Data Breach / ")


def test_no_draft_holds_a_value_of_a_patient() -> None:
    """The scanner finds in no draft anything but the organization's and the authorities' own contact data."""
    own = " ".join(
        [FACTS.phone, FACTS.email, FACTS.address, *(f"{one.phone} {one.address}" for one in library().contacts.values())]
    )
    scanner = Scanner()
    for name, place, language in versions("US", "US-RI"):
        for line in text(name, place, language=language).split("\n"):
            values = [line[found.start : found.end] for found in scanner.scan(line)]
            assert not [value for value in values if value not in own and value != "1-877-322-8228"], (name, line)


@pytest.mark.parametrize(("day", "en", "es"), [(date(2026, 3, 2), "March 2, 2026", "2 de marzo de 2026")])
def test_long_dates(day: date, en: str, es: str) -> None:
    """As people write them in each language."""
    assert (en, es) == (long_date(day, "en"), long_date(day, "es"))


def test_a_letter_of_massachusetts_names_the_parent_company() -> None:
    """It is asked for there and nowhere else, in both languages; a company that nobody owns says nothing."""
    owned = "Fernhollow Health is part of Fernhollow Holdings."
    given = answers() | {"parent_company": "Fernhollow Holdings"}
    assert owned in text("state-letter", "US-MA", given=given)
    assert "Fernhollow Health es parte de" in text("state-letter", "US-MA", language="es")
    for place, without in (("US-TX", given), ("US-MA", {name: one for name, one in given.items() if name != "parent_company"})):
        assert owned not in text("state-letter", place, given=without)
    for place, asked in (("US-MA", True), ("US-TX", False)):
        fields = notice_fields("state-letter", jurisdiction=place, facts=FACTS, answers={})
        assert asked == ("parent_company" in {one.id for one in fields})


def test_a_choice_begins_with_a_capital_letter() -> None:
    """Yes and No stand on a sheet as people write them, whatever the word of the option is."""
    sheet = text("hhs-portal", given=answers() | {"delayed": "yes"})
    assert "Did the breach occur at or by a business associate: Yes" in sheet
    assert "Law enforcement delay: No" in text("ca-cdph", "US-CA")
