"""One labelled text, and how one is put together: pieces of plain text, and values with their labels."""

from typing import NamedTuple

import msgspec


class Span(NamedTuple):
    """Where a value stands in its text, in code points, and what it is."""

    start: int
    end: int
    entity: str


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """A text, the form in which it is written, and all values in it by their positions, none overlapping."""

    text: str
    form: str
    spans: tuple[Span, ...] = ()


class Value(NamedTuple):
    """A piece of text that is a value of an entity."""

    text: str
    entity: str


def labelled(form: str, *pieces: str | Value) -> Labelled:
    """The pieces as one text, with a span for each value among them."""
    texts, spans, place = [], [], 0
    for piece in pieces:
        text = piece.text if isinstance(piece, Value) else piece
        if isinstance(piece, Value):
            spans.append(Span(place, place + len(text), piece.entity))
        texts.append(text)
        place += len(text)
    return Labelled(text="".join(texts), form=form, spans=tuple(spans))
