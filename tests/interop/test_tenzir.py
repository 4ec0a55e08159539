"""A Tenzir node takes what we forward: as Splunk's collector, as an OpenTelemetry receiver, as a syslog receiver."""

import json
from pathlib import Path
from typing import Any

import pytest

from hemostat.kernel import Sink
from hemostat.sinks.base import Misconfigured, Record
from interop.tools import deliver, lines, port, running, tenzir, waits
from unit.sinks.made import TOKEN, records

pytestmark = pytest.mark.slow

OUT = "write_ndjson\nsave_stdout"


def made(count: int = 200) -> list[Record]:
    """Events whose text holds everything that a format may stumble over."""
    return records(count, message='caf\u00e9 \U0001f4a9 "x" [y] \\ = | <13>\nnext', phi=["email"], severity=4)


def test_as_splunks_collector(tmp_path: Path) -> None:
    """Every event arrives as it left, with its time; a wrong key is told from everything else."""
    number = port()
    pipeline = f'accept_splunk "127.0.0.1:{number}", hec_token="{TOKEN}"\n{OUT}'
    with running([tenzir(), pipeline], tmp_path, listening=number) as said:
        sink = Sink(kind="splunk", url=f"http://127.0.0.1:{number}", options={"index": "hemostat", "max_events": 30})
        assert 200 == deliver(tmp_path, sink, made())
        assert waits(lambda: len(lines(said)) >= 200)
        got = lines(said)

        with pytest.raises(Misconfigured, match="acknowledgment"):
            deliver(tmp_path, Sink(kind="splunk", url=f"http://127.0.0.1:{number}", options={"ack": True}), made(1))

    assert [one.ocsf for one in made()] == [line["event"] for line in got[:200]]
    assert {"2026-03-02T12:00:00Z"} == {line["time"] for line in got}
    assert {"hemostat"} == {line["index"] for line in got[:200]}


def test_as_an_opentelemetry_receiver(tmp_path: Path) -> None:
    """Every record arrives, with its id, its time and its severity; its body is the whole event."""
    number = port()
    with running([tenzir(), f'accept_otlp "127.0.0.1:{number}"\n{OUT}'], tmp_path, listening=number) as said:
        sink = Sink(kind="otlp", url=f"http://127.0.0.1:{number}", options={"max_events": 30})
        assert 200 == deliver(tmp_path, sink, made())
        assert waits(lambda: len(lines(said)) >= 200)
        got = lines(said)

    assert [one.event_id for one in made()] == [_attribute(line, "log.record.uid") for line in got]
    assert {17} == {line["severity_number"] for line in got}
    assert {"2026-03-02T12:00:00Z"} == {line["time"] for line in got}
    assert made()[0].ocsf == _plain(json.loads(got[0]["body"]["json_value"]))


def test_as_a_syslog_receiver(tmp_path: Path) -> None:
    """Every message arrives whole, with its head."""
    number = port()
    pipeline = f'accept_tcp "127.0.0.1:{number}" {{\n  read_syslog octet_counting=true\n}}\n{OUT}'
    with running([tenzir(), pipeline], tmp_path, listening=number) as said:
        assert 200 == deliver(tmp_path, Sink(kind="syslog", url=f"tcp://127.0.0.1:{number}"), made())
        assert waits(lambda: len(lines(said)) >= 200)
        got = lines(said)

    assert [one.ocsf for one in made()] == [json.loads(line["message"]) for line in got]
    assert {(13, 3, "hemostat", "session:read")} == {
        (line["facility"], line["severity"], line["app_name"], line["message_id"]) for line in got
    }


def _attribute(line: dict[str, Any], key: str) -> str:
    (found,) = (one["value"]["string_value"] for one in line["attributes"] if one["key"] == key)
    return str(found)


def _plain(value: dict[str, Any]) -> Any:
    """OTLP's JSON of a value in our words."""
    ((kind, inner),) = value.items()
    match kind:
        case "kvlistValue":
            return {pair["key"]: _plain(pair["value"]) for pair in inner.get("values", [])}
        case "arrayValue":
            return [_plain(one) for one in inner.get("values", [])]
        case "intValue":
            return int(inner)
        case _:
            return inner
