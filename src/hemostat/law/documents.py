"""A notice on paper: the same words as DOCX, which a mail house can merge, and as PDF.

Both are accessible by structure (headings, lists, tables with a head, the language set; the PDF to PDF/UA-1) and by size (no type
under 10 points). Equal input gives equal bytes: no clock is read, and both carry the day of the notice as their date.
Merge fields, written «First name» in the text, are fields of Word in the DOCX. Whatever the text says, none of it is markup.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal

import docx
import msgspec
import typst
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from .notices import Block, Section
from .paper import Paper, printable

_TEMPLATE = Path(__file__).parent / "templates" / "notice.typ"
_MERGE = re.compile(r"(«[^«»\n]{1,120}»)")
_NO_NAME = re.compile(r'["\\]')  # what would end the name of a field of Word, or begin a switch
_TO_FILL = "«fill in: "
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest moment that an entry of a ZIP file can carry
_SMALL = 10  # points


def notice_pdf(paper: Paper) -> bytes:
    """The notice as PDF/UA-1, set by Typst with its own fonts.

    A character that these fonts lack cannot be shown; a text that holds one becomes a tagged PDF that claims no standard.
    """
    words = {name: paper.words[name] for name in ("page", "of", "field", "entry")}
    told = {
        **words,
        "title": paper.heading,
        "language": paper.language,
        "points": paper.points,
        "sender": printable(paper.sender),
        "banner": paper.banner,
        "watermark": paper.watermark,
        "sections": [_plain(section) for section in paper.sections],
    }
    inputs = {"paper": msgspec.json.encode(told).decode()}
    try:
        return _typeset(inputs, _stamp(paper), standard="ua-1")
    except typst.TypstError:
        return _typeset(inputs, _stamp(paper), standard=None)


def _typeset(inputs: dict[str, str], stamp: datetime, *, standard: Literal["ua-1"] | None) -> bytes:
    made = typst.compile(
        _template(), sys_inputs=inputs, ignore_system_fonts=True, pdf_standards=standard, timestamp=stamp, pdf_tags=True
    )
    return bytes(made)


def notice_docx(paper: Paper) -> bytes:
    """The notice as DOCX, with a MERGEFIELD for each «merge field»."""
    document = docx.Document()
    _describe(document, paper)
    _styled(document, paper)
    _frame(document, paper)
    if paper.banner:
        document.add_paragraph().add_run(paper.banner).bold = True
    document.add_heading(paper.heading, level=1)
    for section in paper.sections:
        if heading := printable(section.heading).strip():
            document.add_heading(heading, level=2)
        for block in section.blocks:
            _block(document, block, paper)
    written = io.BytesIO()
    document.save(written)
    return _without_clock(written.getvalue())


def _block(document: Document, block: Block, paper: Paper) -> None:
    match block.kind:
        case "text":
            _merged(document.add_paragraph(), block.text)
        case "list":
            for item in block.items:
                _merged(document.add_paragraph(style="List Bullet"), item)
        case _:
            _rows(document.add_table(rows=1, cols=2, style="Table Grid"), block.rows, paper)
            document.add_paragraph()


def _rows(table: Table, rows: Sequence[tuple[str, str]], paper: Paper) -> None:
    head = table.rows[0]
    for cell, words in zip(head.cells, (paper.words["field"], paper.words["entry"]), strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    head._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))  # noqa: SLF001  # python-docx has no word for it
    for name, entry in rows:
        cells = table.add_row().cells  # type: ignore[no-untyped-call]  # its types are not complete
        _merged(cells[0].paragraphs[0], name)
        _merged(cells[1].paragraphs[0], entry)


def _merged(paragraph: Paragraph, text: str) -> None:
    """The text stands in the paragraph; what is between « and » is a field that a mail house fills."""
    for index, part in enumerate(_MERGE.split(printable(text))):
        if index % 2 and not part.startswith(_TO_FILL):
            _field(paragraph, f'MERGEFIELD "{_NO_NAME.sub("", part[1:-1])}"', shown=part)
        elif part:
            paragraph.add_run(part).font.highlight_color = WD_COLOR_INDEX.YELLOW if index % 2 else None


def _field(paragraph: Paragraph, instruction: str, *, shown: str) -> None:
    """A field of Word with what it shows until it is computed."""
    for kind in ("begin", "separate", "end"):
        paragraph.add_run()._r.append(_element("w:fldChar", fldCharType=kind))  # noqa: SLF001  # python-docx has no fields
        if kind == "begin":
            code = _element("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {instruction} "
            paragraph.add_run()._r.append(code)  # noqa: SLF001  # same
        elif kind == "separate":
            paragraph.add_run(shown)


def _describe(document: Document, paper: Paper) -> None:
    about = document.core_properties
    about.title, about.author, about.language = paper.heading[:250], printable(paper.sender)[:250], _locale(paper)
    about.comments, about.last_modified_by, about.revision = "", printable(paper.sender)[:250], 1
    about.created = about.modified = _stamp(paper).replace(tzinfo=None)


def _styled(document: Document, paper: Paper) -> None:
    """The type is large enough and black, and every word is of the paper's language."""
    styles: Any = document.styles  # what python-docx can do with a style depends on its kind
    body = paper.points
    sizes = {
        "Normal": body,
        "List Bullet": body,
        "Heading 1": body + 5,
        "Heading 2": body + 2,
        "Header": _SMALL,
        "Footer": _SMALL,
    }
    for name, size in sizes.items():
        styles[name].font.size = Pt(size)
    for name in ("Heading 1", "Heading 2"):
        styles[name].font.color.rgb = RGBColor(0, 0, 0)
    normal = styles["Normal"].element.get_or_add_rPr()
    normal.append(_element("w:lang", val=_locale(paper), eastAsia=_locale(paper)))
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _locale(paper))


def _frame(document: Document, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Pt(612), Pt(792)
    if paper.banner:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        head.add_run(paper.banner).bold = True
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(f"{printable(paper.sender)} · {paper.words['page']} ")
    _field(foot, "PAGE", shown="1")
    foot.add_run(f" {paper.words['of']} ")
    _field(foot, "NUMPAGES", shown="1")


def _element(tag: str, **attributes: str) -> Any:
    made: Any = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _without_clock(packed: bytes) -> bytes:
    """The same ZIP file with every entry at the same moment."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, date_time=_LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return again.getvalue()


def _plain(section: Section) -> dict[str, Any]:
    return {
        "heading": printable(section.heading).strip(),
        "blocks": [
            {
                "kind": block.kind,
                "text": printable(block.text),
                "items": [printable(item) for item in block.items],
                "rows": [[printable(name), printable(entry)] for name, entry in block.rows],
            }
            for block in section.blocks
        ],
    }


def _locale(paper: Paper) -> str:
    return f"{paper.language}-US"


def _stamp(paper: Paper) -> datetime:
    return datetime.combine(paper.on, time(), UTC)


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()
