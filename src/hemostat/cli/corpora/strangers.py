"""People whom no other corpus knows, with all that is theirs, and wider spellings of what is written of them.

Everything is made up, from ranges that cannot exist: mail under names kept for examples (RFC 2606), telephone numbers that
regulators keep for fiction (555-01xx in North America, and those of Ofcom, ARCEP, ComReg, ACMA and the Bundesnetzagentur).
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from .filling import Part, filled, json_text, repr_text, rewritten, sql_text, xml_text
from .labelled import Value
from .people import CODES, CONDITIONS, MEDICATIONS
from .values import shaped

GIVEN = (
    "Adaeze", "Imani", "Oluwaseun", "Kofi", "Tendai", "Makena", "Yared", "Hodan", "Ifeoma", "Sipho", "Lerato", "Nadège",
    "Noor", "Hassan", "Maryam", "Tariq", "Rania", "Ibrahim", "Yasmin", "Khalid", "Shirin", "Behrouz", "Aylin", "Emre", "Leyla",
    "Anjali", "Vikram", "Meera", "Rohan", "Kavita", "Suresh", "Nandini", "Ashok", "Padma", "Imran", "Nasreen", "Rafiq",
    "Xiaoling", "Jianguo", "Mei-Ling", "Haruto", "Sakura", "Kenji", "Min-jun", "Ji-woo", "Hye-rin", "Quynh", "Duc", "Thanh",
    "Somchai", "Dewi", "Rizal", "Analyn", "Bayani", "Malia", "Keoni", "Sione", "Mele", "Nizhoni", "Takoda", "Aiyana",
    "Bronwyn", "Rhys", "Saoirse", "Niamh", "Eoghan", "Hamish", "Astrid", "Søren", "Eero", "Aino", "Gunnar", "Þóra", "Łukasz",
    "Małgorzata", "Zdeněk", "Božena", "Dragan", "Snežana", "Bogdan", "Mihaela", "Vytautas", "Rūta", "Nikolaos", "Eleni",
    "Graziella", "Salvatore", "Inês", "Thiago", "Joaquín", "Marisol", "Rocío", "Itzel", "Yesenia", "Nayeli", "Efraín",
    "Jean-Baptiste", "Marie-Ève", "Maëlle", "Wilhelmina", "Detlef", "Käthe", "Shlomo", "Rivka", "Yael", "Menachem",
    "Shaniqua", "Jamal", "Keisha", "Darnell", "Latisha", "Jaylen", "Destiny", "Earl", "Opal", "Vernon", "Beulah", "Wendell",
    "Madison", "Hunter", "Skylar", "Jordan", "Paige", "Chase", "Dale", "Summer", "Hope", "Rusty", "Ginger", "Frank", "Rich",
)  # fmt: skip
"""Given names; the last ones are words as well."""
FAMILY = (
    "Adeyemi", "Nwosu", "Boateng", "Mutasa", "Wanjiru", "Gebremariam", "Warsame", "Mbeki", "Traoré", "N'Diaye", "Achebe",
    "Al-Khatib", "Hashemi", "Rezaei", "El Amrani", "Ben Youssef", "Abu-Jaber", "Öztürk", "Çelik", "Karapetyan", "Saakashvili",
    "Krishnamurthy", "Banerjee", "Deshpande", "Venkataraman", "Bhattacharya", "Gill", "Qureshi", "Mirza", "Wickramasinghe",
    "Liu", "Zhao", "Ng", "Ho", "Wu", "Huang", "Suzuki", "Kobayashi", "Inoue", "Jung", "Yoon", "Vo", "Bui", "Le", "Phan",
    "Srisawat", "Santoso", "Villanueva", "de Guzman", "Macaraeg", "Kamaka", "Tuiasosopo", "Benally", "Two Bulls", "Redcloud",
    "Llewellyn", "O'Shaughnessy", "Mac an Bhaird", "McGillicuddy", "FitzPatrick", "Søndergaard", "Ångström", "Koskinen",
    "Guðmundsdóttir", "Wiśniewski", "Dvořák", "Jovanović", "Đorđević", "Ionescu", "Kazlauskas", "Theodoropoulos",
    "von Hohenfels", "zu Rhein", "ter Horst", "van den Heuvel", "De Smet", "Lacroix-Dupont", "L'Heureux", "D'Amico",
    "Lo Presti", "Della Torre", "Sá Carneiro", "de Oliveira", "Vasconcelos", "Ortiz y Pino", "Quiñones", "Zúñiga", "Ibáñez",
    "Montoya-Ruiz", "Ochoa", "Saldívar", "Feinberg", "Mizrahi", "Ben-Ami", "Katz", "Abernathy", "Crabtree", "Hollingsworth",
    "Pettigrew", "Throckmorton", "Underwood", "Vandermolen", "Winthrop", "Yarborough", "Zimmer", "Brown", "Williams", "Jones",
    "Martinez", "Anderson", "Cook", "Woods", "Stone", "Bishop", "Frost", "Marsh", "Penny", "Best", "Bond", "Day", "Fields",
)  # fmt: skip
"""Family names, with particles, hyphens and apostrophes; the last ones are words as well."""
_NICKNAMES = ("Bo", "Chuck", "Peg", "Skip", "Trey", "Lupe", "Sunny", "Dee", "Junior", "Mimi", "Ace")
_MINOR = ("Jr.", "Sr.", "III", "II", "Jr")
_STREETS = (
    "Alberta", "Old Plank", "Gratiot", "Bluemound", "Cottonwood Canyon", "Rosecrans", "Ponce de Leon", "Tchoupitoulas",
    "Bayou Black", "Fox Chase", "Schuylkill", "King's Highway", "Mt. Vernon", "Lower Buckeye", "Estrella", "E 116th", "1st",
    "S Kedzie", "Calhoun", "Chinaberry", "Whispering Pines", "Tamiami", "Kuakini", "Elm", "College", "Church", "Mill Race",
    "Nine Mile", "State Route 41", "Farm to Market 1960", "Frontage", "Meadowlark", "W 9 1/2 Mile", "Penn", "Park",
)  # fmt: skip
_STREET_TYPES = ("St", "St.", "Ave", "Ave.", "Rd", "Blvd", "Ln", "Dr.", "Cir", "Loop", "Trl", "Sq", "Xing", "Street", "Avenue")
_UNITS = (
    "Apt 3", "apt 12-B", "#4", "Unit 1102", "Ste. 310", "Floor 2", "Rm 204", "Trlr 9", "PH 6", "Bldg 7 Unit C", "Rear", "2nd Fl",
)  # fmt: skip
_CITIES = (
    ("Portland", "OR", "972"), ("Milwaukee", "WI", "532"), ("New Orleans", "LA", "701"), ("St. Louis", "MO", "631"),
    ("Wilkes-Barre", "PA", "187"), ("Fort Wayne", "IN", "468"), ("Ho-Ho-Kus", "NJ", "074"), ("Hilo", "HI", "967"),
    ("Anchorage", "AK", "995"), ("La Crosse", "WI", "546"), ("Española", "NM", "875"), ("Bowling Green", "KY", "421"),
    ("O'Fallon", "IL", "622"), ("Laredo", "TX", "780"), ("Queens", "NY", "113"), ("Worcester", "MA", "016"),
    ("Chattanooga", "TN", "374"), ("Boise", "ID", "837"), ("Ann Arbor", "MI", "481"), ("Murfreesboro", "TN", "371"),
)  # fmt: skip
_AREAS = ("216", "313", "404", "503", "513", "562", "608", "646", "678", "704", "713", "760", "773", "804", "813", "907", "267")
_HOSTS = (
    "gmail.example", "icloud.example", "yahoo.example", "proton.example", "comcast.example", "example.net", "example.com",
    "hey.example", "state-u.example", "aol.example", "web.example", "outlook.example", "students.k12.example",
)  # fmt: skip
ILLNESSES = (
    "type 1 diabetes", "diabetes", "T2DM", "high blood pressure", "high cholesterol", "depression", "postpartum depression",
    "anxiety", "panic disorder", "OCD", "social anxiety disorder", "anorexia nervosa", "bulimia", "binge eating disorder",
    "autism", "borderline personality disorder", "fibromyalgia", "lymphoma", "leukemia", "ovarian cancer", "colon cancer",
    "thyroid cancer", "pancreatic cancer", "hidradenitis suppurativa", "alopecia areata", "vitiligo", "atopic dermatitis",
    "seborrheic dermatitis", "cellulitis", "impetigo", "scabies", "ringworm", "onychomycosis", "yeast infection", "UTI",
    "syphilis", "HPV", "trichomoniasis", "herpes", "uterine fibroids", "infertility", "premature ejaculation", "BPH",
    "kidney stones", "cirrhosis", "fatty liver disease", "IBS", "diverticulitis", "acid reflux", "pancreatitis", "gallstones",
    "Graves' disease", "Hashimoto's thyroiditis", "Addison's disease", "Cushing's syndrome", "CHF", "COVID-19", "long COVID",
    "coronary artery disease", "deep vein thrombosis", "pulmonary embolism", "hemophilia", "bronchitis", "sinusitis",
    "tuberculosis", "mononucleosis", "Lyme disease", "ALS", "Huntington's disease", "dementia", "diabetic neuropathy",
    "carpal tunnel syndrome", "sciatica", "scoliosis", "osteoarthritis", "ankylosing spondylitis", "psoriatic arthritis",
    "cocaine use disorder", "narcolepsy", "restless legs syndrome", "macular degeneration", "cataracts", "Ménière's disease",
)  # fmt: skip
"""Illnesses, as doctors and as patients call them, that no other corpus names."""
DRUGS = (
    "Nurtec", "Ubrelvy", "rizatriptan", "Rybelsus", "Jardiance", "Farxiga", "Trulicity", "Saxenda", "liraglutide", "glipizide",
    "pioglitazone", "insulin lispro", "Humalog", "NovoLog", "Tresiba", "Entresto", "Xarelto", "apixaban", "carvedilol",
    "metoprolol succinate", "diltiazem", "digoxin", "clonidine", "propranolol", "Dupixent", "Skyrizi", "Stelara", "Cosentyx",
    "Otezla", "Rinvoq", "Enbrel", "Cabenuva", "Genvoya", "Latuda", "Rexulti", "Vraylar", "Abilify", "Seroquel", "Zoloft", "Paxil",
    "Effexor XR", "Cymbalta", "venlafaxine", "duloxetine", "mirtazapine", "buspirone", "hydroxyzine", "guanfacine", "Strattera",
    "Concerta", "modafinil", "minoxidil", "dutasteride", "latanoprost", "timolol", "nitrofurantoin", "cephalexin", "fluconazole",
    "Paxlovid", "oseltamivir", "acyclovir", "metronidazole", "ciprofloxacin", "medroxyprogesterone", "norethindrone",
    "anastrozole", "clomiphene", "testosterone cypionate", "phentermine", "orlistat", "colchicine", "allopurinol", "tamsulosin",
    "oxybutynin", "donepezil", "memantine", "carbidopa-levodopa", "ropinirole", "levetiracetam", "Keppra", "baclofen",
    "cyclobenzaprine", "meloxicam", "celecoxib", "clindamycin", "mupirocin", "triamcinolone", "fluticasone", "Advair",
    "Symbicort", "Trelegy", "tiotropium", "Vivitrol", "methadone", "naloxone", "disulfiram", "varenicline", "Chantix",
    "hydrocodone", "fentanyl",
)  # fmt: skip
"""Drugs, by substance and by brand, that no other corpus names."""
MISSPELLED_ILLNESSES = (
    "diabetis", "hypertention", "exzema", "asma", "depresion", "anxeity", "fibromialgia", "psorisis", "migranes",
)  # fmt: skip
MISSPELLED_DRUGS = (
    "ozempik", "metforman", "lisinipril", "adderal", "zolof", "wellbutrun", "gabapentine", "amoxicilin", "prednizone",
)  # fmt: skip
_CODES = (
    "E10.65", "E05.00", "E27.1", "E78.2", "F20.9", "F25.0", "F42.2", "F50.01", "F60.3", "F84.0", "F32.A", "F41.0", "F14.20",
    "G20.A1", "G35", "G30.9", "G12.21", "G25.81", "G56.01", "H35.30", "H81.09", "I25.10", "I21.4", "I26.99", "I63.9", "I82.401",
    "J01.90", "J20.9", "J10.1", "K57.92", "K58.0", "K76.0", "K85.90", "K80.20", "L20.9", "L63.9", "L80", "L73.2", "M79.7",
    "M45.9", "M19.90", "M41.9", "N40.1", "N20.0", "N97.9", "A15.0", "A53.9", "A69.20", "B00.9", "B35.1", "B37.31", "C56.9", "C73",
    "C91.10", "C18.9", "D66", "D25.9", "O99.345", "Z32.01", "Z72.51", "Z20.2", "Z30.09", "Z85.3", "R73.03", "T50.901A", "Y93.01",
)  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PHONES = (
    "(AAA) 555-01##", "(AAA) 555-01##", "AAA-555-01##", "AAA-555-01##", "AAA.555.01##", "AAA 555 01##", "+1AAA55501##",
    "1AAA55501##", "AAA55501##", "+1 AAA-555-01##", "1 (AAA) 555-01##", "AAA/555-01##", "(AAA) 555 01##", "AAA - 555 - 01##",
    "AAA\u2013555\u201301##", "AAA 55501##", "800-555-01##", "1-888-555-01##", "+44 20 7946 0###", "0161 496 0###",
    "+44 7700 900###", "+33 6 39 98 ## ##", "+49 171 39200##", "+61 491 570 156", "+353 20 91# ####",
)  # fmt: skip


class Person(NamedTuple):
    """Somebody who does not exist."""

    first: str
    last: str
    email: str
    phone: str
    """Ten digits, for whoever spells them."""
    born: date
    street: str
    city: str
    zip: str


def person(chance: Random) -> Person:
    """Somebody drawn by chance, whose mail address mostly follows the name."""
    first, last = chance.choice(GIVEN), chance.choice(FAMILY)
    last = f"{last}-{chance.choice(FAMILY)}" if chance.random() < 0.05 else last  # noqa: PLR2004  # a double name now and then
    city, state, start = chance.choice(_CITIES)
    return Person(
        first=first,
        last=last,
        email=_email(first, last, chance),
        phone=shaped(f"{chance.choice(_AREAS)}55501##")(chance),
        born=date(1929, 6, 1) + timedelta(days=chance.randrange(33_500)),
        street=_street(chance),
        city=f"{city}{chance.choice((', ', ', ', ' '))}{state}",
        zip=start + shaped("##", "##", "##-####")(chance),
    )


def _email(first: str, last: str, chance: Random) -> str:
    one, other = (
        "".join(sign for sign in name.lower().translate(_PLAIN) if sign.isascii() and sign.isalpha()) for name in (first, last)
    )
    local = chance.choice(
        (
            f"{one}.{other}", f"{one}{other}", f"{one[0]}.{other}", f"{other}.{one}", f"{one}_{other}", f"{one}{other[0]}",
            f"{one}{chance.randrange(40, 99)}", f"{other}family{chance.randrange(9)}", f"{one}.{other}+shop",
            f"the.real.{one}", f"{chance.choice(('gymrat', 'quilter', 'papa', 'teacher'))}{chance.randrange(9_999)}",
        )
    )  # fmt: skip
    return f"{local.upper() if chance.random() < 0.04 else local}@{chance.choice(_HOSTS)}"  # noqa: PLR2004  # caps lock


_PLAIN = str.maketrans("äöüéèêëçñóíáãøåæłśżžčćěřőûúūâýþđð", "aoueeeecnoiaaoaalszzccerouuuaytdd")


def _street(chance: Random) -> str:
    number = shaped("!#", "!##", "!###", "!####", "1!###")(chance)
    street = f"{number} {chance.choice(_STREETS)} {chance.choice(_STREET_TYPES)}"
    kind = chance.random()
    if kind < 0.30:  # noqa: PLR2004  # shares of kinds of addresses, here and below
        return f"{street}{chance.choice((' ', ', '))}{chance.choice(_UNITS)}"
    if kind < 0.42:  # noqa: PLR2004
        shape = chance.choice(
            ("P.O. Box !###", "PO BOX !##", "Box !##", "RR ! Box !##", "R.R. !, Box !#", "HC !# Box !##", "PSC !### Box !###")
        )
        return shaped(shape)(chance)
    if kind < 0.50:  # noqa: PLR2004
        number = shaped("N!#W!####", "!#-!#", "!###½", "W!##N!####")(chance)  # grids of Wisconsin, hyphens of Queens
        return f"{number} {chance.choice(_STREETS)} {chance.choice(_STREET_TYPES)}"
    return street.upper() if kind > 0.94 else street  # noqa: PLR2004


def _day(day: date, chance: Random) -> str:
    """A day of birth as people and programs write it."""
    month = _MONTHS[day.month - 1]
    return chance.choice(
        (
            day.isoformat(), f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}", f"{day.month}/{day.day}/{day:%y}",
            f"{day.month}-{day.day}-{day:%y}", f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}", f"{day:%m.%d.%Y}", f"{day:%Y/%m/%d}",
            f"{month} {day.day}, {day.year}", f"{month} {_nth(day.day)} {day.year}", f"{month[:3]}. {day.day}, {day.year}",
            f"{day.day} {month} {day.year}", f"{day:%d} {month[:3].upper()} {day.year}", f"{day:%d}-{month[:3]}-{day:%y}",
            f"the {_nth(day.day)} of {month} {day.year}", f"{month.lower()} {day.day} {day.year}",
        )
    )  # fmt: skip


def _nth(number: int) -> str:
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")  # noqa: PLR2004  # eleventh to thirteenth
    return f"{number}{ending}"


def _phone(who: Person, chance: Random) -> str:
    shape = chance.choice(_PHONES).replace("AAA", who.phone[:3])
    return shaped(shape.replace("55501##", who.phone[3:]).replace("01##", who.phone[6:]))(chance)


def _named(who: Person, chance: Random) -> str:
    """The name as forms and people write it: first and last together, in any order and case."""
    middle = chance.choice("ABCDEFGHJKLMNPRSTW")
    plain = f"{who.first} {who.last}"
    return chance.choice(
        (
            plain, plain, plain, plain, f"{who.first} {middle}. {who.last}", f"{who.first} {middle} {who.last}",
            f"{who.first} {chance.choice(GIVEN)} {who.last}", f"{who.last}, {who.first}", f"{who.last}, {who.first} {middle}.",
            f"{who.last}, {who.first}".upper(), plain.upper(), plain.lower(), f"{plain} {chance.choice(_MINOR)}",
            f"{who.first[0]}. {who.last}", f"{who.first[0]}. {middle}. {who.last}", f"{chance.choice(_NICKNAMES)} {who.last}",
            f"{who.first} “{chance.choice(_NICKNAMES)}” {who.last}",
        )
    )  # fmt: skip


_OF_A_PERSON: Mapping[str, tuple[str, Callable[[Person, Random], str]]] = {
    "name": ("NAME", lambda who, _: f"{who.first} {who.last}"),
    "any": ("NAME", _named),
    "first": ("NAME", lambda who, _: who.first),
    "last": ("NAME", lambda who, _: who.last),
    "comma": ("NAME", lambda who, _: f"{who.last}, {who.first}"),
    "x12": ("NAME", lambda who, _: f"{who.last}*{who.first}".upper()),
    "semi": ("NAME", lambda who, _: f"{who.last};{who.first}"),
    "file": ("NAME", lambda who, _: f"{who.last}_{who.first}".replace(" ", "_")),
    "email": ("EMAIL", lambda who, _: who.email),
    "phone": ("PHONE", _phone),
    "e164": ("PHONE", lambda who, _: f"+1{who.phone}"),
    "digits": ("PHONE", lambda who, _: who.phone),
    "spoken": ("PHONE", lambda who, _: " ".join(who.phone)),
    "dob": ("DOB", lambda who, chance: _day(who.born, chance)),
    "born": ("DOB", lambda who, _: who.born.isoformat()),
    "bday": ("DOB", lambda who, _: f"{who.born:%m/%d/%Y}"),
    "yyyymmdd": ("DOB", lambda who, _: f"{who.born:%Y%m%d}"),
    "mmddyyyy": ("DOB", lambda who, _: f"{who.born:%m%d%Y}"),
    "street": ("ADDRESS", lambda who, _: who.street),
    "address": ("ADDRESS", lambda who, chance: f"{who.street}{chance.choice((', ', ', ', ' '))}{who.city} {who.zip}"),
    "block": ("ADDRESS", lambda who, _: f"{who.street}\n{who.city} {who.zip}"),
}
"""What is written of a person, by the second half of a slot."""
_LOOSE: Mapping[str, tuple[str, Callable[[Random], str]]] = {
    "ill": ("CONDITION", lambda chance: chance.choice(chance.choice((ILLNESSES, ILLNESSES, CONDITIONS)))),
    "drug": ("MEDICATION", lambda chance: chance.choice(chance.choice((DRUGS, DRUGS, MEDICATIONS)))),
    "ill.typo": ("CONDITION", lambda chance: chance.choice(MISSPELLED_ILLNESSES)),
    "drug.typo": ("MEDICATION", lambda chance: chance.choice(MISSPELLED_DRUGS)),
    "code": ("ICD10", lambda chance: chance.choice(chance.choice((_CODES, _CODES, CODES)))),
    "code.plain": ("ICD10", lambda chance: chance.choice((*_CODES, *CODES)).replace(".", "")),
    "cell": ("PHONE", lambda chance: _phone(person(chance), chance)),
}
_LOOKALIKES = (
    "Franklin Gothic", "Virginia Beach", "Santa Rosa", "Jackson Hole", "Saint George", "Charlotte", "Aspen White", "Tiffany Blue",
    "Jenkins", "Cassandra", "Julia notebook", "Carson City", "Helena", "Elizabeth line", "Jordan corridor", "Ada", "Ruby Red",
    "Prince Albert hub", "Baker-Miller pink", "Grant Park", "Grace period", "Savannah", "San Antonio", "Mercy General",
)  # fmt: skip
"""Places, colors, types and programs that are called like people."""
REWRITTEN: Mapping[str, Callable[[str], str]] = {
    "url": quote_plus,
    "pct": lambda text: quote(text, safe=""),
    "sql": sql_text,
    "xml": xml_text,
    "py": repr_text,
    "u": lambda text: json.dumps(text)[1:-1],
    "esc": json_text,
    "upper": str.upper,
    "lower": str.lower,
    "dashed": lambda text: text.lower().replace(" ", "-"),
}
"""What the end of a slot after a colon does to what fills it."""


class Scene(dict[str, Part]):
    """What fills the slots of one text: the people in it, who stay the same all through it, and what is said of them.

    `«p.»` is the patient or customer, `«r.»` somebody near, `«s.»` and `«t.»` are staff; `«next»` brings on another patient. A
    slot may end in a colon and the name of a rewriting, as in `«p.name:url»`. `draw` makes whoever is needed. Raises `KeyError`
    for any other name.
    """

    def __init__(self, draw: Callable[[Random], Person] = person) -> None:
        super().__init__(_ANYWHERE)
        self["next"] = self._next
        self._draw = draw
        self._cast: dict[str, Person] = {}

    def __missing__(self, name: str) -> Part:
        base, _, how = name.rpartition(":")
        if base and how in REWRITTEN:
            return lambda chance: rewritten(filled(f"«{base}»", chance, self), REWRITTEN[how])
        role, _, what = name.partition(".")
        if role not in _ROLES or what not in _OF_A_PERSON:
            raise KeyError(name)
        entity, maker = _OF_A_PERSON[what]
        return lambda chance: [Value(maker(self.who(role, chance), chance), entity)]

    def who(self, role: str, chance: Random) -> Person:
        """Whoever plays the role, drawn when first asked for."""
        if role not in self._cast:
            self._cast[role] = self._draw(chance)
        return self._cast[role]

    def _next(self, _: Random) -> list[str | Value]:
        self._cast.pop("p", None)
        return []


def _value(entity: str, maker: Callable[[Random], str]) -> Part:
    return lambda chance: [Value(maker(chance), entity)]


def _noise(maker: Callable[[Random], str]) -> Part:
    return lambda chance: [maker(chance)]


_ROLES = ("p", "r", "s", "t")
_ANYWHERE: Mapping[str, Part] = {
    **{name: _value(entity, maker) for name, (entity, maker) in _LOOSE.items()},
    "item": _noise(shaped("FH-@@@-!##", "@@-!####", "!###-@@", "KT!##@", "SKU!#####", "@!##/!#", "#!.!##-@")),
    "few": _noise(lambda chance: str(chance.randrange(2, 13))),
    "lookalike": _noise(lambda chance: chance.choice(_LOOKALIKES)),
}
"""What any text may hold, whoever is in it."""
