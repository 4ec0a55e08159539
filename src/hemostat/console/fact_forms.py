"""The forms of the pages of facts and of contracts: what was typed becomes values, and comes back when it was refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, QueryDict

from hemostat.incidents.fact_sheet import Fact
from hemostat.incidents.questions import QUESTIONS
from hemostat.incidents.vocabulary import LegalQuestion
from hemostat.kernel import BadInput

_LINE = re.compile(r"((?:US-)?[A-Za-z]{2})[\s:;,=]+(\d{1,3}(?:,\d{3}){0,2}|\d{1,9})", re.ASCII)
_YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, kw_only=True)
class AnswerForm:
    """The form of one question, filled with what was typed, else with the present answer. is_open: it was refused just now."""

    fact: Fact
    choice: str
    day: str
    words: set[str]
    why: str
    evidence: set[str]
    is_open: bool


def answer_form(fact: Fact, typed: QueryDict | None) -> AnswerForm:
    """The form of this question."""
    if typed is not None:
        return AnswerForm(
            fact=fact,
            choice=typed.get("value", ""),
            day=typed.get("value", ""),
            words=set(typed.getlist("value")),
            why=typed.get("why", ""),
            evidence=set(typed.getlist("evidence")),
            is_open=True,
        )
    words = {value: word for word, value in _YES_NO.items()}
    return AnswerForm(
        fact=fact,
        choice=words[fact.answer.value] if fact.answer and fact.kind == "yes_no" else "",
        day=fact.chosen or "" if fact.kind == "day" else "",
        words=set(fact.chosen or ()) if fact.kind in {"kinds", "elements"} else set(),
        why="",
        evidence=set(fact.answer.evidence) if fact.answer else set(),
        is_open=False,
    )


def answer_typed(question: str, posted: QueryDict) -> dict[str, Any]:
    """The fields of an answer. Raises `BadInput` for a choice that is none of the three."""
    known = LegalQuestion(question) if question in set(LegalQuestion) else None
    kind = QUESTIONS[known].kind if known else "yes_no"
    return {
        "question": question,
        "value": _value(kind, posted),
        "why": posted.get("why", ""),
        "evidence": posted.getlist("evidence"),
    }


def _value(kind: str, posted: QueryDict) -> bool | str | list[str] | None:
    if kind == "day":
        return posted.get("value", "").strip() or None
    if kind in {"kinds", "elements"}:
        return posted.getlist("value")
    if (choice := posted.get("value", "")) not in _YES_NO:
        raise BadInput("The question is answered with yes, no, or that nobody knows (value).", advice="Choose one of the three.")
    return _YES_NO[choice]


def event_typed(posted: QueryDict) -> dict[str, Any]:
    """The fields of an event. Raises `BadInput` that names a day or number that is none."""
    return {name: posted.get(name, "").strip() for name in ("kind", "jurisdiction", "form", "how")} | {
        "on": day_needed(posted, "on", "Its day"),
        "until": day_typed(posted, "until", "Its end"),
        "requested_days": number_typed(posted, "requested_days", "The days asked for"),
    }


def count_typed(posted: QueryDict) -> dict[str, Any]:
    """The fields of a count by hand, one place and its number a line. Raises `BadInput` that names the line that is none."""
    people: dict[str, int] = {}
    for number, line in enumerate(posted.get("people", "").splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        place = f"US-{found[1].upper().removeprefix('US-')}" if found else ""
        if not found or place in people:
            what = f"names {place} again" if found else "is no place with a number"
            raise BadInput(f"Line {number} {what} (people).", advice="Write one line for each place, like US-CA 1,842.")
        people[place] = int(found[2].replace(",", ""))
    return {
        "people": people,
        "unknown": number_typed(posted, "unknown", "The people of unknown home") or 0,
        "item": posted.get("item", ""),
        "how": posted.get("how", ""),
        "seen": number_typed(posted, "seen", "The count that was shown"),
    }


def term_typed(posted: QueryDict) -> dict[str, Any]:
    """The fields of a contract's term. Raises `BadInput` that names a day or number that is none."""
    words = ("kind", "counterparty", "clause", "unit", "trigger", "contact", "note")
    return {name: posted.get(name, "").strip() for name in words} | {
        "value": number_typed(posted, "value", "The period"),
        "surfaces": posted.getlist("surfaces"),
        "elements": posted.getlist("elements"),
        "begins": day_typed(posted, "begins", "Its first day"),
        "ends": day_typed(posted, "ends", "Its last day"),
    }


def said(request: HttpRequest) -> str:
    """What was in the way of the act just now: the page says it at its top and beside the form that was refused."""
    return " ".join(str(message) for message in get_messages(request))


def day_needed(posted: QueryDict, name: str, what: str) -> date:
    """A day that a form needs. Raises `BadInput` when there is none."""
    if (day := day_typed(posted, name, what)) is None:
        raise BadInput(f"{what} is missing ({name}).", advice="Choose the day.")
    return day


def day_typed(posted: QueryDict, name: str, what: str) -> date | None:
    """A day of a form, None when it was left empty. Raises `BadInput` for anything that is no day."""
    text = posted.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"{what} is no day ({name}).", advice="Write it like 2026-03-02.") from error


def number_typed(posted: QueryDict, name: str, what: str) -> int | None:
    """A whole number of a form, None when it was left empty. Raises `BadInput` for anything else."""
    text = posted.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):  # noqa: PLR2004  # digits
        raise BadInput(f"{what} is no whole number ({name}).", advice="Write it in digits, or leave it empty.")
    return int(text)
