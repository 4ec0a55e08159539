"""How a process of ours looks for garbage: rarely, since its many short-lived records go by themselves."""

import gc

_YOUNG, _MIDDLE, _OLD = 10_000, 5, 5
"""Objects, and turns of the younger generation, after which Python looks through a generation for cycles."""


def settled() -> None:
    """What exists now is never looked through again for garbage, and what comes later less often than Python would.

    For a process that has loaded what it needs and now runs for months. A record is freed when nobody holds it any more; only
    cycles wait to be found, and ours are few: those of errors with their tracebacks, of tasks and of templates.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
