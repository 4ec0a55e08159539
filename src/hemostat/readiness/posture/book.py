"""The checks as people keep them in `content/posture`: titles, reasons, remedies, and the words that they look for."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

from hemostat.kernel import BadInput, content
from hemostat.kernel.content_files import checked
from hemostat.phi import Dictionary
from hemostat.phi.dictionary import spelled, split_words

_LISTS = "lists.yaml"
_OF_HEALTH = frozenset({"CONDITION", "MEDICATION", "ICD10", "NDC"})
_LONGEST = 5  # words of a term
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4, as text


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check, in words. title: a sentence that is true when it holds.

    case: what it stands for across surfaces, "" for nothing. watched_by: rules that would see a leak through it.
    known_by: what makes its answer known.
    """

    id: str
    title: str
    asks: str
    why: str
    platform: str
    surfaces: tuple[str, ...]
    level: str
    remedy: str
    known_by: str
    watched_by: tuple[str, ...]
    case: str = ""


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """Words and addresses that checks look for; `content/posture/lists.schema.json` says what each is."""

    health: frozenset[str]
    personal: frozenset[str]
    trackers: dict[str, str]
    export_permissions: frozenset[str]
    magento_routes: dict[str, str]
    magento_numbers: tuple[str, ...]
    magento_pages: dict[str, str]
    magento_files: tuple[str, ...]

    def network(self, host: str) -> str:
        """The domain of the list that a host belongs to; "" when it is none of an advertising network."""
        labels = host.lower().rstrip(".").split(".") if len(host) <= _LONGEST_HOST else []
        return next((name for n in range(len(labels)) if (name := ".".join(labels[n:])) in self.trackers), "")

    def names_people(self, path: str) -> bool:
        """Does a path say that it answers about people?"""
        return any(word.lower() in self.personal for word in split_words(path))

    def health_word(self, *names: str) -> str:
        """The first word or term in these names that tells of health; "" when none does."""
        return next((found for name in names for found in self._health_words(name)), "")

    def _health_words(self, name: str) -> Iterator[str]:
        words = [word.lower() for word in split_words(name)]
        yield from (word for word in words if word in self.health)
        for first in range(len(words)):
            for last in range(first + 1, min(first + _LONGEST, len(words)) + 1):
                if spelled("".join(words[first:last])) in _terms():
                    yield " ".join(words[first:last])


@cache
def _terms() -> frozenset[str]:
    """Names of fields, and terms, that tell of health, in the spelling in which names are compared."""
    dictionary = Dictionary.complete()
    names = {spelled(field.name) for field in dictionary.fields if field.entity in _OF_HEALTH}
    return frozenset(names | {spelled(term.text) for term in dictionary.terms})


@cache
def checks() -> dict[str, Check]:
    """Every check, by its id. Raises `BadInput` naming file and place of what is wrong."""
    paths = sorted(path for path in content("posture").glob("*.yaml") if path.name != _LISTS)
    return together([checks_in(path) for path in paths])


def together(files: Sequence[Sequence[Check]]) -> dict[str, Check]:
    """The checks of some files, by their ids. Raises `BadInput` when an id stands twice."""
    found: dict[str, Check] = {}
    for check in (check for file in files for check in file):
        if check.id in found:
            raise BadInput(f"The check {check.id!r} stands twice.", advice="Give one of them another id.")
        found[check.id] = check
    return found


def checks_in(path: Path) -> list[Check]:
    """The checks in a file. Raises `BadInput`, also for a rule that is none of ours."""
    told = checked(path, schema=content("posture") / "posture.schema.json")
    found = msgspec.convert(told["checks"], list[Check])
    for check in found:
        for rule in check.watched_by:
            if not (content("rules") / f"{rule}.yml").is_file():
                raise BadInput(
                    f"{path.name}: the check {check.id!r} is watched by {rule!r}, which is no file of content/rules.",
                    advice="Correct the name, or leave it out.",
                )
    return found


@cache
def lists() -> Lists:
    """The words and addresses. Raises `BadInput` naming the place of what is wrong."""
    return msgspec.convert(checked(content("posture") / _LISTS, schema=content("posture") / "lists.schema.json"), Lists)
