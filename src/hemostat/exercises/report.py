"""The after-action report of a drill: one HTML page that stands alone, the same as PDF, and the result as JSON.

The report reads the stored result only, so that what is printed is what was scored.
"""

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typst
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from hemostat.drawings import Moment, exposure_curve
from hemostat.kernel import parse_iso, replace_file

from .models import Drill
from .notices import WEIGHTS
from .pack import Pack

_TEMPLATES = Path(__file__).parent / "templates" / "exercises"
# The picture carries its own ink: it is drawn on paper, and in PDF, where no style sheet of ours reaches.
_INK = (
    "<style>text{font:11px system-ui,sans-serif;fill:#566462}.note{fill:#152322}.grid{stroke:#dcdad2;fill:none}"
    ".area{fill:#fbe4e1}"
    ".line{fill:none;stroke:#b3261e;stroke-width:2.5}.head{fill:#b3261e}.forecast{fill:none;stroke:#b3261e;stroke-dasharray:3 5}"
    ".act{stroke:#566462;stroke-dasharray:2 3;fill:none}</style>"
)
_ON_CURVE = ("was raised", "acknowledged", "opened", "shown by probe")


def report_write(*, drill: Drill, pack: Pack, folder: Path) -> None:
    """`folder` holds report.html, report.pdf and result.json of the drill."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / "result.json", json.dumps(drill.result, indent=2).encode())
    replace_file(folder / "report.html", report_html(drill=drill, pack=pack).encode())
    replace_file(folder / "report.pdf", report_pdf(drill=drill, pack=pack))


def report_html(*, drill: Drill, pack: Pack) -> str:
    """The report as one page without any outside file."""
    return render_to_string("exercises/report.html", report_context(drill=drill, pack=pack))


def report_pdf(*, drill: Drill, pack: Pack) -> bytes:
    """The report as PDF, set by Typst from the same data."""
    context = report_context(drill=drill, pack=pack)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "report.typ").write_bytes((_TEMPLATES / "report.typ").read_bytes())
        (place / "curve.svg").write_text(context["curve"] or '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
        (place / "data.json").write_text(json.dumps({key: value for key, value in context.items() if key != "curve"}))
        return bytes(typst.compile(str(place / "report.typ"), root=folder))


def report_context(*, drill: Drill, pack: Pack) -> dict[str, Any]:
    """What both forms of the report show."""
    result = drill.result
    return {
        "result": result,
        "pack": {
            "title": pack.title,
            "summary": pack.summary,
            "minutes": pack.minutes,
            "objectives": [objective.text for objective in pack.objectives],
            "sources": [{"title": case.title, "about": case.about} for case in pack.sources],
            "wrong_acts": [act.why for act in pack.wrong_acts],
        },
        "printed": {"started": _moment(parse_iso(result["started_at"])), "ended": _moment(parse_iso(result["ended_at"]))},
        "audit": _audit(result["evidence_audit"]),
        "notices": _notices(result["notices"]["score"]),
        "curve": curve_svg(drill=drill, pack=pack),
    }


def _audit(audit: dict[str, Any]) -> dict[str, Any]:
    """The four parts of the evidence as people read them, and what cost points, by name."""
    named = {
        "Missing": audit["missing"],
        "Sealed too late, or not before it was destroyed": audit["late"],
        "Not what was sealed": audit["broken"],
        "With a gap in custody": audit["gaps"],
        "In words": audit["faults"],
    }
    return {"parts": _percents(audit["parts"]), "named": [(words, items) for words, items in named.items() if items]}


def _notices(answer: dict[str, Any] | None) -> dict[str, Any]:
    """The parts of the duties as people read them, and what cost points, by name; empty when no clock was computed."""
    if answer is None:
        return {"parts": [], "named": []}
    named = {
        "Missed": answer["missed"],
        "Not owed": answer["needless"],
        "Wrong day": answer["wrong_day"],
        "Notice missing or incomplete": answer["incomplete"],
    }
    parts = {part: answer[part] for part in WEIGHTS}
    return {"parts": _percents(parts), "named": [(words, items) for words, items in named.items() if items]}


def _percents(parts: dict[str, float]) -> list[tuple[str, str]]:
    return [(part, f"{int(round(value * 100, 6))} %") for part, value in parts.items()]


def curve_svg(*, drill: Drill, pack: Pack) -> SafeString:
    """People exposed minute by minute as the twin knows it, with the acts on it; empty when nobody was."""
    start = drill.leak_at
    points = [(datetime.fromisoformat(point["at"]).astimezone(UTC), point["people"]) for point in drill.result["curve"]]
    if not points:
        return SafeString("")
    end = drill.ended_at or drill.step_at
    acts = [
        Moment(at=start + timedelta(minutes=line["minute"]), label=line["text"])
        for line in drill.result["timeline"]
        if line["kind"] == "act" and line["text"].endswith(_ON_CURVE)
    ]
    picture = exposure_curve(
        curve=[(start, 0), *points, (end, points[-1][1])], acts=_firsts(acts), forecast=_unanswered(pack, start=start, end=end)
    )
    head, _, rest = picture.partition(">")
    return SafeString(f'{head} xmlns="http://www.w3.org/2000/svg">{_INK}{rest}')


def _unanswered(pack: Pack, *, start: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """Where the curve would stand at `end` with nobody responding: the ids are walked at one pace."""
    share = (end - start) / timedelta(minutes=pack.ground_truth.minutes)
    return [(start, 0), (end, round(pack.ground_truth.people * share))] if share < 1 else []


def _firsts(acts: list[Moment]) -> list[Moment]:
    """The first act of each kind: several alerts are one mark."""
    kinds = {next(kind for kind in _ON_CURVE if kind in act.label): act for act in reversed(acts)}
    return sorted(kinds.values(), key=lambda act: act.at)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC")
