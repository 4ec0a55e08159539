"""PHP's serialized data, read as data: no object is ever made, and nothing in it is run.

Form: https://www.php.net/manual/en/function.serialize.php and `ext/standard/var_unserializer.re` of PHP. Read are null, booleans,
whole numbers, fractions, texts and arrays; objects, references, closures and enumerations are refused, for they are what attacks
are made of. Lengths count bytes.
"""

import re

MOST_DEPTH = 16
MOST_VALUES = 20_000
_HEAD = re.compile(rb"N;|b:([01]);|i:([+-]?\d{1,20});|d:([+-]?[0-9.INFAinfaeE+-]{1,40});|s:(\d{1,10}):\"|a:(\d{1,6}):\{")

Value = None | bool | int | float | str | dict[str | int, "Value"]


class NotData(ValueError):
    """The bytes are not serialized data of the kinds that we read."""


def unserialize(text: bytes) -> Value:
    """The value that `text` holds, whole. Raises `NotData` when it is anything else, too deep, or too much."""
    reader = _Reader(text)
    value = reader.value(0)
    if reader.at != len(text):
        raise NotData("More follows the value.")
    return value


class _Reader:
    def __init__(self, text: bytes) -> None:
        self._text = text
        self._left = MOST_VALUES
        self.at = 0

    def value(self, depth: int) -> Value:
        self._left -= 1
        found = _HEAD.match(self._text, self.at)
        if found is None or self._left < 0 or depth > MOST_DEPTH:
            raise NotData("Not data, too deep, or too many values.")
        self.at = found.end()
        match found.lastindex:
            case None:
                return None
            case 1:
                return found[1] == b"1"
            case 2:
                return int(found[2])
            case 3:
                return _fraction(found[3])
            case 4:
                return self._string(int(found[4]))
        return self._array(int(found[5]), depth)

    def _string(self, length: int) -> str:
        end = self.at + length
        if self._text[end : end + 2] != b'";':
            raise NotData("A text is not as long as it says.")
        part = self._text[self.at : end]
        self.at = end + 2
        return part.decode(errors="backslashreplace")

    def _array(self, count: int, depth: int) -> dict[str | int, Value]:
        array: dict[str | int, Value] = {}
        for _ in range(count):
            key = self.value(depth + 1)
            if isinstance(key, bool) or not isinstance(key, int | str):
                raise NotData("A key is neither a number nor a text.")
            array[key] = self.value(depth + 1)
        if self._text[self.at : self.at + 1] != b"}":
            raise NotData("An array does not end where it says.")
        self.at += 1
        return array


def _fraction(text: bytes) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise NotData("A fraction is none.") from error
