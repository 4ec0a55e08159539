"""Texts as people leave them: contradictory numbers, forbidden content, moved dates, other spellings."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.law.notices import Block, NoticeFacts, Section, notice_missing
from unit.law.notices.demo import FACTS, SHOP, drafted

LETTER = "hipaa-individual"


def says(*lines: str, heading: str = "What Happened") -> list[Section]:
    """A text with these paragraphs under one heading."""
    return [Section(heading=heading, blocks=[Block(kind="text", text=line) for line in lines])]


def more(draft: list[Section], *lines: str, heading: str = "What Happened") -> list[Section]:
    """The draft with paragraphs put under one of its headings."""
    extra = [Block(kind="text", text=line) for line in lines]
    return [msgspec.structs.replace(one, blocks=[*one.blocks, *extra]) if one.heading == heading else one for one in draft]


def changed(draft: list[Section], old: str, new: str) -> list[Section]:
    """The draft with one expression written otherwise."""
    return msgspec.json.decode(msgspec.json.encode(draft).decode().replace(old, new), type=list[Section])


def missing(sections: list[Section], *, place: str = "US", facts: NoticeFacts = FACTS, template: str = LETTER) -> list[str]:
    """What the text lacks."""
    return notice_missing(template, jurisdiction=place, sections=sections, facts=facts)


@pytest.mark.parametrize("line", ["It concerns 7,914 people.", "Hay 7914 pacientes afectados.", "We told 12 affected residents."])
def test_a_number_of_people_that_is_no_count_is_named(line: str) -> None:
    """A text that speaks of a number of people that the facts do not have is contradicted."""
    found = missing(more(drafted(LETTER).sections, line))

    assert 1 == len(found)
    assert "6,914" in found[0]


@pytest.mark.parametrize(
    "line", ["It concerns 6,914 people.", "Of these, 1,842 residents live in California.", "Since March 2, 2026 people call."]
)
def test_the_counts_of_the_facts_and_years_are_no_contradiction(line: str) -> None:
    """The total, the count of a place and the year of a date pass."""
    assert [] == missing(more(drafted(LETTER).sections, line))


def test_a_letter_for_massachusetts_keeps_out_what_its_law_keeps_out() -> None:
    """Outside federal rules it says neither what kind of breach it was nor how many residents it hit."""
    draft = drafted("state-letter", "US-MA", facts=SHOP)
    told = [*draft.sections, *says("Somebody opened our pages.")]

    assert "What Happened" not in [section.heading for section in draft.sections]
    assert ["It must not hold the nature of the breach: Mass. Gen. Laws ch. 93H, 3(b)."] == missing(
        told, place="US-MA", facts=SHOP, template="state-letter"
    )
    counted = more(draft.sections, "57 residents are affected.", heading="What You Can Do")
    assert ["It must not hold the number of residents affected: Mass. Gen. Laws ch. 93H, 3(b)."] == missing(
        counted, place="US-MA", facts=SHOP, template="state-letter"
    )


def test_a_federal_letter_may_tell_massachusetts_what_happened() -> None:
    """HIPAA wants the account, so the letter of a covered entity holds it for residents of Massachusetts too."""
    draft = drafted("state-letter", "US-MA")

    assert "What Happened" in [section.heading for section in draft.sections]
    assert [] == missing(draft.sections, place="US-MA", template="state-letter")


def test_illinois_wants_no_number() -> None:
    """815 ILCS 530/10 keeps the number of residents out of the letter."""
    facts = msgspec.structs.replace(FACTS, people={"US-IL": 12})
    draft = drafted("state-letter", "US-IL", facts=facts)

    assert ["It must not hold the number of residents affected: 815 ILCS 530/10(a)."] == missing(
        more(draft.sections, "12 residents are affected."), place="US-IL", facts=facts, template="state-letter"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("March 2, 2026", "2026-03-02"),
        ("March 2, 2026", "3/2/2026"),
        ("March 2, 2026", "2 de marzo de 2026"),
        ("1-800-555-0142", "(800) 555-0142"),
        ("Change your password now.", "Please CHANGE your password."),
    ],
)
def test_other_spellings_of_the_same_fact_pass(old: str, new: str) -> None:
    """Dates, phone numbers and case may be written in other ways."""
    assert [] == missing(changed(drafted(LETTER).sections, old, new))


@pytest.mark.parametrize(
    ("old", "new", "lacks"),
    [
        ("March 2, 2026", "March 4, 2026", "the date on which you discovered it"),
        ("February 27, 2026", "February 26, 2026", "the date of the breach, or an estimate or range"),
        ("1-800-555-0142", "1-503-555-0142", "a toll-free phone number for questions"),
        ("diagnosis", "other data", "every type of information that was involved"),
    ],
)
def test_a_fact_that_was_written_wrong_is_missing(old: str, new: str, lacks: str) -> None:
    """A date, number or element that is not that of the facts does not count."""
    found = missing(changed(drafted(LETTER).sections, old, new))

    assert [f"It lacks {lacks}"] == [one.partition(":")[0] for one in found]


def test_months_of_the_offer_must_be_those_offered() -> None:
    """California wants the offer in the letter; twelve months written where 24 are offered is no offer."""
    draft = drafted("california-form", "US-CA")
    found = missing(changed(draft.sections, "24 months", "12 months"), place="US-CA", template="california-form")

    assert ["It lacks the free service on offer with its months: Cal. Civ. Code 1798.82(d)(2)(G)."] == found


def test_a_bureau_whose_number_is_gone_is_missed() -> None:
    """All three bureaus must be reachable, each by its number."""
    draft = drafted("california-form", "US-CA")
    found = missing(changed(draft.sections, "1-888-397-3742", "on request"), place="US-CA", template="california-form")

    assert ["It lacks the phone numbers and addresses of the three credit bureaus: Cal. Civ. Code 1798.82(d)(2)(F)."] == found


def test_no_bureaus_and_no_offer_when_no_such_number_leaked() -> None:
    """California asks for bureaus and an offer only when Social Security or license numbers leaked."""
    facts = msgspec.structs.replace(FACTS, elements=["name", "diagnosis"], remedies=[])
    draft = drafted("california-form", "US-CA", facts=facts)

    assert [] == missing(draft.sections, place="US-CA", facts=facts, template="california-form")
    assert "Equifax" not in msgspec.json.encode(draft).decode()


def test_advice_about_a_number_does_not_name_it_as_leaked() -> None:
    """The advice on freezes speaks of Social Security numbers; the list of what leaked must still name them."""
    facts = msgspec.structs.replace(FACTS, elements=["ssn"])
    draft = drafted("state-letter", "US-WV", facts=facts)
    left = [section for section in draft.sections if section.heading != "What Information Was Involved"]
    found = missing(left, place="US-WV", facts=facts, template="state-letter")

    assert ["It lacks every type of information that was involved"] == [one.partition(":")[0] for one in found]


def test_expressions_that_mislead_are_named_with_the_reason() -> None:
    """Real data are never called test data, and nothing is promised."""
    found = missing(more(drafted(LETTER).sections, "Only test data were open.", "This will never happen again."))

    assert 2 == len(found)
    assert "real information" in found[0]
    assert "promises" in found[1]


def test_a_row_whose_number_is_not_the_count_is_contradicted() -> None:
    """A sheet that reports other numbers than the facts says which."""
    draft = drafted("hhs-portal")
    found = missing(changed(draft.sections, '"6,914"', '"8"'), template="hhs-portal")

    assert ["The row “How many individuals are affected” says 8; the count is 6,914."] == found


def test_the_title_that_the_statute_prescribes_is_missed() -> None:
    """California wants `Notice of Data Breach` as the title, in the Spanish version too."""
    for language in ("en", "es"):
        draft = drafted("california-form", "US-CA", language=language)
        for title, expected in ((draft.title, 0), ("A letter about your data", 1)):
            found = notice_missing("california-form", jurisdiction="US-CA", sections=draft.sections, facts=FACTS, title=title)
            assert expected == len(found)


def test_an_exercise_says_so_in_its_title() -> None:
    """The title of a notice of an exercise begins with EXERCISE, and a title from which it was taken is named."""
    facts = msgspec.structs.replace(FACTS, is_exercise=True)
    draft = drafted(LETTER, facts=facts)

    assert draft.title.startswith("EXERCISE: ")
    assert ["The title of an exercise begins with EXERCISE."] == notice_missing(
        LETTER, jurisdiction="US", sections=draft.sections, facts=facts, title="Notice"
    )


@pytest.mark.parametrize(
    ("line", "passes"),
    [
        ("We do not know the exact date of the breach.", True),
        ("It took place around January 13, 2026.", True),
        ("It took place some time ago.", False),
        ("We found out on March 2, 2026.", False),
    ],
)
def test_without_a_known_day_an_estimate_or_a_word_about_it_will_do(line: str, passes: bool) -> None:  # noqa: FBT001  # a table of cases
    """When no fact says when it happened, some other date or a sentence that it is not known counts."""
    facts = msgspec.structs.replace(FACTS, happened_from=None, happened_until=None)
    found = missing(says(line), facts=facts)

    assert passes == (not [one for one in found if "the date of the breach" in one])


@pytest.mark.parametrize(
    ("line", "passes"),
    [("Reach us at help@fernhollow.example.", True), ("See https://fernhollow.example.", True), ("Reach us.", False)],
)
def test_without_facts_any_way_of_contact_counts(line: str, passes: bool) -> None:  # noqa: FBT001  # a table of cases
    """When the settings name no address, an email or website that somebody typed is a way to ask questions."""
    facts = msgspec.structs.replace(FACTS, email="", website="", address="", phone="")
    found = missing(says(line), facts=facts)

    assert passes == (not [one for one in found if "an email address, website or postal address" in one])


def test_a_phone_number_somebody_typed_counts_when_no_fact_gives_one() -> None:
    """Without a number in the settings, a toll-free number in the text will do; that of a credit bureau will not."""
    facts = msgspec.structs.replace(FACTS, phone="")
    lacks = [
        bool([one for one in missing(says(line), facts=facts) if "toll-free" in one])
        for line in ("Call 1-866-555-0100.", "Equifax: 1-888-298-0045", "Call 503-555-0100.")
    ]

    assert [False, True, True] == lacks


def test_the_date_of_the_notice_may_be_another_day_but_must_stand_alone() -> None:
    """A letter drafted yesterday keeps its date; a day inside a sentence is not the date of the letter."""
    later = msgspec.structs.replace(FACTS, today=date(2026, 3, 21))
    draft = drafted("california-form", "US-CA")

    assert [] == missing(draft.sections, place="US-CA", facts=later, template="california-form")
    moved = changed(draft.sections, '"March 20, 2026"', '"Sent on March 20, 2026"')
    assert ["It lacks the date of the notice: Cal. Civ. Code 1798.82(d)(2)(C)."] == missing(
        moved, place="US-CA", facts=later, template="california-form"
    )


LINES = st.text(alphabet=st.sampled_from("«» fill in: 1-800 555 March 2, 2026 people|-\n"), max_size=60) | st.text(max_size=40)
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(["text", "list", "rows"]),
    text=LINES,
    items=st.lists(LINES, max_size=3),
    rows=st.lists(st.tuples(LINES, LINES), max_size=3),
)
TEXTS = st.lists(
    st.builds(Section, heading=st.sampled_from(["", "What Happened"]) | LINES, blocks=st.lists(BLOCKS, max_size=3)), max_size=4
)


@given(sections=TEXTS, template=st.sampled_from([LETTER, "california-form", "hhs-portal"]))
def test_whatever_people_write_is_answered_in_sentences(sections: list[Section], template: str) -> None:
    """No text breaks the check, and each answer is one sentence that ends with a point."""
    found = missing(sections, place="US-CA", template=template)

    assert found
    assert all(sentence.strip().endswith((".", "”.")) for sentence in found)
    assert len(found) == len(set(found))
