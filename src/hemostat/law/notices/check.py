"""Are the files of the notices whole: every word known, every letter in both languages, every duty with a template?"""

import re
from collections.abc import Iterator

from hemostat.law.elements import elements
from hemostat.law.facts import FEDERAL
from hemostat.law.rules import rules_load

from .drafting import FALLBACK, template_for, words_of
from .files import Library, Paragraph, Plan, Words
from .scope import VALUES

_BRACES = re.compile(r"\{(\w*)\}")


def notices_faults(files: Library) -> Iterator[str]:
    """One sentence for each fault that reading alone does not find."""
    for plan in files.plans.values():
        yield from _unknown(files, plan)
        if "es" in plan.languages:
            yield from _untranslated(files, plan)
    for element in elements():
        if element.id not in files.words.elements:
            yield f"the element {element.id} has no plain name in words.yaml"
    for place in sorted(set(rules_load().names) - {FEDERAL} - set(files.rules)):
        yield f"states.yaml has nothing about {place}"
    for row in rules_load().rows.values():
        found = template_for(
            duty=row.id,
            regime=row.law.regime,
            recipient=row.rule.recipient,
            jurisdiction=row.place,
            obligor="entity",
            files=files,
        )
        if found == FALLBACK:
            yield f"the duty {row.id} has no template but the plain notice"


def _unknown(files: Library, plan: Plan) -> Iterator[str]:
    for word in sorted(words_of(files, plan) - VALUES - set(files.fields)):
        yield f"{plan.id} names {{{word}}}, which is neither a fact nor a field"


def _untranslated(files: Library, plan: Plan) -> Iterator[str]:
    parts: list[Paragraph] = [files.paragraphs[name] for section in plan.sections for name in section.paragraphs]
    texts: list[Words] = [plan.title, *(section.heading for section in plan.sections)]
    texts += [words for part in parts for words in (part.text, *(line.text for line in part.lines)) if words]
    for words in texts:
        if bool(words.en) != bool(words.es):
            yield f"{plan.id} has no Spanish for {words.en[:60]!r}"
        if _braces(words.en) != _braces(words.es):
            yield f"{plan.id} says other facts in Spanish than in English: {words.en[:60]!r}"


def _braces(text: str) -> list[str]:
    return sorted(_BRACES.findall(text))
