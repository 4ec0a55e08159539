"""Keys are private to their owner and to their kind of home; sealed bytes open only where they belong."""

from base64 import b64encode
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadInput, BadSettings, DamagedSeal, Keyring, seal, unseal

KEY = bytes(range(32))


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    """An empty keyring of a production home."""
    return Keyring(tmp_path / "keys", kind="production")


def test_a_key_is_made_once_and_stays(ring: Keyring) -> None:
    """Starting twice does not lose what the first start sealed."""
    ring.ensure("spool")
    first = ring.secret("spool")
    ring.ensure("spool")

    assert first == ring.secret("spool")
    assert 32 == len(first)


def test_only_the_owner_reads_a_key_file(ring: Keyring, tmp_path: Path) -> None:
    """Nobody else on the machine can open what we sealed."""
    ring.ensure("vault")

    assert 0o600 == (tmp_path / "keys" / "vault.json").stat().st_mode & 0o777


def test_a_key_that_others_may_read_is_refused(ring: Keyring, tmp_path: Path) -> None:
    """A careless copy is noticed at the first use."""
    ring.ensure("vault")
    (tmp_path / "keys" / "vault.json").chmod(0o644)

    with pytest.raises(BadSettings, match="Others may read") as caught:
        ring.secret("vault")

    assert "chmod 600" in caught.value.advice()


def test_rotated_secrets_come_newest_first(ring: Keyring) -> None:
    """The old secret still verifies while the other side changes over."""
    new, old = b"new client secret", b"old client secret"
    ring.put("shopify.shop", [new, old])

    assert [new, old] == ring.secrets("shopify.shop")
    assert new == ring.secret("shopify.shop")


def test_a_short_secret_is_not_taken(ring: Keyring) -> None:
    """What could be guessed, or was cut on the way, is refused when it is given, not when it is needed."""
    with pytest.raises(BadInput, match="less than 16 bytes"):
        ring.put("shopify.shop", [b"a long enough secret", b"short"])

    assert not ring.has("shopify.shop")


def test_a_production_key_does_not_go_into_a_sandbox(ring: Keyring, tmp_path: Path) -> None:
    """Real credentials cannot be mounted into a drill, nor a drill's keys into production."""
    ring.ensure("vault")

    with pytest.raises(BadSettings, match="production key"):
        Keyring(tmp_path / "keys", kind="sandbox").secret("vault")


def test_a_missing_and_a_damaged_key_are_named(ring: Keyring, tmp_path: Path) -> None:
    """The message names the key and never shows it."""
    with pytest.raises(BadSettings, match="'spool' is missing"):
        ring.secret("spool")
    ring.ensure("spool")
    for damage in (b"{", b"\xff", b'{"kind": "\xff", "values": []}', b'{"kind": "production", "values": 5}'):
        (tmp_path / "keys" / "spool.json").write_bytes(damage)

        with pytest.raises(BadSettings, match=r"'spool' is damaged: spool\.json"):
            ring.secret("spool")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ([""], "holds no value"),
        ([], "holds no value"),
        ([b64encode(b"fifteen bytes ..").decode()[:20]], "less than 16 bytes"),
        ([b64encode(KEY).decode(), ""], "holds no value"),
        (["###"], "damaged"),
        (["abc"], "damaged"),
        (["\u20ac"], "damaged"),
    ],
)
def test_a_value_that_is_no_secret_is_refused(ring: Keyring, tmp_path: Path, values: list[str], fault: str) -> None:
    """An empty value would let everybody in; the message names the file, the advice the way out."""
    ring.ensure("shopify.shop")
    file = tmp_path / "keys" / "shopify.shop.json"
    file.write_bytes(msgspec.json.encode({"kind": "production", "values": values}))

    with pytest.raises(BadSettings, match=fault) as caught:
        ring.secrets("shopify.shop")

    assert file.name in str(caught.value)
    assert "backup" in caught.value.advice()


@pytest.mark.parametrize("name", ["", "../spool", ".hidden", "a/b", "a b"])
def test_a_key_name_cannot_leave_the_folder(ring: Keyring, name: str) -> None:
    """A name from a settings file is not a path."""
    with pytest.raises(BadSettings, match="Not a key name"):
        ring.has(name)


def test_a_key_signs_the_same_way_each_time(ring: Keyring) -> None:
    """The ledger's signer is the key on disk."""
    ring.ensure("ledger")

    assert ring.signer("ledger").public_key() == ring.signer("ledger").public_key()


@given(plain=st.binary(max_size=300), place=st.binary(max_size=20))
def test_what_was_sealed_opens(plain: bytes, place: bytes) -> None:
    """Sealing loses nothing and hides everything but the length."""
    sealed = seal(KEY, plain, place=place)

    assert plain == unseal(KEY, sealed, place=place)
    assert len(plain) < 8 or plain not in sealed


@given(plain=st.binary(min_size=1, max_size=60), position=st.integers(0, 1000), flip=st.integers(1, 255))
def test_one_changed_byte_does_not_open(plain: bytes, position: int, flip: int) -> None:
    """Tampering is noticed wherever it happens."""
    sealed = bytearray(seal(KEY, plain, place=b"here"))
    sealed[position % len(sealed)] ^= flip

    with pytest.raises(DamagedSeal):
        unseal(KEY, bytes(sealed), place=b"here")


def test_a_seal_does_not_open_elsewhere_or_when_cut() -> None:
    """A sealed file moved to another case is not that case's evidence."""
    sealed = seal(KEY, b"proof", place=b"INC-0001/edge-log")

    for key, content, place in (
        (KEY, sealed, b"INC-0002/edge-log"),
        (bytes(32), sealed, b"INC-0001/edge-log"),
        (KEY, sealed[:5], b""),
    ):
        with pytest.raises(DamagedSeal):
            unseal(key, content, place=place)
