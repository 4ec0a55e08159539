"""The limits are data that people edit, checked before they are believed."""

from pathlib import Path

import pytest
import yaml

from hemostat.detect.limits import limits, limits_read
from hemostat.kernel import BadInput, content

SHIPPED = content("baselines") / "baselines.yaml"


def test_the_limits_that_come_with_it() -> None:
    """Every rule has one name, nothing alarms below its floor, and a ceiling is above the floor."""
    ours = limits()
    rules = [one.rule for one in ours.rules]

    assert len(rules) == len(set(rules))
    assert all(measure.ceiling is None or measure.ceiling >= measure.least > 1 for measure in ours.measures)
    assert ours.hour.deviation_with_news < ours.hour.deviation
    assert (ours.hours_back, ours.learning) == (8 * 168, 7 * 24)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weeks": 0}, r"\$.weeks"),
        ({"hour": {"deviation": -1, "deviation_with_news": 1, "spread_least": 1}}, r"\$.hour.deviation"),
        ({"wekes": 8}, "wekes"),
        ({"measures": []}, r"\$.measures"),
        ({"windows": [{"name": "year"}]}, r"\$.windows\[0\]"),
        ({"firsts": [{"pair": "moon"}]}, r"\$.firsts\[0\]"),
        ({"strangers": {"hour": {"name": "bytes"}}}, r"\$.strangers"),
    ],
)
def test_a_wrong_limit_is_named(tmp_path: Path, change: dict[str, object], told: str) -> None:
    """What does not fit the schema is refused with its place."""
    path = tmp_path / "baselines.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(SHIPPED.read_text()), **change}))

    with pytest.raises(BadInput, match=told):
        limits_read(path)


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    """A slip of the pen is told with the name of the file."""
    path = tmp_path / "mine.yaml"
    path.write_text("weeks: [8")

    with pytest.raises(BadInput, match=r"mine\.yaml is not YAML"):
        limits_read(path)
