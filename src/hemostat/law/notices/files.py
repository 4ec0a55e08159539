"""The files of `content/law/notices` as frozen records, read once and joined; a word that nobody knows is an error."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from hemostat.kernel import BadInput, content
from hemostat.law.files import file_read

from .structs import Field, Form

T = TypeVar("T")


# What must hold before a paragraph, a row or an item counts; `scope.py` says what each word means.
When = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(not )?(offers|(asked|keeps_out|leaked|kind|place|rule):[\w-]+|total:\d+|fact:\w+|answer:\w+(=[\w -]+)?)$"
    ),
]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record of the files."""


class Words(Record, frozen=True):
    """One text in each language. Sheets for regulators have no Spanish."""

    en: str
    es: str = ""

    def of(self, language: str) -> str:
        """The text in this language, or in English when there is none."""
        return (self.es if language == "es" else "") or self.en


class Asked(Record, frozen=True):
    """A field as the file has it.

    item: the item of a rule that its answer makes up.
    fact: a fact of the same name gives it, so it is asked for only without that.
    """

    id: str
    label: str
    help: str
    required: bool = True
    kind: Literal["text", "long", "date", "number", "choice"] = "text"
    options: list[str] = []
    item: str = ""
    fact: bool = False

    def field(self) -> Field:
        """The field as the console shows it."""
        return Field(
            id=self.id, label=self.label, help=self.help, required=self.required, kind=self.kind, options=list(self.options)
        )


class FieldFile(Record, frozen=True):
    """What `fields.yaml` holds."""

    fields: list[Asked]


class Contact(Record, frozen=True):
    """Whom people can turn to: a credit bureau, an authority. seen: in which source, empty when it is general knowledge."""

    id: str
    name: Words
    phone: str
    address: str = ""
    website: str = ""
    verified: bool = False
    source: str = ""


class ContactFile(Record, frozen=True):
    """What `contacts.yaml` holds. groups: names for several contacts at once."""

    contacts: list[Contact]
    groups: dict[str, list[str]] = {}


class Choice(Record, frozen=True):
    """One line of a list, when its conditions hold."""

    text: Words
    when: list[When] = []


class Paragraph(Record, frozen=True):
    """A block of a letter that several templates share. One of text, lines, each, contacts makes it up.

    items: the items of rules that it carries. when: conditions, all of which must hold.
    each: `elements` or `offers`, one line for each. contacts: a row for each contact of these groups or ids;
    `place` stands for those that the law of the place names.
    """

    id: str
    items: list[str] = []
    when: list[When] = []
    text: Words | None = None
    lines: list[Choice] = []
    each: Literal["", "elements", "offers"] = ""
    contacts: list[str] = []


class ParagraphFile(Record, frozen=True):
    """What `paragraphs.yaml` holds."""

    paragraphs: list[Paragraph]


class RowPlan(Record, frozen=True):
    """One row of a sheet. citation: set when the rule asks for it, so that an empty row is reported."""

    label: str
    value: str
    citation: str = ""
    when: list[When] = []


class SectionPlan(Record, frozen=True):
    """A heading with paragraphs by id, or with rows. A section without any block that applies is left out."""

    id: str
    heading: Words
    paragraphs: list[str] = []
    rows: list[RowPlan] = []
    when: list[When] = []


class Serves(Record, frozen=True):
    """Which duties a template is for; an empty word fits all. The template with most words that fit is taken."""

    duty: str = ""
    regime: str = ""
    recipient: str = ""
    jurisdiction: str = ""
    obligor: str = ""


class Plan(Record, frozen=True):
    """One file of `templates/`.

    rule: the rule whose items it must hold, or `place` for the rule of the place; empty for a sheet that lists rows.
    also: further rules, each with the kind of entity that it binds.
    """

    id: str
    kind: Form
    recipient: str
    title: Words
    languages: list[str]
    citation: str
    verified: bool
    sections: list[SectionPlan]
    serves: list[Serves] = []
    sources: list[str] = []
    rule: str = ""
    also: list[str] = []
    graded: bool = False
    least_points: int = 0
    note: str = ""


class Check(Record, frozen=True):
    """How a text is seen to hold an item. Each part that is set must be met.

    section, least: the section has so many words of its own, beside the template's own sentences.
    heading: the section with this id stands there under its heading.
    fact: these facts stand in the text. one_of: at least one of these facts does.
    date: discovery, happened or today, as a date in the text.
    words: of each group, in one language, one expression stands in the text.
    contacts: the telephone number of each contact stands in the text; with `postal` also its address, with `web` its website.
    elements, months, people, toll_free: the labels of all that leaked; the months offered; the number of people; a free number.
    ways: so many ways to reach the organization stand there.
    """

    section: str = ""
    least: int = 0
    heading: str = ""
    fact: list[str] = []
    one_of: list[str] = []
    date: Literal["", "discovery", "happened", "today"] = ""
    words: list[Words] = []
    contacts: list[str] = []
    postal: bool = False
    web: bool = False
    elements: bool = False
    months: bool = False
    people: bool = False
    toll_free: bool = False
    ways: int = 0


class Item(Record, frozen=True):
    """One thing that a rule can ask a notice to hold; `says` ends the sentence "It lacks ..."."""

    id: str
    says: str
    check: Check


class ItemFile(Record, frozen=True):
    """What `items.yaml` holds."""

    items: list[Item]


class Required(Record, frozen=True):
    """An item that a rule asks for. citation, verified: those of the rule when not set."""

    item: str
    citation: str = ""
    when: list[When] = []
    verified: bool | None = None


class Forbidden(Record, frozen=True):
    """What a rule keeps out of a notice, unless a condition holds. what: a section, or numbers of people."""

    says: str
    what: Literal["section", "people"]
    section: str = ""
    unless: list[When] = []
    citation: str = ""


class Rule(Record, frozen=True):
    """What one law asks a notice to hold. contacts: authorities whose contact data it wants.

    id: a name, or the code of a jurisdiction. title: the title that it prescribes.
    binds: the kind of entity that it binds, when a letter holds it beside another rule.
    """

    id: str
    citation: str
    verified: bool
    items: list[Required] = []
    forbids: list[Forbidden] = []
    contacts: list[str] = []
    binds: str = ""
    title: str = ""
    sources: list[str] = []
    note: str = ""


class RuleFile(Record, frozen=True):
    """What `rules.yaml` and `states.yaml` hold."""

    rules: list[Rule]


class Avoided(Record, frozen=True):
    """An expression that no notice should hold, and why."""

    words: Words
    why: str


class WordFile(Record, frozen=True):
    """What `words.yaml` holds: plain labels of elements, and the phrases that dates and offers are made of.

    hours: Spanish for the words of opening hours. phi_types: the types of the HHS portal, by the classes of elements.
    """

    elements: dict[str, Words]
    phrases: dict[str, Words]
    hours: dict[str, str] = {}
    phi_types: dict[str, list[str]] = {}
    avoid: list[Avoided] = []


class Library:
    """All files, by id. Raises `BadInput` for a link that leads nowhere."""

    def __init__(self, folder: Path) -> None:
        contacts = _read(folder / "contacts.yaml", ContactFile)
        rules, states = _read(folder / "rules.yaml", RuleFile), _read(folder / "states.yaml", RuleFile, schema="rules")
        templates = sorted((folder / "templates").glob("*.yaml"))
        self.fields = _by_id(_read(folder / "fields.yaml", FieldFile).fields)
        self.contacts, self.groups = _by_id(contacts.contacts), contacts.groups
        self.paragraphs = _by_id(_read(folder / "paragraphs.yaml", ParagraphFile).paragraphs)
        self.items = _by_id(_read(folder / "items.yaml", ItemFile).items)
        self.rules = _by_id([*rules.rules, *states.rules])
        self.words = _read(folder / "words.yaml", WordFile)
        self.plans = _by_id([_read(path, Plan, schema="template") for path in templates])
        self._check_links()

    def contact(self, name: str) -> list[Contact]:
        """The contacts of a group, or the one of this id."""
        return [self.contacts[one] for one in self.groups.get(name, [name])]

    def _check_links(self) -> None:
        known: dict[str, set[str]] = {
            "paragraph": set(self.paragraphs),
            "item": set(self.items),
            "rule": set(self.rules) | {"place", ""},
            "contact": set(self.contacts) | set(self.groups) | {"place"},
        }
        for what, name, where in self._links():
            if name not in known[what]:
                raise BadInput(
                    f"{where} names the {what} {name!r}, which does not exist.", advice="Correct the name in its file."
                )

    def _links(self) -> list[tuple[str, str, str]]:
        links = []
        for plan in self.plans.values():
            links += [("paragraph", name, plan.id) for section in plan.sections for name in section.paragraphs]
            links += [("rule", name, plan.id) for name in (plan.rule, *plan.also)]
        for part in self.paragraphs.values():
            links += [("item", name, part.id) for name in part.items] + [("contact", name, part.id) for name in part.contacts]
        for rule in self.rules.values():
            links += [("item", one.item, rule.id) for one in rule.items] + [("contact", name, rule.id) for name in rule.contacts]
        for item in self.items.values():
            links += [("contact", name, item.id) for name in item.check.contacts]
        for names in self.groups.values():
            links += [("contact", name, "a group") for name in names]
        return links


def _by_id(records: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for record in records:
        if record.id in found:
            raise BadInput(f"{record.id!r} stands twice among the notices.", advice="Give each its own id.")
        found[record.id] = record
    return found


def _read(path: Path, record: type[T], *, schema: str = "") -> T:
    return file_read(path, record, schema=f"{schema or path.stem}.schema.json")


def library_read(folder: Path) -> Library:
    """The notices of a folder. Raises `BadInput` that names the file and the place of the first fault."""
    return Library(folder)


@cache
def library() -> Library:
    """The notices that Hemostat ships, read once a process."""
    return library_read(content("law") / "notices")
