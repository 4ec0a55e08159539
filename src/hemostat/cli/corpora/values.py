"""How a value of each kind is made, and the numbers and words that only look like one.

All values are made up: mail under `.example`, `example.com` and `example.org` (RFC 2606), telephone numbers kept for fiction
(555-01xx in North America, the drama numbers of Ofcom and the Bundesnetzagentur), addresses of RFC 5737, RFC 3849 and RFC 1918,
cards from the ranges that payment processors publish for tests. Numbers that carry a check digit carry the right one.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

from .people import (
    AREA_CODES,
    BRANDS,
    CITIES,
    CODES,
    COMPANIES,
    CONDITIONS,
    FAMILY,
    GIVEN,
    MEDICATIONS,
    PAYERS,
    STREET_TYPES,
    STREETS,
    UNITS,
)

Maker = Callable[[Random], str]
"""What writes one value or one piece of noise, drawn by chance."""

_DIGITS, _UPPER, _LOWER, _HEX = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789abcdef"
_ALPHABETS = {
    "#": _DIGITS,
    "!": _DIGITS[1:],
    "@": _UPPER,
    "~": _HEX,
    "^": _UPPER + _DIGITS,
    "?": _LOWER + _DIGITS,
    "¢": _UPPER + "234567",  # base32 (RFC 4648), of which AWS makes the identifiers of keys
    "=": _UPPER + _LOWER + _DIGITS,
    "§": "ACDEFGHJKMNPQRTUVWXY",  # letters of Medicare's numbers, which leave out those that look like digits
    "¤": "0123456789ACDEFGHJKMNPQRTUVWXY",
}
_CARD_STARTS = (
    "424242",
    "400005",
    "401288",
    "411111",
    "510510",
    "555555",
    "222300",
    "520082",
    "378282",
    "371449",
    "601111",
    "300000",
)
_AMEX, _DINERS = ("37",), ("30",)
_HOSTS = (
    "mail.example", "inbox.example", "example.com", "example.org", "post.example", "fernhollow.example", "uni.example",
    "corp.mail.example",
)  # fmt: skip
_WORDS = ("sunny", "river", "nurse", "mom", "golf", "cat", "baker", "night", "blue", "coach", "fit", "runner", "vet", "rn")
_LAST_DAY = date(2026, 10, 31)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def shaped(*shapes: str) -> Maker:
    """A maker that takes one of the shapes and puts a character drawn from its alphabet in place of each sign."""
    return lambda chance: "".join(
        chance.choice(_ALPHABETS[sign]) if sign in _ALPHABETS else sign for sign in chance.choice(shapes)
    )


def luhn_digit(digits: str) -> str:
    """The digit that makes the number right by the formula of Luhn (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return str(-sum(each // 10 + each % 10 for each in doubled) % 10)


def _of(words: tuple[str, ...]) -> Maker:
    return lambda chance: chance.choice(words)


def _cased(words: tuple[str, ...]) -> Maker:
    """One of the words, at times with a capital or in capitals."""

    def made(chance: Random) -> str:
        word, kind = chance.choice(words), chance.random()
        if kind < 0.2:  # noqa: PLR2004  # shares of spellings
            return word[0].upper() + word[1:]
        return word.upper() if kind < 0.25 else word  # noqa: PLR2004

    return made


# --- people -----------------------------------------------------------------------------------------


def _given(chance: Random) -> str:
    return chance.choice(GIVEN)


def _family(chance: Random) -> str:
    if chance.random() < 0.06:  # noqa: PLR2004  # a double name now and then
        return f"{chance.choice(FAMILY)}-{chance.choice(FAMILY)}"
    return chance.choice(FAMILY)


def _name_plain(chance: Random) -> str:
    middle = chance.choice(("", "", "", f" {chance.choice(_UPPER)}.", f" {chance.choice(_UPPER)}", f" {_given(chance)}"))
    return f"{_given(chance)}{middle} {_family(chance)}"


def _name_comma(chance: Random) -> str:
    name = (
        f"{_family(chance)}, {_given(chance)}{chance.choice(('', '', f' {chance.choice(_UPPER)}', f' {chance.choice(_UPPER)}.'))}"
    )
    return name.upper() if chance.random() < 0.4 else name  # noqa: PLR2004  # registration desks like capitals


def _name(chance: Random) -> str:
    """A name as records hold it: mostly first and last, at times turned around, in capitals or in small letters."""
    kind = chance.random()
    if kind < 0.7:  # noqa: PLR2004  # shares of spellings, here and below
        return _name_plain(chance)
    if kind < 0.85:  # noqa: PLR2004
        return _name_comma(chance)
    return _name_plain(chance).upper() if kind < 0.96 else _name_plain(chance).lower()  # noqa: PLR2004


def _name_parts(join: str, *, middle: bool) -> Maker:
    """Last and first, with a middle initial at times where it is asked for, as messages of health care divide them."""

    def made(chance: Random) -> str:
        parts = [_family(chance), _given(chance), *chance.choice(((), (), (chance.choice(_UPPER),) * middle))]
        return join.join(parts).upper() if chance.random() < 0.6 else join.join(parts)  # noqa: PLR2004  # as old systems write

    return made


def _email(chance: Random) -> str:
    plain = str.maketrans("äöüéèêçñóúíáãøßőž", "aoueeecnouiaaosoz", " '.-")
    first, last = _given(chance).lower().translate(plain), _family(chance).lower().translate(plain)
    first, last = (part.encode("ascii", "ignore").decode() for part in (first, last))
    local = chance.choice(
        (
            f"{first}.{last}", f"{first[0]}{last}", f"{first}_{last}{chance.randrange(100):02}",
            f"{last}{chance.randrange(1950, 2010)}",
            f"{first}+rx", f"{chance.choice(_WORDS)}{chance.choice(_WORDS)}{chance.randrange(1000)}", f"{first}-{last}",
            f"{first.title()}.{last.title()}",
        )
    )  # fmt: skip
    return f"{local}@{chance.choice(_HOSTS)}"


def _phone(chance: Random) -> str:
    shape = chance.choice(
        (
            "(AAA) 555-01##", "(AAA) 555-01##", "AAA-555-01##", "AAA-555-01##", "AAA.555.01##", "+1AAA55501##", "1-AAA-555-01##",
            "AAA 555 01##", "+1 (AAA) 555-01##", "+1-AAA-555-01##", "(AAA)555-01##", "+1 AAA 555 01##", "+44 20 7946 0###",
            "+447700900###", "07700 900###", "+49 30 23125###", "+1.AAA.555.01##",
        )
    )  # fmt: skip
    return shaped(shape.replace("AAA", chance.choice(AREA_CODES)))(chance)


def _phone_plain(chance: Random) -> str:
    return shaped(f"{chance.choice(AREA_CODES)}55501##")(chance)


def _born(chance: Random) -> date:
    return date(1931, 1, 1) + timedelta(days=chance.randrange(31_000))


def _birthday(chance: Random) -> str:
    return _day_written(_born(chance), chance)


def _day_written(day: date, chance: Random) -> str:
    month = _MONTHS[day.month - 1]
    return chance.choice(
        (
            day.isoformat(), day.isoformat(), f"{day:%m/%d/%Y}", f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day:%y}",
            f"{day:%d.%m.%Y}",
            f"{month} {day.day}, {day.year}", f"{day.day} {month[:3]} {day.year}", f"{day:%d}-{month[:3].upper()}-{day.year}",
            f"{day:%m-%d-%Y}", f"{month[:3]} {day.day} {day.year}", f"{day:%Y/%m/%d}",
        )
    )  # fmt: skip


def _street(chance: Random) -> str:
    kind, number = chance.random(), chance.randrange(1, 19_900)
    if kind < 0.06:  # noqa: PLR2004  # shares of kinds of addresses, here and below
        return f"{chance.choice(('PO Box', 'P.O. Box', 'P O BOX'))} {chance.randrange(10, 9_900)}"
    if kind < 0.10:  # noqa: PLR2004
        return f"{chance.choice(('RR', 'Rural Route', 'HC'))} {chance.randrange(1, 9)} Box {chance.randrange(10, 400)}"
    unit = f"{chance.choice((' ', ', '))}{chance.choice(UNITS)}" if kind < 0.35 else ""  # noqa: PLR2004
    street = f"{number} {chance.choice(STREETS)} {chance.choice(STREET_TYPES)}{unit}"
    return street.upper() if kind > 0.92 else street  # noqa: PLR2004


def _address(middle: str) -> Maker:
    """The street with city, state and ZIP code; `middle` stands between street and city."""

    def made(chance: Random) -> str:
        city, state, start = chance.choice(CITIES)
        code = start + shaped("##", "##", "##-####")(chance)
        return f"{_street(chance)}{middle}{city}{chance.choice((', ', ' ', ', '))}{state} {code}"

    return made


def _address_hl7(chance: Random) -> str:
    city, state, start = chance.choice(CITIES)
    return f"{_street(chance)}^^{city}^{state}^{start}{chance.randrange(100):02}"


# --- numbers ----------------------------------------------------------------------------------------


def _ssn(join: str) -> Maker:
    """Area, group and serial of the Social Security Administration's form: none of them zero, no area 666 or from 900 up."""

    def made(chance: Random) -> str:
        area = chance.choice((*range(1, 666), *range(667, 900)))
        return join.join((f"{area:03}", f"{chance.randrange(1, 100):02}", f"{chance.randrange(1, 10_000):04}"))

    return made


def _npi(chance: Random) -> str:
    digits = shaped("1########", "1########", "2########")(chance)
    return digits + luhn_digit(f"80840{digits}")  # 45 CFR 162.406


def _dea(chance: Random) -> str:
    digits = shaped("######")(chance)
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"{chance.choice('ABFGMP')}{chance.choice(_UPPER)}{digits}{(odd + 2 * even) % 10}"


def _card(chance: Random) -> str:
    start = chance.choice(_CARD_STARTS)
    length = 15 if start.startswith(_AMEX) else 14 if start.startswith(_DINERS) else 16
    digits = start + "".join(chance.choices(_DIGITS, k=length - len(start) - 1))
    return digits + luhn_digit(digits)


def _card_written(chance: Random) -> str:
    digits, join = _card(chance), chance.choice((" ", "-", "", ""))
    cuts = (0, 4, 8, 12, 16) if len(digits) == 16 else (0, 4, 10, len(digits))  # noqa: PLR2004
    return join.join(digits[start:end] for start, end in pairwise(cuts))


def _address_of_a_machine(chance: Random) -> str:
    return chance.choice(("192.0.2.{}", "198.51.100.{}", "203.0.113.{}", "10.{0}.4.{0}", "172.16.{0}.9", "192.168.1.{}")).format(
        chance.randrange(1, 255)
    )


_JOINED_IP6 = shaped(
    "2001:db8::~~~~", "2001:db8:~~~:~~~~::1", "2001:db8:!~~~:!~~:!~:!~~~:!~~~:!~~~", "2001:db8:85a3::8a2e:!~~:!~~~"
)


def _ip(chance: Random) -> str:
    return _JOINED_IP6(chance) if chance.random() < 0.15 else _address_of_a_machine(chance)  # noqa: PLR2004  # as in most logs


def _encoded(data: Mapping[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


def _jwt(chance: Random) -> str:
    header = chance.choice(
        ({"alg": "HS256", "typ": "JWT"}, {"alg": "RS256", "kid": shaped("~~~~~~~~")(chance)}, {"alg": "ES256"})
    )
    now = 1_760_000_000 + chance.randrange(30_000_000)
    claims = {"sub": shaped("!#####", "gid-!########")(chance), "iat": now, "exp": now + 3600, "scope": chance.choice(_WORDS)}
    return f"{_encoded(header)}.{_encoded(claims)}.{shaped('=' * 43)(chance)}"


def _time(form: str) -> Maker:
    return lambda chance: _moment(chance).strftime(form)


def _moment(chance: Random) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(26_000_000), milliseconds=chance.randrange(1000))


def _day(chance: Random) -> str:
    return _day_written(_LAST_DAY - timedelta(days=chance.randrange(900)), chance)


def _barcode(chance: Random) -> str:
    digits = shaped("0###########", "40##########", "50##########")(chance)
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str(-total % 10)  # GS1 General Specifications 7.9


def _luhn_but_no_card(chance: Random) -> str:
    digits = shaped("35############", "89014103##########", "9########", "79##########", "9##############")(chance)
    return digits + luhn_digit(digits)


def _imei(chance: Random) -> str:
    digits = shaped("35############", "86############")(chance)
    return digits + luhn_digit(digits)


def _message(chance: Random) -> str:
    """A message that holds no value, in base64 as queues carry it."""
    data = {"order": chance.randrange(100_000), "sku": shaped("SKU-!####")(chance), "state": chance.choice(("paid", "packed"))}
    return b64encode(json.dumps(data).encode()).decode()


VALUES: Mapping[str, tuple[str, Maker]] = {
    "ssn": ("SSN", _ssn("-")),
    "ssn.any": ("SSN", lambda chance: _ssn(chance.choice(("-", "-", "-", " ", "")))(chance)),
    "ssn.plain": ("SSN", _ssn("")),
    "mrn": (
        "MRN",
        shaped("!#######", "!######", "!#####", "00######", "E!######", "FH######", "@!######", "PT-!#####", "!#-##-##"),
    ),
    "mrn.plain": ("MRN", shaped("!#######", "!######", "00!#####", "E!######")),
    "npi": ("NPI", _npi),
    "dea": ("DEA", _dea),
    "member": (
        "MEMBER_ID",
        shaped("@@@!########", "W!########", "!########01", "@@@###@!####", "H!#######", "U!######## 01", "!#########"),
    ),
    "member.plain": ("MEMBER_ID", shaped("@@@!########", "W!########", "!##########", "@@!########")),
    "mbi": ("MEMBER_ID", shaped("!§¤#§¤#§§##", "!§¤#-§¤#-§§##")),
    "icd": ("ICD10", _of(CODES)),
    "icd.plain": ("ICD10", lambda chance: chance.choice(CODES).replace(".", "")),
    "ndc": ("NDC", shaped("!####-####-##", "0!###-####-##", "!###-####-##", "!####-###-##", "!####-####-#")),
    "ndc.plain": ("NDC", shaped("0!#########", "!##########")),
    "pan": ("PAN", _card_written),
    "pan.plain": ("PAN", _card),
    "email": ("EMAIL", _email),
    "phone": ("PHONE", _phone),
    "phone.plain": ("PHONE", _phone_plain),
    "dob": ("DOB", _birthday),
    "dob.iso": ("DOB", lambda chance: _born(chance).isoformat()),
    "dob.us": ("DOB", lambda chance: f"{_born(chance):%m/%d/%Y}"),
    "dob.plain": ("DOB", lambda chance: f"{_born(chance):%Y%m%d}"),
    "name": ("NAME", _name),
    "name.plain": ("NAME", _name_plain),
    "name.comma": ("NAME", _name_comma),
    "name.lower": ("NAME", lambda chance: _name_plain(chance).lower()),
    "name.first": ("NAME", _given),
    "name.last": ("NAME", _family),
    "name.hl7": ("NAME", _name_parts("^", middle=True)),
    "name.x12": ("NAME", _name_parts("*", middle=False)),
    "street": ("ADDRESS", _street),
    "address": ("ADDRESS", _address(", ")),
    "address.block": ("ADDRESS", _address("\n")),
    "address.hl7": ("ADDRESS", _address_hl7),
    "ip": ("IP", _ip),
    "ip4": ("IP", _address_of_a_machine),
    "jwt": ("JWT", _jwt),
    "session.php": ("SESSION_TOKEN", shaped("?" * 26, "?" * 32)),
    "session.java": ("SESSION_TOKEN", shaped("^" * 32, "~" * 32)),
    "session": ("SESSION_TOKEN", shaped("=" * 43, "~" * 64, "sess_" + "=" * 24, "?" * 40)),
    "session.node": ("SESSION_TOKEN", shaped(f"s%3A{'=' * 32}.{'=' * 43}")),
    "key.shopify": ("API_KEY", shaped("shpat_" + "~" * 32, "shpca_" + "~" * 32, "shpss_" + "~" * 32, "shppa_" + "~" * 32)),
    "key.stripe": ("API_KEY", shaped("sk_live_" + "=" * 24, "rk_live_" + "=" * 24, "sk_test_51" + "=" * 97)),
    "key.aws": ("API_KEY", shaped("AKIA" + "¢" * 16)),
    "key.aws_secret": ("API_KEY", shaped("=" * 40)),
    "key.magento": ("API_KEY", shaped("?" * 32)),
    "key.any": (
        "API_KEY",
        shaped("~" * 32, "=" * 40, "~" * 64, "pk_" + "~" * 34, "key-" + "~" * 32, "SG." + "=" * 22 + "." + "=" * 43),
    ),
    "passport": ("PASSPORT", shaped("5########", "A########", "@@######", "C!!X!!T!#", "@#######")),
    "license": (
        "DRIVER_LICENSE",
        shaped("@#######", "@###-####-####", "@###-###-##-###-#", "!########", "WDL@@^@^###@", "@#### ##### #####"),
    ),
    "condition": ("CONDITION", _cased(CONDITIONS)),
    "medication": ("MEDICATION", _cased(MEDICATIONS)),
    "medication.upper": ("MEDICATION", lambda chance: chance.choice(MEDICATIONS).upper()),
}
"""For each slot of a template that is a value: its entity and its maker."""

NOISE: Mapping[str, Maker] = {
    "order": shaped("!###", "!#####", "FH-!#####", "0000!####", "1000!####", "SO!#######", "US-!#####-R"),
    "gid": shaped("!############", "!#########"),
    "id": shaped("!###", "!#####", "!########", "!#"),
    "sku": shaped("SKU-!####", "FH-@@@-!##", "WS!#-@-@@", "!##-!#-!###", "@@!###-##", "24-@@##", "@!##.!#@"),
    "tracking": shaped(
        "1Z^^^^^^##########", "94001########", "9205590164917300######", "7!##########", "JD01460#########", "61299#########"
    ),
    "uuid": shaped(f"{'~' * 8}-{'~' * 4}-4{'~' * 3}-a{'~' * 3}-{'~' * 12}"),
    "sha": shaped("~" * 40, "~" * 7, "~" * 12, "~" * 64),
    "hex16": shaped("~" * 16),
    "hex32": shaped("~" * 32),
    "mac": lambda chance: shaped("=" * 43)(chance) + "=",
    "ulid": shaped("01J" + "^" * 23),
    "version": shaped("2.4.!-p#", "!.#.#", "v!#.!.##", "!.##.0-rc.#", "7.#.#.#", "202!.##.!"),
    "price": shaped("!#.##", "!.99", "!##.00", "1,!##.##"),
    "cents": shaped("!##0", "!#99", "!###9"),
    "count": shaped("!", "!#", "!##"),
    "ms": shaped("!", "!#", "!##", "!###"),
    "last4": shaped("####"),
    "float": shaped("0.#####", "!#.###", "!.##"),
    "bytes": shaped("!###", "!####", "!#####"),
    "port": shaped("443", "8080", "3306", "54###", "9000"),
    "pid": shaped("!###", "!##", "1"),
    "barcode": _barcode,
    "imei": _imei,
    "status": shaped("200", "201", "302", "404", "422", "500"),
    "minute": shaped("0#", "1#", "2#"),
    "b64": _message,
    "hardware": shaped("~~:~~:~~:~~:~~:~~"),
    "isbn": shaped("978-!-##-######-#", "979-!-####-####-#"),
    "place": shaped("3#.####,-8#.####", "4#.####,-12#.####"),
    "luhn": _luhn_but_no_card,
    "day": _day,
    "unix": lambda chance: str(int(_moment(chance).timestamp())),
    "unixms": lambda chance: str(int(_moment(chance).timestamp() * 1000)),
    "ts": _time("%Y-%m-%dT%H:%M:%S.%f+00:00"),
    "tsz": _time("%Y-%m-%dT%H:%M:%SZ"),
    "tss": _time("%Y-%m-%d %H:%M:%S"),
    "tsc": lambda chance: _moment(chance).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3],
    "clf": _time("%d/%b/%Y:%H:%M:%S +0000"),
    "syslog": _time("%b %d %H:%M:%S"),
    "clock": _time("%H:%M:%S"),
    "hour": _time("%I:%M %p"),
    "hl7ts": _time("%Y%m%d%H%M%S"),
    "ymd": _time("%Y%m%d"),
    "iso": _time("%Y-%m-%d"),
    "us": _time("%m/%d/%Y"),
    "month": _time("%B"),
    "control": shaped("#########", "!####", "000000!##"),
    "brand": _of(BRANDS),
    "company": _of(COMPANIES),
    "payer": _of(PAYERS),
    "masked": shaped("************####", "411111******####", "XXXX-XXXX-XXXX-####", "**** ####"),
    "plate": shaped("W269N-WFGWX-YVC9B-^^^^^-^^^^^", "^^^^-^^^^-^^^^-^^^^", "NCC-####"),
    "pod": shaped("checkout-api-~~~~~~~~~-?????", "php-fpm-~~~~~~~~~-?????", "rx-worker-#", "web-!.iad.fernhollow.example"),
}
"""For each slot of a template that is no value: its maker."""
