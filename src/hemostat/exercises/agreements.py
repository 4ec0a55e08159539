"""The contracts that the merchant of a story has signed, on record before the leak as they should be."""

from datetime import datetime

from django.db import transaction

from hemostat.incidents.contracts import contracts_kept
from hemostat.incidents.services import contract_write
from hemostat.people.rights import Role

from .pack import Pack
from .responder import person_of


@transaction.atomic
def agreements_enter(pack: Pack, *, now: datetime) -> None:
    """Every agreement of the pack is a term of this home, entered by its compliance officer; once, however often a drill goes on.

    Raises what writing a term raises.
    """
    if contracts_kept().exists():
        return
    for signed in pack.posture.agreements:
        contract_write(
            kind=signed.kind,
            counterparty=signed.counterparty,
            clause=signed.clause,
            value=signed.value,
            unit=signed.unit,
            elements=signed.elements,
            note=signed.note,
            by=person_of(Role.COMPLIANCE),
            now=now,
        )
