"""Ranges of money drawn as bars on the server, for wide and for narrow screens."""

import math
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hemostat.law.exposure import ExposureRange

_CHARACTER = 6.3  # average width of a character at 11 units
_WIDE = 600
"""From this width on, a title and its range stand in one line."""
_TOP = 22
_FIRST = 100
"""The first round amount on the axis; everything from nothing up to it lies at its left end."""


def dollars(amount: int) -> str:
    """An amount in US dollars in few characters: $250, $53.5k, $2.19M, $1,200B."""
    for size, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if amount >= size:
            shown = amount / size
            return f"${shown:,.0f}{letter}" if shown >= 100 else f"${shown:.3g}{letter}"  # noqa: PLR2004  # three digits
    return f"${amount}"


def span(one: ExposureRange) -> str:
    """The range in words."""
    if one.high == 0:
        return "nothing now"
    return dollars(one.high) if one.low == one.high else f"{dollars(one.low)} to {dollars(one.high)}"


def ranges_drawn(ranges: Sequence[ExposureRange], *, width: int, key: str) -> SafeString:
    """A bar for each range on one axis, where each step to the right is ten times more; dashed is what it can still become.

    Empty without ranges. `key` keeps the picture's ids apart from those of others on the page.
    """
    if not ranges:
        return SafeString("")
    most = max(_FIRST * 10, *(max(one.high, one.ceiling or 0) for one in ranges))
    decades = math.ceil(math.log10(most))
    left, right = 26, width - 24
    step = 40 if width >= _WIDE else 56
    height = _TOP + step * len(ranges) + 26
    across = [(10**power, _at(10**power, decades, left, right)) for power in range(2, decades + 1)]
    return format_html(
        '<svg class="ranges" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{key}-title {key}-desc">'
        '<title id="{key}-title">What each law could ask for</title><desc id="{key}-desc">{desc}</desc>{grid}{rows}</svg>',
        w=width,
        h=height,
        key=key,
        desc=" ".join(f"{one.title}: {span(one)}{_more(one)}." for one in ranges),
        grid=_grid([(0, left), *across], height - 22),
        rows=format_html_join(
            "", "{}", ((_row(one, _TOP + step * index, step, decades, (left, right)),) for index, one in enumerate(ranges))
        ),
    )


def _more(one: ExposureRange) -> str:
    return f", can become {dollars(one.ceiling)}" if one.ceiling is not None and one.ceiling > one.high else ""


def _at(amount: int, decades: int, left: int, right: int) -> float:
    """Where an amount lies: nothing at the left end, then each power of ten one even step further."""
    steps = decades - 1
    place = math.log10(max(amount, 10)) - 1
    return round(left + place / steps * (right - left), 1)


def _grid(across: Sequence[tuple[int, float]], base: int) -> SafeString:
    return format_html_join(
        "",
        '<path class="grid" d="M{} {}V{}"/><text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x, _TOP - 8, base, x, base + 15, dollars(amount)) for amount, x in across),
    )


def _row(one: ExposureRange, top: int, step: int, decades: int, sides: tuple[int, int]) -> SafeString:
    low, high = (_at(amount, decades, *sides) for amount in (one.low, one.high))
    y = top + step - 15
    more = SafeString("")
    if _more(one):
        end = _at(one.ceiling or 0, decades, *sides)
        more = format_html('<path class="more" d="M{} {}H{}"/><path class="end" d="M{} {}V{}"/>', high, y, end, end, y - 5, y + 5)
    bar = format_html('<circle class="none" cx="{}" cy="{}" r="4"/>', sides[0], y)
    if one.high:
        bar = format_html('<path class="band" d="M{} {}H{}"/>', low, y, max(high, low + 3))
    return format_html("{}{}{}", _label(one, top + 13, step, sides), more, bar)


def _label(one: ExposureRange, y: int, step: int, sides: tuple[int, int]) -> SafeString:
    """The title and the range, in one line or, on narrow pictures, in two."""
    room = int((sides[1] - sides[0]) / _CHARACTER)
    amounts = f"{span(one)}{_more(one)}"
    title = one.title if len(one.title) <= room else f"{one.title[: room - 1]}…"
    lines = [f"{one.title}: {amounts}"] if step == 40 else [title, amounts]  # noqa: PLR2004  # the height of one line and its bar
    return format_html_join(
        "",
        '<text class="{}" x="{}" y="{}">{}</text>',
        (("note" if number == 0 else "axis", sides[0], y + 15 * number, line) for number, line in enumerate(lines)),
    )
