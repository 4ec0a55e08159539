"""A notice as it is printed, before it becomes a document of any kind."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from .notices import Section

_BODY = 11  # points; no statute of the notices asks for more than the body has
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "draft": "DRAFT: not approved, not to be sent",
        "draft_mark": "DRAFT",
        "exercise": "EXERCISE: invented people, never to be sent",
        "exercise_mark": "EXERCISE",
        "page": "page",
        "of": "of",
        "notice": "Notice",
        "field": "Field",
        "entry": "Entry",
    },
    "es": {
        "draft": "BORRADOR: sin aprobar, no enviar",
        "draft_mark": "BORRADOR",
        "exercise": "EJERCICIO (EXERCISE): personas inventadas, nunca enviar",
        "exercise_mark": "EXERCISE",
        "page": "página",
        "of": "de",
        "notice": "Aviso",
        "field": "Campo",
        "entry": "Dato",
    },
}


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it is printed.

    language: `en` or `es`. sender: the organization. on: the day of the text, which both documents carry as their date.
    least_points: the smallest type that the rule of the notice allows; the body is never smaller than 11 points.
    is_draft: it is marked as such on each page until both approvals are there; is_exercise: it is marked so for good.
    """

    title: str
    language: str
    sections: Sequence[Section]
    sender: str
    on: date
    least_points: int = 0
    is_draft: bool = True
    is_exercise: bool = False

    @property
    def words(self) -> Mapping[str, str]:
        """What the paper itself says around the text, in its language."""
        return _WORDS[self.language]

    @property
    def heading(self) -> str:
        """The title; a document without any could not be told from others by those who hear it."""
        return printable(self.title).strip() or self.words["notice"]

    @property
    def points(self) -> int:
        """The type size of the body."""
        return max(_BODY, self.least_points)

    @property
    def banner(self) -> str:
        """What stands at the head of every page, and once as text for those who hear the page; empty on the real thing."""
        marks = [self.words["exercise"]] * self.is_exercise + [self.words["draft"]] * self.is_draft
        return " · ".join(marks)

    @property
    def watermark(self) -> str:
        """The word behind the text of every page; empty on the real thing."""
        return self.words["exercise_mark"] if self.is_exercise else self.words["draft_mark"] if self.is_draft else ""


def printable(text: str) -> str:
    """The text without controls and directions, which XML forbids and no letter needs; line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else " " if c.isspace() else "" for c in text)
