"""The script in a bag checks Ed25519 signatures by itself, exactly as the standard and a known library do."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.incidents.bag_verify import FIELD, ORDER, signature_holds

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").digest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


def library(key: bytes, signature: bytes, message: bytes) -> bool:
    """What the library says."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_examples_of_the_standard_hold(key: str, message: bytes, signature: str) -> None:
    """Each published signature holds for its message and for no other."""
    assert signature_holds(bytes.fromhex(key), bytes.fromhex(signature), message)
    assert not signature_holds(bytes.fromhex(key), bytes.fromhex(signature), message + b"x")


@settings(deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), bit=st.integers(0, 96 * 8 - 1))
def test_it_agrees_with_the_library(seed: bytes, message: bytes, bit: int) -> None:
    """What the library signs holds; with any bit of key or signature changed both say the same, which is no."""
    signer = Ed25519PrivateKey.from_private_bytes(seed)
    both = bytearray(signer.public_key().public_bytes_raw() + signer.sign(message))
    assert signature_holds(bytes(both[:32]), bytes(both[32:]), message)

    both[bit // 8] ^= 1 << bit % 8

    assert not signature_holds(bytes(both[:32]), bytes(both[32:]), message)
    assert not library(bytes(both[:32]), bytes(both[32:]), message)


def test_a_signature_has_one_form() -> None:
    """A scalar beyond the order of the group, which would make a second signature of the same, is refused (section 5.1.7)."""
    key, message, signature = bytes.fromhex(VECTORS[1][0]), VECTORS[1][1], bytes.fromhex(VECTORS[1][2])
    other = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")

    assert not signature_holds(key, other, message)
    assert not library(key, other, message)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        bytes(31),
        bytes(33),
        (2).to_bytes(32, "little"),  # no point of the curve has this y
        FIELD.to_bytes(32, "little"),  # y is beyond the field
        (1 | 1 << 255).to_bytes(32, "little"),  # x is 0, and said to be odd
    ],
)
def test_what_is_no_key_signs_nothing(key: bytes) -> None:
    """Bytes that are not of a point are refused, whatever the signature (section 5.1.3)."""
    assert not signature_holds(key, bytes.fromhex(VECTORS[0][2]), b"")
    assert not signature_holds(bytes.fromhex(VECTORS[0][0]), key + bytes(32), b"")
