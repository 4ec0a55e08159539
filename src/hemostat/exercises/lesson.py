"""Short lessons with questions. What the law says is never written down as an answer: it is computed from the facts given."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import jsonschema
import msgspec
import yaml

from hemostat.kernel import BadInput, NotFound, content
from hemostat.kernel.yamls import yaml_document, yaml_fault
from hemostat.law.engine import Assessment, assess
from hemostat.law.facts import facts_decode


class Section(msgspec.Struct, frozen=True):
    """One heading with its paragraphs."""

    heading: str
    text: list[str]


class Option(msgspec.Struct, frozen=True):
    """One answer. Under a question about the law it says which day, or whether the duty is owed; else whether it is right."""

    key: str
    text: str
    because: str
    right: bool = False
    due: date | None = None
    owed: bool | None = None


class LawQuestion(msgspec.Struct, frozen=True):
    """What a question asks the engine: the day of a duty under facts, as `hemostat law assess` reads them."""

    duty: str
    facts: dict[str, object]


class Question(msgspec.Struct, frozen=True):
    """One question with its answers, of which one is right."""

    id: str
    ask: str
    options: list[Option]
    law: LawQuestion | None = None

    def option(self, key: str | None) -> Option | None:
        """The answer of this key, if there is one."""
        return next((option for option in self.options if option.key == key), None)

    def right(self) -> Option:
        """The right answer. Raises `BadInput` unless exactly one is."""
        found = [option for option in self.options if self._is_right(option)]
        if len(found) != 1:
            raise BadInput(f"The question {self.id} has {len(found)} right answers.", advice="Exactly one must be right.")
        return found[0]

    def _is_right(self, option: Option) -> bool:
        if self.law is None:
            return option.right
        duty = next((one for one in self._assessment(self.law).duties if one.id == self.law.duty), None)
        if option.owed is not None:
            return option.owed == (duty is not None)
        return duty is not None and option.due is not None and option.due == duty.due

    def _assessment(self, asked: LawQuestion) -> Assessment:
        # A day that stands without quotes is a day of YAML's, and text in JSON.
        try:
            text = msgspec.json.encode(asked.facts)
        except TypeError as error:
            raise BadInput(f"The facts for {asked.duty} have a name that is no text.", advice="Correct the name.") from error
        return assess(facts_decode(text))


class Lesson(msgspec.Struct, frozen=True):
    """One lesson: why it matters, the text, the questions, and where the facts stand. sha256: of the file that was taught."""

    id: str
    version: str
    title: str
    minutes: int
    roles: list[str]
    why: str
    sections: list[Section]
    questions: list[Question]
    sources: list[str]
    sha256: str = ""


class Marked(msgspec.Struct, frozen=True):
    """What somebody chose for a question, and what is right."""

    question: Question
    chosen: Option | None
    right: Option

    @property
    def is_right(self) -> bool:
        """Was it the right one?"""
        return self.chosen == self.right


def lesson_names() -> list[str]:
    """Every lesson that ships, by id."""
    return sorted(path.stem for path in content("courses").glob("*.yaml"))


def lesson_load(name: str) -> Lesson:
    """The lesson of this id. Raises `NotFound` when there is none, `BadInput` with the place of the first fault."""
    if name not in lesson_names():
        raise NotFound(f"There is no lesson {name[:40]!r}.", advice=f"There are: {', '.join(lesson_names())}.")
    return lesson_read(content("courses") / f"{name}.yaml")


def lesson_read(path: Path) -> Lesson:
    """The lesson in a file, checked: each question has one right answer. Raises `BadInput` with the place of the first fault."""
    schema = json.loads((content("courses") / "lesson.schema.json").read_text())
    raw = path.read_bytes()
    try:
        value = yaml_document(raw)
        jsonschema.Draft202012Validator(schema).validate(value)
        lesson = msgspec.structs.replace(msgspec.convert(value, Lesson), sha256=hashlib.sha256(raw).hexdigest())
    except yaml.YAMLError as error:
        raise BadInput(f"The lesson {path.name} is no YAML: {yaml_fault(error)}.", advice="Correct the line.") from error
    except jsonschema.ValidationError as error:
        raise BadInput(
            f"The lesson {path.name}: {error.message[:200]} at {error.json_path}.", advice="Correct that place."
        ) from error
    except msgspec.ValidationError as error:  # what the schema does not see, such as a 13th month
        raise BadInput(f"The lesson {path.name}: {error}.", advice="Correct that place.") from error
    for question in lesson.questions:
        try:
            question.right()
        except BadInput as error:
            raise BadInput(f"The lesson {path.name}, question {question.id}: {error}", advice=error.advice()) from error
    return lesson


def lesson_mark(lesson: Lesson, answers: Mapping[str, str]) -> list[Marked]:
    """What was chosen for each question beside what is right."""
    return [Marked(question, question.option(answers.get(question.id)), question.right()) for question in lesson.questions]
