"""The further corpora: texts that hold what their labels say and nothing else, in many forms, the same ones for a seed."""

import html
import json
import re
from base64 import urlsafe_b64decode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from random import Random
from urllib.parse import unquote_plus

import pytest

from hemostat.cli.corpora import Labelled, bedside, clinicline, crossroads, exchange, frontdesk, merchandise, storehouse
from hemostat.cli.corpora.filling import NOTATIONS, TABLES, Field, Form, filled, rewritten, written
from hemostat.cli.corpora.labelled import Value
from hemostat.cli.corpora.newcomers import NEW_DRUGS, NEW_ILLNESSES, cast
from hemostat.cli.corpora.people import CONDITIONS, MEDICATIONS
from hemostat.cli.corpora.strangers import DRUGS, ILLNESSES, MISSPELLED_DRUGS, MISSPELLED_ILLNESSES, Scene
from hemostat.cli.corpora.values import VALUES
from hemostat.cli.corpora.wayfarers import AILMENTS, REMEDIES, SLIPS_OF_AILMENTS, SLIPS_OF_REMEDIES, troupe

_CORPORA = {
    "storehouse": storehouse.lines,
    "frontdesk": frontdesk.lines,
    "exchange": exchange.lines,
    "bedside": bedside.lines,
    "clinicline": clinicline.lines,
    "merchandise": merchandise.lines,
    "crossroads": crossroads.lines,
}
_KINDS = frozenset(
    {"SSN", "MRN", "NPI", "DEA", "MEMBER_ID", "ICD10", "NDC", "PAN", "EMAIL", "PHONE", "DOB", "NAME", "ADDRESS", "IP", "JWT"}
    | {"SESSION_TOKEN", "API_KEY", "PASSPORT", "DRIVER_LICENSE", "CONDITION", "MEDICATION"}
)
_ILLNESSES = frozenset(
    word.lower() for word in (*CONDITIONS, *ILLNESSES, *MISSPELLED_ILLNESSES, *NEW_ILLNESSES, *AILMENTS, *SLIPS_OF_AILMENTS)
)
_DRUGS = frozenset(word.lower() for word in (*MEDICATIONS, *DRUGS, *MISSPELLED_DRUGS, *NEW_DRUGS, *REMEDIES, *SLIPS_OF_REMEDIES))
_LETTERS = "[AC-HJKMNP-RT-Y]"  # of Medicare's numbers


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _dea(number: str) -> bool:
    a, b, c, d, e, f, check = (int(digit) for digit in number[2:])
    return number[:2].isalpha() and (a + c + e + 2 * (b + d + f)) % 10 == check


def _ssn(number: str) -> bool:
    area, group, serial = re.fullmatch(r"(\d{3})[- ]?(\d\d)[- ]?(\d{4})", number).groups()  # type: ignore[union-attr]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def _jwt(token: str) -> bool:
    header, claims, signature = token.split(".")
    parts = [json.loads(urlsafe_b64decode(part + "==")) for part in (header, claims)]
    return "alg" in parts[0] and "exp" in parts[1] and len(signature) == 43


def _card(number: str) -> bool:
    digits = re.sub("[ -]", "", number)
    return 14 <= len(digits) <= 16 and _luhn(digits)


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_MBI = _like(rf"[1-9]{_LETTERS}(?:{_LETTERS}|\d)\d-?{_LETTERS}(?:{_LETTERS}|\d)\d-?{_LETTERS}{{2}}\d\d")
_CHECKS: dict[str, Callable[[str], bool]] = {
    "SSN": _ssn,
    "NPI": lambda text: len(text) == 10 and _luhn(f"80840{text}"),
    "DEA": _dea,
    "PAN": _card,
    "JWT": _jwt,
    "IP": lambda text: bool(ip_address(text)),
    "EMAIL": _like(r"[A-Za-z0-9._+-]+@[a-z0-9.-]+\.(example|com|org|net)|[A-Z0-9._+-]+@[A-Z0-9.-]+"),
    "PHONE": _like(r"[+()\d][\d ()./\u2013-]{8,18}\d"),
    "ICD10": _like(r"[A-Z]\d[\dA-Z](\.?[\dA-Z]{1,4})?"),
    "NDC": _like(r"\d{4,5}-\d{3,4}-\d{1,2}|\d{11}"),
    "DOB": _like(r"(?=.*\d)[\dA-Za-z ,./-]{6,26}"),
    "MRN": _like(r"[A-Z]{0,3}-?[\d-]{5,9}"),
    "MEMBER_ID": _like(r"[A-Z0-9 -]{9,14}"),
    "CONDITION": lambda text: text.lower() in _ILLNESSES,
    "MEDICATION": lambda text: not {text.lower(), text.lower().replace("-", " ")}.isdisjoint(_DRUGS),  # in addresses with dashes
    "NAME": _like(r"[^\d<>{}\"=&]{2,60}"),
    "PASSPORT": _like(r"[A-Z0-9]{8,9}"),
    "DRIVER_LICENSE": _like(r"[A-Za-z0-9][A-Za-z0-9 -]{6,17}"),
    "API_KEY": _like(r"[\w.-]{20,110}"),
    "SESSION_TOKEN": _like(r"[\w.:-]{26,80}"),
    "ADDRESS": _like(r"(?s)[A-Z0-9].*\d.*|\d.*[A-Za-z].*"),
}


def _values(line: Labelled) -> Iterator[tuple[str, str]]:
    for span in line.spans:
        yield span.entity, line.text[span.start : span.end]


def _plain(text: str) -> str:
    """The value as it was before a form, a page, a statement or a string of JSON took it in."""
    encoded = "%" in text or ("+" in text[1:] and "@" not in text)
    text = unquote_plus(text) if encoded else text
    return html.unescape(text).replace("\\'", "'").replace("''", "'")


def _clean(line: Labelled) -> bool:
    return all(span.entity == "IP" for span in line.spans)


@pytest.fixture(scope="module", params=_CORPORA)
def corpus(request: pytest.FixtureRequest) -> list[Labelled]:
    """Enough lines of a corpus that every form and kind should be among them."""
    return list(_CORPORA[request.param](4_000, seed=11))


@pytest.mark.parametrize("name", _CORPORA)
def test_a_corpus_is_the_same_for_a_seed(name: str) -> None:
    """One seed gives one corpus, of which a shorter one is the beginning; another seed gives another."""
    lines = list(_CORPORA[name](60, seed=3))

    assert lines == list(_CORPORA[name](60, seed=3))
    assert lines[:20] == list(_CORPORA[name](20, seed=3))
    assert lines != list(_CORPORA[name](60, seed=4))


def test_about_half_of_the_lines_are_clean(corpus: list[Labelled]) -> None:
    """Half of the lines hold no value, few of these the address of a caller, and lines are seldom the same."""
    clean = sum(_clean(line) for line in corpus) / len(corpus)
    empty = sum(not line.spans for line in corpus) / len(corpus)

    assert 0.45 < clean < 0.6
    assert 0.45 < empty <= clean
    assert len({line.text for line in corpus}) > 0.85 * len(corpus)


def test_every_form_is_written_with_values_and_without(corpus: list[Labelled]) -> None:
    """At least forty forms, so that none tells by itself whether it holds a value; all kinds occur, and no other."""
    forms = defaultdict(set)
    for line in corpus:
        forms[line.form].add(_clean(line))

    assert len(forms) >= 40
    assert all(seen == {True, False} for seen in forms.values()), [form for form, seen in forms.items() if len(seen) < 2]
    counts = Counter(span.entity for line in corpus for span in line.spans)
    assert set(counts) == _KINDS
    assert min(counts.values()) >= 10, counts


def test_spans_hold(corpus: list[Labelled]) -> None:
    """Spans are in order, apart, inside the text, and begin and end with no blank."""
    for line in corpus:
        ends = [place for span in line.spans for place in (span.start, span.end)]
        assert ends == sorted(ends)
        assert max(ends, default=0) <= len(line.text)
        for _, value in _values(line):
            assert value
            assert value == value.strip(' \t\r\n"|;')


def test_values_have_the_form_of_their_kind(corpus: list[Labelled]) -> None:
    """Check digits are right and shapes are those of the kind, once what the notation did to a value is undone."""
    wrong = [
        (line.form, entity, value)
        for line in corpus
        for entity, value in _values(line)
        if entity in _CHECKS and not _CHECKS[entity](_plain(value))
    ]

    assert not wrong


def test_no_value_stands_without_a_label(corpus: list[Labelled]) -> None:
    """Outside the spans stand no mail address, telephone number, address of a machine, illness or drug, and no slot left open."""
    words = "|".join(re.escape(word) for word in sorted(_ILLNESSES | _DRUGS, key=len, reverse=True))
    telling = re.compile(
        r"[\w.+-]+(?:@|%40)[\w.-]+\.(?:example|com|org|net)\b"
        r"|(?<!\w)(?:\(?\d{3}\)?[-./ \u2013]{0,3}555[-. \u2013]{0,3}01\d\d"
        r"|(?:7946|496) 0\d{3}|7700 ?900\d{3}|23125\d{3}|39 98 \d\d \d\d)\b"
        r"|\b(?:192\.0\.2|198\.51\.100|203\.0\.113|192\.168\.1)\.\d+|\b2001:db8|eyJ[\w-]+\.eyJ|\bshp(?:at|ca|ss|pa)_|\b[sr]k_live_|\bAKIA"
        rf"|\b(?:{words})\b|«|»",
        re.IGNORECASE,
    )
    bare = []
    for line in corpus:
        text = line.text
        for span in line.spans:
            text = text[: span.start] + "\0" * (span.end - span.start) + text[span.end :]
        bare += [(line.form, found[0]) for found in telling.finditer(text)]

    assert not bare


@pytest.fixture
def chance() -> Random:
    """A source of chance that gives the same each time."""
    return Random(5)  # noqa: S311  # made-up texts, no secret


def test_medicares_numbers_have_their_form(chance: Random) -> None:
    """A made-up number of Medicare has the eleven places that the agency describes, in one word or three."""
    entity, made = VALUES["mbi"]

    assert entity == "MEMBER_ID"
    assert all(_MBI(made(chance)) for _ in range(300))


@pytest.mark.parametrize("notation", sorted({*NOTATIONS, *TABLES}))
def test_a_record_is_written_with_its_values_known(notation: str, chance: Random) -> None:
    """In each notation every value of a record stays known, and none of its names is lost."""
    pieces = written([Field("dob", "dob.iso"), Field("order", "order"), Field("email", "email")], notation, chance)

    values = [piece for piece in pieces if isinstance(piece, Value)]
    assert [value.entity for value in values] == ["DOB", "EMAIL"] * (len(values) // 2)
    assert values
    text = "".join(piece.text if isinstance(piece, Value) else piece for piece in pieces)
    assert all(name in text for name in ("dob", "order", "email"))


def test_a_value_is_labelled_as_it_stands_in_its_notation() -> None:
    """What a notation escapes is escaped within the value, too."""
    pieces = rewritten(["name=", Value("Siobhan O'Brien", "NAME")], lambda text: text.replace("'", "''"))

    assert pieces == ["name=", Value("Siobhan O''Brien", "NAME")]


def test_an_unknown_slot_is_an_error(chance: Random) -> None:
    """A slot that nothing fills is named, so that a slip in a template cannot stay in a text."""
    with pytest.raises(KeyError, match=r"nmae"):
        filled("Hello «nmae»", chance, {})
    with pytest.raises(KeyError, match=r"p\.name:shouted"):
        filled("Hello «p.name:shouted»", chance, Scene())


@pytest.mark.parametrize("forms", [exchange.FORMS, bedside.FORMS, clinicline.FORMS, merchandise.FORMS])
def test_the_wider_corpora_have_fifty_forms(forms: tuple[Form, ...]) -> None:
    """Each of the wider corpora has fifty forms, no two of one name."""
    names = {form.name for form in forms}

    assert len(forms) == len(names) >= 50


def test_the_crossroads_have_seventy_forms() -> None:
    """At least seventy forms, no two of one name, and each with its own texts for lines with values and without."""
    forms = crossroads.FORMS

    assert len(forms) == len({form.name for form in forms}) >= 70
    assert all(form.holding and form.clean for form in forms)


def test_the_words_of_the_wayfarers_are_many() -> None:
    """At least 150 illnesses and 150 drugs, none twice, and no slip of the pen that is a right word."""
    for words, slips in ((AILMENTS, SLIPS_OF_AILMENTS), (REMEDIES, SLIPS_OF_REMEDIES)):
        right = {word.lower() for word in words}
        assert len(right) == len(words) >= 150
        assert right.isdisjoint(slips)


def test_what_is_written_of_a_wayfarer_is_of_one_person(chance: Random) -> None:
    """The spellings of a name, a telephone number, a birthday or a home in one text are those of one person."""
    scene = troupe()
    pieces = filled("«p.caret» «p.star» «p.tel» «p.born» «p.bday» «p.post» «p.fields»", chance, scene)
    hl7, x12, phone, born, birthday, home, fields = (piece for piece in pieces if isinstance(piece, Value))

    who = scene.who("p", chance)
    assert hl7 == Value(f"{who.last}^{who.first}".upper(), "NAME")
    assert x12 == Value(hl7.text.replace("^", "*"), "NAME")
    assert re.sub(r"\D", "", phone.text)[-10:] == who.phone
    assert born == Value(who.born.isoformat(), "DOB")
    assert birthday.entity == "DOB"
    assert f"{who.born:%y}" in birthday.text
    assert home == Value(f"{who.street}, {who.city} {who.zip}", "ADDRESS")
    assert fields.text.startswith(f"{who.street}^^{who.city.split(', ')[0]}^")


def test_the_words_of_the_newcomers_are_many_and_their_own() -> None:
    """At least 150 illnesses and 150 drugs, none twice and none that an earlier corpus names."""
    earlier = {word.lower() for word in (*CONDITIONS, *ILLNESSES, *MISSPELLED_ILLNESSES, *MEDICATIONS, *DRUGS, *MISSPELLED_DRUGS)}

    for words in (NEW_ILLNESSES, NEW_DRUGS):
        assert len({word.lower() for word in words}) == len(words) >= 150
        assert earlier.isdisjoint(word.lower() for word in words)


def test_what_is_written_of_a_newcomer_is_of_one_person(chance: Random) -> None:
    """The spellings of a name, a telephone number or a birthday in one text are those of one person."""
    scene = cast()

    who = scene.who("p", chance)
    hl7, phone, born = (piece for piece in filled("«p.hl7:upper» «p.tel» «p.born»", chance, scene) if isinstance(piece, Value))
    assert hl7.text.startswith(f"{who.last}^{who.first}".upper())
    assert re.sub(r"\D", "", phone.text)[-10:] == who.phone
    assert born == Value(who.born.isoformat(), "DOB")


def test_people_stay_the_same_through_a_text(chance: Random) -> None:
    """A person who is named twice in a text is the same one, until the next one is brought on."""
    first, again, other = (
        piece for piece in filled("«p.name» «p.name:upper»«next»«p.name»", chance, Scene()) if isinstance(piece, Value)
    )

    assert again == Value(first.text.upper(), "NAME")
    assert first != other


def test_a_value_fits_where_it_stands(chance: Random) -> None:
    """A slot that asks for a rewriting gives the value as a form, a statement or a page would hold it, with its label."""
    scene = Scene()
    plain, sent = (piece for piece in filled("«p.email» «p.email:pct»", chance, scene) if isinstance(piece, Value))

    assert sent == Value(plain.text.replace("@", "%40").replace("+", "%2B"), "EMAIL")
