"""What the door takes, what it refuses and in which words, asked of the real process over loopback."""

import gzip
import hashlib
import hmac
import itertools
import socket
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest

from unit.intake.door import JSON, LIMIT, LINE, NDJSON, SECRETS, TEXT, Door, packed

NUMBERS = itertools.count(1)
EVENT = {"time": "2026-03-02T14:04:00Z", "act": "token:mint", "subject": "7"}


def unique(count: int = 1) -> bytes:
    """Log lines that no test sent before."""
    return b"".join(LINE.replace(b"7000001", b"%d" % next(NUMBERS)) for _ in range(count))


def head(door: Door) -> str:
    """The head of a POST for `edge`, still without a length."""
    key = door.bearer("edge")["authorization"]
    return f"POST /in/events/edge HTTP/1.1\nhost: x\nauthorization: {key}\ncontent-type: text/plain"


def peak(door: Door) -> int:
    """The most memory that the process ever had, in kilobytes."""
    assert door.process
    lines = Path(f"/proc/{door.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def last(door: Door) -> bytes:
    """The newest body in the spool."""
    return door.kept()[-1][2]


def test_log_lines_are_taken_and_numbered(door: Door) -> None:
    """Lines of a web server as text: counted, acknowledged with the number under which they are on disk."""
    body = unique(3)

    reply = door.send(body)

    assert 200 == reply.status
    assert "application/json" == reply.headers["content-type"]
    answer = reply.json()
    assert {"accepted": 3, "duplicate": False, "seq": answer["seq"]} == answer
    assert (answer["seq"], "edge", body) == door.kept()[-1]


@pytest.mark.parametrize("kind", [NDJSON, JSON, "application/ndjson", "application/jsonl; charset=utf-8", "Application/JSON"])
def test_ndjson_is_kept_as_it_came(door: Door, kind: str) -> None:
    """NDJSON under any of its names stays byte for byte, a bad line included: that is for the reader to judge."""
    body = msgspec.json.encode({**EVENT, "subject": next(NUMBERS)}) + b'\n{"cut": \n' + msgspec.json.encode(EVENT)

    assert 3 == door.send(body, source="app", kind=kind).json()["accepted"]
    assert body == last(door)


def test_a_json_array_becomes_lines(door: Door) -> None:
    """Each value of an array is one line, whatever white space it came with, and its numbers are untouched."""
    number = next(NUMBERS)
    body = b'[\n  {"time": "x",\r\n "subject": 9007199254740993%d}, {"text": "a\\nb"}, 5\n]' % number

    assert 3 == door.send(body, source="app", kind=JSON).json()["accepted"]
    assert [b'{"time": "x",   "subject": 9007199254740993%d}' % number, b'{"text": "a\\nb"}', b"5"] == last(door).split(b"\n")


BAD_BYTE = b'{"agent": "\xff", "n": %d}'
NO_ESCAPE = b'{"agent": "\\x22", "n": %d}'


@pytest.mark.parametrize(
    ("kind", "frame", "event", "kept"),
    [
        (NDJSON, b"%s", BAD_BYTE, BAD_BYTE),
        (NDJSON, b"%s", NO_ESCAPE, NO_ESCAPE),
        (JSON, b"[5, %s]", BAD_BYTE, b"5\n" + BAD_BYTE),
        (JSON, b"[5, %s]", NO_ESCAPE, b'5\n{"agent": "\\"", "n": %d}'),
        (JSON, b" %s", BAD_BYTE, BAD_BYTE),
        (JSON, b" %s", NO_ESCAPE, NO_ESCAPE),
        (JSON, b'{"a":\n%s}', NO_ESCAPE, b'{"a": {"agent": "\\"", "n": %d}}'),
        (JSON, b'{"a":\n%s}', BAD_BYTE, b'{"a": ' + BAD_BYTE + b"}"),
        (JSON, b"\xef\xbb\xbf[%s]", BAD_BYTE, BAD_BYTE),
        (NDJSON, b"\xef\xbb\xbf%s", NO_ESCAPE, NO_ESCAPE),
        (TEXT, b"%s", b"\xff\xfe %d", b"\xff\xfe %d"),
    ],
)
def test_bytes_of_a_caller_do_not_keep_a_body_out(door: Door, kind: str, frame: bytes, event: bytes, kept: bytes) -> None:
    """One byte that is not UTF-8, or an escape that JSON does not know, refuses neither a line nor the lines around it."""
    number = next(NUMBERS)

    assert 200 == door.send(frame % (event % number), kind=kind).status
    assert kept % number == last(door).removeprefix(b"\xef\xbb\xbf").strip()


def test_one_document_over_several_lines_is_one_event(door: Door) -> None:
    """A pretty-printed object is one event, not a heap of bad lines."""
    body = msgspec.json.format(msgspec.json.encode({**EVENT, "subject": next(NUMBERS)}))

    assert 1 == door.send(body, source="app", kind=JSON).json()["accepted"]
    assert b"\n" not in last(door)


def test_gzip_is_undone(door: Door) -> None:
    """Compressed bodies, of several members too, are kept plain; the same lines plain are the same message."""
    one, two = unique(), unique()

    reply = door.send(packed(one) + packed(two), content_encoding="gzip")

    assert 2 == reply.json()["accepted"]
    assert one + two == last(door)
    assert {"accepted": 0, "duplicate": True, "seq": reply.json()["seq"]} == door.send(one + two).json()


def test_chunked_bodies_are_taken(door: Door) -> None:
    """A body without a length, in chunks, is a body."""
    body = unique(2)

    assert 2 == door.send(iter([body[:50], body[50:]])).json()["accepted"]
    assert body == last(door)


def test_a_repeated_message_is_acknowledged_and_adds_nothing(door: Door) -> None:
    """The same bytes twice, or the same Idempotency-Key twice, are one message."""
    body, key = unique(), str(next(NUMBERS))
    first = door.send(body).json()
    keyed = door.send(body, idempotency_key=key).json()
    assert 2 <= len(door.kept())

    assert {"accepted": 0, "duplicate": True, "seq": first["seq"]} == door.send(body).json()
    assert {"accepted": 0, "duplicate": True, "seq": keyed["seq"]} == door.send(body, idempotency_key=key).json()
    assert first["seq"] != keyed["seq"]
    assert [] == door.kept()


def test_a_key_with_other_bytes_is_refused(door: Door) -> None:
    """A reused Idempotency-Key would lose the second body: the sender hears it instead."""
    key = str(next(NUMBERS))
    door.send(unique(), idempotency_key=key)

    reply = door.send(unique(), idempotency_key=key)

    assert (422, "key_reused") == (reply.status, reply.json()["error"])


@pytest.mark.parametrize("form", ["hex", "base64"])
def test_the_key_may_be_written_in_two_ways(door: Door, form: str) -> None:
    """In hexadecimal, or as the key's file shows it."""
    secret = door.keyring.secret("source.edge")
    text = secret.hex() if form == "hex" else b64encode(secret).decode()

    assert 200 == door.send(unique(), authorization=f"bearer {text}").status


REFUSALS = {
    "no key": ({"authorization": ""}, LINE, 401, "unauthorized"),
    "wrong key": ({"authorization": "Bearer 00"}, LINE, 401, "unauthorized"),
    "key of another scheme": ({"authorization": "Basic 00"}, LINE, 401, "unauthorized"),
    "key that is no ASCII": ({"authorization": "Bearer \xe9"}, LINE, 401, "unauthorized"),
    "a form": ({"content_type": "application/x-www-form-urlencoded"}, LINE, 415, "content_type"),
    "no type": ({"content_type": ""}, LINE, 415, "content_type"),
    "another character set": ({"content_type": "text/plain; charset=iso-8859-1"}, LINE, 415, "charset"),
    "another encoding": ({"content_encoding": "br"}, LINE, 415, "content_encoding"),
    "nothing": ({}, b"", 400, "empty"),
    "blank lines": ({}, b"\n \r\n", 400, "empty"),
    "nothing in gzip": ({"content_encoding": "gzip"}, packed(b""), 400, "empty"),
    "no JSON at all": ({"content_type": NDJSON}, b"a\nb", 400, "not_json"),
    "nothing for JSON": ({"content_type": NDJSON}, b"", 400, "empty"),
    "a mark and nothing else": ({"content_type": JSON}, b"\xef\xbb\xbf", 400, "empty"),
    "an array cut short": ({"content_type": JSON}, b'[{"a": 1}, {"a"', 400, "not_json"),
    "an array too deep": ({"content_type": JSON}, b"[" * 50_000, 400, "not_json"),
    "an empty array": ({"content_type": JSON}, b"[]", 400, "empty"),
    "an object cut short": ({"content_type": JSON}, b'{"a": ', 400, "not_json"),
    "an object too deep": ({"content_type": JSON}, b'{"a":' * 30_000, 400, "not_json"),
    "gzip that is none": ({"content_encoding": "gzip"}, LINE, 400, "bad_gzip"),
    "gzip of nothing": ({"content_encoding": "gzip"}, b"", 400, "truncated"),
    "gzip in too many pieces": ({"content_encoding": "gzip"}, packed(b"") * 6000, 400, "bad_gzip"),
    "gzip cut short": ({"content_encoding": "gzip"}, packed(LINE)[:-9], 400, "truncated"),
    "too many bytes": ({}, b"x" * (LIMIT + 1), 413, "too_large"),
    "too many bytes after gunzip": ({"content_encoding": "gzip"}, packed(LINE * 3000), 413, "too_large"),
    "a key too long": ({"idempotency_key": "k" * 256}, LINE, 400, "key_too_long"),
    "a key that is not ASCII": ({"idempotency_key": "caf\xe9"}, LINE, 400, "bad_key"),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_refusal_names_fault_and_way_out(door: Door, fault: str) -> None:
    """Each refusal has its status, a word for machines, a reason and advice for people; nothing of it is kept."""
    headers, body, status, error = REFUSALS[fault]
    door.kept()
    given = {name.replace("_", "-"): value for name, value in headers.items()}

    reply = door.request("POST", "/in/events/edge", body, {**door.bearer("edge"), "content-type": TEXT, **given})

    answer = reply.json()
    assert (status, error) == (reply.status, answer["error"])
    assert {"error", "reason", "advice"} == answer.keys()
    assert all(answer.values())
    assert [] == door.kept()


def test_the_key_of_another_source_opens_nothing(door: Door) -> None:
    """A sender can speak for its own source only."""
    door.kept()
    theirs = door.request("POST", "/in/events/edge", LINE, {**door.bearer("app"), "content-type": TEXT})
    own = door.request("POST", "/in/events/edge", LINE, {**door.bearer("edge"), "content-type": TEXT})

    assert (401, 200) == (theirs.status, own.status)
    assert 1 == len(door.kept())


def test_refusals_carry_the_headers_that_http_asks_for(door: Door) -> None:
    """401 names the scheme (RFC 9110, 11.6.1), 405 the methods (15.5.6), 415 the encodings (15.5.16)."""
    assert "Bearer" == door.send(LINE, authorization="x").headers["www-authenticate"]
    assert "POST" == door.request("PUT", "/in/events/edge", LINE).headers["allow"]
    assert "GET, HEAD" == door.request("POST", "/metrics", b"").headers["allow"]
    assert "gzip" == door.send(LINE, content_encoding="br").headers["accept-encoding"]


def test_what_was_sent_is_never_repeated(door: Door) -> None:
    """Neither answers nor the log hold a value of a refused request."""
    marker = "jane-roe-1970"
    replies = [
        door.send(marker, kind=JSON),
        door.send(marker, content_encoding=marker),
        door.send(marker, kind=marker),
        door.send(LINE, authorization=f"Bearer {marker}"),
        door.request("POST", f"/in/events/{marker}", LINE),
        door.get(f"/{marker}?q={marker}"),
    ]

    assert all(400 <= reply.status < 500 for reply in replies)
    assert not any(marker.encode() in reply.body for reply in replies)
    assert marker not in door.log.read_text()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/in/events/nobody", 404),
        ("POST", "/in/events/", 404),
        ("POST", "/in/events/edge/x", 404),
        ("POST", "/in/shopify/nobody", 404),
        ("GET", "/", 404),
        ("GET", "/in/events/edge", 405),
        ("DELETE", "/in/shopify/fernhollow", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_unknown_doors_and_methods(door: Door, method: str, path: str, status: int) -> None:
    """A source, store or address that is not there is 404, a method that is not taken 405."""
    assert status == door.request(method, path, LINE if method == "POST" else None).status


def test_text_is_for_log_sources_only(door: Door) -> None:
    """An app speaks JSON: plain text for it is a mistake that it should hear of."""
    assert 415 == door.send(LINE, source="app").status


def test_a_length_is_needed_and_checked(door: Door) -> None:
    """Without length or chunks: 411. A body that ends early: nothing is kept, and a sender that still listens hears it."""
    door.kept()

    assert b" 411 " in door.raw(f"{head(door)}\nconnection: close", b"", cut=False)
    truncated = door.raw(f"{head(door)}\ncontent-length: 500", LINE)
    assert b" 400 " in truncated
    assert b'"truncated"' in truncated
    door.raw(f"{head(door)}\ncontent-length: 500", LINE, wait=False)
    assert b'"truncated"' in door.raw(f"{head(door)}\ntransfer-encoding: chunked", b"5\r\nhello\r\n")
    assert 3 <= door.metric('refused_total{reason="truncated"}')
    assert 200 == door.get("/healthz").status
    assert [] == door.kept()


def test_an_announced_flood_is_refused_before_it_comes(door: Door) -> None:
    """A length over the limit is answered at once: the door does not wait for the bytes."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as wire:
        wire.sendall(f"{head(door)}\ncontent-length: 99999999999\n\n".replace("\n", "\r\n").encode())
        assert b"413" in wire.recv(1000)


def test_a_gzip_bomb_goes_off_in_a_small_room(door: Door) -> None:
    """A hundred megabytes in a hundred kilobytes are refused, without the memory for them."""
    bomb = gzip.compress(b"\0" * 100_000_000, compresslevel=9, mtime=0)
    assert len(bomb) < LIMIT
    before = peak(door)

    reply = door.send(bomb, content_encoding="gzip")

    assert 413 == reply.status
    assert peak(door) - before < 30_000


@pytest.mark.parametrize("family", ["x-shopify-", "shopify-", "X-Shopify-"])
@pytest.mark.parametrize("secret", SECRETS)
def test_webhooks_of_both_families_and_both_secrets_are_taken(door: Door, family: str, secret: bytes) -> None:
    """While the secret rotates, and whichever header names are used, a signed webhook is kept raw with its headers."""
    body = b'{ "id": 12345678901234567890 }'

    reply = door.webhook(
        body, secret=secret, family=family, webhook_id=f"{family}{secret!r}", cookie="no", triggered_at="2026-03-02T10:00:00Z"
    )

    assert 200 == reply.status
    spool = door.spool()
    plan = spool.plan()
    assert plan
    *_, message = spool.messages(plan)
    assert (body, "shopify.fernhollow") == (message.body, message.source)
    kept = {name.removeprefix("x-").removeprefix("shopify-") for name in message.headers}
    assert {"topic", "webhook-id", "shop-domain", "triggered-at"} == kept
    spool.written(plan, [], rejected=0)
    spool.close()


@pytest.mark.parametrize(
    ("body", "headers", "status", "error"),
    [
        (b"{}", {"hmac_sha256": ""}, 401, "bad_signature"),
        (b"{}", {"hmac_sha256": "AAAA"}, 401, "bad_signature"),
        (b"{}", {"hmac_sha256": "AAAA", "topic": "customers/redact"}, 401, "bad_signature"),
        (b"not json", {"hmac_sha256": "AAAA"}, 401, "bad_signature"),
        (b"not json", {}, 400, "not_json"),
        (b"[]", {}, 400, "not_json"),
        (b'{"a": "\xff"}', {}, 400, "not_json"),
        (b"{}", {"topic": ""}, 400, "no_topic"),
        (b"{}", {"topic": "Jane Roe"}, 400, "no_topic"),
        (b"{}", {"shop_domain": "other.myshopify.example"}, 403, "wrong_shop"),
        (b"x" * (LIMIT + 1), {}, 413, "too_large"),
        (b"x" * (LIMIT + 1), {"hmac_sha256": ""}, 401, "bad_signature"),
    ],
)
def test_webhooks_that_are_refused(door: Door, body: bytes, headers: dict[str, str], status: int, error: str) -> None:
    """A bad signature is 401 before anything is parsed, for the privacy topics too; then shape and shop are checked."""
    reply = door.webhook(body, **headers)

    assert (status, error) == (reply.status, reply.json()["error"])


def test_a_changed_body_is_not_signed(door: Door) -> None:
    """The signature is over the raw bytes: the same JSON with one more space is another body."""
    signature = b64encode(hmac.digest(SECRETS[0], b"{}", "sha256")).decode()

    assert 200 == door.webhook(b"{}", hmac_sha256=signature, webhook_id=str(next(NUMBERS))).status
    assert 401 == door.webhook(b"{ }", hmac_sha256=signature, webhook_id=str(next(NUMBERS))).status


def test_a_repeated_delivery_is_one_message(door: Door) -> None:
    """Webhook id and topic name a delivery: again is a duplicate, another topic or id is not, nor is order important."""
    ids = [str(next(NUMBERS)) for _ in range(3)]
    first = [
        door.webhook(b"{}", webhook_id=each, triggered_at=f"2026-03-0{3 - n}T00:00:00Z").json() for n, each in enumerate(ids)
    ]
    again = [door.webhook(b"{}", webhook_id=each).json() for each in reversed(ids)]
    other = door.webhook(b"{}", webhook_id=ids[0], topic="customers/create").json()

    assert [False] * 3 == [answer["duplicate"] for answer in first]
    assert [{"accepted": 0, "duplicate": True, "seq": answer["seq"]} for answer in reversed(first)] == again
    assert not other["duplicate"]


def test_without_a_delivery_id_the_body_names_the_delivery(door: Door) -> None:
    """The Ruby library of Shopify does not ask for the id, so neither do we."""
    body = msgspec.json.encode({"n": next(NUMBERS)})

    first, again = (door.webhook(body, webhook_id="", shop_domain="").json() for _ in range(2))

    assert (False, True) == (first["duplicate"], again["duplicate"])


def test_the_metrics_tell_what_happened(door: Door) -> None:
    """Accepted, duplicates, refusals by reason, the spool and the commits, in the text format of Prometheus."""
    door.kept()
    door.send(body := unique(2))
    door.send(body)
    door.send(b"", kind=NDJSON)

    reply = door.get("/metrics")

    assert "text/plain; version=0.0.4; charset=utf-8" == reply.headers["content-type"]
    text = reply.body.decode()
    for line in (
        'messages_accepted_total{source="edge"} ',
        'records_accepted_total{source="edge"} ',
        'duplicates_total{source="edge"} ',
    ):
        assert f"hemostat_intake_{line}" in text
    assert 'hemostat_intake_refused_total{reason="empty"} ' in text
    assert 1 == door.metric("spool_waiting_messages")
    assert 0 == door.metric("held_bytes")
    assert door.metric("spool_bytes") > 4096
    assert door.metric("commit_seconds_count") == door.metric('commit_seconds_bucket{le="+Inf"}') > 0


def test_a_watcher_may_ask_for_the_head_only(door: Door) -> None:
    """HEAD answers like GET, without the body."""
    reply = door.request("HEAD", "/healthz")

    assert (200, b"", "15") == (reply.status, reply.body, reply.headers["content-length"])


def test_a_rotated_key_counts_at_once(door: Door) -> None:
    """A new key, a new source and a new secret need no restart; the old key counts as long as it is in the file."""
    old = door.keyring.secret("source.app")
    new = hashlib.sha256(old).digest()
    event = lambda: msgspec.json.encode({**EVENT, "subject": next(NUMBERS)})  # noqa: E731  # a new event each time

    door.keyring.put("source.app", [new, old])
    both = [door.send(event(), source="app", kind=JSON, authorization=f"Bearer {key.hex()}").status for key in (new, old)]
    door.keyring.put("source.app", [new])
    after = [door.send(event(), source="app", kind=JSON, authorization=f"Bearer {key.hex()}").status for key in (new, old)]

    assert [200, 200, 200, 401] == both + after


def test_a_source_without_its_key_is_a_fault_of_ours(door: Door) -> None:
    """The sender is asked to come back, not told that he is wrong; the log names the key."""
    secret = door.keyring.secret("source.app")
    (door.home.path / "keys" / "source.app.json").unlink()

    reply = door.request("POST", "/in/events/app", b"{}", {"authorization": f"Bearer {secret.hex()}", "content-type": JSON})

    door.keyring.put("source.app", [secret])
    assert (503, "not_ready", "30") == (reply.status, reply.json()["error"], reply.headers["retry-after"])
    assert "source.app" in door.log.read_text()


@pytest.mark.parametrize("values", [[""], ["###"], ["abc"], [], [b64encode(b"short").decode()]])
def test_a_damaged_key_lets_nobody_in(door: Door, values: list[str]) -> None:
    """An empty bearer key and a signature made with nothing are not taken, whatever the key file says: the fault is ours."""
    files = [door.home.path / "keys" / f"{name}.json" for name in ("source.app", "shopify.fernhollow")]
    before = [file.read_bytes() for file in files]
    for file in files:
        file.write_bytes(msgspec.json.encode({"kind": "production", "values": values}))

    replies = [
        door.request("POST", "/in/events/app", b"{}", {"authorization": "Bearer ", "content-type": JSON}),
        door.webhook(b"{}", secret=b"", webhook_id=str(next(NUMBERS))),
    ]

    for file, content in zip(files, before, strict=True):
        file.write_bytes(content)
    assert [(503, "not_ready")] * 2 == [(reply.status, reply.json()["error"]) for reply in replies]
    for file, reply in zip(files, replies, strict=True):
        assert file.name in reply.json()["reason"]
        assert "backup" in reply.json()["advice"]


def test_a_fault_that_nobody_foresaw_is_answered(door: Door) -> None:
    """The sender is asked to come back; the log has the type and the place, and nothing that was sent."""
    file = door.home.path / "keys" / "source.app.json"
    secret = door.keyring.secret("source.app")
    file.unlink()
    file.mkdir()

    reply = door.request("POST", "/in/events/app", b"jane-roe", {"authorization": "Bearer jane-roe", "content-type": JSON})

    file.rmdir()
    door.keyring.put("source.app", [secret])
    assert (503, "not_ready", "30") == (reply.status, reply.json()["error"], reply.headers["retry-after"])
    log = door.log.read_text()
    assert '"error": "IsADirectoryError"' in log
    assert '"path": "pathlib.py:' in log
    assert "jane-roe" not in log
