"""The console as a WSGI application, for Granian or any other server."""

import logging
import os
import sys
import threading
import traceback
from typing import Any

from django.core.signals import got_request_exception
from django.core.wsgi import get_wsgi_application

from hemostat.incidents.words import words_ready
from hemostat.kernel import log

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hemostat.console.settings")


def _failed(request: Any = None, **_: Any) -> None:
    """An error that nobody foresaw is in the log: which page, and what kind, never what it held."""
    kind, _error, trace = sys.exc_info()
    match = getattr(request, "resolver_match", None)
    place = traceback.extract_tb(trace)[-1] if trace else None
    log.get().error(
        "request.failed",
        path=match.view_name if match else "",
        error=kind.__name__ if kind else "",
        reason=f"{place.filename}:{place.lineno}" if place else "",
    )


log.configure("console")
# Django's own lines carry addresses, and an address may name a person.
logging.getLogger("django").addHandler(logging.NullHandler())
logging.getLogger("django").propagate = False
application = get_wsgi_application()
threading.Thread(target=words_ready, name="words", daemon=True).start()
got_request_exception.connect(_failed, dispatch_uid="hemostat.console.failed")
