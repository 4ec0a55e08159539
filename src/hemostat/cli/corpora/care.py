"""What care systems and their people write: HL7 v2, FHIR, X12, claims, exports, visits, notes, tickets, faxes and audit trails.

Each form has a block of templates: a line that begins with `+ ` is a template with values, one with `- ` has none, and a line
that begins with two spaces goes on with the one above. `⟦a¦b⟧` is one of the alternatives. `«name»` is a value of a person,
`«2name»` one of a second person, and `«name:u»` the value in capitals; see `_VALUES`, `_PLAIN` and `_CHANGES` for what there is.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, quote_plus

from .labelled import Labelled, Value, labelled

_Piece = str | Value
_CLEAN = 0.5  # share of texts without any value
_WRAPPED = 0.3  # share of texts that stand inside another line, or are cut
_JOINED, _MORE = 0.08, 7  # share of texts of several records, and one more than are added at most
_LONGEST = 2000
_SHORT = 700  # what is longer is never percent-encoded as a whole
_BEGIN = datetime(2024, 1, 3, tzinfo=UTC)
_HOLE = re.compile(r"«(\d?)([a-z]+\d*)(?::([a-z]))?»")
_CHOICE = re.compile(r"⟦([^⟧]*)⟧")
_RUN = re.compile(r"([nxcb])(\d+)")

_LISTS = r"""
first: Maria¦José¦Guadalupe¦Ximena¦Joaquín¦Luz¦Thị Hoa¦Minh¦Quang¦Thuy¦Linh¦Fatima¦Omar¦Yusuf¦Layla¦Abdulrahman¦Noor¦Siobhan¦Aoife
  ¦Declan¦Niamh¦Padraig¦Anne-Marie¦Jean-Luc¦Mary¦James¦Robert¦Patricia¦Deshawn¦Latoya¦Keisha¦Priya¦Arjun¦Sunita¦Wei¦Xiuying¦Hirosh
  i¦Yuki¦Olga¦Dmitri¦Søren¦Zoë¦Łukasz¦Chiamaka¦Kwame¦Adaeze¦Eun-ji¦Tariq¦Grace¦April¦Will¦Hope¦Jordan¦Dakota¦Rose¦Tuan
last: Garcia¦Núñez¦Villarreal¦de la Cruz¦Ortega-Ruiz¦Del Toro¦Nguyễn¦Tran¦Pham¦Huynh¦Vo¦El-Sayed¦Al Mansouri¦Haddad¦bin Rashid¦O'N
  eill¦O'Shaughnessy¦McGrath¦Fitzgerald¦MacAuley¦Smith-Okafor¦Baker-Lindqvist¦van der Berg¦von Trapp¦Dubois¦Di Marco¦Johnson¦Washi
  ngton¦Freeman¦Young¦Long¦Price¦Church¦Banks¦Park¦Kim¦Chen¦Wu¦Yamamoto¦Patel¦Ramaswamy¦Iyer¦Kowalczyk¦Ivanova¦Okonkwo¦Mensah¦St.
   Clair¦Begay¦Tsosie¦Hollis¦Underwood¦Schreiber¦Lefebvre¦Castellanos¦Zúñiga¦Bauer¦Abernathy¦Quispe
place: Austin/TX/78704¦Fresno/CA/93721¦St. Paul/MN/55104¦Tampa/FL/33609¦Santa Fe/NM/87505¦Yonkers/NY/10701¦Peoria/IL/61602¦Mesa/AZ
  /85203¦Winston-Salem/NC/27101¦Coeur d'Alene/ID/83814¦Las Cruces/NM/88001¦Dover/DE/19901
street: Oak Hollow Dr¦W Elm St¦Martin Luther King Jr Blvd¦N 3rd Ave¦County Road 214¦Calle del Sol¦Peachtree Ln¦Highway 71 West¦Sai
  nt James Pl¦Old Mill Road¦SE Division Street¦Avenida Cesar Chavez¦Prairie View Ct¦Lakeshore Terrace¦E 82nd St¦Broadway
unit: ¦¦¦¦ Apt 4B¦ Unit 12¦, Apt. 310¦ #7¦ Ste 200¦, Floor 2
drug: metformin=500 mg¦semaglutide=0.25 mg/0.5 mL¦Ozempic=1 mg¦Wegovy=2.4 mg¦tirzepatide=5 mg/0.5 mL¦sildenafil=50 mg¦finasteride=
  1 mg¦tadalafil=20 mg¦sertraline=100 mg¦Lexapro=10 mg¦bupropion XL=150 mg¦lisinopril=20 mg¦atorvastatin=40 mg¦Adderall XR=20 mg¦a
  moxicillin=875 mg¦levothyroxine=75 mcg¦spironolactone=50 mg¦tretinoin=0.05%¦albuterol=90 mcg¦gabapentin=300 mg¦Truvada=200-300 m
  g¦buprenorphine-naloxone=8-2 mg¦estradiol=2 mg¦testosterone cypionate=200 mg/mL¦valacyclovir=1 g¦hydroxyzine=25 mg¦Humira=40 mg/
  0.4 mL
ill: E11.9=type 2 diabetes mellitus¦I10=essential hypertension¦F41.1=generalized anxiety disorder¦F32.1=major depressive disorder¦
  N52.9=erectile dysfunction¦L64.9=androgenic alopecia¦J45.909=asthma¦G43.909=migraine¦B20=HIV disease¦A74.9=chlamydial infection¦
  E66.01=morbid obesity¦F11.20=opioid dependence¦L40.0=psoriasis¦N80.9=endometriosis¦K21.9=gastroesophageal reflux disease¦F90.2=A
  DHD¦A60.00=genital herpes¦E03.9=hypothyroidism¦G47.33=obstructive sleep apnea¦M54.50=low back pain¦C50.911=breast cancer¦E28.2=p
  olycystic ovary syndrome¦F31.9=bipolar disorder¦N39.0=urinary tract infection¦Z79.4=diabetes¦O24.419=gestational diabetes
city: Austin¦Fresno¦Tampa¦Madison¦Jackson¦Charlotte¦St. George
company: Johnson & Johnson¦Mary Kay¦Ben & Jerry's¦Dr. Martens¦Eli & Co Freight¦Jack Henry¦Mayo Labs
product: Aloe Hydration Gel¦Jordan Wrist Brace¦Grace Compression Sock¦Calm Tea Sampler¦Rose Bath Salt 2 lb
app: Klaviyo¦Recharge¦Mirth Connect¦Charlotte Sync¦Wilson Reports¦Oscar Forms¦Athena Bridge
payer: BCBS OF TEXAS¦AETNA¦UNITED HEALTHCARE¦MEDICARE PART B¦CIGNA¦MOLINA¦KAISER¦HUMANA
host: edge-3¦ip-worker-7¦mirth01¦fhir-gw.prod¦db-replica-2¦rx-router¦claims-batch-04
level: INFO¦WARN¦ERROR¦debug¦notice
loinc: 4548-4¦2345-7¦14749-6¦718-7¦2160-0¦33914-3¦2085-9¦85354-9
test: Hemoglobin A1c¦Glucose¦Creatinine¦LDL Cholesterol¦TSH¦Platelets¦eGFR¦Sodium
cpt: 99213¦99204¦99443¦90834¦G2012¦Q3014¦96372¦83036
shelf: A12.4¦F41.1-B¦E11 / 9¦M54-50¦aisle J45¦B20.3
phone: ({}) {}-{}¦({}) {}-{}¦{}-{}-{}¦{}-{}-{}¦+1{}{}{}¦+1 {} {} {}¦{}.{}.{}¦1-{}-{}-{}¦({}){}-{}¦{}-{}-{} x204¦({}) {}-{} ext. 17
license: @#######¦########¦@############¦#########¦@###########¦@@######@¦@##-##-####
log: «ts» «level» [«host»] @¦<134>«syslog» «host» app[«n5»]: @¦«stamp» [«level»] pid=«n4» req=«uuid» @¦[«epoch»] «host» | @
  ¦«syslog» «host» mirth[«n4»]: channel=«uuid» raw: @¦level=«level:l» ts=«ts» trace_id=«x32» msg=@
json: {"ts":"«ts»","level":"«level»","msg":"@"}¦{"log":"@\n","stream":"stdout","time":"«ts»"}¦{"id":«n13»,"payload":"@","n":«num»}
  ¦{"event": {"raw": "@"}, "source": "«host»"}¦{"timestamp":«epochms»,"message":"@"}
query: GET /cb?state=«x16»&payload=@ HTTP/1.1¦POST /hooks/intake body=@&v=«ver»¦ref=@
"""
_WORDS = {}
for _line in _LISTS.strip("\n").replace("\n  ", "").split("\n"):
    _key, _, _rest = _line.partition(": ")
    _WORDS[_key] = tuple(_rest.split("¦"))
_SEPARATORS = ("\\r", " ", "<CR>", " \\x0d ", "^M", "  ", "␍", " | ")
_MBI = "CAPNAPNAANN"  # the kinds of characters of a Medicare number: first digit, letter, either, digit
_MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
_MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEX = "0123456789abcdef"
_BASE62 = f"{_MARKS}{_MARKS.lower()}0123456789"
_RUNS = {"n": "0123456789", "x": _HEX, "c": f"{_MARKS}0123456789", "b": _BASE62}


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """As many texts as asked for, about half of them without any value, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # made-up texts, no secret
    for _ in range(count):
        sign = "-" if chance.random() < _CLEAN else "+"
        while True:
            form, template = chance.choice(_TEXTS[sign])
            pieces = _filled(template, chance)
            for _ in range(chance.randrange(1, _MORE) if chance.random() < _JOINED else 0):
                other = chance.choice([text for name, text in _TEXTS[sign] if name == form])
                pieces += [" ", *_filled(other, chance)]
            if chance.random() < _WRAPPED:
                pieces = _wrapped(pieces, chance)
            text = labelled(form, *pieces)
            if len(text.text) <= _LONGEST and bool(text.spans) == (sign == "+"):
                break
        yield text


def _filled(template: str, chance: random.Random) -> list[_Piece]:
    """The template with its choices made and its holes filled."""
    template = _CHOICE.sub(lambda found: chance.choice(found[1].split("¦")), template)
    people: dict[str, _Person] = {}
    separator = chance.choice(_SEPARATORS)
    pieces: list[_Piece] = []
    place = 0
    for hole in _HOLE.finditer(template):
        pieces.append(template[place : hole.start()])
        place = hole.end()
        name, change = hole[2], _CHANGES[hole[3] or ""]
        if name in _VALUES:
            if hole[1] not in people:
                people[hole[1]] = _Person(chance)
            entity, draw = _VALUES[name]
            value = change(draw(people[hole[1]]))
            pieces.append(Value(value, entity) if entity else value)
        elif name == "sep":
            pieces.append(separator)
        else:
            pieces.append(change(_plain(name, chance)))
    pieces.append(template[place:])
    return pieces


def _plain(name: str, chance: random.Random) -> str:
    """Text that is no value: a run of characters, a word of a list, or what `_PLAIN` draws."""
    run = _RUN.fullmatch(name)
    if run:
        return _some(_RUNS[run[1]], int(run[2]), chance)
    return chance.choice(_WORDS[name]) if name in _WORDS else _PLAIN[name](chance)


def _some(marks: str, count: int, chance: random.Random) -> str:
    """A run of so many of the characters, that does not begin with a zero."""
    return chance.choice([mark for mark in marks if mark != "0"]) + "".join(chance.choices(marks, k=count - 1))


def _luhn(digits: str) -> str:
    """The digits with their Luhn check digit."""
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _moment(chance: random.Random) -> datetime:
    """A moment of these years."""
    return _BEGIN + timedelta(seconds=chance.randrange(70_000_000), milliseconds=chance.randrange(1000))


def _uuid(chance: random.Random) -> str:
    """A random UUID."""
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class _Person:
    """One person, with all that a care system knows of them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.first, self.last = self.of(*_WORDS["first"]), self.of(*_WORDS["last"])
        self.born = date(1934, 1, 1) + timedelta(days=chance.randrange(30_000))
        self.city, self.state, self.zip = self.of(*_WORDS["place"]).split("/")
        self.street = f"{chance.randrange(11, 19_900)} {self.of(*_WORDS['street'])}{self.of(*_WORDS['unit'])}"
        self.drug, self.strength = self.of(*_WORDS["drug"]).split("=")
        self.icd, self.ill = self.of(*_WORDS["ill"]).split("=")
        self.digits = f"{self.of('212', '305', '415', '512', '602', '718', '808', '919')}555{chance.randrange(100, 200):04d}"
        self.ssn = self.like("666-##-####", "9##-##-####", "9##-##-####", "987-65-432#")
        self.mrn = self.like("########", "#######", "00######", "MRN-00######", "E#######", "MR######", "A000#####", "##-##-##")

    def of(self, *things: str) -> str:
        return self.chance.choice(things)

    def like(self, *shapes: str) -> str:
        """One of the shapes, with digits for its #, and capitals for its @."""
        first, digits = "123456789", "0123456789"
        return re.sub("[#@]", lambda c: self.of(*(_MARKS if c[0] == "@" else digits if c.start() else first)), self.of(*shapes))

    def full(self) -> str:
        return f"{self.first} {self.of('', '', '', self.of(*_MARKS) + '. ')}{self.last}{self.of('', '', '', '', '', ' Jr.')}"

    def email(self) -> str:
        first, last = (re.sub(r"[^a-z]", "", name.lower()) for name in (self.first, self.last))
        local = self.of(f"{first}.{last}", f"{first[0]}{last}{self.born.year % 100:02d}", f"{last}_{first}", f"{first}+rx")
        return f"{local}@{self.of('mail', 'inbox', 'kestrelhealth', 'post.clinic', 'uni-mail', 'web')}.example"

    def phone(self) -> str:
        return self.of(*_WORDS["phone"]).format(self.digits[:3], self.digits[3:6], self.digits[6:])

    def dob(self) -> str:
        b, us = self.born, f"{self.born:%m/%d/%Y}"
        words = f"{b:%B} {b.day}, {b.year}", f"{b.day} {b:%b} {b.year}"
        return self.of(us, us, b.isoformat(), f"{b.month}/{b.day}/{b:%y}", f"{b:%m-%d-%Y}", *words, f"{b:%d.%m.%Y}")

    def member(self) -> str:
        if self.chance.random() < 0.75:  # noqa: PLR2004
            return self.like("W#########", "XEH###A#####", "@@@#########", "9########", "@@#####@", "H########", "##########01")
        sets = {"C": "123456789", "A": _MBI_LETTERS, "N": "0123456789", "P": _MBI_LETTERS + "0123456789"}
        mbi = "".join(self.of(*sets[kind]) for kind in _MBI)
        return self.of(mbi, f"{mbi[:4]}-{mbi[4:7]}-{mbi[7:]}")

    def npi(self) -> str:
        return _luhn(f"80840{self.of('1', '2')}{self.like('########')}")[5:]

    def dea(self) -> str:
        d = self.like("######")
        check = (int(d[0]) + int(d[2]) + int(d[4]) + 2 * (int(d[1]) + int(d[3]) + int(d[5]))) % 10
        return f"{self.of(*'ABFM')}{self.last[0].upper() if self.last[0].isascii() else 'K'}{d}{check}"

    def pan(self) -> str:
        card = _luhn(self.like("4##############", "51#############", "37############", "6011###########", "2223###########"))
        cut = re.findall(r"(.{4})(.{6})(.{5})", card)[0] if card[0] == "3" else re.findall("....", card)
        return self.of("", "", " ", "-").join(cut)

    def ip(self) -> str:
        a, b, c = (self.chance.randrange(1, 255) for _ in range(3))
        local, wide = (f"10.{a}.{b}.{c}", f"192.168.{a}.{c}"), (f"2001:db8:{a:x}::{b:x}{c:x}", f"2001:db8::{a:x}")
        return self.of(f"203.0.113.{c}", f"198.51.100.{c}", f"192.0.2.{c}", *local, *wide)

    def jwt(self) -> str:
        head = self.of("hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "hbGciOiJSUzI1NiJ9", "0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9")
        return (
            f"eyJ{head}.eyJ{_some(_BASE62, self.chance.randrange(40, 90), self.chance)}.{_some(_BASE62 + '-_', 43, self.chance)}"
        )

    def session(self) -> str:
        plain = _some(_BASE62, self.chance.randrange(26, 44), self.chance), f"sess_{_some(_BASE62, 24, self.chance)}"
        signed = f"s%3A{_some(_BASE62, 32, self.chance)}.{_some(_BASE62, 27, self.chance)}"
        return self.of(*plain, signed, _some(_HEX, 32, self.chance), _some(_HEX, 40, self.chance), _uuid(self.chance))

    def key(self) -> str:
        stripe = f"{self.of('sk', 'rk')}_live_{_some(_BASE62, 24, self.chance)}"
        shopify = f"{self.of('shpat', 'shpss')}_{_some(_HEX, 32, self.chance)}"
        mail = f"SG.{_some(_BASE62, 22, self.chance)}.{_some(_BASE62, 43, self.chance)}"
        return self.of(shopify, stripe, f"AKIA{_some(_MARKS + '234567', 16, self.chance)}", mail)


_VALUES: dict[str, tuple[str, Callable[[_Person], str]]] = {
    "first": ("NAME", lambda p: p.first), "last": ("NAME", lambda p: p.last), "full": ("NAME", _Person.full),
    "lastfirst": ("NAME", lambda p: f"{p.last}, {p.first}"), "dob": ("DOB", _Person.dob),
    "dobiso": ("DOB", lambda p: p.born.isoformat()), "dobus": ("DOB", lambda p: f"{p.born:%m/%d/%Y}"),
    "dobn": ("DOB", lambda p: f"{p.born:%Y%m%d}"), "street": ("ADDRESS", lambda p: p.street),
    "addr": ("ADDRESS", lambda p: f"{p.street}, {p.city}, {p.state} {p.zip}"), "phone": ("PHONE", _Person.phone),
    "tel": ("PHONE", lambda p: p.digits), "cell": ("PHONE", lambda p: f"+1{p.digits}"), "email": ("EMAIL", _Person.email),
    "ssn": ("SSN", lambda p: p.ssn), "ssnn": ("SSN", lambda p: p.ssn.replace("-", "")), "mrn": ("MRN", lambda p: p.mrn),
    "member": ("MEMBER_ID", _Person.member), "npi": ("NPI", _Person.npi), "dea": ("DEA", _Person.dea),
    "icd": ("ICD10", lambda p: p.icd), "icdn": ("ICD10", lambda p: p.icd.replace(".", "")), "ill": ("CONDITION", lambda p: p.ill),
    "drug": ("MEDICATION", lambda p: p.drug), "dose": ("MEDICATION", lambda p: f"{p.drug} {p.strength}"),
    "ndc": ("NDC", lambda p: p.like("0####-####-##", "#####-###-##", "0###-####-##", "00#########")),
    "ndcn": ("NDC", lambda p: p.like("00#########")), "pan": ("PAN", _Person.pan),
    "ip": ("IP", _Person.ip), "jwt": ("JWT", _Person.jwt), "session": ("SESSION_TOKEN", _Person.session),
    "key": ("API_KEY", _Person.key), "secret": ("API_KEY", lambda p: _some(_BASE62, 32, p.chance)),
    "passport": ("PASSPORT", lambda p: p.like("@########", "#########", "@@#######")),
    "dl": ("DRIVER_LICENSE", lambda p: p.like(*_WORDS["license"])), "town": ("", lambda p: p.city),
    "state": ("", lambda p: p.state), "zip": ("", lambda p: p.zip),
}  # fmt: skip
_PLAIN: dict[str, Callable[[random.Random], str]] = {
    "uuid": _uuid, "ts": lambda c: _moment(c).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    "stamp": lambda c: f"{_moment(c):%Y-%m-%d %H:%M:%S}", "tsn": lambda c: f"{_moment(c):%Y%m%d%H%M%S}",
    "day": lambda c: f"{_moment(c):%Y-%m-%d}", "dayn": lambda c: f"{_moment(c):%Y%m%d}",
    "dayus": lambda c: f"{_moment(c):%m/%d/%Y}", "syslog": lambda c: f"{_moment(c):%b %d %H:%M:%S}",
    "clock": lambda c: f"{c.randrange(1, 13)}:{c.randrange(60):02d} {c.choice(('AM', 'PM'))}",
    "epoch": lambda c: str(int(_moment(c).timestamp())), "epochms": lambda c: str(int(_moment(c).timestamp() * 1000)),
    "price": lambda c: f"{c.randrange(4, 900)}.{c.choice(('00', '99', '50', '25'))}",
    "ver": lambda c: f"{c.randrange(1, 12)}.{c.randrange(40)}.{c.randrange(30)}",
    "luhn": lambda c: _luhn(c.choice("179") + _some("0123456789", 14, c)),
    "ups": lambda c: f"1Z{_some(_MARKS + '0123456789', 6, c)}{c.randrange(10**9, 10**10)}",
    "usps": lambda c: f"94001{c.randrange(10**16, 10**17)}",
    "part": lambda c: f"{c.randrange(10_000, 99_999)}-{c.randrange(1000, 9999)}-{c.randrange(10, 99)}",
    "gift": lambda c: "-".join(_some(_MARKS + "23456789", 4, c) for _ in range(4)),
    "sku": lambda c: f"{_some(_MARKS, 3, c)}-{c.randrange(100, 99_999)}-{c.choice(('BLK', '2PK', 'S', 'XL', '30CT'))}",
    "coord": lambda c: f"{c.uniform(25, 48):.6f},{c.uniform(-122, -71):.6f}",
    "ein": lambda c: f"{c.randrange(10, 99)}{c.randrange(10**6, 10**7)}", "num": lambda c: str(c.randrange(2, 90)),
    "tab": lambda _: "\t",
}  # fmt: skip
_CHANGES: dict[str, Callable[[str], str]] = {
    "": lambda text: text, "u": str.upper, "l": str.lower, "p": lambda text: quote(text, safe=""), "f": quote_plus,
    "j": lambda text: json.dumps(text)[1:-1], "q": lambda text: text.replace("'", "''"),
}  # fmt: skip


def _mapped(pieces: list[_Piece], change: Callable[[str], str]) -> list[_Piece]:
    """The pieces, each encoded."""
    return [Value(change(piece.text), piece.entity) if isinstance(piece, Value) else change(piece) for piece in pieces]


def _around(pieces: list[_Piece], chance: random.Random, wraps: str) -> list[_Piece]:
    """The text within one of the lines that hold it as their @."""
    head, _, tail = chance.choice(_WORDS[wraps]).partition("@")
    narrow = chance.choice((True, False))
    if wraps == "json":
        pieces = _mapped(pieces, lambda text: json.dumps(text, ensure_ascii=narrow)[1:-1])
    elif wraps == "query":
        pieces = _mapped(pieces, quote_plus if narrow else quote)
    return [*_filled(head, chance), *pieces, *_filled(tail, chance)]


def _wrapped(pieces: list[_Piece], chance: random.Random) -> list[_Piece]:
    """The text within another line, encoded as it must be there, or broken off: behind a value, or anywhere between values."""
    kind = chance.choice(("log", "log", "json", "json", "twice", "query", "cut", "cut"))
    if kind == "twice":
        return _around(_around(pieces, chance, "json"), chance, "json")
    if kind == "query" and sum(len(piece.text if isinstance(piece, Value) else piece) for piece in pieces) > _SHORT:
        kind = "log"
    if kind != "cut":
        return _around(pieces, chance, kind)
    keep = chance.randrange(len(pieces) // 2, len(pieces))
    piece = pieces[keep]
    last = piece if isinstance(piece, Value) else piece[: chance.randrange(len(piece) + 1)]
    return [*pieces[:keep], last, chance.choice(("", "…", "...", " [truncated]", "... (214 more)"))]


_TEMPLATES = r"""
= hl7
+ PID|1||«mrn»^^^⟦CEDAR¦MERCY HOSP¦ADT1⟧^MR⟦¦~«ssn»^^^USA^SS⟧||«last:u»^«first:u»||«dobn»|⟦F¦M¦U⟧|||«street:u»^^«town:u»^«state»^
  «zip»||⟦«phone»¦«phone»^PRN^PH^^«email»⟧
+ PID|||«mrn»^^^FAC^MR||«last»^«first»||«dobn»|F||||||||||V«n8»|«ssnn»|«dl»^«state»«sep»NK1|1|«2last»^«2first»|⟦SPO^Spouse¦MTH¦EM
  C⟧||«2phone»
+ IN1|1|PPO^Choice Plus|«n5»|«payer»|||||«n6»||||||«last»^«first»|18|«dobn»|«street»^^«town»^«state»^«zip»|||||||||||||||||«membe
  r»«sep»DG1|1||«icd»^«ill»^I10|«dayn»|W
+ DG1|1|I10|«icd»|«ill:u»|«tsn»|F«sep»DG1|2|I10|«2icd»|«2ill:u»|«tsn»|F
+ ORC|NW|RX«n7»||||||«tsn»|||«npi»^«3last:u»^«3first:u»^^^DR^^^NPI«sep»RXE|1^BID|«ndc»^«dose»^NDC|1||TAB|||||«num»|TAB|3|«dea»
+ MSH|^~\&|EMR|CEDAR|RX|HUB|«tsn»||RDE^O11|«n9»|P|2.5«sep»PID|1|«mrn»|||«last»^«first»||«dobn»«sep»RXE|^^^«dayn»|«ndcn»^«dose:u»^
  NDC«sep»AL1|1|DA|^«2drug»|⟦MO¦SV⟧
+ OBR|1|«n8»||80061^LIPID PANEL^C4|||«tsn»||||||||«npi»^«3last»^«3first»«sep»OBX|1|NM|«loinc»^«test»^LN||«n2»|mg/dL|40-129||||F
- MSH|^~\&|«app»|CEDAR|LIS|REFLAB|«tsn»||⟦ORU^R01¦ADT^A08¦SIU^S12⟧|«n10»|P|2.5.1«sep»EVN||«tsn»
- OBX|«num»|NM|«loinc»^«test»^LN||«n2».«n1»|%|4.0-5.6|H|||F|||«tsn»«sep»NTE|1||⟦Specimen hemolyzed, recollect¦Fasting 12 h¦Ref ra
  nge per lot 10^3⟧
- MSA|⟦AA¦AE|Unknown segment ZPM⟧|«n10»«sep»ERR||PID^1^11|⟦101^Required field missing¦102^Data type error⟧|E
- ORC|SC|«n8»^EMR|«n9»^LIS||CM«sep»OBR|1|«n8»|«n9»|«loinc»^«test»^LN|||«tsn»|||||||||||||||«tsn»|||F
- FT1|1|«luhn»||«tsn»|«tsn»|CG|«cpt»^^C4|||1|«price»«sep»ZPM|SKU|«part»|LOT «c8»|EXP «dayn»
- SCH|«n7»^«n8»|||||ROUTINE^Follow up|30|MIN|^^30^«tsn»^«tsn»«sep»RGS|1«sep»AIL|1|A|ROOM «num»^«shelf»^CEDAR
= fhir-json
+ {"resourceType":"Patient","id":"«uuid»","identifier":[{"type":{"coding":[{"code":"MR"}]},"value":"«mrn»"}⟦¦,{"system":"http://h
  l7.org/fhir/sid/us-ssn","value":"«ssn»"}⟧],"name":[{"use":"official","family":"«last»","given":["«first»"]}],"telecom":[{"syste
  m":"phone","value":"«phone»"},{"system":"email","value":"«email»"}],"birthDate":"«dobiso»"⟦¦,"address":[{"line":["«street»"],"c
  ity":"«town»","state":"«state»","postalCode":"«zip»"}]⟧}
+ {"resourceType":"Coverage","status":"active","subscriberId":"«member»","beneficiary":{"reference":"Patient/«uuid»","display":"«
  full»"},"payor":[{"display":"«payer»"}],"class":[{"type":{"coding":[{"code":"group"}]},"value":"«n6»"}]}
+ {"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/si
  d/icd-10-cm","code":"«icd»","display":"«ill»"}]⟦¦,"text":"«ill»"⟧},"subject":{"reference":"Patient/«uuid»"⟦¦,"display":"«lastfi
  rst»"⟧},"recordedDate":"«day»"}
+ {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationCodeableConcept": {"coding": [{"system"
  : "http://hl7.org/fhir/sid/ndc", "code": "«ndc»"}], "text": "«dose»"}, "requester": {"display": "«3full»"}, "authoredOn": "«day
  »"}
+ {"resourceType":"AuditEvent","type":{"code":"rest"},"action":"R","recorded":"«ts»","agent":[{"who":{"display":"«full:j»"},"netw
  ork":{"address":"«ip»","type":"2"}}],"entity":[{"what":{"reference":"Patient/«uuid»"}}]}
+ {"resourceType":"Practitioner","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"«npi»"},{"type":{"text":"DEA"}
  ,"value":"«dea»"}],"name":[{"text":"«full»","suffix":["MD"]}]}
+ {"resourceType":"Patient","identifier":[{"type":{"coding":[{"code":"⟦PPN","display":"Passport number"}]},"value":"«passport»¦DL
  "}]},"value":"«dl»⟧"}],"name":[{"text":"«full»"}]}
+ {"resourceType":"Subscription","status":"active","channel":{"type":"rest-hook","endpoint":"https://ehr.clinic.example/hook","he
  ader":["Authorization: Bearer ⟦«jwt»¦«session»⟧"]}}
- {"resourceType":"Observation","id":"«uuid»","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"«loinc»","d
  isplay":"«test»"}]},"subject":{"reference":"Patient/«uuid»"},"effectiveDateTime":"«ts»","valueQuantity":{"value":«n2».«n1»}}
- {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"⟦Patient.birthDate: not a valid
   date at column «n3»¦Unknown code 'activ' in ValueSet condition-clinical|4.0.1¦HAPI-0«n3»: version «num» expected⟧"}]}
- {"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","software":{"name":"«app»","version":"«ver»"},"rest":[{"resource":[
  {"type":"Patient","searchParam":[{"name":"birthdate"},{"name":"phone"},{"name":"family"}]}]}]}
- {"resourceType":"Slot","id":"«n8»","schedule":{"reference":"Schedule/«n4»"},"status":"free","start":"«ts»","end":"«ts»","meta":
  {"versionId":"«num»","lastUpdated":"«ts»"}}
- {"resourceType":"Location","name":"Cedar Hollow Clinic, room «num»","position":{"latitude":41.«n6»,"longitude":-87.«n6»},"manag
  ingOrganization":{"reference":"Organization/«uuid»"}}
- {"resourceType":"Condition","id":"«uuid»","clinicalStatus":{"coding":[{"code":"resolved"}]},"subject":{"reference":"Patient/«uu
  id»"},"code":{"text":"⟦[redacted]¦***⟧"}}
= fhir-xml
+ <Patient xmlns="http://hl7.org/fhir"><identifier><system value="urn:oid:2.16.840.1.113883.19.5"/><value value="«mrn»"/></identi
  fier><name><family value="«last»"/><given value="«first»"/></name><telecom><system value="phone"/><value value="«phone»"/></tel
  ecom><birthDate value="«dobiso»"/></Patient>
+ <Coverage><status value="active"/><subscriberId value="«member»"/><beneficiary><display value="«full»"/></beneficiary></Coverag
  e>
+ <patientRole><id extension="«mrn»" root="2.16.840.1.113883.19.5"/><addr use="HP"><streetAddressLine>«street»</streetAddressLine
  ><city>«town»</city></addr><telecom value="tel:«cell»"/><patient><name><given>«first»</given><family>«last»</family></name><bir
  thTime value="«dobn»"/></patient></patientRole>
+ <Condition><code><coding><system value="http://hl7.org/fhir/sid/icd-10-cm"/><code value="«icd»"/><display value="«ill»"/></codi
  ng></code></Condition>
+ <manufacturedMaterial><code code="«ndc»" codeSystem="2.16.840.1.113883.6.69" displayName="«dose»"/></manufacturedMaterial><assi
  gnedAuthor><id root="2.16.840.1.113883.4.6" extension="«npi»"/></assignedAuthor>
- <Bundle><id value="«uuid»"/><type value="searchset"/><total value="«num»"/><link><relation value="next"/><url value="https://fh
  ir.clinic.example/r4?_getpages=«uuid»&amp;_count=20"/></link></Bundle>
- <observation classCode="OBS"><templateId root="2.16.840.1.113883.10.20.22.4.2" extension="2015-08-01"/><code code="«loinc»" dis
  playName="«test»"/><effectiveTime value="«tsn»"/><value xsi:type="PQ" value="«n2».«n1»" unit="mg/dL"/></observation>
- <soap:Fault><faultcode>Client</faultcode><faultstring>Element 'birthTime' is not valid: pattern '[0-9]{8}' (line «n3», column «
  n2»)</faultstring><ref>«n12»</ref></soap:Fault>
- <supply><id extension="«luhn»"/><statusCode code="completed"/><quantity value="«num»"/><product code="«part»" displayName="«pro
  duct»"/></supply>
= x12
+ NM1*IL*1*«last:u»*«first:u»****MI*«member»~N3*«street:u»~N4*«town:u»*«state»*«zip»~DMG*D8*«dobn»*⟦F¦M⟧~
+ CLM*«n8»*«price»***02:B:1*Y*A*Y*Y~HI*ABK:«icdn»⟦¦*ABF:«2icdn»⟧~NM1*82*1*«3last:u»*«3first:u»****XX*«npi»~LX*1~SV1*HC:«cpt»*«pri
  ce»*UN*1***1~
+ ST*270*0001*005010X279A1~BHT*0022*13*«n8»*«dayn»*1319~NM1*IL*1*«last:u»*«first:u»****MI*«member»~⟦REF*SY*«ssnn»~¦⟧DMG*D8*«dobn»
  ~DTP*291*D8*«dayn»~EQ*30~
+ EB*1**30**«payer»~NM1*IL*1*«last»*«first»****MI*«member»~AAA*N**72*C~
+ LIN**N4*«ndcn»~CTP****«num»*UN~REF*XZ*«n7»~NM1*DK*1*«3last»*«3first»****XX*«npi»~
+ NM1*41*2*CEDAR BILLING LLC*****46*«n9»~PER*IC*«full:u»*TE*«tel»*EM*«email»~
+ CLP*«n10»*1*«price»*«price»**12*«n12»~NM1*QC*1*«last:u»*«first:u»****MI*«member»~SVC*HC:«cpt»*«price»*«price»~
+ INS*Y*18*030*XN*A***FT~REF*0F*«member»~REF*SY*«ssnn»~NM1*74*1*«last»*«first»~PER*IP**HP*«tel»*EM*«email»~DMG*D8*«dobn»*M~HD*030
  **HLT~
- ISA*00*          *00*          *ZZ*«n9»      *ZZ*«n9»      *«n6»*1253*^*00501*«n9»*0*P*:~GS*HC*«n9»*«n5»*«dayn»*1253*«n4»*X*005
  010X222A1~
- TRN*1*«n12»*1«n9»~N1*PR*«payer»~REF*2U*«n5»~DTM*405*«dayn»~LX*1~PLB*«ein»*«dayn»*WO:«n8»*-«price»~
- ST*999*«n4»*005010X231A1~AK1*HC*«n6»~AK2*837*«n4»~IK3*NM1*«num»*2010*8~IK4*9*67*1~IK5*R*5~AK9*R*1*1*0~SE*«num»*«n4»~
- CAS*CO*45*«price»**PR*1*«price»~SVC*HC:«cpt»:95*«price»*«price»**1~DTM*472*«dayn»~REF*6R*«n12»~AMT*B6*«price»~
- CLM*«luhn»*«price»***11:B:1*Y*A*Y*Y~REF*D9*«n15»~REF*EW*«n2»D«n7»~
= pharmacy-claim
+ AM01<FS>C4«dobn»<FS>C51<FS>CA«first:u»<FS>CB«last:u»<FS>CM«street:u»<FS>CO«state»<FS>CP«zip»<FS>CQ«tel» AM04<FS>C2«member»<FS>C
  1«c6»
+ 302-C2=«member»;304-C4=«dobn»;311-CB=«last:u»;310-CA=«first:u»;407-D7=«ndcn»;411-DB=⟦«npi»¦«dea»⟧;442-E7=«num»000;426-DQ=«price»
+ B1 BIN=«n6» PCN=«c8» cardholder_id=«member» ndc=«ndc» prescriber_npi=«npi» qty=«num» days=30 rej=⟦75 PA REQUIRED¦79 REFILL TOO
   SOON¦70 NOT COVERED⟧
+ Rx#«n7» «lastfirst:u» DOB «dobus» ⟦NDC «ndc»¦«dose:u»⟧ #«num» RF 2 Dr «3full:u» ⟦DEA «dea»¦NPI «npi»⟧ ins «member»
+ <NewRx><Patient><HumanPatient><Name><LastName>«last»</LastName><FirstName>«first»</FirstName></Name><DateOfBirth><Date>«dobiso»
  </Date></DateOfBirth></HumanPatient></Patient><Prescriber><NonVeterinarian><Identification><DEANumber>«dea»</DEANumber><NPI>«np
  i»</NPI></Identification></NonVeterinarian></Prescriber><MedicationPrescribed><DrugDescription>«dose»</DrugDescription><Product
  Code><Code>«ndcn»</Code></ProductCode></MedicationPrescribed></NewRx>
+ {"rxNumber":"«n7»","drugName":"«drug»","ndc11":"«ndcn»","sig":"1 tab PO daily","daw":0,"prescriber":{"deaNo":"«dea»","phoneNumb
  er":"«3phone»"}}
- B1 BIN=«n6» PCN=«c8» GRP=«c7» rej=«n2» msg="⟦M/I PRODUCT ID¦REFILL TOO SOON, NEXT «dayn»¦HOST PROCESSING ERROR⟧" auth=«n15»
- 103-A3=B2;109-A9=1;401-D1=«dayn»;402-D2=«n12»;505-F5=«price»;509-F9=«price»;526-FQ=TRANSACTION «luhn» ACCEPTED
- <Status><Code>010</Code><MessageID>«x32»</MessageID><RelatesToMessageID>«n10»</RelatesToMessageID><SentTime>«ts»</SentTime></St
  atus>
- fill_queue: rx «n7» → station «num» bin «shelf» tote «c6» weight=«n3»g verified=pending lot=«c7» exp=«day»
- vial label part «part» reorder at «num» (box of 250, item «sku», GTIN 00«n12»)
= export-row
+ mrn,last_name,first_name,dob,phone «mrn»,«last»,«first»,«dob»,«phone»
+ PatientID;Nachname;Vorname;Geburtsdatum;E-Mail;Ort «mrn»;«last»;«first»;«dob»;«email»;«town»
+ "«last»","«first»","«dobus»","«ssn»","«street»","«town»","«state»","«zip»","«phone»","«email»"
+ «mrn»«tab»«last»«tab»«first»«tab»«dobn»«tab»⟦F¦M⟧«tab»«phone»«tab»«payer»«tab»«member»«tab»«icd»
+ row «n4»: «email»|«first»|«last»|«dob»|«payer»|«member»|⟦Y¦N⟧|«day»
+ Chart #,Pt Name,Prim Dx,Dx Desc,Current Rx,PCP NPI "«mrn»","«lastfirst»",«icd»,«ill»,«dose»,«npi»
+ appt_dt,pt_full_nm,cell_no,card_on_file,dl_no «dayus»,«full»,«phone»,«pan»,«dl»
+ pax_name,nationality,travel_doc_no,dob: «full:u»,⟦USA¦MEX¦VNM⟧,«passport»,«dobiso»
+ «n5»,«full»,«addr»,«phone»,,,«dob»,N/A,
- order_name,sku,lineitem_qty,price,tracking #«n4»,«sku»,«num»,«price»,«ups»
- "«n8»","«product»","«part»","«price»","new","«day»","in stock"
- «luhn»«tab»«sku»«tab»«product»«tab»«usps»«tab»«stamp»«tab»fulfilled
- claim_no,svc_dt,cpt,billed,allowed,status «n12»,«dayus»,«cpt»,«price»,«price»,PAID
- patient_count,visits,no_shows,avg_wait_min «n4»,«n3»,«num»,«n2».«n1»
- mrn,last_name,first_name,dob,ssn ,,,,
- site;lat;lon;fax_line;active "«city»";«coord»;;true
- batch_id|gift_code|balance|currency|issued «n6»|«gift»|«price»|USD|«dayn»
= sql-yaml
+ INSERT INTO ⟦patients¦tbl_Patient¦emr.demographics⟧ (⟦med_rec_no¦MRN¦chart_id⟧, ⟦lname¦surname⟧, ⟦fname¦given_nm⟧, ⟦dob¦birth_d
  t¦DateOfBirth⟧, ⟦SocSecNo¦ssn⟧, ⟦home_ph¦Tel1⟧) VALUES ('«mrn»', '«last:q»', '«first:q»', '«dobiso»', '«ssn»', '«phone»');
+ UPDATE member_coverage SET ⟦policy_no¦subscr_id¦mbi¦card_id⟧='«member»', upd_ts='«stamp»' WHERE ⟦pt_email¦email_addr⟧='«email»'
   -- 1 row
+ DETAIL: Key (⟦patient_email¦lower(email)¦contact_email⟧)=(«email») already exists. STATEMENT: INSERT INTO intake VALUES («n6»,'
  «first:q»','«last:q»',DATE '«dobiso»')
+ REPLACE INTO `rx_history` VALUES («n7»,'«ndc»','«dose»','«icd»','«npi»','«dea»',«num»);
+ patient: {⟦legalName¦fullName¦display⟧: "«full»", ⟦birthday¦born¦date_of_birth⟧: «dobiso», ⟦mobile¦tel⟧: "«phone»", ⟦problems:
   [«ill», «2ill»]¦meds: [«drug», «2drug»]⟧}
+ twilio: {account_sid: AC«x32», auth_token: «secret»} zoom: {client_secret: «2secret»}
+ ⟦env¦values⟧: {SHOPIFY_ADMIN_TOKEN: ⟦«key»¦"«key»"⟧, fhirClientSecret: '«secret»', redisHost: «ip», redisPort: 6379}
+ SELECT * FROM ⟦id_docs¦kyc_document⟧ WHERE (doc_type='⟦PASSPORT' AND doc_number='«passport»¦DRIVERS_LICENSE' AND lic_no='«dl»⟧'
  ) AND ⟦holder¦name_on_doc⟧='«full:q»';
- INSERT INTO order_items (order_id, sku, part_no, qty, price) VALUES («luhn», '«sku»', '«part»', «num», «price»);
- ALTER TABLE patients ADD COLUMN ⟦ssn_hash char(64)¦dob_year smallint¦phone_verified boolean DEFAULT false⟧; -- migration «tsn»_
  add_pii
- UPDATE inventory SET shelf='«shelf»', `condition`='new', counted_at='«stamp»' WHERE variant_id=«n14»;
- fields: {ssn: {type: string, mask: "***-**-####"}, dob: {format: "YYYY-MM-DD", required: true}, phone: {example: null}}
- image: registry.clinic.example/fhir-gw:«ver»@sha256:«x64» ports: ["8443:443"] listen: 0.0.0.0 session_timeout: 1800
- ERROR: value too long for type character varying(11) at character «n3» (column "ssn", relation 1«n4»/«n5»)
- auth_token: ${TWILIO_AUTH_TOKEN} client_secret: vault:secret/data/zoom#v«num» api_key: <set in CI>
= intake
+ Q«num». ⟦What is your full legal name?¦Name as on your ID¦Nombre completo⟧ → «full» | ⟦Date of birth¦Fecha de nacimiento¦When w
  ere you born?⟧ → «dob» | ⟦Cell¦Best number⟧ → «phone»
+ {"form_id":"«b8»","answers":[{"ref":"⟦legal_first¦firstName⟧","text":"«first»"},{"ref":"⟦legal_last¦familyName⟧","text":"«last»
  "},{"ref":"⟦dob¦bday¦birth_date⟧","text":"«dob»"},{"ref":"⟦dx_history¦conditions⟧","choices":["«ill»","«2ill»"]},{"ref":"curren
  t_rx","text":"«drug», «2drug»"}]}
+ fname=«first:f»&lname=«last:f»&⟦birthdate¦dob¦DateOfBirth⟧=«dob:f»&⟦ph¦mobilePhone⟧=«phone:f»&email=«email:f»&⟦addr1¦street⟧=«s
  treet:f»&step=3
+ Medical history: «ill», «2ill». Allergies: «drug:l». ⟦Current medications¦Medicamentos actuales¦Rx list⟧: «2dose»; «3drug»
+ Insurance card upload OK. ⟦Subscriber ID¦Member #¦ID No.¦Medicare number⟧: «member» Group: «n6» Relation: self Holder: «full»
+ {"question":"Government ID","type":"⟦us_drivers_license","idNumber":"«dl»¦passport","documentNo":"«passport»⟧","issued":"«day»"
  ,"verified":false}
+ Validation failed: "⟦«email»¦«phone»¦«ssn»⟧" is not a valid value for field ⟦contact¦intake.q7¦answers[3].value⟧ (input was '«f
  ull»')
+ SSN for eligibility check (optional): «ssn» Signature: /s/ «full» Date: «dayus»
- {"form_id":"«b8»","landing_id":"«b24»","answers":[{"ref":"energy_scale","number":«n1»},{"ref":"consent","boolean":true},{"ref":
  "height","text":"5'9\""}],"submitted_at":"«ts»"}
- Validation failed: "⟦13/45/2020¦abc¦N/A¦000-00-0000⟧" is not a valid value for field ⟦dob¦answers[3].value¦q7⟧
- Step 3 of 7: ⟦Date of birth (MM/DD/YYYY)¦Phone number¦Full legal name⟧ * Required ⟦Please enter a value¦We never share this⟧
- ⟦fname=&lname=&dob=¦first_name=***&last_name=***⟧&step=2&form_v=«ver»&utm_campaign=spring-«n4»&gclid=«b24»
- {"quiz":"hair-goals","result":"plan «c1»","discount":"WELCOME«n2»","variant":«n14»,"price":"«price»","session_count":«num»}
- Upload rejected: IMG_«n4».HEIC (4032x3024, «n7» bytes, md5 «x32») exceeds 8.0 MB
= telehealth
+ {"event":"meeting.participant_joined","event_ts":«epochms»,"payload":{"object":{"id":"«n11»","uuid":"«b22»==","participant":{"u
  ser_name":"«full»","email":"«email»","ip_address":"«ip»"}}}}
+ {"MessageSid":"SM«x32»","From":"«cell»","To":"«2cell»","Body":"⟦«first» here, running 5 min late¦Refill for «drug» pls¦DOB is «
  dob»⟧","NumSegments":"1"}
+ {"sid":"RM«x32»","status":"in-progress","⟦uniqueName¦roomName⟧":"visit-«n6»","⟦accessToken¦token¦jwt⟧":"«jwt»","peer":{"⟦remote
  Ip¦addr⟧":"«ip»"}}
+ appointment «n7» ⟦booked¦rescheduled¦no-show⟧: ⟦pt¦patient⟧ «full» with Dr. «3full» on «dayus» at «clock», reason: «ill»
+ GET /room/«uuid»?⟦sess¦sid¦session_token¦vt⟧=«session»&⟦name¦displayName⟧=«full:p» 200 ⟦client=«ip»¦⟧
+ ws connect ok ⟦sessionId¦SID¦visit_session⟧=«session» ⟦x-forwarded-for: «ip», «2ip»¦remote=«ip» port=«n5»⟧ codec=VP8
+ CallSid=CA«x32»&From=«cell:p»&To=«2cell:p»&CallStatus=⟦no-answer¦completed⟧&CallerName=«lastfirst:f»
+ {"waitingRoom":{"pt":{"nm":"«first»","chiefComplaint":"«ill»","rx":["«dose»"]},"clinician":{"npi":"«npi»","name":"«3full»"}},"c
  ookie":"connect.sid=«session»"}
- {"event":"meeting.ended","event_ts":«epochms»,"payload":{"account_id":"«b22»","object":{"id":"«n11»","uuid":"«b22»==","duration
  ":«num»,"topic":"Group visit «num»","start_time":"«ts»"}}}
- {"MessageSid":"SM«x32»","SmsStatus":"⟦delivered¦undelivered¦failed⟧","ErrorCode":"300«n2»","AccountSid":"AC«x32»","ApiVersion":
  "2010-04-01","RawDlrDoneDate":"«n10»"}
- room RM«x32» participants=2 rtt=«n2»ms jitter=0.«n2» lost=«n3»/«n6» bitrate=«n7» ice=relay bind=0.0.0.0:«n5»
- {"slot":"«ts»","tz":"America/Chicago","visit_type":"async","condition":"new","price":«price»,"calendar_event":"«b24»"}
- appointment «n10» reminder queued: template=appt_«num»h channel=sms status=⟦sent¦skipped (opted out)⟧ job=«uuid»
- Zoom webhook signature v0=«x64» ok, ts=«epoch», retry=0, meeting 8«n10»
= lab-line
+ «mrn» «lastfirst:u» ⟦F¦M⟧ «dobus» ACC «c3»-«n6» «test» «n2».«n1» ⟦H¦L¦N⟧ COLL «dayus» ORD DR «3last:u»
+ LAB RESULT | Pt: «full» | MRN: «mrn» | DOB: «dob» | «test»: «n2» | Dx: «icd» | Ordering NPI: «npi»
+ {"accession":"«c2»«n8»","pt":{"mr_no":"«mrn»","nm":"«lastfirst»","bd":"«dobn»"},"icd":["«icdn»","«2icdn»"],"res":[{"c":"«loinc»
  ","v":«n2»}]}
- ACC «c3»-«n6» «test» «n2».«n1» mg/dL ref 70-99 flag ⟦H¦L¦A⟧ LOINC «loinc» instr AU«n4» rack «shelf» QC lot «n7»
- accession=«c2»«n8» panel=«loinc» status=⟦received¦TNP: quantity not sufficient¦corrected⟧ courier=«usps» temp=2-8C
- Analyzer cal OK slope 0.9«n2» intercept -0.0«n2» reagent «part» exp «day» fw «ver»
= ticket
+ Hi, this is «full» (born «dob»). I never got my «drug» refill, order #«n4». Call me at «phone» or «email». Thanks
+ Ticket #«n6» [«day»] requester «email»: my ⟦insurance¦plan⟧ changed, new ⟦member id is¦ID¦subscriber no.⟧ «member», ⟦old card c
  an go¦group «n6»⟧
+ agent: can you verify? / customer: «full», «dob», ⟦last card «pan»¦ssn «ssn»¦«addr»⟧ / agent: thanks, found you
+ Hola, soy «full». Mi ⟦teléfono es¦número nuevo:⟧ «phone» y mi dirección es «addr». ¿Cuándo llega mi pedido de «drug»?
+ Chat «uuid» visitor ip «ip»: "is «drug:l» safe with «2ill:l»? my doctor «3full» said ask"
+ pls charge ⟦my visa¦the HSA card¦this card⟧ «pan» exp 09/28, zip «zip» - ⟦thx¦—⟧ «first»
+ Dev note: merchant pasted ⟦key¦token⟧ «key» in the chat; rotate. Also seen: ⟦Authorization: Bearer «session»¦id_token=«jwt»¦api
  -key: «2secret»⟧
+ Escalated by «full» at «phone»: patient uploaded ⟦passport «passport»¦DL «dl»¦driver license no. «dl»⟧ to the wrong order.
- Hi, order #«n4» still says label created. Tracking «ups» has not moved since «dayus». Can you check? Paid $«price».
- Ticket #«n6» merged into #«n6»; tags: refund, «app»; SLA 4h; csat=«n1»; macro "Dear {{customer.first_name}}"
- agent: your gift card is «gift», balance $«price», valid to «day» / customer: got it, thx!
- The «product» arrived open (item «sku», lot «c8»). Condition: used - acceptable. I want a refund of «price».
- Bug: DOB picker shows 1900-01-01 for all users since build «n5» (Chrome 126.0.«n4».«n2»), see commit «x40»
- Hola, ¿dónde está mi pedido «luhn»? El rastreo «usps» no funciona. Gracias
- «company» asks for W-9, EIN on file, PO «n10», net 30, invoice INV-«n7», due «dayus»
+ Can my ⟦husband¦wife¦son⟧ «2full» pick up «first»'s «drug»? We live at «street», ⟦his¦her⟧ birthday is «2dob».
- Will the doctor call in May or April? I hope the Rose gel and the Young & Long kit fit; Grace period is over, price «price».
= call-sms
+ SMS to «phone»: Hi «first», your ⟦«drug» is ready¦visit is «dayus» «clock» with Dr. «3last»⟧. Reply STOP to opt out.
+ Voicemail «clock» from «phone» (0:42): "hi uh this is «full», date of birth «dob», I need a call back about my «drug:l»"
+ CALL NOTE «stamp» caller ⟦= mother¦self⟧ «full»; ⟦acct¦MRN⟧ «mrn»; verified DOB «dob»; cb # «phone»; c/o «ill»
+ ivr: caller=«tel» dtmf_dob=«dobn» match=«full» ⟦mbi=«member»¦mem=«member»⟧ queue=rx
+ From: «full» <«email»> To: «2email» Subject: ⟦refill «drug»¦«ill» follow up¦new address⟧ Body: ⟦I moved to «addr»¦cell is now «
  phone»⟧
+ Xin chào, tôi là «full», sinh ngày «dob», số điện thoại «phone». Tôi cần thuốc «drug».
- SMS: Your code is «n6». It expires in 10 minutes. Msg&data rates may apply. Reply STOP to opt out.
- Voicemail (0:07): "[inaudible] ... call me back about the package, order «n4», thanks" confidence 0.«n2»
- CALL NOTE «stamp» dropped after «n2»s, queue=rx, wrap code «n3», no callback number left, seat «n4»
- Subject: «app» digest: «num» visits, $«price» in copays, «n3» refills; unsubscribe: https://go.clinic.example/u/«b24»
- Reminder: wellness day at the «city» store «dayus», «clock» - «clock». Walk-ins welcome. Use code WELL«n2».
= note-fax
+ «full» is a «num» yo ⟦F¦M¦NB⟧ with hx of «ill» and «2ill», on «drug» ⟦and «2drug» ¦⟧presenting by video. BP 128/82, HR 72. Plan
  : continue, f/u 6 wk.
+ S: c/o worsening sx. PMH «ill» (⟦«icd»¦ICD «icd»⟧). O: afebrile. A/P: start «dose» qd. -- «3full», NP, NPI «npi»
+ FAX COVER To: Dr. «3full» Fax: «3phone» From: Cedar Hollow Clinic RE: «full» DOB «dob» MRN «mrn» Pages: «num» incl. cover CONFI
  DENTIAL
+ Discussed «drug» side effects with Ms. «last». She lives at «addr». Emergency contact: «2full» (⟦husband¦sister¦hija⟧) «2phone».
+ PRIOR AUTH: member «lastfirst», ID «member», drug «dose», NDC «ndc», dx «icd» «ill», prescriber «3full» DEA «dea» NPI «npi» ph
   «3phone»
+ Med rec: ⟦d/c¦stop¦taper⟧ «drug», ⟦cont.¦increase⟧ «2drug»; «ill» well controlled; sleep improved. RTC 3 mo.
- Pt tolerated visit well. BP 128/82, HR 72, SpO2 98%, wt 81.«n1» kg. Reviewed labs of «dayus». F/u in 6 wks by video. CPT «cpt».
- FAX COVER To: Medical Records From: Cedar Hollow Clinic Pages: «num» incl. cover Job «n8» CSID «c8» RE: request «n10» CONFIDENT
  IAL
- Note template v«ver»: "{{patient.full_name}} is a {{age}} yo {{sex}} with {{problem_list}}, on {{med_list}}" last edited «day»
- General: alert, no distress. HEENT normal. Lungs clear. Time 14:05-14:27. Consent obtained. Location: home, «city».
- FAX TX REPORT job «n6» pages «num»/«num» result OK speed 14400 elapsed 01:«n2» station «host»
+ Spoke with «first»'s daughter, «2first» «last». Pt off «drug» since «dayus», «ill» worse at night. Will call back, cell «phone».
= audit
- GET /img/logo@2x.png 304 root@«host»:~# npm i mirth@«ver» @types/node@20 ref=«x7» at=«coord» sess_timeout=900 key=sku pid=«n5»
+ «ts» audit user=«email» ip=«ip» action=⟦VIEW_CHART¦print.label¦EXPORT⟧ mrn=«mrn» result=OK
+ {"actor":{"⟦displayName¦name¦fullname⟧":"«full»","ip":"«ip»","⟦sessionToken¦sid¦sess⟧":"«session»"},"verb":"viewed","object":{"
  type":"chart","⟦mrn¦MedicalRecordNumber⟧":"«2mrn»","patientName":"«2lastfirst»"}}
+ Portal login failed for «email» from «ip» (bad password, attempt «n1»), UA "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS
   X)"
+ before={"⟦phone¦Phone1¦contactNo⟧":"«phone»","⟦addr¦mailing⟧":"«addr»"} after={"⟦phone¦Phone1¦contactNo⟧":"«2phone»","⟦addr¦mai
  ling⟧":"«2addr»"} by=u«n5»
+ ValueError: time data '«dob»' does not match format '%Y-%m-%d' (field=⟦dob¦birth_date¦patient.born⟧) File "/srv/app/intake.py",
   line «n3»
+ java.lang.IllegalArgumentException: ⟦Invalid SSN: «ssn»¦No patient with MRN «mrn»¦Unparseable phone "«phone»"¦NPI check digit f
  ailed: «npi»⟧ at com.clinic.Reg.check(Reg.java:«n3»)
+ payment.authorize card=«pan» name_on_card="«full:u»" amt=«price» ⟦copay visit «n7»¦AVS=Y⟧
+ Set-Cookie: ⟦PORTALSESSID¦JSESSIONID¦_ehr_session⟧=«session»; Path=/; HttpOnly ⟦¦X-Client-IP: «ip»⟧
+ curl -H "⟦X-Shopify-Access-Token: «key»¦X-Api-Key: «secret»¦Authorization: Bearer «jwt»⟧" https://api.clinic.example/v2/patient
  s?⟦q=«last:p»¦email=«email:p»¦dob=«dobiso»⟧
+ consent «uuid» signed by «full» ⟦from «ip»¦«email»⟧ id check: ⟦passport «passport» country USA¦dl_state=«state» dl_number=«dl»⟧
- «ts» audit user_id=«n5» action=⟦VIEW_CHART¦print.label¦EXPORT⟧ object=«uuid» result=OK dur=«n3»ms etag="«x32»" peer=127.0.0.1:«
  n5»
- {"actor":"system","verb":"rotated","object":"kms/key/«uuid»","kid":"«x16»","ver":"«ver»","at":«epochms»}
- ValueError: time data '' does not match format '%Y-%m-%d' File "/srv/app/intake.py", line «n3», in parse_dob (release «x40»)
- java.lang.NullPointerException: patient.getName() at com.clinic.Patient.getSsn(Patient.java:«n3») at sun.reflect.GeneratedMetho
  dAccessor«n4».invoke
- before={"status":"paid","order":«luhn»} after={"status":"fulfilled","tracking":"«ups»"} by=app:«app»
- retention sweep: patients=«n4» notes=«n5» purged=«num» before=«day» checksum=sha1:«x40» took «n2».«n3»s
- payment.capture txn=ch_«b24» order=«luhn» amt=«price» last4=«n4» brand=visa ⟦risk=0.«n2»¦AVS=Y⟧
- POST /graphql 200 «n3»ms x-request-id=«uuid» x-shopify-api-version=2024-10 gid://shopify/Order/«n13» cost=«n2»/1000
- name=«app:l» version=«ver» condition=new shelf=«shelf» address=0x7f«x10» port=«n4» mask=255.255.255.0 host=«host»
"""
_TEXTS: dict[str, list[tuple[str, str]]] = {"+": [], "-": []}
for _block in _TEMPLATES.replace("\n  ", "").split("\n= ")[1:]:
    _name, *_texts = _block.rstrip("\n").split("\n")
    for _text in _texts:
        _TEXTS[_text[0]].append((_name, _text[2:]))
