"""What went wrong behind the door, as a refusal: whatever it was, its sender may come again, and nothing of it was kept."""

import traceback
from pathlib import Path

from hemostat.kernel import HemostatError, log
from hemostat.lake.spool import SpoolFull

from .answers import Refused, try_later

_NOT_READY_RETRY = 30  # seconds


def refusal(error: Exception) -> Refused:
    """The refusal that tells the sender; a fault of ours is in the log."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, SpoolFull):
        return try_later("spool_full", str(error), advice=error.advice(), seconds=error.retry_after)
    if isinstance(error, HemostatError):
        log.get().error("intake.fault", error=type(error).__name__, reason=str(error))
        return not_ready(str(error), advice=error.advice())
    # The last resort: silence would tell the sender nothing. The error's own text may hold what was sent.
    log.get().error("intake.fault", error=type(error).__name__, path=_place(error))
    return not_ready("A fault of ours.", advice="Send again later; the log of the intake names the place.")


def not_ready(reason: str, *, advice: str) -> Refused:
    """Nothing can be taken now, through no fault of the sender."""
    return try_later("not_ready", reason, advice=advice, seconds=_NOT_READY_RETRY)


def _place(error: Exception) -> str:
    """File and line where an error arose."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
