"""Audit messages of ATNA: both spellings, who is who, whose data it was; and XML that is up to something is not taken."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Result
from hemostat.kernel import BadSettings, Source
from hemostat.sources import Raw, Rejected, check
from hemostat.sources.access_log import LONGEST
from hemostat.sources.markup import DEEPEST, MOST, document
from hemostat.sources.syslog import FRAMES, framed
from unit.sources.reading import access, accesses, read_all, reasons

HEADER = b"<85>1 2026-03-02T05:00:01.500-05:00 pacs-1 archive 77 IHE+RFC-3881 - "
BOM = b"\xef\xbb\xbf"
OPTIONS: dict[str, Any] = {"options": {"authority": "1.2.3"}}


def code(name: str, value: str, *, old: bool = False) -> str:
    """A coded value, as DICOM writes it, or as RFC 3881 did."""
    return f"<{name} {'code' if old else 'csd-code'}={quoteattr(value)} codeSystemName='DCM' originalText='x'/>"


def who(name: str, role: str = "", network: str = "", *, asking: str = "false", more: str = "", old: bool = False) -> str:
    """A participant."""
    inner = code("RoleIDCode", role, old=old) if role else ""
    given = f"UserID={quoteattr(name)} UserIsRequestor='{asking}' NetworkAccessPointID={quoteattr(network)} {more}"
    return f"<ActiveParticipant {given}>{inner}</ActiveParticipant>"


def thing(name: str, number: str, *, kind: str = "", role: str = "", query: bytes = b"", old: bool = False) -> str:
    """An object."""
    given = f"ParticipantObjectTypeCode='{kind}' " if kind else ""
    given += f"ParticipantObjectTypeCodeRole='{role}' " if role else ""
    asked = f"<ParticipantObjectQuery>{b64encode(query).decode()}</ParticipantObjectQuery>" if query else ""
    inner = code("ParticipantObjectIDTypeCode", number, old=old)
    words = f"ParticipantObjectID={quoteattr(name)} {given}"
    return f"<ParticipantObjectIdentification {words}>{inner}{asked}</ParticipantObjectIdentification>"


def patient(number: str, *, old: bool = False) -> str:
    """The object of a patient."""
    return thing(number, "2", kind="1", role="1", old=old)


def told(
    event: str, action: str, *parts: str, type: str = "", outcome: str = "0", time: str = "2026-03-02T05:00:00.250-05:00",  # noqa: A002  # as the wire calls it
    old: bool = False,
) -> bytes:  # fmt: skip
    """An audit message."""
    words = code("EventID", event, old=old) + (code("EventTypeCode", type, old=old) if type else "")
    given = f"EventActionCode='{action}' EventDateTime='{time}' EventOutcomeIndicator='{outcome}'"
    inner = f"<EventIdentification {given}>{words}</EventIdentification>{''.join(parts)}"
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<AuditMessage>{inner}</AuditMessage>".encode()


VIEWER = who("VIEWER|AE", "110153", "203.0.113.9")
ARCHIVE = who("ARCHIVE", "110152", "pacs.fernhollow.example")
DOCTOR = who("dr-77", "", "203.0.113.44", asking="true", more="UserTypeCode='1'")
STUDY = thing("1.2.840.1", "110180", kind="2", role="3")


@pytest.mark.parametrize("old", [False, True])
def test_a_study_was_opened(old: bool) -> None:  # noqa: FBT001  # a parameter
    """Both spellings of codes say the same: who, with what, from where, whose images, and when, in which zone."""
    parts = (
        who("VIEWER|AE", "110153", "203.0.113.9", old=old), who("ARCHIVE", "110152", "pacs.fernhollow.example", old=old), DOCTOR,
        patient("1234^^^&1.2.3&ISO", old=old), thing("1.2.840.1", "110180", kind="2", role="3", old=old),
    )  # fmt: skip

    found = access("atna", told("110103", "R", *parts, old=old), **OPTIONS)

    assert (Act.RECORD_READ, Result.SUCCESS, "110103", ("medical_image",)) == (
        found.act, found.result, found.operation, found.elements,
    )  # fmt: skip
    assert ("dr-77", ActorType.PERSON) == (found.actor, found.actor_type)
    assert ("1234", 1, "study", "1.2.840.1") == (found.subject, found.subjects, found.resource, found.resource_id)
    assert (datetime(2026, 3, 2, 10, 0, 0, 250_000, tzinfo=UTC), -300) == (found.time, found.offset_minutes)
    assert (None, 64) == (found.sent, len(found.unique))


def test_the_server_and_the_program_are_told_apart() -> None:
    """In a query the source asks; the destination answers; a program that nobody sits at is itself the actor."""
    machine = access("atna", told("110112", "E", VIEWER, ARCHIVE, patient("1")))
    person = access("atna", told("110112", "E", VIEWER, ARCHIVE, DOCTOR, patient("1")))

    assert ("VIEWER|AE", ActorType.APP, "", "203.0.113.9", "pacs.fernhollow.example") == (
        machine.actor, machine.actor_type, machine.app, machine.ip, machine.host,
    )  # fmt: skip
    assert ("dr-77", "VIEWER|AE", Act.RECORD_SEARCH) == (person.actor, person.app, person.act)


def test_a_person_in_the_role_of_a_source_is_a_person() -> None:
    """`UserTypeCode` 1 goes before the role; without the attribute everybody asks, as RFC 3881 has it."""
    found = access("atna", told("110106", "R", who("kim", "110153", "203.0.113.9", more="UserTypeCode='1'")))
    silent = access("atna", told("110110", "U", '<ActiveParticipant UserID="lee"/>', patient("1")))

    assert ("kim", ActorType.PERSON, "", "203.0.113.9", Act.EXPORT_RUN) == (
        found.actor, found.actor_type, found.app, found.ip, found.act,
    )  # fmt: skip
    assert ("lee", ActorType.PERSON, Act.RECORD_CHANGE) == (silent.actor, silent.actor_type, silent.act)


def test_an_application_that_started_is_no_person() -> None:
    """Who launched it is one (DICOM PS3.16, CID 402)."""
    started = access("atna", told("110100", "E", who("archive", "110150"), type="110120"))
    launched = access("atna", told("110100", "E", who("archive", "110150"), who("kim", "110151"), type="110120"))

    assert (Act.LOG_WRITE, "archive", ActorType.APP) == (started.act, started.actor, started.actor_type)
    assert ("kim", ActorType.PERSON, "archive") == (launched.actor, launched.actor_type, launched.app)


@pytest.mark.parametrize(
    ("event", "kind", "action", "outcome", "act", "result"),
    [
        ("110106", "ITI-43", "R", "0", Act.RECORD_READ, Result.SUCCESS),
        ("110107", "ITI-43", "C", "0", Act.RECORD_READ, Result.SUCCESS),
        ("110107", "ITI-41", "C", "4", Act.RECORD_CREATE, Result.ERROR),
        ("110107", "", "C", "", Act.RECORD_CREATE, Result.UNKNOWN),
        ("110104", "", "C", "0", Act.RECORD_READ, Result.SUCCESS),
        ("110105", "", "D", "0", Act.RECORD_DELETE, Result.SUCCESS),
        ("110110", "", "D", "12", Act.RECORD_DELETE, Result.ERROR),
        ("110114", "110122", "E", "4", Act.ACCOUNT_LOGIN, Result.DENIED),
        ("110114", "110123", "E", "0", Act.ACCOUNT_LOGOUT, Result.SUCCESS),
        ("110113", "110126", "E", "8", Act.ACCOUNT_LOGIN, Result.DENIED),
        ("110113", "110136", "E", "0", Act.ACCOUNT_CHANGE, Result.SUCCESS),
        ("110113", "110133", "E", "0", Act.CONFIG_CHANGE, Result.SUCCESS),
        ("110101", "", "R", "0", Act.API_READ, Result.SUCCESS),
        ("vendor-1", "", "E", "0", Act.API_WRITE, Result.SUCCESS),
    ],
)
def test_what_was_done(event: str, kind: str, action: str, outcome: str, act: Act, result: Result) -> None:
    """The transaction goes before the event, the event before the action; a failed login is a refusal."""
    found = access("atna", told(event, action, DOCTOR, patient("1"), type=kind, outcome=outcome))

    assert (act, result) == (found.act, found.result)
    assert (1 if result in {Result.SUCCESS, Result.UNKNOWN} else 0) == found.subjects


def test_whose_data_it_was() -> None:
    """Patients count once each; persons in other roles are none; numbers of other authorities keep theirs."""

    def subjects(*parts: str) -> tuple[int, str]:
        found = access("atna", told("110110", "R", DOCTOR, *parts), **OPTIONS)
        return found.subjects, found.subject

    assert (2, "") == subjects(patient("1^^^&1.2.3&ISO"), patient("2"), patient("1"))
    assert (2, "") == subjects(patient("1^^^&1.2.3&ISO"), patient("1^^^&9.9&ISO"))
    assert (1, "1^^^&9.9&ISO") == subjects(patient("1^^^&9.9&ISO"))
    assert (1, "1") == subjects(patient("1^^^FERN&1.2.3&ISO^MR"))
    assert (1, "1") == subjects(patient("1^^^"))
    assert (1, "1^^^FERN") == subjects(patient("1^^^FERN"))
    found = access("atna", told("110110", "R", DOCTOR, patient("1^^^FERN&9.9&ISO")), options={"authority": "FERN"})
    assert "1" == found.subject
    assert (1, "7") == subjects(patient("Patient/7"))
    assert (1, "12/34") == subjects(patient("12/34"))
    assert (0, "") == subjects(thing("kim", "11", kind="1", role="6"), thing("lee", "11", kind="1"))
    assert (1, "219-09-9871") == subjects(thing("219-09-9871", "5"))
    assert (1, "5") == subjects(thing("5", "1", kind="1"))
    assert (0, "") == subjects(patient(""))


def test_what_was_touched() -> None:
    """The first thing that is no patient and no query; else the one patient; a reference of FHIR tells its kind itself."""

    def touched(*parts: str) -> tuple[str, str]:
        found = access("atna", told("110106", "R", DOCTOR, *parts))
        return found.resource, found.resource_id

    assert ("report", "urn:1") == touched(patient("1"), thing("q", "10", role="24"), thing("urn:1", "9", kind="2", role="3"))
    assert ("repository", "r") == touched(thing("r", "", kind="2", role="17"))
    assert ("object", "o") == touched(thing("o", "", kind="2"))
    assert ("DocumentReference", "DocumentReference/9") == touched(thing("DocumentReference/9", "12", kind="2", role="3"))
    assert ("patient", "1") == touched(patient("1"))
    assert ("", "") == touched(patient("1"), patient("2"))


def test_what_was_asked_for() -> None:
    """An address goes to the redaction as any query does; HL7, XML and DICOM stay in the message, and it says so."""

    def asked(query: bytes) -> Access:
        return access("atna", told("110112", "E", DOCTOR, thing("q", "ITI-9", kind="2", role="24", query=query)))

    url = asked(b"https://fhir.fernhollow.example/Patient?family=Doe&_count=2")
    odd = access("atna", told("110112", "E", DOCTOR, thing("q", "", role="24", query=b"qqqqqq")).replace(b"cXFxcXFx", b"%%%%"))

    assert ("/Patient", "family=Doe&_count=2", "Patient", "") == (url.path, url.query, url.resource, url.message)
    for other in (b"MSH|^~\\&|a\rQPD|Doe", b"<?xml version='1.0'?><AdhocQueryRequest/>", b"\x00\xff\x08"):
        found = asked(other)
        assert ("", "", "What was asked for is no address; it stands in the message alone.") == (
            found.path, found.query, found.message,
        )  # fmt: skip
    assert "The query is not base64." == odd.message


def test_in_a_frame_of_syslog() -> None:
    """The header tells when it was sent and by which host; with its mark, whatever the declaration says, it is UTF-8."""
    plain = told("110110", "R", who("kim", "", "198.51.100.7", asking="true"), patient("1"))
    wrong = plain.replace(b"UTF-8", b"UTF-16").replace(b"kim", "kïm".encode())
    body = framed([HEADER + plain, HEADER + BOM + plain, HEADER + BOM + wrong])

    first, marked, other = accesses("atna", body, content_type=FRAMES)

    assert (datetime(2026, 3, 2, 10, 0, 1, 500_000, tzinfo=UTC), "pacs-1", "kim", "") == (
        first.sent, first.host, first.actor, first.message,
    )  # fmt: skip
    assert ("kim", "kïm") == (marked.actor, other.actor)
    assert [1, 2, 3] == [each.line for each in read_all("atna", body, content_type=FRAMES)]


@pytest.mark.parametrize("time", ["2026-03-02T05:00:00", "yesterday", "", "0001-01-01T00:00:00Z"])
def test_a_time_without_a_zone_is_that_of_the_header(time: str) -> None:
    """It is said so; such a message is known by nothing; without a header it is rejected."""
    xml = told("110110", "R", DOCTOR, time=time)

    found = access("atna", framed([HEADER + xml]), content_type=FRAMES)

    assert (datetime(2026, 3, 2, 10, 0, 1, 500_000, tzinfo=UTC), "") == (found.time, found.unique)
    assert "The event has no time with a zone; it is the time of its syslog header." == found.message
    assert 1 == len(reasons("atna", xml))
    assert 1 == len(reasons("atna", HEADER.replace(b"2026-03-02T05:00:01.500-05:00", b"-") + xml))


def test_repetitions_are_known_by_their_bytes() -> None:
    """A sender that resends what was not acknowledged sends the same bytes; whole seconds do not tell two events apart."""
    one, two = told("110110", "R", DOCTOR, patient("1")), told("110110", "R", DOCTOR, patient("2"))
    coarse = told("110110", "R", DOCTOR, time="2026-03-02T10:00:00Z")

    found = accesses("atna", b"\n".join([one, one, two, coarse]))

    assert found[0].unique == found[1].unique != found[2].unique != ""
    assert "" == found[3].unique


def test_files_of_messages() -> None:
    """Behind headers or bare, on one line or on many, with what is none between; each has the line that it begins in."""
    xml = told("110110", "R", DOCTOR, patient("1")).replace(b"><", b">\n<")
    bare = xml.partition(b"\n")[2]
    body = b"\n".join([b"no audit", HEADER + xml, b"", bare, b"<?xml version='1.0'?><AuditMessage><cut", BOM + xml, bare])

    found = read_all("atna", body, content_type="text/plain")

    lines = body.split(b"\n")
    assert [Rejected, Raw, Raw, Rejected, Raw, Raw] == [type(each) for each in found]
    assert all(lines[each.line - 1].startswith(each.raw.split(b"\n")[0].removeprefix(BOM)[:8]) or each.line for each in found)
    assert [1, 2] == [each.line for each in found[:2]]
    assert [] == read_all("atna", b"\n \n", content_type="text/plain")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "iso-8859-1", "windows-1252", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    """What the document names, or its mark shows."""
    xml = told("110110", "R", who("kïm", asking="true")).decode().replace("UTF-8", encoding.removesuffix("-sig"))
    xml = xml.replace("utf-16-be", "utf-16")
    body = ("\ufeff" if encoding == "utf-16-be" else "") + xml + "\n"

    assert "kïm" == access("atna", body.encode(encoding)).actor


def test_bytes_that_are_no_utf_8_are_shown() -> None:
    """One user's odd name does not hide his event."""
    found = access("atna", told("110110", "R", who("kim", asking="true")).replace(b"kim", b"k\xefm"))

    assert ("k\\xefm", "Bytes that are not UTF-8 are shown as \\xNN.") == (found.actor, found.message)


DTD = "<?xml version='1.0'?><!DOCTYPE AuditMessage [{}]><AuditMessage>&a;</AuditMessage>"
BAD = [
    DTD.format("<!ENTITY a 'aaaa'>"),
    DTD.format("<!ENTITY a SYSTEM 'file:///etc/passwd'>"),
    DTD.format("<!ENTITY b 'bb'><!ENTITY a '&b;&b;&b;'>"),
    DTD.format("<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'>%p;"),
    "<!DOCTYPE AuditMessage SYSTEM 'http://127.0.0.1:9/x'><AuditMessage/>",
    "<AuditMessage>&undeclared;</AuditMessage>",
    "<a>" * (DEEPEST + 1) + "</a>" * (DEEPEST + 1),
    "<AuditMessage>" + "<a/>" * MOST + "</AuditMessage>",
    "<AuditMessage>" * 5000,
    "<IHEYr4/>",
    "<AuditMessage/>",
    "<AuditMessage><EventIdentification/></AuditMessage>",
    "<?xml version='1.0' encoding='rot13'?><AuditMessage/>",
    "<?xml version='1.0' encoding='no-such'?><AuditMessage><",
    "<AuditMessage a='1' a='2'/>",
    "<AuditMessage>\x01</AuditMessage>",
    "x" * (LONGEST + 1),
    "\ufeff",
]


@pytest.mark.parametrize("xml", BAD)
@pytest.mark.parametrize("header", [b"", HEADER])
def test_xml_that_is_up_to_something_is_not_taken(xml: str, header: bytes) -> None:
    """Nothing is fetched, nothing grows, nothing of it is shown; it is a dead letter with a way out."""
    found = read_all("atna", framed([header + xml.encode()]), content_type=FRAMES)

    (one,) = found
    assert isinstance(one, Rejected)
    assert one.advice
    assert not any(word in one.reason + one.advice for word in ("passwd", "undeclared", "127.0.0.1"))


def test_what_is_no_message_at_all() -> None:
    """Reasons name the fault."""
    assert ["The message has the older form of RFC 3164."] == reasons("atna", b"<85>Mar  2 10:00:00 pacs x: <AuditMessage/>")
    assert ["The XML is damaged in line 1."] == reasons("atna", b"hello")
    assert ["The XML is damaged in line 1."] == reasons("atna", b"\xff\xfe<\x00")
    assert ["The connection ended within a message."] == [
        each.reason for each in read_all("atna", b"5 x", content_type=FRAMES, headers={"broken": "cut"})  # type: ignore[union-attr]
    ]  # fmt: skip


def test_wrong_options_are_named() -> None:
    """Before anything is read."""
    check("pacs", Source(kind="atna", store="s", options={"authority": "1.2.840.114350"}))
    check("pacs", Source(kind="atna", store="s", options={"authority": "FERN"}))
    for authority in ("FERN&1.2", "a b", "1" * 200):
        with pytest.raises(BadSettings, match="authority"):
            check("pacs", Source(kind="atna", store="s", options={"authority": authority}))


def test_the_tree_has_text_and_no_prefixes() -> None:
    """What stands directly in an element, and names without their prefixes."""
    root, _ = document(b"<x:a xmlns:x='u' x:k='v'>one<b>two</b><![CDATA[<3]]></x:a>", advice="")

    assert ("a", "one<3", "v", "two", "") == (
        root.name,
        root.text,
        root.attributes["k"],
        root.first("b").text,
        root.first("c").text,
    )


GOOD = HEADER + told("110112", "E", VIEWER, ARCHIVE, DOCTOR, patient("1^^^&1.2.3&ISO"), STUDY, type="ITI-18")


@given(body=st.binary(max_size=200), place=st.integers(0, len(GOOD)), length=st.integers(0, 20), framed_=st.booleans())
@example(body=b"", place=400, length=0, framed_=False)
@settings(max_examples=150)
def test_any_bytes_are_read_or_rejected(body: bytes, place: int, length: int, framed_: bool) -> None:  # noqa: FBT001  # drawn
    """A good message with anything in any place; in a frame or not."""
    damaged = GOOD[:place] + body + GOOD[place + length :]
    whole = framed([damaged]) if framed_ else damaged

    found = read_all("atna", whole, content_type=FRAMES if framed_ else "text/plain", **OPTIONS)

    assert all(isinstance(each, Raw | Rejected) for each in found)


@given(words=st.text(max_size=40))
@settings(max_examples=80)
def test_any_words_in_attributes_are_kept_as_they_are(words: str) -> None:
    """Whatever XML can carry comes out as it went in; whatever it cannot is rejected."""
    xml = told("110110", "R", who("@", asking="true")).decode().replace("'@'", quoteattr(words)).replace('"@"', quoteattr(words))
    found = read_all("atna", framed([xml.encode(errors="surrogatepass")]), content_type=FRAMES)

    for each in found:
        if isinstance(each, Raw):
            assert words == each.access.actor
