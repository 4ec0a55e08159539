"""People who work in the room: by keyboard, without script, two at a time, while the page stays true."""

import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from .conftest import Arrive, Console

ROOM = "/incidents/INC-0001/"
_MOST_TABS = 160


def tab_to(page: Page, selector: str) -> None:
    """The focus is on the element, reached by Tab alone, and visibly so."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_step_is_done_with_the_keyboard_alone(arrive: Arrive) -> None:
    """Sign in, find the room, decide a question: with Tab, Space, Enter and words only."""
    visitor = arrive()
    page = visitor.go("/account/login/")
    tab_to(page, "form[action$='/as/counsel/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url(visitor.url + "/")
    tab_to(page, "a[href^='/incidents/INC-0001/']")
    page.keyboard.press("Enter")
    page.wait_for_url(visitor.url + ROOM + "**")
    tab_to(page, "#lanes input[type=radio]")
    page.keyboard.press("Space")
    tab_to(page, "#lanes textarea[name=rationale]")
    page.keyboard.type("The ticket is from before.")
    tab_to(page, "#lanes button[id^='do-']")
    page.keyboard.press("Enter")

    expect(page.locator("#said")).to_contain_text("Done.")
    expect(page.locator("#part-decisions")).to_contain_text("The ticket is from before.")
    assert page.evaluate("document.activeElement.className").startswith("saying")
    assert [] == visitor.complaints


def test_the_page_works_without_script(arrive: Arrive) -> None:
    """The same forms, links and pages do the same without a line of script."""
    page = arrive("engineer", script=False).go(ROOM)

    page.fill("#note-text", "Written without script.")
    page.click("text=Add entry >> nth=-1")

    expect(page.locator("#said")).to_contain_text("Done.")
    expect(page.locator("#part-timeline")).to_contain_text("Written without script.")


def test_news_arrives_by_itself_and_leaves_a_writer_alone(arrive: Arrive, console: Console) -> None:
    """What a colleague does shows up within seconds; a field in which somebody writes keeps its words and the focus."""
    watching, writing = arrive("commander").go(ROOM), arrive("counsel").go(ROOM)
    field = writing.locator("#lanes textarea[name=rationale]").first
    field.fill("half a sentence")
    field.focus()
    colleague = arrive("compliance").go(ROOM)
    colleague.fill("#note-text", "News from a colleague.")
    colleague.click("text=Add entry >> nth=-1")
    happen(console, "Incident.objects.update(path_state='open')")

    expect(watching.locator("#part-timeline")).to_contain_text("News from a colleague.", timeout=10_000)
    expect(watching.locator("#part-meter")).to_contain_text("path open", timeout=10_000)
    expect(writing.locator("#part-meter")).to_contain_text("path open", timeout=10_000)
    expect(field).to_have_value("half a sentence")
    expect(field).to_be_focused()


def test_news_do_not_take_away_what_answers_an_act(arrive: Arrive, console: Console) -> None:
    """The part in which a form was sent changes before its answer is there: the answer is said all the same."""
    visitor = arrive("engineer")
    page = visitor.go(ROOM)

    def slowly(route: Route) -> None:
        happen(console, "Incident.objects.get().evidence.update(how='Told anew meanwhile')")
        time.sleep(3)  # longer than from one question for news to the next
        route.continue_()

    page.route("**/evidence/verify/", slowly)
    page.click("#verify-evidence")

    expect(page.locator("#said .saying")).to_be_visible(timeout=15_000)
    assert "Told anew meanwhile" in str(page.text_content("#part-evidence"))
    expect(page.locator("#liveness")).to_be_hidden()
    assert [] == visitor.complaints


def test_an_open_explanation_stays_open(arrive: Arrive, console: Console) -> None:
    """A reader of the reasons is not thrown out when the part around him is replaced."""
    page = arrive("auditor").go(ROOM)
    reasons = page.locator("#paths, #curve-table").first
    reasons.locator("summary").click()

    happen(console, "Incident.objects.update(path_state='open')")

    expect(page.locator("#part-meter")).to_contain_text("path open", timeout=10_000)
    expect(reasons).to_have_attribute("open", "")


def test_the_second_of_two_learns_who_was_first(arrive: Arrive) -> None:
    """Two people decide the same question: the second sees who did it already, in the room, not an error page."""
    first, second = arrive("counsel").go(ROOM), arrive("counsel").go(ROOM)
    for page in (first, second):
        page.locator("#lanes input[type=radio]").first.check()
        page.locator("#lanes form:has(input[type=radio]:checked) button").first.click()
        page.wait_for_selector("#said .saying")

    expect(second.locator("#said")).to_contain_text("already done by Priya Nair")
    assert second.url.endswith(ROOM)


def test_a_lapsed_sign_in_leads_to_the_entrance(arrive: Arrive) -> None:
    """When the session is gone the next news moves the whole page to the sign-in."""
    visitor = arrive("engineer")
    page = visitor.go(ROOM)

    page.context.clear_cookies()

    page.wait_for_url("**/account/login/**", timeout=10_000)


def test_the_page_says_when_it_is_no_longer_live(arrive: Arrive, console: Console) -> None:
    """A console that died leaves no page that looks alive."""
    page = arrive("engineer").go(ROOM)

    console.process.kill()
    console.process.wait(10)

    expect(page.locator("#liveness")).to_be_visible(timeout=15_000)


def happen(console: Console, change: str) -> None:
    """Something changes in the home while people look."""
    code = (
        "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'hemostat.console.settings'\ndjango.setup()\n"
        f"from hemostat.incidents.models import Incident\n{change}\n"
    )
    environment = {"HEMOSTAT_HOME": str(console.home.path), "PATH": str(Path(sys.executable).parent)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
