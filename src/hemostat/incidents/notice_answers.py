"""What a person fills in where no fact gives it: which fields a notice has, and whether an answer fits its field."""

import re
from collections.abc import Mapping
from datetime import date

from hemostat.kernel import BadInput
from hemostat.law.notices import Field, NoticeFacts, notice_fields

from .models import Notice
from .notice_text import CONTACTS, ELSEWHERE

_NUMBER = re.compile(r"[0-9]+(,[0-9]{3})*")

SAME_FOR_ALL = CONTACTS | {
    "how", "investigated", "mitigated", "prevented", "delayed", "acquirers", "cause", "contained", "safeguards", "contact_person",
}  # fmt: skip
"""Fields whose answer is the same whoever is told."""


def fields_of(notice: Notice, facts: NoticeFacts) -> list[Field]:
    """The fields of a notice, those that were answered among them; none for one that was written elsewhere."""
    if notice.template == ELSEWHERE:
        return []
    return notice_fields(notice.template, jurisdiction=notice.jurisdiction, facts=facts, answers=notice.answers)


def answers_checked(notice: Notice, facts: NoticeFacts, given: Mapping[str, str]) -> dict[str, str]:
    """The answers of a notice with those given now; an empty one takes an answer back.

    Raises `BadInput` for a field that the notice does not have, and for a value that does not fit, naming the field.
    """
    fields = {field.id: field for field in fields_of(notice, facts)}
    if strange := sorted(given.keys() - fields.keys()):
        raise BadInput(f"The notice has no field {strange[0][:60]!r}.", advice="Open the notice again.")
    for name, value in given.items():
        if value and (fault := _fault(fields[name], value)):
            raise BadInput(f"{fields[name].label}: {fault}", advice="Nothing was saved; correct it and save again.")
    return {name: value for name, value in {**notice.answers, **given}.items() if value}


def answers_shared(notice: Notice) -> dict[str, str]:
    """What was filled in here that is the same whoever is told."""
    return {name: value for name, value in notice.answers.items() if name in SAME_FOR_ALL}


def _fault(field: Field, value: str) -> str:
    match field.kind:
        case "date":
            return "" if _is_day(value) else f"{value[:20]!r} is no day like 2026-03-02."
        case "number":
            return "" if _NUMBER.fullmatch(value) else f"{value[:20]!r} is no number."
        case "choice":
            return "" if value in field.options else f"choose {', '.join(field.options)}."
        case _:
            return ""


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
