"""Our own log holds words and ids; what nobody allowed never gets in."""

import json

import pytest

from hemostat.kernel import log


def test_a_field_that_nobody_allowed_is_dropped_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """A record cannot reach the log by a slip of the pen."""
    log.configure("worker")

    log.get().info("batch.written", batch=7, rows=12, record={"email": "someone"}, body="raw")

    line = json.loads(capsys.readouterr().err)
    assert {"event": "batch.written", "batch": 7, "rows": 12, "dropped": 2, "level": "info"}.items() <= line.items()
    assert "someone" not in json.dumps(line)


def test_each_line_says_which_process_spoke(capsys: pytest.CaptureFixture[str]) -> None:
    """Logs of several processes can be read together."""
    log.configure("intake")

    log.get().warning("spool.full")

    assert "intake" == json.loads(capsys.readouterr().err)["process"]
