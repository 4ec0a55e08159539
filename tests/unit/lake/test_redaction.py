"""Between an access and its row everything that names a person is hidden, and nothing that detection needs is lost."""

import re
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import SCHEMA, Access, Act, ActorType, Auth
from hemostat.lake.redaction import MOST_TEXT, Record, inert, rows
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources import Message, Raw
from unit.lake.made import NOON

PSEUDONYMS = Pseudonyms(b"k" * 32)
SCANNER = Scanner()
EMAIL = "jane.roe@example.com"
MESSAGE = Message(seq=42, source="edge", received_at=NOON + timedelta(hours=1), content_type="", headers={}, body=b"")


def _rows(*accesses: Access) -> pa.RecordBatch:
    records = [
        Record(message=MESSAGE, index=index, raw=Raw(line=index + 1, raw=b"raw", access=one))
        for index, one in enumerate(accesses)
    ]
    return rows(records, pseudonyms=PSEUDONYMS, scanner=SCANNER)


def _row(**given: Any) -> dict[str, Any]:
    (one,) = _rows(Access(**({"time": NOON, "act": Act.SESSION_READ} | given))).to_pylist()
    return dict(one)


def test_a_row_has_the_schema_of_the_lake() -> None:
    """Every column is there with its type, also for an access that says almost nothing; two can be unknown."""
    batch = _rows(Access(time=NOON, act=Act.PAGE_READ))

    assert batch.schema == SCHEMA
    assert ["own", "skew_ms"] == [name for name, column in zip(SCHEMA.names, batch.columns, strict=True) if column.null_count]


def test_an_event_has_the_number_of_its_message_and_its_place() -> None:
    """The same message gives the same ids whenever it is read."""
    accesses = [Access(time=NOON, act=Act.PAGE_READ)] * 2

    assert ["000000000042-00000", "000000000042-00001"] == _rows(*accesses)["event_id"].to_pylist()


def test_identifiers_become_pseudonyms_of_their_kind() -> None:
    """Person, caller, token and address are words from which nobody finds the way back."""
    row = _row(subject="7000001", actor="user-9931", token="tok-abc", ip="203.0.113.24", actor_type=ActorType.PERSON)

    assert {
        "subject": PSEUDONYMS.of("person", "7000001"),
        "subject_next": PSEUDONYMS.of("person", "7000002"),
        "actor": PSEUDONYMS.of("actor", "user-9931"),
        "token": PSEUDONYMS.of("token", "tok-abc"),
        "src_ip": PSEUDONYMS.of("ip", "203.0.113.24"),
    }.items() <= row.items()


def test_the_next_number_links_a_run() -> None:
    """What follows one subject is the subject of the next, so that runs show without numbers."""
    first, second = (_row(subject=subject) for subject in ("7000001", "7000002"))

    assert second["subject"] == first["subject_next"]


@pytest.mark.parametrize(
    ("actor", "subject", "own"),
    [
        ("7000001", "7000001", True),
        ("7000001", "7000002", False),
        ("ann@x.example", "Ann@X.example", True),
        ("ann@x.example", "jane.roe@x.example", False),
        ("6f9619ff-8b86-4011-b42d-00c04fc964ff", "6F9619FF-8B86-4011-B42D-00C04FC964FE", False),
        ("patient-a", "patient-a", True),
        ("patient-a", "patient-b", None),
        ("ann@x.example", "7000001", None),
        ("7000001", "6790001000123", None),
        ("7000001", "", None),
        ("", "7000001", None),
    ],
)
def test_it_is_told_whether_a_person_reads_what_is_his(actor: str, subject: str, *, own: bool | None) -> None:
    """The same identifier is the owner, another one of its kind is not, and of kinds that cannot be compared nothing is said."""
    assert own is _row(actor=actor, subject=subject, actor_type=ActorType.PERSON, auth=Auth.LOGIN)["own"]


@pytest.mark.parametrize("auth", Auth)
@pytest.mark.parametrize("actor_type", ActorType)
def test_only_of_a_person_who_showed_who_he_is(actor_type: ActorType, auth: Auth) -> None:
    """Staff, apps and callers who merely name somebody may read what is not theirs, or be taken for patients: nothing is said."""
    shown = {Auth.LOGIN, Auth.TOKEN, Auth.SIGNED}

    own = _row(actor="7000001", subject="7000002", actor_type=actor_type, auth=auth)["own"]

    assert own is (False if actor_type is ActorType.PERSON and auth in shown else None)


def test_apps_keep_their_names() -> None:
    """An app is no person: who reads a finding must see which app it was."""
    assert "erp-sync" == _row(actor="erp-sync", actor_type=ActorType.APP)["actor"]
    assert "[EMAIL]" == _row(actor=EMAIL, actor_type=ActorType.APP)["actor"]


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.24", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("::ffff:203.0.113.24", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_an_address_is_cut_to_its_network(ip: str, network: str) -> None:
    """The network stays readable, /24 or /48; text that is no address has none."""
    assert network == _row(ip=ip)["src_net"]


def test_spellings_of_one_address_are_one_pseudonym() -> None:
    """A caller does not become two by another spelling of his address."""
    assert 1 == len({_row(ip=ip)["src_ip"] for ip in ("203.0.113.24", "::ffff:203.0.113.24", "::ffff:cb00:7118")})


def test_query_values_are_dropped_and_keys_kept() -> None:
    """The names of the parameters are kept once each, in order; no value is."""
    row = _row(query="cid=7000001&cid=7000002&mode=&q=ivermectin", subject="7000001")

    assert ["cid", "mode", "q"] == row["query_keys"]
    assert "ivermectin" not in str(row)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("path", f"/patients/{EMAIL}/chart"),
        ("path", "/patients/jane.roe%40example.com/chart"),
        ("query", "contact=jane.roe%40example.com"),
        ("user_agent", f"curl {EMAIL}"),
        ("message", f"sent to {EMAIL}"),
    ],
)
def test_patient_data_is_found_wherever_it_is_and_shown_nowhere(field: str, text: str) -> None:
    """An entity in a path, query, user agent or message is named in `phi`, and its value is gone."""
    row = _row(**{field: text})

    assert ["EMAIL"] == row["phi"]
    assert "jane" not in str(row)


def test_patient_data_in_a_parameter_name_is_masked() -> None:
    """A caller who puts a value where a name belongs does not get it into the lake."""
    assert ([], ["EMAIL"]) == (_row(query=f"{EMAIL}=1")["query_keys"], _row(query=f"{EMAIL}=1")["phi"])


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("Margaret+Holloway", []),
        ("00482913&cid=7000001", ["cid"]),
        ("cid=7000001&7000001=1", ["cid"]),
        ("x[7000003]=1&y[a]=2", ["x[{n}]", "y[a]"]),
        ("_locale=en&debug=", ["_locale", "debug"]),
    ],
)
def test_only_names_of_parameters_are_kept(query: str, keys: list[str]) -> None:
    """What stands alone, or is no name, may be a value, and is dropped like one."""
    assert keys == _row(query=query, subject="7000001")["query_keys"]


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("call (415)\xa0555-2671", "call [PHONE]"),
        ("MRN:\xa000482913", "MRN: [MRN]"),
        ("jane.roe\u200b@example.com", "[EMAIL]"),
        ("4111\u20091111\u20091111\u20091111", "[PAN]"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
    ],
)
def test_odd_characters_hide_nothing(hidden: str, shown: str) -> None:
    """No-break spaces and marks without width do not keep the scanner from a value; elsewhere they are spelled out."""
    assert shown == _row(message=hidden)["message"]


def test_long_numbers_in_paths_are_shown_as_such() -> None:
    """Five digits and more may be somebody's number; fewer are a version or a page."""
    assert "/orders/{n}/items/1234" == _row(path="/orders/55512345/items/1234")["path"]


def test_texts_do_not_repeat_the_identifiers_of_the_access() -> None:
    """A log text that spells out its subject, token or address shows their pseudonyms."""
    row = _row(
        subject="A-7731", token="tkn_9", ip="203.0.113.24", message="session of A-7731 (tkn_9) from 203.0.113.24, not A-77310"
    )

    expected = f"session of {row['subject']} ({row['token']}) from {row['src_ip']}, not A-77310"
    assert expected == row["message"]


def test_a_request_id_stays_unless_it_looks_like_patient_data() -> None:
    """Ids join our rows with other logs; one that holds a value is a pseudonym, which still joins with itself."""
    assert "01HXYZ-77" == _row(request_id="01HXYZ-77")["request_id"]
    assert PSEUDONYMS.of("request", EMAIL) == _row(request_id=EMAIL)["request_id"]


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J\x07", "a\r\nb", "\u202egpj.exe", "\ud800", "\x00", "<script>alert(1)</script>", "<?php system('id'); ?>"]
)
def test_hostile_text_stays_text(hostile: str) -> None:
    """Control characters are spelled out; tags and code are letters like others."""
    row = _row(path=f"/{hostile}", user_agent=hostile, message=hostile, query=f"{hostile}=1", host=hostile)

    assert all(row[name].isprintable() for name in ("path", "user_agent", "message", "host"))
    assert inert(hostile, SCANNER) == row["message"]


def test_long_texts_are_cut() -> None:
    """One line cannot fill the lake; what is beyond the limit is still scanned."""
    row = _row(message="x" * 100_000 + f" {EMAIL}", user_agent="y" * 1000, path="/" + "z" * 5000)

    assert (MOST_TEXT["message"], MOST_TEXT["user_agent"], MOST_TEXT["path"]) == (
        len(row["message"]), len(row["user_agent"]), len(row["path"]),
    )  # fmt: skip
    assert ["EMAIL"] == row["phi"]


@given(
    field=st.sampled_from(["path", "user_agent", "message", "host"]),
    planted=st.sampled_from(
        ["?ssn=987-65-4321", f" {EMAIL} ", " card 4111 1111 1111 1111", "&full_name=Jane%20Roe-Smith", " dx E11.9, I10, F32.1"]
    ),
    before=st.integers(0, 30),
    filling=st.sampled_from(["x", "1-", ", ", "/a"]),
)
def test_what_a_cut_leaves_is_no_patient_data(field: str, planted: str, before: int, filling: str) -> None:
    """Wherever the limit of a column cuts a value, no four of its characters and no half of its mask are stored."""
    most = MOST_TEXT[field]
    text = (filling * most)[: most - before] + planted + " " + "z" * 40

    shown = _row(**{field: text})[field]

    assert len(shown) <= most
    assert SCANNER.scan(shown) == []
    assert not any(part in shown for part in ("987-", "jane", "4111", "Jane", "E11.", "F32."))
    assert "[" not in re.sub(r"\[[A-Z0-9]+\]", "", shown)


def test_a_mask_that_is_longer_than_its_value_fits() -> None:
    """What only the cut makes a value is masked too, and its mask is not cut."""
    most = MOST_TEXT["message"]
    row = _row(message="x" * (most - 8) + " dx E11.9876543")

    assert "x" * (most - 8) + " dx " == row["message"]


def test_every_text_of_an_access_is_redacted() -> None:
    """Also those that a source usually fills with words of its own."""
    row = _row(method=EMAIL, jurisdiction=EMAIL, elements=(EMAIL, "name"), store=EMAIL)

    assert ("[EMAIL]", "[EMAIL]", ["[EMAIL]", "name"], "[EMAIL]") == tuple(
        row[name] for name in ("method", "jurisdiction", "elements", "store")
    )


def test_both_clocks_are_in_the_row() -> None:
    """When it happened comes from the source, when we learnt of it from the door."""
    row = _row(offset_minutes=-300)

    assert (NOON, NOON + timedelta(hours=1), -300) == (row["time"], row["learnt"], row["offset_minutes"])


def test_a_row_is_tied_to_its_raw_record() -> None:
    """Whoever has the sealed record and the key can prove that the row is of it."""
    assert PSEUDONYMS.mac(b"raw") == _row()["raw_mac"]


TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        EMAIL,
        "SSN 123-45-6789",
        "phone (415) 555-2671",
        "dob=1980-02-03",
        "first_name=Ann",
        "card 4111 1111 1111 1111",
        "MRN: 00482913",
    ]
)


@given(path=TEXTS, query=TEXTS, user_agent=TEXTS, message=TEXTS, host=TEXTS, request_id=TEXTS, actor=TEXTS, subject=TEXTS)
def test_the_scanner_finds_nothing_in_a_row(**texts: str) -> None:
    """Whatever an access says, no column of its row holds patient data or a character that acts."""
    row = _row(**texts)

    shown = [value for value in row.values() if isinstance(value, str)] + row["query_keys"]
    assert [[]] * len(shown) == SCANNER.scan_many(shown)
    assert all(text.isprintable() for text in shown)


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """What is inert stays as it is."""
    assert inert(text, SCANNER) == inert(inert(text, SCANNER), SCANNER)
