"""A notice goes from its draft over two approvals to the record that it went out, and its duties go with it."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import docx
import pytest
from django.conf import settings

from hemostat.incidents.models import ContractTerm, Duty, Evidence, Incident, Notice, Sending
from hemostat.incidents.notice_board import notice_for, notice_page
from hemostat.incidents.notice_text import ELSEWHERE
from hemostat.incidents.services import (
    NoticeChanged,
    clocks_refresh,
    evidence_seal,
    facts_of,
    incident_close,
    notice_approve,
    notice_draft,
    notice_edit,
    notice_fill_others,
    notice_send,
    notice_taken_out,
    notice_withdraw,
    notices_draft_owed,
    scope_record,
)
from hemostat.kernel import BadInput, NotFound
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role
from unit.incidents.letters import approved, filled

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
WRITERS = {Role.COMPLIANCE, Role.COUNSEL}


@pytest.fixture
def count(incident: Incident, person: People, now: datetime) -> Callable[..., None]:
    """Records how many people, by where they live."""

    def put(**people: int) -> None:
        places = {f"US-{place}": number for place, number in people.items()}
        scope_record(
            incident=incident, by=person(Role.COMPLIANCE), now=now, people=places, unknown=0, query="q", query_sha256="0"
        )
        incident.refresh_from_db()

    return put


@pytest.fixture
def duty(incident: Incident, count: Callable[..., None]) -> Duty:
    """The duty to tell 604 Californians."""
    count(CA=604)
    return incident.duties.get(duty="CA-IND-2026")


@pytest.fixture
def write(incident: Incident, person: People, now: datetime) -> Callable[..., Notice]:
    """Drafts the Californian letter, or what is given instead, for these duties."""

    def draft(*duties: Duty, template: str = "california-form", language: str = "en", **more: object) -> Notice:
        return notice_draft(
            incident=incident, duties=duties, template=template, language=language, by=person(Role.COMPLIANCE), now=now,
            **more,  # type: ignore[arg-type]  # an item of evidence
        )  # fmt: skip

    return draft


@pytest.fixture
def ready(write: Callable[..., Notice], person: People, now: datetime) -> Callable[..., Notice]:
    """A notice for these duties with everything filled in and both approvals."""

    def make(*duties: Duty, **more: object) -> Notice:
        notice = filled(write(*duties, **more), by=person(Role.COMPLIANCE), now=now)
        return approved(notice, compliance=person(Role.COMPLIANCE), counsel=person(Role.COUNSEL), now=now, why="as drafted")

    return make


@pytest.fixture
def send(person: People, now: datetime) -> Callable[..., Sending]:
    """Records that a notice went out today, or as given."""

    def record(notice: Notice, people: int, **more: object) -> Sending:
        told = {"method": "mail", "on": now.date(), "proof": "batch 17", "by": person(Role.COUNSEL), "now": now, **more}
        return notice_send(notice=notice, people=people, **told)  # type: ignore[arg-type]  # as the service asks

    return record


@pytest.fixture
def seal(incident: Incident, person: People, now: datetime) -> Callable[[str], Evidence]:
    """Seals a file under a name."""
    return lambda item: evidence_seal(
        incident=incident, item=item, content=b"Dear reader", how="from outside counsel", by=person(Role.COMPLIANCE), now=now
    )


def acts(incident: Incident, act: LedgerAct) -> list[dict[str, object]]:
    """What the ledger tells of these acts."""
    return [dict(row.payload) for row in entries(incident.ref).filter(act=act)]


@pytest.mark.parametrize("role", list(Role))
def test_who_drafts(duty: Duty, incident: Incident, person: People, now: datetime, role: Role) -> None:
    """Compliance and counsel draft; everybody else is refused on the same duty, which stays as it is."""
    if role in WRITERS:
        notice = notice_draft(
            incident=incident, duties=[duty], template="california-form", language="en", by=person(role), now=now
        )
        assert ("draft", 604, "US-CA") == (notice.state, notice.people, notice.jurisdiction)
        assert {"draft"} == {served.state for served in notice.duties.all()}
    else:
        with pytest.raises(Refused):
            notices_draft_owed(incident=incident, by=person(role), now=now)
        duty.refresh_from_db()
        assert "not_started" == duty.state


def test_everything_that_is_owed_is_drafted_at_once(
    incident: Incident, count: Callable[..., None], person: People, now: datetime
) -> None:
    """Each duty that is owed has one notice; New York's three offices share one; a second time nothing is left."""
    count(CA=604, NY=300, TX=300)

    made = notices_draft_owed(incident=incident, by=person(Role.COUNSEL), now=now)
    again = notices_draft_owed(incident=incident, by=person(Role.COUNSEL), now=now)

    owed = set(Duty.objects.filter(owed=True, met_by="").values_list("duty", flat=True))
    served = {served.duty for notice in made for served in notice.duties.all()}
    assert [] == again
    assert owed == served
    shared = next(notice for notice in made if notice.duties.filter(duty="NY-DOS-2025").exists())
    assert {"NY-AG-2025", "NY-DOS-2025", "NY-POLICE-2025"} <= set(shared.duties.values_list("duty", flat=True))
    assert {"draft"} == set(Duty.objects.filter(owed=True, met_by="").values_list("state", flat=True))
    assert len(made) == len(acts(incident, LedgerAct.NOTICE_DRAFT))


def test_a_notice_under_a_contract_names_its_party_and_clause(
    duty: Duty, write: Callable[..., Notice], person: People, now: datetime, incident: Incident
) -> None:
    """The term that sets the clock says them; nobody types them again."""
    term = ContractTerm.objects.create(
        kind="customer", counterparty="Marrow Lane Clinics", clause="Section 9.2", at=now, by=person(Role.COUNSEL)
    )
    Duty.objects.filter(pk=duty.pk).update(contract=term, regime="contract", duty=f"CONTRACT-{term.pk}", jurisdiction="US")
    owed = Duty.objects.get(pk=duty.pk)

    notice = write(owed, template="contract-party")

    assert all(words in str(notice.sections) for words in ("Marrow Lane Clinics", "Section 9.2"))
    assert {"counterparty": "Marrow Lane Clinics", "clause": "Section 9.2"} == notice.answers
    assert owed in incident.duties.all()


def test_a_draft_says_what_the_facts_give(duty: Duty, write: Callable[..., Notice]) -> None:
    """Organization, discovery and what leaked stand in it; what only a person knows is missing, with its citation."""
    notice = write(duty)

    text = str(notice.sections)
    assert all(words in text for words in ("Fernhollow Health", "March 10, 2026", "1-800-555-0100", "«First name»"))
    assert any("1798.82" in sentence for sentence in notice.missing)
    assert notice.title.startswith("EXERCISE")
    assert notice.grade is not None


def test_what_is_not_owed_is_not_drafted(
    duty: Duty, write: Callable[..., Notice], count: Callable[..., None], incident: Incident
) -> None:
    """Neither a lifted duty, nor one of another incident, nor none at all."""
    count(NY=3)
    duty.refresh_from_db()
    with pytest.raises(BadInput, match="is not owed"):
        write(duty)
    with pytest.raises(BadInput, match="at least one duty"):
        write()
    other = Incident.objects.create(**{name: getattr(incident, name) for name in (
        "title", "surface", "severity", "commander", "opened_at", "opened_by", "recorded_at", "discovered_at", "discovered_how",
        "playbook")}, ref="INC-0009")  # fmt: skip
    Duty.objects.filter(pk=duty.pk).update(incident=other, owed=True)
    duty.refresh_from_db()
    with pytest.raises(BadInput, match="another incident"):
        write(duty)


@pytest.mark.parametrize(
    ("template", "language", "words"),
    [("love-letter", "en", "no template"), ("california-form", "fr", "not written in 'fr'"), (ELSEWHERE, "en", "sealed item")],
)
def test_an_unknown_template_or_language_is_named(
    duty: Duty, write: Callable[..., Notice], template: str, language: str, words: str
) -> None:
    """The sentence names it and what there is."""
    with pytest.raises(BadInput, match=words):
        write(duty, template=template, language=language)


def test_answers_are_printed(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """What was filled in stands in the text, and nothing is missing any more; an empty answer takes it back."""
    by = person(Role.COUNSEL)
    notice = filled(write(duty), by=by, now=now)

    assert "records that were not theirs" in str(notice.sections)
    assert (2, by) == (notice.version, notice.edited_by)
    emptied = notice_edit(notice=notice, version=2, by=by, now=now, answers={"how": " "})
    assert "how" not in emptied.answers
    assert len(notice.missing) < len(emptied.missing)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"shoe": "42"}, "no field 'shoe'"),
        ({"delayed": "perhaps"}, "choose yes, no"),
        ({"told_on": "the Ides of March"}, "no day"),
        ({"told_on": "2026-W11-2"}, "no day"),
        ({"people_told": "a few"}, "no number"),
        ({"people_told": "\N{SUPERSCRIPT TWO}"}, "no number"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    incident: Incident,
    count: Callable[..., None],
    write: Callable[..., Notice],
    person: People,
    now: datetime,
    answers: dict[str, str],
    words: str,
) -> None:
    """The sentence names the field; nothing of it is kept."""
    count(CA=604, TX=300)
    place, template = ("TX", "ag-texas") if "people_told" in answers else ("CA", "ag-california")
    notice = write(incident.duties.get(duty__startswith=f"{place}-AG"), template=template)

    with pytest.raises(BadInput, match=words):
        notice_edit(notice=notice, version=1, by=person(Role.COUNSEL), now=now, answers=answers)
    notice.refresh_from_db()
    assert (1, {}) == (notice.version, notice.answers)


def test_what_is_the_same_for_all_is_filled_in_once(
    incident: Incident, count: Callable[..., None], person: People, now: datetime
) -> None:
    """One account of what happened stands in each draft that asks for it; own words and approvals stay."""
    count(CA=604, NY=300, TX=300)
    by = person(Role.COUNSEL)
    made = {notice.template + notice.jurisdiction: notice for notice in notices_draft_owed(incident=incident, by=by, now=now)}
    letter, own, seen, sheet = (
        made[name] for name in ("california-formUS-CA", "state-letterUS-NY", "state-letterUS-TX", "ag-texasUS-TX")
    )
    own = notice_edit(notice=own, version=1, by=by, now=now, answers={"how": "New York has its own account."})
    notice_approve(notice=seen, text_sha256=seen.text_sha256, by=by, now=now, why="x")
    letter = notice_edit(
        notice=letter, version=1, by=by, now=now, answers={"how": "A door stood open.", "investigated": "We read the logs."}
    )

    filled_in = notice_fill_others(notice=letter, by=by, now=now)

    for notice in (own, seen, sheet):
        notice.refresh_from_db()
    assert own in filled_in
    assert seen not in filled_in
    assert {"how": "New York has its own account.", "investigated": "We read the logs."} == own.answers
    assert ({}, 1) == (seen.answers, seen.version)
    assert "people_told" not in sheet.answers
    assert len(filled_in) == len(acts(incident, LedgerAct.NOTICE_EDIT)) - 2
    assert [] == notice_fill_others(notice=letter, by=by, now=now)
    with pytest.raises(Refused):
        notice_fill_others(notice=letter, by=person(Role.ENGINEER), now=now)


def test_a_draft_takes_over_what_was_filled_in_before(
    incident: Incident, count: Callable[..., None], write: Callable[..., Notice], person: People, now: datetime
) -> None:
    """The letter drafted last knows what happened from the one drafted first; the Spanish one waits for Spanish words."""
    count(CA=604, NY=300)
    first = write(incident.duties.get(duty="CA-IND-2026"))
    notice_edit(notice=first, version=1, by=person(Role.COUNSEL), now=now, answers={"how": "A door stood open."})
    served = incident.duties.get(duty="NY-IND-2025")

    english, spanish = (write(served, template="state-letter", language=language) for language in ("en", "es"))

    assert ({"how": "A door stood open."}, {}) == (english.answers, spanish.answers)
    assert "A door stood open." in str(english.sections)


def test_only_the_same_letter_in_another_language_is_its_twin(
    incident: Incident, count: Callable[..., None], write: Callable[..., Notice], person: People, now: datetime
) -> None:
    """Letters of two states serve HIPAA both, and are no versions of each other."""
    count(NY=300, TX=300)
    new_york, texas, spanish = (
        write(incident.duties.get(duty=duty), template="state-letter", language=language)
        for duty, language in (("NY-IND-2025", "en"), ("TX-IND", "en"), ("NY-IND-2025", "es"))
    )

    pages = [notice_page(notice, person=person(Role.COUNSEL), now=now) for notice in (new_york, texas, spanish)]
    assert [[spanish], [], [new_york]] == [page.twins for page in pages]


def test_what_was_written_by_hand_stays(
    duty: Duty, write: Callable[..., Notice], count: Callable[..., None], person: People, now: datetime
) -> None:
    """A part that a person wrote over survives new answers and new facts; taking it back gives the drafted text again."""
    by = person(Role.COUNSEL)
    notice = write(duty)
    own = "We found the fault ourselves.\n\n- first\n- second\n\n| Day | 10 March"
    notice = notice_edit(notice=notice, version=1, by=by, now=now, sections={"What Happened": own})
    count(CA=700)
    notice = filled(notice, by=by, now=now)

    part = next(part for part in notice_page(notice, person=by, now=now).parts if part.key == "What Happened")
    assert (own, True, 700) == (part.lines, part.is_edited, notice.people)
    assert ["text", "list", "rows"] == [block.kind for block in part.section.blocks]
    back = notice_edit(notice=notice, version=3, by=by, now=now, sections={"What Happened": None})
    assert {} == back.edits
    assert "records that were not theirs" in str(back.sections)


def test_a_part_can_be_taken_out_and_comes_back(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """Without its part the notice says what is missing; the page still offers it; the drafted lines are no edit."""
    by = person(Role.COUNSEL)
    notice = notice_edit(notice=write(duty), version=1, by=by, now=now, sections={"What You Can Do": " "})

    page = notice_page(notice, person=by, now=now)
    part = next(part for part in page.parts if part.key == "What You Can Do")
    assert ("", True) == (part.lines, part.is_edited)
    assert any("What You Can Do" in fault for fault in page.faults)
    again = notice_edit(notice=notice, version=2, by=by, now=now, sections={"What You Can Do": part.drafted})
    assert {} == again.edits
    with pytest.raises(BadInput, match="no section 'Appendix'"):
        notice_edit(notice=again, version=3, by=by, now=now, sections={"Appendix": "x"})


def test_patient_data_is_masked_and_the_organization_is_not(
    duty: Duty, write: Callable[..., Notice], person: People, now: datetime
) -> None:
    """Nobody's number reaches the database through a letter; our own telephone, mail box, and the bureaus' numbers stay."""
    by = person(Role.COUNSEL)
    notice = write(duty)
    page = notice_page(notice, person=by, now=now)
    drafted = next(part.drafted for part in page.parts if part.key == "For More Information")
    assert "1-800-555-0100" in drafted

    own = f"{drafted}\n\nMail privacy@fernhollow.example. Not: jane.roe@mail.example, SSN 536-22-1845."
    notice = notice_edit(notice=notice, version=1, by=by, now=now, sections={"For More Information": own})

    text = str(notice.sections)
    assert all(words in text for words in ("1-800-555-0100", "privacy@fernhollow.example", "[EMAIL]"))
    assert not any(words in f"{text}{notice.edits}" for words in ("jane.roe", "536-22-1845"))
    assert any("[EMAIL]" in fault for fault in notice.missing)


def test_contact_data_of_the_organization_can_be_filled_in(
    duty: Duty, write: Callable[..., Notice], person: People, now: datetime
) -> None:
    """Where the settings hold no telephone number, the field takes one: it is nobody's but the organization's."""
    home = settings.HOME.settings()
    settings.HOME.write(home.__replace__(organization=home.organization.__replace__(phone="")))  # type: ignore[attr-defined]  # msgspec

    notice = notice_edit(notice=write(duty), version=1, by=person(Role.COUNSEL), now=now, answers={"phone": "1-888-555-0143"})

    assert "1-888-555-0143" in str(notice.sections)


def test_an_address_that_was_filled_in_counts(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """Where the settings hold no other way to ask by, the one in the field is the one that HIPAA asks for."""
    home = settings.HOME.settings()
    bare = home.organization.__replace__(address="", email="", website="")  # type: ignore[attr-defined]  # msgspec
    settings.HOME.write(home.__replace__(organization=bare))  # type: ignore[attr-defined]  # msgspec
    notice, by = write(duty), person(Role.COUNSEL)

    notice = notice_edit(notice=notice, version=1, by=by, now=now, answers={"address": "1 Elm Street, Albany, NY 12207"})

    assert "1 Elm Street, Albany, NY 12207" in str(notice.sections)
    assert not [fault for fault in notice.missing if "164.404(c)(1)(E)" in fault]


def test_an_edit_of_an_old_version_is_refused(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """Two people open the same version; the second hears who was faster, and neither's words are lost."""
    notice = write(duty)
    notice_edit(
        notice=notice, version=1, by=person(Role.COMPLIANCE), now=now, answers={"how": "The first account of the matter."}
    )

    with pytest.raises(NoticeChanged, match="Compliance changed"):
        notice_edit(notice=notice, version=1, by=person(Role.COUNSEL), now=now, answers={"how": "Another account of the matter."})

    notice.refresh_from_db()
    assert (2, "The first account of the matter.") == (notice.version, notice.answers["how"])
    assert 1 == len(acts(notice.incident, LedgerAct.NOTICE_EDIT))


def test_saving_without_a_change_is_no_edit(duty: Duty, ready: Callable[..., Notice], person: People, now: datetime) -> None:
    """The approvals stand, the version stays, and the ledger has nothing to tell."""
    notice = ready(duty)
    before = len(acts(notice.incident, LedgerAct.NOTICE_EDIT))

    same = notice_edit(notice=notice, version=notice.version, by=person(Role.COUNSEL), now=now, answers=dict(notice.answers))

    assert ("approved", notice.version) == (same.state, same.version)
    assert before == len(acts(notice.incident, LedgerAct.NOTICE_EDIT))


@pytest.mark.parametrize("role", list(Role))
def test_who_approves(duty: Duty, write: Callable[..., Notice], person: People, now: datetime, role: Role) -> None:
    """The compliance officer and counsel, each for their own profession."""
    notice = filled(write(duty), by=person(Role.COMPLIANCE), now=now)

    if role in WRITERS:
        notice_approve(notice=notice, text_sha256=notice.text_sha256, by=person(role), now=now, why="x")
        assert role.value == notice.approvals.get().role
    else:
        with pytest.raises(Refused, match="may not approve"):
            notice_approve(notice=notice, text_sha256=notice.text_sha256, by=person(role), now=now, why="x")
    notice.refresh_from_db()
    assert "draft" == notice.state


def test_two_people_approve_the_same_text(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """Not one who holds both roles, not the same profession twice; after both, the duty is approved."""
    notice = filled(write(duty), by=person(Role.COMPLIANCE), now=now)
    both = person(Role.COMPLIANCE, Role.COUNSEL, username="both")
    told = {"text_sha256": notice.text_sha256, "now": now, "why": "x"}

    notice_approve(notice=notice, by=both, **told)
    with pytest.raises(BadInput, match="has approved this text already"):
        notice_approve(notice=notice, by=both, **told)
    with pytest.raises(BadInput, match="for compliance officer already"):
        notice_approve(notice=notice, by=person(Role.COMPLIANCE), **told)
    assert not notice_page(notice, person=both, now=now).may_approve
    assert notice_page(notice, person=person(Role.COUNSEL), now=now).may_approve
    notice = notice_approve(notice=notice, by=person(Role.COUNSEL), **told)

    assert ["approved"] * 3 == [notice.state, *(served.state for served in notice.duties.all())]


def test_an_approval_holds_for_one_text(duty: Duty, ready: Callable[..., Notice], person: People, now: datetime) -> None:
    """An edit voids both, the page names those of the earlier text, and a text that was not read is not approved."""
    notice = ready(duty)
    old = notice.text_sha256
    edited = notice_edit(
        notice=notice,
        version=notice.version,
        by=person(Role.COUNSEL),
        now=now,
        sections={"What Happened": "It was closed by noon."},
    )

    page = notice_page(edited, person=person(Role.COUNSEL), now=now)
    assert ("draft", {"draft"}, 2) == (edited.state, {one.state for one in edited.duties.all()}, len(page.earlier))
    assert [None, None] == [word.approval for word in page.words]
    assert 2 == acts(notice.incident, LedgerAct.NOTICE_EDIT)[-1]["voided"]
    with pytest.raises(NoticeChanged, match="after you opened it"):
        notice_approve(notice=edited, text_sha256=old, by=person(Role.COUNSEL), now=now)


def test_an_edit_that_is_undone_gives_the_approvals_back(
    duty: Duty, ready: Callable[..., Notice], person: People, now: datetime
) -> None:
    """Both approved this very text; whoever edits it and takes the edit back leaves nobody stuck between two states."""
    notice, by = ready(duty), person(Role.COUNSEL)
    old = notice.text_sha256

    other = notice_edit(notice=notice, version=notice.version, by=by, now=now, sections={"What Happened": "Closed by noon."})
    back = notice_edit(notice=other, version=other.version, by=by, now=now, sections={"What Happened": None})

    assert ("draft", "approved", old) == (other.state, back.state, back.text_sha256)
    assert [2, 0] == [act["voided"] for act in acts(notice.incident, LedgerAct.NOTICE_EDIT)][-2:]


def test_a_rule_that_asks_for_more_leaves_the_approvals_of_the_text(
    duty: Duty, ready: Callable[..., Notice], person: People, now: datetime
) -> None:
    """The text is the one that both approved: it is on record that it lacks something now, and it can still go out."""
    notice = ready(duty)
    Notice.objects.update(missing=["It lacked this when it was approved."])

    again = notice_edit(notice=notice, version=notice.version, by=person(Role.COUNSEL), now=now)

    assert ("approved", notice.version + 1, []) == (again.state, again.version, again.missing)
    assert 0 == acts(notice.incident, LedgerAct.NOTICE_EDIT)[-1]["voided"]


def test_what_is_missing_needs_a_reason(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """A text that lacks something is approved only with a reason, which is kept; one that lacks nothing keeps none."""
    notice, by = write(duty), person(Role.COUNSEL)

    with pytest.raises(BadInput, match="stand against it: "):
        notice_approve(notice=notice, text_sha256=notice.text_sha256, by=by, now=now)
    notice_approve(notice=notice, text_sha256=notice.text_sha256, by=by, now=now, why="The office asked for it today.")
    assert "The office asked for it today." == notice.approvals.get().why
    assert len(notice.missing) <= len(acts(notice.incident, LedgerAct.NOTICE_APPROVE)[0]["against"])  # type: ignore[arg-type]  # a list

    notice = filled(notice, by=by, now=now)
    Notice.objects.update(missing=[], grade=3.0)
    if not notice_page(notice, person=by, now=now).faults:
        notice_approve(notice=notice, text_sha256=notice.text_sha256, by=by, now=now, why="not needed")
        assert "" == notice.approvals.last().why  # type: ignore[union-attr]  # it was just given


def test_a_text_that_reads_hard_needs_a_reason(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """The grade and its limit are named."""
    hard = " ".join(["notwithstanding the aforementioned circumstances necessitating administrative reconsideration"] * 12)
    notice = filled(write(duty), by=person(Role.COUNSEL), now=now)
    notice = notice_edit(
        notice=notice, version=notice.version, by=person(Role.COUNSEL), now=now,
        sections={"What Happened": hard, "What We Are Doing": f"We investigate. {hard}"},
    )  # fmt: skip

    page = notice_page(notice, person=person(Role.COUNSEL), now=now)
    assert page.grade_is_over
    assert any("school grade" in fault for fault in page.faults)
    with pytest.raises(BadInput, match="stand"):
        notice_approve(notice=notice, text_sha256=notice.text_sha256, by=person(Role.COUNSEL), now=now)


def test_facts_that_moved_on_are_told(
    incident: Incident, count: Callable[..., None], write: Callable[..., Notice], person: People, now: datetime
) -> None:
    """A sheet that names 604 people is stale when 700 are counted; drawn again it names 700."""
    count(TX=604)
    by = person(Role.COUNSEL)
    notice = write(incident.duties.get(duty="TX-AG"), template="ag-texas")
    assert not notice_page(notice, person=by, now=now).is_stale
    count(TX=700)
    notice = Notice.objects.get()

    page = notice_page(notice, person=by, now=now)
    assert page.is_stale
    assert any("facts of the incident, or the template, changed" in fault for fault in page.faults)
    notice = notice_edit(notice=notice, version=1, by=by, now=now)
    assert "700" in str(notice.sections)
    assert not notice_page(notice, person=by, now=now).is_stale


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"on": date(2026, 3, 11)}, "lies ahead"),
        ({"on": date(2026, 3, 9)}, "before the discovery"),
        ({"people": 605}, "605 people are more than the 604"),
        ({"people": 0}, "at least one"),
        ({"proof": " "}, "names its proof"),
        ({"method": "pigeon"}, "Not a way to send"),
    ],
)
def test_a_record_of_sending_that_cannot_be_is_refused(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], given: dict[str, object], words: str
) -> None:
    """A day ahead of today or before discovery, nobody, more than everybody, no proof: each is named, nothing is on record."""
    notice = ready(duty)

    with pytest.raises(BadInput, match=words):
        send(notice, **{"people": 604, **given})
    assert not notice.sendings.exists()


def test_nothing_goes_out_before_both_approvals(
    duty: Duty, write: Callable[..., Notice], send: Callable[..., Sending], person: People, now: datetime
) -> None:
    """The refusal names whose word is missing."""
    notice = write(duty)
    with pytest.raises(BadInput, match="compliance officer and counsel"):
        send(notice, 604)
    notice_approve(notice=notice, text_sha256=notice.text_sha256, by=person(Role.COUNSEL), now=now, why="x")
    with pytest.raises(BadInput, match="approved yet by compliance officer"):
        send(notice, 604)
    with pytest.raises(Refused):
        send(notice, 604, by=person(Role.ENGINEER))


def test_a_sending_out_of_the_ordinary_needs_a_reason(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], now: datetime
) -> None:
    """More people than were counted, or a day before the approvals, can be; the reason is kept and stands in the ledger."""
    notice, later = ready(duty), now + timedelta(days=2)
    notice.approvals.update(at=later)

    with pytest.raises(BadInput, match="after it went out"):
        send(notice, 604, now=later)
    sending = send(notice, 610, why="Six wrote in and asked for a copy.", now=later)
    assert "Six wrote in and asked for a copy." == sending.why == acts(notice.incident, LedgerAct.NOTICE_SEND)[0]["why"]


def test_what_is_owed_no_more_needs_a_reason_to_go_out(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], count: Callable[..., None]
) -> None:
    """A letter to Californians, of whom the corrected count knows none, is not put on record without a word."""
    notice = ready(duty)
    count(NY=300)

    with pytest.raises(BadInput, match="owed to nobody any more"):
        send(notice, 604)
    assert send(notice, 604, why="They went out this morning.").why


def test_sendings_add_up_and_the_duty_is_met_when_everybody_was_told(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending]
) -> None:
    """590 in English and 14 in Spanish are the 604; before that the duty is not met, and its clock runs on."""
    english, spanish = ready(duty), ready(duty, language="es")

    send(english, 500)
    send(english, 90, method="email")
    duty.refresh_from_db()
    page = notice_page(spanish, person=spanish.by, now=spanish.at)
    assert (590, 14) == (page.sent, page.left)
    with pytest.raises(BadInput, match="605 people are more than the 604"):
        send(spanish, 15)
    assert ("approved", "batch 17") == (duty.state, duty.sent_ref)
    send(spanish, 14, proof="batch 18")

    duty.refresh_from_db()
    assert ("sent", "batch 17; batch 18") == (duty.state, duty.sent_ref)


def test_clocks_follow_what_went_out(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], incident: Incident, now: datetime
) -> None:
    """The Attorney General's sample is due 15 days after the first resident was told, which the record says and not its entry."""
    general = incident.duties.get(duty="CA-AG-2026")
    assert general.due is None
    later = now + timedelta(days=12)

    notice = ready(duty)
    send(notice, 4, on=date(2026, 3, 20), now=later)
    send(notice, 600, on=date(2026, 3, 21), now=later)

    general.refresh_from_db()
    assert date(2026, 4, 4) == general.due
    assert {"kind": "consumer_notice_sent", "on": "2026-03-20", "jurisdiction": "US-CA"} in facts_of(incident)["events"]


def test_an_earlier_day_that_is_recorded_later_moves_the_clock(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], incident: Incident, now: datetime
) -> None:
    """Also under the same proof, which moves no duty: the sample is due from the first letter, whenever it was put on record."""
    notice, later = ready(duty), now + timedelta(days=12)
    send(notice, 4, on=date(2026, 3, 21), now=later)
    send(notice, 3, on=date(2026, 3, 20), now=later)

    assert date(2026, 4, 4) == incident.duties.get(duty="CA-AG-2026").due


def test_a_contract_is_told_before_people_are_counted(
    incident: Incident, ready: Callable[..., Notice], send: Callable[..., Sending], person: People, now: datetime
) -> None:
    """A partner is told once, and again when there is more to tell; how many people it is about asks for no reason."""
    term = ContractTerm.objects.create(
        kind="customer",
        counterparty="Marrow Lane Clinics",
        clause="9.2",
        value=2,
        unit="calendar_days",
        at=now,
        by=person(Role.COUNSEL),
    )
    clocks_refresh(incident=incident, now=now, cause="A contract was entered.")
    owed = incident.duties.get(duty=f"CONTRACT-{term.pk}")
    notice = ready(owed, template="contract-party")

    assert 0 == owed.people
    assert ["", ""] == [send(notice, 1).why for _ in range(2)]
    owed.refresh_from_db()
    assert "sent" == owed.state


def test_one_notice_serves_several_duties(
    incident: Incident, count: Callable[..., None], ready: Callable[..., Notice], send: Callable[..., Sending]
) -> None:
    """A portal filing serves three offices: one record meets all three."""
    count(NY=300)
    offices = list(incident.duties.filter(duty__in=["NY-AG-2025", "NY-DOS-2025", "NY-POLICE-2025"]))
    assert 3 == len(offices)

    send(ready(*offices, template="new-york-portal"), 300, method="portal")

    assert {"sent"} == {office.state for office in Duty.objects.filter(pk__in=[office.pk for office in offices])}


@pytest.mark.parametrize("is_exercise", [True, False])
def test_an_exercise_is_an_exercise_on_record_and_on_paper(
    duty: Duty,
    ready: Callable[..., Notice],
    send: Callable[..., Sending],
    person: People,
    now: datetime,
    incident: Incident,
    is_exercise: bool,  # noqa: FBT001  # a case
) -> None:
    """The record says that nothing went out, and every document is marked for good; a real one is unmarked once approved."""
    Incident.objects.update(is_exercise=is_exercise)
    incident.refresh_from_db()
    notice = ready(duty)
    sending = send(notice, 604)

    made = notice_taken_out(notice=notice, form="docx", by=person(Role.COUNSEL), now=now)
    document = docx.Document(io.BytesIO(made))
    words = "\n".join([document.sections[0].header.paragraphs[0].text, *(one.text for one in document.paragraphs)])
    assert (is_exercise, False) == (sending.is_exercise, "DRAFT" in words)
    assert is_exercise == ("EXERCISE" in words)
    assert {"docx"} == {act["form"] for act in acts(notice.incident, LedgerAct.NOTICE_EXPORT)}


def test_a_draft_is_marked_on_paper(duty: Duty, write: Callable[..., Notice], person: People, now: datetime) -> None:
    """Whoever may see the incident may take it out; nobody mistakes it for the approved text."""
    notice = write(duty)

    made = notice_taken_out(notice=notice, form="docx", by=person(Role.AUDITOR), now=now)
    assert "DRAFT" in docx.Document(io.BytesIO(made)).sections[0].header.paragraphs[0].text
    assert notice_taken_out(notice=notice, form="pdf", by=person(Role.AUDITOR), now=now).startswith(b"%PDF")
    with pytest.raises(Refused):
        notice_taken_out(notice=notice, form="pdf", by=person(Role.ADMIN), now=now)


def test_what_went_out_stays_as_it_is(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], person: People, now: datetime
) -> None:
    """Neither edited nor approved again."""
    notice = ready(duty)
    send(notice, 604)

    with pytest.raises(BadInput, match="stays as it is"):
        notice_edit(notice=notice, version=notice.version, by=person(Role.COUNSEL), now=now, answers={"how": "x"})
    with pytest.raises(BadInput, match="stays as it is"):
        notice_approve(notice=notice, text_sha256=notice.text_sha256, by=person(Role.COUNSEL), now=now)


def test_a_mistaken_record_can_be_withdrawn(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], person: People, now: datetime, incident: Incident
) -> None:
    """The duty is open again, its clocks with it; the row, its sendings and the reason stay; it is not withdrawn twice."""
    notice, by = ready(duty), person(Role.COUNSEL)
    send(notice, 604)
    with pytest.raises(BadInput, match="needs a reason"):
        notice_withdraw(notice=notice, why=" ", by=by, now=now)

    notice_withdraw(notice=notice, why="The batch was never posted.", by=by, now=now)

    duty.refresh_from_db()
    notice.refresh_from_db()
    assert ("not_started", "", "withdrawn", 1) == (duty.state, duty.sent_ref, notice.state, notice.sendings.count())
    assert "consumer_notice_sent" not in [event["kind"] for event in facts_of(incident)["events"]]
    assert incident.duties.get(duty="CA-AG-2026").due is None
    with pytest.raises(BadInput, match="withdrawn already"):
        notice_withdraw(notice=notice, why="Again.", by=by, now=now)
    with pytest.raises(BadInput, match="was withdrawn"):
        send(notice, 604)
    with pytest.raises(BadInput, match="stays as it is"):
        notice_edit(notice=notice, version=notice.version, by=by, now=now)


def test_a_draft_can_be_withdrawn_and_drafted_anew(
    duty: Duty, write: Callable[..., Notice], person: People, now: datetime, incident: Incident
) -> None:
    """The duty waits for a notice again."""
    notice = write(duty)
    notice_withdraw(notice=notice, why="Wrong template.", by=person(Role.COMPLIANCE), now=now)

    duty.refresh_from_db()
    assert "not_started" == duty.state
    made = notices_draft_owed(incident=incident, by=person(Role.COMPLIANCE), now=now)
    assert duty in [served for notice in made for served in notice.duties.all()]


def test_a_letter_written_elsewhere_is_a_sealed_item(
    duty: Duty,
    write: Callable[..., Notice],
    seal: Callable[[str], Evidence],
    send: Callable[..., Sending],
    person: People,
    now: datetime,
) -> None:
    """Its hash is what is approved; it lacks nothing that could be looked at; it goes the same way as any other."""
    item = seal("outside-letter")
    notice = write(duty, template=ELSEWHERE, evidence=item)
    other = write(duty, template=ELSEWHERE, evidence=seal("another-letter"))

    assert item.sha256 in str(notice.sections)
    assert notice.text_sha256 != other.text_sha256
    assert ([], None, []) == (notice.missing, notice.grade, notice_page(notice, person=person(Role.COUNSEL), now=now).answers)
    notice = approved(notice, compliance=person(Role.COMPLIANCE), counsel=person(Role.COUNSEL), now=now)
    assert notice_taken_out(notice=notice, form="pdf", by=person(Role.COUNSEL), now=now).startswith(b"%PDF")
    send(notice, 604, evidence=item)
    duty.refresh_from_db()
    assert "sent" == duty.state
    with pytest.raises(BadInput, match="not written in 'fr'"):
        write(duty, template=ELSEWHERE, evidence=item, language="fr")
    with pytest.raises(BadInput, match="no field 'how'"):
        notice_edit(notice=other, version=1, by=person(Role.COUNSEL), now=now, answers={"how": "x"})


def test_proof_of_another_incident_proves_nothing(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], seal: Callable[[str], Evidence], incident: Incident
) -> None:
    """The item must be sealed in this incident."""
    notice, item = ready(duty), seal("receipt")
    other = Incident.objects.create(**{name: getattr(incident, name) for name in (
        "title", "surface", "severity", "commander", "opened_at", "opened_by", "recorded_at", "discovered_at", "discovered_how",
        "playbook")}, ref="INC-0009")  # fmt: skip
    Evidence.objects.filter(pk=item.pk).update(incident=other)
    item.refresh_from_db()

    with pytest.raises(BadInput, match="another incident"):
        send(notice, 604, evidence=item)


def test_a_closed_incident_takes_no_notice(
    duty: Duty, write: Callable[..., Notice], person: People, now: datetime, incident: Incident
) -> None:
    """Nor an edit of one."""
    notice = write(duty)
    incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="exercise")

    with pytest.raises(BadInput, match="was closed"):
        write(duty)
    with pytest.raises(BadInput, match="was closed"):
        notice_edit(notice=notice, version=1, by=person(Role.COUNSEL), now=now)


def test_the_gate_of_a_notice_is_that_of_its_incident(duty: Duty, write: Callable[..., Notice], person: People) -> None:
    """A stranger, a wrong incident and a wrong number get the same answer."""
    notice = write(duty)

    assert notice == notice_for(person(Role.AUDITOR), notice.incident.ref, notice.pk)
    for who, ref, pk in (
        (person(Role.ADMIN), notice.incident.ref, notice.pk),
        (person(Role.AUDITOR), "INC-0077", notice.pk),
        (person(Role.AUDITOR), notice.incident.ref, notice.pk + 1),
    ):
        with pytest.raises(NotFound):
            notice_for(who, ref, pk)


def test_a_new_count_moves_a_duty(
    duty: Duty, ready: Callable[..., Notice], send: Callable[..., Sending], count: Callable[..., None], incident: Incident
) -> None:
    """Whoever told 604 and then counts 700 has not told everybody; the clock of the first letters runs on."""
    send(ready(duty), 604)
    states = []
    for people in (700, 604):
        count(CA=people)
        duty.refresh_from_db()
        states.append((duty.state, incident.duties.get(duty="CA-AG-2026").due))

    assert [("approved", date(2026, 3, 25)), ("sent", date(2026, 3, 25))] == states
