"""The home that pages are tested in. It knows nothing of Django, whose settings read it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hemostat.kernel import Console, ExerciseClock, Home, Organization, Settings, Source, Target

BEGINS = datetime(2026, 3, 10, 14, tzinfo=UTC)
NOW = BEGINS + timedelta(minutes=34)


def home_made(
    path: Path, *, kind: str = "sandbox", demo: bool = True, port: int = 8600, twin: str = "http://127.0.0.1:9"
) -> Home:
    """A home whose story clock stands still at `NOW`; a production home has no story clock. The default twin is dead."""
    home = Home(path)
    sources = {
        "edge": Source(kind="access-log", store="fernhollow", environment="sandbox"),
        "care-app": Source(kind="events", store="fernhollow", environment="sandbox"),
    }
    settings = Settings(
        kind=kind,  # type: ignore[arg-type]  # a literal of two words
        organization=Organization(
            name="Fernhollow Health",
            address="100 Example Way, Springfield, NY 00000",
            phone="1-800-555-0100",
            email="privacy@fernhollow.example",
            website="https://fernhollow.example/notice",
            call_center_hours="Monday to Friday, 9 a.m. to 6 p.m. Eastern time",
        ),
        console=Console(demo=demo, port=port),
        sources=sources,
        targets={name: Target(url=twin) for name in ("twin", "direct", "storefront")},
    )
    home.create(settings)
    if kind == "sandbox":
        ExerciseClock(home.path / "clock.json").set(NOW, factor=0)
    return home
