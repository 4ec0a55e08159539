"""From a Sigma condition to an SQL expression that DuckDB evaluates for a row.

Every leaf is TRUE or FALSE, never NULL: what a row does not have does not match, and `not` of it matches, as the Sigma
specification (version 2) says. Texts are compared without regard to case unless the rule asks for `cased` or `re`.
"""

from collections.abc import Callable
from typing import Any, cast

from sigma.conditions import ConditionAND, ConditionItem, ConditionNOT, ConditionOR
from sigma.conversion.base import TextQueryBackend
from sigma.conversion.state import ConversionState
from sigma.exceptions import SigmaFeatureNotSupportedByBackendError
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from .addresses import in_network
from .fields import Field, Fields, Kind, as_text, literal
from .moments import moment_sql

_COMPARE = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
    CompareOperators.NEQ: "<>",
}
_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}

_BETWEEN = "\x1f"

Test = Callable[[str], str]
"""From the SQL of a value to the SQL of what is asked about it."""


EVERYTHING, FOLDED = "everything", "everything_folded"
"""Columns in which the SQL of a keyword looks; `searched_sql` adds them."""


def searched_sql(rows: str, fields: Fields, *, texts: Field | None = None) -> str:
    """SQL for the same rows with all texts of each as one, and that in small letters.

    There is a sign between them: a keyword without that sign is within one of them.
    """
    everything = f"concat_ws('{_BETWEEN}', {', '.join(['NULL', *map(_all_words, _searched(fields, texts))])})"
    return f"(SELECT *, {everything} AS {EVERYTHING}, lower({EVERYTHING}) AS {FOLDED} FROM {rows})"  # noqa: S608  # no value is in it


def _searched(fields: Fields, texts: Field | None) -> list[Field]:
    return [texts] if texts else [field for field in fields.values() if field.kind is not Kind.NUMBER]


def condition_sql(rule: SigmaRule, fields: Fields, *, texts: Field | None = None) -> str:
    """SQL that is TRUE for the rows that the rule matches. Raises `SigmaError` when the rule asks for what cannot be had.

    texts: every text of a row, where keywords are looked for; without it, all texts of the fields are. Plain keywords are looked
    for in the columns `EVERYTHING` and `FOLDED`.
    """
    backend = DuckDbBackend(fields, texts)
    # several conditions in one rule are alternatives
    parts = [backend.convert_condition(condition.parsed, ConversionState()) for condition in rule.detection.parsed_condition]
    return _linked("OR", parts)


class DuckDbBackend(TextQueryBackend):  # type: ignore[misc]  # pySigma is not followed by mypy
    """Writes conditions for the given fields; a field that is not among them is absent in every row."""

    name = "DuckDB"
    formats = {"default": "SQL condition"}  # noqa: RUF012  # pySigma declares it as a plain class variable

    def __init__(self, fields: Fields, texts: Field | None) -> None:
        super().__init__()
        self._fields = fields
        self._texts = _searched(fields, texts)

    # --- logic ---

    def convert_condition_or(self, cond: ConditionOR, state: ConversionState) -> Any:
        """One of the parts holds."""
        return _linked("OR", self._parts(cond, state))

    def convert_condition_and(self, cond: ConditionAND, state: ConversionState) -> Any:
        """All parts hold."""
        return _linked("AND", self._parts(cond, state))

    def convert_condition_not(self, cond: ConditionNOT, state: ConversionState) -> Any:
        """The part does not hold; leaves are never NULL, so neither is this."""
        (part,) = self._parts(cond, state)
        return f"(NOT {part})"

    def _parts(self, cond: ConditionItem, state: ConversionState) -> list[str]:
        return [self.convert_condition(cast("Any", part), state) for part in cond.args]

    # --- a field and a value ---

    def convert_condition_field_eq_val_str(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The text equals the value, whose wildcards stand for anything."""
        return self._text_leaf(cond.field, lambda value: _matches(value, cond.value))

    def convert_condition_field_eq_val_str_case_sensitive(self, cond: Any, state: ConversionState) -> Any:
        """The same; `_matches` sees that the value is a cased one."""
        return self.convert_condition_field_eq_val_str(cond, state)

    def convert_condition_field_eq_val_num(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The number equals the value, also when it is written as text."""
        return self._number_leaf(cond.field, lambda value: f"{value} = {cond.value.number!r}")

    def convert_condition_field_eq_val_bool(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The flag is set, or is not."""
        word = "true" if cast("SigmaBool", cond.value) else "false"
        return self._text_leaf(cond.field, lambda value: f"lower({value}) = '{word}'")

    def convert_condition_field_eq_val_re(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The expression (RE2) is found in the text."""
        return self._text_leaf(cond.field, lambda value: _found(value, cond.value))

    def convert_condition_field_eq_val_cidr(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The text is an address of the network, or the network's own part."""
        network = cast("SigmaCIDRExpression", cond.value).network
        return self._text_leaf(cond.field, lambda value: in_network(value, network))

    def convert_condition_field_compare_op_val(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The number is less or more than the value."""
        compare = cast("SigmaCompareExpression", cond.value)
        return self._number_leaf(cond.field, lambda value: f"{value} {_COMPARE[compare.op]} {compare.number.number!r}")

    def convert_condition_field_eq_field(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The text of one field equals, starts, ends or holds that of another; of a list one element is enough."""
        reference = cast("SigmaFieldReference", cond.value)
        other = self._fields.get(reference.field)
        if other is None:
            return "FALSE"
        name = {(True, True): "contains", (True, False): "starts_with", (False, True): "ends_with"}.get(
            (reference.starts_with, reference.ends_with)
        )
        template = f"{name}(lower({{}}), lower({{}}))" if name else "lower({}) = lower({})"
        return self._text_leaf(
            cond.field, lambda value: _tested(other, lambda against: template.format(value, against), element="against")
        )

    def convert_condition_field_eq_val_null(self, cond: Any, state: ConversionState) -> Any:
        """The field is absent."""
        return f"(NOT {self.convert_condition_field_exists(cond, state)})"

    def convert_condition_field_exists(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The field has a value, or holds an object."""
        field = self._fields.get(cond.field)
        if field is None:
            return "FALSE"
        return f"({_filled(field)} OR {field.nested})" if field.nested else _filled(field)

    def convert_condition_field_eq_val_timestamp_part(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """The moment, in UTC, has this minute, hour, day, week, month or year."""
        wanted = cast("SigmaTimestampPart", cond.value)
        part = wanted.timestamp_part.name.lower()
        return self._text_leaf(cond.field, lambda value: f"date_part('{part}', {moment_sql(value)}) = {wanted.number}")

    # --- a value without a field: looked for in every text ---

    def convert_condition_val(self, cond: Any, state: ConversionState) -> Any:
        """The value is found in one of the texts of the row; of the variants of a value, one is enough."""
        if isinstance(cond.value, SigmaExpansion):
            return _linked("OR", [self._anywhere(value) for value in cond.value.values])
        return super().convert_condition_val(cond, state)

    def convert_condition_val_str(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """A keyword."""
        return self._anywhere(cond.value)

    def convert_condition_val_num(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """A number as a keyword: its digits."""
        return self._anywhere(SigmaString(str(cond.value)))

    def convert_condition_val_re(self, cond: Any, state: ConversionState) -> Any:  # noqa: ARG002  # pySigma's signature
        """An expression as a keyword."""
        return self._anywhere(cond.value)

    def _anywhere(self, value: Any) -> str:
        if isinstance(value, SigmaRegularExpression):
            return self._every_text(lambda text: _found(text, value))
        # a keyword is looked for anywhere within a text
        inside = SpecialChars.WILDCARD_MULTI + value + SpecialChars.WILDCARD_MULTI
        if isinstance(value, SigmaCasedString):
            inside = SigmaCasedString.from_sigma_string(inside)
        if value.s and all(isinstance(part, str) and _BETWEEN not in part for part in value.s):
            return f"({_matches(EVERYTHING, inside, folded=FOLDED)})"
        # Its plain parts stand somewhere in the row, or it is in none of the texts: that is asked of all of them at once.
        cased = isinstance(value, SigmaCasedString)
        plain = [part for part in value.s if isinstance(part, str)]
        first = [f"contains({EVERYTHING if cased else FOLDED}, {_folded(part, cased=cased)})" for part in plain]
        return _linked("AND", [*first, self._every_text(lambda text: _matches(text, inside))])

    def _every_text(self, test: Test) -> str:
        return _linked("OR", [_tested(field, test) for field in self._texts])

    # --- leaves ---

    def _text_leaf(self, name: str, test: Test) -> str:
        field = self._fields.get(name)
        return "FALSE" if field is None else _tested(field, test)

    def _number_leaf(self, name: str, test: Test) -> str:
        field = self._fields.get(name)
        if field is None:
            return "FALSE"
        if field.kind is Kind.NUMBER:
            return _leaf(field, test)
        # isfinite: DuckDB sorts NaN above all numbers
        return _leaf(field, lambda value: f"(isfinite(TRY_CAST({value} AS DOUBLE)) AND {test(f'TRY_CAST({value} AS DOUBLE)')})")


def _all_words(field: Field) -> str:
    """SQL for the words of a field with a sign between them, or for its text."""
    return f"array_to_string({field.sql}, '{_BETWEEN}')" if field.kind is Kind.WORDS else as_text(field, field.sql)


def _tested(field: Field, test: Test, *, element: str = "word") -> str:
    """A leaf that asks the text of the value, or of one of the words."""
    return _leaf(field, lambda value: test(as_text(field, value)), element=element)


def _leaf(field: Field, test: Test, *, element: str = "word") -> str:
    """TRUE when the value passes, or one of the words; FALSE when it does not or there is none.

    element: what a word is called, so that a test within a test can tell its words from the outer ones.
    """
    if field.kind is Kind.WORDS:
        return f"(COALESCE(len(list_filter({field.sql}, lambda {element}: {test(element)})), 0) > 0)"
    return f"COALESCE({test(field.sql)}, FALSE)"


def _filled(field: Field) -> str:
    """TRUE when the field has a value."""
    if field.kind is Kind.WORDS:
        return f"(COALESCE(len({field.sql}), 0) > 0)"
    if field.blank_is_absent and field.kind is Kind.TEXT:
        return f"(COALESCE({field.sql}, '') <> '')"
    return f"({field.sql} IS NOT NULL)"


def _linked(word: str, parts: list[str]) -> str:
    if not parts:
        return "FALSE" if word == "OR" else "TRUE"
    if len(parts) == 1:
        return parts[0]
    if word == "AND":
        # DuckDB asks every part of an AND of every row, but what follows THEN only of the rows that come so far
        return f"(CASE WHEN {parts[0]} THEN {' AND '.join(parts[1:])} ELSE FALSE END)"
    return "(" + f" {word} ".join(parts) + ")"


def _matches(value: str, pattern: SigmaString, *, folded: str = "") -> str:
    """SQL: does the text match a pattern of plain text, `*` and `?`? The common shapes have functions of their own.

    folded: the text in small letters, where that is at hand.
    """
    parts = list(pattern.s)
    if not all(isinstance(part, str | SpecialChars) for part in parts):
        raise SigmaFeatureNotSupportedByBackendError("a placeholder (expand) that nobody fills")
    cased = isinstance(pattern, SigmaCasedString)
    subject = value if cased else folded or f"lower({value})"
    while len(parts) > 1 and parts[0] is parts[1] is SpecialChars.WILDCARD_MULTI:
        del parts[0]
    while len(parts) > 1 and parts[-1] is parts[-2] is SpecialChars.WILDCARD_MULTI:
        del parts[-1]
    match parts:
        case []:
            return f"{value} = ''"
        case [SpecialChars.WILDCARD_MULTI]:
            return f"{value} IS NOT NULL"
        case [str(text)]:
            template = "{} = {}"
        case [str(text), SpecialChars.WILDCARD_MULTI]:
            template = "starts_with({}, {})"
        case [SpecialChars.WILDCARD_MULTI, str(text)]:
            template = "ends_with({}, {})"
        case [SpecialChars.WILDCARD_MULTI, str(text), SpecialChars.WILDCARD_MULTI]:
            template = "contains({}, {})"
        case _:
            text, template = "".join(map(_like, parts)), "{} LIKE {} ESCAPE '\\'"
    return template.format(subject, _folded(text, cased=cased))


def _like(part: Any) -> str:
    if isinstance(part, str):
        return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return "%" if part is SpecialChars.WILDCARD_MULTI else "_"


def _folded(text: str, *, cased: bool) -> str:
    """The value in the letters of the comparison; folded by DuckDB itself, so that both sides fold alike."""
    if cased:
        return literal(text)
    return literal(text.lower()) if text.isascii() else f"lower({literal(text)})"


def _found(value: str, expression: SigmaRegularExpression) -> str:
    if expression.contains_placeholder():
        raise SigmaFeatureNotSupportedByBackendError("a placeholder (expand) that nobody fills")
    flags = "".join(sorted(_FLAGS[flag] for flag in expression.flags))
    prefix = f"(?{flags})" if flags else ""
    return f"regexp_matches({value}, {literal(prefix + str(expression.regexp))})"
