"""The pages of rules: what there is, how each stands and why, and the three things that can be done with one."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from hemostat.alerts.models import Kept, Mute, RuleDecision
from hemostat.alerts.selectors import alerts_of
from hemostat.alerts.services import alert_dismiss, alerts_raise, alerts_take
from hemostat.alerts.standing import budgets_keep, states
from hemostat.console.rules import own_book
from hemostat.detect import State
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import HOSTILE, Story, finding
from unit.detect.own import PAGE_READ, rule_text

STAFF = "9ce9c725-3339-450d-a3ec-cba96da5b4b8"
STAFF_TITLE = "One member of staff opens a customer a minute"


def page_of(visit: Visit, path: str, role: Role = Role.ENGINEER) -> str:
    """What somebody of this role reads there."""
    return visit(role).get(path).content.decode()


def row_of(html: str, title: str) -> str:
    """The row of the list that has this title."""
    table = html.partition('aria-label="All rules"')[2]
    return next(row for row in table.split("<tr>") if title in row)


def flooded(count: int, *, rule: str = STAFF) -> list[str]:
    """So many alerts of a rule were just raised; their references."""
    found = [finding(key=f"{rule}|{n}", rule=rule, title=STAFF_TITLE) for n in range(count)]
    return [alert.ref for alert in alerts_raise(findings=found, batch=1, now=NOW - timedelta(hours=1))]


def test_the_list_shows_every_rule_with_its_figures(story: Story, visit: Visit) -> None:
    """Alerts, alerts a day against the budget, outcomes, and when it last found something; the baselines are among them."""
    refs = flooded(6)
    engineer = story.person(Role.ENGINEER)
    first, second, *_ = alerts_of(STAFF, most=2)
    alerts_take(alerts=[first], by=engineer, now=NOW)
    alert_dismiss(alert=second, by=engineer, now=NOW, outcome="false_positive", note="The list of recalls.")

    html = page_of(visit, "/rules/")

    assert 6 == len(refs)
    assert all(row_of(html, one.title.replace("'", "&#x27;")) for one in own_book().known.values())
    row = row_of(html, STAFF_TITLE)
    for words in ("active", "high · patient portal · shipped", "50 %", "of 2", "0.2", "of 3", "10 Mar 2026 14:04"):
        assert words in row, words
    assert "shipped, a baseline" in row_of(html, "Far more patients than usual")
    assert "never" in row_of(html, "Far more patients than usual")
    assert "No rule of your own yet" in html


def test_what_is_wrong_with_own_files_stands_at_the_top(story: Story, visit: Visit) -> None:
    """The file, the rule, the reason and the way out; markup in them is text."""
    rules = story.home.rules
    (rules / "web").mkdir()
    (rules / "web" / "bad.yml").write_text("title: Bad <b>rule</b>\nlogsource: {category: x}\ndetection: {condition: nothing}\n")
    (rules / "doubt.yml").write_text(rule_text(found="page:write"))

    html = page_of(visit, "/rules/", Role.AUDITOR)

    top = html.partition('aria-label="All rules"')[0]
    for words in (
        "web/bad.yml",
        "Bad &lt;b&gt;rule&lt;/b&gt;",
        "It does not run.",
        "take its file out of the folder",
        "doubt.yml",
        "its sample positive 1 was not found",
        "It alerts nobody.",
        "hemostat rules check",
    ):
        assert words in top, words
    assert "watch" in row_of(html, "Somebody reads a page")
    assert "No rule of your own yet" not in html


def test_a_rule_says_why_and_shows_its_text_and_samples(visit: Visit) -> None:
    """Somebody at three in the morning reads the reason first, and finds all behind it on the same page."""
    html = page_of(visit, f"/rules/{STAFF}/")

    for words in (
        "A conversation with a customer takes minutes",
        "staff_opens_customer",
        "Positive 1",
        "as it should be",
        "Negative 3",
    ):
        assert words in html, words
    assert "misjudged" not in html
    assert "&quot;repeat&quot;:61" in html


def test_a_baseline_has_a_page_too(visit: Visit) -> None:
    """It has no text and no samples, and says what it looks at."""
    html = page_of(visit, "/rules/baseline-many-patients/")

    assert "far more than it ever did" in html
    assert "by which it proves itself" not in html
    assert "The rule&#x27;s text" not in html


@pytest.mark.parametrize(
    ("text", "words"), [(rule_text(found="page:write"), "misjudged"), (rule_text(found=""), "no positive sample")]
)
def test_a_rule_in_doubt_says_so(story: Story, visit: Visit, text: str, words: str) -> None:
    """Which sample it misjudges, or what it lacks; it cannot be made active here."""
    (story.home.rules / "doubt.yml").write_text(text)

    html = page_of(visit, f"/rules/{PAGE_READ}/")

    assert words in html
    assert "It alerts nobody until it proves itself" in html
    assert '<option value="active"' not in html


def test_samples_that_cannot_be_judged_are_shown_all_the_same(story: Story, visit: Visit) -> None:
    """With the word that nobody knows."""
    (story.home.rules / "doubt.yml").write_text(rule_text().replace("{act: 'page:read'}", "{acted: x}"))

    assert "not judged" in page_of(visit, f"/rules/{PAGE_READ}/")


def test_a_rule_without_a_reason_says_what_is_missing(story: Story, visit: Visit) -> None:
    """An own rule needs no `why`, and its page asks for one."""
    (story.home.rules / "pages.yml").write_text(rule_text(ours="  state: retired\n"))

    html = page_of(visit, f"/rules/{PAGE_READ}/")

    assert "The rule does not say" in html
    assert "Its file says so." in html


@pytest.mark.parametrize("address", ["nothing", "nothing/state", f"{STAFF}/mutes/7/end", f"{STAFF}/?alert=ALR-9999"])
def test_what_does_not_exist(visit: Visit, address: str) -> None:
    """A wrong id, a wrong mute and a wrong alert get the answer for an address that does not exist."""
    client = visit(Role.ENGINEER)
    answer = client.get(f"/rules/{address}") if "?" in address else client.post(f"/rules/{address}/")
    if address == "nothing":
        answer = client.get("/rules/nothing/")

    assert HTTPStatus.NOT_FOUND == answer.status_code


def test_a_rule_whose_file_went_a_moment_ago(story: Story, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page stands without the text."""
    path = story.home.rules / "pages.yml"
    path.write_text(rule_text())
    found = own_book()
    path.unlink()
    monkeypatch.setattr("hemostat.console.views.rules.own_book", lambda: found)

    html = page_of(visit, f"/rules/{PAGE_READ}/")

    assert "Somebody reads a page" in html
    assert "The rule&#x27;s text" not in html


def test_how_a_rule_stands_is_changed_with_a_reason(visit: Visit) -> None:
    """From the page; all decisions stay on it."""
    client = visit(Role.ENGINEER)
    url = f"/rules/{STAFF}/state/"

    assert "stays as it is without a reason" in client.post(url, {"state": "watch"}, follow=True).content.decode()
    html = client.post(url, {"state": "watch", "reason": "The recall of lot 7."}, follow=True).content.decode()

    assert "Now watch: it runs; its findings are kept" in html
    assert 2 == html.count("The recall of lot 7.")
    assert {STAFF: State.WATCH} == states()


@pytest.mark.parametrize("role", list(Role))
def test_who_changes_and_mutes(visit: Visit, role: Role) -> None:
    """Engineers and commanders; for others there are no such addresses, and no forms."""
    may = role in {Role.ENGINEER, Role.COMMANDER}
    client = visit(role)

    client.post(f"/rules/{STAFF}/state/", {"state": "watch", "reason": "Too loud."})
    client.post(f"/rules/{STAFF}/mute/", {"until": f"{NOW + timedelta(days=1):%Y-%m-%dT%H:%M}", "reason": "Too loud."})

    assert may == RuleDecision.objects.exists() == Mute.objects.exists()
    if client.get(f"/rules/{STAFF}/").status_code == HTTPStatus.OK:
        assert may == ("<form" in page_of(visit, f"/rules/{STAFF}/", role).partition("<main")[2])


def test_a_mute_from_an_alert_has_its_rule_and_group(story: Story, visit: Visit) -> None:
    """The alert leads to the form, which is filled in; the group's values come from the alert, not from the form."""
    alert = story.alert(rule=STAFF, group={"actor.user.uid": "actor_k4m2x7qpl3zr6wva", "asn": "64500"})
    client = visit(Role.ENGINEER)
    link = f"/rules/{STAFF}/?alert={alert.ref}"
    assert link in page_of(visit, f"/alerts/{alert.ref}/")

    form = client.get(link).content.decode()
    assert 'value="actor.user.uid" checked' in form
    assert "<option selected>fernhollow</option>" in form
    given = {
        "alert": alert.ref, "group": ["actor.user.uid", "made.up"], "store": "fernhollow", "environment": "sandbox",
        "until": f"{NOW + timedelta(days=2):%Y-%m-%dT%H:%M}", "reason": "The migration of the desk.",
    }  # fmt: skip
    html = client.post(f"/rules/{STAFF}/mute/", given, follow=True).content.decode()

    mute = Mute.objects.get()
    assert ({"actor.user.uid": "actor_k4m2x7qpl3zr6wva"}, "fernhollow", "sandbox") == (mute.group, mute.store, mute.environment)
    assert NOW + timedelta(days=2) == mute.until
    assert "Muted until 12 Mar 2026" in html
    assert "The migration of the desk." in html


@pytest.mark.parametrize(
    ("until", "words"),
    [("", "not given as a date"), ("2026-03-01T00:00", "not in the past"), ("2027-03-01T00:00+00:00", "within 90 days")],
)
def test_a_mute_without_a_fit_end_is_refused(visit: Visit, until: str, words: str) -> None:
    """In words, and nothing is made."""
    given = {"until": until, "reason": "Too loud."}

    assert words in visit(Role.ENGINEER).post(f"/rules/{STAFF}/mute/", given, follow=True).content.decode()
    assert not Mute.objects.exists()


def test_an_alert_of_another_rule_fills_in_nothing(story: Story, visit: Visit) -> None:
    """The form is that of a mute without an alert."""
    alert = story.alert()

    html = page_of(visit, f"/rules/{STAFF}/?alert={alert.ref}")

    assert "start from its alert" in html
    assert f"/rules/{alert.rule}/" not in page_of(visit, f"/alerts/{alert.ref}/")


def test_what_a_mute_kept_back_is_shown_and_the_mute_can_be_ended(visit: Visit) -> None:
    """With the row of what was found, the counts on the mute, and one button that ends it."""
    client = visit(Role.COMMANDER)
    client.post(f"/rules/{STAFF}/mute/", {"until": f"{NOW + timedelta(hours=9):%Y-%m-%dT%H:%M}", "reason": "A load test."})
    alerts_raise(findings=[finding(rule=STAFF, summary=HOSTILE)], batch=1, now=NOW)
    mute = Mute.objects.get()

    html = client.get(f"/rules/{STAFF}/").content.decode()
    assert f'kept back by <a href="#mute-{mute.pk}">' in html
    assert "Kept back 1 finding, 412 events." in html
    assert "<script>alert" not in html
    assert "1 mute<" in row_of(client.get("/rules/").content.decode(), STAFF_TITLE)

    ended = client.post(f"/rules/{STAFF}/mutes/{mute.pk}/end/", follow=True).content.decode()

    assert "The mute is over" in ended
    assert "ended by ada" in ended
    assert "1 mute<" not in row_of(client.get("/rules/").content.decode(), STAFF_TITLE)


def test_what_was_watched_is_shown(visit: Visit) -> None:
    """With its group and its counts, and the word that nobody was alerted."""
    alerts_raise(findings=[finding(rule=STAFF)], batch=1, now=NOW, watched={STAFF})

    html = page_of(visit, f"/rules/{STAFF}/")

    assert 1 == Kept.objects.count()
    assert "watched, nobody alerted" in html
    assert "412" in html


def test_a_rule_in_tuning_calls_for_somebody(visit: Visit) -> None:
    """At the top of the list and on its own page, with the reason in words; a person returns it."""
    flooded(31)
    budgets_keep(own_book().known.values(), now=NOW, daily=True)
    client = visit(Role.ENGINEER)

    for path in ("/rules/", f"/rules/{STAFF}/"):
        html = client.get(path).content.decode()
        assert "more than 10 times its budget of 3 a day" in html, path
        assert "nobody is alerted" in html, path
    assert "1 rule needs somebody to look" in client.get("/rules/").content.decode()
    assert f"Look at a noisy rule: {STAFF_TITLE}" in client.get("/").content.decode()
    assert "noisy rule" not in page_of(visit, "/", Role.COMPLIANCE)

    client.post(f"/rules/{STAFF}/state/", {"state": "active", "reason": "The number is right now."})
    html = client.get("/rules/").content.decode()
    assert "somebody to look" not in html
    assert "noisy rule" not in client.get("/").content.decode()
    assert '<span class="chip ok">active</span>' in row_of(html, STAFF_TITLE)


def test_a_decision_about_a_rule_that_went(visit: Visit) -> None:
    """When its file is taken away nobody is called to it."""
    RuleDecision.objects.create(rule="gone", state="tuning", reason="It was loud.", by="budget", at=NOW)

    assert "noisy rule" not in page_of(visit, "/")


def test_a_rule_that_no_budget_moves_calls_all_the_same(story: Story, visit: Visit) -> None:
    """A critical one, or one with an incident at work: it stays active, and the page says that it is over."""
    flooded(31)
    alerts_take(alerts=alerts_of(STAFF, most=1), by=story.person(Role.ENGINEER), now=NOW)
    critical = rule_text(ours="  budget: {alarms_a_day: 0.01}\n").replace("level: high", "level: critical")
    (story.home.rules / "pages.yml").write_text(critical)
    alerts_raise(findings=[finding(key="one", rule=PAGE_READ)], batch=2, now=NOW)
    assert [] == budgets_keep(own_book().known.values(), now=NOW, daily=True)

    html = page_of(visit, "/rules/")

    assert "2 rules need somebody to look" in html
    assert "an incident is at work on what it found" in page_of(visit, f"/rules/{STAFF}/")
    assert "a critical rule is never silenced by itself" in page_of(visit, f"/rules/{PAGE_READ}/")
