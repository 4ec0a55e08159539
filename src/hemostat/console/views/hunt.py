"""Hunting: saved questions and SQL of one's own, over events without patient data."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from hemostat.console.gate import needs, visitor
from hemostat.console.moment import now
from hemostat.events import COLUMNS
from hemostat.kernel import HemostatError
from hemostat.lake.hunt import Hunt, SavedQuery
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.rights import Right

MOST_SHOWN = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_START = "SELECT time, source, method, host, path, status, auth, src_net, subject\nFROM events\nORDER BY time DESC\nLIMIT 50"


@dataclass(kw_only=True)
class Question:
    """What was asked and what came of it."""

    sql: str
    saved: SavedQuery | None = None
    values: dict[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    total: int | None = None
    error: str = ""
    advice: str = ""


@needs(Right.HUNT)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The questions, the box, and the answer when one was asked. A question is sent as a form, so it stands in no address."""
    hunt = Hunt(settings.HOME)
    saved = hunt.saved()
    question = _question(request, saved, hunt)
    if request.method == "POST":
        table = _ask(request, hunt, question)
        if table is not None and request.POST.get("as") == "csv":
            return _csv(question, table)
    words = {
        "saved": saved,
        "question": question,
        "columns": COLUMNS,
        "parameters": [
            (parameter, question.values.get(parameter.name, parameter.default))
            for parameter in (question.saved.parameters if question.saved else ())
        ],
    }
    return render(request, "console/hunt.html", words)


def _question(request: HttpRequest, saved: Sequence[SavedQuery], hunt: Hunt) -> Question:
    name = request.POST.get("saved", "") or request.GET.get("saved", "")
    known = next((query for query in saved if query.name == name), None)
    values = {}
    for parameter in known.parameters if known else ():
        typed = request.POST.get(f"value-{parameter.name}", parameter.default)
        # An identifier is a pseudonym from here on: what was typed stands neither on the page nor in a log.
        values[parameter.name] = hunt.pseudonym(parameter.kind, typed) if parameter.kind else typed
    return Question(sql=request.POST.get("sql", "") or (_body(known) if known else _START), saved=known, values=values)


def _body(saved: SavedQuery) -> str:
    """The SQL of a saved question without its front comments: the page shows those as words and fields."""
    return "\n".join(line for line in saved.sql.splitlines() if not line.startswith("-- ")).strip()


def _ask(request: HttpRequest, hunt: Hunt, question: Question) -> pa.Table | None:
    """The answer stands in the question; so does what was wrong with it. That a question was asked is on record."""
    saved = question.saved
    try:
        if saved is not None and question.sql.replace("\r\n", "\n").strip() == _body(saved):
            name, table = saved.name, hunt.run(saved.name, **question.values).table
        else:
            name, table = "own question", hunt.query(question.sql, question.values)
    except HemostatError as error:
        question.error, question.advice = str(error), error.advice()
        return None
    question.columns, question.total = table.column_names, table.num_rows
    question.rows = [list(row.values()) for row in table.slice(0, MOST_SHOWN).to_pylist()]
    record(act=LedgerAct.HUNT_RUN, by=visitor(request), at=now(), subject="lake", question=name, rows=table.num_rows)
    return table


def _csv(question: Question, table: pa.Table) -> HttpResponse:
    """All rows as a CSV file (RFC 4180)."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8; header=present")
    name = question.saved.name if question.saved else "answer"
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    lines = csv.writer(answer)
    lines.writerow(table.column_names)
    lines.writerows([_plain(value) for value in row.values()] for row in table.to_pylist())
    return answer


def _plain(value: object) -> str:
    """A value as text; one that a spreadsheet would run as a formula has a quotation mark in front."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
