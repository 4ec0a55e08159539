"""A third set of people whom no other corpus knows, and the illnesses and drugs of public lists that no other corpus names.

The drugs are of lists of the most prescribed ones in the United States, by substance and by brand; the illnesses are of
glossaries that are written for patients. Nobody is meant: every pairing is drawn by chance, and mail, telephone numbers and
addresses of machines are of the ranges that `values.py` and `strangers.py` name.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from random import Random

from .filling import Part
from .labelled import Value
from .strangers import Person, Scene
from .values import shaped

_GIVEN = (
    "Abigail", "Benjamin", "Charlotte", "Dominic", "Eleanor", "Felix", "Gabriela", "Henrietta", "Isaiah", "Josephine",
    "Kendra", "Leonard", "Marguerite", "Nathaniel", "Ophelia", "Percival", "Quentin", "Rosalind", "Sylvester", "Theodora",
    "Ulysses", "Valentina", "Wallace", "Ximena", "Yolanda", "Zachary", "Adebayo", "Chinwe", "Emeka", "Funmilayo", "Obinna",
    "Temitope", "Zanele", "Mandla", "Wambui", "Otieno", "Amina", "Bilal", "Fadi", "Hala", "Karim", "Nadia", "Samir", "Zeynep",
    "Mehmet", "Aditya", "Bhavna", "Chandra", "Divya", "Gaurav", "Ishaan", "Kiran", "Manoj", "Neha", "Pooja", "Rajesh",
    "Sunita", "Xiuying", "Jiahui", "Zhiwei", "Akiko", "Takeshi", "Naoko", "Eun-ji", "Seung-hoon", "Hoang", "Phuong", "Trang",
    "Ngoc", "Arturo", "Consuelo", "Dagoberto", "Fernanda", "Héctor", "Lourdes", "Nicolás", "Paloma", "Ramiro", "Soledad",
    "Verónica", "Pavel", "Svetlana", "Yevgenia", "Matthias", "Ursula", "Liesl", "Torvald", "Sigrid", "Maeve", "Cillian",
    "Aoife", "Étienne", "Geneviève", "Baptiste", "Noémie", "Kalani", "Makoa", "Dakota", "Cheyenne", "Tanisha", "Demetrius",
    "Lakeisha", "Terrell", "Ezekiel", "Bettye", "Clarence", "Doris", "Ernestine", "Floyd", "Gertrude", "Herschel", "Aubrey",
    "Kenzie", "Braxton", "Olive", "Daisy", "Lincoln", "Hazel", "Miles", "June", "Penny", "Gene", "Dawn",
)  # fmt: skip
_FAMILY = (
    "Abrams", "Bancroft", "Carmichael", "Delacroix", "Eastwood", "Fairbanks", "Gallagher", "Hutchinson", "Ingersoll",
    "Kensington", "Lockhart", "Merriweather", "Northcutt", "Oglethorpe", "Prendergast", "Quigley", "Rutherford", "Stallworth",
    "Tisdale", "Upshaw", "Vickers", "Wetherby", "Youngblood", "Zielinski", "Adebanjo", "Chukwu", "Eze", "Ogunleye", "Osei",
    "Kamau", "Ochieng", "Mokoena", "Zulu", "Sesay", "Al-Masri", "Aziz", "Bashir", "Darwish", "Farouk", "Nasser", "Saleh",
    "Kaya", "Arslan", "Agarwal", "Bhatt", "Choudhary", "Desai", "Ganguly", "Joshi", "Kulkarni", "Menon", "Nair", "Rao",
    "Subramanian", "Cheng", "Guo", "Hsu", "Lin", "Xu", "Fujimoto", "Hayashi", "Matsuda", "Bae", "Seo", "Dang", "Huynh",
    "Truong", "Alvarado", "Barrera", "Cárdenas", "Domínguez", "Escobar", "Fuentes", "Galván", "Huerta", "Jaramillo", "Ledesma",
    "Medrano", "Orozco", "Pacheco", "Rentería", "Sepúlveda", "Treviño", "Valenzuela", "Zamora", "de los Reyes", "del Toro",
    "Petrov", "Sokolov", "Volkova", "Bauer", "Krüger", "Schneider", "Vogel", "Nyström", "Bergström", "Halvorsen", "Mikkelsen",
    "Brannigan", "McTavish", "O'Malley", "O'Donoghue", "D'Souza", "St. James", "Beaulieu", "Fontaine", "Moreau", "Kealoha",
    "Nakai", "Whitehorse", "Lafayette", "Gaines", "Hightower", "Mosley", "Bernstein", "Horowitz", "Silverman", "Carter",
    "Taylor", "Cooper", "Page", "Gray", "Black", "Wells", "Rice", "Mills",
)  # fmt: skip
_STREETS = (
    "Larkspur", "N Ridgeline", "Ironwood", "Old Ferry", "Cobblestone", "Bellflower", "E Mesquite", "Tule Lake",
    "Sandhill Crane", "Bishop's Gate", "O'Connell", "Val Verde", "Calle del Sol", "W 57th", "NE 22nd", "3rd", "South Fork",
    "Granite Falls", "Wye", "Dogwood", "Paseo Bonito", "US Highway 12", "County Road 550", "Lake Shore", "University",
    "Washington", "Orchard", "Depot",
)  # fmt: skip
_STREET_TYPES = (
    "St", "Street", "Ave", "Avenue", "Rd", "Road", "Blvd", "Ln", "Lane", "Dr", "Drive", "Ct", "Court", "Way", "Pl", "Ter",
    "Pkwy",
)  # fmt: skip
_UNITS = (
    "Apt 2C", "Apt. 17", "#1201", "Unit B", "Suite 450", "Ste 3", "Lot 44", "Floor 6", "Apt 305W", "Bldg 2 Apt F", "Trlr 21",
)  # fmt: skip
_CITIES = (
    ("Albuquerque", "NM", "871"), ("Duluth", "MN", "558"), ("Greensboro", "NC", "274"), ("Santa Fe", "NM", "875"),
    ("Des Moines", "IA", "503"), ("Lake Charles", "LA", "706"), ("Stockton", "CA", "952"), ("Yonkers", "NY", "107"),
    ("Mount Pleasant", "SC", "294"), ("St. Cloud", "FL", "347"), ("Eau Claire", "WI", "547"),
    ("Rancho Cucamonga", "CA", "917"), ("Toledo", "OH", "436"), ("Lubbock", "TX", "794"), ("Bellingham", "WA", "982"),
    ("Pawtucket", "RI", "028"), ("Cheyenne", "WY", "820"), ("Flagstaff", "AZ", "860"), ("Bozeman", "MT", "597"),
    ("Wichita Falls", "TX", "763"),
)  # fmt: skip
_AREAS = ("219", "251", "316", "406", "432", "480", "507", "559", "585", "612", "651", "719", "737", "801", "847", "928", "980")
_HOSTS = (
    "mailbox.example", "example.com", "example.org", "example.net", "gmail.example", "hotmail.example", "me.example",
    "att.example", "fastmail.example", "alumni.example", "work.example", "ymail.example",
)  # fmt: skip
NEW_ILLNESSES = (
    "hypertriglyceridemia", "prediabetes", "metabolic syndrome", "hyperthyroidism", "acromegaly", "hypogonadism",
    "Turner syndrome", "Klinefelter syndrome", "hyperparathyroidism", "pheochromocytoma", "diabetic retinopathy",
    "diabetic ketoacidosis", "T2D", "afib", "supraventricular tachycardia", "aortic stenosis", "mitral valve prolapse",
    "cardiomyopathy", "pericarditis", "angina", "peripheral artery disease", "Raynaud's", "varicose veins", "DVT",
    "brain aneurysm", "heart attack", "high BP", "HTN", "sarcoidosis", "pulmonary fibrosis", "bronchiectasis", "RSV",
    "whooping cough", "croup", "emphysema", "lung cancer", "mesothelioma", "allergic rhinitis", "hay fever", "nasal polyps",
    "tonsillitis", "ear infection", "otitis media", "tinnitus", "BPPV", "pink eye", "conjunctivitis", "uveitis", "keratoconus",
    "dry eye syndrome", "retinal detachment", "blepharitis", "TMJ disorder", "gingivitis", "oral thrush", "canker sores",
    "H. pylori", "peptic ulcer", "stomach ulcers", "gastroparesis", "SIBO", "C. diff", "diverticulosis", "hemorrhoids",
    "anal fissure", "appendicitis", "hepatitis B", "autoimmune hepatitis", "hemochromatosis", "Wilson's disease",
    "Barrett's esophagus", "eosinophilic esophagitis", "lactose intolerance", "CKD", "lupus nephritis", "glomerulonephritis",
    "polycystic kidney disease", "nephrotic syndrome", "overactive bladder", "interstitial cystitis", "urinary incontinence",
    "pyelonephritis", "kidney infection", "bladder cancer", "testicular cancer", "varicocele", "Peyronie's disease",
    "prostatitis", "enlarged prostate", "vaginismus", "PMDD", "adenomyosis", "ovarian cysts", "cervical cancer",
    "endometrial cancer", "ectopic pregnancy", "hyperemesis gravidarum", "placenta previa", "mastitis", "vaginal atrophy",
    "mpox", "genital warts", "HSV-2", "HSV-1", "cold sores", "chickenpox", "measles", "mumps", "giardiasis", "malaria",
    "dengue", "West Nile virus", "Rocky Mountain spotted fever", "MRSA", "sepsis", "osteomyelitis", "plantar fasciitis",
    "tennis elbow", "rotator cuff tear", "frozen shoulder", "herniated disc", "spinal stenosis", "bursitis", "torn ACL",
    "polymyalgia rheumatica", "giant cell arteritis", "Sjögren's syndrome", "scleroderma", "dermatomyositis", "osteopenia",
    "juvenile idiopathic arthritis", "Ehlers-Danlos syndrome", "Marfan syndrome", "Down syndrome", "fragile X syndrome",
    "spina bifida", "cerebral palsy", "muscular dystrophy", "myasthenia gravis", "Guillain-Barré syndrome", "Bell's palsy",
    "trigeminal neuralgia", "cluster headaches", "essential tremor", "Tourette's", "brain tumor", "glioblastoma", "concussion",
    "peripheral neuropathy", "hives", "contact dermatitis", "tinea versicolor", "athlete's foot", "jock itch", "head lice",
    "molluscum contagiosum", "basal cell carcinoma", "squamous cell carcinoma", "actinic keratosis", "melasma",
    "lichen planus", "bullous pemphigoid", "hyperhidrosis", "telogen effluvium", "male pattern baldness",
    "androgenetic alopecia", "MDD", "GAD", "seasonal affective disorder", "dysthymia", "agoraphobia", "postpartum psychosis",
    "schizoaffective disorder", "alcoholism", "trichotillomania", "body dysmorphic disorder", "ARFID", "opioid addiction",
    "cannabis use disorder", "gambling disorder", "gender dysphoria", "hypersomnia", "B12 deficiency", "pernicious anemia",
    "thalassemia", "von Willebrand disease", "factor V Leiden", "polycythemia vera", "multiple myeloma", "Hodgkin's lymphoma",
    "kidney cancer", "liver cancer", "esophageal cancer", "skin cancer", "mast cell activation syndrome", "peanut allergy",
    "chronic fatigue syndrome", "ME/CFS", "pnumonia", "alzheimers", "parkinsons", "hemmoroids", "chlamidia", "syphillis",
    "gastroparisis", "hi blood pressure",
)  # fmt: skip
"""Illnesses as doctors and as patients call them; the last ones as patients misspell them."""
NEW_DRUGS = (
    "simvastatin", "pravastatin", "Lipitor", "Crestor", "ezetimibe", "Zetia", "Repatha", "Praluent", "fenofibrate", "Vascepa",
    "benazepril", "enalapril", "ramipril", "quinapril", "valsartan", "irbesartan", "olmesartan", "Benicar", "telmisartan",
    "candesartan", "metoprolol tartrate", "Toprol-XL", "atenolol", "bisoprolol", "nebivolol", "Bystolic", "nadolol",
    "labetalol", "verapamil", "nifedipine", "Norvasc", "felodipine", "hydralazine", "isosorbide mononitrate", "nitroglycerin",
    "ranolazine", "amiodarone", "Multaq", "flecainide", "sotalol", "Brilinta", "prasugrel", "Pradaxa", "Coumadin",
    "enoxaparin", "Lovenox", "chlorthalidone", "torsemide", "bumetanide", "Lasix", "metolazone", "eplerenone", "Januvia",
    "sitagliptin", "Tradjenta", "glimepiride", "glyburide", "Victoza", "dulaglutide", "empagliflozin", "dapagliflozin",
    "Invokana", "acarbose", "Basaglar", "Toujeo", "Levemir", "Humulin", "Synthroid", "Levoxyl", "Armour Thyroid",
    "liothyronine", "Cytomel", "methimazole", "desmopressin", "cabergoline", "dexamethasone", "Medrol", "methylprednisolone",
    "fludrocortisone", "Contrave", "Qsymia", "citalopram", "Celexa", "paroxetine", "fluvoxamine", "desvenlafaxine", "Pristiq",
    "Trintellix", "Viibryd", "Auvelity", "nortriptyline", "amitriptyline", "doxepin", "imipramine", "clomipramine",
    "selegiline", "Spravato", "esketamine", "ketamine", "olanzapine", "Zyprexa", "risperidone", "Risperdal", "ziprasidone",
    "Geodon", "lurasidone", "Caplyta", "clozapine", "haloperidol", "Invega", "Depakote", "valproic acid", "divalproex",
    "carbamazepine", "Tegretol", "oxcarbazepine", "Trileptal", "diazepam", "Valium", "temazepam", "Ativan", "Klonopin",
    "eszopiclone", "Lunesta", "Ambien", "Belsomra", "prazosin", "Ritalin", "Focalin", "dextroamphetamine", "lisdexamfetamine",
    "atomoxetine", "Qelbree", "Intuniv", "armodafinil", "Provigil", "Lyrica", "Neurontin", "Topamax", "zonisamide",
    "lacosamide", "Vimpat", "phenytoin", "Dilantin", "primidone", "Aimovig", "Emgality", "Ajovy", "Qulipta", "zolmitriptan",
    "Maxalt", "Imitrex", "Sinemet", "pramipexole", "rasagiline", "Aricept", "Namenda", "riluzole", "Copaxone", "Tecfidera",
    "Ocrevus", "Kesimpta", "tizanidine", "methocarbamol", "Flexeril", "carisoprodol", "naproxen", "diclofenac", "Voltaren",
    "indomethacin", "ketorolac", "nabumetone", "Celebrex", "Percocet", "Norco", "Vicodin", "hydromorphone", "morphine",
    "tapentadol", "codeine", "Zubsolv", "Sublocade", "acamprosate", "Narcan", "Cialis", "Levitra", "vardenafil", "Stendra",
    "Propecia", "Avodart", "Flomax", "alfuzosin", "Myrbetriq", "tolterodine", "solifenacin", "AndroGel", "Clomid",
    "enclomiphene", "Lo Loestrin", "Sprintec", "Junel", "NuvaRing", "Depo-Provera", "norgestimate", "drospirenone", "Premarin",
    "Prometrium", "Estrace", "raloxifene", "alendronate", "Fosamax", "Prolia", "ibandronate", "Arimidex", "exemestane",
    "Ibrance", "bicalutamide", "Xtandi", "Lupron", "Gleevec", "Keytruda", "Opdivo", "Revlimid", "capecitabine", "ondansetron",
    "Zofran", "promethazine", "metoclopramide", "Reglan", "famotidine", "Pepcid", "esomeprazole", "Nexium", "lansoprazole",
    "sucralfate", "Linzess", "dicyclomine", "Bentyl", "mesalamine", "Lialda", "budesonide", "Entyvio", "Remicade",
    "infliximab", "Tremfya", "Taltz", "Xeljanz", "Orencia", "Actemra", "azathioprine", "mycophenolate", "tacrolimus",
    "leflunomide", "Plaquenil", "sulfasalazine", "penicillin", "Augmentin", "cefdinir", "cefuroxime", "levofloxacin", "Cipro",
    "Bactrim", "Macrobid", "minocycline", "clarithromycin", "Z-Pak", "erythromycin", "rifaximin", "vancomycin", "isoniazid",
    "terbinafine", "Lamisil", "nystatin", "ketoconazole", "clotrimazole", "ivermectin", "permethrin", "Tamiflu", "famciclovir",
    "Valtrex", "Epclusa", "Mavyret", "entecavir", "Dovato", "Triumeq", "Symtuza", "Tivicay", "Apretude", "adapalene",
    "Accutane", "Absorica", "Finacea", "Retin-A", "clobetasol", "betamethasone", "fluocinonide", "desonide", "Eucrisa",
    "Opzelura", "Latisse", "bimatoprost", "brimonidine", "dorzolamide", "Restasis", "Xiidra", "ProAir", "Ventolin",
    "levalbuterol", "Breo Ellipta", "Spiriva", "Pulmicort", "Qvar", "Flovent", "Dulera", "ipratropium", "Singulair", "Xolair",
    "Nucala", "Fasenra", "azelastine", "benzonatate", "lexipro", "welbutrin", "atorvastatine", "metropolol", "trazadone",
    "ozempick", "sertroline", "synthriod",
)  # fmt: skip
"""Drugs by substance and by brand; the last ones as patients misspell them."""
_CODES = (
    "A04.72", "A09", "A41.9", "B02.9", "B07.9", "B34.9", "C34.90", "C64.1", "C67.9", "C90.00", "D51.0", "D68.51", "D69.3",
    "D80.1", "E05.90", "E11.319", "E11.40", "E16.2", "E21.3", "E29.1", "E53.8", "E55.9", "E66.01", "E88.810", "F12.20",
    "F25.9", "F33.1", "F40.01", "F43.23", "F50.81", "F64.0", "F95.2", "G24.3", "G43.109", "G44.009", "G50.0", "G51.0", "G61.0",
    "G70.00", "H10.9", "H16.223", "H66.90", "H93.13", "I11.0", "I20.9", "I42.9", "I47.10", "I73.9", "I83.90", "J06.9", "J30.9",
    "J32.9", "J43.9", "J84.10", "K04.7", "K12.0", "K22.70", "K31.84", "K64.9", "K75.4", "L08.9", "L23.9", "L29.9", "L30.9",
    "L50.9", "L64.9", "L81.1", "M17.11", "M25.561", "M32.14", "M35.00", "M51.26", "M72.2", "M75.01", "N18.4", "N20.1",
    "N30.10", "N32.81", "N41.1", "N48.6", "N76.0", "N94.3", "O21.0", "O26.893", "Q96.9", "R10.9", "R53.83", "R63.4",
    "S83.511A", "T14.90XA", "W19.XXXA", "Z00.00", "Z11.3", "Z30.41", "Z68.35", "Z79.899", "Z86.73", "Z91.010",
)  # fmt: skip
"""Codes of ICD-10-CM, dotted."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PHONES = (
    "(AAA) 555-01##", "AAA-555-01##", "AAA.555.01##", "AAA 555 01##", "+1AAA55501##", "+1 AAA 555 01##", "1-AAA-555-01##",
    "+1 (AAA) 555-01##", "(AAA)555-01##", "(AAA) 555.01##", "+1-AAA-555-01##", "+1.AAA.555.01##", "AAA 555-01##",
    "(AAA)-555-01##",
)  # fmt: skip
_PRODUCTS = (
    "Adele cashmere throw", "Madison bath mat", "Sophie ring holder", "Hudson desk lamp", "Ava water bottle",
    "Clark dumbbell set", "Sawyer foam roller", "Emma Heated Blanket", "Oliver Standing Desk", "Grace Collection tote",
    "Monroe Robe", "Nora Pillow", "Jackson Resistance Bands", "Stella silk eye mask", "Dr. Hollis insoles",
    "Chloe Diffuser 200ml", "Theo kids toothbrush", "Ruby Compression Socks", "Mason Jar Bundle", "Victoria Linen Set",
    "St. Ives gift box", "Paige 12-Month Planner",
)  # fmt: skip
_FIRMS = (
    "Harper & Lane", "Abbott Street Partners", "Bennett Brothers LLC", "Sullivan Logistics", "Warner Chilcott Freight",
    "Mercer Group", "Ellis Park Holdings", "Dean Witter Plaza", "Martin Marietta Supply", "Edwards Packaging Co.",
    "Thomas Scientific", "Ryder System", "J.B. Hunt Transport", "C.H. Robinson Worldwide", "Fernhollow Health", "Jones Soda",
    "Allen Organ Works", "Curtis Bay Terminal",
)  # fmt: skip
_PLACES = (
    "Saint Joseph campus", "Lincoln clinic", "Carolina depot", "Austin hub", "Jefferson County", "Sydney office", "Florence, SC",
    "Georgia depot", "Madison branch", "Charlotte DC", "Houston pod", "Victoria store", "Logan airport", "Paris store",
)  # fmt: skip


def newcomer(chance: Random) -> Person:
    """Somebody drawn by chance, whose mail address mostly follows the name."""
    first, last = chance.choice(_GIVEN), chance.choice(_FAMILY)
    city, state, start = chance.choice(_CITIES)
    return Person(
        first=first,
        last=last,
        email=_email(first, last, chance),
        phone=shaped(f"{chance.choice(_AREAS)}55501##")(chance),
        born=date(1932, 2, 1) + timedelta(days=chance.randrange(32_000)),
        street=_street(chance),
        city=f"{city}, {state}",
        zip=start + shaped("##", "##", "##-####")(chance),
    )


def _email(first: str, last: str, chance: Random) -> str:
    one, other = ("".join(sign for sign in name.lower() if sign.isascii() and sign.isalpha()) for name in (first, last))
    local = chance.choice(
        (
            f"{one}.{other}", f"{one[0]}{other}", f"{one}{other[:1]}{chance.randrange(1_000)}", f"{other}_{one}",
            f"{one}-{other}", f"{one}.{other}+orders", f"{other}.household", f"{one}{chance.randrange(1950, 2006)}",
            f"hello.{one}", f"{other}{one[0]}",
            f"{chance.choice(('kayak', 'bookworm', 'dogmom', 'sk8r', 'gardener'))}{chance.randrange(10_000)}",
        )
    )  # fmt: skip
    return f"{local}@{chance.choice(_HOSTS)}"


def _street(chance: Random) -> str:
    kind, number = chance.random(), shaped("!#", "!##", "!###", "!####", "2!###")(chance)
    if kind < 0.08:  # noqa: PLR2004  # shares of kinds of addresses, here and below
        return shaped("PO Box !###", "P.O. Box !##", "P O Box !###", "POB !####")(chance)
    if kind < 0.14:  # noqa: PLR2004
        return shaped("RR ! Box !##", "Rural Route ! Box !#", "HC !# Box !##", "R.R. !, Box !##")(chance)
    street = f"{number} {chance.choice(_STREETS)} {chance.choice(_STREET_TYPES)}"
    if kind < 0.42:  # noqa: PLR2004
        return f"{street}{chance.choice((' ', ', '))}{chance.choice(_UNITS)}"
    return street.upper() if kind > 0.92 else street  # noqa: PLR2004


def _day(day: date, chance: Random) -> str:
    """A day of birth as people and programs write it."""
    month = _MONTHS[day.month - 1]
    return chance.choice(
        (
            day.isoformat(), f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}", f"{day:%m-%d-%Y}",
            f"{month} {day.day}, {day.year}", f"{month[:3]} {day.day}, {day.year}", f"{day.day} {month[:3]} {day.year}",
            f"{day:%d}-{month[:3].upper()}-{day.year}", f"{month[:3].lower()} {day.day} {day.year}",
            f"{day.month}/{day.day}/{day:%y}", f"{day.month}.{day.day}.{day:%y}",
            f"{day:%Y.%m.%d}", f"{day:%d %b %Y}", f"{day:%m/%d/%y}",
        )
    )  # fmt: skip


def _phone(who: Person, chance: Random) -> str:
    return chance.choice(_PHONES).replace("AAA", who.phone[:3]).replace("01##", who.phone[6:])


def _segment(who: Person, chance: Random) -> str:
    """The name as a field of HL7 v2 divides it."""
    name = f"{who.last}^{who.first}{chance.choice(('', '^', '^A', '^M^JR'))}".rstrip("^")
    return name.upper() if chance.random() < 0.6 else name  # noqa: PLR2004  # as old systems write


_SPELLINGS: Mapping[str, tuple[str, Callable[[Person, Random], str]]] = {
    "tel": ("PHONE", _phone),
    "day": ("DOB", lambda who, chance: _day(who.born, chance)),
    "hl7": ("NAME", _segment),
    "hl7.place": ("ADDRESS", lambda who, _: f"{who.street}^^{who.city.replace(', ', '^')}^{who.zip}"),
    "hl7.tel": ("PHONE", lambda who, _: f"({who.phone[:3]}){who.phone[3:6]}-{who.phone[6:]}"),
    "initial": ("NAME", lambda who, _: f"{who.first[0]}. {who.last}"),
    "doctor": ("NAME", lambda who, chance: chance.choice((who.last, f"{who.first} {who.last}"))),
    "short": ("NAME", lambda who, chance: chance.choice((who.first, f"{who.first} {who.last}"))),
    "typed": ("NAME", lambda who, chance: chance.choice((f"{who.first} {who.last}".lower(), f"{who.first} {who.last}".upper()))),
}
"""Further spellings of what belongs to a person, by the second half of a slot."""


def _cased(words: tuple[str, ...], chance: Random) -> str:
    word, kind = chance.choice(words), chance.random()
    if kind < 0.12:  # noqa: PLR2004  # shares of spellings
        return word[0].upper() + word[1:]
    return word.upper() if kind < 0.16 else word.lower() if kind < 0.2 else word  # noqa: PLR2004


_LOOSE: Mapping[str, tuple[str, Callable[[Random], str]]] = {
    "ill": ("CONDITION", partial(_cased, NEW_ILLNESSES)),
    "drug": ("MEDICATION", partial(_cased, NEW_DRUGS)),
    "dx": ("ICD10", lambda chance: chance.choice(_CODES)),
    "dx.plain": ("ICD10", lambda chance: chance.choice(_CODES).replace(".", "")),
    "chart": ("MRN", shaped("!#######", "M!######", "MR-!#####", "000!####", "FHH!######", "!##-##-##", "E!#####", "A-!######")),
    "plan": ("MEMBER_ID", shaped("@@@!########", "!########-01", "R!#######", "@@!########", "@@@###@!####", "!##########")),
    "twilio": ("API_KEY", shaped("SK" + "~" * 32)),
    "github": ("API_KEY", shaped("ghp_" + "=" * 36)),
    "klaviyo": ("API_KEY", shaped("pk_" + "~" * 34)),
    "npm": ("API_KEY", shaped("npm_" + "=" * 36)),
    "sendgrid": ("API_KEY", shaped("SG." + "=" * 22 + "." + "=" * 43)),
    "slack": ("API_KEY", shaped("xoxb-!###########-" + "=" * 24)),
    "bearer": ("SESSION_TOKEN", shaped("=" * 43, "~" * 64, "?" * 40)),
}
"""What is drawn anew for each slot."""


def _of_a_person(scene: Scene, role: str, what: str) -> Part:
    entity, maker = _SPELLINGS[what]
    return lambda chance: [Value(maker(scene.who(role, chance), chance), entity)]


def _loose(entity: str, maker: Callable[[Random], str]) -> Part:
    return lambda chance: [Value(maker(chance), entity)]


def _plain(words: tuple[str, ...]) -> Part:
    return lambda chance: [chance.choice(words)]


def cast() -> Scene:
    """The people of one text, as `Scene` describes them, drawn from those here."""
    scene = Scene(newcomer)
    scene.update({name: _loose(entity, maker) for name, (entity, maker) in _LOOSE.items()})
    scene.update({f"{role}.{what}": _of_a_person(scene, role, what) for role in "prst" for what in _SPELLINGS})
    scene.update({"product": _plain(_PRODUCTS), "firm": _plain(_FIRMS), "venue": _plain(_PLACES)})
    return scene
