"""A map of the country in tiles: one square a jurisdiction, in about its place, with the days it gives to tell residents."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hemostat.law.table import Place

_ROWS = (
    "AK .. .. .. .. .. .. .. .. .. .. ME",
    ".. .. .. .. .. .. .. .. .. .. VT NH",
    ".. WA ID MT ND MN IL WI MI NY RI MA",
    ".. OR NV WY SD IA IN OH PA NJ CT ..",
    ".. CA UT CO NE MO KY WV VA MD DE ..",
    ".. .. AZ NM KS AR TN NC SC DC .. ..",
    ".. .. .. .. OK LA MS AL GA .. PR ..",
    "HI GU .. .. TX .. .. .. .. FL VI ..",
)
_SIDE, _GAP = 44, 4
_STEP = _SIDE + _GAP
_SHORT, _MIDDLE = 30, 45


def law_map(places: Iterable[Place]) -> SafeString:
    """The map as SVG. Each tile is a link to the page of its jurisdiction and says its days in words, so color is never alone."""
    known = {place.code.removeprefix("US-"): place for place in places}
    tiles = [
        (x * _STEP, y * _STEP, known[code])
        for y, line in enumerate(_ROWS)
        for x, code in enumerate(line.split())
        if code in known
    ]
    width, height = len(_ROWS[0].split()) * _STEP - _GAP, len(_ROWS) * _STEP - _GAP
    return format_html(
        '<svg class="law-map" viewBox="0 0 {} {}" role="group" aria-label="Days to tell residents, by jurisdiction">{}</svg>',
        width,
        height,
        format_html_join("", "{}", ((_tile(x, y, place),) for x, y, place in tiles)),
    )


def _tile(x: int, y: int, place: Place) -> SafeString:
    words = f"{place.name}: {place.days} days" if place.days else f"{place.name}: no number in the law"
    return format_html(
        '<a href="{}" aria-label="{}"><title>{}</title><rect class="tile {}" x="{}" y="{}" width="{}" height="{}" rx="6"/>'
        '<text class="tile-code" x="{}" y="{}">{}</text><text class="tile-days" x="{}" y="{}">{}</text></a>',
        reverse("law_place", args=[place.code]),
        words,
        words,
        _tone(place.days),
        x,
        y,
        _SIDE,
        _SIDE,
        x + _SIDE / 2,
        y + 17,
        place.code.removeprefix("US-"),
        x + _SIDE / 2,
        y + 34,
        place.days or "-",
    )


def _tone(days: int | None) -> str:
    if days is None:
        return "open"
    return "short" if days <= _SHORT else "middle" if days <= _MIDDLE else "long"
