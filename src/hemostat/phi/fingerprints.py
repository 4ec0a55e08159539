"""Sets of keyed fingerprints: a real person's data is recognized, and nothing that names anybody is kept.

A fingerprint is the first 64 bits of HMAC-SHA256 (RFC 2104) over the kind of a value and its normal form. Whoever has a set and
not its key can test nothing; with the key guesses can be tested, one after the other, and nothing else.

A value that nobody of the set has fits one of `n` fingerprints by chance with a probability of at most `n / 2**64`.

The file is a header in JSON and, for each trait, its fingerprints in rising order. Where a value alone is no proof each has a tag
beside it, another MAC, which is the same for all values of one person.
"""

import hmac
import mmap
import struct
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from hemostat.kernel import BadInput, replace_file

from .traits import ALONE, IDENTIFIERS, Trait, digests, forms

if TYPE_CHECKING:
    import pyarrow as pa

BITS = 64
"""Of a MAC that are kept."""

MOST_SHARED = 8
"""People of a set who may share what recognizes one of them: a family does, and a front desk's number belongs to nobody."""

MOST_ALIKE = 1024
"""People who may share a name or a day of birth; what more have, like a date that stands for none, tells nothing."""

RARE = 1000
"""An identifier in digits alone counts as rare when at most one in so many numbers of its length belongs to somebody."""

_MAGIC = int.from_bytes(b"hemostF1", "little")
_HEAD = struct.Struct("=QQ")
_WORD = 8
_REMADE = "Make it again with `hemostat patients fingerprint`."

Of = Literal["patient", "canary"]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What a set has of one trait.

    count: fingerprints, one for each person where they have tags; values: how many different ones.
    left_out: values that too many people share; crowded: lengths of numbers that are not rare here.
    """

    trait: Trait
    count: int
    values: int
    left_out: int = 0
    crowded: list[int] = []


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a set says of itself.

    check: a MAC that tells which key it was made with.
    chance: for each trait, how likely a value of nobody fits one of the fingerprints.
    """

    name: str
    of: Of
    generation: int
    made_at: datetime
    people: int
    check: str
    sections: list[Section]
    bits: int = BITS
    chance: dict[Trait, float] = {}


class Hit(NamedTuple):
    """A value that somebody of a set has. `alone`: it is proof without more; `tags`: whose it may be, where it is not."""

    of: Of
    trait: Trait
    alone: bool
    tags: frozenset[int] = frozenset()


class Key:
    """One key, and the fingerprints under it."""

    def __init__(self, secret: bytes, *, bits: int = BITS) -> None:
        self._secret = secret
        self._shift = 8 * _WORD - bits
        self.bits = bits

    @property
    def check(self) -> str:
        """What tells this key from others, and nothing of it."""
        return f"{self._mac('key'):016x}"

    def fingerprint(self, trait: Trait, form: str) -> int:
        """The fingerprint of a value in normal form."""
        return self._mac(f"{trait}\0{form}") >> self._shift

    def tag(self, values: Sequence[str]) -> int:
        """What ties together the values of one person."""
        return self._mac("\0".join(["person", *sorted(values)]))

    def _mac(self, told: str) -> int:
        mac = hmac.digest(self._secret, told.encode("utf-8", "surrogatepass"), "sha256")
        return int.from_bytes(mac[:_WORD], "big")


class Builder:
    """A set in the making: people come one by one, and only fingerprints of them stay."""

    def __init__(self, secret: bytes, *, bits: int = BITS) -> None:
        self._key = Key(secret, bits=bits)
        self._pairs: dict[Trait, tuple[array[int], array[int]]] = defaultdict(lambda: (array("Q"), array("Q")))
        self._lengths: dict[Trait, Counter[int]] = defaultdict(Counter)
        self.people = 0
        """Those who came, and of whom there is a value that can be used."""

    def add(self, person: Mapping[Trait, Sequence[str]]) -> bool:
        """The person's values are in the set; False when none of them can be used. The same person twice counts once."""
        known = [(trait, form) for trait, values in person.items() for value in values for form in forms(trait, value)]
        if not known:
            return False
        self.people += 1
        tag = self._key.tag([f"{trait}={form}" for trait, form in known])
        for trait, form in [*known, *_hashed(known)]:
            fingerprints, tags = self._pairs[trait]
            fingerprints.append(self._key.fingerprint(trait, form))
            tags.append(tag)
            if trait in IDENTIFIERS and form.isdigit():
                self._lengths[trait][len(form)] += 1
        return True

    def write(self, path: Path, *, name: str, of: Of, generation: int, made_at: datetime) -> Header:
        """The set is the file `path`, which only its owner may read. Raises `BadInput` when nobody came."""
        if not self.people:
            raise BadInput("There is nobody to recognize.", advice="No row has a value that can be used: look at the columns.")
        sections: list[Section] = []
        blocks: list[bytes] = []
        for trait in sorted(self._pairs):
            settled = self._settled(trait)
            crowded = sorted(length for length, count in self._lengths[trait].items() if count * RARE > 10**length)
            sections.append(
                Section(
                    trait=trait, count=settled.fingerprints, values=settled.values, left_out=settled.left_out, crowded=crowded
                )
            )
            blocks += settled.columns
        header = Header(
            name=name,
            of=of,
            generation=generation,
            made_at=made_at,
            people=self.people,
            check=self._key.check,
            sections=sections,
            bits=self._key.bits,
            chance={one.trait: one.values / 2**self._key.bits for one in sections},
        )
        replace_file(path, b"".join([_head(header), *blocks]), mode=0o600)
        return header

    def _settled(self, trait: Trait) -> "_Settled":
        """Fingerprints and tags in rising order, each pair once, without what too many share. They are in no builder any more."""
        import pyarrow as pa  # noqa: PLC0415  # heavy, and needed where a set is made only
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        columns = (pa.Array.from_buffers(pa.uint64(), len(one), [None, pa.py_buffer(one)]) for one in self._pairs.pop(trait))
        pairs = pa.table(dict(zip(("fingerprint", "tag"), columns, strict=True)))
        pairs = pairs.sort_by([("fingerprint", "ascending"), ("tag", "ascending")]).combine_chunks()
        # The same person twice stands side by side now.
        is_new = [pc.not_equal(pairs[name][1:], pairs[name][:-1]) for name in pairs.column_names]
        pairs = pairs.filter(pa.chunked_array([pa.array([True]), *pc.or_(*is_new).chunks])).combine_chunks()
        runs = pc.run_end_encode(pairs["fingerprint"].chunk(0))
        lengths = pc.subtract(runs.run_ends, pa.concat_arrays([pa.array([0], pa.int32()), runs.run_ends[:-1]]))
        most = MOST_SHARED if trait in ALONE | IDENTIFIERS else MOST_ALIKE
        shared = runs.values.filter(pc.greater(lengths, most))
        values = runs.values.filter(pc.less_equal(lengths, most))
        kept = pairs.filter(pc.invert(pc.is_in(pairs["fingerprint"], value_set=shared))).combine_chunks()
        chosen = [values] if trait in ALONE else [column.combine_chunks() for column in kept.columns]
        return _Settled(
            [_bytes(column) for column in chosen], fingerprints=len(chosen[0]), values=len(values), left_out=len(shared)
        )


class _Settled(NamedTuple):
    """The columns of a section as they are written, how many fingerprints and values they are of, and how many were left out."""

    columns: list[bytes]
    fingerprints: int
    values: int
    left_out: int


def _bytes(column: "pa.Array") -> bytes:
    buffer = column.buffers()[1]
    return buffer.slice(column.offset * _WORD, len(column) * _WORD).to_pybytes()  # type: ignore[no-any-return]


def _hashed(known: Sequence[tuple[Trait, str]]) -> Iterator[tuple[Trait, str]]:
    """The digests that networks are sent of these values."""
    for trait, form in known:
        if trait is Trait.EMAIL or trait is Trait.PHONE:
            of_hash = Trait.HASHED_EMAIL if trait is Trait.EMAIL else Trait.HASHED_PHONE
            yield from ((of_hash, digest) for digest in digests(trait, form))


def _head(header: Header) -> bytes:
    told = msgspec.json.encode(header)
    told += b" " * (-len(told) % _WORD)
    return _HEAD.pack(_MAGIC, len(told)) + told


class Fingerprints:
    """A set, read where it lies: what is looked up comes into memory, and nothing else."""

    def __init__(self, path: Path, header: Header, numbers: Sequence[int], key: Key) -> None:
        self.path = path
        self.header = header
        self._key = key
        self._columns: dict[Trait, tuple[Section, Sequence[int], Sequence[int]]] = {}
        place = 0
        for section in header.sections:
            tagged = section.count if section.trait not in ALONE else 0
            end = place + section.count
            self._columns[section.trait] = section, numbers[place:end], numbers[end : end + tagged]
            place = end + tagged

    @classmethod
    def open(cls, path: Path, secrets: Sequence[bytes]) -> "Fingerprints":
        """The set in a file, under whichever of these keys it was made with.

        Raises `BadInput` when the file is no whole set, or no key is its own.
        """
        header, numbers = _read(path)
        for secret in secrets:
            key = Key(secret, bits=header.bits)
            if key.check == header.check:
                return cls(path, header, numbers, key)
        raise BadInput(f"The key of {path.name} is not in this home.", advice=f"It was rotated away. {_REMADE}")

    def hits(self, trait: Trait, value: str) -> Iterator[Hit]:
        """What the value is to this set: at most one hit for each of its forms."""
        column = self._columns.get(trait)
        if column is None:
            return
        section, fingerprints, tags = column
        for form in forms(trait, value):
            fingerprint = self._key.fingerprint(trait, form)
            first = bisect_left(fingerprints, fingerprint)
            last = bisect_right(fingerprints, fingerprint, first)
            if first < last:
                alone = trait in ALONE or (trait in IDENTIFIERS and not (form.isdigit() and len(form) in section.crowded))
                yield Hit(self.header.of, trait, alone, frozenset(tags[first:last]))


def read_header(path: Path) -> Header:
    """What the set in a file says of itself. Raises `BadInput` when the file is no whole set."""
    return _read(path)[0]


def _read(path: Path) -> tuple[Header, memoryview]:
    try:
        with path.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        magic, length = _HEAD.unpack_from(content)
        header = msgspec.json.decode(content[_HEAD.size : _HEAD.size + length], type=Header)
        numbers = content[_HEAD.size + length :].cast("Q")
    except FileNotFoundError as error:
        raise BadInput(f"There is no set {path.name}.", advice=_REMADE) from error
    except (ValueError, TypeError, struct.error, msgspec.DecodeError) as error:
        raise BadInput(f"{path.name} is no set of fingerprints, or is damaged.", advice=_REMADE) from error
    if magic != _MAGIC or len(numbers) != sum(one.count * (1 if one.trait in ALONE else 2) for one in header.sections):
        raise BadInput(f"{path.name} is no whole set of fingerprints of this machine's kind.", advice=_REMADE)
    return header, numbers
