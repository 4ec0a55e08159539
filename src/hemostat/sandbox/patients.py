"""People who do not exist, the same ones for the same seed.

Every value comes from a range that cannot belong to a person: invented names, mail under `.example` (RFC 2606), telephone numbers
555-0100 to 555-0199 (kept for fiction by the North American numbering plan). Every record carries the word SYNTHETIC.
Nothing is stored: a person is computed from the seed and the customer number.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import blake2b
from itertools import accumulate

import msgspec

WATERMARK = "SYNTHETIC"

FIRST_TRIED = 7_000_001
TRIED = 38_420
"""How many customer numbers the leak tries, upward from `FIRST_TRIED`."""

RESIDENTS = {
    "US-CA": 1842, "US-TX": 811, "US-NY": 604, "US-FL": 577, "US-WA": 143,
    "US-IL": 301, "US-PA": 287, "US-OH": 263, "US-GA": 248, "US-NC": 241, "US-MI": 219, "US-NJ": 204, "US-VA": 187, "US-AZ": 166,
    "US-MA": 158, "US-TN": 149, "US-CO": 121, "US-OR": 104, "US-MD": 97, "US-MN": 83, "US-WI": 61, "US-UT": 33, "US-VT": 9,
    "US-DC": 6,
}  # fmt: skip
"""How many of the people whom the leak can reach live where; 6,914 in all."""

PEOPLE = sum(RESIDENTS.values())

FIRST_ORDINARY = 5_000_001
ORDINARY = 2_000
"""How many customers outside the range that is tried shop as usual, upward from `FIRST_ORDINARY`."""

CANARY = 4_999_999
FOREIGN_CANARY = 4_999_998
"""Two customers for probes only: what they are shown is no exposure."""

REPLAYED = 212
DOCUMENTED = 131
"""Of the first `REPLAYED` people in the range, exactly `DOCUMENTED` have documents in the patient portal."""

_FIRST_NAMES = (
    "Arvelle", "Brindo", "Caldra", "Deverin", "Elsavi", "Farrowen", "Galdis", "Hesperin", "Iludra", "Jorveth", "Kelvara",
    "Lindomar", "Mirevel", "Nastrin", "Orvessa", "Pelladin", "Quenby", "Ruthmar", "Selvane", "Tindrel", "Ulvetta", "Vardine",
    "Wenlo", "Xandrel", "Yorvin", "Zelmarie", "Amberlo", "Bristane", "Corvella", "Dunmere", "Estavan", "Fenwillow",
)  # fmt: skip
_LAST_NAMES = (
    "Ashgrovel", "Brackwater", "Cindermoor", "Dovecastle", "Eldenbrook", "Foxmarten", "Glimmerdale", "Hartsedge", "Inkwellow",
    "Juniperson", "Kestrelby", "Larkhollow", "Mossgarden", "Nettlecombe", "Oxbowen", "Pinderfield", "Quillfeather",
    "Rookhaven", "Saltmarshe", "Thistledown", "Umberlane", "Vesperwood", "Wrenfield", "Yarrowby", "Zephyrdale",
    "Birchwhistle", "Copperleaf", "Drumlinder", "Emberstone", "Fallowmere", "Gorsebank",
)  # fmt: skip
_TREATMENTS = (
    ("androgenetic alopecia", "minoxidil"),
    ("atopic eczema", "hydrocortisone"),
    ("migraine", "sumatriptan"),
    ("hypothyroidism", "levothyroxine"),
    ("insomnia", "doxepin"),
    ("acne vulgaris", "adapalene"),
    ("erectile dysfunction", "tadalafil"),
    ("generalized anxiety", "buspirone"),
    ("type 2 diabetes", "metformin"),
    ("hypertension", "lisinopril"),
    ("rosacea", "metronidazole gel"),
    ("seasonal allergy", "cetirizine"),
)
_AREA_CODES = (205, 212, 303, 312, 404, 415, 503, 512, 602, 617, 702, 713, 801, 813, 906, 919)
_BORN_FROM = date(1941, 1, 1)
_BIRTHDAYS = 24_000

_STATES = tuple(RESIDENTS)
_STATE_ENDS = tuple(accumulate(RESIDENTS.values()))
# Exactly one of the first three numbers belongs to someone, so the three probes of the story meet one person
_PROBED = 3
# Near the golden section of PEOPLE: any stretch of the range meets each state nearly in proportion
_STRIDE = 4273


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One synthetic customer. `jurisdiction` is ISO 3166-2; `has_documents` says that the patient portal holds papers of hers."""

    id: int
    first_name: str
    last_name: str
    email: str
    phone: str
    dob: date
    condition: str
    medication: str
    jurisdiction: str
    has_documents: bool
    watermark: str = WATERMARK


class Population:
    """Everyone of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._key = blake2b(str(seed).encode(), digest_size=16).digest()
        draw = int.from_bytes(blake2b(b"layout", key=self._key, digest_size=8).digest(), "big")
        self._phase = draw % (_PROBED * PEOPLE)
        self._turn = draw // PEOPLE % PEOPLE

    def person(self, number: int) -> Person | None:
        """The customer with this number, or None when nobody has it."""
        place = self.place(number)
        if place is not None:
            return self._make(number, jurisdiction=self._residence(place), has_documents=_has_documents(place))
        if FIRST_ORDINARY <= number < FIRST_ORDINARY + ORDINARY or number in {CANARY, FOREIGN_CANARY}:
            return self._make(number, jurisdiction=self._residence(number), has_documents=number == CANARY)
        return None

    def anyone(self, number: int, *, jurisdiction: str) -> Person:
        """A person with this number, whoever has it in the story; for stories with people of their own."""
        return self._make(number, jurisdiction=jurisdiction, has_documents=False)

    def place(self, number: int) -> int | None:
        """The how-manyeth person (from 0) this number is within the range that is tried, or None."""
        offset = number - FIRST_TRIED
        if not 0 <= offset < TRIED:
            return None
        place = -((self._phase - offset * PEOPLE) // TRIED)
        return place if place < PEOPLE and self.number(place) == number else None

    def number(self, place: int) -> int:
        """The customer number of the person at this place within the range that is tried."""
        return FIRST_TRIED + (place * TRIED + self._phase) // PEOPLE

    def reachable(self) -> Iterator[Person]:
        """All people whom the leak can reach, by rising number."""
        for place in range(PEOPLE):
            yield self._make(self.number(place), jurisdiction=self._residence(place), has_documents=_has_documents(place))

    def ordinary(self) -> Iterator[Person]:
        """All customers outside the range that is tried, by rising number."""
        for number in range(FIRST_ORDINARY, FIRST_ORDINARY + ORDINARY):
            yield self._make(number, jurisdiction=self._residence(number), has_documents=False)

    def _residence(self, place: int) -> str:
        return _STATES[bisect_right(_STATE_ENDS, (place * _STRIDE + self._turn) % PEOPLE)]

    def _make(self, number: int, *, jurisdiction: str, has_documents: bool) -> Person:
        draw = blake2b(number.to_bytes(8, "big"), key=self._key, digest_size=16).digest()
        first, last = _FIRST_NAMES[draw[0] % len(_FIRST_NAMES)], _LAST_NAMES[draw[1] % len(_LAST_NAMES)]
        condition, medication = _TREATMENTS[draw[2] % len(_TREATMENTS)]
        return Person(
            id=number,
            first_name=first,
            last_name=last,
            email=f"{first}.{last}.{number}@inbox.example".lower(),
            phone=f"+1 {_AREA_CODES[draw[3] % len(_AREA_CODES)]}-555-01{draw[4] % 100:02d}",
            dob=_BORN_FROM + timedelta(days=int.from_bytes(draw[5:8], "big") % _BIRTHDAYS),
            condition=condition,
            medication=medication,
            jurisdiction=jurisdiction,
            has_documents=has_documents,
        )


def _has_documents(place: int) -> bool:
    return (place + 1) * DOCUMENTED // REPLAYED > place * DOCUMENTED // REPLAYED
