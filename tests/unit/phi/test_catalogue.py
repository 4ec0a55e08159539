"""Words of a merchant's own catalogue: what is proposed, why, and that the scanner then finds it."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel.yamls import yaml_document
from hemostat.phi import Dictionary, Scanner
from hemostat.phi.catalogue import Proposal, as_yaml, of_fields, of_products

SHOPIFY = [
    {"Handle": "dream-kit-no-3", "Title": "Dream Kit No. 3", "Collection": "Sleep apnea", "Variant SKU": "DRM-0031"},
    {"Handle": "dream-kit-no-3", "Title": "", "Collection": "", "Variant SKU": "DRM-0032"},
    {"Handle": "blue-mug", "Title": "Blue Mug", "Collection": "Kitchen", "Variant SKU": "MUG-0001"},
    {"Handle": "glow", "Title": "Glow", "Collection": "Rosy days", "Variant SKU": "7000123"},
    {"Handle": "metformin-500", "Title": "Metformin 500 mg", "Type": "Jars", "Variant SKU": "x"},
    {"Handle": "dream\u2028kit", "Title": "Dream\x1bKit", "Type": "Sleep apnea"},
    {"Handle": "x" * 65, "Title": "Asthma", "Tags": "spacer, blue", None: "over the end"},
    {"Handle": "blue-mug-2", "Title": "Blue Mug, large", "Collection": None, "Variant SKU": "MUG-0002"},
]
MAGENTO = [
    {"sku": "MEN-1", "name": "Starter Set", "categories": "Default/Men/Erectile dysfunction", "url_key": "starter-set"},
    {"sku": 7000, "name": "Calm Set", "categories": ["Default/Men", "Default/Insomnia"], "url_key": {"en": "calm"}},
    {"sku": "TEA-100", "name": "Green tea", "categories": "Default/Tea", "url_key": "green-tea"},
]
SNAPSHOT = [
    ("customer.health.sleep_score", "Sleep score"),
    ("customer.health.sleepScore", "Sleep score, again"),
    ("customer.custom.symptoms", "Symptoms"),
    ("product.custom.color", "Color"),
    ("order.rx.refills_left", "Refills"),
]

PRINTABLE = st.text(min_size=1).filter(str.isprintable)


def told(found: Sequence[Proposal]) -> list[tuple[str, str, str]]:
    """What is proposed, as what, and why."""
    return [(one.text, one.entity, one.why) for one in found]


def test_products_on_the_shelf_of_a_condition_are_words() -> None:
    """Title and number of each variant, once each; what we know already, and what stands on other shelves, is none."""
    assert [
        ("Dream Kit No. 3", "CONDITION", "in Sleep apnea"),
        ("DRM-0031", "CONDITION", "in Sleep apnea"),
        ("DRM-0032", "CONDITION", "in Sleep apnea"),
        ("Metformin 500 mg", "MEDICATION", "its title"),
        ("metformin-500", "MEDICATION", "its title"),
    ] == told(list(of_products(SHOPIFY)))
    assert [
        ("Starter Set", "CONDITION", "in Erectile dysfunction"),
        ("MEN-1", "CONDITION", "in Erectile dysfunction"),
        ("Calm Set", "CONDITION", "in Insomnia"),
    ] == told(list(of_products(MAGENTO)))


def test_a_person_marks_what_no_word_tells() -> None:
    """A collection that is marked is a word itself, and so is what is in it; short words alone are weak, numbers are none."""
    found = [one for one in of_products(SHOPIFY, marked=["rosy days"]) if "marked" in one.why]

    assert [
        Proposal("rosy days", "CONDITION", "it is marked"),
        Proposal("Glow", "CONDITION", "in Rosy days, which is marked", weak=True),
    ] == found


def test_fields_of_the_store_that_tell_of_health_are_proposed() -> None:
    """Those that we know need no proposal, those of other things get none, and each comes once."""
    assert [
        Proposal("sleep score", "CONDITION", "the field customer.health.sleep_score", is_field=True),
        Proposal("refills left", "MEDICATION", "the field order.rx.refills_left", is_field=True),
    ] == list(of_fields(SNAPSHOT))


def test_what_is_proposed_is_found_once_it_is_taken(tmp_path: Path) -> None:
    """The proposals are a file that the scanner takes; it then says that it was a word of the user's own."""
    path = tmp_path / "fields.yaml"
    path.write_text("\n".join(as_yaml([*of_products(SHOPIFY, marked=["Rosy days"]), *of_fields(SNAPSHOT)])))
    own = Dictionary.read(path)
    scanner = Scanner(Dictionary.complete().extended(own))

    text = 'ordered dream_kit_no_3; {"sleepScore": "severe"} asthma'
    assert [("CONDITION", True), ("CONDITION", True), ("CONDITION", False)] == [
        (one.entity, one.own) for one in scanner.scan(text)
    ]
    assert [True] == [one.own for one in scanner.scan("the patient ordered Glow") if one.entity == "CONDITION"]
    assert ["CONDITION"] == [one.entity for one in Scanner().scan('{"symptoms": "severe"}')]
    assert [] == Scanner().scan("ordered dream_kit_no_3")
    assert list(as_yaml([])) == []


@given(st.lists(st.builds(Proposal, PRINTABLE, st.just("CONDITION"), st.text(), st.booleans(), st.booleans())))
def test_any_words_are_written_so_that_they_come_back(found: list[Proposal]) -> None:
    """Whatever is in a title or a reason, the file is YAML and says the words as they were."""
    file = yaml_document("\n".join(as_yaml(found))) or {}

    words = [word for kind, name in (("fields", "names"), ("terms", "terms")) for one in file.get(kind, []) for word in one[name]]
    assert sorted(one.text for one in found) == sorted(words)
