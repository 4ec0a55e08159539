"""Lessons: what is right is what the engine computes, and what people answered is on record."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from hemostat.exercises.lesson import Lesson, lesson_load, lesson_mark, lesson_names, lesson_read
from hemostat.exercises.lessons import lesson_answer, lesson_results
from hemostat.kernel import BadInput, NotFound, content
from hemostat.people.ledger import entries
from hemostat.people.rights import Refused, Role
from unit.console.story import Story

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
RIGHT = {
    "california-limit": "day-30",
    "attorney-general-at-500": "no",
    "a-request-for-deletion": "answer-45",
    "ohio": "day-45",
    "hipaa-too": "no",
}


def lesson() -> Lesson:
    """The lesson that Hemostat ships."""
    return lesson_load("forty-five-days")


def written(folder: Path, **changes: object) -> Path:
    """The lesson with some fields changed, in a file of its own."""
    value = yaml.safe_load((content("courses") / "forty-five-days.yaml").read_text()) | changes
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump(value))
    return path


def test_every_lesson_we_ship_loads() -> None:
    """Each has one right answer to each question, and its file's hash."""
    for name in lesson_names():
        assert len(lesson_load(name).sha256) == 64


def test_the_right_answers_are_those_of_the_statutes() -> None:
    """Day 30 in California, day 45 in Ohio, nothing to the Attorney General at exactly 500, and a request is no breach clock."""
    assert RIGHT == {question.id: question.right().key for question in lesson().questions}


def test_what_was_chosen_stands_beside_what_is_right() -> None:
    """A wrong choice is not right, an open question has no choice."""
    marked = {one.question.id: one for one in lesson_mark(lesson(), {"ohio": "day-45", "california-limit": "day-45"})}

    assert marked["ohio"].is_right
    assert not marked["california-limit"].is_right
    assert marked["hipaa-too"].chosen is None


def test_a_lesson_nobody_wrote() -> None:
    """The answer names the lessons that there are."""
    with pytest.raises(NotFound, match="no lesson 'sixty-days'") as caught:
        lesson_load("sixty-days")
    assert "forty-five-days" in caught.value.advice()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minutes": 0}, "minimum"),
        ({"colour": "red"}, "colour"),
        (
            {
                "questions": [
                    {
                        "id": "q",
                        "ask": "?",
                        "law": {"duty": "CA-IND-2026", "facts": {}},
                        "options": [{"key": k, "text": k, "because": k, "due": "2026-13-01"} for k in "ab"],
                    }
                ]
            },
            r"changed\.yaml: Invalid RFC3339 .*options\[0\]\.due",
        ),
        ({"questions": [{"id": "q", "ask": "?", "options": [{"key": k, "text": k, "because": k} for k in "ab"]}]}, "0 right"),
    ],
)
def test_a_faulty_lesson_is_refused(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    """The place of the fault is named, and a question without a right answer is a fault."""
    with pytest.raises(BadInput, match=words):
        lesson_read(written(tmp_path, **changes))


def test_days_of_facts_may_stand_without_quotes(tmp_path: Path) -> None:
    """A day that YAML reads as a day is the same day."""
    path = written(tmp_path)
    path.write_text(path.read_text().replace("known_at: '2026-03-02'", "known_at: 2026-03-02"))

    assert "known_at: 2026-03-02" in path.read_text()
    assert lesson().questions[0].right() == lesson_read(path).questions[0].right()


def test_a_name_of_facts_that_is_no_text(tmp_path: Path) -> None:
    """The file, the question and the duty are named."""
    path = written(tmp_path)
    path.write_text(path.read_text().replace("entity:\n", "entity:\n        null: 2\n", 1))

    with pytest.raises(BadInput, match=r"changed\.yaml, question .* facts for CA-IND-2026 have a name that is no text"):
        lesson_read(path)


@pytest.mark.parametrize("text", ["a: [", "[" * 100_000, "a: &a [*a]", "a: 2026-13-45"])
def test_a_file_that_is_no_yaml(tmp_path: Path, text: str) -> None:
    """Its name is in the message."""
    path = tmp_path / "broken.yaml"
    path.write_text(text)

    with pytest.raises(BadInput, match=r"broken\.yaml is no YAML"):
        lesson_read(path)


@pytest.mark.django_db
def test_answers_are_on_record(story: Story) -> None:
    """The ledger holds who answered which version how well, the latest first."""
    counsel = story.person(Role.COUNSEL)
    lesson_answer(lesson=lesson(), by=counsel, now=NOW, answers=RIGHT | {"ohio": "day-30"})
    lesson_answer(lesson=lesson(), by=counsel, now=NOW, answers=RIGHT)

    results = [(entry.payload["right"], entry.payload["version"]) for entry in lesson_results("forty-five-days", counsel)]
    assert [(5, "1.0.0"), (4, "1.0.0")] == results
    assert lesson_results("forty-five-days", story.person(Role.COMPLIANCE)) == []


@pytest.mark.django_db
def test_an_open_question_is_named(story: Story) -> None:
    """Nothing is recorded before every question is answered."""
    with pytest.raises(BadInput, match="4 of 5 questions") as caught:
        lesson_answer(lesson=lesson(), by=story.person(Role.COUNSEL), now=NOW, answers={"ohio": "day-45"})
    assert "March 2, 2026" in caught.value.advice()
    assert not entries("lesson/forty-five-days").exists()


@pytest.mark.django_db
def test_who_may_answer(story: Story) -> None:
    """An administrator has no part in exercises."""
    with pytest.raises(Refused):
        lesson_answer(lesson=lesson(), by=story.person(Role.ADMIN), now=NOW, answers=RIGHT)
