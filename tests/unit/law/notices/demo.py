"""Facts and answers that notices of the tests are made of. Nobody in them exists."""

from datetime import date

import msgspec

from hemostat.law.notices import Draft, NoticeFacts, OfferedRemedy, notice_draft, templates
from hemostat.law.notices.files import library
from hemostat.law.rules import rules_load

FACTS = NoticeFacts(
    organization="Fernhollow Health",
    address="12 Mill Lane, Portland, OR 97201",
    phone="1-800-555-0142",
    email="privacy@fernhollow.example",
    website="www.fernhollow.example/privacy",
    call_center_hours="Monday to Friday, 9 a.m. to 9 p.m. Eastern Time",
    happened_from=date(2026, 1, 13),
    happened_until=date(2026, 2, 27),
    discovered_on=date(2026, 3, 2),
    determined_on=date(2026, 3, 5),
    elements=["name", "email", "dob", "diagnosis", "medication", "health_insurance_id", "ssn", "driver_license", "password"],
    people={"US-CA": 1842, "US-TX": 811, "US-NY": 604, "US-MA": 57, "US-RI": 31},
    total=6914,
    elsewhere=3569,
    kinds=["hipaa_covered_entity", "merchant"],
    remedies=[OfferedRemedy(title="Credit monitoring", months=24, jurisdiction="")],
    is_exercise=False,
    incident="INC-7",
    today=date(2026, 3, 20),
    sent={"HIPAA-IND": date(2026, 3, 20), "HIPAA-HHS-500": date(2026, 3, 21)},
)
SHOP = msgspec.structs.replace(FACTS, kinds=["merchant"])
VENDOR = msgspec.structs.replace(FACTS, kinds=["phr_vendor"])
PLACES = sorted(set(rules_load().names) - {"US"})

_LETTER = {
    "en": {
        "how": "An outside party opened pages of our patient site without the right to do so. The pages showed the data below.",
        "investigated": "We saved the logs and had an outside firm check which pages were opened.",
        "mitigated": "We closed the pages within an hour and ended all open sign-ins.",
        "prevented": "We now check each request twice and test every new release.",
        "enroll": "Call the number below by June 30, 2026. You need the code on the last page.",
        "acquirers": "Adland Media, Inc., an advertising network.",
        "offered_service": "24 months of free credit monitoring.",
    },
    "es": {
        "how": "Alguien de afuera abrió páginas de nuestro sitio sin permiso. Las páginas mostraban los datos de abajo.",
        "investigated": "Guardamos los registros y pedimos a otra empresa que viera qué páginas se abrieron.",
        "mitigated": "Cerramos las páginas en una hora y todas las sesiones abiertas.",
        "prevented": "Ahora revisamos dos veces cada acceso y probamos cada cambio.",
        "enroll": "Llame al número de abajo hasta el 30 de junio de 2026. Use el código de la última página.",
        "acquirers": "Adland Media, Inc., una red de anuncios.",
        "offered_service": "24 meses de vigilancia de crédito gratis.",
    },
}


def answers(language: str = "en") -> dict[str, str]:
    """An answer to every field, in this language where people read it."""
    found = {}
    for name, asked in library().fields.items():
        value = {"date": "2026-03-25", "number": "811", "choice": (asked.options or [""])[0]}
        found[name] = value.get(asked.kind, f"About {asked.id.replace('_', ' ')}, as the record shows")
    return {**found, "delayed": "no", "reader": "", **_LETTER[language]}


def drafted(
    template: str, place: str = "US", *, language: str = "en", facts: NoticeFacts = FACTS, given: dict[str, str] | None = None
) -> Draft:
    """The draft with every field answered, or with these answers."""
    told = answers(language) if given is None else given
    return notice_draft(template, language=language, jurisdiction=place, facts=facts, answers=told)


def versions(*places: str) -> list[tuple[str, str, str]]:
    """Each template in each of its languages, for every place, or these, where its rule or its rows differ by place."""
    found = []
    for name, face in templates().items():
        plan = library().plans[name]
        rows = [row for section in plan.sections for row in section.rows]
        by_place = "place" in {plan.rule, *plan.also} or any("place:" in one for row in rows for one in row.when)
        where = (places or ("US", *PLACES)) if by_place else ["US-CA" if "california" in name else "US"]
        found += [(name, place, language) for place in where for language in face.languages]
    return found
