"""What stands beside a name or a condition, and means something only there."""

import pytest

from hemostat.phi import Dictionary, Scanner

SCANNER = Scanner(Dictionary.complete())


def found(text: str) -> list[tuple[str, str]]:
    """The entities and values that a scan tells, in order."""
    return [(match.entity, text[match.start : match.end]) for match in SCANNER.scan(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Patient: Jane Roe 02/03/1980", ("DOB", "02/03/1980")),
        ("Patient: Jane Roe | 1980-02-03 | MRN 447122", ("DOB", "1980-02-03")),
        ("Patient: Jane Roe, Feb. 3, 1980", ("DOB", "Feb. 3, 1980")),
        ("Patient: Jane Roe (2025550143)", ("PHONE", "2025550143")),
        ("Patient: Jane Roe, 202 5550143", ("PHONE", "202 5550143")),
        ("Patient: Jane Roe cell 1 202 555 0143", ("PHONE", "1 202 555 0143")),
        ("Patient: Jane Roe 0161 496 0052", ("PHONE", "0161 496 0052")),
        ("repro -> 900-12-3456 / 02/03/1980", ("DOB", "02/03/1980")),
        ("(5, Jane, jane@mail.example, null, 1980-02-03, x)", ("DOB", "1980-02-03")),
        ("(5, Jane, jane@mail.example, null, 1980-02-03, 2025550143)", ("PHONE", "2025550143")),
        ("A: syphilis A51.0, follow up", ("ICD10", "A51.0")),
        ("reason: L40.0 psoriasis", ("ICD10", "L40.0")),
        ("psoriasis (L400)", ("ICD10", "L400")),
    ],
)
def test_neighbors_tell(text: str, told: tuple[str, str]) -> None:
    """A date long past or a telephone number behind a person, and a code beside a condition, are found."""
    assert told in found(text)


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Patient: Jane Roe 02/03/2026", "DOB"),
        ("Patient: Jane Roe 45/45/1980", "DOB"),
        ("Patient: Jane Roe 14 items", "DOB"),
        ("table, 02/03/1980", "DOB"),
        ("Patient: Jane Roe;2025550143", "PHONE"),
        ("Patient: Jane Roe, 1025550143", "PHONE"),
        ("jane@mail.example 2025550143", "PHONE"),
        ("sku 2025550143", "PHONE"),
        ("model L400, psoriatic", "ICD10"),
        ("psoriasis shelf B2B7", "ICD10"),
        ("psoriasis\tF32.0", "ICD10"),
    ],
)
def test_neighbors_of_others_tell_nothing(text: str, entity: str) -> None:
    """Dates of the last years, counts, numbers of another column, and codes beside no condition, tell nothing."""
    assert entity not in [kind for kind, _ in found(text)]


def test_a_scan_of_what_was_redacted_finds_nothing() -> None:
    """Masking a name hides what stood behind it as well."""
    shown = SCANNER.redact("Member W000000017 active, Jane Roe 02/03/1980 (2025550143), psoriasis (L40.0)").text

    assert SCANNER.scan(shown) == []
    assert shown == "Member [MEMBER_ID] active, [NAME] [DOB] ([PHONE]), [CONDITION] ([ICD10])"
