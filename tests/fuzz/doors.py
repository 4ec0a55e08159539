"""Targets of what stands at the doors: bodies and their compression, frames of syslog, signatures, headers, envelopes."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key

from hemostat.intake import bodies, receiving
from hemostat.intake.answers import Refused
from hemostat.intake.doors import adobe_events
from hemostat.intake.doors import hec as hec_door
from hemostat.intake.syslog import Frames, LostFraming
from hemostat.sources import adobe_signature, hec, shopify_signature, syslog, twilio_signature, zoom_signature
from hemostat.sources.access_log import LONGEST
from hemostat.sources.base import Unreadable
from hemostat.sources.otlp import PROTOBUF, NotOtlp, records

_LIMIT = 1 << 16
_SECRETS = (b"newest", b"older")
_KEY: RSAPublicKey = generate_private_key(public_exponent=65537, key_size=2048).public_key()


def gzip(data: bytes) -> None:
    """A packed body is plain and within the limit, or is refused with a status of the sender's own fault."""
    try:
        plain = bodies.plain(data, "gzip", limit=_LIMIT)
    except Refused as refused:
        assert refused.status in {400, 413}
    else:
        assert len(plain) <= _LIMIT


def body(data: bytes) -> None:
    """JSON becomes lines, as many as are said, and lines stay what they are; or the body is refused."""
    try:
        lines, count = bodies.json_lines(data)
        assert 0 < count <= len(lines.splitlines())
    except Refused as refused:
        assert refused.status == 400
    for look in (bodies.text_lines, bodies.json_document):
        try:
            look(data)
        except Refused as refused:
            assert refused.status == 400


def header(data: bytes) -> None:
    """A content type is one that is known, a length is a number within the limit, a challenge is plain; or each is refused."""
    told = data.decode("latin-1")
    try:
        assert bodies.media_type(told, known=bodies.JSON_TYPES) in bodies.JSON_TYPES
    except Refused as refused:
        assert refused.status == 415
    try:
        assert 0 <= (receiving._length({"content-length": told}, _LIMIT) or 0) <= _LIMIT
    except Refused as refused:
        assert refused.status in {411, 413}
    try:
        assert adobe_events._challenged(told).status == 200
    except Refused as refused:
        assert refused.status == 400
    assert urlsplit(adobe_events._validation_url(data)).scheme in {"", "https"}
    _token(told)


def _token(told: str) -> None:
    """What stands in the header of a sender for Splunk is a token, or has a reply of Splunk's."""
    try:
        assert hec_door._token(told)
    except hec_door._Reply as reply:
        assert reply.code in hec_door._REPLIES


def signature(data: bytes) -> None:
    """No signature that somebody made without the secret fits, whatever he writes into its header, address or body."""
    head, _, rest = data.partition(b"\n")
    told = head.decode("latin-1")
    assert not shopify_signature.webhook_signed(rest, told, _SECRETS)
    assert not shopify_signature.proxy_signed(told, _SECRETS)
    assert not zoom_signature.signed(rest, timestamp=told[:20], signature=told, secrets=_SECRETS)
    assert not adobe_signature.event_signed(rest, [(told, _KEY)])
    assert not adobe_signature.webhook_signed(rest, told, [_KEY])
    assert not _twilio_signed(told, rest)
    _public_key(told)


def _twilio_signed(told: str, form: bytes) -> bool:
    """As the door asks: an address that is none has no signature."""
    twilio_signature.body_fits(told, form)
    try:
        return twilio_signature.signed(f"https://fernhollow.example/{told}", form=form, signature=told, tokens=_SECRETS)
    except ValueError:
        return False


def _public_key(told: str) -> None:
    try:
        adobe_signature.public_key(told)
    except ValueError:
        return


def framing(data: bytes) -> None:
    """However the bytes of a connection come, the same messages are cut from them, none longer than is kept, and none is lost."""
    for counted in (True, False):
        whole = _cut(counted, [data])
        assert whole == _cut(counted, [data[at : at + 1] for at in range(len(data))])
        assert all(len(message) <= LONGEST + 1 for message in whole[0])
    assert all(number >= 1 for number, _ in syslog.frames(data))


def _cut(counted: bool, pieces: list[bytes]) -> tuple[list[bytes], bytes]:  # noqa: FBT001  # as the port says
    """The messages, and what is left or was not understood; all that came behind the latter is part of it."""
    frames, found = Frames(counted=counted), list[bytes]()
    for number, piece in enumerate(pieces):
        try:
            found += frames.feed(piece)
        except LostFraming as lost:
            return [*found, *lost.found], lost.rest + b"".join(pieces[number + 1 :])
    return found, frames.rest()


def splunk(data: bytes) -> None:
    """The envelopes of a body have an event each, and a time that can be read or is refused."""
    try:
        for envelope in hec.envelopes(data):
            assert "event" in envelope
            _moment(envelope)
    except hec.BadEnvelope as error:
        assert error.number >= 0


def _moment(envelope: Mapping[str, object]) -> None:
    try:
        hec.moment_of(envelope)
    except Unreadable as error:
        assert error.advice


def otlp(data: bytes) -> None:
    """An export request of OTLP has records, or is none."""
    for content_type in ("application/json", PROTOBUF):
        try:
            assert all(isinstance(raw, bytes) for raw, _ in records(data, content_type))
        except NotOtlp:
            continue


def signed_right(data: bytes) -> None:
    """What was signed with the secret fits, whatever it is."""
    mac = b64encode(shopify_signature.hmac.digest(_SECRETS[1], data, "sha256")).decode()
    assert shopify_signature.webhook_signed(data, mac, _SECRETS)
    made = zoom_signature.signature_of(data, timestamp="1772452798", secret=_SECRETS[0])
    assert zoom_signature.signed(data, timestamp="1772452798", signature=made, secrets=_SECRETS)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "gzip": gzip,
    "body": body,
    "header": header,
    "signature": signature,
    "signed-right": signed_right,
    "framing": framing,
    "splunk": splunk,
    "otlp": otlp,
}
