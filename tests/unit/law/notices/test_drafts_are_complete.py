"""What a draft holds, and what the check says when something is taken away."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.law.notices import Block, NoticeFacts, Section, notice_fields, notice_missing
from hemostat.law.notices.drafting import plan_of, sections_of
from hemostat.law.notices.files import library
from hemostat.law.notices.scope import Scope
from unit.law.notices.demo import FACTS, SHOP, VENDOR, answers, drafted, versions

LETTERS = [("hipaa-individual", "US-MA"), ("california-form", "US-CA"), ("state-letter", "US-RI")]
KINDS = {"hipaa": FACTS, "shop": SHOP, "vendor": VENDOR}
TELLING = ("US", "US-CA", "US-MA", "US-NM", "US-NY", "US-RI", "US-WY")
"""Places whose rules together ask for most items."""


MADE_OF_PARTS = {"sender"}
"""Items that several paragraphs make up together."""


def missing(name: str, place: str, sections: list[Section], facts: NoticeFacts = FACTS) -> list[str]:
    """What the text lacks."""
    return notice_missing(name, jurisdiction=place, sections=sections, facts=facts)


@pytest.mark.parametrize("facts", KINDS.values(), ids=KINDS)
def test_a_draft_with_every_answer_lacks_nothing(facts: NoticeFacts) -> None:
    """Every template in every language and place is complete when its fields are answered, whoever the entity is."""
    faults = {}
    for name, place, language in versions():
        draft = drafted(name, place, language=language, facts=facts)
        if found := notice_missing(name, jurisdiction=place, sections=draft.sections, facts=facts, title=draft.title):
            faults[name, place, language] = found

    assert {} == faults


def test_a_draft_without_answers_names_every_field() -> None:
    """Each required field of the version is named as still to fill in, and nothing else is lacking."""
    for name, place, language in versions():
        draft = drafted(name, place, language=language, given={})
        fields = notice_fields(name, jurisdiction=place, facts=FACTS, answers={})
        asked = [field.label for field in fields if field.required]
        found = [one.removeprefix("Still to fill in: ") for one in missing(name, place, draft.sections)]

        assert sorted(asked) == sorted(one.partition(" (")[0].removesuffix(".") for one in found), (name, place, language)


def test_a_field_that_an_item_rests_on_is_named_with_the_citation() -> None:
    """What is still to fill in says which clause asks for it, and the item is not reported a second time."""
    draft = drafted("hipaa-individual", given={})

    assert "Still to fill in: what you did to limit harm (45 CFR 164.404(c)(1)(D))." in missing(
        "hipaa-individual", "US", draft.sections
    )
    assert not [one for one in missing("hipaa-individual", "US", draft.sections) if one.startswith("It lacks")]


def cuts(sections: list[Section]) -> Iterator[tuple[int, int, list[Section]]]:
    """The sections without one block, for each block: its section, its place, what is left."""
    for at, section in enumerate(sections):
        for number in range(len(section.blocks)):
            left = [block for n, block in enumerate(section.blocks) if n != number]
            yield at, number, [msgspec.structs.replace(one, blocks=left) if s == at else one for s, one in enumerate(sections)]


def expected_without(scope: Scope, at: int, number: int) -> set[str]:
    """What the rules ask for that only this block carries, and the heading when it is the last block under it."""
    drawn = list(sections_of(scope))
    carried = {(s, n): set(items) for s, (_, blocks) in enumerate(drawn) for n, (_, items) in enumerate(blocks)}
    own = carried.pop((at, number))
    gone = {item for item in own if item in scope.demands and not any(item in items for items in carried.values())}
    if len(drawn[at][1]) == 1:
        gone |= {item for item in scope.demands if scope.files.items[item].check.heading == drawn[at][0].id}
    return {scope.files.items[item].says for item in gone}


@pytest.mark.parametrize("facts", KINDS.values(), ids=KINDS)
def test_each_paragraph_that_is_taken_away_is_named_by_its_items(facts: NoticeFacts) -> None:
    """Without a paragraph, exactly those items are reported that a rule asks for and that no other paragraph carries."""
    wrong = {}
    for name, place, language in versions(*TELLING):
        if not plan_of(name).rule:
            continue
        draft = drafted(name, place, language=language, facts=facts)
        scope = Scope(library(), plan_of(name), jurisdiction=place, facts=facts, language=language, answers=answers(language))
        for at, number, left in cuts(draft.sections):
            found = missing(name, place, left, facts)
            expected = expected_without(scope, at, number)
            named = {says for says in expected if any(one.startswith(f"It lacks {says}: ") for one in found)}
            if named != expected or len(found) != len(expected):
                wrong[name, place, language, at, number] = (expected, found)

    assert {} == wrong


@given(data=st.data(), version=st.sampled_from(LETTERS))
def test_whatever_is_taken_away_is_named_and_nothing_else(data: st.DataObject, version: tuple[str, str]) -> None:
    """Of any paragraphs that remain, those items are reported whose every paragraph is gone."""
    name, place = version
    scope = Scope(library(), plan_of(name), jurisdiction=place, facts=FACTS, answers=answers())
    drawn = [(plan.id, scope.fill(plan.heading), block, items) for plan, blocks in sections_of(scope) for block, items in blocks]
    kept = data.draw(st.lists(st.sampled_from(range(len(drawn))), unique=True).map(sorted))
    sections = [Section(heading=drawn[at][1], blocks=[drawn[at][2]]) for at in kept]
    carried = {item for at in kept for item in drawn[at][3]} | {
        item for item in scope.demands if scope.files.items[item].check.heading in {drawn[at][0] for at in kept}
    }
    lacking = {item for item in scope.demands if item not in carried}
    found = missing(name, place, sections)
    named = {one.id for one in scope.files.items.values() if any(says.startswith(f"It lacks {one.says}: ") for says in found)}

    assert lacking - MADE_OF_PARTS == named - MADE_OF_PARTS
    assert len(found) == len(named)


def test_an_item_is_named_with_every_law_that_asks_for_it() -> None:
    """A letter that serves two laws names both when it lacks what both want."""
    draft = drafted("state-letter", "US-RI")
    left = [section for section in draft.sections if section.heading != "What Happened"]

    assert "It lacks the date on which you discovered it: R.I. Gen. Laws 11-49.3-4(d)(4); 45 CFR 164.404(c)(1)(A)." in missing(
        "state-letter", "US-RI", left
    )


def test_what_nobody_has_verified_is_reported_as_such() -> None:
    """A missing item whose rule was not seen in a source says so."""
    draft = drafted("state-letter", "US-CO", facts=SHOP)
    left = [section for section in draft.sections if section.heading != "What You Can Do"]
    rule = "Colo. Rev. Stat. 6-1-716(2)(a.2) (not verified)"

    assert f"It lacks the phone number, address and website of the Federal Trade Commission: {rule}." in missing(
        "state-letter", "US-CO", left, SHOP
    )


def test_each_row_that_is_emptied_is_named() -> None:
    """A row of a sheet that its rule asks for is named with the citation when it is empty, and nothing else is."""
    for name, place, _ in versions("US", "US-OK"):
        draft, plan = drafted(name, place), plan_of(name)
        wanted = {row.label: row.citation for section in plan.sections for row in section.rows}
        for at, section in enumerate(draft.sections):
            for number, block in enumerate(section.blocks):
                for label in [label for label, _ in block.rows if label in wanted]:
                    rows = [(one, "" if one == label else value) for one, value in block.rows]
                    blocks = [Block(kind="rows", rows=rows) if n == number else one for n, one in enumerate(section.blocks)]
                    sections = [*draft.sections[:at], msgspec.structs.replace(section, blocks=blocks), *draft.sections[at + 1 :]]
                    cited = wanted[label]
                    expected = [f"The row “{label}” is missing or empty: {cited}."] if cited else []

                    assert expected == missing(name, place, sections), (name, place, label)


def test_a_row_that_is_taken_out_is_named() -> None:
    """A sheet without one of its sections lacks every row of it."""
    draft = drafted("ag-florida", "US-FL")
    found = missing("ag-florida", "US-FL", [])

    assert len([row for block in draft.sections[0].blocks for row in block.rows]) == len(found)
    assert all("Fla. Stat. 501.171(3)(b)" in one for one in found)
