"""Labelled texts by which the scanner is judged: written without a look at the recognizers, as those are without one at these."""

from .labelled import Labelled, Span, Value, labelled

__all__ = ["Labelled", "Span", "Value", "labelled"]
