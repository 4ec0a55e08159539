"""Rules tried over the past: one is asked for, the worker runs it, and the page says what it would have found."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hemostat.console.back_tests import listed, missing_days, parts, rows, tried
from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.console.polling import Parts, page, pulse
from hemostat.detect import book_of
from hemostat.detect.backtests import MOST_WAITING, Asked, Record, backtest, backtests
from hemostat.detect.trials import MOST_TEXT, Version, last_days
from hemostat.incidents.back_tests import backtest_end, backtest_start
from hemostat.kernel import BadInput, HemostatError, NotFound
from hemostat.people.rights import Right

_EVERY, _NONE = "every-rule", "own-text"
_USUAL = 7  # days


@dataclass(kw_only=True)
class Wanted:
    """The form as it was filled in: kept when something in it is wrong."""

    rule: str
    text: str
    since: str
    until: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Wanted":
        """What was sent, or what is offered at first."""
        since, until = last_days(_USUAL, now=now())
        offered = {"since": since.date().isoformat(), "until": (until - timedelta(days=1)).date().isoformat()}
        asked = request.POST if request.method == "POST" else request.GET
        return cls(
            rule=asked.get("rule", _NONE),
            text=asked.get("text", "").replace("\r\n", "\n"),
            **{name: asked.get(name) or value for name, value in offered.items()},
        )

    def read(self, request: HttpRequest) -> None:
        """The text is that of the file, if one was sent and the box is empty. Raises `BadInput`."""
        file = request.FILES.get("file")
        if file is None or self.text.strip():
            return
        if (file.size or 0) > MOST_TEXT:
            raise BadInput(f"The file has more than {MOST_TEXT:,} bytes.", advice="Choose one with the rules to be tried.")
        try:
            self.text = file.read().decode().replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise BadInput("The file is not UTF-8 text.", advice="Choose a file of Sigma rules in YAML.") from error

    def asked(self) -> Asked:
        """What is to be tried. Raises `BadInput`."""
        first = {_EVERY: Version(), _NONE: None}.get(self.rule, Version(rule=self.rule))
        own = Version(text=self.text) if self.text.strip() else None
        versions = tuple(version for version in (first, own) if version)
        if not versions:
            raise BadInput("There is nothing to be tried.", advice="Choose a rule, or paste one.")
        return Asked(versions=versions, since=_day(self.since), until=_day(self.until, after=1))


@needs(Right.SEE)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Those that were run and those that wait, and the form for one more; when it was sent, the way to its page."""
    wanted, error = Wanted.of(request), None
    if request.method == "POST":
        try:
            wanted.read(request)
            number = backtest_start(
                home=settings.HOME, asked=wanted.asked(), rules=book_of(settings.HOME.rules).rules, by=visitor(request), now=now()
            )
        except HemostatError as fault:
            error = fault
        else:
            return redirect("back_test", number)
    may_start = visitor(request).may(Right.HUNT)
    words = {
        "wanted": wanted,
        "error": error,
        "may_start": may_start,
        "rules": _rules() if may_start else [],
        "every": _EVERY,
        "none": _NONE,
        "most": MOST_WAITING,
    }
    return page(request, "console/back_tests.html", parts=_list(request), url=reverse("back_tests_pulse"), context=words)


@needs(Right.SEE)
@require_safe
def index_pulse(request: HttpRequest) -> HttpResponse:
    """What changed in the list."""
    return pulse(request, parts=_list(request), url=reverse("back_tests_pulse"))


@needs(Right.SEE)
@require_safe
def show(request: HttpRequest, number: int) -> HttpResponse:
    """How far one is, or what it found."""
    found = backtest(settings.HOME, number)
    words = {"one": listed(found)}
    return page(request, "console/back_test.html", parts=_one(request, found), url=_pulse_url(number), context=words)


@needs(Right.SEE)
@require_safe
def show_pulse(request: HttpRequest, number: int) -> HttpResponse:
    """What changed about one."""
    return pulse(request, parts=_one(request, backtest(settings.HOME, number)), url=_pulse_url(number))


@needs(Right.HUNT)
@require_POST
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """It ends without a result."""

    def act() -> str:
        try:
            backtest_end(home=settings.HOME, number=number, by=visitor(request), now=now())
        except NotFound as error:
            raise BadInput(str(error), advice=error.advice()) from error
        return f"Back-test {number} is stopped; it has no result."

    attempt(request, act)
    return redirect("back_test", number)


def _rules() -> list[tuple[str, str]]:
    """The rules of the home that find something themselves, by title, each with its id."""
    return sorted(((one.id, one.title) for one in book_of(settings.HOME.rules).rules.speaking), key=itemgetter(1))


def _day(text: str, *, after: int = 0) -> datetime:
    """The beginning of so many days after a day, in UTC. Raises `BadInput`."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) + timedelta(days=after)
    except (ValueError, OverflowError) as error:
        raise BadInput("The period is not given as days.", advice="Write them like 2026-03-02.") from error


def _pulse_url(number: int) -> str:
    return reverse("back_test_pulse", args=[number])


def _list(request: HttpRequest) -> Parts:
    found = [listed(one) for one in backtests(settings.HOME)]
    return Parts(request, {"list": "console/back_tests/_list.html"}, {"found": found})


def _one(request: HttpRequest, found: Record) -> Parts:
    may_hunt = visitor(request).may(Right.HUNT)
    words: dict[str, Any] = {"record": found, "share": int(found.share * 100), "may_hunt": may_hunt}
    if report := found.report:
        words |= {
            "report": report,
            "tried": tried(found, report),
            "rows": rows(report),
            "parts_of": parts(report.compared) if report.compared else (),
            "there": missing_days(found, report),
        }
    return Parts(request, {"now": "console/back_tests/_now.html"}, words)
