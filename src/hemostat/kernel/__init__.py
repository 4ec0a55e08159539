"""Time, errors, settings, keys and the ledger's arithmetic: no domain words."""

from .content import content
from .errors import BadInput, BadSettings, HemostatError, NotFound
from .keys import DamagedSeal, Keyring, seal, unseal
from .ledger import GENESIS, BrokenChain, Entry, canonical, check_signature, follow, sign, verify
from .settings import Console, Feed, Home, HomeKind, Intake, Organization, Paging, Route, Settings, Sink, Source, Target
from .time import (
    Clock,
    ClockFace,
    ExerciseClock,
    SystemClock,
    clock_for,
    from_micros,
    iso,
    parse_iso,
    replace_file,
    to_micros,
)

__all__ = [
    "GENESIS",
    "BadInput",
    "BadSettings",
    "BrokenChain",
    "Clock",
    "ClockFace",
    "Console",
    "DamagedSeal",
    "Entry",
    "ExerciseClock",
    "Feed",
    "HemostatError",
    "Home",
    "HomeKind",
    "Intake",
    "Keyring",
    "NotFound",
    "Organization",
    "Paging",
    "Route",
    "Settings",
    "Sink",
    "Source",
    "SystemClock",
    "Target",
    "canonical",
    "check_signature",
    "clock_for",
    "content",
    "follow",
    "from_micros",
    "iso",
    "parse_iso",
    "replace_file",
    "seal",
    "sign",
    "to_micros",
    "unseal",
    "verify",
]
