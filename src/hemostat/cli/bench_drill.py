"""`hemostat bench drill`: how long a whole headless drill takes, and in how much memory."""

import subprocess
import sys
import tempfile
import time
from typing import Any

from hemostat.kernel import BadInput

from .bench_watch import family, resident

_DRILL = ["drill", "run", "storefront-session-leak", "--autopilot", "--seed", "7"]
_LIMIT = 60.0  # seconds of a headless drill at default compression
_MEMORY_LIMIT = 700.0  # megabytes of all its processes together


def drill() -> dict[str, Any]:
    """Seconds of a headless drill from its command to its report, and the most memory that its processes held together."""
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        command = [sys.executable, "-m", "hemostat", *_DRILL, "--home", f"{folder}/home", "--report", f"{folder}/out"]
        started, peak = time.monotonic(), 0.0
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603  # our own
            while process.poll() is None:
                peak = max(peak, sum(map(resident, family(process.pid))))
                time.sleep(0.1)
        seconds = time.monotonic() - started
    if process.returncode:
        raise BadInput("The bench stopped: the drill failed.", advice=f"Run it alone: hemostat {' '.join(_DRILL)}")
    return {
        "seconds": seconds,
        "share of the limit of 60 s": seconds / _LIMIT,
        "most resident megabytes, all processes": peak,
        "share of the limit of 700 MB": peak / _MEMORY_LIMIT,
    }
