"""A wider vocabulary and further forms: what patients, shops and interfaces write, each beside what only looks like it."""

import pytest

from hemostat.phi import Dictionary, Scanner

SCANNER = Scanner(Dictionary.complete())


def found(text: str, entity: str) -> list[str]:
    """The values of one kind that a scan tells, in order."""
    return [text[match.start : match.end] for match in SCANNER.scan(text) if match.entity == entity]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("years of C. diff and nobody knew", ["C. diff"]),
        ("living with ME/CFS", ["ME/CFS"]),
        ("hx Hodgkin''s disease", ["Hodgkin''s disease"]),
        ("postpartum psychosis", ["postpartum psychosis"]),
        ("q=telogen+effluvium&page=2", ["telogen+effluvium"]),
        ("reported hemmoroids again", ["hemmoroids"]),
        ("patient has a DVT", ["DVT"]),
        ("stdClass Object ( [a] => 1 )", []),
        ("bipolar transistors and lyme stone for the yard", []),
        ("a hallucinated answer, analysis paralysis", []),
    ],
)
def test_more_conditions(text: str, values: list[str]) -> None:
    """Lay words, short forms, slashes and dots within are found; a word that means other things needs a word of care."""
    assert found(text, "CONDITION") == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("refill Breo Ellipta please", ["Breo Ellipta"]),
        ("on lexipro 10 mg", ["lexipro 10 mg"]),
        ("Truvada 200-300 mg daily", ["Truvada 200-300 mg"]),
        ("my doctor says benadryl", ["benadryl"]),
        ("shelf 4: benadryl display", []),
        ("exelon sent the power bill", []),
        ("Yasmin called", []),
    ],
)
def test_more_drugs(text: str, values: list[str]) -> None:
    """Brands, generic names and their usual misspellings are found with the strength; names and other houses are none."""
    assert found(text, "MEDICATION") == values


@pytest.mark.parametrize(
    ("text", "entity", "values"),
    [
        ("statement mailed to POB 40623, Bellingham, WA 98275", "ADDRESS", ["POB 40623, Bellingham, WA 98275"]),
        ("ship 26 Sandhill Pl, Lubbock, TX 79435", "ADDRESS", ["26 Sandhill Pl, Lubbock, TX 79435"]),
        ("the POB of the port is closed", "ADDRESS", []),
        ("N1*ST*X~N3*54 BISHOP'S GATE AVENUE~N4*X", "ADDRESS", ["54 BISHOP'S GATE AVENUE"]),
        ("W01*6*EA**ND*03790321254~G69*X", "NDC", ["03790321254"]),
        ("W01*6*EA**VN*03790321254~G69*X", "NDC", []),
        ('{"type":{"text":"MRN"},"value":"A-9039969"}', "MRN", ["A-9039969"]),
        ('{"text":"SKU","value":"A-9039969"}', "MRN", []),
        ("<td>psoriasis</td><td>L40.0</td>", "ICD10", ["L40.0"]),
        ("<td>blue shirt</td><td>L40.0</td>", "ICD10", []),
        ('{"coding":[{"code":"L40.0"}],"text":"psoriasis"}', "ICD10", ["L40.0"]),
        ("<Diagnosis><Code>L409</Code>", "ICD10", ["L409"]),
        ("<DateOfBirth><Date>1934-12-11</Date></DateOfBirth>", "DOB", ["1934-12-11"]),
        ("<ShipDate><Date>1934-12-11</Date></ShipDate>", "DOB", []),
        ("bot: What is your date of birth?\n[23:10:26] visitor: 02/03/1980", "DOB", ["02/03/1980"]),
        ("rx.patient_dob (date) 1984-02-01", "DOB", ["1984-02-01"]),
        ("$dob must be DateTime, string '1984-02-01' given", "DOB", ["1984-02-01"]),
        ("'rx_birth' => '07/18/1959'", "DOB", ["07/18/1959"]),
        ("PHPSESSID dul5rkfoe8sl3e4eilen62e6o6zc8m0w, remote", "SESSION_TOKEN", ["dul5rkfoe8sl3e4eilen62e6o6zc8m0w"]),
        ("frontend cookie is cleared at logout", "SESSION_TOKEN", []),
        ("Primary ins. ID R49897387", "MEMBER_ID", ["R49897387"]),
        ("office 980 555 0198", "PHONE", ["980 555 0198"]),
        ("batch 980 555 0198", "PHONE", []),
    ],
)
def test_further_forms(text: str, entity: str, values: list[str]) -> None:
    """A value is found in the notation of further systems, and not where a neighbor of the same form means another thing."""
    assert found(text, entity) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("_authToken=npm_" + "a1B2c3" * 6, ["npm_" + "a1B2c3" * 6]),
        ("push with glpat-" + "a1B2c3" * 4, ["glpat-" + "a1B2c3" * 4]),
        ("key " + "0a1b2c3d" * 4 + "-us12", ["0a1b2c3d" * 4 + "-us12"]),
        ("config TWILIO_API_KEY=SK" + "0a1b2c3d" * 4, ["SK" + "0a1b2c3d" * 4]),
        ("config TWILIO_API_KEY=SM" + "0a1b2c3d" * 4, []),
        ("secret 21fpIkUynxwzNTjXm6fZ8GLKDXCal6mjnnzCY4FV (aws)", ["21fpIkUynxwzNTjXm6fZ8GLKDXCal6mjnnzCY4FV"]),
        ("secret internationalizationnotwithstanding", []),
        ("npm_config_cache=/tmp/cache", []),
    ],
)
def test_keys_of_further_makers(text: str, values: list[str]) -> None:
    """Keys with the prefixes of further makers are found; names of messages, settings and words are none."""
    assert found(text, "API_KEY") == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Coach here! Great week, Amina - 6,104 steps", ["Amina"]),
        ("how long have you had it, Amina?", ["Amina"]),
        ("hope it clears soon. Hugs, Amina", ["Amina"]),
        ("it is due friday. -Amina", ["Amina"]),
        ("@Amina can you look", ["Amina"]),
        ("[01:25:51] Amina: let me check", ["Amina"]),
        ("Amina told me it hurts", ["Amina"]),
        ("staying at Amina's place", ["Amina"]),
        ("school note for Amina (DOB missing)", ["Amina"]),
        ("I'm Amina from Ohio", ["Amina"]),
        ("label printed by Amina", ["Amina"]),
        ("Subject: Amina, your refill", ["Amina"]),
        ('"Hazel, your parcel is here"', ["Hazel"]),
        ("payee Qexley, Amina on file", ["Qexley, Amina"]),
        ("pulled for V. Subramanian today", ["V. Subramanian"]),
        ("Subscriber LINCOLN KULKARNI, active", ["LINCOLN KULKARNI"]),
        ("patient: maria lopez", ["maria"]),
    ],
)
def test_people_by_what_stands_around(text: str, values: list[str]) -> None:
    """A first name alone is told by a greeting, a signature, a mention, an act or a thing of one's own around it."""
    assert found(text, "NAME") == values


@pytest.mark.parametrize(
    "text",
    [
        "Great week, Amina wool scarf is back",
        "colors: red, Amina - sold out",
        "run --Amina now",
        "user.-Amina",
        "shop@Amina.example",
        "Item size Amina: 12 left",
        "This is Charles Schwab, about an invoice",
        "carrier Ryder System closed",
        "Dr. Bronner soap",
        "ship to B. Braun",
        "x.V. Subramanian",
        "V. Subramanian Street",
        "V. Table",
        "patient: can you hear me now",
        "Duration: 3.94 ms Billed Duration: 8 ms",
        "Chloe Diffuser 200ml and Monroe Robe",
    ],
)
def test_what_only_looks_like_people(text: str) -> None:
    """Products, houses, handles, options, units and what a patient says are nobody's name."""
    assert found(text, "NAME") == []
