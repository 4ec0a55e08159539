"""Pages that stay true while somebody looks at them.

A page has named parts. One small element, the pulse, asks every two seconds what changed and names the versions that it has in
`If-None-Match`; the answer is 304, or only the parts that differ. The same parts make the whole page for those without script.
"""

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_TOKEN = "0-token-of-this-form-0"  # noqa: S105  # a place holder: the real token differs each time and must not count as a change


class Parts:
    """The parts of one page, drawn once, each with a version that changes only when what people see changes."""

    def __init__(self, request: HttpRequest, templates: Mapping[str, str], context: Mapping[str, Any]) -> None:
        self._token = get_token(request)
        words = {**context, "csrf_token": _TOKEN}
        self._drawn = {name: render_to_string(template, words, request) for name, template in templates.items()}
        self.versions = {name: hashlib.sha256(html.encode()).hexdigest()[:12] for name, html in self._drawn.items()}

    @property
    def etag(self) -> str:
        """All versions in one entity tag (RFC 9110, 8.8.3)."""
        return '"' + ".".join(f"{name}-{version}" for name, version in self.versions.items()) + '"'

    @property
    def html(self) -> dict[str, SafeString]:
        """The parts by name, as they stand in the whole page."""
        return {name: format_html('<div id="part-{}" class="part">{}</div>', name, self._part(name)) for name in self._drawn}

    def changed(self, seen: str) -> SafeString:
        """The parts whose version `seen` does not name, each addressed to its place in the page."""
        fresh = [name for name, version in self.versions.items() if f"{name}-{version}" not in seen]
        return format_html_join(
            "", '<div id="part-{}" hx-swap-oob="innerHTML">{}</div>', ((name, self._part(name)) for name in fresh)
        )

    def pulse(self, url: str) -> SafeString:
        """The element that asks again in two seconds."""
        return format_html(
            '<div id="pulse" hx-get="{}" hx-trigger="every 2s" hx-swap="outerHTML" hx-headers="{}"></div>',
            url,
            json.dumps({"If-None-Match": self.etag}),
        )

    def _part(self, name: str) -> SafeString:
        # every value was escaped by the template that drew the part; a token holds letters and digits only
        return mark_safe(self._drawn[name].replace(_TOKEN, self._token))  # noqa: S308


def page(request: HttpRequest, template: str, *, parts: Parts, url: str, context: Mapping[str, Any]) -> HttpResponse:
    """The whole page with its parts and its pulse."""
    return render(request, template, {**context, "parts": parts.html, "pulse": parts.pulse(url)})


def pulse(request: HttpRequest, *, parts: Parts, url: str) -> HttpResponse:
    """304 when the asker has seen all of it, else a new pulse and the parts that changed."""
    seen = request.headers.get("If-None-Match", "")
    if seen == parts.etag:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": parts.etag})
    return HttpResponse(parts.pulse(url) + parts.changed(seen), headers={"ETag": parts.etag})


def acted(request: HttpRequest, *, parts: Parts, url: str) -> HttpResponse:
    """The answer to a form sent by script: all parts, and what there is to say about the act."""
    said = render_to_string("console/_said.html", {}, request)
    return HttpResponse(
        parts.pulse(url) + parts.changed("") + format_html('<div id="said" hx-swap-oob="innerHTML">{}</div>', mark_safe(said))  # noqa: S308  # drawn by a template
    )
