"""The chain remembers: nothing can be changed, dropped, moved or slipped in without the first fault being named."""

from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import GENESIS, BrokenChain, Entry, canonical, check_signature, follow, sign, verify

NOW = datetime(2026, 3, 10, 14, 4, tzinfo=UTC)


def chain(length: int) -> list[Entry]:
    """A chain of made-up acts."""
    entries: list[Entry] = []
    for number in range(length):
        previous = entries[-1] if entries else None
        entries.append(
            follow(previous, at=NOW, recorded_at=NOW, actor="mara", act="note:add", subject="INC-0001", payload={"n": number})
        )
    return entries


@given(length=st.integers(0, 12))
def test_a_chain_that_was_left_alone_holds(length: int) -> None:
    """Verification answers with the last entry."""
    entries = chain(length)

    assert (entries[-1] if entries else None) == verify(entries)


def test_the_first_entry_follows_nothing() -> None:
    """The chain opens with a known word."""
    assert (1, GENESIS) == (chain(1)[0].seq, chain(1)[0].prev_hash)


@given(length=st.integers(1, 8), data=st.data())
def test_a_changed_entry_is_named(length: int, data: st.DataObject) -> None:
    """Whichever field is changed, the chain breaks at that entry or at the one after it."""
    entries = chain(length)
    place = data.draw(st.integers(0, length - 1))
    change = data.draw(
        st.sampled_from(
            [
                {"actor": "mallory"},
                {"act": "evidence:open"},
                {"subject": "INC-0002"},
                {"payload": {"n": -1}},
                {"at": NOW.replace(year=2025)},
                {"recorded_at": NOW.replace(year=2025)},
                {"hash": "f" * 64},
                {"prev_hash": "f" * 64},
                {"seq": 99},
            ]
        )
    )
    entries[place] = msgspec.structs.replace(entries[place], **change)

    with pytest.raises(BrokenChain) as caught:
        verify(entries)

    assert caught.value.seq in {place + 1, place + 2, 99}
    assert str(caught.value.seq) in str(caught.value)


@given(length=st.integers(2, 8), data=st.data())
def test_a_dropped_entry_is_noticed(length: int, data: st.DataObject) -> None:
    """A hole breaks the chain; a missing tail is what signed checkpoints are for."""
    entries = chain(length)
    del entries[data.draw(st.integers(0, length - 2))]

    with pytest.raises(BrokenChain):
        verify(entries)


def test_a_signature_binds_head_and_key() -> None:
    """A stranger with the public key can check where the chain stood."""
    signer = Ed25519PrivateKey.generate()
    one, two = chain(2)
    signature = sign(one, signer)

    check_signature(one, signature, signer.public_key())
    for head, text, key in (
        (two, signature, signer.public_key()),
        (one, signature, Ed25519PrivateKey.generate().public_key()),
        (one, "not hex", signer.public_key()),
    ):
        with pytest.raises(BrokenChain, match="signature"):
            check_signature(head, text, key)


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=nested)
def test_the_canonical_form_does_not_depend_on_order(value: object) -> None:
    """Equal values have equal bytes."""
    turned = dict(reversed(value.items())) if isinstance(value, dict) else value

    assert canonical(value) == canonical(turned)
