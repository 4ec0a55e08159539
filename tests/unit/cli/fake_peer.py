"""A peer that speaks the lines of `hemostat.cli.peers.runner`: whatever has an `@` is an e-mail address, as a whole text."""

import json
import signal
import sys


def main() -> None:
    """Answers until there is nothing more to read; `dumb` ends at the first question, and `deaf` never does."""
    _say({"version": f"of {sys.argv[1]}"})
    if sys.argv[1] == "deaf":
        signal.pause()
    for line in sys.stdin:
        if sys.argv[1] == "dumb":
            return
        texts = json.loads(line)
        found = [[[0, len(text), "EMAIL_ADDRESS"], [0, 1, "UUID"]] if "@" in text else [] for text in texts]
        _say([0.25, found])


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
