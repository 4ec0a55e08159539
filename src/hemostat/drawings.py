"""Pictures drawn on the server as SVG: they print, can be read aloud, and need no script and no style of their own.

Everything here is arithmetic: given numbers, words and moments, a picture comes out. Colors are classes of `console.css`.
Lengths are in units of the picture's own view box; text is set at 11 to 12 units.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_CHARACTER = 6.4  # average width of a character at 11 units; only used to keep labels apart
_LABEL_ROW = 16
_SPOT_ROW = 62
_LONGEST_LABEL = 34
_TODAY_ROOM = 34
_TICK_SECONDS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)
_TOO_FAR = timedelta(days=120)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A point on a time axis, with a word about it."""

    at: datetime
    label: str


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A day on the line of clocks; `tone` is late, near, ok or plain."""

    on: date
    label: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """A straight line between a range of numbers and a range of the picture."""

    first: float
    last: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where `value` lies in the picture, to a tenth of a unit."""
        reach = self.last - self.first
        share = (value - self.first) / reach if reach else 0.0
        return round(self.start + share * (self.end - self.start), 1)


def ceiling(value: int) -> int:
    """The first round number (1, 2, 2.5 or 5 times a power of ten) that is not below `value`; at least 10."""
    if value <= 10:  # noqa: PLR2004  # the smallest axis
        return 10
    power = 10 ** math.floor(math.log10(value))
    return next(int(step * power) for step in (1, 2, 2.5, 5, 10) if step * power >= value)


def ticks(first: datetime, last: datetime, *, most: int) -> list[datetime]:
    """Round moments within a range, at most `most` of them, at one even distance."""
    reach = (last - first).total_seconds()
    step = next((step for step in _TICK_SECONDS if reach / step <= most), _TICK_SECONDS[-1])
    start = math.ceil(first.timestamp() / step) * step
    return [datetime.fromtimestamp(second, UTC) for second in range(start, math.floor(last.timestamp()) + 1, step)][:most]


def stack(spans: Sequence[tuple[float, float]], *, rows: int) -> list[int | None]:
    """For each span, given in order of their starts, the first row where it overlaps nothing; None when all are taken."""
    ends = [-math.inf] * rows
    places: list[int | None] = []
    for start, end in spans:
        row = next((row for row in range(rows) if ends[row] <= start), None)
        if row is not None:
            ends[row] = end
        places.append(row)
    return places


def exposure_curve(
    *,
    curve: Sequence[tuple[datetime, int]],
    acts: Sequence[Moment] = (),
    forecast: Sequence[tuple[datetime, int]] = (),
    width: int = 860,
    height: int = 230,
    key: str = "exposure",
) -> SafeString:
    """People exposed over time, with the acts on it and, dotted, what happens if nothing is done.

    A forecast goes on from the curve's last point; one that starts earlier is a line of its own.

    Empty when nothing has been counted yet. `key` keeps the picture's ids apart from those of others on the page.
    """
    if not curve:
        return SafeString("")
    moments = [moment for moment, _ in (*curve, *forecast)] + [act.at for act in acts]
    labels = _act_labels(acts, first=min(moments), last=max(moments), width=width)
    top = 14 + _LABEL_ROW * (1 + max((row for _, row in labels.values() if row is not None), default=0))
    across = _Axis(first=min(moments).timestamp(), last=max(moments).timestamp(), start=46, end=width - 14)
    highest = ceiling(max(people for _, people in (*curve, *forecast)))
    up = _Axis(first=0, last=highest, start=height - 26, end=top)
    return format_html(
        '<svg class="curve" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{key}-title {key}-desc">'
        '<title id="{key}-title">People exposed over time</title><desc id="{key}-desc">{desc}</desc>{body}</svg>',
        w=width,
        h=height,
        key=key,
        desc=_curve_in_words(curve, acts, forecast),
        body=format_html_join(
            "",
            "{}",
            [
                (_grid(up, across, highest),),
                (_times(across, moments, base=height - 26, most=max(2, width // 150)),),
                (_line(curve, across, up),),
                (_forecast(curve[-1], forecast, across, up),),
                (_act_lines(acts, labels, across, base=height - 26),),
            ],
        ),
    )


def _grid(up: _Axis, across: _Axis, highest: int) -> SafeString:
    lines = [(value, up.at(value)) for value in (0, highest // 2, highest)]
    return format_html_join(
        "",
        '<path class="grid" d="M{} {}H{}"/><text class="axis" x="{}" y="{}" text-anchor="end">{}</text>',
        ((across.start, y, across.end, across.start - 8, y + 4, short_number(value)) for value, y in lines),
    )


def _times(across: _Axis, moments: Sequence[datetime], *, base: float, most: int) -> SafeString:
    first, last = min(moments), max(moments)
    pattern = "%H:%M" if last - first < timedelta(days=2) else "%-d %b"
    return format_html_join(
        "",
        '<path class="grid" d="M{x} {base}v4"/><text class="axis" x="{x}" y="{y}" text-anchor="middle">{word}</text>',
        (
            {"x": across.at(tick.timestamp()), "base": base, "y": base + 18, "word": tick.strftime(pattern)}
            for tick in ticks(first, last, most=most)
        ),
    )


def _line(curve: Sequence[tuple[datetime, int]], across: _Axis, up: _Axis) -> SafeString:
    points = [(across.at(moment.timestamp()), up.at(people)) for moment, people in curve]
    track = " L".join(f"{x} {y}" for x, y in points)
    (x0, _), (x1, y1) = points[0], points[-1]
    return format_html(
        '<path class="area" d="M{x0} {base} L{track} L{x1} {base}Z"/><path class="line" d="M{track}"/>'
        '<circle class="head" cx="{x1}" cy="{y1}" r="4.5"/>',
        x0=x0,
        x1=x1,
        y1=y1,
        base=up.start,
        track=track,
    )


def _forecast(head: tuple[datetime, int], forecast: Sequence[tuple[datetime, int]], across: _Axis, up: _Axis) -> SafeString:
    if not forecast:
        return SafeString("")
    points = forecast if forecast[0][0] < head[0] else (head, *forecast)
    track = " L".join(f"{across.at(moment.timestamp())} {up.at(people)}" for moment, people in points)
    moment, people = forecast[-1]
    return format_html(
        '<path class="forecast" d="M{}"/><text class="note" x="{}" y="{}" text-anchor="end">if nothing is done: {} by {}</text>',
        track,
        across.end,
        up.at(people) - 8,
        f"{people:,}",
        moment.astimezone(UTC).strftime("%H:%M"),
    )


def _act_labels(
    acts: Sequence[Moment], *, first: datetime, last: datetime, width: int
) -> dict[int, tuple[tuple[float, float], int | None]]:
    """Where the words of each act stand: their span, and their row from the top (None: there is no room for them)."""
    across = _Axis(first=first.timestamp(), last=last.timestamp(), start=46, end=width - 14)
    order = sorted(range(len(acts)), key=lambda index: acts[index].at)
    spans = []
    for index in order:
        x = across.at(acts[index].at.timestamp())
        room = _CHARACTER * len(_act_words(acts[index])) + 12
        start = x if x + room <= width else x - room
        spans.append((start, start + room))
    rows = stack(spans, rows=4)
    return {index: (span, row) for index, span, row in zip(order, spans, rows, strict=True)}


def _act_lines(
    acts: Sequence[Moment], labels: dict[int, tuple[tuple[float, float], int | None]], across: _Axis, *, base: float
) -> SafeString:
    return format_html_join("", "{}", ((_act_line(act, *labels[index], across, base),) for index, act in enumerate(acts)))


def _act_line(act: Moment, span: tuple[float, float], row: int | None, across: _Axis, base: float) -> SafeString:
    x = across.at(act.at.timestamp())
    if row is None:
        return format_html('<path class="act" d="M{} {}V{}"/>', x, base - 12, base)
    y = 12 + _LABEL_ROW * row
    before = span[0] < x
    return format_html(
        '<path class="act" d="M{x} {top}V{base}"/><text class="note" x="{at}" y="{y}" text-anchor="{anchor}">{words}</text>',
        x=x,
        top=y - 9,
        base=base,
        at=x - 5 if before else x + 5,
        y=y,
        anchor="end" if before else "start",
        words=_act_words(act),
    )


def _act_words(act: Moment) -> str:
    return f"{act.at.astimezone(UTC):%H:%M} {_cut(act.label)}"


def _curve_in_words(
    curve: Sequence[tuple[datetime, int]], acts: Sequence[Moment], forecast: Sequence[tuple[datetime, int]]
) -> str:
    words = [f"From {_clock(curve[0][0])} to {_clock(curve[-1][0])} UTC: {curve[-1][1]:,} people."]
    words += [f"{_clock(act.at)} {act.label}." for act in sorted(acts, key=lambda act: act.at)]
    if forecast:
        words.append(f"If nothing is done: {forecast[-1][1]:,} by {_clock(forecast[-1][0])}.")
    return " ".join(words)


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M")


def short_number(value: int) -> str:
    """A count in few characters: 950, 1.5k, 20k, 3M."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}" if value % (size // 10) == 0 else f"{value / size:.2f}{letter}"
    return str(value)


def clock_line(*, deadlines: Sequence[Deadline], start: date, today: date, width: int = 1180, key: str = "clocks") -> SafeString:
    """The days on which duties end, on one line from the day of discovery; far ones are gathered at the right edge."""
    if not deadlines:
        return SafeString("")
    near, far = _near_and_far(deadlines, start=start)
    # When the last day has passed the line goes on to today: it must not look as if today were the last day.
    last = max([deadline.on for deadline in near] + [start + timedelta(days=1), min(today, start + _TOO_FAR)])
    across = _Axis(first=start.toordinal(), last=last.toordinal(), start=24, end=width - (150 if far else 24))
    groups = list(_by_day(near))
    spots = [_Spot.of(across.at(min(max(day, start), last).toordinal()), day, group, width=width) for day, group in groups]
    above = stack([spot.span for spot in spots], rows=3)
    deepest = max((row for row in above if row is not None), default=0)
    base = 20 + _SPOT_ROW * (deepest + 1)
    now_at = across.at(min(max(today, start), last).toordinal())
    return format_html(
        '<svg class="clockline" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{key}-title {key}-desc">'
        '<title id="{key}-title">Deadlines by day</title><desc id="{key}-desc">{desc}</desc>'
        '<path class="track" d="M{x0} {y}H{x1}"/><path class="passed" d="M{x0} {y}H{now}"/>'
        '<path class="today" d="M{now} {t0}V{t1}"/>'
        '<text class="axis" x="{now}" y="{ty}" text-anchor="{anchor}">today</text>{far}{spots}</svg>',
        w=width,
        h=base + 30,
        key=key,
        desc="; ".join(f"{deadline.on:%-d %b %Y}: {deadline.label}" for deadline in sorted(deadlines, key=lambda d: d.on)),
        x0=across.start,
        x1=across.end,
        y=base,
        now=now_at,
        t0=base - 9,
        t1=base + 9,
        ty=base + 25,
        anchor="start" if now_at < 60 else "middle",  # noqa: PLR2004  # the word must not leave the picture
        far=_far(far, x=across.end, base=base),
        spots=format_html_join(
            "",
            "{}",
            (
                (spot.drawn(row, base=base, start=start, is_today=abs(spot.x - now_at) < _TODAY_ROOM),)
                for spot, row in zip(spots, above, strict=True)
            ),
        ),
    )


def _near_and_far(deadlines: Sequence[Deadline], *, start: date) -> tuple[list[Deadline], list[Deadline]]:
    near = [deadline for deadline in deadlines if deadline.on - start <= _TOO_FAR]
    far = [deadline for deadline in deadlines if deadline.on - start > _TOO_FAR]
    return near, sorted(far, key=lambda deadline: deadline.on)


def _by_day(deadlines: Sequence[Deadline]) -> Iterator[tuple[date, list[Deadline]]]:
    for day in sorted({deadline.on for deadline in deadlines}):
        yield day, [deadline for deadline in deadlines if deadline.on == day]


def _far(far: Sequence[Deadline], *, x: float, base: float) -> SafeString:
    if not far:
        return SafeString("")
    return format_html(
        '<path class="later" d="M{x} {base}h26"/><text class="note" x="{tx}" y="{y}">{more} later,</text>'
        '<text class="axis" x="{tx}" y="{y2}">next {on}</text>',
        x=x + 4,
        base=base,
        tx=x + 38,
        y=base - 2,
        y2=base + 13,
        more=len(far),
        on=f"{far[0].on:%-d %b %Y}",
    )


@dataclass(frozen=True, kw_only=True)
class _Spot:
    """One day on the line of clocks with its words."""

    x: float
    span: tuple[float, float]
    day: date
    words: tuple[str, ...]
    tone: str

    @classmethod
    def of(cls, x: float, day: date, group: Sequence[Deadline], *, width: int) -> "_Spot":
        """The spot of a day; its words run left when there is no room on the right."""
        first = [_cut(deadline.label) for deadline in group[:2]]
        words = first if len(group) <= 2 else [first[0], f"+ {len(group) - 1} more"]  # noqa: PLR2004  # two lines of words
        room = _CHARACTER * max(len(word) for word in [*words, "00 Mon"]) + 20
        start = x - 8 if x - 8 + room <= width else x + 8 - room
        tone = next(tone for tone in ("late", "near", "plain", "ok") if tone in {deadline.tone for deadline in group} | {"ok"})
        return cls(x=x, span=(start, start + room), day=day, words=tuple(words), tone=tone)

    def drawn(self, row: int | None, *, base: float, start: date, is_today: bool) -> SafeString:
        """The mark on the line; its words too, unless all rows are taken: the table has them.

        Its distance from the start gives way to the word `today` where both would stand.
        """
        mark = format_html('<circle class="mark {}" cx="{}" cy="{}" r="7"/>', self.tone, self.x, base)
        if row is None:
            return mark
        y = base - _SPOT_ROW * (row + 1) + 14
        left = self.span[0] < self.x - 8
        anchor, edge = ("end", self.x - 6) if left else ("start", self.x + 6)
        words = format_html_join(
            "",
            '<text class="note" x="{}" y="{}" text-anchor="{}">{}</text>',
            ((edge, y + 15 * (line + 1), anchor, word) for line, word in enumerate(self.words)),
        )
        return format_html(
            '<path class="stem" d="M{x} {from_y}V{to_y}"/>{mark}'
            '<text class="day" x="{edge}" y="{y}" text-anchor="{anchor}">{day}</text>'
            '{words}<text class="axis" x="{x}" y="{below}" text-anchor="middle">{count}</text>',
            x=self.x,
            from_y=y - 10,
            to_y=base - 8,
            mark=mark,
            edge=edge,
            y=y,
            anchor=anchor,
            day=f"{self.day:%-d %b}",
            words=words,
            below=base + 25,
            count="" if is_today else f"{(self.day - start).days} d",
        )


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def sparkline(values: Sequence[int], *, words: str, width: int = 120, height: int = 24) -> SafeString:
    """The rhythm of a count as one small line; `words` say it for those who do not see it. Empty for fewer than two values."""
    if len(values) < 2:  # noqa: PLR2004  # a line needs two points
        return SafeString("")
    across = _Axis(first=0, last=len(values) - 1, start=2, end=width - 2)
    up = _Axis(first=0, last=max(*values, 1), start=height - 3, end=3)
    track = " L".join(f"{across.at(index)} {up.at(value)}" for index, value in enumerate(values))
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="line" d="M{}"/></svg>',
        width,
        height,
        words,
        track,
    )


def share_bar(counts: Sequence[tuple[str, int]], *, words: str, width: int = 320, height: int = 14) -> SafeString:
    """Parts of a whole side by side, each under its class; `words` say it. Empty when there is nothing to count."""
    whole = sum(count for _, count in counts)
    if not whole:
        return SafeString("")
    across, done, pieces = _Axis(first=0, last=whole, start=0, end=width), 0, []
    for name, count in counts:
        if count:
            start, end = across.at(done), across.at(done + count)
            # A gap between neighbors, so that they are told apart without their colors.
            pieces.append((name, start, max(1.0, round(end - start - 2, 1)), height))
        done += count
    return format_html(
        '<svg class="share" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        words,
        format_html_join("", '<rect class="{}" x="{}" y="0" width="{}" height="{}"/>', pieces),
    )


def bar(value: int, most: int, *, width: int = 320, height: int = 14) -> SafeString:
    """How much a count is of the greatest, as one bar. The number stands beside it as text, so the bar says nothing aloud."""
    length = _Axis(first=0, last=max(most, 1), start=0, end=width).at(max(value, 0))
    return format_html(
        '<svg class="share" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="much" x="0" y="0" width="{}" height="{}"/></svg>',
        width,
        height,
        length,
        height,
    )


def columns(values: Sequence[int], *, words: str, most: int = 1, width: int = 640, height: int = 90) -> SafeString:
    """A count over time as one column for each step, side by side; `words` say it. Empty for fewer than two values.

    most: a count that is in the picture at least, so that pictures beside each other have one scale.
    """
    if len(values) < 2:  # noqa: PLR2004  # one column shows no course
        return SafeString("")
    across = _Axis(first=0, last=len(values), start=0, end=width)
    up = _Axis(first=0, last=max(*values, most), start=0, end=height - 2)
    gap = 1 if len(values) < width / 4 else 0
    pieces = [
        (across.at(place), round(height - up.at(value), 1), round(width / len(values) - gap, 1), up.at(value))
        for place, value in enumerate(values)
        if value > 0
    ]
    return format_html(
        '<svg class="course" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="ground" d="M0 {} H{}"/>{}</svg>',
        width,
        height,
        words,
        height,
        width,
        format_html_join("", '<rect class="much" x="{}" y="{}" width="{}" height="{}"/>', pieces),
    )
