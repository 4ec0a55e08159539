"""The pages of lessons."""

from http import HTTPStatus

from hemostat.people.rights import Role
from unit.console.conftest import Visit

RIGHT = {
    "california-limit": "day-30",
    "attorney-general-at-500": "no",
    "a-request-for-deletion": "answer-45",
    "ohio": "day-45",
    "hipaa-too": "no",
}
URL = "/lessons/forty-five-days/"


def test_the_list_says_how_far_one_is(visit: Visit) -> None:
    """Before the answers, and after them."""
    browser = visit(Role.COMPLIANCE)
    assert "not answered yet" in browser.get("/lessons/").content.decode()

    browser.post(URL, RIGHT | {"ohio": "none"})

    assert "you answered 4 of 5 right" in browser.get("/lessons/").content.decode()
    assert 'href="/lessons/"' in browser.get("/drills/").content.decode()


def test_the_answers_come_with_reasons(visit: Visit) -> None:
    """A wrong choice is marked in words, the right one with its reason and the rule that gave it; a new try is offered."""
    html = visit(Role.COUNSEL).post(URL, RIGHT | {"california-limit": "day-45"}).content.decode()

    for words in ("4 of 5 are right", "not right", "fifteen days late", "Computed from rule CA-IND-2026", "answer again"):
        assert words in html


def test_an_open_question_loses_nothing(visit: Visit) -> None:
    """What was chosen is still chosen, and the page says which question is open."""
    html = visit(Role.COUNSEL).post(URL, {"ohio": "day-45"}).content.decode()

    assert "4 of 5 questions have no answer yet" in html
    assert 'name="ohio" value="day-45" required checked' in html


def test_a_wrong_address(visit: Visit) -> None:
    """A lesson that does not exist is not found."""
    assert HTTPStatus.NOT_FOUND == visit(Role.COUNSEL).get("/lessons/sixty-days/").status_code
