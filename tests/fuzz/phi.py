"""Targets of the scanner and of what it reads: texts, tables, files, lists of people, dictionaries of the user's own."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hemostat.kernel import BadInput
from hemostat.phi import Dictionary, Match, Scanner
from hemostat.phi.files import scan_input
from hemostat.phi.foreign import Foreign, sheet_read
from hemostat.phi.match import ENTITIES
from hemostat.phi.persons import persons
from hemostat.phi.tables import Table, cells_within
from hemostat.phi.traits import Trait, digests, forms

SCANNER = Scanner(Dictionary.complete())
_SHORT = 40


def scan(data: bytes) -> None:
    """Matches stand in order, apart, within the text, and are the same whatever stands beside it; a mask shows one character."""
    text = _text(data)
    matches = SCANNER.scan(text)
    _demand_apart(text, matches)
    assert all(match.entity in ENTITIES and 0.5 <= match.score <= 1 for match in matches)
    assert all(match.masked.rstrip("*@")[1:] == "" for match in matches)
    assert [[], matches, []] == SCANNER.scan_many(["", text, "-"])


def redact(data: bytes) -> None:
    """What was found is gone, nothing else has changed, and a second look at the whole or at its beginning finds nothing."""
    text = _text(data)
    redacted = SCANNER.redact(text)
    _demand_apart(text, redacted.matches)
    assert _masked(text, redacted.matches) == redacted.text
    assert [] == SCANNER.scan(redacted.text)
    short = SCANNER.shortened(text, _SHORT)
    assert len(short) <= _SHORT
    assert [] == SCANNER.scan(short)


def table(data: bytes) -> None:
    """Cells stand within their line, in a table alone as in one within a text."""
    text = _text(data)
    rows = Table(SCANNER.column)
    for line in text.split("\n"):
        assert all(0 <= cell.start <= cell.end <= len(line) for cell in rows.cells(line))
    assert all(0 <= cell.start <= cell.end <= len(text) for cell in cells_within(text, SCANNER.column))


def file(data: bytes) -> None:
    """Whatever a file is, it is looked through or named as not readable."""
    for name in ("-", "people.csv"):
        try:
            found = list(scan_input(name, BytesIO(data), SCANNER))
        except BadInput as error:
            assert name in str(error)
        else:
            assert all(one.line >= 1 and 0 <= one.match.start < one.match.end for one in found)


def people(data: bytes) -> None:
    """A list of people is read, or its fault is named with the line; each value has forms and digests, or none."""
    try:
        for person in persons(BytesIO(data), ()):
            for trait, values in person.items():
                _demand_forms(trait, values)
    except BadInput:
        return


def dictionary(data: bytes) -> None:
    """A dictionary of the user's own is read and can be scanned with, or its fault is named with the file."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "fields.yaml")
        path.write_bytes(data)
        try:
            own = Dictionary.read(path)
        except BadInput as error:
            assert path.name in str(error)
            return
    Scanner(own).scan("dob: 1980-02-03, jane@x.example")


def recognizers(data: bytes) -> None:
    """A file of Presidio's recognizers is read, and what it finds stands within the text; or its fault is named with the file."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "own.yaml")
        path.write_bytes(data)
        try:
            sheet = sheet_read(path)
        except BadInput as error:
            assert path.name in str(error)
            return
    text = "Zip code 10023, ch-1234; Mr. \ud800 Doé \U0001f600" + "a" * 300
    _demand_apart(text, Foreign(sheet.analyzers).added(text, ()))


def _text(data: bytes) -> str:
    """Bytes as a text; what is no UTF-8 becomes lone surrogates, which logs have too."""
    return data.decode(errors="surrogateescape")


def _demand_apart(text: str, matches: Sequence[Match]) -> None:
    ends = 0
    for match in matches:
        assert ends <= match.start < match.end <= len(text)
        ends = match.end


def _masked(text: str, matches: Sequence[Match]) -> str:
    pieces, done = [], 0
    for match in matches:
        pieces += [text[done : match.start], f"[{match.entity}]"]
        done = match.end
    return "".join([*pieces, text[done:]])


def _demand_forms(trait: Trait, values: Sequence[str]) -> None:
    for form in (form for value in values for form in forms(trait, value)):
        assert form
        if trait in {Trait.EMAIL, Trait.PHONE}:
            assert all(digests(trait, form))


TARGETS = {
    "scan": scan,
    "redact": redact,
    "table": table,
    "file": file,
    "people": people,
    "dictionary": dictionary,
    "recognizers": recognizers,
}
