"""Lessons: the list, and one lesson with its questions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.exercises.lesson import Marked, lesson_load, lesson_names
from hemostat.exercises.lessons import lesson_answer, lesson_results
from hemostat.people.rights import Right


@needs(Right.SEE_EXERCISES)
def index(request: HttpRequest) -> HttpResponse:
    """Every lesson, and how the visitor last answered it."""
    person = visitor(request)
    found = [(lesson, next(iter(lesson_results(lesson.id, person)), None)) for lesson in map(lesson_load, lesson_names())]
    return render(request, "console/lessons.html", {"lessons": found})


@needs(Right.SEE_EXERCISES)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """The lesson; after the answers, what was right and why. What was chosen stays chosen when an answer is missing."""
    lesson = lesson_load(name)
    answers = {question.id: request.POST.get(question.id, "") for question in lesson.questions}
    marked: list[Marked] = []

    def act() -> str:
        marked.extend(lesson_answer(lesson=lesson, by=visitor(request), now=now(), answers=answers))
        right = sum(one.is_right for one in marked)
        return f"{right} of {len(marked)} are right. The reasons stand at each question."

    if request.method == "POST":
        attempt(request, act)
    verdicts = {one.question.id: one for one in marked}
    words = {
        "lesson": lesson,
        "questions": [(question, answers[question.id], verdicts.get(question.id)) for question in lesson.questions],
        "is_marked": bool(marked),
        "results": lesson_results(lesson.id, visitor(request)),
    }
    return render(request, "console/lesson.html", words)
