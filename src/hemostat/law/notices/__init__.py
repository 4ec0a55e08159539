"""Notices as data: which template a duty takes, its draft from the facts, what it still lacks, and how hard it is to read.

The texts stand in `content/law/notices`, where counsel edits them; nothing here reads a clock, a network or a database.
"""

from .check import notices_faults
from .completeness import notice_missing
from .drafting import merge_fields, notice_draft, notice_fields, template_for, templates
from .files import library
from .language import LANGUAGES, long_date
from .reading import GRADE_LIMIT, prose, reading_grade
from .structs import Block, Draft, Field, NoticeFacts, OfferedRemedy, Section, Template

__all__ = [
    "GRADE_LIMIT",
    "LANGUAGES",
    "Block",
    "Draft",
    "Field",
    "NoticeFacts",
    "OfferedRemedy",
    "Section",
    "Template",
    "library",
    "long_date",
    "merge_fields",
    "notice_draft",
    "notice_fields",
    "notice_missing",
    "notices_faults",
    "prose",
    "reading_grade",
    "template_for",
    "templates",
]
