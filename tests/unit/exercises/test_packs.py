"""A pack is checked before anybody plays it, and each fault is named with its place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hemostat.exercises.pack import pack_load, pack_names, pack_read
from hemostat.kernel import BadInput, NotFound, content

NAME = "storefront-session-leak"


@pytest.mark.parametrize("name", pack_names())
def test_every_installed_pack_is_sound(name: str) -> None:
    """What ships can be played."""
    assert name == pack_load(name).id


def test_the_storefront_pack_states_the_truth_of_its_story() -> None:
    """People, not attempts; the states at the edges of the law."""
    truth = pack_load(NAME).ground_truth

    assert (6_914, 38_420) == (truth.people, truth.attempts)
    assert {"US-CA": 1842, "US-TX": 811, "US-NY": 604, "US-FL": 577, "US-WA": 143, "other": 2937} == truth.by_jurisdiction


def test_an_unknown_pack_names_those_that_exist() -> None:
    """A typo is answered with the list."""
    with pytest.raises(NotFound) as caught:
        pack_load("../../etc")

    assert NAME in caught.value.advice()


def broken(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The storefront pack with one thing wrong."""
    raw = yaml.safe_load((content("packs") / NAME / "pack.yaml").read_bytes())
    change(raw)
    path = tmp_path / "pack.yaml"
    path.write_text(yaml.safe_dump(raw))
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw.pop("title"), "'title' is a required property"),
        (lambda raw: raw.update(extra=1), "extra"),
        (lambda raw: raw["expectations"][0].update(weight=0), "expectations.0.weight"),
        (lambda raw: raw["expectations"][0].update(objective="nope"), "objective that does not exist: nope"),
        (lambda raw: raw["expectations"][0].update(measure="nope"), "measure that does not exist: nope"),
        (lambda raw: raw["expectations"][0].update(limit=300), "target at its limit"),
        (lambda raw: raw["expectations"][1].update(id="detected"), "share an id"),
        (lambda raw: raw["objectives"].append({"id": "lonely", "text": "x"}), "objective lonely is never measured"),
        (lambda raw: raw["red_lines"][0].update(measure="nope"), "red line leak_open"),
        (lambda raw: raw["ground_truth"].update(people=1), "do not add up"),
        (lambda raw: raw["ground_truth"]["elements"].append("aura"), "the law knows no element aura"),
        (lambda raw: raw["posture"]["agreements"][0].update(elements=["aura"]), "the law knows no element aura"),
        (lambda raw: raw["posture"]["agreements"][0].pop("unit"), "posture.agreements.0"),
        (lambda raw: raw["posture"]["agreements"][0].update(kind="friend"), "posture.agreements.0.kind"),
        (lambda raw: raw["posture"]["entity_kinds"].append("guild"), "the law knows no kind of entity guild"),
        (lambda raw: raw["timeline"][0].update(event="nope"), "timeline.0.event"),
        (lambda raw: raw["timeline"][0].pop("event"), "timeline.0"),
        (lambda raw: raw["story"].update(start="2026-03-10T14:00:07Z"), "full minute"),
        (lambda raw: raw["story"].update(start="2026-13-10T14:00:00Z"), r"Invalid RFC3339 .*story\.start"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str) -> None:
    """The author learns which place to correct."""
    with pytest.raises(BadInput, match=words):
        pack_read(broken(tmp_path, change))


@pytest.mark.parametrize("text", [b"{", b"\xff\xfe", b"a: [1", b"[" * 100_000, b"a: &a [*a]", b"a: 2026-13-45"])
def test_a_file_that_is_not_yaml_is_named(tmp_path: Path, text: bytes) -> None:
    """Nothing but a message comes of it."""
    path = tmp_path / "pack.yaml"
    path.write_bytes(text)

    with pytest.raises(BadInput, match=r"pack\.yaml"):
        pack_read(path)
    with pytest.raises(BadInput, match=r"gone\.yaml cannot be read: No such file"):
        pack_read(tmp_path / "gone.yaml")
