"""The house numbers hold, and the project stands alone."""

import ast
import re
import subprocess
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "migrations" not in path.parts)


def tracked() -> list[Path]:
    """The files that git keeps or would keep."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def functions(path: Path) -> list[tuple[str, int]]:
    """Each function of a file with its length in lines, docstring excepted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            doc = node.body[0] if ast.get_docstring(node) is not None else None
            words = (doc.end_lineno or 0) - doc.lineno + 1 if doc is not None else 0
            found.append((f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1 - words))
    return found


def test_functions_are_short() -> None:
    """None over 60 lines, half of them at most 10."""
    lengths = [entry for path in SOURCES for entry in functions(path)]

    assert [] == [entry for entry in lengths if entry[1] > 60]
    assert median(length for _, length in lengths) <= 10


def test_files_are_short() -> None:
    """None over 600 lines, half of them at most 150."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}

    assert {} == {name: length for name, length in lengths.items() if length > 600}
    assert median(lengths.values()) <= 150


def test_no_room_is_called_utils() -> None:
    """A name says what is inside."""
    assert [] == [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc", "manager"}]


def test_nothing_is_left_unfinished() -> None:
    """A mark of unfinished work belongs into an issue."""
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")

    assert [] == [str(path) for path in SOURCES if marks.search(path.read_text())]


@pytest.mark.parametrize(
    "words", ["py[p]i[.]org", "python[h]osted", "registry[.]np[m]js", "deb[.]deb[i]an", "/wor[k]/", "/roo[t]/[.]"]
)
def test_no_index_address_and_no_machine_path_stands_in_the_tree(words: str) -> None:
    """The project can be moved anywhere and built from any mirror."""
    pattern = re.compile(words.encode())

    assert [] == [str(path.relative_to(ROOT)) for path in tracked() if pattern.search(path.read_bytes())]


def test_templates_never_trust_text() -> None:
    """No template switches escaping off."""
    templates = [path for path in (ROOT / "src").rglob("*.html") if re.search(r"\|\s*safe\b|autoescape\s+off", path.read_text())]

    assert [] == templates


def test_only_a_room_reaches_into_its_own_tables() -> None:
    """One gate per noun: `Alert.objects` stands in `alerts` alone, and so for the others."""
    owners = {
        "Alert": "alerts",
        "Incident": "incidents",
        "Decision": "incidents",
        "Evidence": "incidents",
        "Step": "incidents",
        "Duty": "incidents",
        "LedgerEntry": "people",
        "Drill": "exercises",
    }
    strangers = [
        f"{path.relative_to(ROOT)} uses {noun}.objects"
        for path in SOURCES
        for noun, owner in owners.items()
        if re.search(rf"\b{noun}\.objects\b", path.read_text()) and path.relative_to(ROOT / "src" / "hemostat").parts[0] != owner
    ]

    assert [] == strangers


def test_pure_rooms_never_read_a_clock() -> None:
    """They are handed the time; only the kernel's clocks read it."""
    rooms = {"events", "phi", "law", "sources", "detect"}
    readers = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.relative_to(ROOT / "src" / "hemostat").parts[0] in rooms
        and re.search(r"\.now\(|\.utcnow\(|\.today\(|time\.time\(", path.read_text())
    ]

    assert [] == readers
