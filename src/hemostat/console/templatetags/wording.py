"""Filters for templates: moments, spans of time, counts, long identifiers, and text from outside made inert."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hemostat.console import deadlines
from hemostat.incidents.answers import answer_words
from hemostat.incidents.fact_sheet import finding_words
from hemostat.incidents.models import Assessment
from hemostat.incidents.selectors import Clock
from hemostat.kernel import iso

register = template.Library()

_TONES = {
    "late": "late", "critical": "late", "failed": "late", "missing": "late", "damaged": "late", "silent": "late",
    "missed": "late",
    "high": "near", "medium": "near", "new": "late", "open": "near", "acknowledged": "near", "near": "near",
    "awaiting_second": "near", "running": "near", "draft": "near", "drafted": "near", "behind": "near", "approved": "near",
    "ready": "brand", "incident": "brand",
    "contained": "ok", "done": "ok", "sent": "ok", "ok": "ok", "live": "ok", "met": "ok", "verified": "ok",
    "logged": "ok", "not connected": "near", "holds": "ok", "fails": "late",
    "active": "ok", "watch": "near", "tuning": "late",
    "warn": "near", "escalate": "late", "limit": "late", "passed": "late",
}  # fmt: skip
_POINTS = {"warn": "warning", "escalate": "escalated", "limit": "last day", "passed": "limit passed"}


@register.filter
def tone(word: object) -> str:
    """The tone of a word of state: late, near, ok, brand or plain. The word itself always stands beside it."""
    return _TONES.get(str(word).lower(), "plain")


@register.filter
def inert(text: object) -> str:
    """Text from outside; what is not printable in it (controls, directions, odd spaces) is shown as a code, never acted on.

    Markup is the business of the template's own escaping, which stays on.
    """
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in str(text))


@register.filter
def lines(text: object) -> SafeString:
    """Text of several lines, each made inert, with a line break between them."""
    return format_html_join(SafeString("<br>"), "{}", ((inert(line),) for line in str(text).split("\n")))


@register.filter
def coded(text: str) -> SafeString:
    """A sentence of ours in which what stands between grave accents is a command or a word to write as it is."""
    parts = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", part) if odd % 2 else part,) for odd, part in parts))


@register.filter
def words(word: object) -> str:
    """A word of a closed list as people read it: underscores and dashes are spaces."""
    return str(word).replace("_", " ").replace("-", " ")


@register.filter
def headed(word: object) -> str:
    """`words`, with a capital first letter."""
    plain = words(word)
    return plain[:1].upper() + plain[1:]


@register.filter
def moment(at: datetime | None, form: str = "minute") -> SafeString:
    """A moment in UTC as a `time` element; `form` is second, minute, day or full. A dash when there is none."""
    if at is None:
        return SafeString("—")
    pattern = {"second": "%H:%M:%S", "minute": "%H:%M", "day": "%-d %b %Y", "full": "%-d %b %Y %H:%M"}[form]
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>', iso(at), f"{at:%Y-%m-%d %H:%M:%S}", f"{at.astimezone(UTC):{pattern}}"
    )


@register.filter
def local(at: datetime, zone: str) -> str:
    """A moment on the wall clock of a zone, with the city of the zone, and the day there when it is another one than in UTC."""
    here = at.astimezone(ZoneInfo(zone))
    day = "" if here.date() == at.astimezone(UTC).date() else f"{here:%-d %b} "
    return f"{day}{here:%H:%M} {city(zone)}"


@register.filter
def city(zone: str) -> str:
    """The city that a zone is named for."""
    return zone.rpartition("/")[2].replace("_", " ")


@register.filter
def both_clocks(at: datetime, zone: str) -> str:
    """A moment on the wall clock of a zone beside UTC, with the day in UTC when it is another one."""
    here, there = at.astimezone(ZoneInfo(zone)), at.astimezone(UTC)
    form = "%H:%M" if here.second == 0 else "%H:%M:%S"
    day = "" if here.date() == there.date() else f"{there:%-d %b} "
    return f"{here:{form}} = {day}{there:{form}} UTC"


@register.filter
def local_day(at: datetime, zone: str) -> str:
    """The day of a moment on the wall of a zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%-d %b %Y}"


@register.filter
def point_word(point: str) -> str:
    """What a point of a clock means, in a word or two."""
    return _POINTS[point]


@register.filter
def days_chip(clock: Clock) -> SafeString:
    """How long a clock with a day has still to run, or that it is met or late."""
    left = clock.days_left or 0
    told = "met" if clock.urgency == "met" else f"late: {-left} d over" if left < 0 else f"{left} d left"
    return format_html('<span class="chip {}">{}</span>', tone(clock.urgency), told)


@register.filter
def owed_by_others(duty: object) -> bool:
    """Is a duty somebody else's than the organization's, going by what the organization is?"""
    return deadlines.owed_by_others(getattr(duty, "obligor", ""))


@register.filter
def since(at: datetime | None, now: datetime) -> str:
    """How long ago `at` was, in the two largest units; minutes at the least. Empty when there is no moment."""
    return span(now - at) if at else ""


@register.filter
def span(duration: timedelta | float) -> str:
    """A duration in its two largest units: 3 d 4 h, 34 min, 12 s. A negative one counts as none."""
    seconds = max(0, int(duration.total_seconds() if isinstance(duration, timedelta) else duration))
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    largest = next((index for index, (size, _) in enumerate(units) if seconds >= size), 3)
    parts: list[str] = []
    for size, name in units[largest : largest + 2]:
        count, seconds = divmod(seconds, size)
        if count or not parts:
            parts.append(f"{count} {name}")
    return " ".join(parts[:1] if largest == 2 else parts)  # noqa: PLR2004  # minutes stand alone: seconds would flicker


@register.filter
def count(number: float | None) -> str:
    """A count with separators, or a dash when nobody has counted."""
    return "—" if number is None else f"{number:,}"


@register.filter
def percent(share: float | None) -> str:
    """A share in whole percents, or a dash when there is none."""
    return "—" if share is None else f"{share * 100:.0f} %"


@register.filter
def rate(number: float) -> str:
    """A count a day, with one place when it is small."""
    return f"{number:.1f}" if 0 < number < 10 else f"{number:,.0f}"  # noqa: PLR2004  # two digits say enough


@register.filter
def size(octets: int) -> str:
    """A size in bytes as people read it, in powers of ten."""
    for step, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if octets >= step:
            return f"{octets / step:.1f} {name}"
    return f"{octets} bytes"


@register.filter
def middle(text: str, keep: int = 8) -> SafeString:
    """A long identifier, made inert and shortened in the middle; the whole of it can be copied."""
    text = inert(text)
    if len(text) <= 2 * keep + 1:
        return format_html("<code>{}</code>", text)
    return format_html(
        '<span class="id"><code title="{0}">{1}…{2}</code>'
        '<button type="button" class="copy" data-copy="{0}">copy</button></span>',
        text,
        text[:keep],
        text[-4:],
    )


@register.filter
def listed(items: Iterable[object]) -> str:
    """Words in a row, separated by commas."""
    return ", ".join(str(item) for item in items)


@register.filter
def get(mapping: dict[str, object], key: str) -> object:
    """One value of a mapping; empty text when it is not there."""
    return mapping.get(key, "")


@register.filter
def cell(value: object) -> str:
    """One value of an answer: moments in UTC, lists in a row, an empty text for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return listed(value) if isinstance(value, list | tuple) else str(value)


@register.filter
def absolute(number: int) -> int:
    """A number without its sign."""
    return abs(number)


@register.filter
def addressee(duty: object) -> str:
    """Whom a duty tells, with the place."""
    return deadlines.addressee(getattr(duty, "recipient_name", ""), getattr(duty, "jurisdiction", ""))


@register.filter
def answered(value: object) -> str:
    """An answer to a question of the law, in words."""
    return answer_words(value)


@register.filter
def found(assessment: Assessment) -> str:
    """What an approved assessment found, in words."""
    return finding_words(assessment)
