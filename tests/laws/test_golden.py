"""The engine agrees with every worked case of `golden.yaml`."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from hemostat.law import Assessment, Facts, assess

CASES = yaml.safe_load((Path(__file__).parent / "golden.yaml").read_text())["cases"]


def facts_of(short: dict[str, Any]) -> Facts:
    """The facts document that a worked case abbreviates."""
    given = dict(short)
    return msgspec.convert(
        {
            "entity": {
                "kinds": given.pop("kinds"),
                "agent_of_covered_entity": given.pop("agent", False),
                "dfs_licensee": given.pop("dfs_licensee", False),
                "listed_company": given.pop("listed_company", False),
            },
            "discovery": {
                "known_at": given.pop("known"),
                "should_have_known_at": given.pop("should_have_known", None),
                "determined_at": given.pop("determined", None),
            },
            "affected": given.pop("people"),
            "encrypted": False,
            "key_acquired": False,
            "accessed": True,
            "acquired": True,
            "harm_likely": True,
            **given,
        },
        Facts,
    )


def differences(answer: Assessment, expected: dict[str, Any]) -> dict[str, Any]:
    """Expected fields that the answer does not show, by duty."""
    shown = {duty.id: msgspec.structs.asdict(duty) for duty in answer.duties}
    wanted = {name: fields if isinstance(fields, dict) else {"due": fields} for name, fields in expected.items()}
    found = {name: {field: shown.get(name, {}).get(field, "not owed") for field in fields} for name, fields in wanted.items()}
    return {name: {"wanted": wanted[name], "found": found[name]} for name in wanted if wanted[name] != found[name]}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_case(case: dict[str, Any]) -> None:
    """Duties, dates, states and holds are those counted by hand; what is not owed says why."""
    answer = assess(facts_of(case["facts"]))
    expected = case.get("duties", {})
    owed = {duty.id: duty for duty in answer.duties}
    not_owed = {row.id: row.because for row in answer.not_owed}

    assert {} == differences(answer, expected)
    assert not case.get("exact") or set(expected) == set(owed)
    assert set(case.get("not_owed", [])) <= set(not_owed)
    assert all(not_owed.values()), "every row that is not owed has a reason"
    assert case.get("holds", []) in ([], [hold.ends for hold in answer.holds])
    for name, states in case.get("media", {}).items():
        assert any(sentence.endswith(f"these reach it: {states}.") for sentence in owed[name].because)


def test_every_case_has_its_own_name() -> None:
    """Two cases of one name would hide each other in a report."""
    assert len({case["name"] for case in CASES}) == len(CASES)
