"""rsyslog takes what we forward, over TCP and over TLS, with octet counting."""

import json
from pathlib import Path

import pytest
import trustme

from hemostat.kernel import Sink
from hemostat.sinks.base import Unavailable
from interop.tools import deliver, listens, port, rsyslogd, running, waits
from unit.sinks.made import records

pytestmark = pytest.mark.slow

CONFIGURATION = """
global(workDirectory="{folder}" maxMessageSize="64k" DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="{folder}/ca.pem"
       DefaultNetstreamDriverCertFile="{folder}/cert.pem" DefaultNetstreamDriverKeyFile="{folder}/key.pem")
module(load="imtcp")
template(name="line" type="list") {{
  property(name="pri") constant(value=" ") property(name="msgid") constant(value=" ")
  property(name="timestamp" dateFormat="rfc3339") constant(value=" ") property(name="msg") constant(value="\\n")
}}
ruleset(name="plain") {{ action(type="omfile" file="{folder}/plain" template="line") }}
ruleset(name="sealed") {{ action(type="omfile" file="{folder}/sealed" template="line") }}
input(type="imtcp" address="127.0.0.1" port="{plain}" ruleset="plain")
input(type="imtcp" address="127.0.0.1" port="{sealed}" ruleset="sealed" StreamDriver.Name="ossl" StreamDriver.Mode="1"
      StreamDriver.AuthMode="anon")
"""


def test_over_tcp_and_tls(tmp_path: Path) -> None:
    """Every message arrives whole, with its head; over TLS only after the receiver's certificate was trusted."""
    program = rsyslogd()
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    plain, sealed = port(), port()
    (tmp_path / "rsyslog.conf").write_text(CONFIGURATION.format(folder=tmp_path, plain=plain, sealed=sealed))
    command = [program, "-n", "-f", str(tmp_path / "rsyslog.conf"), "-i", str(tmp_path / "pid")]
    made = records(200, message='caf\u00e9 \U0001f4a9 "x" [y] \\ = | <13>\nnext', severity=4)
    with running(command, tmp_path, listening=plain):
        assert listens(sealed)
        assert 200 == deliver(tmp_path, Sink(kind="syslog", url=f"tcp://127.0.0.1:{plain}"), made)
        with pytest.raises(Unavailable):
            deliver(tmp_path, Sink(kind="syslog", url=f"tls://127.0.0.1:{sealed}"), made)
        trusting = Sink(kind="syslog", url=f"tls://127.0.0.1:{sealed}", options={"ca": str(tmp_path / "ca.pem")})
        assert 200 == deliver(tmp_path, trusting, made)
        for file in (tmp_path / "plain", tmp_path / "sealed"):
            assert waits(lambda file=file: _count(file) >= 200)  # type: ignore[misc]  # bound to this round

    for file in (tmp_path / "plain", tmp_path / "sealed"):
        found = [line.split(" ", 3) for line in file.read_text().splitlines()]
        assert [one.ocsf for one in made] == [json.loads(message) for *_, message in found]
        assert {("107", "session:read", "2026-03-02T12:00:00.000000Z")} == {tuple(head) for *head, _ in found}


def _count(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0
