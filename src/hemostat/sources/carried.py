"""What another wire carries: a text in a syslog message, an event of Splunk's, the body of an OpenTelemetry record.

Whoever forwards logs forwards all sorts: lines of web servers, events in our own words, and plain sentences. The setting
`format` of such a source says which; `auto` looks at each text and takes what it cannot read for a sentence, so that nothing is
lost by a guess. A source with a fixed format rejects what is none.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, Environment, Surface
from hemostat.kernel import Source, iso

from . import combined_log, events, json_log, mending
from .access_log import LONGEST
from .base import Message, ReaderContext, Rejected, Unreadable, options_of
from .request import Moment, joined
from .routes import RouteMap
from .signs import sign_of

Format = Literal["auto", "access-log", "events", "log"]
NO_TIME = "The record has no time; it is the time of its receipt."
_OBJECT = msgspec.json.Decoder(dict[str, Any])


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the texts of a source are: access log lines, events in our own words, plain sentences, or any of these."""

    format: Format = "auto"


class Carried:
    """Turns the texts of one message into accesses. Raises `BadSettings` when the source uses words that are none of ours."""

    def __init__(self, message: Message, source: Source, context: ReaderContext, *, options: type[Options] = Options) -> None:
        self.routes = RouteMap(message.source, source, secrets=context.shopify_secrets)
        self.options: Options = options_of(message.source, source.options, options)
        self._message = message
        self._source = source
        self._context = context

    def received(self) -> Moment:
        """When the message came."""
        return Moment(time=self._message.received_at)

    def access(self, text: bytes, *, time: Moment | None, **facts: Any) -> Access:
        """The access that a text tells. `time` is that of the wire; it stands in for a time that the text does not have.

        facts: fields of `Access` that the wire tells; they fill what the text leaves empty. Raises `Unreadable`.
        """
        if len(text) > LONGEST:
            raise Unreadable(f"The record has {len(text):,} bytes.", advice=f"A record has at most {LONGEST:,} bytes.")
        if sign_of(text):  # in whatever format the source speaks otherwise
            return self.log(text, time=time or self.received())
        form = self.options.format
        try:
            told = self.log(text, time=time) if form == "log" else self._read(text.strip(), time)
        except Unreadable:
            if form != "auto":
                raise
            told = self.log(text, time=time)
        return filled(told, facts)

    def log(self, text: bytes, *, time: Moment | None) -> Access:
        """A sentence of a log: nobody's access to a page, but kept, with what it says."""
        said, is_utf8 = mending.as_text(text)
        moment = time or self.received()
        remarks = ("" if is_utf8 else mending.NOT_UTF8, "" if time else NO_TIME)
        return Access(
            time=moment.time,
            offset_minutes=moment.offset_minutes,
            act=Act.LOG_WRITE,
            surface=Surface(self._source.surface),
            store=self._source.store,
            environment=Environment(self._source.environment),
            source=self._message.source,
            message=joined(said.strip(), *remarks),
        )

    def _read(self, text: bytes, time: Moment | None) -> Access:
        if not text.startswith(b"{"):
            if self.options.format == "events":
                raise Unreadable("The text is not an event of ours.", advice="Send one JSON object with `time` and `act`.")
            return self.routes.access(combined_log.parse(text))
        whole = _timed(text, time)
        is_event = self.options.format == "events" or (self.options.format == "auto" and b'"act"' in text)
        return self._event(whole) if is_event else self.routes.access(json_log.parse(whole))

    def _event(self, whole: bytes) -> Access:
        """An event in our own words. Its line ends can only stand between its parts (RFC 8259, section 7)."""
        message = msgspec.structs.replace(self._message, body=whole.replace(b"\n", b" "))
        told = next(events.read(message, self._source, self._context))
        if isinstance(told, Rejected):
            raise Unreadable(told.reason, advice=told.advice)
        return told.access


def filled(access: Access, facts: Mapping[str, Any]) -> Access:
    """The access with `facts` in the fields that say nothing yet."""
    news = {name: value for name, value in facts.items() if value and getattr(access, name) == _SAYS_NOTHING[name]}
    return msgspec.structs.replace(access, **news) if news else access


_DEFAULTS = Access.__struct_defaults__
_SAYS_NOTHING: Mapping[str, object] = dict(zip(Access.__struct_fields__[-len(_DEFAULTS) :], _DEFAULTS, strict=True))


def _timed(text: bytes, time: Moment | None) -> bytes:
    """A JSON object with the wire's time, if it has none itself."""
    if time is None:
        return text
    try:
        record = _OBJECT.decode(text)
    except mending.UNREADABLE:
        return text  # its reader says why
    return text if "time" in record else msgspec.json.encode({"time": iso(time.time), **record})
