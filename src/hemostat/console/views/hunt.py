"""Hunting: saved questions and SQL of one's own, over events without patient data.

A question runs beside the page (`asking.py`): with script the page looks each second how far it is, without it a link does.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hemostat.console.answers import picture
from hemostat.console.asking import Asked, Questions
from hemostat.console.gate import needs, visitor
from hemostat.console.moment import now
from hemostat.events import COLUMNS
from hemostat.kernel import HemostatError, NotFound
from hemostat.lake.hunt import Asking, Hunt, Parameter, SavedQuery
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.rights import Right

MOST_SHOWN = 200
_SOON, _AT_LENGTH = 0.5, 10.0  # seconds that an answer is waited for: by script, which looks again, and without
_PERIOD = ("since", "until")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_START = "SELECT time, source, method, host, path, status, auth, src_net, subject\nFROM events\nORDER BY time DESC\nLIMIT 50"


@dataclass(kw_only=True)
class Question:
    """What is asked: the text, the saved question that it is if it is one, and its values."""

    sql: str
    saved: SavedQuery | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_as_saved(self) -> bool:
        """Is the text that of the saved question?"""
        return self.saved is not None and self.sql.replace("\r\n", "\n").strip() == _body(self.saved)

    def fields(self) -> Iterator[tuple[Parameter, str, bool]]:
        """Each value with its parameter, as its field shows it, and whether it is a moment."""
        for parameter in self.saved.parameters if self.saved else ():
            value = self.values.get(parameter.name, parameter.default)
            is_moment = parameter.name in _PERIOD
            yield parameter, _typed_moment(value, parameter) if is_moment else value, is_moment


_asked = Questions[Question]()


@needs(Right.HUNT)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The questions and the box; when one was asked, its answer or how far it is. A question stands in no address."""
    hunt = Hunt(settings.HOME)
    question = _question(request, hunt)
    if request.method != "POST":
        return _page(request, hunt, question)
    asked = None
    try:
        asked = _asked.begin(visitor(request).pk, question, lambda asking: _told(question, asking))
        asked.wait(_SOON if _by_script(request) else _AT_LENGTH)
    except HemostatError as error:
        return _page(request, hunt, question, error=error)
    return _page(request, hunt, question, asked=asked)


@needs(Right.HUNT)
@require_safe
def asked(request: HttpRequest, number: str) -> HttpResponse:
    """How far a question is, or its answer, for the one who asked it."""
    found = _asked.find(visitor(request).pk, number)
    if _by_script(request) and not found.is_done:
        return render(request, "console/_asked_going.html", {"asked": found, "share": _share(found)})
    answer = _page(request, Hunt(settings.HOME), found.question, asked=found)
    if _by_script(request):
        # Until now only the line about its progress was replaced.
        answer["HX-Retarget"], answer["HX-Reswap"] = "#asked", "innerHTML"
    return answer


@needs(Right.HUNT)
@require_POST
def end(request: HttpRequest, number: str) -> HttpResponse:
    """The question is ended, unless it was answered first."""
    found = _asked.find(visitor(request).pk, number)
    found.asking.end()
    found.wait(_AT_LENGTH)
    return _page(request, Hunt(settings.HOME), found.question, asked=found)


@needs(Right.HUNT)
@require_safe
def taken(request: HttpRequest, number: str) -> HttpResponse:
    """All rows of an answer as a CSV file (RFC 4180): what the lake holds, so pseudonyms and masked text only."""
    found = _asked.find(visitor(request).pk, number)
    if found.table is None:
        raise NotFound("There is no answer to take.")
    answer = HttpResponse(content_type="text/csv; charset=utf-8; header=present")
    name = found.question.saved.name if found.question.saved else "answer"
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    lines = csv.writer(answer)
    lines.writerow(found.table.column_names)
    lines.writerows([_plain(value) for value in row.values()] for row in found.table.to_pylist())
    return answer


def _by_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _question(request: HttpRequest, hunt: Hunt) -> Question:
    name = request.POST.get("saved", "") or request.GET.get("saved", "")
    known = next((query for query in hunt.saved() if query.name == name), None)
    values = {}
    for parameter in known.parameters if known else ():
        typed = request.POST.get(f"value-{parameter.name}", parameter.default)
        # An identifier is a pseudonym from here on: what was typed stands neither on the page nor in a log.
        values[parameter.name] = hunt.pseudonym(parameter.kind, typed) if parameter.kind else _given(typed, parameter)
    return Question(sql=request.POST.get("sql", "") or (_body(known) if known else _START), saved=known, values=values)


def _body(saved: SavedQuery) -> str:
    """The SQL of a saved question without its front comments: the page shows those as words and fields."""
    return "\n".join(line for line in saved.sql.splitlines() if not line.startswith("-- ")).strip()


def _given(typed: str, parameter: Parameter) -> str:
    """The value of a field. A period that is left open reaches as far as the lake does; a moment without a zone is UTC."""
    if parameter.name not in _PERIOD:
        return typed
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return typed or parameter.default
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat().replace("+00:00", "Z")


def _typed_moment(value: str, parameter: Parameter) -> str:
    return "" if value == parameter.default else value.removesuffix("Z")


def _told(question: Question, asking: Asking) -> pa.Table:
    hunt = Hunt(settings.HOME, asking=asking)
    if question.saved is not None and question.is_as_saved:
        return hunt.run(question.saved.name, **question.values).table
    return hunt.query(question.sql, question.values)


def _page(
    request: HttpRequest,
    hunt: Hunt,
    question: Question,
    *,
    asked: Asked[Question] | None = None,
    error: HemostatError | None = None,
) -> HttpResponse:
    """The whole page, or by script what has come of the question."""
    words: dict[str, Any] = {"question": question, "asked": asked, "error": error}
    if asked and asked.is_done:
        words |= _outcome(request, hunt, asked)
    elif asked:
        words["share"] = _share(asked)
    if _by_script(request):
        return render(request, "console/_asked.html", words)
    return render(request, "console/hunt.html", {**words, "saved": hunt.saved(), "columns": COLUMNS})


def _outcome(request: HttpRequest, hunt: Hunt, asked: Asked[Question]) -> dict[str, Any]:
    """The answer, or what was in its way. The first time, that it was asked goes on record, without the question's words."""
    if asked.table is None:
        if not isinstance(asked.error, HemostatError):
            raise asked.error or AssertionError
        return {"error": asked.error}
    question, table = asked.question, asked.table
    if not asked.is_told:
        asked.is_told = True
        name = question.saved.name if question.saved and question.is_as_saved else "own question"
        record(act=LedgerAct.HUNT_RUN, by=visitor(request), at=now(), subject="lake", question=name, rows=table.num_rows)
    return {
        "names": table.column_names,
        "rows": [list(row.values()) for row in table.slice(0, MOST_SHOWN).to_pylist()],
        "total": table.num_rows,
        "searched": hunt.searched(question.values if question.is_as_saved else {}),
        "meanings": question.saved.columns if question.saved and question.is_as_saved else (),
        "picture": picture(question.saved, table) if question.saved and question.is_as_saved else None,
    }


def _share(asked: Asked[Question]) -> int | None:
    """Per cent that are done."""
    share = asked.asking.share()
    return None if share is None else int(share * 100)


def _plain(value: object) -> str:
    """A value as text; one that a spreadsheet would run as a formula has a quotation mark in front."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
