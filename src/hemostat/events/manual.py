"""The manual's page of events, drawn from the schema. `python -m hemostat.events.manual > docs/reference/events.md` renews it."""

import sys
from collections.abc import Iterable, Iterator

import pyarrow as pa

from .ocsf import VERSION, classify
from .schema import COLUMNS
from .vocabulary import Act, ActorType, Auth, Environment, Result, Surface

_WORDS = {
    "surface": (Surface, "Where a merchant of care leaks."),
    "act": (Act, "What was done, as thing:verb."),
    "auth": (Auth, "How the caller showed who he was."),
    "result": (Result, "What the system answered."),
    "actor_type": (ActorType, "What kind of caller it was."),
    "environment": (Environment, "Where the system runs."),
}
_INTRODUCTION = f"""# Events

<!-- Drawn from hemostat.events by `python -m hemostat.events.manual`; a test compares the two. -->

An event is one access to data.
Every source is turned into the same columns, and every column is free of patient data:
people, callers, tokens and addresses are pseudonyms, texts are redacted, values of queries are dropped.

Events lie in the lake as Parquet files, by day and source.
`hemostat hunt` asks them by the name of the column; detection rules name a field by its place in OCSF {VERSION}.
Places that begin with `hemostat.` are our extension of OCSF.
"""
_RECORDS = f"""## OCSF records

What leaves for Splunk, Datadog, OTLP, syslog or a file is a record of OCSF {VERSION}, and validates against its schema.
The schema is compiled from the release at github.com/ocsf/ocsf-schema into `content/ocsf`, with its license beside it.
1.8.0, of 2026-03-18, is the newest release that could be read in full when this was written; 1.9.0 was not.

Every value stands once. Where a class of OCSF has a place for it, it stands there, under the name of the table above.
What the class has no place for stands under `unmapped`, followed by the same name, like `unmapped.hemostat.act`.
Some values stand elsewhere:

| Column | In a record |
| --- | --- |
| `src_ip` | `src_endpoint.uid`: a pseudonym is no address. Rules go on calling it `src_endpoint.ip` |
| `result` | `status_id` and `status` say success or failure; our word is `unmapped.hemostat.result` |
| `actor_type` | `actor.user.type_id` and `actor.user.type`; our word is `unmapped.hemostat.actor_type` |
| `resource`, `resource_id` | `resources`, `databucket`, `table`, `web_resources`, `file`, `entity` or `user`, by class |
| `fields` | `privileges` in User Access, else `unmapped.hemostat.fields` |
| `host`, `bytes` | beside a path or a status only; a URL needs a path in OCSF, and an answer its code |
| `method` | `http_request.http_method` when OCSF knows the method |

What a class demands and the source did not say is `unknown`. A number of 0 that means "none" is left out.
An activity of 99 carries the act as `activity_name`. A message that was sent is API Activity and not Email Activity,
which demands an address, and addresses never leave.
"""
_CLOCKS = """## Two clocks

`time` is when it happened, as the source says. `learnt` is when Hemostat acknowledged it.
Both are in UTC; `offset_minutes` is the zone in which the source wrote the time.
Legal clocks start from what was known when, so neither replaces the other.
"""
_PSEUDONYMS = """## Pseudonyms

A pseudonym is a keyed hash with the kind in front, like `person_` and sixteen letters.
The same person is the same word in all events of one home, and nobody finds the way back without the key.
`subject_next` is the pseudonym of the number after the subject's:
when the next event has it as its `subject`, somebody is counting, and no number needs to be shown to see it.

One person has two words, as caller and as the one whose data it is; `own` says whether both stand for the same person.
It is told of persons who showed who they are, by login, token or signature. It is empty where the two are numbered in
different ways, as an e-mail address and a number may be one person's, and in events of before there was such a column.
"""


def page() -> str:
    """The page, in Markdown."""
    parts = [
        _INTRODUCTION,
        "## Columns\n",
        _columns(),
        _CLOCKS,
        _PSEUDONYMS,
        "## Words\n",
        *_words(),
        "## OCSF classes\n",
        _classes(),
        _RECORDS,
    ]
    return "\n".join(parts)


def _columns() -> str:
    return _table(
        ("Column", "Type", "Name in OCSF and in rules", "Meaning"),
        ((f"`{c.name}`", _type(c.type), f"`{c.ocsf}`", c.meaning) for c in COLUMNS),
    )


def _words() -> Iterator[str]:
    for column, (words, meaning) in _WORDS.items():
        yield f"`{column}`: {meaning}\n\n{', '.join(f'`{word}`' for word in words)}.\n"


def _classes() -> str:
    acts = ((f"`{act}`", *map(str, classify(act, method="")), _by_request(act)) for act in Act)
    text = "An act that was seen as an HTTP request is HTTP Activity (4002) by its method, unless it has a class of its own.\n"
    return f"{text}\n{_table(('Act', 'Class', 'Activity', 'Seen as a GET'), acts)}"


def _by_request(act: Act) -> str:
    return "the same" if classify(act, method="GET") == classify(act, method="") else "HTTP Activity"


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "list of text"
    if pa.types.is_timestamp(kind):
        return "moment, UTC, microseconds"
    if pa.types.is_boolean(kind):
        return "yes or no"
    return "text" if pa.types.is_string(kind) else f"whole number, {kind.bit_width} bits"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page())
