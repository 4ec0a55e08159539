"""What is patient data, and why: somebody's identity and health together."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import content
from hemostat.law.elements import elements
from hemostat.phi.match import ENTITIES
from hemostat.phi.meaning import EntityFile, Kind, entities, meaning


def test_the_table_follows_its_schema_and_the_law() -> None:
    """Each kind that is scanned for stands in the table once, with elements that the law knows and letters of the rule."""
    shown = msgspec.json.decode((content("phi") / "entities.schema.json").read_bytes())

    assert msgspec.json.schema(EntityFile) == shown
    assert list(entities()) == list(ENTITIES)
    known = {element.id for element in elements()}
    assert {word for one in entities().values() for word in one.elements} <= known
    assert {one.hipaa for one in entities().values()} <= {"", *"ABCDEFGHIJKLMNOPQR"}


@pytest.mark.parametrize(
    ("found", "phi", "because"),
    [
        ({"EMAIL", "ICD10"}, True, "e-mail address (45 CFR 164.514(b)(2)(i)(F)) beside diagnosis code"),
        ({"IP", "MEDICATION"}, True, "IP address (45 CFR 164.514(b)(2)(i)(O)) beside medication"),
        ({"EMAIL"}, False, "e-mail address (45 CFR 164.514(b)(2)(i)(F)), and nothing here of anybody's health"),
        ({"CONDITION"}, False, "health condition, and nobody here whose it is"),
        ({"NPI", "ICD10"}, False, "diagnosis code, and nobody here whose it is"),
        ({"NPI"}, False, "national provider identifier: it is a clinician's"),
        ({"JWT", "EMAIL"}, False, "JSON Web Token: it opens the way to data"),
        ({"IP"}, False, "IP address (45 CFR 164.514(b)(2)(i)(O)) alone"),
        (set(), False, ""),
    ],
)
def test_meaning(found: set[str], phi: bool, because: str) -> None:  # noqa: FBT001  # a table
    """Who and what together are patient data; each alone is told for what it is."""
    told = meaning(found)

    assert (told.phi, told.because) == (phi, because)


@given(st.sets(st.sampled_from(ENTITIES)), st.sampled_from(ENTITIES))
def test_more_that_is_found_never_means_less(found: set[str], more: str) -> None:
    """What is patient data stays so, whatever else is found beside it; and it always has somebody and something of health."""
    told = meaning(found)
    kinds = {entities()[label].kind for label in found}

    assert meaning(found | {more}).phi or not told.phi
    assert told.phi == (Kind.HEALTH in kinds and not kinds.isdisjoint({Kind.IDENTIFIER, Kind.TRACE}))
    assert bool(told.because) == bool(found)
