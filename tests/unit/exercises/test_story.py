"""What was planned, against what really happened."""

from datetime import timedelta
from typing import Any

import pytest

from hemostat.exercises.models import Drill
from hemostat.exercises.story import real
from unit.exercises.conftest import ENDS, PACK, truth


@pytest.mark.parametrize(
    ("event", "minutes", "given", "words"),
    [
        ("deployed", 66, {}, "happened at minute -372.0"),
        ("exposure", 66, {}, "happened at minute 0.0"),
        ("document_read", 66, {}, "the leak was closed before"),
        ("document_read", 66, {"document_read": "2026-03-10T14:55:30.000000Z"}, "happened at minute 55.5"),
        ("document_read", 66, {"tokens_live": 3}, "did not happen"),
        ("document_read", 66, {"path_open": True}, "did not happen"),
        ("document_read", 40, {}, "the drill ended before"),
        ("reported", 195, {"reported": "2026-03-10T16:30:00.000000Z"}, "happened at minute 150.0"),
        ("reported", 66, {}, "the drill ended before"),
        ("last_attempt", 195, {"attempts": 38_420, "last_attempt": "2026-03-10T17:10:00.000000Z"}, "happened at minute 190.0"),
        ("last_attempt", 66, {}, "the drill ended before"),
    ],
)
def test_a_planned_line_says_what_became_of_it(event: str, minutes: int, given: dict[str, Any], words: str) -> None:
    """That it happened and when, or why it did not."""
    line = next(line for line in PACK.timeline if line.event == event)
    drill = Drill(leak_at=PACK.story.start, ended_at=PACK.story.start + timedelta(minutes=minutes))

    assert words == real(line, PACK, drill, truth(**given))["words"]


def test_a_later_exposure_is_another_line_than_the_first() -> None:
    """That people were exposed at the start does not show that traffic stood high at minute 70."""
    line = next(line for line in PACK.timeline if line.at == 70)
    drill = Drill(leak_at=PACK.story.start, ended_at=ENDS + timedelta(hours=2))

    assert "the leak was closed before" == real(line, PACK, drill, truth())["words"]
    assert "happened at minute 71.0" == real(line, PACK, drill, truth(curve=[["2026-03-10T15:11Z", 36]]))["words"]
