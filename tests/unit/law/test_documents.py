"""A notice on paper says what its sections say, no more, and does so for everybody who reads or merges it."""

import io
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime

import docx
import msgspec
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from hemostat.law.documents import notice_docx, notice_pdf
from hemostat.law.notices import Block, Section
from hemostat.law.paper import Paper

LETTER = [
    Section(
        heading="",
        blocks=[
            Block(kind="text", text="«First name» «Last name»\n«Address»"),
            Block(kind="text", text="Dear «First name»:"),
        ],
    ),
    Section(
        heading="What happened",
        blocks=[
            Block(kind="text", text="«fill in: what happened, in plain sentences»"),
            Block(kind="list", items=["your name", "your diagnosis"]),
        ],
    ),
    Section(heading="Whom to ask", blocks=[Block(kind="rows", rows=[("Phone", "1-800-555-0100"), ("Hours", "9 to 5")])]),
]
HOSTILE = (
    '#set page(fill: red) #panic("x") *bold* _it_ $x^2$ <label> @ref `raw` // no \\ [content] #import "x" <b>tag</b> & {{ x }}'
)


def paper(**given: object) -> Paper:
    """A letter, or one with what is given instead."""
    told = {"title": "Notice of a data breach", "language": "en", "sections": LETTER, "sender": "Fernhollow Health",
            "on": date(2026, 3, 20), "is_draft": False}  # fmt: skip
    return msgspec.structs.replace(Paper(**told), **given)  # type: ignore[arg-type]  # the values are those of the fields


def read_pdf(made: bytes) -> str:
    """The words of a PDF, as a stranger's reader finds them, in single spaces."""
    return " ".join(printed(made).split())


def printed(made: bytes) -> str:
    """The text of a PDF as a stranger's reader finds it, a form feed behind each page."""
    if not shutil.which("pdftotext"):
        pytest.skip("not run: no pdftotext here (apt-get install poppler-utils)")
    return subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()


def read_docx(made: bytes) -> str:
    """The words of the body of a DOCX, in single spaces."""
    body = docx.Document(io.BytesIO(made)).element.body
    pieces = (one for paragraph in body.iter(qn("w:p")) for one in (*paragraph.iter(qn("w:t"), qn("w:br")), None))
    return " ".join("".join(one.text or "\n" if one is not None else "\n" for one in pieces).split())


def part(made: bytes, name: str) -> str:
    """One part of the DOCX, as it is packed."""
    return zipfile.ZipFile(io.BytesIO(made)).read(name).decode()


@pytest.mark.parametrize("language", ["en", "es"])
def test_both_say_what_the_sections_say(language: str) -> None:
    """Title, headings, paragraphs, items and rows stand in both, in their order."""
    words = ["Notice of a data breach", "«First name» «Last name» «Address»", "Dear «First name»:", "What happened",
             "«fill in: what happened, in plain sentences»", "your name", "your diagnosis", "Whom to ask", "Phone",
             "1-800-555-0100", "Hours", "9 to 5"]  # fmt: skip

    for text in (read_pdf(notice_pdf(paper(language=language))), read_docx(notice_docx(paper(language=language)))):
        places = [text.index(one) for one in words]
        assert places == sorted(places)
        assert ("Campo" in text, "Field" in text) == (language == "es", language == "en")


@pytest.mark.parametrize(
    ("is_draft", "is_exercise", "marks"),
    [(True, False, ["DRAFT"]), (False, True, ["EXERCISE"]), (True, True, ["EXERCISE", "DRAFT"]), (False, False, [])],
)
def test_what_is_no_real_letter_says_so_on_every_page(is_draft: bool, is_exercise: bool, marks: list[str]) -> None:  # noqa: FBT001  # cases
    """At the head of the page and once as text; the real thing carries neither word."""
    long = [*LETTER, *(Section(heading="", blocks=[Block(kind="text", text="word " * 400)]) for _ in range(4))]
    made = paper(sections=long, is_draft=is_draft, is_exercise=is_exercise)

    pages = printed(notice_pdf(made))
    document = docx.Document(io.BytesIO(notice_docx(made)))
    head = document.sections[0].header.paragraphs[0].text

    sheets = [sheet for sheet in pages.split("\f") if sheet.strip()]
    assert len(sheets) > 2
    for mark in ("EXERCISE", "DRAFT"):
        assert {mark in marks} == {mark in sheet for sheet in sheets} | {mark in head}
        assert (mark in marks) == (mark in document.paragraphs[0].text)


def test_pages_are_numbered_and_headings_are_headings() -> None:
    """Those who hear the document can walk from heading to heading; the title is the first."""
    document = docx.Document(io.BytesIO(notice_docx(paper())))
    headings = [(one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith("Heading")]

    assert [("Heading 1", "Notice of a data breach"), ("Heading 2", "What happened"), ("Heading 2", "Whom to ask")] == headings
    assert ["List Bullet"] * 2 == [one.style.name for one in document.paragraphs if one.style.name.startswith("List")]
    assert "tblHeader" in document.tables[0]._tbl.xml
    footer = document.sections[0].footer._element.xml
    assert all(word in footer for word in (" PAGE ", " NUMPAGES ", "Fernhollow Health"))
    assert "page 1 of 1" in read_pdf(notice_pdf(paper()))


@pytest.mark.parametrize(("least", "points"), [(0, 11), (10, 11), (12, 12), (14, 14)])
def test_no_type_is_smaller_than_the_rule_allows(least: int, points: int) -> None:
    """The body has 11 points or as many as the rule asks for, and nothing in the document has fewer than 10."""
    document = docx.Document(io.BytesIO(notice_docx(paper(least_points=least))))

    assert points == document.styles["Normal"].font.size.pt
    assert all(document.styles[name].font.size.pt >= 10 for name in ("Header", "Footer", "Heading 1", "Heading 2", "List Bullet"))
    assert points == paper(least_points=least).points


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_language_is_set(language: str) -> None:
    """Screen readers speak the right language; both carry title, author and the day of the text, and no other moment."""
    made = notice_docx(paper(language=language))
    about = docx.Document(io.BytesIO(made)).core_properties

    assert f'w:lang w:val="{language}-US"' in part(made, "word/styles.xml")
    assert ("Notice of a data breach", "Fernhollow Health", f"{language}-US", "") == (
        about.title, about.author, about.language, about.comments,
    )  # fmt: skip
    assert {datetime(2026, 3, 20, tzinfo=UTC)} == {about.created, about.modified}
    printed = notice_pdf(paper(language=language))
    assert f"/Lang({language}-US)".encode() in printed.replace(b" ", b"")
    assert b"<pdfuaid:part>1" in printed


def test_a_mail_house_can_merge() -> None:
    """Each merge field is a field of Word by its name; what a person must still fill in is none, and is marked."""
    made = notice_docx(paper())
    xml = part(made, "word/document.xml")

    assert ['"First name"', '"Last name"', '"Address"', '"First name"'] == [
        piece.partition(" <")[0].strip() for piece in xml.split("MERGEFIELD ")[1:]
    ]
    assert "fill in" not in "".join(piece.partition("</w:instrText>")[0] for piece in xml.split("MERGEFIELD ")[1:])
    assert "w:highlight" in xml


def test_no_merge_field_leaves_its_quotes() -> None:
    """Whatever people write between the marks is a name, neither another field nor a switch."""
    hostile = [Section(heading="", blocks=[Block(kind="text", text='«x" \\* DDEAUTO cmd» and «ends with \\»')])]

    codes = [
        one.text for one in docx.Document(io.BytesIO(notice_docx(paper(sections=hostile)))).element.body.iter(qn("w:instrText"))
    ]

    assert [' MERGEFIELD "x * DDEAUTO cmd" ', ' MERGEFIELD "ends with " '] == codes


def test_equal_input_gives_equal_bytes() -> None:
    """Neither reads a clock: the same notice has the same hash tomorrow."""
    assert notice_pdf(paper()) == notice_pdf(paper())
    assert notice_docx(paper()) == notice_docx(paper())
    assert notice_docx(paper()) != notice_docx(paper(on=date(2026, 3, 21)))
    with zipfile.ZipFile(io.BytesIO(notice_docx(paper()))) as packed:
        assert {(1980, 1, 1, 0, 0, 0)} == {entry.date_time for entry in packed.infolist()}


def test_hostile_text_is_text() -> None:
    """Markup of the typesetter, of XML and of templates is printed as it is, in every place where text can stand."""
    blocks = [
        Block(kind="text", text=HOSTILE), Block(kind="list", items=[HOSTILE]), Block(kind="rows", rows=[(HOSTILE, HOSTILE)]),
    ]  # fmt: skip
    made = paper(title=HOSTILE, sender=HOSTILE, sections=[Section(heading=HOSTILE, blocks=blocks)])

    assert 6 == read_docx(notice_docx(made)).count(HOSTILE)
    text = read_pdf(notice_pdf(made)).replace(" ", "")
    assert text.count("#panic") >= 6
    assert "]#import" in text


def test_a_letter_that_our_fonts_lack_is_printed_all_the_same() -> None:
    """A name in another alphabet breaks no notice: the PDF is tagged as before and claims no standard that it would not keep."""
    made = notice_pdf(paper(sender="Клиника ڈ"))

    assert b"<pdfuaid:part>" not in made
    assert b"/StructTreeRoot" in made
    assert "Notice of a data breach" in read_pdf(made)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
blocks = st.one_of(
    st.builds(Block, kind=st.just("text"), text=words),
    st.builds(Block, kind=st.just("list"), items=st.lists(words, max_size=3)),
    st.builds(Block, kind=st.just("rows"), rows=st.lists(st.tuples(words, words), max_size=3)),
)


@effort(max_examples=30)
@given(title=words, sections=st.lists(st.builds(Section, heading=words, blocks=st.lists(blocks, max_size=3)), max_size=3))
def test_any_text_can_be_printed(title: str, sections: list[Section]) -> None:
    """Controls, directions, lone marks and other alphabets break neither document."""
    made = paper(title=title, sections=sections)

    assert notice_pdf(made).startswith(b"%PDF")
    assert docx.Document(io.BytesIO(notice_docx(made)))
