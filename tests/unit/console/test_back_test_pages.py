"""Rules tried over the past: the form, the way to a result, and the result as people read it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hemostat.alerts.services import alert_dismiss
from hemostat.detect.backtests import MOST_WAITING, backtest, backtests
from hemostat.detect.trials import Version
from hemostat.kernel import Home
from hemostat.people.ledger import entries
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import BEGINS, NOW
from unit.console.story import Story, lake_filled
from unit.console.trying import ONLY_CARE, UNSIGNED, UNSIGNED_ID, asked, begun, past_filled, run

SEE = {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR}
HUNT = {Role.ENGINEER, Role.COMPLIANCE, Role.COMMANDER}
PATH = "/rules/back-tests/"
WEEK = {"since": "2026-03-04", "until": "2026-03-10"}


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_and_who_starts(story: Story, visit: Visit, role: Role) -> None:
    """Those who see alerts read what was found; those who may hunt have the form, start and stop; others find no page."""
    past_filled(story.home)
    client = visit(role)

    shown = client.get(PATH)
    assert (role in SEE) == (shown.status_code == HTTPStatus.OK)
    assert (role in HUNT) == ("Start it" in shown.content.decode())
    client.post(PATH, {"rule": "own-text", "text": UNSIGNED, **WEEK})
    assert (role in HUNT) == bool(backtests(story.home))
    number = asked(story.home, story.person(Role.ENGINEER), Version(text=UNSIGNED))
    for page in (f"{PATH}{number}/", f"{PATH}{number}/pulse/", f"{PATH}pulse/"):
        assert (role in SEE) == (client.get(page).status_code != HTTPStatus.NOT_FOUND)
    client.post(f"{PATH}{number}/stop/")
    assert ("stopped" if role in HUNT else "waiting") == backtest(story.home, number).state


def test_an_empty_page_teaches(visit: Visit) -> None:
    """It says what will stand there and what makes it so; the rules that run are offered by their titles."""
    html = visit(Role.ENGINEER).get(PATH + "?rule=0d4f1f6e-0b1f-4c53-8f2c-5b1c2f3d9a01").content.decode()
    assert "None yet" in html
    assert "hemostat backtest RULE" in html
    assert "selected>Session route answers callers" in html
    assert 'value="2026-03-04"' in html


def test_a_rule_is_tried_from_the_form_to_its_result(story: Story, visit: Visit) -> None:
    """Alarms a day as a picture and a table, who, what, and the first events; the page is asked again without effort."""
    past_filled(story.home)
    client = visit(Role.ENGINEER)

    answer = client.post(PATH, {"rule": "own-text", "text": UNSIGNED, **WEEK}, follow=True)
    waits = answer.content.decode()
    assert "It waits for its turn" in waits
    assert [("backtest:start", "back-test/1")] == [(one.act, one.subject) for one in entries("back-test/1")]
    run(story.home)
    html = client.get(f"{PATH}1/").content.decode()

    for words in (
        "Unsigned session call (own text)",
        "<svg",
        "Alarms a day from 2026-03-08 to 2026-03-10: 6 in all, at most 2",
        "care",
    ):
        assert words in html
    assert "holds less than was asked for" in html
    assert "2.0 a day" in html
    assert "nobody judged any" in html
    assert "session:read" in html
    assert "from edge" in html
    seen = client.get(f"{PATH}1/pulse/").headers["ETag"]
    assert HTTPStatus.NOT_MODIFIED == client.get(f"{PATH}1/pulse/", headers={"If-None-Match": seen}).status_code
    assert HTTPStatus.NOT_MODIFIED != client.get(f"{PATH}pulse/").status_code
    sql = client.get(f"{PATH}1/").context["parts"]["now"].partition('name="sql" value="')[2].partition('"')[0]
    rows = client.post("/hunt/", {"sql": sql.replace("&#x27;", "'")}).content.decode()
    assert "3 rows" in rows
    assert "Unsigned session call" in client.get(PATH).content.decode()


def test_of_many_groups_the_first_five_are_in_view(story: Story, visit: Visit) -> None:
    """The others are a click away, and their number stands there."""
    lake_filled(story.home, *({"time": NOW, "store": f"shop-{n}"} for n in range(8)))
    asked(story.home, story.person(Role.ENGINEER), Version(text=UNSIGNED))
    run(story.home)
    html = visit(Role.ENGINEER).get(f"{PATH}1/").content.decode()
    assert "3 more, of 8" in html
    assert html.index("shop-4") < html.index("3 more, of 8") < html.index("shop-5")


def test_two_versions_stand_side_by_side(story: Story, visit: Visit) -> None:
    """What only one finds, what became of it, and what the second would have missed."""
    past_filled(story.home)
    number = asked(story.home, story.person(Role.ENGINEER), Version(text=UNSIGNED), Version(text=ONLY_CARE))
    for store in ("shop", "care"):
        alert = story.alert(key=f"{UNSIGNED_ID}|{store}|sandbox", rule=UNSIGNED_ID, first_time=BEGINS, last_time=BEGINS)
        if store == "shop":
            by = story.person(Role.ENGINEER)
            alert_dismiss(alert=alert, by=by, now=NOW, outcome="false_positive", note="It was a test of ours.")
    alert.state = "incident"
    alert.save()
    run(story.home)

    html = visit(Role.AUDITOR).get(f"{PATH}{number}/").content.decode()

    assert 2 == html.count('<svg class="course"')
    assert "A · Unsigned session call (own text)" in html
    assert "How they differ" in html
    assert "Only A" in html
    assert "100 %" in html
    assert "Show its first events" not in html
    report = backtest(story.home, number).report
    assert report is not None
    assert report.compared is not None
    assert (4, 0, 3) == (report.compared.only_a.alarms, report.compared.only_b.alarms, report.compared.both.alarms)


def test_what_a_second_version_would_miss_is_said(story: Story, visit: Visit) -> None:
    """An alarm of an incident that only the first version raises stands in red words."""
    past_filled(story.home)
    number = asked(story.home, story.person(Role.ENGINEER), Version(text=UNSIGNED), Version(text=ONLY_CARE))
    alert = story.alert(key=f"{UNSIGNED_ID}|shop|sandbox", rule=UNSIGNED_ID, first_time=BEGINS, last_time=BEGINS)
    alert.state = "incident"
    alert.save()
    run(story.home)
    assert "B would have missed 1 alarm that belonged" in visit(Role.ENGINEER).get(f"{PATH}{number}/").content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"rule": "own-text", "text": "title: ["}, "not YAML"),
        ({"rule": "own-text", "text": ""}, "There is nothing to be tried"),
        ({"rule": "no-such-rule"}, "There is no rule &#x27;no-such-rule&#x27;"),
        ({"rule": "every-rule", "since": "2025-01-01", "until": "2025-01-02"}, "It holds events from 2026-03-08 to 2026-03-10"),
        ({"rule": "every-rule", "since": "yesterday"}, "not given as days"),
        ({"rule": "every-rule", "until": "9999-12-31"}, "not given as days"),
        ({"rule": "every-rule", "since": "2026-03-09", "until": "2026-03-07"}, "ends before it begins"),
    ],
)
def test_what_cannot_be_tried_is_named_and_the_text_is_kept(story: Story, visit: Visit, form: dict[str, str], words: str) -> None:
    """The error stands above the form, which is filled in as before; nothing is started."""
    past_filled(story.home)
    html = visit(Role.ENGINEER).post(PATH, {**WEEK, "text": UNSIGNED, **form}).content.decode()

    assert words in html
    assert "Nothing was started" in html
    if "text" not in form:
        assert UNSIGNED_ID in html
    assert [] == backtests(story.home)


def test_a_file_counts_as_its_text(story: Story, visit: Visit) -> None:
    """When the box is empty; one that is too large, or no text, is refused in words."""
    past_filled(story.home)
    client = visit(Role.ENGINEER)

    def sent(content: bytes, text: str = "") -> str:
        file = SimpleUploadedFile("rule.yml", content)
        return client.post(PATH, {"rule": "own-text", "text": text, "file": file, **WEEK}, follow=True).content.decode()

    assert "not UTF-8" in sent(b"\xff\xfe")
    assert "more than 200,000 bytes" in sent(b"x" * 200_001)
    assert "It waits" in sent(UNSIGNED.encode())
    assert "It waits" in sent(b"\xff", text=ONLY_CARE)
    assert [ONLY_CARE, UNSIGNED] == [one.asked.versions[0].text for one in backtests(story.home)]


def test_a_rule_and_a_text_are_two_versions(story: Story, visit: Visit) -> None:
    """The rule that runs is the first, the text its second; with too many waiting the page says so."""
    past_filled(story.home)
    client = visit(Role.ENGINEER)
    form = {"rule": "every-rule", "text": UNSIGNED, **WEEK}
    for _ in range(MOST_WAITING + 1):
        html = client.post(PATH, form, follow=True).content.decode()
    assert "5 back-tests wait already" in html
    assert (Version(), Version(text=UNSIGNED)) == backtests(story.home)[0].asked.versions
    assert "All rules against Unsigned session call (own text)" in client.get(f"{PATH}1/").content.decode()
    run(story.home)
    assert "A · All rules" in client.get(f"{PATH}1/").content.decode()


def test_how_it_ended_is_said(story: Story, visit: Visit, home: Home) -> None:
    """Stopped, and by whom; failed, and why; stopping what has ended is an answer, not an error page."""
    past_filled(home)
    client = visit(Role.ENGINEER)
    by = story.person(Role.ENGINEER)
    asked(home, by, Version(text=UNSIGNED))
    assert "is stopped" in client.post(f"{PATH}1/stop/", follow=True).content.decode()
    again = client.post(f"{PATH}1/stop/", follow=True).content.decode()
    assert "not under way any more" in again
    assert "Stopped" in again

    asked(home, by, Version(text=UNSIGNED))
    for part in (home.lake).rglob("*.parquet"):
        part.unlink()
    run(home)
    assert "hemostat lake repair" in client.get(f"{PATH}2/").content.decode()
    assert HTTPStatus.NOT_FOUND == client.get(f"{PATH}99/").status_code
    assert HTTPStatus.NOT_FOUND == client.get(f"{PATH}99/pulse/").status_code


def test_one_that_was_begun_anew_says_so(story: Story, visit: Visit) -> None:
    """While it runs and afterwards: what a worker had found that ended in between was lost, and nothing was counted twice."""
    past_filled(story.home)
    asked(story.home, story.person(Role.ENGINEER), Version(text=UNSIGNED))
    begun(story.home).close()
    begun(story.home).close()
    waits = visit(Role.AUDITOR).get(f"{PATH}1/").content.decode()
    run(story.home)
    html = visit(Role.AUDITOR).get(f"{PATH}1/").content.decode()

    assert "Begun anew" in waits
    assert "0 % is done" in waits
    assert "Stop it" not in waits
    assert "begun anew, since the worker ended or failed" in html
    assert "6 in all" in html


def test_a_rule_that_finds_nothing_says_so(story: Story, visit: Visit) -> None:
    """The lake holds all the days; and hostile text of a rule is inert."""
    for day in range(7):
        lake_filled(story.home, {"time": NOW - timedelta(days=day)})
    hostile = UNSIGNED.replace("session:read", "page:read").replace("Unsigned session call", "<script>x</script>")
    asked(story.home, story.person(Role.ENGINEER), Version(text=hostile))
    run(story.home)
    html = visit(Role.ENGINEER).get(f"{PATH}1/").content.decode()
    assert "It would have found nothing" in html
    assert "<script>x" not in html
    assert "holds less" not in html
