"""What the care app answers about one synthetic person: the card of the storefront, the whole record, the papers of the portal.

The storefront shows a card with the last order. The flawed route gives the whole record away, some nine kilobytes of it: that is
what makes the leak seen in the traffic of the app's host.
"""

from datetime import date, timedelta
from typing import Any

import msgspec

from .patients import WATERMARK, Person

_NOTICE = f"{WATERMARK}: this person does not exist"
_REFILLS = 31
_LAST_ORDER = date(2026, 2, 24)
_BETWEEN_ORDERS = timedelta(days=30)
_CARRIERS = ("Northline Post", "Brightvale Courier", "Harbor Parcel")
_QUESTIONS = (
    ("What would you like help with?", "Help with {condition}, which has bothered me for some time."),
    ("When did it begin?", "It began slowly, about three years ago, and has come back every winter since."),
    ("Has a clinician ever told you that you have it?", "Yes: {condition}, at a visit two years ago."),
    ("What have you tried so far?", "{medication}, and before that two remedies without a prescription."),
    ("How well did it work?", "{medication} helped within six weeks. The others did nothing that I noticed."),
    ("Which medicines do you take at present?", "{medication} each day, and vitamin D from October to April."),
    ("Are you allergic to anything?", "Not to any medicine that I know of. Pollen in spring."),
    ("Have you had side effects?", "A dry mouth in the first days of {medication}; it went away by itself."),
    ("Do you smoke?", "No. I stopped eight years ago."),
    ("How many drinks do you have in a week?", "Two or three, at weekends."),
    ("Is there {condition} in your family?", "My mother had it, and an aunt on the same side."),
    ("Are you pregnant, or could you be?", "Not that I know of."),
    ("How is your sleep?", "Five to six hours, worse in weeks in which {condition} is bad."),
    ("How is your mood?", "Mostly good. I worry about {condition} more than I tell others."),
    ("Does it keep you from work or from people?", "I stayed at home on four days of the last three months."),
    ("Is there anything a clinician should know?", "I would rather not talk about {condition} on the telephone."),
    ("How may we reach you?", "By mail at {email}, or by text to {phone}."),
)


def session_card(person: Person, *, care_token: str) -> bytes:
    """What the storefront shows a customer about herself."""
    intake = {
        "condition": person.condition,
        "medications": [person.medication],
        "reviewed": _LAST_ORDER.isoformat(),
        "plan": f"{person.medication} once a day; the next review is due after ninety days or when anything changes",
        "next": "Your next supply is on its way a week before this one ends. Pause it, move it or ask your clinician at any time "
        "here, or by a message to the care team.",
    }
    return _session(person, orders=_orders(person, 1), intake=intake, care_token=care_token)


def session_record(person: Person, *, care_token: str) -> bytes:
    """What the flawed route gives away about one person: all orders, all answers of the intake."""
    words = {"condition": person.condition, "medication": person.medication, "email": person.email, "phone": person.phone}
    intake = {
        "condition": person.condition,
        "medications": [person.medication],
        "answers": [{"question": asked.format(**words), "answer": said.format(**words)} for asked, said in _QUESTIONS],
    }
    return _session(person, orders=_orders(person, _REFILLS), intake=intake, care_token=care_token)


def documents_body(person: Person) -> bytes:
    """What the patient portal shows about one person."""
    return msgspec.json.encode(
        {
            "notice": _NOTICE,
            "patient": f"{person.first_name} {person.last_name}",
            "date_of_birth": person.dob.isoformat(),
            "documents": [
                {"title": "Treatment plan", "text": f"{person.medication} for {person.condition}; review after 90 days."},
                {"title": "Visit summary", "text": f"{person.first_name} reports that {person.condition} has improved."},
            ],
        }
    )


def _session(person: Person, *, orders: list[dict[str, Any]], intake: dict[str, Any], care_token: str) -> bytes:
    return msgspec.json.encode(
        {
            "notice": _NOTICE,
            "customer": {
                "id": person.id,
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "phone": person.phone,
            },
            "orders": orders,
            "intake": intake,
            "care_token": care_token,
        }
    )


def _orders(person: Person, count: int) -> list[dict[str, Any]]:
    """The newest `count` orders, one a month."""
    return [
        {
            "order": f"FH-{person.id}-{_REFILLS - back:02d}",
            "placed": (_LAST_ORDER - back * _BETWEEN_ORDERS).isoformat(),
            "item": f"{person.medication}, 30-day supply",
            "quantity": 1,
            "total": {"amount": "34.00", "currency": "USD"},
            "shipping": {"carrier": _CARRIERS[(person.id + back) % len(_CARRIERS)], "state": "delivered"},
        }
        for back in range(count)
    ]
