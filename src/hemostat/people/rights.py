"""Roles, rights, and the one table that says which role may do what. Least privilege: what is not listed is refused."""

from collections.abc import Collection
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from hemostat.kernel import HemostatError


class Role(StrEnum):
    """What a person does in a response."""

    ENGINEER = "engineer"
    COMPLIANCE = "compliance"
    COUNSEL = "counsel"
    COMMANDER = "commander"
    TRAINING_LEAD = "training_lead"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return _TITLES[self]


_TITLES = {
    Role.ENGINEER: "Engineer",
    Role.COMPLIANCE: "Compliance officer",
    Role.COUNSEL: "Counsel",
    Role.COMMANDER: "Incident commander",
    Role.TRAINING_LEAD: "Training lead",
    Role.AUDITOR: "Auditor",
    Role.ADMIN: "Administrator",
}


class Right(StrEnum):
    """One thing that a person may do."""

    SEE = "see"  # alerts, incidents, their timeline, evidence list and clocks
    TRIAGE = "triage"  # acknowledge and dismiss alerts, open an incident, report a leak
    WORK = "work"  # complete the human steps of one's own lane
    PRESERVE = "preserve"  # seal evidence into the vault; read again, keep or destroy what could not be read
    CONTAIN = "contain"  # run steps that change a system
    APPROVE = "approve"  # confirm, as the second person, a step that needs two
    COMMAND = "command"  # severity, hand over, close
    SCOPE = "scope"  # count people and record the count
    DECIDE_LAW = "decide_law"  # discovery day, assessment, determination
    MARK_DUTIES = "mark_duties"  # draft, approve and send notices
    NOTE = "note"  # write a note
    PRIVILEGE = "privilege"  # write and read privileged notes, name who else reads one
    OPEN_EVIDENCE = "open_evidence"  # see what a sealed item holds
    EXPORT_EVIDENCE = "export_evidence"  # take items out as a bag
    VERIFY = "verify"  # recompute the hashes of evidence and ledger
    SEE_LEDGER = "see_ledger"
    HUNT = "hunt"  # query the lake, and have rules tried over it
    SEE_EXERCISES = "see_exercises"
    RUN_DRILLS = "run_drills"
    SEE_SETTINGS = "see_settings"
    CONNECT = "connect"  # add and remove the systems whose events come in, and change their secrets
    TUNE = "tune"  # say how a rule stands, and mute it until a day
    FORWARD = "forward"  # have events sent once more to the systems that they are forwarded to
    MANAGE_PEOPLE = "manage_people"


RIGHTS: MappingProxyType[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.ENGINEER: frozenset(
            {
                Right.SEE, Right.TRIAGE, Right.WORK, Right.PRESERVE, Right.CONTAIN, Right.APPROVE, Right.SCOPE, Right.NOTE,
                Right.VERIFY, Right.HUNT, Right.SEE_EXERCISES, Right.SEE_SETTINGS, Right.CONNECT, Right.FORWARD,
                Right.TUNE,
            }
        ),
        Role.COMPLIANCE: frozenset(
            {
                Right.SEE, Right.TRIAGE, Right.WORK, Right.PRESERVE, Right.SCOPE, Right.DECIDE_LAW, Right.MARK_DUTIES, Right.NOTE,
                Right.OPEN_EVIDENCE, Right.EXPORT_EVIDENCE, Right.VERIFY, Right.SEE_LEDGER, Right.HUNT, Right.SEE_EXERCISES,
            }
        ),
        Role.COUNSEL: frozenset(
            {
                Right.SEE, Right.TRIAGE, Right.WORK, Right.DECIDE_LAW, Right.MARK_DUTIES, Right.NOTE, Right.PRIVILEGE,
                Right.OPEN_EVIDENCE, Right.EXPORT_EVIDENCE, Right.VERIFY, Right.SEE_LEDGER, Right.SEE_EXERCISES,
            }
        ),
        Role.COMMANDER: frozenset(
            {
                Right.SEE, Right.TRIAGE, Right.APPROVE, Right.COMMAND, Right.NOTE, Right.VERIFY, Right.SEE_LEDGER, Right.HUNT,
                Right.SEE_EXERCISES, Right.TUNE,
            }
        ),
        Role.TRAINING_LEAD: frozenset({Right.SEE_EXERCISES, Right.RUN_DRILLS}),
        Role.AUDITOR: frozenset({Right.SEE, Right.VERIFY, Right.SEE_LEDGER, Right.SEE_EXERCISES, Right.SEE_SETTINGS}),
        Role.ADMIN: frozenset({Right.SEE_SETTINGS, Right.CONNECT, Right.FORWARD, Right.MANAGE_PEOPLE}),
    }
)  # fmt: skip


class Refused(HemostatError):
    """A known person asked for something that none of their roles may do. Nothing was done."""


class Bearer(Protocol):
    """Anyone who can be asked what they may do."""

    @property
    def username(self) -> str:
        """The name they sign in with."""

    def may(self, right: Right) -> bool:
        """Does one of their roles hold this right?"""


def may(roles: Collection[Role], right: Right) -> bool:
    """Does one of these roles hold the right?"""
    return any(right in RIGHTS[role] for role in roles)


def who_may(right: Right) -> list[Role]:
    """The roles that hold a right, in the order of the table."""
    return [role for role, rights in RIGHTS.items() if right in rights]


def demand(person: Bearer, right: Right) -> None:
    """Nothing, when the person may. Raises `Refused`, which names the roles that could."""
    if not person.may(right):
        roles = ", ".join(role.label.lower() for role in who_may(right))
        raise Refused(f"{person.username} may not do this: it needs the right {right.value!r}.", advice=f"Ask: {roles}.")
