"""Who may do what: the table, the gate, and the page that explains them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.people.models import Person
from hemostat.people.rights import RIGHTS, Refused, Right, Role, demand, may, who_may

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "roles.md"


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.CONTAIN, {Role.ENGINEER}),
        (Right.APPROVE, {Role.ENGINEER, Role.COMMANDER}),
        (Right.COMMAND, {Role.COMMANDER}),
        (Right.DECIDE_LAW, {Role.COMPLIANCE, Role.COUNSEL}),
        (Right.MARK_DUTIES, {Role.COMPLIANCE, Role.COUNSEL}),
        (Right.PRIVILEGE, {Role.COUNSEL}),
        (Right.RUN_DRILLS, {Role.TRAINING_LEAD}),
        (Right.MANAGE_PEOPLE, {Role.ADMIN}),
        (Right.EXPORT_EVIDENCE, {Role.COMPLIANCE, Role.COUNSEL}),
    ],
)
def test_dangerous_rights_belong_to_few(right: Right, roles: set[Role]) -> None:
    """Each dangerous right is held by exactly the roles that need it."""
    assert roles == set(who_may(right))


def test_an_auditor_reads_and_changes_nothing() -> None:
    """An auditor sees, verifies and reads settings; no right of his changes a record."""
    reading = {Right.SEE, Right.VERIFY, Right.SEE_LEDGER, Right.SEE_EXERCISES, Right.SEE_SETTINGS}

    assert reading == RIGHTS[Role.AUDITOR]


def test_every_role_and_every_right_is_in_the_table() -> None:
    """No role is forgotten, and no right is one that nobody holds."""
    assert set(Role) == set(RIGHTS)
    assert set(Right) == {right for rights in RIGHTS.values() for right in rights}


@given(roles=st.sets(st.sampled_from(Role)), more=st.sampled_from(Role), right=st.sampled_from(Right))
def test_a_further_role_never_takes_a_right_away(roles: set[Role], more: Role, right: Right) -> None:
    """Rights only add up."""
    assert may({*roles, more}, right) >= may(roles, right)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("right", list(Right))
def test_the_gate_says_what_the_table_says(role: Role, right: Right, person: Callable[..., Person]) -> None:
    """The same person passes or is refused by the table alone, and the refusal names who could."""
    somebody = person(role)

    if right in RIGHTS[role]:
        demand(somebody, right)
    else:
        with pytest.raises(Refused) as refused:
            demand(somebody, right)
        assert all(other.label.lower() in refused.value.advice() for other in who_may(right))


@pytest.mark.django_db
def test_a_person_who_was_switched_off_may_nothing(person: Callable[..., Person]) -> None:
    """Switching a person off takes every right at once."""
    somebody = person(Role.ENGINEER)
    assert somebody.may(Right.CONTAIN)

    somebody.is_active = False

    assert not any(somebody.may(right) for right in Right)


def test_the_manual_lists_every_role_with_its_rights() -> None:
    """The page about roles holds the table, word for word."""
    text = PAGE.read_text(encoding="utf-8")

    for role, rights in RIGHTS.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{role.value}` |"))
        assert {f"`{right.value}`" for right in rights} == {word.strip() for word in line.split("|")[3].split(",")}
    assert all(f"| `{right.value}` |" in text for right in Right)
