"""What goes into a notice and what comes out: the facts of the incident, the template's face, the draft."""

from datetime import date
from typing import Literal

import msgspec

Language = Literal["en", "es"]
Form = Literal["letter", "form", "publication"]
BlockKind = Literal["text", "list", "rows"]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """What a person must fill in because no fact gives it.

    kind: a line, a longer text, a day as 2026-03-02, a number, or one of the `options`.
    """

    id: str
    label: str
    help: str
    required: bool
    kind: Literal["text", "long", "date", "number", "choice"]
    options: list[str] = []


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """The face of one template.

    fields: all that any version may ask for; `notice_fields` leaves out what the facts give and what this version does not use.
    also: rules whose items one letter holds as well, beside its own, when they bind.
    graded: people without training read it, so that its reading grade has a limit.
    least_points: the smallest type size that the rule allows, 0 when it names none.
    verified: its rule was seen in a source; `sources` says where to check.
    """

    id: str
    title: str
    kind: Form
    recipient: str
    languages: list[str]
    fields: list[Field]
    citation: str
    verified: bool
    sources: list[str]
    also: list[str] = []
    graded: bool = False
    least_points: int = 0
    note: str = ""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One paragraph, list, or table of a label and a value."""

    kind: BlockKind
    text: str = ""
    items: list[str] = []
    rows: list[tuple[str, str]] = []


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks under a heading; the opening of a letter has an empty one."""

    heading: str
    blocks: list[Block]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as the facts and answers give it. merge_fields: what the mail house fills in, each with how often it stands."""

    template: str
    language: str
    jurisdiction: str
    title: str
    sections: list[Section]
    merge_fields: dict[str, int]


class OfferedRemedy(msgspec.Struct, frozen=True, kw_only=True):
    """A service that is offered free of charge. jurisdiction: whose residents get it, `US` or nothing for everybody."""

    title: str
    months: int
    jurisdiction: str = ""


class NoticeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a notice is drafted. Days are those of the entity's zone; a text that nobody has set is empty.

    people: by jurisdiction; `elsewhere` those whose home is unknown; `total` everybody.
    elements, kinds: words of the facts document.
    today: the day that the notice carries. sent: the day on which a duty's notice went out, by the id of the duty.
    """

    organization: str
    discovered_on: date
    today: date
    incident: str
    total: int
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    call_center_hours: str = ""
    happened_from: date | None = None
    happened_until: date | None = None
    determined_on: date | None = None
    elements: list[str] = []
    people: dict[str, int] = {}
    elsewhere: int = 0
    kinds: list[str] = []
    remedies: list[OfferedRemedy] = []
    encrypted: bool = False
    is_exercise: bool = False
    sent: dict[str, date] = {}
