"""People, illnesses and drugs of the crossroads, drawn for that corpus alone, and the numbers that its forms hold.

Nobody is meant. Everything comes from ranges that cannot exist: mail under `.example` (RFC 2606), telephone numbers kept for
fiction. The words for illnesses and drugs are those of public lists, and those that people use for them, some misspelled.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from unicodedata import normalize

from .filling import Part
from .labelled import Value
from .strangers import Person, Scene
from .values import Maker, shaped

_GIVEN = (
    "Adaeze", "Alistair", "Anjali", "Araceli", "Beatriz", "Benedikt", "Blanche", "Bogdan", "Brigid", "Camille", "Chidi",
    "Clementine", "Cornelius", "Da-eun", "Delphine", "Demetrius", "Dov", "Edna", "Efraín", "Elodie", "Emeka", "Esperanza", "Ezra",
    "Faisal", "Fionnuala", "Florian", "Gareth", "Gertrude", "Gulnara", "Gustavo", "Hadiza", "Haruka", "Henrike", "Hyun-woo",
    "Ibrahim", "Imelda", "Inés", "Isadora", "Jaleel", "Jarek", "Jolene", "Kamala", "Keisha", "Khalid", "Konstantin", "Kunal",
    "Lakeisha", "Leopold", "Ludmila", "Lupita", "Magdalena", "Malik", "Marguerite", "Mbali", "Mehmet", "Mei-Ling", "Micaela",
    "Nadia", "Nasrin", "Nikolai", "Noor", "Octavia", "Odalys", "Oluwaseun", "Orla", "Padraig", "Percival", "Phuong", "Quincy",
    "Rafael", "Ranjit", "Renée", "Rosalind", "Rutger", "Salome", "Sandeep", "Seraphina", "Shanice", "Sigrid", "Sunita",
    "Svetlana", "Tadeusz", "Takeshi", "Thandiwe", "Ulrike", "Valentina", "Vikram", "Wendell", "Xiomara", "Yetunde", "Yolanda",
    "Yusra", "Zachariah", "Zelda", "Ashley", "Brian", "Caitlin", "Derek", "Heather", "Jason", "Kimberly", "Nicole", "Stephanie",
    "Todd",
)  # fmt: skip
_FAMILY = (
    "Abernathy", "Achterberg", "Adeyemi", "Aguirre", "Akhtar", "Andrzejewski", "Arceneaux", "Banerjee", "Barragán", "Bautista",
    "Blackwood", "Boateng", "Brandvold", "Calloway", "Castellanos", "Chakraborty", "Cheung", "Colquhoun", "Czerny", "D'Souza",
    "Dabrowski", "Delacroix", "Dimitrov", "Echevarría", "Eberhardt", "Espinoza", "Fairweather", "Farouk", "Fitzgibbon", "Fukuda",
    "Gallardo", "Ghebre", "Goldfarb", "Grzybowski", "Gunderson", "Haddad", "Hakimi", "Hargrove", "Hoàng", "Igwe", "Iyer",
    "Jankowski", "Jaramillo", "Kaczmarek", "Kapoor", "Kekoa", "Khoury", "Kowalczyk", "Laramie", "Lindqvist", "Macapagal",
    "MacKinnon", "Maldonado", "Mbeki", "McGillicuddy", "Menéndez", "Mukherjee", "N'Diaye", "Nakamura", "Nazarian", "Ngata",
    "O'Shaughnessy", "Obasanjo", "Oyelaran", "Palmieri", "Papadakis", "Petrosyan", "Pfeiffer", "Pham", "Quackenbush",
    "Quintanilla", "Rasmussen", "Redfeather", "Rosenthal", "Rousseau", "Saldívar", "Satō", "Schumacher", "Sepulveda", "Shapiro",
    "Stoltzfus", "Szymański", "Takahashi", "Tavares", "Thibodeaux", "Tremblay", "Uchida", "Valenzuela", "Van der Berg",
    "Villanueva", "Wasserman", "Whitehorse", "Wojtowicz", "Yamamoto", "Yazzie", "Ybarra", "Zamora", "Zelaya", "Bennett", "Hughes",
    "Foster",
)  # fmt: skip
_STREETS = (
    "Alder Brook", "Bellflower", "Buckeye", "Calle Ocho", "Cedar Ridge", "Chestnut Hill", "Cottonwood", "Deer Path", "E Lombard",
    "Eagle Nest", "Fourth", "Foxglove", "Gravel Pit", "Hickory Nut", "Iron Horse", "Juniper", "Kestrel", "Larkspur", "Magnolia",
    "N Kingshighway", "NE 79th", "Orchard View", "Paseo del Norte", "Persimmon", "Red Barn", "Rue Royale", "S Halsted",
    "Saddleback", "Stagecoach", "Tamarack", "Thornbury", "Two Rivers", "Via Verde", "W 112th", "Wheatfield", "Yucca Flat",
)  # fmt: skip
_KINDS_OF_STREET = ("St", "St.", "Street", "Ave", "Avenue", "Rd", "Road", "Ln", "Lane", "Dr", "Ct", "Blvd", "Way", "Pl", "Ter")
_DOORS = ("Apt 3C", "Apt. 118", "#12", "Unit B", "Unit 2204", "Ste 310", "Lot 44", "Bldg 6 Apt 2", "Fl 2", "Trlr 9", "Rear")
_CITIES = (
    ("Asheville", "NC", "288"), ("Billings", "MT", "591"), ("Corpus Christi", "TX", "784"), ("Duluth", "MN", "558"),
    ("Eau Claire", "WI", "547"), ("Flagstaff", "AZ", "860"), ("Gulfport", "MS", "395"), ("Hartford", "CT", "061"),
    ("Idaho Falls", "ID", "834"), ("Jersey City", "NJ", "073"), ("Knoxville", "TN", "379"), ("Lubbock", "TX", "794"),
    ("Modesto", "CA", "953"), ("North Platte", "NE", "691"), ("Oklahoma City", "OK", "731"), ("Poughkeepsie", "NY", "126"),
    ("Roanoke", "VA", "240"), ("St. Petersburg", "FL", "337"), ("Walla Walla", "WA", "993"), ("Yuma", "AZ", "853"),
)  # fmt: skip
_AREAS = ("209", "225", "269", "308", "336", "406", "432", "480", "507", "540", "601", "623", "715", "801", "845", "928")
_HOSTS = ("webpost.example", "homebox.example", "lettermail.example", "fastinbox.example", "alumni.example", "fernhollow.example")
AILMENTS = (
    "achalasia", "acne rosacea", "actinic keratosis", "acute bronchitis", "ADHD", "adrenal insufficiency", "agoraphobia",
    "alopecia areata", "ALS", "amblyopia", "anal fissure", "angina", "ankylosing spondylitis", "aortic stenosis",
    "aplastic anemia", "arthritis", "asthma", "athlete's foot", "atopic dermatitis", "atrial fibrillation", "AFib",
    "bacterial vaginosis", "Barrett's esophagus", "basal cell carcinoma", "bell's palsy", "benign prostatic hyperplasia", "BPH",
    "bipolar disorder", "bladder cancer", "blepharitis", "borderline personality disorder", "breast cancer", "bulimia",
    "bursitis", "candidiasis", "carpal tunnel syndrome", "cataracts", "celiac disease", "cellulitis", "cerebral palsy",
    "cervical cancer", "chickenpox", "chlamydia", "cirrhosis", "chronic kidney disease", "cluster headaches", "cold sores",
    "colon cancer", "congestive heart failure", "COPD", "coronary artery disease", "Crohn's disease", "croup",
    "Cushing's syndrome", "cystic fibrosis", "deep vein thrombosis", "DVT", "diabetes", "diabetic neuropathy", "diverticulitis",
    "dry eye disease", "Dupuytren's contracture", "ectopic pregnancy", "eczema", "emphysema", "endometriosis", "epilepsy",
    "erectile dysfunction", "essential tremor", "fatty liver", "fibromyalgia", "folliculitis", "frozen shoulder", "gallstones",
    "generalized anxiety disorder", "genital herpes", "genital warts", "GERD", "gestational diabetes", "giardiasis", "glaucoma",
    "gonorrhea", "gout", "Graves' disease", "Guillain-Barré syndrome", "hair loss", "Hashimoto's", "hay fever", "head lice",
    "hemochromatosis", "hemophilia", "hemorrhoids", "hepatitis B", "hepatitis C", "hidradenitis suppurativa",
    "high blood pressure", "high cholesterol", "HIV", "hives", "Hodgkin lymphoma", "HPV", "Huntington's disease", "hyperhidrosis",
    "hyperlipidemia", "hypertension", "hypothyroidism", "hypogonadism", "IBS", "impetigo", "infertility", "influenza", "insomnia",
    "interstitial cystitis", "iron deficiency anemia", "jock itch", "keratoconus", "kidney failure", "kidney stones",
    "lactose intolerance", "leukemia", "lichen planus", "lung cancer", "lupus", "Lyme disease", "lymphedema",
    "macular degeneration", "major depressive disorder", "mastitis", "melanoma", "melasma", "Ménière's disease", "migraine",
    "migraines", "molluscum contagiosum", "mononucleosis", "multiple sclerosis", "muscular dystrophy", "myasthenia gravis",
    "narcolepsy", "obesity", "OCD", "opioid use disorder", "osteoarthritis", "osteopenia", "osteoporosis", "otitis media",
    "ovarian cysts", "pancreatitis", "panic disorder", "Parkinson's", "PCOS", "pelvic inflammatory disease", "peptic ulcer",
    "peripheral neuropathy", "pink eye", "plantar fasciitis", "pneumonia", "polymyalgia rheumatica", "postpartum depression",
    "prediabetes", "premature ejaculation", "prostate cancer", "psoriasis", "psoriatic arthritis", "PTSD", "pulmonary embolism",
    "Raynaud's", "restless legs syndrome", "rheumatoid arthritis", "ringworm", "rosacea", "sarcoidosis", "scabies",
    "schizophrenia", "sciatica", "scoliosis", "seborrheic dermatitis", "sepsis", "shingles", "sickle cell disease", "sinusitis",
    "Sjögren's syndrome", "sleep apnea", "social anxiety disorder", "spinal stenosis", "strep throat", "sugar diabetes",
    "syphilis", "tennis elbow", "testicular torsion", "thyroid cancer", "tinnitus", "tonsillitis", "toenail fungus",
    "trichomoniasis", "tuberculosis", "type 1 diabetes", "type 2 diabetes", "T2DM", "ulcerative colitis",
    "urinary tract infection", "UTI", "uterine fibroids", "vaginismus", "varicose veins", "vertigo", "vitiligo",
    "von Willebrand disease", "whooping cough", "yeast infection",
)  # fmt: skip
REMEDIES = (
    "Abilify", "acarbose", "acyclovir", "Adderall", "Advair", "albuterol", "alendronate", "allopurinol", "alprazolam",
    "amiodarone", "amitriptyline", "amlodipine", "amoxicillin", "anastrozole", "apixaban", "aripiprazole", "Armour Thyroid",
    "aspirin", "atenolol", "Ativan", "atomoxetine", "atorvastatin", "Augmentin", "azathioprine", "azithromycin", "baclofen",
    "Basaglar", "benazepril", "benzonatate", "Biktarvy", "bisoprolol", "Botox", "budesonide", "bumetanide", "buprenorphine",
    "bupropion", "buspirone", "cabergoline", "candesartan", "carbamazepine", "carvedilol", "cefdinir", "Celebrex", "cephalexin",
    "cetirizine", "Chantix", "Cialis", "ciprofloxacin", "citalopram", "clindamycin", "clobetasol", "clomiphene", "clonazepam",
    "clonidine", "clopidogrel", "clotrimazole", "colchicine", "Concerta", "Cosentyx", "Cymbalta", "Depakote", "Descovy",
    "desvenlafaxine", "dexamethasone", "diazepam", "diclofenac", "dicyclomine", "digoxin", "diltiazem", "donepezil", "doxazosin",
    "doxycycline", "duloxetine", "Dupixent", "dutasteride", "Effexor", "Eliquis", "empagliflozin", "enalapril", "Enbrel",
    "Entresto", "escitalopram", "esomeprazole", "estradiol", "eszopiclone", "ezetimibe", "famotidine", "Farxiga", "fenofibrate",
    "finasteride", "Flomax", "Flonase", "fluconazole", "fluoxetine", "furosemide", "gabapentin", "Genvoya", "glimepiride",
    "glipizide", "guanfacine", "HCTZ", "Humalog", "Humira", "hydrochlorothiazide", "hydrocodone", "hydroxychloroquine",
    "hydroxyzine", "ibuprofen", "Imitrex", "insulin glargine", "insulin lispro", "irbesartan", "isosorbide", "isotretinoin",
    "ivermectin", "Januvia", "Jardiance", "ketoconazole", "Klonopin", "labetalol", "lamotrigine", "Lantus", "latanoprost",
    "letrozole", "levetiracetam", "levofloxacin", "levothyroxine", "Lexapro", "linaclotide", "Linzess", "liothyronine", "Lipitor",
    "liraglutide", "lisinopril", "lithium", "loratadine", "lorazepam", "losartan", "lurasidone", "Lyrica", "meclizine",
    "medroxyprogesterone", "meloxicam", "memantine", "mesalamine", "metformin", "methimazole", "methocarbamol", "methotrexate",
    "methylphenidate", "metoprolol", "metronidazole", "minoxidil", "mirtazapine", "modafinil", "montelukast", "Mounjaro",
    "Mucinex", "mupirocin", "naltrexone", "naproxen", "Narcan", "nitrofurantoin", "nitroglycerin", "norethindrone",
    "nortriptyline", "Nurtec", "olanzapine", "olmesartan", "omeprazole", "ondansetron", "oxcarbazepine", "oxybutynin",
    "oxycodone", "Ozempic", "pantoprazole", "paroxetine", "Paxlovid", "penicillin", "phentermine", "pioglitazone", "Plan B",
    "Plavix", "pravastatin", "prazosin", "prednisone", "pregabalin", "Premarin", "Prilosec", "progesterone", "propranolol",
    "Prozac", "quetiapine", "ramipril", "ranolazine", "Repatha", "Rinvoq", "risperidone", "Ritalin", "rizatriptan", "ropinirole",
    "rosuvastatin", "Rybelsus", "Saxenda", "semaglutide", "Seroquel", "sertraline", "sildenafil", "simvastatin", "Skyrizi",
    "solifenacin", "spironolactone", "Stelara", "Suboxone", "sulfasalazine", "sumatriptan", "Synthroid", "tadalafil", "tamoxifen",
    "tamsulosin", "Taltz", "terbinafine", "testosterone cypionate", "timolol", "tirzepatide", "tizanidine", "topiramate",
    "Toujeo", "tramadol", "trazodone", "Trelegy", "tretinoin", "triamcinolone", "Trintellix", "Truvada", "Tylenol", "Ubrelvy",
    "valacyclovir", "Valium", "valsartan", "Valtrex", "vardenafil", "venlafaxine", "verapamil", "Viagra", "Victoza", "Vyvanse",
    "warfarin", "Wegovy", "Wellbutrin", "Xanax", "Xarelto", "Zepbound", "Zithromax", "Zoloft", "zolpidem", "Zyrtec",
)  # fmt: skip
SLIPS_OF_AILMENTS = (
    "diabeties", "excema", "ashma", "hi blood pressure", "sleep apnia", "bronkitis", "soriasis", "fibromialgia", "scizophrenia",
    "athritis", "pnuemonia", "hemroids", "endometreosis", "migrane", "shingels", "plantar fashiitis", "anexiety disorder",
)  # fmt: skip
SLIPS_OF_REMEDIES = (
    "metforman", "lisinipril", "gabapenten", "ozempick", "wegovey", "levothyroxin", "atorvastatine", "ammoxicillin", "sertaline",
    "predisone", "ibuprofin", "omeprozole", "losarten", "trazadone", "adderal", "valcyclovir", "finastride", "zanax",
)  # fmt: skip
_CODES = (
    "A09", "A60.00", "B00.1", "B18.2", "B20", "B35.1", "B37.3", "C43.9", "C50.911", "C61", "C73", "D25.9", "D50.9", "D57.1",
    "E03.9", "E05.00", "E10.65", "E11.22", "E11.40", "E11.65", "E28.2", "E66.01", "E78.2", "E78.5", "F10.20", "F11.20", "F20.9",
    "F31.81", "F32.1", "F33.1", "F40.10", "F41.0", "F42.9", "F43.12", "F50.2", "F52.21", "F90.0", "G20", "G35", "G40.909",
    "G43.009", "G47.33", "G56.01", "H10.33", "H40.11X1", "H81.03", "I25.10", "I48.91", "I50.9", "J02.0", "J20.9", "J30.1",
    "J44.9", "J45.40", "K21.9", "K50.90", "K57.32", "K58.0", "K64.9", "L20.9", "L40.0", "L63.9", "L70.0", "L71.9", "M05.79",
    "M10.9", "M17.11", "M54.41", "M79.7", "M81.0", "N18.32", "N20.0", "N39.0", "N40.1", "N52.9", "N80.9", "N95.1", "O24.410",
    "R73.03", "S93.401A", "U07.1",
)  # fmt: skip
_THINGS = (
    "bamboo pillow", "blood pressure cuff", "compression sleeve", "shower chair", "weekly pill organizer", "heating pad",
    "foam roller", "digital thermometer", "knee brace", "rolling walker", "yoga mat", "resistance band set", "reading glasses",
    "lumbar cushion", "silicone tape", "night light", "wrist splint", "massage gun", "gel ice pack", "bath bench", "grabber tool",
    "sunrise alarm clock",
)  # fmt: skip
_NAMESAKES = (
    "Margaret tote", "Hudson armchair", "Eleanor throw", "Jasper tray", "Mason jar set", "Bridget wrap dress", "Dorothy bath mat",
    "Harper planner", "Georgia peach scent", "Victoria sponge kit", "Monterey jack sampler", "Ellis sofa",
    "Oxford Thomas cardigan", "Mary Jane shoes", "Peter Pan collar blouse", "Earl Grey tin", "Jersey knit sheet",
    "Stanley thermos cup", "Martha apron",
)  # fmt: skip
"""Goods that are called like people."""
_LANDMARKS = (
    "Port Arthur warehouse", "Fort Wayne depot", "Madison Park store", "Sherman Oaks pickup point", "Logan dock", "Lancaster hub",
    "Saint Augustine terminal", "Sierra Vista locker", "Carson City annex", "Grant Park kiosk", "Charlotte branch",
    "Houston dock",
)  # fmt: skip
"""Places that are called like people."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


class _Shapes(NamedTuple):
    """The entity of a slot, and how its values look."""

    entity: str
    maker: Maker


def _of(*words: tuple[str, ...]) -> Maker:
    return lambda chance: chance.choice(chance.choice(words))


_VALUES: Mapping[str, _Shapes] = {
    "ill": _Shapes("CONDITION", _of(AILMENTS)),
    "ill.said": _Shapes("CONDITION", _of(AILMENTS, AILMENTS, AILMENTS, AILMENTS, SLIPS_OF_AILMENTS)),
    "drug": _Shapes("MEDICATION", _of(REMEDIES)),
    "drug.said": _Shapes("MEDICATION", _of(REMEDIES, REMEDIES, REMEDIES, REMEDIES, SLIPS_OF_REMEDIES)),
    "code": _Shapes("ICD10", _of(_CODES)),
    "code.bare": _Shapes("ICD10", lambda chance: chance.choice(_CODES).replace(".", "")),
    "chart": _Shapes("MRN", shaped("!#######", "!######", "00######", "FH-!#####", "M!#######", "!##-##-##")),
    "plan": _Shapes("MEMBER_ID", shaped("@@@!########", "W!########", "!########-0!", "JQ@!########", "@@!#########")),
    "secret": _Shapes(
        "API_KEY",
        shaped(
            "ghp_" + "=" * 36, "xoxb-!##########-!###########-" + "=" * 24, "AIza" + "=" * 35, "~" * 32 + "-us1#",
            "SK" + "~" * 32, "sk_live_" + "=" * 24, "shpat_" + "~" * 32, "SG." + "=" * 22 + "." + "=" * 43, "npm_" + "=" * 36,
        ),
    ),
}  # fmt: skip
_NOISE: Mapping[str, Maker] = {
    "thing": _of(_THINGS),
    "namesake": _of(_NAMESAKES),
    "landmark": _of(_LANDMARKS),
    "intent": shaped("pi_3" + "=" * 23, "ch_3" + "=" * 23, "evt_1" + "=" * 23, "re_3" + "=" * 23),
    "etag": shaped('W/"~~~~-~~~~~~~~~~~"', '"' + "~" * 32 + '"'),
    "integrity": shaped("sha384-" + "=" * 64, "sha256-" + "=" * 43 + "="),
    "part": shaped("!##-##-####", "!###-###-##", "@@-###-####", "!#.###.####"),
    "release": shaped("!#.!.#.!##", "!.!#.!.#", "20#.!#.!.##"),
    "lot": shaped("L!####@", "LOT-!#####", "@@####-#"),
    "shelf": shaped("E1#.!", "B0#.#", "J4#", "F3!.#", "M#4"),
    "picture": lambda chance: f"data:image/png;base64,iVBORw0KGgo{shaped('=' * 44)(chance)}",
    "visit": lambda chance: f"{chance.choice(_DAYS)} {chance.randrange(8, 12)}:{chance.choice(('00', '15', '30'))} am",
    "years": lambda chance: str(chance.randrange(19, 88)),
}
_BIRTHDAYS = (
    "{0:%m/%d/%Y}", "{0.month}/{0.day}/{0:%y}", "{0:%B} {0.day}, {0.year}", "{0:%b} {0.day} {0.year}", "{0.day} {0:%b} {0.year}",
    "{0:%m-%d-%Y}", "{0:%Y-%m-%d}", "{0:%b}. {0.day}, {0.year}", "{0.month}.{0.day}.{0.year}", "{0:%d-%b-%Y}", "{0:%Y.%m.%d}",
)  # fmt: skip
_LINES = (
    "({0}) {1}-{2}", "({0}) {1}-{2}", "{0}-{1}-{2}", "{0}.{1}.{2}", "{0} {1} {2}", "+1 {0} {1} {2}", "1-{0}-{1}-{2}",
    "+1{0}{1}{2}", "{0}{1}{2}", "+1 ({0}) {1}-{2}", "({0}){1}-{2}", "{0} {1}-{2}",
)  # fmt: skip
_OF_A_ROLE: Mapping[str, tuple[str, Callable[[Person, Random], str]]] = {
    "caret": ("NAME", lambda who, _: f"{who.last}^{who.first}".upper()),
    "star": ("NAME", lambda who, _: f"{who.last}*{who.first}".upper()),
    "born": ("DOB", lambda who, _: who.born.isoformat()),
    "bday": ("DOB", lambda who, chance: chance.choice(_BIRTHDAYS).format(who.born)),
    "tel": ("PHONE", lambda who, chance: chance.choice(_LINES).format(who.phone[:3], who.phone[3:6], who.phone[6:])),
    "post": ("ADDRESS", lambda who, _: f"{who.street}, {who.city} {who.zip}"),
    "fields": ("ADDRESS", lambda who, _: f"{who.street}^^{who.city.replace(', ', '^')}^{who.zip}"),
}


def traveler(chance: Random) -> Person:
    """Somebody drawn by chance, with a mail address, a telephone, a birthday and a home."""
    first, last = chance.choice(_GIVEN), chance.choice(_FAMILY)
    city, state, start = chance.choice(_CITIES)
    return Person(
        first=first,
        last=last,
        email=f"{_mailbox(first, last, chance)}@{chance.choice(_HOSTS)}",
        phone=shaped(f"{chance.choice(_AREAS)}55501##")(chance),
        born=date(1934, 2, 1) + timedelta(days=chance.randrange(31_500)),
        street=_home(chance),
        city=f"{city}, {state}",
        zip=start + shaped("##", "##", "##-####")(chance),
    )


def troupe() -> Scene:
    """The people of one text, with the words and numbers of this corpus for what is said of them."""
    scene = Scene(traveler)
    scene |= {name: _labelled(entity, maker) for name, (entity, maker) in _VALUES.items()}
    scene |= {name: _plain(maker) for name, maker in _NOISE.items()}
    for role in ("p", "r", "s", "t"):
        scene |= {f"{role}.{name}": _of_a_role(scene, role, *how) for name, how in _OF_A_ROLE.items()}
    return scene


def _labelled(entity: str, maker: Maker) -> Part:
    return lambda chance: [Value(maker(chance), entity)]


def _plain(maker: Maker) -> Part:
    return lambda chance: [maker(chance)]


def _of_a_role(scene: Scene, role: str, entity: str, how: Callable[[Person, Random], str]) -> Part:
    return lambda chance: [Value(how(scene.who(role, chance), chance), entity)]


def _mailbox(first: str, last: str, chance: Random) -> str:
    plain = (normalize("NFKD", name.lower()).encode("ascii", "ignore").decode() for name in (first, last))
    one, other = ("".join(filter(str.isalpha, name)) for name in plain)
    return chance.choice(
        (
            f"{one}.{other}", f"{one[0]}{other}", f"{one}{other[0]}{chance.randrange(10, 99)}", f"{other}.{one}",
            f"{one}_{other}", f"{one}+orders", f"{one}.{other}{chance.randrange(1, 9)}",
            f"{chance.choice(('hiking', 'books', 'garden'))}{one}",
        )
    )  # fmt: skip


def _home(chance: Random) -> str:
    street = f"{shaped('!##', '!###', '!####', '!#')(chance)} {chance.choice(_STREETS)} {chance.choice(_KINDS_OF_STREET)}"
    away = shaped("PO Box !###", "P.O. Box !##", "RR ! Box !#", "Rural Route ! Box !##", "HC !# Box !#", "PO BOX !####")(chance)
    door = f"{street}{chance.choice((' ', ', '))}{chance.choice(_DOORS)}"
    return chance.choices((street, door, away, street.upper()), (62, 24, 10, 4))[0]
