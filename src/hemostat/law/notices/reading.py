"""How many years of school it takes to read a text.

English: the grade of Flesch and Kincaid (Kincaid et al., 1975). Spanish: the reading ease of Fernández Huerta (1959), in the form
with words per sentence, turned into a grade with the bands that belong to it. Syllables are the pieces into which `pyphen`
divides a word, divided further where a piece holds several sounding vowels: hyphenation keeps hiatus together.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

import pyphen

from hemostat.kernel import BadInput

from .structs import Section

GRADE_LIMIT = 9.0

_SENTENCE = re.compile(r"[.!?]+(?=\s|$)|\n+")
_END = re.compile(r"[.!?](?=\s|$)|\s\S+\s\S+\s\S+:$")
_SENTENCE_WORDS = 8
_NOT_PROSE = re.compile(r"«[^»]*»|\S+@\S+|\S*(?:www\.|\.\w{2,}/|://)\S*|\b[\w-]+\.(?:com|org|gov|net|example)\b|P\.\s?O\.")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_VOWELS = {"en": re.compile(r"[aeiouy]+"), "es": re.compile(r"[aeiouáéíóúü]+")}
_HIATUS = re.compile(r"[aeoáéó][íú]|[íú][aeoáéó]|[aeoáéó](?=[aeoáéó])")
# Reading ease of Fernández Huerta and the school grade at that point; between two points the line is straight.
_EASE = [(100.0, 3.0), (90.0, 4.0), (80.0, 5.0), (70.0, 6.0), (60.0, 8.0), (50.0, 12.0), (30.0, 14.0), (0.0, 17.0)]


def reading_grade(text: str, language: str) -> float:
    """US school grade, with one decimal; 0 for a text without words. Raises `BadInput` for a language that is not graded."""
    if language not in _VOWELS:
        raise BadInput(f"No reading grade is known for {language[:10]!r}.", advice="Use en or es.")
    sentences = [words for part in _SENTENCE.split(_NOT_PROSE.sub(" ", text)) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    length = len(words) / len(sentences)
    sounds = sum(syllables(word.lower(), language) for word in words) / len(words)
    if language == "en":
        return round(max(0.0, 0.39 * length + 11.8 * sounds - 15.59), 1)
    return round(_grade_of_ease(206.84 - 60 * sounds - 1.02 * length), 1)


def prose(sections: Iterable[Section]) -> str:
    """What is graded: the lines of paragraphs and lists that are sentences. Addresses, names of data and tables are none."""
    blocks = (block for section in sections for block in section.blocks if block.kind != "rows")
    lines = (line for block in blocks for text in ([block.text] if block.text else block.items) for line in text.split("\n"))
    return "\n".join(line for line in lines if _END.search(line) or len(line.split()) >= _SENTENCE_WORDS)


@cache
def syllables(word: str, language: str) -> int:
    """How many syllables a word in lower case has."""
    pieces = _dictionary(language).inserted(word, hyphen="\n").split("\n")
    return sum(_sounds(piece, language) for piece in pieces)


@cache
def _dictionary(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang={"en": "en_US", "es": "es"}[language])


def _sounds(piece: str, language: str) -> int:
    piece = unicodedata.normalize("NFC", piece)
    if language == "en":
        spoken = (
            re.sub(r"(?<=[^aeiouy])(?:e|(?<![cgsxz])(?<!ch)(?<!sh)es|ed)$", "", piece)
            if not piece.endswith(("le", "les", "ted", "ded"))
            else piece
        )
        return max(1, len(_VOWELS["en"].findall(spoken)))
    heard = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéí])", "", piece)
    groups = _VOWELS["es"].findall(heard)
    return max(1, len(groups) + sum(len(_HIATUS.findall(group)) for group in groups))


def _grade_of_ease(ease: float) -> float:
    if ease >= _EASE[0][0]:
        return _EASE[0][1]
    for (high, easy), (low, hard) in pairwise(_EASE):
        if ease >= low:
            return easy + (high - ease) / (high - low) * (hard - easy)
    return _EASE[-1][1]
