"""Words of which people, places and illnesses are put together. Nobody is meant: every pairing is drawn by chance."""

GIVEN = (
    "Maria", "James", "Ngozi", "Wei", "Priya", "Mohammed", "Aisha", "Carlos", "Elena", "Hiroshi", "Yuki", "Fatima", "Dmitri",
    "Olga", "Kwame", "Amara", "Siobhan", "Declan", "Anneliese", "Jürgen", "Zoë", "André", "Chloé", "Björn", "Ingrid", "Mateo",
    "Guadalupe", "Lakshmi", "Arjun", "Tomasz", "Agnieszka", "Thi", "Minh", "Linh", "Jae-won", "Soo-jin", "Tamika", "DeShawn",
    "LaToya", "Marcus", "Rebecca", "Miriam", "Avi", "Shira", "Omar", "Layla", "Yusuf", "Zainab", "Kai", "Leilani", "Winona",
    "Mary-Kate", "Jean-Luc", "Anne-Sophie", "Bobby", "Patty", "Harold", "Mildred", "Eugene", "Dolores", "Kaitlyn", "Brayden",
    "Jasmine", "Tyrell", "Nevaeh", "Francesca", "Giuseppe", "Ioana", "Vasile", "Zsófia", "László", "Ivana", "Milan",
    "Katarzyna", "Oksana", "Taras", "Nino", "Giorgi", "Anahit", "Armen", "Farah", "Dariush", "Parisa", "Sanjay", "Deepika",
    "Harpreet", "Gurpreet", "Nimal", "Thilini", "Siti", "Ahmad", "Putu", "Maricel", "Jose", "Rosario", "Tui", "Aroha", "Abebe",
    "Selam", "Chidi", "Folake", "Thabo", "Nomvula", "Beatriz", "João", "Luciana", "Esperanza", "Ramón", "Xochitl", "Will",
    "Grace", "Mark", "April", "Rose", "Faith", "Art", "Drew",
)  # fmt: skip
"""Given names; the last ones are words as well."""

FAMILY = (
    "Okafor", "Nguyen", "Garcia", "Patel", "O'Brien", "D'Angelo", "van der Berg", "de la Cruz", "Müller", "Østergaard",
    "Kowalski", "Ivanova", "Al-Rashid", "bin Yusof", "Ben-David", "McAllister", "MacLeod", "Smith", "Johnson", "Washington",
    "Jefferson", "Lee", "Kim", "Park", "Choi", "Tanaka", "Watanabe", "Yamamoto", "Chen", "Wang", "Zhang", "Li", "Singh", "Kaur",
    "Iyer", "Chatterjee", "Hernández", "Peña", "Núñez", "Gutiérrez", "Castellanos", "Ferreira", "da Silva", "dos Santos",
    "Rossi", "Esposito", "Di Marco", "Papadopoulos", "Yilmaz", "Demir", "Hosseini", "Tehrani", "Haddad", "Khoury", "El-Masry",
    "Abdullahi", "Mensah", "Owusu", "Diallo", "Nkosi", "Dlamini", "Tesfaye", "Bekele", "Petrosyan", "Beridze", "Shevchenko",
    "Popescu", "Horváth", "Szabó", "Novák", "Svoboda", "Larsson", "Lindqvist", "Virtanen", "Jansen", "de Vries", "Van Houten",
    "Dubois", "Lefèvre", "St. Clair", "Ó Súilleabháin", "Fitzgerald", "Featherstonehaugh", "Whitaker", "Blackwood", "Kekahuna",
    "Begay", "Tsosie", "Yellowhorse", "Reyes", "Bautista", "Dela Rosa", "Fernando", "Perera", "Rahman", "Chowdhury", "Siddiqui",
    "Goldstein", "Rosenberg", "Cohen", "Levy", "Schwarz", "Weiß", "Baumgartner", "Pham", "Tran", "Vang", "Xiong", "Young",
    "Price", "Baker", "Banks", "Love", "Street", "Church", "Rivers",
)  # fmt: skip
"""Family names, with particles, hyphens and apostrophes; the last ones are words as well."""

STREETS = (
    "Birch Hollow", "Main", "Old Mill", "W Jefferson", "N 14th", "Martin Luther King Jr", "Sycamore", "Peachtree", "E Cermak",
    "Lakeview", "Quail Run", "County Line", "Rue Dauphine", "San Mateo", "Camino Real", "SW 8th", "Harbor Point",
    "Kalanianaole", "Winding Creek", "Saint Charles", "Avenida Central", "Pinehurst", "Copper Kettle", "SE Division", "Third",
    "42nd", "Maple Grove", "Turnpike",
)  # fmt: skip
STREET_TYPES = (
    "St", "Street", "Ave", "Avenue", "Rd", "Road", "Blvd", "Ln", "Lane", "Dr", "Drive", "Ct", "Way", "Pl", "Terrace", "Pkwy",
    "Hwy",
)  # fmt: skip
UNITS = ("Apt 4B", "Apt. 212", "Unit 7", "#305", "Suite 1400", "Ste 200", "Fl 3", "Bldg C Apt 9", "Lot 18", "Rm 11")
CITIES = (
    ("Dayton", "OH", "454"), ("Baton Rouge", "LA", "708"), ("Saint Paul", "MN", "551"), ("Las Cruces", "NM", "880"),
    ("Coeur d'Alene", "ID", "838"), ("Winston-Salem", "NC", "271"), ("Brooklyn", "NY", "112"), ("Honolulu", "HI", "968"),
    ("San Luis Obispo", "CA", "934"), ("El Paso", "TX", "799"), ("Fond du Lac", "WI", "549"), ("Bangor", "ME", "044"),
    ("Tuscaloosa", "AL", "354"), ("Kalamazoo", "MI", "490"), ("Truth or Consequences", "NM", "879"), ("Tampa", "FL", "336"),
    ("Newark", "NJ", "071"), ("Spokane Valley", "WA", "992"), ("Sioux Falls", "SD", "571"), ("Decatur", "GA", "300"),
)  # fmt: skip
"""Cities with their state and the first three digits of their ZIP codes."""

AREA_CODES = (
    "205",
    "312",
    "415",
    "617",
    "702",
    "718",
    "303",
    "614",
    "832",
    "919",
    "954",
    "206",
    "602",
    "504",
    "787",
    "808",
    "385",
    "972",
)

CONDITIONS = (
    "type 2 diabetes", "hypertension", "asthma", "major depressive disorder", "generalized anxiety disorder", "hypothyroidism",
    "migraine", "psoriasis", "rheumatoid arthritis", "ulcerative colitis", "Crohn's disease", "epilepsy", "HIV", "hepatitis C",
    "chronic kidney disease", "atrial fibrillation", "heart failure", "COPD", "breast cancer", "prostate cancer", "melanoma",
    "endometriosis", "PCOS", "erectile dysfunction", "gonorrhea", "chlamydia", "genital herpes", "bipolar disorder",
    "schizophrenia", "ADHD", "opioid use disorder", "alcohol use disorder", "PTSD", "insomnia", "obesity",
    "gestational diabetes", "preeclampsia", "iron deficiency anemia", "lupus", "multiple sclerosis", "Parkinson's disease",
    "Alzheimer's disease", "glaucoma", "gout", "osteoporosis", "sleep apnea", "GERD", "celiac disease", "rosacea", "acne",
    "eczema", "shingles", "pneumonia", "strep throat", "urinary tract infection", "bacterial vaginosis", "hyperlipidemia",
    "sickle cell disease", "cystic fibrosis", "stroke",
)  # fmt: skip
MEDICATIONS = (
    "metformin", "lisinopril", "sertraline", "levothyroxine", "atorvastatin", "amlodipine", "albuterol", "semaglutide",
    "Ozempic", "Wegovy", "tirzepatide", "Mounjaro", "Zepbound", "escitalopram", "Lexapro", "bupropion", "Wellbutrin",
    "fluoxetine", "Prozac", "alprazolam", "Xanax", "lorazepam", "Adderall", "methylphenidate", "Vyvanse", "buprenorphine",
    "Suboxone", "naltrexone", "oxycodone", "tramadol", "gabapentin", "pregabalin", "sildenafil", "Viagra", "tadalafil",
    "finasteride", "spironolactone", "isotretinoin", "tretinoin", "doxycycline", "amoxicillin", "azithromycin", "valacyclovir",
    "Truvada", "Descovy", "Biktarvy", "adalimumab", "Humira", "insulin glargine", "Lantus", "prednisone", "methotrexate",
    "hydroxychloroquine", "warfarin", "Eliquis", "clopidogrel", "losartan", "hydrochlorothiazide", "furosemide", "omeprazole",
    "pantoprazole", "montelukast", "sumatriptan", "topiramate", "lamotrigine", "quetiapine", "aripiprazole",
    "lithium carbonate", "estradiol", "progesterone", "levonorgestrel", "mifepristone", "misoprostol", "letrozole", "tamoxifen",
    "rosuvastatin", "trazodone", "zolpidem", "clonazepam", "EpiPen",
)  # fmt: skip
CODES = (
    "E11.9", "E11.65", "E10.9", "I10", "I48.91", "I50.9", "F32.1", "F33.9", "F41.1", "F43.10", "F90.0", "F11.20", "F10.20",
    "F31.9", "J45.909", "J44.9", "J02.0", "J18.9", "G43.909", "G40.909", "G47.33", "G47.00", "L40.0", "L70.0", "L71.9", "M06.9",
    "M10.9", "M54.50", "M81.0", "K21.9", "K50.90", "K51.90", "K90.0", "N18.3", "N39.0", "N52.9", "N80.9", "B20", "B18.2",
    "A54.9", "A60.00", "C50.911", "C61", "C43.9", "D50.9", "D57.1", "E03.9", "E28.2", "E66.9", "E78.5", "O24.410", "O14.90",
    "Z79.4", "Z23", "Z71.3", "R07.9", "R51.9", "S93.401A", "S52.501A", "T78.40XA", "Z3A.28", "U07.1", "H40.9", "Q21.0",
    "V43.52XA",
)  # fmt: skip
"""Codes of ICD-10-CM, dotted."""

BRANDS = (
    "Martha Stewart percale towels", "Calvin Klein robe", "Paul Mitchell shampoo 10oz", "Burt's Bees lip balm",
    "Dr. Bronner's soap", "Ralph Lauren socks", "Vera Bradley pill case", "Mary Kay sampler", "Dr. Scholl's insoles",
    "Elizabeth Arden cream", "Tommy Hilfiger slippers", "Eddie Bauer blanket", "Dr. Martens boots", "Laura Ashley pillow",
    "Estée Lauder serum", "Perry Ellis belt", "Kate Spade tumbler", "Franklin Covey planner", "Stella McCartney tote",
    "Ray-Ban Clubmaster", "Jack Wolfskin jacket", "Oscar de la Renta scarf", "Lane Bryant wrap", "Johnny Was kimono",
    "Bob Evans gift basket",
)  # fmt: skip
"""Products whose names look like people."""
COMPANIES = (
    "Fernhollow Health", "Morgan Stanley", "Wells Fargo", "Charles Schwab", "Baker Tilly", "Johnson & Johnson", "Arthur Andersen",
    "Harland Clarke", "Booz Allen Hamilton", "Kaiser Permanente", "Parker Hannifin", "Jones Lang LaSalle", "Brooks Brothers",
)  # fmt: skip
PAYERS = (
    "Aetna",
    "BCBS of Ohio",
    "UnitedHealthcare",
    "Cigna",
    "Humana",
    "Anthem",
    "Medicare Part B",
    "Molina",
    "Kaiser",
    "Oscar",
)
